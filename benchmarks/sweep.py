"""What does a sweep cost beside the bare engine? The ratio of times on the same cores.

    python benchmarks/sweep.py [--points N] [--replications N] [--jobs N] [--json FILE] [--quick]

2,000 points of `two-shops`, 20 replications each: prices of the cola by service levels. A block of points is simulated
by the bare engine, `simulate(prepared(…))` of worlds that are there already, shared out to as many processes; the same
block is swept, from the base scenario to the frame, into a store on disk: making and checking the points, building
their worlds, reducing, sending, storing and estimating all count. Blocks of both take turns, so that what else the
machine does befalls both; the ratio is that of the sums. Beside it stands the ratio of the processors' seconds, which
feels less of the neighbours. Before it ends, every profit of the sweep is compared with the bare engine's, to the bit.
"""

import argparse
import itertools
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bare import KEYS, SEED, Values, prepare, run_bare

import demandshift as ds
from demandshift.experiments.sweeping.workers import Processes
from demandshift.simulator.kernel.ready import make_ready

if TYPE_CHECKING:
    from concurrent.futures import Future

BLOCK = 200
"""Points of a block: long enough that the last tasks of a sweep, for which a process waits, hardly show."""


@dataclass
class Clocks:
    """Seconds by block."""

    wall: list[float] = field(default_factory=list)
    processors: list[float] = field(default_factory=list)


def points_of(number: int) -> list[Values]:
    """Return so many points of a grid of prices and service levels."""
    prices = [round(1.2 + 0.012 * step, 3) for step in range(100)]
    services = [round(0.80 + 0.0075 * step, 4) for step in range(20)]
    grid = list(itertools.product(prices, services))
    return [grid[place * len(grid) // number] for place in range(number)]


def bare(
    workers: Processes, jobs: int, points: Sequence[Values], replications: int
) -> tuple[float, float, dict[Values, float]]:
    """Return wall and processors' seconds of the bare engine, and profits by point."""
    for _ in range(20):
        shares = [points[job::jobs] for job in range(jobs)]
        pids = [future.result() for future in [submit(workers, prepare, share) for share in shares]]
        if len(set(pids)) < jobs:
            continue
        done = [future.result() for future in [submit(workers, run_bare, replications) for _ in range(jobs)]]
        if len({pid for pid, *_ in done}) < jobs:
            continue
        share_of = dict(zip(pids, shares, strict=True))
        profits = {
            values: profit for pid, _, _, some in done for values, profit in zip(share_of[pid], some, strict=True)
        }
        return max(wall for _, wall, _, _ in done), sum(busy for _, _, busy, _ in done), profits
    raise RuntimeError("the processes did not share the work evenly in 20 attempts")


def submit(workers: Processes, task: Callable[[Any], Any], argument: object) -> "Future[Any]":
    """Have something done by one of the processes."""
    return workers.submit(task, argument)


def processors_seconds(pids: Sequence[int]) -> float:
    """Return the seconds that this process and others have had of the processors (Linux)."""
    ticks = 0
    for pid in (os.getpid(), *pids):
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        ticks += int(text[11]) + int(text[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def swept(
    store: Path, pids: Sequence[int], jobs: int, points: Sequence[Values], replications: int
) -> tuple[float, float, dict[Values, float]]:
    """Return wall and processors' seconds of the sweep, and profits by point."""
    busy, started = processors_seconds(pids), time.perf_counter()
    base = ds.load("two-shops")
    rows = [dict(zip(KEYS, values, strict=True)) for values in points]
    found = ds.sweep(base, rows, replications=replications, seed=SEED, jobs=jobs, store=store)
    assert len(found.frame) > 0
    wall, used = time.perf_counter() - started, processors_seconds(pids) - busy
    profits = dict(zip(points, found.table("profit")["corner"].tolist(), strict=True))
    return wall, used, profits


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the points")
    asked = parser.parse_args()
    number = max(asked.jobs, asked.points // 20) if asked.quick else asked.points
    points = points_of(number)
    size = min(BLOCK, number // 2) if asked.quick else BLOCK
    blocks = [points[first : first + size] for first in range(0, number, size)]

    make_ready()
    workers = Processes(max(2, asked.jobs))
    clocks = {"bare": Clocks(), "sweep": Clocks()}
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "sweep.sqlite"
        # Imports and the start of processes come once; among 2,000 points they would not show, among a few they would.
        bare(workers, asked.jobs, points[: asked.jobs], 1)
        # A sweep takes over the processes that wait, so that both are done by the same ones.
        workers.stop(at_once=False)
        swept(Path(folder) / "warm.sqlite", [], asked.jobs, points[: 2 * asked.jobs], 1)
        workers = Processes(max(2, asked.jobs))
        for place, block in enumerate(blocks):
            profits: dict[str, dict[Values, float]] = {}
            pids = [future.result() for future in [submit(workers, prepare, ()) for _ in range(4 * asked.jobs)]]
            for name in ("bare", "sweep") if place % 2 == 0 else ("sweep", "bare"):
                if name == "bare":
                    wall, used, profits[name] = bare(workers, asked.jobs, block, asked.replications)
                else:
                    workers.stop(at_once=False)
                    wall, used, profits[name] = swept(store, sorted(set(pids)), asked.jobs, block, asked.replications)
                    workers = Processes(max(2, asked.jobs))
                clocks[name].wall.append(wall)
                clocks[name].processors.append(used)
            if profits["bare"] != profits["sweep"]:
                raise AssertionError("sweep and bare engine differ")
            ratio = clocks["sweep"].wall[-1] / clocks["bare"].wall[-1]
            print(f"block {place + 1} of {len(blocks)}, {len(block)} points: ratio {ratio:.3f}", flush=True)
    workers.stop(at_once=True)
    report(asked, number, clocks)


def report(asked: argparse.Namespace, points: int, clocks: dict[str, Clocks]) -> None:
    """Print and write what was measured."""
    ratios = [mine / other for mine, other in zip(clocks["sweep"].wall, clocks["bare"].wall, strict=True)]
    told = {
        "points": points,
        "replications": asked.replications,
        "jobs": asked.jobs,
        "seconds": {name: sum(each.wall) for name, each in clocks.items()},
        "ratio": sum(clocks["sweep"].wall) / sum(clocks["bare"].wall),
        "median_ratio_of_blocks": statistics.median(ratios),
        "ratio_of_processors_seconds": sum(clocks["sweep"].processors) / sum(clocks["bare"].processors),
    }
    print(f"{points} points × {asked.replications} replications, {asked.jobs} processes; the same profits to the bit")
    for name, seconds in told["seconds"].items():
        print(f"{name:6} {seconds:8.1f} s, {1000 * seconds * asked.jobs / points:6.1f} ms a point and process")
    print(
        f"ratio of times                {told['ratio']:.3f}   (median of blocks {told['median_ratio_of_blocks']:.3f})"
    )
    print(f"ratio of processors' seconds  {told['ratio_of_processors_seconds']:.3f}")
    if asked.json is not None:
        asked.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
