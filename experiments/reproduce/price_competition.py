"""Equilibrium prices of firms under the logit, and simulated customers at these prices."""

from collections.abc import Callable, Mapping, Sequence
from math import exp
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ...models.literature.logit_pricing import best_margin
from ...models.optimise.equilibrium import PriceEquilibrium, logit_equilibrium
from ...simulator.estimates import Estimate, ratio_estimate
from ..report.page import Picture
from .case import Case
from .study import Found, Runs, Simulation, Study

ALL_BUY, SOME_DO_NOT = "where everybody buys", "where some buy nothing"


def _outside(game: Mapping[str, Any]) -> float:
    """Return the weight of buying nothing; its utility is in money like any worth."""
    return exp(game["outside"] / game["scale"]) if "outside" in game else 0.0


def _equilibrium(case: Case, game: Mapping[str, Any]) -> PriceEquilibrium:
    firms = game["firms"]
    worth, cost = [float(case.parameters["worth"])] * firms, [float(game["cost"])] * firms
    return logit_equilibrium(worth, cost, range(firms), game["scale"], outside=_outside(game))


def _compute(case: Case) -> Mapping[str, Found]:
    found: dict[str, list[float]] = {}
    for game in case.parameters["games"]:
        where = SOME_DO_NOT if "outside" in game else ALL_BUY
        rest = _equilibrium(case, game)
        found.setdefault(f"prices {where}", []).append(float(rest.prices[0]))
        found.setdefault(f"profit of a firm {where}", []).append(float(rest.profits[0]))
    return found


def _simulate(case: Case) -> Sequence[Simulation]:
    simulations = []
    games = [game for game in case.parameters["games"] if "outside" in game]
    for place, game in enumerate(games, start=1):
        price = float(case.figure(f"prices {SOME_DO_NOT}").values[place - 1])
        names = [f"product {number}" for number in range(1, game["firms"] + 1)]
        firms = ", ".join(f"firm {number}: {{}}" for number in range(1, game["firms"] + 1))
        products = "\n".join(
            f"  {name}: {{firm: {name.replace('product', 'firm')}, price: {price!r}, stock: unlimited}}"
            for name in names
        )
        # Buying nothing is worth 0 in the simulator, so that what it is worth here comes off everything else.
        worth = case.parameters["worth"] - game["outside"]
        text = f"""
name: rivals alike
horizon: 100
firms: {{{firms}}}
products:
{products}
segments:
  all:
    arrivals: {{kind: poisson, rate: 20}}
    choice:
      kind: logit
      scale: {game["scale"]}
      reservation_price: {{{", ".join(f"{name}: {worth}" for name in names)}}}
"""
        measure = _margin("product 1", price - game["cost"])
        simulations.append(Simulation(text, 160, {f"profit of a firm {SOME_DO_NOT} ({place})": measure}))
    return simulations


def _margin(name: str, margin: float) -> Callable[[Runs], Estimate]:
    return lambda runs: ratio_estimate(margin * runs.offer("sales", name), runs.segment("arrived", "all"))


def _picture(case: Case) -> Picture:
    game = next(game for game in case.parameters["games"] if "outside" in game)
    worth, cost, scale = case.parameters["worth"], game["cost"], game["scale"]
    prices = np.linspace(cost + 0.2, cost + 4, 77)
    weight = np.exp((worth - prices) / scale)
    answers = cost + np.array([best_margin([worth], [cost], scale, _outside(game) + each).margin for each in weight])
    figure = go.Figure()
    figure.add_trace(go.Scatter(x=prices, y=answers, mode="lines", name="second firm's best answer"))
    figure.add_trace(go.Scatter(x=answers, y=prices, mode="lines", name="first firm's best answer"))
    rest = case.figure(f"prices {SOME_DO_NOT}").values[0]
    figure.add_trace(go.Scatter(x=[rest], y=[rest], mode="markers", marker={"size": 12}, name="formula"))
    figure.update_layout(xaxis_title="first firm's price, money", yaxis_title="second firm's price, money")
    text = "Best answers of two firms where some customers buy nothing; they cross where the formula says."
    return Picture(case.title, text, figure)


STUDY = Study(_compute, _simulate, picture=_picture)
