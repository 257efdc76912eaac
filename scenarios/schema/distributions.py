"""Distributions: of durations, and of what varies between customers."""

from typing import Annotated, Literal

from pydantic import Field, Tag, model_validator

from .base import NotNegative, Part, Share, by_shape


class Constant(Part):
    """Always the same duration."""

    kind: Literal["constant"] = "constant"
    value: NotNegative
    """The duration, in time units."""


class Uniform(Part):
    """Any duration between two, all equally likely."""

    kind: Literal["uniform"]
    low: NotNegative
    """The shortest duration, in time units."""
    high: NotNegative
    """The longest duration, in time units."""

    @model_validator(mode="after")
    def _in_order(self) -> "Uniform":
        if self.high < self.low:
            raise ValueError(f"high must be at least low (got low {self.low}, high {self.high})")
        return self


class Exponential(Part):
    """A duration without memory."""

    kind: Literal["exponential"]
    mean: Annotated[float, Field(gt=0)]
    """The mean duration, in time units."""


def check_shares(shares: tuple[float, ...] | None, number: int) -> None:
    """Raise ValueError where the shares of some values are too many, too few, or do not sum to 1."""
    if shares is not None:
        if len(shares) != number:
            raise ValueError(f"needs one share for each value (got {len(shares)} for {number})")
        if abs(sum(shares) - 1) > 1e-9:
            raise ValueError(f"shares must sum to 1 (got {sum(shares):.6g})")


class Empirical(Part):
    """Durations that were observed."""

    kind: Literal["empirical"]
    values: tuple[NotNegative, ...] = Field(min_length=1)
    """The durations, in time units."""
    shares: tuple[Share, ...] | None = None
    """How often each occurs; they sum to 1. Without it, all are equally likely."""

    @model_validator(mode="after")
    def _shares_fit(self) -> "Empirical":
        check_shares(self.shares, len(self.values))
        return self


Duration = Annotated[Constant | Uniform | Exponential | Empirical, Field(discriminator="kind")]
"""A duration with a `kind`."""

NumberOrDuration = Annotated[
    Annotated[NotNegative, Tag("number")] | Annotated[Duration, Tag("mapping")],
    by_shape("a number of time units, or a distribution with a `kind`"),
]
"""A duration; a plain number means `constant`."""


class NormalTaste(Part):
    """Normal between customers."""

    kind: Literal["normal"]
    mean: float
    """The mean, in the unit of what varies."""
    standard_deviation: NotNegative
    """The standard deviation, in the same unit."""


class LognormalTaste(Part):
    """Always above 0, with a long tail."""

    kind: Literal["lognormal"]
    median: Annotated[float, Field(gt=0)]
    """Half of the customers have less, in the unit of what varies."""
    spread: NotNegative
    """Standard deviation of the logarithm: 0.5 means that two thirds lie within a factor of 1.65."""


class UniformTaste(Part):
    """Anything between two values, all equally likely."""

    kind: Literal["uniform"]
    low: float
    """The least, in the unit of what varies."""
    high: float
    """The most, in the same unit."""

    @model_validator(mode="after")
    def _in_order(self) -> "UniformTaste":
        if self.high < self.low:
            raise ValueError(f"high must be at least low (got low {self.low}, high {self.high})")
        return self


class ExponentialTaste(Part):
    """Above 0: many with little, few with much."""

    kind: Literal["exponential"]
    mean: Annotated[float, Field(gt=0)]
    """The mean, in the unit of what varies."""


class EmpiricalTaste(Part):
    """Values that were observed."""

    kind: Literal["empirical"]
    values: tuple[float, ...] = Field(min_length=1)
    """The values, in the unit of what varies."""
    shares: tuple[Share, ...] | None = None
    """How often each occurs; they sum to 1. Without it, all are equally likely."""

    @model_validator(mode="after")
    def _shares_fit(self) -> "EmpiricalTaste":
        check_shares(self.shares, len(self.values))
        return self


Taste = Annotated[
    NormalTaste | LognormalTaste | UniformTaste | ExponentialTaste | EmpiricalTaste, Field(discriminator="kind")
]
"""Something that varies between customers, with a `kind`."""

NumberOrTaste = Annotated[
    Annotated[float, Tag("number")] | Annotated[Taste, Tag("mapping")],
    by_shape("a number, or a distribution with a `kind`"),
]
"""The same for all customers, or a distribution."""
