"""A small scenario with variants, for tests of comparisons."""

from collections.abc import Callable
from pathlib import Path

import pytest

import demandshift as ds

STALL = """
name: stall
horizon: 7
replications: 12
currency: EUR
firms:
  stall: {focal: true, ordering: {kind: order_up_to, review_every: 1, level: 22}}
  rival: {}
products:
  rolls: {firm: stall, price: 1.50, cost: 0.50, shelf_life: 1}
  buns:  {firm: rival, price: 1.60, cost: 0.50, stock: unlimited}
segments:
  passers-by:
    arrivals: {kind: poisson, rate: 50}
    choice: {kind: logit, scale: 0.5, reservation_price: {rolls: 1.50, buns: 1.30}}
variants:
  more:   {firms.stall.ordering.level: 24}
  much:   {firms.stall.ordering.level: 40}
  same:   {firms.stall.ordering.level: 22}
  cheap:  {products.rolls.price: 1.30}
  longer: {horizon: 8}
  wider:
    products.cake: {firm: stall, price: 2, cost: 1, stock: 20}
    segments.passers-by.choice.reservation_price: {rolls: 1.50, buns: 1.30, cake: 2}
"""


@pytest.fixture(scope="session")
def stall_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the stall."""
    file = tmp_path_factory.mktemp("stall") / "stall.yaml"
    file.write_text(STALL, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def stall(stall_file: Path) -> ds.Scenario:
    """Return the stall."""
    return ds.load(stall_file)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], ds.Scenario]:
    """Return what loads a scenario from its text."""

    def make(text: str) -> ds.Scenario:
        file = tmp_path / "written.yaml"
        file.write_text(text, encoding="utf-8")
        return ds.load(file)

    return make
