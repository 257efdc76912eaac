"""How much to order when: a program over periods, for one course of demand or for several drawn ones.

The orders q of all periods t are fixed beforehand (to re-plan as demand comes is what a rolling horizon does); stock s,
sales x, waste w and waiting customers b follow in each draw n, whose index is left out. With lead time L, shelf life m,
opening stock s₀, units under way a, and a first period 0:

    maximise    Σ_t (p x_t − h s_t − π (D_t − x_t) − g w_t) + v s_T − Σ_t (c_t q_t + K y_t)
    balance     s_t = s_{t−1} + a_t + q_{t−L} − x_t − w_t
    shelf life  s_t ≤ Σ_{τ=t−m+2..t} (a_τ + q_{τ−L}) + (opening stock that lives on)
    requests    x_t + b_t − b_{t−1} = D_t     with back-orders, at b's cost instead of π; else x_t ≤ D_t
    whether     q_t ≤ M_t y_t,  y_t ∈ {0, 1}

In a period deliveries come first, then customers, then what is out of date goes (R2). The firm hands out the oldest
units first; then the row *shelf life* says all that ages say, for what is left after t must have come within the last
m − 1 periods (Nahmias 1975 keeps the ages apart; the two agree). Customers who pick the freshest unit are not in here,
and firms may hold a unit back for a period with a better price, or throw one that keeps badly
away before its date: for all three this is a relaxation. An order that would
arrive after the last period is not placed.

Lot sizes: Wagner & Whitin 1958 for one product with fixed cost. Quantity discounts choose one level l of order size,
b_l z_l ≤ q_l ≤ b_{l+1} z_l, Σ_l z_l ≤ 1, at cost c_l q_l (all units) or
c_l q_l + z_l Σ_{k<l} (c_k − c_l) (b_{k+1} − b_k) (incremental: the units of each level at its own cost).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..problem import Floats, Integers
from .outcome import Solution
from .program import Block, Program, Triplets
from .solver import GAP, solve
from .stock_flow import StockFlow, TimedQuestion

Terms = dict[str, Block]


@dataclass(frozen=True, slots=True)
class TimedPlan:
    """What to order when, and what is expected to come of it; arrays have shape (periods, products)."""

    orders: Floats
    """Units to order."""
    value: float
    """Expected profit in the program, in money."""
    bound: float
    """What no orders can beat in the program."""
    draw_values: Floats
    """Profit of each draw, in money, shape (draws,)."""
    stock: Floats
    """Units on hand at the end of each period."""
    sold: Floats
    lost: Floats
    """Customers who leave with nothing; where they wait, those who still do at the end, in the last period."""
    wasted: Floats
    """Units that went out of date."""
    shadow_prices: Mapping[str, Floats]
    """By resource (and `room`), what one more unit of it is worth, shape (periods, rows); empty with whole numbers."""
    solution: Solution


def plan_orders_over_time(
    question: TimedQuestion, *, time_limit: float | None = None, gap: float = GAP, warm_start: Solution | None = None
) -> TimedPlan:
    """Return the best orders; the program stands at the top of this module.

    Parameters
    ----------
    question
        What is asked.
    time_limit, gap, warm_start
        See `solver.solve`.

    Raises
    ------
    ValueError
        When numbers make no sense; see `TimedQuestion.check`.
    ProgramError
        When there is no plan: opening stock beyond the room, or no time.
    """
    program = timed_program(question)
    return read_timed_plan(question, solve(program, time_limit=time_limit, gap=gap, warm_start=warm_start))


def timed_program(question: TimedQuestion) -> Program:
    """Return the program.

    Raises
    ------
    ValueError
        When numbers make no sense; see `TimedQuestion.check`.
    """
    question.check()
    flow = question.flow
    program = Program("orders over time", maximise=True, constant=-_penalty_of_all(flow))
    _orders(program, question)
    _stock(program, question)
    return program


def read_timed_plan(question: TimedQuestion, solution: Solution) -> TimedPlan:
    """Return the plan that a solution of `timed_program` stands for."""
    flow = question.flow
    shape = flow.demand.shape
    orders = solution.values["order"].reshape(shape[1:])
    stock, sold = (solution.values[name].reshape(shape) for name in ("stock", "sold"))
    waiting, wasted = np.zeros(shape), np.zeros(shape)
    waiting[:, :, flow.waits] = solution.values["waiting"].reshape(*shape[:2], -1)
    wasted[:, :, flow.life < np.inf] = solution.values["wasted"].reshape(*shape[:2], -1)
    lost = np.where(flow.waits, 0.0, flow.demand - sold)
    lost[:, -1] += waiting[:, -1]
    spent = solution.objective - float(flow.weights @ _earned(flow, stock, sold, waiting, wasted, lost))
    prices = {each.name: (shape[1], len(each.use)) for each in question.resources}
    if question.space is not None:
        prices["room"] = (flow.draws * flow.periods, 1)
    return TimedPlan(
        orders=orders,
        value=solution.objective,
        bound=solution.bound,
        draw_values=_earned(flow, stock, sold, waiting, wasted, lost) + spent,
        stock=np.einsum("n,ntj->tj", flow.weights, stock),
        sold=np.einsum("n,ntj->tj", flow.weights, sold),
        lost=np.einsum("n,ntj->tj", flow.weights, lost),
        wasted=np.einsum("n,ntj->tj", flow.weights, wasted),
        shadow_prices={
            name: _by_period(solution.duals[name].reshape(size), flow.periods) for name, size in prices.items()
        }
        if solution.duals
        else {},
        solution=solution,
    )


def _by_period(prices: Floats, periods: int) -> Floats:
    """Return prices of draws added up: shape (periods, rows)."""
    return np.asarray(prices.reshape(-1, periods, prices.shape[1]).sum(axis=0))


def _penalty_of_all(flow: StockFlow) -> float:
    """Return what it would cost if nobody of those who do not wait were served."""
    asked = np.einsum("n,ntj->tj", flow.weights, flow.demand)
    return float((asked * flow.timed(flow.lost_sale_penalty))[:, ~flow.waits].sum())


def _earned(flow: StockFlow, stock: Floats, sold: Floats, waiting: Floats, wasted: Floats, lost: Floats) -> Floats:
    """Return the money of each draw without what the orders cost, shape (draws,)."""
    money = (
        sold * flow.timed(flow.price)
        - stock * flow.timed(flow.holding_cost)
        - waiting * flow.timed(flow.back_order_penalty)
        - wasted * flow.timed(flow.disposal_cost)
        - lost * flow.timed(flow.lost_sale_penalty)
    ).sum(axis=(1, 2))
    return np.asarray(money + stock[:, -1] @ flow.each(flow.salvage), dtype=float)


def _most(question: TimedQuestion) -> Floats:
    """Return the largest order worth placing, shape (periods, products): for what may be sold from its delivery on."""
    flow = question.flow
    most = np.zeros((flow.periods, flow.size))
    for product in range(flow.size):
        lead, life = int(flow.lead[product]), flow.life[product]
        asked = flow.demand[:, :, product]
        waiting = float(flow.each(flow.waiting)[product])
        for period in range(flow.periods - lead):
            first = 0 if flow.waits[product] else period + lead
            last = flow.periods if life == np.inf else min(flow.periods, period + lead + int(life))
            most[period, product] = asked[:, first:last].sum(axis=1).max() + waiting
    lots = question.lots
    limit = flow.timed(question.largest)
    if lots is not None and lots.minimum is not None:
        minimum = flow.timed(lots.minimum)
        most = np.where(minimum <= limit, np.maximum(most, minimum * (most > 0)), 0.0)
    if lots is not None and lots.pack is not None:
        pack = flow.timed(lots.pack)
        return np.minimum(np.ceil(most / pack - 1e-9), np.floor(limit / pack + 1e-9)) * pack
    return np.minimum(most, limit)


def _orders(program: Program, question: TimedQuestion) -> None:
    flow, lots = question.flow, question.lots
    periods, size = flow.periods, flow.size
    most = _most(question)
    # A price break may be worth more than is asked for.
    for breaks in question.price_breaks:
        limit = flow.timed(question.largest)[:, breaks.product]
        reach = np.where(most[:, breaks.product] > 0, np.maximum(most[:, breaks.product], breaks.quantity[-1]), 0)
        most[:, breaks.product] = np.minimum(reach, limit)
    cost = flow.timed(flow.unit_cost).copy()
    cost[:, [each.product for each in question.price_breaks]] = 0

    def said(position: int) -> str:
        return f"{flow.name(position % size)}.{position // size}"

    count = periods * size
    program.columns("order", count, upper=most.ravel(), objective=-cost.ravel(), labels=said)
    members = np.arange(count)
    fixed = flow.timed(question.fixed_cost)
    minimum = None if lots is None or lots.minimum is None else flow.timed(lots.minimum)
    if minimum is not None or fixed.any():
        program.columns("ordered", count, upper=1, objective=-fixed.ravel(), integer=True, labels=said)
        terms: Terms = {
            "order": Triplets(members, members, 1.0),
            "ordered": Triplets(members, members, -most.ravel()),
        }
        program.rows("whether", count, terms, upper=0, labels=said, definition=True)
    if minimum is not None:
        terms = {"order": Triplets(members, members, 1.0), "ordered": Triplets(members, members, -minimum.ravel())}
        program.rows("minimum order", count, terms, lower=0, labels=said)
    if lots is not None and lots.pack is not None:
        pack = flow.timed(lots.pack).ravel()
        program.columns("packs", count, upper=np.round(most.ravel() / pack), integer=True, labels=said)
        terms = {"order": Triplets(members, members, 1.0), "packs": Triplets(members, members, -pack)}
        program.rows("whole packs", count, terms, lower=0, upper=0, labels=said, definition=True)
    for breaks in question.price_breaks:
        _levels(program, flow, breaks.product, (breaks.quantity, breaks.unit_cost, breaks.extra), most)
    for resource in question.resources:
        rows = len(resource.use)
        row, product = np.nonzero(resource.use)
        when = np.repeat(np.arange(periods), len(row))
        use = Triplets(
            when * rows + np.tile(row, periods),
            when * size + np.tile(product, periods),
            np.tile(resource.use[row, product], periods),
        )
        capacity = np.broadcast_to(resource.capacity, (periods, rows)).ravel()
        names = resource.labels

        def row_said(position: int, names: tuple[str, ...] | None = names, rows: int = rows) -> str:
            label = str(position % rows) if names is None else names[position % rows]
            return f"{label}.{position // rows}"

        program.rows(resource.name, periods * rows, {"order": use}, upper=capacity, labels=row_said)


def _levels(
    program: Program, flow: StockFlow, product: int, levels: tuple[Floats, Floats, Floats], most: Floats
) -> None:
    quantity, cost, extra = levels
    periods, count = flow.periods, len(quantity)
    name = flow.name(product)

    def said(position: int) -> str:
        return f"{name}.{position // count}.{position % count}"

    above = np.append(quantity[1:], np.inf)
    upper = np.minimum(above, np.maximum(most[:, [product]], quantity))
    members, period = np.arange(periods * count), np.repeat(np.arange(periods), count)
    ordered, chosen = f"{name} at level", f"{name} level"
    program.columns(ordered, len(members), objective=np.tile(-cost, periods), labels=said)
    program.columns(chosen, len(members), upper=1, objective=np.tile(-extra, periods), integer=True, labels=said)
    once = np.arange(periods)
    terms: Terms = {
        "order": Triplets(once, once * flow.size + product, 1.0),
        ordered: Triplets(period, members, -1.0),
    }
    program.rows(f"{name} levels", periods, terms, lower=0, upper=0, definition=True)
    program.rows(f"{name} one level", periods, {chosen: Triplets(period, members, 1.0)}, upper=1, definition=True)
    here = Triplets(members, members, 1.0)
    terms = {ordered: here, chosen: Triplets(members, members, -np.tile(quantity, periods))}
    program.rows(f"{name} from", len(members), terms, lower=0, labels=said, definition=True)
    terms = {ordered: here, chosen: Triplets(members, members, -upper.ravel())}
    program.rows(f"{name} to", len(members), terms, upper=0, labels=said, definition=True)


def _stock(program: Program, question: TimedQuestion) -> None:
    flow = question.flow
    draws, periods, size = flow.demand.shape
    cells = np.arange(flow.demand.size)
    _, period, product = np.unravel_index(cells, flow.demand.shape)

    def said(position: int) -> str:
        n, t, j = np.unravel_index(position, flow.demand.shape)
        return f"{flow.name(int(j))}.{t}" if draws == 1 else f"{flow.name(int(j))}.{t}.{n}"

    def weighted(values: Floats) -> Floats:
        return np.multiply.outer(flow.weights, values).ravel()

    keeping = -flow.timed(flow.holding_cost).copy()
    keeping[-1] += flow.each(flow.salvage)
    selling = flow.timed(flow.price) + np.where(flow.waits, 0.0, flow.timed(flow.lost_sale_penalty))
    most = np.where(flow.waits, np.inf, flow.demand)
    program.columns("stock", len(cells), objective=weighted(keeping), labels=said)
    program.columns("sold", len(cells), upper=most.ravel(), objective=weighted(selling), labels=said)
    perishable = cells[(flow.life < np.inf)[product]]
    waste = weighted(-flow.timed(flow.disposal_cost))[perishable]
    program.columns("wasted", len(perishable), objective=waste, labels=lambda each: said(int(perishable[each])))
    late = cells[flow.waits[product]]
    patience = flow.timed(flow.back_order_penalty).copy()
    patience[-1] += flow.timed(flow.lost_sale_penalty)[-1]
    program.columns(
        "waiting", len(late), objective=weighted(-patience)[late], labels=lambda each: said(int(late[each]))
    )

    arriving = period - flow.lead[product]
    comes = arriving >= 0
    before = cells[period > 0]
    inflow = flow.due.copy()
    inflow[0] += flow.opening
    balance: Terms = {
        "stock": Triplets(
            np.concatenate([cells, before]),
            np.concatenate([cells, before - size]),
            np.repeat([1.0, -1.0], [len(cells), len(before)]),
        ),
        "sold": Triplets(cells, cells, 1.0),
        "wasted": Triplets(perishable, np.arange(len(perishable)), 1.0),
        "order": Triplets(cells[comes], (arriving * size + product)[comes], -1.0),
    }
    known = np.tile(inflow.ravel(), draws)
    program.rows("balance", len(cells), balance, lower=known, upper=known, labels=said, definition=True)
    if perishable.size:
        _shelf_life(program, flow, perishable, lambda each: said(int(perishable[each])))
    if late.size:
        members = np.arange(len(late))
        later = members[period[late] > 0]
        step = int(flow.waits.sum())
        requests: Terms = {
            "sold": Triplets(members, late, 1.0),
            "waiting": Triplets(
                np.concatenate([members, later]),
                np.concatenate([members, later - step]),
                np.repeat([1.0, -1.0], [len(members), len(later)]),
            ),
        }
        asked = flow.demand.copy()
        asked[:, 0] += flow.each(flow.waiting)
        due = asked.ravel()[late]
        program.rows(
            "requests",
            len(late),
            requests,
            lower=due,
            upper=due,
            labels=lambda each: said(int(late[each])),
            definition=True,
        )
    if question.space is not None:
        space = flow.each(question.space)[product]
        row = cells // size
        room = np.tile(np.broadcast_to(np.asarray(question.room, dtype=float), (periods,)), draws)
        full: Terms = {
            "stock": Triplets(row, cells, space),
            "sold": Triplets(row, cells, space),
            "wasted": Triplets(row[perishable], np.arange(len(perishable)), space[perishable]),
        }
        program.rows(
            "room",
            draws * periods,
            full,
            upper=room,
            labels=lambda each: str(each % periods) if draws == 1 else f"{each % periods}.{each // periods}",
        )


def _shelf_life(program: Program, flow: StockFlow, perishable: Integers, said: Callable[[int], str]) -> None:
    """Add that what is left after a period came within the last m − 1 periods, or lives on from the opening stock."""
    size = flow.size
    _, period, product = np.unravel_index(perishable, flow.demand.shape)
    members = np.arange(len(perishable))
    window = flow.life[product].astype(np.int64) - 1
    rows, columns = [], []
    fresh = np.zeros(len(perishable))
    due = flow.due
    for back in range(int(window.max(initial=0))):
        inside = (back < window) & (period - back >= 0)
        fresh[inside] += due[period[inside] - back, product[inside]]
        placed = period - back - flow.lead[product]
        known = inside & (placed >= 0)
        rows.append(members[known])
        columns.append((placed * size + product)[known])
    living = np.array([flow.opening_after(each) for each in range(flow.periods)])
    fresh += living[period, product]
    terms: Terms = {"stock": Triplets(members, perishable, 1.0)}
    if rows:
        terms["order"] = Triplets(np.concatenate(rows), np.concatenate(columns), -1.0)
    program.rows("shelf life", len(perishable), terms, upper=fresh, labels=said)
