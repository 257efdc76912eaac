"""A small season that is swept in milliseconds."""

from pathlib import Path

import pytest

import demandshift as ds

STALL = """
name: stall
horizon: 4
replications: 3
currency: EUR
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


@pytest.fixture
def stall_file(tmp_path: Path) -> Path:
    """Return the file of a stall and its rival."""
    file = tmp_path / "stall.yaml"
    file.write_text(STALL, encoding="utf-8")
    return file


@pytest.fixture
def stall(stall_file: Path) -> ds.Scenario:
    """Return a stall and its rival."""
    return ds.load(stall_file)
