r"""The language of paths: `firms.corner.ordering.level`, `products."Cola 0.5 L".price`, `choice.lists.0.share`.

Parts are separated by dots. A part that is not a plain name stands in double quotes, in which `\"` and `\\` mean a
quote and a backslash. A part of digits is a position where a list stands, counted from 0, and a name elsewhere.
"""

import re
from collections.abc import Mapping

from .complaints import did_you_mean
from .marked import BROKEN, DEEPEST, Marked, Path

__all__ = ["PathError", "format_path", "get", "parse_path", "put"]

_PLAIN = re.compile(r"[^\s.\"\\\[\]{}:,#=]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_POSITION = re.compile(r"0|[1-9][0-9]{0,8}")
_ESCAPED = re.compile(r'\\(["\\])')


class PathError(ValueError):
    """A path cannot be read, or leads nowhere; the text says why."""


def parse_path(text: str) -> Path:
    """Split a path into its parts; all are text here, since only the document knows what is a list.

    Raises
    ------
    PathError
        Where a part is empty, odd but not quoted, or not closed, or where there are too many.

    Examples
    --------
    >>> parse_path('products."Cola 0.5 L".price')
    ('products', 'Cola 0.5 L', 'price')
    """
    parts: list[str] = []
    at = 0
    while True:
        quoted = _QUOTED.match(text, at)
        found = quoted or _PLAIN.match(text, at)
        if found is None:
            raise PathError(f"is not a path: a name is missing or needs double quotes at {text[at : at + 20]!r}")
        parts.append(_ESCAPED.sub(r"\1", quoted[1]) if quoted else found[0])
        at = found.end()
        if at == len(text):
            return tuple(parts)
        if len(parts) == DEEPEST:
            raise PathError(f"is not a path: it has more than {DEEPEST} parts")
        if text[at] != ".":
            raise PathError(f"is not a path: a dot is missing at {text[at : at + 20]!r}")
        at += 1


def format_path(path: Path) -> str:
    """Write a path; the inverse of `parse_path` except that positions come back as text.

    Examples
    --------
    >>> format_path(("segments", "late shoppers", "choice", "lists", 0))
    'segments."late shoppers".choice.lists.0'
    """
    return ".".join(_format_part(part) for part in path)


def _format_part(part: str | int) -> str:
    text = str(part)
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def get(document: Marked, path: Path) -> Marked:
    """Return what stands at a path.

    Raises
    ------
    PathError
        Where nothing stands there, with the closest name that does.
    """
    here = document
    for depth, part in enumerate(path):
        below = here.child(_step(here, part))
        if below is None:
            raise PathError(_missing(here, path, depth))
        here = below
    return here


def put(document: Marked, path: Path, value: Marked) -> Marked:
    """Return a document in which the value at a path is another; the old document stays as it is.

    A mapping may gain a key this way; everything above it must exist, and a list does not grow. Below what could not be
    read nothing can be put; that stays as it is.

    Raises
    ------
    PathError
        Where what is above does not exist, or is neither a mapping nor a list.
    """
    return _put(document, path, 0, value)


def _put(here: Marked, path: Path, depth: int, value: Marked) -> Marked:
    if depth == len(path):
        return value
    if here.content is BROKEN:
        return here
    step = _step(here, path[depth])
    below = here.child(step)
    last = depth == len(path) - 1
    if isinstance(here.content, Mapping) and (last or below is not None):
        key = str(step)
        new = value if below is None else _put(below, path, depth + 1, value)
        return Marked({**here.content, key: new}, here.place)
    if isinstance(here.content, tuple) and isinstance(step, int) and below is not None:
        new = _put(below, path, depth + 1, value)
        return Marked((*here.content[:step], new, *here.content[step + 1 :]), here.place)
    raise PathError(_missing(here, path, depth))


def _step(here: Marked, part: str | int) -> str | int:
    if isinstance(here.content, tuple) and isinstance(part, str) and _POSITION.fullmatch(part):
        return int(part)
    return part


def _missing(here: Marked, path: Path, depth: int) -> str:
    part = path[depth]
    where = format_path(path[:depth]) or "the scenario"
    match here.content:
        case Mapping():
            return f"{where} has no {part!r}{did_you_mean(str(part), here.content)}"
        case tuple():
            positions = f"positions 0 to {len(here.content) - 1}" if here.content else "no positions: it is empty"
            return f"{where} is a list with {positions} (got {part!r})"
        case _:
            return f"{where} has no parts, so there is no {part!r} in it"
