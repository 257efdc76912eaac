"""Named changes to a document: what variants, `--set` and `replace` have in common."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .complaints import Complaints, Place, shown
from .document import read_value
from .marked import Marked, Path, from_python
from .paths import PathError, format_path, parse_path, put

__all__ = [
    "Change",
    "applied",
    "complain_of_conflicts",
    "read_changes",
    "read_settings",
    "read_variants",
    "split_setting",
]

_SETTING = re.compile(r'((?:[^"=]|"(?:[^"\\]|\\.)*")*)=(.*)', re.DOTALL)
"""A path, in which what is quoted may hold an equals sign, and a value."""

FIXED = ("extends", "variants")
"""What no change may touch: it was used up in reading."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value to put in place.

    Parameters
    ----------
    origin
        Who changes it: a variant's name, `--set` or `replace`.
    path
        What is replaced.
    value
        What replaces it.
    place, key
        Where complaints about the change itself go.
    """

    origin: str
    path: Path
    value: Marked
    place: Place
    key: str


def applied(document: Marked, changes: Iterable[Change], complaints: Complaints) -> Marked:
    """Return the document with changes applied one after the other; complain of those that lead nowhere."""
    for change in changes:
        try:
            document = put(document, change.path, change.value)
        except PathError as problem:
            complaints.add(change.place, change.key, str(problem))
    return document


def complain_of_conflicts(changes: Sequence[Change], complaints: Complaints) -> None:
    """Complain where two changes that are to be applied together set one value."""
    setting: dict[Path, Change] = {}
    holding: dict[Path, Change] = {}
    for change in changes:
        ways = [change.path[:length] for length in range(1, len(change.path) + 1)]
        other = next((setting[way] for way in ways if way in setting), holding.get(change.path))
        if other is not None:
            whose = "" if other.origin == change.origin else f" of {other.origin}"
            message = f"sets what {format_path(other.path)!r}{whose} sets; they cannot be applied together"
            complaints.add(change.place, change.key, message)
        setting[change.path] = change
        holding.update(dict.fromkeys(ways, change))


def read_variants(document: Marked, complaints: Complaints) -> dict[str, tuple[Change, ...]]:
    """Return the changes of each variant that a document declares; complain of those that cannot be read."""
    declared = document.child("variants")
    if declared is None:
        return {}
    if not isinstance(declared.content, Mapping):
        if not declared.breaks(()):
            message = f"must be a mapping from names to changes (got {shown(declared.content)})"
            complaints.add(declared.place, "variants", message)
        return {}
    variants: dict[str, tuple[Change, ...]] = {}
    for name, entry in declared.content.items():
        if not isinstance(entry.content, Mapping):
            if not entry.breaks(()):
                message = f"must be a mapping from paths to values (got {shown(entry.content)})"
                complaints.add(entry.place, format_path(("variants", name)), message)
            continue
        changes: list[Change] = []
        for text, value in entry.content.items():
            key = format_path(("variants", name, text))
            path = _path(text, value.place, key, complaints)
            if path is not None:
                changes.append(Change(f"variant {name!r}", path, value, value.place, key))
        complain_of_conflicts(changes, complaints)
        variants[name] = tuple(changes)
    return variants


def read_changes(values: Mapping[str, object], origin: str, complaints: Complaints) -> tuple[Change, ...]:
    """Return changes given in Python, as paths and values; complain of those that cannot be read."""
    place = Place(origin)
    changes: list[Change] = []
    for text, value in values.items():
        path = _path(text, place, str(text), complaints)
        if path is not None:
            key = format_path(path)
            changes.append(Change(origin, path, from_python(value, place, key, complaints), place, key))
    complain_of_conflicts(changes, complaints)
    return tuple(changes)


def read_settings(settings: Iterable[str], origin: str, complaints: Complaints) -> tuple[Change, ...]:
    """Return changes given as texts `path=value`, the value in YAML; complain of those that cannot be read."""
    place = Place(origin)
    changes: list[Change] = []
    for setting in settings:
        parts = split_setting(setting)
        if parts is None:
            complaints.add(place, "", f"needs the form path=value (got {setting!r})")
            continue
        text, value = parts
        path = _path(text, place, text, complaints)
        if path is not None:
            key = format_path(path)
            changes.append(Change(origin, path, read_value(value, place, key, complaints), place, key))
    complain_of_conflicts(changes, complaints)
    return tuple(changes)


def split_setting(setting: str) -> tuple[str, str] | None:
    """Return the path and the value of a text `path=value`, both as they are written; None if it is no such text."""
    parts = _SETTING.fullmatch(setting)
    return None if parts is None else (parts[1].strip(), parts[2])


def _path(text: object, place: Place, key: str, complaints: Complaints) -> Path | None:
    try:
        if not isinstance(text, str):
            raise PathError(f"is not a path (got {shown(text)})")
        path = parse_path(text)
    except PathError as problem:
        complaints.add(place, key, str(problem))
        return None
    if path[0] in FIXED:
        complaints.add(place, key, f"{path[0]!r} cannot be changed from here")
        return None
    return path
