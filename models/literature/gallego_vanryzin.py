"""Dynamic pricing of n units over a time t: Gallego & van Ryzin 1994, exponential demand.

Customers come as a Poisson process and buy at price p at rate λ(p) = a e^{−p/θ}. With x = a t / e, the most that can be
sold at the price θ that maximises p λ(p), and S_n = Σ_{i≤n} xⁱ/i!:

    J*(n, t) = θ ln S_n,    p*(n, t) = J*(n, t) − J*(n − 1, t) + θ                       (eqs. 9 and 10)
    J^D(n, t) = p^D min(n, a t e^{−p^D/θ}),    p^D = max(θ, θ ln(a t / n))               (at least J*: Theorem 2)
    J^FP(n, t; p) = p E[min(n, N)],    N Poisson with mean a t e^{−p/θ}                  (one price p for all the time)

and J^FP(p^D)/J* ≥ 1 − 1/(2 √min(n, x)) (Theorem 3).
"""

import math

import numpy as np
from scipy import optimize, special


def optimal_revenue(stock: int, time: float, rate: float, spread: float = 1.0) -> float:
    """Return what the best policy earns on average, J*, in money.

    Parameters
    ----------
    stock
        Units (n).
    time
        Time left (t), in time units.
    rate
        Customers per time unit who would buy at a price of 0 (a).
    spread
        Rise in price at which demand falls to 1/e (θ), in money.

    Raises
    ------
    ValueError
        When a number is below 0, or the spread not above it.

    Examples
    --------
    >>> round(optimal_revenue(5, 1.0, 10 * math.e), 6)
    7.29822
    """
    units = _checked(stock, time, rate, spread)
    if time * rate == 0:
        return 0.0
    sold = np.arange(units + 1)
    return spread * float(special.logsumexp(sold * math.log(rate * time / math.e) - special.gammaln(sold + 1)))


def optimal_price(stock: int, time: float, rate: float, spread: float = 1.0) -> float:
    """Return the best price with so much left for so long, p*, in money; the parameters are `optimal_revenue`'s.

    Raises
    ------
    ValueError
        When there is no unit left, a number is below 0, or the spread not above it.
    """
    if stock < 1:
        raise ValueError(f"stock: without a unit there is no price (got {stock})")
    ahead, behind = optimal_revenue(stock, time, rate, spread), optimal_revenue(stock - 1, time, rate, spread)
    return ahead - behind + spread


def fluid_price(stock: int, time: float, rate: float, spread: float = 1.0) -> float:
    """Return the price of the fluid problem, p^D, in money; the parameters are `optimal_revenue`'s."""
    units = _checked(stock, time, rate, spread)
    if units == 0:
        return math.inf
    return max(spread, spread * math.log(max(rate * time, 1e-300) / units))


def fluid_revenue(stock: int, time: float, rate: float, spread: float = 1.0) -> float:
    """Return the fluid bound, J^D ≥ J*, in money; the parameters are `optimal_revenue`'s."""
    price = fluid_price(stock, time, rate, spread)
    return 0.0 if math.isinf(price) else price * min(stock, rate * time * math.exp(-price / spread))


def fixed_price_revenue(price: float, stock: int, time: float, rate: float, spread: float = 1.0) -> float:
    """Return what one price for all the time earns on average, J^FP, in money.

    Parameters
    ----------
    price
        The price, in money.
    stock, time, rate, spread
        As in `optimal_revenue`.
    """
    units = _checked(stock, time, rate, spread)
    if units == 0:
        return 0.0
    mean = rate * time * math.exp(-price / spread)
    # E[min(n, N)] = m P(N ≤ n − 2) + n P(N ≥ n)
    below = float(special.pdtr(units - 2, mean)) if units >= 2 else 0.0
    return price * (mean * below + units * float(special.pdtrc(units - 1, mean)))


def best_fixed_price(stock: int, time: float, rate: float, spread: float = 1.0) -> float:
    """Return the one price for all the time that earns most, in money; the parameters are `optimal_revenue`'s."""
    highest = fluid_price(stock, time, rate, spread) + 20 * spread
    found = optimize.minimize_scalar(
        lambda price: -fixed_price_revenue(price, stock, time, rate, spread),
        bounds=(0.0, highest),
        method="bounded",
        options={"xatol": 1e-10 * highest},
    )
    return float(found.x)


def _checked(stock: int, time: float, rate: float, spread: float) -> int:
    if stock < 0 or time < 0 or rate < 0 or not spread > 0:
        raise ValueError(
            f"stock, time, rate: must be at least 0, spread: above 0 (got {stock}, {time}, {rate}, {spread})"
        )
    return int(stock)
