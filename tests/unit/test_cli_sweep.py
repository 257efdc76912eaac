"""The command `sweep`: its table, its JSON, its files, what it refuses, and how it says that points failed."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import demandshift as ds
from demandshift.cli import app
from demandshift.experiments.sweeping import work

SHOP = """
name: stall
horizon: 4
replications: 3
currency: EUR
firms:
  stall: {ordering: {kind: season_buy, quantity: 30}}
products:
  plum: {firm: stall, price: 3, cost: 1, salvage: 0.2}
  pear: {firm: stall, price: 2, cost: 0.8}
segments:
  all:
    arrivals: {kind: poisson, rate: 12}
    choice: {kind: logit, scale: 0.7, reservation_price: {plum: 3.2, pear: 2.3}}
variants:
  dear: {products.pear.price: 2.4}
"""
GRID = ("--grid", "products.plum.price=2.5:3.5:0.5", "--grid", "firms.stall.ordering.quantity=20,30")


@pytest.fixture
def stall(tmp_path: Path) -> Path:
    """Return the file of a small season."""
    file = tmp_path / "stall.yaml"
    file.write_text(SHOP, encoding="utf-8")
    return file


def call(*words: Any) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_table_has_a_row_a_point(stall: Path):
    """If this fails, a planner who reads the terminal misses a point, a figure or its interval."""
    done = call("sweep", stall, *GRID, "--seed", 5, "--variant", "dear", "--set", "horizon=6")
    assert done.exit_code == 0, done.output
    assert "6 points, 3 replications each, seed 5." in done.output
    for text in ("products.plum.price", "profit of stall", "fill rate of stall", "±", "%"):
        assert text in done.output
    rows = [line.split() for line in done.output.splitlines() if "±" in line and "point" not in line]
    assert [row[:3] for row in rows] == [
        [str(number), price, quantity]
        for number, (price, quantity) in enumerate(
            [(price, quantity) for price in ("2.5", "3", "3.5") for quantity in ("20", "30")], start=1
        )
    ]


def test_json_and_python_tell_the_same(stall: Path):
    """If this fails, the command line and a notebook find different figures."""
    done = call("sweep", stall, *GRID, "--seed", 5, "--variant", "dear", "--figure", "profit", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    over = {"products.plum.price": [2.5, 3.0, 3.5], "firms.stall.ordering.quantity": [20, 30]}
    found = ds.sweep(ds.load(stall, variants=["dear"]), over, seed=5, figures=["profit"])
    assert told["points"] == json.loads(json.dumps(found.as_dict()["points"]))
    assert told["manifest"]["applied"][-1] == "variant dear"


def test_files_are_written(stall: Path, tmp_path: Path):
    """If this fails, `--out` loses a table, or where it came from."""
    done = call("sweep", stall, *GRID, "--out", tmp_path / "out", "--store", tmp_path / "s.sqlite")
    assert done.exit_code == 0, done.output
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "sweep.csv", "points.csv", "failures.csv", "manifest.json",
    }  # fmt: skip
    frame = pd.read_csv(tmp_path / "out" / "sweep.csv")
    assert set(frame["point"]) == set(range(1, 7))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["store"] == str(tmp_path / "s.sqlite")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--grid", "products.plum.prise=1,2"),
            "--grid: products.plum.prise: unknown key; did you mean 'price'? (at all 2",
        ),
        (("--grid", "products.plum.price=1:2"), "1:2 needs a step in a grid, as in 1:2:1, or design latin or sobol"),
        ((), "--grid: nothing is swept; name a key and its values"),
        ((*GRID, "--design", "latin"), "a latin design needs points"),
        ((*GRID, "--jobs", "0"), "jobs must be a whole number above 0 (got 0)"),
        ((*GRID, "--backend", "spark"), "there is no backend 'spark' (known: local, dask://HOST:PORT)"),
        ((*GRID, "--store", "oracle://x"), "--store: there is no store of kind 'oracle'"),
        ((*GRID, "--figure", "gain"), "there is no figure 'gain'"),
        ((*GRID, "--excel"), "--excel writes a workbook beside the tables"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(stall: Path, words: tuple[str, ...], message: str):
    """If this fails, a wrong argument ends in a traceback or another exit status than 2."""
    done = call("sweep", stall, *words)
    assert done.exit_code == 2, done.output
    assert message in done.output


def test_failed_points_are_said_and_the_others_kept(stall: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """If this fails, a sweep with holes looks like one without, or its results are thrown away."""
    build = work.build_world

    def build_some(settled):
        if settled.products[0].specification.price == 3.0:
            raise ds.InvariantError("books: they differ")
        return build(settled)

    monkeypatch.setattr(work, "build_world", build_some)
    done = call("sweep", stall, *GRID, "--out", tmp_path / "out", "--store", tmp_path / "s.sqlite")
    assert done.exit_code == 1
    assert (
        "point 3 (products.plum.price=3.0, firms.stall.ordering.quantity=20): InvariantError: books: they differ"
        in (done.stderr)
    )
    assert done.stderr.splitlines()[-1] == (
        "demandshift: 2 of 6 points failed; what was computed is kept in the store, and the same command tries the "
        "failed points again"
    )
    assert len(pd.read_csv(tmp_path / "out" / "failures.csv")) == 2
    assert set(pd.read_csv(tmp_path / "out" / "sweep.csv")["point"]) == {1, 2, 5, 6}
    monkeypatch.setattr(work, "build_world", build)
    again = call("sweep", stall, *GRID, "--store", tmp_path / "s.sqlite", "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["manifest"]["computed"] == 6


def test_ctrl_c_tells_how_to_go_on(stall: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """If this fails, who interrupts a sweep does not know that it can go on."""
    from demandshift.experiments.sweeping.conductor import Conductor

    def interrupted(self, missing, workers) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    monkeypatch.setattr(Conductor, "compute", interrupted)
    done = call("sweep", stall, *GRID, "--store", tmp_path / "s.sqlite")
    assert done.exit_code == 1
    assert done.stderr == (
        f"demandshift: interrupted; 0 of 6 points are finished and safe in {tmp_path / 's.sqlite'}; "
        "the same sweep goes on from there\n"
    )
