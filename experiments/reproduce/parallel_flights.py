"""Three parallel flights whose segments overlap, for fifteen combinations of capacity and interest."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from ...models.optimise.choice_based import choice_based_plan
from ...models.optimise.offer_sets import LatentClassSets
from ..report.page import Picture
from .case import Case
from .study import Found, Study

PUBLISHED = (0.6, 0)
"""Scale of capacity and level of interest of the published value."""


def _compute(case: Case) -> Mapping[str, Found]:
    given = case.parameters
    flights = np.array(given["flight_of_product"])
    legs = (flights == np.arange(flights.max() + 1)[:, None]).astype(np.float64)
    values, published = [], 0.0
    for scale in given["scales"]:
        for level, outside in enumerate(given["outside"]):
            oracle = LatentClassSets(
                np.array(given["fares"], dtype=np.float64),
                np.array(given["weights"], dtype=np.float64),
                np.array(outside, dtype=np.float64),
                np.array(given["arrivals"]),
            )
            seats = np.round(scale * np.array(given["seats"]))
            values.append(choice_based_plan([(oracle, float(given["periods"]))], legs, seats).value)
            if (scale, level) == PUBLISHED:
                published = values[-1]
    return {"value at 0.6, interest 1": published, "values": values}


def _picture(case: Case) -> Picture:
    scales, levels = case.parameters["scales"], len(case.parameters["outside"])
    values = np.array(_compute(case)["values"]).reshape(len(scales), levels)
    figure = go.Figure()
    for level in range(levels):
        outside = ", ".join(map(str, case.parameters["outside"][level]))
        figure.add_trace(go.Scatter(x=scales, y=values[:, level], mode="lines+markers", name=f"({outside})"))
    published = case.figure("value at 0.6, interest 1").values
    marker = {"size": 14, "symbol": "circle-open", "color": "black"}
    figure.add_trace(go.Scatter(x=[PUBLISHED[0]], y=published, mode="markers", marker=marker, name="published"))
    figure.update_layout(
        xaxis_title="capacity, of 30, 50 and 40 seats", yaxis_title="value, money", legend_title="weights of not buying"
    )
    return Picture(case.title, "Value of the program by capacity, for three levels of interest, ours.", figure)


STUDY = Study(_compute, picture=_picture)
