"""Fares where customers buy down: adjusted to marginal revenue, then by methods for independent demand."""

from collections.abc import Mapping

import numpy as np

from ...models.literature.efficient_fares import efficient_sets
from ...models.literature.fare_classes import emsr_b
from .case import Case
from .study import Found, Study


def _compute(case: Case) -> Mapping[str, Found]:
    fares, demand, deviations = (
        np.array(case.parameters[name], dtype=np.float64) for name in ("fares", "demand", "standard_deviations")
    )
    sold = np.cumsum(demand)
    efficient = efficient_sets(sold, fares * sold)
    kept = efficient.position
    return {
        "adjusted fares": efficient.adjusted_fare,
        "adjusted fares, exactly": efficient.adjusted_fare,
        "efficient fares": ", ".join(f"{fare:g}" for fare in fares[kept]),
        "EMSR-b": emsr_b(fares, demand, deviations),
        "EMSR-b of adjusted fares": emsr_b(efficient.adjusted_fare, demand[kept], deviations[kept]),
    }


STUDY = Study(_compute)
