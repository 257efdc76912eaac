"""Two prices of a season whose customers wait: the best by a search; simulated customers at the published ones.

Customers come at rate λ over [0, 1), each worth V, exponential with mean 1. Until T the price is p₁, then p₂. Who is
worth p₁ on coming buys at once; who comes before T and is worth less waits, and buys at T if worth p₂. So a season
earns

    λ [T p₁ e^{−p₁} + T p₂ (e^{−p₂} − e^{−p₁}) + (1 − T) p₂ e^{−p₂}]    for p₁ ≥ p₂.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from scipy import optimize

from ...models.problem import Floats
from ...simulator.estimates import Estimate, mean_estimate
from ..report.page import Picture
from .case import Case
from .study import Found, Runs, Simulation, Study

LITTLE = 1e-9
"""Believed chance of finding the offer later: so little that nobody waits who can pay now, and all others do."""

SEASONS = 100
"""Seasons that are simulated as one: with stock without limit their customers do not meet."""

INSTANT = 1e-9
"""By how much the simulated season is longer, so that a second price at its very end still finds who waited for it."""


def _revenue(rate: float, time: float, first: float, second: float) -> float:
    at_once = time * first * math.exp(-first)
    waited = time * second * (math.exp(-second) - math.exp(-first))
    return rate * (at_once + waited + (1 - time) * second * math.exp(-second))


def _best(rate: float, time: float) -> Floats:
    found = optimize.minimize(
        lambda prices: -_revenue(rate, time, *prices),
        x0=(1.5, 1.0),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-15, "maxiter": 2000},
    )
    return np.asarray(found.x)


def _compute(case: Case) -> Mapping[str, Found]:
    rate, times = case.parameters["rate"], case.parameters["times"]
    prices = [_best(rate, time) for time in times]
    return {
        "first price": [float(first) for first, _ in prices],
        "second price": [float(second) for _, second in prices],
        "revenue of a season": [_revenue(rate, time, *each) for time, each in zip(times, prices, strict=True)],
    }


def _simulate(case: Case) -> Sequence[Simulation]:
    rate = case.parameters["rate"]
    simulations = []
    for place, time in enumerate(case.parameters["times"], start=1):
        first, second = (float(case.figure(f"{which} price").values[place - 1]) for which in ("first", "second"))
        rich, both = math.exp(-first), math.exp(-second)
        # Three kinds of customer are all that two prices can tell apart.
        text = f"""
name: a season with two prices
horizon: {1 + INSTANT}
firms: {{shop: {{}}}}
products:
  coat:
    firm: shop
    price: {first!r}
    stock: unlimited
    pricing: {{kind: scheduled, changes: [{{at: {time}, price: {second!r}}}]}}
segments:
  all:
    arrivals: {{kind: poisson, rate: {SEASONS * rate}}}
    choice:
      kind: ranking
      lists:
        - {{share: {rich!r}, reservation_price: {{coat: {first + 1!r}}}}}
        - {{share: {both - rich!r}, reservation_price: {{coat: {(first + second) / 2!r}}}}}
        - {{share: {1 - both!r}, reservation_price: {{coat: 0}}}}
    waiting: {{chance: {LITTLE}, up_to: 2}}
"""
        simulations.append(Simulation(text, 160, {f"revenue of a season ({place})": _earned}))
    return simulations


def _earned(runs: Runs) -> Estimate:
    return mean_estimate(runs.offer("revenue", "coat") / SEASONS)


def _picture(case: Case) -> Picture:
    rate, times = case.parameters["rate"], np.linspace(0.02, 1, 50)
    figure = go.Figure()
    earned = [_revenue(rate, time, *_best(rate, time)) for time in times]
    figure.add_trace(go.Scatter(x=times, y=earned, mode="lines", name="best two prices, found by search"))
    published = case.figure("revenue of a season").values
    figure.add_trace(go.Scatter(x=case.parameters["times"], y=published, mode="markers", name="published formula"))
    figure.add_hline(y=rate / math.e, line_dash="dash", annotation_text="one price")
    figure.update_layout(xaxis_title="when the price changes, share of the season", yaxis_title="revenue, money")
    return Picture(case.title, "What a season earns by the time of the second price.", figure)


STUDY = Study(_compute, _simulate, picture=_picture)
