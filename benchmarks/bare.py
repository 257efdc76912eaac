"""The bare engine in a process of its own, for `sweep.py`: worlds are prepared first, and then only run."""

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import demandshift as ds
from demandshift.simulator.build.world import build_world
from demandshift.simulator.engines import Replicate, prepared, simulate
from demandshift.simulator.reckoning import Reckoning
from demandshift.simulator.tally import Tally
from demandshift.simulator.world import World

if TYPE_CHECKING:
    from demandshift.simulator.ledger import Ledger

SEED = 1
KEYS = ("products.cola.price", "firms.corner.ordering.cycle_service")
Values = tuple[float, float]

_ready: list[tuple[World, Replicate]] = []


def prepare(points: Sequence[Values]) -> int:
    """Build the worlds of some points in this process; return the process."""
    base = ds.load("two-shops")
    _ready.clear()
    for values in points:
        world = build_world(base.replace(dict(zip(KEYS, values, strict=True))).settled)
        _ready.append((world, prepared("kernel", world)))
    time.sleep(0.2)  # so that each of the processes gets one share
    return os.getpid()


def run_bare(replications: int) -> tuple[int, float, float, list[float]]:
    """Run what this process has prepared: process, seconds by the wall and of the processor, profits."""
    started, busy = time.perf_counter(), time.process_time()
    ledgers: list[list[Ledger]] = []
    for world, replicate in _ready:
        ledgers.append([simulate(replicate, world, SEED, number, None) for number in range(replications)])
    wall, processor = time.perf_counter() - started, time.process_time() - busy
    profits = []
    for (world, _), some in zip(_ready, ledgers, strict=True):
        tally = Tally(world.problem)
        for ledger in some:
            tally.add(ledger)
        profits.append(float(Reckoning(world.problem, tally).by_replication("profit", "corner").mean()))
    time.sleep(0.2)
    return os.getpid(), wall, processor, profits
