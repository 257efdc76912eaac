"""Bounds: in their order, with confidence limits that cover, and none where customers wait or rivals react."""

import numpy as np
import pytest
from scipy import stats

from demandshift.models.optimise.bounds import (
    Bound,
    exact_bound,
    fluid_bound,
    hindsight_values,
    known_arrivals,
    perfect_information,
    sampled_bound,
    smallest,
)
from demandshift.models.optimise.choice_based import choice_based_prices
from demandshift.models.optimise.fluid import DemandCurves, fluid_plan
from demandshift.models.optimise.ladder import LadderMarket
from demandshift.models.optimise.sales_based import sales_based_plan

PERIODS = 60
FARES = np.array([60.0, 90, 100, 240, 180, 360, 400, 220])
LEGS = np.array([[1, 0, 1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 1, 0, 0, 1], [0, 0, 0, 0, 0, 1, 1, 1]])
CHANCES = np.array([0.2, 0.2, 0.05, 0.05, 0.15, 0.1, 0.05, 0.1])
SEATS = np.array([9.0, 10, 6])


def hub(paths, seed=1):
    """Return the three bounds of a hub with three legs and eight products, one request a period at most."""
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(PERIODS, [*CHANCES, 1 - CHANCES.sum()], size=paths)[:, :-1]
    curves = DemandCurves.of(FARES[:, None], (PERIODS * CHANCES)[:, None, None], usage=LEGS, capacity=SEATS)
    # The best set without choice: any of the 256 sets of open fares, each sold by its own chance.
    opened = (np.arange(256)[:, None] >> np.arange(8)) & 1
    return (
        fluid_bound(fluid_plan(curves)),
        perfect_information(FARES, LEGS, SEATS, drawn),
        exact_bound(opened * CHANCES, FARES, LEGS, SEATS.astype(int), PERIODS),
    )


def test_the_order_of_the_bounds():
    """If this fails, one of them is none: exact ≤ perfect information ≤ fluid, here with room between them.

    The published instances of this kind (Topaloglu 2009, Tables 2 and 3) are data files that are not part of this
    project; this hub is our own.
    """
    fluid, hindsight, exact = hub(2000)
    assert exact.value < hindsight.value - hindsight.half_width
    assert hindsight.limit < fluid.value
    assert smallest([fluid, hindsight, exact], customers_wait=False, rivals_react=False) is exact
    assert exact.share(0.9 * exact.value) == pytest.approx(0.9)
    for bound in (fluid, hindsight, exact):
        assert any("waits" in each for each in bound.assumptions)
    assert hindsight.n == 2000
    assert exact.half_width is None


def test_no_bound_is_claimed_where_demand_answers():
    """If this fails, a policy is measured by what it may well beat."""
    bound = Bound("fluid", 10.0, ())
    assert smallest([bound], customers_wait=True, rivals_react=False) is None
    assert smallest([bound], customers_wait=False, rivals_react=True) is None
    assert smallest([], customers_wait=False, rivals_react=False) is None
    assert np.isnan(Bound("fluid", 0.0, ()).share(1.0))


def test_a_sampled_bound_counts_at_its_upper_limit():
    """If this fails, a bound of few paths is thought tighter than it is."""
    loose, tight = Bound("perfect information", 9.5, (), half_width=1.0, n=5), Bound("fluid", 10.0, ())
    assert smallest([loose, tight], customers_wait=False, rivals_react=False) is tight


def test_limits_are_students():
    """If this fails, the half-width is another one than that of Student's t at 95 %."""
    values = np.array([3.0, 5.0, 4.0, 8.0])
    bound = sampled_bound(values, ["x"])
    half = stats.t.ppf(0.975, 3) * values.std(ddof=1) / 2
    assert (bound.value, bound.half_width, bound.n) == (5.0, pytest.approx(half), 4)
    assert bound.limit == pytest.approx(5 + half)
    with pytest.raises(ValueError, match="two paths"):
        sampled_bound([1.0], [])


def test_limits_cover_the_mean():
    """If this fails, 95 % limits miss the true mean of perfect information too often.

    Of 200 samples of 20 paths, 190 should cover; with probability 0.999 it is between 179 and 199.
    """
    rng = np.random.default_rng(7)
    demand = rng.poisson([8.0, 5.0], (4000, 2))
    values = hindsight_values([10.0, 25.0], [[1, 1]], [11.0], demand)
    truth = values.mean()
    samples = [sampled_bound(values[first : first + 20], []) for first in range(0, 4000, 20)]
    covered = sum(abs(each.value - truth) <= each.half_width for each in samples)
    assert 179 <= covered <= 199


def test_hindsight_by_hand():
    """If this fails, who knows the path does not serve the dear ones first, or paths are mixed up in one program.

    One leg of 10 seats at fares 100 and 60; and more paths than are solved at a time.
    """
    demand = np.array([[4.0, 3], [4, 9], [12, 5]])
    values = hindsight_values([100.0, 60.0], [[1, 1]], [10.0], demand)
    assert values == pytest.approx([580, 400 + 360, 1000])
    many = np.random.default_rng(2).poisson(6, (5000, 2)).astype(float)
    dear = np.minimum(many[:, 0], 10)
    assert hindsight_values([100.0, 60.0], [[1, 1]], [10.0], many) == pytest.approx(
        100 * dear + 60 * np.minimum(many[:, 1], 10 - dear)
    )


def test_known_arrivals_lie_below_the_fluid_value():
    """If this fails, knowing how many come is worth more than the fluid program allows, or is worth nothing."""
    rng = np.random.default_rng(4)
    market = LadderMarket.of(
        [[9.0, 7.0], [6.0, 5.0]], [[[0.5, 1.2], [0.9, 1.3]]], [[12.0, 18.0]], capacity=[5.0, 8.0], unit_cost=1.0
    )
    drawn = rng.poisson(market.arrivals, (300, 1, 2))
    sampled, plan = known_arrivals(market, drawn), sales_based_plan(market)
    assert sampled.limit < fluid_bound(plan).value
    assert sampled.value > 0.9 * plan.value
    same = known_arrivals(market, np.repeat(market.arrivals[None], 2, axis=0))
    assert same.value == pytest.approx(plan.value)
    assert same.half_width == pytest.approx(0, abs=1e-9)


def test_the_bound_of_a_choice_based_plan_is_its_certificate():
    """If this fails, a bound is taken from a program that has not yet seen all sets."""
    market = LadderMarket.of([[9.0, 7.0]], [[[0.5, 1.2]], [[0.1, 0.9]]], [[10.0], [5.0]], capacity=6.0)
    prices, plan = choice_based_prices(market)
    assert fluid_bound(plan).value == pytest.approx(plan.bound)
    assert fluid_bound(plan).value >= prices.value - 1e-9


def test_shapes_that_do_not_fit():
    """If this fails, products and fares are matched by chance."""
    with pytest.raises(ValueError, match="do not fit"):
        hindsight_values([1.0], [[1, 1]], [1.0], [[1.0]])
    market = LadderMarket.of([[9.0]], [[[0.5]]], [[10.0]])
    with pytest.raises(ValueError, match="is due"):
        known_arrivals(market, [[1.0]])
