"""Best sets under the logit, by trying all of them."""

from collections.abc import Callable, Mapping

import numpy as np

from ...models.optimise.offer_sets import every_set
from ...models.problem import Floats
from .case import Case
from .study import Found, Study


def _logit(weights: Floats) -> Callable[[tuple[int, ...]], Floats]:
    """Return what a set sells under one logit."""

    def sales(items: tuple[int, ...]) -> Floats:
        offered = weights * np.isin(np.arange(len(weights)), items)
        return np.asarray(offered / (1 + offered.sum()))

    return sales


def _not_revenue_ordered(rng: np.random.Generator, products: int) -> bool:
    prices, weights = rng.uniform(1, 10, products), rng.uniform(0.1, 3, products)
    best, _ = every_set(_logit(weights), range(products), prices).best(np.zeros(products))
    return {*best.items} != {*np.argsort(-prices)[: len(best.items)].tolist()}


def _not_most_popular(rng: np.random.Generator, products: int) -> bool:
    """Try equal margins, 1, and a cost for each product that is on offer."""
    weights, cost = np.sort(rng.uniform(0.1, 2, products))[::-1], rng.uniform(0.005, 0.08)

    def value(items: tuple[int, ...]) -> float:
        sold = weights[list(items)].sum()
        return float(sold / (1 + sold) - cost * len(items))

    best, _ = every_set(_logit(weights), range(products), np.ones(products), value=value).best(np.zeros(products))
    return best.items != tuple(range(len(best.items)))


def _compute(case: Case) -> Mapping[str, Found]:
    given = case.parameters
    rng = np.random.default_rng(given["seed"])
    instances, products = range(given["instances"]), given["products"]
    prices, weights = np.array(given["prices"]), np.array(given["weights"])
    listed = every_set(_logit(weights), range(len(prices)), prices)
    limited = []
    for most in range(1, len(prices) + 1):
        allowed = [place for place, items in enumerate(listed.items) if len(items) <= most]
        limited.append(max(allowed, key=lambda place: float(listed.values[place])))
    return {
        "random logits whose best set is not revenue-ordered": sum(
            _not_revenue_ordered(rng, products) for _ in instances
        ),
        "random logits whose best set is not of the most popular": sum(
            _not_most_popular(rng, products) for _ in instances
        ),
        "best sets of 1, 2, 3 and 4 offers": [
            " ".join(str(item + 1) for item in listed.items[place]) for place in limited
        ],
        "their revenue": [float(listed.values[place]) for place in limited],
    }


STUDY = Study(_compute)
