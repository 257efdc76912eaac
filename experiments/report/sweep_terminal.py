"""A sweep in a terminal: the figures asked for, a row a point."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...simulator.estimates import Estimate
from ..sweeping.outcome import Sweep
from .wording import number

FIRST = ("profit", "fill_rate")
"""What is shown where no figure is asked for."""

MOST_ROWS = 60
"""Points that are shown; files hold all."""

MOST_NAMES = 4
"""Firms, or whatever has the figure, that stand side by side."""


def print_sweep(sweep: Sweep, figures: Sequence[str], console: Console) -> None:
    """Print a sweep.

    Parameters
    ----------
    sweep : Sweep
        What was found.
    figures : sequence of str
        Which figures to show; none for those that people look at first.
    console : Console
        Where to.
    """
    points = len(sweep.values)
    console.print(Text(sweep.scenario.name, style="bold"))
    console.print(
        Text(
            f"{points} point{'' if points == 1 else 's'}, {sweep.replications} replication"
            f"{'' if sweep.replications == 1 else 's'} each, seed {sweep.seed}. All figures are means a replication ± "
            "half-width of the 95 % interval"
            + (f" (n = {sweep.replications})." if sweep.replications > 1 else "; with one replication there is none.")
        )
    )
    if any(each is not None for each in sweep.figures):
        console.print(_table(sweep, figures or FIRST))
    if points > MOST_ROWS:
        console.print(f"… and {points - MOST_ROWS} more points (--out DIR or --json have all)")


def _table(sweep: Sweep, figures: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("point", justify="right")
    for key in sweep.keys:
        table.add_column(Text(key), justify="right", overflow="fold")
    tables = []
    for figure in figures:
        wide = sweep.table(figure)
        names = [name for name in wide.columns if f"{name}_half_width" in wide.columns]
        focal = [name for name in sweep.focal if name in names]
        chosen = (focal or names)[:MOST_NAMES]
        percent = any(
            key.figure == figure and key.unit == "share" for each in sweep.figures if each for key in each.keys
        )
        tables.append((wide, chosen, percent))
        for name in chosen:
            table.add_column(Text(f"{figure.replace('_', ' ')} of {name}"), justify="right", overflow="fold")
    for place in range(min(len(sweep.values), MOST_ROWS)):
        cells = [str(place + 1), *(_value(value) for value in sweep.values[place])]
        if sweep.figures[place] is None:
            cells.append("failed")
        else:
            for wide, names, percent in tables:
                row = wide.iloc[place]
                cells.extend(
                    number(_estimate(row[name], row[f"{name}_half_width"], sweep.replications), percent=percent)
                    for name in names
                )
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _estimate(mean: float, half_width: float, n: int) -> Estimate:
    """Return a cell of a table as the estimate that it was."""
    return Estimate(None if mean != mean else mean, None if half_width != half_width else half_width, n)


def _value(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
