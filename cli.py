"""The command `demandshift`: load, run and look at scenarios.

Nothing heavy is imported at the top: `demandshift --help` must answer at once.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .cli_support import (
    DONE,
    FAILED,
    WRONG_INPUT,
    AsJson,
    Assignments,
    FailedError,
    NameOrFile,
    Variants,
    WrongArgumentError,
    complaints,
    console,
    load_scenario,
    print_json,
    problems_of,
    progress_of,
)

if TYPE_CHECKING:
    from .scenarios.scenario import Scenario
    from .simulator.results import Result
    from .simulator.run import Progress

app = typer.Typer(
    name="demandshift",
    help="Simulate where demand goes when a shelf is empty, from scenario files.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("demandshift"))
        raise typer.Exit(DONE)


@app.callback()
def program(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Simulate where demand goes when a shelf is empty, from scenario files."""


@app.command("run", epilog="Example: demandshift run two-shops --variant lean --replications 10 --set horizon=28")
def run_command(
    scenario: NameOrFile,
    replications: Annotated[
        str | None,
        typer.Option(metavar="N|auto", help="How many replications; auto goes on until --precision is met."),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(help="For auto: half-width of the focal firms' profit, relative to it (default 0.01)."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed; without it, the scenario's own.")] = None,
    jobs: Annotated[int, typer.Option(help="Number of processes; the figures do not depend on it.")] = 1,
    engine: Annotated[
        str, typer.Option(help="The engine: kernel, compiled, or loop, readable; the figures do not depend on it.")
    ] = "kernel",
    assignments: Assignments = None,
    variants: Variants = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write tables, scenario, manifest and kept customers here.")
    ] = None,
    table_format: Annotated[str, typer.Option("--format", metavar="csv|parquet", help="Format of the tables.")] = "csv",
    as_json: AsJson = False,
) -> None:
    """Run a scenario and print what was earned and where demand went."""
    with complaints(as_json):
        loaded = load_scenario(scenario, variants, assignments)
        count = _replications(replications)
        keeps = loaded.settled.head.customers == "keep"
        if out is not None:
            _check_destination(out, table_format, keeps_customers=keeps)
        elif keeps:
            raise WrongArgumentError(
                f"{loaded.name!r} keeps its customers: say where with --out DIR, or --set customers=counts"
            )
        customers_to = out / "customers" if out is not None and keeps else None
        with progress_of(as_json) as progress:
            result = _run(
                loaded,
                count,
                seed,
                precision=precision,
                jobs=jobs,
                engine=engine,
                customers_to=customers_to,
                progress=progress,
            )
        if out is not None:
            try:
                result.save(out, table_format)
            except OSError as error:
                raise FailedError(f"--out {out}: cannot be written ({error.strerror or error})") from error
        if as_json:
            print_json(result.as_dict())
        else:
            from .experiments.report.terminal import print_result

            print_result(result, console())
            if out is not None:
                typer.echo(f"Tables, scenario{', customers' if keeps else ''} and manifest are in {out}.")
        for alarm in result.alarms:
            typer.echo(f"alarm: {alarm}", err=True)


@app.command(
    "optimise", epilog="Example: demandshift optimise fashion-markdown joint --replications 20 --save planned.yaml"
)
def optimise_command(
    scenario: NameOrFile,
    what: Annotated[str, typer.Argument(metavar="orders|prices|joint", help="What to plan.")],
    firm: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose plan; without it, the first focal firm's.")
    ] = None,
    objective: Annotated[
        str, typer.Option(metavar="profit|revenue|welfare", help="What is to be large; for prices.")
    ] = "profit",
    scenarios: Annotated[
        int | None,
        typer.Option(metavar="N", help="Draws of demand: of a program of orders (200), of the bound of prices (20)."),
    ] = None,
    replications: Annotated[
        int | None, typer.Option(metavar="N", help="Replications that judge the plan; without it, the scenario's own.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the customers who judge the plan; without it, the scenario's own.")
    ] = None,
    time_limit: Annotated[float | None, typer.Option(metavar="S", help="Seconds for each program.")] = None,
    jobs: Annotated[int, typer.Option(help="Number of processes; the figures do not depend on it.")] = 1,
    assignments: Assignments = None,
    variants: Variants = None,
    save: Annotated[
        Path | None, typer.Option(metavar="NEW.yaml", help="Write the scenario with the plan in place here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan a firm's orders, prices or both by linear programs, and judge the plan in the simulator."""
    with complaints(as_json):
        loaded = load_scenario(scenario, variants, assignments)
        if save is not None and save.suffix not in (".yaml", ".yml"):
            raise WrongArgumentError(f"--save {save}: a scenario file ends in .yaml")
        from .experiments.planning.optimise import optimise
        from .experiments.planning.planned import PlanningError
        from .models.optimise.outcome import ProgramError
        from .simulator.run import ArgumentError

        try:
            with progress_of(as_json) as progress:
                best = optimise(
                    loaded,
                    what,
                    firm=firm,
                    objective=objective,
                    scenarios=scenarios,
                    replications=replications,
                    seed=seed,
                    time_limit=time_limit,
                    jobs=jobs,
                    progress=progress,
                )
        except (PlanningError, ArgumentError) as error:
            raise WrongArgumentError(str(error)) from error
        except ProgramError as error:
            raise FailedError(str(error)) from error
        if save is not None:
            try:
                best.save(save)
            except OSError as error:
                raise FailedError(f"--save {save}: cannot be written ({error.strerror or error})") from error
        if as_json:
            print_json(best.as_dict())
            return
        from .experiments.report.plan_terminal import print_plan

        print_plan(best, console())
        if save is not None:
            typer.echo(f"The scenario with the plan in place is in {save}.")


@app.command("list", epilog="Example: demandshift list --json")
def list_command(as_json: AsJson = False) -> None:
    """List the scenarios of the library."""
    with complaints(as_json):
        from .scenarios.library import library

        entries = library()
        if as_json:
            scenarios = [{"name": name, "description": text} for name, text in entries]
            print_json({"schema_version": 1, "scenarios": scenarios})
            return
        width = max(len(name) for name, _ in entries)
        for name, text in entries:
            typer.echo(f"{name:<{width}}  {' '.join(text.split())}")


@app.command("show", epilog="Example: demandshift show two-shops")
def show_command(scenario: NameOrFile, as_json: AsJson = False) -> None:
    """Show a scenario: the file as it stands, or with --json as it is understood."""
    with complaints(as_json):
        from .scenarios.load import load
        from .scenarios.sources import source_text

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


@app.command("validate", epilog="Example: demandshift validate my-shop.yaml")
def validate_command(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Scenario files or names of the library.")],
    as_json: AsJson = False,
) -> None:
    """Check scenario files, with all their variants, and name everything that is wrong."""
    with complaints(as_json):
        from .scenarios.complaints import ScenarioError
        from .scenarios.load import load

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


@app.command("schema", epilog="Example: demandshift schema > scenario.schema.json")
def schema_command(as_json: AsJson = False) -> None:  # noqa: ARG001 (it prints JSON either way)
    """Print the JSON Schema of scenario files, for editors that complete and check them."""
    from .scenarios.json_schema import json_schema

    print_json(json_schema())


@app.command("selftest", epilog="Example: demandshift selftest")
def selftest_command(as_json: AsJson = False) -> None:
    """Check on this machine that both engines agree, and agree with known closed forms; takes under a minute."""
    with complaints(as_json):
        from .experiments.selftest import as_dict, checks

        done = []
        for check in checks():
            done.append(check)
            if not as_json:
                typer.echo(check.line())
        if as_json:
            print_json(as_dict(done))
        if not all(check.passed for check in done):
            raise typer.Exit(FAILED)


def _replications(text: str | None) -> int | Literal["auto"] | None:
    if text is None:
        return None
    if text == "auto":
        return "auto"
    try:
        return int(text)
    except ValueError:
        raise WrongArgumentError(f"--replications must be a whole number or auto (got {text!r})") from None


def _check_destination(out: Path, table_format: str, *, keeps_customers: bool) -> None:
    """Refuse a folder or format for results before anything is simulated."""
    from .simulator.saving import check_destination

    try:
        check_destination(out, table_format, keeps_customers=keeps_customers)
    except OSError as error:
        raise WrongArgumentError(f"--out {out}: cannot be written ({error.strerror or error})") from error
    except ValueError as error:
        raise WrongArgumentError(f"--format: {error}") from error


def _run(
    scenario: "Scenario",
    replications: int | Literal["auto"] | None,
    seed: int | None,
    *,
    precision: float | None,
    jobs: int,
    engine: str,
    customers_to: Path | None,
    progress: "Progress | None",
) -> "Result":
    """Run a scenario, with what can go wrong in the words of the command line."""
    from .simulator.ledger import InvariantError
    from .simulator.run import ArgumentError, run

    try:
        return run(
            scenario,
            replications,
            seed,
            precision=precision,
            jobs=jobs,
            engine=engine,
            customers_to=customers_to,
            progress=progress,
        )
    except ArgumentError as error:
        raise WrongArgumentError(str(error)) from error
    except InvariantError as error:
        raise FailedError(f"{error}; this is a fault of the program, please report it with the scenario") from error
    except OSError as error:
        if customers_to is None:
            raise
        raise FailedError(f"customers cannot be written ({error.strerror or error})") from error
    except KeyboardInterrupt:
        raise FailedError("interrupted; nothing was written") from None


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show ± shows a question mark rather than a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app()
    except SystemExit as leaving:
        # Interrupted outside of a command, Typer leaves with the shell's 130; scripts are promised 0, 1 or 2.
        if leaving.code not in (None, DONE, FAILED, WRONG_INPUT):
            raise SystemExit(FAILED) from leaving
        raise
    except OSError as error:
        # What is read and what --out writes has messages of its own; this is a full disk behind standard output.
        typer.echo(f"demandshift: the output cannot be written ({error.strerror or error})", err=True)
        raise SystemExit(FAILED) from error
