"""Booking, the twin of `demandshift.simulator.books`: the same arrays, written by compiled code."""

from math import log, nan

from ..compiling import compiled, inlined
from ..ledger import NOBODY, Account, Cause, Head, Movement, OfferColumn, Outcome, ProductColumn
from .facts import Inputs, Records
from .memory import State
from .pools import count_one

# Enumerations stand in compiled code as plain integers.
_SALES, _PURCHASES, _DISPOSAL = int(Account.SALES), int(Account.PURCHASES), int(Account.DISPOSAL)
_RECEIVED, _SOLD, _WASTED = int(Movement.RECEIVED), int(Movement.SOLD), int(Movement.WASTED)
_ROW_RECEIVED, _ROW_SOLD, _ROW_WASTED = (
    int(ProductColumn.RECEIVED),
    int(ProductColumn.SOLD),
    int(ProductColumn.WASTED),
)
_ROW_ON_HAND_TIME, _ROW_OUT_TIME = int(ProductColumn.ON_HAND_TIME), int(ProductColumn.OUT_TIME)
_ROW_DEMAND, _ROW_TURNED_AWAY = int(OfferColumn.DEMAND), int(OfferColumn.TURNED_AWAY)
_ROW_SALES, _ROW_REVENUE = int(OfferColumn.SOLD), int(OfferColumn.REVENUE)
_NOT_INTERESTED, _BOUGHT, _LEFT, _WAITING = (
    int(Head.NOT_INTERESTED),
    int(Head.BOUGHT),
    int(Head.LEFT),
    int(Head.WAITING),
)
_SERVED, _LOST, _PENDING = int(Outcome.SERVED), int(Outcome.LOST), int(Outcome.PENDING)
_NO_CAUSE = int(Cause.NONE)
LARGEST_GAIN = 1e20
"""A product of gains beyond this has its logarithm taken; a single one is at most 1e277."""
CAUSES, OUTCOMES = len(Cause), len(Outcome)
FIRST_CAUSE = int(Cause.STOCKOUT)
"""The cause with the smallest keys: they are counted fastest, and most who are turned away lack stock."""


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
def note_gain(inputs: Inputs, state: State, segment: int, gain: float) -> None:
    """Note what favourites bought at once are worth over buying nothing: scale · log(gain), in money.

    `gain` is the product of their gains: the logarithm of a product is the sum of logarithms, so that one in some
    thirty customers takes one. State is modified in place.
    """
    state.segments[segment].page_surplus += inputs.segments[segment].scale * log(gain)


@inlined
def note_served(inputs: Inputs, state: State, offer: int) -> None:
    """Book the quiet sales of an offer since its price changed or a page was turned. State is modified in place."""
    facts, on_sale, books, counting = inputs.offers[offer], state.offers[offer], state.books, state.moment[0].counting
    for row in range(facts.first_place, facts.last_place):
        place = inputs.places_of[row]
        number = books.page_served[place]
        on_sale.page_demand += number
        on_sale.page_sold += number
        on_sale.page_to_earlier += (1 - counting) * number
        on_sale.page_revenue += on_sale.price * number
        books.served[place] += counting * number
        books.page_served[place] = 0


@inlined
def turn_page(inputs: Inputs, state: State) -> None:
    """Write into the books what was noted of sales and time since the last page. State is modified in place."""
    moment, books = state.moment[0], state.books
    period = moment.period
    for product in range(inputs.products.shape[0]):
        shelf = state.products[product]
        books.timeline_products[period, product, _ROW_SOLD] += shelf.page_sold
        books.timeline_products[period, product, _ROW_ON_HAND_TIME] += shelf.page_on_hand_time
        books.timeline_products[period, product, _ROW_OUT_TIME] += shelf.page_out_time
        if moment.counting:
            books.stock[product, _SOLD] += shelf.page_sold
            books.stock_time[product, 0] += shelf.page_on_hand_time
            books.stock_time[product, 1] += shelf.page_out_time
        shelf.page_sold = 0
        shelf.page_on_hand_time = 0.0
        shelf.page_out_time = 0.0
    for offer in range(inputs.offers.shape[0]):
        note_served(inputs, state, offer)
        on_sale = state.offers[offer]
        books.timeline_offers[period, offer, _ROW_DEMAND] += on_sale.page_demand
        books.timeline_offers[period, offer, _ROW_TURNED_AWAY] += on_sale.page_turned_away
        books.timeline_offers[period, offer, _ROW_SALES] += on_sale.page_sold
        books.timeline_offers[period, offer, _ROW_REVENUE] += on_sale.page_revenue
        if moment.counting:
            books.sold[offer] += on_sale.page_sold
            books.sold_to_earlier[offer] += on_sale.page_to_earlier
            books.offer_money[_SALES, offer] += on_sale.page_revenue
            books.cash[inputs.offers[offer].firm] += on_sale.page_revenue
        on_sale.page_demand = 0
        on_sale.page_turned_away = 0
        on_sale.page_sold = 0
        on_sale.page_to_earlier = 0
        on_sale.page_revenue = 0.0
    for segment in range(inputs.segments.shape[0]):
        ahead = state.segments[segment]
        if ahead.page_gain != 1.0:
            note_gain(inputs, state, segment, ahead.page_gain)
            ahead.page_gain = 1.0
        books.consumer_surplus[segment] += ahead.page_surplus
        ahead.page_surplus = 0.0


@compiled
def note_willing(inputs: Inputs, state: State, segment: int, origin: int, kind: int, alternative: int) -> None:
    """Note that a customer of the cohort, turned away, would take an alternative before its cost (R10).

    Origin and alternative count the segment's considered offers. Books are modified in place.
    """
    start = inputs.segments[segment].place_start
    offer = inputs.considered[start + alternative].offer
    key = kind * inputs.considered.shape[0] + start + origin
    count_one(state.books.willing, key * inputs.offers.shape[0] + offer)


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
            way = ((visitor.cause + CAUSES - FIRST_CAUSE) % CAUSES) * OUTCOMES + outcome
            key = way * inputs.considered.shape[0] + place
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
def conclude_race(
    inputs: Inputs, state: State, visitor: Records, outcome: int, destination: int, gain: float, cost: float
) -> None:
    """Book a purchase worth scale · log(gain) over buying nothing, less what moving there costs.

    Nobody takes the logarithm of one gain where no log is kept. Books are modified in place.
    """
    segment, price = visitor.segment, state.offers[destination].price
    if state.books.log.shape[0] > 0:
        surplus = inputs.segments[segment].scale * log(gain) - cost
        conclude(inputs, state, visitor, outcome, destination, price, surplus)
        return
    conclude(inputs, state, visitor, outcome, destination, price, -cost)
    if visitor.cohort:
        ahead = state.segments[segment]
        ahead.page_gain *= gain
        if ahead.page_gain > LARGEST_GAIN:
            note_gain(inputs, state, segment, ahead.page_gain)
            ahead.page_gain = 1.0


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
