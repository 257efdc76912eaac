"""A twin in a terminal: how much of each offer's demand moved, where to, how, and what it does to the firms."""

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ...simulator.measures import EVERYTHING
from ..twins.found import Twin
from ..twins.kinds import Kind
from .moves_picture import IN_WORDS
from .terminal import table_of
from .twin_page import estimate_in, lead_of_twin
from .wording import number

MOST_ROWS = 30
"""Rows of a table that are shown; files hold all."""
HEADINGS = {
    "substitutive": "within the firm",
    "competitive": "to other firms",
    "nothing": "to or from nothing",
    "absent": "came in one world only",
    EVERYTHING: "in all",
}
"""Columns of the table of rates, by kind of move."""
FIRM_FIGURES = ("profit", "revenue", "units_sold", "fill_rate", "lost")
"""Figures of a firm whose change is shown."""


def print_twin(twin: Twin, console: Console) -> None:
    """Print a twin."""
    for part in _parts(twin):
        console.print(part)


def _parts(twin: Twin) -> Iterator[RenderableType]:
    yield Text(f"{twin.scenarios[0].name}: who moves because of the change", style="bold")
    for each in twin.differences:
        if each.counts:
            told = each.as_dict()
            yield Text(f"  {told['key']}: {_value(told, 'without')} → {_value(told, 'with')}")
    yield Text(lead_of_twin(twin))
    yield _rates(twin)
    yield _flows(twin)
    yield _kinds(twin)
    yield _firms(twin)
    for note in twin.notes:
        yield Text(f"Note: {note}")


def _value(told: dict[str, object], world: str) -> str:
    return "(not there)" if told["in"] not in ("both", world) else str(told[world])


def _rates(twin: Twin) -> Table:
    table = table_of("How much of the demand moved (R11)")
    rows = [row for row in twin.rows("rates") if row["of"] == "demand"]
    there = {row["kind"] for row in rows}
    kinds = [kind for kind in HEADINGS if kind in there]
    table.add_column("of", overflow="fold")
    for column in ("demand without", *(HEADINGS[kind] for kind in kinds)):
        table.add_column(column, justify="right")
    totals = [row for row in rows if row["kind"] == EVERYTHING]
    order = {"offer": 0, "firm": 1, "all": 2}
    offers = [row for row in totals if row["level"] == "offer"]
    shown = sorted(offers, key=lambda row: -abs(row["moved"]))[:MOST_ROWS]
    without = {
        (row["level"], row["name"]): estimate_in(row, "without")
        for row in twin.rows("figures")
        if row["figure"] == "demand" and row["without"] is not None
    }
    for row in sorted(totals, key=lambda row: order[row["level"]]):
        if row["level"] == "offer" and row not in shown:
            continue
        own = {
            each["kind"]: each
            for each in rows
            if (each["level"], each["name"], each["to"]) == (row["level"], row["name"], EVERYTHING)
        }
        cells = [number(estimate_in(own[kind], "rate"), percent=True) if kind in own else "" for kind in kinds]
        demand = without.get((row["level"], row["name"]))
        label = (
            row["name"] if row["level"] == "offer" else "all offers" if row["level"] == "all" else f"firm {row['name']}"
        )
        table.add_row(Text(label), "" if demand is None else number(demand), *cells)
    table.caption = Text(
        "(demand without − demand with) / demand without; a gain is negative."
        + (
            f" The {MOST_ROWS} of {len(offers)} offers that move most; --out writes all."
            if len(offers) > MOST_ROWS
            else ""
        )
    )
    return table


def _flows(twin: Twin) -> Table:
    table = table_of("Who wants something else (customers)")
    for column in ("wanted without", "want with", "how"):
        table.add_column(column, overflow="fold")
    table.add_column("customers", justify="right")
    table.add_column("share of who wanted it", justify="right")
    rows = [row for row in twin.rows("flows") if row["of"] == "demand" and row["kind"] != "stayed"]
    rows.sort(key=lambda row: -row["mean"])
    for row in rows[:MOST_ROWS]:
        share = "" if row["share"] is None else number(estimate_in(row, "share"), percent=True)
        size = number(estimate_in({**row, "mean_half_width": row["half_width"]}, "mean"))
        table.add_row(Text(row["from"]), Text(row["to"]), IN_WORDS[Kind[row["kind"].upper()]], size, share)
    if len(rows) > MOST_ROWS:
        table.caption = Text(f"The largest {MOST_ROWS} of {len(rows)} rows; --out writes them all.")
    return table


def _kinds(twin: Twin) -> Table:
    table = table_of("Who ends up with something else (customers)")
    table.add_column("how", overflow="fold")
    table.add_column("customers", justify="right")
    for row in twin.rows("by_kind"):
        if row["of"] == "purchases" and row["segment"] == EVERYTHING and row["kind"] != "stayed":
            size = number(estimate_in({**row, "mean_half_width": row["half_width"]}, "mean"))
            table.add_row(IN_WORDS[Kind[row["kind"].upper()]], size)
    return table


def _firms(twin: Twin) -> Table:
    table = table_of("What the change does to the firms")
    table.add_column("", overflow="fold")
    for column in ("without", "with", "difference"):
        table.add_column(column, justify="right")
    for row in twin.rows("figures"):
        if row["level"] == "firm" and row["figure"] in FIRM_FIGURES:
            share = row["unit"] == "share"
            cells = [
                "n/a" if row[world] is None else number(estimate_in(row, world), percent=share)
                for world in ("without", "with", "difference")
            ]
            table.add_row(Text(f"{row['name']}, {row['figure'].replace('_', ' ')}"), *cells)
    return table
