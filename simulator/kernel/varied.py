"""Reservation prices where customers differ in more than the noise of a logit, in compiled code (R6).

The arithmetic is that of `models.choice.nested_logit`, `.mixed_logit`, `.latent_classes`, `.vertical` and
`.locational`, term by term.
"""

from math import cos, exp, inf, log, pi, sin, sqrt

from ...models.chance import Purpose
from ...models.problem import Floats
from .. import philox
from ..compiling import compiled, inlined
from .durations import winner
from .facts import (
    EXPONENTIAL_TASTE,
    LATENT_CLASSES,
    LOCATIONAL,
    LOGNORMAL_TASTE,
    MIXED_LOGIT,
    NESTED_LOGIT,
    NORMAL_TASTE,
    UNIFORM_TASTE,
    VERTICAL,
    Inputs,
)
from .memory import State

_TASTE, _TYPE = int(Purpose.TASTE), int(Purpose.TYPE)
_COEFFICIENT, _NEST = int(Purpose.COEFFICIENT), int(Purpose.NEST)
_CLASS_SLOT = 0
"""Slot of the draw that decides a class, as the model has it (a test compares)."""
NOT_IN_BLOCK = -1


@compiled
def varied_worths(inputs: Inputs, state: State, segment: int, person: int, at: int, worth: Floats) -> None:
    """Write the reservation prices of a customer into `worth`, shape (considered offers,), modified in place.

    `at` is the customer's place in the block, where the tastes are; `NOT_IN_BLOCK` to draw them once more.
    """
    facts = inputs.segments[segment]
    if facts.choice == VERTICAL:
        _vertical(inputs, state, segment, person, worth)
    elif facts.choice == LOCATIONAL:
        _locational(inputs, state, segment, person, worth)
    elif facts.choice == NESTED_LOGIT:
        _nested(inputs, state, segment, person, at, worth)
    elif facts.choice == MIXED_LOGIT:
        _mixed(inputs, state, segment, person, at, worth)
    else:
        assert facts.choice == LATENT_CLASSES
        _classes(inputs, state, segment, person, at, worth)


@inlined
def _nested(inputs: Inputs, state: State, segment: int, person: int, at: int, worth: Floats) -> None:
    facts = inputs.segments[segment]
    log_outside = log(_noise(inputs, state, segment, person, at, 0))
    nest = -1
    dissimilarity, common = 1.0, 0.0
    for row in range(facts.place_start, facts.place_stop):
        place = inputs.considered[row]
        # Neighbours are often of one nest, whose common taste is then worked out once.
        if place.nest != nest:
            nest = place.nest
            dissimilarity = inputs.attributes[facts.attribute_start + nest]
            common = _log_positive_stable(inputs, state, segment, person, nest, dissimilarity)
        own = common - log(_noise(inputs, state, segment, person, at, place.column))
        worth[row - facts.place_start] = place.reservation_price + facts.scale * (dissimilarity * own + log_outside)


@compiled
def _log_positive_stable(
    inputs: Inputs, state: State, segment: int, person: int, nest: int, dissimilarity: float
) -> float:
    """Return what the offers of a nest have in common, for one customer (`nested_logit.log_positive_stable`)."""
    if dissimilarity == 1.0:
        return 0.0
    slot, moment = inputs.segments[segment].slot, state.moment[0]
    uniform = philox.uniform(moment.seed, moment.replication, _NEST, slot, person, 0, 2 * nest)
    exponential = philox.exponential(moment.seed, moment.replication, _NEST, slot, person, 0, 2 * nest + 1)
    angle = pi * uniform
    first = log(sin(dissimilarity * angle)) - log(sin(angle)) / dissimilarity
    other = log(sin((1.0 - dissimilarity) * angle)) - log(exponential)
    return first + (1.0 - dissimilarity) / dissimilarity * other


@inlined
def _mixed(inputs: Inputs, state: State, segment: int, person: int, at: int, worth: Floats) -> None:
    facts = inputs.segments[segment]
    coefficients = facts.taste_stop - facts.taste_start - 1
    scale = _drawn(inputs, state, segment, person, 0)
    for row in range(facts.place_start, facts.place_stop):
        worth[row - facts.place_start] = inputs.considered[row].reservation_price
    for coefficient in range(coefficients):
        each = _drawn(inputs, state, segment, person, coefficient + 1)
        for position in range(facts.place_stop - facts.place_start):
            value = inputs.attributes[facts.attribute_start + position * coefficients + coefficient]
            worth[position] += each * value
    log_outside = log(_noise(inputs, state, segment, person, at, 0))
    for row in range(facts.place_start, facts.place_stop):
        noise = log_outside - log(_noise(inputs, state, segment, person, at, inputs.considered[row].column))
        worth[row - facts.place_start] += scale * noise


@inlined
def _classes(inputs: Inputs, state: State, segment: int, person: int, at: int, worth: Floats) -> None:
    facts, moment = inputs.segments[segment], state.moment[0]
    share = philox.uniform(moment.seed, moment.replication, _TYPE, facts.slot, person, 0, _CLASS_SLOT)
    drawn = winner(inputs, facts.share_start, facts.share_stop, facts.share_beyond, share)
    scale, named = inputs.attributes[facts.attribute_start + drawn], inputs.lists[facts.list_start + drawn]
    log_outside = log(_noise(inputs, state, segment, person, at, 0))
    for row in range(facts.place_start, facts.place_stop):
        position = row - facts.place_start
        noise = log_outside - log(_noise(inputs, state, segment, person, at, inputs.considered[row].column))
        worth[position] = inputs.worths[named.start + position] + scale * noise


@inlined
def _vertical(inputs: Inputs, state: State, segment: int, person: int, worth: Floats) -> None:
    facts = inputs.segments[segment]
    quality_is_worth = _drawn(inputs, state, segment, person, 0)
    for position in range(facts.place_stop - facts.place_start):
        worth[position] = quality_is_worth * inputs.attributes[facts.attribute_start + position]


@inlined
def _locational(inputs: Inputs, state: State, segment: int, person: int, worth: Floats) -> None:
    facts = inputs.segments[segment]
    here = _drawn(inputs, state, segment, person, 0)
    for position in range(facts.place_stop - facts.place_start):
        apart = abs(here - inputs.attributes[facts.attribute_start + position])
        if facts.circle != inf:
            apart = min(apart, facts.circle - apart)
        base = inputs.considered[facts.place_start + position].reservation_price
        worth[position] = base - facts.distance_cost * apart


@compiled
def _drawn(inputs: Inputs, state: State, segment: int, person: int, place: int) -> float:
    """Return what a customer has of something that varies, by the segment's row of `tastes` at a place."""
    facts, moment = inputs.segments[segment], state.moment[0]
    taste = inputs.tastes[facts.taste_start + place]
    if taste.kind == NORMAL_TASTE:
        return taste.first + taste.second * _standard_normal(inputs, state, segment, person, place)
    if taste.kind == LOGNORMAL_TASTE:
        return taste.first * exp(taste.second * _standard_normal(inputs, state, segment, person, place))
    seed, replication = moment.seed, moment.replication
    if taste.kind == EXPONENTIAL_TASTE:
        draw = philox.exponential(seed, replication, _COEFFICIENT, facts.slot, person, 0, 2 * place)
        return taste.first * draw
    share = philox.uniform(seed, replication, _COEFFICIENT, facts.slot, person, 0, 2 * place)
    if taste.kind == UNIFORM_TASTE:
        return taste.first + (taste.second - taste.first) * share
    return inputs.lengths[taste.start + winner(inputs, taste.start, taste.stop, taste.beyond, share)]


@compiled
def _standard_normal(inputs: Inputs, state: State, segment: int, person: int, place: int) -> float:
    slot, moment = inputs.segments[segment].slot, state.moment[0]
    seed, replication = moment.seed, moment.replication
    radius = sqrt(2.0 * philox.exponential(seed, replication, _COEFFICIENT, slot, person, 0, 2 * place))
    return radius * cos(2.0 * pi * philox.uniform(seed, replication, _COEFFICIENT, slot, person, 0, 2 * place + 1))


@inlined
def _noise(inputs: Inputs, state: State, segment: int, person: int, at: int, column: int) -> float:
    """Return the exponential draw of a column of tastes, from the block or once more."""
    facts, moment = inputs.segments[segment], state.moment[0]
    if at != NOT_IN_BLOCK:
        return state.blocks.tastes[(facts.column_start + column) * moment.block_size + at]
    slot = inputs.columns[facts.column_start + column]
    return philox.exponential(moment.seed, moment.replication, _TASTE, facts.slot, person, 0, slot)
