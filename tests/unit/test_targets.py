"""Service levels turned into levels of stock, against formulas summed by hand and against simulated stock."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from demandshift.models.distribution import Constant, Empirical, Uniform
from demandshift.models.replenishment.demand_over import NormalMixture, PoissonMixture
from demandshift.models.replenishment.targets import (
    level_for_cycle_service,
    level_for_fill_rate,
    normal_over,
    poisson_over,
    reorder_point_for_fill_rate,
)

TARGETS = st.floats(0.02, 0.999)
MEANS = st.floats(0, 60)


@settings(deadline=None, derandomize=True)
@given(MEANS, TARGETS)
def test_cycle_service_takes_the_smallest_level_that_reaches_it(mean, target):
    """If this fails, the level is one unit off, or P(D < S) is taken for P(D ≤ S)."""
    level = level_for_cycle_service(PoissonMixture([mean]), target)
    assert stats.poisson.cdf(level, mean) >= target - 1e-12
    assert level == 0 or stats.poisson.cdf(level - 1, mean) < target + 1e-12


@settings(deadline=None, derandomize=True)
@given(MEANS, st.floats(0.1, 60), TARGETS)
def test_fill_rate_takes_the_smallest_level_that_reaches_it(before, during, target):
    """If this fails, the fill rate forgets what was already back-ordered, or is taken for cycle service."""
    units = np.arange(400)

    def fill(level):
        short = np.maximum(units - level, 0)
        later = stats.poisson.pmf(units, before + during) @ short
        return 1 - (later - stats.poisson.pmf(units, before) @ short) / during

    level = level_for_fill_rate(PoissonMixture([before + during]), PoissonMixture([before]), target)
    assert fill(level) >= target - 1e-9
    assert level == 0 or fill(level - 1) < target + 1e-9


@settings(deadline=None, derandomize=True)
@given(MEANS, st.integers(1, 40), TARGETS)
def test_reorder_points_take_the_smallest_level_that_reaches_the_fill_rate(mean, quantity, target):
    """If this fails, the sum over positions s + 1 … s + Q is off by one."""

    def fill(point):
        return np.mean(stats.poisson.cdf(np.arange(point, point + quantity), mean))

    point = reorder_point_for_fill_rate(PoissonMixture([mean]), quantity, target)
    assert fill(point) >= target - 1e-9
    assert point == 0 or fill(point - 1) < target + 1e-9


def test_normal_reorder_point_agrees_with_the_integral_over_positions():
    """If this fails, the normal case does not average P(D ≤ y) over the position."""
    demand = NormalMixture([100.0], [25.0])
    point = reorder_point_for_fill_rate(demand, 60, 0.97)

    def fill(candidate):
        positions = candidate + (np.arange(60_000) + 0.5) * 60 / 60_000
        return stats.norm.cdf(positions, 100, 25).mean()

    assert fill(point) >= 0.97 > fill(point - 1)


def test_simulated_periodic_review_reaches_the_fill_rate():
    """If this fails, the formula is not the fill rate of (R, S) with back-orders that it says it is."""
    rate, review, lead = 4.0, 3.0, 2.0
    level = 22
    until_next, until_arrival = PoissonMixture([rate * (review + lead)]), PoissonMixture([rate * lead])
    expected = 1 - (until_next.loss(level) - until_arrival.loss(level)) / (rate * review)
    assert level_for_fill_rate(until_next, until_arrival, expected - 1e-9) == level
    assert level_for_fill_rate(until_next, until_arrival, expected + 1e-9) == level + 1
    generator = np.random.default_rng(17)
    cycles = 100_000
    before = generator.poisson(rate * lead, cycles)
    during = generator.poisson(rate * review, cycles)
    # From one arrival to the next: what was ordered up to the level meets first the demand before the arrival.
    on_shelf = np.maximum(level - before, 0)
    served = np.minimum(on_shelf, during)
    ratio = served.sum() / during.sum()
    error = np.std(served - ratio * during) / during.mean() / math.sqrt(cycles)
    assert abs(ratio - expected) <= 4 * error


def test_simulated_continuous_review_reaches_the_fill_rate():
    """If this fails, the (s, Q) formula is not the fill rate of unit demands that find stock."""
    rate, lead, point, quantity = 5.0, 1.5, 9, 7
    demand = PoissonMixture([rate * lead])
    expected = 1 - (demand.loss(point) - demand.loss(point + quantity)) / quantity
    generator = np.random.default_rng(4)
    number = 200_000
    arrivals = np.cumsum(generator.exponential(1 / rate, number))
    # Unit k is served by stock ordered when demand k − (position) came; with constant lead times on hand just before an
    # arrival is the position a lead time ago less the demand since.
    ordered = np.arange(number) // quantity * quantity
    position = point + quantity - (np.arange(number) - ordered)
    earlier = np.searchsorted(arrivals, arrivals - lead, side="right")
    since = np.arange(number) - earlier
    on_hand = position[np.maximum(earlier, 0)] - since
    served = (on_hand > 0)[1_000:]
    batches = served[: len(served) // 100 * 100].reshape(100, -1).mean(axis=1)
    assert abs(served.mean() - expected) <= 4 * batches.std(ddof=1) / math.sqrt(100)


def test_without_demand_nothing_is_needed():
    """If this fails, a closed season divides by zero or orders."""
    nothing = PoissonMixture([0.0])
    assert level_for_cycle_service(nothing, 0.99) == 0
    assert level_for_fill_rate(nothing, None, 0.99) == 0
    assert level_for_fill_rate(PoissonMixture([3.0]), PoissonMixture([3.0]), 0.99) == 0
    assert reorder_point_for_fill_rate(nothing, 5, 0.99) == 0


def test_a_season_is_covered_from_its_first_day():
    """If this fails, the season's quantity is computed as if something had been sold before."""
    season = NormalMixture([50.0], [8.0])
    quantity = level_for_fill_rate(season, None, 0.95)
    assert season.loss(quantity) / 50 <= 0.05 < season.loss(quantity - 1) / 50
    assert level_for_cycle_service(season, 0.95) == math.ceil(50 + 8 * stats.norm.ppf(0.95))


def test_demand_is_mixed_over_lead_times():
    """If this fails, an average lead time stands for a random one, and the firm orders too little."""
    lead = Empirical((1.0, 5.0), (0.5, 0.5))
    demand = poisson_over(lambda a, b: 10 * (b - a), 3.0, 2.0, lead)
    assert demand.mean == pytest.approx(50)
    assert demand.variance == pytest.approx(50 + 400)
    normal = normal_over(10, 2, 2.0, lead)
    assert normal.mean == pytest.approx(50)
    assert normal.variance == pytest.approx(50 * 4 / 10 + 400)
    for each in (demand, normal):
        assert level_for_cycle_service(each, 0.95) > 70 > level_for_cycle_service(each, 0.4)


def test_the_protection_interval_begins_with_the_order():
    """If this fails, a seasonal firm looks at the demand of another time."""
    asked = []

    def mean(a, b):
        asked.append((a, b))
        return b - a

    poisson_over(mean, 7.0, 2.0, Constant(3.0))
    assert asked == [(7.0, 12.0)]


def test_a_uniform_lead_time_is_mixed_exactly():
    """If this fails, the points between the shortest and the longest lead time are badly placed."""
    demand = poisson_over(lambda a, b: 20 * (b - a), 0.0, 0.0, Uniform(1.0, 3.0))
    times = 1 + 2 * (np.arange(200_000) + 0.5) / 200_000
    for level in (20, 40, 55, 65):
        assert demand.cdf(level) == pytest.approx(stats.poisson.cdf(level, 20 * times).mean(), abs=1e-9)


@pytest.mark.parametrize("target", [0.0, 1.0, -0.5, math.nan])
def test_targets_lie_between_nothing_and_certainty(target):
    """If this fails, the search for a level that is always enough never ends."""
    demand = PoissonMixture([5.0])
    with pytest.raises(ValueError, match="cycle_service: must lie between 0 and 1"):
        level_for_cycle_service(demand, target)
    with pytest.raises(ValueError, match="fill_rate: must lie between 0 and 1"):
        level_for_fill_rate(demand, None, target)
    with pytest.raises(ValueError, match="fill_rate: must lie between 0 and 1"):
        reorder_point_for_fill_rate(demand, 5, target)


def test_an_order_quantity_is_at_least_one_unit():
    """If this fails, the fill rate divides by zero."""
    with pytest.raises(ValueError, match="quantity: must be at least 1"):
        reorder_point_for_fill_rate(PoissonMixture([5.0]), 0, 0.9)
