"""Means and rates with their intervals, against numbers worked out by hand (R17)."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from demandshift.simulator.estimates import (
    Estimate,
    estimate_from_sums,
    mean_estimate,
    mean_estimates,
    ratio_estimate,
    t_factor,
)


def test_the_t_interval_of_three_numbers():
    """If this fails, intervals are the normal's, or use n instead of n − 1.

    Of 1, 2, 6: mean 3, variance (4 + 1 + 9)/2 = 7, t = 4.302653 with two degrees of freedom.
    """
    estimate = mean_estimate(np.array([1.0, 2.0, 6.0]))
    assert estimate.mean == 3.0
    assert estimate.half_width == pytest.approx(4.302652729696 * sqrt(7 / 3))
    assert estimate.n == 3


@pytest.mark.parametrize("n", [2, 3, 10, 30, 1000])
def test_the_t_factor_is_the_tables(n):
    """If this fails, the intervals do not cover 95 %."""
    assert t_factor(n) == pytest.approx(stats.t.ppf(0.975, n - 1), rel=1e-12)


def test_one_replication_has_no_interval():
    """If this fails, a single run pretends to be certain (R17)."""
    assert mean_estimate(np.array([4.0])) == Estimate(4.0, None, 1)
    assert ratio_estimate(np.array([1.0]), np.array([4.0])) == Estimate(0.25, None, 1)
    assert estimate_from_sums(4.0, 16.0, 1) == Estimate(4.0, None, 1)


def test_what_does_not_exist_is_not_estimated():
    """If this fails, a consumer surplus without prices becomes a number."""
    assert mean_estimate(np.array([1.0, np.nan])) == Estimate(None, None, 2)
    assert mean_estimate(np.array([np.nan])) == Estimate(None, None, 1)


def test_nothing_of_nothing_is_no_rate():
    """If this fails, 0/0 is printed as 0 % or 100 % (R17)."""
    assert ratio_estimate(np.zeros(3), np.zeros(3)) == Estimate(None, None, 3)
    assert ratio_estimate(np.zeros(1), np.zeros(1)) == Estimate(None, None, 1)


def test_a_rate_is_a_ratio_of_sums_with_the_delta_method():
    """If this fails, rates are means of ratios, which a quiet day bends, or have another interval.

    Of 1/2, 3/4, 2/6: r = 6/12 = 0.5; residuals 0, 1, −1; √(2 / (3 · 2)) / 4 = 0.1443376.
    """
    estimate = ratio_estimate(np.array([1.0, 3.0, 2.0]), np.array([2.0, 4.0, 6.0]))
    assert estimate.mean == 0.5
    assert estimate.half_width == pytest.approx(4.302652729696 * sqrt(2 / 6) / 4)
    assert estimate.n == 3


def test_a_replication_without_cases_counts_in_the_sums():
    """If this fails, a replication in which nobody was willing is dropped, or breaks the rate."""
    estimate = ratio_estimate(np.array([1.0, 0.0]), np.array([2.0, 0.0]))
    assert estimate.mean == 0.5
    assert estimate.half_width == 0.0


def test_a_rate_that_never_varies_has_no_width():
    """If this fails, rounding gives certainty a width."""
    assert ratio_estimate(np.array([1.0, 2.0]), np.array([2.0, 4.0])).half_width == 0.0


def test_sums_give_the_same_estimate_as_the_values():
    """If this fails, the timeline's intervals differ from those of the tables."""
    values = np.array([1.0, 2.0, 6.0, 0.5])
    direct = mean_estimate(values)
    from_sums = estimate_from_sums(float(values.sum()), float((values**2).sum()), 4)
    assert from_sums.mean == direct.mean
    assert from_sums.half_width == pytest.approx(direct.half_width)


def test_rounding_in_sums_never_makes_a_negative_variance():
    """If this fails, a figure that never varies breaks on the square root of −1e-17."""
    third = 1 / 3
    estimate = estimate_from_sums(third * 3, third * third * 3 * (1 - 1e-15), 3)
    assert estimate.half_width == 0.0


def test_an_estimate_as_plain_data():
    """If this fails, JSON has other keys than documented."""
    assert Estimate(1.5, None, 1).as_dict() == {"mean": 1.5, "half_width": None, "n": 1}


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 20, 127, 128, 129, 1000])
def test_many_means_are_those_of_one_by_one(n):
    """If this fails, a figure of a sweep differs in its last digit from the same one of a run (R15)."""
    values = np.random.default_rng(n).standard_cauchy((40, n))
    values[3, n // 2], values[4, 0] = np.nan, np.inf
    means, half_widths = mean_estimates(values)
    for row, mean, half_width in zip(values, means.tolist(), half_widths.tolist(), strict=True):
        alone = mean_estimate(row.copy())
        assert mean == alone.mean or (np.isnan(mean) and alone.mean is None)
        assert half_width == alone.half_width or (np.isnan(half_width) and alone.half_width is None)
