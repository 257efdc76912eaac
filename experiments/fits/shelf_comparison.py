r"""Real shelf days against simulated replicas of them: sales by hour, hour of selling out, uplift of what remains.

The days that sold out are no fair sample: only with many customers does a shelf run empty. A real product-day that
sold out is therefore compared with those of its replicas that sold out as well, from the same opening stock, and every
real product-day has the same weight. With :math:`x_i` a figure of the real product-day :math:`i`, and :math:`m_i` and
:math:`v_i` mean and variance of the figure over its replicas that sold out, the difference
:math:`\bar x - \bar m` has, if the model is right, mean 0 and variance

.. math:: \frac{1}{n^2} \sum_{i=1}^{n} v_i \left( 1 + \frac{1}{k_i} \right),

:math:`k_i` being the number of those replicas.

For sales on all days there is no such condition, and that comparison is not quite fair: where a product did not sell
out its stock is unknown and put at plenty, so that a replica with more customers than the real day sells more than the
real shelf could have held. Simulated totals are therefore somewhat too large even for a true model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .shelf_days import ShelfDays, sell_outs, uplift

__all__ = [
    "Comparison",
    "SellOutComparison",
    "compare_sell_outs",
    "compare_units_by_hour",
    "overall_uplift",
    "uplift_standard_error",
]

FEWEST_REPLICAS = 2
"""Replicas that must have sold out for a real product-day to enter: there is no variance with fewer."""


@dataclass(frozen=True)
class Comparison:
    """Real figures beside simulated ones; all arrays have one shape.

    Attributes
    ----------
    real : array of float
        Figures of the real days.
    simulated : array of float
        Means over replicas.
    standard_error : array of float
        Standard error of real − simulated if the model is right.
    """

    real: NDArray[np.float64]
    simulated: NDArray[np.float64]
    standard_error: NDArray[np.float64]

    @property
    def z(self) -> NDArray[np.float64]:
        """Difference real − simulated in standard errors; where both sides can only be one figure, 0 or ±inf."""
        difference = self.real - self.simulated
        certain = np.where(difference == 0, 0.0, np.copysign(np.inf, difference))
        z: NDArray[np.float64] = np.divide(difference, self.standard_error, out=certain, where=self.standard_error > 0)
        return z


@dataclass(frozen=True)
class SellOutComparison:
    """Real product-days that sold out beside their replicas that did so too.

    Attributes
    ----------
    hour : Comparison, shape (products,)
        Hour of the day in which the last unit went.
    units : Comparison, shape (hours, products)
        Units sold in each hour; their sum over hours is the opening stock on both sides.
    days : array of int, shape (products,)
        Real product-days that entered.
    left_out : array of int, shape (products,)
        Real product-days of which too few replicas sold out.
    simulated_share : array of float, shape (products,)
        Share of replicas that sold out, of all that stand beside a real product-day that sold out.
    """

    hour: Comparison
    units: Comparison
    days: NDArray[np.int64]
    left_out: NDArray[np.int64]
    simulated_share: NDArray[np.float64]


def compare_sell_outs(real: ShelfDays, replicas: Sequence[ShelfDays], delivered_by: int) -> SellOutComparison:
    """Compare product-days that sold out with those of their replicas that sold out as well.

    Parameters
    ----------
    real : ShelfDays
        The real days.
    replicas : sequence of ShelfDays
        The same days simulated, opening stocks of sold-out product-days being the real ones.
    delivered_by : int
        Hour of the day at which the day's delivery is on the shelf.

    Returns
    -------
    SellOutComparison

    Raises
    ------
    ValueError
        If a product has no real product-day of which enough replicas sold out.
    """
    hours, products = real.units.shape[1:]
    real_found = sell_outs(real, delivered_by)
    found = [sell_outs(replica, delivered_by) for replica in replicas]
    sold_out = np.stack([each.sold_out for each in found])
    last_hour = np.stack([each.last_hour for each in found])
    units = np.stack([_sold(replica) for replica in replicas])
    real_units = _sold(real)

    of_hour = np.empty((3, products))
    of_units = np.empty((3, hours, products))
    days = np.zeros(products, dtype=np.int64)
    left_out = np.zeros(products, dtype=np.int64)
    share = np.zeros(products)
    for k in range(products):
        candidates = real_found.sold_out[:, k]
        entering = np.flatnonzero(candidates & (sold_out[:, :, k].sum(axis=0) >= FEWEST_REPLICAS))
        days[k], left_out[k] = entering.size, int(candidates.sum()) - entering.size
        if entering.size == 0:
            raise ValueError(f"product {k}: no real day of which at least {FEWEST_REPLICAS} replicas sold out")
        share[k] = sold_out[:, candidates, k].mean()
        accepted = [sold_out[:, day, k] for day in entering]
        of_hour[:, k] = _summary(
            real_found.last_hour[entering, k], [last_hour[a, day, k] for a, day in zip(accepted, entering, strict=True)]
        )
        of_units[:, :, k] = _summary(
            real_units[entering, :, k], [units[a, day, :, k] for a, day in zip(accepted, entering, strict=True)]
        )
    return SellOutComparison(Comparison(*of_hour), Comparison(*of_units), days, left_out, share)


def compare_units_by_hour(real: ShelfDays, replicas: Sequence[ShelfDays]) -> Comparison:
    """Compare sales of all products together on all days, by hour and in total.

    Parameters
    ----------
    real : ShelfDays
        The real days.
    replicas : sequence of ShelfDays
        The same days simulated, two at least.

    Returns
    -------
    Comparison, shape (hours + 1,)
        Units a day in each hour, then in the whole day.
    """

    def by_hour(days: ShelfDays) -> NDArray[np.float64]:
        units = _sold(days).sum(axis=2)
        return np.column_stack([units, units.sum(axis=1)])

    by_replica = np.stack([by_hour(replica) for replica in replicas])
    return Comparison(*_summary(by_hour(real), list(by_replica.swapaxes(0, 1))))


def overall_uplift(days: ShelfDays, cell: NDArray[np.int64]) -> float:
    """How much more the remaining products sell while exactly one is out, all pairs of products together.

    Parameters
    ----------
    days : ShelfDays
        The days.
    cell : array of int, shape (days,)
        Days with the same number are comparable.

    Returns
    -------
    float
        Units sold over units to be expected (see `uplift`), both summed over pairs; NaN if nothing is to be expected.
    """
    ratio, units = uplift(days, cell)
    counted = units > 0
    # A pair that sold nothing at all has lost what was to be expected of it; with thousands of hours there is none.
    expected = float((units[counted] / ratio[counted]).sum())
    return float(units[counted].sum()) / expected if expected > 0 else float("nan")


def uplift_standard_error(days: ShelfDays, cell: NDArray[np.int64], *, resamples: int, seed: int) -> float:
    """Find the standard error of `overall_uplift` by drawing days again with replacement.

    Parameters
    ----------
    days : ShelfDays
        The days.
    cell : array of int, shape (days,)
        Days with the same number are comparable.
    resamples : int
        Number of bootstrap samples.
    seed : int
        Their seed.

    Returns
    -------
    float
    """
    rng = np.random.default_rng(seed)
    number = cell.size
    drawn = (rng.integers(number, size=number) for _ in range(resamples))
    return float(np.std([overall_uplift(days.of(chosen), cell[chosen]) for chosen in drawn], ddof=1))


def _sold(days: ShelfDays) -> NDArray[np.int64]:
    """Units sold while in stock; a unit in a flagged hour contradicts its flag and is left out."""
    return np.where(days.in_stock, days.units, 0)


def _summary(
    real: NDArray[np.int64] | NDArray[np.float64], replicas: Sequence[NDArray[np.int64] | NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Real mean, simulated mean and standard error of the difference, each real day having the same weight.

    `real` has the days along its first axis; `replicas` holds for each of them an array with the replicas along the
    first axis.
    """
    means = np.array([each.mean(axis=0) for each in replicas])
    variances = np.array([each.var(axis=0, ddof=1) * (1 + 1 / len(each)) for each in replicas])
    return real.mean(axis=0), means.mean(axis=0), np.sqrt(variances.sum(axis=0)) / len(replicas)
