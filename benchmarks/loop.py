"""Where does the readable engine's time go? Its customers, side by side with what they cannot do without.

    python benchmarks/loop.py [--scenario NAME] [--horizon T] [--json FILE]

In one process, warm, on the same customers: the engine itself; a bare SimPy program with one process a customer that
does nothing but come; and the draws alone. What counts is the ratios; the times are of this machine at this moment.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import simpy

import demandshift as ds
from demandshift.models.chance import Purpose
from demandshift.simulator.build.world import build_world
from demandshift.simulator.draws import Draws
from demandshift.simulator.loop import Loop
from demandshift.simulator.world import World

REPETITIONS = 3
SEED = 1


def engine(world: World) -> int:
    """Run one replication and return the number of its customers."""
    return int(Loop(world, SEED, 0).run().heads[:, 0].sum())


def bare_simpy(world: World) -> int:
    """Let the same customers come, one SimPy process each, and do nothing else."""
    environment = simpy.Environment()
    draws = Draws(SEED, 0)
    came = 0

    def customer() -> "simpy.events.ProcessGenerator":
        nonlocal came
        came += 1
        yield from ()

    def arrivals(segment: int) -> "simpy.events.ProcessGenerator":
        slot = int(world.problem.segments.slot[segment])
        for _, moment in world.arrivals[segment].times(draws.segment(slot), world.problem.horizon):
            yield environment.timeout(moment - environment.now)
            environment.process(customer())

    for segment in range(len(world.arrivals)):
        environment.process(arrivals(segment))
    environment.run()
    return came


def draws_alone(world: World) -> int:
    """Draw what the same customers draw: when they come, and one taste for each offer that they consider."""
    draws, came = Draws(SEED, 0), 0
    starts = world.problem.segments.consider_start
    for segment in range(len(world.arrivals)):
        of_segment = draws.segment(int(world.problem.segments.slot[segment]))
        slots = list(range(int(starts[segment + 1] - starts[segment]) + 1))
        for person, _ in world.arrivals[segment].times(of_segment, world.problem.horizon):
            of_segment.person(person).exponentials(Purpose.TASTE, slots)
            came += 1
    return came


def seconds_per_customer(work: Callable[[World], int], world: World) -> float:
    """Return the best of some repetitions, warm."""
    work(world)
    best = float("inf")
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        customers = work(world)
        best = min(best, (time.perf_counter() - started) / customers)
    return best


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--scenario", default="two-shops")
    parser.add_argument("--horizon", type=float, default=28.0, help="in the scenario's time units")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    arguments = parser.parse_args()
    scenario = ds.load(arguments.scenario).replace({"horizon": arguments.horizon, "warm_up": 0})
    world = build_world(scenario.settled)
    loop, bare, draws = (seconds_per_customer(work, world) for work in (engine, bare_simpy, draws_alone))
    found = {
        "scenario": scenario.name,
        "customers_per_second": round(1 / loop),
        "ratio_bare_simpy": round(loop / bare, 2),
        "ratio_draws": round(loop / draws, 2),
    }
    print(f"{found['customers_per_second']:,} customers a second in {scenario.name}")
    print(f"{found['ratio_bare_simpy']} times the time of a bare SimPy process for each customer")
    print(f"{found['ratio_draws']} times the time of the draws alone")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
