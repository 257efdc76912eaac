"""Orders before a season, against searches, against the same program written out in full, and against common sense."""

import dataclasses
import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from demandshift.models.optimise.orders import order_program, plan_orders, quickest_method, value_of
from demandshift.models.optimise.outcome import InfeasibleError
from demandshift.models.optimise.season import (
    FirmDriven,
    Lots,
    OrderQuestion,
    Resource,
    Season,
    budget,
    shelf_space,
    supplier_capacity,
)
from demandshift.models.optimise.season_end import own_demand_first

CLOSE = 1e-6


def drawn(seed: int, draws: int = 6, size: int = 3, **changes) -> Season:
    """Return a season of random numbers."""
    rng = np.random.default_rng(seed)
    cost = rng.uniform(2, 5, size)
    season = Season(
        demand=rng.integers(0, 9, (draws, size)).astype(float),
        price=cost + rng.uniform(1, 6, size),
        unit_cost=cost,
        salvage=0.4 * cost,
        disposal_cost=0.1,
        holding_cost=0.2,
        lost_sale_penalty=1.5,
        opening_stock=rng.integers(0, 3, size).astype(float),
        weight=rng.dirichlet(np.ones(draws)),
    )
    return dataclasses.replace(season, **changes)


def some_shares(seed: int, size: int = 3) -> np.ndarray:
    """Return random shares of those who move."""
    shares = np.random.default_rng(seed).random((size, size))
    np.fill_diagonal(shares, 0)
    return 0.8 * shares / shares.sum(axis=1, keepdims=True)


def written_out(question: OrderQuestion) -> float:
    """Return the optimum of the same program with a variable for every customer flow, built row by row for scipy."""
    season, size = question.season, question.season.size
    shares = np.zeros((size, size)) if question.shares is None else question.shares
    price, cost = season.each(season.price), season.each(season.unit_cost)
    penalty, worth = season.each(season.lost_sale_penalty), season.left_over_worth
    opening = season.each(season.opening_stock)
    firm = question.firm
    names = [("order", j) for j in range(size)]
    for n, i, j in itertools.product(range(season.draws), range(size), range(size)):
        names.append(("counter", n, i, j))
        if firm is not None and i != j and np.isfinite(firm.cost[i, j]):
            names.append(("firm", n, i, j))
    at = {name: position for position, name in enumerate(names)}
    gain, rows, sides = np.zeros(len(names)), [], []
    gain[:size] = worth - cost

    def row(entries, side) -> None:
        line = np.zeros(len(names))
        for name, value in entries:
            if name in at:
                line[at[name]] += value
        rows.append(line)
        sides.append(side)

    for n in range(season.draws):
        weight = season.weights[n]
        for i in range(size):
            asked = [("counter", n, i, i)] + [("firm", n, i, k) for k in range(size)]
            gone = [("counter", n, i, k) for k in range(size) if k != i]
            row([(name, 1) for name in asked + gone], season.demand[n, i])
            for j in range(size):
                gain[at["counter", n, i, j]] = weight * (price[j] - worth[j] + penalty[i])
                if i != j:
                    # Moves are at most the share of those who were served with nothing by the firm.
                    limit = [(("counter", n, i, j), 1)] + [(name, shares[i, j]) for name in asked]
                    row(limit, shares[i, j] * season.demand[n, i])
                if ("firm", n, i, j) in at:
                    ratio = np.broadcast_to(firm.ratio, (size, size))[i, j]
                    gain[at["firm", n, i, j]] = weight * (price[i] - firm.cost[i, j] + penalty[i] - ratio * worth[j])
                    row(
                        [(("firm", n, i, j), 1)],
                        np.broadcast_to(firm.share_cap, (size, size))[i, j] * season.demand[n, i],
                    )
        for j in range(size):
            used = [(("counter", n, i, j), 1) for i in range(size)]
            if firm is not None:
                used += [(("firm", n, i, j), np.broadcast_to(firm.ratio, (size, size))[i, j]) for i in range(size)]
            row([*used, (("order", j), -1)], opening[j])
    for resource in question.resources:
        for use, capacity in zip(resource.use, resource.capacity, strict=True):
            row([(("order", j), use[j]) for j in range(size)], capacity)
    upper = [(0, most) for most in season.each(question.largest)] + [(0, None)] * (len(names) - size)
    best = linprog(-gain, A_ub=np.array(rows), b_ub=np.array(sides), bounds=upper)
    assert best.status == 0
    return float(-best.fun + worth @ opening - penalty @ (season.weights @ season.demand))


QUESTIONS = {
    "no flows": lambda seed: OrderQuestion(drawn(seed)),
    "customers": lambda seed: OrderQuestion(drawn(seed), shares=some_shares(seed)),
    "customers, penalties that differ": lambda seed: OrderQuestion(
        drawn(seed, lost_sale_penalty=np.array([0.0, 1.0, 3.0])), shares=some_shares(seed)
    ),
    "firm": lambda seed: OrderQuestion(drawn(seed), firm=FirmDriven(np.full((3, 3), 0.5), ratio=1.5, share_cap=0.6)),
    "firm, some pairs": lambda seed: OrderQuestion(
        drawn(seed), firm=FirmDriven(np.array([[0, 0.2, np.inf], [np.inf, 0, 0.1], [np.inf] * 3]))
    ),
    "both": lambda seed: OrderQuestion(
        drawn(seed), shares=some_shares(seed), firm=FirmDriven(np.full((3, 3), 1.0), share_cap=0.3)
    ),
    "both, penalties that differ": lambda seed: OrderQuestion(
        drawn(seed, lost_sale_penalty=np.array([0.0, 1.0, 3.0])),
        shares=some_shares(seed),
        firm=FirmDriven(np.full((3, 3), 1.0), share_cap=0.3),
    ),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", QUESTIONS)
def test_tight_program_is_the_one_written_out(kind, seed):
    """If this fails, a short cut of the formulation changed what it means, with or without limits on the orders."""
    question = QUESTIONS[kind](seed)
    assert plan_orders(question).value == pytest.approx(written_out(question), abs=CLOSE)
    cost = question.season.each(question.season.unit_cost)
    limited = dataclasses.replace(
        question, resources=[budget(cost, 20.0), supplier_capacity(np.array([0, 1, 1]), np.array([2.0, 3.0]))]
    )
    plan = plan_orders(limited)
    assert plan.value == pytest.approx(written_out(limited), abs=CLOSE)
    assert cost @ plan.quantities <= 20 + CLOSE


@pytest.mark.parametrize("kind", QUESTIONS)
def test_draws_add_up_to_the_value(kind):
    """If this fails, confidence limits are drawn around other figures than the program's value."""
    question = QUESTIONS[kind](5)
    season = question.season
    plan = plan_orders(question)
    assert season.weights @ plan.draw_values == pytest.approx(plan.value, abs=CLOSE)
    assert plan.bound == plan.value
    assert (plan.flows >= -CLOSE).all()
    asked = season.weights @ season.demand
    assert (plan.flows.sum(axis=1) <= asked + CLOSE).all()
    assert plan.flows.sum() <= plan.sold.sum() + CLOSE
    again = value_of(question, plan.quantities)
    assert again.value == pytest.approx(plan.value, abs=CLOSE)
    assert again.quantities == pytest.approx(plan.quantities)


def test_flows_go_from_the_missing_to_the_available():
    """If this fails, the direction of substitution is turned: those who want tea, which is short, would buy tea."""
    season = Season(
        demand=np.array([[10.0, 4.0]]), price=np.array([5.0, 4.0]), unit_cost=np.array([1.0, 1.0]), salvage=np.zeros(2),
        products=("tea", "milk"),
    )  # fmt: skip
    tea_to_milk = np.array([[0.0, 0.5], [0.0, 0.0]])
    plan = plan_orders(OrderQuestion(season, shares=tea_to_milk, largest=np.array([2.0, np.inf])))
    # Two buy tea; of the eight who find none, four take milk, beside the four who came for it.
    assert plan.quantities == pytest.approx([2, 8])
    assert plan.flows == pytest.approx(np.array([[0.0, 4.0], [0.0, 0.0]]))
    assert plan.value == pytest.approx(2 * 4 + 8 * 3)
    turned = plan_orders(OrderQuestion(season, shares=tea_to_milk.T, largest=np.array([2.0, np.inf])))
    assert turned.quantities == pytest.approx([2, 4])
    assert turned.flows == pytest.approx(np.zeros((2, 2)))
    assert turned.value == pytest.approx(2 * 4 + 4 * 3)


def test_firm_serves_the_missing_with_the_available():
    """If this fails, the firm gives what is asked for in place of what it has, or at the wrong price."""
    season = Season(
        demand=np.array([[6.0, 1.0]]), price=np.array([5.0, 9.0]), unit_cost=np.array([1.0, 2.0]), salvage=np.zeros(2)
    )
    upgrade = np.array([[np.inf, 0.25], [np.inf, np.inf]])
    plan = plan_orders(OrderQuestion(season, firm=FirmDriven(upgrade), largest=np.array([2.0, np.inf])))
    assert plan.quantities == pytest.approx([2, 5])
    assert plan.flows[0, 1] == pytest.approx(4)
    assert plan.value == pytest.approx(2 * 4 + 1 * 7 + 4 * (5 - 0.25 - 2))
    capped = FirmDriven(upgrade, share_cap=0.5, ratio=2.0)
    plan = plan_orders(OrderQuestion(season, firm=capped, largest=np.array([2.0, np.inf])))
    assert plan.flows[0, 1] == pytest.approx(3)
    assert plan.quantities == pytest.approx([2, 1 + 3 * 2])
    assert plan.sold == pytest.approx([2, 7])


@pytest.mark.parametrize("seed", range(4))
def test_customers_program_relaxes_own_demand_first(seed):
    """If this fails, what is called a relaxation is none: a season that it should bound earns more."""
    penalties = {} if seed % 2 else {"lost_sale_penalty": np.array([0.0, 1.0, 3.0])}
    question = OrderQuestion(drawn(seed, **penalties), shares=some_shares(seed))
    best = plan_orders(question).value
    for quantities in itertools.product(range(0, 10, 2), repeat=3):
        given = np.array(quantities, dtype=float)
        promised, kept = value_of(question, given), own_demand_first(question, given)
        assert (promised.draw_values >= kept - CLOSE).all()
        assert promised.value <= best + CLOSE


def test_own_demand_first_by_hand():
    """If this fails, the convention that the program relaxes is not the one of the literature."""
    season = Season(
        demand=np.array([[10.0, 2.0], [1.0, 1.0]]), price=np.array([5.0, 4.0]), unit_cost=np.array([1.0, 1.5]),
        salvage=np.array([0.5, 0.25]), lost_sale_penalty=np.array([0.1, 0.2]),
    )  # fmt: skip
    question = OrderQuestion(season, shares=np.array([[0.0, 0.5], [1.0, 0.0]]))
    earned = own_demand_first(question, np.array([4.0, 4.0]))
    # Six miss tea, three ask for milk, of which two are left; then nobody misses anything and three of each stay.
    assert earned == pytest.approx([4 * 5 + 4 * 4 - 4 * 0.1 - 10, 5 + 4 + 3 * 0.5 + 3 * 0.25 - 10])


def test_two_products_without_a_reason_to_turn_away_own_customers():
    """If this fails, the relaxation promises more even where moving anybody earns less than serving him."""
    season = drawn(7, draws=8, size=2, price=np.array([8.0, 8.0]), unit_cost=np.array([4.0, 4.0]), salvage=np.ones(2))
    question = OrderQuestion(season, shares=np.array([[0.0, 0.4], [0.7, 0.0]]))
    for quantities in itertools.product(range(0, 10, 3), repeat=2):
        given = np.array(quantities, dtype=float)
        assert season.weights @ own_demand_first(question, given) == pytest.approx(
            value_of(question, given).value, abs=CLOSE
        )


@pytest.mark.parametrize("shares", [None, some_shares(3)])
def test_lots_match_a_search(shares):
    """If this fails, packs or smallest orders are broken, or a better order of whole packs exists."""
    question = OrderQuestion(
        drawn(11, draws=4),
        shares=shares,
        resources=[shelf_space(np.array([1.0, 2.0, 1.0]), 20.0, opening_stock=drawn(11, draws=4).opening_stock)],
        lots=Lots(pack=np.array([2, 3, 1]), minimum=np.array([4, 1, 2])),
    )
    plan = plan_orders(question)
    allowed = itertools.product([0, *range(4, 15, 2)], range(0, 15, 3), [0, *range(2, 15)])
    room = question.resources[0]
    fitting = [np.array(each, dtype=float) for each in allowed if (room.use @ np.array(each) <= room.capacity).all()]
    searched = max(value_of(question, each).value for each in fitting)
    assert plan.value == pytest.approx(searched, abs=CLOSE)
    assert plan.bound >= plan.value - CLOSE
    assert plan.shadow_prices == {}
    assert any(np.allclose(plan.quantities, each) for each in fitting)


def test_a_pack_larger_than_all_demand():
    """If this fails, the limit on useful orders cuts a pack in two and nothing can be ordered."""
    season = Season(np.array([[5.0]]), np.array([10.0]), np.array([1.0]), np.array([0.5]))
    assert plan_orders(OrderQuestion(season, lots=Lots(pack=12))).quantities == pytest.approx([12])
    assert plan_orders(OrderQuestion(season, lots=Lots(minimum=8))).quantities == pytest.approx([8])
    none = plan_orders(OrderQuestion(season, lots=Lots(pack=12), largest=11))
    assert none.quantities == pytest.approx([0])
    none = plan_orders(OrderQuestion(season, lots=Lots(minimum=8), largest=7))
    assert none.quantities == pytest.approx([0])


def test_product_without_demand_is_not_ordered():
    """If this fails, shelves fill with what nobody asks for, though it costs nothing to have it."""
    season = Season(
        np.array([[5.0, 0.0], [7.0, 0.0]]), np.array([10.0, 10.0]), np.array([1.0, 0.0]), np.array([0.0, 0.0])
    )
    assert plan_orders(OrderQuestion(season)).quantities[1] == 0
    assert plan_orders(OrderQuestion(season, shares=np.array([[0, 0], [0.5, 0]]))).quantities[1] == 0
    asked = plan_orders(OrderQuestion(season, shares=np.array([[0, 0.5], [0, 0]]), largest=np.array([0, np.inf])))
    assert asked.quantities[1] == pytest.approx(3.5)


def test_hard_shortage_is_feasible():
    """If this fails, a budget of nothing against large demand is an error instead of lost customers."""
    season = drawn(2, opening_stock=0.0)
    for flows in ({}, {"shares": some_shares(2)}, {"firm": FirmDriven(np.ones((3, 3)))}):
        plan = plan_orders(OrderQuestion(season, resources=[budget(season.unit_cost, 0.0)], **flows))
        assert plan.quantities.tolist() == [0, 0, 0]
        assert plan.value == pytest.approx(-1.5 * (season.weights @ season.demand).sum())


def test_shadow_prices_lie_between_the_differences():
    """If this fails, the plan says that another unit of money or shelf is worth what it is not."""
    season = drawn(9, draws=12)
    shares = some_shares(9)

    def worth(money: float) -> float:
        return plan_orders(OrderQuestion(season, shares=shares, resources=[budget(season.unit_cost, money)])).value

    price = plan_orders(OrderQuestion(season, shares=shares, resources=[budget(season.unit_cost, 25.0)])).shadow_prices
    assert worth(26) - worth(25) - CLOSE <= price["budget"][0] <= worth(25) - worth(24) + CLOSE
    assert price["budget"][0] > 0.01


def test_resource_that_cannot_be_kept_is_named():
    """If this fails, a minimum that breaks a budget is not told from a bug."""
    season = drawn(2, opening_stock=0.0, products=("tea", "milk", "jam"))
    must = Resource("promised", -np.array([[0.0, 1.0, 0.0]]), np.array([-6.0]), ("milk",))
    question = OrderQuestion(season, resources=[must, budget(season.unit_cost, 3.0)])
    with pytest.raises(InfeasibleError, match=r"something must give way in '(promised|budget)' \((milk|all) by "):
        plan_orders(question)


WRONG = {
    "demand: must have shape (draws, products) (got (3,))": {"demand": np.ones(3)},
    "demand: must be finite and at least 0": {"demand": -np.ones((1, 3))},
    "opening_stock: must be at least 0": {"opening_stock": -1.0},
    "weight: must be probabilities that add up to 1": {"weight": np.full(6, 0.2)},
    "salvage: a unit of 'b' left over is worth more than it costs": {
        "salvage": np.array([0.0, 99.0, 0.0]),
        "products": ("a", "b", "c"),
    },
}


@pytest.mark.parametrize("message", WRONG)
def test_seasons_that_make_no_sense(message):
    """If this fails, a slip in the figures becomes a plan."""
    with pytest.raises(ValueError) as failure:  # noqa: PT011 the text is compared in full
        order_program(OrderQuestion(drawn(1, **WRONG[message])))
    assert str(failure.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shares": np.zeros((2, 2))}, r"shares: must have shape \(3, 3\) \(got \(2, 2\)\)"),
        ({"shares": np.eye(3)}, "shares: must be at least 0, add up to at most 1 by origin, and be 0 for the origin"),
        ({"firm": FirmDriven(np.zeros((2, 2)))}, r"firm.cost: must have shape \(3, 3\) \(got \(2, 2\)\)"),
        ({"lots": Lots(pack=0)}, "lots.pack: must be above 0"),
        ({"lots": Lots(minimum=-1)}, "lots.minimum: must be above 0"),
    ],
)
def test_questions_that_make_no_sense(changes, message):
    """If this fails, shares above one or a pack of nothing go through."""
    with pytest.raises(ValueError, match=message):
        order_program(OrderQuestion(drawn(1), **changes))


def in_order_of_arrival(question: OrderQuestion, quantities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the profit of each draw when customers come in random order and decide one by one, shape (draws,)."""
    season, size = question.season, question.season.size
    price, penalty = season.each(season.price), season.each(season.lost_sale_penalty)
    profits = []
    for demand in season.demand.astype(int):
        stock = quantities + season.each(season.opening_stock)
        money = -quantities @ season.each(season.unit_cost)
        for wanted in rng.permutation(np.repeat(np.arange(size), demand)):
            found = wanted
            if stock[wanted] < 1:
                shares = question.shares[wanted]
                other = rng.choice(size + 1, p=[*shares, 1 - shares.sum()])
                found = other if other < size and stock[other] >= 1 else None
            if found is None:
                money -= penalty[wanted]
            else:
                stock[found] -= 1
                money += price[found]
        profits.append(money + stock @ season.left_over_worth)
    return np.array(profits)


@pytest.mark.parametrize("penalty", [1.5, np.array([0.0, 1.0, 3.0])])
def test_customers_program_bounds_a_season_in_order_of_arrival(penalty):
    """If this fails, the program's value is no upper bound on what customers who decide one by one bring.

    The mean of 400 seasons may lie above the bound by chance: by at most four standard errors.
    """
    question = OrderQuestion(drawn(21, draws=10, lost_sale_penalty=penalty, weight=None), shares=some_shares(21))
    quantities = np.round(plan_orders(question).quantities * 0.7)
    promised = value_of(question, quantities)
    rng = np.random.default_rng(4)
    seen = np.array([in_order_of_arrival(question, quantities, rng) for _ in range(400)])
    error = seen.mean(axis=1).std(ddof=1) / np.sqrt(len(seen))
    assert seen.mean() <= promised.value + 4 * error


def test_every_method_and_a_warm_start_lead_to_the_same_value():
    """If this fails, the quick way of solving large programs has another answer than the plain one."""
    season = drawn(30, draws=400)
    question = OrderQuestion(season, shares=some_shares(30), resources=[budget(season.unit_cost, 25.0)])
    assert quickest_method(question) == "ipm"
    assert quickest_method(dataclasses.replace(question, firm=FirmDriven(np.ones((3, 3))))) == "choose"
    assert quickest_method(OrderQuestion(drawn(30), shares=some_shares(30))) == "choose"
    quick = plan_orders(question)
    plain = plan_orders(question, method="simplex")
    assert quick.value == pytest.approx(plain.value, rel=1e-7)
    assert quick.shadow_prices["budget"] == pytest.approx(plain.shadow_prices["budget"], rel=1e-5)
    again = plan_orders(question, warm_start=plain.solution)
    assert again.value == pytest.approx(plain.value, rel=1e-9)
