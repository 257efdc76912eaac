"""What the true model expects: demand as first choice, with everything in stock, at the prices of the schedule.

Over (a, b] the expected demand of offer j is

    Σ_segments ∫_(a,b] λ(t) · share_j(offers open at t, prices at t) dt,

a finite sum, since shares change only where a window opens or closes or a price changes. It supposes customers who come
once and do not wait for a later price; a segment with a home compares other offers at their price plus what moving
costs, as its customers do (R7).
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..pricing.scheduled import PriceSchedule, is_open
from .protocols import ExpectedArrivals

Array = npt.NDArray[np.float64]


MOST_REMEMBERED = 512
"""Intervals whose demand is remembered: what all products that are reviewed at one time ask about, mostly."""


class ExpectedShares(Protocol):
    """The question about shares that every choice model answers."""

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Array:
        """Return the share of customers who want each considered offer most, among those offered at these prices."""
        ...


@dataclass(frozen=True)
class OfferedTerms:
    """What a forecast must know of one offer."""

    prices: PriceSchedule
    """Its price over time, in money per sale."""
    uses: tuple[tuple[int, int], ...]
    """Products that a sale takes from, as (position of the product, units)."""
    windows: tuple[tuple[float, float], ...] = ((0.0, math.inf),)
    """When it is open, as [opens, closes) in time units, in order and apart."""


@dataclass(frozen=True)
class SegmentWishes:
    """What a forecast must know of one segment."""

    arrivals: ExpectedArrivals
    """When its customers come."""
    choice: ExpectedShares
    """What they want."""
    considers: tuple[int, ...]
    """Positions of the offers that they consider, in the order in which `choice` counts them."""
    surcharges: tuple[float, ...] | None = None
    """By considered offer, the transfer cost that it bears from the start because the customer's home is another one
    (R7), in money; None for a segment without a home."""


class FirstChoiceDemand:
    """Expected first-choice demand of offers and products over any interval.

    Parameters
    ----------
    segments
        Who comes and what they want.
    offers
        The offers, by position.

    Raises
    ------
    ValueError
        When a segment considers an offer that does not exist, or its surcharges do not fit.
    """

    def __init__(self, segments: Sequence[SegmentWishes], offers: Sequence[OfferedTerms]) -> None:
        for segment in segments:
            if any(not 0 <= offer < len(offers) for offer in segment.considers):
                raise ValueError(f"considers: there are {len(offers)} offers (got positions {segment.considers})")
            if segment.surcharges is not None and len(segment.surcharges) != len(segment.considers):
                raise ValueError(
                    f"surcharges: needs one for each considered offer (got {len(segment.surcharges)} for "
                    f"{len(segment.considers)})"
                )
        self._segments = tuple(segments)
        self._offers = tuple(offers)
        moments = {edge for offer in offers for window in offer.windows for edge in window}
        moments |= {time for offer in offers for time in offer.prices.times}
        self._moments = tuple(sorted(moment for moment in moments if math.isfinite(moment)))
        # A customer at the very moment of a change meets the new terms (R2), but (a, b] counts those at b: so pieces
        # end at the last double before the change.
        self._cuts = tuple(math.nextafter(moment, -math.inf) for moment in self._moments)
        self._shares = self._tabulate()
        self._uses_of: dict[int, list[tuple[int, int]]] = {}
        for position, offer in enumerate(offers):
            for product, units in offer.uses:
                self._uses_of.setdefault(product, []).append((position, units))
        self._known: dict[tuple[float, float], Array] = {}

    def _tabulate(self) -> tuple[Array, ...]:
        """Return, by segment, the share of its customers who want each offer first, of shape (pieces, offers)."""
        samples = (-math.inf, *self._moments)
        known: dict[tuple[int, tuple[bool, ...], tuple[float, ...]], Array] = {}
        tables = []
        for number, segment in enumerate(self._segments):
            table = np.zeros((len(samples), len(self._offers)))
            surcharges = segment.surcharges if segment.surcharges is not None else (0.0,) * len(segment.considers)
            for piece, moment in enumerate(samples):
                considered = [self._offers[offer] for offer in segment.considers]
                offered = tuple(is_open(offer.windows, moment) for offer in considered)
                prices = tuple(
                    offer.prices.price(moment) + extra for offer, extra in zip(considered, surcharges, strict=True)
                )
                # Months of price changes often go back and forth between few constellations.
                question = (number, offered, prices)
                if question not in known:
                    known[question] = segment.choice.shares(offered, prices)
                table[piece, list(segment.considers)] = known[question]
            tables.append(table)
        return tuple(tables)

    def by_offer(self, a: float, b: float) -> Array:
        """Return the expected number of customers in (a, b] who want each offer first. Shape (offers,)."""
        demand = np.zeros(len(self._offers))
        if b <= a:
            return demand
        first, last = bisect_right(self._cuts, a), bisect_right(self._cuts, b)
        # A cut at b itself ends the last piece there and opens none.
        edges = [a, *(cut for cut in self._cuts[first:last] if cut < b), b]
        for segment, shares in zip(self._segments, self._shares, strict=True):
            for step, (begin, end) in enumerate(pairwise(edges)):
                demand += segment.arrivals.expected(begin, end) * shares[first + step]
        return demand

    def mean(self, product: int, a: float, b: float) -> float:
        """Return the expected demand for a product in (a, b], in units, as first choice.

        Parameters
        ----------
        product
            Position of the product, as the offers' `uses` count it.
        a, b
            The interval (a, b], in time units from the start.
        """
        demand = self._known.get((a, b))
        if demand is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            demand = self._known[a, b] = self.by_offer(a, b)
        return math.fsum(float(demand[position]) * units for position, units in self._uses_of.get(product, ()))
