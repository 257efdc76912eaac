"""Protection levels of four fare classes: EMSR-a, EMSR-b and the exact nested program."""

from collections.abc import Mapping

import plotly.graph_objects as go

from ...models.literature.fare_classes import emsr_a, emsr_b, optimal_protection_levels
from ...models.replenishment.demand_over import NormalMixture
from ..report.page import Picture
from .case import Case
from .study import Found, Study

MOST, STEP = 160, 0.05
"""Seats up to which the exact levels are looked for, and the width of their grid."""


def _compute(case: Case) -> Mapping[str, Found]:
    given = case.parameters
    classes = (given["fares"], given["means"], given["standard_deviations"])
    demands = [NormalMixture([mean], [deviation]) for mean, deviation in zip(*classes[1:], strict=True)]
    levels = optimal_protection_levels(given["fares"], demands, MOST, STEP)
    return {
        "EMSR-a": emsr_a(*classes),
        "EMSR-b": emsr_b(*classes),
        "exact levels, as printed": levels,
        "exact levels": levels,
    }


def _picture(case: Case) -> Picture:
    figure = go.Figure()
    ours = _compute(case)
    for what in ("EMSR-a", "EMSR-b", "exact levels"):
        figure.add_trace(go.Bar(x=["for 1", "for 1 and 2", "for 1 to 3"], y=ours[what], name=what))
    figure.update_layout(xaxis_title="seats kept for classes", yaxis_title="seats", barmode="group")
    return Picture(case.title, "Protection levels by the three methods, ours.", figure)


STUDY = Study(_compute, picture=_picture)
