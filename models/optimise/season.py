"""What an order program is asked: products, sampled demand, how demand moves, what orders share, how they come."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..problem import Floats, Integers


@dataclass(frozen=True, slots=True)
class Season:
    """Products and sampled demand; arrays have shape (products,) unless they say otherwise."""

    demand: Floats
    """First choices, in units, shape (draws, products)."""
    price: Floats
    """Money per unit sold (p)."""
    unit_cost: Floats
    """Money per unit ordered (c)."""
    salvage: Floats
    """What a unit left over fetches, in money."""
    disposal_cost: npt.ArrayLike = 0.0
    """Cost of getting rid of a unit left over, in money."""
    holding_cost: npt.ArrayLike = 0.0
    """Cost of keeping a unit that is left over for the season, in money."""
    lost_sale_penalty: npt.ArrayLike = 0.0
    """Cost of a customer who leaves with nothing, in money, by what he asked for (π)."""
    opening_stock: npt.ArrayLike = 0.0
    """Units that are there already (o)."""
    weight: Floats | None = None
    """Probability of each draw, shape (draws,); None for the same for all."""
    products: tuple[str, ...] | None = None
    """Names."""

    @property
    def draws(self) -> int:
        """Number of draws (N)."""
        return len(self.demand)

    @property
    def size(self) -> int:
        """Number of products."""
        return int(self.demand.shape[1])

    @property
    def weights(self) -> Floats:
        """Probability of each draw, shape (draws,)."""
        return np.full(self.draws, 1 / self.draws) if self.weight is None else np.asarray(self.weight, dtype=float)

    @property
    def left_over_worth(self) -> Floats:
        """What a unit left over is worth in all (v), in money."""
        return self.each(self.salvage) - self.each(self.disposal_cost) - self.each(self.holding_cost)

    def each(self, values: npt.ArrayLike) -> Floats:
        """Return a number or an array as one value a product."""
        return np.broadcast_to(np.asarray(values, dtype=float), (self.size,))

    def name(self, product: int) -> str:
        """Return what a product is called."""
        return str(product) if self.products is None else self.products[product]

    def check(self) -> None:
        """Complain of what makes no sense.

        Raises
        ------
        ValueError
            When demand or stock is below 0, weights are no probabilities, or a unit left over is worth more than it
            costs: then every order pays, however large.
        """
        if self.demand.ndim != 2 or not self.demand.size:
            raise ValueError(f"demand: must have shape (draws, products) (got {self.demand.shape})")
        if not (np.isfinite(self.demand).all() and (self.demand >= 0).all()):
            raise ValueError("demand: must be finite and at least 0")
        if (self.each(self.opening_stock) < 0).any():
            raise ValueError("opening_stock: must be at least 0")
        if self.weight is not None and not ((self.weights >= 0).all() and abs(self.weights.sum() - 1) < 1e-9):
            raise ValueError("weight: must be probabilities that add up to 1")
        gift = np.flatnonzero(self.left_over_worth > self.each(self.unit_cost))
        if gift.size:
            raise ValueError(f"salvage: a unit of '{self.name(int(gift[0]))}' left over is worth more than it costs")


@dataclass(frozen=True, slots=True)
class FirmDriven:
    """What the firm may serve instead; matrices have shape (products, products), from what was asked to what is given.

    The customer pays for what he asked for.
    """

    cost: Floats
    """Cost of serving one request with another product, in money (k); inf where that may not be."""
    share_cap: npt.ArrayLike = 1.0
    """Largest share of a product's demand that may be served with another."""
    ratio: npt.ArrayLike = 1.0
    """Units given for one unit asked for (r)."""

    def of_pairs(self, matrix: npt.ArrayLike, origin: Integers, instead: Integers) -> Floats:
        """Return the entries of a matrix, or of a number for all, at some pairs, shape (pairs,)."""
        whole: Floats = np.broadcast_to(np.asarray(matrix, dtype=float), self.cost.shape)
        return whole[origin, instead]


@dataclass(frozen=True, slots=True)
class Resource:
    """What the orders share: use · Q ≤ capacity, one row or several."""

    name: str
    use: Floats
    """Use of one unit ordered, shape (rows, products)."""
    capacity: Floats
    """Shape (rows,); inf for no limit."""
    labels: tuple[str, ...] | None = None


def budget(unit_cost: Floats, money: float) -> Resource:
    """Return a limit on what all orders cost, in money."""
    return Resource("budget", np.atleast_2d(unit_cost), np.array([money]), ("all",))


def shelf_space(per_unit: Floats, space: float, opening_stock: npt.ArrayLike = 0.0) -> Resource:
    """Return a limit on the room of all units, with what is there already; `per_unit` has shape (products,)."""
    taken = float(np.sum(np.broadcast_to(opening_stock, np.shape(per_unit)) * per_unit))
    return Resource("shelf space", np.atleast_2d(per_unit), np.array([space - taken]), ("all",))


def supplier_capacity(supplier: Integers, capacity: Floats, names: tuple[str, ...] | None = None) -> Resource:
    """Return a limit on the units from each supplier; `supplier` gives each product's, shape (products,)."""
    use = np.zeros((len(capacity), len(supplier)))
    use[supplier, np.arange(len(supplier))] = 1
    return Resource("supplier capacity", use, np.asarray(capacity, dtype=float), names)


@dataclass(frozen=True, slots=True)
class Lots:
    """How orders come; arrays of shape (products,), or a number for all. Asking for this asks for whole numbers."""

    pack: npt.ArrayLike | None = None
    """Units in a pack: orders are whole packs; None for any amount."""
    minimum: npt.ArrayLike | None = None
    """Smallest order that a supplier takes, in units; ordering nothing is always possible."""


@dataclass(frozen=True, slots=True)
class OrderQuestion:
    """All that an order program needs."""

    season: Season
    shares: Floats | None = None
    """Customer-driven: share of those turned away from i who would take j, shape (products, products) (α)."""
    firm: FirmDriven | None = None
    resources: Sequence[Resource] = ()
    largest: npt.ArrayLike = np.inf
    """Largest order of a product, in units."""
    lots: Lots | None = None

    @property
    def has_pairs(self) -> bool:
        """Whether customers' flows need a column for each pair: where penalties differ."""
        if self.shares is None:
            return False
        penalty = self.season.each(self.season.lost_sale_penalty)
        return bool((penalty != penalty[0]).any())

    def check(self) -> None:
        """Complain of what makes no sense.

        Raises
        ------
        ValueError
            See `Season.check`; or when shares are no shares, a matrix has another shape, or a lot is not above 0.
        """
        self.season.check()
        size = self.season.size
        if self.shares is not None:
            shares = np.asarray(self.shares, dtype=float)
            if shares.shape != (size, size):
                raise ValueError(f"shares: must have shape {(size, size)} (got {shares.shape})")
            if (shares < 0).any() or (shares.sum(axis=1) > 1 + 1e-9).any() or shares.diagonal().any():
                raise ValueError("shares: must be at least 0, add up to at most 1 by origin, and be 0 for the origin")
        if self.firm is not None and np.shape(self.firm.cost) != (size, size):
            raise ValueError(f"firm.cost: must have shape {(size, size)} (got {np.shape(self.firm.cost)})")
        for name in ("pack", "minimum"):
            lot = None if self.lots is None else getattr(self.lots, name)
            if lot is not None and not (np.asarray(lot) > 0).all():
                raise ValueError(f"lots.{name}: must be above 0")
