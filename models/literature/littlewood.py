"""Littlewood's rule: how many seats to keep for those who pay more and come later.

Two classes at prices p_1 > p_2; the demand D_2 of the low class comes first, then D_1. A seat is worth more empty than
sold to the low class as long as p_1 P(D_1 ≥ y) > p_2, so the best protection level is

    y* = max{y : P(D_1 ≥ y) > p_2/p_1}

(Littlewood 1972; Gallego & Topaloglu 2019, ch. 1). For continuous demand y* solves P(D_1 > y) = p_2/p_1.
"""

from ..replenishment.demand_over import DemandOver, PoissonMixture


def protection_level(high_demand: DemandOver, high_price: float, low_price: float) -> float:
    """Return the units to protect for the high class, y*.

    Parameters
    ----------
    high_demand
        Demand of the high class, which comes after the low one.
    high_price, low_price
        What the classes pay, in money; the high price above the low one, and that above 0.

    Raises
    ------
    ValueError
        When the prices are not in order.

    Examples
    --------
    Gallego & Topaloglu 2019, ch. 1, Example 1:

    >>> protection_level(PoissonMixture([80]), high_price=100, low_price=60)
    78.0
    """
    if not high_price > low_price > 0:
        raise ValueError(f"high_price: must be above low_price, and that above 0 (got {high_price} and {low_price})")
    # P(D ≥ y + 1) ≤ p2/p1 holds first where P(D ≤ y) ≥ 1 − p2/p1: the quantile.
    return high_demand.quantile(1 - low_price / high_price)


def expected_revenue(
    low_demand: PoissonMixture,
    high_demand: PoissonMixture,
    capacity: int,
    protected: int,
    high_price: float,
    low_price: float,
) -> float:
    """Return the expected revenue of two classes, the low one first, at a protection level, in money.

    Parameters
    ----------
    low_demand, high_demand
        Demand of the classes, independent.
    capacity
        Seats in all.
    protected
        Seats that the low class must leave, from 0 to the capacity.
    high_price, low_price
        What the classes pay, in money.

    Raises
    ------
    ValueError
        When the protected seats are not between 0 and the capacity.
    """
    if not 0 <= protected <= capacity:
        raise ValueError(f"protected: must lie between 0 and the capacity {capacity} (got {protected})")
    limit = capacity - protected
    revenue = 0.0
    for low_sold in range(limit + 1):
        chance = low_demand.pmf(low_sold) if low_sold < limit else 1 - low_demand.cdf(limit - 1)
        high_sold = high_demand.mean - high_demand.loss(capacity - low_sold)
        revenue += chance * (low_price * low_sold + high_price * high_sold)
    return revenue
