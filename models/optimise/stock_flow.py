"""What a program of orders over time is asked: demand by period, stock, lead times, shelf life, costs, limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..problem import Booleans, Floats, Integers
from .season import Lots, Resource


@dataclass(frozen=True, slots=True)
class StockFlow:
    """Products over periods; figures are numbers, or arrays of shape (products,) or (periods, products)."""

    demand: Floats
    """Units asked for, shape (draws, periods, products)."""
    price: npt.ArrayLike
    """Money per unit sold, when it is handed over."""
    unit_cost: npt.ArrayLike
    """Money per unit, by the period of its order."""
    holding_cost: npt.ArrayLike = 0.0
    """Money per unit on hand at the end of a period."""
    lost_sale_penalty: npt.ArrayLike = 0.0
    """Money per customer who leaves with nothing, those who still wait at the end among them."""
    back_orders: npt.ArrayLike = False
    """Whether customers wait, shape (products,) or one for all."""
    back_order_penalty: npt.ArrayLike = 0.0
    """Money per customer who waits at the end of a period."""
    salvage: npt.ArrayLike = 0.0
    """What a unit left at the end fetches, in money, shape (products,)."""
    disposal_cost: npt.ArrayLike = 0.0
    """Cost of getting rid of a unit that went out of date, in money."""
    lead_time: npt.ArrayLike = 0
    """Periods from an order to its delivery, shape (products,); 0 for the same period, before its customers."""
    shelf_life: npt.ArrayLike = np.inf
    """Periods in which a unit may be sold, that of its delivery among them, shape (products,); inf for ever."""
    opening_stock: npt.ArrayLike = 0.0
    """Units on hand, shape (products,); or by remaining life, shape (lives, products): row r for r + 1 periods more."""
    on_order: npt.ArrayLike = 0.0
    """Units under way, by the period of their delivery, shape (periods, products)."""
    waiting: npt.ArrayLike = 0.0
    """Customers who wait already, shape (products,)."""
    weight: Floats | None = None
    """Probability of each draw, shape (draws,); None for the same for all."""
    products: tuple[str, ...] | None = None
    """Names."""

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.demand)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return int(self.demand.shape[1])

    @property
    def size(self) -> int:
        """Number of products."""
        return int(self.demand.shape[2])

    @property
    def weights(self) -> Floats:
        """Probability of each draw, shape (draws,)."""
        return np.full(self.draws, 1 / self.draws) if self.weight is None else np.asarray(self.weight, dtype=float)

    @property
    def lead(self) -> Integers:
        """Lead times, shape (products,)."""
        return np.broadcast_to(np.asarray(self.lead_time, dtype=np.int64), (self.size,))

    @property
    def life(self) -> Floats:
        """Shelf lives, shape (products,)."""
        return np.broadcast_to(np.asarray(self.shelf_life, dtype=float), (self.size,))

    @property
    def waits(self) -> Booleans:
        """Whose customers wait, shape (products,)."""
        return np.broadcast_to(np.asarray(self.back_orders, dtype=bool), (self.size,))

    @property
    def due(self) -> Floats:
        """Units under way by period of delivery, shape (periods, products)."""
        return self.timed(self.on_order)

    @property
    def opening(self) -> Floats:
        """Units on hand, shape (products,)."""
        stock = np.asarray(self.opening_stock, dtype=float)
        return stock.sum(axis=0) if stock.ndim == 2 else self.each(stock)

    def opening_after(self, period: int) -> Floats:
        """Return how many units of the opening stock may still be sold after a period, shape (products,)."""
        stock = np.asarray(self.opening_stock, dtype=float)
        if stock.ndim == 2:
            return np.asarray(stock[period + 1 :].sum(axis=0), dtype=float)
        return np.where(self.life > period + 1, self.each(stock), 0.0)

    def each(self, values: npt.ArrayLike) -> Floats:
        """Return one value a product."""
        return np.broadcast_to(np.asarray(values, dtype=float), (self.size,))

    def timed(self, values: npt.ArrayLike) -> Floats:
        """Return one value for each period and product."""
        return np.broadcast_to(np.asarray(values, dtype=float), (self.periods, self.size))

    def name(self, product: int) -> str:
        """Return what a product is called."""
        return str(product) if self.products is None else self.products[product]

    def check(self) -> None:
        """Complain of what makes no sense.

        Raises
        ------
        ValueError
            When demand, stock, lead times or shelf lives are out of range, or weights are no probabilities.
        """
        if self.demand.ndim != 3 or not self.demand.size:
            raise ValueError(f"demand: must have shape (draws, periods, products) (got {self.demand.shape})")
        if not (np.isfinite(self.demand).all() and (self.demand >= 0).all()):
            raise ValueError("demand: must be finite and at least 0")
        for name in ("opening_stock", "on_order", "waiting", "lead_time"):
            if (np.asarray(getattr(self, name)) < 0).any():
                raise ValueError(f"{name}: must be at least 0")
        if not ((self.life >= 1) & ((self.life == np.inf) | (self.life == np.round(self.life)))).all():
            raise ValueError("shelf_life: must be a whole number of periods, at least 1, or inf")
        if not self.waits.all() and (self.each(self.waiting)[~self.waits] > 0).any():
            raise ValueError("waiting: customers of a product without back-orders do not wait")
        if self.weight is not None and not ((self.weights >= 0).all() and abs(self.weights.sum() - 1) < 1e-9):
            raise ValueError("weight: must be probabilities that add up to 1")


@dataclass(frozen=True, slots=True)
class PriceBreaks:
    """Quantity discounts of one product, in place of its unit cost."""

    product: int
    quantity: Floats
    """Orders from this many units on have the level's cost; the first is 0; shape (levels,)."""
    unit_cost: Floats
    """Money per unit, shape (levels,)."""
    kind: Literal["all-units", "incremental"]
    """Whether the level's cost holds for the whole order, or only for what lies above the break."""

    @property
    def extra(self) -> Floats:
        """What an order of each level costs beyond its units at the level's cost, in money, shape (levels,)."""
        if self.kind == "all-units":
            return np.zeros(len(self.quantity))
        below = np.concatenate([[0.0], np.cumsum(np.diff(self.quantity) * self.unit_cost[:-1])])
        return below - self.unit_cost * self.quantity

    def check(self) -> None:
        """Complain of breaks that do not increase from 0.

        Raises
        ------
        ValueError
            When the first break is not 0, they do not increase, or there are not as many costs.
        """
        if self.quantity[0] != 0 or (np.diff(self.quantity) <= 0).any():
            raise ValueError(f"price breaks: quantities must begin with 0 and increase (got {self.quantity.tolist()})")
        if len(self.quantity) != len(self.unit_cost):
            raise ValueError(f"price breaks: {len(self.unit_cost)} costs for {len(self.quantity)} quantities")


@dataclass(frozen=True, slots=True)
class TimedQuestion:
    """All that a program of orders over time needs."""

    flow: StockFlow
    resources: Sequence[Resource] = ()
    """Limits on the orders of each period; a capacity of shape (rows,), or (periods, rows)."""
    space: npt.ArrayLike | None = None
    """Room of a unit, shape (products,); None where room is no matter."""
    room: npt.ArrayLike = np.inf
    """Room for all that is on hand after deliveries, by period or for all."""
    largest: npt.ArrayLike = np.inf
    """Largest order of a product in a period, in units."""
    lots: Lots | None = None
    fixed_cost: npt.ArrayLike = 0.0
    """Money per order of a product, whatever its size; above 0 asks for whole numbers."""
    price_breaks: Sequence[PriceBreaks] = ()
    """Asks for whole numbers; at most one of each product."""

    def check(self) -> None:
        """Complain of what makes no sense.

        Raises
        ------
        ValueError
            See `StockFlow.check` and `PriceBreaks.check`; or when a fixed cost is below 0 or a lot is not above 0.
        """
        self.flow.check()
        for each in self.price_breaks:
            each.check()
        if len({each.product for each in self.price_breaks}) < len(self.price_breaks):
            raise ValueError("price breaks: more than one list for one product")
        if (np.asarray(self.fixed_cost) < 0).any():
            raise ValueError("fixed_cost: must be at least 0")
        for name in ("pack", "minimum"):
            lot = None if self.lots is None else getattr(self.lots, name)
            if lot is not None and not (np.asarray(lot) > 0).all():
                raise ValueError(f"lots.{name}: must be above 0")
