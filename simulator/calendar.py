"""What firms do, and when: the SimPy processes of windows, prices, reviews, orders, deliveries and expiries.

Customers are the engine's; between two events of this calendar only customers change the shelves.
"""

from collections.abc import Generator
from itertools import count
from math import inf, isfinite

from simpy.events import Event

from ..models.chance import Purpose
from .books import Books
from .clock import Clock, Rank, instant
from .draws import Draws
from .ledger import Account, InvariantError, Movement
from .observation import observe
from .state import Shelves
from .waiting_line import WaitingLine
from .world import Replenishment, Repricing, World

Process = Generator[Event, object, None]


class Calendar:
    """The firms' agenda in one replication."""

    def __init__(
        self, world: World, clock: Clock, shelves: Shelves, books: Books, line: WaitingLine, draws: Draws
    ) -> None:
        self._world = world
        self._problem = world.problem
        self._clock = clock
        self._shelves = shelves
        self._books = books
        self._line = line
        products = range(len(world.problem.products.names))
        self._lead_time_draws = [draws.segment(world.supplies[product].slot) for product in products]
        self._orders_placed = [0 for _ in products]
        self._outstanding: list[dict[int, tuple[float, int]]] = [{} for _ in products]
        """By product and order number: (date at which the firm expects it, units)."""
        self._continuous: list[Replenishment | None] = [None for _ in products]
        self._periodic: list[Replenishment | None] = [None for _ in products]
        self._planned: list[list[float]] = [[] for _ in products]
        self._review_due = [False for _ in products]
        self._shelf_life: list[float] = world.problem.products.shelf_life.tolist()
        self._product_firm: list[int] = world.problem.products.firm.tolist()

    def start(self) -> None:
        """Put everything that is known beforehand into the clock."""
        clock, world, problem = self._clock, self._world, self._problem
        clock.process(self._warm_up())
        clock.process(self._periods())
        for offer in range(len(problem.offers.names)):
            clock.process(self._windows(offer))
            clock.process(self._price_changes(offer))
            clock.process(self._protection_steps(offer))
        for product, units in enumerate(self._shelves.on_hand):
            if units and isfinite(self._shelf_life[product]):
                clock.process(self._expiry(product, instant(self._shelf_life[product])))
        for buy in world.season_buys:
            units = world.supplies[buy.product].order_units(buy.units)
            if units:
                clock.process(self._season_buy(buy.product, units))
        for order in world.planned_orders:
            self._planned[order.product].append(order.time)
            clock.process(self._planned_order(order.time, order.product, order.units))
        for position, replenishment in enumerate(world.replenishments):
            for product in replenishment.products:
                if replenishment.every is None:
                    self._continuous[product] = replenishment
                    self.position_fell(product)
                else:
                    self._periodic[product] = replenishment
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
            self._check_shelves()

    def _check_shelves(self) -> None:
        """Check that the ages on the shelf add up to what is on hand (R16)."""
        for product, units in enumerate(self._shelves.on_hand):
            if units != self._shelves.units_in_batches(product):
                name = self._problem.products.names[product]
                raise InvariantError(
                    f"shelves: {units} units of {name!r} on hand, "
                    f"but {self._shelves.units_in_batches(product)} by age (R16)"
                )

    # Offers

    def _windows(self, offer: int) -> Process:
        offers = self._problem.offers
        for window in range(offers.window_start[offer], offers.window_start[offer + 1]):
            yield self._clock.at(float(offers.window_opens[window]), Rank.PRICE, offer)
            self._shelves.set_open(offer, True, self._clock.now)
            if isfinite(offers.window_closes[window]):
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
        own = [offer for offer, firm in enumerate(self._problem.offers.firm.tolist()) if firm == repricing.firm]
        for time in self._times(repricing.first, repricing.every):
            yield self._clock.at(time, Rank.PRICE, len(self._problem.offers.names) + position)
            seen = observe(self._problem, self._shelves, repricing.firm, (), time)
            prices = repricing.policy.prices(seen)
            firm = self._problem.firms.names[repricing.firm]
            _require_one_each(f"pricing policy of firm {firm!r}", "prices", len(prices), len(own))
            for offer, price in zip(own, prices, strict=True):
                if not (isfinite(price) and price >= 0):
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
            self._review(replenishment)

    def _review(self, replenishment: Replenishment) -> None:
        products = replenishment.products
        firm = self._product_firm[products[0]]
        seen = observe(self._problem, self._shelves, firm, products, self._clock.now)
        quantities = replenishment.policy.quantities(seen)
        owner = f"ordering policy of firm {self._problem.firms.names[firm]!r}"
        _require_one_each(owner, "quantities", len(quantities), len(products))
        for product, wanted in zip(products, quantities, strict=True):
            if not isfinite(wanted):
                raise ValueError(f"{owner} ordered {wanted} units at time {self._clock.now}")
            self._order(product, wanted)

    def position_fell(self, product: int) -> None:
        """Call for a continuous review at this instant, where the position is down to where its policy is asked."""
        replenishment = self._continuous[product]
        if replenishment is None or self._review_due[product]:
            return
        shelves = self._shelves
        position = shelves.on_hand[product] + shelves.on_order[product] - shelves.back_orders[product]
        if position <= replenishment.trigger(product):
            self._review_due[product] = True
            self._clock.process(self._continuous_review(product, replenishment))

    def _continuous_review(self, product: int, replenishment: Replenishment) -> Process:
        yield self._clock.at(self._clock.now, Rank.REVIEW, len(self._world.replenishments) + product)
        self._review_due[product] = False
        self._review(replenishment)

    def _planned_order(self, time: float, product: int, units: float) -> Process:
        yield self._clock.at(time, Rank.REVIEW, len(self._world.replenishments) + product)
        self._order(product, units)

    def _order(self, product: int, wanted: float) -> None:
        """Order what is wanted, in whole packs, and pay the fixed cost."""
        supply = self._world.supplies[product]
        units = supply.order_units(wanted)
        if not units:
            return
        now = self._clock.now
        number = self._orders_placed[product]
        self._orders_placed[product] += 1
        lead_time = supply.lead_time.draw(self._lead_time_draws[product].person(number), Purpose.LEAD_TIME)
        due = instant(now + lead_time) if lead_time else now
        self._shelves.on_order[product] += units
        self._outstanding[product][number] = (now + supply.lead_time.mean, units)
        self._books.pay_for(product, Account.ORDERING, -supply.order_cost, now)
        self._clock.process(self._delivery(product, units, max(due, now), number))

    # Goods

    def _season_buy(self, product: int, units: int) -> Process:
        """Deliver what was bought before the season; it is ordered and paid when the run begins."""
        self._shelves.on_order[product] += units
        number = self._orders_placed[product]
        self._orders_placed[product] += 1
        self._outstanding[product][number] = (0.0, units)
        yield self._clock.at(0.0, Rank.DELIVER, product)
        self._books.pay_for(product, Account.ORDERING, -self._world.supplies[product].order_cost, self._clock.now)
        self._deliver(product, units, number)

    def _delivery(self, product: int, units: int, due: float, number: int) -> Process:
        yield self._clock.at(due, Rank.DELIVER, product)
        self._deliver(product, units, number)

    def _deliver(self, product: int, units: int, number: int) -> None:
        now = self._clock.now
        del self._outstanding[product][number]
        self._shelves.on_order[product] -= units
        life = self._shelf_life[product]
        expires = instant(now + life) if isfinite(life) else inf
        self._shelves.receive(product, units, now, expires)
        if isfinite(expires):
            self._clock.process(self._expiry(product, expires))
        if self._line.anybody_for(product):
            self._clock.process(self._fill(product))

    def _expiry(self, product: int, time: float) -> Process:
        yield self._clock.at(time, Rank.EXPIRE, product)
        if self._shelves.expire(product, self._clock.now):
            self.position_fell(product)

    def _fill(self, product: int) -> Process:
        yield self._clock.at(self._clock.now, Rank.FILL, product)
        self._line.fill(product, self._clock.now)

    # What a firm can say about the future

    def expected_supply(self, product: int, units: int) -> float:
        """Return when the firm expects to have so many units more than those who already wait need; inf for never.

        It knows its orders, its suppliers' mean lead times and its own next review, not what lead times will be (R13).
        """
        now = self._clock.now
        lacking = self._shelves.back_orders[product] + units - self._shelves.on_hand[product]
        for expected, coming in sorted(self._outstanding[product].values()):
            lacking -= coming
            if lacking <= 0:
                return max(now, expected)
        return self._next_order(product, now) + self._world.supplies[product].lead_time.mean

    def _next_order(self, product: int, now: float) -> float:
        if self._continuous[product] is not None:
            return now
        periodic = self._periodic[product]
        if periodic is not None and periodic.every is not None:
            if now < periodic.first:
                return periodic.first
            passed = int((now - periodic.first) / periodic.every + 1e-9)
            return periodic.first + (passed + 1) * periodic.every
        return min((time for time in self._planned[product] if time > now), default=inf)


def _require_one_each(owner: str, what: str, found: int, wanted: int) -> None:
    if found != wanted:
        raise ValueError(f"{owner} returned {found} {what} for {wanted}")
