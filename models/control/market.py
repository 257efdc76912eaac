"""What a firm assumes about its customers when it plans: the true model, seen from its own shelves.

It knows when customers may be expected and what they prefer; it does not know who will come. Rivals' prices are those
that are public when it looks, and are thought to stay. Nobody is thought to wait for a lower price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np

from ..choice.protocols import MoneyChoice
from ..demand.forecast import SegmentWishes
from ..pricing.scheduled import is_open
from ..problem import Floats

Windows = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class OfferView:
    """What is public of one offer."""

    name: str
    firm: int
    windows: Windows = ((0.0, inf),)
    """When it is open, as [opens, closes) in time units."""


class Market:
    """Expected customers and what they buy at a firm's prices.

    Parameters
    ----------
    segments
        Who comes and what they want.
    offers
        All offers, by position.
    firm
        Whose view it is.
    transfer_cost
        By segment, what it costs to take another offer of the same firm, in money. Surcharges of a segment with a home
        are not counted again: for a home offer they are all that a move costs, so that this is 0.
    """

    def __init__(
        self,
        segments: Sequence[SegmentWishes],
        offers: Sequence[OfferView],
        firm: int,
        transfer_cost: Sequence[float] | None = None,
    ) -> None:
        self._segments = tuple(segments)
        self._offers = tuple(offers)
        self._transfer_cost = tuple(transfer_cost) if transfer_cost is not None else (0.0,) * len(segments)
        self.own = tuple(position for position, offer in enumerate(offers) if offer.firm == firm)
        """Positions of the firm's offers, in the order of declaration."""
        self.own_names = tuple(offers[position].name for position in self.own)
        self._place = {offer: place for place, offer in enumerate(self.own)}
        self._known: dict[tuple[int, tuple[bool, ...], tuple[float, ...]], Floats] = {}

    def customers(self, edges: Sequence[float]) -> Floats:
        """Return expected customers between successive times, in time units; shape (edges − 1, segments)."""
        return np.array(
            [[segment.arrivals.expected(begin, end) for segment in self._segments] for begin, end in pairwise(edges)]
        ).reshape(len(edges) - 1, len(self._segments))

    def open_at(self, moment: float) -> tuple[bool, ...]:
        """Return which of all offers are in their window."""
        return tuple(is_open(offer.windows, moment) for offer in self._offers)

    def moments(self, begin: float, end: float) -> list[float]:
        """Return when a window opens or closes between two times, in time units."""
        edges = {edge for offer in self._offers for window in offer.windows for edge in window}
        return sorted(edge for edge in edges if begin < edge < end)

    def shares(self, open_offers: Sequence[bool], rivals: Mapping[str, float], own_prices: Sequence[float]) -> Floats:
        """Return which share of each segment wants each of the firm's offers most, of what is for sale.

        Parameters
        ----------
        open_offers
            Which of all offers are in their window.
        rivals
            Public prices by name of the offer, in money; an offer of a rival without one is not for sale.
        own_prices
            Prices of the firm's offers, in money; inf for one that is closed.

        Returns
        -------
        array
            Shape (segments, own offers).
        """
        prices = self._prices(rivals, own_prices)
        result = np.zeros((len(self._segments), len(self.own)))
        for row, segment in enumerate(self._segments):
            considered = segment.considers
            asked = tuple(prices[offer] for offer in considered)
            offered = tuple(open_offers[offer] and prices[offer] < inf for offer in considered)
            question = (row, offered, asked)
            if question not in self._known:
                self._known[question] = self._ask(segment, offered, asked)
            for offer, share in zip(considered, self._known[question].tolist(), strict=True):
                if offer in self._place:
                    result[row, self._place[offer]] += share
        return result

    def surplus(self, open_offers: Sequence[bool], rivals: Mapping[str, float], own_prices: Sequence[float]) -> Floats:
        """Return what a customer of each segment gains on average over buying nothing, in money; shape (segments,).

        Arguments as those of `shares`.

        Raises
        ------
        ValueError
            When a segment's choice does not speak of money.
        """
        prices = self._prices(rivals, own_prices)
        result = np.zeros(len(self._segments))
        for row, segment in enumerate(self._segments):
            if not isinstance(segment.choice, MoneyChoice):
                raise ValueError("welfare: there are customers whose choice does not say what they gain in money")
            offered = [open_offers[offer] and prices[offer] < inf for offer in segment.considers]
            extra = segment.surcharges if segment.surcharges is not None else (0.0,) * len(offered)
            felt = [
                prices[offer] + more if prices[offer] < inf else 0.0
                for offer, more in zip(segment.considers, extra, strict=True)
            ]
            result[row] = segment.choice.mean_surplus(offered, felt)
        return result

    def _prices(self, rivals: Mapping[str, float], own_prices: Sequence[float]) -> list[float]:
        """Return the price of each offer, inf for one that is not for sale."""
        return [
            own_prices[self._place[position]] if position in self._place else rivals.get(offer.name, inf)
            for position, offer in enumerate(self._offers)
        ]

    def substitution(
        self,
        customers: Sequence[float],
        open_offers: Sequence[bool],
        rivals: Mapping[str, float],
        own_prices: Sequence[float],
    ) -> Floats:
        """Return which share of those whose favourite is missing would take each other offer of the firm.

        A customer of favourite i takes j if j is best of what is there, at prices that bear the transfer cost τ. Of the
        customers to whom j is best then, those whose favourite is i are told by asking again with i there at p_i + τ.
        That is exact where a move to a rival costs what a move within the firm does, and close where it costs more.

        Parameters
        ----------
        customers
            Expected customers by segment.
        open_offers, rivals, own_prices
            See `shares`.

        Returns
        -------
        array
            Shares from favourite to alternative, shape (own offers, own offers), with zeros on the diagonal.
        """
        size = len(self.own)
        arrivals = np.asarray(customers, dtype=np.float64)
        wanted = arrivals @ self.shares(open_offers, rivals, own_prices)
        moved = np.zeros((size, size))
        for segment, cost in enumerate(self._transfer_cost):
            # Who has a home bears the cost of a move to a rival from the start (R7).
            beyond = cost if self._segments[segment].surcharges is None else 0.0
            dearer = {name: price + beyond for name, price in rivals.items()}
            all_dearer = [price + cost for price in own_prices]
            there = self.shares(open_offers, dearer, all_dearer)[segment]
            for missing in range(size):
                without = [inf if offer == missing else price for offer, price in enumerate(all_dearer)]
                gained = self.shares(open_offers, dearer, without)[segment] - there
                gained[missing] = 0.0
                moved[missing] += arrivals[segment] * np.maximum(gained, 0.0)
        return np.divide(moved, wanted[:, np.newaxis], out=np.zeros_like(moved), where=wanted[:, np.newaxis] > 0)

    @staticmethod
    def _ask(segment: SegmentWishes, offered: Sequence[bool], prices: Sequence[float]) -> Floats:
        """Ask a segment's choice model; what is not for sale needs a number in place of a price."""
        extra = segment.surcharges if segment.surcharges is not None else (0.0,) * len(prices)
        felt = [price + more if price < inf else 0.0 for price, more in zip(prices, extra, strict=True)]
        return segment.choice.shares(offered, felt)
