"""Rates that follow hour, day of week and month."""

import datetime
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.models.demand.intensity import Intensity, profile_intensity

MONDAY = datetime.date(2025, 3, 3)
HOURLY = tuple(float(hour) for hour in range(24))
WEEKEND = tuple(100.0 + hour for hour in range(24))
WEEKLY = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)


def test_rate_holds_from_its_break_on():
    """If this fails, a piece begins or ends one instant off, or there are customers outside the run."""
    intensity = Intensity((0, 2, 5), (3, 1))
    assert [intensity.rate(t) for t in (-0.1, 0, 1.9, 2, 4.9, 5, 6)] == [0, 3, 3, 1, 1, 0, 0]
    assert intensity.end == 5
    assert intensity.highest == 3
    assert [intensity.cumulative(t) for t in (-1, 0, 1, 2, 3, 5, 9)] == [0, 0, 3, 6, 7, 9, 9]
    assert intensity.mean(1, 3) == 4
    assert intensity.mean(3, 1) == 0


@settings(deadline=None, derandomize=True)
@given(data=st.data())
def test_cumulative_is_the_integral_of_the_rate(data):
    """If this fails, expected demand and simulated arrivals come from different rates."""
    lengths = data.draw(st.lists(st.floats(0.1, 3), min_size=1, max_size=5))
    rates = data.draw(st.lists(st.floats(0, 10), min_size=len(lengths), max_size=len(lengths)))
    breaks = [sum(lengths[:number]) for number in range(len(lengths) + 1)]
    intensity = Intensity(breaks, rates)
    a, b = sorted(data.draw(st.lists(st.floats(-1, 16), min_size=2, max_size=2)))
    pieces = (
        max(0.0, min(b, end) - max(a, begin)) * rate
        for begin, end, rate in zip(breaks[:-1], breaks[1:], rates, strict=True)
    )
    assert intensity.mean(a, b) == pytest.approx(math.fsum(pieces), abs=1e-9)


def test_profile_multiplies_hour_day_and_month():
    """If this fails, a factor is taken from the wrong hour, day of the week or month."""
    seasonal = [0.0] * 12
    seasonal[2], seasonal[3] = 10.0, 1000.0
    intensity = profile_intensity(
        2, 60, start=MONDAY, hours_per_time_unit=24, hourly=HOURLY, weekly=WEEKLY, seasonal=seasonal
    )
    assert intensity.rate(10.5 / 24) == 2 * 10 * 1 * 10
    assert intensity.rate(1 + 23.99 / 24) == 2 * 23 * 2 * 10
    assert intensity.rate(27 + 1.5 / 24) == 2 * 1 * 7 * 10, "Sunday, 30 March"
    assert intensity.rate(29 + 1.5 / 24) == 2 * 1 * 2 * 1000, "Tuesday, 1 April"
    assert intensity.rate(59.9) == 0, "1 May is in no season"


def test_weekends_have_hours_of_their_own():
    """If this fails, Friday counts as weekend or Sunday as a weekday."""
    intensity = profile_intensity(1, 14, start=MONDAY, hours_per_time_unit=24, hourly=HOURLY, weekend_hourly=WEEKEND)
    assert intensity.rate(4 + 5.5 / 24) == 5
    assert intensity.rate(5 + 5.5 / 24) == 105
    assert intensity.rate(6 + 23.5 / 24) == 123
    assert intensity.rate(7 + 1.5 / 24) == 1


@pytest.mark.parametrize("hours", [1, 24, 168])
def test_the_time_unit_changes_no_customer(hours):
    """If this fails, a week counted in hours has other customers than the same week counted in days."""
    horizon = 21 * 24 / hours
    intensity = profile_intensity(
        3 * hours, horizon, start=MONDAY, hours_per_time_unit=hours, hourly=HOURLY, weekly=WEEKLY
    )
    assert intensity.cumulative(horizon) == pytest.approx(3 * sum(HOURLY) * sum(WEEKLY) * 3, rel=1e-12)
    assert intensity.rate(30.5 / hours) == 3 * hours * 6 * 2, "Tuesday, half past six"


def test_a_start_within_the_hour_or_the_day_keeps_the_clock_on_the_wall():
    """If this fails, profiles count from the start of the run instead of from midnight."""
    start = datetime.datetime(2025, 3, 3, 9, 30)
    hourly = profile_intensity(1, 48, start=start, hours_per_time_unit=1, hourly=HOURLY)
    assert [hourly.rate(t) for t in (0, 0.49, 0.5, 14.49, 14.5, 15.5)] == [9, 9, 10, 23, 0, 1]
    daily = profile_intensity(1, 48, start=start, hours_per_time_unit=1, weekly=WEEKLY)
    assert daily.breaks == (0, 14.5, 38.5, 48)
    assert daily.rates == (1, 2, 3)


def test_breaks_are_multiples_and_never_running_sums():
    """If this fails, a thousand hours of a 24th of a day have drifted away from full days."""
    intensity = profile_intensity(1, 365, start=MONDAY, hours_per_time_unit=24, hourly=HOURLY)
    assert set(range(365)) <= set(intensity.breaks)
    assert all(moment == round(moment * 24) / 24 for moment in intensity.breaks)


def test_equal_neighbours_are_one_piece():
    """If this fails, a flat profile costs a search among thousands of pieces."""
    flat = profile_intensity(4, 365, start=MONDAY, hours_per_time_unit=24, hourly=[1.0] * 24)
    assert flat.breaks == (0, 365)
    assert profile_intensity(4, 365).breaks == (0, 365)


@pytest.mark.parametrize("horizon", [1.0, 1.5, 2 - 1e-13, 2.0, 2 + 1e-13])
def test_the_last_piece_ends_at_the_horizon(horizon):
    """If this fails, a horizon just beside midnight leaves an empty or a reversed piece."""
    intensity = profile_intensity(1, horizon, start=MONDAY, hours_per_time_unit=24, weekly=WEEKLY)
    assert intensity.end == horizon
    assert intensity.rate(horizon - 1e-14) > 0


@pytest.mark.parametrize(
    ("breaks", "rates", "text"),
    [
        ((0,), (), "one more than rates"),
        ((0, 1), (1, 2), "one more than rates"),
        ((1, 2), (1,), "from 0 to a finite end"),
        ((0, math.inf), (1,), "from 0 to a finite end"),
        ((0, 2, 2), (1, 1), "must increase"),
        ((0, math.nan, 2), (1, 1), "must increase"),
        ((0, 1), (-1,), "numbers of at least 0"),
        ((0, 1), (math.nan,), "numbers of at least 0"),
    ],
)
def test_wrong_pieces_are_refused(breaks, rates, text):
    """If this fails, an intensity without meaning can be made."""
    with pytest.raises(ValueError, match=text):
        Intensity(breaks, rates)


@pytest.mark.parametrize(
    ("settings_", "text"),
    [
        ({"rate": -1}, "rate: must be a number of at least 0"),
        ({"horizon": 0}, "horizon: must be a number above 0"),
        ({"horizon": math.inf}, "horizon: must be a number above 0"),
        ({"hourly": [1.0] * 23}, "hourly: needs 24 factors"),
        ({"hourly": HOURLY, "weekend_hourly": [1.0] * 25}, "weekend_hourly: needs 24 factors"),
        ({"weekend_hourly": WEEKEND}, "weekend_hourly: needs hourly"),
        ({"weekly": [1.0] * 8}, "weekly: needs 7 factors"),
        ({"weekly": [1.0] * 6 + [-1.0]}, "weekly: factors must be numbers"),
        ({"seasonal": [1.0] * 11}, "seasonal: needs 12 factors"),
        ({"weekly": WEEKLY, "start": None}, "factors need a date"),
        ({"weekly": WEEKLY, "hours_per_time_unit": None}, "factors need a date"),
        ({"weekly": WEEKLY, "hours_per_time_unit": 0}, "hours_per_time_unit: must be a number above 0"),
    ],
)
def test_wrong_profiles_are_refused(settings_, text):
    """If this fails, a profile without meaning can be made."""
    arguments = {"rate": 1, "horizon": 7, "start": MONDAY, "hours_per_time_unit": 24, **settings_}
    with pytest.raises(ValueError, match=text):
        profile_intensity(arguments.pop("rate"), arguments.pop("horizon"), **arguments)
