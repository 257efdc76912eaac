"""Replications in several processes, whose ledgers come back in their order (R15).

Starting a process takes about as long as a run of some seconds, and a process learns things about a world that are
worth keeping: its inputs for the compiled engine, the order-up-to levels of its policies. So each process unpacks a
world once and goes on with it, chunk after chunk. This module is what a process imports first: nothing here needs the
scenario language.
"""

import functools
import pickle
from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from .customer_files import CustomerWriter
from .engines import Replicate, prepared, simulate
from .ledger import Ledger
from .world import World

LARGEST_CHUNK = 20
"""Replications that a process makes at once at most, before it hands over their ledgers."""

CHUNKS_EACH = 8
"""Chunks that a process makes, about: the more there are, the less one process waits for the other's last one."""


class _Work(NamedTuple):
    """What all chunks of a run have in common."""

    engine: str
    world: World
    seed: int
    writer: CustomerWriter | None


def ledgers_of_many(
    engine: str,
    world: World,
    seed: int,
    replications: Sequence[int],
    jobs: int,
    writer: CustomerWriter | None,
    failures: list[str],
) -> Iterator[Ledger]:
    """Yield the ledgers of replications in their order, from several processes.

    Parameters
    ----------
    engine : str
        One of `demandshift.simulator.engines.ENGINES`.
    world : World
        What to simulate.
    seed : int
        The seed.
    replications : sequence of int
        Their numbers.
    jobs : int
        How many processes.
    writer : CustomerWriter, optional
        Keeps every customer.
    failures : list of str
        Is given what policies could not do (`World.take_failures`).
    """
    from joblib import Parallel, delayed
    from joblib.externals.loky.backend.reduction import dumps

    size = min(LARGEST_CHUNK, ceil(len(replications) / (CHUNKS_EACH * jobs)))
    chunks = [replications[first : first + size] for first in range(0, len(replications), size)]
    # Packed once and not for each chunk; like joblib's own packing it takes policies made by hand on the spot.
    packed = bytes(dumps(_Work(engine, world, seed, writer)))
    tasks = (delayed(_simulate_chunk)(packed, chunk) for chunk in chunks)
    for ledgers, told in Parallel(n_jobs=jobs, batch_size=1, return_as="generator")(tasks):
        failures.extend(told)
        yield from ledgers


def _simulate_chunk(packed: bytes, replications: Sequence[int]) -> tuple[list[Ledger], list[str]]:
    replicate, work = _unpacked(packed)
    ledgers = [simulate(replicate, work.world, work.seed, replication, work.writer) for replication in replications]
    return ledgers, work.world.take_failures()


@functools.lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> tuple[Replicate, _Work]:
    """Return what runs any replication; the same as last time where the work is the same."""
    work: _Work = pickle.loads(packed)
    return prepared(work.engine, work.world), work
