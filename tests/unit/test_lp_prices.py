"""Prices by a program that is solved anew: what it is told of stocks, time and windows, and what it does in trouble."""

from dataclasses import replace
from math import exp, inf

import numpy as np
import pytest

from demandshift.models.choice.logit import Logit
from demandshift.models.choice.ranking import PricedRanking
from demandshift.models.control import lp_prices
from demandshift.models.control.lp_prices import MOST_PERIODS, Goods, PricesByProgram
from demandshift.models.control.market import Market, OfferView
from demandshift.models.demand.forecast import SegmentWishes
from demandshift.models.demand.intensity import Intensity
from demandshift.models.demand.poisson import PoissonArrivals
from demandshift.models.observation import Observation
from demandshift.models.optimise.outcome import OutOfTimeError, ProgramError

LADDER = (4.0, 7.0, 10.0)


def market(windows=((0.0, inf),), choice=None, rate: float = 8.0) -> Market:
    """Return the market of a firm with one offer, whose customers pay 10 (a quarter), 7 (a quarter) or 4 (a half)."""
    lists = PricedRanking((0.25, 0.25, 0.5), ((10.0,), (7.0,), (4.0,)))
    segment = SegmentWishes(PoissonArrivals(Intensity((0.0, 20.0), (rate,)), rate), choice or lists, (0,))
    return Market([segment], [OfferView("seat", 0, windows)], 0)


def goods(*, scarce: bool = True, unit_cost: float = 3.0, left_value: float = 0.0, to_come=()) -> Goods:
    """Return one stock that each sale takes a unit of."""
    return Goods(("seat",), np.ones((1, 1)), (scarce,), np.array([unit_cost]), np.array([left_value]), to_come)


def policy(sold: Goods | None = None, **settings) -> PricesByProgram:
    """Return the policy of a season of ten time units with a plan every two."""
    known = {"market": market(), "ladders": (LADDER,), "review_every": 2.0, "horizon": 10.0, **settings}
    return PricesByProgram(goods=sold or goods(), **known)


def seen(now: float, on_hand: int, on_order: int = 0, back_orders: int = 0, price: float = 6.0) -> Observation:
    """Return what the firm sees of its one product and one offer."""
    return Observation(
        now, ("seat",), (on_hand,), (on_order,), (back_orders,), (0,), (0.0,), ("seat",), (price,), {"seat": price}
    )


@pytest.mark.parametrize(
    ("now", "every", "horizon", "expected"),
    [
        pytest.param(0.0, 2.0, 10.0, [0, 2, 4, 6, 8, 10], id="whole periods"),
        pytest.param(1.0, 4.0, 10.0, [1, 5, 9, 10], id="a short last one"),
        pytest.param(9.5, 4.0, 10.0, [9.5, 10], id="less than a period is left"),
        pytest.param(0.0, 0.1, 0.3, [0, 0.1, 0.2, 0.3], id="thirds that do not sum"),
        pytest.param(6.0, 2.0, 8.0, [6, 8], id="the last plan"),
    ],
)
def test_periods_end_where_the_next_plan_is_made(now, every, horizon, expected):
    """A failure means that a plan's first prices are thought to hold for another time than they do."""
    assert policy(review_every=every, horizon=horizon).edges(now) == pytest.approx(expected)


@pytest.mark.parametrize("steps", [MOST_PERIODS - 1, MOST_PERIODS, MOST_PERIODS + 1, 78, 79, 80, 1000])
def test_many_plans_share_periods_but_the_first_keeps_its_length(steps):
    """A failure means that a program grows with every plan to come, or acts as if its first prices held for long."""
    edges = policy(review_every=1.0, horizon=float(steps)).edges(0.0)
    assert len(edges) - 1 <= MOST_PERIODS
    assert edges[:2] == [0.0, 1.0]
    assert edges[-1] == steps
    lengths = np.diff(edges)
    assert (lengths > 0).all()
    assert len(set(lengths[1:-1].tolist())) <= 1, "only the last may be shorter"
    if steps <= MOST_PERIODS:
        assert (lengths == 1).all()


def test_periods_are_cut_where_a_window_opens_or_closes():
    """A failure means that an offer counts as open, or shut, for a whole period because it is in the middle of it."""
    late = policy(market=market(windows=((3.0, 7.5),)))
    assert late.edges(0.0) == [0, 2, 3, 4, 6, 7.5, 8, 10]
    problem = late.problem(0.0, [100.0], {"seat": 6.0})
    shares = [problem.shares(kind, (4.0,))[0, 0] for kind in problem.kind]
    assert shares == [0, 0, 1, 1, 1, 0, 0]
    plan = late.plan(0.0, [1000.0], {"seat": 6.0})
    assert plan.sales.sum() == pytest.approx(8 * 4.5), "all who come from 3 to 7.5 pay 4, of whom half pay no more"


def test_prices_by_hand():
    """A failure means that the plan takes the wrong price for its stock.

    A time unit brings 8 customers, of whom 8 pay 4, 4 pay 7 and 2 pay 10: 32, 28 or 20 in money. With units enough the
    best price is 4; with 20 units for ten time units it is 10, and with 40 it is 7.
    """
    setter = policy()
    assert setter.prices(seen(0.0, 80)) == (4.0,)
    assert setter.prices(seen(0.0, 40)) == (7.0,)
    assert setter.prices(seen(0.0, 20)) == (10.0,)
    assert setter.plan(0.0, [40.0], {}).value == pytest.approx(40 * 7)
    assert setter.plan(5.0, [40.0], {}).value == pytest.approx(40 * 4)
    assert setter.prices(seen(5.0, 20)) == (7.0,), "half the time is left"
    assert setter.plan(0.0, [30.0], {}).bid_prices[0] == pytest.approx((280 - 200) / 20)


def test_units_on_order_count_and_units_promised_do_not():
    """A failure means that a firm sells its coming units too dear, or plans with units that others wait for."""
    setter = policy()
    assert setter.prices(seen(0.0, 10, on_order=10)) == (10.0,)
    assert setter.prices(seen(0.0, 20, on_order=60)) == (4.0,)
    assert setter.prices(seen(0.0, 0, on_order=80, back_orders=60)) == (10.0,)
    assert setter.prices(seen(0.0, 0, on_order=0, back_orders=5)) == (10.0,), "fewer than none are none"


def test_orders_still_to_come_count_from_the_very_moment():
    """A failure means that an order which is placed after the prices of the same instant (R2) is in no plan at all."""
    sold = goods(to_come=((0.0, 0, 20.0), (4.0, 0, 30.0), (7.0, 0, 5.0)))
    assert [sold.planned_from(now).tolist() for now in (0.0, 0.5, 4.0, 4.5, 8.0)] == [[55], [35], [35], [5], [0]]
    setter = policy(sold)
    assert setter.problem(4.0, [1.0], {}).stock.tolist() == [36.0]
    assert setter.problem(4.5, [31.0], {}).stock.tolist() == [36.0], "the same units, now on order"


def test_what_can_be_had_again_costs_what_it_costs():
    """A failure means that a shop that restocks gives its goods away, or keeps them for the end of the run.

    At a cost of 3 a time unit earns (4 − 3)·8 = 8, (7 − 3)·4 = 16 or (10 − 3)·2 = 14.
    """
    assert policy(goods(scarce=False)).prices(seen(0.0, 1)) == (7.0,)
    assert policy(goods(scarce=False, unit_cost=0.0)).prices(seen(0.0, 1)) == (4.0,)
    assert policy(goods(scarce=False, unit_cost=1.0)).plan(0.0, [0.0], {}).value == pytest.approx(10 * 24)
    revenue = policy(goods(scarce=False), objective="revenue")
    assert revenue.prices(seen(0.0, 1)) == (4.0,), "for revenue, cost is no object"


def test_what_is_left_is_worth_something_for_profit_alone():
    """A failure means that a unit is sold for less than its salvage, or that revenue counts what was never sold."""
    sold = goods(left_value=5.0)
    assert policy(sold).prices(seen(0.0, 80)) == (10.0,), "(10 − 5)·2 = 10 beats (7 − 5)·4 = 8 and 4 − 5"
    assert policy(sold, objective="revenue").prices(seen(0.0, 80)) == (4.0,)


def test_welfare_counts_what_customers_gain():
    """A failure means that a plan for welfare sets a firm's prices, or leaves what it can sell unsold.

    At a cost of 3, a sale to each who pays 4, 7 or 10 is worth 1, 4 or 7 in all, whoever gains: the lowest price wins.
    """
    setter = policy(goods(scarce=False), objective="welfare")
    assert setter.prices(seen(0.0, 1)) == (4.0,)
    assert setter.plan(0.0, [0.0], {}).value == pytest.approx(10 * (4 * 1 + 2 * 4 + 2 * 7))


def test_a_plan_that_fails_leaves_the_old_prices_and_is_told(monkeypatch):
    """A failure means that a run goes on with prices of zero, or that nobody hears of it (R18)."""
    setter = policy()
    before = setter.prices(seen(0.0, 20))

    def fails(*_arguments: object, **_settings: object) -> None:
        raise ProgramError("prices: no time")

    with monkeypatch.context() as patched:
        patched.setattr(lp_prices, "plan_prices", fails)
        assert tuple(setter.prices(seen(2.0, 18, price=7.25))) == (7.25,)
        assert setter.failures == ["time 2: prices: no time"]
    assert setter.prices(seen(4.0, 12)) == before
    assert len(setter.failures) == 1, "the next plan is made as if nothing had happened"


def test_no_time_at_all_is_such_a_failure():
    """A failure means that a time limit raises in the middle of a run, or is not handed to the solver."""
    tight = policy(time_limit=1e-9)
    with pytest.raises(OutOfTimeError):
        tight.plan(0.0, [40.0], {})
    assert tuple(tight.prices(seen(0.0, 40, price=7.25))) == (7.25,)
    assert len(tight.failures) == 1
    assert tight.failures[0].startswith("time 0: ")


def test_the_same_question_has_the_same_answer():
    """A failure means that a plan depends on what was asked before (R15)."""
    choice = Logit((8.0,), 2.0, 9, taste_slots=(0,))
    fresh = [policy(market=market(choice=choice)).prices(seen(now, 30)) for now in (0.0, 4.0, 8.0)]
    used = policy(market=market(choice=choice))
    for now in (8.0, 0.0, 4.0):
        used.prices(seen(now, 30))
    assert [used.prices(seen(now, 30)) for now in (0.0, 4.0, 8.0)] == fresh


def test_many_units_recover_the_price_of_the_logit():
    """A failure means that margins or shares are off: without scarcity the best point is that of the single price.

    Expected profit of a customer is (p − c)·e^((8−p)/2) / (1 + e^((8−p)/2)).
    """
    ladder = tuple(np.arange(4.0, 12.0, 0.25).tolist())
    setter = policy(
        goods(scarce=False), market=market(choice=Logit((8.0,), 2.0, 9, taste_slots=(0,))), ladders=(ladder,)
    )
    gains = [(price - 3) * exp((8 - price) / 2) / (1 + exp((8 - price) / 2)) for price in ladder]
    assert setter.prices(seen(0.0, 1)) == (ladder[int(np.argmax(gains))],)
    assert setter.plan(0.0, [0.0], {}).value == pytest.approx(80 * max(gains))


def test_stock_of_an_unseen_product_is_none():
    """A failure means that a bundle's stocks are taken for one another: they go by name, not by place."""
    two = Goods(("other", "seat"), np.array([[0.0], [1.0]]), (True, True), np.zeros(2), np.zeros(2))
    setter = replace(policy(), goods=two)
    asked: list[list[float]] = []
    original = setter.problem

    def noted(now, units, public_prices, **more):
        asked.append(list(units))
        return original(now, units, public_prices, **more)

    setter.problem = noted  # type: ignore[method-assign]
    assert setter.prices(seen(0.0, 80)) == (4.0,)
    assert asked == [[0.0, 80.0]]
