"""The file of a workbook, an archive of XML: what must be known of it before, and beside, the values of its cells.

Whether it is one at all and of bounded size; its sheets; and, of a sheet, merged cells and formulas whose value was
never computed, of which the fast reader of openpyxl says nothing.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from posixpath import join, normpath
from xml.etree import ElementTree

from openpyxl.utils.exceptions import InvalidFileException

__all__ = ["Sheet", "Uncomputed", "WorkbookError", "read_sheets", "scanned", "unreadable"]

MOST_UNPACKED_BYTES = 1_000_000_000
"""A small archive can hold far more than its size lets one expect."""
_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
"""How a workbook of before 2007 begins, and one with a password."""
_STRICT = "{http://purl.oclc.org/ooxml"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref=\"([A-Z0-9:]+)\"")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
Uncomputed = frozenset[str]
"""Cells such as `B7` whose formula has no value."""


class WorkbookError(ValueError):
    """A file is no workbook that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with cells: its name, whether it is hidden, and its part of the archive."""

    title: str
    is_hidden: bool
    part: str


@contextmanager
def unreadable() -> Iterator[None]:
    """Turn what a damaged workbook can raise, here and in openpyxl, into a `WorkbookError`."""
    try:
        yield
    except WorkbookError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        InvalidFileException,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        ArithmeticError,
        AssertionError,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        said = (str(error).splitlines() or [""])[0].strip() or type(error).__name__
        raise WorkbookError(f"cannot be read as a workbook: {said}") from error


def read_sheets(content: bytes) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook that hold cells, in their order.

    Raises
    ------
    WorkbookError
        Where the file is none, or one that may not be read.
    """
    if content.startswith(_OLD_OR_LOCKED):
        raise WorkbookError("is protected by a password, or of the time before .xlsx; save it as .xlsx without one")
    with unreadable(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED_BYTES:
            raise WorkbookError(f"holds more than {MOST_UNPACKED_BYTES} bytes once it is unpacked")
        for part in archive.namelist():
            _refuse_definitions(archive, part)
        book = ElementTree.fromstring(archive.read(_BOOK))
        if book.tag.startswith(_STRICT):
            raise WorkbookError("is a 'Strict Open XML' workbook; save it as an ordinary .xlsx workbook")
        targets = {each.get("Id"): each for each in ElementTree.fromstring(archive.read(_RELATIONS))}
        sheets = []
        for element in book.iter():
            if _local(element.tag) != "sheet":
                continue
            target = targets[next(value for name, value in element.attrib.items() if _local(name) == "id")]
            if target.get("Type", "").endswith("/worksheet"):
                part = normpath(join("xl", target.get("Target", ""))).lstrip("/")
                hidden = element.get("state", "visible") != "visible"
                sheets.append(Sheet(element.get("name", ""), hidden, part))
        return tuple(sheets)


def scanned(content: bytes, sheet: Sheet) -> tuple[tuple[str, ...], Uncomputed]:
    """Return the merged ranges of a sheet (`A2:A4`), and its cells with a formula that has no value.

    Raises
    ------
    WorkbookError
        Where the archive is damaged.
    """
    with unreadable(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(sheet.part)
        merged = tuple(each.decode() for each in _MERGED.findall(xml))
        if _FORMULA.search(xml) is None:
            return merged, frozenset()
        cells = set()
        for _, element in ElementTree.iterparse(io.BytesIO(xml)):
            if _local(element.tag) == "c":
                inside = {_local(each.tag): each.text for each in element}
                # An empty text is a value: a formula may say "" where there is nothing to say.
                if "f" in inside and not inside.get("v") and element.get("t") != "str":
                    cells.add(element.get("r", ""))
                element.clear()
        return merged, frozenset(cells)


def _refuse_definitions(archive: zipfile.ZipFile, part: str) -> None:
    """Refuse XML that defines words of its own: no spreadsheet writes it, and a few lines of it can fill the memory."""
    if part.endswith((".xml", ".rels")):
        with archive.open(part) as stream:
            if b"<!DOCTYPE" in stream.read(2_000):
                raise WorkbookError(f"cannot be read as a workbook: {part} defines words of its own")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
