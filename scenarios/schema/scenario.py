"""The head of a scenario, and the whole."""

from typing import Literal

from pydantic import Field

from .base import Date, NotNegative, Part, Positive, PositiveUnits
from .firm import Firm, Offer, Product
from .segment import Segment


class Head(Part):
    """Everything that stands in a scenario outside its named parts."""

    name: str = Field(min_length=1)
    """The scenario's name."""
    description: str = ""
    """What it is about."""
    start: Date | None = None
    """The date at which the run starts; weekly and seasonal profiles and dates need it."""
    time_unit: Literal["hour", "day", "week", "period"] = "day"
    """What one unit of time is; a `period` has no calendar."""
    horizon: Positive
    """The length of a run, in time units (R1)."""
    warm_up: NotNegative = 0.0
    """The time at the beginning that does not count, in time units (R1)."""
    currency: str = "money"
    """What a unit of money is called."""
    valuation: Literal["salvage", "cost"] = "salvage"
    """What a unit in stock is worth at the end of the warm-up and of the run (R19)."""
    report_every: Positive = 1.0
    """Length of one period of the timeline, in time units."""
    replications: PositiveUnits = 30
    """How many replications a run makes unless told otherwise."""
    seed: int = Field(default=1, ge=0, lt=2**32)
    """The seed unless told otherwise (R14)."""
    draws: Literal["full", "lazy"] | None = None
    """How a logit is drawn (R14): `full` for a taste draw for each offer, `lazy` for only what a customer needs.

    Without it, lazy for segments that consider more than 30 offers. Segments that wait, have a home, or consider two
    offers with one taste are always drawn in full.
    """
    customers: Literal["keep", "counts"] = "counts"
    """What a run keeps of its customers: `counts` for what the tables need, `keep` for every customer in a row too."""


class ScenarioFile(Head):
    """A whole scenario file."""

    firms: dict[str, Firm] = Field(min_length=1)
    """Sellers, by name."""
    products: dict[str, Product] = Field(min_length=1)
    """Stock, by name; the order is the order of declaration (R8a, R14)."""
    offers: dict[str, Offer] = Field(default={})
    """Ways of selling beside those that products have by themselves, by name."""
    segments: dict[str, Segment] = Field(min_length=1)
    """Customers, by name."""
    extends: str | None = None
    """Another scenario that this one starts from: a file or folder beside it or below, or a name of the library."""
    variants: dict[str, dict[str, object]] = Field(default={})
    """Named changes: for each, paths and the values that replace what stands there.

    Or a table with columns `variant`, `path` and `value`.
    """
