"""What firms do, and when: the SimPy processes of windows, prices, protection levels, reviews and planned orders.

Both engines use this calendar; customers and goods under way are the engine's own. Between two events of this calendar
only customers, and what they cause, change the shelves.
"""

import math
from collections.abc import Generator
from itertools import count
from typing import Protocol

import numpy as np

from .books import Books
from .clock import Clock, Process, Rank
from .instants import instant
from .ledger import Movement
from .observation import Observer, VisibleShelves
from .reviews import orders, require_one_each
from .world import Replenishment, Repricing, World


class FirmShelves(VisibleShelves, Protocol):
    """What the calendar does to the shelves, by position; both engines' shelves have it."""

    def settle_all(self, now: float) -> None:
        """Book all time up to now."""
        ...

    def check(self) -> None:
        """Check that the ages on the shelf add up to what is on hand (R16)."""
        ...

    def set_open(self, offer: int, is_open: bool, now: float) -> None:
        """Open or shut an offer's window."""
        ...

    def set_price(self, offer: int, price: float, now: float) -> None:
        """Change the price of an offer."""
        ...

    def set_protection(self, offer: int, level: int, now: float) -> None:
        """Change how many units of each stock a sale of the offer must leave."""
        ...


class FirmGoods(Protocol):
    """What the calendar wants of the goods; both engines' goods have it."""

    def start(self) -> None:
        """Let the opening stock age, and order where it is low already."""
        ...

    def order(self, product: int, units: int) -> None:
        """Order whole units now."""
        ...

    def season_buy(self, product: int, units: int) -> None:
        """Put on the shelf now what was bought before the season."""
        ...


class Calendar:
    """The firms' agenda in one replication."""

    def __init__(
        self, world: World, clock: Clock, shelves: FirmShelves, books: Books, goods: FirmGoods, observer: Observer
    ) -> None:
        self._world = world
        self._problem = world.problem
        self._clock = clock
        self._shelves = shelves
        self._books = books
        self._goods = goods
        self._observer = observer

    def start(self) -> None:
        """Put everything that is known beforehand into the clock."""
        clock, world, problem = self._clock, self._world, self._problem
        clock.process(self._warm_up())
        clock.process(self._periods())
        offers = problem.offers
        clock.process(self._first_openings())
        # Most offers open at once, for good, at one price: thousands of them need no process of their own.
        opens_or_closes = np.zeros(len(offers.names), dtype=bool)
        offer_of = np.repeat(np.arange(len(offers.names)), np.diff(offers.window_start))
        opens_or_closes[offer_of[(offers.window_opens > 0) | np.isfinite(offers.window_closes)]] = True
        changes, steps = np.diff(offers.change_start) > 0, np.diff(offers.protection_start) > 0
        for offer in np.flatnonzero(opens_or_closes | changes | steps).tolist():
            if opens_or_closes[offer]:
                clock.process(self._windows(offer))
            if changes[offer]:
                clock.process(self._price_changes(offer))
            if steps[offer]:
                clock.process(self._protection_steps(offer))
        self._goods.start()
        for buy in world.season_buys:
            units = world.supplies[buy.product].order_units(buy.units)
            if units:
                clock.process(self._season_buy(buy.product, units))
        for order in world.planned_orders:
            units = world.supplies[order.product].order_units(order.units)
            if units:
                clock.process(self._planned_order(order.time, order.product, units))
        for position, replenishment in enumerate(world.replenishments):
            if replenishment.every is not None:
                clock.process(self._reviews(replenishment, replenishment.every, position))
        for position, repricing in enumerate(world.repricings):
            clock.process(self._repricings(repricing, position))

    # Books

    def _warm_up(self) -> Process:
        yield self._clock.at(self._problem.warm_up, Rank.BOOKS)
        self._shelves.settle_all(self._clock.now)
        self._books.counting = True
        self._books.stock[:, Movement.OPENING] = self._shelves.on_hand

    def _periods(self) -> Process:
        for period in range(1, self._problem.periods):
            yield self._clock.at(instant(period * self._problem.report_every), Rank.BOOKS)
            self._shelves.settle_all(self._clock.now)
            self._books.period = period
            self._shelves.check()

    # Offers

    def _first_openings(self) -> Process:
        """Open all offers whose window begins with the run."""
        yield self._clock.at(0.0, Rank.PRICE)
        offers = self._problem.offers
        offer_of = np.repeat(np.arange(len(offers.names)), np.diff(offers.window_start))
        for offer in offer_of[offers.window_opens == 0].tolist():
            self._shelves.set_open(offer, True, 0.0)

    def _windows(self, offer: int) -> Process:
        offers = self._problem.offers
        for window in range(offers.window_start[offer], offers.window_start[offer + 1]):
            if offers.window_opens[window] > 0:
                yield self._clock.at(float(offers.window_opens[window]), Rank.PRICE, offer)
                self._shelves.set_open(offer, True, self._clock.now)
            if math.isfinite(offers.window_closes[window]):
                yield self._clock.at(float(offers.window_closes[window]), Rank.PRICE, offer)
                self._shelves.set_open(offer, False, self._clock.now)

    def _price_changes(self, offer: int) -> Process:
        offers = self._problem.offers
        for change in range(offers.change_start[offer], offers.change_start[offer + 1]):
            yield self._clock.at(float(offers.change_time[change]), Rank.PRICE, offer)
            self._shelves.set_price(offer, float(offers.change_price[change]), self._clock.now)

    def _protection_steps(self, offer: int) -> Process:
        offers = self._problem.offers
        for step in range(offers.protection_start[offer], offers.protection_start[offer + 1]):
            yield self._clock.at(float(offers.protection_time[step]), Rank.PRICE, offer)
            self._shelves.set_protection(offer, int(offers.protection_level[step]), self._clock.now)

    def _repricings(self, repricing: Repricing, position: int) -> Process:
        own, products = self._observer.own_offers(repricing.firm), self._observer.own_products(repricing.firm)
        for time in self._times(repricing.first, repricing.every):
            yield self._clock.at(time, Rank.PRICE, len(self._problem.offers.names) + position)
            prices = repricing.policy.prices(self._observer.observe(repricing.firm, products, time))
            firm = self._problem.firms.names[repricing.firm]
            require_one_each(f"pricing policy of firm {firm!r}", "prices", len(prices), len(own))
            for offer, price in zip(own, prices, strict=True):
                if not (math.isfinite(price) and price >= 0):
                    raise ValueError(f"pricing policy of firm {firm!r} set a price of {price} at time {time}")
                self._shelves.set_price(offer, float(price), time)

    # Orders

    def _times(self, first: float, every: float) -> Generator[float, None, None]:
        """Yield first + k · every before the horizon; never a repeated sum, whose errors would grow."""
        for number in count():
            time = instant(first + number * every)
            if time >= self._problem.horizon:
                return
            yield time

    def _reviews(self, replenishment: Replenishment, every: float, position: int) -> Process:
        for time in self._times(replenishment.first, every):
            yield self._clock.at(time, Rank.REVIEW, position)
            for product, units in orders(self._world, self._observer, replenishment, time):
                self._goods.order(product, units)

    def _planned_order(self, time: float, product: int, units: int) -> Process:
        yield self._clock.at(time, Rank.REVIEW, len(self._world.replenishments) + product)
        self._goods.order(product, units)

    def _season_buy(self, product: int, units: int) -> Process:
        yield self._clock.at(0.0, Rank.DELIVER, product)
        self._goods.season_buy(product, units)
