"""Poisson arrivals at a rate that may change: candidates at a dominating rate, thinned (Lewis & Shedler 1979).

Candidate n comes at T_n = (E_1 + … + E_n)/Λ* with standard exponential E and dominating rate Λ*, and is a customer when
U_n Λ* < λ(T_n). The candidate's number is the person (R14): as long as the dominating rate stays, another rate λ meets
the same people, only more or fewer of them.
"""

import math
from collections.abc import Iterator

from ..chance import Purpose, SegmentChance
from .intensity import Intensity

GAP_SLOT = 0
"""Slot of the draw for the gap before a candidate."""
THINNING_SLOT = 1
"""Slot of the draw that decides whether a candidate is a customer."""

NOISE = 1e-9
"""Share by which the product of a rate and its factors may exceed a dominating rate that means the same number."""


class PoissonArrivals:
    """Customers who come one by one and independently.

    Parameters
    ----------
    intensity
        The rate at which they come.
    dominating_rate
        A rate that is never exceeded, in customers per time unit; None for the highest of the intensity.

    Raises
    ------
    ValueError
        When the dominating rate is not a number above 0, or lies below the highest rate.
    """

    def __init__(self, intensity: Intensity, dominating_rate: float | None = None) -> None:
        if dominating_rate is not None:
            if not (math.isfinite(dominating_rate) and dominating_rate > 0):
                raise ValueError(f"dominating_rate: must be a number above 0 (got {dominating_rate})")
            if dominating_rate * (1 + NOISE) < intensity.highest:
                raise ValueError(
                    f"dominating_rate: must be at least the highest rate, {intensity.highest:.9g} "
                    f"(got {dominating_rate})"
                )
        self.intensity = intensity
        """The rate at which customers come."""
        self.dominating_rate = float(intensity.highest if dominating_rate is None else dominating_rate)
        """The rate at which candidates come, in customers per time unit."""

    def expected(self, a: float, b: float) -> float:
        """Return the expected number of customers in (a, b], in time units from the start."""
        return self.intensity.mean(a, b)

    def times(self, chance: SegmentChance, horizon: float) -> Iterator[tuple[int, float]]:
        """Yield person and time, in time units, of every customer before the horizon, in order of time."""
        if self.dominating_rate == 0:
            return
        end = min(horizon, self.intensity.end)
        time = 0.0
        person = 0
        while True:
            draws = chance.person(person)
            time += draws.exponential(Purpose.ARRIVAL, GAP_SLOT) / self.dominating_rate
            if time >= end:
                return
            if draws.uniform(Purpose.ARRIVAL, THINNING_SLOT) * self.dominating_rate < self.intensity.rate(time):
                yield person, time
            person += 1
