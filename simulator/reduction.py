"""One replication's ledger, reduced to what every figure is made of: small enough to be sent, and to be kept."""

from collections import defaultdict
from dataclasses import dataclass

from ..models.problem import Floats, Integers, Problem
from .figures import offer_counts, product_counts, segment_counts
from .ledger import Ledger

Key = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """What one replication adds to a `Tally`: all figures but the timeline come from it.

    Attributes
    ----------
    replication : int
        Its number.
    offers : array (offers, len(OFFER_COUNTS))
        Counts of every offer.
    products : array (products, len(PRODUCT_COUNTS))
        Counts of every product.
    segments : array (segments, len(SEGMENT_COUNTS))
        Counts of every segment's cohort.
    matrix : dict
        Customers by (origin, cause, outcome, destination).
    willing : dict
        Customers turned away and willing, by (origin, kind, preferred alternative).
    """

    replication: int
    offers: Floats
    products: Floats
    segments: Floats
    matrix: dict[Key, int]
    willing: dict[Key, int]


def reduced(problem: Problem, ledger: Ledger) -> Contribution:
    """Return what a replication contributes.

    Parameters
    ----------
    problem : Problem
        What was simulated.
    ledger : Ledger
        What the replication left.
    """
    return Contribution(
        ledger.replication,
        offer_counts(problem, ledger),
        product_counts(problem, ledger),
        segment_counts(ledger),
        _by_key(ledger.flows[:, 1:]),
        _by_key(ledger.willing[:, 1:]),
    )


def _by_key(rows: Integers) -> dict[Key, int]:
    """Return rows of keys with a count at the end as a mapping, summed over what the key leaves out."""
    counts: dict[Key, int] = defaultdict(int)
    for *key, count in rows.tolist():
        counts[tuple(key)] += count
    return dict(counts)
