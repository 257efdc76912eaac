"""Reservation prices in compiled code: the arithmetic of `models.choice.logit` and `.ranking`, term by term (R6)."""

from math import log

from ...models.chance import Purpose
from ...models.problem import Floats
from .. import philox
from ..compiling import compiled, inlined
from .durations import winner
from .facts import FIRST_VARIED, LOGIT, Inputs, Records
from .memory import State
from .varied import NOT_IN_BLOCK, varied_worths

_TASTE, _TYPE = int(Purpose.TASTE), int(Purpose.TYPE)
_LIST_SLOT = 0
"""Slot of the draw that decides a list or a first choice, as the models have it (a test compares)."""


@compiled
def list_of(inputs: Inputs, state: State, segment: int, person: int) -> int:
    """Return the row of `inputs.lists` that a person has."""
    facts, moment = inputs.segments[segment], state.moment[0]
    share = philox.uniform(moment.seed, moment.replication, _TYPE, facts.slot, person, 0, _LIST_SLOT)
    return facts.list_start + winner(inputs, facts.share_start, facts.share_stop, facts.share_beyond, share)


@inlined
def worths_in_block(inputs: Inputs, state: State, segment: int, at: int, worth: Floats) -> None:
    """Write the reservation prices of a customer of the segment's block into `worth`, modified in place."""
    facts, size = inputs.segments[segment], state.moment[0].block_size
    if facts.choice >= FIRST_VARIED:
        varied_worths(inputs, state, segment, state.blocks.persons[segment * size + at], at, worth)
        return
    if facts.choice != LOGIT:
        worths_of_list(inputs, list_of(inputs, state, segment, state.blocks.persons[segment * size + at]), worth)
        return
    tastes = state.blocks.tastes
    log_outside = log(tastes[facts.column_start * size + at])
    for row in range(facts.place_start, facts.place_stop):
        place = inputs.considered[row]
        noise = log_outside - log(tastes[(facts.column_start + place.column) * size + at])
        worth[row - facts.place_start] = place.reservation_price + facts.scale * noise


@inlined
def worths_of_list(inputs: Inputs, row: int, worth: Floats) -> None:
    """Write the reservation prices of a list into `worth`, modified in place."""
    named = inputs.lists[row]
    for position in range(named.stop - named.start):
        worth[position] = inputs.worths[named.start + position]


@compiled
def worths_again(inputs: Inputs, state: State, visitor: Records, worth: Floats) -> None:
    """Draw the reservation prices of somebody who came before once more: they are the same (R14).

    `worth` is modified in place.
    """
    facts = inputs.segments[visitor.segment]
    if facts.choice >= FIRST_VARIED:
        varied_worths(inputs, state, visitor.segment, visitor.person, NOT_IN_BLOCK, worth)
        return
    if facts.choice != LOGIT:
        worths_of_list(inputs, list_of(inputs, state, visitor.segment, visitor.person), worth)
        return
    for row in range(facts.place_start, facts.place_stop):
        worth[row - facts.place_start] = _logit_worth(inputs, state, visitor, row)


@inlined
def worth_again(inputs: Inputs, state: State, visitor: Records, position: int) -> float:
    """Return the reservation price of one offer of somebody who came before, in money."""
    facts = inputs.segments[visitor.segment]
    if facts.choice >= FIRST_VARIED:
        varied_worths(inputs, state, visitor.segment, visitor.person, NOT_IN_BLOCK, state.scratch.again)
        return state.scratch.again[position]
    if facts.choice != LOGIT:
        row = list_of(inputs, state, visitor.segment, visitor.person)
        return inputs.worths[inputs.lists[row].start + position]
    return _logit_worth(inputs, state, visitor, facts.place_start + position)


@compiled
def _logit_worth(inputs: Inputs, state: State, visitor: Records, row: int) -> float:
    facts, place = inputs.segments[visitor.segment], inputs.considered[row]
    noise = log(_taste(inputs, state, visitor, 0)) - log(_taste(inputs, state, visitor, place.column))
    return place.reservation_price + facts.scale * noise


@inlined
def _taste(inputs: Inputs, state: State, visitor: Records, column: int) -> float:
    facts, moment = inputs.segments[visitor.segment], state.moment[0]
    slot = inputs.columns[facts.column_start + column]
    return philox.exponential(moment.seed, moment.replication, _TASTE, facts.slot, visitor.person, 0, slot)
