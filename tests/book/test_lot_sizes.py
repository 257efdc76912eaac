"""Published lot sizes over time: Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019), section 3.7.

Evidence level A: printed whole numbers. The tolerance is the solver's relative gap, 1e-6.
"""

import numpy as np
import pytest

from demandshift.models.optimise.orders_over_time import plan_orders_over_time
from demandshift.models.optimise.solver import available
from demandshift.models.optimise.stock_flow import StockFlow, TimedQuestion

WAGNER_WHITIN = [
    pytest.param(500, 2, 0, [90, 120, 80, 70], 1380, [210, 0, 150, 0], id="example 3.9"),
    pytest.param(120, 0.8, 0, [150, 100, 80, 200], 424, [150, 180, 0, 200], id="problem 3.27"),
    pytest.param(100, 0.1, 0, [730, 580, 445, 650, 880], 423, [1310, 0, 1095, 0, 880], id="problem 3.29"),
    pytest.param(
        100, 0.1, [3, 1, 4, 6, 6], [400, 500, 500, 1100, 900], 4940, [400, 3000, 0, 0, 0], id="costs by period"
    ),
]


@pytest.mark.parametrize("solver", available())
@pytest.mark.parametrize(("fixed", "holding", "unit_cost", "demand", "cost", "orders"), WAGNER_WHITIN)
@pytest.mark.parametrize("lead_time", [0, 2])
def test_wagner_whitin(fixed, holding, unit_cost, demand, cost, orders, lead_time, solver, monkeypatch):
    """If this fails, fixed costs and holding costs are not weighed as Wagner and Whitin weigh them.

    With a lead time, demand begins that many periods later, and the plan is the same.
    """
    monkeypatch.setattr("demandshift.models.optimise.solver.available", lambda: (solver,))
    later = np.array([0] * lead_time + demand, dtype=float)
    paid = np.broadcast_to(np.asarray(unit_cost, dtype=float), len(demand))
    flow = StockFlow(
        demand=later.reshape(1, -1, 1),
        price=0.0,
        unit_cost=np.concatenate([paid, np.full(lead_time, 99.0)]).reshape(-1, 1),
        holding_cost=holding,
        lost_sale_penalty=1e4,
        lead_time=lead_time,
    )
    plan = plan_orders_over_time(TimedQuestion(flow, fixed_cost=fixed))
    assert plan.solution.solver == solver
    assert -plan.value == pytest.approx(cost, rel=1e-6)
    assert plan.orders[: len(demand), 0].tolist() == pytest.approx(orders, abs=1e-3)
