"""Newsvendor with Poisson and listed demand, and a simulated season that costs what the formula says."""

from collections.abc import Mapping, Sequence

from ...models.literature.newsvendor import expected_cost, optimal_quantity
from ...models.replenishment.demand_over import DemandOver, Discrete, PoissonMixture
from ...simulator.estimates import Estimate, mean_estimate
from .case import Case
from .study import Found, Runs, Simulation, Study

DAYS = 50


def _season(mean: float, holding: float, penalty: float, level: int) -> str:
    """Return days that each begin with so many units; what is left costs `holding`, who is lost `penalty`."""
    return f"""
name: Example 4.7 without its fixed cost, day after day
horizon: {DAYS}
firms: {{shop: {{ordering: {{kind: order_up_to, review_every: 1, level: {level}}}}}}}
products:
  part: {{firm: shop, price: 0, cost: 0, disposal_cost: {holding}, lost_sale_penalty: {penalty}, shelf_life: 1}}
segments:
  all:
    arrivals: {{kind: poisson, rate: {mean}}}
    choice: {{kind: ranking, lists: [{{share: 1, order: [part]}}]}}
"""


def _cost(runs: Runs) -> Estimate:
    return mean_estimate((runs.product("disposal", "part") + runs.product("penalties", "part")) / DAYS)


def _compute(case: Case) -> Mapping[str, Found]:
    given = case.parameters
    found: dict[str, Found] = {}

    def add(name: str, what: str, demand: DemandOver) -> None:
        costs = given[name.lower().replace(" ", "-").replace("(", "").replace(")", "")]
        best = optimal_quantity(demand, costs["penalty"], costs["holding"])
        found[f"{what}, {name}"] = best
        found[f"cost of the best, {name}"] = expected_cost(demand, best, costs["penalty"], costs["holding"])

    first, second, third = (given[name] for name in ("example-4.7", "problem-4.7b", "problem-4.8a"))
    add("Example 4.7", "best quantity", PoissonMixture([first["mean"]]))
    add("Problem 4.7(b)", "best quantity", PoissonMixture([second["mean"]]))
    periods = third["lead_time"] + third["review"]
    add("Problem 4.8(a)", "best level", PoissonMixture([third["mean"] * periods]))
    chances = given["problem-4.8b"]["chances"]
    add("Problem 4.8(b)", "best quantity", Discrete(range(1, len(chances) + 1), chances))
    at_five = expected_cost(PoissonMixture([first["mean"]]), 5, first["penalty"], first["holding"])
    return {**found, "cost at 5, Example 4.7": at_five}


def _simulate(case: Case) -> Sequence[Simulation]:
    given = case.parameters["example-4.7"]
    return [
        Simulation(_season(level=level, **given), 160, {f"{what}, Example 4.7": _cost})
        for level, what in ((8, "cost of the best"), (5, "cost at 5"))
    ]


STUDY = Study(_compute, _simulate)
