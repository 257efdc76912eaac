"""The waiting line in compiled code, the twin of `demandshift.simulator.waiting_line`.

For each product a doubly linked list of those who wait for it, oldest first. A visitor who waits for an offer with
several stocks stands in several lines, by one link each.
"""

from ..compiling import compiled, inlined
from ..ledger import Account, Outcome
from . import books, shelves
from .facts import NO_LIMIT, Inputs
from .memory import State
from .pools import give_back
from .shelves import NONE
from .worths import worth_again

_PENALTIES = int(Account.PENALTIES)
_POSTPONED = int(Outcome.POSTPONED)


@inlined
def most_uses(state: State) -> int:
    """Return how many links belong to each visitor."""
    return state.links.shape[0] // state.visitors.shape[0]


@compiled
def has_room(inputs: Inputs, state: State, offer: int) -> bool:
    """Return whether the firm's limit lets one more customer be written down for an offer."""
    limit = inputs.firms[inputs.offers[offer].firm].back_order_limit
    if limit == NO_LIMIT:
        return True
    for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        if state.products[inputs.uses[row].product].line_length >= limit:
            return False
    return True


@inlined
def place_back_order(inputs: Inputs, state: State, place: int, wanted: int, now: float) -> None:
    """Write a visitor down, last in line, at the present price; `wanted` is a considered offer's position.

    State is modified in place.
    """
    visitor = state.visitors[place]
    offer = inputs.considered[inputs.segments[visitor.segment].place_start + wanted].offer
    visitor.in_line = 1
    visitor.wanted = wanted
    visitor.price = state.offers[offer].price
    visitor.placed = now
    link_place = place * most_uses(state)
    for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        use = inputs.uses[row]
        shelf = state.products[use.product]
        link = state.links[link_place]
        link.visitor = place
        link.before = shelf.last_in_line
        link.after = NONE
        if shelf.last_in_line == NONE:
            shelf.first_in_line = link_place
        else:
            state.links[shelf.last_in_line].after = link_place
        shelf.last_in_line = link_place
        shelf.line_length += 1
        shelf.back_orders += use.units
        shelves.set_quiet(inputs, state, use.product)
        link_place += 1


@compiled
def leave_line(inputs: Inputs, state: State, place: int, now: float) -> None:
    """Strike a visitor out: served, or given up; the firm pays for the time that it kept him waiting.

    State is modified in place.
    """
    visitor = state.visitors[place]
    visitor.in_line = 0
    since = max(visitor.placed, state.moment[0].warm_up)
    offer = inputs.considered[inputs.segments[visitor.segment].place_start + visitor.wanted].offer
    link_place = place * most_uses(state)
    for row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        use = inputs.uses[row]
        shelf = state.products[use.product]
        link = state.links[link_place]
        if link.before == NONE:
            shelf.first_in_line = link.after
        else:
            state.links[link.before].after = link.after
        if link.after == NONE:
            shelf.last_in_line = link.before
        else:
            state.links[link.after].before = link.before
        shelf.line_length -= 1
        shelf.back_orders -= use.units
        shelves.set_quiet(inputs, state, use.product)
        if now > since:
            penalty = inputs.products[use.product].back_order_penalty
            books.pay_for(inputs, state, use.product, _PENALTIES, -penalty * (now - since))
        link_place += 1


@compiled
def fill_line(inputs: Inputs, state: State, product: int, now: float) -> None:
    """Serve those who wait for a product, oldest first, as far as stock goes; each pays the price he was promised.

    State is modified in place.
    """
    link_place = state.products[product].first_in_line
    while link_place != NONE and state.products[product].on_hand > 0:
        place = state.links[link_place].visitor
        link_place = state.links[link_place].after
        visitor = state.visitors[place]
        facts = inputs.segments[visitor.segment]
        offer = inputs.considered[facts.place_start + visitor.wanted].offer
        if shelves.can_fill(inputs, state, offer):
            leave_line(inputs, state, place, now)
            shelves.sell(inputs, state, offer, visitor.price, visitor.cohort, now)
            surplus = worth_again(inputs, state, visitor, visitor.wanted) - visitor.price - facts.strategic_cost
            books.conclude(inputs, state, visitor, _POSTPONED, offer, visitor.price, surplus)
            give_back(state.visitor_pool, place)
