"""Scheduled prices: a step function of time, fixed before the run."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise


class PriceSchedule:
    """A first price and its changes; a price holds from the moment of its change on (R2: repricing precedes customers).

    Parameters
    ----------
    first
        Price until the first change, in money.
    changes
        Changes as (time, new price), in time units and money, in the order of time.

    Raises
    ------
    ValueError
        When a price is negative or not a number, or two changes are not in order of time.
    """

    def __init__(self, first: float, changes: Sequence[tuple[float, float]] = ()) -> None:
        for price in (first, *(price for _, price in changes)):
            if not (math.isfinite(price) and price >= 0):
                raise ValueError(f"price: must be a number of at least 0 (got {price})")
        for (before, _), (after, _) in pairwise(changes):
            if not before < after:
                raise ValueError(f"changes: must be in order of time (got {before} before {after})")
        self.times = tuple(float(time) for time, _ in changes)
        """Times of the changes, in time units."""
        self._prices = (float(first), *(float(price) for _, price in changes))

    def price(self, t: float) -> float:
        """Return the price in force at a time, in money."""
        return self._prices[bisect_right(self.times, t)]


def is_open(windows: Sequence[tuple[float, float]], t: float) -> bool:
    """Return whether a time lies in one of the windows [opens, closes).

    Parameters
    ----------
    windows
        Windows as (opens, closes), in time units, in order and apart.
    t
        The time, in time units.
    """
    last = bisect_right(windows, t, key=lambda window: window[0]) - 1
    return last >= 0 and t < windows[last][1]
