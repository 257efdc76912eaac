"""A sweep from what is asked for to what was found."""

import datetime
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from ...scenarios.scenario import Scenario
from ...simulator.kernel.ready import make_ready
from ...simulator.run import ArgumentError, Progress, RunCancelledError
from ..store.address import StoreError
from ..store.database import ReplicationStore
from ..store.program import program_version, versions
from .conductor import Conductor, Course
from .outcome import FailedPoint, Sweep
from .point_figures import Estimator, check_figures
from .points import Plan, Point, described, made_points, plan_of
from .work import ENGINE
from .workers import LOCAL, BackendError, check_backend, workers_of


def sweep(
    scenario: Scenario,
    over: Any,  # noqa: ANN401 - a mapping, a list of mappings or a frame
    *,
    design: str = "grid",
    points: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    store: str | Path | None = None,
    jobs: int = 1,
    backend: str = LOCAL,
    figures: Sequence[str] | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Sweep:
    """Simulate a scenario at many points, on the same customers at each.

    Parameters
    ----------
    scenario : Scenario
        The base; it is not changed.
    over : mapping, list of mappings, or pandas.DataFrame
        What is swept. A mapping from keys to their values: lists such as `[0.8, 0.9]`, or texts as on the command line:
        `"1.2:2.4:0.1"` for a range with both ends, `"50:300"` for a span of a design that chooses its own points. Or
        the points themselves: a mapping from keys to one value each, or a row of a frame, for each point.
    design : str
        `grid`, all combinations; `latin`, a Latin hypercube; or `sobol`, a Sobol sequence.
    points : int, optional
        How many points a `latin` or `sobol` design has.
    replications : int, optional
        How many of each point; without it, the scenario's own number.
    seed : int, optional
        The seed, in [0, 2³²); without it, the scenario's own.
    store : str or Path, optional
        A file, or the address of a database, that keeps every replication: what it holds is not computed again, so that
        a sweep that was stopped goes on where it was.
    jobs : int
        Number of processes, for the local backend. The result does not depend on it.
    backend : str
        `local`, or `dask://HOST:PORT`, a Dask cluster with the same program. The result does not depend on it.
    figures : sequence of str, optional
        Only these figures, such as `["profit", "fill_rate"]`; without it, all.
    progress : callable, optional
        Called as `progress(done, planned)` with numbers of replications; what is done is stored.
    cancel : callable, optional
        Asked now and then whether to stop.

    Returns
    -------
    Sweep

    Raises
    ------
    ScenarioError
        With all that is wrong with any of the points; nothing is run.
    ArgumentError
        If an argument is out of its bounds.
    StoreError
        If the store cannot be opened, read or written; what was finished stays in it.
    BackendError
        If the workers cannot be had or were lost; what was finished stays in the store.
    RunCancelledError
        If `cancel` said so.

    Examples
    --------
    >>> import demandshift as ds
    >>> shops = ds.load("two-shops").replace({"horizon": 14})
    >>> found = ds.sweep(shops, {"products.cola.price": [1.5, 1.8]}, replications=2)
    >>> found.table("profit")[["products.cola.price", "n"]].values.tolist()
    [[1.5, 2.0], [1.8, 2.0]]
    """
    check_arguments(scenario, replications, seed, jobs=jobs, backend=backend, figures=figures)
    plan = plan_of(over, scenario, design, points)
    return swept(
        scenario,
        plan,
        replications=replications,
        seed=seed,
        store=store,
        jobs=jobs,
        backend=backend,
        figures=figures,
        progress=progress,
        cancel=cancel,
    )


def check_arguments(
    scenario: Scenario,
    replications: int | None,
    seed: int | None,
    *,
    jobs: int,
    backend: str,
    figures: Sequence[str] | None,
) -> None:
    """Refuse arguments out of their bounds.

    Raises
    ------
    ArgumentError
        If there is something to refuse.
    """
    for what, number in (("replications", 1 if replications is None else replications), ("jobs", jobs)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise ArgumentError(f"{what} must be a whole number above 0 (got {number!r})")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32):
        raise ArgumentError(f"seed must be a whole number in [0, 2**32) (got {seed!r})")
    wrong = check_backend(backend, jobs)
    if wrong is not None:
        raise ArgumentError(wrong)
    check_figures(figures)
    if scenario.settled.head.customers == "keep":
        raise ArgumentError(
            f"{scenario.name!r} keeps its customers one by one, which a sweep does not: give it customers: counts"
        )


def swept(
    scenario: Scenario,
    plan: Plan,
    *,
    replications: int | None,
    seed: int | None,
    store: str | Path | None,
    jobs: int,
    backend: str,
    figures: Sequence[str] | None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Sweep:
    """Simulate the points of a plan; see `sweep`."""
    begun, started = datetime.datetime.now(datetime.UTC), time.perf_counter()
    number = scenario.settled.head.replications if replications is None else replications
    seed = scenario.settled.head.seed if seed is None else seed
    points = made_points(plan, scenario)
    scenarios = {point.hash: point.settled for point in points}
    opened = None if store is None else ReplicationStore(store, program=program_version(), seed=seed)
    with opened or nullcontext():
        conductor = Conductor(scenarios, number, seed, Estimator(figures), opened, progress, cancel)
        with _told_where_it_stands(conductor, len(scenarios), opened):
            missing = conductor.take_from_store()
            if missing:
                if backend == LOCAL:
                    make_ready()
                workers = workers_of(backend, jobs)
                finished = False
                try:
                    conductor.compute(missing, workers)
                    finished = True
                finally:
                    workers.stop(at_once=not finished)
    course = conductor.course
    manifest = {
        "scenario_hash": scenario.hash,
        "resolved_scenario": scenario.resolved,
        "applied": list(scenario.applied),
        "seed": seed,
        "replications": number,
        "engine": ENGINE,
        "design": plan.design,
        "keys": list(plan.keys),
        "points": len(points),
        "failed": sum(point.hash in course.errors for point in points),
        "store": None if opened is None else opened.shown,
        "taken_from_store": course.taken,
        "computed": course.computed,
        "backend": backend,
        "jobs": jobs if backend == LOCAL else None,
        "program": program_version(),
        "versions": dict(versions()),
        "time": {"begun": begun.isoformat(timespec="seconds"), "seconds": round(time.perf_counter() - started, 3)},
    }
    return Sweep(
        scenario=scenario,
        seed=seed,
        replications=number,
        keys=plan.keys,
        design=plan.design,
        values=plan.points,
        hashes=tuple(point.hash for point in points),
        figures=tuple(course.figures.get(point.hash) for point in points),
        failed=tuple(_failures(points, course)),
        manifest=manifest,
        alarms=tuple(_alarms(plan, points, course, 0 if opened is None else opened.damaged)),
    )


@contextmanager
def _told_where_it_stands(conductor: Conductor, points: int, store: ReplicationStore | None) -> Iterator[None]:
    """Add to whatever ends a sweep early how much of it is finished, and how to go on."""

    def stand() -> str:
        finished = len(conductor.course.figures)
        if store is None:
            return f"{finished} of {points} points were finished; without a store nothing is kept"
        return (
            f"{finished} of {points} points are finished and safe in {store.shown}; the same sweep goes on from there"
        )

    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted; {stand()}") from None
    except RunCancelledError as error:
        raise RunCancelledError(f"{error}; {stand()}") from None
    except StoreError as error:
        raise StoreError(f"{error}; {stand()}") from error
    except BackendError as error:
        raise BackendError(f"{error}; {stand()}") from error


def _failures(points: Sequence[Point], course: Course) -> Iterator[FailedPoint]:
    for point in points:
        error = course.errors.get(point.hash)
        if error is not None:
            yield FailedPoint(point.number, point.values, error.text, error.traceback)


def _alarms(plan: Plan, points: Sequence[Point], course: Course, damaged: int) -> Iterator[str]:
    """Yield what a reader should know before trusting the figures."""
    there = [(point, course.figures[point.hash]) for point in points if point.hash in course.figures]
    told = [(point, figures) for point, figures in there if figures.policy_failures]
    if told:
        first, figures = told[0]
        yield (
            f"at {len(told)} of {len(points)} points a policy could not always make its plan, and what was in force "
            f"before stayed; the first: point {first.number} ({described(plan.keys, first.values)}): "
            f"{figures.policy_failures[0]}"
        )
    still = [point for point, figures in there if figures.without_variance]
    if still:
        yield (
            f"at {len(still)} of {len(points)} points, first at point {still[0].number} "
            f"({described(plan.keys, still[0].values)}), all replications agree in every figure although customers "
            "come by chance: check the rates of arrival (does anybody come?) before trusting an interval of width 0"
        )
    twice = [number for number in Counter(point.hash for point in points).values() if number > 1]
    if twice:
        yield f"{sum(twice)} points mean the same as another one: a key that was swept has no effect there"
    if damaged:
        yield f"{damaged} replications in the store were damaged; they were taken out and computed again"
