"""Random numbers in blocks: the same keys as the engines' draws, many persons at a time, by compiled code.

What a good program without keyed draws would ask `numpy.random` for; who times it knows what the random numbers alone
cost.
"""

from collections.abc import Callable

import numba
import numpy as np
import numpy.typing as npt

from demandshift.models.chance import Purpose
from demandshift.simulator.kernel.draws import fill_bits, fill_exponentials, fill_uniforms

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

PERSONS = 4096
"""Persons in a block: enough to forget what a call costs, few enough for their numbers to stay in the cache."""


@numba.njit
def _fill_exponentials(
    seed: int,
    replication: int,
    purpose: int,
    segment: int,
    slots: Integers,
    persons: Integers,
    bits: Integers,
    result: Floats,
) -> None:
    """Write standard exponential draws into `result`, shape (slots, persons), modified in place.

    `slots`, shape (slots,), increase: neighbours that share a block of the generator are made from one. `bits`, shape
    (2, persons), is overwritten.
    """
    block = -1
    for row in range(slots.shape[0]):
        slot = slots[row]
        if slot >> 1 != block:
            block = slot >> 1
            fill_bits(seed, replication, purpose, segment, block, persons, bits[0], bits[1])
        fill_exponentials(seed, replication, purpose, segment, slot, persons, bits[slot & 1], result[row])


@numba.njit
def _fill_uniforms(
    seed: int,
    replication: int,
    purpose: int,
    segment: int,
    slots: Integers,
    persons: Integers,
    bits: Integers,
    result: Floats,
) -> None:
    """Write uniform draws into `result`; everything else as in `_fill_exponentials`."""
    block = -1
    for row in range(slots.shape[0]):
        slot = slots[row]
        if slot >> 1 != block:
            block = slot >> 1
            fill_bits(seed, replication, purpose, segment, block, persons, bits[0], bits[1])
        fill_uniforms(bits[slot & 1], result[row])


class Blocks:
    """The draws of one segment's customers at their first visit, `PERSONS` of them at a time."""

    def __init__(self, seed: int, replication: int, segment: int) -> None:
        self._seed = seed
        self._replication = replication
        self._segment = segment
        self._bits = np.empty((2, PERSONS), dtype=np.int64)

    def exponentials(self, purpose: Purpose, first_person: int, slots: Integers, result: Floats) -> None:
        """Fill `result`, shape (slots, at most `PERSONS`), with standard exponential draws of increasing slots."""
        self._fill(_fill_exponentials, purpose, first_person, slots, result)

    def uniforms(self, purpose: Purpose, first_person: int, slots: Integers, result: Floats) -> None:
        """Fill `result`, shape (slots, at most `PERSONS`), with uniform draws of increasing slots."""
        self._fill(_fill_uniforms, purpose, first_person, slots, result)

    def _fill(
        self, fill: Callable[..., None], purpose: Purpose, first_person: int, slots: Integers, result: Floats
    ) -> None:
        persons = np.arange(first_person, first_person + result.shape[1])
        bits = self._bits[:, : result.shape[1]]
        fill(self._seed, self._replication, int(purpose), self._segment, slots, persons, bits, result)
