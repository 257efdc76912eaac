"""The command `new`: what it writes runs, says what was answered, and takes nobody's file away."""

import itertools
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import demandshift as ds
from demandshift.cli import app
from demandshift.commands import starting


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a temporary folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command believe that somebody sits at the terminal."""
    monkeypatch.setattr(starting, "is_conversation", lambda: True)


def new(*arguments: object, typed: str | None = None) -> Result:
    """Call `demandshift new`."""
    return CliRunner().invoke(app, ["new", *map(str, arguments)], input=typed)


KINDS = ("shop", "season", "seats")
FLAGS = (("--rival", "--no-rival"), ("--waiting", "--no-waiting"), ("--segments=1", "--segments=2"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_combination_runs_and_says_what_was_asked(kind: str) -> None:
    """Otherwise some planner's first scenario would not load, or would leave out what was asked for."""
    texts = set()
    for number, flags in enumerate(itertools.product(*FLAGS, ([], ["--start", "2026-03-02"]))):
        *words, start = flags
        done = new(f"{number}.yaml", "--template", kind, *words, *start, "--horizon", 9, "--demand", 4)
        assert done.exit_code == 0, done.output
        scenario = ds.load(f"{number}.yaml")
        assert ("rival" in scenario.resolved["firms"]) is ("--rival" in flags)
        segments = scenario.resolved["segments"].values()
        assert any("waiting" in segment for segment in segments) is ("--waiting" in flags)
        assert len(segments) == (2 if "--segments=2" in flags else 1)
        assert ("start" in scenario.resolved) is bool(start)
        result = ds.run(scenario, replications=1)
        assert result.summary.set_index("figure").loc["demand", "mean"].sum() > 0
        texts.add(scenario.hash)
        for variant in scenario.variants:
            assert scenario.variant(variant).hash != scenario.hash
    assert len(texts) == 16


@pytest.mark.parametrize("kind", KINDS)
def test_file_folder_and_workbook_are_one_scenario(kind: str) -> None:
    """Otherwise a planner who takes tables would begin with another shop than one who takes the file."""
    options = ("--template", kind, "--rival", "--waiting", "--segments", 2, "--start", "2026-03-02", "--name", "one")
    for place in (["a.yaml"], ["b", "--tables"], ["c.xlsx"]):
        assert new(*place, *options).exit_code == 0
    scenarios = [ds.load(place) for place in ("a.yaml", "b/", "c.xlsx")]
    assert len({scenario.hash for scenario in scenarios}) == 1
    assert scenarios[0].resolved == scenarios[1].resolved == scenarios[2].resolved
    assert {variant: scenarios[0].variant(variant).hash for variant in scenarios[0].variants} == {
        variant: scenarios[2].variant(variant).hash for variant in scenarios[2].variants
    }


def test_answers_stand_in_the_file() -> None:
    """Otherwise an option would be taken and left out of account."""
    options = {
        "--name": "corner",
        "--products": "tea, mate",
        "--currency": "CHF",
        "--price": "3.5",
        "--cost": "1.25",
        "--demand": "77",
        "--horizon": "50",
        "--start": "2026-03-02",
        "--stock": "33",
    }
    assert new("a.yaml", *itertools.chain.from_iterable(options.items())).exit_code == 0
    resolved = ds.load("a.yaml").resolved
    assert (resolved["name"], resolved["currency"], resolved["horizon"]) == ("corner", "CHF", 50)
    assert resolved["start"] == "2026-03-02"
    assert list(resolved["products"]) == ["tea", "mate"]
    assert resolved["products"]["tea"] | {"price": 3.5, "cost": 1.25, "stock": 33} == resolved["products"]["tea"]
    assert resolved["segments"]["regulars"]["arrivals"]["rate"] == 77


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_says_what_it_is(kind: str) -> None:
    """Otherwise a planner would meet a number without its meaning or unit."""
    new("a.yaml", "--template", kind, "--rival", "--waiting", "--start", "2026-03-02")
    lines = Path("a.yaml").read_text(encoding="utf-8").splitlines()
    names = re.compile(r"^ {2}\S+:$|^ {2}product-\d+: \{")
    for above, line in itertools.pairwise(lines):
        is_explained = not line or "# " in line or above.lstrip().startswith("#") or names.match(line)
        assert is_explained, line
    assert max(map(len, lines)) <= 120


def test_names_are_data() -> None:
    """Otherwise a product's name could change the scenario, its comments or a formula of a spreadsheet."""
    names = ['Cola, "0.5" l', "null", "0123", "=1+1", "# no", "a: b", "[x]", "Ärmel", "yes", "rival-x", "seat"]
    cells = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    options = ("--products", cells, "--currency", '{"a": #', "--name", "- true", "--rival", "--waiting")
    for place in (["a.yaml"], ["b", "--tables"], ["c.xlsx"]):
        done = new(*place, *options)
        assert done.exit_code == 0, done.output
    scenarios = [ds.load(place) for place in ("a.yaml", "b/", "c.xlsx")]
    for scenario in scenarios:
        assert list(scenario.resolved["products"])[:-1] == names
        assert scenario.resolved["currency"] == '{"a": #'
        assert scenario.name == "- true"
    assert len({scenario.hash for scenario in scenarios}) == 1


def test_it_says_what_to_do_next() -> None:
    """Otherwise somebody would have a file and not know what it is for; the commands shown must work as they stand."""
    done = new("my shop.yaml", "--horizon", 5, "--demand", 3)
    assert done.stdout.splitlines() == [
        "Wrote my shop.yaml: A shop with 3 products, filled up every week.",
        "",
        "Next:",
        "  demandshift run 'my shop.yaml'",
        "  demandshift run 'my shop.yaml' --variant lean",
        "  demandshift validate 'my shop.yaml'",
        "",
        "Every line of the file says what it is; put your own numbers in place, and validate after every change.",
    ]
    done = new("shop", "--tables", "--json")
    told = json.loads(done.stdout)
    assert told["place"] == "shop/"
    assert told["scenario_hash"] == ds.load("shop/").hash
    assert all(Path(name).is_file() for name in told["files"])


def test_nobodys_file_is_taken_away() -> None:
    """Otherwise a second `new` would destroy a scenario that somebody has worked on."""
    Path("a.yaml").write_text("mine", encoding="utf-8")
    Path("b").mkdir()
    Path("b/offers.csv").write_text("mine", encoding="utf-8")
    Path("b/notes.csv").write_text("mine", encoding="utf-8")
    assert new("a.yaml").stderr == "demandshift: a.yaml: is there already; --force replaces it\n"
    assert new("b", "--tables").stderr == "demandshift: b: is there already; --force replaces the scenario in it\n"
    assert Path("a.yaml").read_text(encoding="utf-8") == "mine"
    assert new("a.yaml", "--force").exit_code == 0
    assert new("b", "--tables", "--force").exit_code == 0
    # Offers of the scenario that was there would be read as offers of the new one.
    assert not Path("b/offers.csv").exists()
    assert Path("b/notes.csv").read_text(encoding="utf-8") == "mine"
    assert ds.load("b/").hash == ds.load("a.yaml").replace({"name": "b"}).hash


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["a.txt"],
            "a.txt: the name of a scenario file ends in .yaml; a folder of tables is written with --tables, "
            "a workbook's name ends in .xlsx",
        ),
        (["a.yaml", "--tables"], "a.yaml: --tables writes a folder, or a workbook NAME.xlsx, not a .yaml file"),
        (["none/a.yaml"], "none/a.yaml: there is no folder 'none'"),
        (["folder.yaml"], "folder.yaml: is a folder"),
        (["file", "--tables"], "file: is a file; the tables need a folder"),
        (
            ["a.yaml", "--template", "sesaon"],
            "--template: there is no kind 'sesaon'; did you mean 'season'? (known: shop, season, seats)",
        ),
        (
            ["a.yaml", "--products=0", "--price=1,5", "--cost=-1", "--horizon=1", "--start=2.3.2026", "--segments=3"],
            "--products: must be from 1 to 500 (got 0)\n"
            "--price: must be a number above 0, with a decimal point (got '1,5')\n"
            "--cost: must be a number of at least 0, with a decimal point (got '-1')\n"
            "--horizon: must be a whole number from 2 to 3650 (got '1')\n"
            "--start: must be a date such as 2026-03-02, or none (got '2.3.2026')\n"
            "--segments: must be a whole number from 1 to 2 (got '3')",
        ),
        (
            ["a.yaml", "--template=seats", "--products=3", "--cost=2"],
            "--products belongs to shop and season, not to seats\n--cost belongs to shop and season, not to seats",
        ),
        (["a.yaml", "--products", "a, b,a"], "--products: names 'a' twice"),
        (["a.yaml", "--products", "a,,b"], "--products: must not be empty"),
        (["a.yaml", "--products", 'a,"b'], "--products: must be a number, or names with commas between (got 'a,\"b')"),
        (
            ["a.yaml", "--products", "nothing"],
            "--products: 'nothing' is the name of buying nothing (R6); choose another",
        ),
        (["a.yaml", "--name", "two\nlines"], "--name: must be text on one line (got 'two\\nlines')"),
        (["a.yaml", "--price", "1e400"], "--price: must be a number above 0, with a decimal point (got '1e400')"),
    ],
)
def test_what_cannot_be(arguments: list[str], expected: str) -> None:
    """Otherwise a typo would be a traceback, or a file that says something else than was meant."""
    Path("folder.yaml").mkdir()
    Path("file").write_text("", encoding="utf-8")
    done = new(*arguments)
    assert done.stderr == f"demandshift: {expected}\n"
    assert done.exit_code == 2
    assert not Path("a.yaml").exists()


@pytest.mark.usefixtures("conversation")
def test_a_dialogue_asks_again_and_takes_defaults() -> None:
    """Otherwise a slip of the finger would end the conversation, or an answer would be taken for another question."""
    answers = ["sason", "season", "", "2", "", "-5", "70", "", "10", "", "none", "", "2", "maybe", "y", "n"]
    done = new("a.yaml", typed="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    for said in (
        "Error: there is no kind 'sason'; did you mean 'season'? (known: shop, season, seats)",
        "What is the scenario called? [a]:",
        "Price of the first product [60]:",
        "Error: must be a number above 0, with a decimal point (got '-5')",
        "What a unit of it costs you [35]:",
        "Customers who come in a week, buyers or not [25]:",
        "Error: must be yes or no (got 'maybe')",
    ):
        assert said in done.output
    again = new(
        *("b.yaml", "--yes", "--name", "a", "--template", "season", "--products", 2, "--price", 70, "--demand", 10),
        *("--segments", 2, "--rival"),
    )
    assert again.exit_code == 0
    assert Path("a.yaml").read_text(encoding="utf-8") == Path("b.yaml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("conversation")
def test_only_what_is_not_given_is_asked() -> None:
    """Otherwise options would be asked again, or seats be asked for products."""
    done = new("a.yaml", "--template", "seats", "--rival", "--no-waiting", typed="\n" * 9)
    assert done.exit_code == 0
    for words in ("What kind", "How many products", "costs you", "rival", "wait?"):
        assert words not in done.stdout.split("Wrote")[0]
    assert "How many seats? [108]:" in done.stdout


@pytest.mark.usefixtures("conversation")
def test_nothing_is_asked_where_nothing_can_be_written_or_an_option_is_wrong() -> None:
    """Otherwise a dozen answers would be lost to a file that is there already, or to a typo in an option."""
    Path("a.yaml").write_text("mine", encoding="utf-8")
    assert "[" not in new("a.yaml", typed="\n" * 20).stdout
    done = new("b.yaml", "--template", "sesaon", typed="\n" * 20)
    assert done.exit_code == 2
    assert "[" not in done.stdout


@pytest.mark.usefixtures("conversation")
def test_a_dialogue_that_ends_early_writes_nothing() -> None:
    """Otherwise somebody who gives up would find a file that nobody asked for."""
    done = new("a.yaml", typed="shop\n")
    assert done.exit_code == 1
    assert not Path("a.yaml").exists()


def test_in_a_real_terminal() -> None:
    """Otherwise the conversation would exist only in tests."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "demandshift", "new", "a.yaml", "--horizon", "20"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        os.close(theirs)
        os.write(ours, b"\n" * 12)
        output, _ = process.communicate(timeout=120)
        os.close(ours)
    assert process.returncode == 0, output
    assert "A few questions" in output
    assert ds.load("a.yaml").resolved["horizon"] == 20
