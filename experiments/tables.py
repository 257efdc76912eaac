"""Tables of an experiment in a folder: CSV or Parquet, the manifest, a workbook; each file whole or not at all."""

import errno
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..simulator.saving import TABLE_FORMATS, check_writable, table_writer, text_writer, write_whole
from .report.page import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def check_folder(directory: Path, table_format: str) -> None:
    """Check that a folder for tables can be made and written; nothing is made yet.

    Raises
    ------
    ValueError
        If the format is unknown.
    OSError
        If the folder, or the nearest one above it that there is, cannot be written.
    """
    if table_format not in TABLE_FORMATS:
        raise ValueError(f"there is no table format {table_format!r} (known: {', '.join(TABLE_FORMATS)})")
    check_writable(directory)


def check_report(file: Path) -> None:
    """Check that a report can be written; nothing is made yet.

    Raises
    ------
    ValueError
        If the name is not that of a page.
    OSError
        If its folder, or the nearest one above it that there is, cannot be written.
    """
    if file.suffix.lower() not in (".html", ".htm"):
        raise ValueError("a report's name ends in .html")
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(file))
    check_writable(file.parent)


def save_tables(outcome: Outcome, directory: Path, table_format: str = "csv", *, workbook: bool = False) -> list[Path]:
    """Write all tables and the manifest into a folder, made if need be, and return the files.

    Parameters
    ----------
    outcome : Outcome
        What an experiment found.
    directory : Path
        Where to; files of an earlier one are replaced one by one, each only when its successor is complete.
    table_format : str
        `csv` or `parquet`.
    workbook : bool
        Whether to write `tables.xlsx` too, with a sheet for each table.

    Raises
    ------
    ValueError
        If the format is another.
    OSError
        If the folder cannot be written.
    """
    check_folder(directory, table_format)
    directory.mkdir(parents=True, exist_ok=True)
    frames = outcome.frames()
    written = [
        write_whole(directory / f"{name}.{table_format}", table_writer(frame, table_format))
        for name, frame in frames.items()
    ]
    manifest = json.dumps(dict(outcome.manifest), indent=2, ensure_ascii=False, allow_nan=False)
    written.append(write_whole(directory / "manifest.json", text_writer(manifest + "\n")))
    if workbook:
        written.append(save_workbook(frames, directory))
    return written


def save_workbook(frames: "Mapping[str, pd.DataFrame]", directory: Path) -> Path:
    """Write tables as the workbook `tables.xlsx` into a folder that is there, and return the file.

    Parameters
    ----------
    frames : mapping of name to DataFrame
        A sheet each.
    directory : Path
        Where to.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    from .workbook import workbook_writer

    return write_whole(directory / "tables.xlsx", workbook_writer(frames))
