"""Durations in compiled code, the twin of `demandshift.models.distribution`: inversion of one keyed draw."""

import numpy as np

from .. import philox
from ..compiling import compiled, inlined
from .facts import CONSTANT, EMPIRICAL, EXPONENTIAL, UNIFORM, Inputs
from .memory import State


@compiled
def duration(inputs: Inputs, state: State, row: int, purpose: int, segment: int, person: int) -> float:
    """Return the duration that falls to a person (or order) for a purpose, in time units.

    `row` is a row of `inputs.durations`; `segment` is part of the key: the slot of a segment or of a product (R14).
    """
    kind, moment = inputs.durations[row], state.moment[0]
    if kind.kind == CONSTANT:
        return kind.low
    seed, replication = moment.seed, moment.replication
    if kind.kind == EXPONENTIAL:
        return kind.average * philox.exponential(seed, replication, purpose, segment, person, 0, 0)
    share = philox.uniform(seed, replication, purpose, segment, person, 0, 0)
    if kind.kind == UNIFORM:
        return kind.low + (kind.high - kind.low) * share
    assert kind.kind == EMPIRICAL
    return inputs.lengths[kind.start + winner(inputs, kind.start, kind.stop, kind.beyond, share)]


@inlined
def winner(inputs: Inputs, start: int, stop: int, beyond: int, share: float) -> int:
    """Return the position that a uniform draw falls on among the cumulative `shares[start:stop]`.

    `beyond` is the position of a draw above the last of them; −1 for none.
    """
    position = int(np.searchsorted(inputs.shares[start:stop], share, side="right"))
    return position if position < stop - start else beyond
