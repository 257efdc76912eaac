"""When customers come."""

from typing import Annotated, Literal

from pydantic import Field, Tag, field_validator

from .base import NotNegative, Part, Positive, by_shape, is_table

DayFactors = Annotated[tuple[NotNegative, ...], Field(min_length=24, max_length=24)]


class WeekdayWeekend(Part):
    """An hourly profile for Monday to Friday and one for Saturday and Sunday."""

    weekday: DayFactors
    """24 factors, midnight to one o'clock first."""
    weekend: DayFactors
    """24 factors, midnight to one o'clock first."""


HourlyFactors = Annotated[
    Annotated[DayFactors, Tag("list")] | Annotated[WeekdayWeekend, Tag("mapping")],
    by_shape("24 factors, or a mapping with weekday and weekend"),
]
"""Factors for the hours of the day, the same every day or not."""


class PoissonArrivals(Part):
    """Customers come one by one and independently, at a rate that may follow hour, day of week and month."""

    kind: Literal["poisson"]
    rate: NotNegative
    """Customers per time unit; the factors of the profiles multiply it."""
    hourly: HourlyFactors | None = None
    """24 factors for the hours of the day, or one such list for `weekday` and one for `weekend`. Needs `start`."""
    weekly: Annotated[tuple[NotNegative, ...], Field(min_length=7, max_length=7)] | None = None
    """7 factors, Monday first. Needs `start`."""
    seasonal: Annotated[tuple[NotNegative, ...], Field(min_length=12, max_length=12)] | None = None
    """12 factors, January first. Needs `start`."""
    dominating_rate: Positive | None = None
    """A rate, in customers per time unit, that is never exceeded; without it, the highest rate of the profile.

    Candidates come at it and are thinned to the rate in force (R14): scenarios that name the same one meet the same
    people.
    """

    def highest_rate(self) -> float:
        """Return the highest rate that the profile can reach, in customers per time unit.

        Each day's busiest hour counts with that day's factor, and the busiest month with both.
        """
        match self.hourly:
            case None:
                busiest_hours = (1.0,) * 7
            case WeekdayWeekend(weekday=weekday, weekend=weekend):
                busiest_hours = (max(weekday),) * 5 + (max(weekend),) * 2
            case _:
                busiest_hours = (max(self.hourly),) * 7
        busiest_day = max(hour * day for hour, day in zip(busiest_hours, self.weekly or (1.0,) * 7, strict=True))
        return self.rate * busiest_day * max(self.seasonal or (1.0,))


class TraceArrivals(Part):
    """Customers come at recorded times, the same in every replication."""

    kind: Literal["trace"]
    file: str
    """A table (CSV, Parquet, a sheet of a workbook) with a column `time`, and a column `segment` if several share it.

    Times are numbers of time units from the start, or dates where there is a `start`.
    """
    segment: str | None = None
    """Take only the rows with this value in the column `segment`."""

    @field_validator("file")
    @classmethod
    def _known_suffix(cls, file: str) -> str:
        if not is_table(file):
            raise ValueError("must be the name of a .csv, .parquet or .xlsx file")
        return file


Arrivals = Annotated[PoissonArrivals | TraceArrivals, Field(discriminator="kind")]
