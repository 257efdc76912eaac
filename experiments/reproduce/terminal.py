"""A reproduction in a terminal: a table for each study, and the answer."""

from rich import box
from rich.console import Console
from rich.table import Table

from .case import Case
from .outcome import Reproduction, StudyOutcome
from .running import reason_not_to_run
from .study import Row

DIGITS = 7
"""Digits of figures; `--json` and `--out` have all."""


def print_reproduction(found: Reproduction, console: Console) -> None:
    """Print ours beside theirs.

    Parameters
    ----------
    found
        What `reproduce` found.
    console
        Where to.
    """
    for study in found.studies:
        console.print(f"{study.case.name}: {study.case.title} (evidence {study.case.evidence})")
        console.print(f"  {study.case.source}")
        if study.reason:
            console.print(f"  {study.status}: {study.reason}")
            console.print()
            continue
        console.print(_table(study))
        for note in dict.fromkeys(f"{row.figure}: {row.note}" for row in study.rows if row.note):
            console.print(f"  {note}")
        console.print()
    console.print(found.sentence())
    for row in found.off:
        console.print(
            f"OFF: {row.study}: {row.figure} ({row.method}): {_ours(row)}, published {_number(row.published)}"
        )


def list_line(case: Case, width: int) -> str:
    """Return one line about a case, for `--list`."""
    reason = reason_not_to_run(case)
    status = "" if not reason else f" [{'not yet' if case.not_yet else 'needs data'}: {reason}]"
    return f"{case.name:<{width}}  {case.evidence}  {case.title}{status}"


def _table(study: StudyOutcome) -> Table:
    table = Table(box=box.SIMPLE)
    for column in ("figure", "by", "published", "", "ours", "deviation", "allowed", "verdict"):
        right = column in ("published", "ours", "deviation", "allowed")
        table.add_column(column, justify="right" if right else "left")
    for row in study.rows:
        unit = f", {row.unit}" if row.unit else ""
        table.add_row(
            f"{row.figure}{unit}",
            row.method,
            _number(row.published),
            row.stated,
            _ours(row),
            "" if row.deviation is None else f"{row.deviation:.1e}",
            "" if row.allowed is None else f"{row.allowed:.1e}",
            row.verdict,
        )
    return table


def _ours(row: Row) -> str:
    if row.ours is None:
        return ""
    if row.half_width is None:
        return _number(row.ours)
    # No more digits than the interval bears out (R17).
    return f"{row.ours:.5g} ± {row.half_width:.2g} (n = {row.n})"


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.{DIGITS}g}"
