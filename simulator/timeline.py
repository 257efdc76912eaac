"""The timeline: what happened in each period, by product and by offer."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..models.problem import Floats, Problem
from .estimates import estimate_from_sums
from .ledger import OfferColumn, ProductColumn
from .tally import Tally

Column = tuple[str, str, int, Floats | None]
"""Name and unit of a figure, the column of the ledger's timeline, and what divides it, shape (periods, items)."""


def timeline_rows(problem: Problem, tally: Tally) -> list[dict[str, Any]]:
    """Return the rows of the timeline: products first, then offers, period after period.

    Raises
    ------
    ValueError
        If the tally was made of contributions, which have no timeline.
    """
    if not tally.has_timeline:
        raise ValueError("the tally was made of contributions, which have no timeline")
    lengths = [
        min(problem.report_every, problem.horizon - period * problem.report_every) for period in range(problem.periods)
    ]
    products, offers = problem.products.names, problem.offers.names
    whole_period = np.repeat(np.array(lengths)[:, np.newaxis], len(products), axis=1)
    # Windows are the same in every replication, so that their mean is each one's own.
    time_open = tally.timeline_offers[:, :, OfferColumn.OPEN_TIME] / tally.n
    of_products: tuple[Column, ...] = (
        ("received", "units", ProductColumn.RECEIVED, None),
        ("sold", "units", ProductColumn.SOLD, None),
        ("wasted", "units", ProductColumn.WASTED, None),
        ("stock", "units", ProductColumn.ON_HAND_TIME, whole_period),
        ("out_of_stock_time", "time units", ProductColumn.OUT_TIME, None),
    )
    of_offers: tuple[Column, ...] = (
        ("demand", "customers", OfferColumn.DEMAND, None),
        ("turned_away", "customers", OfferColumn.TURNED_AWAY, None),
        ("sales", "customers", OfferColumn.SOLD, None),
        ("revenue", "money", OfferColumn.REVENUE, None),
        ("price", "money", OfferColumn.PRICE_TIME, time_open),
    )
    product_sums = (tally.timeline_products, tally.timeline_products_squares)
    offer_sums = (tally.timeline_offers, tally.timeline_offers_squares)
    rows: list[dict[str, Any]] = []
    for period in range(problem.periods):
        head = {"period": period, "time": period * problem.report_every}
        rows.extend({**head, **row} for row in _rows("product", products, of_products, product_sums, period, tally.n))
        rows.extend({**head, **row} for row in _rows("offer", offers, of_offers, offer_sums, period, tally.n))
    return rows


def _rows(
    level: str, names: Sequence[str], columns: Sequence[Column], sums: tuple[Floats, Floats], period: int, n: int
) -> Iterator[dict[str, Any]]:
    totals, squares = sums
    for item, name in enumerate(names):
        for figure, unit, column, divisor in columns:
            by = 1.0 if divisor is None else float(divisor[period, item])
            if by == 0:
                # An offer that is shut for the whole period has no price.
                continue
            estimate = estimate_from_sums(
                float(totals[period, item, column]) / by, float(squares[period, item, column]) / by**2, n
            )
            yield {"level": level, "name": name, "figure": figure, "unit": unit, **estimate.as_dict()}
