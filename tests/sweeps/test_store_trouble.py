"""Two sweeps at once, a full disk: nothing is corrupted, what is finished stays, and the end says what happened."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

import demandshift as ds


def command(file: Path, over: dict[str, str], store: Path, *more: str) -> list[str]:
    """Return the command that sweeps into a store."""
    grids = [word for key, values in over.items() for word in ("--grid", f"{key}={values}")]
    return [
        sys.executable, "-m", "demandshift", "sweep", str(file), *grids, "--seed", "1", "--store", str(store), *more,
    ]  # fmt: skip


def test_two_sweeps_may_write_to_one_store(
    stall_file: Path, over: dict[str, str], uninterrupted: ds.Sweep, rows_of, tmp_path: Path
):
    """If this fails, two colleagues who sweep at once corrupt their store, or stop each other."""
    store = tmp_path / "sweep.sqlite"
    other = {key: values for key, values in reversed(over.items())}
    processes = [
        subprocess.Popen(
            command(stall_file, each, store, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for each in (over, other)
    ]
    ends = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], [error for _, error in ends]
    told = [json.loads(out) for out, _ in ends]
    assert told[0]["points"] == json.loads(json.dumps(uninterrupted.as_dict()))["points"]
    assert len(told[1]["points"]) == 60
    assert len(rows_of(store)) == 240


def test_a_disk_that_fills_up_ends_with_a_message(
    stall: ds.Scenario, over: dict[str, str], uninterrupted: ds.Sweep, rows_of, tmp_path: Path
):
    """If this fails, a full disk ends in a traceback, or costs what was finished."""
    store = tmp_path / "sweep.sqlite"

    def limit(connection, record) -> None:  # noqa: ARG001
        connection.execute("PRAGMA max_page_count = 20")

    event.listen(Engine, "connect", limit)
    try:
        with pytest.raises(ds.StoreError) as caught:
            ds.sweep(stall, over, seed=1, store=store)
    finally:
        event.remove(Engine, "connect", limit)
    there = rows_of(store)
    finished = sum(1 for point in uninterrupted.hashes if {(point, number) for number in range(4)} <= there)
    assert finished > 0
    assert str(caught.value) == (
        f"the store {store} cannot be written (database or disk is full); {finished} of 60 points are finished and "
        f"safe in {store}; the same sweep goes on from there"
    )
    found = ds.sweep(stall, over, seed=1, store=store)
    assert found.manifest["taken_from_store"] == len(there)
    pd.testing.assert_frame_equal(found.frame, uninterrupted.frame, check_exact=True)


def test_the_command_says_that_the_disk_is_full(stall_file: Path, over: dict[str, str], rows_of, tmp_path: Path):
    """If this fails, the command ends a full disk with a traceback, or with an exit status of success."""
    store = tmp_path / "sweep.sqlite"
    done = subprocess.run(
        command(stall_file, over, store),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"demandshift: the store {store} cannot be written (")
    assert "points are finished and safe in" in done.stderr
    assert "Traceback" not in done.stderr
    assert 0 < len(rows_of(store)) < 240
