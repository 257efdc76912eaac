"""How pictures look: one palette, one type, one grid; legends cover nothing, colours say the same on every page."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plotly.graph_objects import Figure

SERIES = ("#0072B2", "#D55E00", "#009E73", "#7B2D6B", "#C7619B", "#4A3B00", "#3C9DD8", "#5B6770")
"""Colours of series in their order: the palette of Okabe and Ito (2008) for all kinds of colour vision, its light
colours replaced until a thin line can be seen on white, and all can be told apart by eyes that lack a receptor."""
DASHES = ("solid", "dash", "dot", "dashdot")
"""Line styles, for more series than there are colours."""

INK, FAINT, GRID = "#1F2A33", "#55636E", "#E3E8EC"
"""Colours of text, of text beside it, and of lines that guide the eye."""

GOOD, BAD = "#0072B2", "#D55E00"
"""Colours of what is better and worse than what it is compared with."""

BY_OUTCOME = {
    "served": "#9AA7B1",
    "recaptured": "#009E73",
    "diverted": "#D55E00",
    "postponed": "#A8468F",
    "lost": "#3F4B55",
    "pending": "#D9B44A",
}
"""Colours of what became of a customer (R12)."""

BY_KIND = {"substitutive": "#009E73", "competitive": "#D55E00", "strategic": "#A8468F"}
"""Colours of the kinds of transfer (R9), the same as of what they lead to."""

EMPTY_SHELF = ((0.0, "#EEF2F5"), (0.001, "#FBDCC9"), (0.5, "#F0925A"), (1.0, "#A33F00"))
"""Colours of a share of time without stock, from none to all of it."""

SIGNED = ((0.0, "#B24A00"), (0.25, "#F2B48C"), (0.5, "#F7F7F7"), (0.75, "#8DC1E0"), (1.0, "#00588C"))
"""Colours from worse over equal to better."""

AMOUNT = ((0.0, "#F2F7FB"), (0.5, "#6DB0DA"), (1.0, "#004B78"))
"""Colours of an amount, from little to much."""

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif'
HEIGHT = 420
"""Height of a picture that does not say its own, in pixels."""


def see_through(colour: str, opacity: float) -> str:
    """Return a colour `#RRGGBB` with an opacity, for bands and flows.

    Parameters
    ----------
    colour : str
        Six hexadecimal digits after a hash.
    opacity : float
        In [0, 1].
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def legend_above_panels(figure: "Figure", inner_height: float) -> None:
    """Put the titles of a figure's panels where a reader begins, and its legend above the first of them.

    Parameters
    ----------
    figure : plotly Figure
        Made by `make_subplots` with titles; it is changed.
    inner_height : float
        Height of all panels together with what is between them, in pixels.
    """
    figure.update_annotations(xref="paper", x=0, xanchor="left", font={"size": 14}, yshift=4)
    figure.update_layout(legend={"y": 1 + 34 / inner_height})


def name_rows(figure: "Figure", labels: "Sequence[str]", *, row: int | None = None) -> None:
    """Write names at the left of rows that stand at y = 0, 1, …, the first on top.

    Parameters
    ----------
    figure : plotly Figure
        It is changed.
    labels : sequence of str
        As plotly takes them: names of the scenario through `wording.as_label`.
    row : int, optional
        The panel of a figure made by `make_subplots`, counted from 1.
    """
    where = {} if row is None else {"row": row, "col": 1}
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
        ticks="",
        ticklabelstandoff=8,
        fixedrange=True,
        **where,
    )


def dressed(figure: "Figure") -> "Figure":
    """Return a copy of a figure in the look of all reports.

    Its title goes, for the page shows one above; so does its width, for a page is as wide as its reader's screen.
    What the figure says itself of colours, legends and heights stays.

    Parameters
    ----------
    figure : plotly Figure
        It is not changed.
    """
    import plotly.graph_objects as go

    axis = {
        "automargin": True,
        "gridcolor": GRID,
        "linecolor": "#B8C2CA",
        "zerolinecolor": "#B8C2CA",
        "ticks": "outside",
        "separatethousands": True,
        "exponentformat": "none",
        "ticklen": 4,
        "tickcolor": "#B8C2CA",
        "title": {"standoff": 10, "font": {"color": FAINT, "size": 13}},
        "tickfont": {"color": FAINT},
    }
    bar = {"thickness": 12, "outlinewidth": 0, "ticklen": 4, "tickcolor": "#B8C2CA", "tickfont": {"color": FAINT}}
    heat = [{"colorscale": AMOUNT, "colorbar": bar}]
    look = go.layout.Template(
        data={"heatmap": heat, "contour": heat, "histogram2d": heat},
        layout={
            "font": {"family": FONT, "size": 13, "color": INK},
            "paper_bgcolor": "#FFFFFF",
            "plot_bgcolor": "#FFFFFF",
            "colorway": list(SERIES),
            "colorscale": {"sequential": AMOUNT, "diverging": SIGNED},
            "separators": ".,",
            "hoverlabel": {"bgcolor": "#FFFFFF", "bordercolor": "#8795A1", "font": {"color": INK, "size": 13}},
            "legend": {
                "orientation": "h",
                "yanchor": "bottom",
                "y": 1.02,
                "xanchor": "left",
                "x": 0,
                "title": {"text": ""},
            },
            "margin": {"l": 16, "r": 16, "t": 40, "b": 16},
            "xaxis": axis,
            "yaxis": axis,
            "annotationdefaults": {"font": {"color": INK, "size": 14}},
        },
    )
    copy = go.Figure(figure)
    copy.update_layout(template=look, title=None, width=None, autosize=True)
    if copy.layout.height is None:
        copy.update_layout(height=HEIGHT)
    return copy
