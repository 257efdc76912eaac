"""The way from a scenario and a change to a twin."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...scenarios.scenario import Scenario
from ...simulator.arguments import check_count, check_engine, check_seed
from ...simulator.engines import ENGINES
from ...simulator.replications import made
from ...simulator.run import Progress, RunCancelledError, alarms_of_failures
from ...simulator.tally import Tally
from ..changes import Change
from ..differences import differences
from ..provenance import Stopwatch, manifest_of_change
from .found import Twin
from .pairs import PairWork
from .reckoning import MovesReckoning
from .worlds import two_worlds

if TYPE_CHECKING:
    from ...models.problem import Integers


def twin(
    scenario: Scenario,
    change: Change,
    replications: int | None = None,
    seed: int | None = None,
    *,
    jobs: int = 1,
    engine: str = ENGINES[0],
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Twin:
    """Run a scenario without a change and with it, on the same customers, and follow each of them through both (R11).

    One replication of both worlds is in memory at a time, reduced to counts.

    Parameters
    ----------
    scenario : Scenario
        The world without the change; it stays as it is.
    change : str, sequence of str, mapping or Scenario
        A variant's name or `path=value`, or several of them; values by path; or another scenario. It goes over
        everything that was applied to the scenario.
    replications : int, optional
        How many replications of each world; without it, the scenario's own number.
    seed : int, optional
        The seed; without it, the scenario's own.
    jobs : int
        Number of processes. The result does not depend on it.
    engine : str
        `kernel` or `loop`, as for a run.
    progress : callable, optional
        Called as `progress(done, planned)` with replications of both worlds.
    cancel : callable, optional
        Asked between replications whether to stop.

    Returns
    -------
    Twin

    Raises
    ------
    ScenarioError
        If the change cannot be made.
    ArgumentError
        If an argument is out of its bounds, or the change changes nothing.
    InvariantError
        If the books contradict each other, or the customers of the twin those of the books (R12, R16).
    RunCancelledError
        If `cancel` said so.
    """
    head = scenario.settled.head
    count = check_count("replications", head.replications if replications is None else replications)
    seed = check_seed(head.seed if seed is None else seed)
    check_count("jobs", jobs)
    check_engine(engine)
    stopwatch = Stopwatch()
    both = two_worlds(scenario, change)
    tallies = Tally(both.worlds[0].problem), Tally(both.worlds[1].problem)
    tables: list[Integers] = []
    failures: list[str] = []
    for pair in made(PairWork(engine, both.worlds, seed), range(count), jobs, failures):
        for tally, ledger in zip(tallies, pair.ledgers, strict=True):
            tally.add(ledger)
        tables.append(pair.moves.astype("int32"))
        if progress is not None:
            progress(len(tables), count)
        if cancel is not None and cancel():
            raise RunCancelledError(f"cancelled after {len(tables)} of {count} replications")
    keys = differences(*both.scenarios)
    manifest = manifest_of_change(
        both.scenarios,
        both.worlds,
        keys,
        stopwatch,
        seed=seed,
        replications=count,
        engine=engine,
        draws_set_to_full=list(both.set_to_full),
    )
    return Twin(
        scenarios=both.scenarios,
        differences=keys,
        seed=seed,
        notes=both.notes,
        alarms=alarms_of_failures(failures),
        manifest=manifest,
        reckoning=MovesReckoning(both.worlds, tables),
        tallies=tallies,
    )
