"""A sweep as pictures: lines with bands over one key, heat maps over two, points by key for more."""

import itertools
from collections.abc import Sequence
from math import isnan
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ..sweeping.outcome import LEVELS, Sweep
from .look import AMOUNT
from .wording import as_text

MOST_PANELS = 9
"""Heat maps that stand side by side; more are better looked at as points."""

BAND = "rgba(31, 119, 180, 0.2)"
LINE = "rgb(31, 119, 180)"


class _Cells:
    """One figure of one name at every point."""

    def __init__(self, sweep: Sweep, figure: str, name: str | None) -> None:
        self.name, self.level, self.unit = _place_of(sweep, figure, name)
        table = sweep.table(figure, self.level)
        self.keys = sweep.keys
        self.columns: list[list[Any]] = [table[key].tolist() for key in sweep.keys]
        self.means: list[float] = table[self.name].tolist()
        self.half_widths: list[float] = table[f"{self.name}_half_width"].tolist()
        self.title = f"{figure.replace('_', ' ')} of {self.name}"
        share = self.unit == "share"
        self.factor = 100.0 if share else 1.0
        currency = sweep.scenario.settled.head.currency
        self.axis = "%" if share else currency if self.unit == "money" else self.unit
        self.n = sweep.replications

    def scaled(self, values: Sequence[float]) -> list[float | None]:
        """Return values in the unit of the axis; None for what is not there."""
        return [None if isnan(value) else value * self.factor for value in values]

    def is_numeric(self, key: int) -> bool:
        """Tell whether a key is swept over numbers."""
        return all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in self.columns[key])

    def hovers(self) -> list[str]:
        """Return what is shown at each point."""
        told = []
        for place, (mean, half_width) in enumerate(zip(self.means, self.half_widths, strict=True)):
            values = [f"{as_text(key)} = {as_text(self.columns[at][place])}" for at, key in enumerate(self.keys)]
            width = "" if isnan(half_width) else f" ± {half_width * self.factor:,.4g}"
            figure = (
                "failed" if isnan(mean) else f"{mean * self.factor:,.6g}{width} {as_text(self.axis)} (n = {self.n})"
            )
            told.append("<br>".join([*values, figure]))
        return told


def picture_of_sweep(sweep: Sweep, figure: str = "profit", name: str | None = None) -> go.Figure:
    """Return one figure over the swept keys.

    Parameters
    ----------
    sweep : Sweep
        What was found.
    figure : str
        Which figure.
    name : str, optional
        Of which firm (offer, …); without it, the first focal firm, or the first name that has the figure.

    Raises
    ------
    ValueError
        If there is no such figure or name.
    """
    cells = _Cells(sweep, figure, name)
    slices = _slices(cells)
    if len(cells.keys) == 1:
        picture = _lines(cells)
    elif slices is not None:
        picture = _heat_maps(cells, slices)
    else:
        picture = _by_key(cells)
    picture.update_layout(title_text=as_text(f"{sweep.scenario.name}: {cells.title}"))
    return picture


def _place_of(sweep: Sweep, figure: str, name: str | None) -> tuple[str, str, str]:
    """Return name, level and unit of what is to be shown."""
    keys = {key: None for figures in sweep.figures if figures is not None for key in figures.keys}
    there = [key for key in keys if key.figure == figure]
    if not there:
        raise ValueError(f"the sweep has no figure {figure!r}")
    if name is None:
        level = next(each for each in LEVELS if any(key.level == each for key in there))
        names = [key.name for key in there if key.level == level]
        name = next((firm for firm in sweep.focal if level == "firm" and firm in names), names[0])
    found = next((key for key in there if key.name == name), None)
    if found is None:
        known = ", ".join(dict.fromkeys(key.name for key in there))
        raise ValueError(f"nothing named {name!r} has the figure {figure!r} (known: {known})")
    return found.name, found.level, found.unit


def _lines(cells: _Cells) -> go.Figure:
    """Draw a line with a band over a numeric key, points with bars over any other."""
    figure = go.Figure()
    order = sorted(range(len(cells.means)), key=lambda place: cells.columns[0][place])
    x = [cells.columns[0][place] for place in order]
    means, hover_of = cells.scaled(cells.means), cells.hovers()
    y = [means[place] for place in order]
    width = [cells.scaled(cells.half_widths)[place] or 0.0 for place in order]
    hovers = [hover_of[place] for place in order]
    if not cells.is_numeric(0):
        texts = [as_text(each) for each in x]
        bars = {"type": "data", "array": width}
        figure.add_trace(
            go.Scatter(x=texts, y=y, error_y=bars, mode="markers", marker_color=LINE, text=hovers, hoverinfo="text")
        )
        figure.update_xaxes(type="category")
    else:
        for run in _runs(y):
            upper = [(x[place], (y[place] or 0.0) + width[place]) for place in run]
            lower = [(x[place], (y[place] or 0.0) - width[place]) for place in run]
            edges = [*upper, *lower[::-1]]
            figure.add_trace(
                go.Scatter(
                    x=[edge[0] for edge in edges],
                    y=[edge[1] for edge in edges],
                    fill="toself",
                    fillcolor=BAND,
                    line_width=0,
                    mode="lines",
                    hoverinfo="skip",
                    showlegend=False,
                )
            )
        figure.add_trace(
            go.Scatter(x=x, y=y, mode="lines+markers", line_color=LINE, text=hovers, hoverinfo="text", showlegend=False)
        )
    figure.update_xaxes(title_text=as_text(cells.keys[0]))
    figure.update_yaxes(title_text=as_text(cells.axis))
    figure.update_layout(height=420, showlegend=False)
    return figure


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    """Return the places of values that stand together, without those that are missing."""
    groups = itertools.groupby(range(len(values)), key=lambda place: values[place] is not None)
    return [list(places) for there, places in groups if there]


Slice = tuple[str, list[int]]


def _slices(cells: _Cells) -> list[Slice] | None:
    """Return the points of each heat map: one for two keys, one for each value of a third; None where none fits.

    A heat map needs a grid: every pair of values once.
    """
    if len(cells.keys) not in (2, 3):
        return None
    third = cells.columns[2] if len(cells.keys) == 3 else [""] * len(cells.means)
    found = [
        (
            "" if len(cells.keys) == 2 else f"{cells.keys[2]} = {value}",
            [at for at, each in enumerate(third) if each == value],
        )
        for value in dict.fromkeys(third)
    ]
    for _, places in found:
        pairs = {(cells.columns[0][at], cells.columns[1][at]) for at in places}
        full = len(set(map(lambda pair: pair[0], pairs))) * len({pair[1] for pair in pairs})
        if len(pairs) != len(places) or full != len(places):
            return None
    return found if len(found) <= MOST_PANELS else None


def _heat_maps(cells: _Cells, slices: Sequence[Slice]) -> go.Figure:
    across = min(3, len(slices))
    down = -(-len(slices) // across)
    figure = make_subplots(
        rows=down, cols=across, subplot_titles=[as_text(title) for title, _ in slices] if len(slices) > 1 else None
    )
    means, hovers = cells.scaled(cells.means), cells.hovers()
    for panel, (_, places) in enumerate(slices):
        x, y = (sorted(set(cells.columns[key]), key=_order) for key in (0, 1))
        at = {(cells.columns[0][place], cells.columns[1][place]): place for place in places}
        figure.add_trace(
            go.Heatmap(
                x=[as_text(each) for each in x],
                y=[as_text(each) for each in y],
                z=[[_of(means, at.get((first, second))) for first in x] for second in y],
                text=[[_of(hovers, at.get((first, second))) for first in x] for second in y],
                hoverinfo="text",
                coloraxis="coloraxis",
            ),
            row=panel // across + 1,
            col=panel % across + 1,
        )
    # Values stand side by side at equal distances, whether they are numbers or words.
    figure.update_xaxes(type="category", title_text=as_text(cells.keys[0]))
    figure.update_yaxes(type="category", title_text=as_text(cells.keys[1]))
    figure.update_layout(
        height=420 * down, coloraxis={"colorscale": AMOUNT, "colorbar": {"title": {"text": as_text(cells.axis)}}}
    )
    return figure


def _order(value: Any) -> tuple[bool, Any]:  # noqa: ANN401 - numbers or texts
    return isinstance(value, str), value


def _of(values: Sequence[Any], place: int | None) -> Any:  # noqa: ANN401
    return None if place is None else values[place]


def _by_key(cells: _Cells) -> go.Figure:
    """Draw the figure against each key, with the other keys left to vary."""
    across = min(3, len(cells.keys))
    down = -(-len(cells.keys) // across)
    figure = make_subplots(rows=down, cols=across, shared_yaxes=True)
    means, widths, hovers = cells.scaled(cells.means), cells.scaled(cells.half_widths), cells.hovers()
    for place, key in enumerate(cells.keys):
        numeric = cells.is_numeric(place)
        where = {"row": place // across + 1, "col": place % across + 1}
        figure.add_trace(
            go.Scatter(
                x=cells.columns[place] if numeric else [as_text(each) for each in cells.columns[place]],
                y=means,
                error_y={"type": "data", "array": [width or 0.0 for width in widths], "thickness": 0.7, "width": 0},
                mode="markers",
                marker={"color": LINE, "size": 5, "opacity": 0.7},
                text=hovers,
                hoverinfo="text",
                showlegend=False,
            ),
            **where,
        )
        figure.update_xaxes(title_text=as_text(key), type=None if numeric else "category", **where)
    figure.update_yaxes(title_text=as_text(cells.axis), col=1)
    figure.update_layout(height=380 * down)
    return figure
