"""What every part of a scenario has in common: strict types, no unknown keys, no change after reading."""

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

NOTHING = "nothing"
"""The name under which *buying nothing* appears beside offers (R6); no offer may bear it."""

UNLIMITED: Literal["unlimited"] = "unlimited"

TABLE_SUFFIXES = r"\.(csv|parquet|xlsx(#.+)?)$"
"""How the name of a table ends, as a regular expression; a workbook's may go on with the name of a sheet."""

_TABLE = re.compile(TABLE_SUFFIXES, re.IGNORECASE | re.DOTALL)


def is_table(name: str) -> bool:
    """Tell whether a text names a table: a file of a kind that holds one, or a sheet of a workbook."""
    return _TABLE.search(name) is not None


class Part(BaseModel):
    """Base of all parts: frozen, strict about types, and with no key that is not declared."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        arbitrary_types_allowed=False,
    )


def shape_of(value: object) -> str | None:
    """Return `number`, `text`, `list` or `mapping`: which branch of a union by shape a value is meant for."""
    match value:
        case bool() | None:
            return None
        case int() | float():
            return "number"
        case str() | datetime.date():
            return "text"
        case list() | tuple():
            return "list"
        case Mapping() | Part():
            return "mapping"
        case _:
            return None


def by_shape(expected: str) -> Discriminator:
    """Choose a union's branch by the shape of the value before it is judged, so that one mistake gives one complaint.

    Parameters
    ----------
    expected
        What the complaint about any other shape says: `must be …`.
    """
    return Discriminator(shape_of, custom_error_type="shape", custom_error_message=f"must be {expected}")


def _shape_of_amount(value: object) -> str | None:
    return "unlimited" if value == UNLIMITED else "number" if shape_of(value) == "number" else None


NUMBER_OR_UNLIMITED = Discriminator(
    _shape_of_amount, custom_error_type="shape", custom_error_message=f"must be a whole number, or {UNLIMITED}"
)
"""Chooses between a number and the word `unlimited`, tagged `number` and `unlimited`."""

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?")


def read_date(value: object) -> datetime.date:
    """Turn ISO text into a date; dates stay what they are.

    Raises
    ------
    ValueError
        For anything else; the text says what is due.
    """
    if isinstance(value, datetime.date):
        return value
    try:
        moment = datetime.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        raise ValueError("must be a date or a local time without a time zone")
    if moment is None or not isinstance(value, str) or not _ISO.fullmatch(value):
        raise ValueError("must be a date such as 2025-03-03 or 2025-03-03T09:00")
    return moment.date() if len(value) == len("2025-03-03") else moment


Date = Annotated[
    datetime.date | datetime.datetime,
    BeforeValidator(read_date),
    WithJsonSchema({"type": "string", "pattern": f"^{_ISO.pattern}$"}),
]
"""A day (2025-03-03) or a moment of it (2025-03-03T09:00)."""

Moment = Annotated[
    Annotated[float, Tag("number")] | Annotated[Date, Tag("text")],
    by_shape("a number of time units, or a date"),
]
"""A time: a number of time units from the start of the run, or a date where the scenario has a `start`."""

Money = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
ServiceLevel = Annotated[float, Field(gt=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Units = Annotated[int, Field(ge=0)]
PositiveUnits = Annotated[int, Field(gt=0)]
