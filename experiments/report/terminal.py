"""A run as tables in a terminal: money and service per firm, the transfer matrix, the transfer rates by kind."""

from collections.abc import Iterator

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ...simulator.figures import FIGURE_BY_NAME
from ...simulator.ledger import KIND_OF_OUTCOME, NOBODY, Cause, Outcome
from ...simulator.reckoning import RATES_BY_CHOICE
from ...simulator.results import Result
from .wording import number

MONEY = (
    "profit",
    "revenue",
    "purchase_cost",
    "ordering_cost",
    "holding_cost",
    "disposal_cost",
    "penalties",
    "service_cost",
    "opening_value",
    "closing_value",
)
SERVICE = (
    "demand",
    "fill_rate",
    "in_stock_rate",
    "cycle_service",
    "turned_away",
    "lost",
    "units_sold",
    "units_received",
    "waste",
)
MOST_ROWS = 40
"""Rows of the transfer matrix that are shown; files hold all."""

WHAT_BECAME = {
    Outcome.SERVED: "served at once",
    Outcome.RECAPTURED: "bought another of the same firm",
    Outcome.DIVERTED: "bought from a rival",
    Outcome.POSTPONED: "bought later",
    Outcome.LOST: "lost",
    Outcome.PENDING: "still wait at the end",
}
BECAUSE = {
    Cause.NONE: "",
    Cause.STOCKOUT: "stockout",
    Cause.REFUSAL: "refusal",
    Cause.CHOICE: "own choice",
}


def print_result(result: Result, console: Console) -> None:
    """Print a run."""
    for part in _parts(result):
        console.print(part)


def _parts(result: Result) -> Iterator[RenderableType]:
    head = result.scenario.settled.head
    yield Text(head.name, style="bold")
    if head.description:
        yield Text(head.description.strip())
    unit = head.time_unit if head.horizon == 1 else f"{head.time_unit}s"
    yield Text(
        f"{result.replications} replication{'' if result.replications == 1 else 's'} of {head.horizon:g} {unit}"
        + (f" after a warm-up of {head.warm_up:g}" if head.warm_up else "")
        + f", seed {result.seed}. All figures are means a replication ± half-width of the 95 % interval"
        + (f" (n = {result.replications})." if result.replications > 1 else "; with one replication there is none.")
    )
    yield _firms(result, "Money" if head.currency == "money" else f"Money ({head.currency})", MONEY)
    yield _firms(result, "Service", SERVICE)
    yield _matrix(result)
    yield _rates(result)
    yield Text(_reconciliation(result))


def table_of(title: str) -> Table:
    """Return an empty table as all tables in a terminal look."""
    return Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")


def _firms(result: Result, title: str, figures: tuple[str, ...]) -> Table:
    table = table_of(title)
    table.add_column("")
    by_firm = {
        firm: {figure.name: (estimate, figure.unit) for figure, estimate in rows}
        for firm, rows in result.reckoning.of_firms().items()
    }
    for firm in by_firm:
        table.add_column(Text(firm), justify="right", overflow="fold")
    for figure in figures:
        cells = [by_firm[firm][figure] for firm in by_firm]
        if figure != "profit" and all(estimate.mean in (0, None) for estimate, _ in cells):
            continue
        name = FIGURE_BY_NAME[figure].name.replace("_", " ")
        table.add_row(name, *(number(estimate, percent=unit == "share") for estimate, unit in cells))
    return table


def _matrix(result: Result) -> Table:
    table = table_of("Where demand went (customers)")
    for column in ("wanted", "what became of them", "because of", "bought"):
        table.add_column(column, overflow="fold")
    table.add_column("customers", justify="right")
    names = result.problem.offers.names
    rows = sorted(result.reckoning.matrix(), key=lambda row: row[0])
    shown = rows if len(rows) <= MOST_ROWS else sorted(rows, key=lambda row: -(row[1].mean or 0))[:MOST_ROWS]
    before = None
    for (origin, cause, outcome, destination), estimate in shown:
        kind = KIND_OF_OUTCOME.get(Outcome(outcome))
        table.add_row(
            Text(names[origin] if origin != before else ""),
            Text(WHAT_BECAME[Outcome(outcome)] + ("" if kind is None else f" ({kind.name.lower()})")),
            BECAUSE[Cause(cause)],
            Text("" if destination in (NOBODY, origin) else names[destination]),
            number(estimate),
        )
        before = origin if len(rows) <= MOST_ROWS else None
    if len(rows) > MOST_ROWS:
        table.caption = Text(f"The largest {MOST_ROWS} of {len(rows)} rows; --out writes them all.")
    return table


def _rates(result: Result) -> Table:
    table = table_of("Transfer rates")
    table.add_column("")
    table.add_column("rate", justify="right")
    table.add_column("of what")
    for kind, estimate in result.reckoning.rates().items():
        of_what = "demand" if kind in RATES_BY_CHOICE else "customers turned away who were willing"
        table.add_row(kind.replace("_", " "), number(estimate, percent=True), of_what)
    return table


def _reconciliation(result: Result) -> str:
    """Return the line that reconciles the cohort's customers with the sales of the same time (R1)."""
    sales, earlier = 0.0, 0.0
    for rows in result.reckoning.of_firms().values():
        means = {figure.name: estimate.mean or 0.0 for figure, estimate in rows}
        sales += means["sales"]
        earlier += means["sales_to_earlier_customers"]
    customers = result.reckoning.of_customers()
    return (
        f"{number(customers['arrived'])} customers came, {number(customers['not_interested'])} wanted nothing. "
        f"Of {sales:,.1f} sales, {sales - earlier:,.1f} went to them and {earlier:,.1f} to customers "
        "who first came in the warm-up."
    )
