"""Sheets of Excel workbooks as tables, with the place of every cell. No formula is computed: its last value counts.

What spreadsheets do with values is undone where nothing is lost: a whole number is whole, a day is a day, blanks at the
ends of text and empty rows and columns are nothing. What cannot be meant (an error, merged cells, a formula without a
value) is complained of.
"""

import datetime
import io
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from .complaints import Complaints, Place, did_you_mean
from .files import MOST_TABLE_BYTES, read_bytes
from .tables import Row, Table, Unreadable
from .workbook_archive import Sheet, WorkbookError, read_sheets, scanned, unreadable

__all__ = ["Workbook", "open_sheet", "open_workbook"]

MOST_SHEET_CELLS = 20_000_000
"""Places for cells, empty ones included, from the first to the last that is filled in each row."""
_WHOLE = 2.0**53
"""Beyond it not every whole number has a float of its own."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that was read into memory.

    Parameters
    ----------
    file
        What complaints call it.
    content
        Its bytes.
    sheets
        Those that hold cells.
    """

    file: str
    content: bytes
    sheets: tuple[Sheet, ...]

    def table(self, sheet: Sheet, complaints: Complaints) -> Table | None:
        """Return a sheet as a table; None after a complaint."""
        file = f"{self.file}#{sheet.title}"
        try:
            merged, uncomputed = scanned(self.content, sheet)
            lines = [] if merged else _lines(self.content, sheet.title)
        except WorkbookError as problem:
            complaints.add(Place(file), "", str(problem))
            return None
        for each in merged:
            column, row, *_ = range_boundaries(each)
            message = f"is merged with others ({each}); unmerge them and write the value into each that it holds for"
            complaints.add(Place(file, row, get_column_letter(column)), "", message)
        return None if merged else _table(lines, file, uncomputed, complaints)


def open_workbook(path: Path, file: str, place: Place, key: str, complaints: Complaints) -> Workbook | None:
    """Read a workbook; None after a complaint.

    Parameters
    ----------
    path
        The file.
    file
        What complaints about its content call it.
    place, key
        Where complaints that there is no such file go.
    complaints
        Where problems are noted.
    """
    content = read_bytes(path, MOST_TABLE_BYTES, place, key, complaints)
    if content is None:
        return None
    try:
        return Workbook(file, content, read_sheets(content))
    except WorkbookError as problem:
        complaints.add(Place(file), "", str(problem))
        return None


def open_sheet(
    path: Path, title: str | None, file: str, place: Place, key: str, complaints: Complaints
) -> Table | None:
    """Open a sheet of a workbook as a table; None after a complaint.

    Parameters
    ----------
    path
        The workbook, already known to lie inside the scenario's folder.
    title
        The name of the sheet; None for the only one that is not hidden.
    file
        What complaints call the workbook.
    place, key
        Where the scenario names it.
    complaints
        Where problems are noted.
    """
    workbook = open_workbook(path, file, place, key, complaints)
    if workbook is None:
        return None
    seen = [sheet for sheet in workbook.sheets if not sheet.is_hidden]
    names = ", ".join(sheet.title for sheet in seen)
    if title is None:
        if len(seen) == 1:
            return workbook.table(seen[0], complaints)
        message = f"needs the name of a sheet, as in {path.name}#{seen[0].title}" if seen else "has no sheet to be seen"
        complaints.add(place, key, f"{message} (found: {names})" if seen else message)
        return None
    wanted = title.strip().casefold()
    sheet = next((each for each in workbook.sheets if each.title.strip().casefold() == wanted), None)
    if sheet is None:
        suggestion = did_you_mean(title, [each.title for each in seen]) or f" (found: {names})"
        complaints.add(place, key, f"{path.name} has no sheet {title!r}{suggestion}")
        return None
    if sheet.is_hidden:
        complaints.add(place, key, f"the sheet {sheet.title!r} is hidden; what is run should be seen: show it")
        return None
    return workbook.table(sheet, complaints)


def _lines(content: bytes, title: str) -> list[tuple[int, dict[int, object]]]:
    """Return the rows of a sheet that are not empty: their numbers, and their cells by the number of the column."""
    with unreadable(), warnings.catch_warnings():
        # It warns of styles and pictures that it does not know; dates out of range, of which too, come as errors.
        warnings.simplefilter("ignore")
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True)[title]
        sheet.reset_dimensions()  # a sheet's own word about its size may be wrong
        lines, places = [], 0
        for number, row in enumerate(sheet.iter_rows(), start=1):
            places += len(row) + 1
            if places > MOST_SHEET_CELLS:
                raise WorkbookError(f"has more than {MOST_SHEET_CELLS} cells")
            cells = {}
            for column, cell in enumerate(row, start=1):
                value = _value(cell.value, cell.data_type)
                if value is not None:
                    cells[column] = value
            if cells:
                lines.append((number, cells))
        return lines


def _value(value: object, kind: str) -> object:
    """Return what a cell means; None where it is empty."""
    match value:
        case str() if kind == "e":
            return Unreadable(f"holds the error {value}: mend its formula, or clear the cell")
        case str():
            return value.strip() or None
        case float() if value.is_integer() and abs(value) <= _WHOLE:
            return int(value)
        case datetime.datetime() if value.time() == datetime.time():
            return value.date()
        case datetime.time():
            return Unreadable(f"is a time of day without a date (got {value:%H:%M})")
        case datetime.timedelta():
            return Unreadable(f"is a length of time (got {value}); write a number of time units")
        case _:
            return value


@dataclass(frozen=True, slots=True)
class _SheetRows:
    lines: list[tuple[int, dict[int, object]]]
    file: str
    columns: Mapping[int, str]
    letters: Mapping[str, str]

    def rows(self, complaints: Complaints) -> Iterator[Row]:
        for number, cells in self.lines:
            outside = [column for column in cells if column not in self.columns]
            for column in outside:
                place = Place(self.file, number, get_column_letter(column))
                complaints.add(place, "", "stands in a column without a name; name it in row 1, or clear the cell")
            filled = {name: cells[column] for column, name in self.columns.items() if column in cells}
            if filled:
                yield Row(Place(self.file, number), filled, is_text=False, letters=self.letters)


def _table(
    lines: list[tuple[int, dict[int, object]]],
    file: str,
    uncomputed: frozenset[str],
    complaints: Complaints,
) -> Table | None:
    lines = _with_uncomputed(lines, uncomputed)
    if not lines or lines[0][0] != 1:
        what = "is empty" if not lines else "has an empty first row"
        complaints.add(Place(file, 1), "", f"{what}; a table begins with the names of its columns")
        return None
    columns: dict[int, str] = {}
    letters: dict[str, str] = {}
    before = len(complaints)
    for column, value in sorted(lines[0][1].items()):
        letter = get_column_letter(column)
        place = Place(file, 1, letter)
        if isinstance(value, Unreadable):
            complaints.add(place, "", value.message)
            continue
        name = str(value)
        if name in letters:
            complaints.add(place, name, "is a duplicate column")
            continue
        columns[column], letters[name] = name, letter
    if len(complaints) > before:
        return None
    return Table(file, tuple(columns.values()), _SheetRows(lines[1:], file, columns, letters), letters)


def _with_uncomputed(
    lines: list[tuple[int, dict[int, object]]], uncomputed: frozenset[str]
) -> list[tuple[int, dict[int, object]]]:
    """Return the rows with cells whose formula has no value, which would otherwise pass for empty ones."""
    if not uncomputed:
        return lines
    trouble = Unreadable("holds a formula without a value; open the workbook in a spreadsheet program and save it")
    by_row = dict(lines)
    for cell in uncomputed:
        column, row, *_ = range_boundaries(cell)
        by_row[row] = {**by_row.get(row, {}), column: trouble}
    return sorted(by_row.items())
