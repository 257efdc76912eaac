"""Segments: who comes, what they want, and what moving elsewhere costs them."""

from typing import Annotated, Literal

from pydantic import Field

from .arrivals import Arrivals
from .base import Money, NotNegative, Part, Positive
from .choice import Choice
from .distributions import NumberOrDuration


class TransferCost(Part):
    """What a move costs the customer, in money, by kind (R9)."""

    substitutive: Money = 0.0
    """To take another offer of the same firm, now."""
    competitive: Money = 0.0
    """To take an offer of another firm, now."""
    strategic: Money = 0.0
    """To buy later, whatever and from whomever; paid once."""


class Waiting(Part):
    """The segment may wait: for an announced price, or on a back-order (R13)."""

    beliefs: Literal["announced"] = "announced"
    """What customers believe about later prices: those that firms announce."""
    discount: Annotated[float, Field(gt=0, le=1)] = 1.0
    """What surplus one time unit later is worth today."""
    up_to: Positive
    """The longest that a customer waits, from the first visit on, in time units."""
    chance: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Believed chance of finding the offer when coming back."""
    expected_delay: NotNegative | None = None
    """Delay that customers reckon with for a back-order without a promised date, in time units."""
    patience: NumberOrDuration | None = None
    """When a customer on a back-order gives up, in time units after it was placed.

    Never later than `up_to` after the first visit.
    """


class Segment(Part):
    """A group of customers with its own arrivals, wishes and costs."""

    arrivals: Arrivals
    """When they come."""
    choice: Choice
    """What they want."""
    considers: tuple[str, ...] | None = Field(default=None, min_length=1)
    """The offers that they know of; without it, all that `choice` names."""
    home: str | None = None
    """A firm or an offer that is their own: the origin of their demand (R7).

    Everything else bears its transfer cost from the start.
    """
    transfer_cost: TransferCost = TransferCost()
    """What a move costs them."""
    waiting: Waiting | None = None
    """How they wait; without it, they do not."""
