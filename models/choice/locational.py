"""Horizontal differentiation: customers have a place on a line or a circle, and distance costs them (R6).

A customer at x values an offer at a with R = r − t · d(x, a): on a line d = |x − a| (Hotelling 1929), on a circle of
length L the shorter way round, min(|x − a|, L − |x − a|) (Salop 1979). An empty shelf sends customers to the
neighbours, not in proportion.
"""

import math
from collections.abc import Sequence

import numpy as np

from ..chance import Chance
from .envelope import Floats, shares_and_surplus
from .inputs import check_lengths
from .protocols import Shares
from .tastes import Taste

PLACE_PLACE = 0
"""Place of the draw of where a customer is."""


def distance(first: float, second: float, length: float | None) -> float:
    """Return how far two places are apart: on a line, or the shorter way on a circle of a length.

    Parameters
    ----------
    first, second
        The places; on a circle within [0, length].
    length
        Of the circle; None for a line.
    """
    apart = abs(first - second)
    return apart if length is None else min(apart, length - apart)


class Locational:
    """Offers at different places: a `SurplusChoice`.

    Parameters
    ----------
    reservation_price
        What each considered offer is worth to a customer who is just there (r), in money.
    location
        Where each considered offer is (a).
    distance_cost
        What a unit of distance takes off (t), in money; at least 0.
    customers
        Where customers are (x).
    length
        Length of the circle; None for a line. On a circle all places lie in [0, length].

    Raises
    ------
    ValueError
        When lengths differ, a number is none or out of its bounds, or a place lies outside the circle.
    """

    def __init__(
        self,
        reservation_price: Sequence[float],
        location: Sequence[float],
        distance_cost: float,
        customers: Taste,
        length: float | None = None,
    ) -> None:
        if len(location) != len(reservation_price):
            raise ValueError(
                f"location: needs one for each of the {len(reservation_price)} reservation prices (got {len(location)})"
            )
        if not all(math.isfinite(value) for value in (*reservation_price, *location)):
            raise ValueError("reservation_price and location must be numbers")
        if not (math.isfinite(distance_cost) and distance_cost >= 0):
            raise ValueError(f"distance_cost: must be a number of at least 0 (got {distance_cost})")
        if length is not None:
            if not (math.isfinite(length) and length > 0):
                raise ValueError(f"length: must be a number above 0 (got {length})")
            ends = customers.below(np.array([0.0, np.nextafter(length, math.inf)])) if customers.atoms is None else None
            places = [value for value, _ in customers.atoms or ()]
            if not all(0 <= place <= length for place in (*location, *places)) or (
                ends is not None and (ends[0] > 0 or ends[1] < 1)
            ):
                raise ValueError(f"length: all places must lie between 0 and the length of the circle (got {length})")
        self.reservation_price = tuple(float(worth) for worth in reservation_price)
        """What each considered offer is worth to a customer who is just there, in money."""
        self.location = tuple(float(place) for place in location)
        """Where each considered offer is."""
        self.distance_cost = float(distance_cost)
        """What a unit of distance takes off, in money."""
        self.customers = customers
        """Where customers are."""
        self.length = None if length is None else float(length)
        """Length of the circle; None for a line."""

    def reservation_prices(self, chance: Chance) -> list[float]:
        """Return one customer's reservation prices, in money, by considered offer."""
        here = self.customers.draw(chance, PLACE_PLACE)
        return [
            worth - self.distance_cost * distance(here, place, self.length)
            for worth, place in zip(self.reservation_price, self.location, strict=True)
        ]

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
        check_lengths(len(self.location), offered, prices)
        worth = np.array(self.reservation_price) - np.array(prices, dtype=np.float64)
        worth = np.where(np.array(offered, dtype=bool), worth, -np.inf)
        cost, length = self.distance_cost, self.length
        at = np.array(self.location)

        def lines(here: float) -> tuple[Floats, Floats]:
            # Near a place each offer lies either ahead or behind; on a circle the way round may be the shorter one.
            ahead = at - here
            if length is not None:
                ahead = (ahead + length / 2) % length - length / 2
            slope = cost * np.sign(ahead)
            return worth - cost * np.abs(ahead) - slope * here, slope

        kinks = set(self.location)
        if length is not None:
            kinks |= {(place + length / 2) % length for place in self.location} | {0.0, length}
        return shares_and_surplus(self.customers, lines, sorted(kinks), len(self.location))
