"""Tables as one workbook that spreadsheet programs open: a sheet a table, and no cell that could start a formula.

A name such as `=HYPERLINK(…)` is data. It is stored as text, and marked as text for whoever edits the cell later.
"""

import datetime
import math
import re
from collections.abc import Callable, Iterator, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 1_048_576
"""Rows of a sheet, its heading among them; a longer table goes on in another sheet."""
MOST_COLUMNS = 16_384
"""Columns of a sheet."""
LONGEST_SHEET_NAME = 31
LONGEST_TEXT = 32_767
"""Characters that a cell may hold."""
LARGEST_WHOLE = 2**53
"""Above it a spreadsheet's numbers, which are doubles, skip whole numbers; such a number is stored as text."""
FIRST_YEAR = 1901
"""Spreadsheet programs disagree about days before March 1900; such a date is stored as text."""
MOST_WIDTH = 40
"""Width of a column, in characters."""
LOOKED_AT = 200
"""Rows that decide how wide a column is."""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a text begins that a spreadsheet program may take for a formula when it is typed or pasted."""

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def workbook_writer(frames: "Mapping[str, pd.DataFrame]") -> Callable[[Path], None]:
    """Return what writes frames to a path as a workbook (Office Open XML).

    Numbers stay numbers and dates dates; what is missing is an empty cell. An infinite number is the text `inf`. What
    XML cannot hold in a text is shown as �.

    Parameters
    ----------
    frames : mapping of name to DataFrame
        One sheet each, in this order, under its name or as much of it as a sheet's name may hold.

    Raises
    ------
    ValueError
        If there is no frame, or one has more columns than a sheet.
    """
    if not frames:
        raise ValueError("a workbook needs at least one table")
    for name, frame in frames.items():
        if len(frame.columns) > MOST_COLUMNS:
            raise ValueError(f"{name} has {len(frame.columns)} columns; a sheet holds {MOST_COLUMNS}")

    def write(path: Path) -> None:
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        taken: set[str] = set()
        for name, frame in frames.items():
            for part, rows in enumerate(_parts(frame)):
                title = _sheet_name(name if part == 0 else f"{name} ({part + 1})", taken)
                _fill(book.create_sheet(title), rows)
        book.save(path)

    return write


def _parts(frame: "pd.DataFrame") -> "Iterator[pd.DataFrame]":
    """Yield a frame in pieces that a sheet can hold below its heading; at least one."""
    room = MOST_ROWS - 1
    for begin in range(0, max(1, len(frame)), room):
        yield frame.iloc[begin : begin + room]


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a valid name of a sheet that is not taken yet, and take it; small letters are no other name."""
    plain = _NOT_IN_A_SHEET_NAME.sub("_", _NO_XML.sub("_", name)).strip(" '") or "table"
    if plain.lower() == "history":
        plain += "_"  # Excel keeps this one for itself
    title, count = plain[:LONGEST_SHEET_NAME].rstrip(" '"), 1
    while title.lower() in taken:
        count += 1
        ending = f" ({count})"
        title = plain[: LONGEST_SHEET_NAME - len(ending)].rstrip(" '") + ending
    taken.add(title.lower())
    return title


def _fill(sheet: Any, frame: "pd.DataFrame") -> None:  # noqa: ANN401 (openpyxl has no types of its own)
    """Write a frame into an empty sheet of a workbook that is written row by row."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    names = [str(name) for name in frame.columns]
    columns = [frame.iloc[:, place].tolist() for place in range(len(names))]
    sheet.freeze_panes = "A2"
    for place, (name, column) in enumerate(zip(names, columns, strict=True), start=1):
        longest = max((len(_shown(value)) for value in column[:LOOKED_AT]), default=0)
        sheet.column_dimensions[get_column_letter(place)].width = min(MOST_WIDTH, max(len(name), longest) + 3)

    def cell(value: object, *, bold: bool = False) -> Any:  # noqa: ANN401
        stored = _stored(value)
        made = WriteOnlyCell(sheet)
        if isinstance(stored, str):
            # Given as a value, a text that begins with = would become a formula, and one such as #N/A an error.
            made._value, made.data_type = stored, "s"  # noqa: SLF001
            if stored.startswith(STARTS_A_FORMULA):
                made.quotePrefix = True
        else:
            made.value = stored
            if isinstance(stored, datetime.datetime):
                made.number_format = "yyyy-mm-dd hh:mm"
            elif isinstance(stored, datetime.date):
                made.number_format = "yyyy-mm-dd"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(name, bold=True) for name in names])
    for row in zip(*columns, strict=True):
        sheet.append([cell(value) for value in row])
    if names:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{len(frame) + 1}"


def _shown(value: object) -> str:
    """Return about what a cell will show, for the width of its column."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.10g}"
        case datetime.datetime():
            return "2026-01-01 00:00"
        case _:
            return str(value)


def _stored(value: object) -> object:
    """Return a value as a cell can hold it: None, a truth value, a number, a date, or text that XML can hold."""
    import pandas as pd

    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    if isinstance(value, Integral):
        return int(value) if abs(int(value)) <= LARGEST_WHOLE else str(value)
    if isinstance(value, Real):
        number = float(value)
        return None if math.isnan(number) else number if math.isfinite(number) else str(number)
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None or value.year < FIRST_YEAR:
            return value.isoformat()
        return datetime.datetime.combine(value.date(), value.time())  # a pandas timestamp has nanoseconds
    if isinstance(value, datetime.date):
        return value if value.year >= FIRST_YEAR else value.isoformat()
    return _text(str(value))


def _text(text: str) -> str:
    """Return a text that XML and a cell can hold, and that reads as itself.

    Readers of the format take `_x0041_` for an A: its underscore is written as `_x005F_` (ECMA-376, part 1, 22.9.2.19).
    """
    text = _LOOKS_ESCAPED.sub("_x005F_", _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
