"""From dates to times: time units since the start of the run (R1)."""

import datetime
from dataclasses import dataclass

from .marked import Path
from .reporter import Reporter
from .schema.base import Moment
from .schema.scenario import Head

__all__ = ["Times"]

HOURS = {"hour": 1.0, "day": 24.0, "week": 168.0}
"""Hours in a time unit; a `period` has none."""


@dataclass(frozen=True, slots=True)
class Times:
    """Turns moments of a scenario into times, and complains of those that it has no time for.

    Parameters
    ----------
    head
        The scenario's head, with its start, time unit and horizon; None where it is bad, and then no moment has a
        time and nothing is said about any.
    """

    head: Head | None

    def of(self, moment: Moment) -> float | None:
        """Return the time of a moment, in time units from the start; None where the head is bad.

        Raises
        ------
        ValueError
            For a date where there is no calendar; the text says what is missing.
        """
        if self.head is None:
            return None
        if not isinstance(moment, datetime.date):
            return float(moment)
        hours = HOURS.get(self.head.time_unit)
        if hours is None:
            raise ValueError(f"a date needs a time_unit with a calendar, not {self.head.time_unit!r} (got {moment})")
        if self.head.start is None:
            raise ValueError(f"a date needs `start` (got {moment})")
        return (_as_datetime(moment) - _as_datetime(self.head.start)).total_seconds() / 3600 / hours

    def within(self, moment: Moment, path: Path, report: Reporter, *, end: bool = False) -> float | None:
        """Return the time of a moment that must lie in [0, horizon), or in [0, horizon] where it is an end.

        None after a complaint, or where the head is bad.
        """
        try:
            time = self.of(moment)
        except ValueError as problem:
            report.add(path, str(problem))
            return None
        if time is None or self.head is None:
            return None
        horizon = self.head.horizon
        if time < 0 or time > horizon or (time == horizon and not end):
            bracket = "]" if end else ")"
            got = f"{moment}, which is {time:g}" if isinstance(moment, datetime.date) else f"{moment:g}"
            report.add(path, f"must lie in [0, {horizon:g}{bracket} (got {got})")
            return None
        return time


def _as_datetime(moment: datetime.date) -> datetime.datetime:
    """Return a date as its first moment; a moment as it is."""
    if isinstance(moment, datetime.datetime):
        return moment
    return datetime.datetime(moment.year, moment.month, moment.day)
