"""The commands `twin` and `explain`: what they print, what they write, and what they refuse."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from demandshift.cli import app

BRIEF = ("--set", "horizon=9", "--replications", "2")


def call(*words: Any) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_twin_prints_tables() -> None:
    """If this fails, a planner does not see who moved."""
    done = call("twin", "two-shops", *BRIEF, "--change", "promoted")
    assert done.exit_code == 0, done.output
    for text in (
        "two-shops: who moves because of the change",
        "products.market-cola.price: 1.55 → 1.29",
        "How much of the demand moved (R11)",
        "Who wants something else (customers)",
        "want something only with the change",
        "What the change does to the firms",
        "All figures are means a replication ± half-width of the 95 % interval (n = 2).",
    ):
        assert text in done.output.replace("\n", " ") or text in done.output


def test_twin_writes_json_and_tables(tmp_path: Path) -> None:
    """If this fails, a program that reads the answer finds another shape than the one promised."""
    words = ("twin", "two-shops", *BRIEF, "--seed", 5, "--change", "promoted", "--out", tmp_path, "--json")
    done = call(*words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["seed"] == 5
    assert told["change"] == [{"key": "products.market-cola.price", "without": 1.55, "with": 1.29, "in": "both"}]
    names = {"rates", "by_kind", "flows", "moves", "figures", "change"}
    assert {file.name for file in tmp_path.iterdir()} == {*(f"{name}.csv" for name in names), "manifest.json"}
    again = json.loads(call(*words, "--jobs", 2).stdout)
    for each in (told, again):
        del each["manifest"]["time"]
    assert told == again


def test_explain_prints_keys_and_shares() -> None:
    """If this fails, a planner does not see which key did what."""
    done = call("explain", "two-shops", *BRIEF, "--change", "promoted", "--change", "lean")
    assert done.exit_code == 0, done.output
    assert "products.market-cola.price" in done.output
    assert "firms.corner.ordering.cycle_service" in done.output
    assert "Note: Shapley values over all orders of 2 parts: 4 scenarios were run." in done.output


def test_explain_compares_two_files(tmp_path: Path) -> None:
    """If this fails, the difference of two files is not told."""
    other = tmp_path / "other.yaml"
    other.write_text("name: other\nextends: two-shops\nproducts: {cola: {price: 1.7}}\n", encoding="utf-8")
    done = call("explain", "two-shops", *BRIEF, "--to", other, "--set", "warm_up=7", "--json")
    told = json.loads(done.stdout)
    keys = {row["key"]: row["part"] for row in told["change"]}
    assert keys == {"name": None, "horizon": "horizon", "products.cola.price": "products.cola.price"}
    assert sum(row["carries"] for row in told["carried"]) == pytest.approx(told["figure"]["difference"])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("twin", "--change", "promotd"), "--change: unknown variant 'promotd'; did you mean 'promoted'?"),
        (("twin", "--change", "products.cola.price=1.8"), "demandshift: the change changes nothing that a run depends"),
        (("twin", "--change", "promoted", "--jobs", "0"), "demandshift: jobs must be a whole number above 0 (got 0)"),
        (("twin", "--change", "promoted", "--excel"), "demandshift: --excel writes a workbook beside the tables"),
        (("explain",), "demandshift: explain needs either --change or --to: what the scenario is compared with"),
        (("explain", "--change", "lean", "--to", "two-fares"), "demandshift: explain needs either --change or --to"),
        (("explain", "--change", "lean", "--figure", "profitt"), "demandshift: there is no figure 'profitt'; did you"),
    ],
)
def test_what_is_wrong_is_said_with_status_2(words: tuple[str, ...], text: str) -> None:
    """If this fails, a typing error ends in a traceback, or in an answer to another question."""
    done = call(words[0], "two-shops", *words[1:])
    assert done.exit_code == 2
    assert done.stderr.startswith(text)
