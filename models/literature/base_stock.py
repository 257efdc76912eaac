"""Base stock: every unit demanded is ordered at once, or at each review, so that the position returns to S.

Three classic cases:

* *Periodic review, back-orders* (Snyder & Shen 2019, Example 4.4): with independent normal demand of mean m and
  standard deviation σ a period, review every R periods and lead time L, cost is the newsvendor's for demand over L + R
  periods.
* *Continuous review, back-orders*: with Poisson demand at rate λ and independent lead times of mean L, whatever their
  distribution, the units on order are Poisson with mean λL: the M/G/∞ queue (Palm 1938; Zipkin 2000, ch. 7).
* *Continuous review, lost sales*: the units on order are the busy servers of an M/G/S/S queue, and the share of demand
  that is lost is Erlang's loss formula B(S, λL), again whatever the distribution of lead times (Karush 1957; Zipkin
  2000, ch. 7).
"""

import math
from dataclasses import dataclass

from ..replenishment.demand_over import NormalMixture, PoissonMixture
from . import newsvendor


def demand_over_protection(mean: float, standard_deviation: float, lead_time: float, review: float) -> NormalMixture:
    """Return the demand over L + R periods of independent normal demand.

    Parameters
    ----------
    mean, standard_deviation
        Of the demand of one period, in units.
    lead_time, review
        Lead time L and time between reviews R, in periods.
    """
    periods = lead_time + review
    return NormalMixture([mean * periods], [standard_deviation * math.sqrt(periods)])


def optimal_level(
    mean: float, standard_deviation: float, lead_time: float, review: float, holding: float, penalty: float
) -> float:
    """Return the base-stock level of least expected cost under periodic review with back-orders, in units.

    Parameters
    ----------
    mean, standard_deviation
        Of the demand of one period, in units.
    lead_time, review
        Lead time L and time between reviews R, in periods.
    holding, penalty
        Cost of a unit on hand and of a unit back-ordered at the end of a period, in money.

    Examples
    --------
    Snyder & Shen 2019, Example 4.4:

    >>> round(optimal_level(50, 8, lead_time=4, review=1, holding=0.18, penalty=0.70), 1)
    264.8
    """
    demand = demand_over_protection(mean, standard_deviation, lead_time, review)
    return newsvendor.optimal_quantity(demand, underage=penalty, overage=holding)


@dataclass(frozen=True)
class BaseStockFigures:
    """What a base-stock policy gives in the long run."""

    fill_rate: float
    """Share of demand served at once from the shelf."""
    on_hand: float
    """Mean stock on hand, in units."""
    back_orders: float
    """Mean number of units that customers wait for; 0 where they leave."""
    on_order: float
    """Mean pipeline stock, in units."""


def _checked(level: int, load: float) -> None:
    if level < 0:
        raise ValueError(f"level: must be at least 0 (got {level})")
    if not (math.isfinite(load) and load >= 0):
        raise ValueError(f"load: must be a number of at least 0 (got {load})")


def with_back_orders(level: int, load: float) -> BaseStockFigures:
    """Return the figures of continuous review with Poisson demand, where customers wait.

    Parameters
    ----------
    level
        Base-stock level S, in units, at least 0.
    load
        Expected demand over a mean lead time, λL, in units.

    Returns
    -------
    BaseStockFigures
        With N Poisson of mean λL: fill rate P(N ≤ S − 1), on hand E[(S − N)⁺], back-orders E[(N − S)⁺], on order λL.
    """
    _checked(level, load)
    pipeline = PoissonMixture([load])
    return BaseStockFigures(
        fill_rate=pipeline.cdf(level - 1),
        on_hand=newsvendor.leftover(pipeline, level),
        back_orders=pipeline.loss(level),
        on_order=load,
    )


def erlang_loss(servers: int, load: float) -> float:
    """Return Erlang's loss probability B(S, a) = (a^S/S!) / Σ_{k≤S} a^k/k!.

    Computed by B(0) = 1, B(k) = a B(k − 1) / (k + a B(k − 1)), which neither overflows nor cancels.

    Parameters
    ----------
    servers
        Number of servers S, at least 0.
    load
        Offered load a, in servers.

    Examples
    --------
    >>> round(erlang_loss(2, 1.0), 10)
    0.2
    """
    _checked(servers, load)
    blocked = 1.0
    for busy in range(1, servers + 1):
        blocked = load * blocked / (busy + load * blocked)
    return blocked


def with_lost_sales(level: int, load: float) -> BaseStockFigures:
    """Return the figures of continuous review with Poisson demand, where customers leave.

    Parameters
    ----------
    level
        Base-stock level S, in units, at least 0.
    load
        Expected demand over a mean lead time, λL, in units.

    Returns
    -------
    BaseStockFigures
        Fill rate 1 − B(S, λL), on order λL (1 − B) by Little's law, on hand the rest of S.
    """
    served = 1 - erlang_loss(level, load)
    on_order = load * served
    return BaseStockFigures(fill_rate=served, on_hand=level - on_order, back_orders=0.0, on_order=on_order)
