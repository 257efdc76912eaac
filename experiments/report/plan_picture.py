"""A plan as a picture: prices over time, stock and orders over time, or quantities."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ..planning.optimisation import Optimisation

Rows = Sequence[Mapping[str, Any]]


def picture_of_plan(best: Optimisation) -> go.Figure:
    """Return the plan as a plotly figure, one panel for prices and one for orders where there are both.

    Parameters
    ----------
    best
        What `optimise` found.
    """
    prices = [row for row in best.planned.rows if "offer" in row]
    orders = [row for row in best.planned.rows if "product" in row]
    panels = [panel for panel, rows in (("prices", prices), ("orders", orders)) if rows]
    figure = make_subplots(rows=len(panels), cols=1, subplot_titles=[panel.capitalize() for panel in panels])
    head = best.scenario.settled.head
    for row, panel in enumerate(panels, start=1):
        if panel == "prices":
            _add_prices(figure, row, prices)
            figure.update_xaxes(title_text=f"time ({head.time_unit}s)", row=row, col=1)
            figure.update_yaxes(title_text=head.currency or "money", rangemode="tozero", row=row, col=1)
        elif "time" in orders[0]:
            _add_orders(figure, row, orders)
            figure.update_xaxes(title_text=f"time ({head.time_unit}s)", row=row, col=1)
            figure.update_yaxes(title_text="units", rangemode="tozero", row=row, col=1)
        else:
            _add_quantities(figure, row, orders)
            figure.update_yaxes(title_text="units", row=row, col=1)
    figure.update_layout(
        title_text=f"{best.scenario.name}: {best.what} of {best.firm}", height=360 * len(panels) + 80, barmode="group"
    )
    return figure


def _names(rows: Rows, key: str) -> list[str]:
    return list(dict.fromkeys(str(row[key]) for row in rows))


def _add_prices(figure: go.Figure, place: int, rows: Rows) -> None:
    """Draw a step line for each offer; where it is closed there is a gap."""
    for name in _names(rows, "offer"):
        times: list[float] = []
        shown: list[float | None] = []
        for row in rows:
            if row["offer"] == name:
                times += [row["from"], row["to"]]
                shown += [row["price"], row["price"]]
        figure.add_trace(go.Scatter(x=times, y=shown, mode="lines", name=name, connectgaps=False), row=place, col=1)


def _add_orders(figure: go.Figure, place: int, rows: Rows) -> None:
    for name in _names(rows, "product"):
        own = [row for row in rows if row["product"] == name]
        figure.add_trace(
            go.Bar(x=[row["time"] for row in own], y=[row["order"] for row in own], name=name), row=place, col=1
        )


def _add_quantities(figure: go.Figure, place: int, rows: Rows) -> None:
    names = _names(rows, "product")
    for key, label in (("quantity", "quantity"), ("expected_demand", "expected demand")):
        figure.add_trace(go.Bar(x=names, y=[row[key] for row in rows], name=label), row=place, col=1)
