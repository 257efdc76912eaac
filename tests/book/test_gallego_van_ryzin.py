"""Gallego & van Ryzin 1994, Management Science 40(8): exponential demand, bounds, one fixed price.

The closed forms themselves are the study `dynamic-pricing` of `demandshift reproduce`; here programs come to them.
"""

import math

import numpy as np
import pytest

from demandshift.models.literature import gallego_vanryzin as gvr
from demandshift.models.literature.choice_dynamic_program import solve_choice_program
from demandshift.models.optimise.fluid import DemandCurves, fluid_plan

RATE = 10 * math.e


@pytest.mark.parametrize("stock", [2, 5, 15])
def test_the_fluid_program_comes_near_from_below(stock):
    """If this fails, the linear program over price points is not the fluid problem: points can only take from it."""
    prices = np.linspace(0.9, 3.5, 1301)
    curves = DemandCurves.of([prices], RATE * np.exp(-prices)[None, :, None], capacity=float(stock))
    plan = fluid_plan(curves)
    fluid = gvr.fluid_revenue(stock, 1, RATE)
    assert fluid - 1e-5 < plan.value <= fluid + 1e-12
    assert plan.prices()[0, 0] == pytest.approx(gvr.fluid_price(stock, 1, RATE), abs=0.002)
    assert plan.value >= gvr.optimal_revenue(stock, 1, RATE)


def test_the_dynamic_program_comes_to_the_closed_form():
    """If this fails, the exact program over short periods has another limit than the continuous problem.

    The error of one customer a period is proportional to the length of the period; two lengths extrapolate to none. The
    price points, 0.025 apart, take 10 · 0.0125²/2 at most.
    """
    prices = np.linspace(0.95, 4.0, 123)
    values = []
    for periods in (200, 400):
        chance = np.vstack([np.zeros(len(prices)), np.diag(RATE * np.exp(-prices) / periods)])
        solved = solve_choice_program(chance, prices, np.ones((1, len(prices))), [5], periods)
        values.append(solved.value[periods, 5])
        first = prices[solved.best_set[periods - 1, 5] - 1]
        assert first == pytest.approx(gvr.optimal_price(5, 1, RATE), abs=0.03)
    assert 2 * values[1] - values[0] == pytest.approx(gvr.optimal_revenue(5, 1, RATE), abs=1e-3)


def test_without_goods_or_time_nothing_is_earned():
    """If this fails, an empty shop earns, or a logarithm of nothing is taken."""
    assert gvr.optimal_revenue(0, 1, RATE) == pytest.approx(0, abs=1e-15)
    assert gvr.optimal_revenue(5, 0, RATE) == 0
    assert gvr.fluid_revenue(0, 1, RATE) == 0
    assert gvr.fixed_price_revenue(2.0, 0, 1, RATE) == 0
    with pytest.raises(ValueError, match="without a unit"):
        gvr.optimal_price(0, 1, RATE)
    with pytest.raises(ValueError, match="spread"):
        gvr.optimal_revenue(1, 1, RATE, 0.0)
