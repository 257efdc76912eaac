"""Sweeps in processes of their own, which can be killed: scripts, and what they leave behind."""

import importlib.util
import sqlite3
import sys
from pathlib import Path
from types import ModuleType

import pytest

import demandshift as ds

STALL = """
name: stall
horizon: 4
replications: 4
firms:
  stall: {focal: true, ordering: {kind: order_up_to, review_every: 1, level: 20}}
  rival: {}
products:
  plum: {firm: stall, price: 3, cost: 1, salvage: 0.2, stock: 20}
  pear: {firm: stall, price: 2, cost: 0.8, stock: 15}
  fig: {firm: rival, price: 2.5, cost: 1, stock: unlimited}
segments:
  all:
    arrivals: {kind: poisson, rate: 40}
    choice: {kind: logit, scale: 0.7, reservation_price: {plum: 3.2, pear: 2.3, fig: 2.4}}
    transfer_cost: {substitutive: 0.1, competitive: 0.3}
"""

OVER = {"products.plum.price": "2.0:3.9:0.1", "firms.stall.ordering.level": "10,20,28"}
"""60 points."""

_HERE = Path(__file__).parent


def _load(file: Path) -> ModuleType:
    """Make a module known by its name: with importlib, test folders are not on the path."""
    specification = importlib.util.spec_from_file_location(file.stem, file)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[file.stem] = module
    specification.loader.exec_module(module)
    return module


needed = _load(_HERE.parent / "needed.py").needed


@pytest.fixture
def stall_file(tmp_path: Path) -> Path:
    """Return the file of a small season."""
    file = tmp_path / "stall.yaml"
    file.write_text(STALL, encoding="utf-8")
    return file


@pytest.fixture
def stall(stall_file: Path) -> ds.Scenario:
    """Return a small season."""
    return ds.load(stall_file)


@pytest.fixture
def over() -> dict[str, str]:
    """Return what is swept: 60 points."""
    return dict(OVER)


@pytest.fixture(scope="session")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> ds.Sweep:
    """Return the sweep as it is when nothing happens."""
    file = tmp_path_factory.mktemp("uninterrupted") / "stall.yaml"
    file.write_text(STALL, encoding="utf-8")
    return ds.sweep(ds.load(file), OVER, seed=1)


@pytest.fixture(name="needed")
def needed_fixture():
    """Return what skips a test where something is missing, or fails it where that is required."""
    return needed


def rows_of(file: Path) -> set[tuple[str, int]]:
    """Return the replications in a store; it must be sound, and hold none twice."""
    connection = sqlite3.connect(file, timeout=60)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if "demandshift_replications" not in tables:
            return set()  # killed before there was a table
        rows = connection.execute("SELECT scenario, replication FROM demandshift_replications").fetchall()
    finally:
        connection.close()
    assert len(rows) == len(set(rows))
    return set(rows)


@pytest.fixture(name="rows_of")
def rows_fixture():
    """Return what reads the replications of a store."""
    return rows_of
