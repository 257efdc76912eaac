"""The one call: all customers, and all that they cause, up to the next event of the firms' calendar."""

from ...models.problem import Integers
from ..clock import ORDER_BITS, RANKS, Rank
from ..compiling import compiled, inlined
from ..ledger import Head, Outcome
from . import books, goods, shelves, visits
from .agenda import DELIVER, EXPIRE, FILL, RETURN, REVIEW, begin, next_place, remove_next
from .attempts import try_in_turn
from .blocks import NOTHING, find_favourites, refill
from .facts import FIRST_VARIED, LAZY_LOGIT, LOGIT, PRICED_RANKING, Inputs
from .lazy import favourite_surplus, race_on, surplus_factor
from .line import fill_line, leave_line, most_uses
from .memory import State
from .race import race_surplus, second_choice
from .shelves import AVAILABLE, NONE, close
from .worths import worths_in_block

_ARRIVE = int(Rank.ARRIVE)
_ARRIVED, _NOT_INTERESTED, _BOUGHT = int(Head.ARRIVED), int(Head.NOT_INTERESTED), int(Head.BOUGHT)
_SERVED, _PENDING, _NO_CAUSE = int(Outcome.SERVED), int(Outcome.PENDING), 0
_NOBODY = -1

# Why the kernel comes back
DONE, NEEDS_ROOM, LOG_IS_FULL, TROUBLE = 0, 1, 2, 3
_SPARE = 8
"""More places than one event or customer takes in any pool, beside those that grow with the uses of an offer."""


@inlined
def serve(inputs: Inputs, state: State, until_time: float, until_priority: int) -> int:
    """Serve all customers and do all that they cause before an event of the calendar. State is modified in place.

    Parameters
    ----------
    inputs : Inputs
    state : State
    until_time, until_priority : float, int
        The event's place in time and among simultaneous events (R2).

    Returns
    -------
    int
        `DONE`; or `NEEDS_ROOM` or `LOG_IS_FULL`: to be called again with larger pools, or an empty log; or `TROUBLE`:
        the moment says what should not have happened.
    """
    settled = False
    while True:
        # Whoever is settled by his favourite takes no room.
        if not settled:
            if not has_room(state):
                return NEEDS_ROOM
            if not log_has_room(state):
                return LOG_IS_FULL
            if state.moment[0].oversold != NONE or state.moment[0].overcrowded != NONE:
                return TROUBLE
        segment = state.queue[0]
        time = state.segments[segment].next_time
        priority = ((_ARRIVE + 2) << ORDER_BITS) + segment
        place = next_place(state.agenda)
        if place != NONE:
            event = state.agenda.events[place]
            if event.time < time or (event.time == time and event.priority < priority):
                if event.time > until_time or (event.time == until_time and event.priority >= until_priority):
                    state.moment[0].due = event.time
                    return DONE
                _happen(inputs, state, place)
                settled = False
                continue
        if time > until_time or (time == until_time and priority >= until_priority):
            state.moment[0].due = time
            return DONE
        settled = False
        if state.segments[segment].length > 0 and inputs.segments[segment].plain and state.books.log.shape[0] == 0:
            settled = _serve_plainly(inputs, state, segment, _limit(state, until_time))
        if not settled:
            _arrive(inputs, state, segment, time)
        _turn_to_next(inputs, state, segment)


@inlined
def prepare(inputs: Inputs, state: State) -> None:
    """Draw the first customers of all segments. State is modified in place."""
    for segment in range(inputs.segments.shape[0]):
        refill(inputs, state, segment)
        state.queue[segment] = segment
    for root in range(inputs.segments.shape[0] // 2 - 1, -1, -1):
        _sink(state, root)


@inlined
def close_books(inputs: Inputs, state: State, horizon: float) -> None:
    """Conclude with who still waits, and settle everything at the end. State is modified in place."""
    begin(state, horizon, 0, 0)
    for product in range(inputs.products.shape[0]):
        while state.products[product].first_in_line != NONE:
            leave_line(inputs, state, state.links[state.products[product].first_in_line].visitor, horizon)
    close(inputs, state, horizon)


@inlined
def conclude_pending(inputs: Inputs, state: State, waiting: Integers) -> None:
    """Book the visitors in the given rows as pending at the end. State is modified in place; the log has room."""
    for place in waiting:
        books.conclude(inputs, state, state.visitors[place], _PENDING, _NOBODY, float("nan"), 0.0)


@inlined
def _limit(state: State, until_time: float) -> float:
    """Return up to when nothing but customers of the earliest segment comes: the calendar, events, other segments."""
    limit = until_time
    place = next_place(state.agenda)
    if place != NONE:
        limit = min(limit, state.agenda.events[place].time)
    for position in range(1, min(3, state.queue.shape[0])):
        limit = min(limit, state.segments[state.queue[position]].next_time)
    return limit


@compiled
def _serve_plainly(inputs: Inputs, state: State, segment: int, limit: float) -> bool:
    """Serve a segment's customers, one after the other, while their favourites settle it: nothing, or to be had.

    Stops before a time, at the end of the block, and as soon as a sale causes something. Returns whether anybody was
    served. State is modified in place.
    """
    facts, ahead, moment = inputs.segments[segment], state.segments[segment], state.moment[0]
    if ahead.stale:
        find_favourites(inputs, state, segment)
    blocks, counting = state.blocks, moment.counting
    times, favourites, available, served = blocks.times, blocks.favourites, blocks.available, state.books.served
    start, length, first, row_start = ahead.at, ahead.length, segment * moment.block_size, facts.place_start
    planned = state.agenda.sizes[0]
    bought = 0
    at = start
    while at < length and times[first + at] < limit:
        favourite = favourites[first + at]
        if favourite == NOTHING:
            at += 1
            continue
        row = row_start + favourite
        if favourite < 0 or not available[row]:
            break
        if counting:
            _note_surplus_of_favourite(inputs, state, segment, at, favourite)
        offer = inputs.considered[row].offer
        books.ask(state, offer, 0)
        if inputs.offers[offer].sole_product == NONE:
            begin(state, times[first + at], 0, _ARRIVE)
            visits.sell_now(inputs, state, offer, counting)
        else:
            _sell_unit(inputs, state, offer, counting, times[first + at])
        served[row] += counting
        bought += 1
        at += 1
        if state.agenda.sizes[0] != planned:
            break
    came = at - start
    ahead.at = at
    moment.came += came
    if counting:
        state.books.heads[segment, _ARRIVED] += came
        state.books.heads[segment, _NOT_INTERESTED] += came - bought
        state.books.heads[segment, _BOUGHT] += bought
    return came > 0


@inlined
def _sell_unit(inputs: Inputs, state: State, offer: int, cohort: int, now: float) -> None:
    """Hand over one unit of an offer that takes nothing else: `visits.sell_now` for what most sales are."""
    product = inputs.offers[offer].sole_product
    shelf = state.products[product]
    shelves.sell_unit(state, product, now)
    books.sell(state, offer, state.offers[offer].price, cohort)
    if shelf.on_hand < shelf.alert or goods.is_review_needed(inputs, state, product):
        begin(state, now, 0, _ARRIVE)
        if shelf.on_hand < shelf.alert:
            shelves.review_availability(inputs, state, product, now)
        goods.position_fell(inputs, state, product)


@inlined
def _arrive(inputs: Inputs, state: State, segment: int, time: float) -> None:
    """Let the next customer of a segment walk in."""
    facts, ahead, moment = inputs.segments[segment], state.segments[segment], state.moment[0]
    begin(state, time, 0, _ARRIVE)
    if ahead.stale and facts.plain:
        find_favourites(inputs, state, segment)
    visitor = state.visitors[visits.CURRENT]
    visitor.number = moment.came
    visitor.segment = segment
    visitor.person = state.blocks.persons[segment * moment.block_size + ahead.at]
    visitor.first_visit = time
    visitor.cohort = moment.counting
    moment.came += 1
    state.books.heads[segment, _ARRIVED] += moment.counting
    if facts.plain and facts.choice == LOGIT and second_choice(inputs, state):
        pass
    elif facts.choice == LOGIT or facts.choice == PRICED_RANKING or facts.choice >= FIRST_VARIED:
        worths_in_block(inputs, state, segment, ahead.at, state.scratch.worth)
        visits.visit(inputs, state, state.scratch.worth)
    elif facts.choice == LAZY_LOGIT:
        _race_lazily(inputs, state, segment)
    else:
        try_in_turn(inputs, state)
    ahead.at += 1


@inlined
def _surplus_of_favourite(inputs: Inputs, state: State, segment: int, favourite: int) -> float:
    """Return what the next customer's favourite is worth over buying nothing, in money."""
    facts, size = inputs.segments[segment], state.moment[0].block_size
    if facts.choice == LAZY_LOGIT:
        split = state.blocks.tastes[(facts.column_start + 1) * size + state.segments[segment].at]
        return favourite_surplus(facts.scale, state.segments[segment].weight, split)
    return race_surplus(inputs, state, segment, favourite)


@inlined
def _note_surplus_of_favourite(inputs: Inputs, state: State, segment: int, at: int, favourite: int) -> None:
    """Note the same of a customer of the block who buys it at once."""
    facts, size, tastes = inputs.segments[segment], state.moment[0].block_size, state.blocks.tastes
    first = facts.column_start * size + at
    if facts.choice == LAZY_LOGIT:
        factor = surplus_factor(state.segments[segment].weight, tastes[first + size])
        books.note_surplus(inputs, state, segment, 0.0, factor)
        return
    place = inputs.considered[facts.place_start + favourite]
    amount = place.reservation_price - state.offers[place.offer].price
    books.note_surplus(inputs, state, segment, amount, tastes[first] / tastes[first + place.column * size])


@inlined
def _race_lazily(inputs: Inputs, state: State, segment: int) -> None:
    """Tell the story of the current visitor, whose segment draws no more than it needs."""
    facts, size = inputs.segments[segment], state.moment[0].block_size
    at = state.segments[segment].at
    visitor = state.visitors[visits.CURRENT]
    visitor.origin = state.blocks.favourites[segment * size + at]
    visitor.cause = _NO_CAUSE
    if visitor.origin == NOTHING:
        books.not_interested(state, visitor)
        return
    offer = inputs.considered[facts.place_start + visitor.origin].offer
    if state.offers[offer].reason == AVAILABLE:
        surplus = _surplus_of_favourite(inputs, state, segment, visitor.origin)
        price = state.offers[offer].price
        books.ask(state, offer, False)
        visits.sell_now(inputs, state, offer, visitor.cohort)
        books.conclude(inputs, state, visitor, _SERVED, offer, price, surplus)
        return
    weights = state.blocks.weights[facts.place_start : facts.place_stop]
    split = state.blocks.tastes[(facts.column_start + 1) * size + at]
    race_on(inputs, state, weights, state.segments[segment].weight, split)


@inlined
def _happen(inputs: Inputs, state: State, place: int) -> None:
    """Do what an event of the kernel's own agenda says."""
    event = state.agenda.events[place]
    time, kind = event.time, event.kind
    subject, detail, number = event.subject, event.detail, event.number
    among = event.priority >> ORDER_BITS
    remove_next(state.agenda)
    begin(state, time, among // RANKS, among % RANKS - 2)
    if kind == DELIVER:
        goods.deliver(inputs, state, subject, detail, number, time)
    elif kind == EXPIRE:
        goods.expire(inputs, state, subject, time)
    elif kind == FILL:
        fill_line(inputs, state, subject, time)
    elif kind == REVIEW:
        goods.review(inputs, state, subject, time)
    elif kind == RETURN:
        visits.come_back(inputs, state, subject)
    else:
        visits.give_up(inputs, state, subject, number)


@inlined
def _turn_to_next(inputs: Inputs, state: State, segment: int) -> None:
    """Turn to the next customer of the segment that was first in the queue."""
    ahead, size = state.segments[segment], state.moment[0].block_size
    if ahead.at < ahead.length:
        ahead.next_time = state.blocks.times[segment * size + ahead.at]
    else:
        refill(inputs, state, segment)
    _sink(state, 0)


@compiled
def _sink(state: State, root: int) -> None:
    """Let a segment sink to where it belongs in the queue: by the time of its next customer, then in order."""
    queue, segments = state.queue, state.segments
    length = queue.shape[0]
    sinking = queue[root]
    time = segments[sinking].next_time
    hole = root
    while True:
        child = 2 * hole + 1
        if child >= length:
            break
        child_time = segments[queue[child]].next_time
        if child + 1 < length:
            other_time = segments[queue[child + 1]].next_time
            if other_time < child_time or (other_time == child_time and queue[child + 1] < queue[child]):
                child += 1
                child_time = other_time
        if time < child_time or (time == child_time and sinking < queue[child]):
            break
        queue[hole] = queue[child]
        hole = child
    queue[hole] = sinking


@compiled
def has_room(state: State) -> bool:
    """Return whether every pool has room for whatever one customer or event can need."""
    in_use = state.visitors.shape[0] - state.visitor_pool.left[0]
    flows, willing = state.books.flows, state.books.willing
    return bool(
        state.agenda.pool.left[0] > _SPARE + most_uses(state)
        and state.batch_pool.left[0] > _SPARE
        and state.order_pool.left[0] > _SPARE
        and state.visitor_pool.left[0] > _SPARE
        # A delivery may conclude with everybody who waits; a hash table wants half of its places empty.
        and 2 * (flows.length[0] + in_use + _SPARE) < flows.keys.shape[0]
        and 2 * (willing.length[0] + _SPARE) < willing.keys.shape[0]
    )


@inlined
def log_has_room(state: State) -> bool:
    """Return whether the log, if there is one, has room for whatever one customer or event can tell."""
    in_use = state.visitors.shape[0] - state.visitor_pool.left[0]
    capacity = state.books.log.shape[0]
    return bool(capacity == 0 or state.moment[0].log_length + in_use + _SPARE < capacity)
