"""A document as a tree in which every value knows the file and line where it stands."""

import datetime
import math
import numbers
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .complaints import Complaints, Place, shown

__all__ = ["BROKEN", "Broken", "Marked", "Path", "Plain", "Scalar", "from_python", "jsonable", "merged", "plain"]

Scalar = str | int | float | bool | None
Path = tuple[str | int, ...]
"""The keys and list positions that lead to a value."""
Plain = Scalar | dict[str, "Plain"] | tuple["Plain", ...] | list["Plain"]

DEEPEST = 40
"""How deep mappings and lists may be nested."""
LARGEST_INTEGER = 2**63 - 1
"""Whole numbers beyond it fit no array of the simulator."""
LARGEST_NUMBER = 1e50
"""Beyond it products of numbers may become infinite, and nobody means it."""


class Broken(Enum):
    """Stands for a value that cannot be read; a complaint says why, and nothing more is said about it."""

    BROKEN = "broken"


BROKEN: Final = Broken.BROKEN


@dataclass(frozen=True, slots=True)
class Marked:
    """A value and its place; shared between documents and never changed.

    Parameters
    ----------
    content
        A scalar, a mapping or a list of marked values, or `BROKEN`.
    place
        Where it stands; for a value in a mapping, where its key stands.
    """

    content: "Scalar | Mapping[str, Marked] | tuple[Marked, ...] | Broken"
    place: Place

    def child(self, key: str | int) -> "Marked | None":
        """Return what stands under a key or at a list position, or None."""
        if isinstance(self.content, Mapping) and isinstance(key, str):
            return self.content.get(key)
        if isinstance(self.content, tuple) and isinstance(key, int) and 0 <= key < len(self.content):
            return self.content[key]
        return None

    def entries(self) -> "Iterator[tuple[str, Marked]]":
        """Iterate over the keys and values of a mapping; over nothing for anything else."""
        if isinstance(self.content, Mapping):
            yield from self.content.items()

    def at(self, path: Path) -> "Marked | None":
        """Return what stands at a path, or None."""
        here: Marked | None = self
        for key in path:
            here = None if here is None else here.child(key)
        return here

    def nearest(self, path: Path) -> "Marked":
        """Return what stands at a path, or the deepest that is there on the way to it."""
        here = self
        for key in path:
            below = here.child(key)
            if below is None:
                break
            here = below
        return here

    def below(self) -> "Iterator[Marked]":
        """Iterate over the value itself and all that it holds."""
        yield self
        match self.content:
            case Mapping():
                inner: Iterable[Marked] = self.content.values()
            case tuple():
                inner = self.content
            case _:
                inner = ()
        for each in inner:
            yield from each.below()

    def breaks(self, path: Path) -> bool:
        """Tell whether something on the way to a path, or at it or below it, could not be read."""
        here: Marked | None = self
        for key in path:
            if here is None or here.content is BROKEN:
                break
            here = here.child(key)
        return here is not None and any(each.content is BROKEN for each in here.below())


def plain(node: Marked) -> object:
    """Return the values without their places: new dicts, tuples and scalars (and `BROKEN` where that stands)."""
    if isinstance(node.content, Mapping):
        return {key: plain(below) for key, below in node.content.items()}
    if isinstance(node.content, tuple):
        return tuple(plain(below) for below in node.content)
    return node.content


def jsonable(node: Marked) -> object:
    """Return the values without their places as JSON knows them: new dicts, lists and scalars."""
    if isinstance(node.content, Mapping):
        return {key: jsonable(below) for key, below in node.content.items()}
    if isinstance(node.content, tuple):
        return [jsonable(below) for below in node.content]
    return node.content


def merged(below: Marked, above: Marked) -> Marked:
    """Lay one document over another, key by key.

    Mappings are merged; what is in both is taken from `above`. A mapping whose `kind` differs from that of the one
    below replaces it whole, since the keys of another kind have no meaning for it; so does everything that is not a
    mapping. What could not be read below stays unread. Keys keep the order of `below`, new ones follow.
    """
    if below.content is BROKEN:
        return below
    if not isinstance(below.content, Mapping) or not isinstance(above.content, Mapping):
        return above
    kind = _kind(above)
    if kind is not None and kind != _kind(below):
        return above
    content = dict(below.content)
    for key, value in above.content.items():
        content[key] = merged(content[key], value) if key in content else value
    return Marked(content, above.place)


def _kind(node: Marked) -> str | None:
    kind = node.child("kind")
    return kind.content if kind is not None and isinstance(kind.content, str) else None


def from_python(value: object, place: Place, key: str, complaints: Complaints, depth: int = 0) -> Marked:
    """Return a value given in Python as part of a document.

    Parameters
    ----------
    value
        Text, a number, a truth value, None, a date, or dicts, lists and tuples of them.
    place, key
        Where complaints about it, and about its parts later, say that it stands.
    complaints
        Where problems are noted.
    depth
        How deep the value lies already.
    """

    def broken(message: str) -> Marked:
        complaints.add(place, key, message)
        return Marked(BROKEN, place)

    if depth > DEEPEST:
        return broken(f"is nested deeper than {DEEPEST} levels")
    match value:
        case None | bool():
            return Marked(value, place)
        case str():
            is_unicode = value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)
            return Marked(value, place) if is_unicode else broken("is not text: it holds half a character")
        case datetime.date():
            return Marked(value.isoformat(), place)
        case numbers.Integral():
            if abs(int(value)) > LARGEST_INTEGER:
                return broken("is too large a number")
            return Marked(int(value), place)
        case numbers.Real():
            number = float(value)
            if not math.isfinite(number):
                return broken(f"must be a finite number (got {number})")
            if abs(number) > LARGEST_NUMBER:
                return broken("is too large a number")
            return Marked(number, place)
        case Mapping():
            content = {}
            for name, below in value.items():
                if not isinstance(name, str):
                    return broken(f"has a key that is not text (got {shown(name)})")
                content[name] = from_python(below, place, key, complaints, depth + 1)
            return Marked(content, place)
        case list() | tuple():
            return Marked(tuple(from_python(below, place, key, complaints, depth + 1) for below in value), place)
        case _:
            return broken(f"cannot stand in a scenario (got a {type(value).__name__})")
