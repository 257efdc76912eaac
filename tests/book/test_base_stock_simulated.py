"""One-for-one replenishment, (s, Q) and (R, S), simulated: lost sales, back-orders and units on order.

Sources: Karush 1957 (Erlang's loss formula for lost sales, whatever the lead times), Palm 1938 (M/G/∞ for back-orders),
Hadley & Whitin 1963, ch. 4 ((s, Q) with back-orders), Snyder & Shen 2019, Example 5.8 (printed cost).
"""

import dataclasses
import math

import numpy as np
import pytest
from scipy import integrate, stats

from demandshift.models.literature import base_stock, newsvendor
from demandshift.models.literature.reorder_point import Costs, poisson_cost
from demandshift.models.replenishment.demand_over import PoissonMixture
from demandshift.simulator.world import Replenishment

# Long statistics: counting branches would make them four times as long, and others count the same ones.
pytestmark = pytest.mark.no_cover

RATE, LEAD_TIME = 5, 1.0
LOAD = RATE * LEAD_TIME
LEVEL = 6

LEAD_TIMES = {
    "constant": LEAD_TIME,
    "uniform": {"kind": "uniform", "low": 0, "high": 2},
    "empirical": {"kind": "empirical", "values": [0.2, 3.4], "shares": [0.75, 0.25]},
    "exponential": {"kind": "exponential", "mean": LEAD_TIME},
}
"""Four lead times with one mean: 1. Their longest are 1, 2, 3.4 and none."""

LOST = f"""
name: one for one, customers leave
horizon: 310
warm_up: 10
firms:
  shop:
    ordering: {{kind: reorder_point, reorder_point: {LEVEL - 1}, quantity: 1}}
products:
  part: {{firm: shop, price: 1, stock: {LEVEL}}}
segments:
  all:
    arrivals: {{kind: poisson, rate: {RATE}}}
    choice: {{kind: ranking, lists: [{{share: 1, order: [part]}}]}}
"""


@pytest.mark.parametrize("kind", ["constant", "uniform"])
def test_lost_sales_are_erlangs(simulate, agree, kind):
    """If this fails, the position is off by one, lead times are not independent, or lost sales are ordered too.

    With S = 6 and a load of 5 the fill rate is 1 − B(6, 5) = 0.808, whatever the lead time's shape. Were lost sales
    ordered as if customers waited: P(N ≤ 5) = 0.616; one unit less or more in the position 0.715 or 0.880; the longest
    uniform lead time for the mean 0.515. The share of time in stock is the same (PASTA), and the mean stock 1.96.
    """
    run = simulate(LOST, 12, overrides={"firms.shop.supply": {"lead_time": LEAD_TIMES[kind]}})
    truth = base_stock.with_lost_sales(LEVEL, LOAD)
    mistakes = {
        "ordered though lost": base_stock.with_back_orders(LEVEL, LOAD).fill_rate,
        "one unit less": base_stock.with_lost_sales(LEVEL - 1, LOAD).fill_rate,
        "one unit more": base_stock.with_lost_sales(LEVEL + 1, LOAD).fill_rate,
        "longest lead time": base_stock.with_lost_sales(LEVEL, 2 * LOAD).fill_rate,
    }
    agree(run.shown("summary", "fill_rate", firm="shop"), truth.fill_rate, mistakes)
    agree(run.shown("summary", "in_stock_rate", firm="shop"), truth.fill_rate, mistakes)
    stock = base_stock.with_lost_sales(LEVEL + 1, LOAD).on_hand
    agree(run.shown("summary", "stock_time", firm="shop"), 300 * truth.on_hand, {"one unit more": 300 * stock})


HOLDING, PENALTY = 2.0, 5.0
WAIT = f"""
name: one for one, customers wait
horizon: 310
warm_up: 10
firms:
  shop:
    ordering: {{kind: reorder_point, reorder_point: {LEVEL - 1}, quantity: 1}}
    service: {{back_orders: {{promise: false}}}}
products:
  part: {{firm: shop, price: 1, stock: {LEVEL}, holding_cost: {HOLDING}, back_order_penalty: {PENALTY}}}
segments:
  all:
    arrivals: {{kind: poisson, rate: {RATE}}}
    choice: {{kind: ranking, lists: [{{share: 1, reservation_price: {{part: 2}}}}]}}
    waiting: {{up_to: 1000, expected_delay: 0}}
"""


@pytest.mark.parametrize("kind", ["constant", "uniform"])
def test_cost_of_base_stock_with_back_orders(simulate, mean_of, agree, kind):
    """If this fails, holding or waiting is not paid by the time that it lasts.

    With N Poisson of mean 5: h E[(6 − N)⁺] + b E[(N − 6)⁺] = 2.99 + 2.47 = 5.45 per time unit, and fill rate 0.616.
    Were customers lost, stock were 1.96 instead of 1.49; a penalty by customer and not by time would be 9.60, costs
    exchanged 8.45.
    """
    run = simulate(WAIT, 12, overrides={"firms.shop.supply": {"lead_time": LEAD_TIMES[kind]}})
    truth = base_stock.with_back_orders(LEVEL, LOAD)
    lost = base_stock.with_lost_sales(LEVEL, LOAD)
    agree(run.shown("summary", "fill_rate", firm="shop"), truth.fill_rate, {"customers leave": lost.fill_rate})
    holding, waiting = HOLDING * truth.on_hand, PENALTY * truth.back_orders
    agree(
        run.shown("summary", "holding_cost", firm="shop"),
        300 * holding,
        {"customers leave": 300 * HOLDING * lost.on_hand, "end of the run": HOLDING * truth.on_hand},
    )
    agree(
        run.shown("summary", "penalties", firm="shop"),
        300 * waiting,
        {"by customer": 300 * PENALTY * RATE * (1 - truth.fill_rate), "nobody waits": 0.0},
    )
    cost = mean_of(run.product("holding", "part") + run.product("penalties", "part"))
    newsvendor_cost = newsvendor.expected_cost(PoissonMixture([LOAD]), LEVEL, PENALTY, HOLDING)
    agree(
        cost, 300 * newsvendor_cost, {"costs exchanged": 300 * (PENALTY * truth.on_hand + HOLDING * truth.back_orders)}
    )
    assert run.offer("lost", "part").sum() == 0
    assert run.offer("gave_up", "part").sum() == 0


EXAMPLE_5_8 = """
name: Snyder & Shen, Example 5.8
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
"""


def test_cost_of_a_reorder_point_as_printed(simulate, mean_of, agree):
    """If this fails, (s, Q) orders too early or too late: printed 107.92 per time unit at s = 3, Q = 5, L = 2.

    The cost is flat around its optimum, so its parts tell more: stock 3.11 and back-orders 0.105; one too late
    (ordering when the position falls *below* s) 2.24 and 0.239, one too early 4.04 and 0.042. A fixed cost for each
    unit would be 120 more. The fill rate 1 − [n(s) − n(s + Q)]/Q is 0.867, 0.754 too late and 0.936 too early.
    """
    run = simulate(EXAMPLE_5_8, 12)
    costs = Costs(holding=20, back_order=150, order=100)
    printed = 107.9235806331498
    assert poisson_cost(1.5, 2, costs, 3, 5) == pytest.approx(printed, abs=1e-9)
    paid = sum(run.product(account, "part") for account in ("holding", "penalties", "ordering"))
    agree(mean_of(paid), 1000 * printed, {"paid by unit": 1000 * (printed + 100 * 1.5 * 4 / 5)})

    demand = PoissonMixture([3.0])

    def parts(point: int) -> tuple[float, float]:
        """Return mean holding and back-order cost per time unit."""
        levels = range(point + 1, point + 6)
        return (
            20 * sum(newsvendor.leftover(demand, level) for level in levels) / 5,
            150 * sum(demand.loss(level) for level in levels) / 5,
        )

    for part, account in enumerate(("holding_cost", "penalties")):
        mistakes = {"too late": 1000 * parts(2)[part], "too early": 1000 * parts(4)[part]}
        agree(run.shown("summary", account, firm="shop"), 1000 * parts(3)[part], mistakes)

    def fill(point: int) -> float:
        return 1 - (demand.loss(point) - demand.loss(point + 5)) / 5

    agree(run.shown("summary", "fill_rate", firm="shop"), fill(3), {"too late": fill(2), "too early": fill(4)})
    # Each order brings Q units: one order in Q/λ time units.
    agree(mean_of(run.product("ordering", "part")), 100 * 1000 * 1.5 / 5, {"each unit": 100 * 1000 * 1.5})


def test_a_fill_rate_turned_into_a_reorder_point(simulate, agree):
    """If this fails, the firm's target is missed: s for a fill rate of 0.9 is 4, which gives 0.936.

    At s = 3 it were 0.867; at s = 5, which a cycle service of 0.9 asks for, 0.973.
    """
    ordering = {"kind": "reorder_point", "quantity": 5, "fill_rate": 0.9}
    run = simulate(EXAMPLE_5_8, 12, overrides={"firms.shop.ordering": ordering})
    demand = PoissonMixture([3.0])
    fill = {point: 1 - (demand.loss(point) - demand.loss(point + 5)) / 5 for point in (3, 4, 5)}
    assert fill[3] < 0.9 < fill[4]
    assert demand.quantile(0.9) == 5
    mistakes = {"one less": fill[3], "cycle service": fill[5]}
    agree(run.shown("summary", "fill_rate", firm="shop"), fill[4], mistakes)


PERIODIC = {
    "firms.shop.supply": {"lead_time": 1.0},
    "firms.shop.ordering": {"kind": "order_up_to", "review_every": 2, "level": 16},
    "products.part.stock": 16,
}


def test_periodic_review_holds_stock_between_reviews(simulate, agree):
    """If this fails, an order covers the lead time or the review alone, or stock is counted at reviews only.

    With L = 1, R = 2 and S = 16 stock a time u after a delivery is (S − D(L + u))⁺, so its mean over a period is (1/R)∫
    E[(16 − N(τ))⁺] dτ over τ from L to L + R = 6.21: 11.0 right after a delivery, 2.1 before the next. The fill rate is
    1 − [n_{L+R}(S) − n_L(S)]/(λR) = 0.890; without the lead time 0.995.
    """
    run = simulate(WAIT, 12, overrides=PERIODIC)

    def stock(length: float) -> float:
        return newsvendor.leftover(PoissonMixture([RATE * length]), 16)

    mean_stock = integrate.quad(stock, 1, 3)[0] / 2
    mistakes = {"after delivery": 300 * stock(1), "before delivery": 300 * stock(3), "at half": 300 * stock(2.5)}
    agree(run.shown("summary", "stock_time", firm="shop"), 300 * mean_stock, mistakes)
    short = {length: PoissonMixture([RATE * length]).loss(16) for length in (1, 2, 3)}
    fill = 1 - (short[3] - short[1]) / (RATE * 2)
    agree(
        run.shown("summary", "fill_rate", firm="shop"),
        fill,
        {"review alone": 1 - short[2] / 10, "every unit short": 1 - short[3] / 15},
    )


@pytest.mark.parametrize("kind", LEAD_TIMES)
def test_units_on_order_are_poisson(ledgers, mean_of, agree, kind):
    """If this fails, the pipeline is not M/G/∞: lead times are not each order's own, or have another mean.

    Units on order, seen every 4 time units by a policy that orders nothing, have mean and variance λL = 5 and Poisson's
    distribution for all four lead times. Were the lead time drawn once for all orders, the variance would be
    5 + 25·Var(L), 13 to 53 (with a constant one there is nothing to mistake); with the longest for the mean there were
    10 or 17 units; with the unweighted mean of the list, 9.
    """
    seen: list[int] = []

    class Looker:
        def quantities(self, observation):
            seen.append(observation.on_order[0])
            assert observation.on_hand[0] + observation.on_order[0] - observation.back_orders[0] == LEVEL
            return [0]

    def with_looker(world):
        looker = Replenishment((0,), Looker(), every=4.0, first=20.0)
        return dataclasses.replace(world, replenishments=[*world.replenishments, looker])

    replications = 12
    ledgers(
        WAIT,
        replications,
        change=with_looker,
        **{"horizon": 170, "firms.shop.supply": {"lead_time": LEAD_TIMES[kind]}},
    )
    on_order = np.array(seen, dtype=float).reshape(replications, -1)
    assert on_order.shape == (replications, 38)
    longest = {"uniform": 2.0, "empirical": 3.4}.get(kind, math.inf)
    agree(mean_of(on_order.mean(axis=1)), LOAD, {"longest": RATE * longest, "unweighted": RATE * 1.8})
    spread = {"constant": math.inf, "uniform": 1 / 3, "empirical": 1.92, "exponential": 1.0}[kind]
    agree(
        mean_of(((on_order - LOAD) ** 2).mean(axis=1)),
        LOAD,
        {"one lead time for all orders": LOAD + RATE**2 * spread, "fixed": 0.0},
    )
    cells = np.bincount(np.clip(on_order.ravel(), 1, 10).astype(int), minlength=11)[1:]
    poisson = np.diff([0.0, *stats.poisson.cdf(np.arange(1, 10), LOAD), 1.0])
    assert stats.chisquare(cells, poisson * cells.sum()).pvalue > 1e-4
    # A geometric pipeline of the same mean would fail here.
    geometric = np.diff([0.0, *(1 - (LOAD / (1 + LOAD)) ** np.arange(2, 11)), 1.0])
    assert stats.chisquare(cells, geometric * cells.sum()).pvalue < 1e-4
