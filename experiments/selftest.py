"""Whether an installed copy computes what it should: draws, engines against each other, and known closed forms.

Seeds, numbers of replications and bounds are fixed beforehand, so that a copy that passes once passes always.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..scenarios.library import library
from ..scenarios.load import load
from ..simulator.build.world import build_world
from ..simulator.engines import prepared
from ..simulator.ledger import InvariantError, Ledger
from ..simulator.philox import philox
from .reproduce.case import Case, find_case
from .reproduce.study import rows_of

SCHEMA_VERSION = 1
"""Version of the JSON object."""

MONEY = 1e-9
"""Relative difference up to which sums of money of two engines agree (R15)."""

STUDIES = ("newsvendor-day", "one-for-one", "reorder-point", "two-fares", "logit-shares", "markov-chain")
"""Studies whose simulated figures are known exactly; they are looked at in their short form."""

SHORTER = {"two-shops": 28.0}
"""Scenarios of the library with many customers, and a horizon that is long enough to meet every feature of them."""

KNOWN_ANSWERS = (
    ((0,) * 4, (0,) * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((2**32 - 1,) * 4, (2**32 - 1,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
)
"""Of the library Random123 (Salmon, Moraes, Dror & Shaw 2011): counter, key and answer of Philox4x32-10."""


@dataclasses.dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    what: str
    found: str
    expected: str
    passed: bool

    def line(self) -> str:
        """Return the check as a line of text."""
        return f"{'ok' if self.passed else 'FAILED':<6}  {self.what}: {self.found} (should be {self.expected})"


def checks() -> Iterator[Check]:
    """Make all checks, one after the other."""
    yield from _draws()
    for name, _ in library():
        yield from _engines_agree(name)
    for name in STUDIES:
        yield from _closed_form(find_case(name))


def as_dict(done: list[Check]) -> dict[str, Any]:
    """Return checks as one object of plain data, as `--json` prints it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "passed": all(check.passed for check in done),
        "checks": [dataclasses.asdict(check) for check in done],
    }


def _draws() -> Iterator[Check]:
    for number, (counter, key, answer) in enumerate(KNOWN_ANSWERS, 1):
        words = philox(*(np.uint64(word) for word in (*counter, *key)))
        found = " ".join(f"{int(word):08x}" for word in words)
        yield Check(f"Philox4x32-10, published answer {number}", found, answer, found == answer)


def _engines_agree(name: str) -> Iterator[Check]:
    """Run a scenario of the library in both engines and compare every number of the ledgers."""
    scenario = load(name, overrides={"horizon": SHORTER[name]} if name in SHORTER else {})
    world = build_world(scenario.settled)
    what = f"{name}, both engines"
    try:
        kernel, loop = (prepared(engine, world)(scenario.settled.head.seed, 0) for engine in ("kernel", "loop"))
    except InvariantError as error:
        yield Check(what, str(error), "balanced books", passed=False)
        return
    customers = int(loop.heads[:, 0].sum())
    different, numbers = _different_integers(kernel, loop)
    yield Check(
        f"{what}, {customers} customers: whole numbers that differ",
        f"{different} of {numbers}",
        f"0 of {numbers}",
        different == 0,
    )
    distance = _distance_of_money(kernel, loop)
    yield Check(
        f"{what}: largest relative difference of the others", f"{distance:.1e}", f"≤ {MONEY:.0e}", distance <= MONEY
    )


def _arrays(one: Ledger, other: Ledger, kind: type) -> Iterator[tuple[Any, Any]]:
    """Yield the tables of two ledgers that hold numbers of a kind."""
    for field in dataclasses.fields(Ledger):
        mine, yours = (np.asarray(getattr(ledger, field.name)) for ledger in (one, other))
        if np.issubdtype(mine.dtype, kind):
            yield mine, yours


def _different_integers(one: Ledger, other: Ledger) -> tuple[int, int]:
    """Return how many whole numbers of two ledgers differ, and how many there are."""
    different = numbers = 0
    for mine, yours in _arrays(one, other, np.integer):
        numbers += max(mine.size, yours.size)
        same_shape = mine.shape == yours.shape
        different += int(np.count_nonzero(mine != yours)) if same_shape else max(mine.size, yours.size)
    return different, numbers


def _distance_of_money(one: Ledger, other: Ledger) -> float:
    """Return the largest difference of other numbers, relative to themselves, or to 1 where they are smaller."""
    largest = 0.0
    for mine, yours in _arrays(one, other, np.floating):
        nothing = np.isnan(mine) & np.isnan(yours)
        if nothing.all():
            continue
        distance = np.abs(mine - yours)[~nothing] / np.maximum(1.0, np.abs(yours[~nothing]))
        # A number on one side only is as far as can be.
        largest = max(largest, float(np.nan_to_num(distance, nan=np.inf).max()))
    return largest


def _closed_form(case: Case) -> Iterator[Check]:
    """Simulate what is known exactly, and compare."""
    try:
        rows = list(rows_of(case, short=True, computed=False))
    except InvariantError as error:
        yield Check(case.name, str(error), "balanced books", passed=False)
        return
    for row in (row for row in rows if row.method == "simulated"):
        passed = row.verdict == "agrees"
        yield Check(f"{row.study}: {row.figure}", f"{row.ours:.5g}", f"{row.published:.5g} ± {row.allowed:.2g}", passed)
