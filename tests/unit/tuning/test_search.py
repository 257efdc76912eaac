"""The search: every candidate once, all of them where there are few, and good ones within the budget."""

from types import SimpleNamespace

import numpy as np
import optuna
import pytest

from demandshift.experiments.tuning.axes import Choices, Space, Span, Steps
from demandshift.experiments.tuning.candidates import Candidate, Goals, Judged, best_first
from demandshift.experiments.tuning.goals import Aim, Constraint
from demandshift.experiments.tuning.search import search
from demandshift.simulator.measures import Measure

PROFIT = Aim("profit", "firm", "f", "money", "profit")
FILL = Aim("fill_rate", "firm", "f", "share", "fill_rate")


class Bench:
    """Candidates whose figures are a formula, so that the search is tested and not the simulator."""

    def __init__(self, axes, present, figures, at_least=None, invalid=lambda *_values: False):
        self.axes, self.figures, self.invalid = axes, figures, invalid
        self.goals = Goals(PROFIT, () if at_least is None else (Constraint(FILL, True, at_least),))
        self.space = Space(SimpleNamespace(), tuple(axes), ())
        self.tried: list[tuple[object, ...]] = []
        self.present = Candidate(0, dict(zip((axis.key for axis in axes), present, strict=True)), None, None)
        self.present = Candidate(0, self.present.settings, None, self.judged(present))

    def judged(self, values):
        """Return the figures of some values."""
        measures = [Measure("", np.array([figure, figure])) for figure in self.figures(*values)]
        return Judged(self.goals, tuple(measures))

    def attempt(self, position):
        """Make and judge the candidate at a position."""
        values = tuple(axis.value(place) for axis, place in zip(self.axes, position, strict=True))
        self.tried.append(values)
        named = dict(zip((axis.key for axis in self.axes), values, strict=True))
        if self.invalid(*values):
            return Candidate(len(self.tried), named, None, None, "is no scenario")
        return Candidate(len(self.tried), named, None, self.judged(values))

    def best(self, budget, seed=1):
        """Search and return the best candidate's values."""
        found = search(self.space, self.attempt, budget, seed, self.present)
        assert [each.number for each in found] == list(range(1, len(found) + 1))
        return tuple(best_first([self.present, *found])[0].settings.values())


def test_few_candidates_are_all_tried_once_and_the_present_one_not_again():
    """If this fails, a small choice is left to a sampler that may miss the best, or the present point is paid twice."""
    bench = Bench([Steps("a", 1, 1, 4), Choices("b", ("x", "y"))], (2, "y"), lambda a, b: [a * (b == "x")])
    assert bench.best(8) == (4, "x")
    assert sorted(bench.tried) == sorted({(a, b) for a in range(1, 5) for b in "xy"} - {(2, "y")})


@pytest.mark.parametrize("budget", [1, 7, 40])
def test_no_candidate_twice_and_no_more_than_the_budget(budget):
    """If this fails, the budget is spent on points that are known, as samplers do with whole numbers."""
    bench = Bench([Steps("a", 0, 1, 60)], (30,), lambda a: [-((a - 17) ** 2)])
    bench.best(budget)
    assert len(bench.tried) == len(set(bench.tried)) == budget
    assert (30,) not in bench.tried


def test_the_same_seed_tries_the_same_candidates():
    """If this fails, the same command gives another answer tomorrow."""
    made = [Bench([Span("a", 0, 1), Steps("b", 0, 1, 90)], (0.5, 5), lambda a, b: [a * b - a**3 * b]) for _ in range(3)]
    for bench, seed in zip(made, (1, 1, 2), strict=True):
        bench.best(20, seed)
    assert made[0].tried == made[1].tried != made[2].tried


def test_a_level_is_found():
    """If this fails, thirty candidates do not suffice for the top of one smooth hill of 400 levels."""
    bench = Bench([Steps("level", 1, 1, 400)], (350,), lambda level: [-abs(level - 123) - 0.01 * level])
    assert bench.best(40) == (123,)


def test_an_end_of_the_range_is_found():
    """If this fails, the best value is never tried where it is the last one of a range."""
    bench = Bench([Steps("level", 1, 1, 400), Span("price", 1, 2)], (5, 1.5), lambda level, price: [level + 9 * price])
    assert bench.best(60) == (400, 2)


def test_several_keys_and_a_choice_are_found():
    """If this fails, the search does not see that the best level depends on the choice, or leaves a key alone."""
    bench = Bench(
        [Choices("kind", ("a", "b", "c")), Steps("level", 0, 1, 200), Span("price", 1, 3)],
        ("c", 150, 2.9),
        lambda kind, level, price: [
            {"a": 10, "b": 12, "c": 0}[kind]
            - ((level - {"a": 150, "b": 60, "c": 9}[kind]) / 40) ** 2
            - 9 * (price - 1.7) ** 2
        ],
    )
    kind, level, price = bench.best(100)
    assert kind == "b"
    assert level == pytest.approx(60, abs=6)
    assert price == pytest.approx(1.7, abs=0.05)


def test_the_least_level_that_keeps_the_constraint_is_found():
    """If this fails, the search is drawn to candidates that may not be chosen, or stays far inside the bound."""
    bench = Bench([Steps("level", 0, 1, 300)], (10,), lambda level: [-level, 1 - 0.99**level], at_least=0.9)
    least = next(level for level in range(300) if 1 - 0.99**level >= 0.9)
    assert bench.best(60) == (least,)


def test_values_that_make_no_scenario_are_passed_over():
    """If this fails, one impossible combination ends the search, or a space of them never ends."""
    bench = Bench(
        [Steps("low", 0, 1, 50), Steps("high", 0, 1, 50)],
        (10, 40),
        lambda low, high: [low - abs(high - 30)],
        invalid=lambda low, high: low >= high,
    )
    low, high = bench.best(60)
    assert low < high
    assert low - abs(high - 30) >= 26
    hopeless = Bench([Steps("a", 0, 1, 90)], (3,), lambda _: [0], invalid=lambda _: True)
    assert hopeless.best(20) == (3,)
    assert len(hopeless.tried) == 60, "three for each of the budget"


def test_an_objective_that_is_not_there_is_no_good_one():
    """If this fails, a rate of 0/0 ends the search, or wins it."""
    bench = Bench([Steps("a", 0, 1, 90)], (3,), lambda a: [float("nan") if a > 50 else a])
    assert bench.best(30) == (50,)


def test_optuna_is_left_as_it_was():
    """If this fails, a notebook that uses Optuna itself falls silent, or tuning prints its log."""
    optuna.logging.set_verbosity(optuna.logging.DEBUG)
    try:
        Bench([Steps("a", 0, 1, 60)], (30,), lambda a: [a]).best(5)
        assert optuna.logging.get_verbosity() == optuna.logging.DEBUG
    finally:
        optuna.logging.set_verbosity(optuna.logging.INFO)
