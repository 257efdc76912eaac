"""From what is kept of a point's replications to all of its figures, each with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import NamedTuple

import numpy as np

from ...models.problem import Floats
from ...scenarios.complaints import did_you_mean
from ...scenarios.settled import Settled
from ...simulator.build.problem import build_problem
from ...simulator.estimates import mean_estimates
from ...simulator.figures import FIGURES, KINDS, SEGMENT_COUNTS
from ...simulator.measures import measures
from ...simulator.reckoning import RATES_BY_CHOICE, Reckoning
from ...simulator.run import ArgumentError
from ...simulator.tally import Tally
from ..store.blobs import Kept

FIGURE_NAMES = tuple(
    dict.fromkeys(
        (
            *(figure.name for figure in FIGURES),
            *SEGMENT_COUNTS,
            *(kind.name.lower() for kind in KINDS),
            *RATES_BY_CHOICE,
        )
    )
)
"""The figures that a sweep can show: of firms, offers and products, of segments, and the transfer rates."""


class FigureKey(NamedTuple):
    """What one figure of a point is."""

    level: str
    name: str
    figure: str
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class PointFigures:
    """All figures of one point."""

    keys: tuple[FigureKey, ...]
    """The same object for points that have the same figures."""
    means: Floats
    """By key; nan where there is nothing to estimate."""
    half_widths: Floats
    """By key; nan where there is no interval."""
    policy_failures: tuple[str, ...]
    """What policies could not do."""
    without_variance: bool
    """Whether all replications agree although customers come by chance."""


def check_figures(figures: Sequence[str] | None) -> tuple[str, ...] | None:
    """Refuse figures that there are not.

    Raises
    ------
    ArgumentError
        With the closest name.
    """
    if figures is None:
        return None
    if isinstance(figures, str) or not figures:
        raise ArgumentError(f"figures must be a list of names (got {figures!r})")
    for name in figures:
        if name not in FIGURE_NAMES:
            close = did_you_mean(name, FIGURE_NAMES) if isinstance(name, str) else ""
            mend = close or f" (known: {', '.join(FIGURE_NAMES)})"
            raise ArgumentError(f"there is no figure {name!r}{mend}")
    return tuple(figures)


class Estimator:
    """Makes the figures of points.

    Parameters
    ----------
    figures : sequence of str, optional
        Only these; without it, all.
    """

    def __init__(self, figures: Sequence[str] | None) -> None:
        self._wanted = None if figures is None else frozenset(figures)
        self._known_keys: dict[tuple[FigureKey, ...], tuple[FigureKey, ...]] = {}

    def figures_of(self, settled: Settled, kept: Mapping[int, Kept]) -> PointFigures:
        """Return the figures of a point.

        Parameters
        ----------
        settled : Settled
            The point's scenario.
        kept : mapping of int to Kept
            All its replications, by number from 0.
        """
        problem = build_problem(settled)
        tally = Tally(problem)
        for replication in range(len(kept)):
            tally.add_contribution(kept[replication].contribution)
        wanted = [
            (FigureKey(*key, measure.unit), measure)
            for key, measure in measures(Reckoning(problem, tally)).items()
            if self._wanted is None or key.figure in self._wanted
        ]
        means, half_widths = np.full(len(wanted), nan), np.full(len(wanted), nan)
        sums = [place for place, (_, measure) in enumerate(wanted) if measure.divisors is None]
        if sums:
            # Most figures are means; one by one they would take as long as a replication.
            values = np.stack([wanted[place][1].values for place in sums])
            means[sums], half_widths[sums] = mean_estimates(values)
        for place, (_, measure) in enumerate(wanted):
            if measure.divisors is not None:
                estimate = measure.estimate()
                means[place] = nan if estimate.mean is None else estimate.mean
                half_widths[place] = nan if estimate.half_width is None else estimate.half_width
        told = tuple(text for each in kept.values() for text in each.failures)
        by_chance = any(segment.trace is None for segment in settled.segments)
        mine = tuple(key for key, _ in wanted)
        return PointFigures(
            self._known_keys.setdefault(mine, mine),
            means,
            half_widths,
            told,
            by_chance and tally.without_variance(),
        )
