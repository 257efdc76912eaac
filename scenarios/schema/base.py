"""What every part of a scenario has in common: strict types, no unknown keys, no change after reading."""

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

NOTHING = "nothing"
"""The name under which *buying nothing* appears beside offers (R6); no offer may bear it."""

UNLIMITED: Literal["unlimited"] = "unlimited"


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


def _read_date(value: object) -> object:
    """Turn a quoted ISO date into a date; everything else is left for the type to judge."""
    if isinstance(value, str):
        try:
            moment = datetime.datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment.date() if len(value) <= len("2025-03-03") else moment
    return value


Date = Annotated[datetime.date | datetime.datetime, BeforeValidator(_read_date)]
"""A day (2025-03-03) or a moment of it (2025-03-03T09:00)."""

Moment = Annotated[float | datetime.date | datetime.datetime, BeforeValidator(_read_date)]
"""A time: a number of time units from the start of the run, or a date where the scenario has a `start`."""

Money = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
ServiceLevel = Annotated[float, Field(gt=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Units = Annotated[int, Field(ge=0)]
PositiveUnits = Annotated[int, Field(gt=0)]
