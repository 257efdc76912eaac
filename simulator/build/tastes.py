"""What varies between customers, as the scenario says it → as models know it."""

from ...models.choice.tastes import (
    EmpiricalTaste,
    ExponentialTaste,
    LognormalTaste,
    NormalTaste,
    Taste,
    UniformTaste,
)
from ...scenarios.schema import distributions as parts


def build_taste(part: float | parts.Taste) -> Taste:
    """Return a distribution between customers; a number is the same for all."""
    match part:
        case float() | int():
            return NormalTaste(float(part), 0.0)
        case parts.NormalTaste():
            return NormalTaste(part.mean, part.standard_deviation)
        case parts.LognormalTaste():
            return LognormalTaste(part.median, part.spread)
        case parts.UniformTaste():
            return UniformTaste(part.low, part.high)
        case parts.ExponentialTaste():
            return ExponentialTaste(part.mean)
        case parts.EmpiricalTaste():
            return EmpiricalTaste(part.values, part.shares)
