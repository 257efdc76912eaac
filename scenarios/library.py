"""The scenarios that come with the program."""

from importlib import resources
from pathlib import Path

from .complaints import Complaints, ScenarioError
from .document import read_document

__all__ = ["library", "library_file", "library_names"]

SUFFIX = ".yaml"

SHOWN_FOLDER = "<library>"
"""What complaints call the folder of the library, which lies elsewhere on every machine."""


def library_folder() -> Path:
    """Return the folder of the library."""
    return Path(str(resources.files(__package__) / "library"))


def library_names() -> tuple[str, ...]:
    """Return the names of the library's scenarios, sorted."""
    return tuple(sorted(file.stem for file in library_folder().glob(f"*{SUFFIX}")))


def library_file(name: str) -> Path | None:
    """Return the file of a scenario of the library, or None where there is none of that name."""
    return library_folder() / f"{name}{SUFFIX}" if name in library_names() else None


def library() -> list[tuple[str, str]]:
    """Return the names of the library's scenarios with their descriptions, sorted by name.

    Raises
    ------
    ScenarioError
        Where a file of the library cannot be read.
    """
    complaints = Complaints()
    entries: list[tuple[str, str]] = []
    for name in library_names():
        file = library_folder() / f"{name}{SUFFIX}"
        document = read_document(file.read_text(encoding="utf-8"), str(file), complaints)
        description = None if document is None else document.child("description")
        entries.append((name, "" if description is None else str(description.content).strip()))
    if complaints:
        raise ScenarioError(complaints)
    return entries
