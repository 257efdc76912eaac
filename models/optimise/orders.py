"""How much to order before a season: a two-stage program over sampled demand (sample average).

The firm orders Q before demand is known; then D_n comes with weight w_n, and what happens to it is the second stage:

    maximise    Σ_j (v_j − c_j) Q_j + Σ_n w_n Σ_j (p_j − v_j + π) s_nj
                + Σ_n w_n Σ_ij (p_i − k_ij + π_i − r_ij v_j) f_nij + constant
    stock       s_nj + Σ_i r_ij f_nij ≤ Q_j + o_j
    requests    s_nj + u_nj + Σ_k f_njk ≤ D_nj + Σ_i α_ij u_ni
    asked once  u_nj + Σ_k f_njk ≤ D_nj

with s sold over the counter, u turned away, f served by the firm with another product (origin i, product j), p price,
c unit cost, v worth of a unit left over, π penalty of a lost customer, o stock that is there already, k what serving
i with j costs the firm, r units of j for one of i, and α the share of those turned away from i who would take j.

*Customer-driven* flows (α; Netessine & Rudi 2003, eq. 1; M2, M3) are a **relaxation** of what customers do, twice. The
program may turn a customer of i away though i is there: because he then buys what earns more, or to make room for
another who could go nowhere else. And a share α of those turned away is taken to move for certain, where customers
decide one by one. So its value is at least that of the same quantities in a season that serves own demand first, which
`season_end.own_demand_first` computes (the difference is what the relaxation promises too much), and at least the
expected value of a season in order of arrival in which a customer tries one other product at most (`promise.py`
measures both). *Firm-driven* flows (k; Bassok, Anupindi & Akella 1999; Rao, Swaminathan & Zhang 2004; M22) are exact
for a firm that knows all requests before it serves the first, and a relaxation of one that must decide as they come.

Where all products have one penalty, who moved does not matter for the value, only how many came to j. Then the flows of
customers need no columns, which makes 30 products on 200 draws twelve thousand columns instead of 180,000. Else each
pair has its own, z_nij ≤ α_ij u_ni, and s are own sales.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..problem import Floats, Integers
from .outcome import Solution
from .program import Block, Program, Triplets
from .season import FirmDriven, OrderQuestion
from .solver import GAP, Method, solve

Terms = dict[str, Block]


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """What to order, and what comes of it in the program."""

    quantities: Floats
    """Units of each product, shape (products,)."""
    value: float
    """Expected profit in the program, in money."""
    bound: float
    """What no quantities can beat in the program: the value itself without whole numbers."""
    draw_values: Floats
    """Profit of each draw, shape (draws,), in money; their weighted mean is `value`."""
    sold: Floats
    """Expected units given to customers, shape (products,)."""
    flows: Floats
    """Expected customers by what they asked for and what they got instead, shape (products, products)."""
    shadow_prices: Mapping[str, Floats]
    """By resource, what one more unit of it is worth, in money; empty with whole numbers."""
    solution: Solution


def plan_orders(
    question: OrderQuestion,
    *,
    time_limit: float | None = None,
    gap: float = GAP,
    method: Method | None = None,
    warm_start: Solution | None = None,
) -> OrderPlan:
    """Return the best orders; the program stands at the top of this module.

    Parameters
    ----------
    question
        What is asked.
    time_limit, gap, warm_start
        See `solver.solve`.
    method
        See `solver.solve`; None for `quickest_method`.

    Raises
    ------
    ValueError
        When numbers make no sense; see `OrderQuestion.check`.
    ProgramError
        When there is no plan: a minimum that breaks a budget, or no time.
    """
    if method is None:
        method = quickest_method(question) if warm_start is None else "simplex"
    program = order_program(question)
    solution = solve(program, time_limit=time_limit, gap=gap, method=method, warm_start=warm_start)
    return read_plan(question, solution)


def quickest_method(question: OrderQuestion) -> Method:
    """Return how to solve the program: where only customers move, interior points take half the time of the simplex.

    With 30 products on 200 draws they took 5.6 s against 10.1 s where everybody may move anywhere, and 3.0 s against
    4.6 s with five substitutes each; with flows of the firm, or a column for each pair, they take longer.
    """
    large = question.season.demand.size > 1000
    moves_alone = question.shares is not None and question.firm is None and not question.has_pairs
    return "ipm" if large and moves_alone else "choose"


def value_of(question: OrderQuestion, quantities: Floats) -> OrderPlan:
    """Return what given quantities are worth on the question's draws, with the best second stage.

    Parameters
    ----------
    question
        What is asked; its limits on orders are not looked at.
    quantities
        Units ordered, shape (products,).
    """
    free = OrderQuestion(question.season, question.shares, question.firm)
    return read_plan(free, solve(order_program(free, quantities=quantities)))


def order_program(question: OrderQuestion, *, quantities: Floats | None = None) -> Program:
    """Return the program; its formulas stand at the top of this module.

    Parameters
    ----------
    question
        What is asked.
    quantities
        Orders that are given, shape (products,); None to look for the best.

    Raises
    ------
    ValueError
        When numbers make no sense; see `OrderQuestion.check`.
    """
    question.check()
    season = question.season
    draws, size = season.draws, season.size
    penalty, opening = season.each(season.lost_sale_penalty), season.each(season.opening_stock)
    constant = season.left_over_worth @ opening - penalty @ (season.weights @ season.demand)
    program = Program("orders", maximise=True, constant=float(constant))
    _first_stage(program, question, quantities)

    stage = _SecondStage(program, question)
    cells = np.arange(draws * size)
    stage.add_sold()
    stock: Terms = {
        "order": Triplets(cells, np.tile(np.arange(size), draws), -1.0),
        "sold": Triplets(cells, cells, 1.0),
    }
    requests: Terms = {"sold": Triplets(cells, cells, 1.0)}
    once: Terms = {}
    if question.firm is not None:
        given, asked = stage.add_served_instead(question.firm)
        stock["served instead"], requests["served instead"] = given, asked
        once["served instead"] = asked
    if question.shares is not None:
        stage.add_customers(question.shares, stock, requests, once)
    stage.rows("stock", stock, np.tile(opening, draws))
    if len(requests) > 1:
        stage.rows("requests", requests, season.demand.ravel())
    if len(once) > 1:
        stage.rows("asked once", once, season.demand.ravel())
    return program


def read_plan(question: OrderQuestion, solution: Solution) -> OrderPlan:
    """Return the plan that a solution of `order_program` stands for."""
    season = question.season
    draws, size = season.draws, season.size
    quantities = solution.values["order"]
    stock = quantities + season.each(season.opening_stock)
    price, worth = season.each(season.price), season.left_over_worth
    penalty = season.each(season.lost_sale_penalty)
    sold = solution.values["sold"].reshape(draws, size)
    money = sold @ (price - worth + penalty) - season.demand @ penalty
    flows = np.zeros((draws, size, size))
    given = sold.copy()
    if question.firm is not None:
        origin, instead = firm_pairs(question)
        served = solution.values["served instead"].reshape(draws, len(origin))
        flows[:, origin, instead] += served
        ratio = question.firm.of_pairs(question.firm.ratio, origin, instead)
        units = served * ratio
        given += units @ np.eye(size)[instead]
        earned = price[origin] - question.firm.cost[origin, instead] + penalty[origin]
        money += served @ earned - units @ worth[instead]
    if question.shares is not None:
        away = solution.values["turned away"].reshape(draws, size)
        if question.has_pairs:
            origin, to = np.nonzero(question.shares)
            moved = solution.values["moved"].reshape(draws, len(origin))
            flows[:, origin, to] += moved
            given += moved @ np.eye(size)[to]
            money += moved @ (price[to] - worth[to] + penalty[origin])
        else:
            firm = flows.sum(axis=2)
            own = np.minimum(np.maximum(season.demand - away - firm, 0), sold)
            coming = away @ question.shares
            rate = np.divide(sold - own, coming, out=np.zeros_like(coming), where=coming > 1e-12)
            flows += away[:, :, None] * question.shares * np.minimum(rate, 1)[:, None, :]
    money += stock @ worth - quantities @ season.each(season.unit_cost)
    return OrderPlan(
        quantities=quantities,
        value=solution.objective,
        bound=solution.bound,
        draw_values=money,
        sold=season.weights @ given,
        flows=np.einsum("n,nij->ij", season.weights, flows),
        shadow_prices={each.name: solution.duals[each.name] for each in question.resources if solution.duals},
        solution=solution,
    )


def firm_pairs(question: OrderQuestion) -> tuple[Integers, Integers]:
    """Return from what and to what the firm may serve, each of shape (pairs,)."""
    if question.firm is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    allowed = np.isfinite(question.firm.cost)
    np.fill_diagonal(allowed, val=False)
    origin, instead = np.nonzero(allowed)
    return origin, instead


def _first_stage(program: Program, question: OrderQuestion, quantities: Floats | None) -> None:
    season, size = question.season, question.season.size
    labels = [season.name(each) for each in range(size)]
    lots = question.lots
    pack = None if lots is None or lots.pack is None else season.each(lots.pack)
    minimum = None if lots is None or lots.minimum is None else season.each(lots.minimum)
    most = np.minimum(_useful(question), season.each(question.largest))
    if minimum is not None:
        most = np.where(minimum <= season.each(question.largest), np.maximum(most, minimum * (most > 0)), 0.0)
    if pack is not None:
        packs = np.ceil(most / pack - 1e-9)
        most = np.minimum(packs, np.floor(season.each(question.largest) / pack + 1e-9)) * pack
    program.columns(
        "order",
        size,
        lower=0.0 if quantities is None else quantities,
        upper=most if quantities is None else quantities,
        objective=season.left_over_worth - season.each(season.unit_cost),
        labels=labels,
    )
    members = np.arange(size)
    if pack is not None:
        program.columns("packs", size, upper=np.round(most / pack), integer=True, labels=labels)
        terms: Terms = {"order": Triplets(members, members, 1.0), "packs": Triplets(members, members, -pack)}
        program.rows("whole packs", size, terms, lower=0, upper=0, labels=labels, definition=True)
    if minimum is not None:
        program.columns("ordered", size, upper=1, integer=True, labels=labels)
        for name, at, low, up in (
            ("minimum order", minimum, 0.0, np.inf),
            ("nothing else", most, -np.inf, 0.0),
        ):
            terms = {"order": Triplets(members, members, 1.0), "ordered": Triplets(members, members, -at)}
            program.rows(name, size, terms, lower=low, upper=up, labels=labels)
    for resource in question.resources:
        program.rows(
            resource.name,
            len(resource.capacity),
            {"order": resource.use},
            upper=resource.capacity,
            labels=resource.labels,
        )


def _useful(question: OrderQuestion) -> Floats:
    """Return the most that any draw can take of each product, shape (products,): no more is worth ordering."""
    season = question.season
    most = season.demand.copy()
    if question.shares is not None:
        most += season.demand @ question.shares
    if question.firm is not None:
        origin, instead = firm_pairs(question)
        firm = question.firm
        factor = firm.of_pairs(firm.share_cap, origin, instead) * firm.of_pairs(firm.ratio, origin, instead)
        most += (season.demand[:, origin] * factor) @ np.eye(season.size)[instead]
    result: Floats = np.maximum(most.max(axis=0) - season.each(season.opening_stock), 0)
    return result


class _SecondStage:
    """Columns and rows of all draws, draw after draw: those of draw n begin at n · (members of one draw)."""

    def __init__(self, program: Program, question: OrderQuestion) -> None:
        self._program = program
        self._season = question.season
        self._question = question
        self._names = [question.season.name(each) for each in range(question.season.size)]
        self._worth = question.season.left_over_worth
        self._price = question.season.each(question.season.price)
        self._penalty = question.season.each(question.season.lost_sale_penalty)

    def add_sold(self) -> None:
        """Add what is sold over the counter: own sales, and moves too where pairs have no columns."""
        season = self._season
        moves = self._question.shares is not None and not self._question.has_pairs
        self._program.columns(
            "sold",
            season.demand.size,
            upper=np.inf if moves else season.demand.ravel(),
            objective=self._by_draw(self._price - self._worth + self._penalty),
            labels=self._said,
        )

    def add_served_instead(self, firm: FirmDriven) -> tuple[Block, Block]:
        """Add what the firm gives instead; return its block by product given and by product asked for."""
        season = self._season
        origin, instead = firm_pairs(self._question)
        ratio = firm.of_pairs(firm.ratio, origin, instead)
        earned = self._price[origin] - firm.cost[origin, instead] + self._penalty[origin]
        self._program.columns(
            "served instead",
            season.draws * len(origin),
            upper=(season.demand[:, origin] * firm.of_pairs(firm.share_cap, origin, instead)).ravel(),
            objective=self._by_draw(earned - ratio * self._worth[instead]),
            labels=self._said_of(origin, instead),
        )
        return self._cells(instead, np.tile(ratio, season.draws)), self._cells(origin, 1.0)

    def add_customers(self, shares: Floats, stock: Terms, requests: Terms, once: Terms) -> None:
        """Add who is turned away, and where they go."""
        season = self._season
        size = season.size
        cells = np.arange(season.demand.size)
        self._program.columns("turned away", season.demand.size, upper=season.demand.ravel(), labels=self._said)
        requests["turned away"] = Triplets(cells, cells, 1.0)
        origin, to = np.nonzero(shares)
        share = shares[origin, to]
        first = np.repeat(np.arange(season.draws) * size, len(origin))
        from_cell, to_cell = first + np.tile(origin, season.draws), first + np.tile(to, season.draws)
        shared = np.tile(share, season.draws)
        if not self._question.has_pairs:
            if once:
                once["turned away"] = Triplets(cells, cells, 1.0)
            requests["turned away"] = Triplets(
                np.concatenate([cells, to_cell]),
                np.concatenate([cells, from_cell]),
                np.concatenate([np.ones(len(cells)), -shared]),
            )
            return
        earned = self._price[to] - self._worth[to] + self._penalty[origin]
        said = self._said_of(origin, to)
        count = season.draws * len(origin)
        self._program.columns("moved", count, objective=self._by_draw(earned), labels=said)
        stock["moved"] = self._cells(to, 1.0)
        members = np.arange(count)
        terms: Terms = {"moved": Triplets(members, members, 1.0), "turned away": Triplets(members, from_cell, -shared)}
        self._program.rows("moves", count, terms, upper=0, labels=said)

    def rows(self, name: str, terms: Terms, upper: Floats) -> None:
        """Add a row for each product and draw."""
        self._program.rows(name, self._season.demand.size, terms, upper=upper, labels=self._said)

    def _by_draw(self, values: Floats) -> Floats:
        """Return what one draw is worth, weighted, for all draws."""
        return np.outer(self._season.weights, values).ravel()

    def _cells(self, product: Integers, value: npt.ArrayLike) -> Block:
        """Return the block that adds pairs up by product: pairs are columns, products and draws are rows."""
        draws, pairs = self._season.draws, len(product)
        row = np.repeat(np.arange(draws) * self._season.size, pairs) + np.tile(product, draws)
        return Triplets(row, np.arange(draws * pairs), value)

    def _said(self, position: int) -> str:
        draw, product = divmod(position, self._season.size)
        return f"{self._names[product]}.{draw}"

    def _said_of(self, origin: Integers, to: Integers) -> Callable[[int], str]:
        def said(position: int) -> str:
            draw, pair = divmod(position, len(origin))
            return f"{self._names[origin[pair]]}.{self._names[to[pair]]}.{draw}"

        return said
