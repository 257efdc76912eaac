"""The command `tune`: its words, its JSON, the file that it saves, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import demandshift as ds
from demandshift.cli import app

SMALL = ("--over", "products.plum.price=2,4", "--replications", 3, "--finalists", 2, "--difference", 20)


def call(*words: Any) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_terminal_says_what_was_found_and_on_whom(stall_file: Path, tmp_path: Path):
    """If this fails, a planner cannot tell the honest gain from the search's promise, or misses what was chosen."""
    new = tmp_path / "best.yaml"
    done = call(
        "tune", stall_file, *SMALL, "--such-that", "fill_rate >= 50 %", "--save", new, "--out", tmp_path / "out"
    )
    assert done.exit_code == 0, done.output
    for text in (
        "stall: most profit of stall, such that fill_rate >= 0.5",
        "3 candidates, the present policy among them, on 3 replications each (seed 1)",
        "judged on 30 that were used for neither (seed 2147483649)",
        "products.plum.price",
        "fill_rate >= 0.5: met",
        "The race (n = ",
        "Clark & Yang's",
        f"The scenario with the chosen values is in {new}.",
        f"Tables and manifest are in {tmp_path / 'out'}.",
    ):
        assert text in " ".join(done.output.split()) or text in done.output.replace("\n", "")
    assert ds.load(new).name == "stall"
    assert (tmp_path / "out" / "trials.csv").exists()


def test_a_service_level_that_gives_way_is_named():
    """If this fails, a user who tunes a level does not learn that the policy's service level is gone."""
    words = ("--over", "firms.corner.ordering.level=400,500", "--set", "horizon=14", "--replications", 2)
    done = call("tune", "two-shops", *words, "--finalists", 1, "--difference", 1000)
    assert done.exit_code == 0, done.output
    assert "The candidates leave out firms.corner.ordering.cycle_service: a policy names one of it" in done.output
    assert "not set" in done.output


def test_json_is_what_python_hands_out(stall_file: Path):
    """If this fails, scripts and notebooks disagree about one tuning, or text is mixed into the JSON."""
    done = call("tune", stall_file, *SMALL, "--objective", "-waste", "--seed", 5, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    expected = ds.tune(
        ds.load(stall_file),
        {"products.plum.price": [2, 4]},
        objective="-waste",
        replications=3,
        finalists=2,
        difference=20,
        seed=5,
    ).as_dict()
    for each in (told, expected):
        each["manifest"].pop("time")
    assert told == json.loads(json.dumps(expected))


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--over", "products.plum.prize=1:2"), 2, "--over: products.plum.prize: unknown key; did you mean 'price'?"),
        (("--over", "products.plum.price=2:1"), 2, "--over: products.plum.price: low must be below high (got 2:1)"),
        (
            (*SMALL, "--objective", "proft"),
            2,
            "demandshift: objective: there is no figure 'proft'; did you mean 'profit'?",
        ),
        ((*SMALL, "--such-that", "fill_rate > 1"), 2, "demandshift: such that 'fill_rate > 1': compare with >= or <="),
        ((*SMALL, "--save", "best.txt"), 2, "--save best.txt: a scenario file ends in .yaml"),
        ((*SMALL, "--excel"), 2, "--excel writes a workbook beside the tables: say where with --out DIR"),
        ((*SMALL, "--jobs", 0), 2, "jobs must be a whole number above 0 (got 0)"),
        (
            (*SMALL, "--such-that", "waste <= -1"),
            1,
            "demandshift: none of 3 candidates keeps waste <= -1; the nearest has",
        ),
        ((*SMALL, "--save", "missing/best.yaml"), 2, "--save missing/best.yaml: there is no folder missing"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_status(
    stall_file: Path, words: tuple[Any, ...], status: int, message: str
):
    """If this fails, a wrong word passes silently, or a script cannot tell a wrong argument from a failure."""
    done = call("tune", stall_file, *words)
    assert done.exit_code == status
    assert message in done.output
