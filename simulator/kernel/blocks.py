"""Customers drawn beforehand, a block of each segment at a time: when they come, their tastes, and their favourites.

Nothing that is drawn depends on the block: draws are a function of the person (R14). A favourite does not depend on
stock, only on prices and windows; when one of those changes, the favourites of who is still to come are found anew.
"""

from math import exp, inf

import numpy as np

from ...models.chance import Purpose
from ...models.demand.poisson import GAP_SLOT
from ...models.problem import Floats, Integers
from .. import philox
from ..compiling import compiled, inlined
from .draws import fill_bits, fill_exponentials, fill_uniforms
from .facts import LAZY_LOGIT, POISSON, Inputs
from .memory import State
from .shelves import NONE

_ARRIVAL, _TASTE, _RACE = int(Purpose.ARRIVAL), int(Purpose.TASTE), int(Purpose.RACE)
NOTHING, UNDECIDED = -1, -2
"""In place of a favourite: nothing is wanted; the race is too close to be called without logarithms."""
CLOSE = 1.0 + 1e-9
"""Two times in the race whose ratio is at most this are too close for the rounding of a surplus to agree on."""
ROUNDING = 2.0**-50
"""What large amounts of money, in spreads of taste, add to that: a surplus has only so many digits."""
_LARGE_SET = 24
"""From so many offers on, looking a favourite up is faster than comparing with every border, several at a time."""
_BEFORE = 1.0 - 1e-9
TOO_SMALL = 1e-290
"""Below this, times in the race lose digits, and in the end are all 0."""


@compiled
def refill(inputs: Inputs, state: State, segment: int) -> None:
    """Draw the next block of a segment's customers. State is modified in place."""
    facts, ahead, moment = inputs.segments[segment], state.segments[segment], state.moment[0]
    if facts.arrivals == POISSON:
        _draw_poisson(inputs, state, segment)
    else:
        _read_trace(inputs, state, segment)
    ahead.at = 0
    size = moment.block_size
    if ahead.length == 0:
        ahead.next_time = inf
        return
    ahead.next_time = state.blocks.times[segment * size]
    persons = state.blocks.persons[segment * size : segment * size + ahead.length]
    low, high = state.blocks.low[: ahead.length], state.blocks.high[: ahead.length]
    if facts.pair_stop > facts.pair_start:
        for row in range(facts.pair_start, facts.pair_stop):
            pair = inputs.pairs[row]
            fill_bits(moment.seed, moment.replication, _TASTE, facts.slot, pair.block, persons, low, high)
            if pair.low != NONE:
                _fill_column(inputs, state, segment, pair.low, 2 * pair.block, low)
            if pair.high != NONE:
                _fill_column(inputs, state, segment, pair.high, 2 * pair.block + 1, high)
    elif facts.choice == LAZY_LOGIT:
        fill_bits(moment.seed, moment.replication, _RACE, facts.slot, 0, persons, low, high)
        fill_uniforms(low, state.blocks.tastes[facts.column_start * size :])
        fill_uniforms(high, state.blocks.tastes[(facts.column_start + 1) * size :])
    if facts.plain:
        find_favourites(inputs, state, segment)


@inlined
def _fill_column(inputs: Inputs, state: State, segment: int, column: int, slot: int, bits: "np.ndarray") -> None:
    """Write the exponential draws of one taste slot for the whole block."""
    facts, moment, size = inputs.segments[segment], state.moment[0], state.moment[0].block_size
    persons = state.blocks.persons[segment * size : segment * size + bits.shape[0]]
    start = (facts.column_start + column) * size
    result = state.blocks.tastes[start : start + bits.shape[0]]
    fill_exponentials(moment.seed, moment.replication, _TASTE, facts.slot, slot, persons, bits, result)


# When they come


@compiled
def _draw_poisson(inputs: Inputs, state: State, segment: int) -> None:
    """Draw candidates at the dominating rate and keep those that thinning lets through, as `models.demand.poisson`."""
    facts, ahead, moment = inputs.segments[segment], state.segments[segment], state.moment[0]
    size, blocks = moment.block_size, state.blocks
    persons = blocks.persons[segment * size : (segment + 1) * size]
    times = blocks.times[segment * size : (segment + 1) * size]
    kept = 0
    while kept == 0 and ahead.candidate_time < facts.end:
        first = ahead.candidate
        if first + size > philox.LARGEST_KEY_WORD:
            moment.overcrowded = segment
            break
        for index in range(size):
            persons[index] = first + index
        fill_bits(
            moment.seed, moment.replication, _ARRIVAL, facts.slot, GAP_SLOT // 2, persons, blocks.low, blocks.high
        )
        fill_exponentials(
            moment.seed, moment.replication, _ARRIVAL, facts.slot, GAP_SLOT, persons, blocks.low, blocks.best
        )
        time = ahead.candidate_time
        for index in range(size):
            time += blocks.best[index] / facts.dominating_rate
            if time >= facts.end:
                time = inf
                break
            while ahead.piece + 1 < facts.piece_stop and inputs.pieces[ahead.piece + 1].begins <= time:
                ahead.piece += 1
            share = philox.uniform_from_bits(np.uint64(blocks.high[index]))
            if share * facts.dominating_rate < inputs.pieces[ahead.piece].rate:
                persons[kept] = first + index
                times[kept] = time
                kept += 1
        ahead.candidate_time = time
        ahead.candidate = first + size
    ahead.length = kept


@inlined
def _read_trace(inputs: Inputs, state: State, segment: int) -> None:
    """Take the next recorded customers; the number of the record is the person."""
    facts, ahead, size = inputs.segments[segment], state.segments[segment], state.moment[0].block_size
    kept = 0
    while kept < size and facts.trace_start + ahead.candidate < facts.trace_stop:
        time = inputs.trace[facts.trace_start + ahead.candidate]
        if time >= facts.end:
            break
        state.blocks.persons[segment * size + kept] = ahead.candidate
        state.blocks.times[segment * size + kept] = time
        ahead.candidate += 1
        kept += 1
    ahead.length = kept


# What they like best


@compiled
def find_favourites(inputs: Inputs, state: State, segment: int) -> None:
    """Find the favourites of all who are still to come in a segment's block. State is modified in place."""
    if inputs.segments[segment].choice == LAZY_LOGIT:
        if state.segments[segment].stale or state.segments[segment].weight == 0.0:
            _weigh(inputs, state, segment)
        _find_by_shares(inputs, state, segment)
    else:
        _find_by_race(inputs, state, segment)
    state.segments[segment].stale = 0


@inlined
def _find_by_race(inputs: Inputs, state: State, segment: int) -> None:
    """Let all offers in their window race, and buying nothing: the least draw × e^{−(r − p)/s} wins."""
    facts, ahead, size = inputs.segments[segment], state.segments[segment], state.moment[0].block_size
    blocks = state.blocks
    start, stop = segment * size + ahead.at, segment * size + ahead.length
    outside = (facts.column_start) * size + ahead.at
    favourites = blocks.favourites[start:stop]
    best, second = blocks.best[: stop - start], blocks.second[: stop - start]
    for index in range(favourites.shape[0]):
        favourites[index] = NOTHING
        best[index] = blocks.tastes[outside + index]
        second[index] = inf
    amount = 0.0
    for row in range(facts.place_start, facts.place_stop):
        place = inputs.considered[row]
        shelf = state.offers[place.offer]
        if not shelf.open:
            blocks.weights[row] = inf
            continue
        amount = max(amount, abs(place.reservation_price) + abs(shelf.price))
        multiplier = exp((shelf.price - place.reservation_price) / facts.scale)
        blocks.weights[row] = multiplier
        position = row - facts.place_start
        column = (facts.column_start + place.column) * size + ahead.at
        draws = blocks.tastes[column : column + favourites.shape[0]]
        for index in range(favourites.shape[0]):
            arrives = draws[index] * multiplier
            wins = arrives < best[index]
            second[index] = best[index] if wins else min(second[index], arrives)
            best[index] = arrives if wins else best[index]
            favourites[index] = position if wins else favourites[index]
    close = CLOSE + ROUNDING * amount / facts.scale
    ahead.close = close
    for index in range(favourites.shape[0]):
        if second[index] <= best[index] * close or best[index] < TOO_SMALL:
            favourites[index] = UNDECIDED


@inlined
def _weigh(inputs: Inputs, state: State, segment: int) -> None:
    """Work out the weights of a segment's offers at the prices in force (the lazy race)."""
    facts, ahead = inputs.segments[segment], state.segments[segment]
    blocks = state.blocks
    weights = blocks.weights[facts.place_start : facts.place_stop]
    cumulative = blocks.cumulative[facts.place_start : facts.place_stop]
    total = 1.0
    for position in range(weights.shape[0]):
        place = inputs.considered[facts.place_start + position]
        shelf = state.offers[place.offer]
        weight = exp((place.reservation_price - shelf.price) / facts.scale) if shelf.open else 0.0
        total += weight
        weights[position] = weight
        cumulative[position] = total
    ahead.weight = total
    for stall in range(facts.stall_start, facts.stall_stop):
        state.stalls[stall].stale = 1
    if weights.shape[0] >= _LARGE_SET:
        _fill_guide(cumulative, blocks.guide[facts.place_start : facts.place_stop])


@inlined
def _find_by_shares(inputs: Inputs, state: State, segment: int) -> None:
    """Name favourites by shares of all weights, buying nothing's weight of 1 among them (the lazy race)."""
    facts, ahead, size = inputs.segments[segment], state.segments[segment], state.moment[0].block_size
    blocks, total = state.blocks, ahead.weight
    cumulative = blocks.cumulative[facts.place_start : facts.place_stop]
    favourites = blocks.favourites[segment * size + ahead.at : segment * size + ahead.length]
    uniforms = blocks.tastes[facts.column_start * size + ahead.at :]
    if cumulative.shape[0] >= _LARGE_SET:
        guide = blocks.guide[facts.place_start : facts.place_stop]
        for index in range(favourites.shape[0]):
            favourites[index] = _look_up(cumulative, guide, uniforms[index], total)
        return
    for index in range(favourites.shape[0]):
        favourites[index] = NOTHING + (uniforms[index] * total >= 1.0)
    # Counting the borders that lie below, several customers at a time, is faster than searching for each.
    for position in range(cumulative.shape[0] - 1):
        border = cumulative[position]
        for index in range(favourites.shape[0]):
            favourites[index] += uniforms[index] * total >= border


@inlined
def _fill_guide(cumulative: Floats, guide: Integers) -> None:
    """Note for each of as many equal shares of all weight as there are offers who owns its beginning, or comes before.

    Source: Chen & Asau (1974), "On generating random variates from an empirical distribution", AIIE Transactions 6.
    """
    cells, total = guide.shape[0], cumulative[cumulative.shape[0] - 1]
    position = NOTHING
    for cell in range(cells):
        # A little less than the share begins with: rounding must not name somebody who comes behind the owner.
        begins = total * (cell / cells) * _BEFORE
        while position < cells - 1 and _border(cumulative, position) <= begins:
            position += 1
        guide[cell] = position


@inlined
def _look_up(cumulative: Floats, guide: Integers, uniform: float, total: float) -> int:
    """Return into whose share a uniform falls, as `_find_by_shares` does for few offers."""
    last = guide.shape[0] - 1
    position = guide[min(int(uniform * (last + 1)), last)]
    wanted = uniform * total
    while position < last and _border(cumulative, position) <= wanted:
        position += 1
    return position


@inlined
def _border(cumulative: Floats, position: int) -> float:
    """Return where an offer's share of all weight ends; buying nothing's weight is 1."""
    return 1.0 if position == NOTHING else cumulative[position]
