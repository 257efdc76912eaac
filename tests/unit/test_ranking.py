"""Ranking lists, with prices and without."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.models.choice.ranking import PricedRanking, Ranking

NEVER = -math.inf


def test_the_list_decides_who_is_favourite_and_who_is_next(one_uniform):
    """If this fails, a draw gives another list, or the second choice comes from another customer's list."""
    model = Ranking((0.6, 0.3, 0.1), ((0, 1), (1, 2, 0), ()))
    first, second, third = one_uniform(0.5), one_uniform(0.75), one_uniform(0.95)
    assert model.attempts is None
    assert (model.favourite(first), model.favourite(second), model.favourite(third)) == (0, 1, None)
    assert model.next_offer(first, failed=0, attempt=1) == 1
    assert model.next_offer(first, failed=1, attempt=2) is None
    assert model.next_offer(second, failed=1, attempt=1) == 2
    assert model.next_offer(second, failed=2, attempt=2) == 0
    with pytest.raises(ValueError, match="does not name the offer at position 2"):
        model.next_offer(first, failed=2, attempt=1)


def test_shares_go_down_the_lists():
    """If this fails, customers skip an offer of their list that can be had, or buy one that cannot."""
    model = Ranking((0.6, 0.4), ((0, 1), (1, 2)))
    prices = (1.0, 1.0, 1.0, 1.0)
    assert model.shares((True, True, True, True), prices).tolist() == [0.6, 0.4, 0.0, 0.0]
    assert model.shares((False, True, True, True), prices).tolist() == [0.0, 1.0, 0.0, 0.0]
    assert model.shares((True, False, False, True), prices).tolist() == [0.6, 0.0, 0.0, 0.0]


def test_customers_walk_as_the_shares_say(segment_chance):
    """If this fails, following favourite and next offer does not lead where the shares say."""
    model = Ranking((0.5, 0.3, 0.2), ((2, 0, 1), (0, 1), (1, 2)))
    offered = (False, True, False)
    number = 5_000
    bought = 0
    chance = segment_chance(5)
    for person in range(number):
        draws = chance.person(person)
        wanted = model.favourite(draws)
        attempt = 0
        while wanted is not None and not offered[wanted]:
            attempt += 1
            wanted = model.next_offer(draws, wanted, attempt)
        bought += wanted == 1
    share = model.shares(offered, (0.0,) * 3)
    assert share.tolist() == [0.0, 1.0, 0.0]
    assert bought == number


def test_prices_decide_the_order_of_priced_lists(one_uniform):
    """If this fails, a priced list is followed as if prices did not matter (R8)."""
    model = PricedRanking((0.7, 0.3), ((3.0, 2.5, NEVER), (NEVER, 1.0, 4.0)))
    assert model.shares((True, True, True), (1.0, 1.0, 1.0)).tolist() == [0.7, 0.0, 0.3]
    assert model.shares((True, True, True), (2.0, 1.0, 5.0)).tolist() == [0.0, 1.0, 0.0]
    assert model.shares((True, False, False), (3.5, 0.0, 0.0)).tolist() == [0.0, 0.0, 0.0]
    assert list(model.reservation_prices(one_uniform(0.69))) == [3.0, 2.5, NEVER]
    assert list(model.reservation_prices(one_uniform(0.71))) == [NEVER, 1.0, 4.0]


def test_ties_go_to_buying_and_then_to_the_first_declared():
    """If this fails, R8a is broken: a surplus of 0 must buy, and of two equal offers the first wins."""
    model = PricedRanking((1.0,), ((2.0, 3.0, 3.0),))
    assert model.shares((True, False, False), (2.0, 0.0, 0.0)).tolist() == [1.0, 0.0, 0.0]
    assert model.shares((False, True, True), (2.0, 3.0, 3.0)).tolist() == [0.0, 1.0, 0.0]
    assert model.shares((True, True, True), (1.0, 2.0, 2.0)).tolist() == [1.0, 0.0, 0.0]


@settings(deadline=None, derandomize=True)
@given(data=st.data())
def test_priced_lists_buy_what_brute_force_buys(data):
    """If this fails, the search for the best offer of a list misses one."""
    number = data.draw(st.integers(1, 4))
    row = st.lists(st.sampled_from([NEVER, 0.0, 1.0, 2.0, 3.0]), min_size=number, max_size=number)
    worths = data.draw(st.lists(row, min_size=1, max_size=3))
    prices = data.draw(st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=number, max_size=number))
    offered = data.draw(st.lists(st.booleans(), min_size=number, max_size=number))
    raw = data.draw(st.lists(st.integers(1, 5), min_size=len(worths), max_size=len(worths)))
    shares = [value / sum(raw) for value in raw]
    expected = np.zeros(number)
    for share, worth in zip(shares, worths, strict=True):
        ranked = sorted(
            (-(worth[offer] - prices[offer]), offer)
            for offer in range(number)
            if offered[offer] and worth[offer] - prices[offer] >= 0
        )
        if ranked:
            expected[ranked[0][1]] += share
    assert PricedRanking(shares, worths).shares(offered, prices).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Ranking((0.5, 0.5), ((0,),)), "needs one for each list"),
        (lambda: Ranking((0.5,), ((0,),)), "must sum to 1"),
        (lambda: Ranking((), ()), "must sum to 1"),
        (lambda: Ranking((1.0,), ((0, 0),)), "must not name an offer twice"),
        (lambda: Ranking((1.0,), ((-1,),)), "positions must be at least 0"),
        (lambda: PricedRanking((0.5, 0.5), ((1.0,), (1.0, 2.0))), "every list needs one for each considered offer"),
        (lambda: PricedRanking((1.0,), ((math.nan,),)), "must be a number"),
        (lambda: PricedRanking((1.0,), ((math.inf,),)), "must be a number"),
        (lambda: PricedRanking((1.0,), ((1.0,),)).shares((True, True), (1.0, 1.0)), "each of the 1 considered"),
        (lambda: Ranking((1.0,), ((0,),)).shares((True, True), (1.0,)), "each of the 2 considered"),
    ],
)
def test_wrong_lists_are_refused(make, text):
    """If this fails, lists without meaning can be made."""
    with pytest.raises(ValueError, match=text):
        make()
