"""A run that can go on: replications in portions, with a result after any of them.

Who compares several scenarios does not know beforehand how many replications it takes. What is made is never made
again: the replications of one portion go on where those of the portion before ended (R14).
"""

import datetime
import time
from collections.abc import Callable, Iterator

from ..models.problem import Problem
from ..scenarios.scenario import Scenario
from .build.world import build_world
from .engines import ENGINES
from .ledger import Ledger
from .replications import LedgerWork, made
from .results import Result
from .run import RunCancelledError, alarms_of, manifest_of
from .tally import Tally

NOTHING_BY_HAND: dict[str, tuple[str, ...]] = {"ordering": (), "pricing": (), "choices": ()}


class ContinuedRun:
    """The replications of one scenario, made in portions.

    Parameters
    ----------
    scenario : Scenario
        What to simulate. Its customers are counted, also where it says that they are to be kept.
    seed : int
        The seed, in [0, 2³²).
    jobs : int
        Number of processes; the figures do not depend on it.
    engine : str
        One of `demandshift.simulator.engines.ENGINES`.

    Raises
    ------
    EngineError
        If the engine cannot run the scenario.
    """

    def __init__(self, scenario: Scenario, seed: int, *, jobs: int = 1, engine: str = ENGINES[0]) -> None:
        self._scenario, self._seed, self._jobs, self._engine = scenario, seed, jobs, engine
        self._begun, self._seconds = datetime.datetime.now(datetime.UTC), 0.0
        started = time.perf_counter()
        self._world = build_world(scenario.settled)
        self._tally = Tally(self._world.problem)
        self._failures: list[str] = []
        self._work = LedgerWork(engine, self._world, seed)
        self._make: Callable[[int], Ledger] | None = None
        self._seconds += time.perf_counter() - started

    @property
    def problem(self) -> Problem:
        """What is simulated."""
        return self._world.problem

    @property
    def replications(self) -> int:
        """How many replications there are."""
        return self._tally.n

    def go_on(
        self,
        until: int,
        *,
        progress: Callable[[int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> None:
        """Make replications until there are so many; nothing is done where there are as many already.

        Parameters
        ----------
        until : int
            How many there shall be.
        progress : callable, optional
            Called with the number of replications that there are, after each.
        cancel : callable, optional
            Asked after each replication whether to stop.

        Raises
        ------
        InvariantError
            If the books of a replication contradict each other (R16).
        RunCancelledError
            If `cancel` said so.
        """
        started = time.perf_counter()
        for ledger in self._ledgers(range(self._tally.n, until)):
            self._tally.add(ledger)
            if progress is not None:
                progress(self._tally.n)
            if cancel is not None and cancel():
                raise RunCancelledError(f"cancelled after {self._tally.n} of {until} replications")
        self._seconds += time.perf_counter() - started

    def result(self) -> Result:
        """Return the result of the replications so far; it stays as it is when the run goes on."""
        tally = self._tally.copy()
        bare = Result(self._scenario, self._seed, {}, (), self._world.problem, tally)
        manifest = manifest_of(
            bare,
            self._world,
            engine=self._engine,
            begun=self._begun,
            seconds=self._seconds,
            by_hand=NOTHING_BY_HAND,
        )
        alarms = alarms_of(bare, self._world, None, self._failures)
        return Result(self._scenario, self._seed, manifest, alarms, self._world.problem, tally)

    def _ledgers(self, replications: range) -> Iterator[Ledger]:
        if self._jobs > 1 and len(replications) > 1:
            yield from made(self._work, replications, self._jobs, self._failures)
            return
        for replication in replications:
            # What an engine learns about a world is worth keeping from one portion to the next.
            if self._make is None:
                self._make = self._work.ready()
            yield self._make(replication)
            self._failures.extend(self._work.take_failures())
