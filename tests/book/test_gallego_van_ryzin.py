"""Gallego & van Ryzin 1994, Management Science 40(8): exponential demand, bounds, one fixed price.

Evidence level C: closed forms and theorems, confirmed on instances of our own by integrating the equations of the
optimal policy; no printed numbers.
"""

import math

import numpy as np
import pytest

from demandshift.models.literature import gallego_vanryzin as gvr
from demandshift.models.literature.choice_dynamic_program import solve_choice_program
from demandshift.models.optimise.fluid import DemandCurves, fluid_plan

RATE = 10 * math.e
TABLE = {
    1: (2.3978952727983707, 3.3978952727983707, 3.3025850929940455, 2.08763193456226, 2.266338137577319, 0.5),
    2: (4.110873864173311, 2.7129785913749407, 5.2188758248682, 3.806279748997703, 3.8923756958415465, 0.64644660),
    5: (7.298219546076944, 1.8300033555367232, 8.465735902799725, 6.980275490786194, 6.989932985621492, 0.7763932),
    10: (9.460500087193262, 1.2415396556895395, 10.0, 8.748899642788686, 9.275681783065341, 0.84188611),
    15: (9.950031718653799, 1.0371796208912993, 10.0, 9.896521320213079, 9.916056500338046, 0.84188611),
    20: (9.998410476715083, 1.0018707987054984, 10.0, 9.99722179347862, 9.997270705190857, 0.84188611),
}


@pytest.mark.parametrize("stock", TABLE)
def test_the_table(stock):
    """If this fails, a closed form, a fixed price or a bound is wrong."""
    best, price, fluid, at_fluid_price, best_fixed, share = TABLE[stock]
    assert gvr.optimal_revenue(stock, 1, RATE) == pytest.approx(best, rel=1e-12)
    assert gvr.optimal_price(stock, 1, RATE) == pytest.approx(price, rel=1e-12)
    assert gvr.fluid_revenue(stock, 1, RATE) == pytest.approx(fluid, rel=1e-12)
    at_fluid = gvr.fixed_price_revenue(gvr.fluid_price(stock, 1, RATE), stock, 1, RATE)
    assert at_fluid == pytest.approx(at_fluid_price, rel=1e-10)
    fixed = gvr.fixed_price_revenue(gvr.best_fixed_price(stock, 1, RATE), stock, 1, RATE)
    assert fixed == pytest.approx(best_fixed, rel=1e-10)
    assert at_fluid <= fixed <= best <= fluid
    assert at_fluid / best >= share


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
        assert first == pytest.approx(TABLE[5][1], abs=0.03)
    assert 2 * values[1] - values[0] == pytest.approx(TABLE[5][0], abs=1e-3)


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
