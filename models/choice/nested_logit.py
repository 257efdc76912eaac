"""Nested logit: offers of one nest are closer substitutes for each other than for anything else (R6).

A customer's reservation price of offer j in nest m is

    R_j = r_j + s λ_m (log S_m − log E_j) + s log E_0,

with E standard exponential and S_m positive stable with index λ_m in (0, 1], common to the nest. Since
E[e^{−tS}] = e^{−t^λ}, (E/S)^λ is standard exponential: each offer alone has the logit's noise, and within a nest the
noises are correlated, 1 − λ² of the variance being common. These are the draws that McFadden's (1978) generalised
extreme values ask for, exact and without rejection. With V_j = (r_j − p_j)/s the shares are (McFadden 1978, eq. 12)

    P_j = e^{V_j/λ} I_m^{λ−1} / (1 + Σ_n I_n^{λ_n}),        I_m = Σ_{k∈m} e^{V_k/λ_m}.

λ is the nest's *dissimilarity*: at 1 it is the plain logit, towards 0 its offers differ in what they are worth and cost
only. S is drawn by Kanter's (1975) formula, with U uniform on (0, π) and W standard exponential:

    log S = log sin λU − (log sin U)/λ + (1 − λ)/λ · (log sin (1 − λ)U − log W).
"""

import math
from collections.abc import Sequence

import numpy as np

from ..chance import Chance, Purpose
from .inputs import check_lengths
from .protocols import Shares


def log_positive_stable(index: float, uniform: float, exponential: float) -> float:
    """Return the logarithm of a positive stable variable, E[e^{−tS}] = e^{−t^λ} (Kanter 1975).

    Parameters
    ----------
    index
        λ, in (0, 1]; at 1 the variable is 1.
    uniform
        Uniform on (0, 1).
    exponential
        Standard exponential, independent of it.
    """
    if index == 1.0:
        return 0.0
    angle = math.pi * uniform
    first = math.log(math.sin(index * angle)) - math.log(math.sin(angle)) / index
    return first + (1.0 - index) / index * (math.log(math.sin((1.0 - index) * angle)) - math.log(exponential))


class NestedLogit:
    """Nested logit over the offers that a segment considers: a `SurplusChoice`.

    Parameters
    ----------
    reservation_price
        What each considered offer is worth to a customer of middling taste (r), in money; −inf for what nobody wants.
    scale
        Spread of tastes (s), in money, above 0.
    nest
        By considered offer, the number of its nest.
    dissimilarity
        By nest, λ in (0, 1].
    outside_slot
        Slot of the taste draw for buying nothing.
    taste_slots
        Slot of the taste draw of each considered offer; offers with equal slots share their noise and their nest.

    Raises
    ------
    ValueError
        When lengths differ, the scale is not above 0, a dissimilarity is outside (0, 1], a reservation price is no
        number or +inf, an offer has the slot of buying nothing, or offers with one taste are in different nests.
    """

    def __init__(
        self,
        reservation_price: Sequence[float],
        scale: float,
        nest: Sequence[int],
        dissimilarity: Sequence[float],
        outside_slot: int = 0,
        *,
        taste_slots: Sequence[int],
    ) -> None:
        if not (math.isfinite(scale) and scale > 0):
            raise ValueError(f"scale: must be a number above 0 (got {scale})")
        considered = len(reservation_price)
        for name, values in (("taste_slots", taste_slots), ("nest", nest)):
            if len(values) != considered:
                raise ValueError(
                    f"{name}: needs one for each of the {considered} reservation prices (got {len(values)})"
                )
        for worth in reservation_price:
            if math.isnan(worth) or worth == math.inf:
                raise ValueError(f"reservation_price: must be a number or −inf (got {worth})")
        for value in dissimilarity:
            if not 0 < value <= 1:
                raise ValueError(f"dissimilarity: must be above 0 and at most 1 (got {value})")
        if any(number not in range(len(dissimilarity)) for number in nest):
            raise ValueError(f"nest: there are nests 0 to {len(dissimilarity) - 1} (got {list(nest)})")
        if outside_slot in taste_slots:
            raise ValueError(f"taste_slots: {outside_slot} is the slot of buying nothing")
        if len(set(zip(taste_slots, nest, strict=True))) != len(set(taste_slots)):
            raise ValueError("nest: offers that share their taste must share their nest")
        self.reservation_price = tuple(float(worth) for worth in reservation_price)
        """What each considered offer is worth to a customer of middling taste, in money."""
        self.scale = float(scale)
        """Spread of tastes, in money."""
        self.nest = tuple(nest)
        """By considered offer, the number of its nest."""
        self.dissimilarity = tuple(float(value) for value in dissimilarity)
        """By nest, λ."""
        self.outside_slot = outside_slot
        """Slot of the taste draw for buying nothing."""
        self.taste_slots = tuple(taste_slots)
        """Slot of the taste draw of each considered offer."""

    def reservation_prices(self, chance: Chance) -> list[float]:
        """Return one customer's reservation prices R, in money, by considered offer."""
        scale = self.scale
        log_outside = math.log(chance.exponential(Purpose.TASTE, self.outside_slot))
        common = [
            log_positive_stable(
                index, chance.uniform(Purpose.NEST, 2 * nest), chance.exponential(Purpose.NEST, 2 * nest + 1)
            )
            for nest, index in enumerate(self.dissimilarity)
        ]
        draws = chance.exponentials(Purpose.TASTE, self.taste_slots)
        return [
            worth + scale * (self.dissimilarity[nest] * (common[nest] - math.log(draw)) + log_outside)
            for worth, nest, draw in zip(self.reservation_price, self.nest, draws, strict=True)
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
        within, top, nests = self._sums(offered, prices)
        largest = max([0.0, *(value for value in nests if value > -math.inf)])
        total = math.exp(-largest) + sum(math.exp(value - largest) for value in nests)
        shares = np.zeros(len(self.reservation_price))
        for position, value in within.items():
            nest = self.nest[position]
            shares[position] = math.exp(value - top[nest]) * math.exp(nests[nest] - largest) / total
        return shares

    def mean_surplus(self, offered: Sequence[bool], prices: Sequence[float]) -> float:
        """Return what the offers are worth to a customer on average, over buying nothing, in money.

        s · log(1 + Σ_m I_m^{λ_m}) (McFadden 1978). Arguments as those of `shares`.
        """
        _, _, nests = self._sums(offered, prices)
        largest = max([0.0, *nests])
        return self.scale * (largest + math.log(math.exp(-largest) + sum(math.exp(value - largest) for value in nests)))

    def _sums(
        self, offered: Sequence[bool], prices: Sequence[float]
    ) -> tuple[dict[int, float], list[float], list[float]]:
        """Return V_j/λ of what can sell, log I_m by nest, and λ_m log I_m by nest; −inf for a nest without offers."""
        check_lengths(len(self.reservation_price), offered, prices)
        best: dict[int, int] = {}
        surplus = [worth - price for worth, price in zip(self.reservation_price, prices, strict=True)]
        for position, slot in enumerate(self.taste_slots):
            wanted = offered[position] and surplus[position] > -math.inf
            if wanted and (slot not in best or surplus[position] > surplus[best[slot]]):
                best[slot] = position
        within = {
            position: surplus[position] / (self.scale * self.dissimilarity[self.nest[position]])
            for position in sorted(best.values())
        }
        logs = []
        for nest in range(len(self.dissimilarity)):
            values = [value for position, value in within.items() if self.nest[position] == nest]
            top = max(values, default=-math.inf)
            logs.append(top + math.log(sum(math.exp(value - top) for value in values)) if values else -math.inf)
        nests = [index * value for index, value in zip(self.dissimilarity, logs, strict=True)]
        return within, logs, nests
