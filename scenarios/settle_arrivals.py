"""When customers come: profiles that need a calendar, and recorded times."""

from dataclasses import dataclass, field

from .complaints import Complaints, did_you_mean, shown
from .files import Folders
from .marked import BROKEN, Path
from .paths import format_path
from .references import Reference, found_table
from .reporter import Reporter
from .schema.arrivals import PoissonArrivals, TraceArrivals
from .schema.base import Moment, read_date
from .tables import Row, Table
from .times import HOURS, Times

__all__ = ["Recordings", "check_profile"]

PROFILES = ("hourly", "weekly", "seasonal")


def check_profile(arrivals: PoissonArrivals, path: Path, times: Times, report: Reporter) -> None:
    """Complain of profiles without a calendar, and of a dominating rate that the profile exceeds (R14)."""
    if times.head is not None:
        for profile in PROFILES:
            if getattr(arrivals, profile) is None:
                continue
            if times.head.time_unit not in HOURS:
                message = f"needs a time_unit with a calendar, not {times.head.time_unit!r}"
                report.add((*path, profile), message)
            elif times.head.start is None:
                report.add((*path, profile), "needs `start`: a profile follows the calendar")
    highest = arrivals.highest_rate()
    if arrivals.dominating_rate is not None and arrivals.dominating_rate < highest:
        message = f"must be at least the highest rate of the profile, {highest:.6g} (got {arrivals.dominating_rate:g})"
        report.add((*path, "dominating_rate"), message)


@dataclass(frozen=True, slots=True)
class Recordings:
    """Recorded arrivals, each table read once however often its scenario is settled.

    Parameters
    ----------
    folders
        Where the tables lie.
    known
        Times in time units by table, segment, start and time unit; filled here.
    """

    folders: Folders
    known: dict[tuple[object, ...], tuple[float, ...]] = field(default_factory=dict)

    def read(self, arrivals: TraceArrivals, path: Path, times: Times, report: Reporter) -> tuple[float, ...] | None:
        """Return the recorded times in [0, horizon), sorted, in time units; None after a complaint.

        Parameters
        ----------
        arrivals
            Which table, and which segment in it.
        path
            Where the scenario says so.
        times
            The scenario's time.
        report
            Where problems are noted.
        """
        where: Path = (*path, "file")
        place = report.document.nearest(where).place
        reference = Reference.read(arrivals.file)
        found = self.folders.find(reference.file, place, format_path(where), report.complaints)
        if found is None or times.head is None:
            return None
        key = (found, reference.sheet, arrivals.segment, times.head.start, times.head.time_unit)
        if key not in self.known:
            table = found_table(
                arrivals.file, place, format_path(where), self.folders, report.complaints, "a recording"
            )
            recorded = None if table is None else _read(table, arrivals, path, times, report)
            if recorded is None:
                return None
            self.known[key] = recorded
        return tuple(time for time in self.known[key] if time < times.head.horizon)


def _read(
    table: Table, arrivals: TraceArrivals, path: Path, times: Times, report: Reporter
) -> tuple[float, ...] | None:
    if not table.has_columns(("time",), ("segment",), report.complaints):
        return None
    has_segments = "segment" in table.columns
    if has_segments and arrivals.segment is None:
        report.add(path, "needs `segment`: the table has a column of that name")
        return None
    if arrivals.segment is not None and not has_segments:
        report.add((*path, "segment"), f"the table {table.file} has no column 'segment'")
        return None
    return _Trace(table, arrivals.segment, times, report.complaints).read((*path, "segment"), report)


@dataclass(frozen=True, slots=True)
class _Trace:
    table: Table
    segment: str | None
    times: Times
    complaints: Complaints

    def read(self, path: Path, report: Reporter) -> tuple[float, ...] | None:
        before = len(self.complaints)
        segments: set[str] = set()
        found: list[float] = []
        for row in self.table.rows(self.complaints):
            if self.segment is not None:
                segment = row.text("segment", self.complaints)
                segments.add(segment or "")
                if segment != self.segment:
                    continue
            time = self._time(row)
            if time is not None:
                found.append(time)
        if self.segment is not None and self.segment not in segments:
            suggestion = did_you_mean(self.segment, sorted(segments))
            report.add(path, f"no row has the segment {self.segment!r}{suggestion}")
        return None if len(self.complaints) > before else tuple(sorted(found))

    def _time(self, row: Row) -> float | None:
        cell = row.value("time", "time", self.complaints)
        if cell is None:
            self.complaints.add(row.at("time"), "time", "is empty")
            return None
        if cell.content is BROKEN:
            return None
        try:
            time = self.times.of(_moment(cell.content))
        except ValueError as problem:
            message = str(problem) if "(got" in str(problem) else f"{problem} (got {shown(cell.content)})"
            self.complaints.add(row.at("time"), "time", message)
            return None
        if time is not None and time < 0:
            self.complaints.add(row.at("time"), "time", f"must not be before the start (got {cell.content})")
            return None
        return time


def _moment(value: object) -> Moment:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return read_date(value)
