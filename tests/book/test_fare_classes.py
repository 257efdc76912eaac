"""Fare classes: EMSR, exact protection levels, efficient sets, the fare transformation; Littlewood as their limit."""

import numpy as np
import pytest

from demandshift.models.literature.efficient_fares import efficient_sets
from demandshift.models.literature.fare_classes import emsr_a, emsr_b, optimal_protection_levels
from demandshift.models.literature.littlewood import protection_level
from demandshift.models.optimise.offer_sets import ListedSets
from demandshift.models.replenishment.demand_over import NormalMixture, PoissonMixture


def test_talluri_van_ryzin_four_classes():
    """If this fails, EMSR-a and EMSR-b are exchanged, or the exact levels are not nested.

    Talluri & van Ryzin 2004, Tables 2.3 to 2.5; evidence level A for EMSR (printed to a tenth, quoted with 0.1). The
    printed optimal levels come from a simulation and lie up to 0.41 off the exact ones, which were recomputed two ways
    to within 0.05.
    """
    fares, means, deviations = [1050, 567, 534, 520], [17.3, 45.1, 39.6, 34.0], [5.8, 15.0, 13.2, 11.3]
    assert emsr_a(fares, means, deviations) == pytest.approx([16.7, 38.7, 55.7], abs=0.05)
    assert emsr_a(fares, means, deviations) == pytest.approx([16.717, 38.725, 55.679], abs=0.0005)
    assert emsr_b(fares, means, deviations) == pytest.approx([16.7, 50.9, 83.2], abs=0.05)
    assert emsr_b(fares, means, deviations) == pytest.approx([16.717, 50.944, 83.155], abs=0.0005)
    demands = [NormalMixture([mean], [deviation]) for mean, deviation in zip(means, deviations, strict=True)]
    levels = optimal_protection_levels(fares, demands, most=160, step=0.05)
    assert levels == pytest.approx([16.72, 42.49, 72.71], abs=0.05)


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


def test_fiig_fare_transformation():
    """If this fails, a fare is adjusted by average instead of marginal revenue.

    Fiig, Isler, Hopperstad & Belobaba 2010, p. 13: six fares that customers buy down; printed adjusted fares 1200, 427,
    231 and 28, the fares 400 and 200 inefficient, protection levels 20, 35, 54, 80, 117 and 35, 52, 84 (adjusted);
    evidence level A. The paper rounds demand to a tenth: its 427 is 427.52 exactly.
    """
    fares = np.array([1200.0, 1000, 800, 600, 400, 200])
    demand, deviations = np.array([31.2, 10.9, 14.8, 19.9, 26.9, 36.3]), np.array([11.2, 6.6, 7.7, 8.9, 10.4, 12.0])
    found = efficient_sets(np.cumsum(demand), fares * np.cumsum(demand))
    assert found.position.tolist() == [0, 1, 2, 3]
    assert found.adjusted_fare == pytest.approx([1200, 427, 231, 28], abs=0.53)
    assert found.adjusted_fare == pytest.approx([1200.0, 427.523, 231.081, 28.141], abs=0.0005)
    assert found.added_sales == pytest.approx(demand[:4])
    assert np.round(emsr_b(fares, demand, deviations)).tolist() == [20, 35, 54, 80, 117]
    adjusted = emsr_b(found.adjusted_fare, demand[:4], deviations[:4])
    assert np.round(adjusted).tolist() == [35, 52, 84]


TVR_FARES = np.array([800.0, 500, 450])
TVR_CHANCES = {
    "Y": [0.3, 0, 0],
    "M": [0, 0.4, 0],
    "K": [0, 0, 0.5],
    "YM": [0.1, 0.6, 0],
    "YK": [0.3, 0, 0.5],
    "MK": [0, 0.4, 0.5],
    "YMK": [0.1, 0.4, 0.5],
}
TVR_MARGINAL = [780, 624, 520, 445.71, 390, 346.67, 312.0, 283.64, 260.0, 240, 222.86, 208, 195, 183.53, 173.33]
TVR_MARGINAL += [164.21, 156, 148.57, 141.82, 135.65]


def test_talluri_van_ryzin_efficient_sets():
    """If this fails, a set is dominated by a mixture and yet offered, or the optimal sets do not nest.

    Talluri & van Ryzin 2004, Tables 2.9 and 2.10; evidence level A: Q and R of all sets; Y, YK and YMK efficient; for
    20 units left Y for 3, YK for 9, YMK for 8, hence protection levels 3, 12 and 20.
    """
    names, chances = list(TVR_CHANCES), np.array(list(TVR_CHANCES.values()))
    sales, revenue = chances.sum(axis=1), chances @ TVR_FARES
    assert sales == pytest.approx([0.3, 0.4, 0.5, 0.7, 0.8, 0.9, 1])
    assert revenue == pytest.approx([240, 200, 225, 380, 465, 425, 505])
    assert [names[each] for each in efficient_sets(sales, revenue).position] == ["Y", "YK", "YMK"]
    oracle = ListedSets([["YMK".index(fare) for fare in name] for name in names], chances, revenue)
    offered = []
    for worth in TVR_MARGINAL:
        found, net = oracle.best(np.full(3, worth))
        assert net == pytest.approx(found.net(np.full(3, worth)))
        offered.append("".join("YMK"[item] for item in found.items))
    runs = [(name, offered.count(name)) for name in dict.fromkeys(offered)]
    assert runs == [("Y", 3), ("YK", 9), ("YMK", 8)]
    assert np.cumsum([count for _, count in runs]).tolist() == [3, 12, 20]


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
