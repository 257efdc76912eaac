"""Plain customers, one after the other: they neither wait nor have a home, so that the favourite decides where it is.

Most sales are quiet: they cause nothing, and all that must be noted at once is one unit less and one customer more.
"""

from ..clock import Rank
from ..compiling import compiled, inlined
from ..ledger import Head
from . import books, shelves, visits
from .agenda import begin
from .blocks import NOTHING, find_favourites
from .facts import LAZY_LOGIT, Inputs
from .lazy import race_on
from .memory import State
from .race import second_choice
from .shelves import NONE
from .space import has_room

_ARRIVE = int(Rank.ARRIVE)
_ARRIVED, _NOT_INTERESTED, _BOUGHT = int(Head.ARRIVED), int(Head.NOT_INTERESTED), int(Head.BOUGHT)


@compiled
def serve_plainly(inputs: Inputs, state: State, segment: int, limit: float) -> bool:
    """Serve a segment's customers, one after the other, while their favourites and second choices are clear.

    Stops before a time, at the end of the block, as soon as a customer causes something, and where room runs out.
    Nobody may keep a log. Returns whether anybody was served. State is modified in place.
    """
    facts, ahead, moment = inputs.segments[segment], state.segments[segment], state.moment[0]
    if ahead.stale:
        find_favourites(inputs, state, segment)
    counting, blocks, products = moment.counting, state.blocks, state.products
    times, favourites, gains, available = blocks.times, blocks.favourites, blocks.gains, blocks.available
    sole_products, page_served = inputs.sole_products, state.books.page_served
    start, length, first, row_start = ahead.at, ahead.length, segment * moment.block_size, facts.place_start
    planned, gain = state.agenda.sizes[0], ahead.page_gain
    uninterested, turned_away = 0, 0
    at = start
    while at < length and times[first + at] < limit:
        favourite = favourites[first + at]
        if favourite == NOTHING:
            uninterested += 1
            at += 1
            continue
        if favourite < 0:
            break
        row = row_start + favourite
        product = sole_products[row]
        if product != NONE and products[product].on_hand > products[product].quiet:
            shelves.sell_quietly(state, product, times[first + at])
            page_served[row] += 1
        elif available[row]:
            begin(state, times[first + at], 0, _ARRIVE)
            _sell_favourite(inputs, state, row)
        else:
            if not has_room(state):
                break
            begin(state, times[first + at], 0, _ARRIVE)
            ahead.at, ahead.page_gain = at, gain
            if not _choose_again(inputs, state, segment, favourite):
                break
            gain = ahead.page_gain
            turned_away += 1
            at += 1
            if state.agenda.sizes[0] != planned:
                break
            continue
        if counting:
            gain *= gains[first + at]
            if gain > books.LARGEST_GAIN:
                books.note_gain(inputs, state, segment, gain)
                gain = 1.0
        at += 1
        if state.agenda.sizes[0] != planned:
            break
    came = at - start
    ahead.at = at
    ahead.page_gain = gain
    moment.came += came
    if counting:
        heads = state.books.heads
        heads[segment, _ARRIVED] += came
        heads[segment, _NOT_INTERESTED] += uninterested
        # Who was turned away is counted by what he did.
        heads[segment, _BOUGHT] += came - uninterested - turned_away
    return came > 0


@compiled
def _sell_favourite(inputs: Inputs, state: State, row: int) -> None:
    """Hand over the favourite at a place where that may cause something. State is modified in place."""
    offer, counting = inputs.considered[row].offer, state.moment[0].counting
    books.ask(state, offer, 0)
    visits.sell_now(inputs, state, offer, counting)
    state.books.served[row] += counting


@inlined
def _choose_again(inputs: Inputs, state: State, segment: int, favourite: int) -> bool:
    """Tell the story of the segment's next customer, whose favourite cannot be had. State is modified in place.

    Returns whether it was clear enough to be told.
    """
    visitor = state.visitors[visits.CURRENT]
    visitor.segment = segment
    visitor.person = state.blocks.persons[segment * state.moment[0].block_size + state.segments[segment].at]
    visitor.cohort = state.moment[0].counting
    visitor.origin = favourite
    if inputs.segments[segment].choice == LAZY_LOGIT:
        race_on(inputs, state)
        return True
    return second_choice(inputs, state)
