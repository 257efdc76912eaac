"""The command line: what it prints, what it writes, and with which exit status it ends."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from demandshift import load
from demandshift.cli import app
from demandshift.scenarios.library import library_file

SHOP = """\
name: corner
description: A shop with [red]one[/red] shelf :smile:.
horizon: 6
currency: EUR
firms: {shop: {}}
products:
  "tea [bold]": {firm: shop, price: 1, cost: 0.5, stock: 5}
  mate: {firm: shop, price: 1, cost: 0.5, stock: 40}
segments:
  all:
    arrivals: {kind: poisson, rate: 5}
    choice: {kind: logit, scale: 1, reservation_price: {"tea [bold]": 2, mate: 1}}
variants:
  dear: {products.mate.price: 2}
  dearer: {products.mate.price: 3}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a small shop in a file."""
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP, encoding="utf-8")
    return file


def call(*arguments: object) -> Result:
    """Call the command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_run_prints_money_service_matrix_and_rates(shop: Path) -> None:
    """Otherwise a planner would not see one of the tables that a run promises, or not see how sure they are."""
    done = call("run", shop, "--replications", 4)
    assert done.exit_code == 0
    for expected in ("Money (EUR)", "Service", "Where demand went", "Transfer rates", "4 replications", "(n = 4)", "±"):
        assert expected in done.stdout


def test_names_are_shown_literally(shop: Path) -> None:
    """Otherwise a product's name could colour the terminal, turn into an emoji, or vanish."""
    done = call("run", shop, "--replications", 2)
    assert "tea [bold]" in done.stdout
    assert "[red]one[/red] shelf :smile:." in done.stdout


def test_json_has_what_is_documented(shop: Path) -> None:
    """Otherwise scripts that read the object would miss a key, or a figure without its half-width and n (R17)."""
    done = call("run", shop, "--replications", 3, "--seed", 7, "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["schema_version"], found["scenario"], found["seed"], found["replications"]) == (1, "corner", 7, 3)
    for figure in ("profit", "revenue", "units_sold", "fill_rate", "lost", "waste"):
        assert set(found["summary"]["shop"][figure]) == {"mean", "half_width", "n"}
    assert {"arrived", "not_interested", "bought", "left", "waiting"} <= set(found["customers"])
    assert {"kind", "from", "to", "willing", "transferred"} == set(found["transfers"][0])
    assert {"substitutive", "competitive", "strategic"} <= set(found["rates"])
    assert {"scenario_hash", "resolved_scenario", "versions", "engine", "time"} <= set(found["manifest"])
    assert found["manifest"]["scenario_hash"] == load(shop).hash


def test_one_replication_has_no_half_width(shop: Path) -> None:
    """Otherwise one replication would pretend to know its own error (R17)."""
    found = json.loads(call("run", shop, "--replications", 1, "--json").stdout)
    assert found["summary"]["shop"]["profit"]["half_width"] is None
    assert "with one replication there is none" in call("run", shop, "--replications", 1).stdout


def test_seed_jobs_and_engine_reach_the_run(shop: Path) -> None:
    """Otherwise an option would be parsed and ignored."""
    one = json.loads(call("run", shop, "--replications", 3, "--json").stdout)
    other = json.loads(call("run", shop, "--replications", 3, "--seed", 2, "--json").stdout)
    two_jobs = json.loads(call("run", shop, "--replications", 3, "--jobs", 2, "--json").stdout)
    by_loop = json.loads(call("run", shop, "--replications", 3, "--engine", "loop", "--json").stdout)
    assert one["summary"] != other["summary"]
    assert one["summary"] == two_jobs["summary"]
    assert one["transfers"] == two_jobs["transfers"] == by_loop["transfers"]
    assert (one["manifest"]["engine"], by_loop["manifest"]["engine"]) == ("kernel", "loop")


def test_set_and_variant_change_the_scenario(shop: Path) -> None:
    """Otherwise a planner would compare a scenario with itself."""
    done = json.loads(
        call("run", shop, "--replications", 2, "--variant", "dear", "--set", "horizon=3", "--json").stdout
    )
    resolved = done["manifest"]["resolved_scenario"]
    assert resolved["products"]["mate"]["price"] == 2
    assert resolved["horizon"] == 3
    assert len(done["manifest"]["applied"]) >= 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--set", "products.mate.prize=2"], "products.mate.prize: unknown key; did you mean 'price'?"),
        (["--set", "horizon=3", "--set", "horizon=4"], "horizon"),
        (["--variant", "deere"], "did you mean 'dearer'?"),
        (["--variant", "dear", "--variant", "dearer"], "products.mate.price"),
        (["--replications", "many"], "--replications must be a whole number or auto (got 'many')"),
        (["--replications", "0"], "replications must be a whole number above 0"),
        (["--jobs", "0"], "jobs must be a whole number above 0 (got 0)"),
        (["--seed", "-1"], "seed must be a whole number in [0, 2**32) (got -1)"),
        (["--precision", "0.1"], "precision has a meaning only where replications is auto"),
        (["--replications", "auto", "--precision", "2"], "precision must be between 0 and 1"),
        (["--engine", "turbo"], "there is no engine 'turbo' (known: kernel, loop)"),
        (["--out", "out", "--format", "xlsx"], "there is no table format 'xlsx' (known: csv, parquet)"),
    ],
)
def test_wrong_arguments_end_with_2_and_a_reason(
    shop: Path, arguments: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a slip would give a traceback, a silent default, or half a run."""
    monkeypatch.chdir(shop.parent)
    done = call("run", shop, *arguments)
    assert done.exit_code == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [each.name for each in shop.parent.iterdir()] == ["shop.yaml"]


def test_wrong_scenario_in_json_names_each_problem(tmp_path: Path) -> None:
    """Otherwise an editor that calls the program could not point to the line."""
    file = tmp_path / "bad.yaml"
    file.write_text(SHOP.replace("horizon: 6", "horizn: 6").replace("price: 1,", "price: -1,"), encoding="utf-8")
    done = call("run", file, "--json")
    assert done.exit_code == 2
    problems = json.loads(done.stdout)["problems"]
    assert (problems[0]["line"], problems[0]["key"]) == (3, "horizn")
    assert len(problems) == 3
    assert "3 problems; nothing was run." in done.stderr


@pytest.mark.parametrize("table_format", ["csv", "parquet"])
def test_out_writes_tables_scenario_and_manifest(shop: Path, table_format: str) -> None:
    """Otherwise a run could not be taken up again from what it left."""
    out = shop.parent / "results of a run" / "first"
    done = call("run", shop, "--replications", 2, "--out", out, "--format", table_format)
    assert done.exit_code == 0
    names = {each.name for each in out.iterdir()}
    tables = {"summary", "sales", "stock", "customers", "transfers", "rates", "matrix", "timeline", "transfer_shares"}
    assert names == {f"{table}.{table_format}" for table in tables} | {"scenario.yaml", "manifest.json"}
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert load(out / "scenario.yaml").hash == manifest["scenario_hash"]


def test_out_that_cannot_be_written_is_refused_before_the_run(shop: Path) -> None:
    """Otherwise a long run would be lost at its very end."""
    blocked = shop.parent / "file"
    blocked.write_text("", encoding="utf-8")
    done = call("run", shop, "--out", blocked)
    assert done.exit_code == 2
    assert f"--out {blocked}: cannot be written" in done.stderr
    assert done.stdout == ""


def test_auto_says_how_many_it_took(shop: Path) -> None:
    """Otherwise nobody could tell how much work the precision was."""
    found = json.loads(call("run", shop, "--replications", "auto", "--precision", "0.03", "--json").stdout)
    profit = found["summary"]["shop"]["profit"]
    assert found["replications"] == profit["n"] >= 20
    assert profit["half_width"] <= 0.03 * profit["mean"]


def test_list_names_the_library() -> None:
    """Otherwise a new user would not know what there is to run."""
    done = call("list")
    assert done.exit_code == 0
    for name in ("fresh-shelf", "two-shops", "two-fares", "fashion-markdown"):
        assert name in done.stdout
    found = json.loads(call("list", "--json").stdout)
    assert "two-fares" in [each["name"] for each in found["scenarios"]]


def test_show_prints_the_file_as_it_stands() -> None:
    """Otherwise the comments of a library scenario, half of its use, would be lost."""
    file = library_file("two-shops")
    assert file is not None
    assert call("show", "two-shops").stdout == file.read_text(encoding="utf-8")
    found = json.loads(call("show", "two-shops", "--json").stdout)
    assert found["resolved_scenario"]["firms"]["corner"]["focal"] is True
    assert found["variants"] == ["lean", "promoted", "lp"]


def test_show_of_nothing_ends_with_2() -> None:
    """Otherwise a typo in a name would give a traceback."""
    done = call("show", "two-shop")
    assert done.exit_code == 2
    assert "did you mean 'two-shops'?" in done.stderr


def test_validate_judges_every_file(shop: Path) -> None:
    """Otherwise one bad file would hide the others."""
    bad = shop.parent / "bad.yaml"
    bad.write_text("name: bad\nhorizon: 0\n", encoding="utf-8")
    done = call("validate", shop, bad, "two-fares")
    assert done.exit_code == 2
    assert f"{shop}: ok" in done.stdout
    assert "two-fares: ok" in done.stdout
    assert "bad.yaml:2: horizon: must be greater than 0 (got 0)" in done.stderr
    found = json.loads(call("validate", shop, bad, "--json").stdout)
    assert [each["valid"] for each in found["files"]] == [True, False]
    assert call("validate", shop).exit_code == 0


def test_schema_is_json_schema() -> None:
    """Otherwise editors could not complete scenario files."""
    for arguments in (["schema"], ["schema", "--json"]):
        found = json.loads(call(*arguments).stdout)
        assert {"firms", "products", "segments"} <= set(found["properties"])


def test_version() -> None:
    """Otherwise a report of a fault could not say what it is about."""
    done = call("--version")
    assert done.exit_code == 0
    assert done.stdout.strip().count(".") == 2


def test_unknown_option_ends_with_2(shop: Path) -> None:
    """Otherwise a misspelt option would be ignored."""
    assert call("run", shop, "--replicatons", 3).exit_code == 2


def test_a_pipe_that_closes_early_gives_no_traceback() -> None:
    """Otherwise `demandshift show … | head -1` would end in a page of Python."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [sys.executable, "-m", "demandshift", "show", "two-shops"]
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(writer)
    assert b"Traceback" not in done.stderr


def test_a_console_without_unicode_gives_no_traceback(shop: Path) -> None:
    """Otherwise ± would stop a run on an old console."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "demandshift", "run", str(shop), "--replications", "2"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300, env=environment)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"Service" in done.stdout


def test_progress_bar_only_for_a_person(shop: Path) -> None:
    """Otherwise bars would fill log files, or a person would stare at nothing."""
    at_once = "from demandshift import cli; from demandshift.commands import support; support.LONG_RUN = 0; cli.main()"
    command = [sys.executable, "-c", at_once, "run", str(shop), "--replications", "40"]
    quiet = subprocess.run(command, capture_output=True, check=False, timeout=300)
    assert b"replications" not in quiet.stderr
    person, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, env=environment) as running:
        os.close(terminal)
        seen = b""
        while True:
            try:
                chunk = os.read(person, 4096)
            except OSError:
                break
            if not chunk:
                break
            seen += chunk
        running.communicate(timeout=300)
    os.close(person)
    assert running.returncode == 0
    assert b"/40" in seen


def test_kept_customers_go_into_the_folder_of_the_tables(shop: Path, tmp_path: Path) -> None:
    """Otherwise a run that keeps its customers would lose them, or mix them with those of another run."""
    out = tmp_path / "out"
    keep = ("--replications", 2, "--set", "customers=keep")
    refused = call("run", shop, *keep)
    assert refused.exit_code == 2
    assert "keeps its customers: say where with --out DIR, or --set customers=counts" in refused.stderr
    assert call("run", shop, *keep, "--out", out).exit_code == 0
    assert sorted(file.name for file in (out / "customers").iterdir()) == [
        "replication-00000.parquet",
        "replication-00001.parquet",
    ]
    counted = call("run", shop, "--replications", 2, "--out", out)
    assert counted.exit_code == 2
    assert "holds the customers of an earlier run" in counted.stderr
