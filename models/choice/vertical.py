"""Vertical differentiation: everybody agrees which offer is better, and differs in what quality is worth (R6).

A customer's reservation price of an offer of quality q is R = θ q, with θ, in money per unit of quality, drawn for each
customer (Mussa & Rosen 1978; Shaked & Sutton 1982). Nothing else varies: who wants the better one at its price wants it
whatever comes; an empty shelf sends customers to the neighbours in quality, never past them.
"""

import math
from collections.abc import Sequence

import numpy as np

from ..chance import Chance
from .envelope import Floats, shares_and_surplus
from .inputs import check_lengths
from .protocols import Shares
from .tastes import Taste

TASTE_PLACE = 0
"""Place of the draw of θ."""


class Vertical:
    """Offers of different quality: a `SurplusChoice`.

    Parameters
    ----------
    quality
        Quality of each considered offer (q), at least 0.
    taste
        How the worth of quality (θ) varies, in money per unit of quality.

    Raises
    ------
    ValueError
        When a quality is negative or no number.
    """

    def __init__(self, quality: Sequence[float], taste: Taste) -> None:
        for value in quality:
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"quality: must be a number of at least 0 (got {value})")
        self.quality = tuple(float(value) for value in quality)
        """Quality of each considered offer."""
        self.taste = taste
        """How the worth of quality varies."""

    def reservation_prices(self, chance: Chance) -> list[float]:
        """Return one customer's reservation prices, in money, by considered offer."""
        worth = self.taste.draw(chance, TASTE_PLACE)
        return [worth * quality for quality in self.quality]

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the share of customers whose best offer is each one, exactly; what is missing to 1 buys nothing.

        Parameters
        ----------
        offered
            Which of the considered offers can be had. Shape (considered offers,).
        prices
            Their prices, in money. Shape (considered offers,).
        """
        return self._answers(offered, prices)[0]

    def mean_surplus(self, offered: Sequence[bool], prices: Sequence[float]) -> float:
        """Return what the offers are worth to a customer on average, over buying nothing, in money."""
        return self._answers(offered, prices)[1]

    def _answers(self, offered: Sequence[bool], prices: Sequence[float]) -> tuple[Shares, float]:
        check_lengths(len(self.quality), offered, prices)
        intercept = np.where(np.array(offered, dtype=bool), -np.array(prices, dtype=np.float64), -np.inf)
        slope = np.array(self.quality)

        def lines(_: float) -> tuple[Floats, Floats]:
            return intercept, slope

        return shares_and_surplus(self.taste, lines, (), len(self.quality))
