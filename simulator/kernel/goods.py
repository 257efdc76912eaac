"""Goods under way in compiled code, the twin of `demandshift.simulator.goods`."""

from math import inf, isfinite

import numpy as np

from ...models.chance import Purpose
from ..clock import Rank
from ..compiling import compiled, inlined
from ..instants import instant
from ..ledger import Account
from . import books, shelves
from .agenda import DELIVER, EXPIRE, FILL, REVIEW, schedule
from .durations import duration
from .facts import CONTINUOUS, PERIODIC, PLANNED, Inputs
from .memory import State
from .pools import give_back, take
from .shelves import NONE

_LEAD_TIME = int(Purpose.LEAD_TIME)
_ORDERING = int(Account.ORDERING)
_RANK_DELIVER, _RANK_EXPIRE, _RANK_FILL, _RANK_REVIEW = (
    int(Rank.DELIVER),
    int(Rank.EXPIRE),
    int(Rank.FILL),
    int(Rank.REVIEW),
)


@inlined
def begin_stocks(inputs: Inputs, state: State) -> None:
    """Let the opening stock age, and call for reviews where it is low already. State is modified in place."""
    for product in range(inputs.products.shape[0]):
        facts = inputs.products[product]
        if facts.opening_stock > 0 and isfinite(facts.shelf_life):
            schedule(state, instant(facts.shelf_life), _RANK_EXPIRE, product, EXPIRE, product, 0, 0)
    for product in range(inputs.products.shape[0]):
        position_fell(inputs, state, product)


# Orders


@compiled
def position_fell(inputs: Inputs, state: State, product: int) -> None:
    """Call for a continuous review at this instant, where the position is down to the reorder point.

    State is modified in place.
    """
    if is_review_needed(inputs, state, product):
        state.products[product].review_due = 1
        moment = state.moment[0]
        schedule(state, moment.time, _RANK_REVIEW, moment.reviews_before + product, REVIEW, product, 0, 0)


@inlined
def is_review_needed(inputs: Inputs, state: State, product: int) -> bool:
    """Return whether a continuous review is called for and none is due yet."""
    facts, shelf = inputs.products[product], state.products[product]
    position = shelf.on_hand + shelf.on_order - shelf.back_orders
    return bool(facts.replenishment == CONTINUOUS and not shelf.review_due and position <= facts.reorder_point)


@compiled
def review(inputs: Inputs, state: State, product: int, now: float) -> None:
    """Order what lifts the position above the reorder point, in whole quantities and packs. State changes in place."""
    facts, shelf = inputs.products[product], state.products[product]
    shelf.review_due = 0
    below = int(facts.reorder_point) - (shelf.on_hand + shelf.on_order - shelf.back_orders)
    if below < 0:
        return
    wanted = max((below // facts.order_quantity + 1) * facts.order_quantity, facts.minimum)
    order(inputs, state, product, -(-wanted // facts.pack) * facts.pack, now)


@compiled
def order(inputs: Inputs, state: State, product: int, units: int, now: float) -> None:
    """Order whole units, and pay the fixed cost. State is modified in place."""
    facts, shelf = inputs.products[product], state.products[product]
    number = shelf.orders_placed
    shelf.orders_placed += 1
    lead_time = duration(inputs, state, facts.lead_time, _LEAD_TIME, facts.slot, number)
    due = instant(now + lead_time) if lead_time != 0.0 else now
    shelf.on_order += units
    shelves.set_quiet(inputs, state, product)
    place = _note_order(state, product, units, now + inputs.durations[facts.lead_time].average)
    books.pay_for(inputs, state, product, _ORDERING, -facts.order_cost)
    schedule(state, max(due, now), _RANK_DELIVER, product, DELIVER, product, units, place)


@inlined
def season_buy(inputs: Inputs, state: State, product: int, units: int, now: float) -> None:
    """Put on the shelf now what was bought before the season; it is paid like any order. State is modified in place."""
    state.products[product].orders_placed += 1
    books.pay_for(inputs, state, product, _ORDERING, -inputs.products[product].order_cost)
    _receive(inputs, state, product, units, now)


@inlined
def _note_order(state: State, product: int, units: int, expected: float) -> int:
    """Write an order among those outstanding, by expected date, then units; return its place."""
    place = take(state.order_pool)
    noted, shelf = state.orders[place], state.products[product]
    noted.expected = expected
    noted.units = units
    before, after = NONE, shelf.first_order
    while after != NONE and (
        state.orders[after].expected < expected
        or (state.orders[after].expected == expected and state.orders[after].units < units)
    ):
        before, after = after, state.orders[after].following
    noted.following = after
    if before == NONE:
        shelf.first_order = place
    else:
        state.orders[before].following = place
    return place


@inlined
def _strike_order(state: State, product: int, place: int) -> None:
    shelf = state.products[product]
    if shelf.first_order == place:
        shelf.first_order = state.orders[place].following
    else:
        before = shelf.first_order
        while state.orders[before].following != place:
            before = state.orders[before].following
        state.orders[before].following = state.orders[place].following
    give_back(state.order_pool, place)


# On the shelf


@inlined
def deliver(inputs: Inputs, state: State, product: int, units: int, place: int, now: float) -> None:
    """Put an order on the shelf. State is modified in place."""
    _strike_order(state, product, place)
    state.products[product].on_order -= units
    shelves.set_quiet(inputs, state, product)
    _receive(inputs, state, product, units, now)


@compiled
def _receive(inputs: Inputs, state: State, product: int, units: int, now: float) -> None:
    life = inputs.products[product].shelf_life
    expires = instant(now + life) if isfinite(life) else inf
    shelves.put_on_shelf(inputs, state, product, units, now, expires)
    if isfinite(expires):
        schedule(state, expires, _RANK_EXPIRE, product, EXPIRE, product, 0, 0)
    if state.products[product].first_in_line != NONE:
        schedule(state, now, _RANK_FILL, product, FILL, product, 0, 0)


@inlined
def expire(inputs: Inputs, state: State, product: int, now: float) -> None:
    """Take from the shelf what expires by now. State is modified in place."""
    if shelves.expire(inputs, state, product, now) > 0:
        position_fell(inputs, state, product)


# What a firm can say about the future


@compiled
def expected_supply(inputs: Inputs, state: State, product: int, units: int, now: float) -> float:
    """Return when the firm expects to have so many units more than those who already wait need; inf for never.

    It knows its orders, its suppliers' mean lead times and its own next review, not what lead times will be (R13).
    """
    shelf = state.products[product]
    lacking = shelf.back_orders + units - shelf.on_hand
    place = shelf.first_order
    while place != NONE:
        lacking -= state.orders[place].units
        if lacking <= 0:
            return max(now, state.orders[place].expected)
        place = state.orders[place].following
    return _next_order(inputs, product, now) + inputs.durations[inputs.products[product].lead_time].average


@inlined
def _next_order(inputs: Inputs, product: int, now: float) -> float:
    facts = inputs.products[product]
    if facts.replenishment == CONTINUOUS:
        return now
    if facts.replenishment == PERIODIC:
        if now < facts.first_review:
            return facts.first_review
        passed = int((now - facts.first_review) / facts.review_every + 1e-9)
        return facts.first_review + (passed + 1) * facts.review_every
    if facts.replenishment == PLANNED:
        row = facts.planned_start + np.searchsorted(
            inputs.planned[facts.planned_start : facts.planned_stop], now, side="right"
        )
        if row < facts.planned_stop:
            return inputs.planned[row]
    return inf
