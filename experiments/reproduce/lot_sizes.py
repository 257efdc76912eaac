"""Lots of Wagner and Whitin, by the program of orders over time."""

from collections.abc import Mapping

import numpy as np

from ...models.optimise.orders_over_time import plan_orders_over_time
from ...models.optimise.stock_flow import StockFlow, TimedQuestion
from .case import Case
from .study import Found, Study

LOST = 1e4
"""Penalty of a unit not delivered, so large that none is: lots are to meet all demand."""


def _compute(case: Case) -> Mapping[str, Found]:
    found: dict[str, Found] = {}
    for name, given in case.parameters.items():
        demand = np.array(given["demand"], dtype=np.float64)
        unit_cost = np.broadcast_to(np.asarray(given["unit_cost"], dtype=np.float64), demand.shape)
        flow = StockFlow(
            demand=demand.reshape(1, -1, 1),
            price=0.0,
            unit_cost=unit_cost.reshape(-1, 1),
            holding_cost=given["holding"],
            lost_sale_penalty=LOST,
        )
        plan = plan_orders_over_time(TimedQuestion(flow, fixed_cost=given["order"]))
        found[f"cost, {name}"] = -plan.value
        found[f"orders, {name}"] = plan.orders[:, 0]
    return found


STUDY = Study(_compute)
