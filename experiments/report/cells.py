"""A frame as the rows and cells of a page: means with their half-widths, sensible digits, numbers to the right."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING

from ...simulator.estimates import Estimate
from .page import Cell
from .wording import NOTHING, decimals_of, in_words, number

if TYPE_CHECKING:
    import pandas as pd

WIDTH = "half_width"

Value = object
"""What stands in a frame: text, numbers, dates, cells, nothing."""


@dataclass(frozen=True)
class Column:
    """One column of a page's table."""

    heading: str
    is_number: bool
    cells: tuple[Cell, ...]


def columns_of(frame: "pd.DataFrame") -> list[Column]:
    """Return the columns of a frame as they are shown.

    A column `half_width` goes with `mean`, or else with the column before it; a column `…_half_width` with the one
    that its name begins with. Both become one, mean ± half-width, and so are shares in per cent where a column `unit`
    says so.

    Parameters
    ----------
    frame : DataFrame
        Tidy or wide; an index that has a name is shown as columns.
    """
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names = [str(name) for name in frame.columns]
    values = {name: list(frame.iloc[:, place]) for place, name in enumerate(names)}
    widths = _widths(names)
    units = values.get("unit", [None] * len(frame))
    shown = []
    for name in names:
        if name in widths.values():
            continue
        width = widths.get(name)
        if width is not None:
            means = zip(values[name], values[width], units, strict=True)
            cells = tuple(_estimate(mean, half, unit == "share") for mean, half, unit in means)
            shown.append(Column(f"{in_words(name)} ± half-width", True, cells))
        else:
            shown.append(_plain(in_words(name), values[name]))
    return shown


def _widths(names: Sequence[str]) -> dict[str, str]:
    """Return which column of half-widths belongs to which column of figures."""
    found = {}
    for place, name in enumerate(names):
        owner = None
        if name == WIDTH:
            owner = "mean" if "mean" in names else names[place - 1] if place else None
        elif name.endswith("_" + WIDTH):
            owner = name.removesuffix("_" + WIDTH)
        if owner is not None and owner in names:
            found[owner] = name
    return found


def _estimate(mean: Value, half_width: Value, percent: bool) -> Cell:
    if _is_missing(mean) or not isinstance(mean, Real):
        return Cell(NOTHING, None, missing=True)
    width = None if _is_missing(half_width) or not isinstance(half_width, Real) else float(half_width)
    return Cell(number(Estimate(float(mean), width, 0), percent=percent), float(mean))


def _plain(heading: str, values: Sequence[Value]) -> Column:
    there = [value for value in values if not _is_missing(value)]
    is_number = bool(there) and all(_is_number(value) for value in there)
    floats = [float(value) for value in there if isinstance(value, Real) and not isinstance(value, Integral)]
    decimals = decimals_of(floats)
    return Column(heading, is_number, tuple(_cell(value, decimals) for value in values))


def _is_number(value: Value) -> bool:
    return isinstance(value, Cell) or (isinstance(value, Real) and not _is_truth(value))


def _is_truth(value: Value) -> bool:
    return type(value).__name__ in ("bool", "bool_")  # NumPy's is neither Python's nor a number


def _is_missing(value: Value) -> bool:
    import pandas as pd

    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _cell(value: Value, decimals: int) -> Cell:
    if isinstance(value, Cell):
        return value
    if _is_missing(value):
        return Cell(NOTHING, None, missing=True)
    if _is_truth(value):
        return Cell("yes" if value else "no", None)
    if isinstance(value, Integral):
        return Cell(f"{int(value):,}", float(value))
    if isinstance(value, Real):
        return Cell(f"{round(float(value), decimals) + 0.0:,.{decimals}f}", float(value))
    if isinstance(value, datetime.datetime):
        at_midnight = value.time() == datetime.time()
        text = value.date().isoformat() if at_midnight else value.isoformat(sep=" ", timespec="minutes")
        return Cell(text, value.timestamp())
    return Cell(str(value), None)
