"""A comparison in a terminal: each figure, the differences, what is beyond doubt, who is the best."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ...simulator.measures import MeasureKey
from ..comparison.differences import Verdict
from ..comparison.figure_names import words
from ..comparison.findings import Comparison
from ..comparison.race import Race
from .comparison_wording import (
    BEYOND_DOUBT,
    difference_in_words,
    what_is_beyond_doubt,
    what_was_done,
    who_is_compared,
)
from .wording import number

ABREAST = 5
"""Variants side by side; more go below each other."""


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print a comparison.

    Parameters
    ----------
    comparison : Comparison
        What was found.
    console : Console
        Where to.
    """
    for part in _parts(comparison):
        console.print(part)


def _parts(comparison: Comparison) -> Iterator[RenderableType]:
    name = comparison.results[comparison.against].scenario.name
    yield Text(f"{name}: {who_is_compared(comparison)}", style="bold")
    yield Text(what_was_done(comparison))
    rows = comparison.told
    if comparison.race is not None:
        yield from _best(comparison.race)
    if rows:
        # A title of a table would be folded to the table's width.
        whose = list(dict.fromkeys(key.name for key in rows))
        of = f" ({whose[0]})" if len(whose) == 1 else ""
        for names in _abreast(list(comparison.results)):
            yield Text(f"Figures{of}", style="bold")
            yield _figures(comparison, rows, names)
        for names in _abreast(list(comparison.variants)):
            yield Text(f"Differences to {comparison.against}{of}", style="bold")
            yield _differences(comparison, rows, names)
    if len(rows) < len(comparison.family):
        yield Text("Figures that are 0, or have nothing to be a rate of, in all of them are left out.")
    yield Text(what_is_beyond_doubt(comparison))


def _abreast(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[first : first + ABREAST] for first in range(0, len(names), ABREAST)]


def _table(rows: Sequence[MeasureKey], columns: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    if len({key.name for key in rows}) > 1:
        table.add_column("of", overflow="fold")
    table.add_column("")
    for column in columns:
        table.add_column(Text(column), justify="right", overflow="fold")
    return table


def _add(table: Table, rows: Sequence[MeasureKey], cells: Sequence[Sequence[str]]) -> None:
    several = len({key.name for key in rows}) > 1
    before = None
    for key, line in zip(rows, cells, strict=True):
        whose = [Text(key.name if key.name != before else "")] if several else []
        table.add_row(*whose, words(key), *line)
        before = key.name


def _figures(comparison: Comparison, rows: Sequence[MeasureKey], names: Sequence[str]) -> Table:
    table = _table(rows, names)
    cells = []
    for key in rows:
        measures = [comparison.measured[name].get(key) for name in names]
        cells.append(
            ["–" if each is None else number(each.estimate(), percent=each.unit == "share") for each in measures]
        )
    _add(table, rows, cells)
    return table


def _differences(comparison: Comparison, rows: Sequence[MeasureKey], names: Sequence[str]) -> Table:
    table = _table(rows, names)
    cells = []
    for key in rows:
        line = []
        for name in names:
            difference = comparison.judged.get((name, key))
            if difference is None:
                line.append("–")
                continue
            # A blank where others have a mark, so that the figures stand below each other.
            mark = BEYOND_DOUBT if difference.verdict is Verdict.BEYOND_DOUBT else " "
            line.append(f"{difference_in_words(difference)} {mark}")
        cells.append(line)
    _add(table, rows, cells)
    return table


def _best(race: Race) -> Iterator[RenderableType]:
    chosen = "undecided" if race.chosen is None else " and ".join((race.chosen, *race.ties))
    title = f"The best ({race.wanted.goal} {race.objective_in_words}): {chosen}"
    yield Text(title, style="bold")
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("")
    table.add_column("replications", justify="right")
    table.add_column("")
    for row in race.rows():
        behind = row["screened_out_by"]
        told = row["place"] or (
            f"screened out, behind {behind}" if behind else "undecided" if race.chosen is None else "lower at the end"
        )
        if told == "lower at the end" and race.wanted.goal == "smallest":
            told = "higher at the end"
        table.add_row(Text(row["variant"]), f"{row['replications']:,}", Text(told))
    yield table
    yield Text(race.guarantee)
    if race.note:
        yield Text(f"Indifference zone: {race.note}.")
