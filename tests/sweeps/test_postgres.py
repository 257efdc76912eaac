"""A store that a team shares: PostgreSQL, started for the test and stopped on the way."""

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import demandshift as ds

PASSWORD = "correct-horse"


def _programs() -> Path | None:
    """Return the folder of the server's programs; Debian keeps them off the path."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return folders[-1].parent if folders else None


class Server:
    """A server of its own, in a temporary folder, on a port of this machine."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._data = programs, folder / "data"
        # The server refuses to run as the superuser.
        self._as = ["runuser", "-u", "postgres", "--"] if getpass.getuser() == "root" else []
        folder.chmod(0o777)
        password = folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        password.chmod(0o644)
        self._run(
            "initdb", "-D", str(self._data), "-U", "planner", "--auth=scram-sha-256", f"--pwfile={password}",
            "--no-sync", "-E", "UTF8",
        )  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._folder = folder
        self.start()

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [*self._as, str(self._programs / program), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd="/",
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} -c fsync=off"
        )
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")

    @property
    def url(self) -> str:
        """The address, with its password."""
        return f"postgresql://planner:{PASSWORD}@127.0.0.1:{self._port}/postgres"

    @property
    def shown(self) -> str:
        """The address as it may be shown."""
        return f"postgresql://planner@127.0.0.1:{self._port}/postgres"


@pytest.fixture
def server(needed) -> Iterator[Server]:
    """Return a running server."""
    programs = _programs()
    needed("postgres", programs is not None, "PostgreSQL's programs are not installed (apt-get install postgresql)")
    assert programs is not None
    # The user whose server it is must get there, which pytest's own folders do not allow.
    folder = Path("/tmp") / f"demandshift-postgres-{os.getpid()}"
    folder.mkdir()
    made = None
    try:
        made = Server(programs, folder)
        yield made
    finally:
        if made is not None:
            with_trouble = subprocess.run(
                [*made._as, str(programs / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop"],
                capture_output=True,
                check=False,
                cwd="/",
            )
            assert with_trouble.returncode in (0, 1), "1: it was stopped before"
        shutil.rmtree(folder)


def test_a_team_shares_a_store_and_may_lose_the_database(
    server: Server, stall: ds.Scenario, over: dict[str, str], uninterrupted: ds.Sweep
):
    """If this fails, a team's store gives other figures, a lost one costs what was finished or shows a password."""
    half = {**over, "products.plum.price": "2.0:2.9:0.1"}
    first = ds.sweep(stall, half, seed=1, replications=2, store=server.url)
    assert (first.manifest["computed"], first.manifest["store"]) == (60, server.shown)

    stopped: list[int] = []

    def stop(done: int, planned: int) -> None:
        if not stopped and done > 100 and done < planned:
            stopped.append(done)
            server.stop()

    with pytest.raises(ds.StoreError) as caught:
        ds.sweep(stall, over, seed=1, store=server.url, progress=stop)
    words = str(caught.value)
    assert words.startswith(f"the store {server.shown} cannot be written (")
    assert f"points are finished and safe in {server.shown}; the same sweep goes on from there" in words
    assert PASSWORD not in words

    with pytest.raises(ds.StoreError, match="cannot be opened"):
        ds.sweep(stall, over, seed=1, store=server.url)
    server.start()
    found = ds.sweep(stall, over, seed=1, store=server.url)
    assert found.manifest["taken_from_store"] >= stopped[0]
    assert found.manifest["taken_from_store"] + found.manifest["computed"] == 240
    assert PASSWORD not in str(found.as_dict()["manifest"])
    pd.testing.assert_frame_equal(found.frame, uninterrupted.frame, check_exact=True)
    again = ds.sweep(stall, over, seed=1, store=server.url)
    assert again.manifest["computed"] == 0
    pd.testing.assert_frame_equal(again.frame, uninterrupted.frame, check_exact=True)
