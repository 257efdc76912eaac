"""One margin for all products of a monopolist, and simulated customers who pay it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ...models.literature.logit_pricing import best_margin
from ...simulator.estimates import Estimate, ratio_estimate
from .case import Case
from .study import Found, Runs, Simulation, Study


def _compute(case: Case) -> Mapping[str, Found]:
    best = [best_margin(given["worth"], given["cost"], given["scale"]) for given in case.parameters.values()]
    return {"margins": [each.margin for each in best], "profit of a customer": [each.profit for each in best]}


def _simulate(case: Case) -> Sequence[Simulation]:
    simulations = []
    for place, given in enumerate(case.parameters.values(), start=1):
        margin = float(case.figure("margins").values[place - 1])
        names = [f"product {number}" for number in range(1, len(given["worth"]) + 1)]
        products = "\n".join(
            f"  {name}: {{firm: shop, price: {cost + margin!r}, cost: {cost}, stock: unlimited}}"
            for name, cost in zip(names, given["cost"], strict=True)
        )
        worth = ", ".join(f"{name}: {value}" for name, value in zip(names, given["worth"], strict=True))
        text = f"""
name: a monopolist
horizon: 100
firms: {{shop: {{}}}}
products:
{products}
segments:
  all:
    arrivals: {{kind: poisson, rate: 20}}
    choice: {{kind: logit, scale: {given["scale"]}, reservation_price: {{{worth}}}}}
"""
        simulations.append(Simulation(text, 160, {f"profit of a customer ({place})": _earned(names, margin)}))
    return simulations


def _earned(names: Sequence[str], margin: float) -> Callable[[Runs], Estimate]:
    """Return what measures margins earned for each customer who came."""

    def measure(runs: Runs) -> Estimate:
        sold = np.sum([runs.offer("sales", name) for name in names], axis=0)
        return ratio_estimate(margin * sold, runs.segment("arrived", "all"))

    return measure


STUDY = Study(_compute, _simulate)
