"""Fit of the scenario `fresh-shelf`: three substitutable fresh products in twelve shops.

Data: Dingdong, FreshRetailNet-50K, arXiv 2505.16319, licence CC BY 4.0; an excerpt, one row a store and hour (6 to 21
o'clock, 90 days), with columns ``store_id, date, hour, holiday_flag`` and, for each product, ``units_<sku>``,
``out_<sku>`` (1: flagged out of stock in that hour) and ``disc_<sku>`` (price divided by list price). The data are
not part of the project; the script takes a path to them:

    python -m demandshift.experiments.fits.fresh_retail cat103_12stores.csv.gz

The list price of each product is the unit of money, as the data hold no other price. Arrivals are fitted by store,
hour and weekday or weekend (Saturday and Sunday; public holidays count as the day of the week that they fall on), and
what customers choose by one logit for all stores (see `stockout_logit`). The price enters once as a logarithm, to be
compared with published figures, and once as it is, for the scenario.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .shelf_days import ShelfDays, sell_outs, uplift
from .stockout_logit import PriceForm, ShelfHours, StockoutLogit, fit_stockout_logit

__all__ = [
    "Excerpt",
    "StoreFigures",
    "fit_excerpt",
    "main",
    "read_excerpt",
    "shelf_hours",
    "store_figures",
    "typical_store",
]

DELIVERED_BY = 7
"""Hour of the day by which deliveries are on the shelf: a flag at 6 o'clock is often gone at 7, a later one seldom."""


@dataclass(frozen=True)
class Excerpt:
    """The data, by store-day.

    Attributes
    ----------
    skus : tuple of str
        Names of the products, in the order of the arrays.
    store : array of int, shape (days,)
        Store of each store-day.
    date : array of datetime64[D], shape (days,)
        Date of each store-day.
    days : ShelfDays
        Units, stock flags and prices of the store-days, prices in units of the list price.
    """

    skus: tuple[str, ...]
    store: NDArray[np.int64]
    date: NDArray[np.datetime64]
    days: ShelfDays

    def of_store(self, store: int) -> "Excerpt":
        """Only the days of one store."""
        chosen = self.store == store
        return Excerpt(self.skus, self.store[chosen], self.date[chosen], self.days.of(chosen))


@dataclass(frozen=True)
class StoreFigures:
    """What the scenario needs to know about one store.

    Attributes
    ----------
    store : int
        Number of the store.
    days : int
        Number of its days.
    units : int
        Units sold in all of them.
    mean_price : array of float, shape (products,)
        Mean over days of price / list price.
    sold_out_share : array of float, shape (products,)
        Share of days that ended in one sell-out without restock.
    restocked_share : float
        Share of product-days in which an empty shelf was filled again after the morning's delivery.
    opening_stock : tuple of arrays of int
        For each product, the opening stock of the days that sold out, sorted.
    weekday_rate, weekend_rate : array of float, shape (24,)
        Customers per hour, buyers or not, by hour of the day; 0 outside opening hours.
    """

    store: int
    days: int
    units: int
    mean_price: NDArray[np.float64]
    sold_out_share: NDArray[np.float64]
    restocked_share: float
    opening_stock: tuple[NDArray[np.int64], ...]
    weekday_rate: NDArray[np.float64]
    weekend_rate: NDArray[np.float64]

    @property
    def mean_rate(self) -> float:
        """Customers per hour, averaged over the 168 hours of a week."""
        return float((5 * self.weekday_rate.sum() + 2 * self.weekend_rate.sum()) / 168)


def read_excerpt(path: Path) -> Excerpt:
    """Read the data and check that they are whole.

    Parameters
    ----------
    path : Path
        The CSV file, plain or gzipped.

    Returns
    -------
    Excerpt

    Raises
    ------
    ValueError
        If columns are missing, a store-day lacks hours, or a price changes within a day.
    """
    frame = pd.read_csv(path, dtype={"date": str})
    skus = tuple(name.removeprefix("units_") for name in frame.columns if name.startswith("units_"))
    needed = {"store_id", "date", "hour", *(f"{what}_{sku}" for what in ("units", "out", "disc") for sku in skus)}
    if not skus or not needed <= set(frame.columns):
        raise ValueError(f"{path}: missing columns: {sorted(needed - set(frame.columns)) or 'units_<sku>'}")
    frame = frame.sort_values(["store_id", "date", "hour"], kind="stable")
    opening_hours = np.unique(frame["hour"].to_numpy())
    shape = (-1, opening_hours.size)
    if len(frame) % opening_hours.size or (frame["hour"].to_numpy().reshape(shape) != opening_hours).any():
        raise ValueError(f"{path}: every store-day needs each of the hours {opening_hours.tolist()} once")
    store = frame["store_id"].to_numpy(dtype=np.int64).reshape(shape)
    date = frame["date"].to_numpy(dtype="datetime64[D]").reshape(shape)
    if (store != store[:, :1]).any() or (date != date[:, :1]).any() or (np.diff(opening_hours) != 1).any():
        raise ValueError(f"{path}: every store-day needs consecutive hours of its own")

    def by_day(what: str) -> NDArray[np.float64]:
        columns = [frame[f"{what}_{sku}"].to_numpy(dtype=np.float64).reshape(shape) for sku in skus]
        return np.stack(columns, axis=2)

    price = by_day("disc")
    if (price != price[:, :1, :]).any():
        raise ValueError(f"{path}: a price changes within a day")
    days = ShelfDays(
        first_hour=int(opening_hours[0]),
        weekend=~np.is_busday(date[:, 0]),
        units=by_day("units").astype(np.int64),
        in_stock=by_day("out") == 0,
        price=price[:, 0, :],
    )
    return Excerpt(skus, store[:, 0], date[:, 0], days)


def arrival_cells(excerpt: Excerpt) -> tuple[NDArray[np.int64], int]:
    """Give each store-hour the number of its arrival cell: store × hour × weekend.

    Parameters
    ----------
    excerpt : Excerpt
        The data.

    Returns
    -------
    cell : array of int, shape (days, hours)
        Number of the cell of each store-hour, by store (sorted), then weekday before weekend, then hour.
    cells : int
        Number of cells.
    """
    stores, position = np.unique(excerpt.store, return_inverse=True)
    hours = excerpt.days.hours.size
    day_cell = (2 * position + excerpt.days.weekend).astype(np.int64)
    return day_cell[:, None] * hours + np.arange(hours), 2 * stores.size * hours


def shelf_hours(excerpt: Excerpt) -> ShelfHours:
    """Lay the store-days out as single hours, as the estimator wants them."""
    cell, cells = arrival_cells(excerpt)
    days = excerpt.days
    flat = (-1, len(excerpt.skus))
    return ShelfHours(
        units=days.units.reshape(flat).astype(np.float64),
        in_stock=days.in_stock.reshape(flat),
        price=np.repeat(days.price, days.hours.size, axis=0),
        cell=cell.reshape(-1),
        cells=cells,
    )


def fit_excerpt(excerpt: Excerpt, price_form: PriceForm) -> StockoutLogit:
    """Fit arrivals by store, hour and weekend, and one logit for all stores."""
    return fit_stockout_logit(shelf_hours(excerpt), price_form)


def typical_store(excerpt: Excerpt) -> int:
    """Choose the store for the scenario.

    Of the stores that sell at least as much as the median store and hardly ever restock within the day (on less than
    2 % of product-days), the one whose shares of sold-out days are nearest to those of all stores together, by
    the sum of squared differences over products.

    Parameters
    ----------
    excerpt : Excerpt
        The data of all stores.

    Returns
    -------
    int
        Number of the store.
    """
    everywhere = sell_outs(excerpt.days, DELIVERED_BY).sold_out.mean(axis=0)
    stores = [int(store) for store in np.unique(excerpt.store)]
    parts = {store: excerpt.of_store(store).days for store in stores}
    median_units = np.median([int(days.units.sum()) for days in parts.values()])

    def is_eligible(store: int) -> bool:
        return bool(parts[store].units.sum() >= median_units and _restocked_share(parts[store]) < 0.02)

    def distance(store: int) -> float:
        return float(((sell_outs(parts[store], DELIVERED_BY).sold_out.mean(axis=0) - everywhere) ** 2).sum())

    return min(filter(is_eligible, stores), key=distance)


def store_figures(excerpt: Excerpt, fit: StockoutLogit, store: int) -> StoreFigures:
    """Collect what the scenario needs about one store.

    Parameters
    ----------
    excerpt : Excerpt
        The data of all stores, from which `fit` was made.
    fit : StockoutLogit
        The fit.
    store : int
        Number of the store.

    Returns
    -------
    StoreFigures
    """
    days = excerpt.of_store(store).days
    found = sell_outs(days, DELIVERED_BY)
    rates = fit.arrival_rate.reshape(-1, 2, days.hours.size)[int(np.searchsorted(np.unique(excerpt.store), store))]
    by_hour = np.zeros((2, 24))
    by_hour[:, days.hours] = rates
    return StoreFigures(
        store=store,
        days=days.weekend.size,
        units=int(days.units.sum()),
        mean_price=days.price.mean(axis=0),
        sold_out_share=found.sold_out.mean(axis=0),
        restocked_share=_restocked_share(days),
        opening_stock=tuple(np.sort(found.opening_stock[found.sold_out[:, k], k]) for k in range(len(excerpt.skus))),
        weekday_rate=by_hour[0],
        weekend_rate=by_hour[1],
    )


def _restocked_share(days: ShelfDays) -> float:
    in_stock = days.in_stock[:, DELIVERED_BY - days.first_hour :, :]
    return float((in_stock[:, 1:, :] & ~in_stock[:, :-1, :]).any(axis=1).mean())


def fit_figures(fit: StockoutLogit) -> dict[str, object]:
    """Figures of a fit as plain numbers, shares being those at list price (price / list price = 1)."""
    at_list = np.ones(fit.constants.size)
    figures: dict[str, object] = {
        "price_form": fit.price_form,
        "log_likelihood": fit.log_likelihood,
        "constants": fit.constants.tolist(),
        "price_coefficient": fit.price_coefficient,
        "standard_errors": fit.standard_errors.tolist(),
        "nothing_share": fit.nothing_share(at_list),
        "nothing_share_standard_error": float(fit.standard_errors_of(lambda f: f.nothing_share(at_list))[0]),
        "recapture": fit.recapture(at_list).tolist(),
        "recapture_standard_errors": fit.standard_errors_of(lambda f: f.recapture(at_list)).tolist(),
    }
    if fit.price_form == "linear":
        figures |= {
            "scale": fit.scale(),
            "scale_standard_error": float(fit.standard_errors_of(lambda f: f.scale())[0]),
            "reservation_price": fit.reservation_price().tolist(),
            "reservation_price_standard_errors": fit.standard_errors_of(lambda f: f.reservation_price()).tolist(),
        }
    return figures


def scenario_figures(figures: StoreFigures) -> dict[str, object]:
    """Figures of a store as plain numbers; the hourly factors multiply the mean rate."""
    return {
        "store": figures.store,
        "days": figures.days,
        "units": figures.units,
        "mean_price": figures.mean_price.tolist(),
        "sold_out_share": figures.sold_out_share.tolist(),
        "restocked_share": figures.restocked_share,
        "opening_stock_quartiles": [
            np.quantile(stock, [0, 0.25, 0.5, 0.75, 1]).tolist() if stock.size else None
            for stock in figures.opening_stock
        ],
        "rate": figures.mean_rate,
        "weekday_factors": (figures.weekday_rate / figures.mean_rate).tolist(),
        "weekend_factors": (figures.weekend_rate / figures.mean_rate).tolist(),
    }


def uplift_figures(excerpt: Excerpt) -> dict[str, object]:
    """Uplift of the remaining products while one is out, stores, weekdays and weekends being kept apart."""
    ratio, units = uplift(excerpt.days, 2 * excerpt.store + excerpt.days.weekend)
    without_nan = [[None if np.isnan(cell) else float(cell) for cell in row] for row in ratio]
    return {"ratio": without_nan, "units": units.tolist()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print the figures, and write them as JSON if asked to.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command line; without it, the one that the script was called with.
    """
    parser = argparse.ArgumentParser(
        prog="fresh_retail", description="Fit the scenario fresh-shelf to an excerpt of FreshRetailNet-50K."
    )
    parser.add_argument("path", type=Path, help="the excerpt: a CSV file, plain or gzipped")
    parser.add_argument("--store", type=int, help="the store for the scenario; without it, a typical one is chosen")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    options = parser.parse_args(arguments)

    excerpt = read_excerpt(options.path)
    store = typical_store(excerpt) if options.store is None else int(options.store)
    if store not in excerpt.store:
        parser.error(f"--store: {store} is not in the data (known: {np.unique(excerpt.store).tolist()})")
    linear = fit_excerpt(excerpt, "linear")
    everywhere = sell_outs(excerpt.days, DELIVERED_BY)
    figures: dict[str, object] = {
        "skus": excerpt.skus,
        "log_price": fit_figures(fit_excerpt(excerpt, "log")),
        "linear_price": fit_figures(linear),
        "sold_out_share": everywhere.sold_out.mean(axis=0).tolist(),
        "uplift": uplift_figures(excerpt),
        "store": scenario_figures(store_figures(excerpt, linear, store)),
        "store_uplift": uplift_figures(excerpt.of_store(store)),
    }
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n".join(_lines(figures)))


def _lines(figures: object, name: str = "", depth: int = 0) -> list[str]:
    """Lay nested figures out as indented lines, numbers to four digits."""
    indent = "  " * depth
    if isinstance(figures, dict):
        inner = [line for key, value in figures.items() for line in _lines(value, str(key), depth + bool(name))]
        return [f"{indent}{name}", *inner] if name else inner
    return [f"{indent}{name}: {_rounded(figures)}"]


def _rounded(figure: object) -> str:
    if isinstance(figure, float):
        return f"{figure:.2f}" if abs(figure) >= 1000 else f"{figure:.4g}"
    if isinstance(figure, list | tuple):
        return "[" + ", ".join(_rounded(part) for part in figure) + "]"
    return str(figure)


if __name__ == "__main__":
    main()
