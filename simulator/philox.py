"""Philox4x32-10, the counter-based generator behind every draw, and the two kinds of number made from its bits.

Source: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", section 3.3. A counter of
four 32-bit words and a key of two are scrambled by ten rounds into four words; for a given key the map is a bijection,
so distinct counters give distinct blocks. A block of four words serves two slots with 64 bits each.

Counter (R14): slot pair · person · visit · (purpose, retry, segment). Key: seed · replication. Every part has bits of
its own, so two draws share a block only if they agree in everything but the last bit of the slot.

Exponentials come from the ziggurat of Marsaglia & Tsang (2000) with 256 layers: no logarithm in 99 of 100 draws. A draw
that falls outside its layer takes further bits from the same counter with another `retry`, never from a neighbour.

All functions are compiled; with NUMBA_DISABLE_JIT=1 they run as plain Python and give the same bits.
"""

import math

import numpy as np
import numpy.typing as npt

from .compiling import compiled, entrance, inlined

MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
LOW_32 = np.uint64(0xFFFFFFFF)
BITS_32 = np.uint64(32)
BITS_12 = np.uint64(12)
LAYER_MASK = np.uint64(255)
_CELL = 2.0**-52
_ROUNDS = 10

SEGMENT_SHIFT = 16
RETRY_SHIFT = 8

LARGEST_KEY_WORD = 2**32 - 1
"""Seeds, replications, persons and visits are 32-bit words."""
LARGEST_SEGMENT = 2**16 - 1
"""Segments, and products where orders draw lead times, are 16-bit words."""

TAIL_START = 7.69711747013104972
"""Where the ziggurat's tail begins (Marsaglia & Tsang 2000, for 256 layers)."""
_LAYER_AREA = 0.0039496598225815571993
"""The area of each layer (same source)."""


def _layer_edges() -> npt.NDArray[np.float64]:
    """Return the right edges x₀ ≥ x₁ = tail start ≥ … ≥ x₂₅₆ = 0 of the layers; shape (257,)."""
    edges = [_LAYER_AREA * math.exp(TAIL_START), TAIL_START]
    while len(edges) < 256:
        edges.append(-math.log(_LAYER_AREA / edges[-1] + math.exp(-edges[-1])))
    return np.array([*edges, 0.0])


_NO_DOUBT = 1.0 + 1e-9
"""A factor beyond which no rounding decides."""

EDGES = _layer_edges()
HEIGHTS = np.array([math.exp(-edge) for edge in EDGES])


@inlined
def philox(
    counter_0: np.uint64,
    counter_1: np.uint64,
    counter_2: np.uint64,
    counter_3: np.uint64,
    key_0: np.uint64,
    key_1: np.uint64,
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Scramble a counter of four 32-bit words under a key of two; all words are carried in 64-bit integers."""
    for _ in range(_ROUNDS):
        product_0 = MULTIPLIER_0 * counter_0
        product_1 = MULTIPLIER_1 * counter_2
        counter_0 = (product_1 >> BITS_32) ^ counter_1 ^ key_0
        counter_1 = product_1 & LOW_32
        counter_2 = (product_0 >> BITS_32) ^ counter_3 ^ key_1
        counter_3 = product_0 & LOW_32
        key_0 = (key_0 + WEYL_0) & LOW_32
        key_1 = (key_1 + WEYL_1) & LOW_32
    return counter_0, counter_1, counter_2, counter_3


@entrance
def random_bits(
    seed: int, replication: int, purpose: int, segment: int, person: int, visit: int, slot: int, retry: int
) -> np.uint64:
    """Return the 64 bits that belong to a key."""
    word_0, word_1, word_2, word_3 = philox(
        np.uint64(slot >> 1),
        np.uint64(person),
        np.uint64(visit),
        np.uint64(purpose | (retry << RETRY_SHIFT) | (segment << SEGMENT_SHIFT)),
        np.uint64(seed),
        np.uint64(replication),
    )
    if slot & 1:
        return (word_2 << BITS_32) | word_3
    return (word_0 << BITS_32) | word_1


@inlined
def uniform_from_bits(bits: np.uint64) -> float:
    """Return the midpoint of one of 2⁵² equal cells of (0, 1): never 0 and never 1.

    With 2⁵³ cells a double could not hold the last midpoint, and it would round to 1.
    """
    return (float(bits >> BITS_12) + 0.5) * _CELL


@entrance
def uniform(seed: int, replication: int, purpose: int, segment: int, person: int, visit: int, slot: int) -> float:
    """Return the uniform draw in (0, 1) of a key."""
    return uniform_from_bits(random_bits(seed, replication, purpose, segment, person, visit, slot, 0))


@entrance
def exponential(seed: int, replication: int, purpose: int, segment: int, person: int, visit: int, slot: int) -> float:
    """Return the standard exponential draw of a key, always positive."""
    bits = random_bits(seed, replication, purpose, segment, person, visit, slot, 0)
    return exponential_from_bits(bits, 0.0, 0, seed, replication, purpose, segment, person, visit, slot)


@inlined
def first_exponential(bits: np.uint64) -> float:
    """Return the standard exponential draw of a key, whose first bits these are; −1 where it takes further bits."""
    layer = int(bits & LAYER_MASK)
    value = uniform_from_bits(bits) * EDGES[layer]
    return value if value < EDGES[layer + 1] else -1.0


@compiled
def exponential_from_bits(
    bits: np.uint64,
    beyond: float,
    retry: int,
    seed: int,
    replication: int,
    purpose: int,
    segment: int,
    person: int,
    visit: int,
    slot: int,
) -> float:
    """Return the standard exponential draw of a key that is known to exceed `beyond`, and the bits of a `retry`."""
    while True:
        layer = int(bits & LAYER_MASK)
        value: float = uniform_from_bits(bits) * EDGES[layer]
        if value < EDGES[layer + 1]:
            return beyond + value
        if layer == 0:
            # Past the tail's start the exponential begins anew.
            beyond += TAIL_START
        elif is_below_curve(
            layer, value, random_bits(seed, replication, purpose, segment, person, visit, slot, retry + 1)
        ):
            return beyond + value
        # One draw in ninety comes here; that a hundred do in a row, and run into the next field, never happens.
        retry += 2
        bits = random_bits(seed, replication, purpose, segment, person, visit, slot, retry)


@inlined
def is_below_curve(layer: int, value: float, bits: np.uint64) -> bool:
    """Return whether a point of a layer, at a value and at a height by further bits, lies below the density.

    The density lies below its chord and above its tangent: between them, in one of seventy cases, it is worked out.
    """
    left, right, low, high = EDGES[layer + 1], EDGES[layer], HEIGHTS[layer], HEIGHTS[layer + 1]
    height = low + uniform_from_bits(bits) * (high - low)
    if height > (low + (high - low) * (right - value) / (right - left)) * _NO_DOUBT:
        return False
    if height * _NO_DOUBT < low * (1.0 + (right - value)):
        return True
    return bool(height < math.exp(-value))


@entrance
def fill_exponentials(
    seed: int,
    replication: int,
    purpose: int,
    segment: int,
    person: int,
    visit: int,
    slots: npt.NDArray[np.int64],
    result: npt.NDArray[np.float64],
) -> None:
    """Write the standard exponential draw of each of `slots`, shape (n,), into `result`, modified in place."""
    for index in range(slots.shape[0]):
        result[index] = exponential(seed, replication, purpose, segment, person, visit, slots[index])
