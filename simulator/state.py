"""The shelves: what is on hand, on order and waited for, what each offer costs, and whether it can be had."""

from collections import deque
from enum import IntEnum

from ..models.problem import UNLIMITED_STOCK, Problem
from .books import Books
from .instants import instant
from .ledger import InvariantError, OfferColumn, ProductColumn


class Reason(IntEnum):
    """Whether an offer can be had, or the first of R5's reasons why not."""

    AVAILABLE = 0
    SHUT = 1
    STOCKOUT = 2
    REFUSAL = 3


class Shelves:
    """Everything that changes in the firms while a replication runs, except the agenda itself.

    Quantities are plain lists by position: the readable engine reads single entries all the time, and lists are
    several times faster at that than arrays.
    """

    def __init__(self, problem: Problem, books: Books) -> None:
        products, offers = problem.products, problem.offers
        self._books = books
        self._horizon = problem.horizon
        self.unlimited: list[bool] = (products.opening_stock == UNLIMITED_STOCK).tolist()
        self.on_hand: list[int] = [0] * len(products.names)
        self.on_order: list[int] = [0] * len(products.names)
        self.back_orders: list[int] = [0] * len(products.names)
        self.sold: list[int] = [0] * len(products.names)
        """Units sold since the start, by product."""
        self.out_time: list[float] = [0.0] * len(products.names)
        """Time without a unit since the start, by product."""
        self.turned_away: list[bool] = [False] * len(products.names)
        """Whether somebody was turned away for lack of the product in the present replenishment cycle."""
        self.price: list[float] = offers.price.tolist()
        self.tariff = 0
        """How often a price or a window has changed."""
        self.open: list[bool] = [False] * len(offers.names)
        self.protection: list[int] = [0] * len(offers.names)
        self.reason: list[Reason] = [Reason.SHUT] * len(offers.names)
        """By offer: whether it can be had now; kept up to date by every change."""
        self.uses: list[list[tuple[int, int]]] = [
            list(
                zip(
                    offers.use_product[offers.use_start[o] : offers.use_start[o + 1]].tolist(),
                    offers.use_units[offers.use_start[o] : offers.use_start[o + 1]].tolist(),
                    strict=True,
                )
            )
            for o in range(len(offers.names))
        ]
        """By offer: the products that a sale takes from, with the units of each."""
        self.offers_of: list[list[int]] = [[] for _ in products.names]
        """By product: the offers that use it."""
        for offer, uses in enumerate(self.uses):
            for product, _ in uses:
                self.offers_of[product].append(offer)
        self._batches: list[deque[tuple[float, int]]] = [deque() for _ in products.names]
        """By product: (time of expiry, units), oldest first."""
        self._product_since: list[float] = [0.0] * len(products.names)
        self._offer_since: list[float] = [0.0] * len(offers.names)
        self._cycle_since: list[float] = [0.0] * len(products.names)
        shelf_life: list[float] = products.shelf_life.tolist()
        for product, units in enumerate(products.opening_stock.tolist()):
            if units > 0:
                self.on_hand[product] = units
                self._batches[product].append((instant(shelf_life[product]), units))

    # Stock

    def receive(self, product: int, units: int, now: float, expires: float) -> None:
        """Put delivered units on the shelf; a new replenishment cycle begins."""
        self.settle_product(product, now)
        self._end_cycle(product, now)
        # A life counts from the delivery and a product has one, so batches stand in the order of their expiry.
        self._batches[product].append((expires, units))
        self.on_hand[product] += units
        self._books.receive(product, units, now)
        self._review_availability(product, now)

    def expire(self, product: int, now: float) -> int:
        """Take from the shelf what expires by now and return how many units that are."""
        self.settle_product(product, now)
        batches = self._batches[product]
        wasted = 0
        while batches and batches[0][0] <= now:
            wasted += batches.popleft()[1]
        if wasted:
            self.on_hand[product] -= wasted
            self._books.waste(product, wasted, now)
            self._review_availability(product, now)
        return wasted

    def sell(self, offer: int, price: float, customer: int, cohort: bool, now: float) -> None:
        """Hand over one sale of an offer, oldest units first, and book the payment."""
        for product, units in self.uses[offer]:
            self.sold[product] += units
            if self.unlimited[product]:
                self._books.receive(product, units, now)
                self._books.take(product, units)
                continue
            self.settle_product(product, now)
            self._take_oldest(product, units)
            self._books.take(product, units)
            self._review_availability(product, now)
        self._books.sell(offer, price, customer, cohort, now)

    def _take_oldest(self, product: int, units: int) -> None:
        if units > self.on_hand[product]:
            name = self._books.problem.products.names[product]
            raise InvariantError(
                f"shelves: {units} units of {name!r} were sold with {self.on_hand[product]} on hand (R16)"
            )
        self.on_hand[product] -= units
        batches = self._batches[product]
        while units:
            expires, held = batches[0]
            if held > units:
                batches[0] = (expires, held - units)
                return
            units -= held
            batches.popleft()

    def can_fill(self, offer: int) -> bool:
        """Return whether all stocks of an offer have what one sale takes."""
        return all(self.unlimited[product] or self.on_hand[product] >= units for product, units in self.uses[offer])

    # Offers

    def set_price(self, offer: int, price: float, now: float) -> None:
        """Change the price of an offer."""
        self.settle_offer(offer, now)
        self.price[offer] = price
        self.tariff += 1

    def set_open(self, offer: int, is_open: bool, now: float) -> None:
        """Open or shut an offer's window."""
        self.settle_offer(offer, now)
        self.open[offer] = is_open
        self.tariff += 1
        self.reason[offer] = self._reason(offer)

    def set_protection(self, offer: int, level: int, now: float) -> None:
        """Change how many units of each stock a sale of the offer must leave."""
        self.settle_offer(offer, now)
        self.protection[offer] = level
        self.reason[offer] = self._reason(offer)

    def _review_availability(self, product: int, now: float) -> None:
        for offer in self.offers_of[product]:
            reason = self._reason(offer)
            if reason is not self.reason[offer]:
                self.settle_offer(offer, now)
                self.reason[offer] = reason

    def _reason(self, offer: int) -> Reason:
        """Return the first reason of R5 that holds."""
        if not self.open[offer]:
            return Reason.SHUT
        if not self.can_fill(offer):
            return Reason.STOCKOUT
        level = self.protection[offer]
        if level and any(
            not self.unlimited[product] and self.on_hand[product] - units < level for product, units in self.uses[offer]
        ):
            return Reason.REFUSAL
        return Reason.AVAILABLE

    # Time integrals

    def settle_product(self, product: int, now: float) -> None:
        """Book the time since the last change with what was on hand."""
        span = now - self._product_since[product]
        if span == 0:
            return
        self._product_since[product] = now
        on_hand = self.on_hand[product]
        out = span if on_hand == 0 and not self.unlimited[product] else 0.0
        self.out_time[product] += out
        books = self._books
        row = books.timeline_products[books.period, product]
        row[ProductColumn.ON_HAND_TIME] += on_hand * span
        row[ProductColumn.OUT_TIME] += out
        if books.counting:
            books.stock_time[product, 0] += on_hand * span
            books.stock_time[product, 1] += out

    def settle_offer(self, offer: int, now: float) -> None:
        """Book the time since the last change with the price and availability that held."""
        span = now - self._offer_since[offer]
        if span == 0:
            return
        self._offer_since[offer] = now
        if not self.open[offer]:
            return
        books = self._books
        row = books.timeline_offers[books.period, offer]
        row[OfferColumn.PRICE_TIME] += self.price[offer] * span
        row[OfferColumn.OPEN_TIME] += span
        if books.counting:
            books.offer_time[offer, 0] += span
            if self.reason[offer] is Reason.AVAILABLE:
                books.offer_time[offer, 1] += span

    def settle_all(self, now: float) -> None:
        """Book all time up to now, so that no stretch of time crosses the border of a period or of the warm-up."""
        for product in range(len(self.on_hand)):
            self.settle_product(product, now)
        for offer in range(len(self.price)):
            self.settle_offer(offer, now)

    def _end_cycle(self, product: int, now: float) -> None:
        if now > self._cycle_since[product]:
            self._books.end_cycle(product, self.turned_away[product])
        self._cycle_since[product] = now
        self.turned_away[product] = False

    def close(self, now: float) -> None:
        """Book what is left of every period and cycle at the end, after units that expire just then are wasted."""
        for product, limited in enumerate(not each for each in self.unlimited):
            self.expire(product, now)
            if limited:
                self._end_cycle(product, now)
        self.settle_all(now)

    def check(self) -> None:
        """Check that the ages on the shelf add up to what is on hand (R16).

        Raises
        ------
        InvariantError
            If they do not.
        """
        for product, units in enumerate(self.on_hand):
            if units != self.units_in_batches(product):
                name = self._books.problem.products.names[product]
                raise InvariantError(
                    f"shelves: {units} units of {name!r} on hand, but {self.units_in_batches(product)} by age (R16)"
                )

    def units_in_batches(self, product: int) -> int:
        """Return the units on hand as the batches count them, for the check of R16."""
        return sum(units for _, units in self._batches[product])
