"""Figures with their intervals: no figure without its half-width and number of replications (R17)."""

from dataclasses import dataclass
from functools import cache
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Values = npt.NDArray[np.float64]

CONFIDENCE = 0.95
"""Confidence of every interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean or a rate, estimated from independent replications."""

    mean: float | None
    """The estimate; None where there is nothing to estimate (0/0)."""
    half_width: float | None
    """Half the width of its 95 % interval; None with one replication, and where there is no estimate."""
    n: int
    """Number of replications."""

    def as_dict(self) -> dict[str, float | int | None]:
        """Return the estimate as plain data."""
        return {"mean": self.mean, "half_width": self.half_width, "n": self.n}


@cache
def t_factor(n: int) -> float:
    """Return the two-sided 95 % quantile of Student's t with n − 1 degrees of freedom."""
    return float(stdtrit(n - 1, (1 + CONFIDENCE) / 2))


def mean_estimate(values: Values) -> Estimate:
    """Return the mean of one value a replication, with its t interval.

    Parameters
    ----------
    values : array (replications,)
        One value a replication; nan in any of them means that there is nothing to estimate.
    """
    n = len(values)
    mean = float(np.mean(values))
    if not np.isfinite(mean):
        return Estimate(None, None, n)
    if n == 1:
        return Estimate(mean, None, n)
    return Estimate(mean, t_factor(n) * float(np.std(values, ddof=1)) / sqrt(n), n)


def mean_estimates(values: Values) -> tuple[Values, Values]:
    """Return the means of many figures at once, and half the widths of their t intervals; nan for none.

    They are those of `mean_estimate`, to the bit.

    Parameters
    ----------
    values : array (figures, replications)
        One value a replication, in rows that lie side by side in memory.
    """
    n = values.shape[1]
    means: Values = np.mean(values, axis=1)
    half_widths = np.full(len(means), np.nan)
    there = np.isfinite(means)
    means[~there] = np.nan
    if n > 1:
        half_widths[there] = t_factor(n) * np.std(values[there], axis=1, ddof=1) / sqrt(n)
    return means, half_widths


def estimate_from_sums(total: float, squares: float, n: int) -> Estimate:
    """Return the mean of n values given their sum and the sum of their squares, with its t interval."""
    mean = total / n
    if n == 1:
        return Estimate(mean, None, n)
    variance = max(0.0, (squares - n * mean * mean) / (n - 1))
    return Estimate(mean, t_factor(n) * sqrt(variance / n), n)


def ratio_estimate(numerators: Values, denominators: Values) -> Estimate:
    """Return a rate as a ratio of sums over replications, with its delta-method interval (R17).

    With r = ΣN/ΣD the interval is r ± t · √(Σ(Nᵢ − r Dᵢ)² / (n(n − 1))) / mean(D) (Law 2015, section 9.5: the ratio of
    means, not the mean of ratios, which is biased). An upper or lower end outside [0, 1] is not cut off.

    Parameters
    ----------
    numerators, denominators : arrays (replications,)
        One value a replication.
    """
    n = len(numerators)
    whole = float(np.sum(denominators))
    if whole == 0:
        return Estimate(None, None, n)
    rate = float(np.sum(numerators)) / whole
    if n == 1:
        return Estimate(rate, None, n)
    residual = numerators - rate * denominators
    error = sqrt(float(np.sum(residual**2)) / (n * (n - 1))) / (whole / n)
    return Estimate(rate, t_factor(n) * error, n)


def difference_of_ratios(tops: Values, bottoms: Values, other_tops: Values, other_bottoms: Values) -> Estimate:
    """Return a rate less the same of another run on the same customers, with its paired interval (R17).

    With r = ΣN/ΣD of each, the linearised difference of replication i is (Nᵢ − r Dᵢ)/mean(D) of the one less that of
    the other; the interval is r₁ − r₂ ± t · √(Σ(differenceᵢ²) / (n(n − 1))) (delta method, as for one rate).

    Parameters
    ----------
    tops, bottoms : arrays (replications,)
        What the rate is the ratio of, one value a replication.
    other_tops, other_bottoms : arrays (replications,)
        The same of the other run, for the same replications.
    """
    n = len(tops)
    whole, other_whole = float(np.sum(bottoms)), float(np.sum(other_bottoms))
    if whole == 0 or other_whole == 0:
        return Estimate(None, None, n)
    rate, other_rate = float(np.sum(tops)) / whole, float(np.sum(other_tops)) / other_whole
    if n == 1:
        return Estimate(rate - other_rate, None, n)
    residual = (tops - rate * bottoms) * (n / whole) - (other_tops - other_rate * other_bottoms) * (n / other_whole)
    return Estimate(rate - other_rate, t_factor(n) * sqrt(float(np.sum(residual**2)) / (n * (n - 1))), n)
