"""Closed forms of the literature, against simulation by other means, against each other and against wrong input."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from demandshift.models.literature import base_stock, littlewood, newsvendor, plackett_luce, reorder_point
from demandshift.models.replenishment.demand_over import NormalMixture, PoissonMixture

WEIGHTS = (1.0, 3.0, 0.5, 2.0)
COSTS = reorder_point.Costs(holding=1.0, back_order=9.0, order=20.0)


@pytest.mark.parametrize("quantity", [5, 10, 14])
def test_newsvendor_figures_match_sampled_seasons(quantity):
    """If this fails, profit, fill rate or cycle service is not what seasons of Poisson demand give."""
    number = 200_000
    demand = np.random.default_rng(8).poisson(10, number)
    sold = np.minimum(demand, quantity)
    profit = 5 * sold + 1 * (quantity - sold) - 2 * (demand - sold) - 3 * quantity
    model = PoissonMixture([10])
    expected = newsvendor.expected_profit(model, quantity, price=5, cost=3, salvage=1, penalty=2)
    assert abs(profit.mean() - expected) <= 4 * profit.std() / math.sqrt(number)
    fill = newsvendor.fill_rate(model, quantity)
    residual = sold - fill * demand
    assert abs(residual.mean()) <= 4 * residual.std() / math.sqrt(number)
    full = newsvendor.cycle_service(model, quantity)
    assert abs((demand <= quantity).mean() - full) <= 4 * math.sqrt(full * (1 - full) / number)
    assert newsvendor.expected_sales(model, quantity) + newsvendor.leftover(model, quantity) == pytest.approx(quantity)


@pytest.mark.parametrize(("servers", "load"), [(0, 3.0), (1, 0.5), (5, 4.0), (20, 25.0), (7, 0.0)])
def test_erlang_loss_is_a_truncated_poisson_distribution(servers, load):
    """If this fails, the recursion starts or ends at the wrong server."""
    units = np.arange(servers + 1)
    weights = stats.poisson.pmf(units, load)
    assert base_stock.erlang_loss(servers, load) == pytest.approx(weights[-1] / weights.sum(), rel=1e-12)


def test_erlang_loss_does_not_overflow():
    """If this fails, factorials are computed where a recursion should be."""
    assert 0 < base_stock.erlang_loss(1_000, 900.0) < 0.01


def test_base_stock_with_lost_sales_matches_simulated_stock():
    """If this fails, the formula is not that of one-for-one replenishment: uniform lead times, S = 3, λL = 2.4."""
    generator = np.random.default_rng(12)
    level, rate, number = 3, 1.2, 60_000
    arrivals = np.cumsum(generator.exponential(1 / rate, number))
    leads = generator.uniform(1.0, 3.0, number)
    pipeline: list[float] = []
    served = np.zeros(number)
    for customer, now in enumerate(arrivals):
        pipeline = [arrival for arrival in pipeline if arrival > now]
        if len(pipeline) < level:
            served[customer] = 1
            pipeline.append(now + leads[customer])
    figures = base_stock.with_lost_sales(level, rate * 2.0)
    batches = served.reshape(100, -1).mean(axis=1)
    assert abs(served.mean() - figures.fill_rate) <= 4 * batches.std(ddof=1) / 10
    assert figures.on_hand + figures.on_order == pytest.approx(level)
    assert figures.back_orders == 0


@pytest.mark.parametrize("level", [0, 2, 6])
def test_base_stock_with_back_orders_keeps_its_balance(level):
    """If this fails, on hand, back-orders and pipeline do not add up to the level (M/G/∞)."""
    figures = base_stock.with_back_orders(level, 2.5)
    assert figures.on_hand - figures.back_orders == pytest.approx(level - 2.5)
    assert figures.fill_rate == pytest.approx(stats.poisson.cdf(level - 1, 2.5))
    assert figures.on_order == 2.5
    assert base_stock.with_lost_sales(level, 2.5).fill_rate >= figures.fill_rate, "who leaves makes room for others"


def test_second_choices_are_those_of_gumbel_noise():
    """If this fails, second choices are not proportional to the weights that are left (Plackett–Luce)."""
    number = 200_000
    utility = np.log(WEIGHTS) + np.random.default_rng(2).gumbel(size=(number, 4))
    order = np.argsort(-utility, axis=1)
    second = plackett_luce.second_choices(WEIGHTS)
    assert second.sum(axis=1) == pytest.approx(np.ones(4))
    for first, other in itertools.permutations(range(4), 2):
        among = order[:, 0] == first
        share = second[first, other]
        error = math.sqrt(share * (1 - share) / among.sum())
        assert abs((order[among, 1] == other).mean() - share) <= 4 * error


def test_rankings_sum_to_one_and_agree_with_second_choices():
    """If this fails, the probability of a ranking divides by the wrong remainder."""
    total = sum(plackett_luce.ranking_probability(WEIGHTS, each) for each in itertools.permutations(range(4)))
    assert total == pytest.approx(1)
    pair = plackett_luce.ranking_probability(WEIGHTS, (1, 3))
    assert pair == pytest.approx(3 / 6.5 * plackett_luce.second_choices(WEIGHTS)[1, 3])
    assert plackett_luce.ranking_probability(WEIGHTS, ()) == 1


def test_shares_after_one_is_missing_follow_from_second_choices():
    """If this fails, the customers of a missing offer do not all go where their second choice is."""
    first = np.array(WEIGHTS) / sum(WEIGHTS)
    second = plackett_luce.second_choices(WEIGHTS)
    moved = first + first[2] * second[2]
    moved[2] = 0
    assert plackett_luce.shares_without(WEIGHTS, [2]) == pytest.approx(moved)


@pytest.mark.parametrize(("point", "quantity"), [(80.0, 60.0), (120.0, 15.0), (30.0, 200.0)])
def test_normal_cost_is_the_mean_over_the_position(point, quantity):
    """If this fails, the second-order loss function is wrong somewhere."""
    demand = NormalMixture([100.0], [20.0])
    positions = point + (np.arange(4_000) + 0.5) * quantity / 4_000
    stock = np.mean([newsvendor.expected_cost(demand, position, 9.0, 1.0) for position in positions])
    expected = stock + 20.0 * 7.0 / quantity
    cost = reorder_point.normal_cost(7.0, 100.0, 20.0, COSTS, point, quantity)
    assert cost == pytest.approx(expected, rel=1e-7)


def test_two_class_revenue_matches_sampled_seasons():
    """If this fails, low and high sales are not served in the order that Littlewood supposes."""
    generator = np.random.default_rng(6)
    number = 200_000
    low = np.minimum(generator.poisson(30, number), 40 - 18)
    high = np.minimum(generator.poisson(20, number), 40 - low)
    revenue = 60.0 * low + 100 * high
    expected = littlewood.expected_revenue(PoissonMixture([30]), PoissonMixture([20]), 40, 18, 100, 60)
    assert abs(revenue.mean() - expected) <= 4 * revenue.std() / math.sqrt(number)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: newsvendor.critical_ratio(0, 1), "must be above 0"),
        (lambda: newsvendor.critical_ratio(1, 0), "must be above 0"),
        (lambda: newsvendor.fill_rate(PoissonMixture([0]), 3), "no fill rate"),
        (lambda: base_stock.erlang_loss(-1, 1.0), "level: must be at least 0"),
        (lambda: base_stock.with_back_orders(2, -1.0), "load: must be a number of at least 0"),
        (lambda: base_stock.with_lost_sales(2, math.inf), "load: must be a number of at least 0"),
        (lambda: plackett_luce.second_choices([1.0]), "at least two alternatives"),
        (lambda: plackett_luce.second_choices([1.0, 0.0]), "must be numbers above 0"),
        (lambda: plackett_luce.ranking_probability([1.0, 1.0], (0, 0)), "names an alternative twice"),
        (lambda: plackett_luce.shares_without([1.0, 1.0], (0, 1)), "something must be left"),
        (lambda: littlewood.protection_level(PoissonMixture([5]), 60, 60), "high_price: must be above"),
        (lambda: littlewood.protection_level(PoissonMixture([5]), 60, 0), "high_price: must be above"),
        (lambda: littlewood.expected_revenue(PoissonMixture([5]), PoissonMixture([5]), 4, 5, 2, 1), "capacity 4"),
        (lambda: reorder_point.Costs(0, 1, 1), "must be above 0"),
        (lambda: reorder_point.poisson_cost(1, 1, COSTS, 1, 0), "quantity: must be above 0"),
        (lambda: reorder_point.normal_cost(1, 1, 0.0, COSTS, 1, 1), "standard_deviation: must be above 0"),
        (
            lambda: reorder_point.textbook_optimum(200, NormalMixture([100], [25]), 2, 50, 0.01),
            "penalty: too small",
        ),
    ],
)
def test_wrong_parameters_are_refused(make, text):
    """If this fails, a closed form answers a question without meaning."""
    with pytest.raises(ValueError, match=text):
        make()


def test_an_iteration_that_does_not_arrive_says_so(monkeypatch):
    """If this fails, a half-finished iteration returns a figure (R18)."""
    monkeypatch.setattr(reorder_point, "TEXTBOOK_ROUNDS", 2)
    with pytest.raises(ArithmeticError, match="did not arrive within 2 rounds"):
        reorder_point.textbook_optimum(200, NormalMixture([100], [25]), 2, 50, 25)
