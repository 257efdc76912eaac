"""The best policy for exponential demand, one fixed price, the fluid bound; the best policy in the simulator."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import plotly.graph_objects as go

from ...models.literature import gallego_vanryzin as formula
from ...models.observation import Observation
from ..report.page import Picture
from .case import Case
from .study import Found, Simulation, Study

STOCK = 5
"""Units of the simulated season."""
STEP, HIGHEST, LOOKS = 0.02, 5.0, 200
"""Price points of the simulated policy, the highest of them, and how often it looks."""


def _compute(case: Case) -> Mapping[str, Found]:
    rate, time, stocks = (case.parameters[name] for name in ("rate", "time", "stock"))
    best = [formula.optimal_revenue(stock, time, rate) for stock in stocks]
    fluid = [formula.fluid_revenue(stock, time, rate) for stock in stocks]
    at_fluid = [
        formula.fixed_price_revenue(formula.fluid_price(stock, time, rate), stock, time, rate) for stock in stocks
    ]
    fixed = [
        formula.fixed_price_revenue(formula.best_fixed_price(stock, time, rate), stock, time, rate) for stock in stocks
    ]
    sold_at_most = rate * time / math.e
    holds = sum(
        low <= middle <= top <= bound and low / top >= 1 - 1 / (2 * math.sqrt(min(stock, sold_at_most)))
        for stock, low, middle, top, bound in zip(stocks, at_fluid, fixed, best, fluid, strict=True)
    )
    return {
        "revenue of the best policy": best,
        "first price of the best policy": [formula.optimal_price(stock, time, rate) for stock in stocks],
        "fluid bound": fluid,
        "revenue at the fluid price": at_fluid,
        "revenue at the best fixed price": fixed,
        "stocks for which order and bound hold": holds,
    }


@dataclass(frozen=True)
class _BestPrice:
    """The best price for what is left and the time that is left, rounded to a price point."""

    table: tuple[tuple[float, ...], ...]
    """By look and units left."""
    review_every: float = 1 / LOOKS

    @classmethod
    def of(cls, rate: float) -> Self:
        """Work all prices out beforehand: thousands of seasons ask for the same ones."""

        def point(left: int, look: int) -> float:
            if left == 0:
                return HIGHEST
            return round(formula.optimal_price(left, 1 - look / LOOKS, rate) / STEP) * STEP

        return cls(tuple(tuple(point(left, look) for left in range(STOCK + 1)) for look in range(LOOKS)))

    def prices(self, observation: Observation) -> Sequence[float]:
        """Return the price of the one offer."""
        return [self.table[round(observation.now * LOOKS)][observation.on_hand[0]]]


def _simulate(case: Case) -> Sequence[Simulation]:
    # Prices are points of a grid, so that a customer between two points is as one at the lower of them.
    points = np.round(np.arange(1 - STEP, HIGHEST, STEP), 10)
    shares = np.diff(np.append(-np.exp(-points), 0.0))
    lists = [f"{{share: {math.fsum([1.0, -math.fsum(shares)])!r}, reservation_price: {{seat: 0}}}}"]
    lists += [
        f"{{share: {float(share)!r}, reservation_price: {{seat: {float(point) + STEP / 2!r}}}}}"
        for point, share in zip(points, shares, strict=True)
    ]
    text = f"""
name: five units and exponential demand
horizon: 1
firms: {{line: {{}}}}
products: {{seat: {{firm: line, price: {HIGHEST}, stock: {STOCK}}}}}
segments:
  all:
    arrivals: {{kind: poisson, rate: {case.parameters["rate"]}}}
    choice:
      kind: ranking
      lists: [{", ".join(lists)}]
"""
    return [
        Simulation(
            text,
            2500,
            {"revenue of the best policy, simulated for 5 units": lambda runs: runs.revenue("seat")},
            pricing={"line": _BestPrice.of(case.parameters["rate"])},
        )
    ]


def _picture(case: Case) -> Picture:
    stocks = case.parameters["stock"]
    ours, figure = _compute(case), go.Figure()
    for what in (
        "fluid bound",
        "revenue of the best policy",
        "revenue at the best fixed price",
        "revenue at the fluid price",
    ):
        figure.add_trace(go.Scatter(x=stocks, y=ours[what], mode="lines+markers", name=what))
    figure.update_layout(xaxis_title="units", yaxis_title="expected revenue, money")
    return Picture(case.title, "What a season earns by its stock: no policy is above the fluid bound.", figure)


STUDY = Study(_compute, _simulate, picture=_picture)
