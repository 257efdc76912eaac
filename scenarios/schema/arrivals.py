"""When customers come."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import NotNegative, Part, Positive

HourlyFactors = Annotated[tuple[NotNegative, ...], Field(min_length=24, max_length=24)]


class WeekdayWeekend(Part):
    """An hourly profile for Monday to Friday and one for Saturday and Sunday."""

    weekday: HourlyFactors
    """24 factors, midnight to one o'clock first."""
    weekend: HourlyFactors
    """24 factors, midnight to one o'clock first."""


class PoissonArrivals(Part):
    """Customers come one by one and independently, at a rate that may follow hour, day of week and month."""

    kind: Literal["poisson"]
    rate: NotNegative
    """Customers per time unit; the factors of the profiles multiply it."""
    hourly: HourlyFactors | WeekdayWeekend | None = None
    """24 factors for the hours of the day, or one such list for `weekday` and one for `weekend`. Needs `start`."""
    weekly: Annotated[tuple[NotNegative, ...], Field(min_length=7, max_length=7)] | None = None
    """7 factors, Monday first. Needs `start`."""
    seasonal: Annotated[tuple[NotNegative, ...], Field(min_length=12, max_length=12)] | None = None
    """12 factors, January first. Needs `start`."""
    dominating_rate: Positive | None = None
    """A rate, in customers per time unit, that is never exceeded. Candidates come at it and are thinned to the rate in force (R14); scenarios that name the same one meet the same people. Without it, the highest rate of the profile."""


class TraceArrivals(Part):
    """Customers come at recorded times, the same in every replication."""

    kind: Literal["trace"]
    file: str
    """A CSV or Parquet table with a column `time` (time units from the start, or dates where there is a `start`) and, if several segments share it, a column `segment`."""
    segment: str | None = None
    """Take only the rows with this value in the column `segment`."""

    @model_validator(mode="after")
    def _known_suffix(self) -> "TraceArrivals":
        if not self.file.lower().endswith((".csv", ".parquet")):
            raise ValueError(f"must be a .csv or .parquet file (got {self.file!r})")
        return self


Arrivals = Annotated[PoissonArrivals | TraceArrivals, Field(discriminator="kind")]
