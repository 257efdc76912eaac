"""The race: its quantile, its number of replications and its placing, by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from demandshift.experiments.tuning.race import place, spread_of

FIRST = np.array([[1.0, 2, 3, 4], [1, 3, 3, 5], [4, 3, 2, 1]])
"""Three candidates, four replications: differences of the first two are 0, −1, 0, −1, so of variance 1/3."""


def test_spread_is_that_of_paired_differences():
    """If this fails, the race forgets that all candidates meet the same customers, and runs far too long."""
    spread = spread_of(FIRST, constrained=False)
    assert spread.deviations[0, 1] == pytest.approx(math.sqrt(1 / 3))
    assert spread.deviations[0, 2] == pytest.approx(np.std([-3, -1, 1, 3], ddof=1))
    assert np.diag(spread.deviations).tolist() == [0, 0, 0]
    # Two comparisons with the best: Student's 97.5 % quantile with 3 degrees of freedom.
    assert spread.quantile == pytest.approx(3.182446, abs=1e-6)


def test_constraints_ask_for_all_ordered_pairs():
    """If this fails, the guarantee under constraints is that of a best candidate known beforehand."""
    spread = spread_of(FIRST, constrained=True)
    assert spread.quantile == pytest.approx(stats.t.ppf(1 - 0.05 / 6, 3))


def test_the_number_of_replications_is_stein_s():
    """If this fails, the race is too short for its guarantee: (t S / δ)² is not what it makes, or is rounded down."""
    spread = spread_of(FIRST, constrained=False)
    largest = float(spread.deviations.max())
    needed = (3.182446 * largest / 1.5) ** 2
    assert spread.needed(1.5, 4, 1000) == math.ceil(needed)
    assert spread.needed(1.5, 4, 1000) > needed - 1
    assert spread.needed(100.0, 4, 1000) == 4, "never fewer than the first stage made"
    assert spread.needed(1e-300, 4, 1000) == 1000, "never more than the limit, however small the difference"
    assert spread.needed(0.0, 4, 1000) == 1000
    assert spread_of(np.ones((3, 5)), constrained=False).needed(0.0, 5, 1000) == 5, "equal candidates need no more"


def test_placing_by_hand():
    """If this fails, the chosen one is not the best, or a better one is ruled out, or the distance is the wrong way.

    Widths of 2 everywhere: 9.5 and 10 may both be the best, 7 may not. The chosen 10 is at most 2 − 0.5 = 1.5 behind.
    """
    widths = np.full((3, 3), 2.0)
    placing = place([7, 10, 9.5], [True, True, True], widths)
    assert placing.chosen == 1
    assert placing.behind == pytest.approx(1.5)
    assert placing.may_be_best == (False, True, True)


def test_who_misses_a_constraint_neither_wins_nor_rules_out_others():
    """If this fails, a candidate that may not be chosen is chosen, or makes the best of the others look beaten."""
    widths = np.full((3, 3), 2.0)
    placing = place([7, 10, 5.5], [True, False, True], widths)
    assert placing.chosen == 0
    assert placing.may_be_best == (True, False, True)
    assert placing.behind == pytest.approx(0.5)
    with pytest.raises(ValueError, match="nobody may be chosen"):
        place([1, 2, 3], [False] * 3, widths)


def test_of_equal_candidates_the_present_one_stays():
    """If this fails, a policy is changed for one that is not better."""
    assert place([5, 5, 5], [True] * 3, np.zeros((3, 3))).chosen == 0
    alone = place([5], [True], np.zeros((1, 1)))
    assert (alone.chosen, alone.behind, alone.may_be_best) == (0, 0.0, (True,))
