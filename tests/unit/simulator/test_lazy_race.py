"""The lazy race by hand: who is named for which draws, ties, and the ends of the scale."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demandshift.models.chance import Purpose
from demandshift.models.problem import Transfer
from demandshift.simulator.decision import SegmentView
from demandshift.simulator.draws import Draws
from demandshift.simulator.lazy_race import NOBODY, Ending, cumulated, favourite_of, run_race

SMALLEST = 2.0**-53
"""The smallest uniform that there is; 1 less it is the largest."""
SUBSTITUTIVE, COMPETITIVE = Transfer.SUBSTITUTIVE, Transfer.COMPETITIVE


class Given:
    """A customer whose draws are written down, by slot; to ask for any other is an error."""

    def __init__(self, uniforms=(), exponentials=()):
        self.uniforms, self.exponential_draws = dict(uniforms), dict(exponentials)

    def uniform(self, purpose, slot):
        """Return the uniform of a slot."""
        assert purpose is Purpose.RACE
        return self.uniforms[slot]

    def exponential(self, purpose, slot):
        """Return the exponential of a slot."""
        assert purpose is Purpose.RACE
        return self.exponential_draws[slot]

    def exponentials(self, purpose, slots):
        """Return the exponentials of slots."""
        return [self.exponential(purpose, slot) for slot in slots]


def view(firms, substitutive=0.0, competitive=0.0):
    """Return a segment that considers offers of these firms."""
    return SegmentView(
        segment=0,
        offers=list(range(len(firms))),
        firms=list(firms),
        substitutive_cost=substitutive,
        competitive_cost=competitive,
        strategic_cost=0.0,
        home_offer=-1,
        home_firm=-1,
        waits=False,
        discount=1.0,
        longest_wait=0.0,
        believed_chance=1.0,
        expected_delay=math.nan,
    )


@pytest.mark.parametrize(
    ("uniform", "favourite"),
    [(0.0999, NOBODY), (0.1, 0), (0.2999, 0), (0.3, 2), (0.5999, 2), (0.6, 4), (1 - SMALLEST, 4)],
)
def test_the_favourite_is_named_by_shares(uniform, favourite):
    """If this fails, shares are shifted by one, or what is shut or unwanted is named.

    Weights 2, 0, 3, 0, 4, 0 and 1 for nothing: shares end at 0.1, 0.3, 0.6 and 1.
    """
    assert favourite_of(cumulated([2.0, 0.0, 3.0, 0.0, 4.0, 0.0]), uniform) == favourite


def test_nobody_is_named_where_all_is_shut():
    """If this fails, customers buy from a shop whose every window is shut."""
    for weights in ([], [0.0], [0.0] * 5, [1e-300]):
        assert favourite_of(cumulated(weights), 1 - SMALLEST) == NOBODY


@given(st.lists(st.floats(0, 1e260), max_size=8), st.integers(1, 2**52))
def test_somebody_with_a_weight_is_always_named(weights, cells):
    """If this fails, rounding names an offer past the last one or one without weight, for the largest uniforms."""
    for uniform in (1 - cells * SMALLEST, cells * SMALLEST):
        named = favourite_of(cumulated(weights), uniform)
        assert named == NOBODY or weights[named] > 0


@pytest.mark.parametrize(
    ("total", "split", "surplus"),
    [(3.0, 0.5, math.log(4)), (3.0, 0.25, math.log(2)), (3.0, SMALLEST, 0.0), (3.0, 1 - SMALLEST, 37.835)],
)
def test_who_can_have_the_favourite_needs_two_draws(total, split, surplus):
    """If this fails, the surplus of the favourite is wrong, infinite or below 0 at the ends, or more draws are used."""
    ending = run_race(view([0]), 2.0, [total - 1], [True], Given({0: 0.9, 1: split}))
    assert ending == Ending(0, 0, pytest.approx(2.0 * surplus, abs=1e-3))
    assert ending.surplus >= 0


def test_surplus_has_room_for_the_largest_weights():
    """If this fails, a run ends with an overflow where weights are as large as they may be."""
    weights = [math.exp(600.0)] * 10
    for uniform in (SMALLEST, 1 - SMALLEST):
        for there in (True, False):
            chance = Given(
                {0: 0.05, 1: uniform, 8: 0.5, 9: 0.5, 10: 0.5, 11: 0.5},
                {2: SMALLEST, 3: SMALLEST, 4: 50.0, 5: SMALLEST, 6: SMALLEST, 7: 50.0},
            )
            ending = run_race(view([0] * 5 + [1] * 5), 1.0, weights, [there, *[True] * 9], chance)
            assert ending.favourite == 0
            assert 0 <= ending.surplus < 1300
            assert math.isfinite(ending.surplus)


def test_the_smallest_weights_arrive_never():
    """If this fails, a weight at the end of the doubles stops the run with a division or a logarithm."""
    chance = Given({0: 0.5, 1: 0.5, 8: 0.5}, {2: 1.0, 3: 1.0, 4: 700.0})
    assert run_race(view([0, 0]), 1.0, [1e5, 5e-324], [False, True], chance) == Ending(0)


# Four offers: the favourite, two of its firm (one of them out), and a rival; total weight 1 + 1 + 1 + 1 + 1 = 5. With
# U = 0.3 the favourite is offer 0; with V = 0.5 and a sum of 4, it comes at 0.4 and nothing at 2.4.

FOUR = [1.0, 1.0, 1.0, 1.0]
FIRMS = [0, 0, 0, 1]
THERE = [False, True, False, True]
FIRST = {0: 0.3, 1: 0.5, 8: 0.5, 9: 0.5, 10: 0.5, 11: 0.5}


def turned_away(own_there, own_out, rival, *, substitutive=0.0, competitive=0.0):
    """Return what becomes of the customer if groups arrive so long after the favourite."""
    chance = Given(FIRST, {2: 1.5, 3: 2.5, 4: own_there, 5: own_out, 6: rival})
    return run_race(view(FIRMS, substitutive, competitive), 2.0, FOUR, THERE, chance)


@pytest.mark.parametrize(
    ("arrivals", "costs", "expected"),
    [
        # All after nothing: lost, and willing to do nothing.
        ((2.1, 2.1, 2.1), (0, 0), Ending(0)),
        # The earliest of what is there is bought: 2 log(2.4 / 0.8).
        ((0.4, 3.0, 3.0), (0, 0), Ending(0, 1, 2 * math.log(3), ((SUBSTITUTIVE, 1),))),
        ((0.8, 3.0, 0.4), (0, 0), Ending(0, 3, 2 * math.log(3), ((SUBSTITUTIVE, 1), (COMPETITIVE, 3)))),
        # What is out is liked better, and what is there is bought all the same (R10).
        ((0.4, 0.2, 3.0), (0, 0), Ending(0, 1, 2 * math.log(3), ((SUBSTITUTIVE, 2),))),
        # What is out alone: willing, and lost.
        ((3.0, 0.2, 3.0), (0, 0), Ending(0, willing=((SUBSTITUTIVE, 2),))),
        # The cost of moving turns the scales, or keeps from moving at all, and does not touch willingness.
        ((0.4, 3.0, 0.8), (1.5, 0), Ending(0, 3, 2 * math.log(2), ((SUBSTITUTIVE, 1), (COMPETITIVE, 3)))),
        ((0.4, 3.0, 3.0), (2.2, 0), Ending(0, willing=((SUBSTITUTIVE, 1),))),
        ((3.0, 3.0, 0.4), (0, 2.2), Ending(0, willing=((COMPETITIVE, 3),))),
        ((0.4, 3.0, 3.0), (0.5, 9), Ending(0, 1, 2 * math.log(3) - 0.5, ((SUBSTITUTIVE, 1),))),
    ],
)
def test_who_is_turned_away(arrivals, costs, expected):
    """If this fails, somebody turned away goes elsewhere, pays another cost or is willing to do other things."""
    found = turned_away(*arrivals, substitutive=costs[0], competitive=costs[1])
    assert (found.favourite, found.bought, found.willing) == (expected.favourite, expected.bought, expected.willing)
    assert found.surplus == pytest.approx(expected.surplus)


def test_ties_go_to_buying_and_then_to_what_was_declared_first():
    """If this fails, equals are told apart by something else than R8a, and engines part ways on round numbers."""
    assert turned_away(2.0, 3.0, 3.0).bought == 1, "worth exactly nothing, and bought"
    assert turned_away(0.4, 3.0, 0.4).bought == 1
    # With U = 0.9 the last offer is the favourite, and now the rival's was declared before its own firm's other.
    chance = Given(FIRST | {0: 0.9}, {2: 1.5, 3: 2.5, 4: 0.4, 5: 9.0, 6: 0.4})
    ending = run_race(view([1, 0, 0, 0]), 2.0, FOUR, [True, False, True, False], chance)
    assert (ending.favourite, ending.bought) == (3, 0)
    equals = turned_away(0.4, 0.4, 3.0)
    assert equals.willing == ((SUBSTITUTIVE, 1),), "what is there before what is not"


@pytest.mark.parametrize(("uniform", "owner"), [(SMALLEST, 1), (0.2499, 1), (0.25, 3), (1 - SMALLEST, 3)])
def test_the_owner_of_a_group_is_named_by_shares(uniform, owner):
    """If this fails, a group's sale goes to the favourite, to a shut offer, or by other shares than 1 : 3."""
    chance = Given({0: 0.3, 1: 0.9, 8: uniform}, {2: 1.0, 3: 1.0, 4: 0.01})
    ending = run_race(view([0] * 5), 1.0, [3.0, 1.0, 0.0, 3.0, 0.0], [False, True, True, True, True], chance)
    assert (ending.favourite, ending.bought) == (0, owner)


def test_the_last_of_a_group_has_what_rounding_leaves():
    """If this fails, a customer who bought is booked for no offer: subnormal weights round a share up to the whole."""
    chance = Given({0: 0.5, 1: 1 - SMALLEST, 8: 1 - SMALLEST}, {2: 1e308, 3: 5e307, 4: SMALLEST})
    ending = run_race(view([0, 0]), 1.0, [1e5, 5e-324], [False, True], chance)
    assert (ending.favourite, ending.bought) == (0, 1)


@pytest.mark.parametrize("there", list(itertools.product((True, False), repeat=4)))
def test_what_can_be_had_does_not_move_the_favourite(there):
    """If this fails, a customer's wishes depend on the shelf (R14), or who can have the favourite goes elsewhere."""
    draws = Draws(2, 1).segment(0)
    for person in range(40):
        found = run_race(view(FIRMS), 2.0, FOUR, there, draws.person(person))
        assert found.favourite == run_race(view(FIRMS), 2.0, FOUR, [True] * 4, draws.person(person)).favourite
        if found.favourite >= 0 and there[found.favourite]:
            assert found.bought == found.favourite
            assert not found.willing


def test_a_shut_window_keeps_its_place_and_everybodys_draws():
    """If this fails, whoever comes while a window is shut asks for other draws, or offers after it lose their place.

    All shares grow by those of the shut offer, in their order, so that one uniform falls into the same share as before
    or the next: twins are coupled, not identical. An offer without weight moves nobody at all.
    """
    draws = Draws(2, 1).segment(0)
    moved = 0
    for person in range(200):
        chance = draws.person(person)
        before, after, unwanted = (
            run_race(view([0] * len(weights)), 2.0, weights, [True] * len(weights), chance)
            for weights in (FOUR, [0.0, *FOUR[1:]], [*FOUR, 0.0])
        )
        assert unwanted == before
        assert after.favourite != 0
        if before.favourite > 0:
            assert after.favourite - before.favourite in (0, 1)
            moved += after.favourite != before.favourite
    assert 0 < moved < 60, "of 200 customers, 0.15 move from an offer that did not change"
