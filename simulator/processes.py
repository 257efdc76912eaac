"""Replications in several processes, whose results come back in their order (R15).

Starting a process takes about as long as a run of some seconds, and a process learns things about a world that are
worth keeping: its inputs for the compiled engine, the order-up-to levels of its policies. So each process unpacks its
work once and goes on with it, chunk after chunk. This module is what a process imports first: nothing here needs the
scenario language.
"""

import functools
import pickle
from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import Any

from .replications import Made, Work

LARGEST_CHUNK = 5
"""Replications that a process makes at once at most, before it hands over what it made: what is handed over is little
beside the work, and at the end one process waits for the other's last portion."""

CHUNKS_EACH = 8
"""Chunks that a process makes, about: the more there are, the less one process waits for the other's last one."""


def made_by_many(work: Work[Made], replications: Sequence[int], jobs: int, failures: list[str]) -> Iterator[Made]:
    """Yield what work makes of replications, in their order, from several processes.

    Parameters
    ----------
    work : Work
        What to do.
    replications : sequence of int
        Their numbers.
    jobs : int
        How many processes.
    failures : list of str
        Is given what policies could not do (`World.take_failures`).
    """
    from joblib import Parallel, delayed
    from joblib.externals.loky.backend.reduction import dumps

    size = min(LARGEST_CHUNK, ceil(len(replications) / (CHUNKS_EACH * jobs)))
    chunks = [replications[first : first + size] for first in range(0, len(replications), size)]
    # Packed once and not for each chunk; like joblib's own packing it takes policies made by hand on the spot.
    packed = bytes(dumps(work))
    tasks = (delayed(_make_chunk)(packed, chunk) for chunk in chunks)
    for chunk, told in Parallel(n_jobs=jobs, batch_size=1, return_as="generator")(tasks):
        failures.extend(told)
        yield from chunk


def _make_chunk(packed: bytes, replications: Sequence[int]) -> tuple[list[Any], list[str]]:
    make, work = _unpacked(packed)
    return [make(replication) for replication in replications], work.take_failures()


@functools.lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> tuple[Callable[[int], Any], Work[Any]]:
    """Return what makes any replication; the same as last time where the work is the same."""
    work: Work[Any] = pickle.loads(packed)
    return work.ready(), work
