"""What a figure is in every scenario between two, replication by replication, on the same customers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ...models.problem import Floats
from ...scenarios.complaints import did_you_mean
from ...simulator.arguments import ArgumentError
from ...simulator.build.world import build_world
from ...simulator.engines import Replicate, check_and_compile, prepared
from ...simulator.figures import FIGURE_BY_NAME, SEGMENT_COUNTS, figure_parts
from ...simulator.measures import EVERYTHING, Measure, MeasureKey
from ...simulator.reckoning import Reckoning
from ...simulator.replications import made
from ...simulator.tally import Tally
from ...simulator.world import World
from .mixture import Mixture

LARGEST_TASK = 20
"""Replications of one scenario that are made in one go, at most."""


def measure_of(reckoning: Reckoning, key: MeasureKey) -> Measure:
    """Return one figure of a run, replication by replication.

    Parameters
    ----------
    reckoning : Reckoning
        The run's.
    key : MeasureKey
        A figure of a firm, or of all customers together.
    """
    if key.level == "segment":
        counts = [reckoning.counts_of_segment(place) for place in range(len(reckoning.problem.segments.names))]
        unit = "money" if key.figure == "consumer_surplus" else "customers"
        return Measure(unit, np.sum([each[key.figure] for each in counts], axis=0))
    names = reckoning.problem.firms.names
    figure = FIGURE_BY_NAME[key.figure]
    parts = figure_parts(figure, reckoning.counts_of_firm(names.index(key.name)))
    assert parts is not None, "a firm has every figure"
    return Measure(figure.unit, *parts)


def key_of(without: World, changed: World, figure: str, firm: str | None) -> MeasureKey:
    """Return which figure is asked for.

    Parameters
    ----------
    without, changed : World
        The worlds without the change and with it.
    figure : str
        A figure of a firm, or of all customers.
    firm : str, optional
        Whose figure; without it, the first focal firm's.

    Raises
    ------
    ArgumentError
        If there is no such figure or firm.
    """
    firms = without.problem.firms
    if figure in FIGURE_BY_NAME:
        name = firms.names[int(np.flatnonzero(firms.focal)[0])] if firm is None else firm
        if name not in firms.names:
            close = did_you_mean(name, firms.names) or f" (known: {', '.join(firms.names)})"
            raise ArgumentError(f"there is no firm {name!r} in the scenario{close}")
        if name not in changed.problem.firms.names:
            raise ArgumentError(f"there is no firm {name!r} with the change: it has no figure there")
        return MeasureKey("firm", name, figure)
    if figure not in SEGMENT_COUNTS:
        known = (*FIGURE_BY_NAME, *SEGMENT_COUNTS)
        close = did_you_mean(figure, known) or f" (known: {', '.join(known)})"
        raise ArgumentError(f"there is no figure {figure!r}{close}")
    if firm is not None:
        raise ArgumentError(f"{figure} is a figure of all customers, not of a firm; leave the firm out")
    return MeasureKey("segment", EVERYTHING, figure)


def is_rate(key: MeasureKey) -> bool:
    """Return whether a figure is a ratio, which has no value of one replication (R17)."""
    return key.level == "firm" and bool(FIGURE_BY_NAME[key.figure].per)


class Task(NamedTuple):
    """Some replications of one scenario between two."""

    keys: int
    replications: tuple[int, ...]


class Done(NamedTuple):
    """What a task leaves."""

    measure: Measure
    failures: list[str]


@dataclass(frozen=True)
class WorthWork:
    """Tasks, for `demandshift.simulator.replications`; a task's number stands for a replication's."""

    mixture: Mixture
    engine: str
    seed: int
    key: MeasureKey
    tasks: tuple[Task, ...]

    def check(self) -> None:
        """Say what the engine cannot do, and compile it."""
        check_and_compile(self.engine, build_world(self.mixture.scenario.settled))

    def ready(self) -> Callable[[int], Done]:
        """Return what does a task."""
        known: dict[int, tuple[World, Replicate]] = {}

        def make(number: int) -> Done:
            task = self.tasks[number]
            if task.keys not in known:
                world = build_world(self.mixture.scenario_with(task.keys).settled)
                known.clear()
                known[task.keys] = world, prepared(self.engine, world)
            world, replicate = known[task.keys]
            tally = Tally(world.problem)
            for replication in task.replications:
                # A tally counts its replications from 0, whichever they are.
                tally.add(replace(replicate(self.seed, replication), replication=tally.n))
            return Done(measure_of(Reckoning(world.problem, tally), self.key), world.take_failures())

        return make

    def take_failures(self) -> list[str]:
        """Return nothing: what policies could not do comes with each task."""
        return []


def worths_of(
    mixture: Mixture,
    wanted: Mapping[int, tuple[int, ...]],
    key: MeasureKey,
    *,
    engine: str,
    seed: int,
    jobs: int,
    failures: list[str],
    progress: Callable[[int, int], None] | None,
    stop: Callable[[int, int], None],
) -> dict[int, Measure]:
    """Return a figure in scenarios between two.

    Parameters
    ----------
    mixture : Mixture
        The scenarios.
    wanted : mapping of int to tuple of int
        The replications of each set of changed keys.
    key : MeasureKey
        Which figure.
    engine, seed, jobs
        As for a run.
    failures : list of str
        Is given what policies could not do.
    progress : callable, optional
        Called with the number of replications done and that planned.
    stop : callable
        Called with the same; may raise.
    """
    tasks = [
        Task(keys, replications[first : first + LARGEST_TASK])
        for keys, replications in wanted.items()
        for first in range(0, len(replications), LARGEST_TASK)
    ]
    planned = sum(len(task.replications) for task in tasks)
    parts: dict[int, list[Measure]] = {keys: [] for keys in wanted}
    done = 0
    work = WorthWork(mixture, engine, seed, key, tuple(tasks))
    for task, (measure, told) in zip(tasks, made(work, range(len(tasks)), jobs, failures), strict=True):
        parts[task.keys].append(measure)
        failures.extend(told)
        done += len(task.replications)
        if progress is not None:
            progress(done, planned)
        stop(done, planned)
    return {keys: _joined(measures) for keys, measures in parts.items()}


def _joined(measures: list[Measure]) -> Measure:
    """Return the measure of all replications together."""
    divisors = [each.divisors for each in measures if each.divisors is not None]
    values = np.concatenate([each.values for each in measures])
    return Measure(measures[0].unit, values, np.concatenate(divisors) if divisors else None)


def worth_of(measure: Measure) -> Floats:
    """Return one value a replication whose mean is the figure, with the interval of R17.

    For a rate r = ΣN/ΣD that is r + (Nᵢ − r Dᵢ)/mean(D): its t interval is the delta method's, and it is linear, so
    that sums and differences of figures have theirs.

    Raises
    ------
    ArgumentError
        If the figure is 0/0, or not a number.
    """
    if measure.divisors is None:
        if np.isnan(measure.values).any():
            raise ArgumentError("the figure is not a number where customers choose without prices (R8)")
        return measure.values
    whole = float(measure.divisors.sum())
    if whole == 0:
        raise ArgumentError("the figure is 0/0 in one of the scenarios between the two")
    rate = float(measure.values.sum()) / whole
    values: Floats = rate + (measure.values - rate * measure.divisors) * (len(measure.values) / whole)
    return values
