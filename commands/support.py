"""What all commands share: complaints and exit statuses, loading, JSON, tables, progress bars.

Nothing heavy is imported at the top: `demandshift --help` must answer at once.
"""

import json
import re
import shlex
import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from ..scenarios.complaints import ScenarioError
    from ..scenarios.scenario import Scenario
    from ..simulator.run import Progress

DONE, FAILED, WRONG_INPUT = 0, 1, 2
"""Exit statuses: done; anything else; a scenario or an argument is wrong."""

WIDTH_WITHOUT_TERMINAL = 140
"""Width of tables that go into a file or a pipe, in characters."""

LONG_RUN = 1.0
"""Seconds after which a run shows a progress bar."""

ALL_WORDS: ContextVar[tuple[str, ...]] = ContextVar("ALL_WORDS", default=())
"""The words of the command line that is being carried out."""

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
NameOrFile = Annotated[
    str, typer.Argument(metavar="NAME_OR_FILE", help="A scenario of the library, a file, or a folder of tables.")
]
Seed = Annotated[int | None, typer.Option(help="Seed; without it, the scenario's own.")]
Jobs = Annotated[int, typer.Option(help="Number of processes; the figures do not depend on it.")]
Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Replace a value of the scenario; may be given several times."),
]
Variants = Annotated[
    list[str] | None,
    typer.Option("--variant", metavar="NAME", help="Apply a variant of the scenario; may be given several times."),
]


class Program(TyperGroup):
    """The program with its commands, which remembers how it was called: a report says which command made it."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Read the words of the command line."""
        ALL_WORDS.set(tuple(args))
        return super().parse_args(ctx, args)


def command_line() -> str:
    """Return the command that is being carried out, as a shell takes it; passwords in addresses are left out."""
    words = (re.sub(r"(://[^/@\s]*?):[^/@\s]*@", r"\1:***@", word) for word in ALL_WORDS.get())
    return shlex.join(["demandshift", *words])


class WrongArgumentError(Exception):
    """An argument of the command line is wrong."""


class FailedError(Exception):
    """Scenario and arguments are right, and yet there is no result."""


def load_scenario(name: str, variants: list[str] | None, assignments: list[str] | None) -> "Scenario":
    """Return a scenario with variants and overrides applied."""
    from ..scenarios.load import load

    return load(name, variants=variants or [], overrides=assignments or [])


def replications_of(text: str | None) -> int | Literal["auto"] | None:
    """Return the number of replications that an option says."""
    if text is None:
        return None
    if text == "auto":
        return "auto"
    try:
        return int(text)
    except ValueError:
        raise WrongArgumentError(f"--replications must be a whole number or auto (got {text!r})") from None


@contextmanager
def complaints(as_json: bool) -> "Iterator[None]":
    """Turn wrong scenarios and arguments into messages and exit status 2, other failures into status 1."""
    from ..scenarios.complaints import ScenarioError

    try:
        yield
    except ScenarioError as error:
        stop(str(error), WRONG_INPUT, as_json, problems_of(error))
    except WrongArgumentError as error:
        stop(f"demandshift: {error}", WRONG_INPUT, as_json)
    except FailedError as error:
        stop(f"demandshift: {error}", FAILED, as_json)
    except KeyboardInterrupt:
        stop("demandshift: interrupted", FAILED, as_json)


@contextmanager
def asking() -> "Iterator[None]":
    """Say in the words of the command line what can go wrong where scenarios are run."""
    from ..simulator.arguments import ArgumentError
    from ..simulator.ledger import InvariantError

    try:
        yield
    except ArgumentError as error:
        raise WrongArgumentError(str(error)) from error
    except InvariantError as error:
        raise FailedError(f"{error}; this is a fault of the program, please report it with the scenario") from error


def stop(text: str, status: int, as_json: bool, problems: list[dict[str, Any]] | None = None) -> NoReturn:
    """Say what is wrong, as one JSON object too where that is asked for, and leave."""
    typer.echo(text, err=True)
    if as_json:
        print_json({"schema_version": 1, "error": text, "problems": problems or []})
    raise typer.Exit(status)


def problems_of(error: "ScenarioError") -> list[dict[str, Any]]:
    """Return a scenario's complaints as plain data."""
    return [
        {
            "file": complaint.place.file,
            "line": complaint.place.line,
            "column": complaint.place.column or None,
            "key": complaint.key,
            "message": complaint.message,
        }
        for complaint in error.complaints
    ]


def print_json(value: object) -> None:
    """Print a value as JSON."""
    # A console that cannot show a name would print another one; escapes are the same name everywhere.
    escapes = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    typer.echo(json.dumps(value, indent=2, ensure_ascii=escapes, allow_nan=False))


def console() -> "Console":
    """Return where tables are printed."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
    # Names are data: nothing in them is markup or an emoji.
    return Console(width=width, markup=False, emoji=False, highlight=False)


def progress_of(as_json: bool, what: str = "replications") -> "AbstractContextManager[Progress | None]":
    """Return a progress bar for long work, with what it counts; nothing where no person watches."""
    if as_json or not sys.stderr.isatty():
        return nullcontext(None)
    return _progress_bar(what)


@contextmanager
def _progress_bar(what: str) -> "Iterator[Progress]":
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(what, total=None)
    started = time.monotonic()

    def show(done: int, planned: int) -> None:
        bar.update(task, completed=done, total=planned)
        if not bar.live.is_started and done < planned and time.monotonic() - started > LONG_RUN:
            bar.start()

    try:
        yield show
    finally:
        bar.stop()
