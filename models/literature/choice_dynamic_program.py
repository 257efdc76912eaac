"""The exact dynamic program of choice: which set to offer with so much left, so long before the end.

In each of T periods at most one customer buys. With capacities x and t periods to go, and q_j(S) the chance that set S
sells product j, which uses A_j units of the resources,

    V_t(x) = max_S  Σ_j q_j(S) (p_j + V_{t−1}(x − A_j)) + (1 − Σ_j q_j(S)) V_{t−1}(x),    V_0 = 0,

over the sets all of whose products can still be served (Talluri & van Ryzin 2004 for one resource; Liu & van Ryzin
2008 for a network; Lee & Hersh 1993 where each customer wants one class). What is optimal depends on
x alone where demand is Poisson and periods are short: the error of one customer a period is of second order in them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

MOST_STATES = 2_000_000
"""States beyond which the program is not tried."""
CELLS_AT_A_TIME = 4_000_000
"""Sets × states that are compared at once, for the sake of memory."""


@dataclass(frozen=True)
class ChoiceValue:
    """Values and best sets, by periods to go."""

    value: Array
    """V_t(x), in money. Shape (periods + 1, capacity_1 + 1, …), by periods to go."""
    best_set: npt.NDArray[np.int64]
    """Position of the best set, of equals the first. Shape (periods, capacity_1 + 1, …), by periods to go less one."""


def solve_choice_program(
    sales: npt.ArrayLike, prices: npt.ArrayLike, usage: npt.ArrayLike, capacity: npt.ArrayLike, periods: int
) -> ChoiceValue:
    """Return the value of every state.

    Parameters
    ----------
    sales
        Chance that a set sells a product in one period (q), sums at most 1. Shape (sets, products). One set must be
        empty, for when nothing can be served.
    prices
        What a sale earns (p), in money. Shape (products,).
    usage
        Whole units of each resource that a sale uses (A). Shape (resources, products).
    capacity
        Whole units at the start. Shape (resources,).
    periods
        How many (T).

    Raises
    ------
    ValueError
        When a shape or a number does not fit, or there are more than `MOST_STATES` states.
    """
    chance, price = np.asarray(sales, dtype=np.float64), np.asarray(prices, dtype=np.float64)
    using, units = np.asarray(usage, dtype=np.int64), np.asarray(capacity, dtype=np.int64)
    if chance.ndim != 2 or price.shape != chance.shape[1:] or using.shape != (len(units), len(price)):
        raise ValueError(f"sales, prices, usage: shapes {chance.shape}, {price.shape}, {using.shape} do not fit")
    if (chance < 0).any() or (chance.sum(axis=1) > 1 + 1e-9).any():
        raise ValueError("sales: must be chances that sum to 1 at most")
    if chance.any(axis=1).all():
        raise ValueError("sales: one set must sell nothing")
    if (units < 0).any() or (using < 0).any() or periods < 0:
        raise ValueError("usage, capacity, periods: must be at least 0")
    shape = tuple((units + 1).tolist())
    if np.prod([float(each) for each in shape]) > MOST_STATES:
        raise ValueError(f"capacity: more than {MOST_STATES} states")
    serves = _served(using, shape)
    needs = (chance > 0).astype(np.float64)
    # A set can be offered where none of the products that it sells is out; both sides count products.
    states = int(np.prod(shape))
    missing = (~serves).reshape(len(price), states).astype(np.float64)
    width = max(1, CELLS_AT_A_TIME // len(chance))
    values, best = np.zeros((periods + 1, *shape)), np.zeros((periods, *shape), dtype=np.int64)
    for left in range(periods):
        ahead = values[left]
        gains = np.stack([_gain(ahead, price[j], using[:, j]) for j in range(len(price))])
        gains = gains.reshape(len(price), states)
        top, first = np.empty(states), np.empty(states, dtype=np.int64)
        for start in range(0, states, width):
            part = slice(start, start + width)
            worth = np.where(needs @ missing[:, part] > 0, -np.inf, chance @ gains[:, part])
            first[part] = np.argmax(worth, axis=0)
            top[part] = np.max(worth, axis=0)
        best[left] = first.reshape(shape)
        values[left + 1] = ahead + top.reshape(shape)
    return ChoiceValue(values, best)


def optimal_value(
    sales: npt.ArrayLike, prices: npt.ArrayLike, usage: npt.ArrayLike, capacity: npt.ArrayLike, periods: int
) -> float:
    """Return what the best policy earns from the full capacity, in money; for parameters see `solve_choice_program`."""
    solved = solve_choice_program(sales, prices, usage, capacity, periods)
    return float(solved.value[(periods, *np.asarray(capacity, dtype=np.int64).tolist())])


def _served(using: npt.NDArray[np.int64], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return where each product can be served, shape (products, capacity_1 + 1, …)."""
    left = np.indices(shape)
    return np.stack([(left >= row.reshape(-1, *[1] * len(shape))).all(axis=0) for row in using.T])


def _gain(ahead: Array, price: float, uses: npt.NDArray[np.int64]) -> Array:
    """Return price + V(x − A) − V(x) where that is possible, else 0, shape (capacity_1 + 1, …)."""
    gain = np.zeros_like(ahead)
    inner = tuple(slice(int(each), None) for each in uses)
    before = tuple(slice(None, size - int(each)) for each, size in zip(uses, ahead.shape, strict=True))
    if all(size > each for each, size in zip(uses, ahead.shape, strict=True)):
        gain[inner] = price + ahead[before] - ahead[inner]
    return gain
