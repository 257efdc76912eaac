"""Customers without reservation prices in compiled code, the twin of `Loop._try_in_turn` (R8)."""

import numpy as np

from ...models.chance import Purpose
from .. import philox
from ..compiling import compiled, inlined
from . import books
from .durations import winner
from .facts import NO_LIMIT, RANKING, Inputs, Records
from .memory import State
from .shelves import AVAILABLE, NONE
from .visits import (
    cause_of,
    kind_of_move,
    lose,
    note_turned_away,
    outcome_now,
    sell_now,
)
from .worths import list_of

_TYPE, _ATTEMPT = int(Purpose.TYPE), int(Purpose.ATTEMPT)
_FAVOURITE_SLOT = 0
"""Slot of the draw that decides a first choice, as the model has it (a test compares)."""
_NO_CAUSE = 0
_KINDS = 2


@compiled
def try_in_turn(inputs: Inputs, state: State) -> None:
    """Tell the story of the current visitor, who tries one offer after the other. State is modified in place."""
    visitor = state.visitors[0]
    segment = visitor.segment
    facts = inputs.segments[segment]
    marks = state.scratch.marks
    marks[: facts.place_stop - facts.place_start] = 0
    row = list_of(inputs, state, segment, visitor.person) if facts.choice == RANKING else NONE
    wanted, draw = _first_open(inputs, state, visitor, row, _favourite(inputs, state, visitor, row), 0)
    if wanted == NONE:
        books.not_interested(state, visitor)
        return
    visitor.origin = wanted
    visitor.cause = _NO_CAUSE
    offer = inputs.considered[facts.place_start + wanted].offer
    reason = state.offers[offer].reason
    if reason == AVAILABLE:
        books.ask(state, offer, False)
        _buy(inputs, state, visitor, wanted)
        return
    visitor.cause = cause_of(reason)
    books.ask(state, offer, True)
    note_turned_away(inputs, state, visitor)

    # All attempts are gone through, past a success too: willing counts what he would take, to be had or not (R10).
    bought = NONE
    willing = np.full(_KINDS, NONE)
    attempt = 0
    while facts.attempts == NO_LIMIT or attempt < facts.attempts:
        draw += 1
        tried = _next_offer(inputs, state, visitor, row, wanted, draw)
        wanted, draw = _first_open(inputs, state, visitor, row, tried, draw)
        if wanted == NONE:
            break
        attempt += 1
        if wanted != visitor.origin:
            kind = kind_of_move(inputs, segment, visitor.origin, wanted)
            if willing[kind] == NONE:
                willing[kind] = wanted
            if bought == NONE and state.offers[inputs.considered[facts.place_start + wanted].offer].reason == AVAILABLE:
                bought = wanted
    if visitor.cohort:
        for kind in range(_KINDS):
            if willing[kind] != NONE:
                books.note_willing(inputs, state, segment, visitor.origin, kind, willing[kind])
    if bought == NONE:
        lose(inputs, state, visitor)
    else:
        _buy(inputs, state, visitor, bought)


@inlined
def _buy(inputs: Inputs, state: State, visitor: Records, bought: int) -> None:
    offer = inputs.considered[inputs.segments[visitor.segment].place_start + bought].offer
    price = state.offers[offer].price
    sell_now(inputs, state, offer, visitor.cohort)
    books.conclude(inputs, state, visitor, outcome_now(inputs, visitor, bought), offer, price, 0.0)


@inlined
def _favourite(inputs: Inputs, state: State, visitor: Records, row: int) -> int:
    """Return the offer wanted first; −1 for nothing. `row` is the visitor's list, or −1."""
    if row != NONE:
        ranked = inputs.lists[row]
        return int(inputs.ranked[ranked.start]) if ranked.stop > ranked.start else NONE
    facts, moment = inputs.segments[visitor.segment], state.moment[0]
    share = philox.uniform(moment.seed, moment.replication, _TYPE, facts.slot, visitor.person, 0, _FAVOURITE_SLOT)
    return winner(inputs, facts.share_start, facts.share_stop, facts.share_beyond, share)


@compiled
def _next_offer(inputs: Inputs, state: State, visitor: Records, row: int, failed: int, attempt: int) -> int:
    """Return the offer to try after one that failed; −1 for leaving."""
    facts, moment = inputs.segments[visitor.segment], state.moment[0]
    if row != NONE:
        ranked = inputs.lists[row]
        at = ranked.start
        while inputs.ranked[at] != failed:
            at += 1
        return int(inputs.ranked[at + 1]) if at + 1 < ranked.stop else NONE
    share = philox.uniform(moment.seed, moment.replication, _ATTEMPT, facts.slot, visitor.person, 0, attempt)
    shares = inputs.rows[facts.row_start + failed]
    return winner(inputs, shares.start, shares.start + facts.place_stop - facts.place_start, shares.beyond, share)


@compiled
def _first_open(inputs: Inputs, state: State, visitor: Records, row: int, wanted: int, draw: int) -> tuple[int, int]:
    """Pass over what is shut, which is no attempt, and return the next offer and the number of the last draw.

    Where attempts are limited, whoever comes to a shut offer for the second time looks no further; the scratch marks
    remember which were passed, and are modified in place.
    """
    facts, marks = inputs.segments[visitor.segment], state.scratch.marks
    while wanted != NONE and not state.offers[inputs.considered[facts.place_start + wanted].offer].open:
        if facts.attempts != NO_LIMIT and marks[wanted] != 0:
            return NONE, draw
        marks[wanted] = 1
        draw += 1
        wanted = _next_offer(inputs, state, visitor, row, wanted, draw)
    return wanted, draw
