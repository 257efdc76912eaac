"""Gallego, Ratliff & Shebalov 2015, Operations Research 63(1), Theorem 2: sales-based and choice-based value are one.

Evidence level C: a theorem, confirmed by brute force on instances of our own; no printed numbers. The four fares of the
instance are 1000, 800, 600 and 400 with attractions 0.4, 0.8, 1.2 and 1.6, for 200 customers.
"""

import itertools

import numpy as np
import pytest

from demandshift.models.optimise.choice_based import choice_based_plan, choice_based_prices
from demandshift.models.optimise.ladder import LadderMarket
from demandshift.models.optimise.offer_sets import LogitSets, every_set
from demandshift.models.optimise.price_plan import offered_sets
from demandshift.models.optimise.sales_based import sales_based_plan

FARES = np.array([1000.0, 800, 600, 400])
ATTRACTIONS = np.array([0.4, 0.8, 1.2, 1.6])
CUSTOMERS = 200.0
VALUES = {
    (40, 1): 40000.0,
    (40, 2): 38400.0,
    (40, 3): 36266.6667,
    (60, 1): 59200.0,
    (60, 2): 53600.0,
    (60, 3): 50933.3333,
    (80, 1): 73600.0,
    (80, 2): 67200.0,
    (80, 3): 60800.0,
    (100, 1): 88000.0,
    (100, 2): 76000.0,
    (100, 3): 66666.6667,
    (120, 1): 97600.0,
    (120, 2): 80000.0,
    (120, 3): 68571.4286,
}


def flight(capacity, outside):
    """Return one leg with four fares that all use a seat."""
    return LadderMarket.of(
        FARES[:, None],
        ATTRACTIONS[None, :, None],
        [[CUSTOMERS]],
        outside=outside,
        usage=np.ones((1, 4)),
        capacity=capacity,
    )


@pytest.mark.parametrize(("capacity", "outside"), VALUES)
def test_both_programs_have_the_value(capacity, outside):
    """If this fails, the scale constraint or the oracle of the logit is wrong; sixteen offer sets are the referee."""
    market, value = flight(capacity, outside), VALUES[capacity, outside]
    sales_based = sales_based_plan(market)
    by_sorting = choice_based_plan([(LogitSets(FARES, ATTRACTIONS, outside), CUSTOMERS)], np.ones((1, 4)), [capacity])

    def sales(items):
        offered = np.isin(np.arange(4), items)
        return ATTRACTIONS * offered / (outside + ATTRACTIONS[offered].sum())

    listed = choice_based_plan([(every_set(sales, range(4), FARES), CUSTOMERS)], np.ones((1, 4)), [capacity])
    assert sales_based.value == pytest.approx(value, abs=5e-5)
    assert by_sorting.value == pytest.approx(sales_based.value, rel=1e-9)
    assert listed.value == pytest.approx(sales_based.value, rel=1e-9)
    assert by_sorting.bound == pytest.approx(by_sorting.value, rel=1e-9), "the certificate does not close"


def test_sales_come_from_offer_sets():
    """If this fails, the time shares of a plan do not sell what its program says."""
    market = flight(80, 2)
    plan = sales_based_plan(market)
    parts = offered_sets(market, plan.sales, 0, 0)
    assert sum(each.share for each in parts) == pytest.approx(1)
    sold = sum(each.share * market.expected_sales(each.points[:, None])[0, :, 0] for each in parts)
    assert sold == pytest.approx(plan.sales[0, :, 0, 0], abs=1e-6)
    shares = np.array([sum(each.share for each in parts if each.points[j] == 0) for j in range(4)])
    assert plan.time_shares[:, 0, 0] == pytest.approx(shares, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_price_points_in_several_periods(seed):
    """If this fails, a product can have two prices at a time, or the programs differ where segments share nothing.

    Two segments with two products each, three price points, three periods; then the same with one segment for all.
    """
    rng = np.random.default_rng(seed)
    prices = rng.uniform(2, 9, (4, 3))
    weights = np.exp((rng.uniform(3, 8, (2, 4, 1)) - prices) / rng.uniform(0.8, 2, (2, 1, 1)))
    weights = weights[..., None] * rng.uniform(0.5, 1.5, (1, 1, 1, 3))
    usage = np.array([[1.0, 1, 0, 0], [0, 1, 1, 1]])
    arrivals = rng.uniform(5, 15, (2, 3))
    disjoint = weights * np.array([[1, 1, 0, 0], [0, 0, 1, 1]])[:, :, None, None]
    for weighted, coming in ((disjoint, arrivals), (weights[:1], arrivals[:1])):
        market = LadderMarket.of(prices, weighted, coming, usage=usage, capacity=[3.0, 5.0])
        sales_based = sales_based_plan(market)
        prices_too, choice_based = choice_based_prices(market)
        assert sales_based.exact
        assert choice_based.value == pytest.approx(sales_based.value, rel=1e-6)
        assert choice_based.bound == pytest.approx(choice_based.value, rel=1e-6)
        assert prices_too.value == pytest.approx(choice_based.value, rel=1e-9)
        assert sales_based.bid_prices == pytest.approx(choice_based.bid_prices, abs=1e-5)


def test_shared_products_are_a_relaxation():
    """If this fails, pricing each segment for itself is taken for a price that all see: it is only an upper bound."""
    prices = np.array([[4.0, 10.0], [5.0, 9.0]])
    weights = np.array([[[3.0, 0.05], [1.0, 0.1]], [[2.0, 1.8], [1.5, 1.4]]])
    market = LadderMarket.of(prices, weights, [[30.0], [20.0]], capacity=[12.0, 15.0])
    loose, tight = sales_based_plan(market), sales_based_plan(market, linked=True)
    prices_too, exact = choice_based_prices(market)
    assert not loose.exact
    assert exact.value < tight.value - 0.01
    assert tight.value < loose.value - 0.01
    assert prices_too.value == pytest.approx(exact.value, rel=1e-9)
    brute = max(
        (market.margins[[0, 1], list(points)] * market.expected_sales(np.array(points)[:, None])[:, :, 0]).sum()
        for points in itertools.product(range(2), repeat=2)
        if (market.expected_sales(np.array(points)[:, None]).sum(axis=0)[:, 0] <= market.capacity).all()
    )
    assert exact.value > brute, "mixing sets over time earns no less than any one of them"
