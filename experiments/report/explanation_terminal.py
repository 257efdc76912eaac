"""An explanation in a terminal: the difference, and what each changed key carries of it."""

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ..explaining.found import ESTIMATES, Explanation
from .explanation_page import lead_of_explanation
from .terminal import table_of
from .wording import number

LONGEST_KEY = 60
"""Characters of a key that stand in one line."""
LONGEST_VALUE = 40
"""Characters of a value that are shown; --json has all."""
HEADINGS = {"carries": "carries", "alone": "changed alone", "last": "changed last"}


def print_explanation(told: Explanation, console: Console) -> None:
    """Print an explanation."""
    for part in _parts(told):
        console.print(part)


def _parts(told: Explanation) -> Iterator[RenderableType]:
    yield Text(f"{told.scenarios[0].name}: what each change carries of {told.figure}", style="bold")
    yield Text(lead_of_explanation(told))
    yield _keys(told)
    words = [each.key for each in told.differences if not each.counts]
    if words:
        yield Text(f"What differs too, and no figure depends on: {', '.join(words)}.")
    for note in told.notes:
        yield Text(f"Note: {note}")


def _keys(told: Explanation) -> Table:
    table = table_of("What each change carries (Shapley value)")
    longest = max(len(key) for part in told.parts for key in part.keys)
    table.add_column("key", overflow="fold", min_width=min(longest, LONGEST_KEY))
    for column in ("without", "with"):
        table.add_column(column, overflow="fold")
    for name in ESTIMATES:
        table.add_column(HEADINGS[name], justify="right")
    percent = told.unit == "share"
    values = {each.key: each.as_dict() for each in told.differences}
    for part in sorted(told.parts, key=lambda part: -abs(part.carries.mean or 0.0)):
        for place, key in enumerate(part.keys):
            cells = [number(getattr(part, name), percent=percent) if place == 0 else "〃" for name in ESTIMATES]
            table.add_row(Text(key), *(Text(_value(values[key], world)) for world in ("without", "with")), *cells)
    table.add_section()
    table.add_row("all", "", "", number(told.difference, percent=percent), "", "")
    return table


def _value(told: dict[str, Any], world: str) -> str:
    if told["in"] not in ("both", world):
        return "(not there)"
    value = told[world]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
