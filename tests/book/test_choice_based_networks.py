"""Bront, Méndez-Díaz & Vulcano 2009 and Liu & van Ryzin 2008: choice-based programs whose segments share products."""

import numpy as np
import pytest

from demandshift.models.literature.choice_dynamic_program import optimal_value
from demandshift.models.optimise.choice_based import choice_based_plan
from demandshift.models.optimise.offer_sets import LatentClassSets, every_set

BRONT_FARES = np.array([1200.0, 800, 500, 500, 800, 500, 300, 300])
BRONT_LEGS = np.array([[0.0, 1, 1, 0, 0, 1, 1, 0], [1, 0, 0, 0, 1, 0, 0, 0], [0, 1, 0, 1, 0, 1, 0, 1]])
BRONT_RATES = np.array([0.15, 0.15, 0.2, 0.25, 0.25])
BRONT_WEIGHTS = np.array(
    [
        [5.0, 0, 0, 0, 8, 0, 0, 0],
        [10, 6, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 8, 5, 0, 0],
        [0, 0, 4, 0, 0, 0, 8, 0],
        [0, 0, 0, 6, 0, 0, 0, 8],
    ]
)
BRONT_OUTSIDE = np.array([2.0, 5, 2, 2, 2])


def mixed_logit(rates, weights, outside):
    """Return what a set sells: the sum of the segments' logits."""

    def sales(items):
        offered = weights * np.isin(np.arange(weights.shape[1]), items)
        return rates @ (offered / (outside + offered.sum(axis=1))[:, None])

    return sales


def bront_sets():
    """Return all 256 sets of the small network."""
    return every_set(mixed_logit(BRONT_RATES, BRONT_WEIGHTS, BRONT_OUTSIDE), range(8), BRONT_FARES)


@pytest.mark.parametrize("encoding", ["columns", "listed"])
def test_bront_small_network(encoding):
    """If this fails, the greedy search and the exact one miss a set, or a shadow price is not that of its leg.

    Bront et al. 2009, Table 3: dual prices 0, 1134.55 and 500; evidence level A. The value was recomputed over all 255
    offer sets.
    """
    oracle = (
        LatentClassSets(BRONT_FARES, BRONT_WEIGHTS, BRONT_OUTSIDE, BRONT_RATES)
        if encoding == "columns"
        else bront_sets()
    )
    plan = choice_based_plan([(oracle, 30.0)], BRONT_LEGS, [10.0, 5, 5])
    assert plan.bid_prices == pytest.approx([0, 1134.55, 500], abs=0.005)
    assert plan.value == pytest.approx(11409.090909090906, rel=1e-9)
    assert plan.bound == pytest.approx(plan.value, rel=1e-9)
    assert plan.time_prices[0] == pytest.approx(107.87878787878765, abs=1e-6)


def test_bront_dynamic_program():
    """If this fails, the exact program offers what a leg has no seat for; recomputed over 396 states × 30 periods."""
    sets = bront_sets()
    value = optimal_value(sets.sales, BRONT_FARES, BRONT_LEGS.astype(int), [10, 5, 5], 30)
    assert value == pytest.approx(10843.217091833067, rel=1e-12)
    assert value < 11409.09, "the fluid program is a bound"


FLIGHT_FARES = np.array([400.0, 800, 500, 1000, 300, 600])
FLIGHTS = np.repeat(np.eye(3), 2, axis=1)
FLIGHT_RATES = np.array([0.1, 0.15, 0.2, 0.05])
FLIGHT_WEIGHTS = np.array([[0.0, 5, 0, 10, 0, 1], [5, 0, 1, 0, 10, 0], [10, 8, 6, 4, 3, 1], [8, 10, 4, 6, 1, 3]])
FEW, SOME, MANY = (1, 5, 5, 1), (1, 10, 5, 1), (5, 20, 10, 5)
PARALLEL_FLIGHTS = {
    (0.4, FEW): (39200.0, (800.0, 1000.0, 600.0)),
    (0.4, SOME): (39200.0, (800.0, 1000.0, 600.0)),
    (0.4, MANY): (37571.11, (751.08, 946.66, 285.77)),
    (0.6, FEW): (56884.13, (689.53, 870.32, 276.49)),
    (0.6, SOME): (56848.03, (687.45, 867.87, 270.39)),
    (0.6, MANY): (53819.91, (752.62, 946.16, 282.84)),
    (0.8, FEW): (71936.37, (689.53, 870.32, 276.49)),
    (0.8, SOME): (71794.82, (691.26, 864.09, 260.96)),
    (0.8, MANY): (61868.2, (434.44, 209.04, 0.0)),
    (1.0, FEW): (79155.65, (213.11, 40.99, 0.0)),
    (1.0, SOME): (76866.2, (208.46, 34.4, 0.0)),
    (1.0, MANY): (63255.63, (6.81, 0.0, 0.0)),
    (1.2, FEW): (80371.27, (121.82, 0.0, 0.0)),
    (1.2, SOME): (78045.4, (135.11, 0.0, 0.0)),
    (1.2, MANY): (63296.47, (6.81, 0.0, 0.0)),
}


@pytest.mark.parametrize(("tightness", "outside"), PARALLEL_FLIGHTS)
def test_parallel_flights(tightness, outside):
    """If this fails, overlapping segments are priced as if each were alone.

    Liu & van Ryzin 2008, sect. 6; evidence level B for 56,884 at 0.6 and (1, 5, 5, 1), the other fourteen recomputed.
    """
    value, duals = PARALLEL_FLIGHTS[tightness, outside]
    oracle = LatentClassSets(FLIGHT_FARES, FLIGHT_WEIGHTS, np.array(outside, dtype=float), FLIGHT_RATES)
    plan = choice_based_plan([(oracle, 300.0)], FLIGHTS, np.round(tightness * np.array([30, 50, 40])))
    assert plan.value == pytest.approx(value, abs=0.005)
    assert plan.bid_prices == pytest.approx(duals, abs=0.005)
    assert plan.bound == pytest.approx(plan.value, rel=1e-8)
    if (tightness, outside) == (0.6, FEW):
        assert plan.value == pytest.approx(56884, abs=0.5), "the published value"
