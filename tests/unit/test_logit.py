"""The multinomial logit: shares, draws, and noise that two offers of one product share (R6)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.models.chance import Purpose
from demandshift.models.choice.logit import Logit

WORTH = (2.2, 2.05, 1.35, 1.7)
PRICES = (1.8, 1.8, 1.2, 1.55)
SCALE = 0.45

SLOTS = st.lists(st.integers(1, 4), min_size=1, max_size=6)


def simulated_shares(worth, prices, scale, slots, offered, number=200_000, seed=7):
    """Return shares of best offers by plain sampling of Gumbel noise, one draw a slot, without the model's code."""
    generator = np.random.default_rng(seed)
    noise = {slot: generator.gumbel(size=number) for slot in sorted({0, *slots})}
    best = np.zeros(number)
    winner = np.full(number, -1)
    for position, slot in enumerate(slots):
        if not offered[position]:
            continue
        surplus = worth[position] + scale * (noise[slot] - noise[0]) - prices[position]
        better = (surplus > best) | ((surplus == best) & (winner < 0))
        best = np.where(better, surplus, best)
        winner = np.where(better, position, winner)
    return np.array([(winner == position).mean() for position in range(len(slots))])


def assert_within_four_standard_errors(share, seen, number):
    """Compare shares with their estimates from a number of customers."""
    error = np.sqrt(np.maximum(share * (1 - share), 1 / number) / number)
    assert np.all(np.abs(share - seen) <= 4 * error), (share, seen)


def test_shares_are_the_multinomial_logit():
    """If this fails, shares are not McFadden's: the scale or the outside option is misplaced."""
    model = Logit(WORTH, SCALE, taste_slots=(1, 2, 3, 4))
    weights = [math.exp((r - p) / SCALE) for r, p in zip(WORTH, PRICES, strict=True)]
    total = 1 + sum(weights)
    assert model.shares([True] * 4, PRICES) == pytest.approx([w / total for w in weights], rel=1e-14)


@pytest.mark.parametrize("offered", [(True, True, True, True), (False, True, True, False), (False,) * 4])
@pytest.mark.parametrize("slots", [(1, 2, 3, 4), (1, 1, 2, 3), (1, 1, 1, 2), (5, 5, 5, 5)])
def test_shares_match_sampled_gumbel_noise(slots, offered):
    """If this fails, offers that share their noise count as different journeys, or what is missing still sells."""
    share = Logit(WORTH, SCALE, taste_slots=slots).shares(offered, PRICES)
    seen = simulated_shares(WORTH, PRICES, SCALE, slots, offered)
    assert_within_four_standard_errors(share, seen, 200_000)


@pytest.mark.parametrize("slots", [(1, 2, 3, 4), (1, 1, 2, 3)])
def test_customers_choose_as_the_shares_say(slots, segment_chance):
    """If this fails, the drawn reservation prices do not belong to the model whose shares are computed."""
    model = Logit(WORTH, SCALE, taste_slots=slots)
    chance = segment_chance(11)
    number = 20_000
    counts = np.zeros(4)
    for person in range(number):
        surplus = np.array(model.reservation_prices(chance.person(person))) - PRICES
        if surplus.max() >= 0:
            counts[surplus.argmax()] += 1
    assert_within_four_standard_errors(model.shares([True] * 4, PRICES), counts / number, number)


def test_reservation_prices_use_one_formula(segment_chance):
    """If this fails, the sign of the noise or the slot of a draw is wrong: R_j = r_j + s (log E_0 − log E_j)."""
    draws = segment_chance(3).person(5)
    model = Logit((1.0, 2.0, 3.0), 0.5, outside_slot=4, taste_slots=(2, 7, 2))
    outside = math.log(draws.exponential(Purpose.TASTE, 4))
    expected = [
        worth + 0.5 * (outside - math.log(draws.exponential(Purpose.TASTE, slot)))
        for worth, slot in ((1.0, 2), (2.0, 7), (3.0, 2))
    ]
    drawn = model.reservation_prices(draws)
    assert drawn == expected
    assert drawn[2] - drawn[0] == pytest.approx(2.0, rel=1e-12), "offers of one slot differ by their worth alone"


def test_extreme_utilities_are_safe():
    """If this fails, an exponent overflows, or an offer that nobody wants sells."""
    model = Logit((500.0, -500.0, 499.0), 0.5, taste_slots=(1, 2, 3))
    shares = model.shares([True] * 3, (0.0, 0.0, 0.0))
    assert shares == pytest.approx([1 / (1 + math.exp(-2)), 0.0, math.exp(-2) / (1 + math.exp(-2))], rel=1e-12)
    assert model.shares([False, True, False], (0.0, 0.0, 0.0)).sum() == 0.0


def test_what_is_never_wanted_never_sells():
    """If this fails, a reservation price of −inf gives a share that is no number."""
    model = Logit((-math.inf, 1.0), 1.0, taste_slots=(1, 2))
    assert model.shares([True, True], (1.0, 1.0)).tolist() == [0.0, 0.5]


def test_of_equal_offers_of_one_product_the_first_wins():
    """If this fails, ties of R8a are not decided by the order of declaration."""
    model = Logit((2.0, 1.0, 1.5), 1.0, taste_slots=(1, 1, 1))
    assert model.shares([True] * 3, (1.5, 0.5, 1.0)).tolist() == [1 / (1 + math.exp(-0.5)), 0.0, 0.0]
    assert model.shares([False, True, True], (1.5, 0.5, 1.0)).tolist() == [0.0, 1 / (1 + math.exp(-0.5)), 0.0]


@settings(deadline=None, derandomize=True)
@given(slots=SLOTS, data=st.data())
def test_shares_are_shares(slots, data):
    """If this fails, shares are negative, sum to more than 1, or sell what is not offered."""
    money = st.floats(-300, 300)
    worth = data.draw(st.lists(money, min_size=len(slots), max_size=len(slots)))
    prices = data.draw(st.lists(st.floats(0, 300), min_size=len(slots), max_size=len(slots)))
    offered = data.draw(st.lists(st.booleans(), min_size=len(slots), max_size=len(slots)))
    shares = Logit(worth, 1.3, taste_slots=slots).shares(offered, prices)
    assert np.all(shares >= 0)
    assert shares.sum() <= 1 + 1e-12
    assert not shares[~np.array(offered)].any()


@settings(deadline=None, derandomize=True)
@given(slots=SLOTS, data=st.data())
def test_taking_an_offer_away_helps_the_others(slots, data):
    """If this fails, an offer loses customers when a competitor disappears: no random-utility model does that."""
    size = {"min_size": len(slots), "max_size": len(slots)}
    worth = data.draw(st.lists(st.floats(-5, 5), **size))
    gone = data.draw(st.integers(0, len(slots) - 1))
    model = Logit(worth, 0.8, taste_slots=slots)
    prices = [1.0] * len(slots)
    before = model.shares([True] * len(slots), prices)
    after = model.shares([position != gone for position in range(len(slots))], prices)
    others = np.arange(len(slots)) != gone
    assert np.all(after[others] >= before[others] - 1e-12)


@settings(deadline=None, derandomize=True)
@given(st.floats(0.01, 1000))
def test_money_may_be_counted_in_another_currency(factor):
    """If this fails, something in the model is measured in money without scaling with it."""
    before = Logit(WORTH, SCALE, taste_slots=(1, 2, 2, 3)).shares([True] * 4, PRICES)
    after = Logit([r * factor for r in WORTH], SCALE * factor, taste_slots=(1, 2, 2, 3)).shares(
        [True] * 4, [p * factor for p in PRICES]
    )
    assert after == pytest.approx(before, rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (((1.0,), 0.0, 0, (1,)), "scale: must be a number above 0"),
        (((1.0,), math.nan, 0, (1,)), "scale: must be a number above 0"),
        (((1.0, 2.0), 1.0, 0, (1,)), "taste_slots: needs one for each of the 2"),
        (((math.nan,), 1.0, 0, (1,)), "reservation_price: must be a number"),
        (((math.inf,), 1.0, 0, (1,)), "reservation_price: must be a number"),
        (((1.0,), 1.0, 3, (3,)), "3 is the slot of buying nothing"),
    ],
)
def test_wrong_parameters_are_refused(arguments, text):
    """If this fails, a logit without meaning can be made."""
    worth, scale, outside, slots = arguments
    with pytest.raises(ValueError, match=text):
        Logit(worth, scale, outside, taste_slots=slots)


def test_a_question_must_name_every_considered_offer():
    """If this fails, prices of other offers are silently taken for those considered."""
    model = Logit(WORTH, SCALE, taste_slots=(1, 2, 3, 4))
    with pytest.raises(ValueError, match="each of the 4 considered offers"):
        model.shares([True] * 3, PRICES)
    with pytest.raises(ValueError, match="each of the 4 considered offers"):
        model.shares([True] * 4, PRICES[:3])
