"""What the race of a logit settles without logarithms, for customers who neither wait nor have a home.

A surplus is scale · log(time of nothing / time of the offer), so that comparing surpluses is comparing times, and a
transfer cost multiplies a time by e^(cost/scale). Where two times are too close for the rounding of a surplus to agree
, nothing is settled here and the general rules decide, digit for digit as the readable engine does.
"""

from math import inf

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

    tastes, weights, available = state.blocks.tastes, state.blocks.weights, state.blocks.available
    first = facts.column_start * size + at
    nothing, close = tastes[first], state.segments[segment].close
    chosen, chosen_time, next_time = NONE, inf, inf
    same, same_time, next_same = NONE, inf, inf
    other, other_time, next_other = NONE, inf, inf
    # No branches: who comes first, and whether it is there, nobody can foretell.
    for position in range(facts.place_stop - facts.place_start):
        row = facts.place_start + position
        place = inputs.considered[row]
        arrives = tastes[first + place.column * size] * weights[row] if position != favourite else inf
        at_same = arrives if place.firm == origin.firm else inf
        at_other = inf if place.firm == origin.firm else arrives
        net = min(at_same * facts.substitutive_factor, at_other * facts.competitive_factor)
        net = net if available[row] else inf
        next_same = min(next_same, max(same_time, at_same))
        same = position if at_same < same_time else same
        same_time = min(same_time, at_same)
        next_other = min(next_other, max(other_time, at_other))
        other = position if at_other < other_time else other
        other_time = min(other_time, at_other)
        next_time = min(next_time, max(chosen_time, net))
        chosen = position if net < chosen_time else chosen
        chosen_time = min(chosen_time, net)
    if (
        _too_close(chosen_time, next_time, nothing, close)
        or _too_close(same_time, next_same, nothing, close)
        or _too_close(other_time, next_other, nothing, close)
    ):
        return False

    visitor.origin = favourite
    visitor.cause = cause_of(state.offers[origin.offer].reason)
    books.ask(state, origin.offer, 1)
    note_turned_away(inputs, state, visitor)
    if visitor.cohort:
        if same_time < nothing:
            books.note_willing(inputs, state, segment, favourite, SUBSTITUTIVE, same)
        if other_time < nothing:
            books.note_willing(inputs, state, segment, favourite, COMPETITIVE, other)
    if chosen_time > nothing:
        lose(inputs, state, visitor)
        return True
    place = inputs.considered[facts.place_start + chosen]
    sell_now(inputs, state, place.offer, visitor.cohort)
    gain = nothing / (tastes[first + place.column * size] * weights[facts.place_start + chosen])
    books.conclude_race(
        inputs,
        state,
        visitor,
        outcome_now(inputs, visitor, chosen),
        place.offer,
        gain,
        move_cost(inputs, segment, favourite, chosen),
    )
    return True


@inlined
def _too_close(best: float, second: float, nothing: float, close: float) -> bool:
    """Return whether the best time of a group is hardly earlier than the next one, or than that of buying nothing."""
    if best > nothing * close:
        return False
    return best * close >= nothing or second <= best * close or best < TOO_SMALL
