"""The lazy race in compiled code, the twin of `demandshift.simulator.lazy_race`: the same arithmetic, term by term."""

from math import inf, log

import numpy as np

from ...models.chance import Purpose
from ...models.problem import Floats
from .. import lazy_race, philox
from ..compiling import compiled, inlined
from ..philox import BITS_32, uniform_from_bits
from . import books
from .facts import Inputs
from .memory import State
from .shelves import NONE
from .visits import SUBSTITUTIVE, cause_of, lose, move_cost, note_turned_away, outcome_now, sell_now

_RACE = int(Purpose.RACE)
_SUM_SLOT = lazy_race.SUM_SLOTS[0]
_GROUP_SLOT, _OWNER_SLOT = lazy_race.GROUP_SLOT, lazy_race.OWNER_SLOT
_TO_BE_HAD, _LACKING = lazy_race.TO_BE_HAD, lazy_race.LACKING
_KINDS = len(lazy_race.KINDS)
_SLOTS = lazy_race.SLOTS


@inlined
def favourite_surplus(scale: float, total: float, split: float) -> float:
    """Return what a favourite that can be had is worth over buying nothing, in money."""
    return scale * log(surplus_factor(total, split))


@inlined
def surplus_factor(total: float, split: float) -> float:
    """Return how much later buying nothing arrives than the favourite, as a ratio."""
    return 1.0 + total * split / (1.0 - split)


@compiled
def race_on(inputs: Inputs, state: State, weights: Floats, total: float, split: float) -> None:
    """Tell the rest of the story of the current visitor, whose favourite cannot be had. State is modified in place.

    Parameters
    ----------
    inputs, state
    weights : array (considered offers,)
        Rate of arrival of each offer, 0 for one whose window is shut.
    total : float
        Their sum and that of buying nothing, which is 1.
    split : float
        The uniform that shares time between the favourite and buying nothing.
    """
    visitor = state.visitors[0]
    segment, favourite = visitor.segment, visitor.origin
    facts = inputs.segments[segment]
    offer = inputs.considered[facts.place_start + favourite].offer
    visitor.cause = cause_of(state.offers[offer].reason)
    books.ask(state, offer, True)
    note_turned_away(inputs, state, visitor)

    _draw_words(inputs, state)
    drawn_sum = _exponential(inputs, state, _SUM_SLOT) + _exponential(inputs, state, _SUM_SLOT + 1)
    favourite_at = (1.0 - split) * drawn_sum / total
    nothing_at = favourite_at + split * drawn_sum
    own = inputs.considered[facts.place_start + favourite].stall
    open_stalls(inputs, state, facts.stall_start, facts.stall_stop)

    bought, bought_surplus = NONE, 0.0
    for kind in range(_KINDS):
        liked_best, liked_at = NONE, inf
        group_weights = _weights_of(inputs, state, weights, kind, own)
        for half in (_TO_BE_HAD, _LACKING):
            if not group_weights[half] > 0:
                continue
            drawn = _exponential(inputs, state, _GROUP_SLOT + 2 * kind + half)
            arrives = favourite_at + drawn / group_weights[half]
            if arrives > nothing_at:
                continue
            owner = _owner(inputs, state, weights, kind, half, own, group_weights[half])
            if arrives < liked_at:
                liked_best, liked_at = owner, arrives
            if half == _TO_BE_HAD:
                surplus = facts.scale * log(nothing_at / arrives) - move_cost(inputs, segment, favourite, owner)
                # Ties: buying before nothing, then the order of declaration (R8a).
                if surplus >= 0 and (
                    bought == NONE or surplus > bought_surplus or (surplus == bought_surplus and owner < bought)
                ):
                    bought, bought_surplus = owner, surplus
        if liked_best != NONE and visitor.cohort:
            books.note_willing(inputs, state, segment, favourite, kind, liked_best)
    if bought == NONE:
        lose(inputs, state, visitor)
        return
    offer = inputs.considered[facts.place_start + bought].offer
    price = state.offers[offer].price
    sell_now(inputs, state, offer, visitor.cohort)
    books.conclude(inputs, state, visitor, outcome_now(inputs, visitor, bought), offer, price, bought_surplus)


# A firm's offers, as one segment sees them


@inlined
def open_stalls(inputs: Inputs, state: State, start: int, stop: int) -> None:
    """Work out what can be had of each firm and what is lacking, where that has changed. Modifies state in place."""
    for stall in range(start, stop):
        if state.stalls[stall].stale:
            _lay_out(inputs, state, stall)


@compiled
def _lay_out(inputs: Inputs, state: State, stall: int) -> None:
    """Write a firm's menu: positions and running sums of weights, of those to be had and then of those lacking."""
    facts, stand, blocks = inputs.stalls[stall], state.stalls[stall], state.blocks
    first_place, end = facts.first_place, facts.start
    for half in (_TO_BE_HAD, _LACKING):
        passed, begin = 0.0, end
        for row in range(facts.start, facts.stop):
            position = inputs.stall_positions[row]
            weight = blocks.weights[first_place + position]
            if weight > 0 and blocks.available[first_place + position] == (half == _TO_BE_HAD):
                passed += weight
                blocks.menu[end] = position
                blocks.menu_cumulative[end] = passed
                end += 1
        if half == _TO_BE_HAD:
            stand.to_be_had, stand.weight_to_be_had = end - begin, passed
        else:
            stand.lacking, stand.weight_lacking = end - begin, passed
    stand.stale = 0


@compiled
def _weights_of(inputs: Inputs, state: State, weights: Floats, kind: int, own: int) -> tuple[float, float]:
    """Return the weight of all alternatives of one kind: of those to be had, and of those that are lacking."""
    visitor = state.visitors[0]
    if kind == SUBSTITUTIVE:
        # The favourite is lacking, and no alternative to itself.
        stand, lacking = state.stalls[own], 0.0
        first = inputs.stalls[own].start + stand.to_be_had
        for row in range(first, first + stand.lacking):
            position = state.blocks.menu[row]
            if position != visitor.origin:
                lacking += weights[position]
        return stand.weight_to_be_had, lacking
    facts = inputs.segments[visitor.segment]
    to_be_had, lacking = 0.0, 0.0
    for stall in range(facts.stall_start, facts.stall_stop):
        if stall != own:
            to_be_had += state.stalls[stall].weight_to_be_had
            lacking += state.stalls[stall].weight_lacking
    return to_be_had, lacking


@compiled
def _owner(inputs: Inputs, state: State, weights: Floats, kind: int, half: int, own: int, group_weight: float) -> int:
    """Return which offer of a group arrived first, drawn by their weights: firm by firm, then offer by offer."""
    visitor = state.visitors[0]
    facts, menu = inputs.segments[visitor.segment], state.blocks.menu
    wanted = uniform_from_bits(np.uint64(state.scratch.words[_OWNER_SLOT + 2 * kind + half])) * group_weight
    last = NONE
    if kind == SUBSTITUTIVE and half == _LACKING:
        passed = 0.0
        first = inputs.stalls[own].start + state.stalls[own].to_be_had
        for row in range(first, first + state.stalls[own].lacking):
            if menu[row] != visitor.origin:
                last = menu[row]
                passed += weights[last]
                if wanted < passed:
                    break
        return last
    for stall in range(facts.stall_start, facts.stall_stop):
        if (stall == own) != (kind == SUBSTITUTIVE):
            continue
        stand, first = state.stalls[stall], inputs.stalls[stall].start
        if half == _TO_BE_HAD:
            stop, weight = first + stand.to_be_had, stand.weight_to_be_had
        else:
            first += stand.to_be_had
            stop, weight = first + stand.lacking, stand.weight_lacking
        if first == stop:
            continue
        if wanted < weight:
            return int(menu[first + np.searchsorted(state.blocks.menu_cumulative[first:stop], wanted, side="right")])
        wanted -= weight
        last = menu[stop - 1]
    return last


# Draws


@inlined
def _draw_words(inputs: Inputs, state: State) -> None:
    """Write the bits of all slots that may be needed: five blocks at once take little longer than one."""
    visitor, moment, words = state.visitors[0], state.moment[0], state.scratch.words
    last = np.uint64(_RACE | (inputs.segments[visitor.segment].slot << philox.SEGMENT_SHIFT))
    person = np.uint64(visitor.person)
    key_0, key_1 = np.uint64(moment.seed), np.uint64(moment.replication)
    for block in range(_SUM_SLOT // 2, _SLOTS // 2):
        word_0, word_1, word_2, word_3 = philox.philox(np.uint64(block), person, np.uint64(0), last, key_0, key_1)
        words[2 * block] = np.int64((word_0 << BITS_32) | word_1)
        words[2 * block + 1] = np.int64((word_2 << BITS_32) | word_3)


@inlined
def _exponential(inputs: Inputs, state: State, slot: int) -> float:
    """Return the exponential draw of a slot whose bits are there."""
    visitor, moment = state.visitors[0], state.moment[0]
    segment = inputs.segments[visitor.segment].slot
    bits = np.uint64(state.scratch.words[slot])
    return philox.exponential_from_bits(bits, moment.seed, moment.replication, _RACE, segment, visitor.person, 0, slot)
