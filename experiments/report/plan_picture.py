"""A plan as a picture: prices over time, orders over time, or quantities; and what it is worth."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ..planning.optimisation import Optimisation
from .look import DASHES, FAINT, INK, SERIES, dressed, legend_above_panels, name_rows
from .wording import as_label, as_text, number

Rows = Sequence[Mapping[str, Any]]

PANEL_HEIGHT, GAP = 300, 84
"""Heights of a panel and of what is between two, in pixels."""
ROW = 34
"""Height of a row of points, in pixels."""
BOUGHT, WANTED = "#5B6770", "#B9C4CC"
"""Colours of a quantity and of the demand that is expected for it."""


def picture_of_plan(best: Optimisation) -> go.Figure:
    """Return the plan as a plotly figure, one panel for prices and one for orders where there are both.

    Parameters
    ----------
    best
        What `optimise` found.
    """
    prices = [row for row in best.planned.rows if "offer" in row]
    orders = [row for row in best.planned.rows if "product" in row]
    head = best.scenario.settled.head
    over_time = bool(orders) and "time" in orders[0]
    panels = []
    if prices:
        panels.append(f"Prices ({as_text(head.currency)})")
    if orders:
        panels.append("Orders (units)" if over_time else "Quantities (units)")
    inner = PANEL_HEIGHT * len(panels) + GAP * (len(panels) - 1)
    spacing = GAP / inner if len(panels) > 1 else 0
    figure = make_subplots(rows=len(panels), cols=1, subplot_titles=panels, vertical_spacing=spacing)
    looks = {
        name: place for place, name in enumerate(dict.fromkeys([*_names(prices, "offer"), *_names(orders, "product")]))
    }
    if prices:
        _add_prices(figure, 1, prices, looks)
        figure.update_xaxes(title_text=f"time ({head.time_unit}s)", row=1, col=1)
    if over_time:
        _add_orders(figure, len(panels), orders, looks, known=set(_names(prices, "offer")))
        figure.update_xaxes(title_text=f"time ({head.time_unit}s)", row=len(panels), col=1)
    elif orders:
        _add_quantities(figure, len(panels), orders)
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(height=inner + 140, barmode="group", hovermode="closest", showlegend=True)
    legend_above_panels(figure, inner)
    return dressed(figure)


def picture_of_worth(best: Optimisation) -> go.Figure:
    """Return what the plan is worth beside the present policy and the bound, each with its interval.

    Parameters
    ----------
    best
        What `optimise` found.
    """
    worth = best.worth[best.worth["what"] != "difference"]
    rows = list(zip(worth["what"], worth["mean"], worth["half_width"], strict=True))
    words = {"simulated": best.simulated, "present policy": best.present}
    figure = go.Figure()
    for place, (what, mean, width) in enumerate(rows):
        told = f"{number(words[what])} (n = {words[what].n})" if what in words else f"{mean:,.2f}"
        figure.add_trace(
            go.Scatter(
                x=[mean],
                y=[place],
                mode="markers",
                marker={
                    "size": 11,
                    "symbol": "circle" if what in words else "diamond-open",
                    "color": SERIES[0] if what == "simulated" else FAINT,
                },
                error_x=None if isnan(width) else {"array": [width], "thickness": 1.6, "width": 5, "color": INK},
                hovertext=[f"<b>{what}</b><br>{told}"],
                hoverinfo="text",
            )
        )
    name_rows(figure, [what for what, _, _ in rows])
    figure.update_xaxes(title_text=as_text(best.scenario.settled.head.currency), tickformat=",")
    figure.update_layout(height=ROW * len(rows) + 110, showlegend=False, hovermode="closest")
    return figure


def _names(rows: Rows, key: str) -> list[str]:
    return list(dict.fromkeys(str(row[key]) for row in rows))


def _line(look: int) -> dict[str, Any]:
    return {"color": SERIES[look % len(SERIES)], "dash": DASHES[look // len(SERIES) % len(DASHES)]}


def _add_prices(figure: go.Figure, place: int, rows: Rows, looks: Mapping[str, int]) -> None:
    """Draw a step line for each offer; where it is closed there is a gap."""
    for name in _names(rows, "offer"):
        times: list[float] = []
        shown: list[float | None] = []
        words: list[str] = []
        for row in rows:
            if row["offer"] == name:
                times += [row["from"], row["to"]]
                shown += [row["price"], row["price"]]
                price = "closed" if row["price"] is None else f"{row['price']:,.2f}"
                words += 2 * [f"<b>{as_text(name)}</b><br>{row['from']:g} to {row['to']:g}: {price}"]
        figure.add_trace(
            go.Scatter(
                x=times,
                y=shown,
                mode="lines",
                line={"width": 2.5, **_line(looks[name])},
                name=as_label(name),
                legendgroup=str(looks[name]),
                connectgaps=False,
                hovertext=words,
                hoverinfo="text",
            ),
            row=place,
            col=1,
        )


def _add_orders(figure: go.Figure, place: int, rows: Rows, looks: Mapping[str, int], known: set[str]) -> None:
    for name in _names(rows, "product"):
        own = [row for row in rows if row["product"] == name]
        figure.add_trace(
            go.Bar(
                x=[row["time"] for row in own],
                y=[row["order"] for row in own],
                marker_color=SERIES[looks[name] % len(SERIES)],
                name=as_label(name),
                legendgroup=str(looks[name]),
                showlegend=name not in known,
                hovertext=[
                    f"<b>{as_text(name)}</b><br>time {row['time']:g}: order {row['order']:,.0f}"
                    f"<br>expected: stock {row['expected_stock']:,.1f}, demand {row['expected_demand']:,.1f}"
                    for row in own
                ],
                hoverinfo="text",
            ),
            row=place,
            col=1,
        )


def _add_quantities(figure: go.Figure, place: int, rows: Rows) -> None:
    """Draw what to buy of each product beside what people are expected to want of it."""
    names = _names(rows, "product")
    for key, label, colour in (("quantity", "quantity", BOUGHT), ("expected_demand", "expected demand", WANTED)):
        figure.add_trace(
            go.Bar(
                x=list(range(len(names))),
                y=[row[key] for row in rows],
                name=label,
                marker_color=colour,
                hovertext=[f"<b>{as_text(row['product'])}</b><br>{label}: {row[key]:,.1f}" for row in rows],
                hoverinfo="text",
            ),
            row=place,
            col=1,
        )
    figure.update_xaxes(
        tickvals=list(range(len(names))),
        ticktext=[as_label(name, 20) for name in names],
        showgrid=False,
        ticks="",
        row=place,
        col=1,
    )
