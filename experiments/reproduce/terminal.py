"""A reproduction in a terminal: a table for each study, and the answer."""

from rich import box
from rich.console import Console
from rich.table import Table

from .case import Case
from .outcome import Reproduction, StudyOutcome
from .running import reason_not_to_run
from .wording import COLUMNS, NUMBERS, cells_of, number_text, ours_text


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
            f"OFF: {row.study}: {row.figure} ({row.method}): {ours_text(row)}, published {number_text(row.published)}"
        )


def list_line(case: Case, width: int) -> str:
    """Return one line about a case, for `--list`."""
    reason = reason_not_to_run(case)
    status = "" if not reason else f" [{'not yet' if case.not_yet else 'needs data'}: {reason}]"
    return f"{case.name:<{width}}  {case.evidence}  {case.title}{status}"


def _table(study: StudyOutcome) -> Table:
    table = Table(box=box.SIMPLE)
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in NUMBERS else "left")
    for row in study.rows:
        table.add_row(*cells_of(row))
    return table
