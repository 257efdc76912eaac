"""Stock and price over time, with the times at which shelves were empty."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ...models.problem import UNLIMITED_STOCK
from ...simulator.estimates import Estimate
from ...simulator.results import Result
from .look import DASHES, EMPTY_SHELF, FAINT, SERIES, legend_above_panels, name_rows, see_through
from .wording import as_label, as_text, number

if TYPE_CHECKING:
    import pandas as pd

MOST_LINES = 6
"""Products, and offers, that are drawn as lines; more cannot be told apart."""
MOST_SHELVES = 24
"""Products whose empty shelves are shown."""
SHELF = 22
"""Height of the strip of a shelf, in pixels."""
STOCK_HEIGHT, PRICE_HEIGHT, GAP = 260, 170, 58
"""Heights of the panels and of what is between them, in pixels."""


@dataclass(frozen=True)
class Series:
    """One figure of one product or offer over time."""

    periods: list[int]
    """Those that have a value: an offer that is closed for a whole one has no price."""
    means: list[float]
    half_widths: list[float]
    """nan with one replication."""
    n: int

    def words(self, place: int, *, percent: bool = False) -> str:
        """Return a value as text, with its half-width and n (R17)."""
        width = self.half_widths[place]
        estimate = Estimate(self.means[place], None if np.isnan(width) else width, self.n)
        return f"{number(estimate, percent=percent)} (n = {self.n})"


def shown_products(result: Result) -> list[str]:
    """Return the products with a stock that can run out: focal firms' first, then by units sold.

    Parameters
    ----------
    result : Result
        A run.
    """
    problem = result.problem
    figures = {name: {figure.name: e for figure, e in rows} for name, rows in result.reckoning.of_products().items()}
    places = [place for place, stock in enumerate(problem.products.opening_stock.tolist()) if stock != UNLIMITED_STOCK]
    places.sort(
        key=lambda place: (
            not problem.firms.focal[problem.products.firm[place]],
            -(figures[problem.products.names[place]]["units_sold"].mean or 0.0),
        )
    )
    return [problem.products.names[place] for place in places]


def shown_offers(result: Result) -> list[str]:
    """Return the offers in the order in which pictures show them: focal firms' first, then by sales.

    Parameters
    ----------
    result : Result
        A run.
    """
    problem = result.problem
    sales = {
        name: next(estimate.mean or 0.0 for figure, estimate in rows if figure.name == "sales")
        for name, rows in result.reckoning.of_offers().items()
    }
    focal = {
        name: bool(problem.firms.focal[firm])
        for name, firm in zip(problem.offers.names, problem.offers.firm.tolist(), strict=True)
    }
    return sorted(problem.offers.names, key=lambda name: (not focal[name], -sales[name]))


def picture_over_time(result: Result) -> go.Figure:
    """Return stock with its interval, empty shelves, and prices, all over time.

    Parameters
    ----------
    result : Result
        A run.
    """
    products, offers = shown_products(result), shown_offers(result)
    lines, shelves = products[:MOST_LINES], products[:MOST_SHELVES]
    head = result.scenario.settled.head
    panels: list[tuple[str, float]] = []
    if products:
        panels += [("Stock (units)", STOCK_HEIGHT), ("Shelf empty (share)", SHELF * len(shelves))]
    panels.append((f"Price ({as_text(head.currency)})", PRICE_HEIGHT))
    inner = sum(height for _, height in panels) + GAP * (len(panels) - 1)
    figure = make_subplots(
        rows=len(panels),
        cols=1,
        shared_xaxes=True,
        row_heights=[height for _, height in panels],
        vertical_spacing=GAP / inner if len(panels) > 1 else 0,
        subplot_titles=[title for title, _ in panels],
    )
    timeline = result.timeline
    # One look for one name: a product and the offer that sells it alone mostly have the same.
    looks = {name: place for place, name in enumerate(dict.fromkeys([*lines, *offers[:MOST_LINES]]))}
    if products:
        for name in lines:
            _add_line(figure, 1, _series(timeline, "product", name, "stock", result), name, looks[name], result)
        _add_shelves(figure, 2, timeline, shelves, result)
    in_legend = set(lines)
    for name in offers[:MOST_LINES]:
        series = _series(timeline, "offer", name, "price", result)
        if series.means:
            _add_line(figure, len(panels), series, name, looks[name], result, in_legend=name not in in_legend)
    for row in range(1, len(panels) + 1):
        if head.warm_up:
            figure.add_vrect(
                x0=_moment(result, 0.0),
                x1=_moment(result, head.warm_up),
                fillcolor=FAINT,
                opacity=0.08,
                line_width=0,
                row=row,
                col=1,
            )
        if row != 2 or not products:
            # No stock or price is negative, whatever a wide interval says.
            figure.update_yaxes(autorangeoptions={"include": 0, "clipmin": 0}, row=row, col=1)
    if result.has_dates:
        figure.update_xaxes(type="date")
    else:
        figure.update_xaxes(title_text=f"time ({head.time_unit}s)", row=len(panels), col=1)
    figure.update_layout(height=inner + 130, hovermode="closest")
    legend_above_panels(figure, inner)
    return figure


def _moment(result: Result, time: float) -> object:
    """Return a time as the axis has it: a date where the scenario has a calendar."""
    return result.date_of(time) if result.has_dates else time


def _series(timeline: "pd.DataFrame", level: str, name: str, figure: str, result: Result) -> Series:
    own = timeline[(timeline["level"] == level) & (timeline["name"] == name) & (timeline["figure"] == figure)]
    return Series(own["period"].tolist(), own["mean"].tolist(), own["half_width"].tolist(), result.replications)


def _add_line(
    figure: go.Figure, row: int, series: Series, name: str, look: int, result: Result, *, in_legend: bool = True
) -> None:
    """Draw a step line with its interval as a band; there is a gap where an offer was closed."""
    colour, dash = SERIES[look % len(SERIES)], DASHES[look // len(SERIES) % len(DASHES)]
    every, horizon = result.problem.report_every, result.problem.horizon
    group = str(look)
    times: list[object] = []
    places: list[int | None] = []
    """Which value of the series stands at a time; None makes a gap."""
    for place, period in enumerate(series.periods):
        times.append(_moment(result, every * period))
        places.append(place)
        is_last = place == len(series.periods) - 1
        if is_last or series.periods[place + 1] != period + 1:
            end = _moment(result, min(every * (period + 1), horizon))
            times += [end] if is_last else [end, end]
            places += [place] if is_last else [place, None]

    def along(values: list[float]) -> list[float | None]:
        return [None if place is None else values[place] for place in places]

    if any(width > 0 for width in series.half_widths):
        for sign, fill in ((-1, None), (1, "tonexty")):
            edge = [mean + sign * width for mean, width in zip(series.means, series.half_widths, strict=True)]
            figure.add_trace(
                go.Scatter(
                    x=times,
                    y=along(edge),
                    mode="lines",
                    line={"width": 0, "shape": "hv", "color": colour},
                    fill=fill,
                    fillcolor=see_through(colour, 0.16),
                    hoverinfo="skip",
                    showlegend=False,
                    legendgroup=group,
                ),
                row=row,
                col=1,
            )
    words = [
        f"<b>{as_text(name)}</b><br>{_when(_moment(result, every * period))}: {series.words(place)}"
        for place, period in enumerate(series.periods)
    ]
    figure.add_trace(
        go.Scatter(
            x=times,
            y=along(series.means),
            mode="lines",
            line={"width": 2, "shape": "hv", "color": colour, "dash": dash},
            name=as_label(name),
            legendgroup=group,
            showlegend=in_legend,
            hovertext=["" if place is None else words[place] for place in places],
            hoverinfo="text",
        ),
        row=row,
        col=1,
    )


def _add_shelves(figure: go.Figure, row: int, timeline: "pd.DataFrame", names: list[str], result: Result) -> None:
    """Draw a strip for each product, dark where its shelf was empty."""
    every, horizon = result.problem.report_every, result.problem.horizon
    lengths = [min(every, horizon - every * period) for period in range(result.problem.periods)]
    starts = [_moment(result, every * period) for period in range(result.problem.periods)]
    shares, words = [], []
    for name in names:
        series = _series(timeline, "product", name, "out_of_stock_time", result)
        share = Series(
            series.periods,
            [mean / length for mean, length in zip(series.means, lengths, strict=True)],
            [width / length for width, length in zip(series.half_widths, lengths, strict=True)],
            series.n,
        )
        shares.append(share.means)
        words.append(
            [
                f"<b>{as_text(name)}</b><br>{_when(start)}: empty {share.words(place, percent=True)} of the period"
                for place, start in enumerate(starts)
            ]
        )
    figure.add_trace(
        go.Heatmap(
            x=[*starts, _moment(result, horizon)],
            y=list(range(len(names))),
            z=shares,
            zmin=0,
            zmax=1,
            colorscale=EMPTY_SHELF,
            showscale=False,
            hovertext=words,
            hoverinfo="text",
            ygap=2,
        ),
        row=row,
        col=1,
    )
    name_rows(figure, [as_label(name, 18) for name in names], row=row)


def _when(start: object) -> str:
    text = f"{start:%a %Y-%m-%d %H:%M}" if hasattr(start, "strftime") else f"time {start:g}"
    return text.removesuffix(" 00:00")
