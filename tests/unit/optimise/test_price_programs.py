"""Programs of prices: certificates of their optima, shadow prices, and what each constraint looks like in a file."""

from pathlib import Path

import numpy as np
import pytest

from demandshift.models.optimise.choice_based import choice_based_plan, choice_based_prices, restricted_program
from demandshift.models.optimise.fluid import DemandCurves, fluid_plan, fluid_program
from demandshift.models.optimise.ladder import SHUT, LadderMarket, logit_weights, outside_with_rivals
from demandshift.models.optimise.markdown import Waiting, markdown_program
from demandshift.models.optimise.offer_sets import LatentClassSets, LogitSets, OfferSet
from demandshift.models.optimise.price_plan import NEGLIGIBLE, margin_of, offered_sets
from demandshift.models.optimise.sales_based import quickest_method, sales_based_plan, sales_based_program
from demandshift.models.optimise.solver import solve, write

FILES = Path(__file__).parent / "lp"
CLOSE = 1e-6


def market_of(seed, segments=2, products=3, points=3, periods=2, tightness=0.3):
    """Return a market with random tastes and stocks that a share of the customers would empty."""
    rng = np.random.default_rng(seed)
    prices = np.sort(rng.uniform(3, 9, (products, points)), axis=1)[:, ::-1]
    weights = logit_weights(rng.uniform(3, 8, (segments, products)), rng.uniform(0.8, 2, segments), prices)
    weights = weights[..., None] * rng.uniform(0.6, 1.4, (1, products, 1, periods))
    arrivals = rng.uniform(10, 30, (segments, periods))
    capacity = rng.uniform(0.5, 1.5, products) * tightness * arrivals.sum() / products
    return LadderMarket.of(prices, weights, arrivals, capacity=capacity, unit_cost=rng.uniform(0, 1, products))


def check_certificate(program, solution):
    """Check that a solution is feasible, and that its shadow prices prove that nothing is better."""
    matrix = program.matrix()
    rows = np.repeat(np.arange(program.row_count), np.diff(matrix.start))
    point = np.concatenate(list(solution.values.values()))
    duals = np.concatenate(list(solution.duals.values()))
    reached = np.bincount(rows, weights=matrix.value * point[matrix.column], minlength=program.row_count)
    lower, upper = program.row_array("lower"), program.row_array("upper")
    size = 1 + np.abs(reached)
    assert (reached >= lower - CLOSE * size).all()
    assert (reached <= upper + CLOSE * size).all()
    low, up = program.column_array("lower"), program.column_array("upper")
    assert (point >= low - CLOSE).all()
    assert (point <= up + CLOSE).all()
    priced = np.bincount(matrix.column, weights=matrix.value * duals[rows], minlength=program.column_count)
    reduced = program.column_array("objective") - priced
    scale = 1 + np.abs(program.column_array("objective"))
    # Maximised: a price above 0 belongs to a row at its upper bound, below 0 to one at its lower bound.
    assert (duals[(reached < upper - 1e-5 * size)] <= CLOSE * scale.max()).all()
    assert (duals[(reached > lower + 1e-5 * size)] >= -CLOSE * scale.max()).all()
    assert (reduced[point < up - 1e-5] <= CLOSE * scale[point < up - 1e-5]).all()
    assert (reduced[point > low + 1e-5] >= -CLOSE * scale[point > low + 1e-5]).all()
    at_rows = np.where(duals > 0, upper, lower)
    at_columns = np.where(reduced > 0, up, low)
    used, held = np.abs(duals) > 1e-9, np.abs(reduced) > CLOSE * scale
    dual_value = program.constant + duals[used] @ at_rows[used] + reduced[held] @ at_columns[held]
    assert dual_value == pytest.approx(solution.objective, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("method", ["choose", "ipm"])
def test_sales_based_certificate(seed, linked, method):
    """If this fails, a value is called optimal although a price or a sale could be better."""
    program = sales_based_program(market_of(seed), linked=linked)
    check_certificate(program, solve(program, method=method))


@pytest.mark.parametrize("seed", range(3))
def test_fluid_and_choice_based_certificates(seed):
    """If this fails, the prices of seats or of time do not prove the optimum."""
    rng = np.random.default_rng(seed)
    curves = DemandCurves.of(
        rng.uniform(1, 9, (4, 3)),
        rng.uniform(0, 20, (4, 3, 2)),
        usage=rng.integers(0, 2, (2, 4)),
        capacity=[15.0, 30.0],
    )
    program = fluid_program(curves)
    check_certificate(program, solve(program))
    sets = [
        [OfferSet((), 0.0, np.zeros(4)), *(OfferSet((j,), 3.0 + j, np.eye(4)[j] * rng.random()) for j in range(4))]
    ] * 2
    program = restricted_program(sets, [10.0, 20.0], np.ones((1, 4)), np.array([6.0]))
    check_certificate(program, solve(program))


def moved(market, resource, by):
    """Return the market with more or less of one resource."""
    capacity = market.capacity.copy()
    capacity[resource] += by
    return LadderMarket.of(
        market.prices, market.weights, market.arrivals, capacity=capacity, unit_cost=market.unit_cost
    )


@pytest.mark.parametrize("seed", range(3))
def test_bid_prices_lie_between_one_sided_differences(seed):
    """If this fails, what a further unit of a stock is said to be worth is not what it would earn."""
    market = market_of(seed)
    plan = sales_based_plan(market)
    assert (plan.bid_prices > 0.01).any(), "nothing is scarce: no power"
    for resource in range(3):
        step = 0.05
        gained = (sales_based_plan(moved(market, resource, step)).value - plan.value) / step
        lost = (plan.value - sales_based_plan(moved(market, resource, -step)).value) / step
        assert gained - 1e-6 <= plan.bid_prices[resource] <= lost + 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_can_be_followed(seed):
    """If this fails, a plan sells more than it has, or charges two prices at a time."""
    market = market_of(seed, segments=1)
    plan = sales_based_plan(market)
    assert plan.exact
    assert (plan.sold.sum(axis=1) <= market.capacity + 1e-6).all()
    assert (plan.open_shares <= 1).all()
    assert (plan.time_shares >= 0).all()
    assert plan.value == pytest.approx(margin_of(market, plan.sales))
    low, high = market.prices.min(axis=1)[:, None], market.prices.max(axis=1)[:, None]
    assert ((low - 1e-9 <= plan.mean_prices()) & (plan.mean_prices() <= high + 1e-9)).all()
    points = plan.nearest_points()
    assert plan.prices() == pytest.approx(np.take_along_axis(market.prices, points, axis=1))
    assert (
        np.abs(plan.prices() - plan.mean_prices())[:, :, None]
        <= np.abs(market.prices[:, None] - plan.mean_prices()[:, :, None]) + 1e-9
    ).all()


@pytest.mark.parametrize("seed", range(5))
def test_sets_of_offers_sell_what_the_plan_says(seed):
    """If this fails, splitting periods in proportion does not sell the plan, or a product has two prices in a set."""
    market = market_of(seed, segments=1, products=5, points=4, periods=3)
    plan = sales_based_plan(market)
    for period in range(3):
        parts = offered_sets(market, plan.sales, 0, period)
        assert sum(each.share for each in parts) == pytest.approx(1, abs=1e-6)
        sold, in_force = np.zeros((5, 4)), np.zeros((5, 4))
        for each in parts:
            path = np.repeat(each.points[:, None], 3, axis=1)
            offered = each.points != SHUT
            sold[offered, each.points[offered]] += each.share * market.expected_sales(path)[0, offered, period]
            in_force[offered, each.points[offered]] += each.share
        assert sold == pytest.approx(plan.sales[0, :, :, period], abs=1e-5)
        assert in_force == pytest.approx(plan.time_shares[:, :, period], abs=1e-6)


def test_a_hard_shortage_is_feasible_and_keeps_prices():
    """If this fails, an empty shop stops the run, or goes on with prices of zero."""
    market = market_of(1)
    plan = sales_based_plan(moved(market, slice(None), -market.capacity))
    assert plan.value == pytest.approx(0, abs=1e-9)
    assert plan.sold.max() <= NEGLIGIBLE
    assert plan.prices() == pytest.approx(np.repeat(market.prices.max(axis=1)[:, None], market.periods, axis=1))


def test_a_period_without_customers():
    """If this fails, a period in which nobody comes breaks the time shares of the others."""
    market = LadderMarket.of([[4.0, 3.0]], [[[1.0, 2.0]]], [[0.0, 10.0]], capacity=2.0)
    plan = sales_based_plan(market)
    assert plan.time_shares[:, :, 0].sum() == 0
    assert plan.sold[0] == pytest.approx([0, 2.0])
    assert plan.prices()[0, 0] == 4.0


def test_nothing_that_nobody_wants_is_sold():
    """If this fails, a product without demand is in the plan."""
    weights = np.array([[[1.0], [0.0]]])
    plan = sales_based_plan(LadderMarket.of([[4.0], [40.0]], weights, [[10.0]]))
    assert plan.sold[:, 0] == pytest.approx([5.0, 0.0])


def test_large_programs_take_the_interior_point():
    """If this fails, the program of the benchmark takes ten times as long."""
    assert quickest_method(market_of(0)) == "choose"
    large = LadderMarket.of(np.ones((100, 10)), np.ones((1, 100, 10)), np.ones((1, 30)))
    assert quickest_method(large) == "ipm"


def test_a_warm_start_ends_at_the_same_value():
    """If this fails, re-solving with what is left starts from a wrong point and stays there."""
    market = market_of(2)
    first = sales_based_plan(market)
    less = moved(market, 0, -1.0)
    again = sales_based_plan(less, warm_start=first.solution)
    assert again.value == pytest.approx(sales_based_plan(less).value, rel=1e-9)


def tiny():
    """Return one segment and two products, the first with two prices and a seat of its own, on one flight."""
    return LadderMarket.of(
        [[10.0, 8.0], [6.0, 6.0]],
        [[[0.5, 1.0], [2.0, 0.0]]],
        [[30.0, 20.0]],
        outside=2.0,
        usage=[[1.0, 0.0], [1.0, 1.0]],
        capacity=[4.0, 12.0],
        unit_cost=[1.0, 0.0],
    )


def waiting():
    """Return a waiting cost that leaves four fifths of an attraction, to customers of scale 1."""
    return Waiting(np.array([[0.0, np.log(1.25)]]), np.array([1.0]))


def sets():
    """Return what the choice-based program starts from for two phases."""
    both = OfferSet((0, 1), 3.0, np.array([0.25, 0.5]))
    return [[both, OfferSet((0,), 2.0, np.array([0.5, 0.0]))], [both]]


PROGRAMS = {
    "sales_based": (lambda: sales_based_program(tiny(), labels=True), ["customers", "scale", "stock"]),
    "sales_based_linked": (
        lambda: sales_based_program(tiny(), linked=True, labels=True),
        ["one price", "most", "least"],
    ),
    "markdown": (
        lambda: markdown_program(tiny(), most_changes=1, waiting=waiting(), opening_points=[0, 0]),
        ["one price", "customers", "scale", "price", "best date", "stock", "markdown", "change", "changes"],
    ),
    "fluid": (
        lambda: fluid_program(
            DemandCurves.of([[5.0, 3.0]], [[[2.0, 4.0], [6.0, 0.0]]], usage=[[1.0], [2.0]], capacity=[4.0, 9.0])
        ),
        ["one price", "stock"],
    ),
    "choice_based": (
        lambda: restricted_program(sets(), [10.0, 20.0], np.array([[1.0, 1.0]]), np.array([8.0])),
        ["stock", "time"],
    ),
    "best_offer_set": (
        lambda: LatentClassSets(
            [4.0, 3.0, 5.0], [[1.0, 2.0, 0.0], [0.0, 1.0, 4.0]], [1.0, 2.0], [0.5, 0.25], [0, 0, 1]
        ).exact_program(np.array([1.0, 0.0, 2.0]))[0],
        ["unit", "offered at most", "offered at least", "scale", "one price"],
    ),
}


@pytest.mark.parametrize(("name", "family"), [(name, row) for name, (_, rows) in PROGRAMS.items() for row in rows])
def test_each_constraint_as_a_file(name, family, tmp_path):
    """If this fails, a constraint says something else than the small program that states what is expected of it."""
    program = PROGRAMS[name][0]()
    file = f"{name}-{family.replace(' ', '_')}.lp"
    write(program, tmp_path / file, rows=[family])
    assert (tmp_path / file).read_text(encoding="utf-8") == (FILES / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_constraint_is_without_a_file(name):
    """If this fails, a family of constraints was added and nobody stated what is expected of it."""
    stated = set(PROGRAMS[name][1]) | (set(PROGRAMS["sales_based"][1]) if name == "sales_based_linked" else set())
    assert set(PROGRAMS[name][0]().row_families) == stated


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prices": [1.0]}, "prices: shape"),
        ({"weights": np.ones((1, 3, 2))}, "weights: shape"),
        ({"weights": -np.ones((1, 2, 2))}, "weights: must be at least 0"),
        ({"weights": np.full((1, 2, 2), np.nan)}, "weights: must be finite"),
        ({"outside": 0.0}, "outside: must be above 0"),
        ({"arrivals": [[-1.0]]}, "arrivals"),
        ({"usage": np.ones((2, 3))}, "usage: shape"),
        ({"capacity": [1.0, 2.0, 3.0]}, "capacity: shape"),
        ({"capacity": np.nan}, "capacity: must be finite"),
        ({"unit_cost": np.inf}, "unit_cost: must be finite"),
    ],
)
def test_markets_that_have_no_meaning(change, said):
    """If this fails, a market of wrong shape or sign reaches the solver."""
    settings = {"prices": np.ones((2, 2)), "weights": np.ones((1, 2, 2)), "arrivals": [[1.0]]}
    with pytest.raises(ValueError, match=said):
        LadderMarket.of(**{**settings, **change})


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: logit_weights([[1.0]], 0.0, [[1.0]]), "scale"),
        (lambda: logit_weights([[1e6]], 1.0, [[1.0]]), "no number"),
        (lambda: market_of(0).weights_at(np.zeros((1, 1), dtype=int)), "points: shape"),
        (lambda: DemandCurves.of([[1.0]], [[1.0]]), "do not fit"),
        (lambda: DemandCurves.of([[1.0]], [[[-1.0]]]), "demand: must be at least 0"),
        (lambda: DemandCurves.of([[1.0]], [[[np.inf]]]), "demand: must be finite"),
        (lambda: DemandCurves.of([[1.0]], [[[1.0]]], usage=[[1.0, 1.0]]), "usage: shape"),
        (lambda: LogitSets([1.0], [1.0], 0.0), "outside"),
        (lambda: LogitSets([1.0, 2.0], [1.0]), "do not fit"),
        (lambda: LogitSets([np.nan], [1.0]), "margins"),
        (lambda: LogitSets([1.0], [-1.0]), "weights"),
        (lambda: LogitSets([1.0], [1.0], 1.0, [-1]), "products"),
        (lambda: LatentClassSets([1.0], [[1.0]], [1.0], [-1.0]), "rates"),
        (lambda: choice_based_plan([], np.ones((1, 1)), [1.0]), "at least one"),
        (lambda: choice_based_plan([(LogitSets([1.0], [1.0]), 1.0)], np.ones((2, 1)), [1.0]), "do not fit"),
    ],
)
def test_numbers_that_have_no_meaning(call, said):
    """If this fails, a wrong input gives a plan instead of an error."""
    with pytest.raises(ValueError, match=said):
        call()


def test_a_fluid_plan_of_connecting_flights():
    """If this fails, a connecting passenger takes one seat instead of two, or a dear local one is turned away for him.

    Two legs of 10 seats, local fares 100, a connection for 150: locals first (demand 8 each), the two seats left on
    each leg for connections.
    """
    curves = DemandCurves.of(
        [[100.0], [100.0], [150.0]], [[[8.0]], [[8.0]], [[8.0]]], usage=[[1, 0, 1], [0, 1, 1]], capacity=10.0
    )
    plan = fluid_plan(curves)
    assert plan.value == pytest.approx(2 * 800 + 2 * 150)
    assert plan.sales[:, 0, 0] == pytest.approx([8, 8, 2])
    assert plan.bid_prices.sum() == pytest.approx(150)
    assert plan.mean_prices()[:, 0] == pytest.approx([100, 100, 150])
    assert plan.prices().tolist() == [[100], [100], [150]]
    assert plan.nearest_points().tolist() == [[0], [0], [0]]
    again = fluid_plan(curves, warm_start=plan.solution)
    assert again.value == pytest.approx(plan.value)


@pytest.mark.parametrize("capacity", [np.inf, 12.0])
def test_prices_for_welfare(capacity):
    """If this fails, consumer surplus does not count, or customers' money counts twice.

    Without a limit the best price for welfare is the unit cost, for profit the monopoly price; with stock this scarce
    both ask for the price at which it just lasts. Never is the price for welfare above the one for profit.
    """
    prices = np.array([[2.0, 3.0, 4.0, 5.0, 6.0]])
    market = LadderMarket.of(
        prices, logit_weights([[4.0]], 1.0, prices), [[20.0, 40.0]], capacity=capacity, unit_cost=2.0
    )
    profit, _ = choice_based_prices(market)
    welfare, sets = choice_based_prices(market, welfare_scale=1.0)
    assert (welfare.mean_prices() <= profit.mean_prices() + 1e-9).all()
    assert sets.bound == pytest.approx(sets.value)
    if np.isinf(capacity):
        assert welfare.prices().tolist() == [[2.0, 2.0]]
        assert profit.prices().tolist() == [[4.0, 4.0]]
        assert sets.value == pytest.approx(60 * np.log1p(np.exp(2.0)))
        assert welfare.value == pytest.approx(0.0, abs=1e-9)
        assert profit.value > 10
    else:
        assert welfare.sold.sum() == pytest.approx(12.0) == profit.sold.sum()
        assert welfare.value == pytest.approx(profit.value)


def test_rivals_at_given_prices():
    """If this fails, a rival's lower price takes no customers from the firm."""
    outside = outside_with_rivals([[5.0, 3.0]], 2.0, [[4.0, 2.0], [3.0, 3.0]])
    assert outside == pytest.approx(np.array([[1 + np.exp(0.5) + 1, 1 + np.exp(1.5) + 1]]))
    prices = np.array([[4.0]])
    market = LadderMarket.of(prices, logit_weights([[5.0]], 2.0, prices), [[10.0, 10.0]], outside=outside)
    sold = sales_based_plan(market).sold[0]
    assert sold == pytest.approx(10 * np.exp(0.5) / (np.exp(0.5) + outside[0]))
    assert sold[1] < sold[0]


def test_attractions_of_any_size():
    """If this fails, a solver drops small coefficients, and customers who nearly all buy take what suits the firm.

    Attractions a million times those of buying nothing, one product twice as attractive as the other.
    """
    market = LadderMarket.of([[5.0], [6.0]], [[[2e6], [1e6]]], [[30.0]], unit_cost=[0.0, 5.5])
    dear = LadderMarket.of([[5.0], [6.0]], [[[2e6], [1e6]]], [[30.0]])
    assert sales_based_plan(market).sold[:, 0] == pytest.approx([30, 0], abs=1e-4)
    assert sales_based_plan(dear).sold[:, 0] == pytest.approx([0, 30], abs=1e-4)
    both = LadderMarket.of([[6.0], [6.0]], [[[2e6], [1e6]]], [[30.0]], capacity=[np.inf, 10.0])
    assert sales_based_plan(both).value == pytest.approx(180, rel=1e-5)
    fewer = LadderMarket.of([[3.0], [6.0]], [[[2e6], [1e6]]], [[30.0]], usage=[[1.0, 1.0]], capacity=[29.0])
    assert sales_based_plan(fewer).value == pytest.approx(29 * 6, rel=1e-5)
    with pytest.raises(ValueError, match="scale is too small"):
        sales_based_plan(LadderMarket.of([[5.0, 1.0]], [[[1.0, 1e13]]], [[30.0]]))
    nobody = sales_based_plan(LadderMarket.of([[5.0, 1.0]], [[[1e-20, 1.0]]], [[30.0]]))
    assert nobody.sales[0, 0, :, 0] == pytest.approx([0, 15])
