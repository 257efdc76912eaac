"""What is swept: keys of a scenario, each with its values or with a span between two ends.

On the command line `0.8,0.9,0.95` is a list of values and `1.2:2.4:0.1` a range from start to stop, both included, in
steps. Its values are start + k · step in decimal, so that 1.3 is 1.3 and not 1.3000000000000003. `50:300`, without a
step, is a span, for designs that choose their own points.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ...scenarios.changes import split_setting
from ...scenarios.complaints import Complaints, Place, shown
from ...scenarios.document import read_value
from ...scenarios.marked import BROKEN, jsonable
from ...scenarios.meaning import LABELS
from ...scenarios.paths import PathError, format_path, parse_path

MOST_POINTS = 1_000_000
"""Points that a sweep may have; a slip such as a step of 0.0001 is better said than waited for."""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*:\s*({_NUMBER})\s*(?::\s*({_NUMBER})\s*)?")
_WHOLE = re.compile(r"\s*[+-]?\d+\s*")
_PIECE = re.compile(r"""(?:[^,"'\[\]{}]|"(?:[^"\\]|\\.)*"|'[^']*'|[\[{][^\[\]{}]*[\]}])+""")
"""What stands between two commas; those in quotes and brackets do not count."""


@dataclass(frozen=True, slots=True)
class Span:
    """Everything between two numbers."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SweptKey:
    """One key and what it takes."""

    key: str
    """Its path, such as `products.cola.price`."""
    values: tuple[Any, ...] | Span


def keys_of_texts(texts: Iterable[str], origin: str, complaints: Complaints) -> tuple[SweptKey, ...]:
    """Return what is swept, given as texts `key=values`; complain of those that cannot be read."""
    place = Place(origin)
    pairs: list[tuple[str, object]] = []
    for each in texts:
        parts = split_setting(each)
        if parts is None:
            complaints.add(place, "", f"needs the form key=values (got {each!r})")
        else:
            pairs.append(parts)
    return _keys(pairs, origin, complaints)


def keys_of_mapping(over: Mapping[str, object], origin: str, complaints: Complaints) -> tuple[SweptKey, ...]:
    """Return what is swept, given in Python: lists of values, or texts as on the command line."""
    return _keys(list(over.items()), origin, complaints)


def checked_key(text: object, place: Place, complaints: Complaints) -> str | None:
    """Return a key as it is written in messages and columns; None after a complaint."""
    try:
        if not isinstance(text, str):
            raise PathError(f"is not a path (got {shown(text)})")
        path = parse_path(text)
    except PathError as problem:
        complaints.add(place, str(text), str(problem))
        return None
    if path[0] in LABELS:
        mend = "; it is an argument of the sweep" if path[0] in ("seed", "replications") else ""
        complaints.add(place, str(path[0]), f"no figure of a replication depends on it, so it cannot be swept{mend}")
        return None
    return format_path(path)


def _keys(pairs: Sequence[tuple[str, object]], origin: str, complaints: Complaints) -> tuple[SweptKey, ...]:
    place = Place(origin)
    if not pairs and not complaints:
        complaints.add(place, "", "nothing is swept; name a key and its values, as in products.cola.price=1.2:2.4:0.1")
    found: dict[str, SweptKey] = {}
    for text, given in pairs:
        key = checked_key(text, place, complaints)
        if key is None:
            continue
        if key in found:
            complaints.add(place, key, "is swept twice; give all its values at once")
            continue
        values = _values(given, place, key, complaints)
        if values is not None:
            found[key] = SweptKey(key, values)
    return tuple(found.values())


def _values(given: object, place: Place, key: str, complaints: Complaints) -> tuple[Any, ...] | Span | None:
    if isinstance(given, str):
        return _values_of_text(given, place, key, complaints)
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        complaints.add(place, key, f"needs a list of values, or a text such as '1.2:2.4:0.1' (got {shown(given)})")
        return None
    values = tuple(as_plain(each) for each in given)
    if not values:
        complaints.add(place, key, "has no values")
        return None
    return values


def as_plain(value: object) -> Any:  # noqa: ANN401 - whatever a scenario may hold
    """Return a value without NumPy's wrapping, which nothing but NumPy can read."""
    unwrap = getattr(value, "item", None)
    return unwrap() if callable(unwrap) and getattr(value, "ndim", None) == 0 else value


def _values_of_text(text: str, place: Place, key: str, complaints: Complaints) -> tuple[Any, ...] | Span | None:
    pieces = _pieces(text)
    if pieces is None:
        complaints.add(place, key, f"has an empty place or an open bracket between its commas (got {text!r})")
        return None
    values: list[Any] = []
    for piece in pieces:
        bounds = _RANGE.fullmatch(piece)
        if bounds is None:
            value = read_value(piece, place, key, complaints)
            if value.content is BROKEN:
                return None
            values.append(jsonable(value))
            continue
        if bounds[3] is None:
            if len(pieces) > 1:
                complaints.add(place, key, f"{piece.strip()} has no step, as in {piece.strip()}:1")
                return None
            return _span(bounds, place, key, complaints)
        steps = _steps(bounds, place, key, complaints)
        if steps is None:
            return None
        values.extend(steps)
    return tuple(values)


def _pieces(text: str) -> list[str] | None:
    """Return what stands between commas; None where there is nothing, or where a bracket is not closed."""
    pieces: list[str] = []
    at = 0
    while True:
        found = _PIECE.match(text, at)
        if found is None or not found[0].strip():
            return None
        pieces.append(found[0])
        at = found.end()
        if at == len(text):
            return pieces
        if text[at] != ",":
            return None
        at += 1


def _span(bounds: re.Match[str], place: Place, key: str, complaints: Complaints) -> Span | None:
    low, high = (_number(each, bounds[1], bounds[2]) for each in (Decimal(bounds[1]), Decimal(bounds[2])))
    if not low < high:
        complaints.add(place, key, f"must go from low to high (got {bounds[0].strip()})")
        return None
    return Span(low, high)


def _steps(bounds: re.Match[str], place: Place, key: str, complaints: Complaints) -> list[float] | None:
    start, stop, step = (Decimal(bounds[part]) for part in (1, 2, 3))
    written = bounds[0].strip()
    if step == 0 or (stop - start) / step < 0:
        complaints.add(
            place, key, f"never gets from {bounds[1]} to {bounds[2]} in steps of {bounds[3]} (got {written})"
        )
        return None
    if (stop - start) / step >= MOST_POINTS:
        complaints.add(place, key, f"has more than {MOST_POINTS:,} values (got {written})")
        return None
    count = int((stop - start) / step) + 1
    return [_number(start + place_of * step, bounds[1], bounds[3]) for place_of in range(count)]


def _number(value: Decimal, *written: str) -> float:
    """Return a whole number where all that it is made of was written as one."""
    return int(value) if all(_WHOLE.fullmatch(each) for each in written) else float(value)
