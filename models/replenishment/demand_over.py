"""Demand over an interval that a delivery must cover, as a distribution with its loss function.

Two beliefs of a firm about its demand D over an interval, each mixed over lead times l with weights w_l:

* Poisson: D given l has the Poisson distribution with mean m_l;
* normal: D given l is normal with mean m_l and standard deviation σ_l.

And `Discrete`, any finite distribution. All figures are sums over l of the figures given l. The loss function is
n(x) = E[(D − x)⁺], the units short of x (Zipkin 2000, app. C; for the normal n(x) = σ[φ(z) − z(1 − Φ(z))] with
z = (x − m)/σ, for the Poisson n(x) = m P(D ≥ ⌊x⌋) − x P(D > ⌊x⌋)).
"""

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]

WEIGHT_TOLERANCE = 1e-9
"""How far from 1 the sum of weights may be."""
FARTHEST = 40.0
"""Standard deviations beyond which a normal probability is 0 or 1 in doubles; farther away its square may overflow."""


class DemandOver(Protocol):
    """The distribution of the demand over one interval, in units."""

    @property
    def mean(self) -> float:
        """Return the expected demand, in units."""
        ...

    def cdf(self, level: float) -> float:
        """Return P(D ≤ level)."""
        ...

    def loss(self, level: float) -> float:
        """Return n(level) = E[(D − level)⁺], the expected units short of a level."""
        ...

    def quantile(self, probability: float) -> float:
        """Return the smallest demand x, in units, with P(D ≤ x) ≥ probability."""
        ...


def check_probability(probability: float, name: str) -> None:
    """Check that something lies strictly between 0 and 1.

    Raises
    ------
    ValueError
        When it does not.
    """
    if not 0 < probability < 1:
        raise ValueError(f"{name}: must lie between 0 and 1 (got {probability})")


def _checked_array(values: Sequence[float] | Array, name: str) -> Array:
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1 or not len(array):
        raise ValueError(f"{name}: needs at least one number")
    if not (np.isfinite(array).all() and (array >= 0).all()):
        raise ValueError(f"{name}: must be numbers of at least 0")
    return array


def _checked_weights(weights: Sequence[float] | Array | None, number: int) -> Array:
    if weights is None:
        return np.full(number, 1 / number)
    array = _checked_array(weights, "weights")
    if len(array) != number:
        raise ValueError(f"weights: needs one for each of the {number} cases (got {len(array)})")
    if abs(array.sum() - 1) > WEIGHT_TOLERANCE:
        raise ValueError(f"weights: must sum to 1 (got {array.sum():.9g})")
    return array


class PoissonMixture:
    """Demand that is Poisson given the lead time.

    Parameters
    ----------
    means
        Expected demand in each case, in units. Shape (cases,).
    weights
        Probability of each case; they sum to 1. Shape (cases,). None where all are equally likely.

    Raises
    ------
    ValueError
        When a mean is negative or not a number, or the weights do not fit.
    """

    def __init__(self, means: Sequence[float] | Array, weights: Sequence[float] | Array | None = None) -> None:
        self._means = _checked_array(means, "means")
        self._weights = _checked_weights(weights, len(self._means))

    @property
    def mean(self) -> float:
        """Expected demand, in units."""
        return float(self._weights @ self._means)

    @property
    def variance(self) -> float:
        """Variance of the demand, in units squared."""
        return self.mean + float(self._weights @ (self._means - self.mean) ** 2)

    def pmf(self, units: int) -> float:
        """Return P(D = units)."""
        if units < 0:
            return 0.0
        logs = special.xlogy(units, self._means) - self._means - math.lgamma(units + 1)
        return float(self._weights @ np.exp(logs))

    def cdf(self, level: float) -> float:
        """Return P(D ≤ level)."""
        if level < 0:
            return 0.0
        return float(self._weights @ special.pdtr(math.floor(level), self._means))

    def loss(self, level: float) -> float:
        """Return E[(D − level)⁺], in units."""
        if level <= 0:
            return self.mean - level
        below = math.floor(level)
        # P(D ≥ k) is P(D > k − 1), which SciPy does not know for k = 0.
        at_least = special.pdtrc(below - 1, self._means) if below > 0 else np.ones_like(self._means)
        short = self._means * at_least - level * special.pdtrc(below, self._means)
        # Far in the tail the difference of two nearly equal products may fall below 0.
        return float(self._weights @ np.maximum(short, 0.0))

    def quantile(self, probability: float) -> float:
        """Return the smallest whole demand with P(D ≤ x) ≥ probability, in units."""
        check_probability(probability, "probability")
        high = max(1, math.ceil(self.mean))
        while self.cdf(high) < probability:
            high *= 2
        low = -1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.cdf(middle) >= probability else (middle, high)
        return float(high)


class NormalMixture:
    """Demand that is normal given the lead time.

    Parameters
    ----------
    means
        Expected demand in each case, in units. Shape (cases,).
    standard_deviations
        Its standard deviation in each case, in units; 0 for demand without chance. Shape (cases,).
    weights
        Probability of each case; they sum to 1. Shape (cases,). None where all are equally likely.

    Raises
    ------
    ValueError
        When a mean or deviation is negative or not a number, or the lengths do not fit.
    """

    def __init__(
        self,
        means: Sequence[float] | Array,
        standard_deviations: Sequence[float] | Array,
        weights: Sequence[float] | Array | None = None,
    ) -> None:
        self._means = _checked_array(means, "means")
        self._deviations = _checked_array(standard_deviations, "standard_deviations")
        if len(self._deviations) != len(self._means):
            raise ValueError(
                f"standard_deviations: needs one for each mean (got {len(self._deviations)} for {len(self._means)})"
            )
        self._weights = _checked_weights(weights, len(self._means))

    @property
    def mean(self) -> float:
        """Expected demand, in units."""
        return float(self._weights @ self._means)

    @property
    def variance(self) -> float:
        """Variance of the demand, in units squared."""
        return float(self._weights @ (self._deviations**2 + (self._means - self.mean) ** 2))

    def _standardised(self, level: float) -> Array:
        """Return z by case; as far as it gets where there is no chance, and a level equal to the demand is reached."""
        gap = level - self._means
        farthest = FARTHEST * self._deviations
        sure = np.where(gap >= 0, FARTHEST, -FARTHEST)
        return np.divide(np.clip(gap, -farthest, farthest), self._deviations, out=sure, where=self._deviations > 0)

    def cdf(self, level: float) -> float:
        """Return P(D ≤ level)."""
        return float(self._weights @ special.ndtr(self._standardised(level)))

    def loss(self, level: float) -> float:
        """Return E[(D − level)⁺], in units."""
        z = self._standardised(level)
        density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        short = self._deviations * density + (self._means - level) * special.ndtr(-z)
        return float(self._weights @ np.maximum(short, 0.0))

    def quantile(self, probability: float) -> float:
        """Return the demand x with P(D ≤ x) = probability, in units (the smallest with at least that)."""
        check_probability(probability, "probability")
        quantiles = self._means + self._deviations * float(special.ndtri(probability))
        low, high = float(quantiles.min()), float(quantiles.max())
        # The quantile of a mixture lies between those of its cases; with one case there is nothing to search.
        while low < (middle := (low + high) / 2) < high:
            low, high = (low, middle) if self.cdf(middle) >= probability else (middle, high)
        return high


class Discrete:
    """Demand of finitely many sizes.

    Parameters
    ----------
    values
        Sizes of the demand, in units, each at least 0. Shape (sizes,).
    probabilities
        Probability of each; they sum to 1. Shape (sizes,).

    Raises
    ------
    ValueError
        When a size is negative or not a number, or the probabilities do not fit.
    """

    def __init__(self, values: Sequence[float], probabilities: Sequence[float]) -> None:
        array = _checked_array(values, "values")
        weights = _checked_weights(probabilities, len(array))
        order = np.argsort(array, kind="stable")
        self._values = array[order]
        self._weights = weights[order]

    @property
    def mean(self) -> float:
        """Expected demand, in units."""
        return float(self._weights @ self._values)

    def pmf(self, units: float) -> float:
        """Return P(D = units)."""
        return float(self._weights[self._values == units].sum())

    def cdf(self, level: float) -> float:
        """Return P(D ≤ level)."""
        return min(1.0, float(self._weights[self._values <= level].sum()))

    def loss(self, level: float) -> float:
        """Return E[(D − level)⁺], in units."""
        return float(self._weights @ np.maximum(self._values - level, 0.0))

    def quantile(self, probability: float) -> float:
        """Return the smallest demand with P(D ≤ x) ≥ probability, in units."""
        check_probability(probability, "probability")
        reached = np.cumsum(self._weights) >= probability - WEIGHT_TOLERANCE
        return float(self._values[reached][0])
