"""What the race of a logit settles without logarithms, for customers who neither wait nor have a home.

A surplus is scale · log(time of nothing / time of the offer), so that comparing surpluses is comparing times, and a
transfer cost multiplies a time by e^(cost/scale). Where two times are too close for the rounding of a surplus to agree
, nothing is settled here and the general rules decide, digit for digit as the readable engine does.
"""

from math import inf, log

from ..compiling import compiled, inlined
from . import books
from .blocks import TOO_SMALL
from .facts import Inputs
from .memory import State
from .shelves import AVAILABLE, NONE
from .visits import (
    COMPETITIVE,
    CURRENT,
    SUBSTITUTIVE,
    cause_of,
    lose,
    move_cost,
    note_turned_away,
    outcome_now,
    sell_now,
)


@inlined
def race_surplus(inputs: Inputs, state: State, segment: int, position: int) -> float:
    """Return what an offer is worth over buying nothing to the next customer of a logit segment, in money."""
    facts, size = inputs.segments[segment], state.moment[0].block_size
    first = facts.column_start * size + state.segments[segment].at
    place = inputs.considered[facts.place_start + position]
    noise = log(state.blocks.tastes[first] / state.blocks.tastes[first + place.column * size])
    return place.reservation_price - state.offers[place.offer].price + facts.scale * noise


@compiled
def second_choice(inputs: Inputs, state: State) -> bool:
    """Tell the story of the current visitor, if it is clear and the favourite cannot be had. Modifies state in place.

    Returns whether it was told.
    """
    visitor = state.visitors[CURRENT]
    segment = visitor.segment
    facts, size = inputs.segments[segment], state.moment[0].block_size
    at = state.segments[segment].at
    favourite = state.blocks.favourites[segment * size + at]
    if favourite < 0:
        return False
    origin = inputs.considered[facts.place_start + favourite]
    if state.offers[origin.offer].reason == AVAILABLE:
        return False

    tastes, first = state.blocks.tastes, facts.column_start * size + at
    nothing, close = tastes[first], state.segments[segment].close
    chosen, chosen_time, next_time = NONE, inf, inf
    same, same_time, next_same = NONE, inf, inf
    other, other_time, next_other = NONE, inf, inf
    for position in range(facts.place_stop - facts.place_start):
        if position == favourite:
            continue
        row = facts.place_start + position
        place = inputs.considered[row]
        arrives = tastes[first + place.column * size] * state.blocks.weights[row]
        if place.firm == origin.firm:
            net = arrives * facts.substitutive_factor
            if arrives < same_time:
                same, same_time, next_same = position, arrives, same_time
            elif arrives < next_same:
                next_same = arrives
        else:
            net = arrives * facts.competitive_factor
            if arrives < other_time:
                other, other_time, next_other = position, arrives, other_time
            elif arrives < next_other:
                next_other = arrives
        if net < next_time and state.blocks.available[row]:
            if net < chosen_time:
                chosen, chosen_time, next_time = position, net, chosen_time
            else:
                next_time = net
    if (
        _too_close(chosen_time, next_time, nothing, close)
        or _too_close(same_time, next_same, nothing, close)
        or _too_close(other_time, next_other, nothing, close)
    ):
        return False

    visitor.origin = favourite
    visitor.cause = cause_of(state.offers[origin.offer].reason)
    books.ask(state, origin.offer, True)
    note_turned_away(inputs, state, visitor)
    if visitor.cohort:
        if same_time < nothing:
            books.note_willing(inputs, state, segment, favourite, SUBSTITUTIVE, same)
        if other_time < nothing:
            books.note_willing(inputs, state, segment, favourite, COMPETITIVE, other)
    if chosen_time > nothing:
        lose(inputs, state, visitor)
        return True
    offer = inputs.considered[facts.place_start + chosen].offer
    price = state.offers[offer].price
    surplus = race_surplus(inputs, state, segment, chosen) - move_cost(inputs, segment, favourite, chosen)
    sell_now(inputs, state, offer, visitor.cohort)
    books.conclude(inputs, state, visitor, outcome_now(inputs, visitor, chosen), offer, price, surplus)
    return True


@inlined
def _too_close(best: float, second: float, nothing: float, close: float) -> bool:
    """Return whether the best time of a group is hardly earlier than the next one, or than that of buying nothing."""
    if best > nothing * close:
        return False
    return best * close >= nothing or second <= best * close or best < TOO_SMALL
