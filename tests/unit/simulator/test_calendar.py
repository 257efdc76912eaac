"""What firms do and when: orders, deliveries, expiries, reviews, prices and the policies behind them."""

from dataclasses import replace
from math import inf, nan

import pytest

from demandshift.models.observation import Observation
from demandshift.simulator.build.world import build_world
from demandshift.simulator.ledger import Account, InvariantError, Movement, OfferColumn, ProductColumn
from demandshift.simulator.loop import Loop
from demandshift.simulator.state import Shelves
from demandshift.simulator.world import Replenishment, Repricing

WANTS = {"cola": 3.0}


class Orders:
    """An ordering policy that orders what it is told to, and remembers what it saw."""

    def __init__(self, *quantities: object, review_every: float = 2.0) -> None:
        self.review_every = review_every
        self._quantities = list(quantities)
        self.seen: list[Observation] = []

    def quantities(self, observation: Observation) -> object:
        """Return the next of the quantities."""
        self.seen.append(observation)
        return self._quantities.pop(0) if self._quantities else [0] * len(observation.products)


class Prices:
    """A pricing policy that sets the prices that it is told to, one list a review."""

    def __init__(self, *prices: object, review_every: float = 2.0) -> None:
        self.review_every = review_every
        self._prices = list(prices)
        self.seen: list[Observation] = []

    def prices(self, observation: Observation) -> object:
        """Return the next of the prices."""
        self.seen.append(observation)
        return self._prices.pop(0) if self._prices else observation.prices


def run(world):
    """Return the ledger of one replication."""
    return Loop(world, 1, 0).run()


def ordered_by(world, policy, every=2.0, triggers=()):
    """Return a world whose products are ordered by a policy."""
    products = tuple(range(len(world.problem.products.names)))
    return replace(world, replenishments=[Replenishment(products, policy, every, triggers=triggers)])


def received(ledger, product=0):
    """Return the units received in each period."""
    return ledger.timeline_products[:, product, ProductColumn.RECEIVED].astype(int).tolist()


# Orders and deliveries


def test_an_order_arrives_a_lead_time_later_in_whole_packs(world):
    """If this fails, packs, the minimum or the lead time of a supplier have no effect (R3)."""
    plan = [{"at": 1, "quantity": 1, "product": "cola"}, {"at": 2, "quantity": 7, "product": "cola"}]
    supply = {"lead_time": 1.5, "pack": 3, "minimum": 4, "order_cost": 2.0}
    made = world(firms={"corner": {"ordering": {"kind": "plan", "orders": plan}, "supply": supply}})
    ledger = run(made)
    assert received(ledger) == [0, 0, 6, 9, 0, 0, 0, 0, 0, 0]
    assert ledger.product_money[Account.ORDERING, 0] == -4.0
    assert ledger.stock[0].tolist() == [0, 15, 0, 0, 0, 15]


def test_an_order_that_would_arrive_after_the_end_is_paid_for_ordering_only(world):
    """If this fails, units that never came are paid, or the order itself is free."""
    plan = [{"at": 9, "quantity": 5, "product": "cola"}]
    made = world(
        firms={"corner": {"ordering": {"kind": "plan", "orders": plan}, "supply": {"lead_time": 2, "order_cost": 2}}},
        products={"cola": {"cost": 1}},
    )
    ledger = run(made)
    assert ledger.stock[0, Movement.RECEIVED] == 0
    assert ledger.product_money[Account.PURCHASES, 0] == 0
    assert ledger.product_money[Account.ORDERING, 0] == -2.0


def test_a_delivery_at_the_end_itself_is_too_late(world):
    """If this fails, something happens at the horizon (R1)."""
    plan = [{"at": 8, "quantity": 5, "product": "cola"}]
    made = world(firms={"corner": {"ordering": {"kind": "plan", "orders": plan}, "supply": {"lead_time": 2}}})
    assert run(made).stock[0, Movement.RECEIVED] == 0


def test_orders_may_cross(world):
    """If this fails, lead times of different orders are one lead time."""
    supply = {"lead_time": {"kind": "empirical", "values": [3, 0.5]}}
    made = world(firms={"corner": {"supply": supply}})
    arrivals = set()
    for seed in range(12):
        ordered = ordered_by(made, Orders([5], [3]), every=1.0)
        arrivals.add(tuple(received(Loop(ordered, seed, 0).run())[:5]))
    assert arrivals == {(5, 3, 0, 0, 0), (5, 0, 0, 0, 3), (0, 3, 0, 5, 0), (0, 0, 0, 5, 3)}


def test_a_season_buy_is_on_the_shelf_when_the_first_customer_comes(tell):
    """If this fails, the season begins with an empty shelf, or the buy is free."""
    ordering = {"kind": "season_buy", "quantity": 3}
    story = tell(
        [(0, WANTS)],
        firms={"corner": {"ordering": ordering, "supply": {"lead_time": 4, "pack": 2, "order_cost": 5}}},
        products={"cola": {"cost": 1.0}},
    )
    assert story.flows == [("cola", "NONE", "SERVED", "cola")]
    assert story.ledger.stock[0].tolist() == [0, 4, 0, 1, 0, 3]
    assert story.ledger.product_money[:, 0].tolist()[1:3] == [-4.0, -5.0]


def test_a_season_buy_of_nothing_is_no_order(world):
    """If this fails, a fixed cost is paid for an order of nothing."""
    ordering = {"kind": "season_buy", "quantity": 0}
    ledger = run(world(firms={"corner": {"ordering": ordering, "supply": {"order_cost": 5}}}))
    assert not ledger.product_money.any()


def test_reviews_take_place_at_first_plus_multiples_before_the_end(world):
    """If this fails, reviews drift, start late, or take place at the end."""
    policy = Orders(review_every=3.0)
    made = ordered_by(world(), policy)
    made = replace(made, replenishments=[Replenishment((0,), policy, 3.0, first=1.0)])
    run(made)
    assert [seen.now for seen in policy.seen] == [1.0, 4.0, 7.0]
    tenths = Orders()
    run(replace(made, replenishments=[Replenishment((0,), tenths, 0.1)]))
    assert [seen.now for seen in tenths.seen] == [round(0.1 * number, 9) for number in range(100)]


def test_an_order_without_lead_time_arrives_after_the_customers_of_its_instant(tell):
    """If this fails, a customer is served by an order that was placed after he had gone (R2)."""
    ordering = {"kind": "order_up_to", "review_every": 2, "level": 1}
    story = tell(
        [(2, WANTS), (2, WANTS), (2.5, WANTS)],
        firms={"corner": {"ordering": ordering}},
        products={"cola": {"ordering": {"first_review": 2}}},
    )
    assert story.flows == [
        ("cola", "NONE", "SERVED", "cola"),
        ("cola", "STOCKOUT", "LOST", None),
        ("cola", "STOCKOUT", "LOST", None),
    ]


def test_delivery_expiry_and_customer_at_one_instant(tell):
    """If this fails, old units are sold at the instant at which they expire, or new ones are not there yet (R2)."""
    story = tell(
        [(2, WANTS), (2, WANTS)],
        products={
            "cola": {
                "stock": 3,
                "shelf_life": 2,
                "ordering": {"kind": "plan", "orders": [{"at": 1, "quantity": 1}]},
                "supply": {"lead_time": 1},
            }
        },
    )
    assert story.flows == [("cola", "NONE", "SERVED", "cola"), ("cola", "STOCKOUT", "LOST", None)]
    assert story.ledger.stock[0].tolist() == [3, 1, 0, 1, 3, 0]


def test_lives_and_reviews_that_were_computed_differently_meet(world):
    """If this fails, units of 0.3 time units expire after the review at 3 · 0.1, which then orders too little."""
    policy = Orders([1], review_every=0.1)
    made = ordered_by(world(products={"cola": {"shelf_life": 0.3}}), policy, every=0.1)
    run(made)
    seen = {round(each.now, 9): each.on_hand[0] for each in policy.seen[:6]}
    assert seen == {0.0: 0, 0.1: 1, 0.2: 1, 0.3: 0, 0.4: 0, 0.5: 0}


def test_waiting_customers_are_served_before_new_ones(tell):
    """If this fails, somebody who just walked in overtakes those who wait (R2)."""
    firm = {"service": {"back_orders": {"promise": True}}}
    plan = [{"at": 1, "quantity": 1}]
    story = tell(
        {"patient": [(1.5, WANTS)], "hasty": [(2, WANTS)]},
        firms={"corner": firm},
        products={"cola": {"ordering": {"kind": "plan", "orders": plan}, "supply": {"lead_time": 1}}},
        segments={"patient": {"waiting": {"up_to": 5}}},
    )
    assert story.flows == [("cola", "STOCKOUT", "LOST", None), ("cola", "STOCKOUT", "POSTPONED", "cola")]


# Continuous review


def test_continuous_review_orders_when_the_position_falls_to_the_point_and_not_before(tell):
    """If this fails, (s, Q) orders one unit too early or too late, or once for every sale."""
    ordering = {"kind": "reorder_point", "reorder_point": 2, "quantity": 5}
    story = tell(
        [(1, WANTS), (2, WANTS), (3, WANTS), (4, WANTS)],
        firms={"corner": {"ordering": ordering, "supply": {"lead_time": 2, "order_cost": 1}}},
        products={"cola": {"stock": 4}},
    )
    assert received(story.ledger) == [0, 0, 0, 0, 5, 0, 0, 0, 0, 0]
    assert story.ledger.product_money[Account.ORDERING, 0] == -1.0


def test_continuous_review_looks_at_the_start_too(tell):
    """If this fails, a shelf that starts at or below its point is never filled when nobody can buy."""
    ordering = {"kind": "reorder_point", "reorder_point": 3, "quantity": 2}
    story = tell([], firms={"corner": {"ordering": ordering}}, products={"cola": {"stock": 1}})
    assert story.ledger.stock[0, Movement.RECEIVED] == 4


def test_continuous_review_sees_expiries_and_back_orders(tell):
    """If this fails, the position falls without the policy being asked."""
    ordering = {"kind": "reorder_point", "reorder_point": 0, "quantity": 2}
    spoiled = tell([], firms={"corner": {"ordering": ordering}}, products={"cola": {"stock": 1, "shelf_life": 3}})
    assert received(spoiled.ledger)[:4] == [0, 0, 0, 2]
    owed = tell(
        [(1, WANTS), (1.5, WANTS)],
        firms={
            "corner": {
                "ordering": {"kind": "reorder_point", "reorder_point": -1, "quantity": 1},
                "service": {"back_orders": {}},
                "supply": {"lead_time": 1},
            }
        },
        segments={"all": {"waiting": {"up_to": 9}}},
    )
    assert received(owed.ledger)[:4] == [0, 0, 2, 0]
    assert [flow[2] for flow in owed.flows] == ["POSTPONED", "POSTPONED"]


def test_a_policy_without_triggers_is_asked_after_every_fall(world):
    """If this fails, a continuous policy made by hand misses sales."""
    policy = Orders()
    made = world([(1, WANTS), (2, WANTS)], products={"cola": {"stock": 5}})
    run(ordered_by(made, policy, every=None))
    assert [(seen.now, seen.on_hand) for seen in policy.seen] == [(0.0, [5]), (1.0, [4]), (2.0, [3])]


def test_several_falls_at_one_instant_are_one_review(world):
    """If this fails, one instant places several orders for one gap."""
    policy = Orders()
    made = world([(1, WANTS), (1, WANTS), (1, WANTS)], products={"cola": {"stock": 5}})
    run(ordered_by(made, policy, every=None, triggers=(4.0,)))
    assert [(seen.now, seen.on_hand) for seen in policy.seen] == [(1.0, [2])]


def test_all_customers_of_an_instant_come_before_the_review_of_that_instant(tell):
    """If this fails, a recording by days is reviewed after the first of each day's customers (R2)."""
    ordering = {"kind": "order_up_to", "review_every": 2, "level": 5}
    story = tell(
        {"one": [(2, WANTS), (2, WANTS)], "other": [(2, WANTS), (2, WANTS), (3, WANTS)]},
        firms={"corner": {"ordering": ordering, "supply": {"lead_time": 0}}},
        products={"cola": {"stock": 3, "ordering": {"first_review": 2}}},
    )
    outcomes = [flow[2] for flow in story.flows]
    assert outcomes.count("SERVED") == 4
    assert outcomes.count("LOST") == 1
    assert received(story.ledger)[2] == 5


# Policies made by hand


def test_a_policy_sees_what_it_ordered_and_what_is_owed(world):
    """If this fails, a policy orders the same units again at each review."""
    policy = Orders([4], review_every=1.0)
    made = world(
        [(0.5, WANTS)],
        firms={"corner": {"supply": {"lead_time": 2.5}, "service": {"back_orders": {"promise": False}}}},
        segments={"all": {"waiting": {"up_to": 9, "expected_delay": 1}}},
    )
    run(ordered_by(made, policy, every=1.0))
    at_one, at_three = policy.seen[1], policy.seen[3]
    assert (at_one.on_hand, at_one.on_order, at_one.back_orders, at_one.position(0)) == ([0], [4], [1], 3)
    assert (at_three.on_hand, at_three.on_order, at_three.back_orders, at_three.sold) == ([3], [0], [0], [1])
    assert at_one.out_of_stock == [1.0]
    assert at_three.out_of_stock == [2.5]


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (Orders([1, 2]), r"ordering policy of firm 'corner' returned 2 quantities for 1"),
        (Orders([]), r"ordering policy of firm 'corner' returned 0 quantities for 1"),
        (Orders([0], [nan]), r"ordering policy of firm 'corner' ordered nan units at time 2\.0"),
        (Orders([inf]), r"ordering policy of firm 'corner' ordered inf units at time 0\.0"),
    ],
)
def test_a_bad_ordering_policy_is_named(world, policy, text):
    """If this fails, a slip in a user's policy becomes a quantity (R18)."""
    with pytest.raises(ValueError, match=text):
        run(ordered_by(world(), policy))


def test_less_than_nothing_is_nothing(world):
    """If this fails, a policy can take units off the shelf by ordering a negative number."""
    ledger = run(ordered_by(world(), Orders([-3], [2.4])))
    assert ledger.stock[0, Movement.RECEIVED] == 3


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (Prices([1.0, 2.0]), r"pricing policy of firm 'corner' returned 2 prices for 1"),
        (Prices([1.0], [-0.5]), r"pricing policy of firm 'corner' set a price of -0\.5 at time 2\.0"),
        (Prices([nan]), r"pricing policy of firm 'corner' set a price of nan at time 0\.0"),
        (Prices([inf]), r"pricing policy of firm 'corner' set a price of inf at time 0\.0"),
    ],
)
def test_a_bad_pricing_policy_is_named(world, policy, text):
    """If this fails, a slip in a user's policy becomes a price (R18)."""
    with pytest.raises(ValueError, match=text):
        run(replace(world(), repricings=[Repricing(0, policy, 2.0)]))


def test_a_pricing_policy_sets_the_price_that_customers_of_its_instant_pay(world):
    """If this fails, a new price holds one customer too late (R2)."""
    policy = Prices([2.0], [2.5])
    made = world([(1, WANTS), (2, WANTS), (3, WANTS)], products={"cola": {"stock": 5}})
    ledger = run(replace(made, repricings=[Repricing(0, policy, 2.0)]))
    assert ledger.offer_money[Account.SALES, 0] == 2.0 + 2.5 + 2.5
    assert [seen.prices for seen in policy.seen] == [(2.0,), (2.0,), (2.5,), (2.5,), (2.5,)]
    assert policy.seen[0].products == ["cola"]


# Windows, prices, protection, books


def test_windows_prices_and_levels_change_before_the_customers_of_their_instant(tell):
    """If this fails, a change holds one customer too late (R2)."""
    story = tell(
        [(1, WANTS), (2, WANTS), (4, WANTS), (5, WANTS), (6, WANTS)],
        firms={
            "corner": {
                "availability": {
                    "kind": "protection_levels",
                    "levels": {"cola": [{"at": 5, "level": 9}, {"at": 6, "level": 0}]},
                }
            }
        },
        products={
            "cola": {
                "stock": 9,
                "window": {"opens": 2, "closes": 7},
                "pricing": {"kind": "scheduled", "changes": [{"at": 4, "factor": 0.5}], "announced": False},
            }
        },
    )
    assert story.flows == [
        ("cola", "NONE", "SERVED", "cola"),
        ("cola", "NONE", "SERVED", "cola"),
        ("cola", "NONE", "SERVED", "cola"),
        ("cola", "REFUSAL", "LOST", None),
    ]
    assert story.ledger.offer_money[Account.SALES, 0] == 2.0 + 1.0 + 1.0
    assert story.ledger.heads[0].tolist() == [5, 1, 3, 1, 0]
    prices = story.ledger.timeline_offers[:, 0, OfferColumn.PRICE_TIME]
    assert prices.tolist() == [0, 0, 2, 2, 1, 1, 1, 0, 0, 0]


def test_what_counts_starts_with_the_warm_up_and_before_anything_else_at_that_instant(tell):
    """If this fails, a customer who comes just when the warm-up ends falls between the two (R1)."""
    story = tell([(1, WANTS), (4, WANTS)], products={"cola": {"stock": 5}}, warm_up=4)
    assert story.ledger.heads[0].tolist() == [1, 0, 1, 0, 0]
    assert story.ledger.stock[0].tolist() == [4, 0, 0, 1, 0, 3]
    assert story.ledger.stock_time[0].tolist() == [3 * 6, 0]
    sold = story.ledger.timeline_products[:, 0, ProductColumn.SOLD]
    assert sold.tolist() == [0, 1, 0, 0, 1, 0, 0, 0, 0, 0]


def test_the_shelves_are_checked_while_the_run_goes_on(world, monkeypatch):
    """If this fails, ages and stock on hand may drift apart until the end of the run (R16)."""
    monkeypatch.setattr(Shelves, "units_in_batches", lambda _self, _product: 7)
    with pytest.raises(InvariantError, match=r"shelves: 0 units of 'cola' on hand, but 7 by age \(R16\)"):
        run(world())


@pytest.mark.parametrize(("now", "periodic"), [(0.5, 1.0), (1.0, 4.0), (1.5, 4.0), (4.0, 7.0), (8.0, 10.0)])
def test_the_next_review_is_the_next_one(write, now, periodic):
    """If this fails, a promised date counts from a review that has passed, or leaves one out."""
    from demandshift.simulator.books import Books
    from demandshift.simulator.calendar import Calendar
    from demandshift.simulator.clock import Clock
    from demandshift.simulator.draws import Draws
    from demandshift.simulator.goods import Goods
    from demandshift.simulator.observation import Observer
    from demandshift.simulator.waiting_line import WaitingLine

    ordering = {"kind": "order_up_to", "review_every": 3, "first_review": 1, "level": 5}
    made = build_world(
        write(
            {
                "name": "review",
                "horizon": 12,
                "firms": {"corner": {"ordering": ordering, "supply": {"lead_time": 0.5}}},
                "products": {"cola": {"firm": "corner", "price": 1}},
                "segments": {
                    "all": {
                        "arrivals": {"kind": "poisson", "rate": 0},
                        "choice": {"kind": "logit", "scale": 1, "reservation_price": {"cola": 1}},
                    }
                },
            }
        ).settled
    )
    clock, books = Clock(), Books(made.problem, 0)
    shelves = Shelves(made.problem, books)
    line = WaitingLine(made.problem, shelves, books)
    observer = Observer(made.problem, shelves)
    goods = Goods(made, clock, shelves, books, line, Draws(1, 0), observer)
    Calendar(made, clock, shelves, books, goods, observer).start()
    clock.run(until=now)
    assert goods.expected_supply(0, 99) == periodic + 0.5
