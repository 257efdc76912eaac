"""What no policy can beat, and on which assumptions.

* Fluid: the value of a program in which sales are their expectations and stocks divisible (`fluid.py`,
  `choice_based.py`, `sales_based.py`). Expected sales of any policy are feasible there, hence the bound (Gallego & van
  Ryzin 1994, Theorem 2; Liu & van Ryzin 2008).
* Perfect information: on each drawn path, the best that could be done by who knows the path. A policy knows less, so
  the mean over paths is a bound; over n paths it is an estimate with confidence limits (Mak, Morton & Wood 1999).
  The mean over all paths is never above the fluid value: a program's value is concave in its demand.
* Exact: the value of the dynamic program, where the state is small (`models/literature/choice_dynamic_program.py`).

None holds where customers wait or rivals react: a policy then moves demand, or rivals, that the bound takes as given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from ..literature.choice_dynamic_program import optimal_value
from ..problem import Floats
from .choice_based import ChoicePlan
from .fluid import FluidPlan
from .ladder import LadderMarket
from .price_plan import PricePlan
from .program import Program, Triplets
from .sales_based import sales_based_program
from .solver import solve

CONFIDENCE = 0.95
"""Of the limits of a sampled bound."""

COLUMNS_AT_A_TIME = 4000
"""Columns of the programs that are solved as one."""

NOBODY_WAITS = "no customer waits for a later price or a later delivery"
RIVALS_STAND = "rivals' prices and stocks do not depend on the firm's"

Kind = Literal["fluid", "perfect information", "exact"]


@dataclass(frozen=True)
class Bound:
    """An upper bound on what a policy earns on average, in money."""

    kind: Kind
    value: float
    assumptions: tuple[str, ...]
    """What must hold for it, in words."""
    half_width: float | None = None
    """Of the 95 % interval of a sampled bound; None for a computed one."""
    n: int | None = None
    """Paths of a sampled bound; None for a computed one."""

    @property
    def limit(self) -> float:
        """Return the bound, a sampled one at its upper confidence limit."""
        return self.value + (self.half_width or 0.0)

    def share(self, earned: float) -> float:
        """Return what a policy earns as a share of the bound; nan where the bound is not above 0.

        Parameters
        ----------
        earned
            Mean earnings of the policy, in money.
        """
        return earned / self.value if self.value > 0 else float("nan")


def fluid_bound(plan: FluidPlan | PricePlan | ChoicePlan) -> Bound:
    """Return the bound that a fluid program's value is.

    A relaxation is a bound too, only less tight. A path of one price a period (`markdown.py`) is none: policies that
    keep no such rule may earn more.

    Parameters
    ----------
    plan
        The program's plan.
    """
    assumptions = ["mean demand at each price is what the program was given", NOBODY_WAITS, RIVALS_STAND]
    value = max(plan.bound if isinstance(plan, ChoicePlan) else plan.solution.bound, plan.value)
    if isinstance(plan, FluidPlan):
        assumptions.append("demand for a product does not depend on the prices and stocks of others")
    else:
        assumptions.append("each customer buys one unit at most, by the given choice model")
    return Bound("fluid", value, tuple(assumptions))


def sampled_bound(values: npt.ArrayLike, assumptions: Sequence[str]) -> Bound:
    """Return the mean of what could be earned on each of n independent paths, with its confidence limits.

    Parameters
    ----------
    values
        Best value on each path, in money. Shape (paths,).
    assumptions
        What must hold for it, in words.

    Raises
    ------
    ValueError
        When there are fewer than two paths: one has no confidence limits.
    """
    earned = np.asarray(values, dtype=np.float64)
    if earned.ndim != 1 or earned.size < 2:
        raise ValueError(f"values: needs two paths or more (got shape {earned.shape})")
    n = earned.size
    quantile = float(special.stdtrit(n - 1, (1 + CONFIDENCE) / 2))
    half_width = quantile * float(earned.std(ddof=1)) / float(np.sqrt(n))
    return Bound("perfect information", float(earned.mean()), tuple(assumptions), half_width, n)


def perfect_information(
    margins: npt.ArrayLike, usage: npt.ArrayLike, capacity: npt.ArrayLike, demand: npt.ArrayLike
) -> Bound:
    """Return the bound of who knows the demand of each path: products at given prices, demand independent of them.

    On each path the program  max Σ p_j x_j,  Σ_j A_ij x_j ≤ c_i,  0 ≤ x_j ≤ D_j  (the randomised linear program of
    Talluri & van Ryzin 1999; as a bound Topaloglu 2009, Table 2).

    Parameters
    ----------
    margins
        Price of each product less its cost, in money. Shape (products,).
    usage
        Units of each resource that a sale uses. Shape (resources, products).
    capacity
        Units of each resource; inf without limit. Shape (resources,).
    demand
        Drawn demand. Shape (paths, products).

    Raises
    ------
    ValueError
        When shapes do not fit, or there are fewer than two paths.
    ProgramError
        When a program has no optimum (R18).
    """
    values = hindsight_values(margins, usage, capacity, demand)
    assumptions = (
        "demand for a product does not depend on what else is on offer",
        "prices are the given ones",
        NOBODY_WAITS,
        RIVALS_STAND,
    )
    return sampled_bound(values, assumptions)


def hindsight_values(
    margins: npt.ArrayLike, usage: npt.ArrayLike, capacity: npt.ArrayLike, demand: npt.ArrayLike
) -> Floats:
    """Return the best value on each path, in money, shape (paths,); the parameters are `perfect_information`'s."""
    worth, using = np.asarray(margins, dtype=np.float64), np.asarray(usage, dtype=np.float64)
    units, drawn = np.asarray(capacity, dtype=np.float64), np.asarray(demand, dtype=np.float64)
    if using.shape != (units.size, worth.size) or drawn.ndim != 2 or drawn.shape[1] != worth.size:
        raise ValueError(f"margins, usage, demand: shapes {worth.shape}, {using.shape}, {drawn.shape} do not fit")
    products, resources = worth.size, units.size
    together = max(1, COLUMNS_AT_A_TIME // max(products, 1))
    resource, product = np.nonzero(using)
    values = []
    for first in range(0, len(drawn), together):
        paths = drawn[first : first + together]
        program = Program("perfect information", maximise=True)
        program.columns("sales", paths.size, upper=paths.ravel(), objective=np.tile(worth, len(paths)))
        path = np.repeat(np.arange(len(paths)), len(resource))
        program.rows(
            "stock",
            resources * len(paths),
            {
                "sales": Triplets(
                    path * resources + np.tile(resource, len(paths)),
                    path * products + np.tile(product, len(paths)),
                    np.tile(using[resource, product], len(paths)),
                )
            },
            upper=np.tile(units, len(paths)),
        )
        sales = solve(program).values["sales"].reshape(len(paths), products)
        values.append(sales @ worth)
    return np.concatenate([np.zeros(0), *values])


def known_arrivals(market: LadderMarket, arrivals: npt.ArrayLike, *, time_limit: float | None = None) -> Bound:
    """Return the bound of who knows how many customers come, though not what each of them likes.

    On each path the sales-based program with the drawn numbers in place of their means: given the numbers, expected
    sales of any policy are feasible there.

    Parameters
    ----------
    market
        The market; its own arrivals are not used.
    arrivals
        Drawn numbers of customers. Shape (paths, segments, periods).
    time_limit
        Seconds that the solver may take for one path.

    Raises
    ------
    ValueError
        When a shape does not fit, or there are fewer than two paths.
    ProgramError
        When a program has no optimum (R18).
    """
    drawn = np.asarray(arrivals, dtype=np.float64)
    if drawn.ndim != 3 or drawn.shape[1:] != market.arrivals.shape:
        raise ValueError(f"arrivals: shape {drawn.shape} where (paths, *{market.arrivals.shape}) is due")
    values = [
        solve(sales_based_program(replace(market, arrivals=path)), time_limit=time_limit).objective for path in drawn
    ]
    assumptions = ("each customer buys one unit at most, by the given choice model", NOBODY_WAITS, RIVALS_STAND)
    return sampled_bound(values, assumptions)


def exact_bound(
    sales: npt.ArrayLike, prices: npt.ArrayLike, usage: npt.ArrayLike, capacity: npt.ArrayLike, periods: int
) -> Bound:
    """Return the value of the best policy by dynamic programming; for parameters see `solve_choice_program`.

    Raises
    ------
    ValueError
        When a shape or a number does not fit, or the state is too large.
    """
    assumptions = (
        "at most one customer comes in each period, and the offers are among the listed sets",
        NOBODY_WAITS,
        RIVALS_STAND,
    )
    return Bound("exact", optimal_value(sales, prices, usage, capacity, periods), assumptions)


def smallest(bounds: Iterable[Bound], *, customers_wait: bool, rivals_react: bool) -> Bound | None:
    """Return the smallest bound that applies, by its upper limit; None where none is claimed.

    Parameters
    ----------
    bounds
        Bounds on one and the same quantity.
    customers_wait, rivals_react
        What happens in the world that the policy is judged in.
    """
    if customers_wait or rivals_react:
        return None
    return min(bounds, key=lambda bound: bound.limit, default=None)
