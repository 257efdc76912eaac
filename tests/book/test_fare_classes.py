"""Fare classes: exact protection levels, with Littlewood as their limit, and inputs without meaning.

Published levels, efficient sets and the fare transformation are studies of `demandshift reproduce`.
"""

import numpy as np
import pytest

from demandshift.models.literature.efficient_fares import efficient_sets
from demandshift.models.literature.fare_classes import emsr_a, emsr_b, optimal_protection_levels
from demandshift.models.literature.littlewood import protection_level
from demandshift.models.replenishment.demand_over import PoissonMixture


def test_gallego_example_1_by_the_nested_program():
    """If this fails, the nested program is off by a seat where Littlewood's rule is exact: printed 78.

    Gallego & Topaloglu 2019, ch. 1, Example 1; evidence level B.
    """
    demands = [PoissonMixture([80]), PoissonMixture([50])]
    levels = optimal_protection_levels([100, 60], demands, most=200)
    assert levels.tolist() == [78.0] == [protection_level(demands[0], 100, 60)]


def test_exact_levels_by_trying_all():
    """If this fails, the recursion over marginal values does not earn the most: three classes, every pair of levels."""
    prices, demands, capacity = [10.0, 6.0, 4.0], [PoissonMixture([m]) for m in (4, 5, 6)], 12

    def revenue(levels):
        value = np.zeros(capacity + 1)
        for price, demand, kept in zip(prices, demands, (0, *levels), strict=True):
            chance = [demand.pmf(units) for units in range(capacity + 1)]
            value = np.array([_stage(value, price, chance, kept, left) for left in range(capacity + 1)])
        return value[capacity]

    best = max(revenue((first, second)) for first in range(capacity + 1) for second in range(first, capacity + 1))
    levels = optimal_protection_levels(prices, demands, most=40).astype(int)
    assert levels[1] <= capacity
    assert revenue(tuple(levels)) == pytest.approx(best, rel=1e-12)


def _stage(ahead, price, chance, kept, left):
    most = max(left - kept, 0)
    total = sum(chance[units] * (price * units + ahead[left - units]) for units in range(most))
    return total + (1 - sum(chance[:most])) * (price * most + ahead[left - most])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: emsr_a([1, 2], [1, 1], [1, 1]), "must fall"),
        (lambda: emsr_b([2, 1], [1, 1], [1, 0]), "above 0"),
        (lambda: emsr_b([2, 1], [1, 1], [1]), "one length"),
        (lambda: optimal_protection_levels([2, 1], [PoissonMixture([5])], 9), "must fall"),
        (lambda: optimal_protection_levels([9, 1], [PoissonMixture([50])] * 2, 9), "lies above 9"),
        (lambda: efficient_sets([-1], [1]), "at least 0"),
    ],
)
def test_numbers_that_have_no_meaning(call, said):
    """If this fails, a wrong input gives a level instead of an error."""
    with pytest.raises(ValueError, match=said):
        call()
