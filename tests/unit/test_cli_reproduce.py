"""The command `reproduce`: what it says, what it writes, and when it ends with 1."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from demandshift.cli import app
from demandshift.experiments.reproduce import case
from demandshift.experiments.reproduce.case import all_cases, find_case
from demandshift.experiments.reproduce.running import reproduce

pytestmark = pytest.mark.no_cover


def call(*arguments: str | Path) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(app, ["reproduce", *map(str, arguments)])


def test_all_published_results_are_met(tmp_path: Path) -> None:
    """Otherwise a published figure is off by more than it says it may be: `reproduce --short`, everything."""
    done = call("--short", "--json", "--out", tmp_path / "tables")
    found = json.loads(done.stdout)
    assert found["off"] == []
    assert done.exit_code == 0
    assert found["agrees"]
    assert [study["study"] for study in found["studies"]] == [each.name for each in all_cases()]
    figures = pd.read_csv(tmp_path / "tables" / "figures.csv")
    assert len(figures) == sum(len(study["rows"]) for study in found["studies"])
    simulated = figures[figures["method"] == "simulated"]
    assert len(simulated) > 25
    assert simulated[["half_width", "n"]].notna().all(axis=None)
    assert (simulated["n"] >= 40).all()
    # Bounds so wide that hardly any mistake were seen would make the simulated part a ceremony.
    assert (simulated["allowed"] < 0.13 * simulated["published"].astype(float)).all()
    for study in found["studies"]:
        assert study["status"] in ("agrees", "not yet", "needs data")
        assert bool(study["reason"]) == (study["status"] != "agrees")
        if not study["reason"]:
            check_that_nothing_is_dropped(find_case(study["study"]), study["rows"])


def check_that_nothing_is_dropped(stated: case.Case, rows: list[dict[str, object]]) -> None:
    """Every value of every figure has a row, and is computed unless the case says that it is not."""
    for what, figure in stated.figures.items():
        found = [row for row in rows if row["figure"] == what or str(row["figure"]).startswith(f"{what} (")]
        assert len({row["figure"] for row in found}) == len(figure.values), what
        assert all((row["verdict"] == "not yet") == bool(figure.not_yet) for row in found), what
        methods = {row["method"] for row in found}
        assert methods == {""} if figure.not_yet else figure.only_simulated != ("computed" in methods), what


def test_a_wrong_figure_ends_with_1_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a deviation is seen by nobody: two figures of a case are made wrong, one computed, one simulated."""
    for each in ("two-fares", "base-stock-lead-time"):
        text = (case.FOLDER / f"{each}.yaml").read_text(encoding="utf-8")
        text = text.replace("{printed: 78,", "{printed: 77,").replace("1479.83176275693", "1579.83176275693")
        (tmp_path / f"{each}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(case, "FOLDER", tmp_path)
    done = call()
    assert done.exit_code == 1
    said = [line for line in done.stdout.splitlines() if line.startswith("OFF")]
    assert said[0] == "OFF: two-fares: protection level (computed): 78, published 77"
    assert said[1] == (
        "OFF: two-fares: revenue of a flight with 20 seats and 9 kept (computed): 1479.832, published 1579.832"
    )
    assert said[2].startswith("OFF: two-fares: revenue of a flight with 20 seats and 9 kept (simulated): ")
    assert len(said) == 3
    found = json.loads(call("--json").stdout)
    assert not found["agrees"]
    assert set(found["off"]) == {
        "two-fares: protection level",
        "two-fares: revenue of a flight with 20 seats and 9 kept",
    }
    alarms = reproduce(("two-fares",), short=True).page().alarms
    assert alarms[0] == "two-fares: protection level (computed) is 78, published 77"
    assert len(alarms) == 3
    assert call("base-stock-lead-time").exit_code == 0


def test_a_broken_case_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a case that cannot be read is left out without a word."""
    (tmp_path / "two-fares.yaml").write_text("title: x\n", encoding="utf-8")
    monkeypatch.setattr(case, "FOLDER", tmp_path)
    for arguments in ([], ["--list"]):
        done = call(*arguments)
        assert done.exit_code == 1
        assert "cases/two-fares.yaml: source: Field required" in done.stderr


def test_the_list_has_a_line_for_each() -> None:
    """Otherwise nobody knows what there is, or why some of it cannot be run."""
    done = call("--list")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [each.name for each in all_cases()]
    (line,) = (line for line in lines if line.startswith("newsvendor-strategic"))
    assert line.endswith("[not yet: rational beliefs are not built]")
    found = json.loads(call("--list", "two-fares", "norton-bass", "--json").stdout)["studies"]
    assert [(each["name"], each["not_run_because"] is None) for each in found] == [
        ("two-fares", True),
        ("norton-bass", False),
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["two-fare"], "there is no study 'two-fare'; did you mean 'two-fares'? (--list shows all)"),
        (["--list", "two-fare"], "did you mean 'two-fares'?"),
        (["two-fares", "--seed", "-1"], "seed must be a whole number in [0, 2**32) (got -1)"),
        (["two-fares", "--jobs", "0"], "jobs must be a whole number above 0 (got 0)"),
        (["two-fares", "--excel"], "--excel writes a workbook beside the tables"),
        (["two-fares", "--report", "page.txt"], "--report page.txt: a report's name ends in .html"),
    ],
)
def test_wrong_arguments_end_with_2_and_a_reason(arguments: list[str], expected: str) -> None:
    """Otherwise a slip would give a traceback, a silent default, or all studies instead of one."""
    done = call(*arguments)
    assert done.exit_code == 2
    assert expected in done.stderr
    assert done.stdout == ""


def test_seed_and_jobs_reach_the_studies() -> None:
    """Otherwise an option would be parsed and ignored, or figures depend on the number of processes (R15)."""
    names = ("markov-chain", "two-fares")
    rows = {
        key: [row.as_dict() for each in reproduce(names, short=True, **options).studies for row in each.rows]
        for key, options in {"usual": {}, "other": {"seed": 2}, "two": {"jobs": 2}}.items()
    }
    assert rows["usual"] == rows["two"]
    by_method = {
        key: [[row["ours"] for row in found if row["method"] == method] for method in ("computed", "simulated")]
        for key, found in rows.items()
    }
    assert by_method["usual"][0] == by_method["other"][0]
    assert all(one != other for one, other in zip(by_method["usual"][1], by_method["other"][1], strict=True))


def test_the_page_has_a_section_for_each_study() -> None:
    """Otherwise the report leaves studies or pictures out, or hides what is off."""
    found = reproduce(("fare-classes", "reorder-point", "overbooking"), short=True)
    page = found.page()
    assert [part.title for part in page.parts] == [
        "All studies",
        "Reorder point and order quantity",
        "Reorder point and order quantity",
        "Four fare classes, by EMSR and exactly",
        "Four fare classes, by EMSR and exactly",
        "How many bookings to take when some do not show",
    ]
    assert "not built" in page.parts[-1].text
    own = page.parts[2].frame
    assert own["ours"].ne("").equals(own["verdict"].ne("not yet"))
    assert own.loc[own["by"] == "simulated", "ours"].str.fullmatch(r"[\d.]+ ± [\d.]+ \(n = \d+\)").all()
    assert page.alarms == ()
    assert "1 off by a known difference, 0 off, 8 not yet" in page.lead
    assert found.sentence() == found.as_dict()["sentence"]
    assert page.provenance["seed"] == 1


def test_published_instances_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a study whose data are missing passes as one that agrees."""
    monkeypatch.delenv("DEMANDSHIFT_DATA", raising=False)
    done = call("hub-and-spoke")
    assert done.exit_code == 0
    assert "needs data: its published instances are not part of the program" in " ".join(done.stdout.split())
    assert "0 studies, 0 figures" in done.stdout
    monkeypatch.setenv("DEMANDSHIFT_DATA", str(tmp_path))
    assert "there is no folder rm_datasets in" in call("hub-and-spoke").stdout
