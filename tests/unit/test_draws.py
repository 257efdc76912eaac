"""The generator behind every draw: published test vectors, distinct keys, distributions, and both ways to run it."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable

import numba
import numpy as np
import pytest
from scipy import stats

from demandshift.models.chance import Purpose
from demandshift.simulator import philox
from demandshift.simulator.draws import Draws

ONES = 0xFFFFFFFF

PLAIN = bool(numba.config.DISABLE_JIT)
"""Whether the draws run as plain Python, a hundred times slower: then tests draw fewer."""

KNOWN_ANSWERS = [
    pytest.param((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8), id="zeros"),
    pytest.param((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD), id="ones"),
    pytest.param(
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        id="digits of pi",
    ),
]

KEY: dict[str, int] = {
    "seed": 11,
    "replication": 3,
    "purpose": int(Purpose.TASTE),
    "segment": 2,
    "person": 17,
    "visit": 1,
    "slot": 4,
}
"""A key in the middle of everything; tests change single parts of it."""


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_published_test_vectors(counter, key, answer):
    """If this fails, the generator is not Philox4x32-10, and what is known of its quality does not hold.

    Known answers of the Random123 library (Salmon, Moraes, Dror & Shaw 2011).
    """
    words = philox.philox(*(np.uint64(word) for word in (*counter, *key)))
    assert tuple(int(word) for word in words) == answer


def test_every_part_of_a_key_makes_another_draw():
    """If this fails, two replications, seeds, persons, segments, purposes, slots, visits or retries share a draw."""
    ranges: dict[str, list[int]] = {
        "seed": [0, 1, ONES],
        "replication": [0, 1, ONES],
        "purpose": sorted(Purpose),
        "segment": [0, 1, 2, philox.LARGEST_SEGMENT],
        "person": [0, 1, ONES],
        "visit": [0, 1, ONES],
        "slot": [0, 1, 2, 3, 999],
        "retry": [0, 1, 2, 255],
    }
    bits = {key: int(philox.random_bits(*key)) for key in itertools.product(*ranges.values())}
    assert len(bits) == np.prod([len(values) for values in ranges.values()])
    assert len(set(bits.values())) == len(bits), "two keys give the same 64 bits"


def test_parts_of_the_counter_do_not_run_into_each_other():
    """If this fails, a large retry reads as a segment, or a large purpose as a retry: their bits overlap."""
    counters = {
        purpose | (retry << philox.RETRY_SHIFT) | (segment << philox.SEGMENT_SHIFT)
        for purpose in Purpose
        for retry in range(256)
        for segment in (0, 1, 2, 3, philox.LARGEST_SEGMENT)
    }
    assert len(counters) == len(Purpose) * 256 * 5
    assert max(counters) <= ONES
    assert max(Purpose) < 1 << philox.RETRY_SHIFT


def test_the_face_asks_for_the_key_that_it_was_given():
    """If this fails, a face for models exchanges two parts of the key, or a list of slots differs from single ones."""
    person = Draws(KEY["seed"], KEY["replication"]).segment(KEY["segment"]).person(KEY["person"], KEY["visit"])
    assert person.uniform(Purpose.TASTE, KEY["slot"]) == philox.uniform(**KEY)
    assert person.exponential(Purpose.TASTE, KEY["slot"]) == philox.exponential(**KEY)
    slots = [7, 0, 4, 1]
    assert person.exponentials(Purpose.TASTE, slots) == [philox.exponential(**{**KEY, "slot": slot}) for slot in slots]
    assert person.exponentials(Purpose.TASTE, []) == []


@pytest.mark.parametrize("bad", [-1, 2**32])
def test_a_key_that_does_not_fit_is_refused(bad):
    """If this fails, two seeds or replications silently become one."""
    with pytest.raises(ValueError, match=r"seed must be in \[0, 2\*\*32\)"):
        Draws(bad, 0)
    with pytest.raises(ValueError, match=r"replication must be in \[0, 2\*\*32\)"):
        Draws(0, bad)


def test_there_is_room_for_so_many_segments_and_persons_only():
    """If this fails, segment 65,536 shares all draws with segment 0, or person 2³² with person 0."""
    draws = Draws(1, 0)
    with pytest.raises(ValueError, match="room for 65536 segments or products"):
        draws.segment(philox.LARGEST_SEGMENT + 1)
    with pytest.raises(ValueError, match=r"room for 2\*\*32 persons"):
        draws.segment(0).person(2**32)


def column(draw: Callable[..., float], part: str, number: int, **others: int) -> np.ndarray:
    """Return the draws of keys that differ in one part only, counted from 0."""
    key = {**KEY, **others}
    return np.array([draw(**{**key, part: value}) for value in range(number)])


NUMBER = 2_000 if PLAIN else 20_000


@pytest.mark.parametrize("part", ["seed", "replication", "segment", "person", "visit", "slot"])
def test_uniforms_along_every_part_of_the_key(part):
    """If this fails, draws are not uniform on (0, 1), or those of neighbours hang together.

    Mean 1/2 and variance 1/12 within 4 standard errors, and the Kolmogorov–Smirnov distance; neighbours' correlation
    within 4/√n of 0. A counter fed in without all rounds, or slots that share a block's words, gives correlations of
    another order.
    """
    values = column(philox.uniform, part, NUMBER)
    assert 0 < values.min() < 12 / NUMBER, "support"
    assert 1 - 12 / NUMBER < values.max() < 1, "support"
    assert abs(values.mean() - 1 / 2) < 4 * np.sqrt(1 / 12 / NUMBER)
    # A uniform number's fourth central moment is 1/80, so the sample variance has variance (1/80 − 1/144)/n.
    assert abs(values.var() - 1 / 12) < 4 * np.sqrt((1 / 80 - 1 / 144) / NUMBER)
    assert stats.kstest(values, "uniform").pvalue > 1e-4
    for lag in (1, 2, 3):
        assert abs(np.corrcoef(values[lag:], values[:-lag])[0, 1]) < 4 / np.sqrt(NUMBER), f"lag {lag}"


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("seed", KEY["seed"] + 1),
        ("replication", KEY["replication"] + 1),
        ("purpose", int(Purpose.TYPE)),
        ("segment", KEY["segment"] + 1),
        ("visit", KEY["visit"] + 1),
        ("slot", KEY["slot"] + 1),
        ("slot", KEY["slot"] + 2),
    ],
)
def test_neighbouring_streams_are_independent(part, other):
    """If this fails, persons in two replications (segments, visits, offers, …) have draws that move together.

    Slot 5 is the other half of slot 4's block; slot 6 is another block.
    """
    one = column(philox.uniform, "person", NUMBER)
    two = column(philox.uniform, "person", NUMBER, **{part: other})
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(NUMBER)
    # Independence, not only lack of correlation: all cells of a 10 × 10 table are equally full.
    cells = np.histogram2d(one, two, bins=10, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(cells.ravel()).pvalue > 1e-4


def test_exchanged_words_of_the_key_are_another_key():
    """If this fails, seed 1 in replication 0 meets the customers of seed 0 in replication 1."""
    one = column(philox.uniform, "person", 1000, seed=1, replication=0)
    two = column(philox.uniform, "person", 1000, seed=0, replication=1)
    assert not set(one) & set(two)


@pytest.mark.parametrize("bits", [0, 1, 2**12 - 1, 2**12, 2**63, 2**64 - 1])
def test_a_uniform_is_strictly_between_0_and_1(bits):
    """If this fails, some draw is 0 or 1: its logarithm is infinite, or no list and no substitute has it.

    A midpoint of 2⁵³ cells would round to 1 for the largest 64 bits.
    """
    assert 0 < philox.uniform_from_bits(np.uint64(bits)) < 1


EXPONENTIALS = 40_000 if PLAIN else 2_000_000
TAIL_START = 7.69711747013104972


@pytest.fixture(scope="module")
def exponentials():
    """Draw two million standard exponentials: one person's slots."""
    result = np.empty(EXPONENTIALS)
    philox.fill_exponentials(5, 0, int(Purpose.TASTE), 0, 0, 0, np.arange(EXPONENTIALS), result)
    return result


def test_exponentials_have_their_distribution(exponentials):
    """If this fails, a layer of the ziggurat is too wide, or its wedge is accepted in the wrong places.

    Mean and variance 1 within 4 standard errors, the Kolmogorov–Smirnov distance, and 1,024 cells of equal probability,
    which are finer than the 256 layers.
    """
    assert exponentials.min() > 0
    assert abs(exponentials.mean() - 1) < 4 / np.sqrt(EXPONENTIALS)
    # The fourth central moment of the standard exponential is 9.
    assert abs(exponentials.var() - 1) < 4 * np.sqrt((9 - 1) / EXPONENTIALS)
    assert stats.kstest(exponentials, "expon").pvalue > 1e-4
    cells = 1024
    counts = np.bincount((-np.expm1(-exponentials) * cells).astype(int), minlength=cells)
    assert stats.chisquare(counts).pvalue > 1e-4


def test_exponentials_beyond_the_edge_of_the_ziggurat(exponentials):
    """If this fails, the tail is cut off at the ziggurat's edge, or not exponential.

    About 908 of two million draws lie beyond it; what they exceed it by is exponential again. A cut tail has none; a
    tail that takes the same bits again has excesses of one layer only.
    """
    expected = EXPONENTIALS * np.exp(-TAIL_START)
    excess = exponentials[exponentials > TAIL_START] - TAIL_START
    assert abs(len(excess) - expected) < 4 * np.sqrt(expected)
    assert stats.kstest(excess, "expon").pvalue > 1e-4
    assert excess.max() > 1, "a third of them should be"


def test_a_retry_takes_no_neighbours_bits(exponentials):
    """If this fails, a draw that falls outside its layer uses the bits of another slot, and both move together.

    Whatever lies beyond the ziggurat's edge was drawn at least twice. The other slot of its block, and the next block,
    must know nothing of it.
    """
    values = stats.expon.cdf(exponentials)
    beyond = np.flatnonzero(exponentials > TAIL_START)[:-1]
    for other in (beyond ^ 1, beyond + 2, beyond - 2):
        assert stats.kstest(values[other], "uniform").pvalue > 1e-4


PRINT_DRAWS = """
import numpy as np
from demandshift.models.chance import Purpose
from demandshift.simulator import philox
from demandshift.simulator.draws import Draws

for seed, replication, segment, person, visit in [(0, 0, 0, 0, 0), (1, 2, 3, 4, 5), (2**32 - 1, 7, 65535, 2**31, 1)]:
    chance = Draws(seed, replication).segment(segment).person(person, visit)
    for purpose in Purpose:
        for draw in chance.exponentials(purpose, range(60)):
            print(draw.hex())
        print(chance.uniform(purpose, 3).hex(), chance.exponential(purpose, 2**20).hex())
words = philox.philox(*(np.uint64(2**32 - 1 - word) for word in range(6)))
print(*(int(word) for word in words))
"""


def test_compiled_and_plain_python_give_the_same_bits():
    """If this fails, a run without compiler meets other customers than one with it (R15)."""
    printed = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", PRINT_DRAWS],
            env={**os.environ, "NUMBA_DISABLE_JIT": plain},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for plain in ("0", "1")
    ]
    lines = printed[0].splitlines()
    assert len(lines) == 3 * len(Purpose) * 61 + 1
    assert len(set(lines)) == len(lines)
    assert printed[0] == printed[1]
