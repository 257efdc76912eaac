"""The chain over offers that is a logit, for every set, and simulated with two of three offers out."""

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from ...models.choice.logit import Logit
from ...models.choice.substitution import Substitution
from ...models.problem import Floats
from .case import Case
from .study import Found, Simulation, Study

SIMULATED = {"a": 1.6, "b": 0.4, "c": 1.0}
LAST = "share of the last of three, with the others out"


def _chain(weights: Sequence[float], outside: float) -> tuple[Floats, Floats]:
    """Return first choices and substitution shares, as the theorem makes them from the logit's weights."""
    weight = np.array(weights)
    total = weight.sum() + outside
    rows = weight[None, :] / (total - weight)[:, None]
    np.fill_diagonal(rows, 0.0)
    return weight / total, rows


def _compute(case: Case) -> Mapping[str, Found]:
    weights, outside = case.parameters["weights"], case.parameters["outside"]
    first, rows = _chain(weights, outside)
    chain = Substitution(first.tolist(), rows.tolist(), None)
    logit = Logit([math.log(weight / outside) for weight in weights], 1.0, taste_slots=range(1, len(weights) + 1))
    prices = (0.0,) * len(weights)
    sets = [each for each in itertools.product((True, False), repeat=len(weights)) if any(each)]
    distance = max(float(np.abs(chain.shares(each, prices) - logit.shares(each, prices)).max()) for each in sets)
    first, rows = _chain(list(SIMULATED.values()), 1.0)
    left = Substitution(first.tolist(), rows.tolist(), None).shares((False, False, True), prices[:3])
    return {"largest difference over fifteen sets": distance, LAST: float(left[2])}


def _simulate(_case: Case) -> Sequence[Simulation]:
    first, rows = _chain(list(SIMULATED.values()), 1.0)
    first_choice = dict(zip(SIMULATED, first.tolist(), strict=True)) | {"nothing": 1 - float(first.sum())}
    substitution = {
        name: {other: share for other, share in zip(SIMULATED, row.tolist(), strict=True) if other != name}
        for name, row in zip(SIMULATED, rows, strict=True)
    }
    text = f"""
name: a chain
horizon: 30
firms: {{shop: {{}}}}
products:
  a: {{firm: shop, price: 1, stock: 0}}
  b: {{firm: shop, price: 1, stock: 0}}
  c: {{firm: shop, price: 1, stock: unlimited}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 40}}
    choice:
      kind: substitution
      first_choice: {first_choice}
      substitution: {substitution}
      attempts: unlimited
"""
    return [Simulation(text, 160, {LAST: lambda runs: runs.share("c", "all", "sales")})]


STUDY = Study(_compute, _simulate)
