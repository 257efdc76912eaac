"""The sales-based linear program: prices and sales over time, as large as the market and not as its offer sets.

With segments g, products j, price points k, periods t and resources i (`ladder.py`), x sales and x_0 who buys nothing:

    maximise   Σ_gjkt (p_jk − c_j) x_gjkt
    customers  x_0gt + Σ_jk x_gjkt = λ_gt                        every segment and period
    scale      Σ_k x_gjkt / v_gjkt ≤ x_0gt / v0_gt               every segment, product and period
    stock      Σ_gjkt A_ij x_gjkt ≤ c_i                          every resource
    x, x_0 ≥ 0

(Gallego, Ratliff & Shebalov 2015, SBLP; without price points each product has its own scale row, x_j/v_j ≤ x_0/v_0).
The sum over k says that a product has one price at a time: two of its points never stand above one place of the line of
`price_plan.py`. The column for x_0gt is y_gt = x_0gt V_gt / v0_gt, with V_gt the largest attraction, which keeps
coefficients within a solver's reach where nearly all buy, or nearly nobody. For one segment, or segments that share no
product in any period, the value is that of the choice-based program over all offer sets (their Theorem 2), and so a
bound on what any policy earns.

Segments that share products are a relaxation: each is priced for itself, as if the firm could tell who comes. `linked`
tightens it by the time y_jkt for which a point is in force, which is one and the same for all segments:

    one price  Σ_k y_jkt ≤ 1
    most       x_gjkt ≤ λ_gt v_gjkt / (v0_gt + v_gjkt) · y_jkt                                alone on the shelf
    least      x_gjkt ≥ λ_gt v_gjkt / (v0_gt + v_gjkt + Σ_{j'≠j} max_k' v_gj'k't) · y_jkt     among the most attractive

since within an offer set a product's share lies between these two. (Meissner, Strauss & Talluri 2013 link segments by
products, with other rows.) It stays a relaxation; `choice_based.py` is exact, for fewer products, and `markdown.py`
posts one price to all segments.
"""

from typing import NamedTuple

import numpy as np

from ..problem import Floats, Integers
from .ladder import NEVER, LadderMarket, strongest
from .outcome import Solution
from .price_plan import PricePlan, labels_of, margin_of, time_shares
from .program import Program, Triplets
from .solver import Method, solve

LARGE = 20_000
"""Columns from which the interior point is quicker: of 156,000, it took 27 s and the simplex more than 280 s."""


class Columns(NamedTuple):
    """Whose sales a column is; each array has shape (columns,)."""

    segment: Integers
    product: Integers
    point: Integers
    period: Integers
    weight: Floats

    @classmethod
    def of(cls, market: LadderMarket) -> "Columns":
        """Return a column for everything that somebody may buy."""
        some = market.weights > NEVER * market.outside[:, None, None, :]
        segment, product, point, period = np.nonzero(some & (market.arrivals > 0)[:, None, None, :])
        return cls(segment, product, point, period, market.weights[segment, product, point, period])

    def label(self) -> list[str]:
        """Return what each column is called in a file."""
        places = (self.segment.tolist(), self.product.tolist(), self.point.tolist(), self.period.tolist())
        return [f"s{g}_p{j}_k{k}_t{t}" for g, j, k, t in zip(*places, strict=True)]

    def sales(self, values: Floats, market: LadderMarket) -> Floats:
        """Return values of the columns in the shape (segments, products, points, periods)."""
        result = np.zeros(market.weights.shape)
        result[self.segment, self.product, self.point, self.period] = np.maximum(values, 0.0)
        return result


def sales_based_program(market: LadderMarket, *, linked: bool = False, labels: bool = False) -> Program:
    """Return the program of a market.

    Parameters
    ----------
    market
        The market.
    linked
        Whether one price for all segments is asked for, as far as a linear program can.
    labels
        Whether columns and rows get names, for a file that is to be read.
    """
    program = Program("sales-based", maximise=True)
    columns = Columns.of(market)
    add_sales(program, market, columns, labels=labels)
    if linked:
        _add_links(program, market, columns, labels=labels)
    return program


def sales_based_plan(
    market: LadderMarket,
    *,
    linked: bool = False,
    time_limit: float | None = None,
    warm_start: Solution | None = None,
) -> PricePlan:
    """Return the prices over time that earn most, in expectation and with divisible stocks.

    Parameters
    ----------
    market
        The market.
    linked
        Whether one price for all segments is asked for, as far as a linear program can; of no use to a program that
        is exact already.
    time_limit
        Seconds that the solver may take.
    warm_start
        Solution of the program of a market of the same shape, to start from.

    Returns
    -------
    PricePlan
        With the LP's value as `value`. Its `sales` are those of the program; where `exact` is False, prices that all
        segments see will not sell just these.

    Raises
    ------
    ProgramError
        When there is no optimum (R18).
    """
    columns = Columns.of(market)
    solution = solve(
        sales_based_program(market, linked=linked),
        time_limit=time_limit,
        method=quickest_method(market) if warm_start is None else "choose",
        warm_start=warm_start,
    )
    sales = columns.sales(solution.values["sales"], market)
    if linked:
        shares = np.zeros(market.weights.shape[1:])
        shares[_points_in_use(columns, market)] = np.clip(solution.values["in force"], 0.0, 1.0)
    else:
        shares = time_shares(market, sales)
    return PricePlan(
        market=market,
        time_shares=shares,
        sales=sales,
        value=margin_of(market, sales),
        bid_prices=solution.duals["stock"],
        exact=segments_are_disjoint(market),
        solution=solution,
    )


def quickest_method(market: LadderMarket) -> Method:
    """Return how the program of a market is solved: large ones by the interior point."""
    return "ipm" if np.count_nonzero(market.weights) > LARGE else "choose"


def segments_are_disjoint(market: LadderMarket) -> bool:
    """Return whether no product is considered by two segments in the same period."""
    considered = (market.weights > 0).any(axis=2) & (market.arrivals > 0)[:, None, :]
    return bool((considered.sum(axis=0) <= 1).all())


def add_sales(program: Program, market: LadderMarket, columns: Columns, *, labels: bool) -> None:
    """Add columns `sales` and `none`, and rows `customers`, `scale` and `stock`, to a program.

    Parameters
    ----------
    program
        Where to; changed in place.
    market
        The market.
    columns
        What may be bought.
    labels
        Whether columns and rows get names.
    """
    segments, products, periods = market.segments, market.products, market.periods
    every = np.arange(len(columns.weight))
    cells = segments * periods
    cell = columns.segment * periods + columns.period
    program.columns(
        "sales",
        len(every),
        objective=market.margins[columns.product, columns.point],
        labels=columns.label() if labels else None,
    )
    cell_labels = labels_of(_numbered("s", segments), _numbered("t", periods)) if labels else None
    program.columns("none", cells, labels=cell_labels)
    arrivals, outside = market.arrivals.ravel(), market.outside.ravel()
    reference = strongest(columns.weight, outside, cell)
    program.rows(
        "customers",
        cells,
        {
            "sales": Triplets(cell, every, 1.0),
            "none": Triplets(np.arange(cells), np.arange(cells), outside / reference),
        },
        lower=arrivals,
        upper=arrivals,
        labels=cell_labels,
        definition=True,
    )
    # Only what is considered has a scale: a row of x_0 alone would say nothing.
    wanted = np.zeros((segments, products, periods), dtype=bool)
    wanted[columns.segment, columns.product, columns.period] = True
    row = np.cumsum(wanted.ravel()).reshape(wanted.shape) - 1
    segment, product, period = np.nonzero(wanted)
    program.rows(
        "scale",
        len(segment),
        {
            "sales": Triplets(
                row[columns.segment, columns.product, columns.period],
                every,
                reference[cell] / columns.weight,
            ),
            "none": Triplets(np.arange(len(segment)), segment * periods + period, -1.0),
        },
        upper=0.0,
        labels=[f"s{g}_p{j}_t{t}" for g, j, t in zip(segment, product, period, strict=True)] if labels else None,
    )
    resource, used = np.nonzero(market.usage[:, columns.product])
    program.rows(
        "stock",
        len(market.capacity),
        {"sales": Triplets(resource, used, market.usage[resource, columns.product[used]])},
        upper=market.capacity,
        labels=_numbered("i", len(market.capacity)) if labels else None,
    )


def _points_in_use(columns: Columns, market: LadderMarket) -> tuple[Integers, Integers, Integers]:
    used = np.zeros(market.weights.shape[1:], dtype=bool)
    used[columns.product, columns.point, columns.period] = True
    product, point, period = np.nonzero(used)
    return product, point, period


def _add_links(program: Program, market: LadderMarket, columns: Columns, *, labels: bool) -> None:
    product, point, period = _points_in_use(columns, market)
    place = np.full(market.weights.shape[1:], -1, dtype=np.int64)
    place[product, point, period] = np.arange(len(product))
    program.columns(
        "in force",
        len(product),
        upper=1.0,
        labels=[f"p{j}_k{k}_t{t}" for j, k, t in zip(product, point, period, strict=True)] if labels else None,
    )
    program.rows(
        "one price",
        market.products * market.periods,
        {"in force": Triplets(product * market.periods + period, np.arange(len(product)), 1.0)},
        upper=1.0,
        labels=labels_of(_numbered("p", market.products), _numbered("t", market.periods)) if labels else None,
    )
    segment, every = columns.segment, np.arange(len(columns.weight))
    in_force = place[columns.product, columns.point, columns.period]
    alone, crowded = share_bounds(market, columns)
    come = market.arrivals[segment, columns.period]
    for name, share, bounds in (("most", alone, {"upper": 0.0}), ("least", crowded, {"lower": 0.0})):
        program.rows(
            name,
            len(every),
            {"sales": Triplets(every, every, 1.0), "in force": Triplets(every, in_force, -come * share)},
            lower=bounds.get("lower", -np.inf),
            upper=bounds.get("upper", np.inf),
            labels=columns.label() if labels else None,
        )


def share_bounds(market: LadderMarket, columns: Columns) -> tuple[Floats, Floats]:
    """Return the share that each column has alone on the shelf, and among all others at their most attractive.

    Parameters
    ----------
    market
        The market.
    columns
        What may be bought.
    """
    outside = market.outside[columns.segment, columns.period]
    strongest = market.weights.max(axis=2)
    others = strongest.sum(axis=1)[columns.segment, columns.period]
    others = others - strongest[columns.segment, columns.product, columns.period]
    weight = columns.weight
    return weight / (outside + weight), weight / (outside + weight + np.maximum(others, 0.0))


def _numbered(letter: str, count: int) -> list[str]:
    return [f"{letter}{each}" for each in range(count)]
