"""What a worker does: replications of some points, reduced to what is kept of them.

A task carries settled scenarios, which are plain data, and brings back bytes. So a worker needs no files, no tables and
no way to the store; and since the same scenario, seed and number give the same replication (R14, R15), it does not
matter which worker does it, nor how often.
"""

import pickle
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from ...scenarios.settled import Settled
from ...simulator.build.world import build_world
from ...simulator.engines import Replicate, prepared
from ...simulator.reduction import reduced
from ...simulator.world import World
from ..store.blobs import Kept, encoded
from ..store.program import program_version

ENGINE = "kernel"


class Share(NamedTuple):
    """Some replications of one point."""

    hash: str
    """Of its scenario."""
    first: int
    """The number of the first replication."""
    last: int
    """The number of the one after the last."""


class Done(NamedTuple):
    """What a worker brings back."""

    program: str
    """The version of the worker's program."""
    seconds: float
    """How long it took."""
    replications: list[list[bytes]]
    """By share and replication, as `encoded` makes them."""


def packed(settled: Sequence[Settled]) -> bytes:
    """Return scenarios as bytes; a table of recorded arrivals that they share is packed once."""
    return pickle.dumps(settled, protocol=pickle.HIGHEST_PROTOCOL)


def perform(scenarios: bytes, shares: Sequence[Share], seed: int) -> Done:
    """Simulate some replications of some points.

    Parameters
    ----------
    scenarios : bytes
        A settled scenario for each share, as `packed` makes them.
    shares : sequence of Share
        Which replications of each.
    seed : int
        The seed.
    """
    started = time.perf_counter()
    settled: Sequence[Settled] = pickle.loads(scenarios)
    replications = [_simulated(each, share, seed) for each, share in zip(settled, shares, strict=True)]
    return Done(program_version(), time.perf_counter() - started, replications)


def _simulated(settled: Settled, share: Share, seed: int) -> list[bytes]:
    world, replicate = _ready(settled, share.hash)
    kept = []
    for replication in range(share.first, share.last):
        contribution = reduced(world.problem, replicate(seed, replication))
        kept.append(encoded(Kept(contribution, tuple(world.take_failures()))))
    return kept


class _Latest(threading.local):
    """The world that this thread worked on last: a long point comes in several tasks."""

    hash: str | None = None
    ready: tuple[World, Replicate] | None = None


_latest = _Latest()


def _ready(settled: Settled, scenario_hash: str) -> tuple[World, Replicate]:
    """Return a point's world and what runs it; policies learn things about a world that are worth keeping."""
    if _latest.hash != scenario_hash or _latest.ready is None:
        _latest.ready = None
        world = build_world(settled)
        _latest.ready = (world, prepared(ENGINE, world))
        _latest.hash = scenario_hash
    return _latest.ready
