"""What each changed key carries of a difference, as a waterfall from the figure without the change to that with it."""

import plotly.graph_objects as go

from ..explaining.found import Explanation
from .look import FAINT, GRID, SERIES
from .page import Picture
from .wording import as_label, in_words

BARS = 15
"""Parts with a bar of their own; the smallest others share one."""
RISE, FALL = SERIES[:2]
LONGEST = 28
"""Characters of a name beside a bar."""


def picture_of_explanation(told: Explanation) -> Picture:
    """Return what each part carries as a waterfall, the largest first, with intervals."""
    parts = sorted(told.parts, key=lambda part: -abs(part.carries.mean or 0.0))
    shown, rest = (parts, []) if len(parts) <= BARS else (parts[: BARS - 1], parts[BARS - 1 :])
    names = ["without the change", *(part.short_name for part in shown)]
    steps = [part.carries.mean or 0.0 for part in shown]
    widths = [part.carries.half_width for part in shown]
    if rest:
        names.append(f"{len(rest)} smaller ones")
        steps.append(sum(part.carries.mean or 0.0 for part in rest))
        widths.append(None)
    names.append("with the change")
    start, end = told.without.mean or 0.0, told.changed.mean or 0.0
    places = list(range(len(names)))
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            measure=["absolute", *("relative" for _ in steps), "total"],
            x=[start, *steps, end],
            y=places,
            increasing={"marker": {"color": RISE}},
            decreasing={"marker": {"color": FALL}},
            totals={"marker": {"color": FAINT}},
            connector={"line": {"color": GRID, "width": 1}},
            hovertemplate="%{delta:,.4g}<extra></extra>",
            showlegend=False,
        )
    )
    level, tops = start, []
    for step in steps:
        level += step
        tops.append(level)
    bars = [(top, place, width) for top, place, width in zip(tops, places[1:], widths, strict=False) if width]
    figure.add_trace(
        go.Scatter(
            x=[top for top, _, _ in bars],
            y=[place for _, place, _ in bars],
            error_x={"type": "data", "array": [width for *_, width in bars], "color": "black"},
            mode="markers",
            marker={"size": 1, "color": "black"},
            hoverinfo="skip",
            showlegend=False,
        )
    )
    figure.update_layout(height=110 + 34 * len(names), margin={"l": 20, "r": 20, "t": 30, "b": 50})
    figure.update_yaxes(
        tickvals=places, ticktext=[as_label(name, LONGEST) for name in names], autorange="reversed", automargin=True
    )
    figure.update_xaxes(title_text=f"{in_words(told.key.figure)} ({told.unit})", range=_range(start, tops, widths))
    text = (
        f"From the {told.figure} without the change to that with it; each bar is the mean of what a changed key "
        f"carries (Shapley value), the line its 95 % interval (n = {told.replications}). The axis does not begin at 0."
    )
    if rest:
        text += f" The bar of the {len(rest)} smallest parts has no interval; the table has all."
    return Picture("What each change carries", text, figure)


def _range(start: float, tops: list[float], widths: list[float | None]) -> list[float]:
    """Return from where to where the axis goes, so that the steps and their intervals are seen."""
    ends = [start]
    for top, width in zip(tops, widths, strict=True):
        ends += [top - (width or 0.0), top + (width or 0.0)]
    room = 0.15 * (max(ends) - min(ends)) or 1.0
    return [min(ends) - room, max(ends) + room]
