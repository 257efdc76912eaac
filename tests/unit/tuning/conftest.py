"""What the tests of tuning share: a stall small enough to think through."""

from collections.abc import Callable
from pathlib import Path

import pytest

import demandshift as ds

STALL = """
name: stall
horizon: 4
replications: 4
currency: EUR
firms:
  stall: {ordering: {kind: season_buy, quantity: 30}}
  rival: {}
products:
  plum: {firm: stall, price: 3, cost: 1, salvage: 0.2}
  pear: {firm: stall, price: 2, cost: 0.8, ordering: {quantity: 20}}
  fig:  {firm: rival, price: 2.5, cost: 1, stock: unlimited}
segments:
  all:
    arrivals: {kind: poisson, rate: 12}
    choice: {kind: logit, scale: 0.7, reservation_price: {plum: 3.2, pear: 2.3, fig: 2}}
"""


@pytest.fixture
def stall_file(tmp_path: Path) -> Path:
    """Return the file of a small season with a rival."""
    file = tmp_path / "stall.yaml"
    file.write_text(STALL, encoding="utf-8")
    return file


@pytest.fixture
def stall(stall_file: Path) -> ds.Scenario:
    """Return a small season with a rival."""
    return ds.load(stall_file)


@pytest.fixture
def changed(stall: ds.Scenario) -> Callable[..., ds.Scenario]:
    """Return what changes the small season, by path."""
    return lambda **values: stall.replace({key.replace("__", "."): value for key, value in values.items()})
