"""Replay of real shelf days in the simulator: the days' prices and, where it is known, the days' opening stock.

What a shelf began a day with can be told only if it sold out: then it is what was sold. A scenario is therefore put
into the place of a store for as many days as the data have, with each day's real prices, and each product is given

- the real opening stock on days on which it sold out for good (`sell_outs`),
- plenty on all other days on which it was there,
- nothing on days on which it was not there at all, or gone before a unit was sold.

Customers, their arrivals and what they choose are the scenario's own. What comes out has the form of the data
(`ShelfDays`), so that both sides of a comparison are counted by the same functions.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...scenarios.scenario import Scenario
from ...simulator.build.world import build_world
from ...simulator.ledger import ProductColumn
from ...simulator.loop import Loop
from .fresh_retail import DELIVERED_BY, Excerpt
from .shelf_days import ShelfDays, sell_outs

__all__ = ["PLENTY", "own_days", "replay_scenario", "simulated_days"]

PLENTY = 100_000
"""Units put out where the real opening stock is not known; more than anybody could buy in a day."""
A_MOMENT = 0.001
"""Deliveries come so many hours before the first hour in stock, so that it begins with a full shelf."""
CLEARED_AFTER = 17.0
"""Hours until what is left is cleared away: after closing, and before the next day's delivery."""
HOURS_A_DAY = 24


def product_names(excerpt: Excerpt) -> list[str]:
    """Names of the products in the scenario, in the order of the data."""
    return [f"sku-{sku}" for sku in excerpt.skus]


def replay_scenario(scenario: Scenario, excerpt: Excerpt, *, stock_factor: int = 1) -> Scenario:
    """Put a scenario into the place of one store on its real days.

    Parameters
    ----------
    scenario : Scenario
        A scenario in hours with a product `sku-<sku>` for each of the data.
    excerpt : Excerpt
        Days of one store, one after the other.
    stock_factor : int
        Multiplies the known opening stocks; anything but 1 makes a model that is wrong on purpose.

    Returns
    -------
    Scenario
        The scenario with other start, horizon, prices and deliveries, and hourly reports.

    Raises
    ------
    ValueError
        If the days are not those of one store without a gap, or the scenario is not in hours.
    """
    if np.unique(excerpt.store).size != 1 or (np.diff(excerpt.date) != np.timedelta64(1, "D")).any():
        raise ValueError("a replay needs the days of one store, one after the other")
    if scenario.settled.head.time_unit != "hour":
        raise ValueError(f"a replay needs a scenario in hours (got {scenario.settled.head.time_unit})")
    days = excerpt.days
    found = sell_outs(days, DELIVERED_BY)
    values: dict[str, object] = {
        "start": str(excerpt.date[0]),
        "horizon": HOURS_A_DAY * excerpt.date.size,
        "report_every": 1,
    }
    for k, name in enumerate(product_names(excerpt)):
        orders: list[dict[str, object]] = []
        changes: list[dict[str, object]] = []
        for day in range(excerpt.date.size):
            midnight = HOURS_A_DAY * day
            if days.in_stock[day, :, k].any():
                first_hour = days.first_hour + int(days.in_stock[day, :, k].argmax())
                known = bool(found.sold_out[day, k])
                quantity = stock_factor * int(found.opening_stock[day, k]) if known else PLENTY
                if quantity > 0:
                    orders.append({"at": midnight + first_hour - A_MOMENT, "quantity": quantity})
            if day > 0 and days.price[day, k] != days.price[day - 1, k]:
                changes.append({"at": midnight, "price": float(days.price[day, k])})
        values[f"products.{name}.price"] = float(days.price[0, k])
        values[f"products.{name}.shelf_life"] = CLEARED_AFTER
        values[f"products.{name}.ordering"] = {"kind": "plan", "orders": orders}
        if changes:
            values[f"products.{name}.pricing"] = {"kind": "scheduled", "announced": False, "changes": changes}
    return scenario.replace(values)


def simulated_days(scenario: Scenario, excerpt: Excerpt, *, replications: int, seed: int) -> list[ShelfDays]:
    """Run a replay.

    Parameters
    ----------
    scenario : Scenario
        What `replay_scenario` made of this excerpt.
    excerpt : Excerpt
        The real days: what is simulated gets their hours, weekends and prices.
    replications : int
        How often every day is simulated.
    seed : int
        Seed of all replications.

    Returns
    -------
    list of ShelfDays
        One element a replication, days and products in the order of the data.
    """
    names = [product.name for product in scenario.settled.products]
    position = np.array([names.index(name) for name in product_names(excerpt)], dtype=np.int64)
    hours = excerpt.days.hours
    replicas = []
    for units, in_stock in _hourly(scenario, replications, seed):
        here = np.ix_(np.arange(excerpt.date.size), hours, position)
        days = excerpt.days
        replicas.append(ShelfDays(days.first_hour, days.weekend, units[here], in_stock[here], days.price))
    return replicas


def own_days(scenario: Scenario, first_hour: int, *, replications: int, seed: int) -> list[ShelfDays]:
    """Run a scenario in hours as it stands, with its own ordering, and return its days.

    Parameters
    ----------
    scenario : Scenario
        A scenario in hours of whole days that starts at midnight, with products of one price each.
    first_hour : int
        Hour of the day of the first column; the columns end with midnight.
    replications : int
        Number of replications.
    seed : int
        Their seed.

    Returns
    -------
    list of ShelfDays
        One element a replication.

    Raises
    ------
    ValueError
        If the scenario has no start.
    """
    head = scenario.settled.head
    if head.start is None:
        raise ValueError("days need a scenario with a start")
    replicas = []
    for units, in_stock in _hourly(scenario.replace({"report_every": 1}), replications, seed):
        number, _, products = units.shape
        first = np.datetime64(head.start, "D")
        price = np.array([offer.price for offer in scenario.settled.offers], dtype=np.float64)
        replicas.append(
            ShelfDays(
                first_hour=first_hour,
                weekend=~np.is_busday(first + np.arange(number)),
                units=units[:, first_hour:],
                in_stock=in_stock[:, first_hour:],
                price=np.broadcast_to(price, (number, products)),
            )
        )
    return replicas


def _hourly(scenario: Scenario, replications: int, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """Yield, for each replication, units sold and whether there was stock when the hour began: (days, 24, products)."""
    world = build_world(scenario.settled)
    for replication in range(replications):
        timeline = Loop(world, seed, replication).run().timeline_products
        by_hour = (-1, HOURS_A_DAY, timeline.shape[1])
        sold = np.rint(timeline[:, :, ProductColumn.SOLD]).astype(np.int64)
        gain = timeline[:, :, ProductColumn.RECEIVED] - sold - timeline[:, :, ProductColumn.WASTED]
        opening = world.problem.products.opening_stock
        # On hand when an hour begins is what all hours before it left; nothing is moved on the stroke of the hour.
        before = opening + np.vstack([np.zeros_like(gain[:1]), np.cumsum(gain, axis=0)[:-1]])
        yield sold.reshape(by_hour), (before > 0).reshape(by_hour)
