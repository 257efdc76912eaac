"""Efficient sets of three fares, and which of them to offer as seats get fewer."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from ...models.literature.efficient_fares import efficient_sets
from ...models.optimise.offer_sets import ListedSets
from ...models.problem import Floats
from ..report.page import Picture
from .case import Case
from .study import Found, Study


def _sets(case: Case) -> tuple[list[str], Floats, Floats]:
    """Return names, chances of sale by set and fare, and revenue of all sets."""
    chances = np.array(list(case.parameters["chances"].values()), dtype=np.float64)
    fares = np.array(list(case.parameters["fares"].values()), dtype=np.float64)
    return list(case.parameters["chances"]), chances, chances @ fares


def _compute(case: Case) -> Mapping[str, Found]:
    names, chances, revenue = _sets(case)
    fares = "".join(case.parameters["fares"])
    sales = chances.sum(axis=1)
    listed = ListedSets([[fares.index(fare) for fare in name] for name in names], chances, revenue)
    offered = []
    for worth in case.parameters["worth_of_a_seat"]:
        found, _ = listed.best(np.full(len(fares), float(worth)))
        offered.append("".join(fares[item] for item in found.items))
    runs = {name: offered.count(name) for name in dict.fromkeys(offered)}
    return {
        "sales of the sets": sales,
        "revenue of the sets": revenue,
        "efficient sets": ", ".join(names[each] for each in efficient_sets(sales, revenue).position),
        "sets by seats left": ", ".join(f"{name} for {count}" for name, count in runs.items()),
        "protection levels": np.cumsum(list(runs.values())),
    }


def _picture(case: Case) -> Picture:
    names, chances, revenue = _sets(case)
    sales = chances.sum(axis=1)
    hull = efficient_sets(sales, revenue).position
    figure = go.Figure(go.Scatter(x=sales, y=revenue, mode="markers+text", text=names, textposition="top left"))
    figure.data[0].name = "all sets"
    figure.add_trace(go.Scatter(x=[0, *sales[hull]], y=[0, *revenue[hull]], mode="lines", name="efficient"))
    figure.update_layout(xaxis_title="chance of a sale", yaxis_title="expected revenue, money", yaxis_range=[0, 580])
    text = "Sales and revenue of every set, for each customer; those on the line are efficient."
    return Picture(case.title, text, figure)


STUDY = Study(_compute, picture=_picture)
