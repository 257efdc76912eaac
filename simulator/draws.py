"""Draws as a function of (seed, replication, purpose, segment, person, visit, slot): the face that models ask (R14)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..models.chance import Purpose
from . import philox


class Draws:
    """All draws of one replication.

    Parameters
    ----------
    seed : int
        The run's seed, in [0, 2³²).
    replication : int
        The replication's number, in [0, 2³²).

    Raises
    ------
    ValueError
        If either does not fit its word of the key: two keys must never become one.
    """

    __slots__ = ("replication", "seed")

    def __init__(self, seed: int, replication: int) -> None:
        for name, value in (("seed", seed), ("replication", replication)):
            if not 0 <= value <= philox.LARGEST_KEY_WORD:
                raise ValueError(f"{name} must be in [0, 2**32) (got {value})")
        self.seed = int(seed)
        self.replication = int(replication)

    def segment(self, position: int) -> "SegmentDraws":
        """Return the draws of the segment (or, for lead times, the product) at a position of the base scenario."""
        if not 0 <= position <= philox.LARGEST_SEGMENT:
            raise ValueError(f"there is room for {philox.LARGEST_SEGMENT + 1} segments or products (got {position})")
        return SegmentDraws(self.seed, self.replication, position)


class SegmentDraws:
    """All draws of one segment in one replication."""

    __slots__ = ("_replication", "_seed", "_segment")

    def __init__(self, seed: int, replication: int, segment: int) -> None:
        self._seed = seed
        self._replication = replication
        self._segment = segment

    def person(self, person: int, visit: int = 0) -> "PersonDraws":
        """Return the draws of one person at one visit."""
        if person > philox.LARGEST_KEY_WORD:
            raise ValueError(f"a replication has room for 2**32 persons in a segment (got person {person})")
        return PersonDraws(self._seed, self._replication, self._segment, person, visit)


class PersonDraws:
    """The draws of one person at one visit; fulfils `demandshift.models.chance.Chance`."""

    __slots__ = ("_person", "_replication", "_seed", "_segment", "_visit")

    def __init__(self, seed: int, replication: int, segment: int, person: int, visit: int) -> None:
        self._seed = seed
        self._replication = replication
        self._segment = segment
        self._person = person
        self._visit = visit

    def uniform(self, purpose: Purpose, slot: int) -> float:
        """Return the uniform draw in (0, 1) of this purpose and slot."""
        return philox.uniform(
            self._seed, self._replication, int(purpose), self._segment, self._person, self._visit, slot
        )

    def exponential(self, purpose: Purpose, slot: int) -> float:
        """Return the standard exponential draw of this purpose and slot."""
        return philox.exponential(
            self._seed, self._replication, int(purpose), self._segment, self._person, self._visit, slot
        )

    def exponentials(self, purpose: Purpose, slots: Sequence[int]) -> Sequence[float]:
        """Return the standard exponential draws of several slots, in their order."""
        wanted: npt.NDArray[np.int64] = np.asarray(slots, dtype=np.int64)
        result = np.empty(wanted.shape[0])
        philox.fill_exponentials(
            self._seed, self._replication, int(purpose), self._segment, self._person, self._visit, wanted, result
        )
        values: list[float] = result.tolist()
        return values
