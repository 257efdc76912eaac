"""Whatever a scenario says in YAML, a folder of tables and a workbook say too."""

import csv
import datetime
import io
import json
import re
import tempfile
from pathlib import Path

import openpyxl
from drawn_scenarios import Drawn, renamed, scenarios
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import demandshift as ds
from demandshift.scenarios.paths import format_path

PARTS = ("firms", "products", "offers", "segments")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:]+)?")
"""A day or a moment; a sheet makes no difference between a day and its midnight, and YAML does."""
ODD_NAMES = (
    "Cola 0.5 L",
    "no",
    "1e3",
    "été",
    "a.b",
    "null",
    "~",
    "- x",
    "#",
    "x: y",
    '"q"',
    "[x]",
    "0123",
    "=1+1",
    "true",
)


def cells_of(entry: dict, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    """Return the values of an entry by path; lists are values."""
    cells = {}
    for key, value in entry.items():
        if isinstance(value, dict) and value:
            cells |= cells_of(value, (*path, key))
        else:
            cells[*path, key] = value
    return cells


def columns_of(entries: dict[str, dict]) -> list[tuple[str, ...]]:
    """Return paths that hold all values of a part: where one entry has a value and another goes deeper, the shorter."""
    paths = dict.fromkeys(path for entry in entries.values() for path in cells_of(entry))
    return [path for path in paths if not any(path[:length] in paths for length in range(1, len(path)))]


def tables_of(document: dict) -> dict[str, list[list[object]]]:
    """Return the tables of a scenario: for each its rows, the names of the columns first."""
    tables: dict[str, list[list[object]]] = {
        "scenario": [["key", "value"], *([key, value] for key, value in document.items() if key not in PARTS)]
    }
    for part in PARTS:
        if part not in document:
            continue
        columns = columns_of(document[part])
        tables[part] = [["name", *map(format_path, columns)]]
        for name, entry in document[part].items():
            tables[part].append([name, *(value_at(entry, path) for path in columns)])
    return tables


def value_at(entry: object, path: tuple[str, ...]) -> object:
    """Return what stands at a path, or None."""
    for key in path:
        entry = entry.get(key) if isinstance(entry, dict) else None
    return entry


def as_text(value: object) -> str:
    """Return what somebody writes into a CSV file for a value."""
    if isinstance(value, str) and not value.startswith(("[", "{", '"')):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def as_cell(value: object) -> object:
    """Return what a spreadsheet holds: fractions for whole numbers, moments for days, lists as text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and DATE.fullmatch(value) and not value.endswith("T00:00:00"):
        return datetime.datetime.fromisoformat(value)
    return as_text(value)


def write_folder(folder: Path, tables: dict[str, list[list[object]]]) -> None:
    """Write a CSV file for each table."""
    for name, rows in tables.items():
        stream = io.StringIO()
        csv.writer(stream).writerows([row[0], *map(as_text, row[1:])] for row in rows)
        (folder / f"{name}.csv").write_text(stream.getvalue(), encoding="utf-8")


def write_workbook(file: Path, tables: dict[str, list[list[object]]]) -> None:
    """Write a sheet for each table."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        sheet = book.create_sheet(name.title())
        for number, row in enumerate(rows, start=1):
            for position, value in enumerate(row, start=1):
                cell = sheet.cell(number, position)
                cell.value = value if position == 1 else as_cell(value)
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    book.save(file)


def as_kept(value: object) -> object:
    """Return a document with numbers as spreadsheets keep them: with fifteen digits."""
    match value:
        case dict():
            return {key: as_kept(each) for key, each in value.items()}
        case list():
            return [as_kept(each) for each in value]
        case float():
            return float(f"{value:.15g}")
        case _:
            return value


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(scenarios(), st.booleans(), st.permutations(ODD_NAMES))
def test_tables_say_what_yaml_says(drawn: Drawn, odd: bool, order: list[str]) -> None:
    """A failure means that a planner who keeps a scenario in tables runs another one than its YAML describes."""
    document = drawn.document
    names: dict[str, str] = {}
    if odd and not drawn.tables:
        olds = [name for part in PARTS for name in document.get(part, {})]
        names = {old: f"{order[place % len(order)]} {len(olds) - place}" for place, old in enumerate(olds)}
    document = as_kept(renamed(document, names))
    expected = Drawn(document, drawn.tables).load()
    tables = tables_of(document)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "folder")
        folder.mkdir()
        for name, text in drawn.tables.items():
            Path(place, name).write_text(text, encoding="utf-8")
            Path(folder, name).write_text(text, encoding="utf-8")
        write_folder(folder, tables)
        write_workbook(Path(place, "book.xlsx"), tables)
        for found in (ds.load(folder), ds.load(Path(place, "book.xlsx"))):
            assert found.hash == expected.hash
            assert found.resolved == expected.resolved
