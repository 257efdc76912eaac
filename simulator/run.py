"""One scenario, many replications: the same result for any number of processes (R15)."""

import datetime
import functools
import importlib.metadata
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Literal

from ..models.choice.lazy_logit import LazyLogit
from ..models.choice.logit import Logit
from ..models.choice.protocols import AttemptChoice, SurplusChoice
from ..models.demand.trace import TraceArrivals
from ..models.observation import OrderingPolicy, PricingPolicy
from ..scenarios.scenario import Scenario
from .arguments import ArgumentError as ArgumentError
from .arguments import check_count, check_engine, check_seed
from .build.world import build_world
from .customer_files import CustomerWriter, KeptCustomers
from .engines import ENGINES
from .estimates import Estimate
from .replications import LedgerWork, made
from .results import Result
from .tally import Tally
from .world import World

FIRST_REPLICATIONS = 20
"""How many replications `auto` makes before it looks at the precision."""
MOST_REPLICATIONS = 10_000
"""How many replications `auto` makes at most."""
DEFAULT_PRECISION = 0.01
"""Relative half-width at which `auto` stops."""
SAFETY = 1.1
"""By how much `auto` exceeds the number of replications that it expects to need, so that it seldom has to come back."""

DEPENDENCIES = ("simpy", "numpy", "scipy", "numba", "pandas")
"""Packages whose versions a manifest names: those that can touch a figure."""

Progress = Callable[[int, int], None]
"""Called with the number of replications done and the number planned."""


class RunCancelledError(Exception):
    """The caller asked to stop; there is no result."""


def run(
    scenario: Scenario,
    replications: int | Literal["auto"] | None = None,
    seed: int | None = None,
    *,
    precision: float | None = None,
    jobs: int = 1,
    engine: str = ENGINES[0],
    ordering: Mapping[str, OrderingPolicy] | None = None,
    pricing: Mapping[str, PricingPolicy] | None = None,
    choices: Mapping[str, SurplusChoice | AttemptChoice] | None = None,
    customers_to: str | Path | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : Scenario
        What to simulate; it is not changed.
    replications : int or "auto", optional
        How many independent replications; `auto` goes on until the profit of every focal firm is known to `precision`.
        Without it, the scenario's own number.
    seed : int, optional
        The seed, in [0, 2³²); without it, the scenario's own.
    precision : float, optional
        For `auto` alone: half-width of the 95 % interval of profit, relative to profit; 0.01 unless told otherwise.
    jobs : int
        Number of processes. The result does not depend on it.
    engine : str
        `kernel`, the compiled engine, or `loop`, the readable one; the figures do not depend on it.
    ordering, pricing : mapping of firm to policy, optional
        Policies made by hand (`demandshift.models.observation`), with an attribute `review_every` in time units.
    choices : mapping of segment to choice model, optional
        Choice models made by hand (`demandshift.models.choice.protocols`).
    customers_to : str or Path, optional
        For scenarios with `customers: keep`: the folder for a file of customers for each replication, made if need be;
        files of an earlier run there are replaced when this one is complete. Without it the customers stay in a
        temporary folder that lives as long as the result.
    progress : callable, optional
        Called as `progress(done, planned)`.
    cancel : callable, optional
        Asked between replications whether to stop.

    Returns
    -------
    Result

    Raises
    ------
    ArgumentError
        If an argument is out of its bounds.
    ValueError
        If a policy or choice model made by hand does not fit.
    OSError
        If customers are to be kept and cannot be written.
    InvariantError
        If the books of a replication contradict each other (R16).
    RunCancelledError
        If `cancel` said so.
    """
    asked = checked(scenario, replications, seed, precision=precision, jobs=jobs, engine=engine)
    keeps = scenario.settled.head.customers == "keep"
    if customers_to is not None and not keeps:
        raise ArgumentError(
            "customers_to has a meaning only where the scenario keeps its customers: give it `customers: keep`"
        )

    begun, started = datetime.datetime.now(datetime.UTC), time.perf_counter()
    world = build_world(scenario.settled, ordering=ordering, pricing=pricing, choices=choices)
    tally = Tally(world.problem)
    target = asked.first
    kept = KeptCustomers(None if customers_to is None else Path(customers_to)) if keeps else None
    writer = None if kept is None else CustomerWriter(kept.folder, scenario.hash, asked.seed)
    failures: list[str] = []
    result = Result(scenario, asked.seed, {}, (), world.problem, tally)
    while True:
        for ledger in made(LedgerWork(engine, world, asked.seed, writer), range(tally.n, target), jobs, failures):
            tally.add(ledger)
            if progress is not None:
                progress(tally.n, target)
            if cancel is not None and cancel():
                raise RunCancelledError(f"cancelled after {tally.n} of {target} replications")
        # Frames are cached, so a result that was looked at is never added to.
        result = Result(scenario, asked.seed, {}, (), world.problem, tally)
        if asked.precision is None or tally.n >= MOST_REPLICATIONS:
            break
        needed = _needed(_focal_profits(result), asked.precision)
        if needed <= tally.n:
            break
        target = min(MOST_REPLICATIONS, needed)

    if kept is not None:
        kept.complete()
    by_hand = {"ordering": sorted(ordering or ()), "pricing": sorted(pricing or ()), "choices": sorted(choices or ())}
    seconds = time.perf_counter() - started
    manifest = manifest_of(result, world, engine=engine, begun=begun, seconds=seconds, by_hand=by_hand)
    alarms = alarms_of(result, world, asked.precision, failures)
    return Result(scenario, asked.seed, manifest, alarms, world.problem, tally, kept)


@dataclass(frozen=True, slots=True)
class Asked:
    """How many replications are asked for, of which customers."""

    first: int
    """How many replications there are before anybody looks."""
    precision: float | None
    """For `auto`, the relative half-width at which it stops; None where the number is given."""
    seed: int


def checked(
    scenario: Scenario,
    replications: int | Literal["auto"] | None,
    seed: int | None,
    *,
    precision: float | None,
    jobs: int,
    engine: str,
) -> Asked:
    """Return what is asked for, with the scenario's own number and seed where nothing is said.

    Raises
    ------
    ArgumentError
        If an argument is out of its bounds.
    """
    automatic = replications == "auto"
    planned = scenario.settled.head.replications if replications is None else replications
    first = FIRST_REPLICATIONS if planned == "auto" else planned
    if isinstance(first, bool) or not isinstance(first, int) or first < 1:
        raise ArgumentError(f"replications must be a whole number above 0 or 'auto' (got {replications!r})")
    check_count("jobs", jobs)
    if precision is not None and not automatic:
        raise ArgumentError("precision has a meaning only where replications is auto")
    wanted = DEFAULT_PRECISION if precision is None else precision
    if not 0 < wanted < 1:
        raise ArgumentError(f"precision must be between 0 and 1 (got {precision})")
    check_engine(engine)
    seed = check_seed(scenario.settled.head.seed if seed is None else seed)
    return Asked(first, wanted if automatic else None, seed)


def manifest_of(
    result: Result,
    world: World,
    *,
    engine: str,
    begun: datetime.datetime,
    seconds: float,
    by_hand: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Return where a run's figures come from.

    Parameters
    ----------
    result : Result
        The run.
    world : World
        What was simulated.
    engine : str
        Which engine ran.
    begun : datetime
        When it began, in UTC.
    seconds : float
        How long it took.
    by_hand : mapping of sequences of names
        Firms and segments whose policies and choice models were handed in.
    """
    return {
        "scenario_hash": result.scenario.hash,
        "resolved_scenario": result.scenario.resolved,
        "applied": list(result.scenario.applied),
        "seed": result.seed,
        "replications": result.replications,
        "engine": engine,
        "draws": races_of(world),
        "made_by_hand": {what: list(names) for what, names in by_hand.items()},
        "versions": dict(program_versions()),
        "time": {"begun": begun.isoformat(timespec="seconds"), "seconds": round(seconds, 3)},
    }


def _focal_profits(result: Result) -> dict[str, Estimate]:
    """Return the profit of every focal firm."""
    firms = result.problem.firms
    return {
        firm: next(estimate for figure, estimate in figures if figure.name == "profit")
        for (firm, figures), focal in zip(result.reckoning.of_firms().items(), firms.focal.tolist(), strict=True)
        if focal
    }


def _needed(profits: Mapping[str, Estimate], precision: float) -> int:
    """Return how many replications are needed for the wanted precision, as far as the present ones can tell."""
    needed = 0
    for profit in profits.values():
        assert profit.mean is not None, "profit is a sum, not a rate"
        assert profit.half_width is not None, "auto makes more than one replication"
        if profit.half_width > precision * abs(profit.mean):
            if profit.mean == 0:
                return MOST_REPLICATIONS
            needed = max(needed, ceil(SAFETY * profit.n * (profit.half_width / (precision * profit.mean)) ** 2))
    # At most tenfold at once: an early guess from a few replications can be far off.
    return min([needed, *(10 * profit.n for profit in profits.values())])


def alarms_of_failures(failures: Sequence[str]) -> tuple[str, ...]:
    """Return what a reader should know of what policies could not do, where there is something."""
    if not failures:
        return ()
    return (
        f"{len(failures)} times a policy could not make its plan, and what was in force before stayed; the first: "
        f"{failures[0]}",
    )


def alarms_of(result: Result, world: World, precision: float | None, failures: Sequence[str]) -> tuple[str, ...]:
    """Return what a reader should know before trusting the figures.

    Parameters
    ----------
    result : Result
        The run.
    world : World
        What was simulated.
    precision : float, optional
        The precision that was asked for.
    failures : sequence of str
        What policies could not do.
    """
    alarms = list(alarms_of_failures(failures))
    by_chance = any(not isinstance(arrivals, TraceArrivals) for arrivals in world.arrivals)
    if by_chance and result.tally.without_variance():
        alarms.append(
            f"all {result.replications} replications agree in every figure although customers come by chance: "
            "check the rates of arrival (does anybody come?) before trusting an interval of width 0"
        )
    if precision is not None:
        for firm, profit in _focal_profits(result).items():
            mean, half_width = profit.mean or 0.0, profit.half_width or 0.0
            if half_width > precision * abs(mean):
                alarms.append(
                    f"the profit of {firm} is known to ±{half_width:.4g} after {profit.n} replications, the most that "
                    f"auto makes; a relative half-width of {precision:g} was asked for"
                )
    return tuple(alarms)


def races_of(world: World) -> dict[str, str]:
    """Return which race each segment of a logit ran, by name (R14)."""
    return {
        segment: "lazy" if isinstance(choice, LazyLogit) else "full"
        for segment, choice in zip(world.problem.segments.names, world.choices, strict=True)
        if isinstance(choice, Logit | LazyLogit)
    }


@functools.cache
def program_versions() -> Mapping[str, str]:
    """Return the versions of what can touch a figure; read once, for a sweep of small runs would feel it."""
    return {
        "demandshift": importlib.metadata.version("demandshift"),
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in DEPENDENCIES},
    }
