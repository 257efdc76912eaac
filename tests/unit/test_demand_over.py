"""Demand over an interval: distribution, loss function and quantile."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from demandshift.models.replenishment.demand_over import Discrete, NormalMixture, PoissonMixture

WIDE = np.arange(2_000)
MEANS, WEIGHTS = (0.0, 3.0, 40.0), (0.2, 0.5, 0.3)
DEVIATIONS = (0.0, 1.0, 9.0)
MIXED_PMF = sum(w * stats.poisson.pmf(WIDE, m) for m, w in zip(MEANS, WEIGHTS, strict=True))


@pytest.mark.parametrize("level", [-3, -0.5, 0, 0.5, 1, 3, 17.25, 40, 60])
def test_poisson_mixture_is_the_sum_over_its_cases(level):
    """If this fails, a service level is computed from another demand than the mixture of lead times."""
    demand = PoissonMixture(MEANS, WEIGHTS)
    assert demand.cdf(level) == pytest.approx(MIXED_PMF[level >= WIDE].sum(), abs=1e-13)
    assert demand.loss(level) == pytest.approx(MIXED_PMF @ np.maximum(WIDE - level, 0), abs=1e-11)


def test_poisson_mixture_has_the_moments_and_probabilities_of_its_cases():
    """If this fails, the variance between lead times is forgotten, or a probability is that of another number."""
    demand = PoissonMixture(MEANS, WEIGHTS)
    mean = MIXED_PMF @ WIDE
    assert demand.mean == pytest.approx(mean, rel=1e-12)
    assert demand.variance == pytest.approx(MIXED_PMF @ (WIDE - mean) ** 2, rel=1e-9)
    assert [demand.pmf(k) for k in range(60)] == pytest.approx(MIXED_PMF[:60], abs=1e-13)
    assert demand.pmf(-1) == 0


@pytest.mark.parametrize("level", [-3, 0, 2.9, 3, 20, 40, 75.5])
def test_normal_mixture_is_the_sum_over_its_cases(level):
    """If this fails, the loss function of the normal has a wrong sign, or demand without chance divides by zero."""
    demand = NormalMixture(MEANS, DEVIATIONS, WEIGHTS)
    sample = np.linspace(-60, 160, 440_001)
    step = sample[1] - sample[0]
    cdf, loss = 0.2 * (level >= 0), 0.2 * max(0, -level)
    for mean, deviation, weight in zip(MEANS[1:], DEVIATIONS[1:], WEIGHTS[1:], strict=True):
        cdf += weight * stats.norm.cdf(level, mean, deviation)
        density = stats.norm.pdf(sample, mean, deviation)
        loss += weight * (np.maximum(sample - level, 0) * density).sum() * step
    assert demand.cdf(level) == pytest.approx(cdf, abs=1e-13)
    assert demand.loss(level) == pytest.approx(loss, abs=1e-6)


def test_normal_mixture_has_the_moments_of_its_cases():
    """If this fails, the variance between lead times is forgotten."""
    demand = NormalMixture(MEANS, DEVIATIONS, WEIGHTS)
    mean = 0.5 * 3 + 0.3 * 40
    assert demand.mean == pytest.approx(mean)
    second = 0.5 * (3**2 + 1) + 0.3 * (40**2 + 81)
    assert demand.variance == pytest.approx(second - mean**2)


def test_discrete_demand_is_what_its_list_says():
    """If this fails, sizes and probabilities are matched wrongly after sorting."""
    demand = Discrete((5, 1, 3), (0.5, 0.2, 0.3))
    assert demand.mean == pytest.approx(3.6)
    assert [demand.pmf(units) for units in (1, 2, 3, 5)] == [0.2, 0, 0.3, 0.5]
    assert [demand.cdf(level) for level in (0, 1, 3, 4.9, 5, 9)] == pytest.approx([0, 0.2, 0.5, 0.5, 1, 1])
    assert [demand.loss(level) for level in (0, 2, 5, 9)] == pytest.approx([3.6, 0.3 + 1.5, 0, 0])
    assert [demand.quantile(p) for p in (0.1, 0.2, 0.21, 0.5, 0.51, 0.99)] == [1, 1, 3, 3, 5, 5]


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=4),
    st.floats(0.001, 0.999),
    st.sampled_from(["poisson", "normal"]),
)
def test_quantiles_are_the_smallest_demand_that_reaches_the_probability(means, probability, kind):
    """If this fails, a newsvendor buys one unit too many or too few."""
    deviations = [1 + mean / 3 for mean in means]
    demand = PoissonMixture(means) if kind == "poisson" else NormalMixture(means, deviations)
    quantile = demand.quantile(probability)
    assert demand.cdf(quantile) >= probability - 1e-12
    below = quantile - 1 if kind == "poisson" else quantile - 1e-6
    assert demand.cdf(below) < probability


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 50), min_size=1, max_size=4), st.floats(-5, 100), st.floats(0, 20))
def test_loss_falls_by_what_is_demanded_above_the_level(means, level, more):
    """If this fails, the loss function is not convex, or falls faster than stock grows."""
    for demand in (PoissonMixture(means), NormalMixture(means, [mean / 3 for mean in means])):
        fall = demand.loss(level) - demand.loss(level + more)
        assert -1e-9 <= fall <= more + 1e-9
        assert more * (1 - demand.cdf(level + more)) - 1e-9 <= fall <= more * (1 - demand.cdf(level)) + 1e-9


def test_the_loss_function_stays_positive_far_in_the_tail():
    """If this fails, rounding makes units short negative where hardly any are."""
    demand = PoissonMixture([50.0])
    losses = [demand.loss(level) for level in range(50, 400)]
    assert min(losses) >= 0
    assert losses[-1] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: PoissonMixture([]), "means: needs at least one number"),
        (lambda: PoissonMixture([-1.0]), "means: must be numbers of at least 0"),
        (lambda: PoissonMixture([math.nan]), "means: must be numbers"),
        (lambda: PoissonMixture([1.0, 2.0], [1.0]), "weights: needs one for each of the 2"),
        (lambda: PoissonMixture([1.0, 2.0], [0.5, 0.4]), "weights: must sum to 1"),
        (lambda: NormalMixture([1.0], [-1.0]), "standard_deviations: must be numbers of at least 0"),
        (lambda: NormalMixture([1.0], [1.0, 2.0]), "standard_deviations: needs one for each mean"),
        (lambda: Discrete((-1,), (1,)), "values: must be numbers"),
        (lambda: Discrete((1, 2), (0.5, 0.6)), "weights: must sum to 1"),
        (lambda: PoissonMixture([1.0]).quantile(1), "must lie between 0 and 1"),
        (lambda: NormalMixture([1.0], [1.0]).quantile(0), "must lie between 0 and 1"),
        (lambda: Discrete((1,), (1,)).quantile(-1), "must lie between 0 and 1"),
    ],
)
def test_wrong_demand_is_refused(make, text):
    """If this fails, a firm orders on the ground of numbers without meaning."""
    with pytest.raises(ValueError, match=text):
        make()
