"""Littlewood's rule, and a flight with two fares that earns what the formula says."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from ...models.literature.littlewood import expected_revenue, protection_level
from ...models.replenishment.demand_over import PoissonMixture
from ...simulator.estimates import mean_estimate
from ..report.page import Picture
from .case import Case
from .study import Found, Simulation, Study

SEATS, PROTECTED = 20, 9
LOW, HIGH = PoissonMixture([18]), PoissonMixture([10])
REVENUE = "revenue of a flight with 20 seats and 9 kept"
LOW_SOLD = "low fares sold on that flight"

FLIGHT = f"""
name: low fares before high ones
horizon: 2
firms: {{line: {{availability: {{kind: protection_levels, levels: {{low: {PROTECTED}}}}}}}}}
products: {{seat: {{firm: line, stock: {SEATS}}}}}
offers:
  low:  {{uses: seat, price: 60, window: {{closes: 1}}}}
  high: {{uses: seat, price: 100, window: {{opens: 1}}}}
segments:
  leisure:
    arrivals: {{kind: poisson, rate: 18}}
    choice: {{kind: ranking, lists: [{{share: 1, order: [low]}}]}}
  business:
    arrivals: {{kind: poisson, rate: 10}}
    choice: {{kind: ranking, lists: [{{share: 1, order: [high]}}]}}
"""


def _compute(case: Case) -> Mapping[str, Found]:
    given = case.parameters
    demand = PoissonMixture([given["high_mean"]])
    return {
        "protection level": protection_level(demand, given["high"], given["low"]),
        "chance of 78 or more": 1 - demand.cdf(77),
        "chance of 79 or more": 1 - demand.cdf(78),
        REVENUE: expected_revenue(LOW, HIGH, SEATS, PROTECTED, 100, 60),
        LOW_SOLD: LOW.mean - LOW.loss(SEATS - PROTECTED),
    }


def _simulate(_case: Case) -> Sequence[Simulation]:
    return [
        Simulation(
            FLIGHT,
            400,
            {
                REVENUE: lambda runs: runs.revenue("low", "high"),
                LOW_SOLD: lambda runs: mean_estimate(runs.offer("sales", "low")),
            },
        )
    ]


def _picture(case: Case) -> Picture:
    kept = list(range(SEATS + 1))
    earned = [expected_revenue(LOW, HIGH, SEATS, seats, 100, 60) for seats in kept]
    figure = go.Figure(go.Scatter(x=kept, y=earned, mode="lines+markers", name="formula"))
    best = protection_level(HIGH, 100, 60)
    figure.add_vline(x=best, line_dash="dash", annotation_text="Littlewood's rule")
    figure.update_layout(xaxis_title="seats kept for the high fare", yaxis_title="expected revenue, money")
    text = "Expected revenue of the flight of our own by the seats that are kept; the rule finds the top."
    return Picture(case.title, text, figure)


STUDY = Study(_compute, _simulate, picture=_picture)
