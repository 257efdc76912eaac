"""The race: replications of those that may still be the best, until one is selected."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...simulator.continued import ContinuedRun
from ...simulator.estimates import mean_estimate
from ...simulator.measures import Measure, MeasureKey, measures
from .figure_names import ComparisonError, written
from .race import Leg, Race, Wanted, zone_of
from .selection import Selection

if TYPE_CHECKING:
    from ...models.problem import Floats

PORTION = 4
"""Replications are made in portions: one more for every so many that there are, and a first stage at least.

Those that the procedure does not look at, because it ended before, have no part in it.
"""

MakeMore = Callable[[Mapping[str, int]], None]
"""Makes replications, until there are so many of each that is named."""


def race(
    runs: Mapping[str, ContinuedRun],
    wanted: Wanted,
    make_more: MakeMore,
    pilot: Callable[[], Measure],
    currency: str,
) -> Race:
    """Select the best.

    Parameters
    ----------
    runs : mapping of ContinuedRun
        Those who take part, by name. Replications that they have are looked at, one after the other like later ones.
    wanted : Wanted
        What is to be selected.
    make_more : callable
        Makes replications of some of them.
    pilot : callable
        Returns the objective of the one that all are compared with, for other customers than theirs: of this an
        indifference zone in per cent is a part. That of the race's own customers would depend on what it is to judge.

    currency : str
        The unit of money.

    Raises
    ------
    ComparisonError
        If the objective is no number, or the indifference zone a part of 0.
    """
    names, key = list(runs), wanted.objective
    indifference, note = _zone(wanted, pilot)
    selection = Selection(len(names), indifference, confidence=wanted.confidence, first_stage=wanted.first_stage)
    sign = 1.0 if wanted.goal == "largest" else -1.0
    values: dict[str, Floats] = {}
    unit = ""
    while not selection.done and selection.seen < wanted.at_most:
        there = _target(selection, wanted)
        make_more({names[place]: there for place in selection.still_in})
        for place in selection.still_in:
            measure = objective_of(runs[names[place]], key, names[place])
            values[names[place]] = measure.values
            unit = currency if measure.unit == "money" else measure.unit
        portion = np.zeros((there - selection.seen, len(names)))
        for place in selection.still_in:
            portion[:, place] = sign * values[names[place]][selection.seen : there]
        selection.see(portion)
    legs = []
    for place, name in enumerate(names):
        departure = selection.gone.get(place)
        looked_at = selection.seen if departure is None else departure.after
        behind = None if departure is None else names[departure.by]
        legs.append(Leg(name, looked_at, behind, mean_estimate(values[name][:looked_at])))
    chosen, ties = _chosen(selection, names)
    return Race(wanted, unit, indifference, chosen, ties, tuple(legs), selection.h_squared, note)


def _target(selection: Selection, wanted: Wanted) -> int:
    """Return how many replications of each that is in are made next."""
    if selection.most is None:
        return wanted.first_stage
    more = selection.seen + max(wanted.first_stage, selection.seen // PORTION)
    return min(more, selection.most, wanted.at_most)


def objective_of(run: ContinuedRun, key: MeasureKey, name: str) -> Measure:
    """Return the objective of a run, one value a replication.

    Raises
    ------
    ComparisonError
        If it is no number.
    """
    measure = measures(run.result().reckoning)[key]
    if not np.isfinite(measure.values).all():
        raise ComparisonError(f"objective {written(key)}: it is no number in {name!r} (R8)")
    return measure


def _zone(wanted: Wanted, pilot: Callable[[], Measure]) -> tuple[float, str]:
    if not wanted.indifference.endswith("%"):
        return zone_of(wanted.indifference, 1.0), ""
    measure = pilot()
    estimate = mean_estimate(measure.values)
    if not estimate.mean:
        raise ComparisonError(
            f"indifference {wanted.indifference}: {written(wanted.objective)} is 0 without the variants, and a part of "
            "0 is 0; state a number"
        )
    note = (
        f"{wanted.indifference} of {estimate.mean:,.6g} ± {estimate.half_width:,.2g}, the mean of {estimate.n} "
        "replications with customers who have no part in the race"
    )
    return zone_of(wanted.indifference, estimate.mean), note


def _chosen(selection: Selection, names: list[str]) -> tuple[str | None, tuple[str, ...]]:
    """Return the best and who was equal to it; nobody where the procedure was given up."""
    if not selection.done:
        return None, ()
    first, *others = selection.best
    return names[first], tuple(names[other] for other in others)
