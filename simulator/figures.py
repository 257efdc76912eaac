"""From ledgers to figures: what each figure is, from which counts, in which unit (R19).

One replication is reduced to additive counts by offer, product and segment. Every figure is a sum of such counts, or a
ratio of two such sums, so that it can be taken for a firm, an offer or everything alike. This table is the only place
that knows what a figure is made of; the reference page of the figures is made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..models.problem import Floats, Problem, Transfer
from .ledger import KIND_OF_OUTCOME, TURNED_AWAY, Account, Cause, Ledger, Movement, Outcome


@dataclass(frozen=True, slots=True)
class Figure:
    """What one figure means and how it is put together."""

    name: str
    unit: Literal["money", "units", "customers", "share", "time units", "unit · time units", "cycles"]
    meaning: str
    plus: tuple[str, ...]
    """Counts that are added."""
    minus: tuple[str, ...] = ()
    """Counts that are subtracted."""
    per: tuple[str, ...] = ()
    """Counts whose sum divides; empty for a figure that is no rate."""
    per_minus: tuple[str, ...] = ()
    """Counts that are subtracted from what divides."""


FIGURES = (
    Figure(
        "profit",
        "money",
        "revenue less all costs, plus the change in the value of stock (R19)",
        plus=("revenue", "closing_value"),
        minus=("purchases", "ordering", "holding", "disposal", "penalties", "services", "opening_value"),
    ),
    Figure("revenue", "money", "payments for sales", ("revenue",)),
    Figure("purchase_cost", "money", "cost of units received", ("purchases",)),
    Figure("ordering_cost", "money", "fixed cost of orders", ("ordering",)),
    Figure("holding_cost", "money", "cost of stock over time", ("holding",)),
    Figure("disposal_cost", "money", "cost of getting rid of expired units, less what they fetch", ("disposal",)),
    Figure("penalties", "money", "cost of lost and of waiting customers", ("penalties",)),
    Figure("service_cost", "money", "cost of what is done for customers who meet an empty shelf", ("services",)),
    Figure("opening_value", "money", "value of stock at the end of the warm-up", ("opening_value",)),
    Figure("closing_value", "money", "value of stock at the end", ("closing_value",)),
    Figure("units_sold", "units", "units that left with customers", ("units_sold",)),
    Figure("units_received", "units", "units delivered", ("units_received",)),
    Figure("waste", "units", "units that expired", ("wasted",)),
    Figure("demand", "customers", "customers whose origin it was", ("demand",)),
    Figure("served", "customers", "of these, bought it at once", ("served",)),
    Figure("recaptured", "customers", "of these, bought another offer of the same firm at once", ("recaptured",)),
    Figure("diverted", "customers", "of these, bought from another firm at once", ("diverted",)),
    Figure("postponed", "customers", "of these, bought later", ("postponed",)),
    Figure("lost", "customers", "of these, were turned away and never bought", ("lost",)),
    Figure("gave_up", "customers", "of these, moved or waited of their own choice and never bought", ("gave_up",)),
    Figure("pending", "customers", "of these, still wait at the end", ("pending",)),
    Figure("turned_away", "customers", "of these, could not have it at once", ("stockouts", "refusals")),
    Figure("stockouts", "customers", "turned away because a stock lacked a unit", ("stockouts",)),
    Figure("refusals", "customers", "turned away because what was left was kept for others", ("refusals",)),
    Figure(
        "fill_rate",
        "share",
        "share of demand served at once; who moved of his own choice is left out",
        plus=("served",),
        per=("demand",),
        per_minus=("by_choice",),
    ),
    Figure(
        "in_stock_rate",
        "share",
        "share of its window in which it could be had",
        plus=("available_time",),
        per=("open_time",),
    ),
    Figure(
        "cycle_service",
        "share",
        "share of replenishment cycles in which nobody was turned away for lack of stock; "
        "the cycle that the end cuts off counts",
        plus=("full_cycles",),
        per=("cycles",),
    ),
    Figure("sales", "customers", "sales, whoever came for them", ("sales",)),
    Figure(
        "sales_to_earlier_customers",
        "customers",
        "of these, to customers who first came before the warm-up ended (R1)",
        ("sales_to_earlier",),
    ),
    Figure("stock_time", "unit · time units", "units on hand, summed over time", ("stock_time",)),
)
"""All figures of a firm, in the order in which they are shown."""

FIGURE_BY_NAME = {figure.name: figure for figure in FIGURES}

OFFER_COUNTS = (
    "demand",
    "served",
    "recaptured",
    "diverted",
    "postponed",
    "lost",
    "gave_up",
    "pending",
    "stockouts",
    "refusals",
    "by_choice",
    "sales",
    "sales_to_earlier",
    "revenue",
    "open_time",
    "available_time",
    "willing_substitutive",
    "willing_competitive",
    "willing_strategic",
    "moved_substitutive",
    "moved_competitive",
    "moved_strategic",
    "waited_by_choice",
    "left_home",
)
"""Additive counts of an offer; customers are counted at their origin."""

PRODUCT_COUNTS = (
    "units_sold",
    "units_received",
    "wasted",
    "opening_units",
    "closing_units",
    "opening_value",
    "closing_value",
    "purchases",
    "ordering",
    "holding",
    "disposal",
    "penalties",
    "services",
    "stock_time",
    "out_time",
    "cycles",
    "full_cycles",
)
"""Additive counts of a product."""

SEGMENT_COUNTS = ("arrived", "not_interested", "bought", "left", "waiting", "consumer_surplus")
"""Additive counts of a segment's cohort; consumer surplus is nan for models without prices."""

KINDS = (Transfer.SUBSTITUTIVE, Transfer.COMPETITIVE, Transfer.STRATEGIC)
"""The kinds of transfer that customers make."""


def offer_counts(problem: Problem, ledger: Ledger) -> Floats:
    """Return the counts of every offer, shape (offers, len(OFFER_COUNTS))."""
    offers = len(problem.offers.names)
    counts = {name: np.zeros(offers) for name in OFFER_COUNTS}
    _, origin, cause, outcome, _, customers = ledger.flows.T
    # One pass over the flows: customers by origin, cause and outcome; whole numbers, so that no order of sums matters.
    place = (origin * len(Cause) + cause) * len(Outcome) + outcome
    cells = np.bincount(place, weights=customers, minlength=offers * len(Cause) * len(Outcome))
    by_cause = cells.astype(np.float64).reshape(offers, len(Cause), len(Outcome))
    total = by_cause.sum(axis=1)
    away = by_cause[:, TURNED_AWAY, :].sum(axis=1)
    choice = by_cause[:, Cause.CHOICE, :]

    counts["demand"] = total.sum(axis=1)
    counts["served"] = total[:, Outcome.SERVED]
    counts["recaptured"] = total[:, Outcome.RECAPTURED]
    counts["diverted"] = total[:, Outcome.DIVERTED]
    counts["postponed"] = total[:, Outcome.POSTPONED]
    counts["lost"] = away[:, Outcome.LOST]
    counts["gave_up"] = choice[:, Outcome.LOST]
    counts["pending"] = total[:, Outcome.PENDING]
    counts["stockouts"] = by_cause[:, Cause.STOCKOUT, :].sum(axis=1)
    counts["refusals"] = by_cause[:, Cause.REFUSAL, :].sum(axis=1)
    counts["by_choice"] = choice.sum(axis=1)
    counts["sales"] = ledger.sold.astype(float)
    counts["sales_to_earlier"] = ledger.sold_to_earlier.astype(float)
    counts["revenue"] = ledger.offer_money[Account.SALES]
    counts["open_time"] = ledger.offer_time[:, 0]
    counts["available_time"] = ledger.offer_time[:, 1]
    for result, kind in KIND_OF_OUTCOME.items():
        ready = ledger.willing[ledger.willing[:, 2] == kind]
        counts[f"willing_{kind.name.lower()}"] = np.bincount(ready[:, 1], weights=ready[:, 4], minlength=offers).astype(
            np.float64
        )
        counts[f"moved_{kind.name.lower()}"] = away[:, result]
    counts["waited_by_choice"] = choice[:, (Outcome.POSTPONED, Outcome.LOST, Outcome.PENDING)].sum(axis=1)
    counts["left_home"] = counts["by_choice"] - counts["waited_by_choice"]
    return np.column_stack([counts[name] for name in OFFER_COUNTS])


def product_counts(problem: Problem, ledger: Ledger) -> Floats:
    """Return the counts of every product, shape (products, len(PRODUCT_COUNTS)); costs are positive."""
    stock, money = ledger.stock, ledger.product_money
    worth = problem.products.closing_value
    counts = {
        "units_sold": stock[:, Movement.SOLD],
        "units_received": stock[:, Movement.RECEIVED],
        "wasted": stock[:, Movement.WASTED],
        "opening_units": stock[:, Movement.OPENING],
        "closing_units": stock[:, Movement.CLOSING],
        "opening_value": stock[:, Movement.OPENING] * worth,
        "closing_value": stock[:, Movement.CLOSING] * worth,
        "purchases": 0.0 - money[Account.PURCHASES],
        "ordering": 0.0 - money[Account.ORDERING],
        "holding": 0.0 - money[Account.HOLDING],
        "disposal": 0.0 - money[Account.DISPOSAL],
        "penalties": 0.0 - money[Account.PENALTIES],
        "services": 0.0 - money[Account.SERVICES],
        "stock_time": ledger.stock_time[:, 0],
        "out_time": ledger.stock_time[:, 1],
        "cycles": ledger.cycles[:, 0],
        "full_cycles": ledger.cycles[:, 1],
    }
    return np.column_stack([np.asarray(counts[name], dtype=np.float64) for name in PRODUCT_COUNTS])


def segment_counts(ledger: Ledger) -> Floats:
    """Return the counts of every segment, shape (segments, len(SEGMENT_COUNTS))."""
    return np.column_stack([ledger.heads.astype(np.float64), ledger.consumer_surplus])


def figure_parts(figure: Figure, counts: Mapping[str, Floats]) -> tuple[Floats, Floats | None] | None:
    """Return what a figure adds up to and, for a rate, what divides it, one value a replication.

    Parameters
    ----------
    figure : Figure
        What to put together.
    counts : mapping of name to array (replications,)
        The counts that there are.

    Returns
    -------
    tuple or None
        None where the counts that it needs do not exist at this level (an offer has no cost of its own).
    """
    if any(name not in counts for name in (*figure.plus, *figure.minus, *figure.per, *figure.per_minus)):
        return None
    top = _sum(counts, figure.plus) - _sum(counts, figure.minus)
    if not figure.per:
        return top, None
    return top, _sum(counts, figure.per) - _sum(counts, figure.per_minus)


def _sum(counts: Mapping[str, Floats], names: tuple[str, ...]) -> Floats:
    total = np.zeros_like(next(iter(counts.values())))
    for name in names:
        total = total + counts[name]
    return total
