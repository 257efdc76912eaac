"""Littlewood's rule: two published protection levels."""

import pytest

from demandshift.models.literature.littlewood import expected_revenue, protection_level
from demandshift.models.replenishment.demand_over import Discrete, NormalMixture, PoissonMixture


@pytest.mark.parametrize("encoding", ["poisson", "list"])
def test_gallego_example_1(encoding):
    """If this fails, P(D ≥ y) is taken for P(D > y), one seat off: printed 78.

    Gallego & Topaloglu 2019, ch. 1, Example 1; evidence level B. P(D ≥ 78) = 0.603 and P(D ≥ 79) = 0.559 at a ratio of
    0.6, so any likely mistake gives another seat.
    """
    demand = PoissonMixture([80])
    if encoding == "list":
        probabilities = [demand.pmf(units) for units in range(400)]
        total = sum(probabilities)
        demand = Discrete(range(400), [probability / total for probability in probabilities])
    assert 1 - demand.cdf(77) == pytest.approx(0.6034250778020991, abs=1e-12)
    assert 1 - demand.cdf(78) == pytest.approx(0.5594253703538776, abs=1e-12)
    assert protection_level(demand, high_price=100, low_price=60) == 78


def test_talluri_van_ryzin_first_level():
    """If this fails, the rule is wrong for normal demand.

    Talluri & van Ryzin 2004, Table 2.3: printed 16.7; evidence level A.
    """
    level = protection_level(NormalMixture([17.3], [5.8]), high_price=1050, low_price=567)
    assert level == pytest.approx(16.7, abs=0.05)
    assert level == pytest.approx(16.717, abs=0.0005), "recomputed"


@pytest.mark.parametrize(("low_mean", "capacity"), [(30, 40), (60, 50), (10, 45)])
def test_the_level_earns_the_most(low_mean, capacity):
    """If this fails, the protection level does not maximise the revenue of two classes, low before high."""
    low, high = PoissonMixture([low_mean]), PoissonMixture([25])
    revenue = [expected_revenue(low, high, capacity, seats, 100, 60) for seats in range(capacity + 1)]
    level = int(protection_level(high, 100, 60))
    assert max(revenue) == pytest.approx(revenue[level], rel=1e-12)
    assert revenue[level] > revenue[level - 2]
    assert revenue[level] > revenue[level + 2]
