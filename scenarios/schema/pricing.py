"""How prices move, and which offers are held back for others."""

from typing import Annotated, Literal

from pydantic import Field, Tag, model_validator

from .base import Moment, Money, Part, Positive, Units, by_shape


class FixedPrice(Part):
    """The price stays what it is."""

    kind: Literal["fixed"] = "fixed"


class PriceChange(Part):
    """One change: from `at` on the price is `price`, or the first price times `factor`."""

    at: Moment
    """When the change takes place."""
    price: Money | None = None
    """The new price, in money per unit."""
    factor: Money | None = None
    """The new price as a multiple of the offer's first price."""

    @model_validator(mode="after")
    def _one_of_two(self) -> "PriceChange":
        if (self.price is None) == (self.factor is None):
            raise ValueError("needs exactly one of price, factor")
        return self


class ScheduledPrice(Part):
    """Price changes fixed beforehand."""

    kind: Literal["scheduled"]
    changes: tuple[PriceChange, ...] = Field(min_length=1)
    """The changes, in the order of time."""
    announced: bool = True
    """Whether customers know of the changes beforehand; only then can they wait for them (R13)."""


class ProgramPrice(Part):
    """A linear program sets the prices of all of a firm's offers together, and is solved anew from time to time."""

    kind: Literal["lp"]
    replan_every: Positive
    """Time between plans, in time units; the first one is made at the start."""
    ladder: tuple[Positive, ...] = Field(default=(0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3), min_length=1)
    """Price points of every offer, as multiples of its first price."""
    points: dict[str, Annotated[tuple[Money, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """Price points of single offers, in money, in place of the ladder."""
    objective: Literal["profit", "revenue", "welfare"] = "profit"
    """What plans make large: the firm's profit, its revenue, or its profit and what customers gain, together."""
    time_limit: Positive | None = None
    """Seconds for each program; where they do not suffice, the plan before it stays in force."""


Pricing = Annotated[FixedPrice | ScheduledPrice | ProgramPrice, Field(discriminator="kind")]


class OpenAvailability(Part):
    """Whatever is in stock is for sale to anybody."""

    kind: Literal["open"] = "open"


class ProtectionStep(Part):
    """A protection level from a moment on."""

    at: Moment
    """From when on."""
    level: Units
    """Units that this offer must leave."""


Protection = Annotated[
    Annotated[Units, Tag("number")] | Annotated[tuple[ProtectionStep, ...], Field(min_length=1), Tag("list")],
    by_shape("a whole number, or a list of steps with at and level"),
]
"""One level for the whole run, or steps in the order of time."""


class ProtectionLevels(Part):
    """An offer is refused when its sale would leave fewer units than are protected from it (Littlewood's control)."""

    kind: Literal["protection_levels"]
    levels: dict[str, Protection] = Field(min_length=1)
    """By offer: the units of each stock it uses that it must leave for others, or a list of `{at, level}`."""


Availability = Annotated[OpenAvailability | ProtectionLevels, Field(discriminator="kind")]
