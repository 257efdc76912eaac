"""Seasons in which customers come one after another and take the best of what is there: profit, and its gradient.

Mahajan & van Ryzin 2001, "Stocking Retail Assortments Under Dynamic Consumer Substitution", Operations Research 49(3)
(M3). A draw is a sequence of customers t = 1 … T, each with an order of the products that he would rather have than
nothing. In the continuous relaxation stock is divisible: customer t takes as much as there is of his first product, up
to one unit, then of his second, and so on. With x_t what is left before him, p prices, v worth of what is left over in
the end, c unit costs and π the penalty of a lost customer by what he wanted first,

    profit  Π(x) = Σ_j p_j (x_1j − x_{T+1,j}) + v_j x_{T+1,j} − c_j x_j − Σ_t π_t · (what t goes without).

With whole numbers in stock everybody finds a whole unit or none, and the relaxed profit is the profit.

The gradient goes back from the last customer. With λ_tj the worth of one more unit of j before customer t, and
λ_{T+1,j} = v_j: if t emptied the products E and then had enough of k,

    λ_tj = p_j − p_k + λ_{t+1,k}  for j ∈ E   (more of j leaves as much more of k),
    λ_tj = p_j + π_t              for j ∈ E, where he went without,
    λ_tj = λ_{t+1,j}              for all others,

and ∂Π/∂x_j = λ_1j − c_j. It is exact where no product ends just when somebody had enough, thus for almost all x; there
it is the derivative towards a little more of everything. Expected profit is in general not even quasi-concave, as
the paper shows by counterexamples, so what a gradient leads to depends on where it begins.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..problem import Floats, Integers
from .path_recursion import Preferences, differentiate, sell
from .season import Season

NOBODY = -1
"""Ends a list of products that is shorter than others'."""


@dataclass(frozen=True, slots=True)
class SamplePaths:
    """Draws of a season, each a sequence of customers."""

    preferences: Preferences
    """Products that a customer would take, the dearest to him first, then −1. Shape (customers of all draws, depth)."""
    start: Integers
    """First customer of each draw, and the number of all at the end. Shape (draws + 1,)."""
    size: int
    """Number of products."""

    def __post_init__(self) -> None:
        """Complain of what makes no sense.

        Raises
        ------
        ValueError
            When shapes do not fit, draws overlap, or a list holds a product that is not there, one twice, or one
            behind its end.
        """
        lists, start = self.preferences, self.start
        if lists.ndim != 2 or lists.shape[1] < 1:
            raise ValueError(f"preferences: must have shape (customers, depth) (got {lists.shape})")
        if start.ndim != 1 or len(start) < 2 or start[0] != 0 or start[-1] != len(lists) or (np.diff(start) < 0).any():
            raise ValueError(f"start: must rise from 0 to {len(lists)}, the number of customers, by draw")
        if ((lists < NOBODY) | (lists >= self.size)).any():
            raise ValueError(f"preferences: must be products from 0 to {self.size - 1}, or -1 behind the last")
        if ((lists[:, :-1] == NOBODY) & (lists[:, 1:] != NOBODY)).any():
            raise ValueError("preferences: a product stands behind the end of a list")
        ordered = np.sort(lists, axis=1)
        if ((ordered[:, :-1] == ordered[:, 1:]) & (ordered[:, 1:] != NOBODY)).any():
            raise ValueError("preferences: a product stands in a list twice")

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.start) - 1

    def wanted_first(self) -> Floats:
        """Return how many customers want each product most, shape (draws, products)."""
        return self._count(self.preferences[:, :1])

    def wanted_at_all(self) -> Floats:
        """Return how many customers would take each product, shape (draws, products)."""
        return self._count(self.preferences)

    def _count(self, lists: Preferences) -> Floats:
        draw = np.repeat(np.arange(self.draws), np.diff(self.start))
        cell = (draw[:, np.newaxis] * self.size + lists)[lists != NOBODY]
        return np.bincount(cell, minlength=self.draws * self.size).reshape(self.draws, self.size).astype(float)


@dataclass(frozen=True, slots=True)
class ShelfMoney:
    """What products earn and cost, in money; arrays have shape (products,), or are one number for all."""

    price: npt.ArrayLike
    """Per unit sold (p)."""
    unit_cost: npt.ArrayLike
    """Per unit ordered (c)."""
    left_over_worth: npt.ArrayLike = 0.0
    """What a unit left over is worth in all (v), less what getting rid of it costs."""
    lost_sale_penalty: npt.ArrayLike = 0.0
    """Per customer who leaves with nothing, by what he wanted first (π)."""
    opening_stock: npt.ArrayLike = 0.0
    """Units that are there already, and cost nothing any more."""

    def each(self, name: str, size: int) -> Floats:
        """Return a field by its name, one value a product, shape (products,)."""
        values: Floats = np.ascontiguousarray(np.broadcast_to(np.asarray(getattr(self, name), dtype=float), (size,)))
        return values

    def check(self, size: int) -> None:
        """Complain of what makes no sense.

        Raises
        ------
        ValueError
            When a shape does not fit, a number is not finite, stock is below 0, or a unit left over is worth more than
            it costs: then every order pays, however large.
        """
        for name in ("price", "unit_cost", "left_over_worth", "lost_sale_penalty", "opening_stock"):
            given = np.asarray(getattr(self, name), dtype=float)
            if given.shape not in {(), (size,)}:
                raise ValueError(f"{name}: must be a number or have shape ({size},) (got {given.shape})")
            if not np.isfinite(given).all():
                raise ValueError(f"{name}: must be finite")
        if (self.each("opening_stock", size) < 0).any():
            raise ValueError("opening_stock: must be at least 0")
        gift = np.flatnonzero(self.each("left_over_worth", size) > self.each("unit_cost", size))
        if gift.size:
            raise ValueError(f"left_over_worth: a unit of product {gift[0]} left over is worth more than it costs")


def paths_by_surplus(surplus: Floats, customers: Integers | None = None) -> SamplePaths:
    """Return the paths of customers who rank products by surplus and take none without.

    Parameters
    ----------
    surplus
        Surplus of each product over buying nothing, in any unit; a product without positive surplus is not wanted.
        Shape (draws, customers, products).
    customers
        How many of them come, in each draw, the first ones; shape (draws,). None for all.

    Raises
    ------
    ValueError
        When shapes do not fit or a surplus is nan.
    """
    if surplus.ndim != 3 or not surplus.size:
        raise ValueError(f"surplus: must have shape (draws, customers, products) (got {surplus.shape})")
    if np.isnan(surplus).any():
        raise ValueError("surplus: must not be nan")
    draws, most, size = surplus.shape
    coming = np.full(draws, most) if customers is None else np.asarray(customers)
    if coming.shape != (draws,) or (coming < 0).any() or (coming > most).any():
        raise ValueError(f"customers: must be {draws} numbers from 0 to {most}")
    there = np.arange(most) < coming[:, np.newaxis]
    known = surplus[there]
    order = np.argsort(-known, axis=1, kind="stable").astype(np.int32)
    wanted = np.take_along_axis(known, order, axis=1) > 0
    depth = max(1, int(wanted.sum(axis=1).max(initial=0)))
    lists = np.where(wanted, order, np.int32(NOBODY))[:, :depth]
    return SamplePaths(np.ascontiguousarray(lists), np.concatenate([[0], np.cumsum(coming)]), size)


def paths_of_season(season: Season, shares: Floats, seed: int, orders: int = 1) -> SamplePaths:
    """Return paths with a season's first choices, in random order, each customer with one second choice at most.

    Parameters
    ----------
    season
        Its demand must be whole numbers.
    shares
        Share of those turned away from i who would take j, shape (products, products) (α).
    seed
        Seed of second choices and of orders of arrival, from 0.
    orders
        Orders of arrival for each draw of the season.

    Returns
    -------
    SamplePaths
        With `orders` · draws paths: all draws in the first order, then all in the second, and so on.

    Raises
    ------
    ValueError
        When demand is not in whole numbers.
    """
    if (season.demand != np.round(season.demand)).any():
        raise ValueError("demand: must be whole numbers, for customers to come one by one")
    units = np.tile(season.demand.astype(np.int64), (orders, 1))
    chance = np.random.Generator(np.random.Philox(key=[seed, 0]))
    cells = np.repeat(np.arange(units.size), units.ravel())
    draw, favourite = np.divmod(cells, season.size)
    uniform = chance.random(len(cells))
    # The first product at which the running sum of shares passes the draw; the number of products for nobody.
    second = (uniform[:, np.newaxis] >= np.cumsum(shares, axis=1)[favourite]).sum(axis=1)
    lists = np.stack([favourite, np.where(second < season.size, second, NOBODY)], axis=1).astype(np.int32)
    order = np.lexsort((chance.random(len(cells)), draw))
    return SamplePaths(
        np.ascontiguousarray(lists[order]), np.concatenate([[0], np.cumsum(units.sum(axis=1))]), season.size
    )


def path_profits(paths: SamplePaths, money: ShelfMoney, quantities: npt.ArrayLike) -> Floats:
    """Return the profit of each draw in the continuous relaxation, in money, shape (draws,).

    Parameters
    ----------
    paths
        The draws.
    money
        What products earn and cost.
    quantities
        Units ordered, at least 0. Shape (products,), or (draws, products) for others in each draw.
    """
    return _sold(paths, money, quantities)[0]


def path_sales(paths: SamplePaths, money: ShelfMoney, quantities: npt.ArrayLike) -> Floats:
    """Return the units sold in each draw, shape (draws, products); for the parameters see `path_profits`."""
    return _sold(paths, money, quantities)[1]


def _sold(paths: SamplePaths, money: ShelfMoney, quantities: npt.ArrayLike) -> tuple[Floats, Floats]:
    ordered, stock = _stock(paths, money, quantities)
    earned, sold = np.empty(paths.draws), np.empty((paths.draws, paths.size))
    sell(paths.preferences, paths.start, stock, *_rates(paths, money), earned, sold)
    return earned - ordered @ money.each("unit_cost", paths.size), sold


def path_gradients(paths: SamplePaths, money: ShelfMoney, quantities: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the profit of each draw and its gradient by the quantities.

    Parameters
    ----------
    paths, money, quantities
        See `path_profits`.

    Returns
    -------
    profits, gradients : ndarray
        In money, shape (draws,), and in money per unit, shape (draws, products).
    """
    ordered, stock = _stock(paths, money, quantities)
    earned, gradients = np.empty(paths.draws), np.empty((paths.draws, paths.size))
    differentiate(paths.preferences, paths.start, stock, *_rates(paths, money), earned, gradients)
    cost = money.each("unit_cost", paths.size)
    return earned - ordered @ cost, gradients - cost


def _rates(paths: SamplePaths, money: ShelfMoney) -> tuple[Floats, Floats, Floats]:
    return (
        money.each("price", paths.size),
        money.each("left_over_worth", paths.size),
        money.each("lost_sale_penalty", paths.size),
    )


def _stock(paths: SamplePaths, money: ShelfMoney, quantities: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return what is ordered, and what is there when the season begins, shapes (1 or draws, products)."""
    ordered: Floats = np.atleast_2d(np.asarray(quantities, dtype=float))
    if ordered.shape not in {(1, paths.size), (paths.draws, paths.size)}:
        raise ValueError(f"quantities: must have shape ({paths.size},) (got {np.shape(quantities)})")
    if not (np.isfinite(ordered).all() and (ordered >= 0).all()):
        raise ValueError("quantities: must be finite and at least 0")
    money.check(paths.size)
    return ordered, np.ascontiguousarray(ordered + money.each("opening_stock", paths.size))
