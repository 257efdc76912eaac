"""Distributions of durations: lead times and patience.

Each draws by inversion of one keyed draw (R14), so that a longer mean moves every duration the same way, and offers
points and weights for mixing something over it numerically.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from .chance import Chance, Purpose
from .lottery import SUM_TOLERANCE, Lottery, checked_shares

Points = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Values, in time units, and their weights, which sum to 1; both of shape (points,)."""

TAIL_POWER = 6
"""How strongly the points of the exponential crowd towards its tail; see `Exponential.points`."""


class Duration(Protocol):
    """How long something takes, in time units."""

    @property
    def mean(self) -> float:
        """Return the mean duration, in time units."""
        ...

    def draw(self, chance: Chance, purpose: Purpose, slot: int = 0) -> float:
        """Return the duration that falls to this purpose and slot, in time units."""
        ...

    def points(self, number: int) -> Points:
        """Return about `number` durations and weights that stand for the distribution in a mixture."""
        ...


def _check_duration(value: float, name: str) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{name}: must be a number of at least 0 (got {value})")


@cache
def _legendre(number: int) -> Points:
    """Return the Gauss–Legendre rule on (0, 1), which is exact for polynomials up to degree 2·number − 1.

    Worked out once for each number of points, since finding the nodes takes longer than most of what they serve for;
    the arrays are read-only.
    """
    if number < 1:
        raise ValueError(f"number: needs at least 1 point (got {number})")
    nodes, weights = np.polynomial.legendre.leggauss(number)
    rule = (nodes + 1) / 2, weights / 2
    for array in rule:
        array.flags.writeable = False
    return rule


@dataclass(frozen=True)
class Constant:
    """Always the same duration."""

    value: float
    """The duration, in time units."""

    def __post_init__(self) -> None:
        _check_duration(self.value, "value")

    @property
    def mean(self) -> float:
        """The duration itself, in time units."""
        return self.value

    def draw(self, chance: Chance, purpose: Purpose, slot: int = 0) -> float:  # noqa: ARG002 (nothing is left to chance)
        """Return the duration, in time units; no draw is made."""
        return self.value

    def points(self, number: int) -> Points:  # noqa: ARG002 (one point says all)
        """Return the one duration with weight 1."""
        return np.array([self.value]), np.array([1.0])


@dataclass(frozen=True)
class Uniform:
    """Any duration between two, all equally likely."""

    low: float
    """The shortest duration, in time units."""
    high: float
    """The longest duration, in time units; at least `low`."""

    def __post_init__(self) -> None:
        _check_duration(self.low, "low")
        _check_duration(self.high, "high")
        if self.high < self.low:
            raise ValueError(f"high: must be at least low (got low {self.low}, high {self.high})")

    @property
    def mean(self) -> float:
        """The middle between the two, in time units."""
        return (self.low + self.high) / 2

    def draw(self, chance: Chance, purpose: Purpose, slot: int = 0) -> float:
        """Return a duration, in time units, by inversion of one uniform draw."""
        return self.low + (self.high - self.low) * chance.uniform(purpose, slot)

    def points(self, number: int) -> Points:
        """Return the Gauss–Legendre rule with `number` points between the two durations."""
        nodes, weights = _legendre(number)
        return self.low + (self.high - self.low) * nodes, weights


@dataclass(frozen=True)
class Exponential:
    """A duration without memory."""

    mean: float
    """The mean duration, in time units; above 0."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and self.mean > 0):
            raise ValueError(f"mean: must be a number above 0 (got {self.mean})")

    def draw(self, chance: Chance, purpose: Purpose, slot: int = 0) -> float:
        """Return a duration, in time units: the mean times one standard exponential draw."""
        return self.mean * chance.exponential(purpose, slot)

    def points(self, number: int) -> Points:
        """Return a rule with `number` points over the whole half line.

        With the survival probability written as (1 − v)^6, Gauss–Legendre in v puts points far into the tail, where a
        service level is decided. For Poisson demand over this lead time 64 points give every probability to 1e-7 at
        a mean of 100 units; Gauss–Laguerre with as many is off by 1e-2, because a probability is a step in time.
        """
        nodes, weights = _legendre(number)
        weights = weights * TAIL_POWER * (1 - nodes) ** (TAIL_POWER - 1)
        return -self.mean * TAIL_POWER * np.log1p(-nodes), weights / weights.sum()


@dataclass(frozen=True)
class Empirical:
    """Durations that were observed."""

    values: Sequence[float]
    """The durations, in time units; at least one."""
    shares: Sequence[float] | None = None
    """How often each occurs; they sum to 1. None where all are equally likely."""

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("values: needs at least one duration")
        for value in self.values:
            _check_duration(value, "values")
        if self.shares is not None:
            if len(self.shares) != len(self.values):
                raise ValueError(f"shares: needs one for each value (got {len(self.shares)} for {len(self.values)})")
            if abs(sum(self.shares) - 1) > SUM_TOLERANCE:
                raise ValueError(f"shares: must sum to 1 (got {sum(self.shares):.9g})")
            checked_shares(self.shares, "shares")

    @cached_property
    def by_length(self) -> tuple[tuple[float, ...], Lottery]:
        """The durations from short to long, for inversion, with the draw among them."""
        number = len(self.values)
        shares = self.shares if self.shares is not None else [1 / number] * number
        pairs = sorted(zip(self.values, shares, strict=True))
        return tuple(float(value) for value, _ in pairs), Lottery([share for _, share in pairs], "shares")

    @property
    def mean(self) -> float:
        """The mean of the durations, in time units."""
        values, lottery = self.by_length
        return math.fsum(value * share for value, share in zip(values, lottery.shares, strict=True))

    def draw(self, chance: Chance, purpose: Purpose, slot: int = 0) -> float:
        """Return one of the durations, in time units, by inversion of one uniform draw."""
        values, lottery = self.by_length
        winner = lottery.winner(chance.uniform(purpose, slot))
        assert winner is not None, "shares that sum to 1 always have a winner"
        return values[winner]

    def points(self, number: int) -> Points:  # noqa: ARG002 (as many points as durations)
        """Return the durations with their shares."""
        values, lottery = self.by_length
        return np.array(values), np.array(lottery.shares) / sum(lottery.shares)
