"""A bundle: a whole scenario in tables, as a folder with a file for each or a workbook with a sheet for each.

The tables bear the names of the parts that they stand for; `scenario` is the head. A bundle is turned into a document
that names its tables, and from there on it is read like any other.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from .complaints import Complaints, Place
from .document import read_document
from .expand import MAPS, settings_of
from .files import MOST_SCENARIO_BYTES, Folders, read_text
from .marked import BROKEN, Marked
from .references import found_table
from .schema.base import is_table

__all__ = ["HEAD", "PARTS", "is_bundle", "read_bundle"]

HEAD = "scenario"
"""The table, or the YAML file, in which everything stands that has no table of its own."""
PARTS = (*MAPS, "variants")
"""The parts that may have a table of their own."""
NOT_READ = ("_", ".", "~$")
"""A file or sheet whose name begins so is nobody's part: notes, and what editors leave behind."""
NEARLY = 0.8
"""How alike the name of a table and of a part must be for one to be taken for the other misspelt; `orders` is not."""
_YAML = (".yaml", ".yml")


def is_bundle(path: FilePath) -> bool:
    """Tell whether a scenario's path is that of a folder or of a workbook."""
    return path.suffix.lower() == ".xlsx" or path.is_dir()


def read_bundle(
    path: FilePath, shown_as: str, place: Place, key: str, folders: Folders, complaints: Complaints
) -> Marked | None:
    """Read a folder or workbook as a document whose parts are the names of tables; None after a complaint.

    Parameters
    ----------
    path
        The folder or workbook.
    shown_as
        What complaints about its content call it.
    place, key
        Where complaints that it cannot be read go.
    folders
        Where files lie; what is read here is added.
    complaints
        Where problems are noted.
    """
    shown_as = FilePath(shown_as).as_posix()
    if path.is_dir():
        bundle = _of_folder(path, shown_as, place, key, complaints)
    else:
        bundle = _of_workbook(path, shown_as, place, key, complaints)
    return None if bundle is None else bundle.document(folders, complaints)


@dataclass(frozen=True, slots=True)
class _Bundle:
    """What was found: the names of tables by part, as a scenario would call them, and the place of each."""

    shown_as: str
    folder: FilePath
    tables: Mapping[str, str]
    places: Mapping[str, Place]
    others: tuple[tuple[str, Place], ...]
    """Titles of tables that stand for no part; the scenario may name them, for a plan or a recording."""

    def document(self, folders: Folders, complaints: Complaints) -> Marked | None:
        for place in self.places.values():
            folders.by_file[place.file] = self.folder
        head = self._head(folders, complaints)
        if head is None or head.content is BROKEN:
            return None
        parts: dict[str, Marked] = dict(head.entries())
        for part, name in self.tables.items():
            if part in parts:
                place = parts[part].place
                complaints.add(place, part, f"stands in {name} too; keep one of them")
                parts[part] = Marked(BROKEN, place)
            elif part != HEAD:
                parts[part] = Marked(name, self.places[part])
        for part in _misspelt(self.others, parts, complaints):
            parts[part] = Marked(BROKEN, Place(self.shown_as))
        return Marked(parts, Place(self.shown_as))

    def _head(self, folders: Folders, complaints: Complaints) -> Marked | None:
        name, place = self.tables.get(HEAD), self.places.get(HEAD)
        if name is None or place is None:
            return None
        if is_table(name):
            table = found_table(name, place, "", folders, complaints, "a mapping")
            if table is None:
                return None
            folders.by_file[table.file] = self.folder
            return settings_of(table, complaints)
        found = folders.find(name, place, "", complaints)
        text = None if found is None else read_text(found, MOST_SCENARIO_BYTES, place, "", complaints)
        return None if text is None else read_document(text, place.file, complaints)


def _of_folder(folder: FilePath, shown_as: str, place: Place, key: str, complaints: Complaints) -> _Bundle | None:
    try:
        names = sorted(each.name for each in folder.iterdir() if each.is_file())
    except OSError as error:
        complaints.add(place, key, f"cannot be read: {error.strerror or error}")
        return None
    found = _Found(complaints, f"{HEAD}.yaml or {HEAD}.csv")
    for name in names:
        stem, suffix = FilePath(name).stem, FilePath(name).suffix.lower()
        spot = Place((FilePath(shown_as) / name).as_posix())
        if is_table(name) or (suffix in _YAML and stem.strip().casefold() == HEAD):
            found.add(stem, name, spot)
        elif suffix in _YAML and stem.strip().casefold() in PARTS:
            complaints.add(spot, "", f"is not read; a part is a table, or stands in {HEAD}.yaml")
    if not found.has_head(Place(shown_as)):
        return None
    return _Bundle(shown_as, folder, found.tables, found.places, tuple(found.others))


def _of_workbook(path: FilePath, shown_as: str, place: Place, key: str, complaints: Complaints) -> _Bundle | None:
    from .workbooks import open_workbook

    workbook = open_workbook(path, shown_as, place, key, complaints)
    if workbook is None:
        return None
    found = _Found(complaints, f"the sheet {HEAD!r}")
    for sheet in workbook.sheets:
        spot = Place(f"{shown_as}#{sheet.title}")
        if not sheet.is_hidden:
            found.add(sheet.title, f"{path.name}#{sheet.title}", spot)
        elif sheet.title.strip().casefold() in (*PARTS, HEAD):
            complaints.add(spot, "", "is hidden; show it, or let its name begin with _ so that it is left alone")
    if not found.has_head(Place(shown_as)):
        return None
    return _Bundle(shown_as, path.parent, found.tables, found.places, tuple(found.others))


class _Found:
    """Collects the tables of a bundle by the part that they stand for."""

    def __init__(self, complaints: Complaints, head: str) -> None:
        self.tables: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.others: list[tuple[str, Place]] = []
        self._complaints = complaints
        self._head = head
        self._before = len(complaints)

    def add(self, title: str, name: str, place: Place) -> None:
        """Note a table called so; complain where another stands for the same part."""
        part = title.strip().casefold()
        if part not in (*PARTS, HEAD):
            if not title.startswith(NOT_READ):
                self.others.append((title, place))
        elif part in self.tables:
            self._complaints.add(place, "", f"stands for {part} as {self.tables[part]} does; keep one of them")
        else:
            self.tables[part], self.places[part] = name, place

    def has_head(self, place: Place) -> bool:
        """Tell whether there is a head, and no trouble with the names of tables; complain if there is none."""
        if HEAD not in self.tables and not _misspelt(self.others, self.tables, self._complaints):
            self._complaints.add(place, "", f"has no head: {self._head}, with name and horizon, is missing")
        return HEAD in self.tables and len(self._complaints) == self._before


def _misspelt(others: Iterable[tuple[str, Place]], known: Iterable[str], complaints: Complaints) -> list[str]:
    """Complain of tables whose name is nearly that of a part that is not there, and return these parts."""
    missing = [part for part in (*PARTS, HEAD) if part not in known]
    meant = []
    for title, place in others:
        close = difflib.get_close_matches(title.strip().casefold(), missing, n=1, cutoff=NEARLY)
        if close:
            meant.append(close[0])
            mend = f"did you mean {close[0]!r}? (a name that begins with _ is left alone)"
            complaints.add(place, "", f"is no part of a scenario; {mend}")
    return meant
