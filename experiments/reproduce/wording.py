"""A row as people read it, in a terminal and on a page: no more digits than count."""

from .study import Row

DIGITS = 7
"""Digits of figures; `--json` and `--out` have all."""

COLUMNS = ("figure", "by", "published", "stated", "ours", "deviation", "allowed", "verdict")
"""What is shown of a row."""

NUMBERS = ("published", "ours", "deviation", "allowed")
"""Columns that stand on the right."""


def cells_of(row: Row) -> tuple[str, ...]:
    """Return a row as texts, by `COLUMNS`."""
    return (
        f"{row.figure}, {row.unit}" if row.unit else row.figure,
        row.method,
        number_text(row.published),
        row.stated,
        ours_text(row),
        "" if row.deviation is None else f"{row.deviation:.1e}",
        "" if row.allowed is None else f"{row.allowed:.1e}",
        row.verdict,
    )


def ours_text(row: Row) -> str:
    """Return what was found, a simulated figure with half-width and number of replications (R17)."""
    if row.ours is None:
        return ""
    if row.half_width is None:
        return number_text(row.ours)
    return f"{row.ours:.5g} ± {row.half_width:.2g} (n = {row.n})"


def number_text(value: float | str) -> str:
    """Return a figure as text."""
    return value if isinstance(value, str) else f"{value:.{DIGITS}g}"
