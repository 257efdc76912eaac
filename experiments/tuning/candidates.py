"""Candidates, and what a simulation says of each: every one is simulated once on the same customers, whoever asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ...scenarios.scenario import Scenario
from ...simulator.estimates import Estimate
from ...simulator.measures import Measure
from ...simulator.run import run
from .goals import Aim, Constraint

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Goals:
    """What to tune for, and what to keep to."""

    objective: Aim
    constraints: tuple[Constraint, ...] = ()

    @property
    def aims(self) -> tuple[Aim, ...]:
        """Every figure that is looked at, the objective first."""
        return (self.objective, *(constraint.aim for constraint in self.constraints))


@dataclass(frozen=True)
class Judged:
    """The figures of one candidate on some customers, replication by replication."""

    goals: Goals
    measures: tuple[Measure, ...]
    """In the order of `Goals.aims`."""

    @property
    def objective(self) -> Estimate:
        """The objective with its interval."""
        return self.measures[0].estimate()

    @property
    def kept(self) -> tuple[Estimate, ...]:
        """The figures that are constrained, with their intervals."""
        return tuple(measure.estimate() for measure in self.measures[1:])

    @property
    def score(self) -> float | None:
        """The objective, more being better; None where there is nothing to estimate."""
        mean = self.objective.mean
        return None if mean is None else self.goals.objective.sign * mean

    @property
    def excesses(self) -> tuple[float, ...]:
        """By how much each constraint is missed, relative to its bound; 0 or less where it is kept."""
        pairs = zip(self.goals.constraints, self.kept, strict=True)
        return tuple(constraint.excess(estimate) for constraint, estimate in pairs)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What is said of each constraint."""
        pairs = zip(self.goals.constraints, self.kept, strict=True)
        return tuple(constraint.verdict(estimate) for constraint, estimate in pairs)

    @property
    def is_allowed(self) -> bool:
        """Whether the objective can be estimated and every constraint is met by its estimate."""
        return self.score is not None and all(excess <= 0 for excess in self.excesses)

    def joined(self, other: "Judged") -> "Judged":
        """Return the figures over these replications and others, one after the other."""
        pairs = zip(self.measures, other.measures, strict=True)
        return Judged(self.goals, tuple(_joined(one, two) for one, two in pairs))


def _joined(one: Measure, two: Measure) -> Measure:
    import numpy as np

    divisors = None
    if one.divisors is not None and two.divisors is not None:
        divisors = np.concatenate([one.divisors, two.divisors])
    return Measure(one.unit, np.concatenate([one.values, two.values]), divisors)


@dataclass(frozen=True, eq=False)
class Candidate:
    """One set of values, and what the search made of it."""

    number: int
    """0 is the present scenario; the others in the order in which they were tried."""
    settings: Mapping[str, object]
    """By key; of the present scenario None where nothing stands there."""
    scenario: Scenario | None
    judged: Judged | None
    problem: str | None = None
    """What is wrong with the values, where they make no scenario; then it was not simulated."""


@dataclass
class Judge:
    """Simulates scenarios; the same scenario on the same customers is simulated once."""

    goals: Goals
    jobs: int
    progress: Progress | None = None
    planned: int = 0
    """Replications that are expected in all, for the progress."""
    done: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of what touched the figures; known after the first simulation."""
    _known: dict[tuple[str, int, int], Judged] = field(default_factory=dict)

    def judge(self, scenario: Scenario, replications: int, seed: int) -> Judged:
        """Return what a scenario's figures are on the customers of a seed.

        Raises
        ------
        ArgumentError
            If replications, seed or jobs are out of their bounds.
        TuningError
            If an objective has no meaning for the scenario's customers.
        """
        key = (scenario.hash, replications, seed)
        if key not in self._known:
            # Customers one by one would be written to files for nothing.
            keeps = scenario.settled.head.customers == "keep"
            counted = scenario.replace({"customers": "counts"}) if keeps else scenario
            before = self.done

            def say(done: int, _planned: int) -> None:
                self.done = before + done
                if self.progress is not None:
                    self.progress(self.done, max(self.planned, self.done))

            result = run(counted, replications, seed, jobs=self.jobs, progress=say)
            self.versions = dict(result.manifest["versions"])
            self._known[key] = Judged(self.goals, tuple(aim.measure(result) for aim in self.goals.aims))
        return self._known[key]

    def expect(self, replications: int) -> None:
        """Say how many more replications are to come, now that it is known."""
        self.planned = self.done + replications


def best_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return simulated candidates, the best first: those that keep the constraints, then those that miss them least.

    Of equals the one that was tried first comes first, so that the present scenario is not given up for nothing.
    """

    def rank(candidate: Candidate) -> tuple[bool, float, float]:
        judged = candidate.judged
        assert judged is not None, "only simulated candidates are ranked"
        missed = sum(max(0.0, excess) for excess in judged.excesses)
        score = float("-inf") if judged.score is None else judged.score
        return not judged.is_allowed, missed, -score

    return sorted((each for each in candidates if each.judged is not None), key=rank)
