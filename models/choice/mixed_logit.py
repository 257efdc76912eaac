"""Mixed logit in money: what attributes are worth, and how decided customers are, varies between customers (R6).

A customer's reservation price of offer j with attributes x_j is

    R_j = r_j + Σ_k β_k x_jk + s (G_j − G_0),       G = −log E standard Gumbel,

with coefficients β_k in money per unit of attribute k, and the spread s, drawn for each customer (Train & Weeks 2005,
"willingness-to-pay space"; 1/s is the price coefficient). Expected shares are the logit's, averaged over customers
(McFadden & Train 2000): sums over points of a low-discrepancy sequence, whose error is about 1e-4 in a share.
"""

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..chance import Chance, Purpose
from .inputs import check_lengths
from .protocols import Shares
from .tastes import Taste

POINTS = 4096
"""Customers over whom expected shares are averaged."""

SCALE_PLACE = 0
"""Place of the draw of a customer's spread of tastes; coefficient k has place k + 1."""


def spread_points(number: int, dimensions: int) -> npt.NDArray[np.float64]:
    """Return points that fill the unit cube evenly, shape (number, dimensions), each coordinate in (0, 1).

    Point i has coordinates frac(½ + i/φ^k), k = 1 … d, where φ is the positive root of x^{d+1} = x + 1: Kronecker's
    sequence with the most irrational steps of its kind.

    Parameters
    ----------
    number, dimensions
        How many, of how many coordinates.
    """
    root = 2.0
    for _ in range(60):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    points = (0.5 + np.arange(1, number + 1)[:, np.newaxis] * steps) % 1.0
    # A quantile at 0 or 1 may be infinite; nothing of weight lies within half a cell of the border.
    return np.clip(points, 0.5 / number**2, 1 - 0.5 / number**2)


class MixedLogit:
    """Mixed logit over the offers that a segment considers: a `SurplusChoice`.

    Parameters
    ----------
    reservation_price
        What each considered offer is worth to a customer of middling taste but for its attributes (r), in money.
    scale
        Spread of tastes (s), in money, above 0: a number, or how it varies between customers.
    coefficients
        By attribute, how its worth (β) varies, in money per unit of the attribute.
    attributes
        By considered offer, the value of each attribute (x). Shape (considered offers, attributes).
    outside_slot
        Slot of the taste draw for buying nothing.
    taste_slots
        Slot of the taste draw of each considered offer; offers with equal slots share their noise.

    Raises
    ------
    ValueError
        When lengths differ, a reservation price or attribute is no number, the scale is not above 0, or an offer has
        the slot of buying nothing.
    """

    def __init__(
        self,
        reservation_price: Sequence[float],
        scale: float | Taste,
        coefficients: Sequence[Taste],
        attributes: Sequence[Sequence[float]],
        outside_slot: int = 0,
        *,
        taste_slots: Sequence[int],
    ) -> None:
        considered = len(reservation_price)
        if len(taste_slots) != considered or len(attributes) != considered:
            raise ValueError(
                f"taste_slots and attributes need one entry for each of the {considered} reservation prices "
                f"(got {len(taste_slots)} and {len(attributes)})"
            )
        for row in attributes:
            if len(row) != len(coefficients):
                raise ValueError(f"attributes: need a value for each coefficient (got {len(row)})")
        if not all(math.isfinite(value) for row in (reservation_price, *attributes) for value in row):
            raise ValueError("reservation_price and attributes must be numbers")
        if not isinstance(scale, float | int):
            if not scale.quantiles(np.array([1e-12]))[0] > 0:
                raise ValueError("scale: must be above 0 for every customer")
        elif not (math.isfinite(scale) and scale > 0):
            raise ValueError(f"scale: must be a number above 0 (got {scale})")
        if outside_slot in taste_slots:
            raise ValueError(f"taste_slots: {outside_slot} is the slot of buying nothing")
        self.reservation_price = tuple(float(worth) for worth in reservation_price)
        """What each considered offer is worth but for its attributes, in money."""
        self.scale = float(scale) if isinstance(scale, float | int) else scale
        """Spread of tastes, in money."""
        self.coefficients = tuple(coefficients)
        """By attribute, how its worth varies."""
        self.attributes = tuple(tuple(float(value) for value in row) for row in attributes)
        """By considered offer, the value of each attribute."""
        self.outside_slot = outside_slot
        """Slot of the taste draw for buying nothing."""
        self.taste_slots = tuple(taste_slots)
        """Slot of the taste draw of each considered offer."""

    def reservation_prices(self, chance: Chance) -> list[float]:
        """Return one customer's reservation prices R, in money, by considered offer."""
        scale = self.scale if isinstance(self.scale, float) else self.scale.draw(chance, SCALE_PLACE)
        worths = [coefficient.draw(chance, place) for place, coefficient in enumerate(self.coefficients, start=1)]
        log_outside = math.log(chance.exponential(Purpose.TASTE, self.outside_slot))
        draws = chance.exponentials(Purpose.TASTE, self.taste_slots)
        result = []
        for base, row, draw in zip(self.reservation_price, self.attributes, draws, strict=True):
            worth = base
            for each, value in zip(worths, row, strict=True):
                worth += each * value
            result.append(worth + scale * (log_outside - math.log(draw)))
        return result

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the share of customers whose best offer is each one; what is missing to 1 buys nothing.

        Parameters
        ----------
        offered
            Which of the considered offers can be had. Shape (considered offers,).
        prices
            Their prices, in money. Shape (considered offers,).

        Returns
        -------
        Shares
            Shape (considered offers,). Of offers with one taste slot only the one with the greatest worth over its
            price sells to a customer; of equals the first (R8a).
        """
        exponents, top = self._exponents(offered, prices)
        weights = np.exp(exponents - top[:, np.newaxis])
        total = np.exp(-top) + weights.sum(axis=1)
        shares: Shares = (weights / total[:, np.newaxis]).mean(axis=0)
        return shares

    def mean_surplus(self, offered: Sequence[bool], prices: Sequence[float]) -> float:
        """Return what the offers are worth to a customer on average, over buying nothing, in money.

        The mean over customers of s · log(1 + Σ e^{(w − p)/s}). Arguments as those of `shares`.
        """
        exponents, top = self._exponents(offered, prices)
        total = np.exp(-top) + np.exp(exponents - top[:, np.newaxis]).sum(axis=1)
        return float((self._customers[0] * (top + np.log(total))).mean())

    @cached_property
    def _customers(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the spreads of many customers, shape (points,), and their worths, shape (points, offers)."""
        points = spread_points(POINTS, 1 + len(self.coefficients))
        scale = self.scale
        scales = np.full(POINTS, scale) if isinstance(scale, float) else scale.quantiles(points[:, SCALE_PLACE])
        drawn = [each.quantiles(points[:, place]) for place, each in enumerate(self.coefficients, start=1)]
        worths = np.array(self.reservation_price) + np.zeros((POINTS, 1))
        for attribute, values in enumerate(drawn):
            worths += values[:, np.newaxis] * np.array([row[attribute] for row in self.attributes])
        return scales, worths

    def _exponents(
        self, offered: Sequence[bool], prices: Sequence[float]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return (w − p)/s by customer and offer, −inf for what does not sell, and the largest of each or 0."""
        check_lengths(len(self.reservation_price), offered, prices)
        scales, worths = self._customers
        surplus = np.where(np.array(offered, dtype=bool), worths - np.array(prices, dtype=np.float64), -np.inf)
        for slot in set(self.taste_slots):
            sharing = [position for position, other in enumerate(self.taste_slots) if other == slot]
            if len(sharing) > 1:
                group = surplus[:, sharing]
                first = group.argmax(axis=1)[:, np.newaxis]
                surplus[:, sharing] = np.where(np.arange(len(sharing)) == first, group, -np.inf)
        exponents = surplus / scales[:, np.newaxis]
        top = np.maximum(exponents.max(axis=1), 0.0)
        return exponents, top
