"""Where customers went who did not simply buy what they wanted: the transfer matrix (R12) as flows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
"""Who moved because of a change, as a picture of flows: on the left without the change, on the right with it."""

import numpy as np
import plotly.graph_objects as go

from ...simulator.estimates import Estimate, mean_estimate
from ...simulator.ledger import NOBODY, Outcome
from ...simulator.results import Result
from .look import BY_OUTCOME, see_through
from .wording import as_label, as_text, number

MOST_NAMES = 10
"""Offers that have a place of their own on either side; the rest are drawn together."""
THE_REST = -2
"""Stands for these, where an offer's position stands otherwise."""
LABELS = {
    Outcome.RECAPTURED: "bought another of the same firm",
    Outcome.DIVERTED: "bought from a rival",
    Outcome.POSTPONED: "bought later",
    Outcome.LOST: "left without",
    Outcome.PENDING: "still wait at the end",
}
"""What became of customers, in the words and the order of the legend."""

NODE = "#8795A1"
NODE_HEIGHT = 34


@dataclass(frozen=True, slots=True)
class End:
    """The right end of a flow: an offer that was bought, or what became of those who bought nothing."""

    offer: int
    """Its position, `THE_REST`, or `NOBODY`."""
    without: Outcome | None = None
    """For nobody: what became of them."""


def flows_of(result: Result) -> dict[tuple[int, Outcome, End], Estimate]:
    """Return the customers who did not buy at once what they wanted, by origin, outcome and end, with intervals.

    Offers with few of them are put together as `THE_REST`.

    Parameters
    ----------
    result : Result
        A run.
    """
    moved = [
        {key: count for key, count in counts.items() if key[2] in LABELS and count} for counts in result.tally.matrix
    ]
    origins = _largest((key[0], count) for counts in moved for key, count in counts.items())
    bought = _largest((key[3], count) for counts in moved for key, count in counts.items() if key[3] != NOBODY)
    flows: dict[tuple[int, Outcome, End], list[int]] = {}
    for replication, counts in enumerate(moved):
        for (origin, _, outcome, destination), count in counts.items():
            start = origin if origin in origins else THE_REST
            if destination == NOBODY:
                end = End(NOBODY, Outcome(outcome))
            else:
                end = End(destination if destination in bought else THE_REST)
            flows.setdefault((start, Outcome(outcome), end), [0] * len(moved))[replication] += count
    return {key: mean_estimate(np.array(counts, dtype=np.float64)) for key, counts in sorted(flows.items(), key=_order)}


def picture_of_flows(flows: Mapping[tuple[int, Outcome, End], Estimate], names: Sequence[str]) -> go.Figure:
    """Return flows from what was wanted, at the left, to what was bought, at the right.

    Parameters
    ----------
    flows : mapping of (origin, outcome, end) to Estimate
        At least one, as `flows_of` returns them.
    names : sequence of str
        The offers' names, by position.
    """
    left = sorted({origin for origin, _, _ in flows}, key=_last_the_rest)
    right = sorted({end for _, _, end in flows}, key=lambda end: (end.without or -1, _last_the_rest(end.offer)))

    def called(offer: int) -> str:
        return "all other offers" if offer == THE_REST else names[offer]

    # Nodes go by place, not by name: an offer may be called as what became of people is.
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={
                "label": [as_label(called(origin), 20) for origin in left]
                + [as_label(called(end.offer), 20) if end.without is None else LABELS[end.without] for end in right],
                "color": [NODE] * len(left)
                + [NODE if end.without is None else BY_OUTCOME[end.without.name.lower()] for end in right],
                "customdata": [f"wanted <b>{as_text(called(origin))}</b> and did not buy it at once" for origin in left]
                + [f"{_became(end)}{_bought(end, called)}" for end in right],
                "hovertemplate": "%{customdata}<br>%{value:,.1f} customers<extra></extra>",
                "pad": 16,
                "thickness": 14,
                "line": {"width": 0},
            },
            link={
                "source": [left.index(origin) for origin, _, _ in flows],
                "target": [len(left) + right.index(end) for _, _, end in flows],
                "value": [estimate.mean for estimate in flows.values()],
                "color": [see_through(BY_OUTCOME[outcome.name.lower()], 0.5) for _, outcome, _ in flows],
                "customdata": [
                    f"wanted <b>{as_text(called(origin))}</b>, {LABELS[outcome]}{_bought(end, called)}"
                    f"<br>{number(estimate)} customers (n = {estimate.n})"
                    for (origin, outcome, end), estimate in flows.items()
from ...models.problem import Floats
from ...simulator.estimates import mean_estimate
from ..twins.found import Twin
from ..twins.kinds import OF, Kind
from .labels import as_label
from .page import Picture
from .terminal import number
COLOURS = {
    Kind.SUBSTITUTIVE: (68, 119, 170),
    Kind.COMPETITIVE: (238, 102, 119),
    Kind.STRATEGIC: (204, 187, 68),
    Kind.GAINED: (34, 136, 51),
    Kind.DETERRED: (136, 85, 34),
    Kind.REGAINED: (102, 204, 238),
    Kind.LOST: (170, 51, 119),
    Kind.PENDING: (120, 120, 120),
    Kind.CAME: (153, 221, 153),
    Kind.STAYED_AWAY: (221, 170, 119),
"""Of each kind of move; those of Tol's bright scheme for the common ones, which colour-blind people tell apart."""
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
"""What each kind of move is called in the legend."""
MOST_NODES = 12
"""Offers of each side that have a place of their own; the others share one."""
SMALLEST = 0.004
"""Share of all who moved below which a flow joins the others; thinner ones cannot be seen."""
OTHER = "(other)"
OPACITY = 0.65
NODE_COLOUR = "rgb(90, 90, 90)"
Flow = tuple[str, str, Kind]
def picture_of_flows(twin: Twin, of: str) -> Picture:
    """Return who moved as a picture of flows, coloured by kind; who stayed is left out, and said so.
    twin : Twin
        What was found.
    of : str
        `demand` or `purchases`.
    Raises
    ------
    ValueError
        For anything else.
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
            arrangement="fixed",
                "label": [as_label(name) for _, name in places],
                "x": [0.001 if side == 0 else 0.999 for side in sides],
                "y": _heights(sides, [float(sizes[place].mean()) for place in places.values()]),
                "color": NODE_COLOUR,
                "pad": 14,
                "thickness": 12,
                "customdata": [_number(sizes[place]) for place in places.values()],
                "hovertemplate": "%{label}: %{customdata} customers<extra></extra>",
                "source": [places[0, start] for start, _, _ in flows],
                "target": [places[1, end] for _, end, _ in flows],
                "value": [float(values.mean()) for values in flows.values()],
                "color": [_colour(kind, OPACITY) for _, _, kind in flows],
                    f"{_number(values)} customers, {IN_WORDS[kind]}" for (*_, kind), values in flows.items()
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        )
    )
    for outcome, label in LABELS.items():
        if any(each == outcome for _, each, _ in flows):
            # A Sankey diagram has no legend: points that are nowhere bring one.
            marker = {"size": 12, "symbol": "square", "color": BY_OUTCOME[outcome.name.lower()]}
            figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", marker=marker, name=label))
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    figure.update_layout(
        height=max(300, NODE_HEIGHT * max(len(left), len(right)) + 110),
        legend={"itemclick": False, "itemdoubleclick": False},
        showlegend=True,
    )
    return figure


def _largest(counts: Iterable[tuple[int, int]]) -> set[int]:
    """Return the positions that count most; all, where there are few."""
    total: dict[int, int] = defaultdict(int)
    for position, count in counts:
        total[position] += count
    return set(sorted(total, key=lambda position: (-total[position], position))[:MOST_NAMES])


def _last_the_rest(offer: int) -> tuple[bool, int]:
    return offer == THE_REST, offer


def _order(flow: tuple[tuple[int, Outcome, End], object]) -> tuple[object, ...]:
    (origin, outcome, end), _ = flow
    return _last_the_rest(origin), outcome, _last_the_rest(end.offer)


def _became(end: End) -> str:
    return "bought" if end.without is None else LABELS[end.without]


def _bought(end: End, called: Callable[[int], str]) -> str:
    return "" if end.without is not None else f": <b>{as_text(called(end.offer))}</b>"
    for kind in Kind:
        if any(each == kind for _, _, each in flows):
            marker = {"color": _colour(kind, 1), "size": 12, "symbol": "square"}
            figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", marker=marker, name=IN_WORDS[kind]))
        height=max(360, 60 + 40 * max((sides.count(0), sides.count(1)))),
        margin={"l": 20, "r": 20, "t": 60, "b": 20},
        legend={"orientation": "h", "y": -0.05, "yanchor": "top"},
        plot_bgcolor="rgba(0, 0, 0, 0)",
        annotations=[
            {"text": text, "x": x, "y": 1.0, "xref": "paper", "yref": "paper", "yanchor": "bottom", "showarrow": False}
            for text, x in (("without the change", 0.0), ("with the change", 1.0))
        ],
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
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
def _colour(kind: Kind, opacity: float) -> str:
    return f"rgba({', '.join(map(str, COLOURS[kind]))}, {opacity:g})"
