"""What the schema knows below a part: which paths may be, and of what shape, whatever kinds the rows choose."""

import types
from typing import Annotated, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel

from .marked import Path
from .paths import format_path

__all__ = ["Words", "closest_path", "is_list", "is_text", "words_at"]

Words = tuple[object, ...]
"""The types that a value may have; none where the schema knows no such value."""


def words_at(part: object, path: Path) -> Words:
    """Return the types that may stand at a path inside a part, in any of its kinds; none for an unknown path."""
    here = _members(part)
    for step in path:
        here = tuple(member for each in here for below in _below(each, str(step)) for member in _members(below))
    return here


def is_text(words: Words) -> bool:
    """Tell whether only text can stand there."""
    return bool(words) and all(each is str or get_origin(each) is Literal for each in words)


def is_list(words: Words) -> bool:
    """Tell whether a list may stand there."""
    return any(get_origin(each) is tuple for each in words)


def closest_path(part: object, path: Path) -> list[str]:
    """Return the paths that are known where an unknown one first leaves the schema: candidates for what was meant."""
    length = next(depth for depth in range(len(path)) if not words_at(part, path[: depth + 1]))
    before, after = path[:length], path[length + 1 :]
    keys = dict.fromkeys(key for each in words_at(part, before) if _is_model(each) for key in each.model_fields)
    whole = (path_of for key in keys if words_at(part, path_of := (*before, key, *after)))
    return [format_path(each) for each in whole] or [format_path((*before, key)) for key in keys]


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _members(annotation: object) -> Words:
    """Take off what surrounds a type, and split what may be one of several."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(member for each in get_args(annotation) for member in _members(each))
    return () if annotation is types.NoneType else (annotation,)


def _below(annotation: object, step: str) -> Words:
    if _is_model(annotation):
        field = annotation.model_fields.get(step)
        return () if field is None else (field.annotation,)
    return (get_args(annotation)[1],) if get_origin(annotation) is dict else ()
