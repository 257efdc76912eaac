"""The difference between two scenarios key by key, from their resolved documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..scenarios.marked import Marked, Path, jsonable
from ..scenarios.meaning import LABELS
from ..scenarios.paths import format_path
from ..scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Difference:
    """One key that differs."""

    path: Path
    without: Marked | None
    """Its value without the change; None where the key is not there."""
    changed: Marked | None
    """Its value with the change; None where the key is not there."""

    @property
    def key(self) -> str:
        """The path as text."""
        return format_path(self.path)

    @property
    def counts(self) -> bool:
        """Whether a figure can depend on it; not on words, nor on what a run may be told otherwise."""
        return self.path[0] not in LABELS

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as plain data; `in` says where the key is there."""
        there = {"without": self.without, "with": self.changed}
        values = {name: None if value is None else jsonable(value) for name, value in there.items()}
        place = "both" if None not in there.values() else next(name for name, each in there.items() if each is not None)
        return {"key": self.key, **values, "in": place}


def differences(scenario: Scenario, other: Scenario) -> tuple[Difference, ...]:
    """Return the keys in which two scenarios differ, in the order of the first, then what only the second has.

    Mappings are compared key by key. A list is one value, and so is a mapping whose `kind` differs, since the keys of
    another kind have no meaning for it; what is there in one scenario only is one key, with all that it holds.
    """
    return tuple(_differences(scenario.document, other.document, ()))


def _differences(one: Marked, other: Marked, path: Path) -> Iterator[Difference]:
    if jsonable(one) == jsonable(other):
        return
    mine, theirs = one.content, other.content
    if not isinstance(mine, Mapping) or not isinstance(theirs, Mapping) or _kind(one) != _kind(other):
        yield Difference(path, one, other)
        return
    for key, value in mine.items():
        if key in theirs:
            yield from _differences(value, theirs[key], (*path, key))
        else:
            yield Difference((*path, key), value, None)
    for key, value in theirs.items():
        if key not in mine:
            yield Difference((*path, key), None, value)


def _kind(node: Marked) -> object:
    kind = node.child("kind")
    return None if kind is None else kind.content
