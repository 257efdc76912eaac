"""From figures replication by replication to paired differences, p-values and what is beyond doubt.

The test of one difference is Student's paired t test; for a rate its delta-method twin, by the error that its interval
has (R17). It says no more than the interval does: p is below 0.05 where the interval leaves 0 out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import stdtr

from ...simulator.estimates import Estimate, t_factor
from ...simulator.measures import Measure, MeasureKey
from .multiplicity import holm_adjusted

DOUBT = 0.05
"""The chance of calling any difference of the family beyond doubt that is none."""

ROUNDING = 1e-9
"""Relative size below which a difference is that of sums made in another order."""


MOST_VARIATION = 0.1
"""How much of itself what divides a rate may vary, as a mean over replications, for the interval to be trusted.

Source: Cochran (1977), "Sampling Techniques", section 6.8. For a rate of a handful of customers it is larger: if only
one replication has any, the interval is nothing but that replication, and of width 0.
"""


class Verdict(StrEnum):
    """What can be said of a difference."""

    BEYOND_DOUBT = "beyond doubt"
    OPEN = "open"
    """It may be chance."""
    NONE = "no difference"
    """Every replication has the same value in both."""
    NO_ANSWER = "n/a"
    """One replication, nothing divided by nothing, or a rate of too few for its interval to be trusted."""
    NOT_JUDGED = "not judged"
    """It is outside of the family."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of one variant less the same of what it is compared with, on the same customers."""

    variant: str
    key: MeasureKey
    unit: str
    estimate: Estimate
    p: float | None
    """Two-sided p-value of no difference; None where there is nothing to test."""
    adjusted: float | None
    """The p-value adjusted for the whole family; None outside of it."""
    verdict: Verdict


def differences(
    measured: Mapping[str, Mapping[MeasureKey, Measure]], against: str, family: Collection[MeasureKey]
) -> list[Difference]:
    """Return the differences of every figure that a variant shares with what it is compared with.

    Parameters
    ----------
    measured : mapping of mapping of Measure
        Every figure of every variant, by name.
    against : str
        The name of the one that the others are compared with.
    family : collection of MeasureKey
        Figures that are judged together. The family has a member for each of them and each variant, also for those
        that have no answer, so that it does not depend on what came out; such a one counts as p = 1.
    """
    theirs = measured[against]
    pairs = [
        (variant, key, measure, theirs[key])
        for variant, own in measured.items()
        if variant != against
        for key, measure in own.items()
        if key in theirs
    ]
    # Two worlds may name a rate what the other counts; nothing in this program does.
    estimates = [_difference(measure, other) for _, _, measure, other in pairs]
    tested = [
        None if estimate.mean and (_is_of_too_few(measure) or _is_of_too_few(other)) else _p_value(estimate)
        for (_, _, measure, other), estimate in zip(pairs, estimates, strict=True)
    ]
    members = [place for place, (_, key, _, _) in enumerate(pairs) if key in family]
    size = len(family) * (len(measured) - 1)
    p_values = np.ones(size)
    for place, member in enumerate(members):
        p = tested[member]
        p_values[place] = 1.0 if p is None else p
    adjusted = dict(zip(members, holm_adjusted(p_values).tolist(), strict=False))
    return [
        Difference(
            variant,
            key,
            measure.unit,
            estimate,
            p,
            None if p is None else adjusted.get(place),
            _verdict(estimate, p, adjusted.get(place)),
        )
        for place, ((variant, key, measure, _), estimate, p) in enumerate(zip(pairs, estimates, tested, strict=True))
    ]


def _difference(measure: Measure, other: Measure) -> Estimate:
    """Return the paired difference, exactly 0 where all replications agree but for rounding."""
    estimate = measure.less(other)
    if estimate.mean is None or not (_alike(measure.values, other.values) and _same_divisors(measure, other)):
        return estimate
    return Estimate(0.0, None if estimate.half_width is None else 0.0, estimate.n)


def _is_of_too_few(measure: Measure) -> bool:
    """Return whether a figure is a rate of so little, or of so uneven amounts, that its interval says nothing."""
    divisors = measure.divisors
    if divisors is None or len(divisors) < 2 or divisors.sum() == 0:
        return False
    return bool(divisors.std(ddof=1) > MOST_VARIATION * divisors.mean() * np.sqrt(len(divisors)))


def _alike(own: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.all(np.abs(own - other) <= ROUNDING * np.maximum(np.abs(own), np.abs(other))))


def _same_divisors(measure: Measure, other: Measure) -> bool:
    if measure.divisors is None or other.divisors is None:
        return True
    return _alike(measure.divisors, other.divisors)


def _p_value(estimate: Estimate) -> float | None:
    """Return the two-sided p-value of no difference; None where there is nothing to test.

    Where all replications differ by the same amount, Student's t has no error to divide by, and small whole numbers do
    so by chance. Then it is the sign test that speaks: n differences of one sign have p = 2 · ½ⁿ.
    """
    if estimate.mean is None or estimate.half_width is None:
        return None
    if estimate.mean == 0:
        return 1.0
    if estimate.half_width <= ROUNDING * abs(estimate.mean):
        return 2 * 0.5**estimate.n
    error = estimate.half_width / t_factor(estimate.n)
    return float(2 * stdtr(estimate.n - 1, -abs(estimate.mean) / error))


def _verdict(estimate: Estimate, p: float | None, adjusted: float | None) -> Verdict:
    if p is None:
        return Verdict.NO_ANSWER
    if estimate.mean == 0 and estimate.half_width == 0:
        return Verdict.NONE
    if adjusted is None:
        return Verdict.NOT_JUDGED
    return Verdict.BEYOND_DOUBT if adjusted < DOUBT else Verdict.OPEN


def pairing(
    measured: Mapping[str, Mapping[MeasureKey, Measure]], against: str, family: Sequence[MeasureKey]
) -> list[tuple[str, MeasureKey, Estimate]]:
    """Return what the same customers are worth, for each figure of the family and each variant.

    The figure is how many times as many replications unrelated customers would take for an interval of the same
    width: the variance of the difference without pairing, which is the sum of both variances, over that of the paired
    difference. Its interval comes from the jackknife over replications.
    """
    theirs = measured[against]
    return [
        (variant, key, variance_ratio(own[key], theirs[key]))
        for variant, own in measured.items()
        if variant != against
        for key in family
        if key in own and key in theirs
    ]


def variance_ratio(measure: Measure, other: Measure) -> Estimate:
    """Return the variance of a difference without pairing over its variance with pairing, with a jackknife interval.

    Parameters
    ----------
    measure, other : Measure
        The same figure of two runs with the same replications.

    Returns
    -------
    Estimate
        Without a mean where there is no difference to speak of, or too few replications: three are needed.
    """
    own, their = _influences(measure), _influences(other)
    n = len(measure.values)
    if own is None or their is None or n < 3:
        return Estimate(None, None, n)
    paired = own - their
    if np.all(np.abs(paired - paired.mean()) <= ROUNDING * np.maximum(np.abs(own), np.abs(their)).max()):
        return Estimate(None, None, n)
    apart = _left_out(own) + _left_out(their)
    ratio = float((own.var() + their.var()) / paired.var())
    together = _left_out(paired)
    if np.any(together <= 0):
        return Estimate(ratio, None, n)
    ratios = apart / together
    error = float(np.sqrt((n - 1) / n * np.sum((ratios - ratios.mean()) ** 2)))
    return Estimate(ratio, t_factor(n) * error, n)


def _influences(measure: Measure) -> np.ndarray | None:
    """Return what each replication adds to the figure: its value, or for a rate its linearised share in it."""
    if measure.divisors is None:
        return measure.values if np.isfinite(measure.values).all() else None
    whole = float(measure.divisors.sum())
    if whole == 0:
        return None
    rate = float(measure.values.sum()) / whole
    return (measure.values - rate * measure.divisors) * (len(measure.values) / whole)


def _left_out(values: np.ndarray) -> np.ndarray:
    """Return the variance (with n in the denominator) of all values but one, for each that is left out."""
    n = len(values) - 1
    centred = values - values.mean()
    sums, squares = centred.sum() - centred, (centred**2).sum() - centred**2
    variances: np.ndarray = np.maximum(0.0, squares / n - (sums / n) ** 2)
    return variances
