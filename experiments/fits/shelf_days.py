"""Days in front of a shelf, real or simulated: which products sold out when, and what the others sold then.

Both sides of a comparison between a model and a data set go through these functions, so that they mean the same. A
day's opening stock can be read off its sales only where the product sold out; therefore days are compared *conditional
on selling out*, as `sell_outs` defines it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SellOuts", "ShelfDays", "mean_units_by_hour", "sell_outs", "uplift"]


@dataclass(frozen=True)
class ShelfDays:
    """Sales by day, hour and product.

    Attributes
    ----------
    first_hour : int
        Hour of the day, 0 to 23, of the first column of hours; the others follow without a gap.
    weekend : array of bool, shape (days,)
        Whether the day is a Saturday or Sunday.
    units : array of int, shape (days, hours, products)
        Units sold.
    in_stock : array of bool, shape (days, hours, products)
        Whether the product was to be had when the hour began.
    price : array of float, shape (days, products)
        Price of the day, in money per unit.

    Raises
    ------
    ValueError
        If the shapes do not belong together.
    """

    first_hour: int
    weekend: NDArray[np.bool_]
    units: NDArray[np.int64]
    in_stock: NDArray[np.bool_]
    price: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check the shapes."""
        days, _, products = self.units.shape
        if self.in_stock.shape != self.units.shape or self.weekend.shape != (days,):
            raise ValueError("units, in_stock and weekend must be of the same days and hours")
        if self.price.shape != (days, products):
            raise ValueError(f"price must have shape {(days, products)} (got {self.price.shape})")

    @property
    def hours(self) -> NDArray[np.int64]:
        """Hours of the day that the columns stand for."""
        return np.arange(self.first_hour, self.first_hour + self.units.shape[1], dtype=np.int64)

    def of(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "ShelfDays":
        """Only the chosen days: whether each is one, shape (days,), or their numbers, repeated ones several times."""
        return ShelfDays(
            self.first_hour, self.weekend[chosen], self.units[chosen], self.in_stock[chosen], self.price[chosen]
        )


@dataclass(frozen=True)
class SellOuts:
    """Which product-days sold out, when, and from which stock.

    Attributes
    ----------
    sold_out : array of bool, shape (days, products)
        In stock when the day had begun, then out once and until closing.
    last_hour : array of int, shape (days, products)
        Hour of the day in which the last unit went, or −1.
    opening_stock : array of int, shape (days, products)
        Units that the day began with, which is what was sold before the shelf was empty, or −1.
    """

    sold_out: NDArray[np.bool_]
    last_hour: NDArray[np.int64]
    opening_stock: NDArray[np.int64]


def sell_outs(days: ShelfDays, delivered_by: int) -> SellOuts:
    """Find the product-days that ended in one sell-out without restock.

    Parameters
    ----------
    days : ShelfDays
        The days.
    delivered_by : int
        Hour of the day at which the day's delivery is on the shelf; what is flagged before does not count.

    Returns
    -------
    SellOuts
    """
    first = delivered_by - days.first_hour
    in_stock = days.in_stock[:, first:, :]
    hours_in_stock = in_stock.sum(axis=1)
    # Without a restock, being in stock never comes back: the flags fall once, from 1 to 0.
    restocked = (in_stock[:, 1:, :] & ~in_stock[:, :-1, :]).any(axis=1)
    sold_out = in_stock[:, 0, :] & ~in_stock[:, -1, :] & ~restocked
    last_hour = np.where(sold_out, delivered_by + hours_in_stock - 1, -1)
    # A unit in a flagged hour contradicts its flag: somebody brought it back, or the flag came early. It is left out.
    sold_in_stock = np.where(days.in_stock, days.units, 0).sum(axis=1)
    return SellOuts(sold_out, last_hour, np.where(sold_out, sold_in_stock, -1))


def mean_units_by_hour(days: ShelfDays, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Average the units sold in each hour of the day over product-days.

    Parameters
    ----------
    days : ShelfDays
        The days.
    chosen : array of bool, shape (days, products), optional
        The product-days that count, for instance those that sold out; without it, all.

    Returns
    -------
    array of float, shape (hours, products)
        Units per day; NaN for a product of which no day was chosen. Units in hours flagged out do not count.
    """
    counted = np.ones(days.price.shape, dtype=np.bool_) if chosen is None else chosen
    total = np.where(days.in_stock & counted[:, None, :], days.units, 0).sum(axis=0)
    number = np.broadcast_to(counted.sum(axis=0), total.shape)
    mean: NDArray[np.float64] = np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)
    return mean


def uplift(days: ShelfDays, cell: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """How much more the remaining products sell while exactly one is out, against hours with everything in stock.

    For each product k and each other product j, the units of k sold in hours in which j alone is out, divided by
    the units to be expected: for each of those hours, the mean of k over hours of the same cell and hour of the day in
    which all products were in stock. Hours without such a companion are left out.

    Parameters
    ----------
    days : ShelfDays
        The days.
    cell : array of int, shape (days,)
        Days with the same number are comparable (a store's weekdays, say).

    Returns
    -------
    ratio : array of float, shape (products, products)
        Row: the product that is out. Column: the product that remains. NaN on the diagonal and where nothing is
        to be expected.
    units : array of int, shape (products, products)
        Units on which each ratio rests.
    """
    products = days.units.shape[2]
    all_in = np.asarray(days.in_stock.all(axis=2), dtype=np.bool_)
    expected = np.full(days.units.shape, np.nan)
    for number in np.unique(cell):
        chosen = cell == number
        count = all_in[chosen].sum(axis=0)[:, None]
        total = (days.units[chosen] * all_in[chosen][:, :, None]).sum(axis=0)
        expected[chosen] = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    ratio = np.full((products, products), np.nan)
    units = np.zeros((products, products), dtype=np.int64)
    for out in range(products):
        others = [k for k in range(products) if k != out]
        alone = ~days.in_stock[:, :, out] & days.in_stock[:, :, others].all(axis=2)
        for k in others:
            counted = alone & ~np.isnan(expected[:, :, k])
            units[out, k] = days.units[:, :, k][counted].sum()
            to_be_expected = expected[:, :, k][counted].sum()
            if to_be_expected > 0:
                ratio[out, k] = units[out, k] / to_be_expected
    return ratio, units
