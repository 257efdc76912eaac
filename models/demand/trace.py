"""Recorded arrivals: the same customers at the same times in every replication."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..chance import SegmentChance


class TraceArrivals:
    """Customers who come at recorded times; the number of the record is the person.

    Parameters
    ----------
    times
        Times of arrival, in time units from the start, from early to late; equal times keep their order.

    Raises
    ------
    ValueError
        When a time is negative or not a number, or when they are not in order.
    """

    def __init__(self, times: Sequence[float]) -> None:
        for time in times:
            if not (math.isfinite(time) and time >= 0):
                raise ValueError(f"times: must be numbers of at least 0 (got {time})")
        for before, after in pairwise(times):
            if after < before:
                raise ValueError(f"times: must be in order (got {before} before {after})")
        self.recorded = tuple(float(time) for time in times)
        """The recorded times, in time units."""

    def expected(self, a: float, b: float) -> float:
        """Return the number of recorded customers in (a, b], in time units from the start."""
        return float(max(0, bisect_right(self.recorded, b) - bisect_right(self.recorded, a)))

    def times(self, chance: SegmentChance, horizon: float) -> Iterator[tuple[int, float]]:  # noqa: ARG002 (on record)
        """Yield person and time, in time units, of every recorded customer before the horizon."""
        for person, time in enumerate(self.recorded):
            if time >= horizon:
                return
            yield person, time
