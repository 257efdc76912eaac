"""Draws for many persons at once: the bits of `demandshift.simulator.philox`, a block of random words for two slots.

Persons stand in the inner loop, so that the compiler works on several of them at a time.
"""

import numpy as np

from ...models.problem import Floats, Integers
from .. import philox
from ..compiling import entrance
from ..philox import BITS_32, EDGES, LAYER_MASK, SEGMENT_SHIFT, uniform_from_bits


@entrance
def fill_bits(
    seed: int,
    replication: int,
    purpose: int,
    segment: int,
    block: int,
    persons: Integers,
    low: Integers,
    high: Integers,
) -> None:
    """Write the 64 bits of slots 2·block and 2·block + 1 of each person at the first visit.

    Parameters
    ----------
    seed, replication, purpose, segment, block : int
        The rest of the key (R14).
    persons : array (n,)
        Their numbers.
    low, high : arrays (n,)
        Bits of the two slots; modified in place.
    """
    key_0, key_1 = np.uint64(seed), np.uint64(replication)
    block_word = np.uint64(block)
    last = np.uint64(purpose | (segment << SEGMENT_SHIFT))
    for index in range(persons.shape[0]):
        word_0, word_1, word_2, word_3 = philox.philox(
            block_word, np.uint64(persons[index]), np.uint64(0), last, key_0, key_1
        )
        low[index] = np.int64((word_0 << BITS_32) | word_1)
        high[index] = np.int64((word_2 << BITS_32) | word_3)


@entrance
def fill_exponentials(
    seed: int,
    replication: int,
    purpose: int,
    segment: int,
    slot: int,
    persons: Integers,
    bits: Integers,
    result: Floats,
) -> None:
    """Write the standard exponential draws that belong to one slot's bits into `result`, modified in place.

    Arrays have shape (n,). Ninety-nine of a hundred bits lie within their layer of the ziggurat; the others draw again.
    """
    for index in range(persons.shape[0]):
        first = np.uint64(bits[index])
        layer = np.int64(first & LAYER_MASK)
        value = uniform_from_bits(first) * EDGES[layer]
        if value < EDGES[layer + 1]:
            result[index] = value
        else:
            result[index] = philox.exponential_from_bits(
                first, seed, replication, purpose, segment, persons[index], 0, slot
            )


@entrance
def fill_uniforms(bits: Integers, result: Floats) -> None:
    """Write the uniform draws in (0, 1) that belong to one slot's bits into `result`, modified in place; shape (n,)."""
    for index in range(bits.shape[0]):
        result[index] = uniform_from_bits(np.uint64(bits[index]))
