"""Mac's newsstand and Harvey's Specialty Shop: the textbook's order quantity and reorder point."""

from collections.abc import Mapping

from ...models.literature.newsvendor import optimal_quantity
from ...models.literature.reorder_point import textbook_cost, textbook_optimum
from ...models.replenishment.demand_over import NormalMixture
from ...models.replenishment.targets import reorder_point_for_fill_rate
from .case import Case
from .study import Found, Study


def _compute(case: Case) -> Mapping[str, Found]:
    stand, shop = case.parameters["newsstand"], case.parameters["harvey"]
    papers = NormalMixture([stand["mean"]], [stand["standard_deviation"]])
    demand = NormalMixture([shop["lead_time_mean"]], [shop["lead_time_deviation"]])
    costs = (shop["annual_demand"], demand, shop["holding"], shop["order"], shop["penalty"])
    best = textbook_optimum(*costs)
    return {
        "newsstand's quantity": optimal_quantity(
            papers, underage=stand["price"] - stand["cost"], overage=stand["cost"] - stand["salvage"]
        ),
        "order quantity and reorder point": [best.quantity, best.reorder_point],
        "cost at 111 and 143": textbook_cost(*costs, 143, 111),
        "cost at 110 and 143": textbook_cost(*costs, 143, 110),
        "reorder point for a chance of 98 %": demand.quantile(0.98),
        "reorder point for 98 % of demand": reorder_point_for_fill_rate(demand, 100, 0.98),
    }


STUDY = Study(_compute)
