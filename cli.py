"""The command `demandshift`: the table of what it can be told to do.

Nothing heavy is imported at the top, here or in `commands`: `demandshift --help` must answer at once.
"""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from .commands.changing import explain_command, twin_command
from .commands.checking import selftest_command
from .commands.comparing import compare_command
from .commands.looking import list_command, schema_command, show_command, validate_command
from .commands.planning import optimise_command
from .commands.reproducing import reproduce_command
from .commands.running import run_command
from .commands.starting import new_command
from .commands.support import DONE, FAILED, WRONG_INPUT, Program
from .commands.sweeping import sweep_command
from .commands.tuning import tune_command

app = typer.Typer(
    name="demandshift",
    cls=Program,
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


COMMANDS: dict[str, tuple[Callable[..., None], str]] = {
    "run": (run_command, "demandshift run two-shops --variant lean --replications 10 --set horizon=28"),
    "new": (new_command, "demandshift new my-shop.yaml --products 3 --rival --waiting"),
    "list": (list_command, "demandshift list --json"),
    "show": (show_command, "demandshift show two-shops"),
    "validate": (validate_command, "demandshift validate my-shop.yaml"),
    "compare": (compare_command, "demandshift compare two-shops --variants lean,promoted --replications 20"),
    "twin": (twin_command, "demandshift twin two-shops --change promoted --replications 10"),
    "explain": (explain_command, "demandshift explain two-shops --change promoted --change lean --replications 5"),
    "sweep": (
        sweep_command,
        "demandshift sweep two-shops --grid products.cola.price=1.4:2.2:0.2 --figure profit --replications 5",
    ),
    "tune": (
        tune_command,
        "demandshift tune fashion-markdown --over products.red-dress.ordering.quantity=60:200 "
        "--budget 12 --replications 20 --finalists 3",
    ),
    "optimise": (
        optimise_command,
        "demandshift optimise fashion-markdown joint --replications 20 --save planned.yaml",
    ),
    "reproduce": (reproduce_command, "demandshift reproduce two-fares --short"),
    "selftest": (selftest_command, "demandshift selftest"),
    "schema": (schema_command, "demandshift schema > scenario.schema.json"),
}
"""By name, what a command does and an example of it that works."""

for _name, (_command, _example) in COMMANDS.items():
    # After a backspace the line is not broken, least of all at a hyphen within a name: examples are copied.
    app.command(_name, epilog=f"\b\nExample: {_example}")(_command)


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
