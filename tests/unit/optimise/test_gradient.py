"""Sample paths and ascent along their gradients: limits, starts, what is handed back, and complaints."""

import dataclasses
import itertools

import numpy as np
import pytest

from demandshift.models.optimise import path_recursion
from demandshift.models.optimise.gradient import (
    CLOSE_ENOUGH,
    _rounded,
    alone,
    climb,
    independent_newsvendors,
    plan_by_gradient,
    pooled_newsvendor,
)
from demandshift.models.optimise.limits import Limits
from demandshift.models.optimise.orders import plan_orders
from demandshift.models.optimise.promise import promise_of
from demandshift.models.optimise.sample_paths import (
    SamplePaths,
    ShelfMoney,
    path_gradients,
    path_profits,
    path_sales,
    paths_by_surplus,
    paths_of_season,
)
from demandshift.models.optimise.season import FirmDriven, OrderQuestion, Resource, Season, budget, shelf_space

MONEY = ShelfMoney(price=np.array([9.0, 8.0, 7.0]), unit_cost=np.array([4.0, 3.0, 3.0]), left_over_worth=0.5)


def some_paths(seed: int = 0, draws: int = 40, mean: float = 25) -> SamplePaths:
    """Return paths of three products that customers rank by a logit."""
    rng = np.random.default_rng(seed)
    coming = rng.poisson(mean, draws)
    shape = (draws, max(coming))
    utility = np.array([0.8, 0.4, 0.0])
    return paths_by_surplus(utility + rng.gumbel(size=(*shape, 3)) - rng.gumbel(size=(*shape, 1)), coming)


PATHS, FRESH = some_paths(0), some_paths(1)


# Paths


def test_surplus_becomes_lists():
    """If this fails, customers do not rank by surplus, or take what has none for them; or absent ones come."""
    surplus = np.array([[[1.0, 3.0, 2.0], [-1.0, 0.5, 0.0]], [[-1.0, -np.inf, -2.0], [9.0, 9.0, 9.0]]])
    paths = paths_by_surplus(surplus, np.array([2, 1]))
    assert paths.preferences.tolist() == [[1, 2, 0], [1, -1, -1], [-1, -1, -1]]
    assert paths.start.tolist() == [0, 2, 3]
    assert paths.wanted_first().tolist() == [[0, 2, 0], [0, 0, 0]]
    assert paths.wanted_at_all().tolist() == [[1, 2, 1], [0, 0, 0]]
    assert paths_by_surplus(surplus).start.tolist() == [0, 2, 4]


def test_who_wants_nothing_changes_nothing():
    """If this fails, a customer with an empty list buys, or is fined for."""
    paths = SamplePaths(np.array([[-1], [0], [-1]], dtype=np.int32), np.array([0, 3]), 1)
    money = ShelfMoney(price=5.0, unit_cost=2.0, lost_sale_penalty=100.0)
    profits, gradients = path_gradients(paths, money, [2.0])
    assert profits.tolist() == path_profits(paths, money, [2.0]).tolist() == [1.0]
    assert gradients.tolist() == [[-2.0]]


def test_draw_without_customers():
    """If this fails, a draw to which nobody comes is skipped or takes the next draw's customers."""
    paths = SamplePaths(np.array([[0]], dtype=np.int32), np.array([0, 0, 1, 1]), 1)
    assert path_profits(paths, ShelfMoney(5.0, 2.0, 1.0), [1.0]).tolist() == [-1.0, 3.0, -1.0]


def test_opening_stock_is_free():
    """If this fails, stock that is there already is paid for again, or not sold."""
    with_stock = dataclasses.replace(MONEY, opening_stock=np.array([3.0, 0.0, 2.0]))
    ordered = np.array([4.0, 5.0, 1.0])
    stock = ordered + with_stock.each("opening_stock", 3)
    saved = float(MONEY.each("unit_cost", 3) @ (stock - ordered))
    assert path_profits(PATHS, with_stock, ordered) == pytest.approx(path_profits(PATHS, MONEY, stock) + saved)
    assert (path_sales(PATHS, with_stock, ordered) == path_sales(PATHS, MONEY, stock)).all()
    assert (path_gradients(PATHS, with_stock, ordered)[1] == path_gradients(PATHS, MONEY, stock)[1]).all()


def test_other_quantities_in_each_draw():
    """If this fails, quantities by draw are mixed up between draws."""
    at = np.random.default_rng(0).uniform(0, 9, (PATHS.draws, 3))
    together = path_profits(PATHS, MONEY, at)
    for draw in (0, 7, PATHS.draws - 1):
        assert together[draw] == pytest.approx(path_profits(PATHS, MONEY, at[draw])[draw], rel=1e-12)


def test_where_no_folder_can_be_written_code_is_compiled_all_the_same(monkeypatch):
    """If this fails, a machine without a folder to write to cannot import the module."""
    asked = []

    def njit(**options):
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(path_recursion.numba, "njit", njit)
    assert path_recursion._compiled(abs) is abs
    assert [bool(options.get("cache")) for options in asked] == [True, False]


# Limits


def test_projection_is_the_nearest_point():
    """If this fails, a step is cut off at another point than the nearest that is allowed, by the scale's distance."""
    limits = Limits(np.array([0.0, 1, 0]), np.array([8.0, 6, 9]), budget(np.array([4.0, 3.0, 0.0]), 30.0))
    scale = np.array([1.0, 4.0, 2.0])
    rng = np.random.default_rng(0)
    grid = [
        np.array(point) for point in itertools.product(np.linspace(0, 8, 33), np.linspace(1, 6, 21), [0.0, 4.0, 9.0])
    ]
    allowed = np.array([point for point in grid if 4 * point[0] + 3 * point[1] <= 30])
    for _ in range(20):
        point = rng.uniform([-5, -5, -5], 15)
        nearest = limits.project(point, scale)
        assert limits.allow(nearest)
        distance = ((nearest - point) ** 2 / scale).sum()
        assert distance <= ((allowed - point) ** 2 / scale).sum(axis=1).min() + 1e-6


def test_projection_where_all_is_taken():
    """If this fails, a projection does not end where the smallest orders take the whole resource."""
    limits = Limits(np.array([2.0, 1.0, 0.0]), np.inf, budget(np.array([1.0, 1.0, 1.0]), 3.0))
    limits.check(3)
    assert limits.project(np.array([50.0, 9.0, 7.0]), np.array([1.0, 2.0, 3.0])) == pytest.approx([2, 1, 0], abs=1e-6)
    # In binary, 0.1 + 0.2 is more than 0.3: no step fits, however far back.
    full = Limits(1, np.inf, budget(np.array([0.1, 0.2]), 0.3))
    full.check(2)
    assert full.project(np.array([5.0, 7.0]), np.ones(2)).tolist() == [1.0, 1.0]


def test_rounding_keeps_to_a_resource():
    """If this fails, rounding up breaks a budget that the relaxed quantities keep."""
    limits = Limits(resource=shelf_space(np.ones(2), 3.4))
    assert _rounded(np.array([1.7, 1.7]), limits).tolist() == [1.0, 1.0]
    assert _rounded(np.array([1.4, 1.7]), limits).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("money", [40.0, 75.0, np.inf])
def test_plan_keeps_to_limits_and_is_the_best_of_whole_ones(money):
    """If this fails, a plan breaks its budget or its box, or leaves money on the table that brute force finds."""
    cost = MONEY.each("unit_cost", 3)
    limits = Limits(np.array([0.0, 2.0, 0.0]), np.array([9.0, 9.0, 3.0]), budget(cost, money))
    plan = plan_by_gradient(PATHS, FRESH, MONEY, limits=limits)
    assert limits.allow(plan.quantities)
    assert (plan.quantities == np.round(plan.quantities)).all()
    allowed = [
        np.array(at, float)
        for at in itertools.product(range(10), range(2, 10), range(4))
        if limits.allow(np.array(at, float))
    ]
    best = max(float(path_profits(PATHS, MONEY, at).mean()) for at in allowed)
    assert plan.built_value == pytest.approx(best, rel=0.005)


# Ascent


def test_result_says_what_it_is():
    """If this fails, the plan's numbers are not those of its quantities, or a climb's end is not what it says."""
    plan = plan_by_gradient(PATHS, FRESH, MONEY)
    assert plan.built_value == float(path_profits(PATHS, MONEY, plan.quantities).mean())
    assert plan.value == float(path_profits(FRESH, MONEY, plan.quantities).mean())
    assert plan.draws == FRESH.draws
    assert plan.stationary
    assert plan.best in plan.climbs
    assert plan.iterations == sum(each.iterations for each in plan.climbs)
    assert (plan.gradient == plan.best.gradient).all()
    # A unit earns a few: a gradient that small moves nothing by much.
    assert np.abs(plan.gradient).max() < 0.1
    assert [each.start for each in plan.climbs] == ["independent", "pooled", "alone", "nothing"]


def test_too_few_iterations_are_no_stationary_point():
    """If this fails, a climb that was stopped on its way claims to have arrived."""
    start = np.zeros(3)
    stopped = climb(PATHS, MONEY, Limits(), "nothing", start, iterations=1)
    assert not stopped.stationary
    assert stopped.iterations == 1
    assert np.abs(stopped.gradient).max() > 1
    arrived = climb(PATHS, MONEY, Limits(), "nothing", start)
    assert arrived.stationary
    # At an end, no product gains by a tenth of a unit more or fewer beyond what rounding of draws makes of it.
    here = path_profits(PATHS, MONEY, arrived.relaxed).mean()
    for move in np.concatenate([np.eye(3), -np.eye(3)]) * 10 * CLOSE_ENOUGH:
        assert path_profits(PATHS, MONEY, np.maximum(arrived.relaxed + move, 0)).mean() <= here + 0.2


def test_same_seed_same_plan():
    """If this fails, a plan cannot be made again."""
    first, again = (plan_by_gradient(PATHS, FRESH, MONEY, seed=3) for _ in range(2))
    assert (first.quantities == again.quantities).all()
    assert (first.best.relaxed == again.best.relaxed).all()


def test_own_starts_are_climbed_too():
    """If this fails, a point that somebody wants to start from is left out, or must keep to the limits himself."""
    plan = plan_by_gradient(
        PATHS, FRESH, MONEY, limits=Limits(largest=6.0), starts={"last year": np.array([50.0, 0, 3])}
    )
    assert plan.climbs[-1].start == "last year"
    assert (plan.climbs[-1].quantities <= 6).all()


def test_what_does_not_pay_is_not_stocked():
    """If this fails, a product that costs more than it earns is ordered."""
    dear = dataclasses.replace(MONEY, unit_cost=np.array([4.0, 8.5, 3.0]))
    assert plan_by_gradient(PATHS, FRESH, dear).quantities[1] == 0
    assert independent_newsvendors(PATHS, dear)[1] == 0


def test_nobody_wants_anything():
    """If this fails, a season without demand is stocked for, or ends in an error."""
    nobody = SamplePaths(np.full((3, 2), -1, dtype=np.int32), np.array([0, 2, 3]), 3)
    plan = plan_by_gradient(nobody, nobody, MONEY)
    assert plan.quantities.tolist() == [0, 0, 0]
    assert plan.value == plan.half_width == 0


def test_starts_worked_by_hand():
    """If this fails, a heuristic that the paper compares with is another one.

    Two draws: two want A else B and one B; two want A and two B. At (8 − 4) / (8 − 0) = 1/2 the smaller demand of both
    does: 2 of A and 1 of B; 3 of all, split 4 to 3; and of A or B alone, 2 and 3 takers.
    """
    lists = [[0, 1], [0, 1], [1, -1], [0, -1], [0, -1], [1, -1], [1, -1]]
    paths = SamplePaths(np.array(lists, dtype=np.int32), np.array([0, 3, 7]), 2)
    money = ShelfMoney(8.0, 4.0)
    assert independent_newsvendors(paths, money).tolist() == [2, 1]
    assert pooled_newsvendor(paths, money) == pytest.approx([12 / 7, 9 / 7])
    assert alone(paths, money).tolist() == [2, 0]
    held = dataclasses.replace(money, opening_stock=np.array([5.0, 1.0]))
    assert independent_newsvendors(paths, held).tolist() == [0, 0]


# Complaints

LISTS = np.array([[0, 1], [1, -1]], dtype=np.int32)


@pytest.mark.parametrize(
    ("lists", "start", "message"),
    [
        (np.zeros(3, np.int32), [0, 3], "preferences: must have shape (customers, depth) (got (3,))"),
        (LISTS, [0, 1], "start: must rise from 0 to 2, the number of customers, by draw"),
        (LISTS, [0, 2, 1, 2], "start: must rise from 0 to 2, the number of customers, by draw"),
        (LISTS, [2], "start: must rise from 0 to 2, the number of customers, by draw"),
        (LISTS + np.int32(1), [0, 2], "preferences: must be products from 0 to 1, or -1 behind the last"),
        (LISTS[:, ::-1], [0, 2], "preferences: a product stands behind the end of a list"),
        (np.array([[1, 1]], np.int32), [0, 1], "preferences: a product stands in a list twice"),
    ],
)
def test_paths_that_make_no_sense(lists, start, message):
    """If this fails, compiled code reads beyond its arrays, or a customer meets a product twice."""
    with pytest.raises(ValueError) as told:  # noqa: PT011 the whole text is compared
        SamplePaths(lists, np.array(start), 2)
    assert str(told.value) == message


@pytest.mark.parametrize(
    ("surplus", "customers", "message"),
    [
        (np.zeros((2, 3)), None, "surplus: must have shape (draws, customers, products) (got (2, 3))"),
        (np.full((2, 3, 1), np.nan), None, "surplus: must not be nan"),
        (np.ones((2, 3, 1)), np.array([1, 4]), "customers: must be 2 numbers from 0 to 3"),
        (np.ones((2, 3, 1)), np.array([1]), "customers: must be 2 numbers from 0 to 3"),
    ],
)
def test_surplus_that_makes_no_sense(surplus, customers, message):
    """If this fails, customers are made of what is no surplus."""
    with pytest.raises(ValueError) as told:  # noqa: PT011 the whole text is compared
        paths_by_surplus(surplus, customers)
    assert str(told.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"price": np.ones(2)}, "price: must be a number or have shape (3,) (got (2,))"),
        ({"lost_sale_penalty": np.inf}, "lost_sale_penalty: must be finite"),
        ({"opening_stock": -1.0}, "opening_stock: must be at least 0"),
        ({"left_over_worth": 3.5}, "left_over_worth: a unit of product 1 left over is worth more than it costs"),
        ({"left_over_worth": 3.0}, "left_over_worth: a unit of product 1 left over must be worth less than it costs"),
    ],
)
def test_money_that_makes_no_sense(changes, message):
    """If this fails, a plan is made from numbers that allow none."""
    with pytest.raises(ValueError) as told:  # noqa: PT011 the whole text is compared
        plan_by_gradient(PATHS, FRESH, dataclasses.replace(MONEY, **changes))
    assert str(told.value) == message


ROOM = np.array([1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(smallest=np.ones(2)), "smallest: must be a number or have shape (3,) (got (2,))"),
        (Limits(smallest=0.5), "smallest: must be whole numbers of at least 0"),
        (Limits(smallest=np.inf), "smallest: must be whole numbers of at least 0"),
        (Limits(largest=-1.0), "largest: must be whole numbers of at least 0"),
        (Limits(largest=np.nan), "largest: must be whole numbers of at least 0"),
        (Limits(smallest=3, largest=2), "smallest: must be at most largest"),
        (
            Limits(resource=Resource("supplier capacity", np.ones((2, 3)), np.ones(2))),
            "supplier capacity: must have one row for 3 products (got (2, 3))",
        ),
        (Limits(resource=budget(-ROOM, 5.0)), "budget: use must be finite and at least 0"),
        (Limits(smallest=2, resource=shelf_space(ROOM, 5.0)), "smallest: what must be ordered breaks 'shelf space'"),
    ],
)
def test_limits_that_make_no_sense(limits, message):
    """If this fails, an ascent runs against limits that nothing can keep."""
    with pytest.raises(ValueError) as told:  # noqa: PT011 the whole text is compared
        plan_by_gradient(PATHS, FRESH, MONEY, limits=limits)
    assert str(told.value) == message


@pytest.mark.parametrize(
    ("fresh", "options", "message"),
    [
        (paths_by_surplus(np.ones((2, 3, 2))), {}, "fresh: must have 3 products (got 2)"),
        (paths_by_surplus(np.ones((1, 3, 3))), {}, "fresh: needs two draws or more"),
        (FRESH, {"iterations": 0}, "iterations: must be at least 1 (got 0)"),
        (FRESH, {"starts": {"mine": np.ones(2)}}, "starts: 'mine' must be 3 finite numbers"),
        (FRESH, {"starts": {"mine": np.array([1, np.nan, 0])}}, "starts: 'mine' must be 3 finite numbers"),
    ],
)
def test_questions_that_make_no_sense(fresh, options, message):
    """If this fails, a plan is made without what it needs."""
    with pytest.raises(ValueError) as told:  # noqa: PT011 the whole text is compared
        plan_by_gradient(PATHS, fresh, MONEY, **options)
    assert str(told.value) == message


@pytest.mark.parametrize(
    ("quantities", "message"),
    [
        (np.ones(2), "quantities: must have shape (3,) (got (2,))"),
        (np.array([1.0, -1.0, 0.0]), "quantities: must be finite and at least 0"),
        (np.array([1.0, np.inf, 0.0]), "quantities: must be finite and at least 0"),
    ],
)
def test_quantities_that_make_no_sense(quantities, message):
    """If this fails, less than nothing is stocked, or compiled code reads beyond its arrays."""
    for function in (path_profits, path_sales, path_gradients):
        with pytest.raises(ValueError) as told:  # noqa: PT011 the whole text is compared
            function(PATHS, MONEY, quantities)
        assert str(told.value) == message


def test_promises_that_make_no_sense():
    """If this fails, a promise is measured where no order of customers matters, or from one order alone."""
    season = Season(np.array([[2.0, 1.0]]), np.array([5.0, 4.0]), np.array([2.0, 2.0]), np.zeros(2))
    question = OrderQuestion(season)
    plan = plan_orders(question)
    with pytest.raises(ValueError, match=r"^orders: must be at least 2 \(got 1\)$"):
        promise_of(question, plan, orders=1)
    served = dataclasses.replace(question, firm=FirmDriven(np.ones((2, 2))))
    with pytest.raises(
        ValueError, match=r"^firm: what the firm serves instead does not depend on the order of customers$"
    ):
        promise_of(served, plan)
    halves = dataclasses.replace(season, demand=np.array([[1.5, 1.0]]))
    with pytest.raises(ValueError, match=r"^demand: must be whole numbers, for customers to come one by one$"):
        paths_of_season(halves, np.zeros((2, 2)), seed=0)
    nothing = dataclasses.replace(season, demand=np.zeros((1, 2)))
    empty = OrderQuestion(nothing)
    assert np.isnan(promise_of(empty, plan_orders(empty), orders=2).share)
