"""A sweep that is killed at random moments loses no finished point, doubles none, and ends as if nothing had been."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

import demandshift as ds

SHORT = bool(os.environ.get("DEMANDSHIFT_SHORT"))
MOMENTS = 12 if SHORT else 50
"""How often a sweep is killed."""


class Nursery:
    """The process that forks sweeps, and what it tells."""

    def __init__(self, file: Path, over: dict[str, str]) -> None:
        script = Path(__file__).parent / "nursery.py"
        self._process = subprocess.Popen(
            [sys.executable, str(script), json.dumps({"file": str(file), "over": over})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._wait_for("ready")

    def _line(self) -> list[str]:
        assert self._process.stdout is not None
        return self._process.stdout.readline().split()

    def _wait_for(self, word: str) -> list[str]:
        while True:
            line = self._line()
            assert line, "the nursery ended"
            if line[0] == word:
                return line

    def sweep(self, store: Path, kill_after: float | None) -> tuple[int, bool]:
        """Run a sweep and kill it after some seconds; return what it said to be done last, and whether it finished."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{store}\n")
        self._process.stdin.flush()
        child = int(self._wait_for("child")[1])
        timer = None
        if kill_after is not None:
            timer = threading.Timer(kill_after, _kill, [child])
            timer.start()
        done, finished = 0, False
        while (line := self._line() or ["gone"])[0] != "ended":
            assert line[0] != "gone", "the nursery ended"
            if line[0] == "done":
                done = int(line[2])
            finished = finished or line[0] == "finished"
        if timer is not None:
            timer.cancel()
            timer.join()
        return done, finished

    def close(self) -> None:
        """Let the nursery end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killing_at_random_moments_changes_nothing(
    stall_file: Path, over: dict[str, str], uninterrupted: ds.Sweep, rows_of, tmp_path: Path
):
    """If this fails, a power cut costs what was finished, or a resumed sweep has other figures than a whole one."""
    chance = random.Random(20_250_303)
    nursery = Nursery(stall_file, over)
    try:
        started = time.monotonic()
        done, finished = nursery.sweep(tmp_path / "whole.sqlite", None)
        whole = time.monotonic() - started
        planned = len(uninterrupted.values) * uninterrupted.replications
        assert finished
        assert done == planned

        killed = turn = 0
        while killed < MOMENTS:
            # From the opening of the store to the last row; a store that is full begins a new one.
            store, before, finished = tmp_path / f"{turn}.sqlite", set(), False
            turn += 1
            while not finished and killed < MOMENTS:
                done, finished = nursery.sweep(store, chance.uniform(0, 0.4 * whole))
                rows = rows_of(store) if store.exists() else set()
                assert rows >= before, "a replication was lost"
                assert len(rows) >= done, "what was shown as done was not stored"
                killed += not finished
                before = rows
            _, finished = nursery.sweep(store, None)
            assert finished
            assert len(rows_of(store)) == planned
            found = ds.sweep(ds.load(stall_file), over, seed=1, store=store)
            assert found.manifest["computed"] == 0
            pd.testing.assert_frame_equal(found.frame, uninterrupted.frame, check_exact=True)
    finally:
        nursery.close()


def test_a_killed_command_resumes(stall_file: Path, uninterrupted: ds.Sweep, over, rows_of, tmp_path: Path):
    """If this fails, the command with its processes does not resume where it was, or leaves processes behind."""
    store = tmp_path / "sweep.sqlite"
    grids = [word for key, values in over.items() for word in ("--grid", f"{key}={values}")]
    command = [sys.executable, "-m", "demandshift", "sweep", str(stall_file), *grids]
    words = [*command, "--seed", "1", "--store", str(store), "--json"]
    process = subprocess.Popen([*words, "--jobs", "2"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (store.exists() and len(rows_of(store)) > 20):
        time.sleep(0.02)
    process.kill()
    process.wait()
    there = len(rows_of(store))
    assert there > 20
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["manifest"]["taken_from_store"] == there
    assert told["manifest"]["computed"] == 240 - there
    assert told["points"] == json.loads(json.dumps(uninterrupted.as_dict()))["points"]
