"""Figures of firms side by side, each with its interval: money as bars, shares as points."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ...simulator.estimates import Estimate
from ...simulator.figures import FIGURE_BY_NAME
from ...simulator.reckoning import RATES_BY_CHOICE
from ...simulator.results import Result
from .look import FAINT, INK, SERIES, legend_above_panels, name_rows
from .terminal import MONEY
from .wording import as_label, as_text, in_words, number

SHARES = ("fill_rate", "in_stock_rate", "cycle_service")
ROW = 26
"""Height of a bar or a point with what is around it, in pixels."""
MOST_FIRMS = 6
"""Firms that a picture compares; tables have all."""

Figures = Mapping[str, Mapping[str, Estimate]]
"""Estimates by firm and figure."""


def figures_of_firms(result: Result) -> dict[str, dict[str, Estimate]]:
    """Return every figure of the firms that pictures show, by firm and name: focal firms first.

    Parameters
    ----------
    result : Result
        A run.
    """
    focal = dict(zip(result.problem.firms.names, result.problem.firms.focal.tolist(), strict=True))
    every = {
        firm: {figure.name: estimate for figure, estimate in rows} for firm, rows in result.reckoning.of_firms().items()
    }
    first = sorted(every, key=lambda firm: not focal[firm])[:MOST_FIRMS]
    return {firm: every[firm] for firm in first}


def picture_of_money_and_service(result: Result) -> go.Figure:
    """Return what each firm earned and how it served, with intervals.

    Parameters
    ----------
    result : Result
        A run.
    """
    firms = figures_of_firms(result)
    changes = [name for name in MONEY if not name.endswith("_value")]
    money = [name for name in changes if name == "profit" or any(firms[firm][name].mean for firm in firms)]
    service = [name for name in SHARES if any(firms[firm][name].mean is not None for firm in firms)]
    heights = [ROW * len(names) * max(1, 0.62 * len(firms)) + 30 for names in (money, service) if names]
    currency = result.scenario.settled.head.currency
    figure = make_subplots(
        rows=len(heights),
        cols=1,
        row_heights=heights,
        vertical_spacing=76 / (sum(heights) + 76) if len(heights) > 1 else 0,
        subplot_titles=["Money", "Service"][: len(heights)],
    )
    shares: list[dict[str, Any]] = []
    for place, (firm, figures) in enumerate(firms.items()):
        colour = SERIES[place % len(SERIES)]
        look = {"name": as_label(firm), "legendgroup": str(place), "marker_color": colour}
        figure.add_trace(go.Bar(orientation="h", **look, **_points(firm, figures, money, percent=False)), row=1, col=1)
        if service:
            offset = 0.0 if len(firms) == 1 else 0.5 * (place / (len(firms) - 1) - 0.5)
            points = _points(firm, figures, service, percent=True, offset=offset)
            shares.append(points)
            figure.add_trace(
                go.Scatter(mode="markers", marker_size=10, showlegend=False, **look, **points), row=2, col=1
            )
    figure.update_xaxes(title_text=as_text(currency), row=1, col=1, zeroline=True, tickformat=",")
    name_rows(figure, [in_words(name) for name in money], row=1)
    if service:
        figure.update_xaxes(ticksuffix=" %", range=_range_of(shares, usual=100.0), row=2, col=1)
        name_rows(figure, [in_words(name) for name in service], row=2)
    figure.update_layout(
        height=sum(heights) + 76 + 130, barmode="group", bargap=0.28, showlegend=len(firms) > 1, hovermode="closest"
    )
    legend_above_panels(figure, sum(heights) + 76)
    return figure


def picture_of_rates(result: Result) -> go.Figure | None:
    """Return the transfer rates by kind (R10) with their intervals; None where there are none.

    Parameters
    ----------
    result : Result
        A run.
    """
    of_all = result.reckoning.rates()
    kinds = [kind for kind in of_all if _is_told(of_all[kind], kind)]
    if not kinds:
        return None
    of_firms = [(firm, result.reckoning.rates(firm)) for firm in figures_of_firms(result)]
    told = [(firm, rates) for firm, rates in of_firms if any(_is_told(rates[kind], kind) for kind in kinds)]
    # Those of all firms are those of the one firm, where there is but one.
    shown = told if len(told) == 1 else [("all firms", of_all), *told]
    figure = go.Figure()
    everything: list[dict[str, Any]] = []
    for place, (name, rates) in enumerate(shown):
        colour = FAINT if place == 0 and len(shown) > 1 else SERIES[max(0, place - 1) % len(SERIES)]
        offset = 0.0 if len(shown) == 1 else 0.5 * (place / (len(shown) - 1) - 0.5)
        points = _points(name, rates, kinds, percent=True, offset=offset)
        everything.append(points)
        figure.add_trace(
            go.Scatter(mode="markers", marker={"size": 11, "color": colour}, name=as_label(name), **points)
        )
    name_rows(figure, [in_words(kind) for kind in kinds])
    figure.update_xaxes(ticksuffix=" %", zeroline=True, range=_range_of(everything, usual=0.0))
    figure.update_layout(
        height=ROW * len(kinds) * max(1.6, 0.8 * len(shown)) + 120, showlegend=len(shown) > 1, hovermode="closest"
    )
    return figure


def _range_of(traces: Sequence[Mapping[str, Any]], usual: float) -> list[float]:
    """Return the range of an axis from nought to what is usual, and as far beyond as whiskers go."""
    ends = [0.0, usual]
    for points in traces:
        for x, width in zip(points["x"], points["error_x"]["array"], strict=True):
            ends += [x - width, x + width]
    low, high = min(ends), max(ends) or 100.0
    return [low - 0.02 * (high - low), high + 0.04 * (high - low)]


def _is_told(estimate: Estimate, kind: str) -> bool:
    """Return whether a rate says anything: moves by choice, which most scenarios do not have, only above nought."""
    return bool(estimate.mean) if kind in RATES_BY_CHOICE else estimate.mean is not None


def _points(
    firm: str, figures: Mapping[str, Estimate], names: Sequence[str], *, percent: bool, offset: float = 0.0
) -> dict[str, Any]:
    """Return what bars and points have in common: a figure a row, with its interval and its words."""
    factor = 100.0 if percent else 1.0
    rows = [(place, name, figures[name]) for place, name in enumerate(names) if figures[name].mean is not None]
    widths = [factor * (estimate.half_width or 0.0) for _, _, estimate in rows]
    return {
        "x": [factor * (estimate.mean or 0.0) for _, _, estimate in rows],
        "y": [place + offset for place, _, _ in rows],
        "error_x": {
            "type": "data",
            "visible": any(widths),  # plotly draws a whisker of no length where there is none
            "array": widths,
            "thickness": 1.6,
            "width": 5,
            "color": INK,
        },
        "hovertext": [
            f"<b>{as_text(firm)}</b><br>{in_words(name)}: {number(estimate, percent=percent)} (n = {estimate.n})"
            f"{_meaning(name)}"
            for _, name, estimate in rows
        ],
        "hoverinfo": "text",
    }


def _meaning(name: str) -> str:
    figure = FIGURE_BY_NAME.get(name)
    return "" if figure is None else f"<br>{as_text(figure.meaning)}"
