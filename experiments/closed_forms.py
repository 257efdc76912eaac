"""Small scenarios whose figures are known exactly, from the literature, and what they should be.

Each comes with its number of replications and its seed, fixed beforehand, so that its figures are always the same.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..models.literature import base_stock, newsvendor
from ..models.literature.littlewood import expected_revenue
from ..models.literature.plackett_luce import shares_without
from ..models.literature.reorder_point import Costs, poisson_cost
from ..models.problem import Floats
from ..models.replenishment.demand_over import PoissonMixture
from ..simulator.estimates import Estimate, mean_estimate, ratio_estimate
from ..simulator.figures import OFFER_COUNTS, PRODUCT_COUNTS, SEGMENT_COUNTS
from ..simulator.ledger import TURNED_AWAY
from ..simulator.results import Result


@dataclass(frozen=True)
class Counts:
    """The counts of a run, replication by replication; each array has the shape (replications,)."""

    result: Result

    def offer(self, count: str, position: int = 0) -> Floats:
        """Return a count of an offer."""
        return np.array([each[position, OFFER_COUNTS.index(count)] for each in self.result.tally.offers])

    def product(self, count: str) -> Floats:
        """Return a count of the first product."""
        return np.array([each[0, PRODUCT_COUNTS.index(count)] for each in self.result.tally.products])

    def segment(self, count: str) -> Floats:
        """Return a count of the first segment."""
        return np.array([each[0, SEGMENT_COUNTS.index(count)] for each in self.result.tally.segments])

    def moved(self, origin: int, destination: int) -> Floats:
        """Return who was turned away from an offer and bought another."""
        return np.array(
            [
                sum(
                    count for key, count in cells.items() if key[1] in TURNED_AWAY and key[::3] == (origin, destination)
                )
                for cells in self.result.tally.matrix
            ],
            dtype=np.float64,
        )

    def turned_away(self, origin: int) -> Floats:
        """Return who was turned away from an offer."""
        return self.offer("stockouts", origin) + self.offer("refusals", origin)


@dataclass(frozen=True)
class Figure:
    """A figure of a run, and what it should be."""

    what: str
    measure: Callable[[Counts], Estimate]
    truth: float


@dataclass(frozen=True)
class Case:
    """A scenario, how often to run it, and its figures."""

    source: str
    """Where the formulas come from."""
    scenario: str
    """The text of the file."""
    replications: int
    figures: tuple[Figure, ...]
    seed: int = 1


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return (
        _newsvendor(),
        _lost_sales(),
        _back_orders(),
        _reorder_point(),
        _two_fares(),
        _logit("full"),
        _logit("lazy"),
        _markov_chain(),
    )


def _newsvendor() -> Case:
    days, mean, level = 100, 20, 20
    demand = PoissonMixture([mean])
    left = newsvendor.leftover(demand, level)
    profit = newsvendor.expected_sales(demand, level) * 9 - 4 * level - (9 - 4) * left
    return Case(
        "newsvendor (Arrow, Harris & Marschak 1951)",
        f"""
name: a day's life
horizon: {days}
firms: {{kiosk: {{ordering: {{kind: order_up_to, review_every: 1, level: {level}}}}}}}
products:
  paper: {{firm: kiosk, price: 9, cost: 4, salvage: 4, disposal_cost: 9, shelf_life: 1}}
segments:
  readers:
    arrivals: {{kind: poisson, rate: {mean}}}
    choice: {{kind: ranking, lists: [{{share: 1, order: [paper]}}]}}
""",
        40,
        (
            Figure("waste", lambda run: mean_estimate(run.product("wasted")), days * left),
            Figure("profit", lambda run: mean_estimate(_profit(run)), days * profit),
            Figure(
                "fill rate",
                lambda run: ratio_estimate(run.offer("served"), run.offer("demand")),
                newsvendor.fill_rate(demand, level),
            ),
        ),
    )


def _profit(run: Counts) -> Floats:
    return run.offer("revenue") - run.product("purchases") - run.product("disposal")


LEVEL, RATE = 6, 5
_BASE_STOCK = """
name: one for one
horizon: 310
warm_up: 10
firms:
  shop:
    supply: {{lead_time: {{kind: uniform, low: 0, high: 2}}}}
    ordering: {{kind: reorder_point, reorder_point: {below}, quantity: 1}}
    {service}
products:
  part: {{firm: shop, price: 1, stock: {level}, holding_cost: 2, back_order_penalty: 5}}
segments:
  all:
    arrivals: {{kind: poisson, rate: {rate}}}
    choice: {{kind: ranking, lists: [{{share: 1, reservation_price: {{part: 2}}}}]}}
    {waiting}
"""


def _lost_sales() -> Case:
    truth = base_stock.with_lost_sales(LEVEL, RATE)
    text = _BASE_STOCK.format(below=LEVEL - 1, level=LEVEL, rate=RATE, service="", waiting="")
    return Case(
        "base stock, lost sales (Karush 1957)",
        text,
        20,
        (
            Figure("fill rate", lambda run: ratio_estimate(run.offer("served"), run.offer("demand")), truth.fill_rate),
            Figure("stock", lambda run: mean_estimate(run.product("stock_time") / 300), truth.on_hand),
        ),
    )


def _back_orders() -> Case:
    truth = base_stock.with_back_orders(LEVEL, RATE)
    text = _BASE_STOCK.format(
        below=LEVEL - 1,
        level=LEVEL,
        rate=RATE,
        service="service: {back_orders: {promise: false}}",
        waiting="waiting: {up_to: 1000, expected_delay: 0}",
    )
    return Case(
        "base stock, back-orders (Palm 1938)",
        text,
        20,
        (
            Figure("fill rate", lambda run: ratio_estimate(run.offer("served"), run.offer("demand")), truth.fill_rate),
            Figure("back-orders", lambda run: mean_estimate(run.product("penalties") / 1500), truth.back_orders),
        ),
    )


def _reorder_point() -> Case:
    def cost(run: Counts) -> Estimate:
        paid = run.product("holding") + run.product("penalties") + run.product("ordering")
        return mean_estimate(paid / 1000)

    return Case(
        "(s, Q) (Snyder & Shen 2019, Example 5.8)",
        """
name: Example 5.8
horizon: 1010
warm_up: 10
firms:
  shop:
    supply: {lead_time: 2, order_cost: 100}
    ordering: {kind: reorder_point, reorder_point: 3, quantity: 5}
    service: {back_orders: {promise: false}}
products:
  part: {firm: shop, price: 1, stock: 5, holding_cost: 20, back_order_penalty: 150}
segments:
  all:
    arrivals: {kind: poisson, rate: 1.5}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {part: 2}}]}
    waiting: {up_to: 2000, expected_delay: 0}
""",
        10,
        (Figure("cost", cost, poisson_cost(1.5, 2, Costs(holding=20, back_order=150, order=100), 3, 5)),),
    )


def _two_fares() -> Case:
    low, high = PoissonMixture([18]), PoissonMixture([10])
    return Case(
        "two fares (Littlewood 1972)",
        """
name: low fares before high ones
horizon: 2
firms: {line: {availability: {kind: protection_levels, levels: {low: 9}}}}
products: {seat: {firm: line, stock: 20}}
offers:
  low:  {uses: seat, price: 60, window: {closes: 1}}
  high: {uses: seat, price: 100, window: {opens: 1}}
segments:
  leisure:
    arrivals: {kind: poisson, rate: 18}
    choice: {kind: ranking, lists: [{share: 1, order: [low]}]}
  business:
    arrivals: {kind: poisson, rate: 10}
    choice: {kind: ranking, lists: [{share: 1, order: [high]}]}
""",
        250,
        (
            Figure(
                "revenue",
                lambda run: mean_estimate(run.offer("revenue", 0) + run.offer("revenue", 1)),
                expected_revenue(low, high, 20, 9, 100, 60),
            ),
        ),
    )


SCALE = 0.6
WORTH_LESS_PRICE = (0.5, 0.8, -0.3)


def _logit(draws: str) -> Case:
    weights = [*(math.exp(each / SCALE) for each in WORTH_LESS_PRICE), 1.0]
    to_y, to_z, *_ = shares_without(weights, [0])[1:]
    names = dict(zip("xyz", WORTH_LESS_PRICE, strict=True))
    return Case(
        f"logit, {draws} draws (McFadden 1974, Luce 1959)",
        f"""
name: three offers of two firms
horizon: 100
draws: {draws}
firms: {{own: {{}}, rival: {{}}}}
products:
  x: {{firm: own, price: 2, stock: 160}}
  y: {{firm: own, price: 2, stock: unlimited}}
  z: {{firm: rival, price: 2, stock: unlimited}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 15}}
    choice:
      kind: logit
      scale: {SCALE}
      reservation_price: {{{", ".join(f"{name}: {2 + each}" for name, each in names.items())}}}
""",
        30,
        (
            *(
                Figure(f"share of {name}", _share_of(position), weights[position] / sum(weights))
                for position, name in enumerate(names)
            ),
            Figure("from x to y", lambda run: ratio_estimate(run.moved(0, 1), run.turned_away(0)), float(to_y)),
            Figure("from x to z", lambda run: ratio_estimate(run.moved(0, 2), run.turned_away(0)), float(to_z)),
        ),
    )


def _share_of(position: int) -> Callable[[Counts], Estimate]:
    return lambda run: ratio_estimate(run.offer("demand", position), run.segment("arrived"))


def _markov_chain() -> Case:
    weights = {"a": 1.6, "b": 0.4, "c": 1.0}
    total = 1 + sum(weights.values())
    first = {name: weight / total for name, weight in weights.items()} | {"nothing": 1 / total}
    chain = {
        one: {other: weight / (total - weights[one]) for other, weight in weights.items() if other != one}
        for one in weights
    }
    left = shares_without([*weights.values(), 1.0], [0, 1])
    return Case(
        "Markov chain that is a logit (Blanchet, Gallego & Goyal 2016)",
        f"""
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
      first_choice: {first}
      substitution: {chain}
      attempts: unlimited
""",
        30,
        (
            Figure(
                "share of c with the others out",
                lambda run: ratio_estimate(run.offer("sales", 2), run.segment("arrived")),
                float(left[2]),
            ),
        ),
    )
