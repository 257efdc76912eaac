"""The command line in trouble: interrupts, full disks, odd consoles, faults of the program; never a traceback."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from demandshift.cli import app, main
from demandshift.commands import support
from demandshift.simulator import run as running
from demandshift.simulator import saving
from demandshift.simulator.ledger import InvariantError

SHOP = """\
name: corner
horizon: 3
firms: {shop: {}}
products: {"thé": {firm: shop, price: 1, stock: 5}}
segments:
  all:
    arrivals: {kind: poisson, rate: 5}
    choice: {kind: logit, scale: 1, reservation_price: {"thé": 2}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a small shop in a file, in an odd folder."""
    folder = tmp_path / "a folder, with #odd% ☃ name"
    folder.mkdir()
    file = folder / "my shop.yaml"
    file.write_text(SHOP, encoding="utf-8")
    return file


def call(*arguments: object) -> Result:
    """Call the command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def start(*arguments: object, **how: object) -> "subprocess.CompletedProcess[bytes]":
    """Run the program in a process of its own, with all warnings as errors."""
    command = [sys.executable, "-W", "error", "-m", "demandshift", *map(str, arguments)]
    return subprocess.run(command, **{"stderr": subprocess.PIPE, "timeout": 300, "check": False, **how})


def test_odd_folders_are_folders(shop: Path) -> None:
    """If this fails, blanks or signs in the name of a folder break a run."""
    out = shop.parent / "out [1] ☃"
    done = call("run", shop, "--replications", 1, "--out", out)
    assert done.exit_code == 0
    assert (out / "summary.csv").is_file()
    assert call("validate", out / "scenario.yaml").exit_code == 0


# Interrupts


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_run_ends_with_1_and_a_line_and_writes_nothing(shop: Path, jobs: int) -> None:
    """If this fails, Ctrl-C leaves a traceback, a status that scripts do not know, or tables of half a run."""
    out = shop.parent / "out"
    person, terminal = pty.openpty()
    command = [sys.executable, "-m", "demandshift", "run", str(shop), "--replications", "1000000"]
    command += ["--jobs", str(jobs), "--out", str(out)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=terminal,
        env=environment,
        start_new_session=True,
        preexec_fn=_listen_to_interrupts,
    ) as process:
        os.close(terminal)
        seen = _read_until(person, b"/1000000")
        os.killpg(process.pid, signal.SIGINT)
        seen = _read_until(person, b"nothing at all: until it is closed")
        printed, _ = process.communicate(timeout=120)
    os.close(person)
    assert process.returncode == 1
    assert printed == b""
    assert b"demandshift: interrupted; nothing was written" in seen
    # A worker that is just loading compiled code when it is interrupted says so itself, beyond our reach.
    assert jobs > 1 or b"Traceback" not in seen
    assert not out.exists()


def _listen_to_interrupts() -> None:
    """Let interrupts reach the program, also where the shell that runs the tests lets its children ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _read_until(reader: int, wanted: bytes) -> bytes:
    """Read a terminal until something is seen, or it is closed."""
    seen = b""
    while wanted not in seen:
        try:
            chunk = os.read(reader, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    return seen


def test_an_interrupt_outside_of_a_run_ends_with_1_too(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, Ctrl-C while results are printed ends in another way than during the run."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("demandshift.scenarios.load.load", interrupted)
    for command in ("run", "validate"):
        done = call(command, shop)
        assert done.exit_code == 1
        assert done.stderr == "demandshift: interrupted\n"


def test_the_shells_status_of_an_interrupt_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, an interrupt before a command begins ends with 130, which nobody was promised."""

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("demandshift.commands.looking.complaints", interrupted)
    monkeypatch.setattr(sys, "argv", ["demandshift", "list"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1


@pytest.mark.parametrize(("arguments", "status"), [(["list"], 0), (["show", "nothing"], 2), (["--help"], 0), ([], 2)])
def test_other_statuses_are_passed_on(
    arguments: list[str], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If this fails, scripts cannot tell a wrong scenario from a right one."""
    monkeypatch.setattr(sys, "argv", ["demandshift", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert (left.value.code or 0) == status
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    assert told.out or told.err


# Faults and full disks


def test_broken_books_end_with_1_and_no_figure(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a fault of the program looks like a wrong scenario, or prints figures all the same (R16)."""

    def broken(*_: object, **__: object) -> None:
        raise InvariantError("books: units differ (R16)")

    monkeypatch.setattr(running, "run", broken)
    out = shop.parent / "out"
    done = call("run", shop, "--json", "--out", out)
    assert done.exit_code == 1
    assert done.stderr.startswith("demandshift: books: units differ (R16); this is a fault of the program")
    assert json.loads(done.stdout)["error"] in done.stderr
    assert not out.exists()


def test_a_disk_that_fills_up_ends_with_1_and_a_line(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a full disk ends a long run with a page of Python."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "write_whole", full)
    out = shop.parent / "out"
    done = call("run", shop, "--replications", 1, "--out", out)
    assert done.exit_code == 1
    assert done.stderr == f"demandshift: --out {out}: cannot be written (No space left on device)\n"
    assert done.stdout == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["show", "two-fares"]])
def test_output_that_cannot_be_written_ends_with_1_and_a_line(arguments: list[str]) -> None:
    """If this fails, a full disk behind `>` gives a traceback, or is taken for success."""
    with Path("/dev/full").open("wb") as full:
        done = start(*arguments, stdout=full)
    assert done.returncode == 1
    assert done.stderr == b"demandshift: the output cannot be written (No space left on device)\n"


@pytest.mark.parametrize("arguments", [["run", "--replications", "1"], ["run", "--replications", "1", "--json"]])
def test_a_reader_who_leaves_gives_no_traceback(shop: Path, arguments: list[str]) -> None:
    """If this fails, `demandshift run … | head -1` ends in a page of Python."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = start(arguments[0], shop, *arguments[1:], stdout=writer)
    finally:
        os.close(writer)
    assert done.returncode in (0, 1)
    assert done.stderr == b""


def test_wrong_arguments_make_no_folder(shop: Path) -> None:
    """If this fails, a slip leaves an empty folder of results behind."""
    out = shop.parent / "deep" / "out"
    for wrong in (["--jobs", 0], ["--seed", -1], ["--engine", "turbo"], ["--replications", "auto", "--precision", 3]):
        assert call("run", shop, "--out", out, *wrong).exit_code == 2
    assert [file.name for file in shop.parent.iterdir()] == ["my shop.yaml"]


def test_a_folder_below_a_file_is_refused_before_the_run(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a long run is made whose results cannot be kept."""
    monkeypatch.setattr(running, "run", lambda *_, **__: pytest.fail("the scenario was run"))
    done = call("run", shop, "--out", shop / "out")
    assert done.exit_code == 2
    assert done.stderr == f"demandshift: --out {shop / 'out'}: cannot be written (Not a directory)\n"


# Consoles


def test_json_for_a_console_without_unicode_keeps_every_name(shop: Path) -> None:
    """If this fails, names in JSON become question marks where the console is old."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = start("run", shop, "--replications", "1", "--json", stdout=subprocess.PIPE, env=environment)
    assert done.returncode == 0
    products = json.loads(done.stdout.decode("ascii"))["manifest"]["resolved_scenario"]["products"]
    assert list(products) == ["thé"]


def test_json_for_a_console_with_unicode_is_readable(shop: Path) -> None:
    """If this fails, every accent is an escape."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = start("show", shop, "--json", stdout=subprocess.PIPE, env=environment)
    assert "thé" in done.stdout.decode("utf-8")


def test_alarms_are_told_beside_the_result(shop: Path) -> None:
    """If this fails, an interval of width 0 passes for certainty, or the alarm breaks the JSON."""
    done = call("run", shop, "--replications", 3, "--set", "segments.all.arrivals.rate=0", "--json")
    assert done.exit_code == 0
    (alarm,) = json.loads(done.stdout)["alarms"]
    assert done.stderr == f"alarm: {alarm}\n"


def test_no_progress_bar_beside_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a program that reads JSON on a terminal gets a bar in between."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with support.progress_of(as_json=True) as bar:
        assert bar is None
    with support.progress_of(as_json=False) as bar:
        assert bar is not None


def test_short_runs_show_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a bar flickers over runs that are done at once."""
    from rich.progress import Progress

    started = []
    monkeypatch.setattr(Progress, "start", lambda self: started.append(self))
    with support._progress_bar("replications") as show:
        show(1, 3)
    assert started == []
    monkeypatch.setattr(support, "LONG_RUN", -1.0)
    with support._progress_bar("replications") as show:
        show(3, 3)
        assert started == []
        show(1, 3)
    assert len(started) == 1
