"""The three stages of tuning: a search, a race on fresh customers, a verdict on customers fresher still.

Each meets customers of seeds of its own, so that nobody who helped to choose a candidate has a say in what it is worth:
the search those of the seed, race and verdict those of seeds far on from it. Anybody can run the chosen scenario with
the seed of the verdict and meet the same customers again.
"""

from collections.abc import Sequence

import numpy as np

from ...models.problem import Floats
from ...scenarios.complaints import ScenarioError
from .axes import Number, Space
from .candidates import Candidate, Judge, Judged, best_first
from .goals import MET_BEYOND_DOUBT, NothingMeetsError, pseudo_values
from .outcome import Final, Race, Runner
from .race import place, spread_of
from .search import search

FIRST_STAGE, SECOND_STAGE, VERDICT = 2**30, 2**30 + 1, 2**31
"""How far on the seeds lie of the race's two stages and of the verdict, modulo 2³²: farther than anybody counts."""

LEAST_FIRST_STAGE = 20
"""Replications of the race's first stage at least; otherwise as many as the search makes of a candidate."""
LONGEST_RACE = 10
"""The race makes so many times the replications of its first stage at most."""
LONG_VERDICT = 10
"""The verdict is on so many times the replications of the search, or on as many as the race, whichever is more."""
RELATIVE_DIFFERENCE = 0.01
"""The indifference zone of the race, relative to the present policy's figure, unless told otherwise."""


class Stages:
    """The three stages, on one set of arguments, in this order.

    Parameters
    ----------
    space
        What may change, and the present scenario.
    judge
        Simulates.
    count, seed
        Replications of the search, and its seed.
    finalists
        How many candidates race beside the present one.
    budget
        How many candidates the search simulates beside the present one.
    """

    def __init__(self, space: Space, judge: Judge, count: int, seed: int, finalists: int, budget: int) -> None:
        self._space, self._judge = space, judge
        self._count, self._seed, self._finalists, self._budget = count, seed, finalists, budget
        self.first_stage = max(LEAST_FIRST_STAGE, count)
        """Replications of the race's first stage."""

    def seed_of(self, further: int) -> int:
        """Return the seed that lies so far on."""
        return (self._seed + further) % 2**32

    def search(self) -> list[Candidate]:
        """Return all candidates, the present one first.

        Raises
        ------
        NothingMeetsError
            If the objective of the present policy cannot be estimated, or no candidate keeps the constraints.
        """
        judge = self._judge
        most = self._budget if self._space.size is None else min(self._budget, self._space.size)
        later = (self._finalists + 1) * self.first_stage + self._of_verdict()
        judge.expect((most + 1) * self._count + later)
        scenario = self._space.scenario
        present = Candidate(0, self._space.present(), scenario, judge.judge(scenario, self._count, self._seed))
        self._check_objective(present.judged)
        found: list[Candidate] = [present]

        def attempt(position: tuple[Number, ...]) -> Candidate:
            values = self._space.values(position)
            try:
                scenario = self._space.made(values)
            except ScenarioError as error:
                problem = "; ".join(f"{each.key}: {each.message}" for each in error.complaints)
                found.append(Candidate(len(found), values, None, None, problem))
            else:
                judged = judge.judge(scenario, self._count, self._seed)
                found.append(Candidate(len(found), values, scenario, judged))
            return found[-1]

        search(self._space, attempt, self._budget, self._seed, present)
        best = best_first(found)[0]
        assert best.judged is not None, "what is ranked was simulated"
        if not best.judged.is_allowed:
            pairs = zip(judge.goals.constraints, best.judged.kept, strict=True)
            nearest = ", ".join(f"{constraint.aim.label} {_number(estimate.mean)}" for constraint, estimate in pairs)
            raise NothingMeetsError(
                f"none of {len(found)} candidates keeps {self._asked()}; the nearest has {nearest} "
                f"({_values_as_text(best)})"
            )
        return found

    def race(self, candidates: Sequence[Candidate], difference: float | None) -> Race:
        """Race the best candidates on fresh customers (`race`).

        Raises
        ------
        NothingMeetsError
            If no candidate keeps the constraints on these customers.
        """
        runners = [candidates[0], *self._runners(candidates)]
        self._judge.expect(len(runners) * self.first_stage + self._of_verdict())
        judged = [self._judged(runner, self.first_stage, FIRST_STAGE) for runner in runners]
        self._check_objective(judged[0])
        there = [place for place, each in enumerate(judged) if each.score is not None]
        runners, judged = [runners[place] for place in there], [judged[place] for place in there]
        goals = self._judge.goals
        spread = spread_of(np.stack([self._values(each) for each in judged]), constrained=bool(goals.constraints))
        zone = self._zone(candidates) if difference is None else difference
        total = spread.needed(zone, self.first_stage, LONGEST_RACE * self.first_stage)
        rest = total - self.first_stage
        if rest:
            self._judge.expect(len(runners) * rest + self._of_verdict(total))
            more = [self._judged(runner, rest, SECOND_STAGE) for runner in runners]
            judged = [first.joined(second) for first, second in zip(judged, more, strict=True)]
        allowed = [each.is_allowed for each in judged]
        if not any(allowed):
            raise NothingMeetsError(
                f"none of the {len(runners)} candidates in the race keeps {self._asked()} on fresh customers, although "
                "some did in the search: give more --replications, more --finalists, or more room"
            )
        scores = [each.score for each in judged]
        placing = place([0.0 if score is None else score for score in scores], allowed, spread.widths(total))
        return Race(
            runners=tuple(
                Runner(runner, each, each.measures[0].less(judged[0].measures[0]), may)
                for runner, each, may in zip(runners, judged, placing.may_be_best, strict=True)
            ),
            chosen=placing.chosen,
            replications=total,
            difference=zone,
            behind=placing.behind,
        )

    def verdict(self, race: Race) -> Final:
        """Measure the chosen candidate and the present policy on customers who were used for neither."""
        count = self._of_verdict(race.replications) // 2
        present, chosen = race.runners[0].candidate, race.runners[race.chosen].candidate
        self._judge.expect(count if chosen is present else 2 * count)
        best, before = self._judged(chosen, count, VERDICT), self._judged(present, count, VERDICT)
        pairs = zip(best.measures, before.measures, strict=True)
        return Final(best, before, tuple(one.less(other) for one, other in pairs))

    # Inner

    def _of_verdict(self, raced: int = 0) -> int:
        """Return the replications of the verdict, both policies together."""
        return 2 * max(LONG_VERDICT * self._count, self.first_stage, raced)

    def _judged(self, candidate: Candidate, replications: int, further: int) -> Judged:
        assert candidate.scenario is not None, "only what makes a scenario is simulated"
        return self._judge.judge(candidate.scenario, replications, self.seed_of(further))

    def _values(self, judged: Judged) -> Floats:
        return self._judge.goals.objective.sign * pseudo_values(judged.measures[0])

    def _runners(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the best candidates of the search beside the present one.

        With constraints every other place goes to those that keep them beyond doubt. The best of a search sit right at
        the bound, half of them by luck, and would be found beyond it by other customers.
        """
        allowed = [each for each in best_first(candidates[1:]) if each.judged is not None and each.judged.is_allowed]
        safe = [each for each in allowed if each.judged and set(each.judged.verdicts) <= {MET_BEYOND_DOUBT}]
        chosen: list[Candidate] = []
        while len(chosen) < min(self._finalists, len(allowed)):
            turn = allowed if len(chosen) % 2 == 0 else safe
            left = [each for each in turn if each not in chosen] or [each for each in allowed if each not in chosen]
            chosen.append(left[0])
        return chosen

    def _zone(self, candidates: Sequence[Candidate]) -> float:
        """Return what difference does not matter, from the search, whose customers the race does not meet."""
        best = best_first(candidates)[0]
        figures = [each.judged.score for each in (candidates[0], best) if each.judged is not None]
        return RELATIVE_DIFFERENCE * next((abs(each) for each in figures if each), 0.0)

    def _check_objective(self, present: Judged | None) -> None:
        if present is None or present.score is None:
            raise NothingMeetsError(
                f"{self._judge.goals.objective.label} of the present policy cannot be estimated (0/0), so that nothing "
                "can be better"
            )

    def _asked(self) -> str:
        return " and ".join(str(constraint) for constraint in self._judge.goals.constraints)


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.4g}"


def _values_as_text(candidate: Candidate) -> str:
    if candidate.number == 0:
        return "the present policy"
    return ", ".join(f"{key}={value}" for key, value in candidate.settings.items())
