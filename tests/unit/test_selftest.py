"""The check of an installed copy: it passes here, and it sees engines that are wrong."""

import json

import pytest
from typer.testing import CliRunner, Result

from demandshift.cli import app
from demandshift.experiments import selftest
from demandshift.experiments.reproduce.case import find_case
from demandshift.experiments.reproduce.study import rows_of
from demandshift.scenarios.library import library
from demandshift.simulator import philox
from demandshift.simulator.kernel.engine import Kernel
from demandshift.simulator.ledger import InvariantError, Ledger
from demandshift.simulator.loop import Loop

pytestmark = pytest.mark.no_cover


def call(*arguments: str) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(app, ["selftest", *arguments])


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a scenario of each kind to be checked."""
    monkeypatch.setattr(selftest, "library", lambda: [("two-fares", "")])
    monkeypatch.setattr(selftest, "STUDIES", ["newsvendor-day"])


def failed(done: Result) -> list[str]:
    """Return the lines of checks that failed; every line is of one kind or the other."""
    lines = done.stdout.splitlines()
    assert all(line.startswith(("ok ", "FAILED ")) for line in lines)
    return [line.removeprefix("FAILED  ") for line in lines if line.startswith("FAILED")]


def test_this_copy_passes() -> None:
    """Otherwise users are told that a copy is broken which is not, or that nothing was checked is fine."""
    done = call("--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["schema_version"] == 1
    assert found["passed"]
    assert all(each["passed"] and set(each) == {"what", "found", "expected", "passed"} for each in found["checks"])
    told = [each["what"] for each in found["checks"]]
    for name, _ in library():
        assert sum(what.startswith(f"{name}, both engines") for what in told) == 2
    for name in selftest.STUDIES:
        simulated = [row for row in rows_of(find_case(name), short=True, computed=False) if row.method == "simulated"]
        assert sum(what.startswith(f"{name}: ") for what in told) == len(simulated) > 0
    assert sum("Philox" in what for what in told) == len(selftest.KNOWN_ANSWERS)
    # Bounds so wide that hardly any mistake were seen would make the check a ceremony.
    bounds = [each["expected"].split(" ± ") for each in found["checks"] if "±" in each["expected"]]
    assert all(float(bound) < 0.2 * float(truth) for truth, bound in bounds)


@pytest.mark.usefixtures("short")
def test_an_engine_that_is_wrong_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the check passes whatever the engines do."""
    assert call().exit_code == 0
    surplus = Loop._surplus
    monkeypatch.setattr(Loop, "_surplus", lambda *of: [value - 20.0 for value in surplus(*of)])
    done = call()
    assert done.exit_code == 1
    counts, others = failed(done)
    assert counts.startswith("two-fares, both engines, ")
    assert "whole numbers that differ" in counts
    assert "largest relative difference" in others


@pytest.mark.usefixtures("short")
def test_money_that_is_wrong_fails_both_kinds_of_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise an engine whose counts are right may lose money."""
    run = Kernel.run

    def cheat(kernel: Kernel) -> Ledger:
        ledger = run(kernel)
        ledger.offer_money[:] *= 1.1
        return ledger

    monkeypatch.setattr(Kernel, "run", cheat)
    done = call()
    assert done.exit_code == 1
    money, profit = failed(done)
    assert money.startswith("two-fares, both engines: largest relative difference of the others: 1.0e-01")
    assert profit.startswith("newsvendor-day: profit in 100 days: ")


@pytest.mark.usefixtures("short")
def test_broken_books_are_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a copy whose books break ends with a traceback, and the checks after it are never made."""

    def breaks(_kernel: Kernel) -> Ledger:
        raise InvariantError("a customer is missing")

    monkeypatch.setattr(Kernel, "run", breaks)
    done = call()
    assert done.exit_code == 1
    assert len(failed(done)) == 2
    assert all("a customer is missing (should be balanced books)" in line for line in failed(done))


@pytest.mark.usefixtures("short")
def test_another_generator_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a platform whose integers wrap otherwise would go unseen."""
    monkeypatch.setattr(selftest, "philox", lambda *words: philox.philox(*words[::-1]))
    done = call("--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert not found["passed"]
    assert [each["passed"] for each in found["checks"][:3]] == [True, True, False]


def test_help_says_what_it_does() -> None:
    """Otherwise nobody knows what the command is for, or how long it takes."""
    done = call("--help")
    assert done.exit_code == 0
    assert "both engines agree" in done.stdout
    assert "under a minute" in done.stdout
