"""Pictures of a comparison: differences with their intervals, each figure by variant, and how far the race went."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ...simulator.estimates import Estimate
from ...simulator.measures import MeasureKey
from ..comparison.differences import Difference, Verdict
from ..comparison.figure_names import LARGE_IS_GOOD, SMALL_IS_GOOD, words
from ..comparison.findings import Comparison
from ..comparison.race import Race
from .comparison_wording import difference_in_words
from .look import BAD, FAINT, GOOD, INK, SERIES
from .wording import as_label, as_text, number

ROW = 26
"""Height of a point with what is around it, in pixels."""
AROUND = 84
"""Height of a panel beyond its points: its heading above, its axis below."""
LINE = 18
"""Height of a second line of a heading."""
LONGEST_ROW = 16
"""Characters of a name at a row: on a phone a panel and its heading need the rest of the width."""
MOST_PANELS = 15
"""Figures that a picture shows; tables have all."""


@dataclass(frozen=True)
class Dot:
    """A point with its interval, in a row of a panel."""

    row: str
    estimate: Estimate
    colour: str
    hover: str
    hollow: bool = False


def picture_of_differences(comparison: Comparison) -> go.Figure:
    """Return the differences of the family, a panel for each figure, a row for each variant.

    Parameters
    ----------
    comparison : Comparison
        What was found.
    """

    def dots(key: MeasureKey) -> list[Dot]:
        found = [comparison.judged.get((name, key)) for name in comparison.variants]
        return [_dot_of_difference(each) for each in found if each is not None]

    figure = _panels(comparison, comparison.variants, dots, of_shares="percentage points")
    figure.add_vline(x=0, line={"color": INK, "width": 1})
    return figure


def picture_of_figures(comparison: Comparison) -> go.Figure:
    """Return each figure of the family, a panel for each, a row for each of those that are compared.

    Parameters
    ----------
    comparison : Comparison
        What was found.
    """

    def dots(key: MeasureKey) -> list[Dot]:
        found = {name: own[key].estimate() for name, own in comparison.measured.items() if key in own}
        share = any(own[key].unit == "share" for own in comparison.measured.values() if key in own)
        return [
            Dot(
                name,
                estimate,
                FAINT if name == comparison.against else SERIES[0],
                f"<b>{as_text(name)}</b><br>{words(key)}: {number(estimate, percent=share)} (n = {estimate.n})",
            )
            for name, estimate in found.items()
        ]

    return _panels(comparison, list(comparison.results), dots, of_shares="%")


def picture_of_race(race: Race) -> go.Figure:
    """Return how many replications of each the selection of the best looked at.

    Parameters
    ----------
    race : Race
        Who took part.
    """
    rows = race.rows()
    names = [as_label(row["variant"], LONGEST_ROW) for row in rows]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            x=[row["replications"] for row in rows],
            y=list(range(len(rows))),
            text=[f"{row['replications']:,}" for row in rows],
            textposition="auto",
            marker_color=[GOOD if row["place"] else FAINT if row["screened_out_by"] else SERIES[5] for row in rows],
            hovertext=[
                f"<b>{as_text(row['variant'])}</b><br>{row['replications']:,} replications"
                + (f", then behind {as_text(row['screened_out_by'])}" if row["screened_out_by"] else ", in to the end")
                for row in rows
            ],
            hoverinfo="text",
        )
    )
    figure.update_xaxes(title_text="replications", rangemode="tozero")
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=names, range=[len(rows) - 0.5, -0.5], ticks="", fixedrange=True
    )
    figure.update_layout(height=1.4 * ROW * len(rows) + 100, bargap=0.3, showlegend=False)
    return figure


def _dot_of_difference(difference: Difference) -> Dot:
    sign = (1 if difference.key.figure in LARGE_IS_GOOD else -1 if difference.key.figure in SMALL_IS_GOOD else 0) * (
        difference.estimate.mean or 0.0
    )
    sure = difference.verdict is Verdict.BEYOND_DOUBT
    colour = FAINT if not sure else GOOD if sign > 0 else BAD if sign < 0 else INK
    return Dot(
        difference.variant,
        difference.estimate,
        colour,
        f"<b>{as_text(difference.variant)}</b><br>{words(difference.key)}: {difference_in_words(difference)} "
        f"(n = {difference.estimate.n})<br>{difference.verdict}",
        hollow=not sure,
    )


def _panels(
    comparison: Comparison, rows: Sequence[str], dots: Callable[[MeasureKey], list[Dot]], of_shares: str
) -> go.Figure:
    """Return a picture with a panel for each figure and a row for each name."""
    keys = comparison.told[:MOST_PANELS]
    if not keys:
        return go.Figure(layout={"height": AROUND})
    several = len({key.name for key in keys}) > 1
    around = AROUND + LINE if several else AROUND
    height = ROW * len(rows) + around
    figure = make_subplots(
        rows=len(keys),
        cols=1,
        vertical_spacing=around / (height * len(keys)) if len(keys) > 1 else 0,
        subplot_titles=[f"{f'{as_label(key.name)}<br>' if several else ''}{words(key).capitalize()}" for key in keys],
    )
    currency = comparison.results[comparison.against].scenario.settled.head.currency
    for place, key in enumerate(keys, start=1):
        shown = [dot for dot in dots(key) if dot.estimate.mean is not None]
        unit = next(own[key].unit for own in comparison.measured.values() if key in own)
        figure.add_trace(_points(shown, rows, 100.0 if unit == "share" else 1.0), row=place, col=1)
        title = {"money": currency, "share": of_shares}.get(unit, unit)
        figure.update_xaxes(title_text=as_text(title), tickformat=",", row=place, col=1)
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[as_label(row, LONGEST_ROW) for row in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
        ticks="",
        fixedrange=True,
    )
    figure.update_annotations(xref="paper", x=0, xanchor="left", align="left", font={"size": 14}, yshift=4)
    figure.update_layout(
        height=height * len(keys) + (40 + LINE if several else 40), showlegend=False, hovermode="closest"
    )
    return figure


def _points(shown: Sequence[Dot], rows: Sequence[str], factor: float) -> go.Scatter:
    places = {row: place for place, row in enumerate(rows)}
    return go.Scatter(
        mode="markers",
        x=[factor * (dot.estimate.mean or 0.0) for dot in shown],
        y=[places[dot.row] for dot in shown],
        error_x={
            "type": "data",
            "array": [factor * (dot.estimate.half_width or 0.0) for dot in shown],
            "thickness": 1.6,
            "width": 5,
            "color": INK,
        },
        marker={
            "size": 11,
            "color": ["#FFFFFF" if dot.hollow else dot.colour for dot in shown],
            "line": {"width": 2, "color": [dot.colour for dot in shown]},
        },
        hovertext=[dot.hover for dot in shown],
        hoverinfo="text",
    )
