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
from .draws import begin_exponentials, fill_bits, fill_uniforms, finish_exponentials
from .facts import LAZY_LOGIT, POISSON, Inputs
from .memory import State
from .shelves import NONE
from .trees import LACKING, TO_BE_HAD, add_all, tree_of

_ARRIVAL, _TASTE, _RACE = int(Purpose.ARRIVAL), int(Purpose.TASTE), int(Purpose.RACE)
NOTHING, UNDECIDED = -1, -2
"""In place of a favourite: nothing is wanted; the race is too close to be called without logarithms."""
CLOSE = 1.0 + 1e-9
"""Two times in the race whose ratio is at most this are too close for the rounding of a surplus to agree on."""
ROUNDING = 2.0**-50
"""What large amounts of money, in spreads of taste, add to that: a surplus has only so many digits."""
_LARGE_SET = 24
"""From so many offers on, looking a favourite up is faster than comparing with every border, several at a time."""
CELLS = 4
"""Parts of all weight for each offer, for looking favourites up."""
_BEFORE = 1.0 - 1e-9
TOO_SMALL = 1e-250
"""Below this, times in the race lose digits, and gains grow beyond all numbers."""


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
    if facts.pair_stop > facts.pair_start:
        _draw_tastes(inputs, state, segment)
    elif facts.choice == LAZY_LOGIT:
        blocks, start = state.blocks, facts.column_start * size
        persons = blocks.persons[segment * size : segment * size + ahead.length]
        low, high = blocks.low[: ahead.length], blocks.high[: ahead.length]
        fill_bits(moment.seed, moment.replication, _RACE, facts.slot, 0, persons, low, high)
        fill_uniforms(low, blocks.tastes[start:])
        fill_uniforms(high, blocks.tastes[start + size :])
    if facts.plain:
        find_favourites(inputs, state, segment)


@inlined
def _draw_tastes(inputs: Inputs, state: State, segment: int) -> None:
    """Draw the tastes of a block of customers, slot by slot. State is modified in place."""
    facts, ahead, moment, blocks = inputs.segments[segment], state.segments[segment], state.moment[0], state.blocks
    size = moment.block_size
    persons = blocks.persons[segment * size : segment * size + ahead.length]
    low, high, late = blocks.low[: ahead.length], blocks.high[: ahead.length], blocks.late
    count = 0
    for row in range(facts.pair_start, facts.pair_stop):
        pair = inputs.pairs[row]
        fill_bits(moment.seed, moment.replication, _TASTE, facts.slot, pair.block, persons, low, high)
        if pair.low != NONE:
            first = (facts.column_start + pair.low) * size
            count = begin_exponentials(2 * pair.block, persons, low, first, blocks.tastes, late, count)
        if pair.high != NONE:
            first = (facts.column_start + pair.high) * size
            count = begin_exponentials(2 * pair.block + 1, persons, high, first, blocks.tastes, late, count)
        if count + 2 * size > late.shape[1] or row == facts.pair_stop - 1:
            finish_exponentials(moment.seed, moment.replication, _TASTE, facts.slot, late, count, blocks.tastes)
            count = 0


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
        count = begin_exponentials(GAP_SLOT, persons, blocks.low, 0, blocks.best, blocks.late, 0)
        finish_exponentials(moment.seed, moment.replication, _ARRIVAL, facts.slot, blocks.late, count, blocks.best)
        for index in range(size):
            blocks.best[index] /= facts.dominating_rate
        if facts.steady:
            time, kept = _add_gaps(blocks.best, times, ahead.candidate_time, facts.end)
        else:
            time, kept = _thin_out(inputs, state, segment)
        ahead.candidate_time = time
        ahead.candidate = first + size
    ahead.length = kept


@inlined
def _add_gaps(gaps: Floats, times: Floats, before: float, end: float) -> tuple[float, int]:
    """Write when customers come whose rate never changes, in place.

    Returns the time of the last one, inf after the end, and how many come before it.
    """
    time = before
    for index in range(gaps.shape[0]):
        time += gaps[index]
        times[index] = time
    kept = gaps.shape[0]
    if time < end:
        return time, kept
    while kept > 0 and times[kept - 1] >= end:
        kept -= 1
    return inf, kept


@inlined
def _thin_out(inputs: Inputs, state: State, segment: int) -> tuple[float, int]:
    """Let candidates through in proportion to the rate in force when they come. State is modified in place.

    Returns the time of the last candidate, inf after the end, and how many customers there are.
    """
    facts, ahead, blocks = inputs.segments[segment], state.segments[segment], state.blocks
    size = state.moment[0].block_size
    persons = blocks.persons[segment * size : (segment + 1) * size]
    times = blocks.times[segment * size : (segment + 1) * size]
    time, kept = ahead.candidate_time, 0
    for index in range(size):
        time += blocks.best[index]
        if time >= facts.end:
            return inf, kept
        while ahead.piece + 1 < facts.piece_stop and inputs.pieces[ahead.piece + 1].begins <= time:
            ahead.piece += 1
        share = philox.uniform_from_bits(np.uint64(blocks.high[index]))
        if share * facts.dominating_rate < inputs.pieces[ahead.piece].rate:
            persons[kept] = ahead.candidate + index
            times[kept] = time
            kept += 1
    return time, kept


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
            favourites[index] = position if arrives < best[index] else favourites[index]
            second[index] = min(second[index], max(best[index], arrives))
            best[index] = min(best[index], arrives)
    close = CLOSE + ROUNDING * amount / facts.scale
    ahead.close = close
    gains, nothing = blocks.gains[start:stop], blocks.tastes[outside : outside + stop - start]
    for index in range(favourites.shape[0]):
        gains[index] = nothing[index] / best[index]
    for index in range(favourites.shape[0]):
        undecided = (second[index] <= best[index] * close) | (best[index] < TOO_SMALL)
        favourites[index] = UNDECIDED if undecided else favourites[index]


@inlined
def _weigh(inputs: Inputs, state: State, segment: int) -> None:
    """Work out the weights of a segment's offers at the prices in force (the lazy race)."""
    facts, ahead = inputs.segments[segment], state.segments[segment]
    blocks = state.blocks
    weights = blocks.weights[facts.place_start : facts.place_stop]
    borders = _borders_of(inputs, state, segment)
    total = 1.0
    borders[0] = total
    for position in range(weights.shape[0]):
        place = inputs.considered[facts.place_start + position]
        shelf = state.offers[place.offer]
        weight = exp((place.reservation_price - shelf.price) / facts.scale) if shelf.open else 0.0
        total += weight
        weights[position] = weight
        borders[position + 1] = total
    ahead.weight = total
    for stall in range(facts.stall_start, facts.stall_stop):
        _fill_trees(inputs, state, stall, facts.place_start)
    if weights.shape[0] >= _LARGE_SET:
        _fill_guide(borders, _guide_of(inputs, state, segment))


@inlined
def _fill_trees(inputs: Inputs, state: State, stall: int, first_place: int) -> None:
    """Add up what a firm's offers weigh: those to be had, and those that are lacking. State is modified in place."""
    facts, blocks = inputs.stalls[stall], state.blocks
    to_be_had, lacking = tree_of(facts, TO_BE_HAD), tree_of(facts, LACKING)
    for leaf in range(facts.stop - facts.start):
        row = first_place + inputs.stall_positions[facts.start + leaf]
        blocks.trees[to_be_had + facts.width + leaf] = blocks.weights[row] * blocks.available[row]
        blocks.trees[lacking + facts.width + leaf] = blocks.weights[row] * (1 - blocks.available[row])
    add_all(blocks.trees, to_be_had, facts.width)
    add_all(blocks.trees, lacking, facts.width)


@inlined
def _find_by_shares(inputs: Inputs, state: State, segment: int) -> None:
    """Name favourites by shares of all weights, buying nothing's weight of 1 among them (the lazy race)."""
    facts, ahead, size = inputs.segments[segment], state.segments[segment], state.moment[0].block_size
    blocks, total = state.blocks, ahead.weight
    borders = _borders_of(inputs, state, segment)
    favourites = blocks.favourites[segment * size + ahead.at : segment * size + ahead.length]
    uniforms = blocks.tastes[facts.column_start * size + ahead.at :]
    splits = blocks.tastes[(facts.column_start + 1) * size + ahead.at :]
    gains = blocks.gains[segment * size + ahead.at : segment * size + ahead.length]
    for index in range(favourites.shape[0]):
        gains[index] = 1.0 + total * splits[index] / (1.0 - splits[index])
    if facts.place_stop - facts.place_start >= _LARGE_SET:
        guide = _guide_of(inputs, state, segment)
        for index in range(favourites.shape[0]):
            favourites[index] = _look_up(borders, guide, uniforms[index], total)
        return
    for index in range(favourites.shape[0]):
        favourites[index] = NOTHING
    # Counting the borders that lie below, several customers at a time, is faster than searching for each.
    for position in range(borders.shape[0] - 1):
        border = borders[position]
        for index in range(favourites.shape[0]):
            favourites[index] += uniforms[index] * total >= border


@inlined
def _borders_of(inputs: Inputs, state: State, segment: int) -> Floats:
    """Return where shares end: that of buying nothing, and then those of the offers; shape (offers + 1,)."""
    facts = inputs.segments[segment]
    return state.blocks.borders[facts.place_start + segment : facts.place_stop + segment + 1]


@inlined
def _guide_of(inputs: Inputs, state: State, segment: int) -> Integers:
    """Return a segment's guide table; shape (`CELLS` · offers,)."""
    facts = inputs.segments[segment]
    return state.blocks.guide[CELLS * facts.place_start : CELLS * facts.place_stop]


@inlined
def _fill_guide(borders: Floats, guide: Integers) -> None:
    """Note for each of as many equal parts of all weight how many borders lie before its beginning, or nearly as many.

    Source: Chen & Asau (1974), "On generating random variates from an empirical distribution", AIIE Transactions 6.
    """
    cells, offers = guide.shape[0], borders.shape[0] - 1
    passed = 0
    for cell in range(cells):
        # A little less than the part begins with: rounding must not name somebody who comes behind the owner.
        begins = borders[offers] * (cell / cells) * _BEFORE
        while passed < offers and borders[passed] <= begins:
            passed += 1
        guide[cell] = passed


@inlined
def _look_up(borders: Floats, guide: Integers, uniform: float, total: float) -> int:
    """Return into whose share a uniform falls, as `_find_by_shares` does for few offers."""
    wanted = uniform * total
    passed = guide[min(int(uniform * guide.shape[0]), guide.shape[0] - 1)]
    # The first step without a branch: few need a second one. Nobody passes the last border.
    passed += borders[passed] <= wanted
    while borders[passed] <= wanted:
        passed += 1
    return NOTHING + passed
