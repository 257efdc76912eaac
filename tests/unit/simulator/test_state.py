"""The shelves: oldest units first, R5's reasons in their order, and time integrals."""

from math import inf

import pytest

from demandshift.simulator.books import Books
from demandshift.simulator.ledger import InvariantError, Movement, OfferColumn, ProductColumn
from demandshift.simulator.state import Reason, Shelves


@pytest.fixture
def shelves(world):
    """Return what makes the shelves of a scenario, with open offers and books that count."""

    def make(**parts):
        problem = world(**parts).problem
        books = Books(problem, 0)
        books.counting = True
        made = Shelves(problem, books)
        for offer in range(len(problem.offers.names)):
            made.set_open(offer, True, 0.0)
        books.stock[:, Movement.OPENING] = made.on_hand
        return made, books

    return make


def sell(made, offer, now=0.0, price=2.0):
    """Sell one to nobody in particular."""
    made.sell(offer, price, 0, True, now)


def test_the_oldest_units_are_sold_first(shelves):
    """If this fails, fresh units are sold before old ones, and more expires than need be."""
    made, books = shelves(products={"cola": {"stock": 2, "shelf_life": 3}})
    made.receive(0, 4, 1.0, 4.0)
    for _ in range(3):
        sell(made, 0, 2.0)
    assert made.expire(0, 3.0) == 0
    assert made.expire(0, 4.0) == 3
    assert books.stock[0, Movement.WASTED] == 3
    assert made.units_in_batches(0) == made.on_hand[0] == 0


def test_a_sale_may_take_from_several_ages(shelves):
    """If this fails, a sale of two units takes both from one delivery, or loses one."""
    made, _ = shelves(
        products={"cola": {"stock": 1, "shelf_life": 3}}, offers={"pair": {"uses": {"cola": 2}, "price": 3}}
    )
    made.receive(0, 3, 1.0, 4.0)
    sell(made, 1, 1.0)
    assert made.on_hand[0] == 2
    assert made.expire(0, 3.0) == 0
    assert made.units_in_batches(0) == 2
    sell(made, 1, 1.0)
    assert made.units_in_batches(0) == 0


def test_what_expires_together_is_wasted_together(shelves):
    """If this fails, a second delivery of the same age stays on the shelf for ever."""
    made, books = shelves(products={"cola": {"stock": 2, "shelf_life": 3}})
    made.receive(0, 1, 0.0, 3.0)
    made.receive(0, 1, 2.0, 5.0)
    assert made.expire(0, 3.5) == 3
    assert books.stock[0, Movement.WASTED] == 3
    assert made.on_hand[0] == 1


def test_more_than_is_there_cannot_be_sold(shelves):
    """If this fails, stock goes below zero without anybody noticing (R16)."""
    made, _ = shelves(products={"cola": {"stock": 1}})
    sell(made, 0)
    with pytest.raises(InvariantError, match=r"shelves: 1 units of 'cola' were sold with 0 on hand \(R16\)"):
        sell(made, 0)


def test_unlimited_stock_is_bought_as_it_is_sold(shelves):
    """If this fails, an unlimited stock runs out, or its units cost nothing."""
    made, books = shelves(products={"cola": {"stock": "unlimited", "cost": 0.5}})
    for _ in range(3):
        sell(made, 0)
    assert made.reason[0] is Reason.AVAILABLE
    assert books.stock[0].tolist() == [0, 3, 0, 3, 0, 0]
    assert books.product_money.sum() == -1.5
    assert made.sold[0] == 3


def test_reasons_come_in_the_order_of_the_rules(shelves):
    """If this fails, a stockout is called a refusal, or a shut offer a stockout (R5)."""
    made, _ = shelves(products={"cola": {"stock": 3}})
    made.set_protection(0, 2, 0.0)
    assert made.reason[0] is Reason.AVAILABLE
    sell(made, 0)
    assert made.reason[0] is Reason.REFUSAL
    made.set_protection(0, 0, 0.0)
    assert made.reason[0] is Reason.AVAILABLE
    sell(made, 0)
    sell(made, 0)
    made.set_protection(0, 2, 0.0)
    assert made.reason[0] is Reason.STOCKOUT
    made.set_open(0, False, 0.0)
    assert made.reason[0] is Reason.SHUT


@pytest.mark.parametrize(("stock", "level", "reason"), [(5, 5, Reason.REFUSAL), (6, 5, Reason.AVAILABLE)])
def test_a_level_is_what_a_sale_must_leave(shelves, stock, level, reason):
    """If this fails, protection is off by one: the level is what is left after the sale."""
    made, _ = shelves(products={"cola": {"stock": stock}})
    made.set_protection(0, level, 0.0)
    assert made.reason[0] is reason


def test_a_pair_needs_two_units_and_leaves_two_less(shelves):
    """If this fails, an offer of several units is had with one of them, or protection counts sales, not units."""
    made, _ = shelves(products={"cola": {"stock": 5}}, offers={"pair": {"uses": {"cola": 2}, "price": 3}})
    made.set_protection(1, 3, 0.0)
    assert made.reason == [Reason.AVAILABLE, Reason.AVAILABLE]
    sell(made, 0)
    assert made.reason == [Reason.AVAILABLE, Reason.REFUSAL]
    made.set_protection(1, 0, 0.0)
    sell(made, 1)
    sell(made, 0)
    assert made.on_hand[0] == 1
    assert made.reason == [Reason.AVAILABLE, Reason.STOCKOUT]


def test_an_offer_of_two_stocks_lacks_when_either_lacks(shelves):
    """If this fails, a connecting flight is sold with one leg full."""
    made, _ = shelves(
        products={"first": {"stock": 1}, "second": {"stock": 2}},
        offers={"both": {"uses": ["first", "second"], "price": 3}},
    )
    sell(made, 2)
    assert made.on_hand == [0, 1]
    assert made.reason == [Reason.STOCKOUT, Reason.AVAILABLE, Reason.STOCKOUT]
    assert not made.can_fill(2)
    made.receive(0, 1, 1.0, inf)
    assert made.reason[2] is Reason.AVAILABLE


def test_protection_does_not_hold_back_unlimited_stock(shelves):
    """If this fails, a stock without end refuses customers."""
    made, _ = shelves(products={"cola": {"stock": "unlimited"}})
    made.set_protection(0, 9, 0.0)
    assert made.reason[0] is Reason.AVAILABLE


def test_stock_over_time_is_the_area_under_the_curve(shelves):
    """If this fails, holding costs and times without stock are wrong whenever stock changes."""
    made, books = shelves(products={"cola": {"stock": 2}})
    sell(made, 0, 1.0)
    sell(made, 0, 4.0)
    made.receive(0, 5, 6.0, inf)
    made.settle_product(0, 6.5)
    assert books.stock_time[0].tolist() == [2 * 1 + 1 * 3 + 0 * 2 + 5 * 0.5, 2.0]
    assert made.out_time[0] == 2.0
    row = books.timeline_products[0, 0]
    assert row[ProductColumn.ON_HAND_TIME] == 7.5
    assert row[ProductColumn.OUT_TIME] == 2.0


def test_unlimited_stock_is_never_out(shelves):
    """If this fails, a product without end is reported as always out of stock, since none of it is on hand."""
    made, books = shelves(products={"cola": {"stock": "unlimited"}})
    made.settle_product(0, 5.0)
    assert made.out_time[0] == 0.0
    assert books.stock_time[0].tolist() == [0.0, 0.0]


def test_time_in_the_window_and_time_on_offer(shelves):
    """If this fails, the in-stock rate counts time in which the offer was shut (R19)."""
    made, books = shelves(products={"cola": {"stock": 1}})
    sell(made, 0, 2.0)
    made.receive(0, 1, 3.0, inf)
    made.set_open(0, False, 5.0)
    made.set_open(0, True, 9.0)
    made.settle_all(10.0)
    assert books.offer_time[0].tolist() == [6.0, 5.0]
    assert books.timeline_offers[0, 0, OfferColumn.OPEN_TIME] == 6.0


def test_price_over_time_counts_while_open(shelves):
    """If this fails, the average price of a period is that of the moment, or counts time in which it was shut."""
    made, books = shelves()
    made.set_price(0, 3.0, 4.0)
    made.set_open(0, False, 6.0)
    made.set_price(0, 9.0, 7.0)
    made.settle_offer(0, 8.0)
    assert books.timeline_offers[0, 0, OfferColumn.PRICE_TIME] == 2.0 * 4 + 3.0 * 2


def test_before_the_warm_up_ends_only_the_timeline_counts(shelves):
    """If this fails, the warm-up leaks into the figures, or is missing from the timeline (R1)."""
    made, books = shelves(products={"cola": {"stock": 2, "cost": 1}})
    books.counting = False
    sell(made, 0, 1.0)
    made.receive(0, 3, 2.0, inf)
    made.settle_all(3.0)
    assert not books.stock_time.any()
    assert not books.offer_time.any()
    assert not books.product_money.any()
    assert not books.cash.any()
    assert books.stock[0, Movement.SOLD] == 0
    assert books.timeline_products[0, 0, ProductColumn.SOLD] == 1
    assert books.timeline_products[0, 0, ProductColumn.RECEIVED] == 3
    assert books.timeline_offers[0, 0, OfferColumn.REVENUE] == 2.0


def test_cycles_run_from_delivery_to_delivery(shelves):
    """If this fails, cycle service counts deliveries, or forgets who was turned away in the cycle."""
    made, books = shelves(products={"cola": {"stock": 2}})
    made.receive(0, 1, 1.0, inf)
    made.turned_away[0] = True
    made.receive(0, 1, 2.0, inf)
    made.receive(0, 1, 2.0, inf)
    made.close(4.0)
    assert books.cycles[0].tolist() == [3, 2]


def test_units_that_end_with_the_run_are_wasted(shelves):
    """If this fails, units whose life ends with the run keep their value (R1)."""
    made, books = shelves(products={"cola": {"stock": 2, "shelf_life": 4}}, horizon=4)
    made.close(4.0)
    assert made.on_hand[0] == 0
    assert books.stock[0, Movement.WASTED] == 2
    assert books.stock_time[0].tolist() == [8.0, 0.0]
