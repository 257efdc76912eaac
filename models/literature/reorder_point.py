"""Continuous review with reorder point r and order quantity Q: exact cost, best reorder point, and the textbook's way.

Demand over the lead time is D, λ its mean per time unit. A unit on hand costs h and a unit back-ordered p per time
unit, an order K. With g(y) = h E[(y − D)⁺] + p E[(D − y)⁺], and the position uniform on (r, r + Q] (Hadley & Whitin
1963, ch. 4; Zheng 1992; Snyder & Shen 2019, ch. 5), cost per time unit is

    C(r, Q) = [K λ + ∫_r^{r+Q} g(y) dy] / Q                (normal demand)
    C(r, Q) = [K λ + Σ_{y=r+1}^{r+Q} g(y)] / Q             (Poisson demand, unit by unit)

For given Q the best r has g(r) = g(r + Q). The textbook model with a penalty π for each unit short, whatever the time
that it waits (Hadley & Whitin 1963, ch. 4; Nahmias 2015, ch. 5), costs

    h (Q/2 + r − E[D]) + K λ/Q + π λ n(r)/Q

and its optimum solves Q = √(2λ(K + π n(r))/h), P(D > r) = Q h/(π λ) by turns.
"""

import math
from dataclasses import dataclass

from scipy import special

from ..replenishment.demand_over import NormalMixture, PoissonMixture
from . import newsvendor

TEXTBOOK_TOLERANCE = 1e-10
"""Change of the order quantity, in units, below which the textbook's iteration has arrived."""
TEXTBOOK_ROUNDS = 1000
"""Rounds after which the textbook's iteration is given up; it needs about ten."""


@dataclass(frozen=True)
class Costs:
    """What stock costs."""

    holding: float
    """Cost of a unit on hand for one time unit (h), in money."""
    back_order: float
    """Cost of a unit back-ordered for one time unit (p), in money."""
    order: float
    """Fixed cost of an order (K), in money."""

    def __post_init__(self) -> None:
        if not (self.holding > 0 and self.back_order > 0 and self.order >= 0):
            raise ValueError(
                "holding, back_order: must be above 0, and order at least 0 "
                f"(got {self.holding}, {self.back_order} and {self.order})"
            )


@dataclass(frozen=True)
class Optimum:
    """A reorder point, an order quantity and their cost."""

    reorder_point: float
    """Reorder point r, in units."""
    quantity: float
    """Order quantity Q, in units."""
    cost: float
    """Expected cost per time unit, in money."""


def _check_quantity(quantity: float) -> None:
    if not quantity > 0:
        raise ValueError(f"quantity: must be above 0 (got {quantity})")


def poisson_cost(rate: float, lead_time: float, costs: Costs, reorder_point: int, quantity: int) -> float:
    """Return C(r, Q) for Poisson demand, in money per time unit.

    Parameters
    ----------
    rate
        Expected demand per time unit (λ), in units.
    lead_time
        Lead time, in time units.
    costs
        What stock costs.
    reorder_point, quantity
        Reorder point r and order quantity Q ≥ 1, in units.

    Examples
    --------
    Snyder & Shen 2019, Example 5.8:

    >>> round(poisson_cost(1.5, 2, Costs(holding=20, back_order=150, order=100), 3, 5), 2)
    107.92
    """
    _check_quantity(quantity)
    demand = PoissonMixture([rate * lead_time])
    stock = math.fsum(
        newsvendor.expected_cost(demand, level, costs.back_order, costs.holding)
        for level in range(reorder_point + 1, reorder_point + quantity + 1)
    )
    return (costs.order * rate + stock) / quantity


def poisson_optimum(rate: float, lead_time: float, costs: Costs) -> Optimum:
    """Return the whole r and Q of least cost for Poisson demand.

    The algorithm of Federgruen & Zheng (1992): g has one valley, so the best r for Q + 1 extends the best interval for
    Q by one level, on its cheaper side; as soon as that level costs more than the average so far, no greater Q is
    better.

    Parameters
    ----------
    rate
        Expected demand per time unit (λ), in units.
    lead_time
        Lead time, in time units.
    costs
        What stock costs.
    """
    demand = PoissonMixture([rate * lead_time])

    def stock_cost(level: int) -> float:
        return newsvendor.expected_cost(demand, level, costs.back_order, costs.holding)

    low = high = int(newsvendor.optimal_quantity(demand, costs.back_order, costs.holding))
    total = costs.order * rate + stock_cost(low)
    while True:
        below, above = stock_cost(low - 1), stock_cost(high + 1)
        average = total / (high - low + 1)
        if min(below, above) >= average:
            return Optimum(reorder_point=low - 1, quantity=high - low + 1, cost=average)
        if below < above:
            low -= 1
        else:
            high += 1
        total += min(below, above)


def _second_loss(mean: float, standard_deviation: float, level: float) -> float:
    """Return ∫_level^∞ n(y) dy for normal demand: σ²/2 [(z² + 1)(1 − Φ(z)) − z φ(z)] (Zipkin 2000, app. C)."""
    z = (level - mean) / standard_deviation
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return standard_deviation**2 / 2 * ((z * z + 1) * float(special.ndtr(-z)) - z * density)


def normal_cost(
    rate: float, mean: float, standard_deviation: float, costs: Costs, reorder_point: float, quantity: float
) -> float:
    """Return C(r, Q) for normal lead-time demand, in money per time unit.

    Parameters
    ----------
    rate
        Expected demand per time unit (λ), in units.
    mean, standard_deviation
        Of the demand over the lead time, in units; the deviation above 0.
    costs
        What stock costs.
    reorder_point, quantity
        Reorder point r and order quantity Q > 0, in units.

    Examples
    --------
    Snyder & Shen 2019, Example 5.1:

    >>> lead_time = 1 / 12
    >>> costs = Costs(holding=0.225, back_order=7.5, order=8)
    >>> round(normal_cost(1300, 1300 * lead_time, 150 * lead_time**0.5, costs, 126.8, 328.5), 2)
    78.07
    """
    _check_quantity(quantity)
    if not standard_deviation > 0:
        raise ValueError(f"standard_deviation: must be above 0 (got {standard_deviation})")
    top = reorder_point + quantity
    short = _second_loss(mean, standard_deviation, reorder_point) - _second_loss(mean, standard_deviation, top)
    # ∫ E[(y − D)⁺] dy = ∫ (y − E[D]) dy + ∫ n(y) dy, and the first part is a parabola.
    net = ((top - mean) ** 2 - (reorder_point - mean) ** 2) / 2
    stock = costs.holding * (net + short) + costs.back_order * short
    return (costs.order * rate + stock) / quantity


def normal_reorder_point(mean: float, standard_deviation: float, costs: Costs, quantity: float) -> float:
    """Return the best reorder point for a given order quantity, in units: the r with g(r) = g(r + Q).

    Parameters
    ----------
    mean, standard_deviation
        Of the demand over the lead time, in units; the deviation above 0.
    costs
        What stock costs; the cost of an order plays no part.
    quantity
        Order quantity Q > 0, in units.

    Examples
    --------
    Snyder & Shen 2019, Example 5.1 at Q = 318:

    >>> lead_time = 1 / 12
    >>> costs = Costs(holding=0.225, back_order=7.5, order=8)
    >>> round(normal_reorder_point(1300 * lead_time, 150 * lead_time**0.5, costs, 318), 1)
    127.8
    """
    _check_quantity(quantity)
    demand = NormalMixture([mean], [standard_deviation])

    def slope(point: float) -> float:
        """Return g(r + Q) − g(r), which rises with r since g is convex."""
        return newsvendor.expected_cost(
            demand, point + quantity, costs.back_order, costs.holding
        ) - newsvendor.expected_cost(demand, point, costs.back_order, costs.holding)

    # g falls to the left of its valley and rises to the right: the valley lies between r and r + Q.
    valley = newsvendor.optimal_quantity(demand, costs.back_order, costs.holding)
    low, high = valley - quantity, valley
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return high


def textbook_cost(
    rate: float, demand: NormalMixture, holding: float, order: float, penalty: float, point: float, quantity: float
) -> float:
    """Return the textbook's cost h(Q/2 + r − E[D]) + Kλ/Q + πλ n(r)/Q, in money per time unit.

    Parameters
    ----------
    rate
        Expected demand per time unit (λ), in units.
    demand
        Demand over the lead time.
    holding, order, penalty
        Cost of a unit on hand for one time unit (h), of an order (K), and of a unit short, once (π), in money.
    point, quantity
        Reorder point r and order quantity Q > 0, in units.
    """
    _check_quantity(quantity)
    return (
        holding * (quantity / 2 + point - demand.mean)
        + order * rate / quantity
        + penalty * rate * demand.loss(point) / quantity
    )


def textbook_optimum(rate: float, demand: NormalMixture, holding: float, order: float, penalty: float) -> Optimum:
    """Return the solution of the textbook's two conditions, found by turns from the economic order quantity.

    Parameters
    ----------
    rate
        Expected demand per time unit (λ), in units.
    demand
        Demand over the lead time.
    holding, order, penalty
        Cost of a unit on hand for one time unit (h), of an order (K), and of a unit short, once (π), in money.

    Raises
    ------
    ValueError
        When the order quantity grows so large that no reorder point solves the second condition.
    ArithmeticError
        When the iteration does not arrive (R18).

    Examples
    --------
    Nahmias, Example 5.4 (Harvey's Specialty Shop), printed as Q = 111 and r = 143:

    >>> best = textbook_optimum(200, NormalMixture([100], [25]), holding=2, order=50, penalty=25)
    >>> round(best.quantity), round(best.reorder_point)
    (111, 143)
    """
    quantity = math.sqrt(2 * order * rate / holding)
    for _ in range(TEXTBOOK_ROUNDS):
        exceeded = quantity * holding / (penalty * rate)
        if not 0 < exceeded < 1:
            raise ValueError(f"penalty: too small for a reorder point (a stockout in {exceeded:.3g} of all cycles)")
        point = demand.quantile(1 - exceeded)
        following = math.sqrt(2 * rate * (order + penalty * demand.loss(point)) / holding)
        if abs(following - quantity) < TEXTBOOK_TOLERANCE:
            cost = textbook_cost(rate, demand, holding, order, penalty, point, following)
            return Optimum(reorder_point=point, quantity=following, cost=cost)
        quantity = following
    raise ArithmeticError(f"the textbook's iteration did not arrive within {TEXTBOOK_ROUNDS} rounds")
