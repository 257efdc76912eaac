"""A draft as a folder of CSV tables, or as a workbook with a sheet for each; both say what its YAML would say."""

import csv
import datetime
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..bundles import HEAD
from ..expand import ENTRIES
from ..paths import format_path
from ..scalars import ScalarError, read_scalar
from ..schema.scenario import ScenarioFile
from ..tables import FLOW
from ..words_below import is_text, words_at
from .commented import flow, quoted
from .lines import Block, Draft, Line, leaves

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from ..marked import Plain

__all__ = ["folder_of_tables", "workbook"]

ABOUT = "_about"
"""A table for people: what every column means. Its name begins so that it is no part of the scenario."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A value; whether only text can stand in its place; and whether it is text that is read as it stands."""

    value: "Plain"
    is_text: bool = False
    is_verbatim: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, _Cell], ...]
    notes: dict[str, str]


def folder_of_tables(draft: Draft) -> dict[str, bytes]:
    """Return the files of a folder: a CSV table for each part, and one that says what their columns mean."""
    return {f"{table.name}.csv": _csv(table) for table in _tables(draft)}


def workbook(draft: Draft) -> bytes:
    """Return the file of a workbook: a sheet for each part, and one that says what their columns mean."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    # A workbook from the same answers is the same workbook, whenever it is written.
    book.properties.created = datetime.datetime(2000, 1, 1)
    for table in _tables(draft):
        _fill(book.create_sheet(table.name), table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _tables(draft: Draft) -> list[_Table]:
    head, parts = [], []
    for line in draft.lines:
        if isinstance(line.value, Block):
            parts.append(_variants(line) if line.key == "variants" else _map(line))
        else:
            only_text = is_text(words_at(ScenarioFile, (line.key,)))
            head.append({"key": _name(line.key), "value": _Cell(line.value, only_text), "note": _name(line.note)})
    tables = [_Table(HEAD, ("key", "value", "note"), tuple(head), {}), *parts]
    return [*tables, _about(draft, tables)]


def _map(part: Line) -> _Table:
    columns: dict[str, str] = {"name": "the name; what other tables call it"}
    rows = []
    for entry in _entries(part):
        row = {"name": _name(entry.key)}
        for path, value, note in leaves(entry):
            column = format_path(path)
            columns.setdefault(column, note)
            row[column] = _Cell(value, is_text(words_at(ENTRIES[part.key], path)))
        rows.append(row)
    return _Table(part.key, tuple(columns), tuple(rows), columns)


def _variants(part: Line) -> _Table:
    rows = tuple(
        {"variant": _name(entry.key), "path": _name(path), "value": _Cell(value), "note": _name(entry.note)}
        for entry in _entries(part)
        if isinstance(entry.value, dict)
        for path, value in entry.value.items()
    )
    notes = {
        "variant": "its name; it may have several rows",
        "path": "what it changes: the table, the row and the column, with dots between",
        "value": "what stands there instead",
    }
    return _Table(part.key, ("variant", "path", "value", "note"), rows, notes)


def _about(draft: Draft, tables: list[_Table]) -> _Table:
    rows = [{"table": _name(""), "column": _name(""), "meaning": _name(draft.title)}]
    for table in tables:
        rows += [
            {"table": _name(table.name), "column": _name(column), "meaning": _name(note)}
            for column, note in table.notes.items()
            if note
        ]
    return _Table(ABOUT, ("table", "column", "meaning"), tuple(rows), {})


def _entries(part: Line) -> Iterator[Line]:
    if isinstance(part.value, Block):
        yield from part.value.lines


def _name(text: str) -> _Cell:
    return _Cell(text, is_text=True, is_verbatim=True)


def _text(cell: _Cell, *, typed: bool) -> str:
    """Return what is written for a cell, so that it reads back as the value; `typed` cells know text from numbers."""
    value = cell.value
    if not isinstance(value, str):
        return flow(value)
    if cell.is_verbatim:
        return value
    is_plain = value == value.strip() and value.isprintable() and not value.startswith(FLOW)
    return value if is_plain and (typed or cell.is_text or _means_itself(value)) else quoted(value)


def _means_itself(text: str) -> bool:
    try:
        return read_scalar(text) == text
    except ScalarError:
        return False


def _csv(table: _Table) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow(_text(row[column], typed=False) if column in row else "" for column in table.columns)
    # The mark at the beginning tells spreadsheet programs that this is UTF-8.
    return stream.getvalue().encode("utf-8-sig")


def _fill(sheet: "Worksheet", table: _Table) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for position, column in enumerate(table.columns, start=1):
        head = sheet.cell(1, position)
        _put(sheet, 1, position, column)
        head.font = Font(bold=True)
        if table.notes.get(column):
            head.comment = Comment(table.notes[column], "demandshift")
        longest = len(column)
        for number, row in enumerate(table.rows, start=2):
            if column not in row:
                continue
            value = row[column].value
            if isinstance(value, bool | int | float):
                _put(sheet, number, position, value)
            elif table.name == HEAD and row["key"].value == "start":
                _put(
                    sheet,
                    number,
                    position,
                    datetime.date.fromisoformat(str(value)) if column == "value" else str(value),
                )
            else:
                _put(sheet, number, position, _text(row[column], typed=True))
            longest = max(longest, len(str(sheet.cell(number, position).value)))
        sheet.column_dimensions[get_column_letter(position)].width = min(longest + 2, 60)
    sheet.freeze_panes = "B2"


def _put(sheet: "Worksheet", row: int, column: int, value: object) -> None:
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # a name that begins with = is no formula
