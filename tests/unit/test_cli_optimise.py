"""The command `optimise`: its JSON, its table, the file that it saves, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import demandshift as ds
from demandshift.cli import app

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
"""


@pytest.fixture
def stall(tmp_path: Path) -> Path:
    """Return the file of a small season."""
    file = tmp_path / "stall.yaml"
    file.write_text(SHOP, encoding="utf-8")
    return file


def call(*words: Any) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("what", ["orders", "prices", "joint"])
def test_json_has_the_plan_and_what_it_is_worth(stall: Path, what: str) -> None:
    """If this fails, a program that reads the answer finds another shape than the one promised."""
    done = call("optimise", stall, what, "--scenarios", 20, "--seed", 5, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["plan"]
    assert told["value"] > 0
    assert told["bound"] > 0
    assert told["gap"] == pytest.approx(100 * (told["bound"] - told["simulated"]["mean"]) / told["bound"])
    for name in ("simulated", "present", "difference"):
        assert set(told[name]) == {"mean", "half_width", "n"}
        assert told[name]["n"] == 3
    difference = told["simulated"]["mean"] - told["present"]["mean"]
    assert told["difference"]["mean"] == pytest.approx(difference)


def test_the_saved_scenario_is_the_planned_one(stall: Path, tmp_path: Path) -> None:
    """If this fails, what was judged and what is saved are two things."""
    new = tmp_path / "planned.yaml"
    done = call("optimise", stall, "orders", "--seed", 5, "--save", new, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    result = ds.run(ds.load(new), seed=5)
    profit = result.summary.set_index("figure").loc["profit"]
    assert profit["mean"] == pytest.approx(told["simulated"]["mean"])


def test_the_table_names_plan_bound_and_difference(stall: Path) -> None:
    """If this fails, a planner who reads the terminal misses what the figure to go by is."""
    done = call("optimise", stall, "joint", "--scenarios", 20)
    assert done.exit_code == 0, done.output
    for text in ("stall: joint of stall, for profit", "quantity", "price", "bound (", "difference", "EUR"):
        assert text in done.output


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("plans",), 2, "demandshift: what to optimise must be one of orders, prices, joint (got 'plans')"),
        (("prices", "--objective", "fun"), 2, "objective must be one of profit, revenue, welfare (got 'fun')"),
        (("orders", "--objective", "welfare"), 2, "objective 'welfare' is for prices; what to order is planned for"),
        (("orders", "--firm", "stahl"), 2, "there is no firm 'stahl' in the scenario (known: stall)"),
        (("orders", "--scenarios", "1"), 2, "scenarios must be a whole number above 1 (got 1)"),
        (("prices", "--save", "plan.txt"), 2, "--save plan.txt: a scenario file ends in .yaml"),
        (("orders", "--time-limit", "0"), 2, "time_limit must be above 0 (got 0.0)"),
        (("orders", "--replications", "0"), 2, "replications must be a whole number above 0"),
        (("orders", "--time-limit", "1e-9"), 1, "was not solved within 1e-09 s"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_status(
    stall: Path, words: tuple[str, ...], status: int, message: str
) -> None:
    """If this fails, a wrong word passes silently, or a script cannot tell a wrong argument from a failure."""
    done = call("optimise", stall, *words)
    assert done.exit_code == status
    assert message in done.output


def test_a_file_that_cannot_be_written_is_a_failure(stall: Path, tmp_path: Path) -> None:
    """If this fails, a plan is lost with a traceback at the end."""
    done = call("optimise", stall, "orders", "--save", tmp_path / "missing" / "planned.yaml")
    assert done.exit_code == 1
    assert "cannot be written" in done.output


def test_the_picture_has_a_line_for_each_offer_and_bars_for_each_order(stall: Path) -> None:
    """If this fails, `.plot()` of a plan shows something else than the plan."""
    best = ds.optimise(ds.load(stall), "joint", replications=2, scenarios=20)
    figure = best.plot()
    assert [trace.type for trace in figure.data] == ["scatter", "scatter", "bar", "bar"]
    orders = best.plan[best.plan["plan"] == "orders"]
    assert list(figure.data[2].y) == orders["quantity"].tolist()
    prices = best.plan[best.plan["offer"] == "plum"]
    assert [price for price in figure.data[0].y if price is not None][::2] == prices["price"].dropna().tolist()
