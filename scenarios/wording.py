"""From pydantic's findings to complaints in the scenario's own words.

Pydantic says what is wrong and leads to it by field names and union tags; here the tags are taken out, the place is
looked up in the document, and the closest known key or kind is suggested.
"""

import re
import types
from types import NoneType
from typing import Annotated, TypeGuard, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from .complaints import Complaints, Place, closest, did_you_mean, shown
from .marked import Marked, Path, plain
from .paths import format_path

__all__ = ["validated"]

T = TypeVar("T", bound=BaseModel)

_WANTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "greater_than": ("must be greater than", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than": ("must be less than", "lt"),
    "less_than_equal": ("must be at most", "le"),
}

_COMMA = re.compile(r"[-+]?\d[\d.,' ]*,[\d.]*\d")
_PERCENTAGE = re.compile(r"[-+]?[\d.,]+\s*%")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+)?")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def validated(
    expected: type[T], node: Marked, path: Path, complaints: Complaints, *, allowed: tuple[str, ...] = ()
) -> T | None:
    """Turn a part of a document into its type, or complain of all that is wrong with it.

    Parameters
    ----------
    expected
        The model of the part.
    node
        The part of the document.
    path
        Where it stands, for the keys of complaints.
    complaints
        Where problems are noted.
    allowed
        Keys that are known here beside the model's own; only suggestions use them.

    Returns
    -------
    The part, or None after a complaint. Nothing is said about what could not even be read: that was said before.
    """
    try:
        return expected.model_validate(plain(node))
    except ValidationError as error:
        details = error.errors(include_url=False)
        misspelt = _misspelt(expected, details, allowed)
        for detail in details:
            inner, known = _follow(expected, detail["loc"])
            if _counts_only_good_entries(detail) or (detail["type"] == "missing" and inner in misspelt):
                continue
            if detail["type"].startswith("union_tag"):
                inner = (*inner, "kind")
            if not node.breaks(inner):
                _complain(detail, node, path, inner, (*known, *allowed), complaints)
        return None


def _complain(
    detail: ErrorDetails, node: Marked, path: Path, inner: Path, known: tuple[str, ...], complaints: Complaints
) -> None:
    place = node.nearest(inner).place
    key = format_path((*path, *inner))
    if detail["type"] == "extra_forbidden":
        if not complaints.has(place, key):  # a key that is not even a name was complained of
            complaints.add(place, key, f"unknown key{did_you_mean(str(inner[-1]), known)}")
        return
    complaints.add(place, key, _message(detail, inner) + _mend(detail, place))


def _misspelt(expected: object, details: list[ErrorDetails], allowed: tuple[str, ...]) -> set[Path]:
    """Return the paths of keys that stand there under a misspelt name: that name is complained of, once."""
    meant = set()
    for detail in details:
        if detail["type"] == "extra_forbidden":
            inner, known = _follow(expected, detail["loc"])
            close = closest(str(inner[-1]), (*known, *allowed))
            if close is not None:
                meant.add((*inner[:-1], close))
    return meant


def _counts_only_good_entries(detail: ErrorDetails) -> bool:
    """Tell whether a list is called too short only because pydantic left out entries that it complains of itself."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _message(detail: ErrorDetails, inner: Path) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind in _WANTED:
        return f"must be {_WANTED[kind]} (got {shown(value)})"
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"{words} {_number(context[bound])} (got {shown(value)})"
    if kind == "literal_error":
        expected = context["expected"]
        known = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
        return f"must be {expected} (got {shown(value)}){_meant(value, known)}"
    if kind == "union_tag_not_found":
        return "is missing"
    if kind == "union_tag_invalid":
        known = [word.strip("'") for word in context["expected_tags"].split(", ")]
        what = next((part for part in reversed(inner[:-1]) if isinstance(part, str)), "part")
        tag = value["kind"]
        return f"{shown(tag)} is not a kind of {what}{_meant(tag, known)} (known: {', '.join(known)})"
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "too_short":
        return f"needs at least {_entries(context['min_length'])} (got {context['actual_length']})"
    if kind == "too_long":
        return f"takes at most {_entries(context['max_length'])} (got {context['actual_length']})"
    if kind == "shape":
        return f"{detail['msg']} (got {shown(value)})"
    said = str(context["error"]) if kind == "value_error" else detail["msg"]
    return said if "(got" in said or isinstance(value, dict | tuple) else f"{said} (got {shown(value)})"


def _mend(detail: ErrorDetails, place: Place) -> str:
    """Return the mend of a number written as a spreadsheet shows it, and of text that a sheet holds as a number."""
    kind, value = detail["type"], detail["input"]
    if kind == "string_type" and place.column and isinstance(value, int | float) and not isinstance(value, bool):
        return "; format the cell as text and type it again"
    is_number_due = kind in ("float_type", "int_type") or (kind == "shape" and "number" in detail["msg"])
    if not is_number_due or not isinstance(value, str):
        return ""
    if _PERCENTAGE.fullmatch(value):
        return "; 95 % is written 0.95"
    if _COMMA.fullmatch(value):
        return "; decimals take a point, and thousands no mark"
    if place.column and _NUMBER.fullmatch(value):
        return "; the cell holds text: format it as a number and type it again"
    if place.column and _DATE.fullmatch(value):
        return "; the cell is formatted as a date: format it as a number and type it again"
    return ""


def _meant(value: object, known: list[str]) -> str:
    return did_you_mean(value, known) if isinstance(value, str) else ""


def _number(bound: float) -> str:
    return f"{bound:.0f}" if bound == int(bound) else f"{bound:g}"


def _entries(number: int) -> str:
    return f"{number} entr{'y' if number == 1 else 'ies'}"


def _follow(expected: object, location: tuple[int | str, ...]) -> tuple[Path, tuple[str, ...]]:
    """Follow pydantic's location through the types.

    Returns
    -------
    The path without union tags, and the keys that are known where its last part stands.
    """
    path: list[int | str] = []
    known: tuple[str, ...] = ()
    here = _bare(expected)
    for part in location:
        if _is_union(here):
            here = _bare(next(member for member in get_args(here) if _tag(member) == part))
            continue
        path.append(part)
        known = tuple(here.model_fields) if _is_model(here) else ()
        here = _bare(_below(here, part))
    return tuple(path), known


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_union(annotation: object) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _bare(annotation: object) -> object:
    """Take off what surrounds a type: `Annotated`, and `None` as the only alternative."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
            continue
        others = [each for each in get_args(annotation) if each is not NoneType] if _is_union(annotation) else []
        if len(others) != 1:
            return annotation
        annotation = others[0]


def _below(annotation: object, part: int | str) -> object:
    """Return the type of what stands under a key or position."""
    if _is_model(annotation):
        field = annotation.model_fields.get(str(part))
        return None if field is None else field.annotation
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if get_origin(annotation) is tuple else None


def _tag(member: object) -> object:
    """Return by what tag pydantic's location names a member of a union."""
    if get_origin(member) is Annotated:
        for note in get_args(member)[1:]:
            if isinstance(note, Tag):
                return note.tag
    bare = _bare(member)
    return get_args(bare.model_fields["kind"].annotation)[0] if _is_model(bare) else None
