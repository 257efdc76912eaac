"""Figures replication by replication, and their paired differences (R17)."""

from math import sqrt

import numpy as np
import pytest

import demandshift as ds
from demandshift.simulator.estimates import difference_of_ratios, t_factor
from demandshift.simulator.measures import EVERYTHING, Measure, MeasureKey, measures


@pytest.fixture(scope="module")
def result() -> ds.Result:
    """Return a short run of a library scenario with two firms and three ways of moving."""
    return ds.run(ds.load("two-shops").replace({"horizon": 14}), replications=4, seed=3)


def test_measures_are_the_results_own_figures(result):
    """If this fails, comparisons are of other figures than those that a run prints."""
    found = measures(result.reckoning)
    for frame, level in ((result.summary, "firm"), (result.sales, "offer"), (result.stock, "product")):
        for row in frame.to_dict("records"):
            estimate = found[MeasureKey(level, row[level], row["figure"])].estimate()
            assert (estimate.mean, estimate.half_width) == (
                (row["mean"], row["half_width"]) if row["mean"] == row["mean"] else (None, None)
            )
    for row in result.rates.to_dict("records"):
        estimate = found[MeasureKey("rate", row["firm"], row["kind"])].estimate()
        assert (estimate.mean is None and row["mean"] != row["mean"]) or estimate.mean == row["mean"]
    arrived = [found[MeasureKey("segment", name, "arrived")].values for name in result.problem.segments.names]
    assert np.array_equal(found[MeasureKey("segment", EVERYTHING, "arrived")].values, sum(arrived))


def test_a_difference_of_means_is_the_mean_of_differences():
    """If this fails, pairs are torn apart, and the interval is that of unrelated runs.

    Of 5, 7, 12 less 4, 5, 9: differences 1, 2, 3 with mean 2 and variance 1.
    """
    left, right = Measure("money", np.array([5.0, 7.0, 12.0])), Measure("money", np.array([4.0, 5.0, 9.0]))
    assert left.less(right).mean == 2.0
    assert left.less(right).half_width == pytest.approx(t_factor(3) / sqrt(3))


def test_a_difference_of_rates_by_hand():
    """If this fails, rates are averaged over replications, or their residuals are not paired.

    2/4, 3/4, 7/8 pooled is 12/16 = 0.75; 1/4, 2/4, 5/8 pooled is 8/16 = 0.5. Residuals over the mean divisor of 16/3:
    (2 − 3, 3 − 3, 7 − 6) and (1 − 2, 2 − 2, 5 − 4), whose difference is 0 everywhere: certain, though neither is.
    """
    left = Measure("share", np.array([2.0, 3.0, 7.0]), np.array([4.0, 4.0, 8.0]))
    right = Measure("share", np.array([1.0, 2.0, 5.0]), np.array([4.0, 4.0, 8.0]))
    found = left.less(right)
    assert (found.mean, found.half_width) == (0.25, 0.0)
    # The mean of ratios would be (0.25 + 0.25 + 0.25)/3 by chance of these numbers; here it is not:
    uneven = Measure("share", np.array([1.0, 2.0, 1.0]), np.array([4.0, 4.0, 8.0]))
    found = left.less(uneven)
    assert found.mean == 0.5
    residuals = np.array([-1.0, 0.0, 1.0]) - np.array([0.0, 1.0, -1.0])
    assert found.half_width == pytest.approx(t_factor(3) * sqrt((residuals**2).sum() / 6) / (16 / 3))


def test_differences_without_an_answer():
    """If this fails, a rate of nothing, a single replication or unequal pairs pretend to a number."""
    some = Measure("share", np.array([1.0, 2.0]), np.array([4.0, 4.0]))
    none = Measure("share", np.array([0.0, 0.0]), np.array([0.0, 0.0]))
    assert some.less(none).mean is None
    one = difference_of_ratios(np.array([1.0]), np.array([2.0]), np.array([1.0]), np.array([4.0]))
    assert (one.mean, one.half_width) == (0.25, None)
    with pytest.raises(ValueError, match="pairs of 2 and 3"):
        some.less(Measure("share", np.zeros(3), np.ones(3)))
    with pytest.raises(ValueError, match="no rate"):
        some.less(Measure("share", np.zeros(2)))
