"""Booking, the twin of `demandshift.simulator.books`: the same arrays, written by compiled code."""

from math import nan

from ...models.problem import Transfer
from ..compiling import compiled, inlined
from ..ledger import NOBODY, Account, Cause, Head, Movement, Outcome, ProductColumn
from .facts import Inputs, Records
from .memory import State
from .pools import count_one

# Enumerations stand in compiled code as plain integers.
_PURCHASES, _DISPOSAL = int(Account.PURCHASES), int(Account.DISPOSAL)
_RECEIVED, _WASTED = int(Movement.RECEIVED), int(Movement.WASTED)
_ROW_RECEIVED, _ROW_WASTED = int(ProductColumn.RECEIVED), int(ProductColumn.WASTED)
_NOT_INTERESTED, _BOUGHT, _LEFT, _WAITING = (
    int(Head.NOT_INTERESTED),
    int(Head.BOUGHT),
    int(Head.LEFT),
    int(Head.WAITING),
)
_SERVED, _LOST, _PENDING = int(Outcome.SERVED), int(Outcome.LOST), int(Outcome.PENDING)
_NO_CAUSE = int(Cause.NONE)
CAUSES, OUTCOMES, KINDS = len(Cause), len(Outcome), len(Transfer)


@compiled
def pay_for(inputs: Inputs, state: State, product: int, account: int, amount: float) -> None:
    """Book a payment that concerns a product and no customer; costs are negative. Books are modified in place."""
    if state.moment[0].counting:
        state.books.product_money[account, product] += amount
        state.books.cash[inputs.products[product].firm] += amount


@compiled
def receive(inputs: Inputs, state: State, product: int, units: int) -> None:
    """Book units that arrive and what they cost. Books are modified in place."""
    moment, books = state.moment[0], state.books
    books.timeline_products[moment.period, product, _ROW_RECEIVED] += units
    if moment.counting:
        books.stock[product, _RECEIVED] += units
    pay_for(inputs, state, product, _PURCHASES, -units * inputs.products[product].unit_cost)


@inlined
def take_units(state: State, product: int, units: int) -> None:
    """Book units that leave with a customer. State is modified in place."""
    state.products[product].page_sold += units


@inlined
def waste(inputs: Inputs, state: State, product: int, units: int) -> None:
    """Book units that expire, what they fetch and what it costs to get rid of them. Books are modified in place."""
    moment, books = state.moment[0], state.books
    books.timeline_products[moment.period, product, _ROW_WASTED] += units
    if moment.counting:
        books.stock[product, _WASTED] += units
    pay_for(inputs, state, product, _DISPOSAL, -units * inputs.products[product].net_disposal_cost)


@inlined
def end_cycle(state: State, product: int, turned_away: int) -> None:
    """Book a replenishment cycle. Books are modified in place."""
    if state.moment[0].counting:
        state.books.cycles[product, 0] += 1
        state.books.cycles[product, 1] += 1 - turned_away


@inlined
def sell(state: State, offer: int, price: float, cohort: int) -> None:
    """Book a sale and its payment. State is modified in place."""
    on_sale = state.offers[offer]
    on_sale.page_sold += 1
    on_sale.page_to_earlier += 1 - cohort
    on_sale.page_revenue += price


@inlined
def ask(state: State, origin: int, turned_away: int) -> None:
    """Note that somebody came for an offer. State is modified in place."""
    on_sale = state.offers[origin]
    on_sale.page_demand += 1
    on_sale.page_turned_away += turned_away


@compiled
def note_willing(inputs: Inputs, state: State, segment: int, origin: int, kind: int, alternative: int) -> None:
    """Note that a customer of the cohort, turned away, would take an alternative before its cost (R10).

    Origin and alternative count the segment's considered offers. Books are modified in place.
    """
    start = inputs.segments[segment].place_start
    offer = inputs.considered[start + alternative].offer
    count_one(state.books.willing, ((start + origin) * KINDS + kind) * inputs.offers.shape[0] + offer)


@compiled
def not_interested(state: State, visitor: Records) -> None:
    """Book a customer who wanted nothing. Books are modified in place."""
    if visitor.cohort:
        state.books.heads[visitor.segment, _NOT_INTERESTED] += 1
    if state.books.log.shape[0] > 0:
        # Whoever was at the shelf before has left his own there.
        visitor.cause = _NO_CAUSE
        _write_log(state, visitor, NOBODY, _LOST, NOBODY, nan, 0.0)


@compiled
def conclude(
    inputs: Inputs, state: State, visitor: Records, outcome: int, destination: int, price: float, surplus: float
) -> None:
    """Book the last outcome of a customer.

    The destination is an offer, or `NOBODY`; the price is nan where nothing was bought. Books are modified in place.
    """
    books = state.books
    place = inputs.segments[visitor.segment].place_start + visitor.origin
    if visitor.cohort:
        if outcome == _SERVED and visitor.cause == _NO_CAUSE:
            books.served[place] += 1
        else:
            key = (place * CAUSES + visitor.cause) * OUTCOMES + outcome
            count_one(books.flows, key * (inputs.offers.shape[0] + 1) + destination + 1)
        if outcome == _LOST:
            books.heads[visitor.segment, _LEFT] += 1
        elif outcome == _PENDING:
            books.heads[visitor.segment, _WAITING] += 1
        else:
            books.heads[visitor.segment, _BOUGHT] += 1
        books.consumer_surplus[visitor.segment] += surplus
    if books.log.shape[0] > 0:
        _write_log(state, visitor, inputs.considered[place].offer, outcome, destination, price, surplus)


@compiled
def _write_log(
    state: State, visitor: Records, origin: int, outcome: int, destination: int, price: float, surplus: float
) -> None:
    """Write one customer's story into the log, which is modified in place; the kernel has made sure of room."""
    moment = state.moment[0]
    row = state.books.log[moment.log_length]
    moment.log_length += 1
    row.number = visitor.number
    row.segment = visitor.segment
    row.person = visitor.person
    row.first_visit = visitor.first_visit
    row.cohort = visitor.cohort
    row.origin = origin
    row.cause = visitor.cause
    row.outcome = outcome
    row.destination = destination
    row.time = moment.time
    row.price = price
    row.surplus = surplus
