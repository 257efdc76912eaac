"""Durations of the schema → durations of the models."""

from ...models.distribution import Constant, Duration, Empirical, Exponential, Uniform
from ...scenarios.schema import distributions as parts


def build_duration(part: float | parts.Constant | parts.Uniform | parts.Exponential | parts.Empirical) -> Duration:
    """Return the duration that a part of a scenario describes; a plain number is constant."""
    match part:
        case parts.Constant():
            return Constant(part.value)
        case parts.Uniform():
            return Uniform(part.low, part.high)
        case parts.Exponential():
            return Exponential(part.mean)
        case parts.Empirical():
            return Empirical(part.values, part.shares)
        case _:
            return Constant(float(part))
