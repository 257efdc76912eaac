"""How a model asks for chance: draws are a function of who asks and what for, never a sequence (R14)."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol


class Purpose(IntEnum):
    """What a draw is for; part of its key, so that no draw ever moves another (R14). Never renumber."""

    ARRIVAL = 1
    """Gaps between candidate arrivals (slot 0) and their thinning (slot 1)."""
    TASTE = 2
    """Taste noise: slot 0 is buying nothing, slot 1 + k the offer at position k."""
    TYPE = 3
    """Which type of customer somebody is: the list of a ranking, the first choice of a substitution matrix."""
    ATTEMPT = 4
    """Where somebody turns after a failed attempt; the slot is the number of the attempt."""
    PATIENCE = 5
    """How long somebody stays on a back-order."""
    LEAD_TIME = 6
    """How long an order takes; the segment is the product's position, the person the order's number."""
    RACE = 7
    """The lazy race of a logit: slots 0 and 1 for the favourite and its surplus, 2 to 11 for who is turned away."""
    COEFFICIENT = 8
    """What varies between customers besides the noise of a logit: slots 2k and 2k + 1 for what has place k."""
    NEST = 9
    """The taste that the offers of a nest have in common: slots 2m and 2m + 1 for nest m."""


class Chance(Protocol):
    """The draws of one customer at one visit, or of one order."""

    def uniform(self, purpose: Purpose, slot: int) -> float:
        """Return the uniform draw in (0, 1) of this purpose and slot."""
        ...

    def exponential(self, purpose: Purpose, slot: int) -> float:
        """Return the standard exponential draw, always positive, of this purpose and slot."""
        ...

    def exponentials(self, purpose: Purpose, slots: Sequence[int]) -> Sequence[float]:
        """Return the standard exponential draws of several slots, in their order."""
        ...


class SegmentChance(Protocol):
    """The draws of all customers of one segment in one replication."""

    def person(self, person: int, visit: int = 0) -> Chance:
        """Return the draws of one person at one visit."""
        ...
