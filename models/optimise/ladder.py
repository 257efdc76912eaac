"""A market of price points: what a firm may charge for each product, and who buys at that.

Product j has price points k = 1 … K_j with prices p_jk, one of them at a time, or it is shut. In period t, λ_gt
customers of segment g come; each chooses by a multinomial logit among the products at the price points in force,

    P_gt(j, k) = v_gjkt / (v0_gt + Σ_{(j',k') in force} v_gj'k't),      v_gjkt = e^{(r_gj − p_jk)/s_g}

(`models/choice/logit.py`), so that v0 = 1 for buying nothing. Rivals whose prices are given add their weights to v0:
to the firm, a customer who goes to a rival buys nothing. A sale of product j uses A_ij units of resource i, of which
there are c_i for all periods together: a product's own stock (A the unit matrix), or seats on connecting flights.

Programs over such a market are fluid: sales are their expectations, stocks may be divided. By Jensen's inequality the
value of an exact fluid program is at least what any policy earns on average (Gallego & van Ryzin 1994, Theorem 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from ..problem import Floats, Integers

NEVER = 1e-10
"""Attraction, as a share of that of buying nothing, below which a point is not looked at: nobody buys there."""
WIDEST = 1e12
"""Range of attractions of one segment in one period beyond which a solver's numbers cannot tell them apart."""
SHUT = -1
"""Price point of a product that is not on offer."""


@dataclass(frozen=True)
class LadderMarket:
    """Price points, customers and resources of one firm; segments g, products j, points k, periods t, resources i.

    Use `LadderMarket.of`, which broadcasts and checks; all arrays are read-only.
    """

    prices: Floats
    """Price of each point, in money. Shape (products, points)."""
    weights: Floats
    """Attraction of each product at each point; 0 for what a segment never buys, or a point that is not there.
    Shape (segments, products, points, periods)."""
    outside: Floats
    """Attraction of buying nothing from this firm, above 0. Shape (segments, periods)."""
    arrivals: Floats
    """Expected customers in each period. Shape (segments, periods)."""
    usage: Floats
    """Units of each resource that one sale uses. Shape (resources, products)."""
    capacity: Floats
    """Units for all periods together; inf without limit. Shape (resources,)."""
    unit_cost: Floats
    """What one sale costs beside the price, in money: what the unit would fetch if it stayed. Shape (products,)."""

    @classmethod
    def of(
        cls,
        prices: npt.ArrayLike,
        weights: npt.ArrayLike,
        arrivals: npt.ArrayLike,
        *,
        outside: npt.ArrayLike = 1.0,
        usage: npt.ArrayLike | None = None,
        capacity: npt.ArrayLike = np.inf,
        unit_cost: npt.ArrayLike = 0.0,
    ) -> Self:
        """Return a market from arrays that are broadcast to the shapes of the fields.

        Parameters
        ----------
        prices
            Shape (products, points).
        weights
            Shape (segments, products, points) for every period alike, or with periods as a fourth axis.
        arrivals
            Shape (segments, periods).
        outside
            A number, or shape (segments, periods).
        usage
            Shape (resources, products); None for a stock of each product.
        capacity, unit_cost
            A number, or shape (resources,) and (products,).

        Raises
        ------
        ValueError
            When shapes do not fit or a number has no meaning where it stands.
        """
        price = np.array(prices, dtype=np.float64)
        arriving = np.array(arrivals, dtype=np.float64)
        if price.ndim != 2 or arriving.ndim != 2:
            raise ValueError("prices: shape (products, points), arrivals: shape (segments, periods)")
        (products, points), (segments, periods) = price.shape, arriving.shape
        attraction = np.asarray(weights, dtype=np.float64)
        if attraction.ndim == 3:
            attraction = attraction[..., None]
        using = np.eye(products) if usage is None else np.array(usage, dtype=np.float64)
        if using.ndim != 2 or using.shape[1] != products:
            raise ValueError(f"usage: shape {using.shape} does not fit {products} products")
        return cls(
            prices=_checked("prices", price, price.shape, least=-np.inf),
            weights=_checked("weights", attraction, (segments, products, points, periods)),
            outside=_checked("outside", outside, (segments, periods), above=True),
            arrivals=_checked("arrivals", arriving, (segments, periods)),
            usage=_checked("usage", using, using.shape),
            capacity=_checked("capacity", capacity, (len(using),), infinite=True),
            unit_cost=_checked("unit_cost", unit_cost, (products,), least=-np.inf),
        )

    @property
    def segments(self) -> int:
        """Number of segments."""
        return int(self.weights.shape[0])

    @property
    def products(self) -> int:
        """Number of products."""
        return int(self.weights.shape[1])

    @property
    def points(self) -> int:
        """Number of price points of the longest ladder."""
        return int(self.weights.shape[2])

    @property
    def periods(self) -> int:
        """Number of periods."""
        return int(self.weights.shape[3])

    @property
    def margins(self) -> Floats:
        """Price less the cost of a sale, in money, shape (products, points)."""
        return self.prices - self.unit_cost[:, None]

    def weights_at(self, points: Integers) -> Floats:
        """Return the attractions of each product under a path of price points, shape (segments, products, periods).

        Parameters
        ----------
        points
            The point of each product in each period, or `SHUT`. Shape (products, periods).
        """
        if points.shape != (self.products, self.periods):
            raise ValueError(f"points: shape {points.shape} where {(self.products, self.periods)} is due")
        taken = np.take_along_axis(self.weights, np.maximum(points, 0)[None, :, None, :], axis=2)[:, :, 0, :]
        return np.where(points == SHUT, 0.0, taken)

    def only(self, points: Integers) -> Self:
        """Return the market in which nothing but one path of price points can be charged.

        Parameters
        ----------
        points
            The point of each product in each period, or `SHUT`. Shape (products, periods).
        """
        weights = np.zeros_like(self.weights)
        place = np.maximum(points, 0)[None, :, None, :]
        np.put_along_axis(weights, place, self.weights_at(points)[:, :, None, :], axis=2)
        weights.setflags(write=False)
        return replace(self, weights=weights)

    def expected_sales(self, points: Integers) -> Floats:
        """Return what is sold under a path of price points if no stock runs out, shape (segments, products, periods).

        Parameters
        ----------
        points
            The point of each product in each period, or `SHUT`. Shape (products, periods).
        """
        attraction = self.weights_at(points)
        bought = attraction / (self.outside + attraction.sum(axis=1))[:, None, :]
        return np.asarray(self.arrivals[:, None, :] * bought, dtype=np.float64)


def strongest(weights: Floats, outside: Floats, cell: Integers) -> Floats:
    """Return the largest attraction in each cell of segment and period, that of buying nothing included.

    Programs measure attractions from it: then none of their coefficients is so small that a solver drops it.

    Parameters
    ----------
    weights
        Attractions of what may be bought. Shape (columns,).
    outside
        Attraction of buying nothing in each cell. Shape (cells,).
    cell
        Cell of each column. Shape (columns,).

    Raises
    ------
    ValueError
        When a cell holds attractions that range over more than `WIDEST`.
    """
    most, least = outside.copy(), outside.copy()
    np.maximum.at(most, cell, weights)
    np.minimum.at(least, cell, weights)
    if (most > WIDEST * least).any():
        raise ValueError(
            f"weights: attractions of one segment range over a factor of {(most / least).max():.3g}, too far for a "
            f"program (at most {WIDEST:g}): its scale is too small for the ladder of prices"
        )
    return most


def logit_weights(
    reservation_price: npt.ArrayLike, scale: npt.ArrayLike, prices: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return the attractions e^{(r − p)/s} of price points, shape (segments, products, points).

    Parameters
    ----------
    reservation_price
        What each product is worth to a customer of middling taste (r), in money; −inf for what nobody wants. Shape
        (segments, products).
    scale
        Spread of tastes (s), in money, above 0. A number, or shape (segments,).
    prices
        Shape (products, points).

    Raises
    ------
    ValueError
        When a scale is not above 0, or a weight is too large for a number.
    """
    worth = np.asarray(reservation_price, dtype=np.float64)
    spread = np.broadcast_to(np.asarray(scale, dtype=np.float64), worth.shape[:1])
    if not (spread > 0).all():
        raise ValueError(f"scale: must be above 0 (got {spread.min()})")
    with np.errstate(over="ignore"):
        weights = np.exp((worth[:, :, None] - np.asarray(prices, dtype=np.float64)) / spread[:, None, None])
    if not np.isfinite(weights).all():
        raise ValueError("reservation_price: so far above a price that its weight is no number")
    return np.asarray(weights, dtype=np.float64)


def outside_with_rivals(
    reservation_price: npt.ArrayLike, scale: npt.ArrayLike, rival_prices: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return the attraction of not buying from the firm: of nothing, 1, and of rivals at given prices.

    Parameters
    ----------
    reservation_price
        What each rival offer is worth to a customer of middling taste (r), in money; −inf for what nobody wants. Shape
        (segments, offers).
    scale
        Spread of tastes (s), in money, above 0. A number, or shape (segments,).
    rival_prices
        Price of each rival offer in each period, in money. Shape (offers, periods).

    Returns
    -------
    Floats
        Shape (segments, periods).
    """
    return np.asarray(1.0 + logit_weights(reservation_price, scale, rival_prices).sum(axis=1), dtype=np.float64)


def _checked(
    name: str,
    values: npt.ArrayLike,
    shape: Sequence[int],
    *,
    least: float = 0.0,
    above: bool = False,
    infinite: bool = False,
) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    try:
        result = np.broadcast_to(array, tuple(shape)).copy()
    except ValueError:
        raise ValueError(f"{name}: shape {array.shape} does not fit {tuple(shape)}") from None
    if not (np.isfinite(result) | (infinite & (result == np.inf))).all():
        raise ValueError(f"{name}: must be finite")
    if (result <= 0).any() if above else (result < least).any():
        raise ValueError(f"{name}: must be {'above' if above else 'at least'} 0 (got {result.min():g})")
    result.setflags(write=False)
    return result
