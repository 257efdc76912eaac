"""How something varies from customer to customer: a sensitivity, a taste for quality, a place on a line.

Each distribution answers two questions: what one customer has, from keyed draws (R14), and how many customers lie below
a value, for expected shares. A normal is drawn by Box & Muller (1958) as √(2E) · cos 2πU, with E exponential and U
uniform from one block of random words: only scalar functions that compiled code has with the same digits (R15).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from ..chance import Chance, Purpose
from ..lottery import SUM_TOLERANCE, Lottery

Values = npt.NDArray[np.float64]


class Taste(Protocol):
    """What varies from customer to customer, in its own unit."""

    @property
    def atoms(self) -> Sequence[tuple[float, float]] | None:
        """Return the values that there are with their shares, where they can be counted; None for a continuum."""
        ...

    def draw(self, chance: Chance, place: int) -> float:
        """Return one customer's value; `place` tells several tastes of one segment apart."""
        ...

    def below(self, values: Values) -> Values:
        """Return the share of customers below each value."""
        ...

    def mean_below(self, values: Values) -> Values:
        """Return ∫ x dF(x) up to each value; at +inf the mean."""
        ...

    def quantiles(self, shares: Values) -> Values:
        """Return the values below which these shares of customers lie, each in (0, 1)."""
        ...


def _check_finite(**values: float) -> None:
    for name, value in values.items():
        if not math.isfinite(value):
            raise ValueError(f"{name}: must be a number (got {value})")


def standard_normal(chance: Chance, place: int) -> float:
    """Return the standard normal draw of a place: radius and angle come from the two halves of one block."""
    radius = math.sqrt(2.0 * chance.exponential(Purpose.COEFFICIENT, 2 * place))
    return radius * math.cos(2.0 * math.pi * chance.uniform(Purpose.COEFFICIENT, 2 * place + 1))


@dataclass(frozen=True)
class NormalTaste:
    """Normal; with a spread of 0 all customers are alike."""

    mean: float
    standard_deviation: float
    """At least 0."""

    def __post_init__(self) -> None:
        _check_finite(mean=self.mean, standard_deviation=self.standard_deviation)
        if self.standard_deviation < 0:
            raise ValueError(f"standard_deviation: must be at least 0 (got {self.standard_deviation})")

    @property
    def atoms(self) -> Sequence[tuple[float, float]] | None:
        """One value where there is no spread."""
        return [(self.mean, 1.0)] if self.standard_deviation == 0 else None

    def draw(self, chance: Chance, place: int) -> float:
        """Return one customer's value."""
        return self.mean + self.standard_deviation * standard_normal(chance, place)

    def below(self, values: Values) -> Values:
        """Return Φ((x − mean)/standard deviation)."""
        result: Values = ndtr((values - self.mean) / self.standard_deviation)
        return result

    def mean_below(self, values: Values) -> Values:
        """Return mean · Φ(z) − standard deviation · φ(z)."""
        z = (values - self.mean) / self.standard_deviation
        density = np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
        result: Values = self.mean * ndtr(z) - self.standard_deviation * density
        return result

    def quantiles(self, shares: Values) -> Values:
        """Return mean + standard deviation · Φ⁻¹(share)."""
        result: Values = self.mean + self.standard_deviation * ndtri(shares)
        return result


@dataclass(frozen=True)
class LognormalTaste:
    """Always above 0, with a long tail: median · e^{spread · Z}, Z standard normal."""

    median: float
    """Above 0."""
    spread: float
    """Standard deviation of the logarithm; at least 0."""

    def __post_init__(self) -> None:
        _check_finite(median=self.median, spread=self.spread)
        if self.median <= 0:
            raise ValueError(f"median: must be above 0 (got {self.median})")
        if self.spread < 0:
            raise ValueError(f"spread: must be at least 0 (got {self.spread})")

    @property
    def atoms(self) -> Sequence[tuple[float, float]] | None:
        """One value where there is no spread."""
        return [(self.median, 1.0)] if self.spread == 0 else None

    def draw(self, chance: Chance, place: int) -> float:
        """Return one customer's value."""
        return self.median * math.exp(self.spread * standard_normal(chance, place))

    def below(self, values: Values) -> Values:
        """Return Φ(log(x/median)/spread); 0 at 0 and below."""
        result: Values = ndtr(self._log(values) / self.spread)
        return result

    def mean_below(self, values: Values) -> Values:
        """Return mean · Φ(log(x/median)/spread − spread), with mean = median · e^{spread²/2}."""
        mean = self.median * math.exp(self.spread**2 / 2)
        result: Values = mean * ndtr(self._log(values) / self.spread - self.spread)
        return result

    def quantiles(self, shares: Values) -> Values:
        """Return median · e^{spread · Φ⁻¹(share)}."""
        result: Values = self.median * np.exp(self.spread * ndtri(shares))
        return result

    def _log(self, values: Values) -> Values:
        with np.errstate(divide="ignore"):
            result: Values = np.log(np.maximum(values, 0.0) / self.median)
        return result


@dataclass(frozen=True)
class UniformTaste:
    """Anything between two values, all equally likely."""

    low: float
    high: float
    """At least `low`."""

    def __post_init__(self) -> None:
        _check_finite(low=self.low, high=self.high)
        if self.high < self.low:
            raise ValueError(f"high: must be at least low (got low {self.low}, high {self.high})")

    @property
    def atoms(self) -> Sequence[tuple[float, float]] | None:
        """One value where both ends are the same."""
        return [(self.low, 1.0)] if self.low == self.high else None

    def draw(self, chance: Chance, place: int) -> float:
        """Return one customer's value, by inversion."""
        return self.low + (self.high - self.low) * chance.uniform(Purpose.COEFFICIENT, 2 * place)

    def below(self, values: Values) -> Values:
        """Return (x − low)/(high − low), cut off at 0 and 1."""
        return np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)

    def mean_below(self, values: Values) -> Values:
        """Return (x² − low²)/(2 (high − low)) within the ends."""
        within = np.clip(values, self.low, self.high)
        result: Values = (within**2 - self.low**2) / (2 * (self.high - self.low))
        return result

    def quantiles(self, shares: Values) -> Values:
        """Return low + (high − low) · share."""
        return self.low + (self.high - self.low) * shares


@dataclass(frozen=True)
class ExponentialTaste:
    """Above 0, without memory."""

    mean: float
    """Above 0."""

    def __post_init__(self) -> None:
        _check_finite(mean=self.mean)
        if self.mean <= 0:
            raise ValueError(f"mean: must be above 0 (got {self.mean})")

    @property
    def atoms(self) -> Sequence[tuple[float, float]] | None:
        """None: it is a continuum."""
        return None

    def draw(self, chance: Chance, place: int) -> float:
        """Return one customer's value."""
        return self.mean * chance.exponential(Purpose.COEFFICIENT, 2 * place)

    def below(self, values: Values) -> Values:
        """Return 1 − e^{−x/mean}; 0 below 0."""
        result: Values = -np.expm1(-np.maximum(values, 0.0) / self.mean)
        return result

    def mean_below(self, values: Values) -> Values:
        """Return mean − (x + mean) e^{−x/mean}."""
        within = np.maximum(values, 0.0) / self.mean
        # x e^{−x} is 0 at infinity, where the product itself is no number.
        tail = np.where(np.isinf(within), 0.0, (np.where(np.isinf(within), 0.0, within) + 1) * np.exp(-within))
        result: Values = self.mean * (1 - tail)
        return result

    def quantiles(self, shares: Values) -> Values:
        """Return −mean · log(1 − share)."""
        result: Values = -self.mean * np.log1p(-shares)
        return result


@dataclass(frozen=True)
class EmpiricalTaste:
    """Values that were observed."""

    values: Sequence[float]
    """At least one."""
    shares: Sequence[float] | None = None
    """How often each occurs; they sum to 1. None where all are equally likely."""

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("values: needs at least one")
        for value in self.values:
            _check_finite(values=value)
        if self.shares is not None:
            if len(self.shares) != len(self.values):
                raise ValueError(f"shares: needs one for each value (got {len(self.shares)} for {len(self.values)})")
            if abs(sum(self.shares) - 1) > SUM_TOLERANCE:
                raise ValueError(f"shares: must sum to 1 (got {sum(self.shares):.9g})")

    @cached_property
    def in_order(self) -> tuple[tuple[float, ...], Lottery]:
        """The values from small to large, for inversion, with the draw among them."""
        number = len(self.values)
        shares = self.shares if self.shares is not None else [1 / number] * number
        pairs = sorted(zip(self.values, shares, strict=True))
        return tuple(float(value) for value, _ in pairs), Lottery([share for _, share in pairs], "shares")

    @property
    def atoms(self) -> Sequence[tuple[float, float]] | None:
        """The values with their shares, which sum to 1 but for rounding."""
        values, lottery = self.in_order
        return list(zip(values, lottery.shares, strict=True))

    def draw(self, chance: Chance, place: int) -> float:
        """Return one of the values, by inversion."""
        values, lottery = self.in_order
        winner = lottery.winner(chance.uniform(Purpose.COEFFICIENT, 2 * place))
        assert winner is not None, "shares that sum to 1 always have a winner"
        return values[winner]

    def below(self, values: Values) -> Values:
        """Return the sum of the shares of smaller values."""
        return self._sums([1.0] * len(self.values), values)

    def mean_below(self, values: Values) -> Values:
        """Return Σ share · value over smaller values."""
        return self._sums(self.in_order[0], values)

    def quantiles(self, shares: Values) -> Values:
        """Return the value at which the sum of shares passes each share."""
        values, lottery = self.in_order
        place = np.searchsorted(np.array(lottery.cumulative), shares, side="right")
        return np.array(values)[np.minimum(place, len(values) - 1)]

    def _sums(self, amounts: Sequence[float], values: Values) -> Values:
        ordered, lottery = self.in_order
        sums = np.concatenate([[0.0], np.cumsum(np.array(lottery.shares) * np.array(amounts))])
        return sums[np.searchsorted(np.array(ordered), values, side="left")]
