"""The waiting line.

Customers written down for what is not on the shelf, served oldest first when stock arrives (R2, R13).
"""

from dataclasses import dataclass

from simpy.events import Event

from ..models.problem import Problem
from .books import Books
from .ledger import Account
from .state import Shelves


@dataclass(frozen=True, slots=True, eq=False)
class BackOrder:
    """One customer's claim on one sale of an offer, at the price at which it was placed."""

    number: int
    """Place in the line: back-orders are numbered as they are placed."""
    offer: int
    price: float
    placed: float
    customer: int
    """Number of the customer."""
    cohort: bool
    """Whether the customer first came after the warm-up."""
    filled: Event
    """Triggered when the sale is handed over."""


class WaitingLine:
    """All back-orders of a replication, by product."""

    def __init__(self, problem: Problem, shelves: Shelves, books: Books) -> None:
        self._problem = problem
        self._shelves = shelves
        self._books = books
        self._placed = 0
        self._penalty: list[float] = problem.products.back_order_penalty.tolist()
        self._limit: list[int] = problem.firms.back_order_limit.tolist()
        self._firm: list[int] = problem.offers.firm.tolist()
        self._by_product: list[dict[int, BackOrder]] = [{} for _ in problem.products.names]

    def has_room(self, offer: int) -> bool:
        """Return whether the firm's limit lets one more customer be written down for an offer."""
        limit = self._limit[self._firm[offer]]
        return limit < 0 or all(len(self._by_product[product]) < limit for product, _ in self._shelves.uses[offer])

    def place(self, offer: int, customer: int, cohort: bool, now: float, filled: "Event") -> BackOrder:
        """Write a customer down, last in line, at the present price."""
        back_order = BackOrder(self._placed, offer, self._shelves.price[offer], now, customer, cohort, filled)
        self._placed += 1
        for product, units in self._shelves.uses[offer]:
            self._by_product[product][back_order.number] = back_order
            self._shelves.back_orders[product] += units
        return back_order

    def leave(self, back_order: BackOrder, now: float) -> None:
        """Strike a customer out: served, or given up; the firm pays for the time that it kept him waiting."""
        since = max(back_order.placed, self._problem.warm_up)
        for product, units in self._shelves.uses[back_order.offer]:
            del self._by_product[product][back_order.number]
            self._shelves.back_orders[product] -= units
            if now > since:
                self._books.pay_for(product, Account.PENALTIES, -self._penalty[product] * (now - since), now)

    def anybody_for(self, product: int) -> bool:
        """Return whether somebody waits for a product."""
        return bool(self._by_product[product])

    def fill(self, product: int, now: float) -> None:
        """Serve those who wait for a product, oldest first, as far as stock goes.

        Each pays the price he was promised.
        """
        for back_order in list(self._by_product[product].values()):
            if not self._shelves.on_hand[product]:
                return
            if self._shelves.can_fill(back_order.offer):
                self.leave(back_order, now)
                self._shelves.sell(back_order.offer, back_order.price, back_order.customer, back_order.cohort, now)
                back_order.filled.succeed()

    def close(self, now: float) -> None:
        """Let the firms pay for the time that those still in line have waited by the end."""
        for line in self._by_product:
            for back_order in list(line.values()):
                self.leave(back_order, now)
