"""What customers can look forward to in compiled code, the twin of `demandshift.simulator.prospects` (R13)."""

from math import inf, nan

from ...models.problem import Floats
from ..compiling import compiled, inlined
from .facts import Inputs
from .goods import expected_supply
from .line import has_room
from .memory import State
from .shelves import NONE, STOCKOUT


@compiled
def best_prospect(
    inputs: Inputs,
    state: State,
    segment: int,
    worth: Floats,
    origin: int,
    first_visit: float,
    now: float,
    full_lines: bool,
) -> tuple[int, float, float]:
    """Return the best later purchase: its position, its value before the transfer cost, and when to come back.

    Position −1 and value −inf stand for none; a date of nan for a back-order. `full_lines` says whether to count
    back-orders for which the waiting line has no room (R10). `worth` are reservation prices by considered offer.
    """
    position, value, back_at = NONE, -inf, inf
    facts = inputs.segments[segment]
    if not facts.waits:
        return position, value, back_at
    latest = first_visit + facts.longest_wait
    for row in range(facts.place_start, facts.place_stop):
        candidate, offer = row - facts.place_start, inputs.considered[row].offer
        for date_row in range(inputs.offers[offer].date_start, inputs.offers[offer].date_stop):
            date = inputs.dates[date_row]
            if now < date.time <= latest:
                price = state.offers[offer].price if date.price != date.price else date.price
                chance = facts.discount ** (date.time - now) * facts.believed_chance
                gain = chance * max(0.0, worth[candidate] - price)
                if _better(candidate, gain, position, value, origin):
                    position, value, back_at = candidate, gain, date.time
        delay = _back_order_delay(inputs, state, segment, row, latest, now, full_lines)
        if delay == delay:
            gain = facts.discount**delay * max(0.0, worth[candidate] - state.offers[offer].price)
            if _better(candidate, gain, position, value, origin):
                position, value, back_at = candidate, gain, nan
    if value > 0:
        return position, value, back_at
    return NONE, -inf, inf


@inlined
def _better(candidate: int, gain: float, position: int, value: float, origin: int) -> bool:
    """Return whether a prospect beats the present one; among equals the origin's, then the earlier one (R8a)."""
    return gain > value or (gain == value and candidate == origin and origin != position)


@compiled
def _back_order_delay(
    inputs: Inputs, state: State, segment: int, row: int, latest: float, now: float, full_lines: bool
) -> float:
    """Return the delay that a customer reckons with if written down; nan where that is not to be had."""
    place = inputs.considered[row]
    offer, firm = place.offer, inputs.firms[place.firm]
    if not firm.writes_down or state.offers[offer].reason != STOCKOUT:
        return nan
    if not full_lines and not has_room(inputs, state, offer):
        return nan
    if not firm.promises:
        delay = inputs.segments[segment].expected_delay
        return delay if now + delay <= latest else nan
    promised = -inf
    for use_row in range(inputs.offers[offer].use_start, inputs.offers[offer].use_stop):
        use = inputs.uses[use_row]
        if not inputs.products[use.product].unlimited and state.products[use.product].on_hand < use.units:
            promised = max(promised, expected_supply(inputs, state, use.product, use.units, now))
    return promised - now if promised <= latest else nan
