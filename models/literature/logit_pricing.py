"""Prices of a firm whose customers choose by a logit: one margin for all its products.

A firm sells products j at prices p_j and costs c_j. With scale s, worth r_j and the weight B of everything else (buying
nothing, and the rivals' products at their prices),

    Π(p) = Σ_j (p_j − c_j) e^{(r_j − p_j)/s} / (B + Σ_k e^{(r_k − p_k)/s}).

At the maximum all margins are one m = s / (1 − Σ own shares), which solves (Anderson, de Palma & Thisse 1992, ch. 7; Li
& Huh 2011; with the Lambert function, W e^W = x)

    m = s (1 + W(A / (e B))),    Π = s W(A / (e B)),    A = Σ_j e^{(r_j − c_j)/s}.

With n firms of one product each, alike and without an outside option, the Nash equilibrium is p = c + s n/(n − 1).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special


class BestPrices(NamedTuple):
    """A firm's best answer to everything else."""

    margin: float
    """Price less cost, the same for all products, in money."""
    profit: float
    """Per customer, in money."""


def best_margin(worth: npt.ArrayLike, cost: npt.ArrayLike, scale: float, outside: float = 1.0) -> BestPrices:
    """Return the margin that earns most.

    Parameters
    ----------
    worth
        What each product is worth to a customer of middling taste (r), in money. Shape (products,).
    cost
        Unit cost (c), in money. Shape (products,).
    scale
        Spread of tastes (s), in money, above 0.
    outside
        Weight of everything else (B), above 0; 1 for buying nothing alone.

    Raises
    ------
    ValueError
        When a number is not above 0 where it must be, or there is no product.

    Examples
    --------
    >>> best = best_margin([1.0, 0.5, 0.0], [0.0, 0.0, 0.0], scale=1.0)
    >>> round(best.margin, 4), round(best.profit, 4)
    (1.8467, 0.8467)
    """
    if not scale > 0:
        raise ValueError(f"scale: must be above 0 (got {scale})")
    if not outside > 0:
        raise ValueError(f"outside: must be above 0, or the best price has no limit (got {outside})")
    net = (np.asarray(worth, dtype=np.float64) - np.asarray(cost, dtype=np.float64)) / scale
    if net.size == 0:
        raise ValueError("worth: needs a product")
    # W(e^z) is Wright's omega, which does not overflow where e^z would.
    lift = float(special.wrightomega(float(special.logsumexp(net)) - 1.0 - float(np.log(outside))))
    return BestPrices(scale * (1.0 + lift), scale * lift)
