"""The way from scenarios to a comparison: every one meets the same customers."""

import datetime
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from ...models.problem import Problem
from ...scenarios.scenario import Scenario
from ...simulator.engines import ENGINES
from ...simulator.measures import Measure, MeasureKey, measure_keys
from ...simulator.results import Result
from ...simulator.run import checked
from .contenders import BASE, Contender, contenders
from .figure_names import EVERY_FIGURE, USUAL, ComparisonError, figures_meant
from .findings import Comparison
from .race import Race, Wanted, what_is_wanted
from .racing import objective_of, race
from .replicating import Field, Progress, replicate


def compare(
    scenario: Contender,
    variants: Iterable[str] | Mapping[str, str | Contender] | None = None,
    *,
    against: str = BASE,
    replications: int | Literal["auto"] | None = None,
    seed: int | None = None,
    precision: float | None = None,
    figures: Iterable[str] = USUAL,
    firm: str | None = None,
    best: bool = False,
    objective: str | None = None,
    goal: str | None = None,
    indifference: float | str | None = None,
    confidence: float | None = None,
    first_stage: int | None = None,
    at_most: int | None = None,
    jobs: int = 1,
    engine: str | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Comparison:
    """Compare variants of a scenario, or scenarios, on the same customers.

    Parameters
    ----------
    scenario : Scenario or Result
        The base, called `base`. A run of it may stand here, and then runs for all others too: that is how policies
        made by hand are compared.
    variants : iterable of str, or mapping, optional
        Names of variants that the scenario declares, `lean+promoted` for both together; or, by names of one's own,
        such names, other scenarios, or runs. Without it, all variants that the scenario declares.
    against : str
        Which one the others are compared with.
    replications : int or "auto", optional
        How many of each; `auto` goes on until the paired differences in profit of every focal firm are known to
        `precision`. Without it, the base's own number.
    seed : int, optional
        The seed of all; without it, the base's own.
    precision : float, optional
        For `auto` alone: half-width of a difference relative to the profit that it is compared with; 0.01 unless told
        otherwise.
    figures : iterable of str
        The family: figures that are shown first and judged together. A name means that of the focal firms, and
        `LEVEL.NAME.FIGURE` any other, such as `offer.cola.sales`; `all` means all.
    firm : str, optional
        Whose figures a name means, and whose objective; without it, those of all focal firms, the objective of the
        first one.
    best : bool
        Whether to select the best.
    objective : str, optional
        What it is the best in: a figure, named as above; `profit` unless told otherwise.
    goal : str, optional
        `largest` or `smallest`; without it, as the figure suggests.
    indifference : float or str, optional
        The smallest difference that would matter, in the objective's unit, or `"1%"` of it.
    confidence : float, optional
        The chance of a correct selection; 0.95 unless told otherwise.
    first_stage, at_most : int, optional
        Replications of the procedure's first stage (20), and of each at which it is given up (10,000).
    jobs : int
        Number of processes; the figures do not depend on it.
    engine : str, optional
        As for `run`.
    progress : callable, optional
        Called as `progress(done, planned)`, over all.
    cancel : callable, optional
        Asked between replications whether to stop.

    Returns
    -------
    Comparison

    Raises
    ------
    ComparisonError
        If an argument does not fit.
    ArgumentError
        If replications, seed, precision, jobs or engine are out of their bounds.
    ScenarioError
        For unknown variants, and for what is wrong with a scenario once variants are applied.
    InvariantError
        If the books of a replication contradict each other (R16); a note says whose.
    RunCancelledError
        If `cancel` said so.
    """
    begun, started = datetime.datetime.now(datetime.UTC), time.perf_counter()
    taking_part = contenders(scenario, variants, against)
    of_race = {
        "objective": objective,
        "goal": goal,
        "indifference": indifference,
        "confidence": confidence,
        "first_stage": first_stage,
        "at_most": at_most,
    }
    if not best:
        _refuse(of_race, "has a meaning only where the best is selected")
    made = {name: each for name, each in taking_part.items() if isinstance(each, Result)}
    if made:
        settings = {"replications": replications, "seed": seed, "precision": precision, "engine": engine}
        _refuse({**settings, "best": best or None}, "has no meaning for runs that are made")
        _check_pairs(made)
        family = _family([result.problem for result in made.values()], figures, firm)
        return Comparison(made, against, family, None, None, (), begun, time.perf_counter() - started)

    scenarios = {name: each for name, each in taking_part.items() if isinstance(each, Scenario)}
    _check_counted(scenarios)
    engine = ENGINES[0] if engine is None else engine
    asked = checked(scenarios[BASE], replications, seed, precision=precision, jobs=jobs, engine=engine)
    field = Field(scenarios, asked.seed, jobs=jobs, engine=engine, progress=progress, cancel=cancel)
    problems = [run.problem for run in field.runs.values()]
    family = _family(problems, figures, firm)
    wanted = None
    if best:
        wanted = what_is_wanted(
            _objective(problems, objective or "profit", firm),
            worlds=len(scenarios),
            goal=goal,
            indifference=indifference,
            confidence=confidence,
            first_stage=first_stage,
            at_most=at_most,
        )
    alarms = replicate(field, asked, against)
    results = {name: run.result() for name, run in field.runs.items()}
    found = None
    if wanted is not None:
        other = Field({against: scenarios[against]}, (asked.seed + 1) % 2**32, jobs=jobs, engine=engine, cancel=cancel)
        found = _select(field, wanted, other, against, scenarios[against].settled.head.currency)
        if found.chosen is None:
            alarms = (*alarms, found.guarantee)
    return Comparison(results, against, family, found, asked.precision, alarms, begun, time.perf_counter() - started)


def _select(field: Field, wanted: Wanted, other: Field, against: str, currency: str) -> Race:
    """Select the best; `other` are the customers who say what a part of the objective is."""

    def pilot() -> Measure:
        other.make({against: wanted.first_stage})
        return objective_of(other.runs[against], wanted.objective, against)

    return race(field.runs, wanted, field.make, pilot, currency)


def _refuse(arguments: Mapping[str, object], why: str) -> None:
    for name, value in arguments.items():
        if value is not None:
            raise ComparisonError(f"{name} {why}")


def _check_pairs(runs: Mapping[str, Result]) -> None:
    """Refuse runs that did not meet the same customers equally often."""
    of = {name: (result.replications, result.seed) for name, result in runs.items()}
    if len(set(of.values())) > 1:
        told = ", ".join(f"{name!r} has {n} with seed {seed}" for name, (n, seed) in of.items())
        raise ComparisonError(f"runs are compared replication by replication, with one seed ({told})")


def _check_counted(scenarios: Mapping[str, Scenario]) -> None:
    for name, scenario in scenarios.items():
        if scenario.settled.head.customers == "keep":
            raise ComparisonError(
                f"{name!r} keeps its customers, and a comparison only counts them: give it `customers: counts`"
            )


def _family(problems: Sequence[Problem], figures: Iterable[str], firm: str | None) -> tuple[MeasureKey, ...]:
    """Return the figures that are judged; each must be there for one of the problems at least."""
    if isinstance(figures, str):
        raise ComparisonError(f"figures are a list of names (got the text {figures!r})")
    known = tuple(dict.fromkeys(key for problem in problems for key in measure_keys(problem)))
    return figures_meant(figures, known, _firms(problems, firm))


def _objective(problems: Sequence[Problem], text: str, firm: str | None) -> MeasureKey:
    """Return the objective, which must be there for all."""
    known = [key for key in measure_keys(problems[0]) if all(key in measure_keys(each) for each in problems[1:])]
    try:
        meant = figures_meant([text], known, _firms(problems, firm))
    except ComparisonError as error:
        raise ComparisonError(f"objective: {error}") from error
    if text == EVERY_FIGURE:
        raise ComparisonError(f"one figure is the objective (got {text!r})")
    return meant[0]


def _firms(problems: Sequence[Problem], firm: str | None) -> list[str]:
    """Return whose figures a name means: those of the focal firms, unless a firm is named."""
    if firm is not None:
        return [firm]
    focal: dict[str, None] = {}
    for problem in problems:
        of_problem = zip(problem.firms.names, problem.firms.focal.tolist(), strict=True)
        focal.update(dict.fromkeys(name for name, is_focal in of_problem if is_focal))
    return list(focal)
