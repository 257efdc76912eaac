"""Chance for tests of the mathematics: keyed like the real thing, but made by NumPy, independently of the project."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from demandshift.models.chance import Purpose

SLOTS = 12
"""Slots for which a person has draws."""


class TableChance:
    """One customer's draws, read from two tables with a row for each purpose and a column for each slot."""

    def __init__(self, uniforms, exponentials):
        self.uniforms = uniforms
        self.exponential_draws = exponentials

    def uniform(self, purpose: Purpose, slot: int) -> float:
        """Return the uniform draw of a purpose and slot."""
        return float(self.uniforms[purpose, slot])

    def exponential(self, purpose: Purpose, slot: int) -> float:
        """Return the exponential draw of a purpose and slot."""
        return float(self.exponential_draws[purpose, slot])

    def exponentials(self, purpose: Purpose, slots: Sequence[int]) -> list[float]:
        """Return the exponential draws of several slots."""
        return [self.exponential(purpose, slot) for slot in slots]


class TableSegment:
    """The draws of a segment's customers, each from a generator of its own."""

    def __init__(self, seed: int):
        self.seed = seed

    def person(self, person: int, visit: int = 0) -> TableChance:
        """Return the draws of one person at one visit."""
        generator = np.random.default_rng([self.seed, person, visit])
        shape = (max(Purpose) + 1, SLOTS)
        return TableChance(generator.random(shape), generator.standard_exponential(shape))


@pytest.fixture
def segment_chance() -> Callable[[int], TableSegment]:
    """Return what makes the draws of a segment from a seed."""
    return TableSegment


@pytest.fixture
def one_uniform() -> Callable[[float], TableChance]:
    """Return what makes a customer all of whose draws are one number."""

    def make(value: float) -> TableChance:
        table = np.full((max(Purpose) + 1, SLOTS), value)
        return TableChance(table, table)

    return make
