"""Durations: their draws, and the points that stand for them in a mixture."""

import math

import numpy as np
import pytest

from demandshift.models.chance import Purpose
from demandshift.models.distribution import Constant, Empirical, Exponential, Uniform

DURATIONS = [
    (Constant(2.5), 2.5, 0.0, 2.5, 2.5),
    (Uniform(1.0, 3.0), 2.0, 1 / 3, 1.0, 3.0),
    (Exponential(1.7), 1.7, 1.7**2, 0.0, math.inf),
    (Empirical((4.0, 1.0, 2.0)), 7 / 3, 14 / 9, 1.0, 4.0),
    (Empirical((5.0, 1.0), (0.25, 0.75)), 2.0, 3.0, 1.0, 5.0),
]


@pytest.mark.parametrize(("duration", "mean", "variance", "low", "high"), DURATIONS)
def test_draws_have_mean_variance_and_support(duration, mean, variance, low, high, segment_chance):
    """If this fails, lead times or patience come from another distribution than the scenario names."""
    number = 4_000
    chance = segment_chance(31)
    drawn = np.array([duration.draw(chance.person(person), Purpose.LEAD_TIME, slot=3) for person in range(number)])
    assert duration.mean == pytest.approx(mean, rel=1e-15)
    assert drawn.min() >= low
    assert drawn.max() <= high
    deviation = math.sqrt(variance)
    assert abs(drawn.mean() - mean) <= 4 * deviation / math.sqrt(number)
    fourth = ((drawn - drawn.mean()) ** 4).mean()
    assert abs(drawn.var() - variance) <= 4 * math.sqrt(fourth / number)


@pytest.mark.parametrize(("duration", "mean", "variance", "low", "high"), DURATIONS)
def test_points_have_the_moments_of_the_distribution(duration, mean, variance, low, high):
    """If this fails, a firm computes its service level for other lead times than it meets."""
    values, weights = duration.points(64)
    assert weights.sum() == pytest.approx(1, rel=1e-12)
    assert np.all(weights > 0)
    assert values.min() >= low
    assert values.max() <= high
    assert weights @ values == pytest.approx(mean, rel=1e-9)
    assert weights @ (values - mean) ** 2 == pytest.approx(variance, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize(("mean_demand", "tolerance"), [(1, 1e-12), (10, 1e-12), (100, 1e-10), (1000, 1e-4)])
def test_exponential_points_give_geometric_demand(mean_demand, tolerance):
    """If this fails, Poisson demand over an exponential lead time is not geometric, as theory says it is."""
    from demandshift.models.replenishment.demand_over import PoissonMixture

    values, weights = Exponential(1.0).points(128)
    demand = PoissonMixture(mean_demand * values, weights)
    ratio = mean_demand / (1 + mean_demand)
    for share in (0.1, 0.5, 0.9, 0.99, 0.999):
        level = math.ceil(math.log(1 - share) / math.log(ratio))
        assert demand.cdf(level) == pytest.approx(1 - ratio ** (level + 1), abs=tolerance)


def test_draws_are_monotone_in_the_uniform(one_uniform):
    """If this fails, a draw is no inversion, and a later uniform may mean a shorter duration."""
    for duration in (Uniform(1, 3), Empirical((4.0, 1.0, 2.0))):
        drawn = [duration.draw(one_uniform(u / 100), Purpose.PATIENCE) for u in range(1, 100)]
        assert drawn == sorted(drawn)
        assert drawn[0] < drawn[-1]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Constant(-1), "value: must be a number of at least 0"),
        (lambda: Constant(math.nan), "value: must be a number of at least 0"),
        (lambda: Uniform(-1, 2), "low: must be"),
        (lambda: Uniform(1, math.inf), "high: must be a number"),
        (lambda: Uniform(3, 2), "high: must be at least low"),
        (lambda: Exponential(0), "mean: must be a number above 0"),
        (lambda: Exponential(math.inf), "mean: must be a number above 0"),
        (lambda: Empirical(()), "at least one duration"),
        (lambda: Empirical((-1.0,)), "values: must be"),
        (lambda: Empirical((1.0,), (0.5, 0.5)), "one for each value"),
        (lambda: Empirical((1.0, 2.0), (0.5, 0.4)), "must sum to 1"),
        (lambda: Empirical((1.0, 2.0), (1.5, -0.5)), "number of at least 0"),
        (lambda: Uniform(1, 2).points(0), "at least 1 point"),
    ],
)
def test_wrong_durations_are_refused(make, text):
    """If this fails, goods may arrive before they are ordered, or never, without a word."""
    with pytest.raises(ValueError, match=text):
        make()
