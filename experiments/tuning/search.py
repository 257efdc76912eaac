"""The search: which candidate to simulate next, proposed by Optuna; every one of them where there are few.

The sampler is a tree-structured Parzen estimator over all keys at once (Bergstra et al. 2011; Watanabe 2023), with
constraints; it starts from the present values and from a Sobol sequence. The last third of the budget goes into steps
from the best candidate, one key at a time, each half as long when none helps (compass search; Kolda, Lewis & Torczon
2003). `docs/decisions/0015-tuning.md` says why. Since all candidates meet the same customers, what the search compares
are numbers without noise between them, and no candidate is simulated twice.
"""

import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from .axes import Axis, Choices, Number, Space, Span, Steps
from .candidates import Candidate, best_first

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

Position = tuple[Number, ...]
Attempt = Callable[[Position], Candidate]
"""Makes and simulates the candidate at a position."""

FIRST_SHARE = 4
"""One in so many candidates is spread evenly over all that may change, before the first proposal; at least 8."""
LEAST_FIRST = 8
LAST_SHARE = 3
"""One in so many candidates, at the end, is a step from the best one."""
LONGEST_STEP, SHORTEST_STEP = 1 / 16, 1 / 4096
"""First and last length of such a step, as a share of a key's range."""
MOST_REPEATS = 3
"""After so many proposals in a row that were there before, a step from the best candidate is taken in between."""
BAD_VALUES = 3
"""For each candidate of the budget so many proposals at most may make no scenario."""
FARTHEST = 1e9
"""What a constraint that cannot be estimated is said to be missed by, relative to its bound."""


def search(space: Space, attempt: Attempt, budget: int, seed: int, present: Candidate) -> list[Candidate]:
    """Return the candidates that were tried, in order, without the present one.

    Parameters
    ----------
    space
        What may change.
    attempt
        Makes and simulates a candidate.
    budget
        How many candidates are simulated at most, beside the present one.
    seed
        Seed of the search; customers have nothing to do with it.
    present
        The present scenario, simulated.
    """
    if space.size is not None and space.size <= budget:
        own = _position_of(space, present)
        ways = itertools.product(*(range(axis.size or 0) for axis in space.axes))
        return [attempt(way) for way in ways if way != own]
    with _quiet():
        return _Search(space, attempt, budget, seed, present).candidates()


class _Search:
    """A search by proposals."""

    def __init__(self, space: Space, attempt: Attempt, budget: int, seed: int, present: Candidate) -> None:
        self._space, self._attempt, self._budget, self._seed = space, attempt, budget, seed
        self._present = present
        self._tried: dict[tuple[object, ...], tuple[Position, Candidate]] = {}
        """By values, so that a range's rounding counts as what it is."""
        self._distributions = {axis.key: _distribution(axis) for axis in space.axes}

    def candidates(self) -> list[Candidate]:
        """Search until the budget is spent, nothing is left, or nearly all that is tried makes no scenario."""
        own = _position_of(self._space, self._present)
        if own is not None:
            self._tried[self._key(own)] = own, self._present
        proposals, steps = self._proposals(own), self._steps()
        proposed = self._budget - self._budget // LAST_SHARE
        simulated = bad = 0
        while simulated < self._budget and bad < BAD_VALUES * self._budget and len(self._tried) != self._space.size:
            position = next(proposals, None) if simulated < proposed else None
            if position is None:
                position = next(steps)
            candidate = self._attempt(position)
            self._tried[self._key(position)] = position, candidate
            if candidate.judged is None:
                bad += 1
            else:
                simulated += 1
        return [candidate for _, candidate in self._tried.values() if candidate is not self._present]

    def _proposals(self, own: Position | None) -> Iterator[Position | None]:
        """Yield what Optuna proposes and was not tried; None where it proposes nothing new."""
        study = self._study(own)
        repeats = 0
        while True:
            trial = study.ask(self._distributions)
            position = tuple(trial.params[axis.key] for axis in self._space.axes)
            if self._key(position) in self._tried:
                # What is known is told once; a second time would draw the sampler to it.
                _give_up(study, trial)
                repeats += 1
                if repeats == MOST_REPEATS:
                    repeats = 0
                    yield None
                continue
            yield position
            repeats = 0
            _tell(study, trial, self._tried[self._key(position)][1])

    def _steps(self) -> Iterator[Position]:
        """Yield steps from the best candidate so far along one key after the other, the shorter the less they help.

        When even the shortest ones lead to nothing new, what follows is drawn from all that was not tried.
        """
        share = LONGEST_STEP
        while share >= SHORTEST_STEP:
            before = self._best()
            for place, axis in enumerate(self._space.axes):
                for way in (share, -share):
                    tried = None
                    while tried in (None, self._best()):
                        here = self._best()
                        if here is None:
                            break
                        tried = (*here[:place], _moved(axis, here[place], way), *here[place + 1 :])
                        if self._key(tried) in self._tried:
                            break
                        yield tried
            if self._best() == before:
                share /= 2
        generator = np.random.default_rng(self._seed)
        while True:
            position = tuple(_at_share(axis, float(generator.random())) for axis in self._space.axes)
            if self._key(position) not in self._tried:
                yield position

    def _best(self) -> Position | None:
        """Return the position of the best candidate so far; None where nothing was simulated."""
        best = best_first([candidate for _, candidate in self._tried.values()])[:1]
        return next((position for position, candidate in self._tried.values() if candidate in best), None)

    def _study(self, own: Position | None) -> "Study":
        import optuna

        first = max(LEAST_FIRST, self._budget // FIRST_SHARE)
        sampler = optuna.samplers.TPESampler(n_startup_trials=first, seed=self._seed)
        study = optuna.create_study(sampler=sampler, direction="maximize")
        if own is not None:
            self._enqueue(study, own)
            _tell(study, study.ask(self._distributions), self._present)
        for position in self._spread(first):
            self._enqueue(study, position)
        return study

    def _spread(self, count: int) -> Iterator[Position]:
        """Yield positions spread evenly (Sobol's sequence, scrambled)."""
        from scipy.stats import qmc

        sequence = qmc.Sobol(len(self._space.axes), rng=np.random.default_rng(self._seed))
        for row in sequence.random_base2((count - 1).bit_length())[:count]:
            yield tuple(_at_share(axis, float(share)) for axis, share in zip(self._space.axes, row, strict=True))

    def _enqueue(self, study: "Study", position: Position) -> None:
        study.enqueue_trial(dict(zip(self._distributions, position, strict=True)))

    def _key(self, position: Sequence[Number]) -> tuple[object, ...]:
        pairs = zip(self._space.axes, position, strict=True)
        return tuple(int(place) if isinstance(axis, Choices) else axis.value(place) for axis, place in pairs)


def _position_of(space: Space, present: Candidate) -> Position | None:
    """Return where the present values stand; None where one of them is not among what may be."""
    places = [axis.position(present.settings[axis.key]) for axis in space.axes]
    found = tuple(place for place in places if place is not None)
    return found if len(found) == len(places) else None


def _distribution(axis: Axis) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    match axis:
        case Steps():
            return IntDistribution(0, axis.size - 1)
        case Span():
            return FloatDistribution(axis.low, axis.high)
        case Choices():
            return CategoricalDistribution(tuple(range(axis.size)))


def _at_share(axis: Axis, share: float) -> Number:
    """Return the position at a share, in [0, 1), of all that an axis has."""
    if isinstance(axis, Span):
        return axis.low + share * (axis.high - axis.low)
    return min(axis.size - 1, int(share * axis.size))


def _moved(axis: Axis, place: Number, share: float) -> Number:
    """Return the position a share of an axis farther on, or its end; of choices the next one, round and round."""
    if isinstance(axis, Span):
        return min(axis.high, max(axis.low, place + share * (axis.high - axis.low)))
    if isinstance(axis, Choices):
        return (int(place) + (1 if share > 0 else -1)) % axis.size
    steps = max(1, round(abs(share) * axis.size))
    return min(axis.size - 1, max(0, int(place) + (steps if share > 0 else -steps)))


def _tell(study: "Study", trial: "Trial", candidate: Candidate) -> None:
    if candidate.judged is None or candidate.judged.score is None:
        _give_up(study, trial)
        return
    for number, excess in enumerate(candidate.judged.excesses):
        trial.set_constraint(f"constraint {number}", min(excess, FARTHEST))
    study.tell(trial, candidate.judged.score)


def _give_up(study: "Study", trial: "Trial") -> None:
    from optuna.trial import TrialState

    study.tell(trial, state=TrialState.FAIL)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna from talking while it works, and leave its settings as they were."""
    import optuna

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)
