"""First choices behind stockouts: the exact maximum of the likelihood, as the fit of this project states it.

With an arrival rate of its own for each period, sales tell only how attractions compare with each other; the share of
the market that buys sets their sum.
"""

from collections.abc import Mapping

import numpy as np
from scipy import optimize

from ...models.problem import Floats
from ..fits.stockout_logit import ShelfHours, concentrated_log_likelihood
from .case import Case
from .study import Found, Study


def _compute(case: Case) -> Mapping[str, Found]:
    given = case.parameters
    units = np.array(given["sales"], dtype=np.float64).T
    periods, products = units.shape
    hours = ShelfHours(
        units=units,
        in_stock=np.arange(periods)[:, None] < np.array(given["periods_on_offer"]),
        price=np.ones((periods, products)),
        cell=np.arange(periods),
        cells=periods,
    )

    def negative(others: Floats) -> tuple[float, Floats]:
        # The first product's attraction is held, since only comparisons count; prices are all alike.
        value, slope = concentrated_log_likelihood(np.concatenate([[0.0], others, [0.0]]), hours, "log")
        return -value, -slope[1:-1]

    found = optimize.minimize(negative, np.zeros(products - 1), jac=True, method="BFGS", options={"gtol": 1e-8})
    attractions = np.exp(np.concatenate([[0.0], found.x]))
    share = given["market_share"]
    return {
        "attractions, exact maximum of the likelihood": attractions / attractions.sum() * share / (1 - share),
    }


STUDY = Study(_compute)
