"""Shares and the draw among them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.models.lottery import Lottery, checked_shares


def test_inversion_respects_the_edges_of_the_shares():
    """If this fails, a draw just at a boundary falls on the wrong side, or a share of 0 can win."""
    lottery = Lottery([0.25, 0.0, 0.5])
    assert lottery.winner(0.2499) == 0
    assert lottery.winner(0.25) == 2
    assert lottery.winner(0.7499) == 2
    assert lottery.winner(0.75) is None
    assert not lottery.complete


def test_shares_that_sum_to_one_always_have_a_winner():
    """If this fails, rounding of 0.1 + 0.2 + … lets a customer fall through the last share."""
    lottery = Lottery([0.1] * 10 + [0.0])
    assert sum(lottery.shares) < 1
    assert lottery.complete
    assert lottery.winner(1 - 2**-53) == 9


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_only_positive_shares_win(raw, uniform):
    """If this fails, somebody gets what nobody wants."""
    total = sum(raw) or 1.0
    shares = [value / total for value in raw]
    winner = Lottery(shares).winner(uniform)
    assert winner is None or shares[winner] > 0


@pytest.mark.parametrize(
    ("shares", "text"),
    [
        ([0.5, -0.1], "number of at least 0"),
        ([float("nan")], "number of at least 0"),
        ([float("inf")], "number of at least 0"),
        ([0.6, 0.5], "more than 1"),
    ],
)
def test_wrong_shares_are_refused(shares, text):
    """If this fails, a wrong share enters a model and only its results look odd."""
    with pytest.raises(ValueError, match=f"wishes: .*{text}"):
        checked_shares(shares, "wishes")
