"""The ledger while it is written: every movement, payment and outcome is booked here, as it happens."""

from collections import Counter

import numpy as np

from ..models.problem import Integers, Problem, Transfer
from .ledger import (
    HEAD_OF_OUTCOME,
    NOBODY,
    Account,
    Cause,
    Head,
    Ledger,
    Movement,
    OfferColumn,
    Outcome,
    Payment,
    ProductColumn,
    check_ledger,
)


class Books:
    """The ledger while it is written."""

    def __init__(self, problem: Problem, replication: int) -> None:
        products, offers, segments = (
            len(problem.products.names),
            len(problem.offers.names),
            len(problem.segments.names),
        )
        self.problem = problem
        self.replication = replication
        self.counting = False
        """Whether the warm-up is over; turned on by the calendar before anything else at that instant."""
        self.period = 0
        """The timeline's current period."""
        self.heads = np.zeros((segments, len(Head)), dtype=np.int64)
        self.flows: Counter[tuple[int, ...]] = Counter()
        self.willing: Counter[tuple[int, ...]] = Counter()
        self.consumer_surplus = np.zeros(segments)
        self.stock = np.zeros((products, len(Movement)), dtype=np.int64)
        self.stock_time = np.zeros((products, 2))
        self.cycles = np.zeros((products, 2), dtype=np.int64)
        self.offer_time = np.zeros((offers, 2))
        self.sold = np.zeros(offers, dtype=np.int64)
        self.sold_to_earlier = np.zeros(offers, dtype=np.int64)
        self.product_money = np.zeros((len(Account), products))
        self.offer_money = np.zeros((len(Account), offers))
        self.cash = np.zeros(len(problem.firms.names))
        self.timeline_products = np.zeros((problem.periods, products, len(ProductColumn)))
        self.timeline_offers = np.zeros((problem.periods, offers, len(OfferColumn)))

    # Stock, by the time of the event

    def receive(self, product: int, units: int, now: float) -> None:
        """Book units that arrive and what they cost."""
        self.timeline_products[self.period, product, ProductColumn.RECEIVED] += units
        if self.counting:
            self.stock[product, Movement.RECEIVED] += units
        self.pay_for(product, Account.PURCHASES, -units * float(self.problem.products.unit_cost[product]), now)

    def take(self, product: int, units: int) -> None:
        """Book units that leave with a customer."""
        self.timeline_products[self.period, product, ProductColumn.SOLD] += units
        if self.counting:
            self.stock[product, Movement.SOLD] += units

    def waste(self, product: int, units: int, now: float) -> None:
        """Book units that expire, what they fetch and what it costs to get rid of them."""
        self.timeline_products[self.period, product, ProductColumn.WASTED] += units
        if self.counting:
            self.stock[product, Movement.WASTED] += units
        products = self.problem.products
        net_cost = float(products.disposal_cost[product] - products.salvage[product])
        self.pay_for(product, Account.DISPOSAL, -units * net_cost, now)

    def end_cycle(self, product: int, turned_away: bool) -> None:
        """Book a replenishment cycle."""
        if self.counting:
            self.cycles[product, 0] += 1
            self.cycles[product, 1] += not turned_away

    # Money: dated payments, by account

    def pay(self, payment: Payment) -> None:
        """Book a payment; what is paid before the warm-up ends does not count (R1)."""
        if not self.counting:
            return
        if payment.offer == NOBODY:
            self.product_money[payment.account, payment.product] += payment.amount
            self.cash[self.problem.products.firm[payment.product]] += payment.amount
        else:
            self.offer_money[payment.account, payment.offer] += payment.amount
            self.cash[self.problem.offers.firm[payment.offer]] += payment.amount

    def pay_for(self, product: int, account: Account, amount: float, now: float) -> None:
        """Book a payment that concerns a product and no customer; costs are negative."""
        self.pay(Payment(now, account, product, NOBODY, NOBODY, amount))

    def sell(self, offer: int, price: float, customer: int, cohort: bool, now: float) -> None:
        """Book a sale and its payment."""
        self.timeline_offers[self.period, offer, OfferColumn.SOLD] += 1
        self.timeline_offers[self.period, offer, OfferColumn.REVENUE] += price
        if self.counting:
            self.sold[offer] += 1
            self.sold_to_earlier[offer] += not cohort
        self.pay(Payment(now, Account.SALES, NOBODY, offer, customer, price))

    # Customers, by cohort

    def ask(self, origin: int, turned_away: bool) -> None:
        """Note in the timeline that somebody came for an offer."""
        self.timeline_offers[self.period, origin, OfferColumn.DEMAND] += 1
        self.timeline_offers[self.period, origin, OfferColumn.TURNED_AWAY] += turned_away

    def note_willing(self, segment: int, origin: int, kind: Transfer, alternative: int) -> None:
        """Note that a customer of the cohort, turned away, would take an alternative before its cost (R10)."""
        self.willing[segment, origin, int(kind), alternative] += 1

    def conclude(self, segment: int, origin: int, cause: Cause, outcome: Outcome, destination: int) -> None:
        """Book the last outcome of a customer of the cohort."""
        self.flows[segment, origin, int(cause), int(outcome), destination] += 1
        self.heads[segment, HEAD_OF_OUTCOME[outcome]] += 1

    def flow_rows(self) -> Integers:
        """Return the flows as the ledger has them: sorted keys, the number of customers last."""
        return _rows(self.flows, 5)

    def willing_rows(self) -> Integers:
        """Return who was willing, as the ledger has it: sorted keys, the number of customers last."""
        return _rows(self.willing, 4)

    def close(self, on_hand: list[int]) -> Ledger:
        """Check the books against each other and against the shelves, and return the ledger.

        Raises
        ------
        InvariantError
            If stock, customers, sales or cash do not add up (R12, R16).
        """
        self.stock[:, Movement.CLOSING] = on_hand
        ledger = Ledger(
            replication=self.replication,
            heads=self.heads,
            flows=self.flow_rows(),
            willing=self.willing_rows(),
            consumer_surplus=self.consumer_surplus,
            stock=self.stock,
            stock_time=self.stock_time,
            cycles=self.cycles,
            offer_time=self.offer_time,
            sold=self.sold,
            sold_to_earlier=self.sold_to_earlier,
            product_money=self.product_money,
            offer_money=self.offer_money,
            timeline_products=self.timeline_products,
            timeline_offers=self.timeline_offers,
        )
        check_ledger(self.problem, ledger, self.cash)
        return ledger


def _rows(counts: Counter[tuple[int, ...]], width: int) -> Integers:
    """Return counted keys as sorted rows, the count last; shape (keys, width + 1)."""
    table = [(*key, count) for key, count in sorted(counts.items())]
    return np.array(table, dtype=np.int64).reshape(len(table), width + 1)
