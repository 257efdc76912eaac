"""Price paths of rivals that answer each other."""

import itertools

import numpy as np
import pytest

from demandshift.models.optimise.equilibrium import logit_equilibrium
from demandshift.models.optimise.path_game import PathGame


def game(capacity=np.inf, **settings):
    """Return two firms with one product each, on a fine ladder, in two periods."""
    return PathGame(
        prices=np.tile(np.arange(1.5, 4.01, 0.25), (2, 1)),
        worth=[[5.0, 4.5]],
        scale=[1.0],
        arrivals=[[10.0, 20.0]],
        firm=[0, 1],
        capacity=np.full(2, capacity),
        unit_cost=[1.0, 1.0],
        **settings,
    )


def test_without_stock_limits_it_is_the_logit_equilibrium():
    """If this fails, rivals' prices do not come into a firm's program, or come in with the wrong sign."""
    found, prices = game().play()
    exact = logit_equilibrium([5.0, 4.5], [1.0, 1.0], [0, 1], 1.0)
    assert found.is_equilibrium
    assert found.epsilon <= 1e-3 * found.profits.max()
    assert prices.shape == (1, 2, 2)
    assert np.abs(prices[0] - exact.prices[:, None]).max() <= 0.25
    assert found.profits[0] == pytest.approx(30 * exact.profits, rel=0.05)


def test_no_path_of_either_firm_earns_more():
    """If this fails, the certificate claims more than a search over all paths finds. Stock is scarce here."""
    scarce = game(capacity=7.0, only_down=True)
    found, prices = scarce.play()
    assert found.is_equilibrium
    assert (np.diff(prices[0], axis=1) <= 0).all()
    assert prices[0].min() > game().play()[1].min(), "scarce stock raises prices"
    points = np.array(found.choices[0]).reshape(2, 2)
    best = [
        max(
            scarce.profits(moved(points, which, path))[which]
            for path in itertools.product(range(11), repeat=2)
            if path[1] <= path[0]
        )
        for which in (0, 1)
    ]
    assert (np.array(best) <= found.profits[0] + found.gains[0] + 1e-6).all()


def moved(points, which, path):
    """Return the paths with one firm's replaced."""
    changed = points.copy()
    changed[which] = path
    return changed


def test_a_cycle_is_told():
    """If this fails, paths that undercut each other for ever are handed out as an equilibrium.

    Each firm has loyal buyers who look at nothing else, and competes for bargain hunters (Varian 1980).
    """
    never = -1000.0
    cycle = PathGame(
        prices=np.tile(np.arange(3.0, 10.0, 0.5), (2, 1)),
        worth=[[10.0, never], [never, 10.0], [8.0, 8.0]],
        scale=[0.35, 0.35, 0.25],
        arrivals=[[2.0], [2.0], [3.0]],
        firm=[0, 1],
        capacity=[np.inf, np.inf],
        unit_cost=[0.0, 0.0],
    )
    found, prices = cycle.play()
    assert not found.is_equilibrium
    assert len(prices) == len(found.choices) > 2
    assert found.epsilon > 0.1
