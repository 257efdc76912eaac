"""Service levels turned into levels of stock (R19).

A delivery that is ordered at time t under periodic review arrives at t + L and must last until the next one can
arrive, at t + R + L. With D_x the demand over the first x time units after t:

* cycle service: the smallest whole S with P(D_{L+R} ≤ S) ≥ target;
* fill rate: the smallest whole S with 1 − E[(D_{L+R} − S)⁺ − (D_L − S)⁺] / E[D_{L+R} − D_L] ≥ target. What is
  back-ordered at the end of the interval, less what was already at its start, is the demand of one review period not
  met from the shelf (Johnson, Lee, Davis & Hall 1995; Silver, Pyke & Thomas 2017, ch. 6).

Under continuous review R is 0 and orders are of Q units. The inventory position is uniform on s + 1, …, s + Q (for
normal demand: on (s, s + Q)), and a unit demanded finds the shelf empty with probability
(1/Q) Σ_{y=s}^{s+Q−1} P(D_L > y) = [n(s) − n(s + Q)] / Q, where n is the loss function of D_L (Hadley & Whitin 1963,
ch. 4; Zipkin 2000, ch. 6). So the fill rate is 1 − [n(s) − n(s + Q)] / Q.

A season's quantity is the periodic case with L = 0 and R the season.

The formulas suppose back-orders, one unit per customer, and deliveries that do not overtake each other; where customers
leave instead, or lead times cross, the service that comes out differs, and the simulation shows by how much.
"""

from collections.abc import Callable

import numpy as np

from ..distribution import Duration
from .demand_over import DemandOver, NormalMixture, PoissonMixture, check_probability

LEAD_TIME_POINTS = 128
"""Points that stand for a random lead time; with them a service level at 1,000 units is exact to 1e-4."""


def poisson_over(
    mean: Callable[[float, float], float],
    start: float,
    review: float,
    lead_time: Duration,
    points: int = LEAD_TIME_POINTS,
) -> PoissonMixture:
    """Return the demand over (start, start + L + review], Poisson given the lead time L.

    Parameters
    ----------
    mean
        Expected demand in (a, b], in units, as a function of a and b in time units from the start of the run.
    start
        When the order is placed, in time units from the start of the run.
    review
        Time until the next order can be placed, in time units; 0 for demand over the lead time alone.
    lead_time
        The lead time.
    points
        Number of points that stand for a continuous lead time.
    """
    durations, weights = lead_time.points(points)
    return PoissonMixture([mean(start, start + review + float(duration)) for duration in durations], weights)


def normal_over(
    mean: float, standard_deviation: float, review: float, lead_time: Duration, points: int = LEAD_TIME_POINTS
) -> NormalMixture:
    """Return the demand over a lead time and a review period, normal given the lead time.

    Parameters
    ----------
    mean
        Mean demand in one time unit, in units.
    standard_deviation
        Standard deviation of the demand in one time unit, in units; the variance grows in proportion to time.
    review
        Time until the next order can be placed, in time units; 0 for demand over the lead time alone.
    lead_time
        The lead time.
    points
        Number of points that stand for a continuous lead time.
    """
    durations, weights = lead_time.points(points)
    lengths = review + durations
    return NormalMixture(mean * lengths, standard_deviation * np.sqrt(lengths), weights)


def _smallest_level(reached: Callable[[int], bool]) -> int:
    """Return the smallest level of at least 0 that reaches a target which every greater level reaches too."""
    if reached(0):
        return 0
    high = 1
    while not reached(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def level_for_cycle_service(demand: DemandOver, target: float) -> int:
    """Return the smallest whole level S ≥ 0 with P(D ≤ S) ≥ target, in units.

    Parameters
    ----------
    demand
        Demand over what a delivery must cover: lead time and review period, the lead time alone under continuous
        review, or a season.
    target
        The chance of no stockout in a cycle, in (0, 1).

    Raises
    ------
    ValueError
        When the target does not lie between 0 and 1.

    Examples
    --------
    >>> level_for_cycle_service(PoissonMixture([6.0]), 0.8)
    8
    """
    check_probability(target, "cycle_service")
    return _smallest_level(lambda level: demand.cdf(level) >= target)


def level_for_fill_rate(until_next: DemandOver, until_arrival: DemandOver | None, target: float) -> int:
    """Return the smallest whole order-up-to level S ≥ 0 that reaches a fill rate under periodic review, in units.

    Parameters
    ----------
    until_next
        Demand until the next delivery can arrive (D_{L+R}); for a season, its demand.
    until_arrival
        Demand until this delivery arrives (D_L); None where it arrives at once.
    target
        The share of demand met from the shelf, in (0, 1).

    Raises
    ------
    ValueError
        When the target does not lie between 0 and 1.

    Examples
    --------
    >>> level_for_fill_rate(PoissonMixture([12.0]), PoissonMixture([5.0]), 0.95)
    16
    """
    check_probability(target, "fill_rate")
    served = until_next.mean - (until_arrival.mean if until_arrival is not None else 0.0)
    if served <= 0:
        return 0

    def reached(level: int) -> bool:
        short = until_next.loss(level) - (until_arrival.loss(level) if until_arrival is not None else 0.0)
        return 1 - short / served >= target

    return _smallest_level(reached)


def reorder_point_for_fill_rate(demand: DemandOver, quantity: int, target: float) -> int:
    """Return the smallest whole reorder point s ≥ 0 that reaches a fill rate with orders of Q units, in units.

    Parameters
    ----------
    demand
        Demand over the lead time (D_L).
    quantity
        The order quantity Q, in units, at least 1.
    target
        The share of demand met from the shelf, in (0, 1).

    Raises
    ------
    ValueError
        When the target does not lie between 0 and 1, or the quantity is below 1.

    Examples
    --------
    >>> reorder_point_for_fill_rate(PoissonMixture([10.0]), 5, 0.95)
    14
    """
    check_probability(target, "fill_rate")
    if quantity < 1:
        raise ValueError(f"quantity: must be at least 1 (got {quantity})")
    return _smallest_level(lambda level: 1 - (demand.loss(level) - demand.loss(level + quantity)) / quantity >= target)
