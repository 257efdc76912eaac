"""The newsvendor: one order before a season of random demand.

With demand D, order quantity Q, underage cost c_u of a unit short and overage cost c_o of a unit left over, the
expected cost

    g(Q) = c_o E[(Q − D)⁺] + c_u E[(D − Q)⁺]

is least at the smallest Q with P(D ≤ Q) ≥ c_u / (c_u + c_o), the critical ratio (Arrow, Harris & Marschak 1951;
Snyder & Shen 2019, ch. 4). At price p, unit cost c and salvage value v, with a penalty π beyond the lost margin,
c_u = p − c + π and c_o = c − v, and the expected profit is (p − c) E[D] − g(Q) with g at those costs.

Demand is any `DemandOver`: Poisson, normal or finite.
"""

from ..replenishment.demand_over import DemandOver


def critical_ratio(underage: float, overage: float) -> float:
    """Return c_u / (c_u + c_o), the probability with which demand should be met.

    Parameters
    ----------
    underage
        Cost of one unit short (c_u), in money, above 0.
    overage
        Cost of one unit left over (c_o), in money, above 0.

    Raises
    ------
    ValueError
        When a cost is not above 0: then no finite quantity, or none at all, is best.
    """
    if not (underage > 0 and overage > 0):
        raise ValueError(f"underage, overage: must be above 0 (got {underage} and {overage})")
    return underage / (underage + overage)


def optimal_quantity(demand: DemandOver, underage: float, overage: float) -> float:
    """Return the quantity of least expected cost, in units: the smallest where it is not unique.

    Parameters
    ----------
    demand
        Demand of the season.
    underage, overage
        Cost of one unit short and of one left over, in money.

    Examples
    --------
    Snyder & Shen 2019, Example 4.3 (normal) and Example 4.7 without its fixed cost (Poisson):

    >>> from demandshift.models.replenishment.demand_over import NormalMixture, PoissonMixture
    >>> round(optimal_quantity(NormalMixture([50], [8]), underage=0.70, overage=0.18), 1)
    56.6
    >>> optimal_quantity(PoissonMixture([6]), underage=4, overage=1)
    8.0
    """
    return demand.quantile(critical_ratio(underage, overage))


def leftover(demand: DemandOver, quantity: float) -> float:
    """Return E[(Q − D)⁺], the expected units left over: the complementary loss function."""
    return quantity - demand.mean + demand.loss(quantity)


def expected_sales(demand: DemandOver, quantity: float) -> float:
    """Return E[min(Q, D)], the expected units sold."""
    return demand.mean - demand.loss(quantity)


def expected_cost(demand: DemandOver, quantity: float, underage: float, overage: float) -> float:
    """Return g(Q), the expected cost of units short and left over, in money.

    Examples
    --------
    Snyder & Shen 2019, Example 4.3:

    >>> from demandshift.models.replenishment.demand_over import NormalMixture
    >>> round(expected_cost(NormalMixture([50], [8]), 56.6, underage=0.70, overage=0.18), 4)
    1.9976
    """
    return overage * leftover(demand, quantity) + underage * demand.loss(quantity)


def expected_profit(
    demand: DemandOver, quantity: float, price: float, cost: float, salvage: float = 0.0, penalty: float = 0.0
) -> float:
    """Return E[p min(Q, D) + v (Q − D)⁺ − π (D − Q)⁺ − c Q], in money.

    Parameters
    ----------
    demand
        Demand of the season.
    quantity
        Units bought before it (Q).
    price, cost, salvage
        Money per unit sold (p), bought (c) and left over (v).
    penalty
        Money per unit of demand not met (π), beyond the margin that it would have earned.
    """
    short = demand.loss(quantity)
    return (
        price * expected_sales(demand, quantity)
        + salvage * leftover(demand, quantity)
        - penalty * short
        - cost * quantity
    )


def cycle_service(demand: DemandOver, quantity: float) -> float:
    """Return P(D ≤ Q), the chance that the season's demand is met in full (R19)."""
    return demand.cdf(quantity)


def fill_rate(demand: DemandOver, quantity: float) -> float:
    """Return E[min(Q, D)] / E[D], the share of demand met from the shelf (R19).

    Raises
    ------
    ValueError
        When no demand is expected: then there is no share.
    """
    if demand.mean == 0:
        raise ValueError("demand: without expected demand there is no fill rate")
    return expected_sales(demand, quantity) / demand.mean
