"""A plan of orders for one firm: before a season, or from review to review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ...models.optimise.bounds import NOBODY_WAITS, RIVALS_STAND, Bound, sampled_bound
from ...models.optimise.orders import plan_orders
from ...models.optimise.orders_over_time import plan_orders_over_time
from ...models.optimise.season import Lots, OrderQuestion, Season
from ...models.optimise.stock_flow import StockFlow, TimedQuestion
from ...models.problem import UNLIMITED_STOCK, Floats
from ...scenarios.paths import format_path
from ...scenarios.schema.ordering import OrderUpTo, ProgramOrders, ReorderPoint, SeasonBuy
from ...scenarios.schema.pricing import ProgramPrice
from ...simulator.build.groundwork import Groundwork
from ...simulator.build.programs import ProductOutlook
from .planned import Planned, PlanningError, outlay, why_no_bound
from .prices import prices_move

BATCHES = 8
"""Samples of demand whose programs give the bound, each of as many draws as the plan looks at."""
MOST_STEPS = 7
"""Periods of a program over time between two reviews, at most."""
MOST_CELLS = 10_000
"""Draws × periods × products of a program over time, at most; beyond that it looks at fewer draws."""
REVIEWS = 13
"""Reviews of a plan for a firm that orders whenever stock is low, and so has no period of its own."""


@dataclass(frozen=True)
class _Firm:
    """What a firm orders, in the two ways in which it can be planned."""

    season: list[int]
    """Products bought once, before the season."""
    replenished: list[int]
    """Products ordered time and again."""


def plan_of_orders(
    ground: Groundwork,
    firm: str,
    draws: int,
    seed: int,
    time_limit: float | None,
    *,
    prices: Floats | None = None,
    demand: Floats | None = None,
    first_prices: Floats | None = None,
) -> Planned:
    """Return the plan of a firm's orders.

    Parameters
    ----------
    ground
        The scenario as models.
    firm
        Whose orders.
    draws
        Draws of demand that a program looks at (N).
    seed
        Seed of these draws.
    time_limit
        Seconds for each program.
    prices, demand
        For joint plans: mean price and expected demand of each product bought before the season, shape (products,).
    first_prices
        For joint plans: the prices at which a firm begins that orders time and again, shape (own offers,).

    Raises
    ------
    PlanningError
        When the firm orders nothing, or plans its orders in two ways at once.
    ProgramError
        When a program cannot be solved.
    """
    kinds = _kinds(ground, firm)
    if kinds.season and kinds.replenished:
        names = ground.problem.products.names
        raise PlanningError(
            f"firm {firm!r} buys {names[kinds.season[0]]!r} once and orders {names[kinds.replenished[0]]!r} time and "
            "again; a program plans one or the other"
        )
    if kinds.season:
        return _before_the_season(ground, firm, kinds.season, draws, seed, time_limit, prices, demand)
    if kinds.replenished:
        return _over_time(ground, firm, kinds.replenished, draws, seed, time_limit, first_prices)
    raise PlanningError(f"firm {firm!r} orders nothing: give it an ordering, such as season_buy or order_up_to")


def _kinds(ground: Groundwork, firm: str) -> _Firm:
    season, replenished = [], []
    for position, product in enumerate(ground.settled.products):
        if product.firm != firm:
            continue
        if isinstance(product.ordering, SeasonBuy):
            season.append(position)
        elif isinstance(product.ordering, OrderUpTo | ReorderPoint | ProgramOrders):
            replenished.append(position)
    return _Firm(season, replenished)


# Before a season


def season_products(ground: Groundwork, firm: str) -> list[int]:
    """Return the products that a firm buys once, before the season."""
    return _kinds(ground, firm).season


def _before_the_season(
    ground: Groundwork,
    firm: str,
    products: list[int],
    draws: int,
    seed: int,
    time_limit: float | None,
    prices: Floats | None,
    demand: Floats | None,
) -> Planned:
    problem, known = ground.problem, ground.problem.products
    mean, price = (demand, prices) if demand is not None and prices is not None else _season(ground, firm, products)
    chance = np.random.Generator(np.random.Philox(key=[seed, 0]))
    held = known.holding_cost[products] * problem.horizon
    substitution = _substitution(ground, firm, products)

    def question(held: Floats) -> OrderQuestion:
        return OrderQuestion(
            Season(
                demand=chance.poisson(mean, size=(draws, len(products))).astype(float),
                # A unit sold was held for half the season, one that is left for all of it.
                price=np.maximum(price - held / 2, 0.0),
                unit_cost=known.unit_cost[products],
                salvage=np.minimum(known.closing_value[products], known.unit_cost[products] * (1 - 1e-9)),
                holding_cost=held,
                lost_sale_penalty=known.lost_sale_penalty[products],
                opening_stock=np.where(
                    known.opening_stock[products] == UNLIMITED_STOCK, 0, known.opening_stock[products]
                ),
                products=tuple(known.names[product] for product in products),
            ),
            shares=substitution,
            lots=_lots(ground, products),
        )

    plan = plan_orders(question(held), time_limit=time_limit)
    quantities = np.round(plan.quantities).astype(int)
    owed = outlay(replace(ground, season=[]), products)
    reason = _why_no_bound(ground, firm, products)
    bound: Bound | None = None
    if reason is None:
        # A unit may be sold on the first day: what is held for a while is left out of what no policy can beat.
        free = np.zeros(len(products))
        values = [plan_orders(question(free), time_limit=time_limit).value for _ in range(BATCHES)]
        bound = sampled_bound(
            np.array(values) - owed,
            ("customers choose as the scenario says, each at the time of his own", NOBODY_WAITS, RIVALS_STAND),
        )
    rows = [
        {
            "product": known.names[product],
            "quantity": int(units),
            "expected_demand": float(wanted),
            "mean_price": float(paid),
            "expected_sales": float(sold),
        }
        for product, units, wanted, paid, sold in zip(products, quantities, mean, price, plan.sold, strict=True)
    ]
    notes = [] if reason is None else [f"no bound is claimed: {reason}"]
    if problem.segments.waits.any():
        notes.append("the program takes customers who wait for customers who decide at once")
    return Planned(
        rows=tuple(rows),
        value=plan.value - owed,
        changes={
            format_path(("products", known.names[product], "ordering")): {"kind": "season_buy", "quantity": int(units)}
            for product, units in zip(products, quantities, strict=True)
        },
        bound=bound,
        duals=_duals(plan.shadow_prices),
        notes=tuple(notes),
        seconds={"build": plan.solution.build_seconds, "solve": plan.solution.solve_seconds},
    )


def _season(ground: Groundwork, firm: str, products: Sequence[int]) -> tuple[Floats, Floats]:
    """Return expected first choices of each product over the season, in units, and what one earns on average."""
    problem, offers = ground.problem, ground.problem.offers
    own = [offer for offer in range(len(offers.names)) if problem.firms.names[offers.firm[offer]] == firm]
    edges = sorted({0.0, problem.horizon, *(float(time) for time in offers.change_time if time < problem.horizon)})
    units, earned = np.zeros(len(products)), np.zeros(len(products))
    for begin, end in pairwise(edges):
        wanted = ground.forecasts.by_offer(begin, end)
        for offer in own:
            changes = slice(offers.change_start[offer], offers.change_start[offer + 1])
            passed = int(np.searchsorted(offers.change_time[changes], begin, side="right"))
            price = float(offers.change_price[changes][passed - 1]) if passed else float(offers.price[offer])
            row = slice(offers.use_start[offer], offers.use_start[offer + 1])
            taken = int(offers.use_units[row].sum())
            for product, used in zip(offers.use_product[row].tolist(), offers.use_units[row].tolist(), strict=True):
                if product in products:
                    units[products.index(product)] += wanted[offer] * used
                    earned[products.index(product)] += wanted[offer] * used * price / taken
    return units, np.divide(earned, units, out=np.zeros(len(products)), where=units > 0)


def _substitution(ground: Groundwork, firm: str, products: Sequence[int]) -> Floats:
    outlook = ProductOutlook(ground, ground.problem.firms.names.index(firm), products)
    return outlook.substitution(0.0, ground.problem.horizon, outlook.at_the_start())


def _lots(ground: Groundwork, products: Sequence[int]) -> Lots | None:
    """Return packs and minimum, where suppliers ask for any; whole numbers are rounded to otherwise."""
    pack = np.array([ground.supplies[product].pack for product in products], dtype=float)
    minimum = np.array([ground.supplies[product].minimum for product in products], dtype=float)
    if (pack <= 1).all() and (minimum <= 1).all():
        return None
    return Lots(pack=pack, minimum=np.maximum(minimum, pack))


def _why_no_bound(ground: Groundwork, firm: str, products: Sequence[int]) -> str | None:
    """Return why a program over drawn demand gives no bound; None where it does."""
    problem = ground.problem
    offers, position = problem.offers, problem.firms.names.index(firm)
    if reason := why_no_bound(ground, position):
        return reason
    if problem.warm_up > 0:
        return "the program plans from the start, and figures count from the warm-up's end"
    if isinstance(ground.settled.firms[firm].pricing, ProgramPrice):
        return "a program sets the prices too: plan both (joint)"
    if name := prices_move(ground, position, own=True):
        return f"the price of {name} changes on a schedule, and stock may be kept for a better one"
    if any(segment.trace is not None for segment in ground.settled.segments):
        return "who comes stands in a record, and the program draws its customers"
    own = np.flatnonzero(offers.firm == position)
    if len(own) != len(products) or not (np.diff(offers.use_start)[own] == 1).all():
        return "some of the firm's offers share a stock, or take several, and one may be kept for the other"
    if len(own) > 2:
        return "a customer may try a third product, and the program lets him try one other"
    return None


def _duals(prices: Mapping[str, Floats]) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        {"resource": f"{name} {row}" if len(values) > 1 else name, "shadow_price": float(value)}
        for name, values in prices.items()
        for row, value in enumerate(np.ravel(values))
    )


# From review to review


def _over_time(
    ground: Groundwork,
    firm: str,
    products: list[int],
    draws: int,
    seed: int,
    time_limit: float | None,
    first_prices: Floats | None,
) -> Planned:
    problem, known = ground.problem, ground.problem.products
    every, first = _review(ground, products)
    lead = np.array([ground.supplies[product].lead_time.mean for product in products])
    steps = int(
        np.clip(np.ceil(every / max(lead[lead > 0].min(initial=every), every / MOST_STEPS) - 1e-9), 1, MOST_STEPS)
    )
    step = every / steps
    edges = [number * step for number in range(int(np.ceil(problem.horizon / step - 1e-9)))] + [problem.horizon]
    periods = len(edges) - 1
    outlook = ProductOutlook(ground, problem.firms.names.index(firm), products)
    seen = outlook.at_the_start(first_prices)
    mean = np.array([outlook.demand(begin, end, seen) for begin, end in pairwise(edges)])
    looked_at = max(1, min(draws, MOST_CELLS // (periods * len(products))))
    chance = np.random.Generator(np.random.Philox(key=[seed, 0]))
    reviews = {round(first / step) + number * steps for number in range(periods)}
    may_order = np.array([period in reviews for period in range(periods)])
    firms = problem.firms
    question = TimedQuestion(
        StockFlow(
            demand=chance.poisson(mean, size=(looked_at, periods, len(products))).astype(float),
            price=outlook.price(seen),
            unit_cost=known.unit_cost[products],
            holding_cost=known.holding_cost[products] * step,
            lost_sale_penalty=known.lost_sale_penalty[products],
            salvage=known.closing_value[products],
            disposal_cost=(known.disposal_cost - known.salvage)[products],
            lead_time=np.round(lead / step).astype(int),
            shelf_life=np.where(
                np.isfinite(known.shelf_life[products]),
                np.maximum(1, np.floor(known.shelf_life[products] / step)),
                np.inf,
            ),
            opening_stock=known.opening_stock[products].astype(float),
            products=tuple(known.names[product] for product in products),
        ),
        largest=np.where(may_order, np.inf, 0.0)[:, np.newaxis] * np.ones(len(products)),
    )
    plan = plan_orders_over_time(question, time_limit=time_limit)
    rows = [
        {
            "time": edges[period],
            "product": known.names[product],
            "order": float(plan.orders[period, column]),
            "expected_stock": float(plan.stock[period, column]),
            "expected_demand": float(mean[period : period + steps, column].sum()),
        }
        for period in sorted(reviews)
        if period < periods
        for column, product in enumerate(products)
    ]
    notes = ["the plan is made once; the simulated policy plans anew at each review, from the stock that it finds then"]
    if _lots(ground, products) is not None or any(ground.supplies[product].order_cost for product in products):
        # Whole packs on a hundred draws would take hours; the policy's orders are rounded to them anyway (R3).
        notes.append(
            "packs, minimum orders and the fixed cost of an order are left out of the table, not of the simulation"
        )
    if bool(firms.back_orders[firms.names.index(firm)]):
        notes.append("the program takes customers who would wait for a delivery for lost ones")
    if problem.warm_up > 0:
        notes.append("its value counts from the start, simulated figures from the end of the warm-up")
    reason = why_no_bound(ground, firms.names.index(firm)) or "a firm that orders time and again may meet any demand"
    notes.append(f"no bound is claimed: {reason}")
    ordering: dict[str, object] = {"kind": "lp", "replan_every": every, "draws": draws, "seed": seed}
    if first:
        ordering["first_review"] = first
    if time_limit is not None:
        ordering["time_limit"] = time_limit
    owed = outlay(ground, products)
    return Planned(
        rows=tuple(rows),
        value=plan.value - owed,
        changes={format_path(("products", known.names[product], "ordering")): dict(ordering) for product in products},
        bound=None,
        duals=_duals(plan.shadow_prices),
        notes=tuple(notes),
        seconds={"build": plan.solution.build_seconds, "solve": plan.solution.solve_seconds},
    )


def _review(ground: Groundwork, products: Sequence[int]) -> tuple[float, float]:
    """Return how often the products are reviewed, and when first: as the scenario says where it says one thing."""
    told = set()
    for product in products:
        part = ground.settled.products[product].ordering
        if isinstance(part, OrderUpTo):
            told.add((part.review_every, ground.settled.products[product].first_review))
        elif isinstance(part, ProgramOrders):
            told.add((part.replan_every, ground.settled.products[product].first_review))
    if not told:
        return ground.problem.horizon / REVIEWS, 0.0
    return min(told)
