"""Many replications, one after the other in their order, become the sums that estimates need."""

from collections import defaultdict

import numpy as np

from ..models.problem import Floats, Problem
from .ledger import KIND_OF_OUTCOME, TURNED_AWAY, Ledger, Outcome
from .reduction import Contribution, Key, reduced


class Tally:
    """What is kept of the replications: counts one by one where rates need them, sums where means do.

    The timeline is kept as sums, so that memory does not grow with replications times periods times offers. It is there
    only where whole ledgers were added.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.offers: list[Floats] = []
        self.products: list[Floats] = []
        self.segments: list[Floats] = []
        self.matrix: list[dict[Key, int]] = []
        """By replication: customers by (origin, cause, outcome, destination)."""
        self.willing: list[dict[Key, int]] = []
        """By replication: customers turned away and willing, by (origin, kind, preferred alternative)."""
        self.moved: list[dict[Key, int]] = []
        """By replication: customers turned away who moved, by (origin, kind, destination)."""
        self.timeline_products = np.zeros(0)
        self.timeline_products_squares = np.zeros(0)
        self.timeline_offers = np.zeros(0)
        self.timeline_offers_squares = np.zeros(0)

    @property
    def n(self) -> int:
        """Number of replications so far."""
        return len(self.offers)

    @property
    def has_timeline(self) -> bool:
        """Whether whole ledgers were added."""
        return self.timeline_offers.ndim > 1

    def add(self, ledger: Ledger) -> None:
        """Add the next replication.

        Raises
        ------
        ValueError
            If it is not the next one: sums of money depend on their order in the last digit, and results must not
            (R15). Or if contributions were added before, which have no timeline.
        """
        if self.n > 0 and not self.has_timeline:
            raise ValueError("a ledger cannot follow contributions: the timeline would be that of some replications")
        self._add(reduced(self._problem, ledger))
        if not self.has_timeline:
            self.timeline_products = np.zeros_like(ledger.timeline_products)
            self.timeline_products_squares = np.zeros_like(ledger.timeline_products)
            self.timeline_offers = np.zeros_like(ledger.timeline_offers)
            self.timeline_offers_squares = np.zeros_like(ledger.timeline_offers)
        self.timeline_products += ledger.timeline_products
        self.timeline_products_squares += ledger.timeline_products**2
        self.timeline_offers += ledger.timeline_offers
        self.timeline_offers_squares += ledger.timeline_offers**2

    def copy(self) -> "Tally":
        """Return a tally of the same replications, which stays as it is when more are added to this one."""
        other = Tally(self._problem)
        other.offers, other.products, other.segments = [*self.offers], [*self.products], [*self.segments]
        other.matrix, other.willing, other.moved = [*self.matrix], [*self.willing], [*self.moved]
        other.timeline_products = self.timeline_products.copy()
        other.timeline_products_squares = self.timeline_products_squares.copy()
        other.timeline_offers = self.timeline_offers.copy()
        other.timeline_offers_squares = self.timeline_offers_squares.copy()
        return other

    def add_contribution(self, contribution: Contribution) -> None:
        """Add the next replication by what it contributes to every figure; its timeline is not there.

        Raises
        ------
        ValueError
            If it is not the next one (R15), or if whole ledgers were added before.
        """
        if self.has_timeline:
            raise ValueError("a contribution cannot follow ledgers: the timeline would be that of some replications")
        self._add(contribution)

    def _add(self, contribution: Contribution) -> None:
        if contribution.replication != self.n:
            raise ValueError(f"replication {self.n} comes next (got {contribution.replication})")
        self.offers.append(contribution.offers)
        self.products.append(contribution.products)
        self.segments.append(contribution.segments)
        self.matrix.append(contribution.matrix)
        self.willing.append(contribution.willing)
        self.moved.append(_moves(contribution.matrix))

    def without_variance(self) -> bool:
        """Return whether all replications agree in every count, which random arrivals make all but impossible."""
        if self.n < 2:
            return False
        return all(
            np.array_equal(counts[0], other, equal_nan=True)
            for counts in (self.offers, self.products, self.segments)
            for other in counts[1:]
        )


def _moves(matrix: dict[Key, int]) -> dict[Key, int]:
    """Return the moves of customers who were turned away, by (origin, kind, destination)."""
    moved: dict[Key, int] = defaultdict(int)
    for (origin, cause, outcome, destination), count in matrix.items():
        kind = KIND_OF_OUTCOME.get(Outcome(outcome))
        if kind is not None and cause in TURNED_AWAY:
            moved[origin, int(kind), destination] += count
    return moved
