"""What varies between customers: draws against shares, quantiles and means that SciPy knows."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from demandshift.models.choice.tastes import (
    EmpiricalTaste,
    ExponentialTaste,
    LognormalTaste,
    NormalTaste,
    UniformTaste,
)
from demandshift.simulator.draws import Draws

TASTES = {
    "normal": (NormalTaste(1.5, 0.7), stats.norm(1.5, 0.7)),
    "lognormal": (LognormalTaste(2.0, 0.6), stats.lognorm(0.6, scale=2.0)),
    "uniform": (UniformTaste(-1.0, 3.0), stats.uniform(-1.0, 4.0)),
    "exponential": (ExponentialTaste(2.5), stats.expon(scale=2.5)),
}
CUSTOMERS = 20_000


def drawn(taste, place=1, number=CUSTOMERS):
    """Return the values of many customers."""
    segment = Draws(5, 2).segment(0)
    return np.array([taste.draw(segment.person(person), place) for person in range(number)])


@pytest.mark.parametrize("name", TASTES)
def test_draws_have_their_distribution(name):
    """If this fails, customers differ by another distribution than the scenario says: wrong spread, or wrong shape.

    Kolmogorov & Smirnov's distance of n draws exceeds 1.95/√n once in a thousand.
    """
    taste, truth = TASTES[name]
    assert stats.kstest(drawn(taste), truth.cdf).statistic < 1.95 / math.sqrt(CUSTOMERS)


@pytest.mark.parametrize("name", TASTES)
def test_shares_means_and_quantiles_are_scipys(name):
    """If this fails, expected shares are of other customers than those who walk in."""
    taste, truth = TASTES[name]
    shares = np.array([0.01, 0.2, 0.5, 0.9, 0.999])
    values = truth.ppf(shares)
    assert taste.below(values) == pytest.approx(shares)
    assert taste.quantiles(shares) == pytest.approx(values)
    for value in (values[1], values[3]):
        truly, _ = integrate.quad(lambda x: x * truth.pdf(x), max(truth.ppf(0.0), -50), value)
        assert taste.mean_below(np.array([value]))[0] == pytest.approx(truly, abs=1e-7)
    ends = taste.below(np.array([-np.inf, np.inf])), taste.mean_below(np.array([-np.inf, np.inf]))
    assert ends[0] == pytest.approx([0, 1])
    assert ends[1] == pytest.approx([0, truth.mean()])
    assert taste.atoms is None


def test_observed_values_come_as_often_as_observed():
    """If this fails, an empirical distribution gives its values the wrong shares, or loses their order."""
    taste = EmpiricalTaste([3.0, 1.0, 2.0], [0.2, 0.5, 0.3])
    values = drawn(taste)
    for value, share in taste.atoms:
        assert abs((values == value).mean() - share) < 4 * math.sqrt(share * (1 - share) / CUSTOMERS)
    assert [value for value, _ in taste.atoms] == [1.0, 2.0, 3.0]
    assert taste.below(np.array([1.0, 2.0, 2.5, 9.0])) == pytest.approx([0.0, 0.5, 0.8, 1.0])
    assert taste.mean_below(np.array([9.0])) == pytest.approx(0.5 + 0.6 + 0.6)
    assert taste.quantiles(np.array([0.4, 0.6, 0.99])).tolist() == [1.0, 2.0, 3.0]


def test_two_tastes_of_a_customer_are_independent():
    """If this fails, two coefficients share a draw, and who likes sugar always likes fruit."""
    first, second = drawn(NormalTaste(0, 1), 1), drawn(NormalTaste(0, 1), 2)
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / math.sqrt(CUSTOMERS)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: NormalTaste(0, -1), "standard_deviation: must be at least 0 (got -1)"),
        (lambda: NormalTaste(math.nan, 1), "mean: must be a number (got nan)"),
        (lambda: LognormalTaste(0, 1), "median: must be above 0 (got 0)"),
        (lambda: LognormalTaste(1, -1), "spread: must be at least 0 (got -1)"),
        (lambda: UniformTaste(2, 1), "high: must be at least low (got low 2, high 1)"),
        (lambda: ExponentialTaste(0), "mean: must be above 0 (got 0)"),
        (lambda: EmpiricalTaste([]), "values: needs at least one"),
        (lambda: EmpiricalTaste([1.0], [0.5]), "shares: must sum to 1 (got 0.5)"),
        (lambda: EmpiricalTaste([1.0, 2.0], [1.0]), "shares: needs one for each value (got 1 for 2)"),
    ],
)
def test_what_is_no_distribution_is_said(make, text):
    """If this fails, nonsense becomes a distribution without a word."""
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        make()


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_a_spread_of_nothing_is_one_value(low, value):
    """If this fails, customers who are all alike have no shares."""
    assert NormalTaste(low, 0).atoms == [(low, 1.0)]
    assert UniformTaste(value, value).atoms == [(value, 1.0)]
    assert LognormalTaste(1 + abs(low), 0).atoms == [(1 + abs(low), 1.0)]
