"""Protection levels of several fare classes that come lowest first: EMSR-a, EMSR-b and the exact nested program.

Classes 1, 2, … pay p_1 > p_2 > …; class j's demand D_j comes before that of class j − 1. The protection level y_j keeps
units for the classes 1 … j from class j + 1.

* EMSR-a (Belobaba 1987): y_j = Σ_{i≤j} y_ij with P(D_i > y_ij) = p_{j+1}/p_i: Littlewood's rule, class by class.
* EMSR-b (Belobaba 1992): classes 1 … j as one, with their summed demand and the mean of their prices p̄_j weighted by
  mean demand: P(D_1 + … + D_j > y_j) = p_{j+1}/p̄_j.
* Exact (Curry 1990; Wollmer 1992; Brumelle & McGill 1993): with δ_j(x) what the x-th unit is worth to the classes
  1 … j, y_j is the last unit with δ_j(x) > p_{j+1}, and

      δ_1(x) = p_1 P(D_1 ≥ x),    δ_{j+1}(x) = δ_j(x) where x ≤ y_j,
      δ_{j+1}(x) = E[δ_j(x − D_{j+1}); D_{j+1} < x − y_j] + p_{j+1} P(D_{j+1} ≥ x − y_j)  beyond.

(Talluri & van Ryzin 2004, sect. 2.2.) For two classes all three are Littlewood's rule.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import special

from ..replenishment.demand_over import DemandOver

Array = npt.NDArray[np.float64]


def emsr_a(prices: npt.ArrayLike, means: npt.ArrayLike, standard_deviations: npt.ArrayLike) -> Array:
    """Return the EMSR-a protection levels for normal demand, in units, shape (classes − 1,).

    Parameters
    ----------
    prices
        What each class pays, in money, falling. Shape (classes,).
    means, standard_deviations
        Of each class's demand, in units, independent. Shape (classes,).

    Raises
    ------
    ValueError
        When prices do not fall, or a standard deviation is not above 0.
    """
    price, mean, deviation = _classes(prices, means, standard_deviations)
    levels = []
    for below in range(1, len(price)):
        above = slice(0, below)
        levels.append((mean[above] + deviation[above] * special.ndtri(1 - price[below] / price[above])).sum())
    return np.array(levels)


def emsr_b(prices: npt.ArrayLike, means: npt.ArrayLike, standard_deviations: npt.ArrayLike) -> Array:
    """Return the EMSR-b protection levels for normal demand, in units, shape (classes − 1,).

    Parameters
    ----------
    prices
        What each class pays, in money, falling; or its adjusted price (`efficient_fares.py`). Shape (classes,).
    means, standard_deviations
        Of each class's demand, in units, independent. Shape (classes,).

    Raises
    ------
    ValueError
        When prices do not fall, or a standard deviation is not above 0.
    """
    price, mean, deviation = _classes(prices, means, standard_deviations)
    pooled = np.cumsum(price * mean)[:-1] / np.cumsum(mean)[:-1]
    spread = np.sqrt(np.cumsum(deviation**2))[:-1]
    return np.asarray(np.cumsum(mean)[:-1] + spread * special.ndtri(1 - price[1:] / pooled), dtype=np.float64)


def optimal_protection_levels(
    prices: npt.ArrayLike, demands: Sequence[DemandOver], most: float, step: float = 1.0
) -> Array:
    """Return the exact protection levels, in units, shape (classes − 1,).

    Parameters
    ----------
    prices
        What each class pays, in money, falling. Shape (classes,).
    demands
        Demand of each class, independent, lowest class first to come.
    most
        Units up to which levels are looked for.
    step
        Width of the grid, in units: 1 for whole units, smaller for demand that is not whole.

    Raises
    ------
    ValueError
        When prices do not fall, a length differs, or a level lies above `most`.
    """
    price = np.asarray(prices, dtype=np.float64)
    if price.ndim != 1 or len(price) != len(demands) or len(price) < 2 or (np.diff(price) >= 0).any():
        raise ValueError("prices: must fall, one for each of two demands or more")
    size = round(most / step) + 1
    # Unit x, counted from 1, stands at position x − 1; demand below half a step is none.
    sold_out = np.array([1 - demands[0].cdf((units - 0.5) * step) for units in range(1, size)])
    worth, levels = price[0] * sold_out, []
    for lower, demand in zip(price[1:], demands[1:], strict=True):
        protected = int((worth > lower).sum())
        if protected == len(worth):
            raise ValueError(f"most: a protection level lies above {most:g}")
        levels.append(protected * step)
        ends = np.array([demand.cdf((units + 0.5) * step) for units in range(size - protected)])
        chance = np.diff(ends, prepend=0.0)
        beyond = np.arange(len(worth) - protected)
        # Unit protected + 1 + b: demands of 0 … b leave unit x − D to the higher classes, greater ones take it.
        carried = np.convolve(worth[protected:], chance)[: len(beyond)]
        worth = np.concatenate([worth[:protected], carried + lower * (1 - ends[beyond])])
    return np.array(levels)


def _classes(
    prices: npt.ArrayLike, means: npt.ArrayLike, standard_deviations: npt.ArrayLike
) -> tuple[Array, Array, Array]:
    price, mean = np.asarray(prices, dtype=np.float64), np.asarray(means, dtype=np.float64)
    deviation = np.asarray(standard_deviations, dtype=np.float64)
    if price.ndim != 1 or mean.shape != price.shape or deviation.shape != price.shape:
        raise ValueError("prices, means, standard_deviations: must be of one length")
    if (np.diff(price) >= 0).any() or not (deviation > 0).all() or not (mean > 0).all():
        raise ValueError("prices: must fall; means, standard_deviations: must be above 0")
    return price, mean, deviation
