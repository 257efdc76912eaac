"""What the true model expects as first-choice demand."""

import math

import numpy as np
import pytest

from demandshift.models.choice.logit import Logit
from demandshift.models.choice.ranking import PricedRanking, Ranking
from demandshift.models.demand.forecast import MOST_REMEMBERED, FirstChoiceDemand, OfferedTerms, SegmentWishes
from demandshift.models.demand.intensity import Intensity
from demandshift.models.demand.poisson import PoissonArrivals
from demandshift.models.demand.trace import TraceArrivals
from demandshift.models.pricing.scheduled import PriceSchedule

STEADY = PoissonArrivals(Intensity((0, 100), (10,)))


def test_demand_is_arrivals_times_shares():
    """If this fails, the firm expects the customers of another segment, or of an offer that is not considered."""
    logit = Logit((3.0, 2.0), 0.5, taste_slots=(1, 3))
    offers = [OfferedTerms(PriceSchedule(price), ((product, 1),)) for product, price in enumerate((2.0, 1.0, 1.5))]
    demand = FirstChoiceDemand(
        [
            SegmentWishes(STEADY, logit, considers=(0, 2)),
            SegmentWishes(PoissonArrivals(Intensity((0, 4, 8), (0, 6))), Ranking((1.0,), ((0,),)), considers=(1,)),
        ],
        offers,
    )
    shares = logit.shares((True, True), (2.0, 1.5))
    assert demand.mean(0, 2, 7) == pytest.approx(50 * shares[0])
    assert demand.mean(2, 2, 7) == pytest.approx(50 * shares[1])
    assert demand.mean(1, 2, 7) == pytest.approx(18)
    assert demand.by_offer(2, 7).tolist() == [demand.mean(product, 2, 7) for product in range(3)]
    assert demand.mean(0, 7, 2) == 0


def test_prices_and_windows_change_demand_where_they_change():
    """If this fails, a promotion or a closed window is averaged over the wrong time."""
    logit = Logit((2.0, 2.0), 1.0, taste_slots=(1, 2))
    offers = [
        OfferedTerms(PriceSchedule(2.0, ((3, 1.0), (5, 4.0))), ((0, 1),)),
        OfferedTerms(PriceSchedule(2.0), ((1, 1),), windows=((0.0, 2.0), (4.0, math.inf))),
    ]
    demand = FirstChoiceDemand([SegmentWishes(STEADY, logit, (0, 1))], offers)

    def rate(t):
        offered = (True, t < 2 or t >= 4)
        prices = (2.0 if t < 3 else 1.0 if t < 5 else 4.0, 2.0)
        return 10 * logit.shares(offered, prices)

    for a, b in ((0, 6), (0.5, 2.5), (2, 3), (3, 5), (4.5, 4.75), (5.5, 9)):
        grid = a + (np.arange(6_000) + 0.5) * (b - a) / 6_000
        expected = np.mean([rate(t) for t in grid], axis=0) * (b - a)
        assert demand.by_offer(a, b) == pytest.approx(expected, rel=1e-9)


def test_a_recorded_customer_at_the_moment_of_a_change_meets_the_new_terms():
    """If this fails, forecast and simulation (R2: repricing before customers) disagree about one customer."""
    choice = PricedRanking((1.0,), ((2.0,),))
    offers = [OfferedTerms(PriceSchedule(1.0, ((3, 5.0), (6, 1.0))), ((0, 1),), windows=((0.0, 8.0),))]
    trace = TraceArrivals((0.0, 2.0, 3.0, 6.0, 8.0))
    demand = FirstChoiceDemand([SegmentWishes(trace, choice, (0,))], offers)
    assert demand.mean(0, -1, 0) == 1, "at the opening"
    assert demand.mean(0, 0, 3) == 1, "at 2 but not at 3, where it costs 5"
    assert demand.mean(0, 3, 6) == 1, "at 6 it is cheap again"
    assert demand.mean(0, 6, 9) == 0, "at 8 it is closed"
    assert demand.mean(0, -1, 9) == 3


def test_a_sale_may_take_several_units_of_several_products():
    """If this fails, a bundle or a connecting flight needs no stock (R4)."""
    offers = [
        OfferedTerms(PriceSchedule(1.0), ((0, 2), (1, 1))),
        OfferedTerms(PriceSchedule(1.0), ((1, 3),)),
    ]
    demand = FirstChoiceDemand([SegmentWishes(STEADY, Ranking((0.5, 0.5), ((0,), (1,))), (0, 1))], offers)
    assert demand.mean(0, 0, 2) == pytest.approx(10 * 2)
    assert demand.mean(1, 0, 2) == pytest.approx(10 * 1 + 10 * 3)
    assert demand.mean(7, 0, 2) == 0


def test_offers_away_from_home_bear_their_transfer_cost():
    """If this fails, the forecast sends customers with a home to rivals as if moving were free (R7)."""
    logit = Logit((2.0, 2.0), 1.0, taste_slots=(1, 2))
    offers = [OfferedTerms(PriceSchedule(1.0), ((product, 1),)) for product in range(2)]
    demand = FirstChoiceDemand([SegmentWishes(STEADY, logit, (0, 1), surcharges=(0.0, 0.6))], offers)
    assert demand.by_offer(0, 1) == pytest.approx(10 * logit.shares((True, True), (1.0, 1.6)))


def test_additivity():
    """If this fails, demand of adjoining intervals is not that of both together."""
    logit = Logit((2.0, 1.0), 1.0, taste_slots=(1, 2))
    offers = [
        OfferedTerms(PriceSchedule(1.0, ((1, 2.0), (2, 0.5))), ((0, 1),)),
        OfferedTerms(PriceSchedule(0.5), ((0, 1),), windows=((0.5, 1.5),)),
    ]
    demand = FirstChoiceDemand([SegmentWishes(STEADY, logit, (0, 1))], offers)
    parts = sum(demand.mean(0, k / 10, (k + 1) / 10) for k in range(30))
    assert parts == pytest.approx(demand.mean(0, 0, 3), rel=1e-12)


def test_what_is_remembered_is_bounded_and_changes_nothing():
    """If this fails, long runs of many products fill the memory, or a product is told another interval's demand."""
    offers = [OfferedTerms(PriceSchedule(1.0), ((product, 1 + product),)) for product in range(2)]
    choice = Ranking((0.25, 0.75), ((0,), (1,)))
    demand = FirstChoiceDemand([SegmentWishes(STEADY, choice, (0, 1))], offers)
    for _ in range(2):
        for number in range(MOST_REMEMBERED + 10):
            first, second = demand.by_offer(0, 0.125 * number)
            assert demand.mean(0, 0, 0.125 * number) == first
            assert demand.mean(1, 0, 0.125 * number) == 2 * second
            assert len(demand._known) <= MOST_REMEMBERED


@pytest.mark.parametrize(
    ("wishes", "text"),
    [
        ({"considers": (0, 1)}, "considers: there are 1 offers"),
        ({"considers": (0,), "surcharges": (0.0, 1.0)}, "surcharges: needs one for each considered offer"),
    ],
)
def test_wrong_wishes_are_refused(wishes, text):
    """If this fails, a forecast is made for offers that do not exist."""
    choice = Ranking((1.0,), ((0,),))
    with pytest.raises(ValueError, match=text):
        FirstChoiceDemand([SegmentWishes(STEADY, choice, **wishes)], [OfferedTerms(PriceSchedule(1.0), ((0, 1),))])
