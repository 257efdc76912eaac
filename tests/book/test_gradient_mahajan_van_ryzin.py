"""Stock under dynamic substitution, by sample-path gradients (Mahajan & van Ryzin 2001).

"Stocking Retail Assortments Under Dynamic Consumer Substitution", Operations Research 49(3), 334–351. What is checked
is what the paper proves or claims, and numbers worked out by hand from its recursion; its tables rest on draws of its
own.
"""

import itertools
import time

import numba
import numpy as np
import pytest
from scipy import stats

from demandshift.models.literature.newsvendor import optimal_quantity
from demandshift.models.optimise.gradient import independent_newsvendors, plan_by_gradient, usual_starts
from demandshift.models.optimise.sample_paths import (
    SamplePaths,
    ShelfMoney,
    path_gradients,
    path_profits,
    path_sales,
    paths_by_surplus,
    paths_of_season,
)
from demandshift.models.optimise.season import Season
from demandshift.models.replenishment.demand_over import PoissonMixture


def paths_of(*draws, size: int = 2) -> SamplePaths:
    """Return paths written out: each draw a list of customers, each of them a list of products."""
    lists = [wishes for draw in draws for wishes in draw]
    depth = max(len(wishes) for wishes in lists)
    rows = [[*wishes, *[-1] * (depth - len(wishes))] for wishes in lists]
    return SamplePaths(np.array(rows, dtype=np.int32), np.cumsum([0, *(len(draw) for draw in draws)]), size)


def logit_paths(seed: int, draws: int, mean: float, utility: np.ndarray) -> SamplePaths:
    """Return paths of a Poisson number of customers who rank products by a logit."""
    rng = np.random.default_rng(seed)
    coming = rng.poisson(mean, draws)
    noise = rng.gumbel(size=(draws, max(coming), len(utility))) - rng.gumbel(size=(draws, max(coming), 1))
    return paths_by_surplus(utility + noise, coming)


def some_money(seed: int, size: int, **changes) -> ShelfMoney:
    """Return random prices and costs."""
    rng = np.random.default_rng(seed)
    cost = rng.uniform(2, 4, size)
    told = {
        "price": cost + rng.uniform(1, 5, size),
        "unit_cost": cost,
        "left_over_worth": 0.3 * cost,
        "lost_sale_penalty": rng.uniform(0, 2, size),
        "opening_stock": rng.integers(0, 2, size).astype(float),
    }
    return ShelfMoney(**(told | changes))


def central_differences(paths: SamplePaths, money: ShelfMoney, at: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Return the derivative of each draw's profit, shape (draws, products)."""
    return np.stack(
        [
            (path_profits(paths, money, at + step * unit) - path_profits(paths, money, at - step * unit)) / (2 * step)
            for unit in np.eye(len(at))
        ],
        axis=1,
    )


def by_hand(paths: SamplePaths, money: ShelfMoney, at: np.ndarray) -> np.ndarray:
    """Return each draw's relaxed profit by the definition, customer by customer, in plain Python."""
    price, cost, worth, penalty, opening = (
        money.each(name, paths.size)
        for name in ("price", "unit_cost", "left_over_worth", "lost_sale_penalty", "opening_stock")
    )
    profits = []
    for first, end in itertools.pairwise(paths.start.tolist()):
        left = list(at + opening)
        profit = -float(cost @ at)
        for customer in range(first, end):
            wishes = [product for product in paths.preferences[customer].tolist() if product >= 0]
            lacking = 1.0
            for product in wishes:
                taken = min(left[product], lacking)
                left[product] -= taken
                lacking -= taken
                profit += price[product] * taken
            if wishes:
                profit -= penalty[wishes[0]] * lacking
        profits.append(profit + float(worth @ left))
    return np.array(profits)


# The gradient


@pytest.mark.parametrize("seed", range(6))
def test_gradient_is_the_derivative_almost_everywhere(seed):
    """If this fails, the backward recursion is not the derivative of the relaxed profit of the paper."""
    rng = np.random.default_rng(seed)
    paths = logit_paths(seed, 6, 30, np.array([1.0, 0.5, 0.0, -0.5]))
    money = some_money(seed, 4)
    for at in rng.uniform(0, 12, (4, 4)):
        profits, gradients = path_gradients(paths, money, at)
        assert profits == pytest.approx(by_hand(paths, money, at), abs=1e-9)
        assert gradients == pytest.approx(central_differences(paths, money, at), abs=1e-6)


def test_gradient_at_whole_numbers_looks_up():
    """If this fails, the gradient at a kink is none of its one-sided derivatives, or not that for more of all."""
    paths, money = logit_paths(3, 20, 20, np.array([0.8, 0.2, 0.0])), some_money(3, 3)
    at = np.array([5.0, 0.0, 4.0])
    _, gradients = path_gradients(paths, money, at)
    # One step in a direction of its own for each product: what all of them together bring.
    towards = np.array([1.0, 1.3, 0.7])
    rise = (path_profits(paths, money, at + 1e-6 * towards) - path_profits(paths, money, at)) / 1e-6
    assert gradients @ towards == pytest.approx(rise, abs=1e-5)


def test_recursion_worked_by_hand():
    """If this fails, a gradient that can be worked out on paper comes out differently.

    Two want A and else B, then one wants B. Of A there is 1.5, so that the second takes 0.5 of B. Of B there is enough:
    one more A sells for 10 and leaves one more B, worth nothing, that would have sold for 6: 10 − 6 − 3 = 1.
    """
    paths = paths_of([(0, 1), (0, 1), (1,)])
    money = ShelfMoney(price=np.array([10.0, 6.0]), unit_cost=np.array([3.0, 2.0]))
    profits, gradients = path_gradients(paths, money, [1.5, 3.0])
    assert profits.tolist() == [15 + 9 - 4.5 - 6]
    assert gradients.tolist() == [[1.0, -2.0]]
    # With 1.2 of B, the third goes without 0.3: what the second leaves of B sells, and saves a penalty of 2.
    fined = ShelfMoney(price=np.array([10.0, 6.0]), unit_cost=np.array([3.0, 2.0]), lost_sale_penalty=[5.0, 2.0])
    profits, gradients = path_gradients(paths, fined, [1.5, 1.2])
    assert profits[0] == pytest.approx(15 + 7.2 - 4.5 - 2.4 - 0.6)
    assert gradients[0] == pytest.approx([10 - 6 + 8 - 3, 8 - 2])


def test_mistakes_in_the_gradient_would_show():
    """If this fails, the tests above would pass a gradient without substitution, or with its direction turned.

    A gradient that forgets what customers take instead has p − c for each product that ran out, and v − c for others.
    """
    paths, money = logit_paths(1, 50, 30, np.array([1.0, 0.5, 0.0])), some_money(1, 3, opening_stock=0.0)
    at = np.array([6.3, 7.1, 7.7])
    _, gradients = path_gradients(paths, money, at)
    price, cost, worth = (money.each(name, 3) for name in ("price", "unit_cost", "left_over_worth"))
    gone = path_sales(paths, money, at) >= at - 1e-9
    forgetful = np.where(gone, price, worth) - cost
    assert np.abs(forgetful - gradients).max(axis=0).min() > 0.5
    assert np.abs(forgetful.mean(axis=0) - gradients.mean(axis=0)).max() > 0.2

    turned = []
    for wishes in paths.preferences:
        named = wishes[wishes >= 0]
        turned.append([*named[::-1], *wishes[len(named) :]])
    backwards = SamplePaths(np.array(turned, dtype=np.int32), paths.start, 3)
    assert np.abs(path_gradients(backwards, money, at)[1].mean(axis=0) - gradients.mean(axis=0)).max() > 0.2


def test_direction_of_substitution():
    """If this fails, customers go from what is there to what is not: A is empty, and its customers take B."""
    one_way = paths_of([(0, 1), (0, 1), (1,)])
    money = ShelfMoney(price=np.array([10.0, 6.0]), unit_cost=np.array([3.0, 2.0]))
    assert path_sales(one_way, money, [0.0, 5.0]).tolist() == [[0.0, 3.0]]
    assert path_sales(one_way, money, [5.0, 0.0]).tolist() == [[2.0, 0.0]]


def test_whole_stock_serves_whole_customers():
    """If this fails, the relaxation divides customers although stock comes in whole units."""
    paths, money = logit_paths(5, 30, 25, np.array([1.0, 0.0, -0.5])), some_money(5, 3)
    for at in itertools.product((0, 3, 7), repeat=3):
        sold = path_sales(paths, money, np.array(at, float))
        assert (sold == np.round(sold)).all()


def test_sales_are_concave_with_decreasing_differences():
    """If this fails, a product's sales rise faster the more there is of it, or of others (the paper's first result)."""
    paths, money = logit_paths(2, 25, 15, np.array([0.7, 0.3, 0.0])), some_money(2, 3, opening_stock=0.0)
    grid = {
        at: path_sales(paths, money, np.array(at, float))[:, 0]
        for at in itertools.product(range(10), range(0, 8, 2), range(0, 8, 2))
    }
    marginal = {at: grid[(at[0] + 1, *at[1:])] - grid[at] for at in grid if at[0] < 9}
    for (a, b, c), gain in marginal.items():
        for more in ((a + 1, b, c), (a, b + 2, c), (a, b, c + 2)):
            if more in marginal:
                assert (marginal[more] <= gain).all()


# One product


def test_snyder_shen_problem_4_8_b():
    """If this fails, one product alone is not the newsvendor (Snyder & Shen 2019, problem 4.8 b: 5 units, 1,225,000).

    Its probabilities are multiples of 1/20, so that twenty draws are the whole distribution.
    """
    sizes = np.repeat(np.arange(1, 9), [5, 1, 2, 4, 3, 2, 2, 1])
    paths = paths_of(*([(0,)] * size for size in sizes), size=1)
    costs = ShelfMoney(price=0.0, unit_cost=0.0, left_over_worth=-5e5, lost_sale_penalty=1e6)
    plan = plan_by_gradient(paths, paths, costs)
    assert plan.quantities.tolist() == [5.0]
    assert plan.built_value == pytest.approx(-1_225_000, rel=1e-12)
    short = 1 - np.mean(sizes <= 4.5)
    assert path_gradients(paths, costs, [4.5])[1].mean() == pytest.approx(1e6 * short - 5e5 * (1 - short))


def test_poisson_newsvendor():
    """If this fails, equal slices of a Poisson demand do not lead to the quantity of its critical ratio."""
    sizes = stats.poisson(18).ppf((np.arange(300) + 0.5) / 300).astype(int)
    paths = paths_of(*([(0,)] * size for size in sizes), size=1)
    plan = plan_by_gradient(paths, paths, ShelfMoney(price=9.0, unit_cost=4.0, left_over_worth=1.0))
    assert plan.quantities[0] == optimal_quantity(PoissonMixture([18]), underage=5.0, overage=3.0)
    assert plan.stationary


def test_without_substitution_products_are_newsvendors():
    """If this fails, products that nobody takes instead of another do not get their own newsvendors' quantities."""
    rng = np.random.default_rng(4)
    season = Season(rng.poisson([9, 14, 5], (60, 3)).astype(float), np.array([8.0, 6, 9]), np.array([3.0, 3, 4]), 1.0)
    paths = paths_of_season(season, np.zeros((3, 3)), seed=1)
    money = ShelfMoney(season.price, season.unit_cost, 1.0)
    plan = plan_by_gradient(paths, paths, money)
    apart = independent_newsvendors(paths, money)
    assert plan.built_value == pytest.approx(path_profits(paths, money, apart).mean(), rel=1e-12)
    assert np.abs(plan.best.relaxed - apart).max() <= 1


# Several products


@pytest.mark.parametrize("seed", range(5))
def test_brute_force_does_not_beat_it_by_more_than_rounding(seed):
    """If this fails, quantities far from the best of all whole ones are returned, on the very same draws."""
    paths = logit_paths(seed, 30, 12, np.array([0.6, 0.4 - 0.3 * seed]))
    money = some_money(seed, 2, opening_stock=0.0)
    best = max(
        float(path_profits(paths, money, np.array(at, float)).mean()) for at in itertools.product(range(18), repeat=2)
    )
    plan = plan_by_gradient(paths, paths, money)
    price, cost, worth = (money.each(name, 2) for name in ("price", "unit_cost", "left_over_worth"))
    half_a_unit_of_each = 0.5 * np.maximum(price - cost, cost - worth).sum()
    assert plan.built_value <= best + 1e-9
    # Half a unit is what rounding may cost; moves of single units afterwards win nearly all of it back.
    assert best - plan.built_value <= 0.1 * half_a_unit_of_each


@pytest.mark.parametrize("seed", range(4))
def test_never_worse_than_independent_newsvendors(seed):
    """If this fails, ignoring substitution would have paid better on the draws that the plan was made from."""
    paths = logit_paths(seed, 40, 25, np.random.default_rng(seed).normal(0.3, 0.7, 5))
    money = some_money(seed, 5)
    plan = plan_by_gradient(paths, paths, money, iterations=1 + 10 * seed)
    for start in usual_starts(paths, money).values():
        assert plan.built_value >= path_profits(paths, money, np.round(start)).mean() - 1e-9


def test_popular_products_get_more():
    """If this fails, the paper's finding is not there: under substitution stock moves to the popular products.

    Same prices and costs; what is bought independently spreads over all, and earns less on fresh customers: the 95 %
    interval of the paired difference is above zero.
    """
    utility = np.array([1.0, 0.5, 0.0, -0.5, -1.0])
    money = ShelfMoney(price=8.0, unit_cost=3.0)
    paths, fresh = logit_paths(11, 100, 30, utility), logit_paths(12, 400, 30, utility)
    plan = plan_by_gradient(paths, fresh, money)
    apart = independent_newsvendors(paths, money)
    share, share_apart = plan.quantities / plan.quantities.sum(), apart / apart.sum()
    assert share[0] > share_apart[0] + 0.02
    assert share[-1] < share_apart[-1] - 0.02
    gain = path_profits(fresh, money, plan.quantities) - path_profits(fresh, money, apart)
    assert gain.mean() > 2 * gain.std(ddof=1) / np.sqrt(len(gain))
    assert plan.value == pytest.approx(path_profits(fresh, money, plan.quantities).mean())
    earned = path_profits(fresh, money, plan.quantities)
    low, high = stats.t.interval(0.95, 399, earned.mean(), stats.sem(earned))
    assert plan.half_width == pytest.approx((high - low) / 2)


def test_more_substitution_moves_stock():
    """If this fails, the share of customers who would take the other product does not matter for what is stocked.

    A and B are wanted alike, and B earns more: the more of A's customers would take B, the more of B is stocked, until
    A is not stocked at all, and the more is earned.
    """
    rng = np.random.default_rng(8)
    season = Season(rng.poisson([15, 15], (80, 2)).astype(float), np.array([7.0, 9]), np.array([4.0, 4]), np.zeros(2))
    money = ShelfMoney(season.price, season.unit_cost)
    plans = []
    for share in (0.0, 0.5, 0.95):
        paths = paths_of_season(season, np.array([[0.0, share], [0.0, 0.0]]), seed=2)
        plans.append(plan_by_gradient(paths, paths, money))
    stocked = np.array([plan.quantities for plan in plans])
    assert stocked[0, 0] >= stocked[1, 0] > stocked[2, 0] == 0
    assert stocked[0, 1] < stocked[1, 1] < stocked[2, 1]
    assert plans[0].built_value < plans[1].built_value < plans[2].built_value


def test_profit_is_not_quasi_concave():
    """If this fails, a counterexample to quasi-concavity, of the paper's kind, is climbed from one side only.

    First comes one who wants B and else A, then one who wants only B. Two of B sell, and one of A sells alone; between
    the two the first takes the B that the second wanted, and A is left over.
    """
    paths = paths_of([(1, 0), (1,)], [(1, 0), (1,)])
    money = ShelfMoney(price=np.array([7.0, 4.0]), unit_cost=2.0)
    one_end, other_end = np.array([0.0, 2.0]), np.array([1.0, 0.0])
    assert path_profits(paths, money, one_end).tolist() == [4.0, 4.0]
    assert path_profits(paths, money, other_end).tolist() == [5.0, 5.0]
    assert path_profits(paths, money, (one_end + other_end) / 2).tolist() == [1.0, 1.0]
    plan = plan_by_gradient(paths, paths, money)
    values = {climb.start: climb.value for climb in plan.climbs}
    assert values["independent"] == 4.0
    assert plan.built_value == 5.0
    assert plan.quantities.tolist() == [1.0, 0.0]


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="in plain Python nothing is fast")
def test_a_gradient_takes_well_under_a_second():
    """If this fails, 200 draws of 1000 customers and 10 products are too slow to climb with."""
    paths = logit_paths(1, 200, 1000, np.linspace(1, -1, 10))
    money = some_money(1, 10)
    at = 0.9 * paths.wanted_first().mean(axis=0)
    path_gradients(paths, money, at)
    begun = time.perf_counter()
    path_gradients(paths, money, at)
    assert time.perf_counter() - begun < 0.5
