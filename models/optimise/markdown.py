"""Price paths that a shop can post: one price a period, only downwards or with few changes, for customers who may wait.

On the market of `ladder.py`, u_jkt = 1 where product j is priced at point k in period t. Customers (g, t) of segment g
who come in period t may buy in period t' = t + d at a waiting cost of w_gd in money (w_g0 = 0, inf where they do not
wait); with a logit of scale s_g their attraction to product j at point k then is v_gjkt' e^{−w_gd/s_g} =: v_gtjkt'.

    maximise    Σ (p_jk − c_j) x_gtjkt'
    one price   Σ_k u_jkt = 1                                            every product and period
    customers   x_0gt + Σ_jkt' x_gtjkt' = λ_gt
    scale       Σ_kt' x_gtjkt' / v_gtjkt' ≤ x_0gt / v0_gt                every segment, period of coming and product
    price       x_gtjkt' ≤ λ_gt v_gtjkt' / (v0_gt + v_gtjkt') · u_jkt'
    best date   x_gtjkt' ≤ λ_gt v_gtjkt' / (v0_gt + v_gtjkt') · (1 − Σ_{k'': v_gtjk''t'' > v_gtjkt'} u_jk''t'')
                                                                         every other date t'' that is open to (g, t)
    stock       Σ A_ij x_gtjkt' ≤ c_i
    markdown    Σ_k p_jk u_jkt ≤ Σ_k p_jk u_jk,t−1                       if prices may only fall
    change      n_jt ≥ u_jkt − u_jk,t−1  every k;   Σ_t n_jt ≤ limit     if changes are limited
    u ∈ {0, 1};  x, x_0, n ≥ 0

Scale and price are the sales-based program's (`sales_based.py`, also for the unit of x_0) with one price in force;
markdown and a limit of changes are business rules of retailers (Talluri & van Ryzin 2004, ch. 5). A taste belongs to
the product and not to the date (R6), so a customer compares a product's dates by price and waiting cost alone, and
"best date" leaves only the best one. Of equal dates the program takes the one that suits the firm.

What it assumes. The path is announced and believed. A product may be shut for a part of a period, at the firm's will or
because it has run out; who comes then takes something else or nothing. One segment that does not wait: exact, as a
fluid. Several segments: shut times may differ between them, a relaxation, but prices are the same for all. Customers
who wait have their unit put aside: none of them finds an empty shelf, and none loses the wish in the meantime. Where
customers wait, the value is therefore no bound on what a policy can earn.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..problem import Booleans, Floats, Integers
from .ladder import NEVER, LadderMarket, strongest
from .outcome import Solution
from .price_plan import margin_of
from .program import Program, Triplets
from .solver import GAP, solve


class Waiting(NamedTuple):
    """How customers put off what they buy."""

    cost: Floats
    """Cost of waiting 0, 1, 2 … periods, in money; 0 first, inf for what nobody does. Shape (segments, delays)."""
    scale: Floats
    """Spread of tastes of each segment, in money. Shape (segments,)."""


@dataclass(frozen=True)
class PathPlan:
    """One price for every product and period: segments g, products j, points k, periods t."""

    market: LadderMarket
    points: Integers
    """Price point in force. Shape (products, periods)."""
    sales: Floats
    """Units by the period in which they are bought. Shape (segments, products, points, periods)."""
    put_off: Floats
    """Units of these whose buyers came in an earlier period. Shape (segments, products, points, periods)."""
    value: float
    """Margin of all sales, in money."""
    bound: float
    """What no path of this program can beat; where customers wait, other policies may."""
    exact: bool
    """Whether the value is that of the fluid problem itself; otherwise it is that of a relaxation."""
    solution: Solution
    """The program's own solution."""

    def prices(self) -> Floats:
        """Return the price path, in money, shape (products, periods)."""
        return np.take_along_axis(self.market.prices, self.points, axis=1)

    def changes(self) -> Integers:
        """Return how often the price of each product changes, shape (products,)."""
        return np.asarray((np.diff(self.points, axis=1) != 0).sum(axis=1), dtype=np.int64)


class _Buyers(NamedTuple):
    """Whose sales a column is; each array has shape (columns,)."""

    segment: Integers
    come: Integers
    product: Integers
    point: Integers
    date: Integers
    weight: Floats


def markdown_plan(
    market: LadderMarket,
    *,
    only_down: bool = True,
    most_changes: int | None = None,
    waiting: Waiting | None = None,
    opening_points: npt.ArrayLike | None = None,
    time_limit: float | None = None,
    gap: float = GAP,
) -> PathPlan:
    """Return the price path that earns most, in expectation and with divisible stocks.

    Parameters
    ----------
    market
        The market. Each product must have a price point in each period, though it need not sell there.
    only_down
        Whether prices may only fall.
    most_changes
        Price changes that each product may have; None without limit.
    waiting
        How customers put off what they buy; None where nobody waits.
    opening_points
        Price point of each product before the first period: the first price is then a change, or a markdown, too.
        Shape (products,). None where the first price is free.
    time_limit
        Seconds that the solver may take.
    gap
        Relative distance from its bound at which the path counts as best.

    Raises
    ------
    ValueError
        When a setting does not fit the market.
    ProgramError
        When there is no optimum (R18).
    """
    buyers = _buyers_of(market, waiting)
    program = markdown_program(
        market, only_down=only_down, most_changes=most_changes, waiting=waiting, opening_points=opening_points
    )
    solution = solve(program, time_limit=time_limit, gap=gap)
    in_force = solution.values["in force"].reshape(market.products, market.points, market.periods)
    sales, put_off = np.zeros(market.weights.shape), np.zeros(market.weights.shape)
    bought = np.maximum(solution.values["sales"], 0.0)
    place = (buyers.segment, buyers.product, buyers.point, buyers.date)
    np.add.at(sales, place, bought)
    np.add.at(put_off, place, np.where(buyers.date > buyers.come, bought, 0.0))
    return PathPlan(
        market=market,
        points=np.argmax(in_force, axis=1).astype(np.int64),
        sales=sales,
        put_off=put_off,
        value=margin_of(market, sales),
        bound=solution.bound,
        exact=market.segments == 1 and waiting is None,
        solution=solution,
    )


def markdown_program(
    market: LadderMarket,
    *,
    only_down: bool = True,
    most_changes: int | None = None,
    waiting: Waiting | None = None,
    opening_points: npt.ArrayLike | None = None,
) -> Program:
    """Return the program of a market; the parameters are those of `markdown_plan`."""
    buyers = _buyers_of(market, waiting)
    program = Program("markdown", maximise=True)
    products, points, periods = market.products, market.points, market.periods
    grid = np.indices((products, points, periods)).reshape(3, -1)
    program.columns(
        "in force",
        grid.shape[1],
        upper=_can_be_in_force(market).ravel().astype(float),
        integer=True,
        labels=[f"p{j}_k{k}_t{t}" for j, k, t in grid.T],
    )
    program.rows(
        "one price",
        products * periods,
        {"in force": Triplets(grid[0] * periods + grid[2], np.arange(grid.shape[1]), 1.0)},
        lower=1.0,
        upper=1.0,
        labels=[f"p{j}_t{t}" for j in range(products) for t in range(periods)],
        definition=True,
    )
    _add_buyers(program, market, buyers)
    if waiting is not None:
        _add_best_dates(program, market, buyers)
    opening = None if opening_points is None else np.asarray(opening_points, dtype=np.int64)
    if opening is not None and (opening.shape != (products,) or (opening < 0).any() or (opening >= points).any()):
        raise ValueError(f"opening_points: must name one of {points} points for each of {products} products")
    if only_down:
        _add_markdown(program, market, opening)
    if most_changes is not None:
        if most_changes < 0:
            raise ValueError(f"most_changes: must be at least 0 (got {most_changes})")
        _add_changes(program, market, opening, most_changes)
    return program


def _can_be_in_force(market: LadderMarket) -> Booleans:
    """Return which points are there: those that somebody buys at, or all of a product that nobody wants then."""
    wanted: Booleans = np.any(market.weights > 0, axis=0)
    unwanted: Booleans = ~np.any(wanted, axis=1, keepdims=True)
    return np.logical_or(wanted, unwanted)


def _buyers_of(market: LadderMarket, waiting: Waiting | None) -> _Buyers:
    cost, scale = (np.zeros((market.segments, 1)), np.ones(market.segments)) if waiting is None else waiting
    cost, scale = np.asarray(cost, dtype=np.float64), np.asarray(scale, dtype=np.float64)
    if cost.ndim != 2 or len(cost) != market.segments or scale.shape != (market.segments,):
        raise ValueError(f"waiting: shapes {cost.shape}, {scale.shape} do not fit {market.segments} segments")
    if (cost[:, 0] != 0).any() or np.isnan(cost).any() or (cost < 0).any():
        raise ValueError("waiting: cost: must be 0 for no delay, and never below 0")
    if not (scale > 0).all():
        raise ValueError("waiting: scale: must be above 0")
    parts = []
    for delay in range(min(cost.shape[1], market.periods)):
        weights = market.weights[..., delay:] * np.exp(-cost[:, delay] / scale)[:, None, None, None]
        coming = market.arrivals[:, : market.periods - delay] > 0
        some = weights > NEVER * market.outside[:, None, None, : market.periods - delay]
        segment, product, point, come = np.nonzero(some & coming[:, None, None, :])
        parts.append((segment, come, product, point, come + delay, weights[segment, product, point, come]))
    return _Buyers(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _most(market: LadderMarket, buyers: _Buyers) -> Floats:
    """Return what a column can sell: its share when the product stands alone at this price."""
    outside = market.outside[buyers.segment, buyers.come]
    share = buyers.weight / (outside + buyers.weight)
    return np.asarray(market.arrivals[buyers.segment, buyers.come] * share, dtype=np.float64)


def _place_in_force(market: LadderMarket, product: Integers, point: Integers, period: Integers) -> Integers:
    return np.asarray((product * market.points + point) * market.periods + period, dtype=np.int64)


def _names(buyers: _Buyers) -> list[str]:
    rows = zip(*(each.tolist() for each in buyers[:5]), strict=True)
    return [f"s{g}_c{c}_p{j}_k{k}_t{t}" for g, c, j, k, t in rows]


def _add_buyers(program: Program, market: LadderMarket, buyers: _Buyers) -> None:
    every, names = np.arange(len(buyers.weight)), _names(buyers)
    cells = market.segments * market.periods
    cell = buyers.segment * market.periods + buyers.come
    reference = strongest(buyers.weight, market.outside.ravel(), cell)
    cell_names = [f"s{g}_c{t}" for g in range(market.segments) for t in range(market.periods)]
    program.columns("sales", len(every), objective=market.margins[buyers.product, buyers.point], labels=names)
    program.columns("none", cells, labels=cell_names)
    program.rows(
        "customers",
        cells,
        {
            "sales": Triplets(cell, every, 1.0),
            "none": Triplets(np.arange(cells), np.arange(cells), market.outside.ravel() / reference),
        },
        lower=market.arrivals.ravel(),
        upper=market.arrivals.ravel(),
        labels=cell_names,
        definition=True,
    )
    kinds, row = np.unique(cell * market.products + buyers.product, return_inverse=True)
    scaled = kinds // market.products
    program.rows(
        "scale",
        len(kinds),
        {
            "sales": Triplets(row, every, reference[cell] / buyers.weight),
            "none": Triplets(np.arange(len(kinds)), scaled, -1.0),
        },
        upper=0.0,
        labels=[f"{cell_names[kind // market.products]}_p{kind % market.products}" for kind in kinds.tolist()],
    )
    in_force = _place_in_force(market, buyers.product, buyers.point, buyers.date)
    program.rows(
        "price",
        len(every),
        {"sales": Triplets(every, every, 1.0), "in force": Triplets(every, in_force, -_most(market, buyers))},
        upper=0.0,
        labels=names,
    )
    resource, used = np.nonzero(market.usage[:, buyers.product])
    program.rows(
        "stock",
        len(market.capacity),
        {"sales": Triplets(resource, used, market.usage[resource, buyers.product[used]])},
        upper=market.capacity,
        labels=[f"i{each}" for each in range(len(market.capacity))],
    )


def _add_best_dates(program: Program, market: LadderMarket, buyers: _Buyers) -> None:
    """Close a date of a product to those who would rather have another one."""
    most, names = _most(market, buyers), _names(buyers)
    groups: dict[tuple[int, int, int], list[int]] = {}
    for column, key in enumerate(
        zip(buyers.segment.tolist(), buyers.come.tolist(), buyers.product.tolist(), strict=True)
    ):
        groups.setdefault(key, []).append(column)
    row_of: list[int] = []
    in_force_of: list[int] = []
    most_of: list[float] = []
    column_of: list[int] = []
    sides: list[float] = []
    labels: list[str] = []
    for columns in groups.values():
        members = np.array(columns)
        for column in columns:
            better = members[buyers.weight[members] > buyers.weight[column] * (1 + 1e-12)]
            for date in np.unique(buyers.date[better]).tolist():
                rivals = better[buyers.date[better] == date]
                if date != buyers.date[column]:
                    row = len(sides)
                    column_of.append(column)
                    sides.append(most[column])
                    labels.append(f"{names[column]}_than_t{date}")
                    row_of += [row] * len(rivals)
                    most_of += [most[column]] * len(rivals)
                    in_force_of += _place_in_force(
                        market, buyers.product[rivals], buyers.point[rivals], buyers.date[rivals]
                    ).tolist()
    if sides:
        program.rows(
            "best date",
            len(sides),
            {
                "sales": Triplets(np.arange(len(sides)), column_of, 1.0),
                "in force": Triplets(row_of, in_force_of, most_of),
            },
            upper=sides,
            labels=labels,
        )


def _add_markdown(program: Program, market: LadderMarket, opening: Integers | None) -> None:
    products, points, periods = market.products, market.points, market.periods
    product, point, period = np.indices((products, points, periods)).reshape(3, -1)
    price, place = market.prices[product, point], np.arange(product.size)
    earlier = period < periods - 1
    first = np.full(products, np.inf) if opening is None else market.prices[np.arange(products), opening]
    upper = np.zeros((products, periods))
    upper[:, 0] = first
    program.rows(
        "markdown",
        products * periods,
        {
            "in force": [
                Triplets(product * periods + period, place, price),
                Triplets((product * periods + period + 1)[earlier], place[earlier], -price[earlier]),
            ]
        },
        upper=upper.ravel(),
        labels=[f"p{j}_t{t}" for j in range(products) for t in range(periods)],
    )


def _add_changes(program: Program, market: LadderMarket, opening: Integers | None, most: int) -> None:
    products, points, periods = market.products, market.points, market.periods
    product, point, period = np.indices((products, points, periods)).reshape(3, -1)
    place = np.arange(product.size)
    cells = [f"p{j}_t{t}" for j in range(products) for t in range(periods)]
    upper = np.zeros((products, points, periods))
    if opening is None:
        upper[:, :, 0] = 1.0
    else:
        upper[np.arange(products), opening, 0] = 1.0
    program.columns("changes", products * periods, upper=1.0, labels=cells)
    earlier = period < periods - 1
    program.rows(
        "change",
        place.size,
        {
            "in force": [Triplets(place, place, 1.0), Triplets(place[earlier] + 1, place[earlier], -1.0)],
            "changes": Triplets(place, product * periods + period, -1.0),
        },
        upper=upper.ravel(),
        labels=[f"p{j}_k{k}_t{t}" for j, k, t in zip(product, point, period, strict=True)],
    )
    owner = np.repeat(np.arange(products), periods)
    program.rows(
        "changes",
        products,
        {"changes": Triplets(owner, np.arange(products * periods), 1.0)},
        upper=float(most),
        labels=[f"p{each}" for each in range(products)],
    )
