"""The fluid program of independent demand curves: price points over time, with stocks or seats that products share.

Product j at price point k would sell d_jkt in period t if that point were in force for all of it, whatever the other
products cost. With y_jkt the share of the period for which it is,

    maximise   Σ_jkt (p_jk − c_j) d_jkt y_jkt
    one price  Σ_k y_jkt ≤ 1                     every product and period; what is missing to 1, the product is shut
    stock      Σ_jkt A_ij d_jkt y_jkt ≤ c_i      every resource: a stock, or a leg of connecting flights
    y ≥ 0

(Gallego & van Ryzin 1994, sect. 3, for one product; 1997, sect. 2, for a network). Its value is at least what any
policy earns on average, for demand that is independent between products and whose mean is d (their Theorems 2 and 1).
With one price point a product this is the deterministic linear program of network revenue management, whose shadow
prices are bid prices (Talluri & van Ryzin 2004, sect. 3.3.1).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ..problem import Floats, Integers
from .outcome import Solution
from .price_plan import mean_prices, nearest_points
from .program import Program, Triplets
from .solver import solve


@dataclass(frozen=True)
class DemandCurves:
    """Demand at each price point: products j, points k, periods t, resources i. Use `DemandCurves.of`."""

    prices: Floats
    """Price of each point, in money. Shape (products, points)."""
    demand: Floats
    """Expected units if the point is in force for the whole period. Shape (products, points, periods)."""
    usage: Floats
    """Units of each resource that one sale uses. Shape (resources, products)."""
    capacity: Floats
    """Units for all periods together; inf without limit. Shape (resources,)."""
    unit_cost: Floats
    """What one sale costs beside the price, in money. Shape (products,)."""

    @classmethod
    def of(
        cls,
        prices: npt.ArrayLike,
        demand: npt.ArrayLike,
        *,
        usage: npt.ArrayLike | None = None,
        capacity: npt.ArrayLike = np.inf,
        unit_cost: npt.ArrayLike = 0.0,
    ) -> Self:
        """Return checked curves.

        Parameters
        ----------
        prices
            Shape (products, points).
        demand
            Shape (products, points, periods).
        usage
            Shape (resources, products); None for a stock of each product.
        capacity, unit_cost
            A number, or shape (resources,) and (products,).

        Raises
        ------
        ValueError
            When shapes do not fit or a number has no meaning where it stands.
        """
        price, units = np.array(prices, dtype=np.float64), np.array(demand, dtype=np.float64)
        if price.ndim != 2 or units.ndim != 3 or units.shape[:2] != price.shape:
            raise ValueError(f"prices, demand: shapes {price.shape} and {units.shape} do not fit each other")
        using = np.eye(len(price)) if usage is None else np.array(usage, dtype=np.float64)
        if using.ndim != 2 or using.shape[1] != len(price):
            raise ValueError(f"usage: shape {using.shape} does not fit {len(price)} products")
        stock = np.broadcast_to(np.asarray(capacity, dtype=np.float64), using.shape[:1]).copy()
        cost = np.broadcast_to(np.asarray(unit_cost, dtype=np.float64), price.shape[:1]).copy()
        for name, array in (("prices", price), ("demand", units), ("usage", using), ("unit_cost", cost)):
            if not np.isfinite(array).all():
                raise ValueError(f"{name}: must be finite")
        for name, array in (("demand", units), ("usage", using), ("capacity", stock)):
            if not (array >= 0).all():
                raise ValueError(f"{name}: must be at least 0")
        for array in (price, units, using, stock, cost):
            array.setflags(write=False)
        return cls(price, units, using, stock, cost)


@dataclass(frozen=True)
class FluidPlan:
    """Prices over time, as the fluid program finds them best."""

    curves: DemandCurves
    time_shares: Floats
    """Share of each period in which each price point is in force. Shape (products, points, periods)."""
    value: float
    """Margin of all sales, in money; no policy earns more on average."""
    bid_prices: Floats
    """What one more unit of each resource would add, in money. Shape (resources,)."""
    solution: Solution
    """The program's own solution."""

    @property
    def sales(self) -> Floats:
        """Return units sold, shape (products, points, periods)."""
        return self.curves.demand * self.time_shares

    def mean_prices(self) -> Floats:
        """Return the price of each product in each period, averaged over the time on offer; see `mean_prices`."""
        return mean_prices(self.curves.prices, self.time_shares)

    def nearest_points(self) -> Integers:
        """Return one price point for each product and period; see `nearest_points`."""
        return nearest_points(self.curves.prices, self.time_shares)

    def prices(self) -> Floats:
        """Return the price path of `nearest_points`, in money, shape (products, periods)."""
        return np.take_along_axis(self.curves.prices, self.nearest_points(), axis=1)


def fluid_program(curves: DemandCurves) -> Program:
    """Return the program of demand curves; a column for every point that somebody buys at."""
    program = Program("fluid", maximise=True)
    product, point, period = np.nonzero(curves.demand)
    units, every = curves.demand[product, point, period], np.arange(len(product))
    products, _, periods = curves.demand.shape
    program.columns(
        "in force",
        len(every),
        objective=(curves.prices - curves.unit_cost[:, None])[product, point] * units,
        labels=[f"p{j}_k{k}_t{t}" for j, k, t in zip(product, point, period, strict=True)],
    )
    program.rows(
        "one price",
        products * periods,
        {"in force": Triplets(product * periods + period, every, 1.0)},
        upper=1.0,
        labels=[f"p{j}_t{t}" for j in range(products) for t in range(periods)],
    )
    resource, used = np.nonzero(curves.usage[:, product])
    program.rows(
        "stock",
        len(curves.capacity),
        {"in force": Triplets(resource, used, curves.usage[resource, product[used]] * units[used])},
        upper=curves.capacity,
        labels=[f"i{each}" for each in range(len(curves.capacity))],
    )
    return program


def fluid_plan(
    curves: DemandCurves, *, time_limit: float | None = None, warm_start: Solution | None = None
) -> FluidPlan:
    """Return the prices over time that earn most, in expectation and with divisible stocks.

    Parameters
    ----------
    curves
        Demand at each price point.
    time_limit
        Seconds that the solver may take.
    warm_start
        Solution of the program of curves of the same shape, to start from.

    Raises
    ------
    ProgramError
        When there is no optimum (R18).
    """
    shares = np.zeros(curves.demand.shape)
    solution = solve(fluid_program(curves), time_limit=time_limit, warm_start=warm_start)
    shares[np.nonzero(curves.demand)] = np.clip(solution.values["in force"], 0.0, 1.0)
    return FluidPlan(curves, shares, solution.objective, solution.duals["stock"], solution)
