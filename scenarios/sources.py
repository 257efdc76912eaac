"""What a scenario is made from: its file, those that it extends, and their tables, put together.

Precedence: extends < file < variants < overrides. This module does the first two.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import cast

from .bundles import is_bundle, read_bundle
from .changes import FIXED, Change, read_variants
from .complaints import Complaints, Place, ScenarioError, did_you_mean, shown
from .document import read_document
from .expand import expanded
from .files import MOST_SCENARIO_BYTES, Folders, read_text
from .library import SHOWN_FOLDER, library_file, library_names
from .marked import BROKEN, Marked, jsonable, merged
from .paths import format_path
from .settle_arrivals import Recordings
from .writing import yaml_text

__all__ = ["Source", "find_source", "read_source", "source_text"]


@dataclass(frozen=True, slots=True)
class Source:
    """A base scenario before any variant or override.

    Parameters
    ----------
    document
        The whole, without `extends` and `variants`.
    variants
        The changes of each declared variant, by name.
    folders
        Where the files lie that it names.
    recordings
        Recorded arrivals that were read.
    files
        What it was put together from, in the order of precedence.
    """

    document: Marked
    variants: Mapping[str, tuple[Change, ...]]
    folders: Folders
    recordings: Recordings
    files: tuple[str, ...]


def read_source(name_or_file: str | os.PathLike[str], complaints: Complaints) -> Source | None:
    """Read a scenario of the library or a file, with what it extends; None after a complaint.

    A text with a suffix or a slash names a file, any other a scenario of the library.
    """
    found = find_source(name_or_file, complaints)
    if found is None:
        return None
    file, shown_as = found
    reading = _Reading(Folders(file if file.is_dir() else file.parent, {}), complaints)
    document = reading.read(file, shown_as, Place(shown_as), "")
    if document is None:
        return None
    variants = read_variants(document, complaints)
    inner = {key: value for key, value in document.entries() if key not in FIXED}
    folders = reading.folders
    return Source(Marked(inner, document.place), variants, folders, Recordings(folders), tuple(reading.files))


def find_source(name_or_file: str | os.PathLike[str], complaints: Complaints) -> tuple[FilePath, str] | None:
    """Return the file of a scenario, and what complaints call it; None after a complaint."""
    name = os.fspath(name_or_file)
    if isinstance(name_or_file, str) and not _is_file_name(name):
        if library_file(name) is None and FilePath(name).is_dir():
            complaints.add(Place(name), "", f"is a folder here; write {name + '/'!r}, names alone are the library's")
            return None
        return _in_library(name, Place(name), "", complaints)
    return FilePath(name_or_file), name


def source_text(name_or_file: str | os.PathLike[str]) -> str:
    """Return the text of a scenario's own file as it stands; of a scenario in tables, what they say, in YAML.

    Parameters
    ----------
    name_or_file
        As for `load`.

    Raises
    ------
    ScenarioError
        Where there is no such scenario, or its file cannot be read.
    """
    complaints = Complaints()
    found = find_source(name_or_file, complaints)
    text = None
    if found is not None:
        file, shown_as = found
        if is_bundle(file):
            text = _text_of_bundle(name_or_file, complaints)
        else:
            text = read_text(file, MOST_SCENARIO_BYTES, Place(shown_as), "", complaints)
    if text is None:
        raise ScenarioError(complaints)
    return text


def _text_of_bundle(name_or_file: str | os.PathLike[str], complaints: Complaints) -> str | None:
    source = read_source(name_or_file, complaints)
    if source is None or complaints:
        return None
    values = cast("dict[str, object]", jsonable(source.document))
    variants = {
        name: {format_path(change.path): jsonable(change.value) for change in changes}
        for name, changes in source.variants.items()
    }
    return yaml_text({**values, "variants": variants} if variants else values)


def _is_file_name(text: str) -> bool:
    return "/" in text or "\\" in text or FilePath(text).suffix != ""


def _in_library(name: str, place: Place, key: str, complaints: Complaints) -> tuple[FilePath, str] | None:
    file = library_file(name)
    if file is None:
        names = library_names()
        suggestion = did_you_mean(name, names) or f" (known: {', '.join(names)}; the name of a file ends in .yaml)"
        complaints.add(place, key, f"{name!r} is not a scenario of the library{suggestion}")
        return None
    return file, f"{SHOWN_FOLDER}/{file.name}"


@dataclass(slots=True)
class _Reading:
    """Reads a file and all that it extends."""

    folders: Folders
    complaints: Complaints
    files: list[str] = field(default_factory=list)
    _chain: list[tuple[FilePath, str]] = field(default_factory=list)

    def read(self, file: FilePath, shown_as: str, place: Place, key: str) -> Marked | None:
        """Read one file over what it extends.

        Parameters
        ----------
        file
            The file.
        shown_as
            What complaints about its content call it.
        place, key
            Where complaints that it cannot be read go.
        """
        self.folders.by_file[shown_as] = file.parent
        if is_bundle(file):
            document = read_bundle(file, shown_as, place, key, self.folders, self.complaints)
        else:
            text = read_text(file, MOST_SCENARIO_BYTES, place, key, self.complaints)
            document = None if text is None else read_document(text, shown_as, self.complaints)
        if document is None:
            return None
        self._chain.append((file.resolve(), shown_as))
        document = expanded(document, self.folders, self.complaints)
        extends = document.child("extends")
        if extends is not None and extends.content is not BROKEN:
            parent = self._parent(extends)
            if parent is None:
                return None
            document = merged(parent, document)
        self.files.append(shown_as)
        return document

    def _parent(self, extends: Marked) -> Marked | None:
        name, place = extends.content, extends.place
        if not isinstance(name, str):
            self.complaints.add(place, "extends", f"must be a file, or a name of the library (got {shown(name)})")
            return None
        if _is_file_name(name):
            inside = self.folders.find(name, place, "extends", self.complaints)
            found = None if inside is None else (inside, self.folders.shown(name, place))
        else:
            found = _in_library(name, place, "extends", self.complaints)
        if found is None:
            return None
        file, shown_as = found
        known = [file for file, _ in self._chain]
        if file.resolve() in known:
            circle = [each for _, each in self._chain[known.index(file.resolve()) :]]
            self.complaints.add(place, "extends", f"goes in a circle: {' → '.join([*circle, circle[0]])}")
            return None
        return self.read(file, shown_as, place, "extends")
