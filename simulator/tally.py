"""Many ledgers, one after the other in the order of replications, become the sums that estimates need."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from ..models.problem import Floats, Problem
from .figures import offer_counts, product_counts, segment_counts
from .ledger import Ledger

Key = tuple[int, ...]


@dataclass
class Sums:
    """Sums and sums of squares over replications of a sparse count."""

    total: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    squares: dict[Key, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, counts: dict[Key, int]) -> None:
        """Add the counts of one replication."""
        for key, count in counts.items():
            self.total[key] += count
            self.squares[key] += count * count


class Tally:
    """What is kept of the replications: counts one by one where rates need them, sums where means do.

    The timeline and the matrix are kept as sums, so that memory does not grow with replications times periods times offers.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.offers: list[Floats] = []
        self.products: list[Floats] = []
        self.segments: list[Floats] = []
        self.matrix = Sums()
        """By (origin, cause, outcome, destination)."""
        self.willing = Sums()
        """By (origin, kind, preferred alternative)."""
        self.timeline_products = np.zeros(0)
        self.timeline_products_squares = np.zeros(0)
        self.timeline_offers = np.zeros(0)
        self.timeline_offers_squares = np.zeros(0)

    @property
    def n(self) -> int:
        """Number of replications so far."""
        return len(self.offers)

    def add(self, ledger: Ledger) -> None:
        """Add the next replication.

        Raises
        ------
        ValueError
            If it is not the next one: sums of money depend on their order in the last digit, and results must not (R15).
        """
        if ledger.replication != self.n:
            raise ValueError(f"replication {self.n} comes next (got {ledger.replication})")
        self.offers.append(offer_counts(self._problem, ledger))
        self.products.append(product_counts(self._problem, ledger))
        self.segments.append(segment_counts(ledger))
        self.matrix.add(_by_key(ledger.flows[:, 1:]))
        self.willing.add(_by_key(ledger.willing[:, 1:]))
        if self.n == 1:
            self.timeline_products = np.zeros_like(ledger.timeline_products)
            self.timeline_products_squares = np.zeros_like(ledger.timeline_products)
            self.timeline_offers = np.zeros_like(ledger.timeline_offers)
            self.timeline_offers_squares = np.zeros_like(ledger.timeline_offers)
        self.timeline_products += ledger.timeline_products
        self.timeline_products_squares += ledger.timeline_products**2
        self.timeline_offers += ledger.timeline_offers
        self.timeline_offers_squares += ledger.timeline_offers**2

    def without_variance(self) -> bool:
        """Return whether all replications agree in every count, which random arrivals make all but impossible."""
        if self.n < 2:
            return False
        return all(
            np.array_equal(counts[0], other, equal_nan=True)
            for counts in (self.offers, self.products, self.segments)
            for other in counts[1:]
        )


def _by_key(rows: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> dict[Key, int]:
    """Return rows of keys with a count at the end as a mapping, summed over what the key leaves out."""
    counts: dict[Key, int] = defaultdict(int)
    for *key, count in rows.tolist():
        counts[tuple(key)] += count
    return counts
