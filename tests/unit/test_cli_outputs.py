"""Options --out, --format, --excel and --report: what they write, what they refuse, and when."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from demandshift.cli import app
from demandshift.commands.outputs import Outputs
from demandshift.commands.support import ALL_WORDS, FailedError, WrongArgumentError, command_line
from demandshift.experiments.report.page import Page

SHOP = """
name: shop
horizon: 4
replications: 2
currency: EUR
firms:
  shop: {ordering: {kind: season_buy, quantity: 12}}
products:
  "=tea": {firm: shop, price: 3, cost: 1}
  "<b>pear</b>": {firm: shop, price: 2, cost: 0.8}
segments:
  all:
    arrivals: {kind: poisson, rate: 8}
    choice: {kind: logit, scale: 0.7, reservation_price: {"=tea": 3.2, "<b>pear</b>": 2.3}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return the file of a small season."""
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP, encoding="utf-8")
    return file


def call(*words: Any) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_run_writes_tables_workbook_and_report(shop: Path, tmp_path: Path) -> None:
    """If this fails, an option of `run` is read and ignored, or the places are not named."""
    out, report = tmp_path / "out", tmp_path / "pages" / "run.html"
    done = call("run", shop, "--out", out, "--excel", "--report", report)
    assert done.exit_code == 0, done.output
    assert f"Tables, scenario, workbook and manifest are in {out}." in done.stdout
    assert f"The report is in {report}." in done.stdout
    assert {"summary.csv", "manifest.json", "scenario.yaml", "tables.xlsx"} <= {each.name for each in out.iterdir()}
    book = openpyxl.load_workbook(out / "tables.xlsx")
    assert sorted(book.sheetnames) == sorted(each.stem for each in out.glob("*.csv"))
    assert "=tea" in [row[0] for row in book["sales"].values]
    page = report.read_text(encoding="utf-8")
    assert "<title>shop</title>" in page
    assert f"demandshift run {shop} --out {out} --excel --report {report}" in page


def test_optimise_writes_tables_workbook_and_report(shop: Path, tmp_path: Path) -> None:
    """If this fails, a plan can be read in a terminal only."""
    out, report = tmp_path / "out", tmp_path / "plan.html"
    words = ("optimise", shop, "joint", "--scenarios", 20, "--out", out, "--format", "parquet", "--excel")
    done = call(*words, "--report", report)
    assert done.exit_code == 0, done.output
    assert f"Tables, workbook and manifest are in {out}." in done.stdout
    names = {"orders.parquet", "prices.parquet", "worth.parquet", "duals.parquet", "manifest.json", "tables.xlsx"}
    assert {each.name for each in out.iterdir()} == names
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["optimise"] == {
        "what": "joint",
        "firm": "shop",
        "objective": "profit",
        "draws": 20,
        "time_limit": None,
    }
    assert "<title>shop: orders and prices of shop</title>" in report.read_text(encoding="utf-8")


def test_json_stays_one_object(shop: Path, tmp_path: Path) -> None:
    """If this fails, a script that asks for both cannot read the object."""
    done = call("run", shop, "--json", "--report", tmp_path / "run.html", "--out", tmp_path / "out")
    assert json.loads(done.stdout)["scenario"] == "shop"
    done = call("optimise", shop, "orders", "--json", "--report", tmp_path / "plan.html")
    assert json.loads(done.stdout)["what"] == "orders"
    assert (tmp_path / "plan.html").is_file()


@pytest.mark.parametrize("command", [("run",), ("optimise", "orders")])
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--excel",), "--excel writes a workbook beside the tables: say where with --out DIR"),
        (("--report", "run.pdf"), "--report run.pdf: a report's name ends in .html"),
        (("--out", "out", "--format", "xlsx"), "--format: there is no table format 'xlsx' (known: csv, parquet)"),
        (("--report", "/dev/null/run.html"), "--report /dev/null/run.html: cannot be written ("),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_runs(
    shop: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], words: tuple[str, ...], message: str
) -> None:
    """If this fails, a long run ends in nothing because of a typing error in the name of a file."""
    monkeypatch.setattr("demandshift.simulator.run.run", None)
    monkeypatch.setattr("demandshift.experiments.planning.optimise.optimise", None)
    done = call(command[0], shop, *command[1:], *words)
    assert done.exit_code == 2, done.output
    assert message in done.stderr


def test_a_report_that_cannot_be_written_in_the_end_is_a_failure(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, a full disk ends a run with a page of Python."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("demandshift.experiments.report.html.write_whole", full)
    report = tmp_path / "run.html"
    done = call("run", shop, "--out", tmp_path / "out", "--report", report)
    assert done.exit_code == 1
    assert done.stderr == f"demandshift: --report {report}: cannot be written (No space left on device)\n"
    assert (tmp_path / "out" / "summary.csv").is_file()


def test_a_password_does_not_go_into_a_report(tmp_path: Path) -> None:
    """If this fails, whoever gets a report gets the password of the team's database with it."""

    class Empty:
        """What has nothing but a page."""

        def page(self) -> Page:
            """Return an empty page."""
            return Page("t", "l", (), {})

    token = ALL_WORDS.set(("sweep", "a b", "--store", "postgresql://me:se:cret@host:5432/db"))
    try:
        told = command_line()
        Outputs(report=tmp_path / "page.html").deliver(Empty())
    finally:
        ALL_WORDS.reset(token)
    assert told == "demandshift sweep 'a b' --store 'postgresql://me:***@host:5432/db'"
    assert "cret" not in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_tables_that_cannot_be_written_name_the_option(tmp_path: Path) -> None:
    """If this fails, a message names a file that nobody has heard of, such as the half-written one."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "/tmp/.summary-x1y2.csv")

    with pytest.raises(FailedError, match=f"--out {tmp_path}: cannot be written \\(No space left on device\\)"):
        Outputs(out=tmp_path).deliver(None, full)
    with pytest.raises(WrongArgumentError, match="say where with --out DIR"):
        Outputs(excel=True).check()
