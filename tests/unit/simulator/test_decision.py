"""One customer's decision as plain arithmetic: ties, origins, costs and kinds (R7, R8a, R9)."""

from math import inf, nan

import pytest

from demandshift.models.problem import Transfer
from demandshift.simulator.decision import (
    NEVER,
    NOT_TO_BE_HAD,
    Later,
    SegmentView,
    best,
    best_alternative,
    better_later,
    net_of_transfer,
    origin_of,
)

SHUT = NOT_TO_BE_HAD


def view(firms, **values):
    """Return a segment that considers one offer for each firm number."""
    settings = {
        "segment": 0,
        "offers": list(range(len(firms))),
        "firms": list(firms),
        "substitutive_cost": 0.25,
        "competitive_cost": 0.5,
        "strategic_cost": 0.125,
        "home_offer": -1,
        "home_firm": -1,
        "waits": True,
        "discount": 1.0,
        "longest_wait": 5.0,
        "believed_chance": 1.0,
        "expected_delay": nan,
    }
    return SegmentView(**{**settings, **values})


def test_the_best_of_equals_is_the_first():
    """If this fails, ties are decided by something else than the order of declaration (R8a)."""
    assert best([1.0, 2.0, 2.0]) == 1


def test_the_favourite_wins_ties():
    """If this fails, somebody who likes two offers alike is said to have moved (R8a)."""
    assert best([2.0, 1.0, 2.0], preferred=2) == 2
    assert best([2.0, 1.0, 2.0], preferred=1) == 0


def test_nothing_to_be_had_is_no_winner():
    """If this fails, the first offer is sold although its window is shut."""
    assert best([SHUT, SHUT]) == -1
    assert best([SHUT, SHUT], preferred=1) == -1
    assert best([SHUT, -3.0]) == 1


def test_the_origin_is_the_favourite_among_what_is_open():
    """If this fails, demand is booked for an offer that nobody could want now (R7)."""
    assert origin_of(view([0, 0, 1]), [1.0, 3.0, 2.0]) == 1
    assert origin_of(view([0, 0, 1]), [1.0, SHUT, 2.0]) == 2
    assert origin_of(view([0, 0, 1]), [SHUT, SHUT, SHUT]) == -1
    assert origin_of(view([0, 0, 1]), [2.0, 2.0, 2.0]) == 0


def test_a_home_offer_is_the_origin_whatever_it_is_worth():
    """If this fails, leaving home is not seen as leaving (R7)."""
    assert origin_of(view([0, 0, 1], home_offer=0), [-1.0, 3.0, 2.0]) == 0


def test_a_home_offer_is_found_by_its_name_not_its_place():
    """If this fails, a segment that considers some of the offers has a stranger's home."""
    segment = view([0, 0, 1], offers=[4, 7, 9], home_offer=7)
    assert origin_of(segment, [5.0, 1.0, 2.0]) == 1


def test_a_home_firm_is_the_best_of_its_open_offers():
    """If this fails, the home of a chain's customers is its worst product (R7)."""
    segment = view([0, 1, 1], home_firm=1)
    assert origin_of(segment, [9.0, 1.0, 2.0]) == 2
    assert origin_of(segment, [9.0, 1.0, SHUT]) == 1


def test_a_home_that_is_shut_is_no_home_for_the_time_being():
    """If this fails, customers of a shut home want nothing at all."""
    assert origin_of(view([0, 0, 1], home_offer=0), [SHUT, 1.0, 2.0]) == 2
    assert origin_of(view([0, 1, 1], home_firm=1), [3.0, SHUT, SHUT]) == 0
    assert origin_of(view([0, 1, 1], home_firm=1), [SHUT, SHUT, SHUT]) == -1


def test_moves_cost_by_their_kind():
    """If this fails, a rival's offer costs what the neighbour on the shelf costs (R9)."""
    segment = view([0, 0, 1])
    assert net_of_transfer(segment, [3.0, 3.0, 3.0], origin=0) == [3.0, 2.75, 2.5]
    assert net_of_transfer(segment, [3.0, SHUT, 3.0], origin=2) == [2.5, SHUT, 3.0]
    assert segment.kind(0, 1) is Transfer.SUBSTITUTIVE
    assert segment.kind(0, 2) is Transfer.COMPETITIVE


def test_the_best_later_is_the_better_then_the_origins_then_the_first():
    """If this fails, ties between two later offers are decided by their order in the code (R8a)."""
    present, candidate = Later(1, 2.0, 4.0), Later(0, 2.0, 3.0)
    assert better_later(present, candidate, origin=0) is candidate
    assert better_later(present, candidate, origin=1) is present
    assert better_later(present, candidate, origin=2) is present
    assert better_later(present, Later(2, 2.5, 9.0), origin=1).position == 2
    assert better_later(NEVER, candidate, origin=-1) is candidate
    # Of two dates for the origin itself, equally good, the one that was found first: the earlier.
    assert better_later(Later(0, 2.0, 3.0), Later(0, 2.0, 4.0), origin=0).back_at == 3.0


def test_a_back_order_is_told_from_a_date():
    """If this fails, customers on a back-order come back at a time that is no number."""
    assert Later(0, 1.0, nan).by_back_order
    assert not Later(0, 1.0, 3.0).by_back_order
    assert not NEVER.by_back_order
    assert NEVER.value == -inf


@pytest.mark.parametrize(
    ("surplus", "kind", "expected"),
    [
        ([1.0, 0.5, 0.75, 2.0], Transfer.SUBSTITUTIVE, 2),
        ([1.0, 0.5, 0.75, 2.0], Transfer.COMPETITIVE, 3),
        ([1.0, 0.0, -0.5, 2.0], Transfer.SUBSTITUTIVE, 1),
        ([1.0, -0.1, SHUT, 2.0], Transfer.SUBSTITUTIVE, -1),
        ([1.0, 0.75, 0.75, 2.0], Transfer.SUBSTITUTIVE, 1),
        ([9.0, 0.5, 0.5, -1.0], Transfer.COMPETITIVE, -1),
    ],
)
def test_the_willing_are_counted_at_what_they_like_best_before_its_cost(surplus, kind, expected):
    """If this fails, willing is counted net of the cost, at a shut offer, or at the origin itself (R10)."""
    assert best_alternative(view([0, 0, 0, 1]), surplus, origin=0, kind=kind) == expected


def test_a_view_reads_its_own_row_of_the_problem(world):
    """If this fails, a segment decides by another's costs, home or patience."""
    made = world(
        {"first": [], "second": []},
        firms={"market": {}},
        products={"cola": {}, "zero": {}, "rival": {"firm": "market"}},
        segments={
            "second": {
                "considers": ["zero", "rival"],
                "home": "market",
                "transfer_cost": {"substitutive": 0.1, "competitive": 0.2, "strategic": 0.3},
                "waiting": {"up_to": 4, "discount": 0.9, "chance": 0.5, "expected_delay": 2},
            }
        },
    )
    first, second = (SegmentView.of(made.problem, segment) for segment in (0, 1))
    assert first.offers == [0, 1, 2]
    assert (first.waits, first.home_firm, first.home_offer, first.longest_wait) == (False, -1, -1, 0.0)
    assert second.offers == [1, 2]
    assert second.firms == [0, 1]
    assert (second.substitutive_cost, second.competitive_cost, second.strategic_cost) == (0.1, 0.2, 0.3)
    assert (second.waits, second.longest_wait, second.discount) == (True, 4.0, 0.9)
    assert (second.believed_chance, second.expected_delay) == (0.5, 2.0)
    assert second.home_firm == 1
