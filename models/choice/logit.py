"""Multinomial logit with a linear price, as a vector of reservation prices (R6).

A customer's reservation price of offer j is

    R_j = r_j + s (G_j − G_0),     G = −log E standard Gumbel, E standard exponential,

so that R_j − p_j is the surplus over buying nothing, which is worth exactly 0. The share of offer j among the offered
set S at prices p is then the multinomial logit's (McFadden 1974, eq. 12)

    P_j(S, p) = e^{(r_j − p_j)/s} / (1 + Σ_{k∈S} e^{(r_k − p_k)/s}).

Offers with the same taste slot share their noise (R6: taste belongs to the product). Of these only the offer with the
greatest r_j − p_j can win, so the sum runs over slots, each with its best offer.
"""

import math
from collections.abc import Sequence

import numpy as np

from ..chance import Chance, Purpose
from .inputs import check_lengths
from .protocols import Shares


class Logit:
    """Multinomial logit over the offers that a segment considers: a `SurplusChoice`.

    Parameters
    ----------
    reservation_price
        What each considered offer is worth to a customer of middling taste (r), in money; −inf for what nobody wants.
    scale
        Spread of tastes (s), in money, above 0; the price coefficient of a fitted logit is −1/s.
    outside_slot
        Slot of the taste draw for buying nothing.
    taste_slots
        Slot of the taste draw of each considered offer; offers with equal slots share their noise.

    Raises
    ------
    ValueError
        When lengths differ, the scale is not above 0, a reservation price is no number or +inf, or an offer has the
        slot of buying nothing.
    """

    def __init__(
        self,
        reservation_price: Sequence[float],
        scale: float,
        outside_slot: int = 0,
        *,
        taste_slots: Sequence[int],
    ) -> None:
        if not (math.isfinite(scale) and scale > 0):
            raise ValueError(f"scale: must be a number above 0 (got {scale})")
        if len(taste_slots) != len(reservation_price):
            raise ValueError(
                f"taste_slots: needs one for each of the {len(reservation_price)} reservation prices "
                f"(got {len(taste_slots)})"
            )
        for worth in reservation_price:
            if math.isnan(worth) or worth == math.inf:
                raise ValueError(f"reservation_price: must be a number or −inf (got {worth})")
        if outside_slot in taste_slots:
            raise ValueError(f"taste_slots: {outside_slot} is the slot of buying nothing")
        self.reservation_price = tuple(float(worth) for worth in reservation_price)
        """What each considered offer is worth to a customer of middling taste, in money."""
        self.scale = float(scale)
        """Spread of tastes, in money."""
        self.outside_slot = outside_slot
        """Slot of the taste draw for buying nothing."""
        self.taste_slots = tuple(taste_slots)
        """Slot of the taste draw of each considered offer."""

    def reservation_prices(self, chance: Chance) -> list[float]:
        """Return one customer's reservation prices R, in money, by considered offer.

        Scalars and `math.log` only: NumPy's vectorised logarithm differs in the last bit from the one that compiled
        code uses, and both engines must agree to the bit (R15).
        """
        scale = self.scale
        log_outside = math.log(chance.exponential(Purpose.TASTE, self.outside_slot))
        draws = chance.exponentials(Purpose.TASTE, self.taste_slots)
        return [
            worth + scale * (log_outside - math.log(draw))
            for worth, draw in zip(self.reservation_price, draws, strict=True)
        ]

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
            Shape (considered offers,). Of offers with one taste slot only the one with the greatest r − p sells; of
            equals the first (R8a).
        """
        _, weights, total = self._weights(offered, prices)
        shares = np.zeros(len(self.reservation_price))
        for position, weight in weights.items():
            shares[position] = weight / total
        return shares

    def mean_surplus(self, offered: Sequence[bool], prices: Sequence[float]) -> float:
        """Return what the offers are worth to a customer on average, over buying nothing, in money.

        The log sum s · log(1 + Σ e^{(r − p)/s}) (Small & Rosen 1981). Arguments as those of `shares`.
        """
        top, _, total = self._weights(offered, prices)
        return top + self.scale * math.log(total)

    def _weights(self, offered: Sequence[bool], prices: Sequence[float]) -> tuple[float, dict[int, float], float]:
        """Return the best worth over its price, at least 0, and e^{(r − p − best)/s} by position and in all."""
        check_lengths(len(self.reservation_price), offered, prices)
        best: dict[int, int] = {}
        surplus = [worth - price for worth, price in zip(self.reservation_price, prices, strict=True)]
        for position, slot in enumerate(self.taste_slots):
            if offered[position] and (slot not in best or surplus[position] > surplus[best[slot]]):
                best[slot] = position
        # Measured from the best alternative, buying nothing included, no exponent is above 0 and none overflows.
        top = max((surplus[position] for position in best.values()), default=0.0)
        top = max(top, 0.0)
        weights = {position: math.exp((surplus[position] - top) / self.scale) for position in best.values()}
        return top, weights, math.exp(-top / self.scale) + sum(weights.values())
