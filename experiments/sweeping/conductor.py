"""The course of a sweep: what is stored is taken, what is missing is computed, stored, and only then counts as done."""

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

from ...scenarios.settled import Settled
from ...simulator.run import Progress, RunCancelledError
from ..store.blobs import Kept, decoded
from ..store.database import ReplicationStore, Row
from .chunks import Chunks
from .point_figures import Estimator, PointFigures
from .work import Done, Share, packed, perform
from .workers import ALONE_AFTER, BackendError, Workers, check_program

ASK_EVERY = 1.0
"""Seconds after which `cancel` is asked again while nothing comes back."""

IN_FLIGHT = 2
"""Tasks a worker: one that is being done, one that waits, so that none has to wait for this process."""


@dataclass(frozen=True, slots=True)
class PointError:
    """Why a point has no figures."""

    text: str
    """Kind of error and what it says."""
    traceback: str
    """Where in the program."""


@dataclass(slots=True)
class Course:
    """What has come of a sweep so far, by the hash of the point's scenario."""

    replications: int
    """How many each point needs."""
    figures: dict[str, PointFigures] = field(default_factory=dict)
    errors: dict[str, PointError] = field(default_factory=dict)
    taken: int = 0
    """Replications that were in the store."""
    computed: int = 0
    """Replications that were computed."""


@dataclass(slots=True)
class _Task:
    shares: list[Share]
    deaths: int = 0
    """How often its worker died."""
    alone: bool = False


class Conductor:
    """Conducts one sweep. It is the only one that writes to the store.

    Parameters
    ----------
    scenarios : mapping of str to Settled
        The scenarios of all points by their hash.
    replications, seed : int
        How many of each, of which customers.
    estimator : Estimator
        Makes figures of a point as soon as it is complete, so that replications need not be held in memory.
    store : ReplicationStore, optional
        Where replications are kept.
    progress, cancel : callables, optional
        Told after each step; asked whether to stop.
    """

    def __init__(
        self,
        scenarios: Mapping[str, Settled],
        replications: int,
        seed: int,
        estimator: Estimator,
        store: ReplicationStore | None,
        progress: Progress | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self.course = Course(replications)
        self._scenarios = scenarios
        self._hashes = list(scenarios)
        self._seed = seed
        self._estimator = estimator
        self._store = store
        self._progress = progress
        self._cancel = cancel
        self._partial: dict[str, dict[int, Kept]] = {}
        """What there is of points that are not complete."""
        self._done = 0
        self._again: deque[_Task] = deque()
        self._alone: deque[_Task] = deque()
        self._flying: dict[Future[Done], _Task] = {}

    def take_from_store(self) -> list[Share]:
        """Take what is stored, and return what is missing."""
        if self._store is not None:
            for scenario, kept in self._store.read(self._hashes, self.course.replications):
                self.course.taken += len(kept)
                self._accept(scenario, kept)
        self._tell()
        missing: list[Share] = []
        for scenario in self._hashes:
            if scenario not in self.course.figures:
                missing.extend(_gaps(scenario, self._partial.get(scenario, {}), self.course.replications))
        return missing

    def compute(self, missing: Sequence[Share], workers: Workers) -> None:
        """Compute what is missing.

        Raises
        ------
        StoreError
            If the store cannot be written.
        BackendError
            If the workers were lost.
        RunCancelledError
            If `cancel` said so.
        """
        chunks = Chunks(missing)
        self._send(chunks, workers)
        while self._flying:
            finished, _ = wait(self._flying, timeout=ASK_EVERY, return_when=FIRST_COMPLETED)
            self._collect(finished, chunks, workers)
            if self._cancel is not None and self._cancel():
                raise RunCancelledError("cancelled")
            self._send(chunks, workers)

    # Inner

    def _send(self, chunks: Chunks, workers: Workers) -> None:
        count = workers.count
        while len(self._flying) < IN_FLIGHT * count:
            if self._again:
                task = self._again.popleft()
            elif chunks:
                task = _Task(chunks.next_task(count))
            elif self._alone and not self._flying:
                task = self._alone.popleft()
            else:
                return
            task.shares = [share for share in task.shares if share.hash not in self.course.errors]
            if task.shares:
                scenarios = packed([self._scenarios[share.hash] for share in task.shares])
                self._flying[workers.submit(perform, scenarios, task.shares, self._seed)] = task

    def _collect(self, finished: Iterable["Future[Done]"], chunks: Chunks, workers: Workers) -> None:
        rows: list[Row] = []
        errors: dict[str, PointError] = {}
        for future in finished:
            task = self._flying.pop(future)
            if future.cancelled():
                raise BackendError("the workers were lost")
            error = future.exception()
            if error is None:
                done = future.result()
                check_program(done.program)
                chunks.learn(sum(map(len, done.replications)), done.seconds)
                for share, blobs in zip(task.shares, done.replications, strict=True):
                    numbers = range(share.first, share.last)
                    rows.extend(Row(share.hash, number, blob) for number, blob in zip(numbers, blobs, strict=True))
            elif isinstance(error, ImportError | BackendError):
                raise BackendError(f"a worker lacks a part of demandshift ({error}): install the same on all")
            elif workers.was_killed(error):
                self._try_again(task, errors)
            elif len(task.shares) > 1:
                # One of its points failed: each is done by itself, so that the others are not lost.
                self._again.extend(_Task([share]) for share in task.shares)
            else:
                shown = "".join(traceback.format_exception(error))
                errors[task.shares[0].hash] = PointError(f"{type(error).__name__}: {error}", shown)
        self._keep(rows, errors)

    def _try_again(self, task: _Task, errors: dict[str, PointError]) -> None:
        """See to a task whose worker died: it, or another one that was with it, may be too much for the memory."""
        task.deaths += 1
        if task.deaths < ALONE_AFTER:
            self._again.append(task)
        elif not task.alone or len(task.shares) > 1:
            self._alone.extend(_Task([share], task.deaths, alone=True) for share in task.shares)
        else:
            text = f"its process died {task.deaths} times, the last time with no other at work; was memory short?"
            errors[task.shares[0].hash] = PointError(text, "")

    def _keep(self, rows: Sequence[Row], errors: Mapping[str, PointError]) -> None:
        """Store what was computed, and then count it."""
        new_errors = {scenario: error for scenario, error in errors.items() if scenario not in self.course.errors}
        if self._store is not None and (rows or new_errors):
            self._store.add(rows, {scenario: error.traceback or error.text for scenario, error in new_errors.items()})
        self.course.computed += len(rows)
        by_scenario: dict[str, dict[int, Kept]] = {}
        for row in rows:
            by_scenario.setdefault(row.scenario, {})[row.replication] = decoded(row.kept)
        for scenario, kept in by_scenario.items():
            self._accept(scenario, kept)
        for scenario, error in new_errors.items():
            self.course.errors[scenario] = error
            self._done += self.course.replications - len(self._partial.pop(scenario, {}))
        if rows or new_errors:
            self._tell()

    def _accept(self, scenario: str, kept: Mapping[int, Kept]) -> None:
        """Add replications to a point, and make figures of it where it is complete."""
        if scenario in self.course.errors:
            return
        mine = self._partial.setdefault(scenario, {})
        before = len(mine)
        mine.update(kept)
        self._done += len(mine) - before
        if len(mine) == self.course.replications:
            self.course.figures[scenario] = self._estimator.figures_of(self._scenarios[scenario], mine)
            del self._partial[scenario]

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._done, self.course.replications * len(self._hashes))


def _gaps(scenario: str, there: Mapping[int, Kept], replications: int) -> list[Share]:
    """Return the runs of replications that are not there."""
    gaps: list[Share] = []
    for number in range(replications):
        if number in there:
            continue
        if gaps and gaps[-1].last == number:
            gaps[-1] = gaps[-1]._replace(last=number + 1)
        else:
            gaps.append(Share(scenario, number, number + 1))
    return gaps
