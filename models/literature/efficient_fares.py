"""Efficient sets of fares, and the fares that they are worth at the margin.

A set S of fares sells Q(S) units and earns R(S), per customer or in all. It is efficient if no mixture of other sets
(the empty one among them) earns as much with no more sales: it lies on the upper concave hull of the points (Q, R), up
to the greatest R. Ordered by Q, only efficient sets can be optimal at any value of a unit (Talluri & van Ryzin 2004,
Management Science 50(1)).

From one efficient set to the next, each more unit sold earns (R_k − R_{k−1})/(Q_k − Q_{k−1}): the adjusted fare, with
which methods for independent demand work where customers would buy down (Fiig, Isler, Hopperstad & Belobaba 2010).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class EfficientSets(NamedTuple):
    """The efficient sets, in order of sales."""

    position: npt.NDArray[np.int64]
    """Which sets they are, of equals the first."""
    added_sales: npt.NDArray[np.float64]
    """Units that each sells more than the one before."""
    adjusted_fare: npt.NDArray[np.float64]
    """What each of these units earns more, in money; falls."""


def efficient_sets(sales: npt.ArrayLike, revenue: npt.ArrayLike) -> EfficientSets:
    """Return the efficient sets among those given.

    Parameters
    ----------
    sales
        Units that each set sells (Q). Shape (sets,).
    revenue
        What it earns (R), in money. Shape (sets,).

    Raises
    ------
    ValueError
        When shapes differ or sales are below 0.

    Examples
    --------
    Talluri & van Ryzin 2004, Table 2.9: of Y, M, K, YM, YK, MK, YMK those at 0, 4 and 6.

    >>> efficient_sets([0.3, 0.4, 0.5, 0.7, 0.8, 0.9, 1], [240, 200, 225, 380, 465, 425, 505]).position.tolist()
    [0, 4, 6]
    """
    sold, earned = np.asarray(sales, dtype=np.float64), np.asarray(revenue, dtype=np.float64)
    if sold.ndim != 1 or sold.shape != earned.shape or (sold < 0).any():
        raise ValueError("sales, revenue: must be of one length, sales at least 0")
    found: list[int] = []
    added: list[float] = []
    fares: list[float] = []
    at_sales, at_revenue = 0.0, 0.0
    while True:
        ahead = np.flatnonzero((sold > at_sales) & (earned > at_revenue))
        if not ahead.size:
            return EfficientSets(np.array(found, dtype=np.int64), np.array(added), np.array(fares))
        slope = (earned[ahead] - at_revenue) / (sold[ahead] - at_sales)
        # Of several on one line the farthest is the corner; those between are mixtures of its ends.
        steepest = ahead[slope >= slope.max() * (1 - 1e-12)]
        corner = int(steepest[np.argmax(sold[steepest])])
        found.append(corner)
        added.append(sold[corner] - at_sales)
        fares.append((earned[corner] - at_revenue) / (sold[corner] - at_sales))
        at_sales, at_revenue = float(sold[corner]), float(earned[corner])
