"""Price paths of one price a period, against all paths tried one by one."""

import itertools

import numpy as np
import pytest

from demandshift.models.optimise.ladder import SHUT, LadderMarket, logit_weights
from demandshift.models.optimise.markdown import Waiting, markdown_plan
from demandshift.models.optimise.outcome import InfeasibleError
from demandshift.models.optimise.sales_based import sales_based_plan


def paths_of(market, keep):
    """Return all price paths of all products that `keep` allows, as arrays of shape (products, periods)."""
    one = [path for path in itertools.product(range(market.points), repeat=market.periods)]
    for each in itertools.product(one, repeat=market.products):
        points = np.array(each)
        if keep(np.take_along_axis(market.prices, points, axis=1), points):
            yield points


def value_of_path(market, points):
    """Return the sales-based program's value when only these prices can be charged."""
    return sales_based_plan(market.only(points)).value


def falling(prices, _):
    """Return whether no price rises."""
    return bool((np.diff(prices, axis=1) <= 0).all())


def few_changes(_, points):
    """Return whether no product has more than one change."""
    return bool(((np.diff(points, axis=1) != 0).sum(axis=1) <= 1).all())


def season(segments=1, capacity=(9.0, 14.0)):
    """Return two products, three price points, three periods; tastes that fall and rise again."""
    prices = np.array([[6.0, 4.5, 3.0], [7.0, 5.0, 2.5]])
    worth = np.array([[5.0, 6.0], [3.5, 4.0]])[:segments]
    weights = logit_weights(worth, [1.2, 0.9][:segments], prices)
    change = np.array([1.0, 0.4, 0.9])
    arrivals = np.array([[20.0, 15, 10], [5, 10, 15]])[:segments]
    return LadderMarket.of(prices, weights[..., None] * change, arrivals, capacity=capacity, unit_cost=[1.0, 1.5])


@pytest.mark.parametrize("segments", [1, 2])
@pytest.mark.parametrize(
    ("settings", "keep"),
    [
        ({}, falling),
        ({"only_down": False, "most_changes": 1}, few_changes),
        ({"most_changes": 1}, lambda prices, points: falling(prices, points) and few_changes(prices, points)),
        ({"only_down": False}, lambda *_: True),
    ],
    ids=["markdown", "one-change", "one-markdown", "free"],
)
def test_no_path_is_better(segments, settings, keep):
    """If this fails, the mixed-integer program forbids a path that is allowed, or allows one that is not."""
    market = season(segments)
    plan = markdown_plan(market, **settings)
    best = max(value_of_path(market, points) for points in paths_of(market, keep))
    assert plan.value == pytest.approx(best, rel=1e-5)
    assert keep(plan.prices(), plan.points)
    assert plan.bound >= plan.value - 1e-9
    assert plan.exact == (segments == 1)
    assert (plan.sales.sum(axis=(0, 2, 3)) <= market.capacity + 1e-6).all()


def test_a_shop_pays_for_its_rules():
    """If this fails, rules of the price path cost nothing although the best path breaks them, or they earn."""
    market = season()
    free = sales_based_plan(market).value
    any_path = markdown_plan(market, only_down=False).value
    down = markdown_plan(market).value
    fixed = markdown_plan(market, most_changes=0)
    assert free >= any_path > down > fixed.value
    assert (fixed.changes() == 0).all()


def test_the_first_price_is_a_change_too():
    """If this fails, a plan that starts from prices in force forgets them: a rise, or a change too many."""
    market = season()
    plan = markdown_plan(market, opening_points=[1, 2])
    assert (plan.prices()[:, 0] <= [4.5, 2.5]).all()
    kept = markdown_plan(market, opening_points=[1, 2], only_down=False, most_changes=0)
    assert kept.prices().tolist() == [[4.5] * 3, [2.5] * 3]


def one_coat(capacity=np.inf):
    """Return one product at three prices in four periods, with the customers' worth and spread."""
    prices = np.array([[10.0, 8.0, 6.0]])
    return LadderMarket.of(prices, logit_weights([[9.0]], 2.0, prices), [[40.0, 30, 20, 10]], capacity=capacity)


def sold_to_who_wait(market, path, cost, scale):
    """Return what a path sells when everybody takes the date with the least price and waiting cost."""
    prices = market.prices[0, path]
    total = 0.0
    for come, arrivals in enumerate(market.arrivals[0]):
        dates = [come + delay for delay in range(len(cost)) if come + delay < len(prices)]
        paid = np.array([prices[date] + cost[date - come] for date in dates])
        best = dates[int(np.argmin(paid))]
        weight = np.exp((9.0 - paid.min()) / scale)
        total += arrivals * weight / (1 + weight) * prices[best]
    return total


@pytest.mark.parametrize("cost", [(0.0, 1.2), (0.0, 0.3, 0.7), (0.0, 3.0, 6.0)])
@pytest.mark.parametrize("only_down", [True, False])
def test_customers_who_wait(cost, only_down):
    """If this fails, customers buy at a date that suits the firm and not themselves, or pay no waiting cost."""
    market = one_coat()
    waiting = Waiting(np.array([cost]), np.array([2.0]))
    plan = markdown_plan(market, only_down=only_down, waiting=waiting)
    keep = falling if only_down else (lambda *_: True)
    best = max(sold_to_who_wait(market, points[0], cost, 2.0) for points in paths_of(market, keep))
    assert plan.value == pytest.approx(best, rel=1e-5)
    assert plan.value == pytest.approx(sold_to_who_wait(market, plan.points[0], cost, 2.0), rel=1e-5)
    assert not plan.exact


def test_waiting_moves_sales_to_the_markdown():
    """If this fails, nobody puts off a purchase although a much lower price is announced."""
    prices = np.array([[10.0, 4.0]])
    weights = logit_weights([[9.0]], 2.0, prices)[..., None] * np.ones(3)
    weights[:, :, 1, :2] = 0.0
    weights[:, :, 0, 2] = 0.0
    market = LadderMarket.of(prices, weights, [[10.0, 10, 10]])
    plan = markdown_plan(market, waiting=Waiting(np.array([[0.0, 1.0]]), np.array([2.0])))
    assert plan.points.tolist() == [[0, 0, 1]]
    assert plan.put_off.sum(axis=(0, 1, 2)) == pytest.approx([0, 0, 10 / (1 + np.exp(-2))])
    assert plan.sales.sum(axis=(0, 1, 2))[:2] == pytest.approx([10 / (1 + np.exp(0.5)), 0])


def test_a_hard_shortage_is_feasible():
    """If this fails, a plan for an empty shop does not exist, though selling nothing is a plan."""
    market = season(capacity=(0.0, 0.0))
    plan = markdown_plan(market)
    assert plan.value == pytest.approx(0)
    assert plan.sales.max() == 0


def test_nothing_between_opening_and_ladder():
    """If this fails, a first price that is below all that is left passes in silence instead of naming the markdown."""
    prices = np.array([[6.0, 4.0]])
    weights = np.array([[[1.0, 0.0]]])
    market = LadderMarket.of(prices, weights, [[5.0, 5.0]])
    with pytest.raises(InfeasibleError, match="markdown"):
        markdown_plan(market, opening_points=[1])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"most_changes": -1}, "most_changes"),
        ({"opening_points": [0]}, "opening_points"),
        ({"opening_points": [0, SHUT]}, "opening_points"),
        ({"waiting": Waiting(np.array([[1.0]]), np.array([1.0]))}, "must be 0 for no delay"),
        ({"waiting": Waiting(np.array([[0.0]]), np.array([0.0]))}, "scale"),
        ({"waiting": Waiting(np.array([0.0]), np.array([1.0]))}, "shapes"),
    ],
)
def test_settings_that_do_not_fit(settings, said):
    """If this fails, a setting that has no meaning is passed on to the solver."""
    with pytest.raises(ValueError, match=said):
        markdown_plan(season(), **settings)
