"""The network of three legs of Bront et al.: choice-based program and exact dynamic program."""

from collections.abc import Callable, Mapping

import numpy as np

from ...models.literature.choice_dynamic_program import optimal_value
from ...models.optimise.choice_based import choice_based_plan
from ...models.optimise.offer_sets import LatentClassSets, every_set
from ...models.problem import Floats
from .case import Case
from .study import Found, Study


def _mixed_logit(rates: Floats, weights: Floats, outside: Floats) -> Callable[[tuple[int, ...]], Floats]:
    """Return what a set sells: the sum of the segments' logits."""

    def sales(items: tuple[int, ...]) -> Floats:
        offered = weights * np.isin(np.arange(weights.shape[1]), items)
        return np.asarray(rates @ (offered / (outside + offered.sum(axis=1))[:, None]))

    return sales


def _compute(case: Case) -> Mapping[str, Found]:
    given = {
        name: np.array(case.parameters[name], dtype=np.float64)
        for name in ("fares", "legs", "capacity", "arrivals", "weights", "outside")
    }
    fares, legs, capacity = given["fares"], given["legs"], given["capacity"]
    periods = case.parameters["periods"]
    oracle = LatentClassSets(fares, given["weights"], given["outside"], given["arrivals"])
    plan = choice_based_plan([(oracle, float(periods))], legs, capacity)
    sales = _mixed_logit(given["arrivals"], given["weights"], given["outside"])
    sets = every_set(sales, range(len(fares)), fares)
    return {
        "shadow prices of the legs": plan.bid_prices,
        "value of the program": plan.value,
        "value of a period": float(plan.time_prices[0]),
        "value of the dynamic program": optimal_value(sets.sales, fares, legs.astype(int), capacity, periods),
    }


STUDY = Study(_compute)
