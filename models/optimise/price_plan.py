"""From the sales of a program to prices that a firm can post: how long each price point is in force.

Sales x_jk of one segment in one period, with x_0 buying nothing, keep the scale Σ_k x_jk/v_jk ≤ x_0/v_0. Lay the
products side by side on a line of length y_0 = x_0/v_0, each with intervals of length x_jk/v_jk one after the other.
Above a place u of the line stands a set of products, each at one price point; to offer it for a time of

    (v_0 + Σ_{(j,k) above u} v_jk) du / λ

sells x_jk in all, and the times add up to (x_0 + Σ x_jk)/λ = 1 (Gallego, Ratliff & Shebalov 2015, Theorem 2). So the
sales of one segment can be had exactly, by at most one set more than there are ends of intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..problem import Floats, Integers
from .ladder import SHUT, LadderMarket
from .outcome import Solution

NEGLIGIBLE = 1e-9
"""Share of a period that a solver's tolerance may leave behind and that no plan should show."""


@dataclass(frozen=True)
class PricePlan:
    """Prices over time, as a fluid program finds them best: segments g, products j, points k, periods t."""

    market: LadderMarket
    time_shares: Floats
    """Share of each period in which each price point is in force; what is missing to 1, the product is shut.
    Shape (products, points, periods)."""
    sales: Floats
    """Units, in expectation. Shape (segments, products, points, periods)."""
    value: float
    """Margin of all sales, in money."""
    bid_prices: Floats
    """What one more unit of each resource would add, in money; empty where whole numbers were asked for.
    Shape (resources,)."""
    exact: bool
    """Whether the value is that of the fluid problem itself; otherwise it is that of a relaxation, and larger."""
    solution: Solution
    """The program's own solution, with its bound and the seconds it took."""

    @property
    def sold(self) -> Floats:
        """Return units sold of each product in each period, shape (products, periods)."""
        return np.asarray(self.sales.sum(axis=(0, 2)), dtype=np.float64)

    @property
    def open_shares(self) -> Floats:
        """Return the share of each period in which a product is on offer, shape (products, periods)."""
        return np.asarray(np.minimum(self.time_shares.sum(axis=1), 1.0), dtype=np.float64)

    def mean_prices(self) -> Floats:
        """Return the price of each product in each period, averaged over the time on offer; see `mean_prices`."""
        return mean_prices(self.market.prices, self.time_shares)

    def nearest_points(self) -> Integers:
        """Return one price point for each product and period; see `nearest_points`."""
        return nearest_points(self.market.prices, self.time_shares)

    def prices(self) -> Floats:
        """Return the price path of `nearest_points`, in money, shape (products, periods)."""
        return np.take_along_axis(self.market.prices, self.nearest_points(), axis=1)


def mean_prices(prices: Floats, shares: Floats) -> Floats:
    """Return the price of each product in each period, averaged over the time on offer, shape (products, periods).

    A product that is shut for a whole period has its dearest price there: nobody is to be drawn to it.

    Parameters
    ----------
    prices
        Shape (products, points).
    shares
        Share of each period in which each point is in force. Shape (products, points, periods).
    """
    open_share = shares.sum(axis=1)
    paid = np.einsum("jk,jkt->jt", prices, shares)
    dearest = np.broadcast_to(prices.max(axis=1)[:, None], open_share.shape)
    is_open = open_share > NEGLIGIBLE
    return np.where(is_open, paid / np.where(is_open, open_share, 1.0), dearest)


def nearest_points(prices: Floats, shares: Floats) -> Integers:
    """Return one price point for each product and period: the nearest to the mean price, of equals the dearer.

    This is the plan of a firm that changes prices only between periods, and cannot shut a product that it has. Shape
    (products, periods).

    Parameters
    ----------
    prices
        Shape (products, points).
    shares
        Share of each period in which each point is in force. Shape (products, points, periods).
    """
    from_dear = np.argsort(-prices, axis=1, kind="stable")
    sorted_prices = np.take_along_axis(prices, from_dear, axis=1)
    distance = np.abs(sorted_prices[:, :, None] - mean_prices(prices, shares)[:, None, :])
    # The last digits of two equal distances may differ.
    nearest = np.argmax(distance <= distance.min(axis=1, keepdims=True) + 1e-9 * np.abs(prices).max(), axis=1)
    return np.take_along_axis(from_dear, nearest, axis=1).astype(np.int64)


@dataclass(frozen=True)
class OfferedSet:
    """What a firm offers for a part of a period."""

    points: Integers
    """Price point of each product, or `SHUT`. Shape (products,)."""
    share: float
    """Share of the period."""


def offered_sets(market: LadderMarket, sales: Floats, segment: int, period: int) -> list[OfferedSet]:
    """Return sets of offers which, each for its share of a period, sell just these units to one segment.

    Parameters
    ----------
    market
        The market.
    sales
        Sales that keep the scale. Shape (segments, products, points, periods).
    segment, period
        Whose sales, and when.

    Returns
    -------
    list of OfferedSet
        The shares sum to 1. Empty where nobody comes.
    """
    line = _line(market, sales, segment, period)
    if line is None:
        return []
    product, point, begin, end, _, places, times = line
    found = []
    for low, high, share in zip(places[:-1], places[1:], np.diff(times), strict=True):
        if share > NEGLIGIBLE:
            middle = (low + high) / 2
            above = (begin < middle) & (middle < end)
            points = np.full(market.products, SHUT, dtype=np.int64)
            points[product[above]] = point[above]
            found.append(OfferedSet(points, float(share)))
    return found


def time_shares(market: LadderMarket, sales: Floats) -> Floats:
    """Return how long each price point is in force, averaged over segments by how many come.

    With one segment, or segments that share no product, this is exact; other segments may call for different prices,
    of which a firm that cannot tell them apart posts the mean.

    Parameters
    ----------
    market
        The market.
    sales
        Shape (segments, products, points, periods).

    Returns
    -------
    Floats
        Shape (products, points, periods); sums over points are at most 1.
    """
    shape = (market.products, market.points, market.periods)
    summed, weight = np.zeros(shape), np.zeros((market.products, 1, market.periods))
    for period in range(market.periods):
        for segment in range(market.segments):
            considered = (market.weights[segment, :, :, period] > 0).any(axis=1)
            come = market.arrivals[segment, period]
            weight[considered, 0, period] += come
            line = _line(market, sales, segment, period)
            if line is not None:
                product, point, begin, end, _, places, times = line
                share = np.interp(end, places, times) - np.interp(begin, places, times)
                summed[product, point, period] += come * share
    return summed / np.where(weight > 0, weight, 1.0)


_Line = tuple[Integers, Integers, Floats, Floats, float, Floats, Floats]


def _line(market: LadderMarket, sales: Floats, segment: int, period: int) -> _Line | None:
    """Return intervals on the line (product, point, begin, end), its length, places on it and the time up to each."""
    come = float(market.arrivals[segment, period])
    sold = sales[segment, :, :, period]
    if come <= 0:
        return None
    weights, outside = market.weights[segment, :, :, period], float(market.outside[segment, period])
    length = max(come - float(sold.sum()), 0.0) / outside
    product, point = np.nonzero(sold > NEGLIGIBLE * come)
    scale = sold[product, point] / weights[product, point]
    through = np.cumsum(scale)
    first = np.searchsorted(product, product)
    begin = through - scale - np.concatenate([[0.0], through])[first]
    # A solver keeps the scale only within its tolerance.
    begin, end = np.minimum(begin, length), np.minimum(begin + scale, length)
    places = np.unique(np.concatenate([[0.0, length], begin, end]))
    change = np.zeros(len(places))
    np.add.at(change, np.searchsorted(places, begin), weights[product, point])
    np.add.at(change, np.searchsorted(places, end), -weights[product, point])
    times = np.concatenate([[0.0], np.cumsum(((outside + np.cumsum(change))[:-1]) * np.diff(places))])
    if times[-1] <= 0:
        return None
    return product, point, begin, end, length, places, times / times[-1]


def margin_of(market: LadderMarket, sales: Floats) -> float:
    """Return the margin of sales, in money; `sales` has shape (segments, products, points, periods)."""
    return float(np.einsum("jk,gjkt->", market.margins, sales))


def labels_of(*axes: Sequence[str]) -> list[str]:
    """Return labels of all combinations, the last axis running fastest."""
    found = [""]
    for axis in axes:
        found = [f"{head}_{name}" if head else name for head in found for name in axis]
    return found
