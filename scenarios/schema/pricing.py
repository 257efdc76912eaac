"""How prices move, and which offers are held back for others."""

from typing import Annotated, Literal

from pydantic import Field, Tag, model_validator

from .base import Moment, Money, Part, Units, by_shape


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


Pricing = Annotated[FixedPrice | ScheduledPrice, Field(discriminator="kind")]


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
