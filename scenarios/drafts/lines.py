"""A draft: the lines of a scenario file, each with a note in plain words, before it is decided how they are written."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..marked import Plain

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["Block", "Changes", "Draft", "Line", "block", "leaves"]


@dataclass(frozen=True, slots=True)
class Line:
    """A key, its value and what is to be said of it.

    Parameters
    ----------
    key
        The key.
    value
        A value, which is written on the key's own line; or further lines below it.
    note
        What it means, its unit, and how to change it.
    """

    key: str
    value: "Plain | Block"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines below a key."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole scenario to be written.

    Parameters
    ----------
    title
        What stands above it.
    lines
        Its lines.
    """

    title: str
    lines: tuple[Line, ...]


Changes = tuple[tuple[str, dict[tuple[str, ...], Plain], str], ...]
"""Variants: for each its name, paths with their values, and what it is for."""


def block(*lines: Line | None) -> Block:
    """Return lines below a key; None stands for a line that is left out."""
    return Block(tuple(line for line in lines if line is not None))


def leaves(line: Line, note: str = "") -> "Iterator[tuple[tuple[str, ...], Plain, str]]":
    """Iterate over the values below a line, mappings taken apart: the keys to each, and its note."""
    yield from _leaves(line.value, (), line.note or note)


def _leaves(value: "Plain | Block", path: tuple[str, ...], note: str) -> "Iterator[tuple[tuple[str, ...], Plain, str]]":
    if isinstance(value, Block):
        for line in value.lines:
            yield from _leaves(line.value, (*path, line.key), line.note or note)
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, (*path, key), note)
    else:
        yield path, value, note
