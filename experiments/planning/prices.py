"""A plan of prices for one firm, alone or together with what to buy before the season."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from ...models.control.lp_prices import Objective, PricesByProgram
from ...models.optimise.bounds import NOBODY_WAITS, RIVALS_STAND, Bound, sampled_bound, smallest
from ...models.optimise.price_vectors import CLOSED, PricePlan, PriceProblem, plan_prices
from ...models.problem import UNLIMITED_STOCK, Floats
from ...scenarios.marked import Path
from ...scenarios.paths import format_path
from ...scenarios.scenario import Scenario
from ...scenarios.schema.ordering import SeasonBuy
from ...scenarios.schema.pricing import ProgramPrice, ProtectionLevels
from ...scenarios.settled import Settled
from ...simulator.build.groundwork import Groundwork, lay_groundwork
from ...simulator.build.programs import prices_by_program
from .planned import Planned, PlanningError, outlay, why_no_bound

MOST_PERIODS = 20
"""Periods of a plan at most, where the scenario does not say how often to plan anew."""
PATHS = 20
"""Drawn numbers of customers, for the bound of who knows them beforehand."""
SEED_OF_PATHS = 1
STEPS = {"hour": (1, 2, 3, 6, 12, 24, 168), "day": (1, 7, 14, 28), "week": (1, 2, 4, 13)}
"""Times between plans that people think in, in time units."""


def plan_of_prices(
    scenario: Scenario,
    ground: Groundwork,
    firm: str,
    objective: Objective,
    time_limit: float | None,
    *,
    buys: bool = False,
    paths: int = PATHS,
) -> tuple[Planned, PricesByProgram, PricePlan]:
    """Return the plan of a firm's prices, the policy that follows it, and the program's own plan.

    Parameters
    ----------
    scenario, ground
        The scenario, and the same as models.
    firm
        Whose prices.
    objective
        What is to be large.
    time_limit
        Seconds for each linear program.
    buys
        Whether what is bought before the season is planned too.
    paths
        Drawn numbers of customers, for the bound of who knows them beforehand.

    Raises
    ------
    PlanningError
        When the firm sells nothing.
    ProgramError
        When a program cannot be solved.
    """
    settled, problem = ground.settled, ground.problem
    own = settled.firms[firm].pricing
    part = own if isinstance(own, ProgramPrice) else ProgramPrice(kind="lp", replan_every=_usual_step(settled))
    part = part.model_copy(update={"objective": objective, "time_limit": time_limit or part.time_limit})
    changes = _changes(scenario, firm, part)
    # The policy as it will run: what has a fixed price of its own keeps it in the plan too.
    policy = prices_by_program(lay_groundwork(scenario.replace(changes).settled), firm)
    if policy is None:
        raise PlanningError(f"firm {firm!r} sells nothing, so that there are no prices to plan")
    goods, products = policy.goods, [problem.products.names.index(name) for name in policy.goods.names]
    units = np.where(goods.scarce, problem.products.opening_stock[products], 0.0).astype(float)
    rivals = {name: float(price) for name, price in zip(problem.offers.names, problem.offers.price, strict=True)}
    if buys:
        asked = problem_with_buying(ground, policy, rivals)
        owed = outlay(replace(ground, season=[]), products)
    else:
        for order in ground.season:
            if order.product in products:
                units[products.index(order.product)] += ground.units_of(order)
        asked = policy.problem(0.0, units.tolist(), rivals)
        # Every sale of what can be had again is charged at its cost, also that of a unit which was there already.
        credit = np.where(goods.scarce, 0.0, _opening(ground, products)) @ goods.unit_cost
        owed = outlay(ground, products) - float(credit)
    plan = plan_prices(asked, time_limit=time_limit)
    planned = Planned(
        rows=_rows(policy, plan),
        # Revenue is what customers pay; what stock has cost is no part of it.
        value=plan.value if objective == "revenue" else plan.value - owed,
        changes=changes,
        bound=_bound(ground, firm, asked, plan, policy, owed, buys=buys, paths=paths),
        duals=tuple(
            {"resource": name, "shadow_price": float(price)}
            for name, price, scarce in zip(goods.names, plan.bid_prices, goods.scarce, strict=True)
            if scarce or buys
        ),
        notes=tuple(_notes(ground, policy, firm, plan, objective)),
        seconds={"build": plan.build_seconds, "solve": plan.solve_seconds},
    )
    return planned, policy, plan


def problem_with_buying(ground: Groundwork, policy: PricesByProgram, rivals: Mapping[str, float]) -> PriceProblem:
    """Return the problem of a season whose prices are chosen together with what is bought before it.

    What comes of one order before the season, or of any number of orders, can be bought; else there is what there is.

    Parameters
    ----------
    ground
        The scenario as models.
    policy
        The firm's prices.
    rivals
        Public prices by name of the offer, in money.
    """
    goods, known = policy.goods, ground.problem.products
    products = [known.names.index(name) for name in goods.names]
    bought = np.array([isinstance(ground.settled.products[product].ordering, SeasonBuy) for product in products])
    return policy.problem(
        0.0,
        _opening(ground, products).tolist(),
        rivals,
        unit_cost=goods.unit_cost,
        most_bought=np.where(bought | ~np.array(goods.scarce), np.inf, 0.0),
    )


def _opening(ground: Groundwork, products: Sequence[int]) -> Floats:
    """Return the units of some products that are there at the start; none of one that never runs out."""
    stock = ground.problem.products.opening_stock[list(products)]
    units: Floats = np.where(stock == UNLIMITED_STOCK, 0, stock).astype(float)
    return units


def prices_move(ground: Groundwork, firm: int, *, own: bool) -> str | None:
    """Return which price changes on a schedule, the firm's own or a rival's; None where none does."""
    offers = ground.problem.offers
    for offer, name in enumerate(offers.names):
        if offers.change_start[offer + 1] > offers.change_start[offer] and (offers.firm[offer] == firm) == own:
            return name
    return None


def _usual_step(settled: Settled) -> float:
    """Return the shortest usual time between plans that needs no more than so many of them, in time units."""
    horizon = settled.head.horizon
    steps = STEPS.get(settled.head.time_unit, ())
    return next((float(step) for step in steps if horizon <= MOST_PERIODS * step), horizon / MOST_PERIODS)


def _rows(policy: PricesByProgram, plan: PricePlan) -> tuple[Mapping[str, Any], ...]:
    edges, market = policy.edges(0.0), policy.market
    names = market.own_names
    rows = []
    for period, vectors in enumerate(plan.vectors):
        for place, name in enumerate(names):
            open_ones = [(vector[place], share) for vector, share in vectors if vector[place] != CLOSED]
            shown = sum(share for _, share in open_ones)
            rows.append(
                {
                    "from": edges[period],
                    "to": edges[period + 1],
                    "offer": name,
                    "price": sum(price * share for price, share in open_ones) / shown if shown > 0 else None,
                    "open": shown,
                    "sales": float(plan.sales[period, place]),
                }
            )
    return tuple(rows)


def _changes(scenario: Scenario, firm: str, part: ProgramPrice) -> dict[str, object]:
    """Return what lets the program set the firm's prices in the scenario, alone."""
    settings: dict[str, object] = {"kind": "lp", "replan_every": part.replan_every, "ladder": list(part.ladder)}
    if part.points:
        settings["points"] = {name: list(points) for name, points in part.points.items()}
    if part.objective != "profit":
        settings["objective"] = part.objective
    if part.time_limit is not None:
        settings["time_limit"] = part.time_limit
    changes: dict[str, object] = {format_path(("firms", firm, "pricing")): settings}
    for path in scheduled_apart(scenario, firm):
        changes[format_path(path)] = None
    if isinstance(scenario.settled.firms[firm].availability, ProtectionLevels):
        changes[format_path(("firms", firm, "availability"))] = {"kind": "open"}
    return changes


def _bound(
    ground: Groundwork,
    firm: str,
    asked: PriceProblem,
    plan: PricePlan,
    policy: PricesByProgram,
    owed: float,
    *,
    buys: bool,
    paths: int,
) -> Bound | None:
    if _why_no_bound(ground, firm, plan, policy.objective):
        return None
    bought = ", and what is bought is bought before the season" if buys else ""
    assumptions = (
        "prices are on the ladder" + bought,
        "customers come and choose as the scenario says",
        NOBODY_WAITS,
        RIVALS_STAND,
    )
    fluid = Bound("fluid", plan.value - owed, assumptions)
    if buys or any(segment.trace is not None for segment in ground.settled.segments):
        return fluid
    # Who knows beforehand how many of each segment come in each period does no worse than any policy.
    chance = np.random.Generator(np.random.Philox(key=[SEED_OF_PATHS, 0]))
    values = [
        plan_prices(replace(asked, customers=chance.poisson(asked.customers).astype(float))).value - owed
        for _ in range(paths)
    ]
    return smallest((fluid, sampled_bound(values, assumptions)), customers_wait=False, rivals_react=False)


def _why_no_bound(ground: Groundwork, firm: str, plan: PricePlan, objective: Objective) -> str | None:
    problem = ground.problem
    position = problem.firms.names.index(firm)
    if reason := why_no_bound(ground, position):
        return reason
    if rival := prices_move(ground, position, own=False):
        return f"a rival's price ({rival}) changes on a schedule, and the program takes the first one to stay"
    if problem.warm_up > 0:
        return "the program plans from the start, and figures count from the warm-up's end"
    if objective != "profit":
        return f"what is bounded is profit, not {objective}"
    return None if plan.exact else "there are too many price vectors to look at all"


def _notes(ground: Groundwork, policy: PricesByProgram, firm: str, plan: PricePlan, objective: Objective) -> list[str]:
    problem = ground.problem
    notes = []
    if reason := _why_no_bound(ground, firm, plan, objective):
        notes.append(f"no bound is claimed: {reason}")
    if problem.warm_up > 0:
        notes.append("its value counts from the start, simulated figures from the end of the warm-up")
    if problem.segments.waits.any():
        notes.append("the program takes customers who wait for customers who decide at once")
    ordered = [
        name
        for name, scarce in zip(policy.goods.names, policy.goods.scarce, strict=True)
        if not scarce and problem.products.opening_stock[problem.products.names.index(name)] != UNLIMITED_STOCK
    ]
    if ordered:
        notes.append(
            f"the program takes what is ordered time and again ({', '.join(ordered[:3])}{', …' * (len(ordered) > 3)}) "
            "for never short, and orders go on as for the present prices unless they are planned too (joint)"
        )
    if isinstance(ground.settled.firms[firm].availability, ProtectionLevels):
        notes.append("protection levels are lifted: prices alone decide what sells")
    return notes


def scheduled_apart(scenario: Scenario, firm: str) -> list[Path]:
    """Return where a firm's products and offers have a schedule of their own, which no program can set."""
    found: list[Path] = []
    owners = {offer.name: offer.firm for offer in scenario.settled.offers}
    owners |= {product.name: product.firm for product in scenario.settled.products}
    for group in ("products", "offers"):
        for name, part in cast("Mapping[str, object]", scenario.resolved.get(group) or {}).items():
            pricing = part.get("pricing") if isinstance(part, dict) else None
            if owners.get(name) == firm and isinstance(pricing, dict) and pricing.get("kind") == "scheduled":
                found.append((group, name, "pricing"))
    return found


def mean_prices(plan: PricePlan) -> Floats:
    """Return the mean price of each offer over the plan, by expected sales; shape (offers,)."""
    paid = np.zeros(plan.sales.shape[1])
    for period, vectors in enumerate(plan.vectors):
        for place in range(len(paid)):
            open_ones = [(vector[place], share) for vector, share in vectors if vector[place] != CLOSED]
            shown = sum(share for _, share in open_ones)
            if shown > 0:
                paid[place] += plan.sales[period, place] * sum(price * share for price, share in open_ones) / shown
    sold = plan.sales.sum(axis=0)
    mean: Floats = np.divide(paid, sold, out=np.array(plan.dearest, dtype=float), where=sold > 0)
    return mean
