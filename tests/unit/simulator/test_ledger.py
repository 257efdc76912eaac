"""The check of the books: each kind of corruption is found, and named (R12, R16)."""

from dataclasses import fields, replace

import numpy as np
import pytest

from demandshift.simulator.ledger import (
    BOUGHT,
    HEAD_OF_OUTCOME,
    Account,
    Cause,
    Head,
    InvariantError,
    Movement,
    Outcome,
    check_ledger,
)


@pytest.fixture
def good(tell):
    """Return a story with a sale, a move, a rival's sale, a lost customer, waste and costs; and its cash."""
    story = tell(
        [(1, {"cola": 3.0, "zero": 1.0}), (2, {"cola": 3.0, "zero": 2.5}), (3, {"cola": 3.0}), (4, {"rival": 5.0})],
        firms={"market": {}},
        products={
            "cola": {"stock": 1, "cost": 1.0, "lost_sale_penalty": 0.5},
            "zero": {"stock": 3, "cost": 1.0, "shelf_life": 8, "disposal_cost": 0.25},
            "rival": {"firm": "market", "stock": "unlimited", "cost": 1.0},
        },
    )
    cash = np.array([2.0 + 2.0 - 0.5 - 2 * 0.25, 2.0 - 1.0])
    return story, cash


def test_good_books_pass(good):
    """If this fails, the sabotage below proves nothing."""
    story, cash = good
    assert story.flows == [
        ("cola", "NONE", "SERVED", "cola"),
        ("cola", "STOCKOUT", "LOST", None),
        ("cola", "STOCKOUT", "RECAPTURED", "zero"),
        ("rival", "NONE", "SERVED", "rival"),
    ]
    check_ledger(story.world.problem, story.ledger, cash)


def corrupted(ledger, **changes):
    """Return a copy of a ledger in which one array was changed in place."""
    copies = {
        each.name: getattr(ledger, each.name).copy()
        for each in fields(ledger)
        if isinstance(getattr(ledger, each.name), np.ndarray)
    }
    copy = replace(ledger, **copies)
    for name, (place, by) in changes.items():
        getattr(copy, name)[place] += by
    return copy


def row_of(ledger, outcome):
    """Return the row of the flows with an outcome."""
    return int(np.flatnonzero(ledger.flows[:, 3] == outcome)[0])


def expect(good, text, cash=None, **changes):
    """Check that a corrupted ledger raises, and that it says why."""
    story, right_cash = good
    with pytest.raises(InvariantError) as caught:
        check_ledger(story.world.problem, corrupted(story.ledger, **changes), right_cash if cash is None else cash)
    assert str(caught.value).startswith("books: ")
    assert text in str(caught.value)


def test_a_unit_that_vanishes_is_missed(good):
    """If this fails, shrinkage by a bug goes unnoticed."""
    expect(
        good,
        "units that came and went, by product (R16) differ: [1, 3, 1] against [1, 2, 1]",
        stock=((1, Movement.WASTED), -1),
    )


def test_an_unlimited_stock_that_is_left_over_is_missed(good):
    """If this fails, a stock without end has value at the end."""
    story, cash = good
    ledger = corrupted(story.ledger)
    ledger.stock[2] += [0, 1, 0, 0, 0, 1]
    with pytest.raises(InvariantError, match=r"stock at the end of unlimited products \(R16\) differ: \[1\] against 0"):
        check_ledger(story.world.problem, ledger, cash)


def test_negative_units_are_missed(good):
    """If this fails, two wrong movements that cancel are taken for right ones."""
    story, cash = good
    ledger = corrupted(story.ledger)
    ledger.stock[0, [Movement.RECEIVED, Movement.WASTED]] -= 1
    with pytest.raises(InvariantError, match=r"negative units in the stock account \(R16\): \[\[1, -1, 0, 1, -1, 0\]"):
        check_ledger(story.world.problem, ledger, cash)


def test_a_sale_without_units_is_missed(good):
    """If this fails, an offer can be sold without taking from the shelf."""
    expect(
        good,
        "units sold and sales of the offers that use them (R16) differ: [1, 1, 1] against [2, 1, 1]",
        sold=((0,), 1),
    )


def test_a_customer_who_vanishes_is_missed(good):
    """If this fails, heads do not add up and nobody notices."""
    expect(good, "customers who arrived and their outcomes (R16) differ: [4] against [3]", heads=((0, Head.LEFT), -1))


def test_a_customer_without_a_flow_is_missed(good):
    """If this fails, the transfer matrix has fewer customers than came (R12)."""
    story, _ = good
    expect(
        good,
        "interested customers and the flows from their origins (R12) differ: [3.0] against [4]",
        flows=((row_of(story.ledger, Outcome.LOST), 5), -1),
    )


def test_a_purchase_without_a_sale_is_missed(good):
    """If this fails, the matrix's purchases are not the books' sales (R12)."""
    story, _ = good
    expect(
        good,
        "purchases of the cohort and sales (R1, R12) differ: [1.0, 0.0, 2.0] against [1, 1, 1]",
        flows=((row_of(story.ledger, Outcome.RECAPTURED), 4), 1),
    )


def test_a_sale_to_an_earlier_customer_that_none_made_is_missed(good):
    """If this fails, the line that reconciles cohort and event time does not reconcile them (R1)."""
    expect(good, "purchases of the cohort and sales (R1, R12)", sold_to_earlier=((0,), 1))


def test_a_move_by_the_unwilling_is_missed(good):
    """If this fails, transfer rates above 100 % are printed (R10)."""
    expect(good, "more substitutive transfers than customers willing to make them (R10)", willing=((0, 4), -1))


@pytest.mark.parametrize(("outcome", "kind"), [(Outcome.DIVERTED, "competitive"), (Outcome.POSTPONED, "strategic")])
def test_every_kind_of_move_needs_the_willing(good, outcome, kind):
    """If this fails, only one kind of transfer is checked."""
    story, _ = good
    row = row_of(story.ledger, Outcome.RECAPTURED)
    expect(good, f"more {kind} transfers than customers willing to make them (R10)", flows=((row, 3), outcome - 1))


def test_money_that_no_account_holds_is_missed(good):
    """If this fails, payments can be made past the accounts."""
    _, cash = good
    expect(good, "cash [4.0, 1.0] is not the sum of the accounts [3.0, 1.0] (R16)", cash=cash + np.array([1.0, 0.0]))
    expect(good, "is not the sum of the accounts", product_money=((Account.HOLDING, 0), -1.0))
    expect(good, "is not the sum of the accounts", offer_money=((Account.SALES, 2), 1.0))


def test_rounding_in_sums_of_money_is_no_corruption(good):
    """If this fails, long runs stop because floating-point sums depend on their order."""
    story, cash = good
    check_ledger(story.world.problem, story.ledger, cash * (1 + 1e-12))


def test_every_outcome_of_this_issue_stands_in_the_head_count():
    """If this fails, an outcome is booked but nobody is counted."""
    named = {Outcome[name] for name in ("SERVED", "RECAPTURED", "DIVERTED", "POSTPONED", "LOST", "PENDING")}
    assert set(HEAD_OF_OUTCOME) == named
    assert {outcome for outcome, head in HEAD_OF_OUTCOME.items() if head is Head.BOUGHT} == set(BOUGHT)


def test_stored_numbers_never_change():
    """If this fails, ledgers that were stored are read with other meanings."""
    assert [each.name for each in Outcome][:6] == ["SERVED", "RECAPTURED", "DIVERTED", "POSTPONED", "LOST", "PENDING"]
    assert [each.name for each in Outcome][6:] == ["CANCELLED", "NO_SHOW", "DENIED"]
    assert [each.name for each in Cause] == ["NONE", "STOCKOUT", "REFUSAL", "CHOICE"]
    assert [each.name for each in Account][:5] == ["SALES", "PURCHASES", "ORDERING", "HOLDING", "DISPOSAL"]
    assert [each.name for each in Account][5:] == ["PENALTIES", "SERVICES", "REFUNDS", "DEPOSITS", "BAD_DEBT"]
    for enum in (Outcome, Cause, Account, Head, Movement):
        assert [int(each) for each in enum] == list(range(len(enum)))
