"""Customers come as a Poisson process whose rate follows the calendar, and a lower rate meets some of the same people.

Counts are the demand for one product that everybody wants, period by period, as the ledger has it. Calendars are worked
out here by `datetime`, independently of the project.
"""

import datetime
import math

import numpy as np
import pytest
from scipy import stats

from demandshift.models.chance import Purpose
from demandshift.simulator.build.world import build_world
from demandshift.simulator.draws import Draws
from demandshift.simulator.ledger import OfferColumn

# Long statistics: counting branches would make them four times as long, and others count the same ones.
pytestmark = pytest.mark.no_cover

SHOP = """
name: everybody buys
horizon: 50
firms: {shop: {}}
products: {bread: {firm: shop, price: 1, stock: unlimited}}
segments:
  all:
    arrivals: {kind: poisson, rate: 6}
    choice: {kind: ranking, lists: [{share: 1, order: [bread]}]}
"""


def demand(ledgers, text, replications, **overrides):
    """Return the customers of each period, shape (replications, periods)."""
    found = ledgers(text, replications, **overrides)
    return np.array([ledger.timeline_offers[:, 0, OfferColumn.DEMAND] for ledger in found])


def test_counts_are_poisson_and_independent(ledgers, mean_of, agree):
    """If this fails, arrivals cluster, or come like clockwork: mean = variance = 6 in every period.

    Equal gaps would have a variance below 0.2, gaps uniform on (0, 2/6) 2, customers in pairs 12, and a rate drawn once
    a replication more than 6. Neighbouring periods must not hang together, and all counts must have Poisson's shares.
    """
    counts = demand(ledgers, SHOP, 40)
    assert counts.shape == (40, 50)
    agree(mean_of(counts.mean(axis=1)), 6, {"per week": 6 / 7, "twice": 12})
    agree(mean_of(((counts - 6) ** 2).mean(axis=1)), 6, {"clockwork": 0.2, "uniform gaps": 2, "pairs": 12})
    totals = counts.sum(axis=1)
    # The variance of n counts of mean m has a standard error of about √((2m² + m)/n).
    assert abs(totals.var(ddof=1) / 300 - 1) < 4 * math.sqrt((2 + 1 / 300) / 40)
    deviations = counts - 6
    agree(mean_of((deviations[:, 1:] * deviations[:, :-1]).mean(axis=1)), 0, {"pairs": 3.0})
    cells = np.bincount(np.clip(counts.ravel(), 1, 12).astype(int), minlength=13)[1:]
    expected = np.diff([0.0, *stats.poisson.cdf(np.arange(1, 12), 6), 1.0]) * cells.sum()
    assert stats.chisquare(cells, expected).pvalue > 1e-4


WEEKLY = [0, 1, 0, 3, 2, 0, 1.5]
"""Monday first."""
HOURLY = [0.0] * 6 + [1.0, 4.0, 2.0, 0.0, 0.5, 3.0] + [0.0] * 6 + [2.5, 0.0, 1.0, 0.0, 0.0, 0.0]
WEEKEND = [0.0] * 9 + [3.0, 1.0, 0.0] + [2.0] * 3 + [0.0] * 9
SEASONAL = [3, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 0, 2]


def factor(moment, hourly=None, weekend=None, weekly=None, seasonal=None):
    """Return the product of the factors in force at a moment."""
    result = 1.0
    if hourly is not None:
        result *= (weekend if weekend is not None and moment.isoweekday() >= 6 else hourly)[moment.hour]
    if weekly is not None:
        result *= weekly[moment.isoweekday() - 1]
    if seasonal is not None:
        result *= seasonal[moment.month - 1]
    return result


def integrated(start, time_unit_hours, periods, **profiles):
    """Return the mean factor in each period of one time unit, quarter of an hour by quarter of an hour."""
    steps = int(time_unit_hours * 4)
    quarter = datetime.timedelta(minutes=15)
    return np.array(
        [
            np.mean([factor(start + (period * steps + step) * quarter, **profiles) for step in range(steps)])
            for period in range(periods)
        ]
    )


def check_profile(counts, expected, others, power):
    """Check counts against their means, and that other calendars are refuted.

    Parameters
    ----------
    counts : array (replications, periods)
        The customers.
    expected : array (periods,)
        The means that they should have.
    others : dict of name to array (periods,)
        The means that a mistake would give.
    power : float
        How many standard errors some period must lie from what each mistake says.
    """
    replications = len(counts)
    means = counts.mean(axis=0)
    assert (means[expected == 0] == 0).all(), "nobody comes where a factor is 0"
    busy = expected > 0
    assert (np.abs(means - expected)[busy] < 4 * np.sqrt(expected[busy] / replications)).all()
    total = counts.sum(axis=1).mean()
    assert abs(total - expected.sum()) < 4 * math.sqrt(expected.sum() / replications)
    for name, wrong in others.items():
        error = np.sqrt(np.maximum(wrong, 0.01) / replications)
        assert (np.abs(means - wrong) / error).max() > power, f"no power against: {name}"


WEDNESDAY = datetime.datetime(2025, 1, 1)
AFTERNOON = datetime.datetime(2025, 1, 1, 15)


def test_a_week_that_starts_on_a_wednesday(ledgers):
    """If this fails, the weekly profile begins with Monday (or Sunday) whatever the start, or runs one day off.

    1 January 2025 was a Wednesday, on which nobody comes. Two weeks; counts must be 0 on three days exactly.
    """
    rate, periods = 20, 14
    profiles = {"weekly": WEEKLY}
    counts = demand(
        ledgers,
        SHOP,
        40,
        **{
            "start": "2025-01-01",
            "horizon": periods,
            "segments.all.arrivals": {"kind": "poisson", "rate": rate, **profiles},
        },
    )
    expected = rate * integrated(WEDNESDAY, 24, periods, **profiles)
    assert expected[:3].tolist() == [0, 60, 40]
    others = {
        "Monday first": rate * np.array(WEEKLY * 2),
        "Sunday first": np.roll(expected, 1),
        "a day ahead": np.roll(expected, -1),
    }
    check_profile(counts, expected, others, power=20)


def test_hours_of_a_week_that_starts_in_the_afternoon(ledgers):
    """If this fails, the time of day of the start is dropped, weekend hours come on other days, or hours run late.

    Ten days by the hour, from a Wednesday at 15:00; hours outside the profile must be empty exactly.
    """
    rate, periods = 8, 240
    profiles = {"hourly": HOURLY, "weekend": WEEKEND}
    counts = demand(
        ledgers,
        SHOP,
        16,
        **{
            "start": "2025-01-01T15:00",
            "time_unit": "hour",
            "horizon": periods,
            "segments.all.arrivals": {
                "kind": "poisson",
                "rate": rate,
                "hourly": {"weekday": HOURLY, "weekend": WEEKEND},
            },
        },
    )
    expected = rate * integrated(AFTERNOON, 1, periods, **profiles)
    others = {
        "from midnight": rate * integrated(WEDNESDAY, 1, periods, **profiles),
        "an hour late": np.roll(expected, 1),
        "an hour early": np.roll(expected, -1),
        "weekend a day late": rate * integrated(AFTERNOON - datetime.timedelta(days=1), 1, periods, **profiles),
        "weekend a day early": rate * integrated(AFTERNOON + datetime.timedelta(days=1), 1, periods, **profiles),
        "no weekend": rate * integrated(AFTERNOON, 1, periods, hourly=HOURLY),
    }
    check_profile(counts, expected, others, power=6)


def test_all_three_profiles_in_weeks_across_new_year(ledgers):
    """If this fails, factors add instead of multiply, a rate per week counts per day, or months are one off.

    Weeks from Friday 20 December 2024: December has the factor 2, January 3, and the second week is cut by New Year.
    """
    start, rate, periods = datetime.datetime(2024, 12, 20), 40, 4
    profiles = {"hourly": HOURLY, "weekly": WEEKLY, "seasonal": SEASONAL}
    arrivals = {"kind": "poisson", "rate": rate, **profiles}
    overrides = {"start": "2024-12-20", "time_unit": "week", "horizon": periods, "segments.all.arrivals": arrivals}
    counts = demand(ledgers, SHOP, 30, **overrides)
    expected = rate * integrated(start, 168, periods, **profiles)
    assert expected[0] < expected[1] < expected[2]
    others = {
        "months one late": rate * integrated(start, 168, periods, **(profiles | {"seasonal": np.roll(SEASONAL, 1)})),
        "months one early": rate * integrated(start, 168, periods, **(profiles | {"seasonal": np.roll(SEASONAL, -1)})),
        "per day": 7 * expected,
        "no season": rate * integrated(start, 168, periods, hourly=HOURLY, weekly=WEEKLY),
        "week from Monday": rate * integrated(start - datetime.timedelta(days=4), 168, periods, **profiles),
    }
    check_profile(counts, expected, others, power=6)


def test_a_start_within_an_hour_cuts_the_first_hour(ledgers):
    """If this fails, a start at 7:40 counts as 7:00 or 8:00, and all hours begin 40 or 20 minutes off.

    The factor is 1 from 6 to 7, 4 from 7 to 8, 2 from 8 to 9 and 0 from 9 to 10, by periods of 20 minutes from 7:40.
    """
    arrivals = {"kind": "poisson", "rate": 60, "hourly": HOURLY}
    overrides = {"start": "2025-01-01T07:40", "time_unit": "hour", "horizon": 4, "report_every": 1 / 3}
    counts = demand(ledgers, SHOP, 40, **{**overrides, "segments.all.arrivals": arrivals})
    expected = np.array([80, 40, 40, 40, 0, 0, 0, 10, 10, 10, 60, 60], dtype=float)
    others = {"from 7:00": np.roll(expected, 2), "from 8:00": np.roll(expected, -1)}
    check_profile(counts, expected, others, power=20)


def people(load, rate, replication=3, **profile):
    """Return the customers of one replication as {person: time}."""
    arrivals = {"kind": "poisson", "rate": rate, **profile}
    world = build_world(load(SHOP, start="2025-01-01", **{"segments.all.arrivals": arrivals}).settled)
    return dict(world.arrivals[0].times(Draws(1, replication).segment(0), world.problem.horizon))


def test_a_lower_rate_meets_some_of_the_same_people(load):
    """If this fails, a variant with fewer customers meets strangers (R14), or keeps too many of the same people.

    With a common dominating rate of 12, those who come at rate 3 are a quarter of the candidates and all among those
    who come at 9. Without it there is nobody in common: person 5 of one world comes at another time than of the other.
    """
    many, few = (people(load, rate, dominating_rate=12) for rate in (9, 3))
    assert few.items() < many.items()
    assert abs(len(many) - 450) < 4 * math.sqrt(450)
    assert abs(len(few) - 150) < 4 * math.sqrt(150)
    # Given the many, each of them comes at the lower rate with probability 1/3.
    assert abs(len(few) - len(many) / 3) < 4 * math.sqrt(len(many) * 2 / 9)
    strangers = people(load, 3).items() & people(load, 9).items()
    assert not strangers
    assert not few.items() & people(load, 3, replication=4, dominating_rate=12).items()


def test_a_profile_thins_the_same_people(load):
    """If this fails, a weekly profile meets other people than the constant rate that dominates it."""
    everybody = people(load, 12, dominating_rate=12)
    weekend = people(load, 4, weekly=WEEKLY, dominating_rate=12)
    assert weekend.items() < everybody.items()
    assert list(everybody) == list(range(len(everybody))), "at the dominating rate every candidate comes"
    days = {(2 + int(time)) % 7 for time in weekend.values()}
    assert days == {day for day, share in enumerate(WEEKLY) if share}


class Recorder:
    """A choice model that wants the only offer and remembers what customers drew."""

    attempts = 1

    def __init__(self):
        self.draws = []

    def favourite(self, chance):
        """Remember the draw of a type."""
        self.draws.append(chance.uniform(Purpose.TYPE, 0))
        return 0

    def next_offer(self, chance, failed, attempt):
        """Give up."""

    def shares(self, offered, _prices):
        """Return the share of everybody."""
        return np.array([float(offered[0])])


def test_the_engine_hands_every_person_the_same_draws(simulate):
    """If this fails, the engine numbers customers anew after thinning, so that person 7 of a variant is another.

    Those who come at the lower rate are a third of the others by lot. Numbered anew, they would have the draws of the
    first third.
    """
    worlds = []
    for rate in (9, 3):
        recorder = Recorder()
        arrivals = {"kind": "poisson", "rate": rate, "dominating_rate": 12}
        simulate(SHOP, 1, engine="loop", overrides={"segments.all.arrivals": arrivals}, choices={"all": recorder})
        worlds.append(recorder.draws)
    many, few = worlds
    assert len(many) > len(few) > 100
    assert set(few) < set(many)
    assert len(set(few) & set(many[: len(few)])) < len(few) / 2
