"""Customers with reservation prices in compiled code, the twin of `Loop._visit` and what follows from it.

Positions count the offers that the segment considers; −inf stands for what is not to be had, −1 for nobody and nothing.
"""

from math import inf, nan

from ...models.chance import Purpose
from ...models.problem import Floats, Transfer
from ..clock import Rank
from ..compiling import compiled, inlined
from ..ledger import NOBODY, Account, Cause, Outcome
from . import books, shelves
from .agenda import GIVE_UP, RETURN, schedule
from .durations import duration
from .facts import FOREVER, Inputs, Records
from .goods import position_fell
from .line import leave_line, place_back_order
from .memory import State
from .pools import give_back, take
from .prospects import best_prospect
from .shelves import AVAILABLE, NONE, STOCKOUT
from .worths import worths_again

SUBSTITUTIVE, COMPETITIVE, _STRATEGIC = (
    int(Transfer.SUBSTITUTIVE),
    int(Transfer.COMPETITIVE),
    int(Transfer.STRATEGIC),
)
_NO_CAUSE, _LACKING, _REFUSED, _BY_CHOICE = (
    int(Cause.NONE),
    int(Cause.STOCKOUT),
    int(Cause.REFUSAL),
    int(Cause.CHOICE),
)
_SERVED, _RECAPTURED, _DIVERTED, _POSTPONED, _LOST = (
    int(Outcome.SERVED),
    int(Outcome.RECAPTURED),
    int(Outcome.DIVERTED),
    int(Outcome.POSTPONED),
    int(Outcome.LOST),
)
_PATIENCE = int(Purpose.PATIENCE)
_PENALTIES = int(Account.PENALTIES)
_RANK_RETURN, _RANK_DEPART = int(Rank.RETURN), int(Rank.DEPART)
CURRENT = 0
"""The visitors' row of whoever is at the shelf."""


@compiled
def visit(inputs: Inputs, state: State, worth: Floats) -> None:
    """Tell the story of the current visitor, whose reservation prices are given. State is modified in place."""
    visitor, now = state.visitors[CURRENT], state.moment[0].time
    segment = visitor.segment
    facts = inputs.segments[segment]
    length = facts.place_stop - facts.place_start
    surplus, net = state.scratch.surplus, state.scratch.in_window
    fill_surplus(inputs, state, segment, worth, surplus)
    origin = origin_of(inputs, segment, surplus, length)
    visitor.origin = origin
    waiting_for, waiting_value, back_at = best_prospect(inputs, state, segment, worth, origin, now, now, False)
    later_value = waiting_value - facts.strategic_cost

    largest, chosen, chosen_value = -inf, NONE, -inf
    for position in range(length):
        net[position] = surplus[position] - move_cost(inputs, segment, origin, position)
        largest = max(largest, net[position])
        reason = state.offers[inputs.considered[facts.place_start + position].offer].reason
        # Where nothing is open there is no origin, and nothing to be had either.
        if reason == AVAILABLE and (
            net[position] > chosen_value or (position == origin and net[position] == chosen_value > -inf)
        ):
            chosen, chosen_value = position, net[position]
    if largest < 0 and later_value <= 0:
        books.not_interested(state, visitor)
        return
    otherwise = max(0.0, later_value)
    visitor.cause = _NO_CAUSE
    if largest < 0:
        # Nothing pleases today, a later price would: demand for what he waits for, nobody turned him away (R7).
        visitor.origin = waiting_for
        visitor.cause = _BY_CHOICE
    elif chosen != origin or chosen_value < otherwise:
        visitor.cause = _cause(inputs, state, visitor, surplus[origin], max(chosen_value, later_value, 0.0))
    turned_away = is_turned_away(visitor)
    books.ask(state, inputs.considered[facts.place_start + visitor.origin].offer, turned_away)
    if turned_away:
        note_turned_away(inputs, state, visitor)
        if visitor.cohort:
            _note_willing(inputs, state, visitor, worth, surplus, length)

    if chosen_value >= otherwise:
        offer = inputs.considered[facts.place_start + chosen].offer
        price = state.offers[offer].price
        sell_now(inputs, state, offer, visitor.cohort)
        gain = worth[chosen] - price - move_cost(inputs, segment, visitor.origin, chosen)
        books.conclude(inputs, state, visitor, outcome_now(inputs, visitor, chosen), offer, price, gain)
    elif later_value > 0:
        _wait(inputs, state, waiting_for, back_at)
    else:
        lose(inputs, state, visitor)


@compiled
def come_back(inputs: Inputs, state: State, place: int) -> None:
    """Let a visitor who waited for a date choose anew; the strategic cost is paid once (R13). Modifies state."""
    visitor, now = state.visitors[place], state.moment[0].time
    segment = visitor.segment
    facts = inputs.segments[segment]
    worth, surplus = state.scratch.worth, state.scratch.surplus
    worths_again(inputs, state, visitor, worth)
    fill_surplus(inputs, state, segment, worth, surplus)
    chosen, value = NONE, -inf
    wanted, wanted_value = NONE, -inf
    for position in range(facts.place_stop - facts.place_start):
        if prefers(surplus, position, wanted_value, visitor.origin):
            wanted, wanted_value = position, surplus[position]
        reason = state.offers[inputs.considered[facts.place_start + position].offer].reason
        if reason == AVAILABLE and prefers(surplus, position, value, visitor.origin):
            chosen, value = position, surplus[position]
    waiting_for, waiting_value, back_at = best_prospect(
        inputs, state, segment, worth, visitor.origin, visitor.first_visit, now, False
    )
    if value >= max(0.0, waiting_value):
        offer = inputs.considered[facts.place_start + chosen].offer
        price = state.offers[offer].price
        sell_now(inputs, state, offer, visitor.cohort)
        books.conclude(inputs, state, visitor, _POSTPONED, offer, price, value - facts.strategic_cost)
        give_back(state.visitor_pool, place)
        return
    if wanted != NONE and wanted_value >= 0:
        offer = inputs.considered[facts.place_start + wanted].offer
        if state.offers[offer].reason == STOCKOUT:
            note_lacking(inputs, state, offer)
    if waiting_for == NONE:
        lose(inputs, state, visitor)
        give_back(state.visitor_pool, place)
        return
    _wait_for(inputs, state, place, waiting_for, back_at)


@inlined
def give_up(inputs: Inputs, state: State, place: int, number: int) -> None:
    """Let a visitor whose patience ends leave the line, where he still stands in it. State is modified in place."""
    visitor = state.visitors[place]
    if visitor.number != number or not visitor.in_line:
        return
    leave_line(inputs, state, place, state.moment[0].time)
    lose(inputs, state, visitor)
    give_back(state.visitor_pool, place)


# Deciding


@inlined
def fill_surplus(inputs: Inputs, state: State, segment: int, worth: Floats, surplus: Floats) -> None:
    """Write reservation price less price of all offers in their window, −inf for the others. `surplus` is modified."""
    facts = inputs.segments[segment]
    for row in range(facts.place_start, facts.place_stop):
        shelf = state.offers[inputs.considered[row].offer]
        position = row - facts.place_start
        surplus[position] = worth[position] - shelf.price if shelf.open else -inf


@inlined
def prefers(values: Floats, position: int, best_value: float, preferred: int) -> bool:
    """Return whether an entry beats the best before it; among equals the preferred one does, then the first (R8a)."""
    value = values[position]
    return bool(value > best_value or (position == preferred and value == best_value and value > -inf))


@compiled
def origin_of(inputs: Inputs, segment: int, surplus: Floats, length: int) -> int:
    """Return the origin of a customer's demand (R7): the home, or else the favourite; −1 where no window is open."""
    facts = inputs.segments[segment]
    home = facts.home_position
    if home != NONE and surplus[home] > -inf:
        return int(home)
    if home == NONE and facts.home_firm != NONE:
        own, own_value = NONE, -inf
        for position in range(length):
            at_home = inputs.considered[facts.place_start + position].firm == facts.home_firm
            if at_home and surplus[position] > own_value:
                own, own_value = position, surplus[position]
        if own != NONE:
            return own
    favourite, favourite_value = NONE, -inf
    for position in range(length):
        if surplus[position] > favourite_value:
            favourite, favourite_value = position, surplus[position]
    return favourite


@compiled
def move_cost(inputs: Inputs, segment: int, origin: int, other: int) -> float:
    """Return what a move between two considered offers costs now, in money; nothing from an offer to itself."""
    if origin in (other, NONE):
        return 0.0
    facts = inputs.segments[segment]
    if inputs.considered[facts.place_start + origin].firm == inputs.considered[facts.place_start + other].firm:
        return facts.substitutive_cost
    return facts.competitive_cost


@compiled
def kind_of_move(inputs: Inputs, segment: int, origin: int, other: int) -> int:
    """Return the kind of a move between two considered offers, now (R9)."""
    start = inputs.segments[segment].place_start
    same = inputs.considered[start + origin].firm == inputs.considered[start + other].firm
    return SUBSTITUTIVE if same else COMPETITIVE


@compiled
def outcome_now(inputs: Inputs, visitor: Records, chosen: int) -> int:
    """Return the outcome of buying now (R12)."""
    if chosen == visitor.origin:
        return _SERVED
    same = kind_of_move(inputs, visitor.segment, visitor.origin, chosen) == SUBSTITUTIVE
    return _RECAPTURED if same else _DIVERTED


@inlined
def _cause(inputs: Inputs, state: State, visitor: Records, surplus: float, otherwise: float) -> int:
    """Say why the visitor does not simply buy the origin: turned away is who would have bought it at once."""
    offer = inputs.considered[inputs.segments[visitor.segment].place_start + visitor.origin].offer
    reason = state.offers[offer].reason
    if reason == AVAILABLE or surplus < otherwise:
        return _BY_CHOICE
    return cause_of(reason)


@inlined
def cause_of(reason: int) -> int:
    """Return the cause that a reason of R5 is for whoever is turned away by it."""
    return _LACKING if reason == STOCKOUT else _REFUSED


@inlined
def is_turned_away(visitor: Records) -> bool:
    """Return whether a visitor was turned away (R10)."""
    return bool(visitor.cause == _LACKING or visitor.cause == _REFUSED)


# Noting


@inlined
def note_turned_away(inputs: Inputs, state: State, visitor: Records) -> None:
    """Remember on the shelf that somebody was turned away for lack of it. State is modified in place."""
    if visitor.cause == _LACKING:
        place = inputs.considered[inputs.segments[visitor.segment].place_start + visitor.origin]
        note_lacking(inputs, state, place.offer)


@compiled
def note_lacking(inputs: Inputs, state: State, offer: int) -> None:
    """Remember that somebody came for an offer that lacks stock. State is modified in place."""
    for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        use = inputs.uses[row]
        if not inputs.products[use.product].unlimited and state.products[use.product].on_hand < use.units:
            state.products[use.product].turned_away = 1


@compiled
def _note_willing(inputs: Inputs, state: State, visitor: Records, worth: Floats, surplus: Floats, length: int) -> None:
    """Book the kinds of transfer that the visitor was willing to make before their cost (R10)."""
    segment, origin = visitor.segment, visitor.origin
    for kind in (SUBSTITUTIVE, COMPETITIVE):
        winner, largest = NONE, -inf
        for position in range(length):
            value = surplus[position]
            if (
                position != origin
                and value >= 0
                and value > largest
                and kind_of_move(inputs, segment, origin, position) == kind
            ):
                winner, largest = position, value
        if winner != NONE:
            books.note_willing(inputs, state, segment, origin, kind, winner)
    now = state.moment[0].time
    wished, _, _ = best_prospect(inputs, state, segment, worth, origin, now, now, True)
    if wished != NONE:
        books.note_willing(inputs, state, segment, origin, _STRATEGIC, wished)


# Outcomes


@compiled
def sell_now(inputs: Inputs, state: State, offer: int, cohort: int) -> None:
    """Hand over one sale of an offer at the price in force. State is modified in place."""
    product = inputs.offers[offer].sole_product
    if product != NONE and state.products[product].on_hand > state.products[product].quiet:
        shelves.sell_quietly(state, product, state.moment[0].time)
        books.sell(state, offer, state.offers[offer].price, cohort)
        return
    shelves.sell(inputs, state, offer, state.offers[offer].price, cohort, state.moment[0].time)
    for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        position_fell(inputs, state, inputs.uses[row].product)


@compiled
def lose(inputs: Inputs, state: State, visitor: Records) -> None:
    """Let a visitor leave for good; firms pay for those whom they turned away. State is modified in place."""
    if is_turned_away(visitor):
        offer = inputs.considered[inputs.segments[visitor.segment].place_start + visitor.origin].offer
        for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
            product = inputs.uses[row].product
            books.pay_for(inputs, state, product, _PENALTIES, -inputs.products[product].lost_sale_penalty)
    books.conclude(inputs, state, visitor, _LOST, NOBODY, nan, 0.0)


@inlined
def _wait(inputs: Inputs, state: State, waiting_for: int, back_at: float) -> None:
    """Let the current visitor go and wait. State is modified in place."""
    place = take(state.visitor_pool)
    visitor, current = state.visitors[place], state.visitors[CURRENT]
    visitor.number = current.number
    visitor.segment = current.segment
    visitor.person = current.person
    visitor.first_visit = current.first_visit
    visitor.cohort = current.cohort
    visitor.origin = current.origin
    visitor.cause = current.cause
    visitor.in_line = 0
    _wait_for(inputs, state, place, waiting_for, back_at)


@compiled
def _wait_for(inputs: Inputs, state: State, place: int, waiting_for: int, back_at: float) -> None:
    """Let a visitor wait for a date or, where that is nan, on a back-order. State is modified in place."""
    visitor, now = state.visitors[place], state.moment[0].time
    if back_at == back_at:
        schedule(state, back_at, _RANK_RETURN, visitor.number, RETURN, place, 0, visitor.number)
        return
    facts = inputs.segments[visitor.segment]
    place_back_order(inputs, state, place, waiting_for, now)
    offer = inputs.considered[facts.place_start + waiting_for].offer
    for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        position_fell(inputs, state, inputs.uses[row].product)
    gives_up = visitor.first_visit + facts.longest_wait
    if facts.patience != FOREVER:
        patience = duration(inputs, state, facts.patience, _PATIENCE, facts.slot, visitor.person)
        gives_up = min(gives_up, now + patience)
    schedule(state, gives_up, _RANK_DEPART, visitor.number, GIVE_UP, place, 0, visitor.number)
