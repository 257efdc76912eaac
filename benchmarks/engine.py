"""How fast is the compiled engine? Customers per second, and ratios to what one could do instead.

    python benchmarks/engine.py [--json FILE] [--cases NAME …] [--quick]

In one process, warm, on the same customers: the engine `kernel`; the engine `loop`, with a process for each customer; a
good program by hand (`by_hand.py`) where there is one; and the random numbers alone. Slow programs get the beginning of
the same run. All take turns, and the best of some turns counts. Before anything is timed, each program must end with
the same sales, losses and transfers as the kernel, to the unit; the two engines with the same ledger.

What counts is the ratios: on a machine that others use too, no time means anything by itself.
"""

import argparse
import dataclasses
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from blocks import draw_all
from by_hand import FullRace, LazyRace, Tally
from features import FEATURES
from shops import Shop, make_shop, shop_document, until, world_of

from demandshift.simulator.build.compiled import build_inputs
from demandshift.simulator.kernel.engine import Kernel
from demandshift.simulator.ledger import TURNED_AWAY, Ledger, Outcome
from demandshift.simulator.loop import Loop
from demandshift.simulator.world import World

SEED = 1
TURNS = 3
CUSTOMERS_BY_HAND = 100_000
QUICK = 10
"""By how much fewer customers a quick run has."""
CATEGORIES = 500
OFFERS_OF_CATEGORY = 20


class DisagreementError(Exception):
    """Two programs differ on the same customers."""


@dataclass(frozen=True)
class Case:
    """One line of the benchmark."""

    name: str
    world: Callable[[int], World]
    """The world of about so many customers."""
    customers: int = 300_000
    customers_of_loop: int = 8_000
    """How many of them the readable engine gets: enough to see everything that the case is about."""
    draws: str = "full"
    shop: Callable[[int], Shop] | None = None
    """What the program by hand does, of about so many customers."""
    small: Callable[[int], World] | None = None
    """A world of ten offers and the same customers, to compare times with."""


def race_case(offers: int, draws: str) -> Case:
    """Return the case of a shop of so many offers."""

    def shop(customers: int) -> Shop:
        return make_shop(offers, customers, draws=draws)

    def world(customers: int) -> World:
        return world_of(shop_document(shop(customers)))

    return Case(f"{draws} race, {offers} offers", world, 1_000_000, 5_000, draws, shop)


def feature_case(name: str) -> Case:
    """Return the case of a feature."""
    return Case(name, lambda customers: world_of(FEATURES[name](customers)))


def large_case() -> Case:
    """Return the case of a shop with many categories, each with customers of its own."""
    rate = 20_000.0

    def large(customers: int) -> World:
        category = make_shop(OFFERS_OF_CATEGORY, customers // CATEGORIES, rate=rate / CATEGORIES)
        return world_of(shop_document(category, CATEGORIES))

    def small(customers: int) -> World:
        return world_of(shop_document(make_shop(10, customers, rate=rate)))

    name = f"{CATEGORIES * OFFERS_OF_CATEGORY:,} offers in {CATEGORIES} categories"
    return Case(name, large, 2_000_000, 5_000, small=small)


CASES = (
    race_case(10, "full"),
    race_case(10, "lazy"),
    race_case(50, "lazy"),
    race_case(200, "lazy"),
    large_case(),
    *(feature_case(name) for name in FEATURES),
)


def kernel(world: World) -> Callable[[], Ledger]:
    """Return one replication by the kernel, as a function; its inputs are made once for all replications."""
    inputs = build_inputs(world)
    return lambda: Kernel(world, inputs, SEED, 0).run()


def check_by_hand(ledger: Ledger, tally: Tally) -> None:
    """Check that the program by hand ended like the kernel, to the unit."""
    flows = ledger.flows[np.isin(ledger.flows[:, 2], TURNED_AWAY)]
    lost = flows[flows[:, 3] == Outcome.LOST]
    found = Tally(
        sold=tuple(ledger.sold.tolist()),
        lost=tuple(np.bincount(lost[:, 1], weights=lost[:, 5], minlength=len(ledger.sold)).astype(int).tolist()),
        recaptured=int(flows[flows[:, 3] == Outcome.RECAPTURED, 5].sum()),
        diverted=int(flows[flows[:, 3] == Outcome.DIVERTED, 5].sum()),
    )
    if found != tally:
        raise DisagreementError(f"the kernel ended with {found}, the program by hand with {tally}")


def check_ledgers(kernel: Ledger, loop: Ledger) -> None:
    """Check that both engines left the same ledger: whole numbers equal, sums of money and time to 1e-9."""
    for field in dataclasses.fields(Ledger):
        left, right = np.asarray(getattr(kernel, field.name)), np.asarray(getattr(loop, field.name))
        if left.dtype.kind == "f":
            tolerance = 1e-9 * float(np.nanmax(np.abs(right), initial=1.0))
            same = np.allclose(left, right, rtol=1e-9, atol=tolerance, equal_nan=True)
        else:
            same = np.array_equal(left, right)
        if not same:
            raise DisagreementError(f"the engines differ in {field.name} of the ledger")


def best_times(programs: Mapping[str, Callable[[], object]], turns: int) -> dict[str, float]:
    """Return the shortest of some times of each program, in seconds; they take turns."""
    best = dict.fromkeys(programs, float("inf"))
    for _ in range(turns):
        for name, program in programs.items():
            started = time.perf_counter()
            program()
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def customers_of(ledger: Ledger) -> int:
    """Return how many customers came; there is no warm-up here."""
    return int(ledger.heads[:, 0].sum())


def measure(case: Case, quick: bool) -> dict[str, object]:
    """Return the figures of a case."""
    wanted = case.customers // (QUICK if quick else 1)
    world = case.world(wanted)
    horizon = world.problem.horizon
    programs: dict[str, Callable[[], object]] = {}
    customers: dict[str, int] = {}

    beginning = until(world, horizon * case.customers_of_loop / wanted)
    check_ledgers(ledger := kernel(beginning)(), Loop(beginning, SEED, 0).run())
    programs["loop"], customers["loop"] = lambda: Loop(beginning, SEED, 0).run(), customers_of(ledger)
    if case.shop:
        shop = case.shop(min(wanted, CUSTOMERS_BY_HAND))
        by_hand = LazyRace if shop.draws == "lazy" else FullRace
        ledger = kernel(until(world, shop.horizon))()
        check_by_hand(ledger, by_hand(shop, SEED, 0).run())
        programs["by hand"], customers["by hand"] = lambda: by_hand(shop, SEED, 0).run(), customers_of(ledger)
    run_kernel = kernel(world)
    ledger = run_kernel()
    came = ledger.heads[:, 0].tolist()
    programs["draws"], customers["draws"] = lambda: draw_all(world, SEED, 0, came), customers_of(ledger)
    programs["kernel"], customers["kernel"] = run_kernel, customers_of(ledger)
    if case.small:
        run_small = kernel(case.small(wanted))
        programs["10 offers"], customers["10 offers"] = run_small, customers_of(run_small())
    draw_all(world, SEED, 0, came)

    times = best_times(programs, TURNS)
    each = {name: seconds / customers[name] for name, seconds in times.items()}
    found: dict[str, object] = {
        "name": case.name,
        "offers": len(world.problem.offers.names),
        "draws": case.draws,
        "customers": customers["kernel"],
        "customers_per_second": round(1 / each["kernel"]),
        "ratio_handwritten": round(each["by hand"] / each["kernel"], 2) if case.shop else None,
        "ratio_loop": round(each["loop"] / each["kernel"], 1),
        "ratio_draws": round(each["kernel"] / each["draws"], 3),
    }
    if case.small:
        found["time_ratio_10_offers"] = round(each["kernel"] / each["10 offers"], 2)
    return found


def peak_memory(case: Case, quick: bool) -> float:
    """Return the most memory that a process of its own takes for one run of a case, in GB."""
    command = [sys.executable, __file__, "--run-alone", "--cases", case.name, *(["--quick"] if quick else [])]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def run_alone(case: Case, quick: bool) -> None:
    """Run a case once and print the most memory that this process ever took, in GB."""
    kernel(case.world(case.customers // (QUICK if quick else 1)))()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(most * (1 if sys.platform == "darwin" else 1024) / 1e9)


def line(found: Mapping[str, object]) -> str:
    """Return what is printed of a case."""
    parts = [f"{found['name']:<36}{found['customers_per_second']:>12,} customers a second"]
    for key, text in {
        "ratio_handwritten": "times as fast as by hand",
        "ratio_loop": "as loop",
        "ratio_draws": "times the time of the draws",
        "time_ratio_10_offers": "times that of 10 offers",
        "peak_memory_gb": "GB",
    }.items():
        if found.get(key) is not None:
            parts.append(f"{found[key]:>8} {text}")
    return ", ".join(parts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--cases", nargs="+", metavar="NAME", choices=[case.name for case in CASES], help="only these")
    parser.add_argument("--quick", action="store_true", help="with a tenth of the customers")
    parser.add_argument("--run-alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    chosen = [case for case in CASES if arguments.cases is None or case.name in arguments.cases]
    if arguments.run_alone:
        run_alone(chosen[0], arguments.quick)
        return
    # Before this process is large: a child may be charged with what its parent held.
    memory = {case.name: peak_memory(case, arguments.quick) for case in chosen if case.small}
    cases = []
    for case in chosen:
        found = measure(case, arguments.quick)
        if case.name in memory:
            found["peak_memory_gb"] = round(memory[case.name], 3)
        cases.append(found)
        print(line(found), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps({"seed": SEED, "cases": cases}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
