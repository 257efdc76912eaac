"""Shares of the logit and where its customers go, by formula and by both ways of running the race."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ...models.literature.plackett_luce import shares_without
from ...simulator.estimates import Estimate, ratio_estimate
from .case import Case
from .study import Found, Runs, Simulation, Study

PRICE, STOCK_OF_X = 2, 160
SHARES, MOVES = "shares of x, y and z", "from x to y and to z"


def _weights(case: Case) -> list[float]:
    scale = case.parameters["scale"]
    return [*(math.exp(worth / scale) for worth in case.parameters["worth_less_price"].values()), 1.0]


def _compute(case: Case) -> Mapping[str, Found]:
    weights = np.array(_weights(case))
    return {SHARES: weights[:-1] / weights.sum(), MOVES: shares_without(weights.tolist(), [0])[1:-1]}


def _simulate(case: Case) -> Sequence[Simulation]:
    worth = {name: PRICE + each for name, each in case.parameters["worth_less_price"].items()}
    simulations = []
    for draws, end in (("full", ""), ("lazy", ", lazily")):
        text = f"""
name: three offers of two firms
horizon: 100
draws: {draws}
firms: {{own: {{}}, rival: {{}}}}
products:
  x: {{firm: own, price: {PRICE}, stock: {STOCK_OF_X}}}
  y: {{firm: own, price: {PRICE}, stock: unlimited}}
  z: {{firm: rival, price: {PRICE}, stock: unlimited}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 15}}
    choice:
      kind: logit
      scale: {case.parameters["scale"]}
      reservation_price: {{{", ".join(f"{name}: {each}" for name, each in worth.items())}}}
"""
        figures = {f"{SHARES}{end} ({place})": _share(name) for place, name in enumerate(worth, start=1)}
        figures |= {f"{MOVES}{end} ({place})": _move(name) for place, name in enumerate("yz", start=1)}
        simulations.append(Simulation(text, 160, figures))
    return simulations


def _share(name: str) -> Callable[[Runs], Estimate]:
    return lambda runs: runs.share(name, "all")


def _move(name: str) -> Callable[[Runs], Estimate]:
    return lambda runs: ratio_estimate(runs.moved("x", name), runs.turned_away("x"))


STUDY = Study(_compute, _simulate)
