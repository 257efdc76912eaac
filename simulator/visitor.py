"""A customer of the readable engine."""

from dataclasses import dataclass

from .decision import SegmentView
from .draws import PersonDraws
from .ledger import Cause


@dataclass(slots=True, eq=False)
class Visitor:
    """A customer from the first visit to the last outcome."""

    view: SegmentView
    number: int
    """Customers are numbered as they first come."""
    person: int
    """Number of the person among the segment's, a part of the key of draws (R14)."""
    chance: PersonDraws
    first_visit: float
    cohort: bool
    """Whether the first visit counts (R1)."""
    origin: int = -1
    """Position of the origin among the considered offers."""
    cause: Cause = Cause.NONE
