"""Holm's adjusted p-values: by hand, and what holds for all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from demandshift.experiments.comparison.multiplicity import holm_adjusted

P_VALUES = arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1))


def test_four_p_values_by_hand():
    """If this fails, differences are called beyond doubt that are not, or the other way round.

    0.005, 0.011, 0.02, 0.04 times 4, 3, 2, 1 are 0.02, 0.033, 0.04, 0.04; 0.03 in place of the last would be 0.03, and
    is lifted to 0.04, since it cannot be surer than the one before.
    """
    assert holm_adjusted(np.array([0.02, 0.04, 0.005, 0.011])).tolist() == [0.04, 0.04, 0.02, 0.033]
    assert holm_adjusted(np.array([0.03, 0.02, 0.005, 0.011])).tolist() == [0.04, 0.04, 0.02, 0.033]
    assert holm_adjusted(np.array([0.6, 0.7])).tolist() == [1.0, 1.0]
    assert holm_adjusted(np.array([0.2])).tolist() == [0.2]
    assert holm_adjusted(np.array([])).tolist() == []


@given(P_VALUES)
def test_adjusting_keeps_order_and_never_makes_surer(p_values):
    """If this fails, a less sure difference overtakes a surer one, or adjustment makes sure what was not.

    Bonferroni's factor for all is more than Holm ever asks.
    """
    adjusted = holm_adjusted(p_values)
    assert np.all(adjusted >= p_values)
    assert np.all(adjusted <= np.minimum(1, len(p_values) * p_values))
    order = np.argsort(p_values, kind="stable")
    assert np.all(np.diff(adjusted[order]) >= 0)


@given(P_VALUES, st.randoms(use_true_random=False))
def test_the_order_of_hypotheses_is_of_no_account(p_values, random):
    """If this fails, a verdict depends on the order in which figures are listed."""
    order = list(range(len(p_values)))
    random.shuffle(order)
    assert holm_adjusted(p_values[order]).tolist() == holm_adjusted(p_values)[order].tolist()


@given(P_VALUES)
def test_hypotheses_beyond_hope_only_add_to_the_family(p_values):
    """If this fails, a figure without an answer, which counts as p = 1, does not make the family larger."""
    with_one = holm_adjusted(np.append(p_values, 1.0))
    assert with_one[-1] == 1.0
    assert np.all(with_one[:-1] >= holm_adjusted(p_values))


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(wrong):
    """If this fails, a slip in a test statistic becomes a verdict."""
    with pytest.raises(ValueError, match=r"p-values lie in \[0, 1\]"):
        holm_adjusted(np.array([0.5, wrong]))
