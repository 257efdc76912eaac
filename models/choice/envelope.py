"""Who buys what where one number tells customers apart: the upper envelope of surpluses that are lines in that number.

On each piece between two borders every offer's surplus is a + b x for the customers with number x, so that the best
offer changes only where two of the lines, or one and nothing, cross. Between neighbouring crossings one offer wins, and
it gets the customers who lie there: exact, without sampling.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .tastes import Taste

Floats = npt.NDArray[np.float64]
Lines = Callable[[float], tuple[Floats, Floats]]
"""For a number, the intercepts a and slopes b of all offers' surpluses near it, shape (offers,) each; a may be −inf."""


def shares_and_surplus(taste: Taste, lines: Lines, borders: Sequence[float], offers: int) -> tuple[Floats, float]:
    """Return the share of customers who want each offer most, and the mean surplus of all, in money.

    Parameters
    ----------
    taste
        How customers differ.
    lines
        The surpluses near a number.
    borders
        Where lines have kinks, in any order.
    offers
        How many offers there are.

    Returns
    -------
    shares, surplus
        Shape (offers,); what is missing to 1 buys nothing. At a surplus of 0 the customer buys; of equals the first
        wins (R8a).
    """
    shares, mean = np.zeros(offers), 0.0
    atoms = taste.atoms
    if atoms is not None:
        for value, share in atoms:
            intercept, slope = lines(value)
            surplus = intercept + slope * value
            winner = int(surplus.argmax()) if offers else -1
            if winner >= 0 and surplus[winner] >= 0:
                shares[winner] += share
                mean += share * float(surplus[winner])
        return shares, mean
    ends = [-np.inf, *sorted(set(borders)), np.inf]
    for low, high in pairwise(ends):
        intercept, slope = lines(_middle(low, high))
        cuts = _crossings(intercept, slope, low, high)
        points = np.array([low, *cuts, high])
        below, mean_below = taste.below(points), taste.mean_below(points)
        for place, (start, stop) in enumerate(pairwise(points.tolist())):
            x = _middle(start, stop)
            surplus = intercept + slope * x
            winner = int(surplus.argmax()) if offers else -1
            if winner < 0 or surplus[winner] < 0:
                continue
            share = float(below[place + 1] - below[place])
            shares[winner] += share
            mean += float(intercept[winner]) * share + float(
                slope[winner] * (mean_below[place + 1] - mean_below[place])
            )
    return shares, mean


def _middle(low: float, high: float) -> float:
    if low == -np.inf:
        return 0.0 if high == np.inf else high - 1.0
    return low + 1.0 if high == np.inf else (low + high) / 2


def _crossings(intercept: Floats, slope: Floats, low: float, high: float) -> list[float]:
    """Return where two lines cross, or one crosses 0, within a piece, in order."""
    there = np.flatnonzero(intercept > -np.inf)
    a, b = np.append(intercept[there], 0.0), np.append(slope[there], 0.0)
    first, second = np.triu_indices(len(a), 1)
    rise = b[first] - b[second]
    crossing = rise != 0
    cuts = (a[second] - a[first])[crossing] / rise[crossing]
    inside: list[float] = np.unique(cuts[(cuts > low) & (cuts < high)]).tolist()
    return inside
