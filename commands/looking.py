"""The commands that look at scenarios and run nothing: `list`, `show`, `validate`, `schema`."""

from typing import Annotated, Any

import typer

from .support import WRONG_INPUT, AsJson, NameOrFile, complaints, print_json, problems_of


def list_command(as_json: AsJson = False) -> None:
    """List the scenarios of the library."""
    with complaints(as_json):
        from ..scenarios.library import library

        entries = library()
        if as_json:
            scenarios = [{"name": name, "description": text} for name, text in entries]
            print_json({"schema_version": 1, "scenarios": scenarios})
            return
        width = max(len(name) for name, _ in entries)
        for name, text in entries:
            typer.echo(f"{name:<{width}}  {' '.join(text.split())}")


def show_command(scenario: NameOrFile, as_json: AsJson = False) -> None:
    """Show a scenario: the file as it stands, or with --json as it is understood."""
    with complaints(as_json):
        from ..scenarios.load import load
        from ..scenarios.sources import source_text

        if as_json:
            loaded = load(scenario)
            print_json(
                {
                    "schema_version": 1,
                    "scenario": loaded.name,
                    "scenario_hash": loaded.hash,
                    "variants": list(loaded.variants),
                    "resolved_scenario": loaded.resolved,
                }
            )
            return
        typer.echo(source_text(scenario), nl=False)


def validate_command(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Scenario files, folders of tables, or names of the library.")
    ],
    as_json: AsJson = False,
) -> None:
    """Check scenario files, with all their variants, and name everything that is wrong."""
    with complaints(as_json):
        from ..scenarios.complaints import ScenarioError
        from ..scenarios.load import load

        reports: list[dict[str, Any]] = []
        for name in files:
            problems: list[dict[str, Any]] = []
            try:
                load(name)
            except ScenarioError as error:
                problems = problems_of(error)
                if not as_json:
                    typer.echo(str(error), err=True)
            else:
                if not as_json:
                    typer.echo(f"{name}: ok")
            reports.append({"file": name, "valid": not problems, "problems": problems})
        if as_json:
            print_json({"schema_version": 1, "files": reports})
        if not all(report["valid"] for report in reports):
            raise typer.Exit(WRONG_INPUT)


def schema_command(as_json: AsJson = False) -> None:  # noqa: ARG001 (it prints JSON either way)
    """Print the JSON Schema of scenario files, for editors that complete and check them."""
    from ..scenarios.json_schema import json_schema

    print_json(json_schema())
