"""Newsvendor with normal demand: best quantities, and costs there and elsewhere."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from ...models.literature.newsvendor import expected_cost, optimal_quantity
from ...models.replenishment.demand_over import NormalMixture
from ..report.page import Picture
from .case import Case
from .study import Found, Study

ELSEWHERE = {"Example 4.3": (40, 60), "Problem 4.1": (1040,)}
"""Quantities at which the source gives the cost too."""


def _instance(case: Case, name: str) -> tuple[NormalMixture, float, float]:
    """Return demand, underage and overage cost."""
    given = case.parameters[name.lower().replace(" ", "-")]
    return NormalMixture([given["mean"]], [given["standard_deviation"]]), given["penalty"], given["holding"]


def _compute(case: Case) -> Mapping[str, Found]:
    found: dict[str, Found] = {}
    for name, others in ELSEWHERE.items():
        demand, underage, overage = _instance(case, name)
        best = optimal_quantity(demand, underage, overage)
        found[f"best quantity, {name}"] = best
        found[f"cost of the best, {name}"] = expected_cost(demand, best, underage, overage)
        for quantity in others:
            found[f"cost at {quantity}, {name}"] = expected_cost(demand, quantity, underage, overage)
    return found


def _picture(case: Case) -> Picture:
    demand, underage, overage = _instance(case, "Example 4.3")
    quantities = np.linspace(30, 80, 101)
    figure = go.Figure()
    costs = [expected_cost(demand, each, underage, overage) for each in quantities]
    figure.add_trace(go.Scatter(x=quantities, y=costs, mode="lines", name="ours"))
    printed = {"best quantity": "cost of the best", "40": "cost at 40", "60": "cost at 60"}
    places = [case.figure("best quantity, Example 4.3").values[0], 40, 60]
    values = [case.figure(f"{what}, Example 4.3").values[0] for what in printed.values()]
    figure.add_trace(go.Scatter(x=places, y=values, mode="markers", marker={"size": 11}, name="printed"))
    figure.update_layout(xaxis_title="units ordered", yaxis_title="expected cost, money")
    return Picture(case.title, "Expected cost of each order in Example 4.3; dots are the printed figures.", figure)


STUDY = Study(_compute, picture=_picture)
