"""Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019), ch. 4: newsvendor and base stock.

Evidence level A: printed numbers, reproduced by independent code. Figures are printed to all digits of a double, so the
tolerance is the rounding of sums of that size: 1e-11.
"""

import numpy as np
import pytest

from demandshift.models.literature import base_stock, newsvendor
from demandshift.models.replenishment.demand_over import Discrete, NormalMixture, PoissonMixture
from demandshift.models.replenishment.targets import level_for_cycle_service

ROUNDING = 1e-11

POISSON = [
    pytest.param(6, 1, 4, 8, 3.570106945770946, id="example 4.7 without its fixed cost"),
    pytest.param(18, 200, 270, 19, 786.0884409351115, id="problem 4.7 b"),
    pytest.param(18 * 5, 0.08, 1.25, 105, 1.5450188691551778, id="problem 4.8 a, lead time 4 and review 1"),
]
NORMAL = [
    pytest.param(
        (50, 8, 0.18, 0.7), 56.60395592743389, 1.997605193176645, {40: 7.356131552870388, 60: 2.156131552870387},
        id="example 4.3",
    ),
    pytest.param(
        (900, 60, 43, 79), 922.7214038234755, 2718.196781782411, {1040: 6044.298415188692}, id="problem 4.1"
    ),
]  # fmt: skip
SIZES, PROBABILITIES = range(1, 9), (0.25, 0.05, 0.1, 0.2, 0.15, 0.1, 0.1, 0.05)


@pytest.mark.parametrize(("mean", "holding", "penalty", "quantity", "cost"), POISSON)
@pytest.mark.parametrize("encoding", ["poisson", "list"])
def test_poisson_newsvendor(encoding, mean, holding, penalty, quantity, cost):
    """If this fails, quantity or cost of a discrete newsvendor is wrong, or two encodings of one demand differ."""
    demand = PoissonMixture([mean])
    if encoding == "list":
        units = range(400)
        probabilities = np.array([demand.pmf(each) for each in units])
        demand = Discrete(units, probabilities / probabilities.sum())
    assert newsvendor.optimal_quantity(demand, penalty, holding) == quantity
    assert newsvendor.expected_cost(demand, quantity, penalty, holding) == pytest.approx(cost, abs=ROUNDING)
    assert level_for_cycle_service(demand, newsvendor.critical_ratio(penalty, holding)) == quantity
    costs = [newsvendor.expected_cost(demand, each, penalty, holding) for each in range(3 * mean)]
    assert int(np.argmin(costs)) == quantity, "the critical ratio finds what a search finds"


def test_poisson_newsvendor_away_from_the_optimum():
    """If this fails, cost below the optimal quantity is wrong (example 4.7 at 5 units)."""
    cost = newsvendor.expected_cost(PoissonMixture([6]), 5, underage=4, overage=1)
    assert cost == pytest.approx(6.590296024616344, abs=ROUNDING)


def test_listed_demand():
    """If this fails, a finite distribution is handled wrongly (problem 4.8 b)."""
    demand = Discrete(SIZES, PROBABILITIES)
    assert newsvendor.optimal_quantity(demand, underage=1e6, overage=5e5) == 5
    # Printed without decimals.
    assert newsvendor.expected_cost(demand, 5, underage=1e6, overage=5e5) == pytest.approx(1_225_000, abs=1e-6)


@pytest.mark.parametrize(("parameters", "quantity", "cost", "elsewhere"), NORMAL)
def test_normal_newsvendor(parameters, quantity, cost, elsewhere):
    """If this fails, the normal quantile, its loss function or the complementary one is wrong."""
    mean, deviation, holding, penalty = parameters
    demand = NormalMixture([mean], [deviation])
    assert newsvendor.optimal_quantity(demand, penalty, holding) == pytest.approx(quantity, abs=ROUNDING * mean)
    assert newsvendor.expected_cost(demand, quantity, penalty, holding) == pytest.approx(cost, abs=ROUNDING)
    for level, printed in elsewhere.items():
        assert newsvendor.expected_cost(demand, level, penalty, holding) == pytest.approx(printed, abs=ROUNDING)


def test_profit_and_cost_tell_the_same_story():
    """If this fails, profit does not fall by exactly the cost of mismatch: (p − c) E[D] − g(Q)."""
    demand = NormalMixture([50], [8])
    price, cost, salvage = 1.0, 0.3, 0.12
    for quantity in (40, 56.6, 60):
        mismatch = newsvendor.expected_cost(demand, quantity, underage=price - cost, overage=cost - salvage)
        profit = newsvendor.expected_profit(demand, quantity, price, cost, salvage)
        assert profit == pytest.approx((price - cost) * 50 - mismatch, rel=1e-13)


def test_base_stock_with_lead_time():
    """If this fails, demand is not taken over lead time and review period together (example 4.4: L = 4, R = 1)."""
    level = base_stock.optimal_level(50, 8, lead_time=4, review=1, holding=0.18, penalty=0.7)
    assert level == pytest.approx(264.7668943741548, abs=1e-9)
    demand = base_stock.demand_over_protection(50, 8, lead_time=4, review=1)
    assert newsvendor.expected_cost(demand, level, 0.7, 0.18) == pytest.approx(4.466781004149578, abs=ROUNDING)
    assert newsvendor.expected_cost(demand, 180, 0.7, 0.18) == pytest.approx(49.000164748034095, abs=ROUNDING)
