"""Every unit sold is ordered at once: lost sales (Karush) and back-orders (Palm), computed and simulated."""

from collections.abc import Mapping, Sequence

from ...models.literature.base_stock import with_back_orders, with_lost_sales
from ...simulator.estimates import mean_estimate
from .case import Case
from .study import Found, Simulation, Study

WARM_UP, HORIZON, PENALTY = 10, 310, 5
COUNTED = HORIZON - WARM_UP


def _scenario(case: Case, service: str, waiting: str) -> str:
    level, rate = case.parameters["level"], case.parameters["rate"]
    # A reorder point one below the level, and single units: the position is always the level.
    return f"""
name: one for one
horizon: {HORIZON}
warm_up: {WARM_UP}
firms:
  shop:
    supply: {{lead_time: {{kind: uniform, low: 0, high: 2}}}}
    ordering: {{kind: reorder_point, reorder_point: {level - 1}, quantity: 1}}
    {service}
products:
  part: {{firm: shop, price: 1, stock: {level}, holding_cost: 2, back_order_penalty: {PENALTY}}}
segments:
  all:
    arrivals: {{kind: poisson, rate: {rate}}}
    choice: {{kind: ranking, lists: [{{share: 1, reservation_price: {{part: 2}}}}]}}
    {waiting}
"""


def _compute(case: Case) -> Mapping[str, Found]:
    level, time = case.parameters["level"], case.parameters["lead_time"]
    load = case.parameters["rate"] * (time["low"] + time["high"]) / 2
    lost, waiting = with_lost_sales(level, load), with_back_orders(level, load)
    return {
        "fill rate, lost sales": lost.fill_rate,
        "stock on hand, lost sales": lost.on_hand,
        "fill rate, back-orders": waiting.fill_rate,
        "stock on hand, back-orders": waiting.on_hand,
        "back-orders": waiting.back_orders,
    }


def _simulate(case: Case) -> Sequence[Simulation]:
    lost = _scenario(case, "", "")
    waiting = _scenario(case, "service: {back_orders: {promise: false}}", "waiting: {up_to: 1000, expected_delay: 0}")
    return [
        Simulation(
            lost,
            60,
            {
                "fill rate, lost sales": lambda runs: runs.fill_rate("part"),
                "stock on hand, lost sales": lambda runs: mean_estimate(runs.product("stock_time", "part") / COUNTED),
            },
        ),
        Simulation(
            waiting,
            60,
            {
                "fill rate, back-orders": lambda runs: runs.fill_rate("part"),
                "stock on hand, back-orders": lambda runs: mean_estimate(runs.product("stock_time", "part") / COUNTED),
                # A unit back-ordered for one time unit costs the penalty.
                "back-orders": lambda runs: mean_estimate(runs.product("penalties", "part") / (PENALTY * COUNTED)),
            },
        ),
    ]


STUDY = Study(_compute, _simulate)
