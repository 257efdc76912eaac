"""What a scenario means, as plain data: the ground of its hash."""

import dataclasses
import hashlib
import struct
from collections.abc import Mapping

from pydantic import BaseModel

from .schema.scenario import Head
from .settled import Settled, SettledSegment

__all__ = ["meaning"]

LABELS = frozenset({"name", "description", "currency", "replications", "seed", "customers"})
"""What no figure of one replication depends on: words, what a run may be told otherwise, and what it keeps."""


def meaning(value: object) -> object:
    """Return a settled scenario, or a part of one, as JSON knows it; equal for what is to be simulated alike.

    Examples
    --------
    >>> meaning((1, 2.0, None))
    [1, 2.0, None]
    """
    match value:
        case Settled():
            # The first firm is the focal one where none says so; beyond that, the order of firms means nothing.
            return {**_fields(value), "first_firm": next(iter(value.firms))}
        case SettledSegment():
            # A recorded table counts by its times, wherever it lies.
            specification = value.specification.model_dump(mode="json", exclude={"arrivals": {"file"}})
            return {**_fields(value), "specification": specification, "trace": _digest(value.trace)}
        case Head():
            return value.model_dump(mode="json", exclude=set(LABELS))
        case BaseModel():
            return value.model_dump(mode="json")
        case Mapping():
            return {str(name): meaning(each) for name, each in value.items()}
        case list() | tuple():
            return [meaning(each) for each in value]
        case _:
            return _fields(value) if dataclasses.is_dataclass(value) else value


def _fields(value: object) -> dict[str, object]:
    names = (field.name for field in dataclasses.fields(value) if field.name != "trace")  # type: ignore[arg-type]
    return {name: meaning(getattr(value, name)) for name in names}


def _digest(trace: tuple[float, ...] | None) -> str | None:
    """Return the SHA-256 of recorded times; they may be millions."""
    return None if trace is None else hashlib.sha256(struct.pack(f"<{len(trace)}d", *trace)).hexdigest()
