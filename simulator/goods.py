"""The readable engine's goods: orders, deliveries, expiries, and orders that the stock itself calls for."""

from math import inf, isfinite

from ..models.chance import Purpose
from .books import Books
from .clock import Clock, Process, Rank
from .draws import Draws
from .instants import instant
from .ledger import Account
from .observation import Observer
from .reviews import orders
from .state import Shelves
from .waiting_line import WaitingLine
from .world import Replenishment, World


class Goods:
    """What is under way to the shelves in one replication."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        shelves: Shelves,
        books: Books,
        line: WaitingLine,
        draws: Draws,
        observer: Observer,
    ) -> None:
        self._world = world
        self._problem = world.problem
        self._clock = clock
        self._shelves = shelves
        self._books = books
        self._line = line
        self._observer = observer
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

    def start(self) -> None:
        """Let the opening stock age, and order where it is low already."""
        for product, units in enumerate(self._shelves.on_hand):
            if units and isfinite(self._shelf_life[product]):
                self._clock.process(self._expiry(product, instant(self._shelf_life[product])))
        for order in self._world.planned_orders:
            self._planned[order.product].append(order.time)
        for replenishment in self._world.replenishments:
            for product in replenishment.products:
                if replenishment.every is None:
                    self._continuous[product] = replenishment
                    self.position_fell(product)
                else:
                    self._periodic[product] = replenishment

    # Orders

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
        for ordered, units in orders(self._world, self._observer, replenishment, self._clock.now):
            self.order(ordered, units)

    def order(self, product: int, units: int) -> None:
        """Order whole units, and pay the fixed cost."""
        supply, now = self._world.supplies[product], self._clock.now
        number = self._orders_placed[product]
        self._orders_placed[product] += 1
        lead_time = supply.lead_time.draw(self._lead_time_draws[product].person(number), Purpose.LEAD_TIME)
        due = instant(now + lead_time) if lead_time else now
        self._shelves.on_order[product] += units
        self._outstanding[product][number] = (now + supply.lead_time.mean, units)
        self._books.pay_for(product, Account.ORDERING, -supply.order_cost, now)
        self._clock.process(self._delivery(product, units, max(due, now), number))

    def season_buy(self, product: int, units: int) -> None:
        """Put on the shelf now what was bought before the season; it is paid like any order."""
        self._orders_placed[product] += 1
        self._books.pay_for(product, Account.ORDERING, -self._world.supplies[product].order_cost, self._clock.now)
        self._receive(product, units)

    # On the shelf

    def _delivery(self, product: int, units: int, due: float, number: int) -> Process:
        yield self._clock.at(due, Rank.DELIVER, product)
        del self._outstanding[product][number]
        self._shelves.on_order[product] -= units
        self._receive(product, units)

    def _receive(self, product: int, units: int) -> None:
        now = self._clock.now
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
