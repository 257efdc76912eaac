"""What one replication leaves: who wanted what, what became of it, what moved on the shelves, and what was paid.

A ledger is arrays only, checked against each other before anybody sees a figure (R12, R16).
Customers are booked by cohort, those who first come from the warm-up on, to their last outcome; stock and money are
booked by the time of the event, from the warm-up on; `sold_to_earlier` reconciles the two (R1).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..models.problem import UNLIMITED_STOCK, Floats, Integers, Problem, Transfer


class InvariantError(Exception):
    """The books contradict each other (R16); a run that raises this returns no figure."""


class Cause(IntEnum):
    """Why a customer did not simply buy the origin. Never renumber: ledgers are stored."""

    NONE = 0
    """Bought it at once."""
    STOCKOUT = 1
    """Turned away: a stock that it uses lacked a unit (R5)."""
    REFUSAL = 2
    """Turned away: what was left was kept for others (R5)."""
    CHOICE = 3
    """Not turned away: left a home for something better, or waited for a better price (R10)."""


class Outcome(IntEnum):
    """What became of a customer (R12). Never renumber: ledgers are stored."""

    SERVED = 0
    RECAPTURED = 1
    DIVERTED = 2
    POSTPONED = 3
    LOST = 4
    PENDING = 5
    CANCELLED = 6
    NO_SHOW = 7
    DENIED = 8


NOBODY = -1
"""The destination of a customer who did not buy; nobody and nothing in particular, in a payment."""


class Account(IntEnum):
    """What a payment is for. Never renumber: ledgers are stored."""

    SALES = 0
    PURCHASES = 1
    ORDERING = 2
    HOLDING = 3
    DISPOSAL = 4
    PENALTIES = 5
    SERVICES = 6
    REFUNDS = 7
    DEPOSITS = 8
    BAD_DEBT = 9


class Payment(NamedTuple):
    """One dated payment: what credit, deposits, refunds and bad debt will be made of too (R16)."""

    time: float
    """When it is made, in time units."""
    account: Account
    product: int
    """The product that it concerns, or `NOBODY`; costs belong to products."""
    offer: int
    """The offer that it concerns, or `NOBODY`; what customers pay belongs to offers."""
    customer: int
    """Number of the customer who pays or is paid, or `NOBODY`."""
    amount: float
    """In money; what the firm pays is negative."""


class Head(IntEnum):
    """Columns of the head count of a segment's cohort."""

    ARRIVED = 0
    NOT_INTERESTED = 1
    BOUGHT = 2
    LEFT = 3
    WAITING = 4


class Movement(IntEnum):
    """Columns of the stock account of a product, in units, from the warm-up on (R16)."""

    OPENING = 0
    RECEIVED = 1
    RETURNED = 2
    SOLD = 3
    WASTED = 4
    CLOSING = 5


class ProductColumn(IntEnum):
    """Columns of the timeline of a product."""

    RECEIVED = 0
    SOLD = 1
    WASTED = 2
    ON_HAND_TIME = 3
    OUT_TIME = 4


class OfferColumn(IntEnum):
    """Columns of the timeline of an offer."""

    DEMAND = 0
    TURNED_AWAY = 1
    SOLD = 2
    REVENUE = 3
    PRICE_TIME = 4
    OPEN_TIME = 5


@dataclass(frozen=True, slots=True)
class Ledger:
    """What one replication leaves. Positions are those of the problem; all arrays are read-only.

    Attributes
    ----------
    replication : int
        Its number.
    heads : array (segments, 5)
        The cohort's customers, by `Head`.
    flows : array (rows, 6)
        Segment, origin, cause, outcome, destination (−1 for nobody) and the number of the cohort's customers, sorted.
    willing : array (rows, 5)
        Segment, origin, kind of transfer, preferred alternative and the number of customers turned away who were
        willing (R10).
    consumer_surplus : array (segments,)
        Σ (reservation price − price − transfer cost) of the cohort's purchases, in money; nan for models without
        prices.
    stock : array (products, 6)
        By `Movement`, in units.
    stock_time : array (products, 2)
        Unit·time on hand and time without a unit, in time units, from the warm-up on.
    cycles : array (products, 2)
        Replenishment cycles and those in which nobody was turned away.
    offer_time : array (offers, 2)
        Time in the window and time in which the offer could be had, in time units, from the warm-up on.
    sold : array (offers,)
        Sales from the warm-up on.
    sold_to_earlier : array (offers,)
        Those of them that went to customers who first came before the warm-up.
    product_money, offer_money : arrays (accounts, products) and (accounts, offers)
        Payments from the warm-up on, in money; costs are negative.
    timeline_products : array (periods, products, 5)
        By `ProductColumn`, from time 0 on, all customers.
    timeline_offers : array (periods, offers, 6)
        By `OfferColumn`, from time 0 on, all customers.
    """

    replication: int
    heads: Integers
    flows: Integers
    willing: Integers
    consumer_surplus: Floats
    stock: Integers
    stock_time: Floats
    cycles: Integers
    offer_time: Floats
    sold: Integers
    sold_to_earlier: Integers
    product_money: Floats
    offer_money: Floats
    timeline_products: Floats
    timeline_offers: Floats


BOUGHT = (Outcome.SERVED, Outcome.RECAPTURED, Outcome.DIVERTED, Outcome.POSTPONED)
"""The outcomes that end with a purchase."""

TURNED_AWAY = (Cause.STOCKOUT, Cause.REFUSAL)
"""The causes that count as turned away (R10)."""

KIND_OF_OUTCOME = {
    Outcome.RECAPTURED: Transfer.SUBSTITUTIVE,
    Outcome.DIVERTED: Transfer.COMPETITIVE,
    Outcome.POSTPONED: Transfer.STRATEGIC,
}
"""The kind of transfer that each outcome is (R9, R12)."""

HEAD_OF_OUTCOME = {
    **dict.fromkeys(BOUGHT, Head.BOUGHT),
    Outcome.LOST: Head.LEFT,
    Outcome.PENDING: Head.WAITING,
}
"""Where each outcome stands in the head count."""


def check_ledger(problem: Problem, ledger: Ledger, cash: Floats) -> None:
    """Check that the books agree with each other.

    Parameters
    ----------
    problem : Problem
        What was simulated.
    ledger : Ledger
        The books.
    cash : array (firms,)
        Running totals of all payments, in money, kept apart from the accounts.

    Raises
    ------
    InvariantError
        If stock, customers, sales, transfers or cash do not add up (R12, R16).
    """
    offers = len(problem.offers.names)
    flows, willing = ledger.flows, ledger.willing
    bought = flows[np.isin(flows[:, 3], BOUGHT)]

    limited = problem.products.opening_stock != UNLIMITED_STOCK
    came = ledger.stock[:, [Movement.OPENING, Movement.RECEIVED, Movement.RETURNED]].sum(axis=1)
    went = ledger.stock[:, [Movement.CLOSING, Movement.SOLD, Movement.WASTED]].sum(axis=1)
    _agree("units that came and went, by product (R16)", came, went)
    _agree("stock at the end of unlimited products (R16)", ledger.stock[~limited, Movement.CLOSING], 0)
    if (ledger.stock < 0).any():
        raise InvariantError(f"books: negative units in the stock account (R16): {ledger.stock.tolist()}")

    units_sold = np.zeros(len(problem.products.names), dtype=np.int64)
    per_use = np.repeat(ledger.sold, np.diff(problem.offers.use_start))
    np.add.at(units_sold, problem.offers.use_product, per_use * problem.offers.use_units)
    _agree("units sold and sales of the offers that use them (R16)", ledger.stock[:, Movement.SOLD], units_sold)

    _agree(
        "customers who arrived and their outcomes (R16)", ledger.heads[:, Head.ARRIVED], ledger.heads[:, 1:].sum(axis=1)
    )
    booked = np.bincount(flows[:, 0], weights=flows[:, 5], minlength=len(problem.segments.names))
    interested = ledger.heads[:, Head.ARRIVED] - ledger.heads[:, Head.NOT_INTERESTED]
    _agree("interested customers and the flows from their origins (R12)", booked, interested)

    by_destination = np.bincount(bought[:, 4], weights=bought[:, 5], minlength=offers)
    _agree("purchases of the cohort and sales (R1, R12)", by_destination, ledger.sold - ledger.sold_to_earlier)

    turned_away = bought[np.isin(bought[:, 2], TURNED_AWAY)]
    for outcome, kind in KIND_OF_OUTCOME.items():
        moved = turned_away[turned_away[:, 3] == outcome]
        ready = willing[willing[:, 2] == kind]
        moved_from = np.bincount(moved[:, 1], weights=moved[:, 5], minlength=offers)
        ready_at = np.bincount(ready[:, 1], weights=ready[:, 4], minlength=offers)
        if (moved_from > ready_at).any():
            raise InvariantError(f"books: more {kind.name.lower()} transfers than customers willing to make them (R10)")

    accounts = np.zeros(len(problem.firms.names))
    np.add.at(accounts, problem.products.firm, ledger.product_money.sum(axis=0))
    np.add.at(accounts, problem.offers.firm, ledger.offer_money.sum(axis=0))
    scale = 1 + np.abs(ledger.product_money).sum() + np.abs(ledger.offer_money).sum()
    if (np.abs(accounts - cash) > 1e-9 * scale).any():
        raise InvariantError(f"books: cash {cash.tolist()} is not the sum of the accounts {accounts.tolist()} (R16)")


def _agree(what: str, left: npt.ArrayLike, right: npt.ArrayLike) -> None:
    if not np.array_equal(np.asarray(left), np.broadcast_to(np.asarray(right), np.shape(left))):
        raise InvariantError(f"books: {what} differ: {np.asarray(left).tolist()} against {np.asarray(right).tolist()}")
