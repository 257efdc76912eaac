"""The sales-based program against the choice-based one over all sets of four fares."""

from collections.abc import Mapping

import numpy as np

from ...models.optimise.choice_based import choice_based_plan
from ...models.optimise.ladder import LadderMarket
from ...models.optimise.offer_sets import LogitSets
from ...models.optimise.sales_based import sales_based_plan
from .case import Case
from .study import Found, Study


def _compute(case: Case) -> Mapping[str, Found]:
    given = case.parameters
    fares, weights = (np.array(given[name], dtype=np.float64) for name in ("fares", "attractions"))
    customers, leg = float(given["customers"]), np.ones((1, len(fares)))
    values, differences = [], []
    for seats in given["capacities"]:
        for outside in given["outside"]:
            market = LadderMarket.of(
                fares[:, None],
                weights[None, :, None],
                [[customers]],
                outside=outside,
                usage=leg,
                capacity=seats,
            )
            values.append(sales_based_plan(market).value)
            by_sets = choice_based_plan([(LogitSets(fares, weights, outside), customers)], leg, [seats])
            differences.append(abs(by_sets.value - values[-1]))
    return {"largest difference of the two programs": max(differences), "values": values}


STUDY = Study(_compute)
