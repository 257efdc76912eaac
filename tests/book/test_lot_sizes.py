"""Published lot sizes over time: Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019), section 3.7.

Evidence level A: printed whole numbers. The tolerance is the solver's relative gap, 1e-6.
"""

import numpy as np
import pytest

from demandshift.experiments.reproduce.case import find_case
from demandshift.models.optimise.orders_over_time import plan_orders_over_time
from demandshift.models.optimise.solver import available
from demandshift.models.optimise.stock_flow import StockFlow, TimedQuestion

CASE = find_case("lot-sizes")


@pytest.mark.parametrize("solver", available())
@pytest.mark.parametrize("name", CASE.parameters)
@pytest.mark.parametrize("lead_time", [0, 2])
def test_wagner_whitin(name, lead_time, solver, monkeypatch):
    """If this fails, fixed costs and holding costs are not weighed as Wagner and Whitin weigh them.

    With a lead time, demand begins that many periods later, and the plan is the same.
    """
    monkeypatch.setattr("demandshift.models.optimise.solver.available", lambda: (solver,))
    given, demand = CASE.parameters[name], CASE.parameters[name]["demand"]
    later = np.array([0] * lead_time + demand, dtype=float)
    paid = np.broadcast_to(np.asarray(given["unit_cost"], dtype=float), len(demand))
    flow = StockFlow(
        demand=later.reshape(1, -1, 1),
        price=0.0,
        unit_cost=np.concatenate([paid, np.full(lead_time, 99.0)]).reshape(-1, 1),
        holding_cost=given["holding"],
        lost_sale_penalty=1e4,
        lead_time=lead_time,
    )
    plan = plan_orders_over_time(TimedQuestion(flow, fixed_cost=given["order"]))
    assert plan.solution.solver == solver
    assert -plan.value == pytest.approx(CASE.figure(f"cost, {name}").values[0], rel=1e-6)
    assert plan.orders[: len(demand), 0].tolist() == pytest.approx(
        list(CASE.figure(f"orders, {name}").values), abs=1e-3
    )
