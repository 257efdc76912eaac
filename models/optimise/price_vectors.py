"""Prices of all offers at once on ladders, for any choice model: a choice-based fluid program over price vectors.

In period t, λ_ts customers of segment s are expected, and a share d_sj(v, t) of them buys offer j of the firm where its
prices are the vector v; an offer may also be closed. With y_tv the share of period t in which v holds, use a_rj of
stock r by a sale of offer j, and variable cost c_j,

    maximise    Σ_t Σ_v y_tv Σ_s λ_ts Σ_j (v_j − c_j) d_sj(v, t)  −  Σ_r k_r q_r  +  Σ_r z_r l_r
    subject to  Σ_t Σ_v y_tv Σ_s λ_ts Σ_j a_rj d_sj(v, t) + l_r = b_r + q_r     for every stock r
                Σ_v y_tv = 1                                                    for every period t
                y, q, l ≥ 0,    q_r ≤ most that can be bought

with stock b, units bought before the first period q at k each, and units left l that fetch z each.

Source: Gallego, Iyengar, Phillips & Dubey (2004), "Managing flexible products on a network"; Liu & van Ryzin (2008),
"On the choice-based linear programming model for network revenue management", for offer sets; a price vector is an
offer set of (offer, price) pairs with one price for each offer.

Columns are generated: at the stocks' shadow prices, the best vector of each period enters until none gains. Where all
vectors can be enumerated the best one is found, and the value is the program's. Where they cannot, it is sought by
changing one price at a time, and the value is that of a feasible plan, which better vectors might beat.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf, prod

import numpy as np

from ..problem import Floats, Integers
from .program import Program, Triplets
from .solver import solve

CLOSED = inf
"""In place of a price: the offer is not for sale."""
MOST_ENUMERATED = 20_000
"""Price vectors that are looked at one by one; of more, the best is sought by changing one price at a time."""
TOLERANCE = 1e-9
"""Gain of a new column, relative to the value, below which it is none."""
MOST_ROUNDS = 500

PriceVector = tuple[float, ...]
"""A price for each of the firm's offers, in money, or `CLOSED`."""
BuyingShares = Callable[[int, PriceVector], Floats]
"""Says for a kind of period and a price vector what share of each segment buys each offer: (segments, offers)."""


@dataclass(frozen=True)
class PriceProblem:
    """A firm's offers, stocks and expected customers over some periods."""

    customers: Floats
    """Expected customers (λ), shape (periods, segments)."""
    kind: Integers
    """What `shares` calls the terms of each period (rivals' prices, windows); shape (periods,)."""
    shares: BuyingShares
    ladders: Sequence[Sequence[float]]
    """Price points of each offer, in money."""
    cost: Floats
    """Variable cost of one sale of each offer (c), in money; shape (offers,)."""
    use: Floats
    """Units of each stock that a sale takes (a); shape (stocks, offers)."""
    stock: Floats
    """Units there are (b); inf for a stock that never runs out. Shape (stocks,)."""
    left_value: Floats
    """What a unit left at the end fetches (z), in money; shape (stocks,)."""
    unit_cost: Floats
    """Cost of a unit bought before the first period (k), in money; shape (stocks,)."""
    most_bought: Floats
    """How many units can be bought then; 0 for none. Shape (stocks,)."""
    worth_to_customers: "Callable[[int, PriceVector], Floats] | None" = None
    """For welfare: what a customer of each segment gains on average, in money, by kind of period and price vector."""


@dataclass(frozen=True)
class PricePlan:
    """Which prices hold for which share of each period, and what is expected of them."""

    vectors: tuple[tuple[tuple[PriceVector, float], ...], ...]
    """By period: price vectors and their shares of the period, the dearer ones first."""
    sales: Floats
    """Expected sales, shape (periods, offers)."""
    bought: Floats
    """Units bought before the first period, shape (stocks,)."""
    left: Floats
    """Units expected to be left, shape (stocks,)."""
    value: float
    """Of the program, in money."""
    bid_prices: Floats
    """What one more unit of each stock would add to the value, in money; shape (stocks,)."""
    dearest: PriceVector
    """The highest price point of each offer, in money."""
    exact: bool
    """Whether the value is the program's optimum, and not only that of a good plan."""
    rounds: int
    """How often columns were added."""
    build_seconds: float
    solve_seconds: float

    def prices(self, period: int) -> PriceVector:
        """Return the vector that holds for the largest share of a period, with the highest point for what is closed.

        A firm that only sets prices cannot close an offer: the dearest point comes nearest to it.
        """
        vector = max(self.vectors[period], key=lambda pair: (pair[1], pair[0]))[0]
        return tuple(min(price, dearest) for price, dearest in zip(vector, self.dearest, strict=True))


class _Vectors:
    """Price vectors that have been looked at: what they sell, and which is best at given shadow prices."""

    def __init__(self, problem: PriceProblem) -> None:
        self._problem = problem
        self._points = [(*sorted(set(ladder)), CLOSED) for ladder in problem.ladders]
        self.exhaustive = prod(len(points) for points in self._points) <= MOST_ENUMERATED
        self._known: dict[tuple[int, PriceVector], Floats] = {}
        self._gains: dict[tuple[int, PriceVector], Floats] = {}
        self._all: dict[int, tuple[list[PriceVector], Floats, Floats]] = {}

    def shares(self, kind: int, vector: PriceVector) -> Floats:
        """Return what share of each segment buys each offer; shape (segments, offers)."""
        key = (kind, vector)
        if key not in self._known:
            self._known[key] = self._problem.shares(kind, vector)
        return self._known[key]

    def sales(self, period: int, vector: PriceVector) -> Floats:
        """Return expected sales of a whole period at a price vector; shape (offers,)."""
        sold: Floats = self._problem.customers[period] @ self.shares(int(self._problem.kind[period]), vector)
        return sold

    def value(self, period: int, vector: PriceVector) -> float:
        """Return what a whole period at a price vector is worth before stocks are counted, in money."""
        gained = 0.0
        if self._problem.worth_to_customers is not None:
            gained = float(self._problem.customers[period] @ self._gain_of_customers(period, vector))
        return self._profit(vector, self.sales(period, vector)) + gained

    def _gain_of_customers(self, period: int, vector: PriceVector) -> Floats:
        assert self._problem.worth_to_customers is not None, "asked for welfare only"
        key = (int(self._problem.kind[period]), vector)
        if key not in self._gains:
            self._gains[key] = self._problem.worth_to_customers(*key)
        return self._gains[key]

    def _profit(self, vector: PriceVector, sales: Floats) -> float:
        """Return what sales at a price vector earn, in money."""
        return float(
            sum(
                (price - cost) * units
                for price, cost, units in zip(vector, self._problem.cost, sales, strict=True)
                if units
            )
        )

    def best(self, period: int, worth: Floats, known: Sequence[PriceVector]) -> PriceVector:
        """Return the best vector of a period where a sale of each offer costs `worth` in stock; shape (offers,)."""
        if self.exhaustive:
            vectors, margins, shares = self._table(int(self._problem.kind[period]))
            gains = np.tensordot(self._problem.customers[period], shares, axes=1)
            values = np.where(gains > 0, gains * (margins - worth), 0.0).sum(axis=1)
            if self._problem.worth_to_customers is not None:
                gained = np.array([self._gain_of_customers(period, vector) for vector in vectors])
                values += gained @ self._problem.customers[period]
            return vectors[int(np.argmax(values))]
        start = max(known, key=lambda vector: self.gain(period, vector, worth))
        return self._ascend(period, start, worth)

    def _table(self, kind: int) -> tuple[list[PriceVector], Floats, Floats]:
        """Return all vectors, their margins, shape (vectors, offers), and shares, (segments, vectors, offers)."""
        if kind not in self._all:
            vectors = list(product(*self._points))
            margins = np.where(np.isinf(vectors), 0.0, np.array(vectors) - self._problem.cost)
            shares = np.stack([self.shares(kind, vector) for vector in vectors], axis=1)
            self._all[kind] = (vectors, margins, shares)
        return self._all[kind]

    def gain(self, period: int, vector: PriceVector, worth: Floats) -> float:
        """Return what a period at a price vector is worth beyond the stock that it takes."""
        return self.value(period, vector) - float(worth @ self.sales(period, vector))

    def _ascend(self, period: int, start: PriceVector, worth: Floats) -> PriceVector:
        """Change one price at a time, each to its best, until no single change gains."""
        vector, value = start, self.gain(period, start, worth)
        improved = True
        while improved:
            improved = False
            for offer, points in enumerate(self._points):
                for point in points:
                    other = (*vector[:offer], point, *vector[offer + 1 :])
                    gain = self.gain(period, other, worth)
                    if gain > value + TOLERANCE * max(1.0, abs(value)):
                        vector, value, improved = other, gain, True
        return vector


def plan_prices(problem: PriceProblem, *, time_limit: float | None = None) -> PricePlan:
    """Return the best prices over time on the ladders.

    Parameters
    ----------
    problem
        What is sold, and who is expected.
    time_limit
        Seconds for each linear program; None for any time.

    Raises
    ------
    ProgramError
        When a program cannot be solved in time.
    """
    vectors = _Vectors(problem)
    periods, offers = len(problem.customers), len(problem.ladders)
    shut: PriceVector = (CLOSED,) * offers
    middle: PriceVector = tuple(sorted(ladder)[len(ladder) // 2] for ladder in problem.ladders)
    free = np.zeros(offers)
    # Closing everything keeps the first program feasible whatever the stock is.
    columns = [list(dict.fromkeys((vectors.best(period, free, (middle,)), shut))) for period in range(periods)]
    build_seconds = solve_seconds = 0.0
    for round_number in range(MOST_ROUNDS):
        program, entries = _program(problem, vectors, columns)
        solution = solve(program, time_limit=time_limit)
        build_seconds += solution.build_seconds
        solve_seconds += solution.solve_seconds
        bids = solution.duals["stock"]
        value_of_period = solution.duals["period"]
        added = False
        worth = problem.use.T @ bids
        for period in range(periods):
            vector = vectors.best(period, worth, columns[period])
            gain = vectors.gain(period, vector, worth) - float(value_of_period[period])
            if vector not in columns[period] and gain > TOLERANCE * max(1.0, abs(solution.objective)):
                columns[period].append(vector)
                added = True
        rounds = round_number + 1
        if not added:
            break
    else:
        raise RuntimeError(f"prices: columns still gain after {MOST_ROUNDS} rounds")

    chosen: list[list[tuple[PriceVector, float]]] = [[] for _ in range(periods)]
    sales = np.zeros((periods, offers))
    for (period, vector), share in zip(entries, solution.values["share"].tolist(), strict=True):
        if share > TOLERANCE:
            chosen[period].append((vector, share))
            sales[period] += share * vectors.sales(period, vector)
    return PricePlan(
        vectors=tuple(tuple(sorted(each, key=lambda pair: pair[0], reverse=True)) for each in chosen),
        sales=sales,
        bought=solution.values["buy"],
        left=solution.values["left"],
        value=solution.objective,
        bid_prices=bids,
        dearest=tuple(float(max(ladder)) for ladder in problem.ladders),
        exact=vectors.exhaustive,
        rounds=rounds,
        build_seconds=build_seconds,
        solve_seconds=solve_seconds,
    )


def price_program(problem: PriceProblem, columns: Sequence[Sequence[PriceVector]], *, labels: bool = False) -> Program:
    """Return the program over some price vectors.

    Parameters
    ----------
    problem
        What is sold, and who is expected.
    columns
        The vectors of each period; shape (periods,) of lists.
    labels
        Whether columns and rows get names, for a file that is to be read.
    """
    return _program(problem, _Vectors(problem), columns, labels=labels)[0]


def _program(
    problem: PriceProblem, vectors: _Vectors, columns: Sequence[Sequence[PriceVector]], *, labels: bool = False
) -> tuple[Program, list[tuple[int, PriceVector]]]:
    """Return the program over the vectors known so far, and the period and vector of each column."""
    entries = [(period, vector) for period, known in enumerate(columns) for vector in known]
    stocks = len(problem.stock)
    sales = np.array([vectors.sales(period, vector) for period, vector in entries])
    profit = [vectors.value(period, vector) for period, vector in entries]
    program = Program("prices", maximise=True)
    names = [f"t{period}_" + "_".join(f"{price:g}" for price in vector) for period, vector in entries]
    program.columns("share", len(entries), objective=profit, labels=names if labels else None)
    program.columns("buy", stocks, upper=problem.most_bought, objective=-problem.unit_cost)
    # What never runs out is not worth anything when it is left.
    scarce = np.isfinite(problem.stock)
    program.columns("left", stocks, objective=np.where(scarce, problem.left_value, 0.0))
    each = np.arange(stocks)
    program.rows(
        "stock",
        stocks,
        {"share": problem.use @ sales.T, "left": Triplets(each, each, 1.0), "buy": Triplets(each, each, -1.0)},
        lower=np.where(scarce, problem.stock, -np.inf),
        upper=np.where(scarce, problem.stock, np.inf),
    )
    period = np.array([period for period, _ in entries])
    program.rows(
        "period", len(columns), {"share": Triplets(period, np.arange(len(entries)), 1.0)}, lower=1.0, upper=1.0
    )
    return program, entries
