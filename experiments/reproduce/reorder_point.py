"""Reorder point and order quantity: costs and optima, and simulated shops that pay them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ...models.literature.reorder_point import (
    Costs,
    normal_cost,
    normal_reorder_point,
    poisson_cost,
    poisson_optimum,
)
from ...simulator.estimates import Estimate, mean_estimate
from ..report.page import Picture
from .case import Case
from .study import Found, Runs, Simulation, Study

POISSON = ("Example 5.8", "Problem 5.2")
WARM_UP, COUNTED = 10, 1000


def _given(case: Case, name: str) -> tuple[dict[str, Any], Costs]:
    given = case.parameters[name.lower().replace(" ", "-")]
    return given, Costs(holding=given["holding"], back_order=given["back_order"], order=given["order"])


def _compute(case: Case) -> Mapping[str, Found]:
    given, costs = _given(case, "Example 5.1")
    during = (given["rate"] * given["lead_time"], given["deviation"] * given["lead_time"] ** 0.5)
    found: dict[str, Found] = {
        f"cost at {point} and {quantity}, Example 5.1": normal_cost(given["rate"], *during, costs, point, quantity)
        for point, quantity in ((126.8, 328.5), (100, 250))
    }
    found["best point at 318, Example 5.1"] = normal_reorder_point(*during, costs, 318)
    for name in POISSON:
        given, costs = _given(case, name)
        best = poisson_optimum(given["rate"], given["lead_time"], costs)
        found[f"point and quantity, {name}"] = [best.reorder_point, best.quantity]
        found[f"cost of the best, {name}"] = best.cost
    return found


def _simulate(case: Case) -> Sequence[Simulation]:
    simulations = []
    for name in POISSON:
        given, costs = _given(case, name)
        point, quantity = (int(float(value)) for value in case.figure(f"point and quantity, {name}").values)
        text = f"""
name: {name}
horizon: {WARM_UP + COUNTED}
warm_up: {WARM_UP}
firms:
  shop:
    supply: {{lead_time: {given["lead_time"]}, order_cost: {costs.order}}}
    ordering: {{kind: reorder_point, reorder_point: {point}, quantity: {quantity}}}
    service: {{back_orders: {{promise: false}}}}
products:
  part:
    firm: shop
    price: 1
    stock: {point + quantity}
    holding_cost: {costs.holding}
    back_order_penalty: {costs.back_order}
segments:
  all:
    arrivals: {{kind: poisson, rate: {given["rate"]}}}
    choice: {{kind: ranking, lists: [{{share: 1, reservation_price: {{part: 2}}}}]}}
    waiting: {{up_to: 2000, expected_delay: 0}}
"""
        simulations.append(Simulation(text, 60, {f"cost of the best, {name}": _cost}))
    return simulations


def _cost(runs: Runs) -> Estimate:
    paid = sum(runs.product(count, "part") for count in ("holding", "penalties", "ordering"))
    return mean_estimate(np.asarray(paid) / COUNTED)


def _picture(case: Case) -> Picture:
    given, costs = _given(case, "Example 5.8")
    points, quantities = range(8), range(1, 13)
    cost = [
        [poisson_cost(given["rate"], given["lead_time"], costs, point, quantity) for quantity in quantities]
        for point in points
    ]
    figure = go.Figure(go.Contour(x=list(quantities), y=list(points), z=cost, colorbar={"title": "cost"}, ncontours=30))
    best = case.figure("point and quantity, Example 5.8").values
    marker = {"size": 13, "color": "white", "line": {"width": 2, "color": "black"}}
    figure.add_trace(go.Scatter(x=[best[1]], y=[best[0]], mode="markers", marker=marker, name="printed best"))
    figure.update_layout(xaxis_title="order quantity, units", yaxis_title="reorder point, units")
    text = "Cost per time unit in Example 5.8, in money; the dot is the printed best."
    return Picture(case.title, text, figure)


STUDY = Study(_compute, _simulate, picture=_picture)
