"""Results as files: tables, the resolved scenario, the manifest. Each file appears whole or not at all."""

import errno
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .customer_files import files_in

if TYPE_CHECKING:
    import pandas as pd

    from .results import Result

TABLE_FORMATS = ("csv", "parquet")
CUSTOMERS = "customers"
"""The folder of the customers that are kept, beside the tables."""


def check_destination(directory: Path, table_format: str, *, keeps_customers: bool) -> None:
    """Check that the folder can be made and written, before anything is simulated; nothing is made yet.

    Raises
    ------
    ValueError
        If the format is unknown.
    OSError
        If the folder, or the nearest one above it that there is, cannot be written; or if it holds the customers of an
        earlier run, and this one keeps none that would replace them.
    """
    if table_format not in TABLE_FORMATS:
        raise ValueError(f"there is no table format {table_format!r} (known: {', '.join(TABLE_FORMATS)})")
    if not keeps_customers and files_in(directory / CUSTOMERS):
        # They would look like this run's; and to take them away for tables alone would be to lose them.
        text = "holds the customers of an earlier run, and this run keeps none; take another folder, or remove them"
        raise FileExistsError(errno.EEXIST, text, str(directory / CUSTOMERS))
    check_writable(directory)


def check_writable(directory: Path) -> None:
    """Check that a folder can be made and written; nothing is made yet.

    Raises
    ------
    OSError
        If it, or the nearest one above it that there is, cannot be written.
    """
    nearest = directory
    while not nearest.exists():
        nearest = nearest.parent
    with tempfile.TemporaryFile(dir=nearest):
        pass


def save_result(result: "Result", directory: Path, table_format: str) -> list[Path]:
    """Write a result into a folder and return the files written; see `Result.save`."""
    check_destination(directory, table_format, keeps_customers=result.kept is not None)
    directory.mkdir(parents=True, exist_ok=True)
    written = [
        write_whole(directory / f"{name}.{table_format}", table_writer(frame, table_format))
        for name, frame in result.frames().items()
    ]
    manifest = json.dumps(dict(result.manifest), indent=2, ensure_ascii=False, allow_nan=False)
    written.append(write_whole(directory / "scenario.yaml", text_writer(result.scenario.to_yaml())))
    written.append(write_whole(directory / "manifest.json", text_writer(manifest + "\n")))
    if result.kept is not None:
        written.extend(result.kept.copy_to(directory / CUSTOMERS))
    return written


def table_writer(frame: "pd.DataFrame", table_format: str) -> Callable[[Path], None]:
    """Return what writes a frame to a path, in one of `TABLE_FORMATS`."""

    def write(path: Path) -> None:
        if table_format == "csv":
            frame.to_csv(path, index=False, lineterminator="\n")
        else:
            frame.to_parquet(path, index=False)

    return write


def text_writer(text: str) -> Callable[[Path], None]:
    """Return what writes a text to a path, with the same line ends everywhere."""

    def write(path: Path) -> None:
        path.write_text(text, encoding="utf-8", newline="\n")

    return write


def write_whole(path: Path, write: Callable[[Path], None]) -> Path:
    """Write a file beside its place, move it there and return the path.

    So a full disk never leaves half a table under its name.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path
