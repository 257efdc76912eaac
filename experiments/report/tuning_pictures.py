"""Tuning as pictures: the search in its order, the objective against each key, and the race."""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ..tuning.candidates import Candidate
from ..tuning.outcome import Tuning
from ..tuning.tables import as_text as in_cells
from .look import INK, SERIES
from .wording import as_label, as_text

KEPT, MISSED, CHOSEN, PRESENT = SERIES[0], "#A9B4BD", SERIES[1], INK
"""Colours of candidates that keep the constraints, of those that do not, of the chosen and of the present one."""
LONGEST_KEY = 36
"""Characters of a key that a phone has room for."""
HEIGHT_OF_KEY = 300
"""Height of the panel of one key, in pixels; panels stand below each other, so that a phone has room for them."""


def picture_of_search(tuning: Tuning) -> go.Figure:
    """Return the objective of every candidate in the order in which they were tried, and the best so far."""
    figure = go.Figure()
    for name, colour, candidates in _groups(tuning):
        figure.add_trace(_points(name, colour, [each.number for each in candidates], candidates))
    numbers, best = _best_so_far(tuning)
    figure.add_trace(
        go.Scatter(x=numbers, y=best, mode="lines", line={"shape": "hv", "color": KEPT, "width": 1}, name="best so far")
    )
    figure.update_xaxes(title_text="candidate (0 is the present policy)")
    figure.update_yaxes(title_text=_axis_title(tuning))
    figure.update_layout(height=420)
    return figure


def picture_of_keys(tuning: Tuning) -> go.Figure:
    """Return the objective of every candidate against each of its values."""
    axes = tuning.space.axes
    figure = make_subplots(rows=len(axes), cols=1, vertical_spacing=0.3 / len(axes) if len(axes) > 1 else 0)
    for place, axis in enumerate(axes):
        is_number = axis.ends != ()
        for name, colour, candidates in _groups(tuning):
            values = [each.settings[axis.key] for each in candidates]
            shown = [each for each, value in zip(candidates, values, strict=True) if not is_number or value is not None]
            x = [
                each.settings[axis.key] if is_number else as_label(in_cells(each.settings[axis.key])) for each in shown
            ]
            points = _points(name, colour, x, shown)
            points.update(legendgroup=name, showlegend=place == 0)
            figure.add_trace(points, row=place + 1, col=1)
        figure.update_xaxes(
            title_text=as_label(axis.key, LONGEST_KEY),
            row=place + 1,
            col=1,
            **({} if is_number else {"type": "category"}),
        )
    figure.update_yaxes(title_text=_axis_title(tuning))
    figure.update_layout(height=HEIGHT_OF_KEY * len(axes) + 60)
    return figure


def picture_of_race(tuning: Tuning) -> go.Figure:
    """Return what each candidate in the race is ahead of the present policy, with its interval."""
    race = tuning.race
    names, means, widths, colours = [], [], [], []
    for place, runner in reversed(list(enumerate(race.runners))):
        if runner.candidate.number == 0 or runner.ahead.mean is None:
            continue
        values = ", ".join(in_cells(value) for value in runner.candidate.settings.values())
        names.append(as_label(f"{runner.candidate.number}: {values}"))
        means.append(runner.ahead.mean)
        widths.append(runner.ahead.half_width or 0.0)
        colours.append(CHOSEN if place == race.chosen else KEPT if runner.judged.is_allowed else MISSED)
    figure = go.Figure(
        go.Scatter(
            x=means,
            y=names,
            mode="markers",
            marker={"color": colours, "size": 9},
            error_x={"type": "data", "array": widths, "color": PRESENT, "thickness": 1},
            showlegend=False,
        )
    )
    figure.add_vline(x=0, line={"color": PRESENT, "dash": "dot"})
    figure.update_xaxes(title_text=f"{_axis_title(tuning)}, less the present policy's")
    figure.update_yaxes(title_text="candidate", type="category")
    figure.update_layout(height=140 + 45 * max(1, len(names)))
    return figure


def _groups(tuning: Tuning) -> list[tuple[str, str, list[Candidate]]]:
    """Return the candidates that were simulated, by what is to be told apart; the last ones are drawn on top."""
    simulated = [each for each in tuning.candidates[1:] if each.judged is not None and each is not tuning.chosen]
    kept = [each for each in simulated if each.judged is not None and each.judged.is_allowed]
    missed = [each for each in simulated if each not in kept]
    present = ("present policy", PRESENT, [tuning.candidates[0]])
    chosen = ("chosen", CHOSEN, [] if tuning.is_present else [tuning.chosen])
    label = "keeps the constraints" if tuning.goals.constraints else "tried"
    groups = [("misses a constraint", MISSED, missed), (label, KEPT, kept), present, chosen]
    return [group for group in groups if group[2]]


def _points(name: str, colour: str, x: Sequence[object], candidates: Sequence[Candidate]) -> go.Scatter:
    estimates = [each.judged.objective for each in candidates if each.judged is not None]
    return go.Scatter(
        x=list(x),
        y=[each.mean for each in estimates],
        mode="markers",
        name=name,
        marker={"color": colour, "size": 7},
        error_y={
            "type": "data",
            "array": [each.half_width or 0.0 for each in estimates],
            "thickness": 0.5,
            "width": 0,
            "color": colour,
        },
    )


def _best_so_far(tuning: Tuning) -> tuple[list[int], list[float | None]]:
    sign = tuning.goals.objective.sign
    numbers: list[int] = []
    best: list[float | None] = []
    so_far: float | None = None
    for each in tuning.candidates:
        if each.judged is None:
            continue
        if each.judged.is_allowed and each.judged.score is not None:
            so_far = each.judged.score if so_far is None else max(so_far, each.judged.score)
        numbers.append(each.number)
        best.append(None if so_far is None else sign * so_far)
    return numbers, best


def _axis_title(tuning: Tuning) -> str:
    goal = tuning.goals.objective
    currency = tuning.scenario.settled.head.currency
    return as_text(f"{goal.label} ({currency if goal.unit == 'money' else goal.unit})")
