"""What a scenario calls a table: `products.csv`, `sub/plan.parquet`, `shop.xlsx`, `shop.xlsx#Products`."""

import re
from dataclasses import dataclass

from .complaints import Complaints, Place, shown
from .files import Folders
from .schema.base import is_table
from .tables import Table, open_table

__all__ = ["Reference", "found_table"]

_SHEET = re.compile(r"(.*\.xlsx)(?:#(.+))?", re.IGNORECASE | re.DOTALL)
_OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")


@dataclass(frozen=True, slots=True)
class Reference:
    """A named table: its file, and the sheet where that is a workbook; None for the only one."""

    file: str
    sheet: str | None = None
    is_workbook: bool = False

    @classmethod
    def read(cls, name: str) -> "Reference":
        """Split the name of a table."""
        sheet = _SHEET.fullmatch(name)
        return cls(name) if sheet is None else cls(sheet[1], sheet[2], is_workbook=True)


def found_table(
    name: str, place: Place, key: str, folders: Folders, complaints: Complaints, otherwise: str
) -> Table | None:
    """Find a named table and open it; None after a complaint.

    Parameters
    ----------
    name
        What the scenario calls it.
    place, key
        Where it does so.
    folders
        Where files lie.
    complaints
        Where problems are noted.
    otherwise
        What may stand there in place of a table.
    """
    if not is_table(name):
        complaints.add(place, key, _no_table(name, otherwise))
        return None
    reference = Reference.read(name)
    found = folders.find(reference.file, place, key, complaints)
    if found is None:
        return None
    file = folders.shown(reference.file, place)
    if not reference.is_workbook:
        return open_table(found, file, place, key, complaints)
    from .workbooks import open_sheet

    return open_sheet(found, reference.sheet, file, place, key, complaints)


def _no_table(name: str, otherwise: str) -> str:
    message = f"must be {otherwise}, or the name of a .csv, .parquet or .xlsx file (got {shown(name)})"
    file, _, sheet = name.partition("#")
    if sheet and is_table(file):
        return f"{message}; only a workbook (.xlsx) has sheets"
    return f"{message}; save the workbook as .xlsx" if file.lower().endswith(_OTHER_WORKBOOKS) else message
