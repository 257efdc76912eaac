"""A Dask cluster gives the local result, to the bit, also when a worker is killed on the way."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import demandshift as ds
from demandshift.experiments.sweeping import sweeps
from demandshift.experiments.sweeping.workers import Processes


class Cluster:
    """A scheduler and some worker processes, each with one thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        self._log = folder / "scheduler.log"
        self._scheduler = self._start(self._log, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self._wait_for_address()

    def _start(self, log: Path, *words: str) -> "subprocess.Popen[bytes]":
        with log.open("wb") as out:
            return subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "distributed.cli.dask_" + words[0], *words[1:]],
                stdout=out,
                stderr=out,
                cwd=self.folder,
            )

    def _wait_for_address(self) -> str:
        for _ in range(600):
            found = re.search(r"tcp://(127\.0\.0\.1:\d+)", self._log.read_text(encoding="utf-8"))
            if found:
                return found[1]
            assert self._scheduler.poll() is None, self._log.read_text(encoding="utf-8")
            time.sleep(0.1)
        raise AssertionError(self._log.read_text(encoding="utf-8"))

    def add_worker(self) -> None:
        """Start a worker process."""
        log = self.folder / f"worker-{len(self.workers)}.log"
        words = ("worker", f"tcp://{self.address}", "--nthreads", "1", "--no-nanny", "--no-dashboard")
        self.workers.append(self._start(log, *words))

    @property
    def backend(self) -> str:
        """What a sweep calls it."""
        return f"dask://{self.address}"

    def stop(self) -> None:
        """End all of it."""
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Return a cluster of two worker processes."""
    made = Cluster(tmp_path)
    try:
        made.add_worker()
        made.add_worker()
        yield made
    finally:
        made.stop()


def test_a_cluster_gives_the_local_result_and_may_lose_a_worker(
    cluster: Cluster, stall: ds.Scenario, over: dict[str, str], uninterrupted: ds.Sweep, tmp_path: Path
):
    """If this fails, figures depend on where they were computed, or a worker that dies costs more than time."""
    found = ds.sweep(stall, over, seed=1, backend=cluster.backend)
    pd.testing.assert_frame_equal(found.frame, uninterrupted.frame, check_exact=True)
    assert found.manifest["backend"] == cluster.backend
    assert found.manifest["computed"] == 240

    killed: list[int] = []

    def kill_one(done: int, planned: int) -> None:
        if not killed and 0 < done < planned:
            killed.append(done)
            os.kill(cluster.workers[0].pid, signal.SIGKILL)

    again = ds.sweep(stall, over, seed=1, backend=cluster.backend, store=tmp_path / "s.sqlite", progress=kill_one)
    assert killed
    assert killed[0] < 240, "it was killed on the way"
    assert cluster.workers[0].wait(10) == -signal.SIGKILL
    pd.testing.assert_frame_equal(again.frame, uninterrupted.frame, check_exact=True)
    assert again.manifest["computed"] == 240


def test_a_cluster_that_does_not_answer_is_said(stall: ds.Scenario, monkeypatch: pytest.MonkeyPatch):
    """If this fails, a wrong address waits for ever, or ends in a traceback."""
    from demandshift.experiments.sweeping import workers

    monkeypatch.setattr(workers, "PATIENCE_SECONDS", 0.5)
    with pytest.raises(ds.BackendError, match=r"no Dask scheduler answers at dask://127.0.0.1:1 \("):
        ds.sweep(stall, {"horizon": [2]}, replications=1, backend="dask://127.0.0.1:1")


def test_a_worker_process_that_is_killed_here_costs_only_time(
    stall: ds.Scenario, over: dict[str, str], uninterrupted: ds.Sweep, monkeypatch: pytest.MonkeyPatch
):
    """If this fails, one process that the system kills for lack of memory ends the sweep."""
    killed: list[int] = []
    made: list[Processes] = []
    monkeypatch.setattr(sweeps, "workers_of", lambda backend, jobs: made.append(Processes(jobs)) or made[0])  # noqa: ARG005

    def kill_one(done: int, planned: int) -> None:
        if not killed and 0 < done < planned:
            (executor,) = made
            killed.append(next(iter(executor._executor._processes)))
            os.kill(killed[0], signal.SIGKILL)

    found = ds.sweep(stall, over, seed=1, jobs=2, progress=kill_one)
    assert killed
    assert found.failed == ()
    pd.testing.assert_frame_equal(found.frame, uninterrupted.frame, check_exact=True)
