"""The waiting line: oldest first, limits, what waiting costs the firm, and who is never served twice (R2, R13)."""

from dataclasses import dataclass, field

import pytest

from demandshift.simulator.books import Books
from demandshift.simulator.ledger import Account, Movement
from demandshift.simulator.state import Shelves
from demandshift.simulator.waiting_line import WaitingLine


@dataclass
class Told:
    """Stands for the event that brings a customer the news."""

    log: list = field(default_factory=list)

    def succeed(self) -> None:
        """Note that the news came."""
        self.log.append("filled")


@pytest.fixture
def line(world):
    """Return what makes a waiting line with its shelves and books."""

    def make(limit=None, counting=True, warm_up=0.0, **parts):
        back_orders = {} if limit is None else {"limit": limit}
        firms = {"corner": {"service": {"back_orders": back_orders}}}
        products = {"cola": {"back_order_penalty": 0.5}, "zero": {}, **parts.pop("products", {})}
        problem = world(firms=firms, products=products, warm_up=warm_up, **parts).problem
        books = Books(problem, 0)
        books.counting = counting
        shelves = Shelves(problem, books)
        return WaitingLine(problem, shelves, books), shelves, books

    return make


def test_the_oldest_are_served_first_as_far_as_stock_goes(line):
    """If this fails, somebody overtakes those who have waited longer (R2)."""
    made, shelves, books = line()
    news = [Told() for _ in range(3)]
    for number, told in enumerate(news):
        made.place(0, 10 + number, True, float(number), told)
    assert shelves.back_orders[0] == 3
    shelves.receive(0, 2, 4.0, float("inf"))
    made.fill(0, 4.0)
    assert [told.log for told in news] == [["filled"], ["filled"], []]
    assert shelves.back_orders[0] == 1
    assert shelves.on_hand[0] == 0
    assert books.sold[0] == 2
    assert made.anybody_for(0)


def test_each_pays_the_price_at_which_he_was_written_down(line):
    """If this fails, a back-order is charged today's price (R13)."""
    made, shelves, books = line()
    made.place(0, 0, True, 0.0, Told())
    shelves.set_price(0, 5.0, 1.0)
    made.place(0, 1, True, 1.0, Told())
    shelves.receive(0, 9, 2.0, float("inf"))
    made.fill(0, 2.0)
    assert books.offer_money[Account.SALES, 0] == 2.0 + 5.0


def test_who_needs_more_than_there_is_lets_others_pass(line):
    """If this fails, one customer for a pair blocks the single units that others wait for."""
    made, shelves, _ = line(offers={"pair": {"uses": {"cola": 2}, "price": 3.0}})
    pair, single = Told(), Told()
    made.place(2, 0, True, 0.0, pair)
    made.place(0, 1, True, 1.0, single)
    assert shelves.back_orders[0] == 3
    shelves.receive(0, 1, 2.0, float("inf"))
    made.fill(0, 2.0)
    assert (pair.log, single.log) == ([], ["filled"])
    assert shelves.back_orders[0] == 2


def test_an_offer_of_two_stocks_waits_in_both_lines_and_leaves_both(line):
    """If this fails, a customer for a set is served twice, or blocks the line of the other part for ever."""
    made, shelves, books = line(offers={"set": {"uses": ["cola", "zero"], "price": 3.0}})
    told = Told()
    made.place(2, 0, True, 0.0, told)
    shelves.receive(0, 1, 1.0, float("inf"))
    made.fill(0, 1.0)
    assert told.log == []
    assert made.anybody_for(0)
    assert made.anybody_for(1)
    shelves.receive(1, 1, 2.0, float("inf"))
    made.fill(1, 2.0)
    assert told.log == ["filled"]
    assert not made.anybody_for(0)
    assert not made.anybody_for(1)
    assert shelves.back_orders == [0, 0]
    assert books.stock[:, Movement.SOLD].tolist() == [1, 1]


def test_a_limit_counts_those_who_wait_for_the_product(line):
    """If this fails, a full line takes more customers, or a limit of 0 takes one."""
    made, _, _ = line(limit=1, offers={"set": {"uses": ["cola", "zero"], "price": 3.0}})
    assert made.has_room(0)
    made.place(0, 0, True, 0.0, Told())
    assert not made.has_room(0)
    assert made.has_room(1)
    assert not made.has_room(2)
    none, _, _ = line(limit=0)
    assert not none.has_room(0)
    free, _, _ = line()
    for number in range(50):
        free.place(0, number, True, 0.0, Told())
    assert free.has_room(0)


def test_the_firm_pays_for_the_time_that_it_keeps_people_waiting(line):
    """If this fails, the penalty is paid once a customer instead of by time, or not by those who give up."""
    made, shelves, books = line()
    gives_up = made.place(0, 0, True, 1.0, Told())
    made.place(0, 1, True, 2.0, Told())
    made.leave(gives_up, 3.0)
    shelves.receive(0, 1, 6.0, float("inf"))
    made.fill(0, 6.0)
    assert books.product_money[Account.PENALTIES, 0] == -0.5 * (2.0 + 4.0)


def test_time_before_the_warm_up_ended_costs_nothing(line):
    """If this fails, money of the warm-up counts (R1)."""
    made, _, books = line(warm_up=4.0)
    one, other = (made.place(0, number, False, 1.0, Told()) for number in (0, 1))
    made.leave(one, 3.0)
    made.leave(other, 6.0)
    assert books.product_money[Account.PENALTIES, 0] == -0.5 * 2.0


def test_those_who_still_wait_at_the_end_have_cost_their_time(line):
    """If this fails, firms do better by never delivering."""
    made, shelves, books = line(offers={"set": {"uses": ["cola", "zero"], "price": 3.0}})
    made.place(0, 0, True, 4.0, Told())
    made.place(2, 1, True, 6.0, Told())
    made.close(10.0)
    assert books.product_money[Account.PENALTIES].tolist() == [-0.5 * (6.0 + 4.0), 0.0]
    assert shelves.back_orders == [0, 0]
    assert not made.anybody_for(0)
