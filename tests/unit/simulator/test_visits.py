"""Customers' stories, one by one: what each does, and how it is booked (R6 to R13)."""

from math import isnan
from pathlib import Path

import pytest

from demandshift import load
from demandshift.models.choice.substitution import Substitution
from demandshift.models.problem import Transfer
from demandshift.simulator.build.world import build_world
from demandshift.simulator.ledger import Account
from demandshift.simulator.loop import Loop

SUBSTITUTIVE, COMPETITIVE, STRATEGIC = (int(kind) for kind in list(Transfer)[:3])
RIVAL = {"firms": {"market": {}}}
THREE = {"cola": {}, "zero": {"stock": 9}, "rival": {"firm": "market", "stock": 9}}
MARKDOWN = {"kind": "scheduled", "changes": [{"at": 4, "price": 1.0}, {"at": 6, "price": 0.5}]}
WAITS = {"all": {"waiting": {"up_to": 9}}}


def surplus(story):
    """Return the consumer surplus of the only segment."""
    return float(story.ledger.consumer_surplus[0])


# Now


def test_a_surplus_of_nothing_is_a_sale(tell):
    """If this fails, who values an offer at its price goes home (R8a: buying over nothing)."""
    story = tell([(1, {"cola": 2.0}), (2, {"cola": 1.875})], products={"cola": {"stock": 9}})
    assert story.flows == [("cola", "NONE", "SERVED", "cola")]
    assert story.ledger.heads[0].tolist() == [2, 1, 1, 0, 0]


def test_between_equals_the_favourite_is_bought(tell):
    """If this fails, customers move although what they want is there (R8a)."""
    products = {"cola": {"stock": 1}, "zero": {"stock": 9}}
    both = {"cola": 3.0, "zero": 3.0}
    story = tell([(1, both), (2, both)], products=products)
    assert story.flows == [("cola", "NONE", "SERVED", "cola"), ("cola", "STOCKOUT", "RECAPTURED", "zero")]


def test_the_transfer_cost_decides_where_somebody_goes(tell):
    """If this fails, customers move as if moving were free, or pay for staying (R9)."""
    cost = {"transfer_cost": {"substitutive": 0.5, "competitive": 0.125}}
    wishes = {"cola": 4.0, "zero": 3.25, "rival": 3.0}
    story = tell([(1, wishes)], products=THREE, segments={"all": cost}, **RIVAL)
    assert story.flows == [("cola", "STOCKOUT", "DIVERTED", "rival")]
    assert surplus(story) == 3.0 - 2.0 - 0.125
    assert story.willing == [("cola", SUBSTITUTIVE, "zero", 1), ("cola", COMPETITIVE, "rival", 1)]


def test_who_would_move_but_for_the_cost_is_willing_and_lost(tell):
    """If this fails, willing is counted after the cost, and transfer rates are all 100 % (R10)."""
    cost = {"transfer_cost": {"substitutive": 2.0}}
    story = tell(
        [(1, {"cola": 4.0, "zero": 3.0})],
        products={**THREE, "cola": {"lost_sale_penalty": 0.5}},
        segments={"all": cost},
        **RIVAL,
    )
    assert story.flows == [("cola", "STOCKOUT", "LOST", None)]
    assert story.willing == [("cola", SUBSTITUTIVE, "zero", 1)]
    assert story.ledger.product_money[Account.PENALTIES].tolist() == [-0.5, 0.0, 0.0]


def test_a_refusal_is_not_a_stockout(tell):
    """If this fails, what a seller keeps back is booked as lacking (R5)."""
    levels = {"availability": {"kind": "protection_levels", "levels": {"cola": 1}}}
    story = tell(
        [(1, {"cola": 4.0, "zero": 3.0})],
        products={**THREE, "cola": {"stock": 1}},
        firms={"corner": levels, "market": {}},
    )
    assert story.flows == [("cola", "REFUSAL", "RECAPTURED", "zero")]
    assert story.ledger.cycles[0].tolist() == [1, 1]


def test_a_stockout_spoils_the_cycle_of_the_product_that_lacked(tell):
    """If this fails, the product that was there is blamed for the one that lacked (R19)."""
    story = tell(
        [(1, {"set": 9.0})],
        products={"cola": {"stock": 0}, "zero": {"stock": 5}, "free": {"stock": "unlimited"}},
        offers={"set": {"uses": ["cola", "zero", "free"], "price": 5}},
    )
    assert story.flows == [("set", "STOCKOUT", "LOST", None)]
    assert story.ledger.cycles.tolist() == [[1, 0], [1, 1], [0, 0]]


def test_who_finds_everything_shut_wants_nothing(tell):
    """If this fails, a shut shop loses sales that nobody asked for."""
    story = tell([(1, {"cola": 9.0})], products={"cola": {"stock": 9, "window": {"opens": 5}}})
    assert story.flows == []
    assert story.ledger.heads[0].tolist() == [1, 1, 0, 0, 0]


# Homes


def test_who_leaves_home_for_something_better_moves_by_choice(tell):
    """If this fails, leaving home counts as being turned away (R10)."""
    home = {"home": "cola", "transfer_cost": {"competitive": 0.5}}
    wishes = [(1, {"cola": 3.0, "rival": 4.0}), (2, {"cola": 3.0, "rival": 3.5}), (3, {"cola": 3.0, "rival": 3.25})]
    story = tell(wishes, products={**THREE, "cola": {"stock": 9}}, segments={"all": home}, **RIVAL)
    assert story.flows == [("cola", "CHOICE", "DIVERTED", "rival")] + [("cola", "NONE", "SERVED", "cola")] * 2
    assert story.willing == []


def test_who_would_have_left_an_empty_home_anyway_was_not_turned_away(tell):
    """If this fails, fill rates fall for customers who would not have bought (R10)."""
    home = {"home": "cola", "transfer_cost": {"competitive": 0.5}}
    wishes = [(1, {"cola": 3.0, "rival": 4.0}), (2, {"cola": 3.0, "rival": 3.5})]
    story = tell(wishes, products=THREE, segments={"all": home}, **RIVAL)
    assert story.flows == [("cola", "CHOICE", "DIVERTED", "rival"), ("cola", "STOCKOUT", "DIVERTED", "rival")]


@pytest.mark.parametrize("stock", [0, 9])
def test_who_finds_the_better_offer_gone_and_does_not_want_the_home_gave_up(tell, stock):
    """If this fails, such a customer has a demand but no outcome that any figure counts (R12)."""
    products = {"cola": {"stock": stock}, "rival": {"firm": "market", "stock": 0}}
    story = tell([(1, {"cola": 1.0, "rival": 5.0})], products=products, segments={"all": {"home": "cola"}}, **RIVAL)
    assert story.flows == [("cola", "CHOICE", "LOST", None)]


def test_who_wants_nothing_at_home_and_nothing_elsewhere_is_not_interested(tell):
    """If this fails, everybody who passes the home is demand (R7)."""
    story = tell(
        [(1, {"cola": 1.0, "rival": 2.25})],
        products=THREE,
        **RIVAL,
        segments={"all": {"home": "cola", "transfer_cost": {"competitive": 0.5}}},
    )
    assert story.ledger.heads[0].tolist() == [1, 1, 0, 0, 0]


# Later


def test_who_waits_for_a_lower_price_comes_back_and_pays_it(tell):
    """If this fails, waiting customers pay the old price, or pay the strategic cost twice or not at all (R13)."""
    segments = {"all": {"waiting": {"up_to": 4}, "transfer_cost": {"strategic": 0.25}}}
    story = tell([(1, {"cola": 2.5})], products={"cola": {"stock": 9, "pricing": MARKDOWN}}, segments=segments)
    assert story.flows == [("cola", "CHOICE", "POSTPONED", "cola")]
    assert surplus(story) == 2.5 - 1.0 - 0.25
    assert story.ledger.offer_money[Account.SALES, 0] == 1.0


def test_now_over_later_between_equals(tell):
    """If this fails, customers who gain nothing by waiting wait (R8a)."""
    segments = {"all": {"waiting": {"up_to": 4}, "transfer_cost": {"strategic": 1.0}}}
    story = tell([(1, {"cola": 2.5})], products={"cola": {"stock": 9, "pricing": MARKDOWN}}, segments=segments)
    assert story.flows == [("cola", "NONE", "SERVED", "cola")]


def test_who_can_only_afford_the_later_price_is_demand_for_it(tell):
    """If this fails, customers whom a markdown brings are not interested, or were turned away (R7)."""
    products = {"cola": {"stock": 9}, "zero": {"stock": 9, "pricing": MARKDOWN}}
    story = tell([(1, {"cola": 0.5, "zero": 1.25})], products=products, segments=WAITS)
    assert story.flows == [("zero", "CHOICE", "POSTPONED", "zero")]
    assert story.ledger.offer_money[Account.SALES, 1] == 0.5
    assert story.willing == []


def test_on_coming_back_the_customer_chooses_anew(tell):
    """If this fails, somebody who waited for one product cannot take another (R13)."""
    products = {"cola": {"stock": 1, "pricing": MARKDOWN}, "zero": {"stock": 9}}
    wishes = [(1, {"cola": 2.75, "zero": 2.0}), (2, {"cola": 9.0})]
    story = tell(wishes, products=products, segments={"all": {"waiting": {"up_to": 4}}})
    # Both come back at 4, the first of them first; the second then waits for the next markdown, which is too far away.
    assert story.flows == [("cola", "CHOICE", "LOST", None), ("cola", "CHOICE", "POSTPONED", "cola")]
    assert story.ledger.cycles[0].tolist() == [1, 0]


def test_who_comes_back_to_an_empty_shelf_may_take_something_else(tell):
    """If this fails, the shelf is looked at for the first wish only."""
    products = {"cola": {"stock": 1, "pricing": MARKDOWN}, "zero": {"stock": 9}}
    wishes = [(1, {"cola": 2.75, "zero": 2.5}), (2, {"cola": 2.75, "zero": 2.5})]
    story = tell(wishes, products=products, segments={"all": {"waiting": {"up_to": 4}}})
    assert story.flows == [("cola", "CHOICE", "POSTPONED", "cola"), ("cola", "CHOICE", "POSTPONED", "zero")]


def test_a_second_wait_costs_no_second_transfer(tell):
    """If this fails, the strategic cost is paid at every wait (R13)."""
    segments = {"all": {"waiting": {"up_to": 9}, "transfer_cost": {"strategic": 0.25}}}
    story = tell([(1, {"cola": 2.5})], products={"cola": {"stock": 9, "pricing": MARKDOWN}}, segments=segments)
    assert story.flows == [("cola", "CHOICE", "POSTPONED", "cola")]
    assert surplus(story) == 2.5 - 0.5 - 0.25


def test_who_comes_back_may_be_written_down_and_waits_again(tell):
    """If this fails, a customer who comes back to an empty shelf cannot be put on the list."""
    firm = {"service": {"back_orders": {"promise": False}}}
    plan = {"kind": "plan", "orders": [{"at": 5, "quantity": 1}]}
    short = {"kind": "scheduled", "changes": [{"at": 4, "price": 1.0}]}
    story = tell(
        [(1, {"cola": 9.0}), (2, {"cola": 9.0})],
        firms={"corner": firm},
        products={"cola": {"stock": 1, "pricing": short, "ordering": plan}},
        segments={"all": {"waiting": {"up_to": 8, "expected_delay": 1}}},
    )
    assert story.flows == [("cola", "CHOICE", "POSTPONED", "cola")] * 2
    assert story.ledger.offer_money[Account.SALES, 0] == 2.0


# Back-orders


BACK_ORDERS = {"corner": {"service": {"back_orders": {"promise": False}}}}


def on_the_list(tell, waiting, orders=(), visits=((1, {"cola": 3.0}),), **parts):
    """Return the story of customers who find an empty shelf and are written down."""
    product = {
        "ordering": {"kind": "plan", "orders": list(orders)},
        "lost_sale_penalty": 0.5,
        "back_order_penalty": 0.125,
    }
    return tell(
        list(visits),
        firms=BACK_ORDERS,
        products={"cola": product},
        segments={"all": {"waiting": {"expected_delay": 0, **waiting}, "transfer_cost": {"strategic": 0.25}}},
        **parts,
    )


def test_a_back_order_is_paid_on_delivery_at_its_own_price(tell):
    """If this fails, the sale is booked when it is promised (R13)."""
    story = on_the_list(tell, {"up_to": 8}, [{"at": 3, "quantity": 1}])
    assert story.flows == [("cola", "STOCKOUT", "POSTPONED", "cola")]
    assert story.willing == [("cola", STRATEGIC, "cola", 1)]
    assert surplus(story) == 3.0 - 2.0 - 0.25
    assert story.ledger.timeline_offers[:, 0, 3].tolist() == [0, 0, 0, 2.0, 0, 0, 0, 0, 0, 0]
    assert story.ledger.product_money[Account.PENALTIES, 0] == -0.125 * 2


def test_who_gives_up_is_lost_and_costs_both_penalties(tell):
    """If this fails, impatient customers are served after they have gone, or cost nothing."""
    story = on_the_list(tell, {"up_to": 8, "patience": 2}, [{"at": 4, "quantity": 1}])
    assert story.flows == [("cola", "STOCKOUT", "LOST", None)]
    assert story.ledger.product_money[Account.PENALTIES, 0] == -0.125 * 2 - 0.5
    assert story.ledger.stock[0].tolist() == [0, 1, 0, 0, 0, 1]


def test_nobody_stays_longer_than_he_waits(tell):
    """If this fails, patience overrides the longest wait."""
    story = on_the_list(tell, {"up_to": 2, "patience": 5}, [{"at": 4, "quantity": 1}])
    assert story.flows == [("cola", "STOCKOUT", "LOST", None)]


def test_a_delivery_at_the_instant_of_giving_up_is_in_time(tell):
    """If this fails, customers leave before the delivery of that instant (R2)."""
    product = {"ordering": {"kind": "plan", "orders": [{"at": 3, "quantity": 1}]}, "supply": {"lead_time": 1}}
    story = tell(
        [(1, {"cola": 3.0})],
        firms=BACK_ORDERS,
        products={"cola": product},
        segments={"all": {"waiting": {"up_to": 3, "expected_delay": 0}}},
    )
    assert story.flows == [("cola", "STOCKOUT", "POSTPONED", "cola")]


def test_an_order_that_is_placed_at_the_instant_of_giving_up_is_too_late(tell):
    """If this fails, what an event causes at its instant comes before what was due at that instant (R2)."""
    story = on_the_list(tell, {"up_to": 3}, [{"at": 4, "quantity": 1}])
    assert story.flows == [("cola", "STOCKOUT", "LOST", None)]


def test_who_still_waits_at_the_end_is_pending(tell):
    """If this fails, customers vanish with the end of the run (R12)."""
    story = on_the_list(tell, {"up_to": 20})
    assert story.flows == [("cola", "STOCKOUT", "PENDING", None)]
    assert story.ledger.heads[0].tolist() == [1, 0, 0, 0, 1]
    assert story.ledger.product_money[Account.PENALTIES, 0] == -0.125 * 9


def test_sales_to_earlier_customers_are_told_apart(tell):
    """If this fails, cohort and event time cannot be reconciled (R1)."""
    visits = [(1, {"cola": 3.0}), (5, {"cola": 3.0})]
    story = on_the_list(tell, {"up_to": 20}, [{"at": 6, "quantity": 2}], visits, warm_up=4)
    assert story.flows == [("cola", "STOCKOUT", "POSTPONED", "cola")]
    assert (story.ledger.sold[0], story.ledger.sold_to_earlier[0]) == (2, 1)
    assert story.ledger.heads[0].tolist() == [1, 0, 1, 0, 0]
    assert surplus(story) == 0.75


# Without prices


def test_attempts_are_made_in_turn_and_the_first_that_is_there_is_bought(tell):
    """If this fails, customers without prices skip an offer that they would have taken (R8)."""
    products = {"cola": {}, "zero": {}, "rival": {"firm": "market", "stock": 2}, "cherry": {"stock": 9}}
    tries = [(1, ["cola", "zero", "rival", "cherry"]), (2, ["zero", "cherry"]), (3, ["cherry"]), (4, [])]
    story = tell(tries, products=products, **RIVAL)
    assert story.flows == [
        ("cherry", "NONE", "SERVED", "cherry"),
        ("cola", "STOCKOUT", "DIVERTED", "rival"),
        ("zero", "STOCKOUT", "RECAPTURED", "cherry"),
    ]
    assert story.ledger.heads[0].tolist() == [4, 1, 3, 0, 0]
    assert isnan(surplus(story))
    # Willing is what comes first of each kind, to be had or not.
    assert story.willing == [
        ("cola", SUBSTITUTIVE, "zero", 1),
        ("cola", COMPETITIVE, "rival", 1),
        ("zero", SUBSTITUTIVE, "cherry", 1),
    ]


@pytest.mark.parametrize(("attempts", "outcome"), [(1, "LOST"), (2, "RECAPTURED"), (None, "RECAPTURED")])
def test_customers_make_so_many_attempts_and_no_more(tell, attempts, outcome):
    """If this fails, the limit of attempts is off by one (R8)."""
    products = {"cola": {"lost_sale_penalty": 1}, "zero": {}, "cherry": {"stock": 9}}
    story = tell([(1, ["cola", "zero", "cherry"])], products=products, attempts=attempts)
    assert [flow[2] for flow in story.flows] == [outcome]
    assert story.ledger.product_money[Account.PENALTIES, 0] == (-1 if outcome == "LOST" else 0)
    assert story.willing == [("cola", SUBSTITUTIVE, "zero", 1)]


def test_what_is_shut_is_passed_over_and_is_no_attempt(tell):
    """If this fails, customers waste an attempt on what nobody offers, or want what is not for sale (R7)."""
    shut = {"window": {"opens": 9}}
    products = {"cola": shut, "zero": {}, "cherry": shut, "lemon": {"stock": 9}}
    story = tell([(1, ["cola", "zero", "cherry", "lemon"]), (2, ["cola", "cherry"])], products=products, attempts=1)
    assert story.flows == [("zero", "STOCKOUT", "RECAPTURED", "lemon")]
    assert story.ledger.heads[0].tolist() == [2, 1, 1, 0, 0]


def test_coming_back_to_the_origin_is_an_attempt_but_no_alternative(tell):
    """If this fails, an offer is a substitute for itself."""
    products = {"cola": {}, "zero": {}, "lemon": {"stock": 9}}
    story = tell([(1, ["cola", "zero", "cola", "lemon"])], products=products, attempts=3)
    assert story.flows == [("cola", "STOCKOUT", "RECAPTURED", "lemon")]
    fewer = tell([(1, ["cola", "zero", "cola", "lemon"])], products=products, attempts=2)
    assert fewer.flows == [("cola", "STOCKOUT", "LOST", None)]


def test_a_refused_attempt_goes_on(tell):
    """If this fails, availability control does not reach customers without prices."""
    firm = {"availability": {"kind": "protection_levels", "levels": {"cola": 5}}}
    story = tell([(1, ["cola", "zero"])], products={"cola": {"stock": 5}, "zero": {"stock": 1}}, firms={"corner": firm})
    assert story.flows == [("cola", "REFUSAL", "RECAPTURED", "zero")]


def test_nobody_of_the_warm_up_is_in_the_matrix(tell):
    """If this fails, the cohort begins before the warm-up ends (R1)."""
    story = tell(
        [(1, ["cola", "zero"]), (2, []), (3, ["cola"]), (5, ["cola"])],
        products={"cola": {}, "zero": {"stock": 1}},
        warm_up=4,
    )
    assert story.flows == [("cola", "STOCKOUT", "LOST", None)]
    assert story.willing == []
    assert story.ledger.heads[0].tolist() == [1, 0, 0, 1, 0]


def test_a_circle_of_shut_offers_lets_go():
    """If this fails, a customer whose shares lead from one shut offer to another and back never ends."""
    choice = Substitution((1.0, 0.0), ((0.0, 1.0), (1.0, 0.0)), 1)
    scenario = Path(__file__).with_name("circle.yaml")
    ledger = Loop(build_world(load(scenario).settled, choices={"all": choice}), 1, 0).run()
    arrived, not_interested, bought, left, waiting = ledger.heads[0].tolist()
    assert arrived == not_interested + left
    assert min(not_interested, left) > 0
    assert bought == waiting == 0
