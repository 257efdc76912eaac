"""The way from a scenario to a tuned one: what is asked is read and checked, then searched, raced and judged."""

import datetime
import importlib.metadata
import time
from collections.abc import Iterable, Iterator, Sequence

from ...scenarios.scenario import Scenario
from ...simulator.run import ArgumentError
from ..whose import firm_of
from .axes import Over, Space, read_space
from .candidates import Candidate, Goals, Judge, Progress
from .goals import NOT_MET, TuningError, read_constraints, read_objective
from .outcome import Final, Race, Tuning
from .stages import FIRST_STAGE, SECOND_STAGE, VERDICT, Stages

BUDGET = 100
"""Candidates that the search simulates, unless told otherwise."""
FINALISTS = 5
"""Candidates in the race beside the present policy, unless told otherwise."""


def tune(
    scenario: Scenario,
    over: Over | Iterable[str],
    *,
    objective: str = "profit",
    constraints: Iterable[str] = (),
    firm: str | None = None,
    budget: int = BUDGET,
    finalists: int = FINALISTS,
    difference: float | None = None,
    replications: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Tuning:
    """Search for the values of some keys that make a figure large, and say honestly what they gain.

    All candidates meet the same customers (R14). The best of them race on customers of another seed, and the gain of
    the chosen one over the present policy is measured on customers of a third.

    Parameters
    ----------
    scenario : Scenario
        The present policy; it is not changed, and is always among the candidates.
    over : mapping, or texts
        What may change, by path: a tuple (low, high) or (low, high, step), a list of choices, or a text as on the
        command line: `"50:300"`, `"1.2:2.4:0.1"`, `"a,b,c"`. Numbers are whole where the scenario takes no others.
    objective : str
        A figure of the firm, or `welfare`; `FIGURE of NAME` for another firm, an offer or a product; with a minus sign
        before it, it is to be small.
    constraints : iterable of str
        Such as `"fill_rate >= 0.95"`; a candidate keeps to it where its estimate does.
    firm : str, optional
        Whose figures are meant; without it, the first focal firm's.
    budget : int
        How many candidates are simulated in the search, beside the present one. Where there are no more than that in
        all, every one is.
    finalists : int
        How many of them race against each other and the present policy.
    difference : float, optional
        What difference of the objective does not matter (the race's indifference zone); without it, 1 % of the present
        policy's figure.
    replications, seed : int, optional
        Of the simulation of a candidate in the search; without them, the scenario's own.
    jobs : int
        Number of processes; the answer does not depend on it.
    progress : callable, optional
        Called as `progress(done, planned)` with replications of all simulations.

    Returns
    -------
    Tuning

    Raises
    ------
    TuningError
        If an argument is out of its bounds.
    ScenarioError
        If a key or an end of its range makes no scenario; nothing was run then.
    NothingMeetsError
        If no candidate keeps the constraints.
    ArgumentError
        If replications, seed or jobs are out of their bounds.
    """
    begun, started = datetime.datetime.now(datetime.UTC), time.perf_counter()
    who = firm_of(scenario, firm, TuningError)
    _check_counts(budget, finalists, difference)
    goals = Goals(read_objective(objective, scenario, who), read_constraints(constraints, scenario, who))
    space = read_space(scenario, over)
    head = scenario.settled.head
    count = head.replications if replications is None else replications
    first_seed = head.seed if seed is None else seed
    if isinstance(count, bool) or not isinstance(count, int) or count < 2:
        raise ArgumentError(f"replications must be a whole number above 1: an interval needs two (got {count!r})")
    judge = Judge(goals, jobs, progress)
    stages = Stages(space, judge, count, first_seed, finalists, budget)
    candidates = stages.search()
    race = stages.race(candidates, difference)
    final = stages.verdict(race)
    manifest = {
        "scenario_hash": scenario.hash,
        "resolved_scenario": scenario.resolved,
        "applied": list(scenario.applied),
        "over": {axis.key: str(axis) for axis in space.axes},
        "objective": ("-" if goals.objective.minimised else "") + goals.objective.label,
        "constraints": [str(constraint) for constraint in goals.constraints],
        "firm": who,
        "budget": budget,
        "seed": first_seed,
        "replications": count,
        "race": {
            "seeds": [stages.seed_of(FIRST_STAGE), stages.seed_of(SECOND_STAGE)],
            "first_stage": stages.first_stage,
            "replications": race.replications,
        },
        "verdict": {"seed": stages.seed_of(VERDICT), "replications": final.differences[0].n},
        "versions": {**judge.versions, "optuna": importlib.metadata.version("optuna")},
        "time": {
            "begun": begun.isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - started, 3),
        },
    }
    alarms = tuple(_alarms(space, candidates, race, final))
    return Tuning(scenario, who, space, goals, tuple(candidates), race, final, manifest, alarms)


def _check_counts(budget: int, finalists: int, difference: float | None) -> None:
    for name, value in (("budget", budget), ("finalists", finalists)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise TuningError(f"{name} must be a whole number above 0 (got {value!r})")
    if difference is not None and not 0 < difference < float("inf"):
        raise TuningError(f"difference must be a number above 0 (got {difference!r})")


def _alarms(space: Space, candidates: Sequence[Candidate], race: Race, final: Final) -> Iterator[str]:
    """Yield what a reader should know before trusting the figures."""
    bad = [candidate for candidate in candidates if candidate.problem is not None]
    if bad:
        number = "one set of values makes" if len(bad) == 1 else f"{len(bad)} sets of values make"
        yield f"{number} no scenario and was passed over; the first: {bad[0].problem}"
    if race.behind > race.difference:
        yield (
            f"the race stopped at its limit of {race.replications} replications, before it could tell apart what "
            f"differs by {race.difference:.4g}"
        )
    chosen = race.runners[race.chosen].candidate
    for axis in space.axes:
        if chosen.number and chosen.settings[axis.key] in axis.ends:
            yield f"{axis.key} stands at the end of its range: a wider one may hold something better"
    for constraint, verdict in zip(final.best.goals.constraints, final.best.verdicts, strict=True):
        if verdict == NOT_MET:
            yield f"the chosen policy kept {constraint} in the race, and does not on the customers of the verdict"
