"""Poisson arrivals by thinning, and recorded ones."""

import math
from itertools import pairwise

import numpy as np
import pytest

from demandshift.models.demand.intensity import Intensity
from demandshift.models.demand.poisson import PoissonArrivals
from demandshift.models.demand.trace import TraceArrivals


def test_counts_have_the_mean_and_the_variance_of_a_poisson_process(segment_chance):
    """If this fails, thinning keeps too many or too few, or arrivals cluster."""
    intensity = Intensity((0, 2, 3, 6), (4, 0, 1.5))
    arrivals = PoissonArrivals(intensity, dominating_rate=5)
    runs = 400
    counts = np.zeros((runs, 3))
    for run in range(runs):
        for _, time in arrivals.times(segment_chance(run), 6):
            counts[run, 0 if time < 2 else 1 if time < 3 else 2] += 1
    means = np.array([8, 0, 4.5])
    assert np.all(np.abs(counts.mean(axis=0) - means) <= 4 * np.sqrt(means / runs))
    total = counts.sum(axis=1)
    # The sample variance of a Poisson count m has a standard error of about √((2m² + m)/n).
    assert abs(total.var(ddof=1) - 12.5) <= 4 * math.sqrt((2 * 12.5**2 + 12.5) / runs)
    assert abs(np.cov(counts[:, 0], counts[:, 2])[0, 1]) <= 4 * math.sqrt(8 * 4.5 / runs)


def test_another_rate_thins_the_same_people(segment_chance):
    """If this fails, a variant with fewer customers meets strangers instead of some of the same people (R14)."""
    chance = segment_chance(9)
    many = dict(PoissonArrivals(Intensity((0, 50), (10,)), 12).times(chance, 50))
    few = dict(PoissonArrivals(Intensity((0, 20, 50), (3, 5)), 12).times(chance, 50))
    assert 0 < len(few) < len(many)
    assert few.items() <= many.items()


def test_times_are_in_order_and_before_the_horizon(segment_chance):
    """If this fails, customers come after the end, or the person is not the number of the candidate."""
    chance = segment_chance(2)
    arrivals = PoissonArrivals(Intensity((0, 30), (5,)))
    assert arrivals.dominating_rate == 5
    everybody = list(arrivals.times(chance, 30))
    assert [person for person, _ in everybody] == list(range(len(everybody))), "nobody is thinned at the highest rate"
    assert all(before[1] < after[1] for before, after in pairwise(everybody))
    assert list(arrivals.times(chance, 10)) == [(person, time) for person, time in everybody if time < 10]
    assert list(arrivals.times(chance, 1000)) == everybody, "the intensity ends where it ends"


def test_no_rate_is_no_customer(segment_chance):
    """If this fails, a closed shop divides by zero."""
    arrivals = PoissonArrivals(Intensity((0, 30), (0,)))
    assert list(arrivals.times(segment_chance(1), 30)) == []
    assert arrivals.expected(0, 30) == 0


def test_expected_customers_are_the_integral():
    """If this fails, a firm that knows the true model expects another number of customers than come."""
    assert PoissonArrivals(Intensity((0, 2, 6), (4, 1))).expected(1, 3) == 5


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0, "number above 0"), (math.inf, "number above 0"), (3.9, "at least the highest rate, 4")],
)
def test_a_dominating_rate_must_dominate(rate, text):
    """If this fails, customers above the dominating rate are lost without a word."""
    with pytest.raises(ValueError, match=f"dominating_rate: must be .*{text}"):
        PoissonArrivals(Intensity((0, 2), (4,)), rate)


def test_a_dominating_rate_may_be_the_highest_rate_up_to_rounding():
    """If this fails, 0.3 does not dominate 0.1 · 3."""
    assert PoissonArrivals(Intensity((0, 2), (0.1 * 3,)), 0.3).dominating_rate == 0.3


def test_recorded_customers_come_as_recorded(segment_chance):
    """If this fails, a trace loses customers, or counts somebody at a boundary twice or never."""
    trace = TraceArrivals((0.0, 1.0, 1.0, 2.5))
    assert list(trace.times(segment_chance(1), 10)) == [(0, 0.0), (1, 1.0), (2, 1.0), (3, 2.5)]
    assert list(trace.times(segment_chance(1), 2.5)) == [(0, 0.0), (1, 1.0), (2, 1.0)]
    assert [trace.expected(a, b) for a, b in ((-1, 0), (0, 1), (0, 0.5), (1, 2.5), (2, 1))] == [1, 2, 0, 1, 0]


@pytest.mark.parametrize(
    ("times", "text"), [((1.0, 0.5), "in order"), ((-1.0,), "at least 0"), ((math.nan,), "at least 0")]
)
def test_wrong_records_are_refused(times, text):
    """If this fails, a record out of order would set the clock back."""
    with pytest.raises(ValueError, match=f"times: must be .*{text}"):
        TraceArrivals(times)
