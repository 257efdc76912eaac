"""Who moved because of a change, as a picture of flows: on the left without the change, on the right with it."""

from collections import defaultdict

import numpy as np
import plotly.graph_objects as go

from ...models.problem import Floats
from ...simulator.estimates import mean_estimate
from ..twins.found import Twin
from ..twins.kinds import OF, Kind
from .look import BY_KIND, BY_OUTCOME, FAINT, see_through
from .page import Picture
from .wording import as_label, number

COLOURS = {
    Kind.SUBSTITUTIVE: BY_KIND["substitutive"],
    Kind.COMPETITIVE: BY_KIND["competitive"],
    Kind.STRATEGIC: BY_KIND["strategic"],
    Kind.GAINED: "#0072B2",
    Kind.DETERRED: "#4A3B00",
    Kind.REGAINED: "#3C9DD8",
    Kind.LOST: BY_OUTCOME["lost"],
    Kind.PENDING: BY_OUTCOME["pending"],
    Kind.CAME: "#7B2D6B",
    Kind.STAYED_AWAY: "#C7619B",
}
"""Of each kind of move: those of the same kinds of transfer and outcomes on other pages."""

IN_WORDS = {
    Kind.SUBSTITUTIVE: "to another offer of the same firm",
    Kind.COMPETITIVE: "to another firm",
    Kind.STRATEGIC: "to another time",
    Kind.GAINED: "want something only with the change",
    Kind.DETERRED: "want something only without the change",
    Kind.REGAINED: "want something anyway, buy only with the change",
    Kind.LOST: "want something anyway, buy only without the change",
    Kind.PENDING: "still wait at the end in one world",
    Kind.CAME: "come only with the change",
    Kind.STAYED_AWAY: "come only without the change",
}
"""What each kind of move is called in the legend."""

MOST_NODES = 12
"""Offers of each side that have a place of their own; the others share one."""
SMALLEST = 0.004
"""Share of all who moved below which a flow joins the others; thinner ones cannot be seen."""
OTHER = "(other)"
OPACITY = 0.65

Flow = tuple[str, str, Kind]


def picture_of_flows(twin: Twin, of: str) -> Picture:
    """Return who moved as a picture of flows, coloured by kind; who stayed is left out, and said so.

    Parameters
    ----------
    twin : Twin
        What was found.
    of : str
        `demand` or `purchases`.

    Raises
    ------
    ValueError
        For anything else.
    """
    if of not in OF:
        raise ValueError(f"there are flows of {' and of '.join(OF)} (got {of!r})")
    flows = twin.reckoning.flow_values(next(each for each in OF if each == of))
    moved = {flow: values for flow, values in flows.items() if flow[-1] != Kind.STAYED and values.any()}
    stayed = sum(
        (values for flow, values in flows.items() if flow[-1] == Kind.STAYED), start=np.zeros(twin.replications)
    )
    shown, joined, dropped = _joined(moved)
    verb = "want" if of == "demand" else "end up buying"
    text = (
        f"Customers who {verb} something else with the change: on the left what without it, on the right what with it. "
        f"{_number(sum(moved.values(), start=np.zeros(twin.replications)))} moved a replication; {_number(stayed)} did "
        f"not, and are left out (n = {twin.replications})."
    )
    if joined:
        text += f" {joined} small flows are drawn together, as {OTHER}."
    if dropped:
        text += f" {dropped} flows are too thin to be seen, and left out; the table of flows has them."
    title = "Who wants something else" if of == "demand" else "Who ends up with something else"
    return Picture(title, text, _figure(shown))


def _joined(moved: dict[Flow, Floats]) -> tuple[dict[Flow, Floats], int, int]:
    """Return flows of which small ones are drawn together, how many these are, and how many are left out."""
    whole = sum(float(values.sum()) for values in moved.values())
    large = [_largest(moved, side) for side in (0, 1)]
    shown: dict[Flow, Floats] = {}
    joined = 0
    for (start, end, kind), values in moved.items():
        ends = [name if name in large[side] else OTHER for side, name in enumerate((start, end))]
        joined += OTHER in ends
        flow = (ends[0], ends[1], kind)
        shown[flow] = shown[flow] + values if flow in shown else values
    seen = {flow: values for flow, values in shown.items() if values.sum() >= SMALLEST * whole}
    return seen, joined, len(shown) - len(seen)


def _largest(moved: dict[Flow, Floats], side: int) -> set[str]:
    """Return the names of one side that have a place of their own."""
    sizes: dict[str, float] = defaultdict(float)
    for flow, values in moved.items():
        sizes[str(flow[side])] += float(values.sum())
    return set(sorted(sizes, key=lambda name: -sizes[name])[:MOST_NODES])


def _number(values: Floats) -> str:
    return number(mean_estimate(values))


def _figure(flows: dict[Flow, Floats]) -> go.Figure:
    places: dict[tuple[int, str], int] = {}
    sizes: dict[int, Floats] = {}
    for (start, end, _), values in flows.items():
        for end_of in ((0, start), (1, end)):
            place = places.setdefault(end_of, len(places))
            sizes[place] = sizes[place] + values if place in sizes else values
    sides = [side for side, _ in places]
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            node={
                "label": [as_label(name, 20) for _, name in places],
                "x": [0.001 if side == 0 else 0.999 for side in sides],
                "y": _heights(sides, [float(sizes[place].mean()) for place in places.values()]),
                "color": FAINT,
                "pad": 14,
                "thickness": 12,
                "line": {"width": 0},
                "customdata": [_number(sizes[place]) for place in places.values()],
                "hovertemplate": "%{label}: %{customdata} customers<extra></extra>",
            },
            link={
                "source": [places[0, start] for start, _, _ in flows],
                "target": [places[1, end] for _, end, _ in flows],
                "value": [float(values.mean()) for values in flows.values()],
                "color": [see_through(COLOURS[kind], OPACITY) for _, _, kind in flows],
                "customdata": [
                    f"{_number(values)} customers, {IN_WORDS[kind]}" for (*_, kind), values in flows.items()
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        )
    )
    for kind in Kind:
        if any(each == kind for _, _, each in flows):
            marker = {"color": COLOURS[kind], "size": 12, "symbol": "square"}
            figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", marker=marker, name=IN_WORDS[kind]))
    figure.update_layout(
        height=max(360, 120 + 40 * max((sides.count(0), sides.count(1)))),
        margin={"b": 44},
        legend={"itemclick": False, "itemdoubleclick": False},
        showlegend=True,
    )
    for text, x, anchor in (("without the change", 0.0, "left"), ("with the change", 1.0, "right")):
        figure.add_annotation(
            text=text, x=x, xanchor=anchor, y=-0.02, yanchor="top", xref="paper", yref="paper", showarrow=False
        )
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    return figure


def _heights(sides: list[int], sizes: list[float]) -> list[float]:
    """Return where nodes stand, from top to bottom by their order on each side."""
    heights = [0.0] * len(sides)
    for side in (0, 1):
        own = [place for place, each in enumerate(sides) if each == side]
        own.sort(key=lambda place: -sizes[place])
        whole = sum(sizes[place] for place in own) or 1.0
        gap = 0.25 / max(1, len(own))
        above = 0.0
        for place in own:
            share = 0.75 * sizes[place] / whole
            heights[place] = min(0.999, max(0.001, above + share / 2 + gap / 2))
            above += share + gap
    return heights
