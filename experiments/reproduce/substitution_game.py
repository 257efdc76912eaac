"""Two newsvendors whose customers try the other one: the equilibrium, and what one owner would stock."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ...models.optimise.stock_equilibrium import CompetingNewsvendors
from ...models.problem import Floats
from ..report.page import Picture
from .case import Case
from .study import Found, Study

GAMES = ("alike", "unlike", "exponential")
PICTURE_POINTS = 300
"""Points of each demand in the picture, which needs no more."""


def _midpoints(kind: str, size: float, points: int) -> Floats:
    """Return midpoints of equally likely parts of a demand: U(0, size), or exponential with that mean."""
    chance = (np.arange(points) + 0.5) / points
    return np.asarray(size * chance if kind == "uniform" else -size * np.log1p(-chance))


def game_of(given: Mapping[str, Any], points: int) -> CompetingNewsvendors:
    """Return the game of two independent demands, each on so many equally likely points."""
    one, other = (_midpoints(kind, size, points) for kind, size in given["demand"])
    demand = np.stack(np.meshgrid(one, other, indexing="ij"), axis=-1).reshape(-1, 2)
    spill = [[0, given["spill"][0]], [given["spill"][1], 0]]
    return CompetingNewsvendors(demand, spill, given["price"], given["cost"], given["salvage"])


def _compute(case: Case) -> Mapping[str, Found]:
    found: dict[str, Found] = {}
    holds = 0
    for name in GAMES:
        game = game_of(case.parameters[name], case.parameters["points"])
        rest, owner = game.equilibrium(), game.joint_optimum()
        reached = (game.effective_demand(rest.quantities) <= rest.quantities).mean(axis=0)
        found[f"fractiles in equilibrium, {name}"] = reached
        found[f"stock in equilibrium, {name}"] = rest.quantities
        found[f"profits in equilibrium, {name}"] = rest.profits
        found[f"profit of one owner, {name}"] = float(owner.profits.sum())
        less = bool((owner.quantities <= rest.quantities + 1e-9).any())
        holds += less and bool(owner.profits.sum() > rest.profits.sum())
    return {**found, "cases in which one owner stocks less of some product and earns more": holds}


def _picture(case: Case) -> Picture:
    game = game_of(case.parameters["unlike"], PICTURE_POINTS)
    one, other = np.linspace(20, 100, 41), np.linspace(40, 180, 41)
    figure = go.Figure()
    answers = [game.best_response([0, quantity], 0) for quantity in other]
    figure.add_trace(go.Scatter(x=answers, y=other, mode="lines", name="best answer of the first"))
    answers = [game.best_response([quantity, 0], 1) for quantity in one]
    figure.add_trace(go.Scatter(x=one, y=answers, mode="lines", name="best answer of the second"))
    rest = case.figure("stock in equilibrium, unlike").values
    figure.add_trace(go.Scatter(x=[rest[0]], y=[rest[1]], mode="markers", marker={"size": 12}, name="equilibrium"))
    figure.update_layout(xaxis_title="stock of the first, units", yaxis_title="stock of the second, units")
    text = "Best answers in the case `unlike`; they cross at the equilibrium, which independent code found at the dot."
    return Picture(case.title, text, figure)


STUDY = Study(_compute, picture=_picture)
