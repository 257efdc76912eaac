"""The command `demandshift`: load, run and look at scenarios.

Nothing heavy is imported at the top: `demandshift --help` must answer at once.
"""

import json
import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from .scenarios.complaints import ScenarioError
    from .scenarios.scenario import Scenario
    from .simulator.results import Result
    from .simulator.run import Progress

DONE, FAILED, WRONG_INPUT = 0, 1, 2
"""Exit statuses: done; anything else; a scenario or an argument is wrong."""

WIDTH_WITHOUT_TERMINAL = 140
"""Width of tables that go into a file or a pipe, in characters."""

LONG_RUN = 1.0
"""Seconds after which a run shows a progress bar."""

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


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
NameOrFile = Annotated[str, typer.Argument(metavar="NAME_OR_FILE", help="A scenario of the library, or a file.")]


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
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a value of the scenario; may be given several times."),
    ] = None,
    variants: Annotated[
        list[str] | None,
        typer.Option("--variant", metavar="NAME", help="Apply a variant of the scenario; may be given several times."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write tables, scenario, manifest and kept customers here.")
    ] = None,
    table_format: Annotated[str, typer.Option("--format", metavar="csv|parquet", help="Format of the tables.")] = "csv",
    as_json: AsJson = False,
) -> None:
    """Run a scenario and print what was earned and where demand went."""
    with _complaints(as_json):
        loaded = _load(scenario, variants or [], assignments or [])
        count = _replications(replications)
        keeps = loaded.settled.head.customers == "keep"
        if out is not None:
            _check_destination(out, table_format, keeps_customers=keeps)
        elif keeps:
            raise WrongArgumentError(
                f"{loaded.name!r} keeps its customers: say where with --out DIR, or --set customers=counts"
            )
        customers_to = out / "customers" if out is not None and keeps else None
        with _progress(as_json) as progress:
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
            _print_json(result.as_dict())
        else:
            from .experiments.report.terminal import print_result

            print_result(result, _console())
            if out is not None:
                typer.echo(f"Tables, scenario{', customers' if keeps else ''} and manifest are in {out}.")
        for alarm in result.alarms:
            typer.echo(f"alarm: {alarm}", err=True)


@app.command("list", epilog="Example: demandshift list --json")
def list_command(as_json: AsJson = False) -> None:
    """List the scenarios of the library."""
    with _complaints(as_json):
        from .scenarios.library import library

        entries = library()
        if as_json:
            scenarios = [{"name": name, "description": text} for name, text in entries]
            _print_json({"schema_version": 1, "scenarios": scenarios})
            return
        width = max(len(name) for name, _ in entries)
        for name, text in entries:
            typer.echo(f"{name:<{width}}  {' '.join(text.split())}")


@app.command("show", epilog="Example: demandshift show two-shops")
def show_command(scenario: NameOrFile, as_json: AsJson = False) -> None:
    """Show a scenario: the file as it stands, or with --json as it is understood."""
    with _complaints(as_json):
        from .scenarios.load import load
        from .scenarios.sources import source_text

        if as_json:
            loaded = load(scenario)
            _print_json(
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
    with _complaints(as_json):
        from .scenarios.complaints import ScenarioError
        from .scenarios.load import load

        reports: list[dict[str, Any]] = []
        for name in files:
            problems: list[dict[str, Any]] = []
            try:
                load(name)
            except ScenarioError as error:
                problems = _problems(error)
                if not as_json:
                    typer.echo(str(error), err=True)
            else:
                if not as_json:
                    typer.echo(f"{name}: ok")
            reports.append({"file": name, "valid": not problems, "problems": problems})
        if as_json:
            _print_json({"schema_version": 1, "files": reports})
        if not all(report["valid"] for report in reports):
            raise typer.Exit(WRONG_INPUT)


@app.command("schema", epilog="Example: demandshift schema > scenario.schema.json")
def schema_command(as_json: AsJson = False) -> None:  # noqa: ARG001 (it prints JSON either way)
    """Print the JSON Schema of scenario files, for editors that complete and check them."""
    from .scenarios.json_schema import json_schema

    _print_json(json_schema())


@app.command("selftest", epilog="Example: demandshift selftest")
def selftest_command(as_json: AsJson = False) -> None:
    """Check on this machine that both engines agree, and agree with known closed forms; takes under a minute."""
    with _complaints(as_json):
        from .experiments.selftest import as_dict, checks

        done = []
        for check in checks():
            done.append(check)
            if not as_json:
                typer.echo(check.line())
        if as_json:
            _print_json(as_dict(done))
        if not all(check.passed for check in done):
            raise typer.Exit(FAILED)


class WrongArgumentError(Exception):
    """An argument of the command line is wrong."""


class FailedError(Exception):
    """Scenario and arguments are right, and yet there is no result."""


def _load(name: str, variants: list[str], assignments: list[str]) -> "Scenario":
    from .scenarios.load import load

    return load(name, variants=variants, overrides=assignments)


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


@contextmanager
def _complaints(as_json: bool) -> "Iterator[None]":
    """Turn wrong scenarios and arguments into messages and exit status 2, other failures into status 1."""
    from .scenarios.complaints import ScenarioError

    try:
        yield
    except ScenarioError as error:
        _stop(str(error), WRONG_INPUT, as_json, _problems(error))
    except WrongArgumentError as error:
        _stop(f"demandshift: {error}", WRONG_INPUT, as_json)
    except FailedError as error:
        _stop(f"demandshift: {error}", FAILED, as_json)
    except KeyboardInterrupt:
        _stop("demandshift: interrupted", FAILED, as_json)


def _stop(text: str, status: int, as_json: bool, problems: list[dict[str, Any]] | None = None) -> NoReturn:
    typer.echo(text, err=True)
    if as_json:
        _print_json({"schema_version": 1, "error": text, "problems": problems or []})
    raise typer.Exit(status)


def _problems(error: "ScenarioError") -> list[dict[str, Any]]:
    return [
        {
            "file": complaint.place.file,
            "line": complaint.place.line,
            "key": complaint.key,
            "message": complaint.message,
        }
        for complaint in error.complaints
    ]


def _print_json(value: object) -> None:
    # A console that cannot show a name would print another one; escapes are the same name everywhere.
    escapes = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    typer.echo(json.dumps(value, indent=2, ensure_ascii=escapes, allow_nan=False))


def _console() -> "Console":
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
    # Names are data: nothing in them is markup or an emoji.
    return Console(width=width, markup=False, emoji=False, highlight=False)


def _progress(as_json: bool) -> "AbstractContextManager[Progress | None]":
    """Return a progress bar for long work; nothing where no person watches."""
    if as_json or not sys.stderr.isatty():
        return nullcontext(None)
    return _progress_bar()


@contextmanager
def _progress_bar() -> "Iterator[Progress]":
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("replications", total=None)
    started = time.monotonic()

    def show(done: int, planned: int) -> None:
        bar.update(task, completed=done, total=planned)
        if not bar.live.is_started and done < planned and time.monotonic() - started > LONG_RUN:
            bar.start()

    try:
        yield show
    finally:
        bar.stop()


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
