"""Trees of weights in the kernel are those of the readable engine, whatever was changed in which order."""

import math
from random import Random

import numpy as np
import pytest

from demandshift.simulator import lazy_race
from demandshift.simulator.kernel.trees import add_all, leaf_at, put_weight, sum_without

START = 5
"""Where the tree begins in a longer array."""


def tree_of(weights, width):
    """Return an array that holds a tree of these weights, worked out at once."""
    trees = np.full(START + 2 * width + 3, np.nan)
    trees[START + width : START + 2 * width] = [*weights, *[0.0] * (width - len(weights))]
    add_all(trees, START, width)
    return trees


@pytest.mark.parametrize("offers", [1, 2, 3, 8, 11])
def test_one_change_at_a_time_leaves_the_same_sums(offers):
    """If this fails, sums depend on what was sold out before, and engines part ways by a rounding (R15)."""
    chance, width = Random(offers), 1 << (offers - 1).bit_length()
    weights = [math.exp(chance.uniform(-30, 30)) for _ in range(offers)]
    trees = tree_of(weights, width)
    for _ in range(40):
        leaf = chance.randrange(offers)
        weights[leaf] = chance.choice([0.0, math.exp(chance.uniform(-30, 30))])
        put_weight(trees, START, width, leaf, weights[leaf])
        expected = lazy_race._tree_of(weights)
        assert trees[START + 1 : START + 2 * width].tolist() == expected[1:]
        without = [0.0 if position == leaf else weight for position, weight in enumerate(weights)]
        assert sum_without(trees, START, width, leaf) == lazy_race._tree_of(without)[1]
    assert np.isnan(trees[:START]).all()
    assert np.isnan(trees[START + 2 * width :]).all()


@pytest.mark.parametrize("weights", [[2.0], [0.0, 3.0], [1.0, 0.0, 2.0, 0.0, 0.5], [0.0, 0.0, 0.0, 4.0, 1.0, 0.0]])
def test_a_part_of_the_sum_falls_to_its_owner(weights):
    """If this fails, a sale goes to what lacks stock, or by other shares than the weights."""
    width = 1 << (len(weights) - 1).bit_length()
    trees, borders = tree_of(weights, width), np.cumsum(weights)
    for wanted in [0.0, *np.linspace(0, borders[-1], 40, endpoint=False), *borders[borders < borders[-1]]]:
        owner = leaf_at(trees, START, width, float(wanted))
        assert owner == np.searchsorted(borders, wanted, side="right")
        assert owner == lazy_race._leaf(lazy_race._tree_of(weights), float(wanted))
    last = max(position for position, weight in enumerate(weights) if weight > 0)
    assert leaf_at(trees, START, width, math.inf) == last, "what rounding leaves"
