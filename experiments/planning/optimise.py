"""The way from a scenario to a judged plan."""

import datetime
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeVar

import numpy as np

from ...models.control.lp_prices import Objective
from ...models.problem import Floats
from ...scenarios.scenario import Scenario
from ...simulator.build.groundwork import Groundwork, lay_groundwork
from ...simulator.estimates import mean_estimate
from ...simulator.results import Result
from ...simulator.run import run
from ..whose import firm_of
from .optimisation import Optimisation
from .orders import plan_of_orders, season_products
from .planned import Planned, PlanningError
from .prices import PATHS, mean_prices, plan_of_prices

Choice = TypeVar("Choice", bound=str)
What = Literal["orders", "prices", "joint"]
WHATS: tuple[What, ...] = ("orders", "prices", "joint")
OBJECTIVES: tuple[Objective, ...] = ("profit", "revenue", "welfare")
DRAWS = 200
"""Draws of demand that a program of orders looks at, unless told otherwise."""
SEED_OF_DRAWS = 0
"""Seed of these draws, which have streams of their own: no customer of a simulation is among them."""

Progress = Callable[[int, int], None]


def optimise(
    scenario: Scenario,
    what: str,
    *,
    firm: str | None = None,
    objective: str = "profit",
    scenarios: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    time_limit: float | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Optimisation:
    """Plan a firm's orders, prices or both by linear programs, and judge the plan in the simulator.

    Parameters
    ----------
    scenario : Scenario
        What to plan for; it is not changed.
    what : str
        `orders`, `prices` or `joint`.
    firm : str, optional
        Whose plan; without it, the first focal firm's.
    objective : str
        `profit` of the firm, its `revenue`, or `welfare`: its profit and what customers gain.
    scenarios : int, optional
        Draws of demand (N): a program of orders looks at 200 unless told otherwise; the bound of prices at 20.
    replications, seed : int, optional
        Of the simulations that judge the plan; without them, the scenario's own.
    time_limit : float, optional
        Seconds for each program.
    jobs : int
        Number of processes for the simulations.
    progress : callable, optional
        Called as `progress(done, planned)` with replications of both simulations.

    Returns
    -------
    Optimisation

    Raises
    ------
    PlanningError
        If an argument is out of its bounds, or the program says nothing for this scenario.
    ProgramError
        If a program has no solution, or none in time.
    ArgumentError
        If replications, seed or jobs are out of their bounds.
    """
    begun, started = datetime.datetime.now(datetime.UTC), time.perf_counter()
    kind, aim = _one_of("what to optimise", what, WHATS), _one_of("objective", objective, OBJECTIVES)
    if kind != "prices" and aim != "profit":
        raise PlanningError(f"objective {aim!r} is for prices; what to order is planned for profit")
    usual = PATHS if kind == "prices" else DRAWS
    draws = usual if scenarios is None else scenarios
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 2:
        raise PlanningError(f"scenarios must be a whole number above 1 (got {scenarios!r})")
    if time_limit is not None and not time_limit > 0:
        raise PlanningError(f"time_limit must be above 0 (got {time_limit!r})")
    name = firm_of(scenario, firm, PlanningError)
    ground = lay_groundwork(scenario.settled)
    planned = _plan(scenario, ground, kind, name, aim, draws, time_limit)
    policy = scenario.replace(planned.changes)
    count = scenario.settled.head.replications if replications is None else replications
    both = _Both(progress, count)
    judged = run(policy, count, seed, jobs=jobs, progress=both.first)
    before = run(scenario, count, seed, jobs=jobs, progress=both.second)
    ours, theirs = figure_of(judged, name, aim), figure_of(before, name, aim)
    return Optimisation(
        scenario=scenario,
        what=kind,
        firm=name,
        objective=aim,
        planned=planned,
        policy=policy,
        simulated=mean_estimate(ours),
        present=mean_estimate(theirs),
        difference=mean_estimate(ours - theirs),
        seed=judged.seed,
        manifest={
            **{key: before.manifest[key] for key in ("scenario_hash", "resolved_scenario", "applied")},
            "optimise": {"what": kind, "firm": name, "objective": aim, "draws": draws, "time_limit": time_limit},
            **{key: before.manifest[key] for key in ("seed", "replications", "engine", "versions")},
            "time": {
                "begun": begun.isoformat(timespec="seconds"),
                "seconds": round(time.perf_counter() - started, 3),
            },
        },
    )


def figure_of(result: Result, firm: str, objective: Objective) -> Floats:
    """Return what a plan is judged by, one value a replication, in money.

    Parameters
    ----------
    result
        A run.
    firm
        Whose figure.
    objective
        `profit`, `revenue`, or `welfare`: profit and the consumer surplus of all customers.
    """
    if objective == "welfare":
        surplus = result.reckoning.surplus_by_replication()
        if np.isnan(surplus).any():
            raise PlanningError("welfare: there are customers whose choice does not say what they gain in money")
        return result.reckoning.by_replication("profit", firm) + surplus
    return result.reckoning.by_replication(objective, firm)


def _plan(
    scenario: Scenario,
    ground: Groundwork,
    what: What,
    firm: str,
    objective: Objective,
    draws: int,
    time_limit: float | None,
) -> Planned:
    if what == "orders":
        return plan_of_orders(ground, firm, draws, SEED_OF_DRAWS, time_limit)
    if what == "prices":
        try:
            return plan_of_prices(scenario, ground, firm, objective, time_limit, paths=draws)[0]
        except ValueError as error:
            if objective == "welfare" and not isinstance(error, PlanningError):
                raise PlanningError(str(error)) from error
            raise
    season = season_products(ground, firm)
    prices, policy, plan = plan_of_prices(scenario, ground, firm, objective, time_limit, buys=bool(season))
    if not season:
        # Orders for the demand that the planned prices leave.
        priced = lay_groundwork(scenario.replace(prices.changes).settled)
        first = np.array(plan.prices(0))
        orders = plan_of_orders(priced, firm, draws, SEED_OF_DRAWS, time_limit, first_prices=first)
        return _joined(prices, orders, prices.value)
    # The fluid program knows no chance: at its prices, a program over drawn demand says how much to buy.
    rows = [policy.goods.names.index(ground.problem.products.names[product]) for product in season]
    use = policy.goods.use[rows]
    demand = use @ plan.sales.sum(axis=0)
    paid = use @ (plan.sales.sum(axis=0) * mean_prices(plan) / np.maximum(policy.goods.use.sum(axis=0), 1))
    price = np.divide(paid, demand, out=np.zeros(len(season)), where=demand > 0)
    orders = plan_of_orders(ground, firm, draws, SEED_OF_DRAWS, time_limit, prices=price, demand=demand)
    return _joined(prices, orders, orders.value)


def _joined(prices: Planned, orders: Planned, value: float) -> Planned:
    """Return both plans as one; the bound is that of the program over prices, which chooses what to buy too."""
    return replace(
        prices,
        rows=(*({"plan": "orders", **row} for row in orders.rows), *({"plan": "prices", **row} for row in prices.rows)),
        value=value,
        changes={**prices.changes, **orders.changes},
        duals=(*prices.duals, *orders.duals),
        notes=tuple(dict.fromkeys((*prices.notes, *(note for note in orders.notes if "bound" not in note)))),
        seconds={part: prices.seconds[part] + orders.seconds[part] for part in prices.seconds},
    )


def _one_of(what: str, given: str, known: tuple[Choice, ...]) -> Choice:
    for each in known:
        if given == each:
            return each
    raise PlanningError(f"{what} must be one of {', '.join(known)} (got {given!r})")


class _Both:
    """Progress of two simulations as one."""

    def __init__(self, progress: Progress | None, each: int) -> None:
        self._progress, self._each = progress, each

    def first(self, done: int, _planned: int) -> None:
        """Say how far the first one is."""
        self._say(done)

    def second(self, done: int, _planned: int) -> None:
        """Say how far the second one is."""
        self._say(self._each + done)

    def _say(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, 2 * self._each)
