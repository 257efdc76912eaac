"""Orders over time, on paper, against searches, and against the same program with every age and draw written out."""

import dataclasses
import functools
import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from demandshift.models.optimise.orders_over_time import plan_orders_over_time, timed_program
from demandshift.models.optimise.outcome import InfeasibleError
from demandshift.models.optimise.season import Lots, Resource
from demandshift.models.optimise.stock_flow import PriceBreaks, StockFlow, TimedQuestion

CLOSE = 1e-6


def course(*demand: float, **settings) -> StockFlow:
    """Return one product with a known course of demand."""
    asked = np.array(demand, dtype=float).reshape(1, -1, 1)
    return StockFlow(**{"demand": asked, "price": 10.0, "unit_cost": 3.0, "holding_cost": 1.0, **settings})


def drawn(seed: int, draws: int = 3, periods: int = 5, size: int = 2, **changes) -> StockFlow:
    """Return a flow of random numbers: the first product has a shelf life, the second keeps for ever."""
    rng = np.random.default_rng(seed)
    flow = StockFlow(
        demand=rng.integers(0, 9, (draws, periods, size)).astype(float),
        price=rng.uniform(6, 10, size),
        unit_cost=rng.uniform(2, 5, (periods, size)),
        holding_cost=rng.uniform(0.1, 0.6, size),
        lost_sale_penalty=rng.uniform(0, 2, size),
        back_order_penalty=0.7,
        salvage=1.0,
        disposal_cost=0.5,
        lead_time=np.array([1, 0]),
        shelf_life=np.array([2.0, np.inf]),
        opening_stock=np.array([[2.0, 1.0], [1.0, 0.0]]),
        on_order=rng.integers(0, 3, (periods, size)).astype(float),
        weight=rng.dirichlet(np.ones(draws)),
    )
    return dataclasses.replace(flow, **changes)


def written_out(flow: StockFlow, capacity: float = np.inf) -> float:
    """Return the optimum of the same program with a variable for every age of stock, built row by row for scipy."""
    draws, periods, size = flow.demand.shape
    gain: dict[tuple, float] = {}
    upper: dict[tuple, float | None] = {}
    rows: list[tuple[dict[tuple, float], float, bool]] = []
    constant = 0.0
    cost, price = flow.timed(flow.unit_cost), flow.timed(flow.price)
    for t, j in itertools.product(range(periods), range(size)):
        gain["order", t, j] = -cost[t, j]
        upper["order", t, j] = None if t + flow.lead[j] < periods else 0.0
    rows += [({("order", t, j): 1.0 for j in range(size)}, capacity, False) for t in range(periods)]
    for n, j in itertools.product(range(draws), range(size)):
        weight = flow.weights[n]
        keeps = flow.life[j] == np.inf
        newest = periods + 1 if keeps else int(flow.life[j]) - 1
        lives = max(newest, 1) + 1  # the opening stock of `drawn` may be sold for two periods
        for t in range(periods):
            last = t == periods - 1
            for left in range(lives):  # how many periods more a unit may be sold, after this one
                gain["sold", n, t, j, left] = weight * price[t, j]
                gain["stock", n, t, j, left] = -weight * flow.timed(flow.holding_cost)[t, j]
                if last:
                    gain["stock", n, t, j, left] += weight * flow.each(flow.salvage)[j]
                gain["wasted", n, t, j, left] = -weight * flow.timed(flow.disposal_cost)[t, j]
                out = {("sold", n, t, j, left): 1.0, ("stock", n, t, j, left): 1.0, ("wasted", n, t, j, left): 1.0}
                known = 0.0
                if left == newest:
                    known += flow.due[t, j]
                    if t >= flow.lead[j]:
                        out["order", t - flow.lead[j], j] = -1.0
                if t and left < lives - 1:
                    out["stock", n, t - 1, j, left + 1] = -1.0
                if t == 0:
                    stock = np.asarray(flow.opening_stock)
                    if not keeps:
                        known += stock[left, j] if left < len(stock) else 0.0
                    elif left == newest:
                        known += stock[:, j].sum()
                rows.append((out, known, True))
                if left == 0:
                    upper["stock", n, t, j, left] = 0.0
                if keeps:
                    upper["wasted", n, t, j, left] = 0.0
            sold = {("sold", n, t, j, left): 1.0 for left in range(lives)}
            asked = flow.demand[n, t, j]
            penalty = flow.timed(flow.lost_sale_penalty)[t, j]
            if flow.waits[j]:
                gain["waiting", n, t, j] = -weight * (flow.timed(flow.back_order_penalty)[t, j] + penalty * last)
                sold["waiting", n, t, j] = 1.0
                if t:
                    sold["waiting", n, t - 1, j] = -1.0
                else:
                    asked += flow.each(flow.waiting)[j]
                rows.append((sold, asked, True))
            else:
                constant -= weight * penalty * asked
                for name in sold:
                    gain[name] += weight * penalty
                rows.append((sold, asked, False))
    at = {name: position for position, name in enumerate(gain)}
    matrix = np.zeros((len(rows), len(at)))
    for line, (entries, _, _) in zip(matrix, rows, strict=True):
        for name, value in entries.items():
            line[at[name]] += value
    side, equal = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    bounded = ~equal & np.isfinite(side)
    best = linprog(
        -np.array(list(gain.values())),
        A_ub=matrix[bounded],
        b_ub=side[bounded],
        A_eq=matrix[equal],
        b_eq=side[equal],
        bounds=[(0, upper.get(name)) for name in at],
    )
    assert best.status == 0
    return constant - float(best.fun)


FLOWS = {
    "lost sales": {},
    "back-orders": {"back_orders": True, "waiting": np.array([2.0, 1.0])},
    "one waits": {"back_orders": np.array([False, True])},
    "a longer life": {"shelf_life": np.array([3.0, np.inf]), "lead_time": np.array([2, 1])},
    "both out of date soon": {"shelf_life": np.array([1.0, 2.0])},
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", FLOWS)
def test_program_without_ages_is_the_one_with_all_ages(kind, seed):
    """If this fails, the one row that stands for all ages of stock says less, or more, than they do."""
    flow = drawn(seed, **FLOWS[kind])
    assert plan_orders_over_time(TimedQuestion(flow)).value == pytest.approx(written_out(flow), abs=CLOSE)
    limit = Resource("supplier capacity", np.ones((1, 2)), np.array([4.0]), ("all",))
    plan = plan_orders_over_time(TimedQuestion(flow, resources=[limit]))
    assert plan.value == pytest.approx(written_out(flow, capacity=4.0), abs=CLOSE)
    assert (plan.orders.sum(axis=1) <= 4 + CLOSE).all()


@pytest.mark.parametrize("kind", FLOWS)
def test_draws_and_units_add_up(kind):
    """If this fails, money of the draws is not the program's, or units come from nowhere."""
    flow = drawn(7, **FLOWS[kind])
    plan = plan_orders_over_time(TimedQuestion(flow))
    assert flow.weights @ plan.draw_values == pytest.approx(plan.value, abs=CLOSE)
    arrived = sum(plan.orders[: flow.periods - lead, j].sum() for j, lead in enumerate(flow.lead))
    came = flow.opening.sum() + flow.due.sum() + arrived
    assert plan.sold.sum() + plan.wasted.sum() + plan.stock[-1].sum() == pytest.approx(came)
    asked = np.einsum("n,ntj->", flow.weights, flow.demand) + flow.each(flow.waiting).sum()
    assert plan.sold.sum() + plan.lost.sum() == pytest.approx(asked)


def test_lead_time_on_paper():
    """If this fails, an order arrives at another time than its lead time says."""
    plan = plan_orders_over_time(TimedQuestion(course(5, 0, 4, 6, lead_time=2, opening_stock=3.0)))
    # What comes before the first delivery is lost beyond the stock; orders are timed to arrive when they are asked for.
    assert plan.orders[:, 0].tolist() == pytest.approx([4, 6, 0, 0])
    assert plan.sold[:, 0].tolist() == pytest.approx([3, 0, 4, 6])
    assert plan.lost[:, 0].tolist() == pytest.approx([2, 0, 0, 0])
    assert plan.value == pytest.approx(10 * 13 - 3 * 10)
    under_way = np.array([[0.0], [0.0], [4.0], [0.0]])
    plan = plan_orders_over_time(TimedQuestion(course(5, 0, 4, 6, lead_time=2, opening_stock=3.0, on_order=under_way)))
    assert plan.orders[:, 0].tolist() == pytest.approx([0, 6, 0, 0])


def test_shelf_life_on_paper():
    """If this fails, milk is sold after its date, or thrown away before it."""
    # A cheap first period: with two periods of life it pays to buy for two periods, not for three.
    cheap = np.array([[1.0], [4.0], [6.0]])
    flow = course(2, 2, 2, unit_cost=cheap, shelf_life=2)
    plan = plan_orders_over_time(TimedQuestion(flow))
    assert plan.orders[:, 0].tolist() == pytest.approx([4, 2, 0])
    assert plan.stock[:, 0].tolist() == pytest.approx([2, 2, 0])
    assert plan.value == pytest.approx(60 - 4 - 8 - 4)
    # Stock that may be sold for one period more is wasted beyond what is asked for at once.
    old = dataclasses.replace(flow, opening_stock=np.array([[5.0], [1.0]]), disposal_cost=0.25)
    plan = plan_orders_over_time(TimedQuestion(old))
    assert plan.wasted[:, 0].tolist() == pytest.approx([3, 0, 0])
    assert plan.orders[:, 0].tolist() == pytest.approx([1, 2, 0])
    # Without a date nothing is thrown away.
    kept = dataclasses.replace(flow, shelf_life=np.inf)
    assert plan_orders_over_time(TimedQuestion(kept)).orders[:, 0].tolist() == pytest.approx([6, 0, 0])


def test_waiting_customers_on_paper():
    """If this fails, customers who would wait are lost, or those who would not are kept waiting."""
    late = {"unit_cost": np.array([[9.5], [3.0], [3.0]]), "back_order_penalty": 1.0, "lost_sale_penalty": 0.0}
    waits = plan_orders_over_time(TimedQuestion(course(4, 1, 0, back_orders=True, waiting=2.0, **late)))
    assert waits.orders[:, 0].tolist() == pytest.approx([0, 7, 0])
    assert waits.value == pytest.approx(7 * 7 - 6 * 1)
    assert waits.lost.sum() == pytest.approx(0)
    leaves = plan_orders_over_time(TimedQuestion(course(4, 1, 0, **late)))
    assert leaves.orders[:, 0].tolist() == pytest.approx([4, 1, 0])
    # Who is still waiting at the end has left with nothing.
    dear = course(4, 0, back_orders=True, unit_cost=99.0, lost_sale_penalty=2.0, back_order_penalty=1.0)
    never = plan_orders_over_time(TimedQuestion(dear))
    assert never.lost[:, 0].tolist() == pytest.approx([0, 4])
    assert never.value == pytest.approx(-4 * 1 * 2 - 4 * 2)


def simulated(flow: StockFlow, orders: tuple[int, ...]) -> float:
    """Return the profit of given orders of one product on one course, oldest units first, one event after another.

    A unit with a date that is never sold was thrown away when it came, where that is cheaper than holding it.
    """
    periods, life, lead = flow.periods, flow.life[0], int(flow.lead[0])
    shelf: list[list[float]] = []  # of each unit: the last period in which it may be sold, what holding it has cost
    money = 0.0
    for t in range(periods):
        came = orders[t - lead] if t >= lead else 0
        shelf += [[t + (life if life < np.inf else 99) - 1, 0.0] for _ in range(came)]
        sold = min(len(shelf), int(flow.demand[0, t, 0]))
        money += sold * flow.timed(flow.price)[t, 0] - orders[t] * flow.timed(flow.unit_cost)[t, 0]
        money -= (flow.demand[0, t, 0] - sold) * flow.timed(flow.lost_sale_penalty)[t, 0]
        money -= sum(paid for _, paid in shelf[:sold])
        shelf = shelf[sold:]
        gone = [unit for unit in shelf if unit[0] <= t]
        money -= len(gone) * flow.timed(flow.disposal_cost)[t, 0]
        shelf = [[last, paid + flow.timed(flow.holding_cost)[t, 0]] for last, paid in shelf[len(gone) :]]
    thrown = -flow.timed(flow.disposal_cost)[-1, 0] if life < np.inf else -np.inf
    return money + sum(max(flow.each(flow.salvage)[0] - paid, thrown) for _, paid in shelf)


SEARCHED = {
    "shelf life of two": {"shelf_life": 2},
    "lead time": {"lead_time": 1},
    "both": {"lead_time": 1, "shelf_life": 2, "disposal_cost": 0.5},
}


def searched_flow(kind: str) -> StockFlow:
    """Return the flow of a search: eight units are asked for."""
    return course(1, 2, 2, 3, lost_sale_penalty=0.5, salvage=0.2, holding_cost=0.6, **SEARCHED[kind])


@functools.cache
def all_plans(kind: str) -> dict[tuple[int, ...], float]:
    """Return the profit of all orders of up to eight units in each period, without what is paid beyond unit costs."""
    flow = searched_flow(kind)
    plans = itertools.product(range(9), repeat=4 - int(flow.lead[0]))
    padded = (plan + (0,) * int(flow.lead[0]) for plan in plans)
    return {plan: simulated(flow, plan) for plan in padded}


@pytest.mark.parametrize("kind", SEARCHED)
@pytest.mark.parametrize(
    ("settings", "paid"),
    [
        ({"lots": Lots(pack=1)}, lambda _: 0.0),
        ({"lots": Lots(pack=2)}, lambda order: 0.0 if order % 2 == 0 else np.inf),
        ({"lots": Lots(pack=1, minimum=3)}, lambda order: 0.0 if order >= 3 else np.inf),
        ({"lots": Lots(pack=1), "fixed_cost": 7.0}, lambda _: 7.0),
        (
            {"lots": Lots(pack=1),
             "price_breaks": [PriceBreaks(0, np.array([0.0, 4.0]), np.array([3.0, 1.5]), "all-units")]},
            lambda order: order * ((1.5 if order >= 4 else 3.0) - 3.0),
        ),
        (
            {"lots": Lots(pack=1), "fixed_cost": 2.0,
             "price_breaks": [PriceBreaks(0, np.array([0.0, 2.0, 4.0]), np.array([3.0, 2.0, 0.5]), "incremental")]},
            lambda order: 2 + min(order, 2) * 3 + max(min(order, 4) - 2, 0) * 2 + max(order - 4, 0) * 0.5 - 3 * order,
        ),
    ],
    ids=["whole", "packs", "minimum", "fixed cost", "all units", "incremental"],
)  # fmt: skip
def test_whole_numbers_match_a_search(kind, settings, paid):
    """If this fails, a better plan of whole units exists, or the plan's cost is not what the orders cost."""
    flow = searched_flow(kind)
    plan = plan_orders_over_time(TimedQuestion(flow, **settings))
    beyond = {order: paid(order) for order in range(1, 9)} | {0: 0.0}
    best = max(profit - sum(beyond[order] for order in orders) for orders, profit in all_plans(kind).items())
    assert plan.value == pytest.approx(best, abs=1e-5)
    assert plan.bound >= plan.value - CLOSE
    whole = np.round(plan.orders[:, 0])
    assert plan.orders[:, 0] == pytest.approx(whole, abs=1e-6)
    kept = simulated(flow, tuple(int(order) for order in whole)) - sum(paid(int(order)) for order in whole if order)
    assert kept == pytest.approx(plan.value, abs=1e-5)


def test_room_and_its_shadow_price():
    """If this fails, a store room holds more than it has room for, or another unit of room is worth something else."""

    def plan(room: float):
        cheap = np.array([[1.0], [9.0], [9.0]])
        flow = course(4, 4, 4, unit_cost=cheap, holding_cost=0.1)
        return plan_orders_over_time(TimedQuestion(flow, space=np.array([2.0]), room=room))

    full = plan(16.0)
    # Eight units fit after the first delivery; the rest of the last period is bought dearly.
    assert full.orders[:, 0].tolist() == pytest.approx([8, 0, 4])
    price = full.shadow_prices["room"][:, 0]
    assert price.shape == (3,)
    steps = [plan(room).value for room in (15.0, 16.0, 17.0)]
    assert steps[2] - steps[1] - CLOSE <= price.sum() <= steps[1] - steps[0] + CLOSE
    assert price.sum() > 1


def test_capacity_by_period_has_a_price_by_period():
    """If this fails, scarce weeks are not told from slack ones."""
    limit = Resource("supplier capacity", np.array([[1.0]]), np.array([[9.0], [2.0], [9.0]]), ("mill",))
    flow = course(1, 5, 1, holding_cost=2.0)
    plan = plan_orders_over_time(TimedQuestion(flow, resources=[limit]))
    assert plan.orders[:, 0].tolist() == pytest.approx([4, 2, 1])
    assert plan.shadow_prices["supplier capacity"][:, 0].tolist() == pytest.approx([0, 2, 0])


def test_opening_stock_without_room_names_the_room():
    """If this fails, a store that is too full is reported as a riddle."""
    flow = course(1, 1, opening_stock=9.0)
    with pytest.raises(InfeasibleError, match=r"something must give way in 'room' \(0 by 4, 1 by 3\)"):
        plan_orders_over_time(TimedQuestion(flow, space=1.0, room=5.0))


def test_nothing_is_ordered_for_nobody():
    """If this fails, stock is bought that nobody asks for, though it costs nothing."""
    plan = plan_orders_over_time(TimedQuestion(course(0, 0, 0, unit_cost=0.0, holding_cost=0.0)))
    assert plan.orders.sum() == 0
    assert plan.value == 0


WRONG = {
    r"demand: must have shape \(draws, periods, products\) \(got \(1, 2\)\)": {"demand": np.ones((1, 2))},
    "demand: must be finite and at least 0": {"demand": -np.ones((1, 2, 1))},
    "opening_stock: must be at least 0": {"opening_stock": -1},
    "lead_time: must be at least 0": {"lead_time": -1},
    "shelf_life: must be a whole number of periods, at least 1, or inf": {"shelf_life": 1.5},
    "waiting: customers of a product without back-orders do not wait": {"waiting": 1.0},
    "weight: must be probabilities that add up to 1": {"weight": np.array([0.5])},
}


@pytest.mark.parametrize("message", WRONG)
def test_flows_that_make_no_sense(message):
    """If this fails, a slip in the figures becomes a plan."""
    with pytest.raises(ValueError, match=message):
        timed_program(TimedQuestion(course(1, 2, **WRONG[message])))


STEPS = PriceBreaks(0, np.array([0.0, 4.0]), np.array([3.0, 1.5]), "all-units")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fixed_cost": -1}, "fixed_cost: must be at least 0"),
        ({"lots": Lots(pack=0)}, "lots.pack: must be above 0"),
        ({"price_breaks": [STEPS, STEPS]}, "price breaks: more than one list for one product"),
        (
            {"price_breaks": [dataclasses.replace(STEPS, quantity=np.array([1.0, 4.0]))]},
            r"price breaks: quantities must begin with 0 and increase \(got \[1.0, 4.0\]\)",
        ),
        (
            {"price_breaks": [dataclasses.replace(STEPS, unit_cost=np.array([1.0]))]},
            "price breaks: 1 costs for 2 quantities",
        ),
    ],
)
def test_questions_that_make_no_sense(settings, message):
    """If this fails, discounts that overlap or a fixed gain per order go through."""
    with pytest.raises(ValueError, match=message):
        timed_program(TimedQuestion(course(1, 2), **settings))
