"""The commands, from the program that runs them."""

from typing import Any

import typer

from demandshift.cli import app
from generating.wording import cell, one_line, table


def commands() -> str:
    """Return a section for each command."""
    group: Any = typer.main.get_command(app)
    return "\n".join(command(name, each) for name, each in group.commands.items())


def command(name: str, each: typer.core.TyperCommand) -> str:
    """Return the section of one command: usage, arguments, options, example."""
    arguments = [parameter for parameter in each.params if isinstance(parameter, typer.core.TyperArgument)]
    options = [parameter for parameter in each.params if isinstance(parameter, typer.core.TyperOption)]
    usage = " ".join(["demandshift", name, *(str(parameter.metavar) for parameter in arguments), "[OPTIONS]"])
    rows = [(f"`{parameter.metavar}`", "**required**", cell(parameter.help or "")) for parameter in arguments]
    for parameter in options:
        words = [parameter.opts[0]]
        if not parameter.is_flag:
            words.append(parameter.metavar or str(parameter.name).upper())
        usual = "" if parameter.is_flag or not parameter.default else f"`{parameter.default}`"
        rows.append((f"`{cell(' '.join(words))}`", usual, cell(parameter.help or "")))
    example = one_line((each.epilog or "").removeprefix("\b")).removeprefix("Example: ")
    lines = [f"### `{name}`", "", one_line(each.help or ""), "", f"Usage: `{usage}`", ""]
    return "\n".join([*lines, *table(("", "default", "meaning"), rows), "", f"Example: `{example}`", ""])
