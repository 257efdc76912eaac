"""A plan in a terminal: the plan as a table, its value and bound, and what the simulator says of it."""

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from ...simulator.estimates import Estimate
from ..planning.optimisation import Optimisation

MOST_ROWS = 60
"""Rows of a plan that are shown; `--json` has all."""


def print_plan(best: Optimisation, console: Console) -> None:
    """Print a plan and its worth.

    Parameters
    ----------
    best
        What `optimise` found.
    console
        Where to.
    """
    currency = best.scenario.settled.head.currency or "money"
    console.print(f"{best.scenario.name}: {best.what} of {best.firm}, for {best.objective}")
    for rows in _by_columns(best.planned.rows):
        console.print(_table(rows))
        if len(rows) > MOST_ROWS:
            console.print(f"… and {len(rows) - MOST_ROWS} more rows (--json shows all)")
    console.print(_worth(best, currency))
    if best.bound is not None:
        console.print("The bound holds if " + "; ".join(best.bound.assumptions) + ".")
    for note in best.planned.notes:
        console.print(f"Note: {note}.")


def _by_columns(rows: tuple[Mapping[str, Any], ...]) -> list[list[Mapping[str, Any]]]:
    """Return rows in groups that have the same columns: a joint plan has two."""
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    return list(groups.values())


def _table(rows: list[Mapping[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE)
    for column, value in rows[0].items():
        table.add_column(column.replace("_", " "), justify="left" if isinstance(value, str) else "right")
    for row in rows[:MOST_ROWS]:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def _cell(value: object) -> str:
    match value:
        case None:
            return "closed"
        case float():
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        case _:
            return str(value)


def _worth(best: Optimisation, currency: str) -> Table:
    table = Table(box=box.SIMPLE)
    table.add_column("")
    table.add_column(currency, justify="right")
    table.add_column("half-width", justify="right")
    table.add_row("value of the program", _money(best.value), "")
    bound = best.bound
    if bound is not None:
        width = "" if bound.half_width is None else _money(bound.half_width)
        table.add_row(f"bound ({bound.kind})", _money(bound.value), width)
    _add(table, f"simulated, n = {best.simulated.n}", best.simulated)
    if best.gap is not None:
        table.add_row("below the bound", f"{best.gap:.1f} %", "")
    _add(table, "present policy, same customers", best.present)
    _add(table, "difference", best.difference)
    return table


def _add(table: Table, name: str, estimate: Estimate) -> None:
    mean, width = estimate.mean, estimate.half_width
    table.add_row(name, "n/a" if mean is None else _money(mean), "" if width is None else f"± {_money(width)}")


def _money(value: float) -> str:
    return f"{value:,.2f}"
