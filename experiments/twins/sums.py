"""Counts by key, replication by replication, kept where they are not 0: rows of many keys are few in each one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...models.problem import Floats, Integers
from ...simulator.estimates import Estimate, estimate_from_sums


@dataclass(frozen=True)
class Sums:
    """Counts by key and replication."""

    keys: Integers
    """The different keys, sorted; shape (keys, columns)."""
    n: int
    """Number of replications."""
    starts: Integers
    """Where the counts of each key begin, and at last their end; shape (keys + 1,)."""
    replication: Integers
    counts: Integers

    def of(self, place: int) -> Floats:
        """Return the counts of a key, one a replication; shape (replications,)."""
        part = slice(self.starts[place], self.starts[place + 1])
        values = np.zeros(self.n)
        values[self.replication[part]] = self.counts[part]
        return values

    def estimates(self) -> Iterator[tuple[tuple[int, ...], Estimate]]:
        """Yield every key with the mean of its counts."""
        if not len(self.keys):
            return
        totals = np.add.reduceat(self.counts, self.starts[:-1])
        squares = np.add.reduceat(self.counts**2, self.starts[:-1])
        for key, total, square in zip(self.keys.tolist(), totals.tolist(), squares.tolist(), strict=True):
            yield tuple(key), estimate_from_sums(total, square, self.n)


def sums_by(keys: Integers, replication: Integers, counts: Integers, n: int) -> Sums:
    """Return counts by key.

    Parameters
    ----------
    keys : array (rows, columns)
        The key of each row.
    replication, counts : arrays (rows,)
        Its replication and its count; rows of one key and replication are added up.
    n : int
        Number of replications.
    """
    columns = np.column_stack([keys, replication])
    order = np.lexsort(columns.T[::-1])
    columns, counts = columns[order], counts[order]
    if not len(columns):
        return Sums(keys, n, np.zeros(1, dtype=np.int64), replication, counts)
    changes = (np.diff(columns, axis=0) != 0).any(axis=1)
    first = np.flatnonzero(np.concatenate([[True], changes]))
    columns, counts = columns[first], np.add.reduceat(counts, first)
    new_key = (np.diff(columns[:, :-1], axis=0) != 0).any(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], new_key]))
    return Sums(columns[starts, :-1], n, np.append(starts, len(columns)), columns[:, -1], counts)
