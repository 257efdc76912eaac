"""The command `compare`: its table, its JSON, its files, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from demandshift.cli import app


def call(*words: Any) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_table_tells_figures_differences_and_the_family(stall_file):
    """If this fails, a planner cannot see from the terminal what is beyond doubt, among how many differences."""
    done = call(
        "compare", stall_file, "--variants", "more,much", "--variants", "same", "--replications", 6, "--seed", 1
    )
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "stall: more, much and same against base"
    assert "6 replications of each, seed 1: the same customers walk into every one." in lines[1]
    assert "Figures (stall)" in done.stdout
    differences = done.stdout[done.stdout.index("Differences to base (stall)") :]
    (of_profit,) = [line for line in differences.splitlines() if line.strip().startswith("profit")]
    assert of_profit.rstrip().endswith("none")
    assert " * " in of_profit
    assert "* beyond doubt: of the 27 differences that are judged together (9 figures × 3 variants)" in done.stdout
    assert "alarm: same means the same as base" in done.stderr


def test_one_replication_says_that_it_says_nothing(stall_file):
    """If this fails, a quick look is taken for a finding (R17)."""
    done = call("compare", stall_file, "--variants", "more", "--replications", 1)
    assert done.exit_code == 0, done.output
    assert "with one there are no intervals" in done.stdout
    assert "With one replication nothing can be said of a difference." in done.stdout
    assert "±" not in done.stdout


def test_a_family_of_noughts_is_said_to_be_one(stall_file):
    """If this fails, a planner stares at empty tables."""
    done = call("compare", stall_file, "--variants", "more", "--replications", 2, "--figure", "strategic")
    assert done.exit_code == 0, done.output
    assert "Figures that are 0, or have nothing to be a rate of, in all of them are left out." in done.stdout
    assert "Differences to base" not in done.stdout


def test_many_variants_stand_below_each_other(stall_file):
    """If this fails, seven columns are squeezed until no figure can be read."""
    done = call("compare", stall_file, "--replications", 2, "--figure", "profit")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("Figures (stall)") == 2
    assert done.stdout.count("Differences to base (stall)") == 2


def test_the_best_is_told_with_its_guarantee(stall_file):
    """If this fails, somebody is called the best and nobody says how surely."""
    words = ("--variants", "more,much", "--replications", 2, "--best", "--indifference", "2%", "--first-stage", 10)
    done = call("compare", stall_file, *words)
    assert done.exit_code == 0, done.output
    assert "The best (largest profit of stall): base" in done.stdout
    assert "screened out, behind base" in done.stdout
    assert "With a chance of 95 % or more this is the best of the 3, if the profit of stall" in done.stdout
    assert "Indifference zone: 2% of " in done.stdout


def test_json_is_the_whole_comparison(stall_file):
    """If this fails, a program that reads the answer finds another shape than the one promised."""
    done = call(
        "compare", stall_file, "--variants", "more", "--replications", 3, "--figure", "offer.rolls.sales", "--json"
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert list(told) == [
        *("schema_version", "scenario", "compared", "against", "seed", "replications", "alarms", "family", "figures"),
        *("differences", "pairing", "best", "manifest"),
    ]
    assert told["family"] == {
        "figures": ["offer.rolls.sales"],
        "differences": 1,
        "adjustment": "Holm",
        "beyond_doubt_below": 0.05,
    }
    judged = [row for row in told["differences"] if row["p_adjusted"] is not None]
    assert [(row["name"], row["figure"], row["n"]) for row in judged] == [("rolls", "sales", 3)]


def test_files_hold_what_the_comparison_holds(stall_file, tmp_path):
    """If this fails, tables, workbook or report are missing, or say nothing of where they come from."""
    out, page = tmp_path / "out", tmp_path / "page.html"
    words = ("--variants", "more", "--replications", 2, "--best", "--indifference", 5, "--out", out, "--excel")
    done = call("compare", stall_file, *words, "--report", page)
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in out.iterdir()) == [
        *("best.csv", "differences.csv", "figures.csv", "manifest.json", "pairing.csv", "tables.xlsx"),
    ]
    assert set(json.loads((out / "manifest.json").read_text())["compared"]) == {"base", "more"}
    assert "Differences to base" in page.read_text(encoding="utf-8")
    assert f"The report is in {page}." in done.stdout


def test_all_variants_and_settings_for_all(stall_file):
    """If this fails, --set changes the base alone, and a variant differs by more than it says."""
    done = call("compare", stall_file, "--replications", 2, "--set", "horizon=2", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["compared"] == ["base", "more", "much", "same", "cheap", "longer", "wider"]
    scenarios = told["manifest"]["resolved_scenarios"]
    assert {name: scenario["horizon"] for name, scenario in scenarios.items()} == dict.fromkeys(told["compared"], 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--variants", "moer"), "variants: unknown variant 'moer'; did you mean 'more'?"),
        (
            ("--variants", "more", "--against", "mcuh"),
            "against: there is no 'mcuh' to compare with; did you mean 'much'?",
        ),
        (("--figure", "proft"), "demandshift: there is no figure 'proft'; did you mean 'profit'?"),
        (("--replications", "many"), "demandshift: --replications must be a whole number or auto (got 'many')"),
        (("--replications", "0"), "demandshift: replications must be a whole number above 0 or 'auto' (got 0)"),
        (("--best",), "demandshift: the best is selected for a stated indifference zone: say which difference"),
        (("--goal", "largest"), "demandshift: goal has a meaning only where the best is selected"),
        (("--precision", "0.1"), "demandshift: precision has a meaning only where replications is auto"),
        (("--excel",), "demandshift: --excel writes a workbook beside the tables: say where with --out DIR"),
        (("--report", "page.txt"), "demandshift: --report page.txt: a report's name ends in .html"),
        (("--engine", "steam"), "demandshift: there is no engine 'steam' (known: kernel, loop)"),
    ],
)
def test_what_is_wrong_ends_with_status_2(stall_file, words, message):
    """If this fails, a typing error is simulated, or its message does not name the mend."""
    done = call("compare", stall_file, *words)
    assert done.exit_code == 2, done.output
    assert message in done.stderr


def test_a_variant_whose_name_has_a_comma_can_be_named(tmp_path: Path, stall_file: Path):
    """If this fails, a variant cannot be compared because of how it is called."""
    file = tmp_path / "comma.yaml"
    file.write_text(stall_file.read_text() + "  'a, b': {firms.stall.ordering.level: 30}\n")
    done = call("compare", file, "--variants", "a, b", "--replications", 2, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["compared"] == ["base", "a, b"]


def test_a_fault_of_the_program_is_told_with_the_variant(stall_file, monkeypatch):
    """If this fails, books that contradict each other end in a traceback, or nobody knows in which variant."""
    from demandshift.simulator.ledger import InvariantError

    def fail(*_arguments, **_):
        raise InvariantError("the books are wrong")

    monkeypatch.setattr("demandshift.simulator.continued.ContinuedRun.go_on", fail)
    done = call("compare", stall_file, "--variants", "more", "--replications", 2)
    assert done.exit_code == 1
    assert "the books are wrong (in 'base'); this is a fault of the program" in done.stderr
