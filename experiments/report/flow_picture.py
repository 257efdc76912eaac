"""Where customers went who did not simply buy what they wanted: the transfer matrix (R12) as flows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

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
