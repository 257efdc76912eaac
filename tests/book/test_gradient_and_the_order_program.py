"""By how much the order program promises too much: its quantities met by customers in order of arrival.

The program is the customer-driven one of Netessine & Rudi 2003, eq. 1, relaxed; the customers are those of Mahajan &
van Ryzin 2001.
"""

import numpy as np
import pytest

from demandshift.models.optimise.gradient import plan_by_gradient
from demandshift.models.optimise.orders import plan_orders, value_of
from demandshift.models.optimise.promise import money_of_season, promise_of
from demandshift.models.optimise.sample_paths import path_profits, paths_of_season
from demandshift.models.optimise.season import OrderQuestion, Season

SHARES = np.array([[0.0, 0.5, 0.2], [0.6, 0.0, 0.2], [0.3, 0.5, 0.0]])


def three_products(seed: int, draws: int, **changes) -> Season:
    """Return a season in which the three earn differently, and a lost customer costs a little."""
    told = {
        "demand": np.random.default_rng(seed).poisson([12, 9, 7], (draws, 3)).astype(float),
        "price": np.array([12.0, 9.0, 7.0]),
        "unit_cost": np.array([7.0, 4.0, 3.0]),
        "salvage": np.ones(3),
        "lost_sale_penalty": 0.5,
    }
    return Season(**(told | changes))


def test_one_draw_by_hand():
    """If this fails, the program's promise is not told from what happens.

    Two want B (4), and would take A (10) if there were no B; there are one A and two B, at 1 each. The program turns
    one of them away, so that he takes A: 10 + 4 − 3. Customers buy two B, and A is left over: 8 − 3.
    """
    season = Season(np.array([[0.0, 2.0]]), np.array([10.0, 4.0]), np.array([1.0, 1.0]), np.zeros(2))
    question = OrderQuestion(season, shares=np.array([[0.0, 0.0], [1.0, 0.0]]))
    promise = promise_of(question, value_of(question, np.array([1.0, 2.0])), orders=2)
    assert promise.program == pytest.approx(14 - 3)
    assert promise.own_demand_first == pytest.approx(8 - 3)
    assert promise.in_order == pytest.approx(8 - 3)
    assert promise.too_much == pytest.approx(6)
    assert promise.share == pytest.approx(6 / 5)


def test_without_substitution_the_promise_is_kept():
    """If this fails, the program and the paths do not tell of the same seasons: nothing is relaxed here."""
    question = OrderQuestion(three_products(1, 40, opening_stock=np.array([1.0, 0, 2])))
    promise = promise_of(question, plan_orders(question), orders=3)
    assert promise.in_order == pytest.approx(promise.program, abs=1e-6)
    assert promise.half_width == pytest.approx(0, abs=1e-9)


def test_three_products_promise_too_much():
    """If this fails, the program is no relaxation of customers in order of arrival, or it is off by much more.

    On these draws it promises 3.5 per cent more than its quantities earn, in whatever order customers come: serving
    own demand first earns nearly the same.
    """
    question = OrderQuestion(three_products(2, 60), shares=SHARES)
    promise = promise_of(question, plan_orders(question), orders=60)
    assert promise.program >= promise.own_demand_first - 1e-6
    assert promise.too_much > promise.half_width
    assert promise.share == pytest.approx(0.035, abs=0.004)
    assert promise.own_demand_first == pytest.approx(promise.in_order, rel=0.005)
    assert str(promise).startswith(f"the program promises {promise.program:.6g}; in order of arrival")


def test_turned_shares_would_show():
    """If this fails, the promise is not of customers who move from what they miss to what is there.

    With shares turned round, the plan's own quantities earn something else by more than the interval.
    """
    question = OrderQuestion(three_products(3, 60), shares=SHARES)
    plan = plan_orders(question)
    rightly = promise_of(question, plan, orders=60)
    turned = OrderQuestion(question.season, shares=SHARES.T / SHARES.T.sum(axis=1, keepdims=True) * 0.7)
    wrongly = promise_of(turned, plan, orders=60)
    assert abs(rightly.in_order - wrongly.in_order) > 2 * (rightly.half_width + wrongly.half_width)


def dear_and_cheap(seed: int, draws: int) -> Season:
    """Return a season of a dear product, and a cheap one that more customers want."""
    demand = np.random.default_rng(seed).poisson([8, 15], (draws, 2)).astype(float)
    return Season(demand, np.array([20.0, 6.0]), np.array([14.0, 3.0]), np.zeros(2))


def test_gradient_earns_what_the_program_only_promises():
    """If this fails, quantities made for customers in order of arrival earn no more from them than the program's do.

    Most who miss the cheap product would take the dear one. The program stocks some of the cheap for the draws in which
    the dear runs out, and turns customers away from it until then; it promises 28 per cent too much. Who knows that
    they buy what they see stocks none. Both are made from 60 draws, and judged on 400 others: the 95 % interval of the
    paired difference is above zero.
    """
    season, shares = dear_and_cheap(1, 60), np.array([[0.0, 0.0], [0.7, 0.0]])
    question = OrderQuestion(season, shares=shares)
    program = plan_orders(question)
    assert promise_of(question, program).share == pytest.approx(0.28, abs=0.02)
    fresh = paths_of_season(dear_and_cheap(2, 400), shares, seed=1)
    money = money_of_season(season)
    plan = plan_by_gradient(paths_of_season(season, shares, seed=0, orders=4), fresh, money)
    assert program.quantities[1] > 5
    assert plan.quantities[1] == 0
    gain = path_profits(fresh, money, plan.quantities) - path_profits(fresh, money, np.round(program.quantities))
    assert gain.mean() > 1.96 * gain.std(ddof=1) / np.sqrt(len(gain))


def test_paths_of_a_season_are_its_customers():
    """If this fails, paths have other first choices than the season, or second choices by other shares."""
    season = three_products(6, 50)
    paths = paths_of_season(season, SHARES, seed=3, orders=4)
    assert (paths.wanted_first() == np.tile(season.demand, (4, 1))).all()
    first, second = paths.preferences.T
    for origin in range(3):
        moved = second[first == origin]
        for to in range(3):
            share = SHARES[origin, to]
            error = np.sqrt(share * (1 - share) / len(moved))
            assert abs(np.mean(moved == to) - share) <= 4 * error
    # Orders differ: in the sequence of the first draw, and between its copies.
    ends = paths.start
    copies = [first[ends[at] : ends[at + 1]].tolist() for at in (0, 50, 100)]
    assert sorted(copies[0]) == sorted(copies[1])
    assert copies[0] != copies[1] != copies[2]
    assert copies[0] != sorted(copies[0])
