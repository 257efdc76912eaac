"""The one call: all customers, and all that they cause, up to the next event of the firms' calendar."""

from math import log

from ...models.problem import Integers
from ..clock import ORDER_BITS, RANKS, Rank
from ..compiling import compiled, inlined
from ..ledger import Head, Outcome
from . import books, goods, visits
from .agenda import DELIVER, EXPIRE, FILL, RETURN, REVIEW, begin, next_place, remove_next
from .attempts import try_in_turn
from .blocks import NOTHING, find_favourites, refill
from .facts import FIRST_VARIED, LAZY_LOGIT, LOGIT, PRICED_RANKING, Inputs
from .lazy import race_on
from .line import fill_line, leave_line
from .memory import State
from .plain import serve_plainly
from .race import second_choice
from .shelves import AVAILABLE, NONE, close
from .space import has_room, log_has_room
from .worths import worths_in_block

_ARRIVE = int(Rank.ARRIVE)
_ARRIVED = int(Head.ARRIVED)
_SERVED, _PENDING, _NO_CAUSE = int(Outcome.SERVED), int(Outcome.PENDING), 0
_NOBODY = -1

# Why the kernel comes back
DONE, NEEDS_ROOM, LOG_IS_FULL, TROUBLE = 0, 1, 2, 3


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
    while True:
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
                continue
        if time > until_time or (time == until_time and priority >= until_priority):
            state.moment[0].due = time
            return DONE
        plain = inputs.segments[segment].plain and state.segments[segment].length > 0 and state.books.log.shape[0] == 0
        if not (plain and serve_plainly(inputs, state, segment, _limit(state, until_time))):
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
        surplus = facts.scale * log(state.blocks.gains[segment * size + at])
        price = state.offers[offer].price
        books.ask(state, offer, False)
        visits.sell_now(inputs, state, offer, visitor.cohort)
        books.conclude(inputs, state, visitor, _SERVED, offer, price, surplus)
        return
    race_on(inputs, state)


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
