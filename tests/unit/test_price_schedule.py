"""Scheduled prices and windows."""

import math

import pytest

from demandshift.models.pricing.scheduled import PriceSchedule, is_open


def test_a_price_holds_from_its_change_on():
    """If this fails, the customer at the moment of a markdown pays the old price (R2)."""
    schedule = PriceSchedule(10, ((5, 8), (9, 12)))
    assert [schedule.price(t) for t in (-1, 0, 4.99, 5, 8.99, 9, 100)] == [10, 10, 10, 8, 8, 12, 12]
    assert PriceSchedule(3).price(7) == 3


def test_windows_are_open_from_their_beginning_until_their_end():
    """If this fails, an offer sells at the instant of its closing, or between two windows."""
    windows = ((0.0, 2.0), (5.0, math.inf))
    assert [is_open(windows, t) for t in (-0.1, 0, 1.9, 2, 4.9, 5, 1e9)] == [
        False,
        True,
        True,
        False,
        False,
        True,
        True,
    ]
    assert not is_open((), 1.0)


@pytest.mark.parametrize(
    ("first", "changes", "text"),
    [
        (-1, (), "price: must be a number of at least 0"),
        (1, ((2, math.nan),), "price: must be a number"),
        (1, ((2, 1), (2, 3)), "in order of time"),
        (1, ((3, 1), (2, 3)), "in order of time"),
    ],
)
def test_wrong_schedules_are_refused(first, changes, text):
    """If this fails, two prices hold at once."""
    with pytest.raises(ValueError, match=text):
        PriceSchedule(first, changes)
