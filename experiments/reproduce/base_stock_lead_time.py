"""Base stock with periodic review and a lead time."""

from collections.abc import Mapping

from ...models.literature.base_stock import demand_over_protection, optimal_level
from ...models.literature.newsvendor import expected_cost
from .case import Case
from .study import Found, Study


def _compute(case: Case) -> Mapping[str, Found]:
    given = case.parameters
    over = (given["mean"], given["standard_deviation"], given["lead_time"], given["review"])
    penalty, holding = given["penalty"], given["holding"]
    level, demand = optimal_level(*over, holding, penalty), demand_over_protection(*over)
    return {
        "best level": level,
        "cost of the best": expected_cost(demand, level, penalty, holding),
        "cost at 180": expected_cost(demand, 180, penalty, holding),
    }


STUDY = Study(_compute)
