"""The shelves in compiled code, the twin of `demandshift.simulator.state`."""

from math import floor

from ..compiling import compiled, inlined
from ..instants import instant
from ..ledger import OfferColumn
from ..state import Reason
from . import books
from .facts import CONTINUOUS, LAZY_LOGIT, Inputs
from .memory import State
from .pools import give_back, take
from .trees import LACKING, TO_BE_HAD, put_weight, tree_of

AVAILABLE, SHUT, STOCKOUT, REFUSAL = (
    int(Reason.AVAILABLE),
    int(Reason.SHUT),
    int(Reason.STOCKOUT),
    int(Reason.REFUSAL),
)
_PRICE_TIME, _OPEN_TIME = int(OfferColumn.PRICE_TIME), int(OfferColumn.OPEN_TIME)
NONE = -1
"""No batch, no order, nobody."""


@inlined
def begin(inputs: Inputs, state: State) -> None:
    """Put the opening stock on the shelves. State is modified in place."""
    for product in range(inputs.products.shape[0]):
        facts = inputs.products[product]
        if facts.opening_stock > 0:
            add_batch(state, product, facts.opening_stock, instant(facts.shelf_life))
        set_alert(inputs, state, product)


# Stock


@inlined
def put_on_shelf(inputs: Inputs, state: State, product: int, units: int, now: float, expires: float) -> None:
    """Put delivered units on the shelf; a new replenishment cycle begins. State is modified in place."""
    settle_product(inputs, state, product, now)
    _end_cycle(state, product, now)
    add_batch(state, product, units, expires)
    books.receive(inputs, state, product, units)
    review_availability(inputs, state, product, now)


@compiled
def add_batch(state: State, product: int, units: int, expires: float) -> None:
    """Put units behind those on the shelf: a product has one shelf life, so batches stand in the order of expiry."""
    shelf = state.products[product]
    shelf.on_hand += units
    shelf.counted += units
    last = shelf.last_batch
    if last != NONE and state.batches[last].expires == expires:
        state.batches[last].units += units
        return
    place = take(state.batch_pool)
    batch = state.batches[place]
    batch.expires = expires
    batch.units = units
    batch.following = NONE
    if last == NONE:
        shelf.first_batch = place
    else:
        state.batches[last].following = place
    shelf.last_batch = place


@compiled
def _drop_first_batch(state: State, product: int) -> None:
    shelf = state.products[product]
    place = shelf.first_batch
    shelf.first_batch = state.batches[place].following
    if shelf.first_batch == NONE:
        shelf.last_batch = NONE
    give_back(state.batch_pool, place)


@compiled
def expire(inputs: Inputs, state: State, product: int, now: float) -> int:
    """Take from the shelf what expires by now and return how many units that are. State is modified in place."""
    settle_product(inputs, state, product, now)
    shelf = state.products[product]
    wasted = 0
    while shelf.first_batch != NONE and state.batches[shelf.first_batch].expires <= now:
        wasted += state.batches[shelf.first_batch].units
        _drop_first_batch(state, product)
    if wasted > 0:
        shelf.on_hand -= wasted
        shelf.counted -= wasted
        books.waste(inputs, state, product, wasted)
        review_availability(inputs, state, product, now)
    return wasted


@compiled
def sell(inputs: Inputs, state: State, offer: int, price: float, cohort: int, now: float) -> None:
    """Hand over one sale of an offer, oldest units first, and book the payment. State is modified in place."""
    for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        use = inputs.uses[row]
        product, units = use.product, use.units
        shelf = state.products[product]
        shelf.sold += units
        if inputs.products[product].unlimited:
            books.receive(inputs, state, product, units)
            books.take_units(state, product, units)
            continue
        settle_product(inputs, state, product, now)
        _take_oldest(state, product, units)
        books.take_units(state, product, units)
        if shelf.on_hand < shelf.alert:
            review_availability(inputs, state, product, now)
    books.sell(state, offer, price, cohort)


@inlined
def sell_quietly(state: State, product: int, now: float) -> None:
    """Hand over one unit of a product that has more than `quiet` units. State is modified in place.

    What the books and the ages of stock must know is written down when the product is settled next.
    """
    shelf = state.products[product]
    shelf.sale_time += now - shelf.since
    shelf.on_hand -= 1


@inlined
def _take_oldest(state: State, product: int, units: int) -> None:
    shelf = state.products[product]
    if units > shelf.on_hand:
        # Said to the caller, who knows the product's name; until then the books are wrong already.
        state.moment[0].oversold = product
        return
    shelf.on_hand -= units
    shelf.counted -= units
    _take_from_batches(state, product, units)


@compiled
def _take_from_batches(state: State, product: int, units: int) -> None:
    """Take units from those that expire first. State is modified in place."""
    shelf = state.products[product]
    while units > 0:
        batch = state.batches[shelf.first_batch]
        if batch.units > units:
            batch.units -= units
            return
        units -= batch.units
        _drop_first_batch(state, product)


@compiled
def can_fill(inputs: Inputs, state: State, offer: int) -> bool:
    """Return whether all stocks of an offer have what one sale takes."""
    for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        use = inputs.uses[row]
        if not inputs.products[use.product].unlimited and state.products[use.product].on_hand < use.units:
            return False
    return True


# Offers


@inlined
def set_price(inputs: Inputs, state: State, offer: int, price: float, now: float) -> None:
    """Change the price of an offer. State is modified in place."""
    settle_offer(state, offer, now)
    books.note_served(inputs, state, offer)
    state.offers[offer].price = price
    _tariff_changed(inputs, state, offer)


@inlined
def set_open(inputs: Inputs, state: State, offer: int, is_open: bool, now: float) -> None:
    """Open or shut an offer's window. State is modified in place."""
    settle_offer(state, offer, now)
    state.offers[offer].open = is_open
    _set_reason(inputs, state, offer, reason_of(inputs, state, offer))
    _tariff_changed(inputs, state, offer)


@inlined
def set_protection(inputs: Inputs, state: State, offer: int, level: int, now: float) -> None:
    """Change how many units of each stock a sale of the offer must leave. State is modified in place."""
    settle_offer(state, offer, now)
    state.offers[offer].protection = level
    _set_reason(inputs, state, offer, reason_of(inputs, state, offer))
    for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        set_alert(inputs, state, inputs.uses[row].product)


@compiled
def set_alert(inputs: Inputs, state: State, product: int) -> None:
    """Work out from how many units on hand on no offer lacks a product. State is modified in place."""
    facts = inputs.products[product]
    alert = 0
    for row in range(facts.offer_start, facts.offer_stop):
        offer = inputs.offers_of[row]
        for use_row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
            use = inputs.uses[use_row]
            if use.product == product:
                alert = max(alert, use.units + state.offers[offer].protection)
    state.products[product].alert = alert
    set_quiet(inputs, state, product)


@compiled
def set_quiet(inputs: Inputs, state: State, product: int) -> None:
    """Work out how many units sales must leave to cause nothing: no offer lacks the product, no review is called for.

    To be called when orders, back-orders or protection levels change. State is modified in place.
    """
    facts, shelf = inputs.products[product], state.products[product]
    shelf.quiet = shelf.alert
    if facts.replenishment == CONTINUOUS:
        reviewed_at = floor(facts.reorder_point) - shelf.on_order + shelf.back_orders
        shelf.quiet = max(shelf.quiet, reviewed_at + 1)


@compiled
def _tariff_changed(inputs: Inputs, state: State, offer: int) -> None:
    """Let segments that consider an offer work out their favourites anew."""
    state.moment[0].tariff += 1
    for row in range(inputs.offers[offer].first_place, inputs.offers[offer].last_place):
        state.segments[inputs.considered[inputs.places_of[row]].segment].stale = 1


@compiled
def _set_reason(inputs: Inputs, state: State, offer: int, reason: int) -> None:
    """Note whether an offer can be had, and where it is considered. State is modified in place."""
    state.offers[offer].reason = reason
    for row in range(inputs.offers[offer].first_place, inputs.offers[offer].last_place):
        row_considered = inputs.places_of[row]
        state.blocks.available[row_considered] = 1 if reason == AVAILABLE else 0
        place = inputs.considered[row_considered]
        if inputs.segments[place.segment].choice == LAZY_LOGIT:
            weigh_by_availability(inputs, state, row_considered)


@compiled
def weigh_by_availability(inputs: Inputs, state: State, row: int) -> None:
    """Count the weight of an offer (the lazy race) with what can be had, or with what is lacking; `row` is its place.

    State is modified in place.
    """
    place, trees, weight = inputs.considered[row], state.blocks.trees, state.blocks.weights[row]
    stall, available = inputs.stalls[place.stall], state.blocks.available[row]
    put_weight(trees, tree_of(stall, TO_BE_HAD), stall.width, place.leaf, weight if available else 0.0)
    put_weight(trees, tree_of(stall, LACKING), stall.width, place.leaf, 0.0 if available else weight)


@compiled
def review_availability(inputs: Inputs, state: State, product: int, now: float) -> None:
    """Find out which offers of a product can be had now. State is modified in place."""
    facts = inputs.products[product]
    for row in range(facts.offer_start, facts.offer_stop):
        offer = inputs.offers_of[row]
        reason = reason_of(inputs, state, offer)
        if reason != state.offers[offer].reason:
            settle_offer(state, offer, now)
            _set_reason(inputs, state, offer, reason)


@compiled
def reason_of(inputs: Inputs, state: State, offer: int) -> int:
    """Return the first reason of R5 that holds."""
    shelf = state.offers[offer]
    if not shelf.open:
        return SHUT
    if not can_fill(inputs, state, offer):
        return STOCKOUT
    if shelf.protection > 0:
        for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
            use = inputs.uses[row]
            left = state.products[use.product].on_hand - use.units
            if not inputs.products[use.product].unlimited and left < shelf.protection:
                return REFUSAL
    return AVAILABLE


# Time integrals


@compiled
def settle_product(inputs: Inputs, state: State, product: int, now: float) -> None:
    """Book quiet sales, and the time since the last change with what was on hand. State is modified in place."""
    shelf = state.products[product]
    span = now - shelf.since
    sold = shelf.counted - shelf.on_hand
    if sold > 0:
        shelf.counted = shelf.on_hand
        shelf.sold += sold
        books.take_units(state, product, sold)
        _take_from_batches(state, product, sold)
    if span == 0.0:
        return
    shelf.since = now
    shelf.page_on_hand_time += shelf.on_hand * span + shelf.sale_time
    shelf.sale_time = 0.0
    if shelf.on_hand == 0 and not inputs.products[product].unlimited:
        shelf.out_time += span
        shelf.page_out_time += span


@compiled
def settle_offer(state: State, offer: int, now: float) -> None:
    """Book the time since the last change with the price and availability that held. State is modified in place."""
    shelf = state.offers[offer]
    span = now - shelf.since
    if span == 0.0:
        return
    shelf.since = now
    if not shelf.open:
        return
    moment, arrays = state.moment[0], state.books
    arrays.timeline_offers[moment.period, offer, _PRICE_TIME] += shelf.price * span
    arrays.timeline_offers[moment.period, offer, _OPEN_TIME] += span
    if moment.counting:
        arrays.offer_time[offer, 0] += span
        if shelf.reason == AVAILABLE:
            arrays.offer_time[offer, 1] += span


@compiled
def settle_all(inputs: Inputs, state: State, now: float) -> None:
    """Book all time up to now. State is modified in place."""
    for product in range(inputs.products.shape[0]):
        settle_product(inputs, state, product, now)
    for offer in range(inputs.offers.shape[0]):
        settle_offer(state, offer, now)


@inlined
def _end_cycle(state: State, product: int, now: float) -> None:
    shelf = state.products[product]
    if now > shelf.cycle_since:
        books.end_cycle(state, product, shelf.turned_away)
    shelf.cycle_since = now
    shelf.turned_away = 0


@compiled
def close(inputs: Inputs, state: State, now: float) -> None:
    """Book what is left of every period and cycle, after units that expire just then. State is modified in place."""
    for product in range(inputs.products.shape[0]):
        expire(inputs, state, product, now)
        if not inputs.products[product].unlimited:
            _end_cycle(state, product, now)
    settle_all(inputs, state, now)


@inlined
def wrong_age(inputs: Inputs, state: State) -> int:
    """Return the first product whose units on hand are not those of its batches; −1 where all are (R16)."""
    for product in range(inputs.products.shape[0]):
        shelf = state.products[product]
        # Of quiet sales since the product was settled nobody has taken note yet.
        if units_by_age(state, product) != shelf.counted or shelf.on_hand > shelf.counted:
            return product
    return NONE


@inlined
def units_by_age(state: State, product: int) -> int:
    """Return the units on hand of a product as its batches count them."""
    units = 0
    place = state.products[product].first_batch
    while place != NONE:
        units += state.batches[place].units
        place = state.batches[place].following
    return units
