"""What the engine and the forecasts ask of a segment's arrivals."""

from collections.abc import Iterator
from typing import Protocol

from ..chance import SegmentChance


class ExpectedArrivals(Protocol):
    """How many customers come, on average."""

    def expected(self, a: float, b: float) -> float:
        """Return the expected number of customers in (a, b], in time units from the start."""
        ...


class Arrivals(ExpectedArrivals, Protocol):
    """Who comes when."""

    def times(self, chance: SegmentChance, horizon: float) -> Iterator[tuple[int, float]]:
        """Yield person and time, in time units, of every customer before the horizon, in order of time."""
        ...
