"""Distributions of durations: lead times and patience."""

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


class Empirical(Part):
    """Durations that were observed."""

    kind: Literal["empirical"]
    values: tuple[NotNegative, ...] = Field(min_length=1)
    """The durations, in time units."""
    shares: tuple[Share, ...] | None = None
    """How often each occurs; they sum to 1. Without it, all are equally likely."""

    @model_validator(mode="after")
    def _shares_fit(self) -> "Empirical":
        if self.shares is not None:
            if len(self.shares) != len(self.values):
                raise ValueError(f"needs one share for each value (got {len(self.shares)} for {len(self.values)})")
            if abs(sum(self.shares) - 1) > 1e-9:
                raise ValueError(f"shares must sum to 1 (got {sum(self.shares):.6g})")
        return self


Duration = Annotated[Constant | Uniform | Exponential | Empirical, Field(discriminator="kind")]
"""A duration with a `kind`."""

NumberOrDuration = Annotated[
    Annotated[NotNegative, Tag("number")] | Annotated[Duration, Tag("mapping")],
    by_shape("a number of time units, or a distribution with a `kind`"),
]
"""A duration; a plain number means `constant`."""
