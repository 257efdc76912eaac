"""The report of a twin: who moved, what of an offer's demand that is, and what the change does to every figure."""

import plotly.graph_objects as go

from ...simulator.estimates import Estimate
from ...simulator.measures import EVERYTHING
from ..twins.found import Twin
from ..twins.kinds import OF
from ..twins.reckoning import Row
from .look import BAD, GOOD
from .moves_picture import picture_of_flows
from .page import Page, Picture, Table
from .wording import as_label, number

BARS = 30
"""Offers of the picture of rates; the table has all."""


def page_of_twin(twin: Twin) -> Page:
    """Return the report of a twin."""
    frames = twin.frames()
    rates = frames["rates"]
    figures = frames["figures"]
    by_kind = frames["by_kind"]
    firm_figures = figures[figures["level"] == "firm"]
    return Page(
        title=f"{twin.scenarios[0].name}: who moves because of the change",
        lead=lead_of_twin(twin),
        parts=(
            *(picture_of_flows(twin, of) for of in OF if twin.reckoning.moved(of).mean),
            _picture_of_rates(twin),
            Table(
                "How much of the demand moved",
                "Of each offer, each firm and all together: (demand without the change − demand with it) / demand "
                "without, from the same customers (R11). A gain is negative. Moved: the customers behind it; all "
                "with the half-widths of their 95 % intervals.",
                rates[(rates["of"] == "demand") & (rates["kind"] == EVERYTHING)].drop(columns=["of", "kind", "to"]),
                shown=True,
            ),
            Table(
                "How customers moved",
                "Mean customers a replication by kind of move, of what they want (demand) and of what they buy in the "
                "end (purchases).",
                by_kind[by_kind["segment"] == EVERYTHING].drop(columns=["segment"]),
                shown=True,
            ),
            Table("How the customers of each segment moved", "The same by segment.", by_kind),
            Table(
                "The change",
                "The keys that differ, with their values without the change and with it.",
                frames["change"],
            ),
            Table(
                "What the change does to the firms",
                "Paired differences, with the change less without it, replication by replication (R17).",
                firm_figures,
                shown=True,
            ),
            Table(
                "Rates by kind and destination", "The rows by kind, and those by where to, add up to the whole.", rates
            ),
            Table(
                "Flows", "From where to where demand, and purchases, went; who stayed is among them.", frames["flows"]
            ),
            Table("Moves in full", "What customers did in both worlds: wanted, why, outcome, bought.", frames["moves"]),
            Table("All figures", "Of firms, offers, products and segments.", figures),
        ),
        provenance=twin.manifest,
        alarms=(*twin.alarms, *twin.notes),
    )


def lead_of_twin(twin: Twin) -> str:
    """Return what was asked and what the answer is, in a few sentences."""
    head = twin.scenarios[0].settled.head
    unit = head.time_unit if head.horizon == 1 else f"{head.time_unit}s"
    n = twin.replications
    sentences = [
        f"{n} replication{'' if n == 1 else 's'} of {head.horizon:g} {unit}"
        + (f" after a warm-up of {head.warm_up:g}" if head.warm_up else "")
        + f", seed {twin.seed}, without the change and with it, on the same customers: "
        + f"{number(twin.reckoning.customers())} of them a replication."
    ]
    sentences.append(
        f"{number(twin.reckoning.moved('demand'))} want something else with the change, "
        f"{number(twin.reckoning.moved('purchases'))} end up with something else."
    )
    for row in twin.rows("figures"):
        if row["level"] == "firm" and row["figure"] == "profit" and row["difference"] is not None:
            difference = number(estimate_in(row, "difference"))
            sentences.append(f"Profit of {row['name']} changes by {difference}.")
    sentences.append(
        f"All figures are means a replication ± half-width of the 95 % interval (n = {n})."
        if n > 1
        else "With one replication there are no intervals."
    )
    return " ".join(sentences)


def estimate_in(row: Row, name: str) -> Estimate:
    """Return the estimate that stands in two columns of a row."""
    return Estimate(row[name], row[f"{name}_half_width"], row["n"])


def _picture_of_rates(twin: Twin) -> Picture:
    """Return the rates of R11 as bars."""
    rows = [
        row
        for row in twin.rows("rates")
        if row["of"] == "demand" and row["level"] == "offer" and row["kind"] == EVERYTHING and row["rate"] is not None
    ]
    shown = sorted(rows, key=lambda row: -abs(row["moved"]))[:BARS]
    shown.sort(key=lambda row: row["rate"])
    figure = go.Figure(
        go.Bar(
            x=[100 * row["rate"] for row in shown],
            y=[as_label(row["name"]) for row in shown],
            orientation="h",
            error_x={"type": "data", "array": [100 * (row["rate_half_width"] or 0) for row in shown]},
            marker={"color": [BAD if row["rate"] > 0 else GOOD for row in shown]},
        )
    )
    figure.update_layout(height=max(260, 90 + 26 * len(shown)), margin={"l": 20, "r": 20, "t": 50, "b": 40})
    figure.update_xaxes(title_text="% of demand that moved", zeroline=True)
    figure.update_yaxes(type="category", automargin=True)
    text = (
        "(demand without the change − demand with it) / demand without (R11), by offer, with 95 % intervals; what "
        "loses demand points to the right."
    )
    if len(rows) > len(shown):
        text += f" The {len(shown)} offers that move most of {len(rows)}; the table has all."
    if twin.replications == 1:
        text += " With one replication there are no intervals."
    return Picture("How much of each offer's demand moved", text, figure)
