"""Days of a newsvendor whose units live for one of them: profit, waste and two kinds of service."""

from collections.abc import Mapping, Sequence

from ...models.literature import newsvendor
from ...models.replenishment.demand_over import PoissonMixture
from ...simulator.estimates import Estimate, mean_estimate, ratio_estimate
from .case import Case
from .study import Found, Runs, Simulation, Study


def _compute(case: Case) -> Mapping[str, Found]:
    given = case.parameters
    demand, level, days = PoissonMixture([given["mean"]]), given["level"], given["days"]
    left = newsvendor.leftover(demand, level)
    # The unit that is left fetches its salvage value and costs its disposal.
    fetches = given["salvage"] - given["disposal_cost"]
    profit = newsvendor.expected_profit(demand, level, given["price"], given["cost"], fetches)
    return {
        "waste in 100 days": days * left,
        "profit in 100 days": days * profit,
        "fill rate": newsvendor.fill_rate(demand, level),
        "cycle service": newsvendor.cycle_service(demand, level),
    }


def _simulate(case: Case) -> Sequence[Simulation]:
    given = case.parameters
    text = f"""
name: a day's life
horizon: {given["days"]}
firms: {{kiosk: {{ordering: {{kind: order_up_to, review_every: 1, level: {given["level"]}}}}}}}
products:
  paper:
    firm: kiosk
    price: {given["price"]}
    cost: {given["cost"]}
    salvage: {given["salvage"]}
    disposal_cost: {given["disposal_cost"]}
    shelf_life: 1
segments:
  readers:
    arrivals: {{kind: poisson, rate: {given["mean"]}}}
    choice: {{kind: ranking, lists: [{{share: 1, order: [paper]}}]}}
"""
    return [
        Simulation(
            text,
            80,
            {
                "waste in 100 days": lambda runs: mean_estimate(runs.product("wasted", "paper")),
                "profit in 100 days": _profit,
                "fill rate": lambda runs: runs.fill_rate("paper"),
                "cycle service": lambda runs: ratio_estimate(
                    runs.product("full_cycles", "paper"), runs.product("cycles", "paper")
                ),
            },
        )
    ]


def _profit(runs: Runs) -> Estimate:
    paid = runs.product("purchases", "paper") + runs.product("disposal", "paper")
    return mean_estimate(runs.offer("revenue", "paper") - paid)


STUDY = Study(_compute, _simulate)
