"""Prices of all offers at once: closed forms, brute force over all columns, certificates, the search for vectors."""

from itertools import product
from math import inf

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.special import lambertw

from demandshift.models.choice.logit import Logit
from demandshift.models.optimise import price_vectors
from demandshift.models.optimise.price_vectors import CLOSED, PriceProblem, plan_prices

SCALE = 0.5


def logit_shares(worths, scale=SCALE):
    """Return what segments of a logit buy at a price vector; shape (segments, offers)."""
    choices = [Logit(worth, scale, taste_slots=range(1, len(worth) + 1)) for worth in worths]

    def shares(_kind, vector):
        offered = [price < inf for price in vector]
        prices = [price if price < inf else 0.0 for price in vector]
        return np.array([choice.shares(offered, prices) for choice in choices])

    return shares


def problem_of(
    customers, worths, ladders, *, stock=None, use=None, cost=None, left_value=None, unit_cost=None, most=None
):
    """Return a problem of logit segments without rivals."""
    offers = len(ladders)
    use = np.eye(offers) if use is None else np.asarray(use, dtype=float)
    stocks = len(use)
    return PriceProblem(
        customers=np.asarray(customers, dtype=float),
        kind=np.zeros(len(customers), dtype=np.int64),
        shares=logit_shares(worths),
        ladders=ladders,
        cost=np.zeros(offers) if cost is None else np.asarray(cost, dtype=float),
        use=use,
        stock=np.full(stocks, inf) if stock is None else np.asarray(stock, dtype=float),
        left_value=np.zeros(stocks) if left_value is None else np.asarray(left_value, dtype=float),
        unit_cost=np.zeros(stocks) if unit_cost is None else np.asarray(unit_cost, dtype=float),
        most_bought=np.zeros(stocks) if most is None else np.asarray(most, dtype=float),
    )


def test_without_scarcity_the_price_is_the_monopolist_s():
    """If this fails, margins or shares are wrong: p = c + s (1 + W(e^{(r−c)/s − 1})) for a logit of one offer."""
    worth, cost = 1.4, 0.6
    best = cost + SCALE * (1 + float(lambertw(np.exp((worth - cost) / SCALE - 1)).real))
    ladder = np.round(np.arange(0.7, 2.5, 0.01), 2)
    plan = plan_prices(problem_of([[100.0]], [[worth]], [ladder], cost=[cost]))
    assert plan.prices(0)[0] == pytest.approx(best, abs=0.006)
    # The best profit of a logit monopolist is s W customers.
    assert plan.value == pytest.approx(100 * SCALE * float(lambertw(np.exp((worth - cost) / SCALE - 1)).real), rel=1e-3)
    assert plan.exact


def scarce_problem(**changes):
    """Return a small problem in which stock is short."""
    given = {
        "customers": [[30.0, 5.0], [20.0, 20.0], [5.0, 40.0]],
        "worths": [[1.2, 1.0], [2.0, 1.3]],
        "ladders": [(1.0, 1.5, 2.0), (0.8, 1.2)],
        "stock": [25.0, 15.0],
    }
    return problem_of(**(given | changes))


def brute_force(problem):
    """Return the value of the program with all columns, by another solver."""
    points = [(*ladder, CLOSED) for ladder in problem.ladders]
    columns = [(period, vector) for period in range(len(problem.customers)) for vector in product(*points)]
    sales = [problem.customers[period] @ problem.shares(0, vector) for period, vector in columns]
    profit = [
        sum((price - cost) * sold for price, cost, sold in zip(vector, problem.cost, units, strict=True) if price < inf)
        for (_, vector), units in zip(columns, sales, strict=True)
    ]
    use = problem.use @ np.array(sales).T
    periods = np.array([[float(period == row) for period, _ in columns] for row in range(len(problem.customers))])
    answer = linprog(-np.array(profit), A_ub=use, b_ub=problem.stock, A_eq=periods, b_eq=np.ones(len(periods)))
    return -answer.fun


def test_column_generation_ends_at_the_program_s_optimum():
    """If this fails, a vector that would gain is never added, or one is priced wrongly."""
    problem = scarce_problem()
    plan = plan_prices(problem)
    assert plan.value == pytest.approx(brute_force(problem), rel=1e-9)
    assert (problem.use @ plan.sales.sum(axis=0) <= problem.stock + 1e-9).all()
    for period in plan.vectors:
        assert sum(share for _, share in period) == pytest.approx(1)


def test_bid_prices_lie_between_one_sided_differences():
    """If this fails, what a unit of stock is worth has the wrong sign or belongs to another stock."""
    value = plan_prices(scarce_problem()).value
    bids = plan_prices(scarce_problem()).bid_prices
    for stock, bid in enumerate(bids.tolist()):
        more, less = np.array([25.0, 15.0]), np.array([25.0, 15.0])
        more[stock] += 0.01
        less[stock] -= 0.01
        gain = (plan_prices(scarce_problem(stock=more)).value - value) / 0.01
        loss = (value - plan_prices(scarce_problem(stock=less)).value) / 0.01
        assert gain - 1e-6 <= bid <= loss + 1e-6
        assert bid > 0


def test_the_search_by_single_prices_finds_what_enumeration_finds_here(monkeypatch):
    """If this fails, firms with many offers get worse prices than their ladders allow, even in a small case."""
    exact = plan_prices(scarce_problem())
    monkeypatch.setattr(price_vectors, "MOST_ENUMERATED", 1)
    searched = plan_prices(scarce_problem())
    assert not searched.exact
    assert searched.value == pytest.approx(exact.value, rel=1e-6)


def test_two_fares_on_one_stock_share_its_bid_price():
    """If this fails, offers that use one stock are priced as if each had its own."""
    problem = problem_of(
        [[40.0, 0.0], [0.0, 30.0]], [[1.2, 0.4], [1.5, 3.0]], [(1.0,), (2.5,)], use=[[1.0, 1.0]], stock=[20.0]
    )
    plan = plan_prices(problem)
    assert plan.value == pytest.approx(brute_force(problem), rel=1e-9)
    assert plan.sales.sum() == pytest.approx(20.0)
    # The cheap fare is closed for part of the first period so that seats are left for the second.
    assert plan.sales[1, 1] > plan.sales[0, 0]


def test_units_are_bought_up_to_where_one_more_costs_more_than_it_brings():
    """If this fails, joint plans buy for nothing, or too much: marginal value = unit cost at an inner optimum."""
    problem = scarce_problem(stock=[0.0, 0.0], unit_cost=[0.7, 0.5], most=[1000.0, 1000.0], left_value=[0.1, 0.1])
    plan = plan_prices(problem)
    assert plan.bid_prices == pytest.approx([0.7, 0.5])
    assert plan.bought == pytest.approx(plan.sales.sum(axis=0))
    assert plan.left == pytest.approx([0.0, 0.0], abs=1e-9)


def test_a_firm_that_cannot_close_asks_its_highest_price():
    """If this fails, a pricing policy is asked to set an infinite price, or to sell cheaply what is short."""
    plan = plan_prices(scarce_problem(stock=[0.0, 15.0]))
    assert plan.vectors[0][0][0][0] == CLOSED
    assert [plan.prices(period)[0] for period in range(3)] == [2.0, 2.0, 2.0]
