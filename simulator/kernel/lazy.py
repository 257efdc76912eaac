"""The lazy race in compiled code, the twin of `demandshift.simulator.lazy_race`: the same arithmetic, term by term."""

from math import inf, log

from ...models.chance import Purpose
from ...models.problem import Floats
from .. import lazy_race, philox
from ..compiling import compiled, inlined
from . import books
from .facts import Inputs
from .memory import State
from .shelves import NONE
from .visits import cause_of, lose, move_cost, note_turned_away, outcome_now, sell_now

_RACE = int(Purpose.RACE)
_SUM_SLOT = lazy_race.SUM_SLOTS[0]
_GROUP_SLOT, _OWNER_SLOT = lazy_race.GROUP_SLOT, lazy_race.OWNER_SLOT
_TO_BE_HAD, _LACKING = lazy_race.TO_BE_HAD, lazy_race.LACKING
_KINDS = len(lazy_race.KINDS)


@inlined
def favourite_surplus(scale: float, total: float, split: float) -> float:
    """Return what a favourite that can be had is worth over buying nothing, in money."""
    return scale * log(1.0 + total * split / (1.0 - split))


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

    first, second = _pair(inputs, state, _SUM_SLOT)
    drawn_sum = first + second
    favourite_at = (1.0 - split) * drawn_sum / total
    nothing_at = favourite_at + split * drawn_sum
    group_weights = state.scratch.groups
    group_weights[:] = 0.0
    firm = inputs.considered[facts.place_start + favourite].firm
    for position in range(weights.shape[0]):
        if position != favourite:
            group = _group(inputs, state, facts.place_start + position, firm)
            group_weights[group] += weights[position]

    bought, bought_surplus = NONE, 0.0
    for kind in range(_KINDS):
        liked_best, liked_at = NONE, inf
        if not (group_weights[2 * kind] > 0 or group_weights[2 * kind + 1] > 0):
            continue
        drawn = _pair(inputs, state, _GROUP_SLOT + 2 * kind)
        for half in (_TO_BE_HAD, _LACKING):
            group = 2 * kind + half
            if not group_weights[group] > 0:
                continue
            arrives = favourite_at + drawn[half] / group_weights[group]
            if arrives > nothing_at:
                continue
            owner = _owner(inputs, state, weights, group, group_weights[group])
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


@inlined
def _group(inputs: Inputs, state: State, row: int, firm: int) -> int:
    """Return the number of the group of an alternative, by its row of `considered`, to a favourite of a firm."""
    half = _TO_BE_HAD if state.blocks.available[row] else _LACKING
    return half if inputs.considered[row].firm == firm else 2 + half


@compiled
def _owner(inputs: Inputs, state: State, weights: Floats, group: int, group_weight: float) -> int:
    """Return which offer of a group arrived first, drawn by their weights."""
    visitor, moment = state.visitors[0], state.moment[0]
    facts = inputs.segments[visitor.segment]
    share = philox.uniform(moment.seed, moment.replication, _RACE, facts.slot, visitor.person, 0, _OWNER_SLOT + group)
    wanted = share * group_weight
    owner, passed, start = NONE, 0.0, facts.place_start
    favourite = visitor.origin
    firm = inputs.considered[start + favourite].firm
    for position in range(weights.shape[0]):
        weight = weights[position]
        if weight > 0 and position != favourite and _group(inputs, state, start + position, firm) == group:
            owner = position
            passed += weight
            if passed > wanted:
                break
    return owner


@inlined
def _pair(inputs: Inputs, state: State, slot: int) -> tuple[float, float]:
    """Return the exponential draws of an even slot and of the next one, which share a block of random words."""
    visitor, moment = state.visitors[0], state.moment[0]
    segment = inputs.segments[visitor.segment].slot
    return philox.pair_of_exponentials(moment.seed, moment.replication, _RACE, segment, visitor.person, 0, slot)
