"""Tables beside a scenario: CSV and Parquet, row by row, with the place of every row. Nothing in them is evaluated.

A row of a CSV file is named by its line, the header being line 1; a row of a Parquet file by its number, from 1. Sheets
of workbooks, whose rows are made here too, are read in `workbooks`.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .complaints import Complaints, Place, did_you_mean
from .document import read_value
from .files import MOST_TABLE_BYTES, read_bytes, read_text
from .marked import BROKEN, Marked, from_python
from .scalars import ScalarError, read_scalar

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

    import pyarrow.parquet as parquet

__all__ = ["FLOW", "NOTE", "Cells", "Row", "Table", "Unreadable", "open_table"]

NOTE = "note"
"""A column of this name is for people; no table is read for it."""
FLOW = ("[", "{", '"')
"""A cell that begins with one of these is read as YAML: a list, a mapping, or text in quotes."""
MOST_BAD_ROWS = 20
"""A column that is wrong throughout is not complained of a million times."""
MOST_PARQUET_CELLS = 20_000_000
"""A Parquet file can hold far more than its size lets one expect."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell whose value nobody can use; the text says why, and is said where the value is asked for."""

    message: str


Cells = Mapping[str, object]
"""The cells of a row that are not empty, by column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its place, and the cells that are not empty, by column.

    Parameters
    ----------
    place
        Its line or number.
    cells
        Text as it stands where it comes from CSV, values elsewhere.
    is_text
        Whether cells are text as it stands.
    letters
        The letters of each column, where the row stands in a sheet of a workbook.
    """

    place: Place
    cells: Cells
    is_text: bool
    letters: Mapping[str, str] = field(default_factory=dict)

    def at(self, column: str) -> Place:
        """Return the place of a cell: that of the row, and the column where it has letters."""
        return Place(self.place.file, self.place.line, self.letters.get(column, ""))

    def text(self, column: str, complaints: Complaints) -> str | None:
        """Return a cell that holds a name; None, and a complaint, where it is empty or no text."""
        cell = self.cells.get(column)
        if isinstance(cell, str):
            return cell
        is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
        if isinstance(cell, int) and is_number and not self.letters:
            return str(cell)
        if isinstance(cell, Unreadable):
            message = cell.message
        elif cell is None:
            message = "is empty"
        else:
            # A sheet may show 0123 where it holds 123, so that a number is no name.
            mend = "; format the cell as text and type it again" if is_number and self.letters else ""
            message = f"must be text (got {cell}){mend}"
        complaints.add(self.at(column), column, message)
        return None

    def value(self, column: str, key: str, complaints: Complaints, *, is_name: bool = False) -> Marked | None:
        """Return a cell as a scenario would read the same word; None where it is empty.

        Parameters
        ----------
        column
            Which cell.
        key
            What complaints call it.
        complaints
            Where problems are noted; the value is then `BROKEN`.
        is_name
            Whether only text can stand there, so that `0123` in a CSV file is a name and no number.
        """
        cell = self.cells.get(column)
        if cell is None:
            return None
        place = self.at(column)
        if isinstance(cell, Unreadable):
            complaints.add(place, key, cell.message)
            return Marked(BROKEN, place)
        if isinstance(cell, str) and cell.startswith(FLOW):
            return read_value(cell, place, key, complaints)
        if not self.is_text or is_name:
            return from_python(cell, place, key, complaints)
        try:
            return Marked(read_scalar(str(cell)), place)
        except ScalarError as problem:
            complaints.add(place, key, str(problem))
            return Marked(BROKEN, place)


class _Source(Protocol):
    """Where rows come from: one file format."""

    def rows(self, complaints: Complaints) -> Iterator[Row]:
        """Iterate over the rows that can be read; complain of the others."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """An open table.

    Parameters
    ----------
    file
        What complaints call it.
    columns
        The names of its columns.
    source
        Where its rows come from.
    letters
        The letters of each column, in a sheet of a workbook.
    """

    file: str
    columns: tuple[str, ...]
    source: _Source
    letters: Mapping[str, str] = field(default_factory=dict)

    def head(self, column: str) -> Place:
        """Return the place of a column's name."""
        return Place(self.file, 1, self.letters.get(column, ""))

    def has_columns(self, needed: Iterable[str], allowed: Iterable[str], complaints: Complaints) -> bool:
        """Tell whether the columns are those that are needed and at most those allowed besides; complain if not."""
        needed = tuple(needed)
        known = (*needed, *allowed, NOTE)
        missing = [column for column in needed if column not in self.columns]
        unknown = [column for column in self.columns if column not in known]
        for column in missing:
            complaints.add(Place(self.file, 1), column, f"column is missing (found: {', '.join(self.columns)})")
        for column in unknown:
            complaints.add(self.head(column), column, f"unknown column{did_you_mean(column, known)}")
        return not missing and not unknown

    def rows(self, complaints: Complaints) -> Iterator[Row]:
        """Iterate over the rows that can be read; complain of the others, and stop where too many are bad."""
        before = len(complaints)
        for row in self.source.rows(complaints):
            yield row
            if len(complaints) - before >= MOST_BAD_ROWS:
                complaints.add(row.place, "", f"is the last row that was read: {MOST_BAD_ROWS} are bad already")
                return


def open_table(path: Path, file: str, place: Place, key: str, complaints: Complaints) -> Table | None:
    """Open a table and read its header.

    Parameters
    ----------
    path
        The file, already known to lie inside the scenario's folder.
    file
        What complaints about its rows call it.
    place, key
        Where the scenario names it: complaints that it cannot be read go there.
    complaints
        Where problems are noted.

    Returns
    -------
    The table, or None after a complaint.
    """
    if path.suffix.lower() == ".parquet":
        return _open_parquet(path, file, place, key, complaints)
    text = read_text(path, MOST_TABLE_BYTES, place, key, complaints)
    return None if text is None else _open_csv(text, file, complaints)


def _columns_fit(columns: list[str], file: str, complaints: Complaints) -> bool:
    place = Place(file, 1)
    before = len(complaints)
    for position, column in enumerate(columns):
        if not column:
            complaints.add(place, "", f"column {position + 1} has no name")
        elif column in columns[:position]:
            complaints.add(place, column, "is a duplicate column")
    if len(columns) == 1:
        for separator, found in ((";", "semicolons"), ("\t", "tabs")):
            if separator in columns[0]:
                mend = "save the table as comma-separated UTF-8 with decimal points, or as an .xlsx workbook"
                complaints.add(place, "", f"columns must be separated by commas (got {found}); {mend}")
    return len(complaints) == before


# ---------------------------------------------------------------------------------------------------------------- CSV


@dataclass(frozen=True, slots=True)
class _CsvRows:
    text: str
    file: str
    columns: tuple[str, ...]

    def rows(self, complaints: Complaints) -> Iterator[Row]:
        reader = _csv_reader(self.text)
        next(reader)
        line = reader.line_num + 1
        try:
            for cells in reader:
                place = Place(self.file, line)
                line = reader.line_num + 1
                stripped = [cell.strip() for cell in cells]
                width = len(self.columns)
                if not any(stripped):
                    continue
                if len(cells) < width or any(stripped[width:]):
                    complaints.add(place, "", f"has {len(cells)} cells where the header has {width}")
                    continue
                filled = {column: cell for column, cell in zip(self.columns, stripped, strict=False) if cell}
                yield Row(place, filled, is_text=True)
        except csv.Error as error:
            complaints.add(Place(self.file, line), "", f"is not CSV: {error}")


def _csv_reader(text: str) -> "CsvReader":
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def _open_csv(text: str, file: str, complaints: Complaints) -> Table | None:
    try:
        header = next(_csv_reader(text), None)
    except csv.Error as error:
        complaints.add(Place(file, 1), "", f"is not CSV: {error}")
        return None
    if not header:
        complaints.add(Place(file, 1), "", "is empty; a table begins with the names of its columns")
        return None
    columns = [column.strip() for column in header]
    while len(columns) > 1 and not columns[-1]:
        columns.pop()  # spreadsheets write empty columns at the end, and empty rows
    if not _columns_fit(columns, file, complaints):
        return None
    return Table(file, tuple(columns), _CsvRows(text, file, tuple(columns)))


# ------------------------------------------------------------------------------------------------------------ Parquet


@dataclass(frozen=True, slots=True)
class _ParquetRows:
    stored: "parquet.ParquetFile"
    file: str
    columns: tuple[str, ...]

    def rows(self, complaints: Complaints) -> Iterator[Row]:
        import pyarrow

        number = 0
        try:
            for batch in self.stored.iter_batches():
                columns = [_in_microseconds(column).to_pylist() for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    filled = {
                        column: cell
                        for column, cell in zip(self.columns, cells, strict=True)
                        if cell is not None and cell != ""
                    }
                    yield Row(Place(self.file, number), filled, is_text=False)
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            complaints.add(Place(self.file, number + 1), "", f"cannot be read as Parquet: {_first_line(error)}")


def _in_microseconds(column: "parquet.Array") -> "parquet.Array":
    import pyarrow

    # Python's dates have no nanoseconds; without this, pyarrow would import pandas for them.
    kind = column.type
    return column.cast(pyarrow.timestamp("us", kind.tz), safe=False) if pyarrow.types.is_timestamp(kind) else column


def _open_parquet(path: Path, file: str, place: Place, key: str, complaints: Complaints) -> Table | None:
    import pyarrow
    import pyarrow.parquet as parquet

    content = read_bytes(path, MOST_TABLE_BYTES, place, key, complaints)
    if content is None:
        return None
    try:
        stored = parquet.ParquetFile(pyarrow.BufferReader(content))
        columns = list(stored.schema_arrow.names)
        cells = stored.metadata.num_rows * max(1, len(columns))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        complaints.add(Place(file), "", f"cannot be read as Parquet: {_first_line(error)}")
        return None
    if cells > MOST_PARQUET_CELLS:
        complaints.add(Place(file), "", f"has more than {MOST_PARQUET_CELLS} cells")
        return None
    if not columns:
        complaints.add(Place(file), "", "has no columns")
        return None
    if not _columns_fit(columns, file, complaints):
        return None
    return Table(file, tuple(columns), _ParquetRows(stored, file, tuple(columns)))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
