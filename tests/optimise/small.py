"""Small programs whose every constraint stands in a file that one can read."""

import dataclasses

import numpy as np

from demandshift.models.optimise.orders import order_program
from demandshift.models.optimise.orders_over_time import timed_program
from demandshift.models.optimise.price_vectors import CLOSED, PriceProblem, price_program
from demandshift.models.optimise.program import Program
from demandshift.models.optimise.season import (
    FirmDriven,
    Lots,
    OrderQuestion,
    Season,
    budget,
    shelf_space,
    supplier_capacity,
)
from demandshift.models.optimise.stock_flow import PriceBreaks, StockFlow, TimedQuestion

PRODUCTS = ("tea", "milk")

SEASON = Season(
    demand=np.array([[10.0, 4.0], [2.0, 6.0]]),
    price=np.array([5.0, 4.0]),
    unit_cost=np.array([2.0, 1.0]),
    salvage=np.array([0.5, 0.25]),
    opening_stock=np.array([1.0, 0.0]),
    lost_sale_penalty=1.0,
    products=PRODUCTS,
)
"""Tea and milk on two draws of demand, with the same probability."""

SHARES = np.array([[0.0, 0.5], [0.25, 0.0]])
"""Half of those who miss tea would take milk, a quarter of those who miss milk would take tea."""

UPGRADE = FirmDriven(np.array([[np.inf, 0.75], [np.inf, np.inf]]), share_cap=0.5, ratio=2.0)
"""The firm may give two milk for one tea, to half of those who ask for tea."""

ALL_ORDERS = OrderQuestion(
    SEASON,
    shares=SHARES,
    firm=UPGRADE,
    resources=[
        budget(SEASON.unit_cost, 20.0),
        shelf_space(np.array([1.0, 3.0]), 30.0, SEASON.opening_stock),
        supplier_capacity(np.array([1, 1]), np.array([np.inf, 12.0]), ("mill", "dairy")),
    ],
    lots=Lots(pack=np.array([2.0, 3.0]), minimum=np.array([4.0, 6.0])),
)

FLOW = StockFlow(
    demand=np.array([[[3.0, 5.0], [4.0, 2.0], [6.0, 1.0]]]),
    price=np.array([5.0, 4.0]),
    unit_cost=np.array([2.0, 1.0]),
    holding_cost=0.5,
    lost_sale_penalty=1.0,
    back_orders=np.array([True, False]),
    back_order_penalty=0.25,
    salvage=np.array([1.0, 0.0]),
    disposal_cost=0.125,
    lead_time=np.array([1, 0]),
    shelf_life=np.array([np.inf, 2.0]),
    opening_stock=np.array([2.0, 1.0]),
    on_order=np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 0.0]]),
    waiting=np.array([1.0, 0.0]),
    products=PRODUCTS,
)
"""Tea, which keeps, comes a period late and is waited for; milk, which comes at once and is sold for two periods."""

ALL_OVER_TIME = TimedQuestion(
    FLOW,
    resources=[supplier_capacity(np.array([0, 0]), np.array([9.0]), ("dairy",))],
    space=np.array([1.0, 3.0]),
    room=40.0,
    lots=Lots(pack=np.array([2.0, 3.0]), minimum=np.array([4.0, 6.0])),
    fixed_cost=7.0,
    price_breaks=[PriceBreaks(1, np.array([0.0, 6.0]), np.array([1.0, 0.5]), "incremental")],
)

LADDERS = PriceProblem(
    customers=np.array([[8.0], [4.0]]),
    kind=np.zeros(2, dtype=np.int64),
    # Half of the customers buy at 1, a quarter at 2, nobody what is closed.
    shares=lambda _kind, vector: np.array([[{1.0: 0.5, 2.0: 0.25, CLOSED: 0.0}[vector[0]]]]),
    ladders=[(1.0, 2.0)],
    cost=np.array([0.25]),
    use=np.array([[3.0]]),
    stock=np.array([10.0]),
    left_value=np.array([0.125]),
    unit_cost=np.array([0.5]),
    most_bought=np.array([6.0]),
)
"""One offer that takes three units, in two periods with eight and four customers."""

PROGRAMS: dict[str, Program] = {
    "orders": order_program(ALL_ORDERS),
    "orders_in_pairs": order_program(
        OrderQuestion(dataclasses.replace(SEASON, lost_sale_penalty=np.array([1.0, 2.0])), shares=SHARES)
    ),
    "orders_over_time": timed_program(ALL_OVER_TIME),
    "price_vectors": price_program(LADDERS, [[(1.0,), (2.0,)], [(2.0,), (CLOSED,)]], labels=True),
}
"""By the folder of their files."""

OBJECTIVES: dict[str, Program] = {
    "orders": order_program(OrderQuestion(SEASON, shares=SHARES, firm=UPGRADE)),
    "orders_in_pairs": PROGRAMS["orders_in_pairs"],
    "orders_over_time": timed_program(dataclasses.replace(ALL_OVER_TIME, lots=None)),
    "price_vectors": PROGRAMS["price_vectors"],
}
"""Programs whose objective stands in a file, and with it the bounds of their columns."""
