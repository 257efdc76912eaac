"""Draws for many persons at once: the bits of `demandshift.simulator.philox`, a block of random words for two slots.

Persons stand in the inner loop, so that the compiler works on several of them at a time.
"""

import numpy as np

from ...models.problem import Floats, Integers
from .. import philox
from ..compiling import compiled, entrance, inlined
from ..philox import BITS_32, EDGES, LAYER_MASK, LOW_32, RETRY_SHIFT, SEGMENT_SHIFT, uniform_from_bits

ONE = np.uint64(1)


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
            block_word, np.uint64(persons[index]) & LOW_32, np.uint64(0), last, key_0, key_1
        )
        low[index] = np.int64((word_0 << BITS_32) | word_1)
        high[index] = np.int64((word_2 << BITS_32) | word_3)


LATE_ROWS = 6
"""Rows of what is noted of draws that one word is not enough for: where they belong, whose they are, and words."""
_PLACE, _SLOT, _PERSON, _FIRST, _SHARE, _NEXT = range(LATE_ROWS)


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

    Arrays have shape (n,).
    """
    late = np.empty((LATE_ROWS, bits.shape[0]), dtype=np.int64)
    count = begin_exponentials(slot, persons, bits, 0, result, late, 0)
    finish_exponentials(seed, replication, purpose, segment, late, count, result)


@compiled
def begin_exponentials(
    slot: int, persons: Integers, bits: Integers, first: int, result: Floats, late: "np.ndarray", count: int
) -> int:
    """Write the exponential draws that one word is enough for, ninety-eight of a hundred, and note the others.

    Parameters
    ----------
    slot : int
    persons, bits : arrays (n,)
        Bits of the slot, by person.
    first : int
        Where the draws belong in `result`.
    result : array
        Draws; modified in place.
    late : array (LATE_ROWS, capacity)
        The others, from `count` on; modified in place. There must be room for all n.

    Returns
    -------
    int
        How many are noted.
    """
    column = result[first : first + bits.shape[0]]
    # Uniforms are made several at a time, edges are looked up one by one.
    fill_uniforms(bits, column)
    for index in range(bits.shape[0]):
        layer = np.uint64(bits[index]) & LAYER_MASK
        value = column[index] * EDGES[layer]
        column[index] = value
        if value >= EDGES[layer + ONE]:
            late[_PLACE, count] = first + index
            late[_SLOT, count] = slot
            late[_PERSON, count] = persons[index]
            late[_FIRST, count] = bits[index]
            count += 1
    return count


@compiled
def finish_exponentials(
    seed: int, replication: int, purpose: int, segment: int, late: "np.ndarray", count: int, result: Floats
) -> None:
    """Write the draws of which `count` are noted in `late` into `result`; both are modified in place.

    Words that most of them need are made beforehand, several at a time.
    """
    key_0, key_1 = np.uint64(seed), np.uint64(replication)
    share_word = np.uint64(purpose | (1 << RETRY_SHIFT) | (segment << SEGMENT_SHIFT))
    next_word = np.uint64(purpose | (2 << RETRY_SHIFT) | (segment << SEGMENT_SHIFT))
    for row in range(count):
        slot, person = np.uint64(late[_SLOT, row]), np.uint64(late[_PERSON, row])
        late[_SHARE, row] = _word_of(slot, person, share_word, key_0, key_1)
        late[_NEXT, row] = _word_of(slot, person, next_word, key_0, key_1)
    for row in range(count):
        bits, again, place = np.uint64(late[_FIRST, row]), np.uint64(late[_NEXT, row]), late[_PLACE, row]
        layer, value = int(bits & LAYER_MASK), result[place]
        beyond = philox.TAIL_START if layer == 0 else 0.0
        stays = layer != 0 and philox.is_below_curve(layer, value, np.uint64(late[_SHARE, row]))
        drawn = philox.first_exponential(again)
        result[place] = value if stays else beyond + drawn
        if drawn < 0 and not stays:
            result[place] = philox.exponential_from_bits(
                again, beyond, 2, seed, replication, purpose, segment, late[_PERSON, row], 0, late[_SLOT, row]
            )


@inlined
def _word_of(slot: np.uint64, person: np.uint64, last: np.uint64, key_0: np.uint64, key_1: np.uint64) -> int:
    """Return the 64 bits of a slot under the last word of its counter."""
    word_0, word_1, word_2, word_3 = philox.philox(slot >> ONE, person & LOW_32, np.uint64(0), last, key_0, key_1)
    odd = (slot & ONE) != np.uint64(0)
    return int(np.int64(((word_2 if odd else word_0) << BITS_32) | (word_3 if odd else word_1)))


@entrance
def fill_uniforms(bits: Integers, result: Floats) -> None:
    """Write the uniform draws in (0, 1) that belong to one slot's bits into `result`, modified in place; shape (n,)."""
    for index in range(bits.shape[0]):
        result[index] = uniform_from_bits(np.uint64(bits[index]))
