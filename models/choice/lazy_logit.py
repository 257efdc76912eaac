"""Multinomial logit whose race is run only as far as somebody needs it: weights instead of reservation prices.

In the logit of R6 an offer's surplus is s log(T_0 / T_j) with

    T_j = E_j / w_j,     w_j = e^{(r_j − p_j)/s},     w_0 = 1 for buying nothing,     E standard exponential:

a race in which alternative j arrives after an exponential time of rate w_j and the first arrival is liked best
(Yellott 1977, Journal of Mathematical Psychology 15, 109–144: the logit as independent exponential times). Such times
have no memory, so that the winner can be drawn without the others; the engine's lazy race needs the weights alone.
"""

import math
from collections.abc import Sequence

from .logit import Logit
from .protocols import Shares

LARGEST_EXPONENT = 600.0
"""The most by which an offer may be worth more than its price, in scales: e^600 leaves room for sums and quotients."""


class LazyLogit:
    """Multinomial logit over offers that each have a taste noise of their own: a `RaceChoice`.

    Parameters
    ----------
    reservation_price
        What each considered offer is worth to a customer of middling taste (r), in money; −inf for what nobody wants.
    scale
        Spread of tastes (s), in money, above 0.

    Raises
    ------
    ValueError
        When the scale is not above 0, or a reservation price is no number or +inf.
    """

    def __init__(self, reservation_price: Sequence[float], scale: float) -> None:
        self._logit = Logit(reservation_price, scale, taste_slots=range(1, len(reservation_price) + 1))
        self.reservation_price = self._logit.reservation_price
        """What each considered offer is worth to a customer of middling taste, in money."""
        self.scale = self._logit.scale
        """Spread of tastes, in money."""

    def weights(self, prices: Sequence[float]) -> list[float]:
        """Return w = e^{(r − p)/s} by considered offer; buying nothing has weight 1.

        Parameters
        ----------
        prices
            Prices of all considered offers, in money. Shape (considered offers,).

        Raises
        ------
        ValueError
            When the prices are too few or too many, or an offer is worth more than 600 scales above its price.
        """
        weights = []
        for position, (worth, price) in enumerate(zip(self.reservation_price, prices, strict=True)):
            exponent = (worth - price) / self.scale
            if exponent > LARGEST_EXPONENT:
                raise ValueError(
                    f"reservation_price: considered offer {position} is worth {exponent:.4g} scales more than its "
                    f"price; the lazy race has room for {LARGEST_EXPONENT:g}"
                )
            weights.append(math.exp(exponent))
        return weights

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
            Shape (considered offers,).
        """
        return self._logit.shares(offered, prices)

    def mean_surplus(self, offered: Sequence[bool], prices: Sequence[float]) -> float:
        """Return what the offers are worth to a customer on average, over buying nothing, in money; see `Logit`."""
        return self._logit.mean_surplus(offered, prices)
