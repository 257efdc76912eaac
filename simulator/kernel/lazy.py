"""The lazy race in compiled code, the twin of `demandshift.simulator.lazy_race`: the same arithmetic, term by term."""

from math import inf, log

import numpy as np

from ...models.chance import Purpose
from .. import lazy_race, philox
from ..compiling import compiled, inlined
from ..philox import BITS_32, uniform_from_bits
from . import books
from .blocks import CLOSE
from .facts import Inputs
from .memory import State
from .shelves import NONE
from .trees import leaf_at, put_weight, sum_without, tree_of
from .visits import COMPETITIVE, SUBSTITUTIVE, cause_of, lose, move_cost, note_turned_away, outcome_now, sell_now

_RACE = int(Purpose.RACE)
_SUM_SLOT = lazy_race.SUM_SLOTS[0]
_GROUP_SLOT, _OWNER_SLOT = lazy_race.GROUP_SLOT, lazy_race.OWNER_SLOT
_TO_BE_HAD, _LACKING = lazy_race.TO_BE_HAD, lazy_race.LACKING
BLOCKS = 8
"""Blocks of the generator that serve all slots of the lazy race, and some more."""


@compiled
def race_on(inputs: Inputs, state: State) -> None:
    """Tell the rest of the story of the current visitor, whose favourite cannot be had. State is modified in place."""
    visitor = state.visitors[0]
    segment, favourite = visitor.segment, visitor.origin
    facts, ahead = inputs.segments[segment], state.segments[segment]
    offer = inputs.considered[facts.place_start + favourite].offer
    visitor.cause = cause_of(state.offers[offer].reason)
    books.ask(state, offer, 1)
    note_turned_away(inputs, state, visitor)

    _draw_words(inputs, state)
    split = state.blocks.tastes[(facts.column_start + 1) * state.moment[0].block_size + ahead.at]
    drawn_sum = _exponential(inputs, state, _SUM_SLOT) + _exponential(inputs, state, _SUM_SLOT + 1)
    favourite_at = (1.0 - split) * drawn_sum / ahead.weight
    nothing_at = favourite_at + split * drawn_sum
    own = favourite_at + _delay(inputs, state, _GROUP_SLOT, _own_weight(inputs, state, _TO_BE_HAD))
    own_lacking = favourite_at + _delay(inputs, state, _GROUP_SLOT + 1, _own_weight(inputs, state, _LACKING))
    other = favourite_at + _delay(inputs, state, _GROUP_SLOT + 2, _other_weight(inputs, state, _TO_BE_HAD))
    other_lacking = favourite_at + _delay(inputs, state, _GROUP_SLOT + 3, _other_weight(inputs, state, _LACKING))
    own_liked = _note_willing(inputs, state, SUBSTITUTIVE, own, own_lacking, nothing_at)
    other_liked = _note_willing(inputs, state, COMPETITIVE, other, other_lacking, nothing_at)

    kind = _kind_bought(inputs, state, own, other, nothing_at)
    if kind == NONE:
        lose(inputs, state, visitor)
        return
    bought = own_liked if kind == SUBSTITUTIVE else other_liked
    if bought == NONE:
        bought = _owner(inputs, state, kind, _TO_BE_HAD)
    offer = inputs.considered[facts.place_start + bought].offer
    sell_now(inputs, state, offer, visitor.cohort)
    gain = nothing_at / (own if kind == SUBSTITUTIVE else other)
    cost = move_cost(inputs, segment, favourite, bought)
    books.conclude_race(inputs, state, visitor, outcome_now(inputs, visitor, bought), offer, gain, cost)


@compiled
def _delay(inputs: Inputs, state: State, slot: int, weight: float) -> float:
    """Return how long after the favourite the first of a group arrives; of a group without weight nobody ever does."""
    return _exponential(inputs, state, slot) / weight if weight > 0 else inf


@compiled
def _note_willing(inputs: Inputs, state: State, kind: int, to_be_had: float, lacking: float, nothing_at: float) -> int:
    """Book whoever arrived first of the two groups of a kind, to be had or not, if before buying nothing did (R10).

    Returns that offer's position if it can be had, and −1 otherwise.
    """
    visitor = state.visitors[0]
    half = _LACKING if lacking < to_be_had else _TO_BE_HAD
    if min(to_be_had, lacking) > nothing_at:
        return NONE
    liked_best = _owner(inputs, state, kind, half)
    if visitor.cohort:
        books.note_willing(inputs, state, visitor.segment, visitor.origin, kind, liked_best)
    return liked_best if half == _TO_BE_HAD else NONE


@inlined
def _kind_bought(inputs: Inputs, state: State, own: float, other: float, nothing_at: float) -> int:
    """Return by which kind of move the visitor buys; −1 for nothing (R9).

    Times, multiplied by what a move costs, are compared where that is clear, and otherwise amounts of money.
    """
    facts = inputs.segments[state.visitors[0].segment]
    net_own, net_other = own * facts.substitutive_factor, other * facts.competitive_factor
    first, second = min(net_own, net_other), min(max(net_own, net_other), nothing_at)
    if first > nothing_at * CLOSE:
        return NONE
    if first * CLOSE < second:
        return SUBSTITUTIVE if net_own < net_other else COMPETITIVE
    return _kind_of_largest_surplus(inputs, state, own, other, nothing_at)


@compiled
def _kind_of_largest_surplus(inputs: Inputs, state: State, own: float, other: float, nothing_at: float) -> int:
    """Return the same by the readable engine's arithmetic, digit for digit."""
    facts = inputs.segments[state.visitors[0].segment]
    own_surplus = facts.scale * log(nothing_at / own) - facts.substitutive_cost if own <= nothing_at else -inf
    other_surplus = facts.scale * log(nothing_at / other) - facts.competitive_cost if other <= nothing_at else -inf
    # Ties: buying before nothing, then the order of declaration (R8a).
    if max(own_surplus, other_surplus) < 0:
        return NONE
    if own_surplus != other_surplus:
        return SUBSTITUTIVE if own_surplus > other_surplus else COMPETITIVE
    first_declared = _owner(inputs, state, SUBSTITUTIVE, _TO_BE_HAD) < _owner(inputs, state, COMPETITIVE, _TO_BE_HAD)
    return SUBSTITUTIVE if first_declared else COMPETITIVE


# A firm's offers, as one segment sees them


@compiled
def _own_weight(inputs: Inputs, state: State, half: int) -> float:
    """Return the weight of the alternatives of the favourite's firm: of those to be had, or of those lacking."""
    visitor, trees = state.visitors[0], state.blocks.trees
    favourite = inputs.considered[inputs.segments[visitor.segment].place_start + visitor.origin]
    own = inputs.stalls[favourite.stall]
    start = tree_of(own, half)
    # The favourite is lacking, and no alternative to itself.
    return trees[start + 1] if half == _TO_BE_HAD else sum_without(trees, start, own.width, favourite.leaf)


@compiled
def _other_weight(inputs: Inputs, state: State, half: int) -> float:
    """Return the weight of what other firms have: of what can be had, or of what is lacking."""
    visitor, total = state.visitors[0], 0.0
    facts = inputs.segments[visitor.segment]
    own = inputs.considered[facts.place_start + visitor.origin].stall
    for stall in range(facts.stall_start, facts.stall_stop):
        if stall != own:
            total += state.blocks.trees[tree_of(inputs.stalls[stall], half) + 1]
    return total


@compiled
def _owner(inputs: Inputs, state: State, kind: int, half: int) -> int:
    """Return which offer of a group arrived first, drawn by their weights: firm by firm, then offer by offer."""
    visitor, trees = state.visitors[0], state.blocks.trees
    facts = inputs.segments[visitor.segment]
    favourite = inputs.considered[facts.place_start + visitor.origin]
    share = uniform_from_bits(np.uint64(_word(state, _OWNER_SLOT + 2 * kind + half)))
    if kind == SUBSTITUTIVE:
        own = inputs.stalls[favourite.stall]
        start, weight = tree_of(own, half), 0.0
        if half == _LACKING:
            weight = trees[start + own.width + favourite.leaf]
            put_weight(trees, start, own.width, favourite.leaf, 0.0)
        owner = _owner_at(inputs, state, favourite.stall, half, share * trees[start + 1])
        if half == _LACKING:
            put_weight(trees, start, own.width, favourite.leaf, weight)
        return owner
    wanted, last = share * _other_weight(inputs, state, half), NONE
    for stall in range(facts.stall_start, facts.stall_stop):
        weight = trees[tree_of(inputs.stalls[stall], half) + 1]
        if stall == favourite.stall or weight == 0.0:
            continue
        if wanted < weight:
            return _owner_at(inputs, state, stall, half, wanted)
        wanted -= weight
        last = stall
    # What rounding leaves belongs to the last that has a weight.
    return _owner_at(inputs, state, last, half, inf)


@compiled
def _owner_at(inputs: Inputs, state: State, stall: int, half: int, wanted: float) -> int:
    """Return into whose share a part of the weight falls that a firm's offers have in a group."""
    facts = inputs.stalls[stall]
    leaf = leaf_at(state.blocks.trees, tree_of(facts, half), facts.width, wanted)
    return int(inputs.stall_positions[facts.start + leaf])


# Draws


@inlined
def _draw_words(inputs: Inputs, state: State) -> None:
    """Write the bits of all slots, eight blocks at once: that takes the compiler's widest registers, and no longer."""
    visitor, moment, words = state.visitors[0], state.moment[0], state.scratch.words
    last = np.uint64(_RACE | (inputs.segments[visitor.segment].slot << philox.SEGMENT_SHIFT))
    person = np.uint64(visitor.person)
    key_0, key_1 = np.uint64(moment.seed), np.uint64(moment.replication)
    for block in range(BLOCKS):
        word_0, word_1, word_2, word_3 = philox.philox(np.uint64(block), person, np.uint64(0), last, key_0, key_1)
        words[block] = np.int64((word_0 << BITS_32) | word_1)
        words[BLOCKS + block] = np.int64((word_2 << BITS_32) | word_3)


@inlined
def _word(state: State, slot: int) -> int:
    """Return the bits of a slot."""
    return state.scratch.words[(slot & 1) * BLOCKS + (slot >> 1)]


@inlined
def _exponential(inputs: Inputs, state: State, slot: int) -> float:
    """Return the exponential draw of a slot whose bits are there."""
    drawn = philox.first_exponential(np.uint64(_word(state, slot)))
    return drawn if drawn >= 0 else _later_exponential(inputs, state, slot)


@compiled
def _later_exponential(inputs: Inputs, state: State, slot: int) -> float:
    """Return the same where one word is not enough."""
    visitor, moment = state.visitors[0], state.moment[0]
    segment, bits = inputs.segments[visitor.segment].slot, np.uint64(_word(state, slot))
    return philox.exponential_from_bits(
        bits, 0.0, 0, moment.seed, moment.replication, _RACE, segment, visitor.person, 0, slot
    )
