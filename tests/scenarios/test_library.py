"""Every scenario of the library runs, with each of its variants, and says so in text and in JSON."""

import json

import pytest
from typer.testing import CliRunner

from demandshift.cli import app
from demandshift.scenarios.library import library, library_names
from demandshift.scenarios.load import load

PROMISED = ("fashion-markdown", "fresh-shelf", "two-fares", "two-shops")
"""What the README promises."""

BRIEFLY = {"two-shops": ["--set", "horizon=15"]}
"""Three months of 180 customers a day are long for a test of whether it runs at all."""

CASES = [(name, variant) for name in library_names() for variant in (None, *load(name).variants)]


def run(name: str, variant: str | None, *options: str) -> str:
    """Run a scenario of the library once and return what it printed; nothing may go to standard error."""
    chosen = [] if variant is None else ["--variant", variant]
    done = CliRunner().invoke(app, ["run", name, "--replications", "1", *BRIEFLY.get(name, []), *chosen, *options])
    assert done.exit_code == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_the_library_is_what_is_promised() -> None:
    """If this fails, the README names a scenario that is not there, or hides one that is."""
    assert library_names() == PROMISED


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_it_runs_and_prints_its_tables(name: str, variant: str | None) -> None:
    """If this fails, a new user's first command ends in an error."""
    printed = run(name, variant)
    assert printed.startswith(f"{name}\n")
    for part in ("Money", "Service", "Where demand went (customers)", "Transfer rates", "customers came"):
        assert part in printed


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_it_runs_and_prints_json(name: str, variant: str | None) -> None:
    """If this fails, a program that calls the library gets no object, or figures of another scenario."""
    told = json.loads(run(name, variant, "--json"))
    assert told["scenario"] == name
    assert told["alarms"] == []
    assert told["customers"]["arrived"]["mean"] > 100
    focal = [firm for firm, each in told["manifest"]["resolved_scenario"]["firms"].items() if each.get("focal")]
    assert focal, "the library says whom each scenario is about"
    for firm in focal:
        assert told["summary"][firm]["profit"]["mean"] > 0
        assert told["summary"][firm]["units_sold"]["mean"] > 0
    applied = told["manifest"]["applied"]
    assert (f"variant {variant}" in applied) == (variant is not None)


@pytest.mark.parametrize("name", library_names())
def test_every_variant_means_something_else(name: str) -> None:
    """If this fails, a variant changes nothing, or two are one."""
    base = load(name)
    hashes = [base.hash, *(base.variant(variant).hash for variant in base.variants)]
    assert len(set(hashes)) == len(hashes) > 1


@pytest.mark.parametrize("name", library_names())
def test_it_is_called_as_its_file_and_described(name: str) -> None:
    """If this fails, `list` names a scenario that `run` does not find, or does not say what it is."""
    assert load(name).name == name
    assert len(dict(library())[name]) > 40
