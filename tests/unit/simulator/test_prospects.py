"""What customers look forward to: announced prices, windows, back-orders, and what that is worth today (R13)."""

from math import isnan

import pytest

from demandshift.simulator.books import Books
from demandshift.simulator.calendar import Calendar
from demandshift.simulator.clock import Clock
from demandshift.simulator.decision import NEVER, SegmentView
from demandshift.simulator.draws import Draws
from demandshift.simulator.goods import Goods
from demandshift.simulator.observation import Observer
from demandshift.simulator.prospects import Prospects
from demandshift.simulator.state import Shelves
from demandshift.simulator.waiting_line import WaitingLine

MARKDOWN = {"kind": "scheduled", "changes": [{"at": 4, "price": 1.0}, {"at": 8, "price": 0.25}]}


class Firms:
    """The firms of a world, started and run up to a time, and what customers can expect of them."""

    def __init__(self, world, until):
        self.world = world
        problem = world.problem
        self.clock = Clock()
        self.books = Books(problem, 0)
        self.shelves = Shelves(problem, self.books)
        self.line = WaitingLine(problem, self.shelves, self.books)
        observer = Observer(problem, self.shelves)
        self.goods = Goods(world, self.clock, self.shelves, self.books, self.line, Draws(1, 0), observer)
        self.calendar = Calendar(world, self.clock, self.shelves, self.books, self.goods, observer)
        self.prospects = Prospects(problem, self.shelves, self.line, self.goods)
        self.calendar.start()
        self.clock.run(until=until)

    def best(self, worth, first_visit=None, origin=0, **options):
        """Return the best prospect of a customer of the only segment now."""
        now = self.clock.now
        visit = now if first_visit is None else first_visit
        return self.prospects.best(SegmentView.of(self.world.problem, 0), worth, origin, visit, now, **options)


@pytest.fixture
def firms(world):
    """Return what makes firms at a time, with a segment that waits."""

    def make(until=0.5, waiting=None, firm=None, **parts):
        waits = {"up_to": 5, **(waiting or {})}
        return Firms(
            world(segments={"all": {"waiting": waits}}, firms={"corner": firm or {}}, horizon=12, **parts), until
        )

    return make


def test_an_announced_price_is_worth_the_gain_times_discount_and_chance(firms):
    """If this fails, customers reckon with another value of waiting than R13's formula."""
    made = firms(waiting={"discount": 0.9, "chance": 0.5}, firm={"pricing": MARKDOWN})
    later = made.best([3.0])
    assert (later.position, later.back_at) == (0, 4.0)
    assert later.value == pytest.approx(0.9**3.5 * 0.5 * (3.0 - 1.0))


def test_nobody_looks_further_than_he_waits_counted_from_the_first_visit(firms):
    """If this fails, patience starts anew with every visit."""
    made = firms(until=3.5, firm={"pricing": MARKDOWN})
    assert made.best([3.0], first_visit=3.5).back_at == 8.0
    assert made.best([3.0], first_visit=2.5).back_at == 4.0
    assert made.best([3.0], first_visit=3.0).back_at == 8.0
    late = firms(until=4.5, firm={"pricing": MARKDOWN})
    assert late.best([3.0], first_visit=2.5) is NEVER


def test_a_change_that_takes_place_now_is_no_future(firms):
    """If this fails, somebody waits for the price that is in force."""
    made = firms(until=4.5, waiting={"up_to": 3}, firm={"pricing": MARKDOWN})
    assert made.best([3.0]) is NEVER


def test_who_does_not_wait_has_no_prospects(world):
    """If this fails, a segment without `waiting` waits."""
    made = Firms(world(firms={"corner": {"pricing": MARKDOWN}}), 0.5)
    assert made.best([3.0]) is NEVER


def test_changes_that_are_not_announced_cannot_be_waited_for(firms):
    """If this fails, customers know what the firm keeps to itself."""
    made = firms(firm={"pricing": {**MARKDOWN, "announced": False}})
    assert made.best([3.0]) is NEVER


def test_a_later_price_above_the_worth_is_worth_nothing(firms):
    """If this fails, customers wait for what they would not buy."""
    made = firms(firm={"pricing": {"kind": "scheduled", "changes": [{"at": 4, "price": 3.0}]}})
    assert made.best([3.0]) is NEVER
    assert made.best([3.5]).value == 0.5


def test_a_window_that_opens_can_be_waited_for_at_its_announced_price(firms):
    """If this fails, a launch is no prospect, or is expected at another price than announced."""
    made = firms(products={"cola": {"window": {"opens": 3}, "pricing": MARKDOWN}})
    assert made.best([3.0], first_visit=0.0, origin=-1).back_at == 4.0
    opens = firms(products={"cola": {"window": {"opens": 3}}})
    later = opens.best([3.0], origin=-1)
    assert (later.back_at, later.value) == (3.0, 1.0)


def test_a_window_of_a_firm_that_does_not_announce_prices_is_expected_at_todays_price(firms):
    """If this fails, customers foresee a price that nobody announced."""
    quiet = {"kind": "scheduled", "changes": [{"at": 2, "price": 0.5}], "announced": False}
    made = firms(products={"cola": {"window": {"opens": 3}, "pricing": quiet}})
    later = made.best([3.0], origin=-1)
    assert (later.back_at, later.value) == (3.0, 1.0)


def test_a_change_while_the_window_is_shut_is_no_date(firms):
    """If this fails, customers come back to a shut shop."""
    shut_at_the_change = [{"opens": 0, "closes": 3}, {"opens": 5, "closes": 7}]
    made = firms(products={"cola": {"window": shut_at_the_change, "pricing": MARKDOWN}})
    later = made.best([3.0])
    assert (later.back_at, later.value) == (5.0, 2.0)


def test_the_origin_wins_between_equal_dates_then_the_first_date(firms):
    """If this fails, ties between later purchases are not R8a's."""
    made = firms(products={"cola": {"pricing": MARKDOWN}, "zero": {"pricing": MARKDOWN}}, waiting={"up_to": 9})
    worths = [0.5, 0.5]
    assert made.best(worths, origin=1).position == 1
    assert made.best(worths, origin=0).position == 0
    free = {"kind": "scheduled", "changes": [{"at": 4, "price": 1.0}, {"at": 8, "price": 1.0}]}
    twice = firms(firm={"pricing": free}, waiting={"up_to": 9})
    assert twice.best([3.0]).back_at == 4.0


SERVICE = {"service": {"back_orders": {"promise": True}}}


def test_a_promised_date_is_that_of_the_next_order_and_the_mean_lead_time(firms):
    """If this fails, customers are promised a date that the firm cannot expect to keep."""
    made = firms(
        firm={
            **SERVICE,
            "ordering": {"kind": "order_up_to", "review_every": 3, "first_review": 1, "level": 5},
            "supply": {"lead_time": {"kind": "uniform", "low": 1, "high": 2}},
        },
        waiting={"discount": 0.5},
    )
    later = made.best([3.0])
    assert later.by_back_order
    assert later.value == pytest.approx(0.5 ** (1 + 1.5 - 0.5) * 1.0)


def test_units_on_order_go_first_to_those_who_already_wait(firms):
    """If this fails, two customers are promised the same unit."""
    made = firms(
        until=1.5,
        firm={
            **SERVICE,
            "ordering": {"kind": "plan", "orders": [{"at": 1, "quantity": 1, "product": "cola"}]},
            "supply": {"lead_time": 2},
        },
    )
    assert made.goods.expected_supply(0, 1) == 3.0
    made.line.place(0, 0, True, 1.5, made.clock.event())
    assert made.goods.expected_supply(0, 1) == float("inf")
    assert made.best([3.0]) is NEVER


def test_a_date_too_far_away_is_not_waited_for(firms):
    """If this fails, customers let themselves be written down for a date at which they will have given up."""
    supply = {"lead_time": 4.5}
    ordering = {"kind": "reorder_point", "reorder_point": 0, "quantity": 2}
    in_time = firms(firm={**SERVICE, "ordering": ordering, "supply": supply})
    assert in_time.best([3.0]).by_back_order
    too_late = firms(until=3.0, firm={**SERVICE, "ordering": ordering, "supply": supply})
    assert too_late.best([3.0], first_visit=3.0).by_back_order
    assert too_late.best([3.0], first_visit=-1.0) is NEVER


def test_without_a_promise_customers_reckon_with_a_delay_of_their_own(firms):
    """If this fails, the delay that a segment expects has no effect."""
    firm = {"service": {"back_orders": {"promise": False}}}
    made = firms(firm=firm, waiting={"expected_delay": 2, "discount": 0.5})
    later = made.best([3.0])
    assert later.by_back_order
    assert later.value == 0.5**2
    assert isnan(later.back_at)
    impatient = firms(firm=firm, waiting={"expected_delay": 2, "up_to": 1.5})
    assert impatient.best([3.0]) is NEVER


@pytest.mark.parametrize("case", ["in stock", "shut", "refused", "no service"])
def test_back_orders_are_for_empty_shelves_only(firms, case):
    """If this fails, customers are written down for what they can have, or for what is kept from them."""
    product = {"stock": 3} if case in ("in stock", "refused") else {}
    if case == "shut":
        product = {"window": {"opens": 7}}
    firm = {} if case == "no service" else {"service": {"back_orders": {"promise": False}}}
    if case == "refused":
        firm["availability"] = {"kind": "protection_levels", "levels": {"cola": 3}}
    made = firms(products={"cola": product}, firm=firm, waiting={"expected_delay": 0})
    assert made.best([3.0]) is NEVER


def test_a_full_line_takes_nobody_but_who_would_have_stood_in_it_is_willing(firms):
    """If this fails, the limit is not kept, or keeps customers from being counted as willing (R10)."""
    made = firms(firm={"service": {"back_orders": {"promise": False, "limit": 0}}}, waiting={"expected_delay": 1})
    assert made.best([3.0]) is NEVER
    assert made.best([3.0], full_lines=True).by_back_order
