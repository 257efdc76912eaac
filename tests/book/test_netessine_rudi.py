"""Netessine & Rudi 2003, Operations Research 51(2), and Parlar 1988: two newsvendors whose customers try the other.

The figures are the study `substitution-game` of `demandshift reproduce`; here are searches over deviations, slopes, and
games whose answer is plain.
"""

import numpy as np
import pytest

from demandshift.experiments.reproduce.case import find_case
from demandshift.experiments.reproduce.substitution_game import game_of
from demandshift.models.literature.newsvendor import optimal_quantity
from demandshift.models.optimise.outcome import SolverError
from demandshift.models.optimise.stock_equilibrium import CompetingNewsvendors
from demandshift.models.replenishment.demand_over import PoissonMixture

POINTS = 300

CASES = ("alike", "unlike", "exponential")


def game(name):
    """Return the game of a case of the study."""
    return game_of(find_case("substitution-game").parameters[name], POINTS)


@pytest.mark.parametrize("name", CASES)
def test_nobody_gains_by_moving_alone(name):
    """If this fails, what is handed out as an equilibrium is none; the study `substitution-game` has the figures."""
    newsvendors = game(name)
    found = newsvendors.equilibrium()
    assert found.epsilon <= 1e-9
    assert f"{found.epsilon:.2g}" in str(found)
    for firm in (0, 1):
        for quantity in np.linspace(0, 250, 26):
            moved = found.quantities.copy()
            moved[firm] = quantity
            assert newsvendors.profits(moved)[firm] <= found.profits[firm] + 1e-9


@pytest.mark.parametrize("name", CASES)
def test_slopes_of_the_joint_profit(name):
    """If this fails, an owner forgets what more stock at one firm takes from the sales of the other (eq. 8)."""
    newsvendors, at = game(name), np.array([47.0, 71.3])
    for firm in (0, 1):
        step = 0.6 * (np.arange(2) == firm)
        rise = (newsvendors.profits(at + step).sum() - newsvendors.profits(at - step).sum()) / 1.2
        assert newsvendors.joint_slopes(at)[firm] == pytest.approx(rise, abs=0.03)


def test_against_a_rival_who_never_runs_out():
    """If this fails, the best answer to a rival with enough for all is not the plain newsvendor's."""
    rng = np.random.default_rng(5)
    demand = rng.poisson((40, 30), (4000, 2))
    newsvendors = CompetingNewsvendors(demand, [[0, 0.7], [0.6, 0]], 9.0, 5.0, 1.0)
    assert newsvendors.best_response([0, 1e9], 0) == np.quantile(demand[:, 0], 0.5, method="inverted_cdf")
    assert abs(newsvendors.best_response([0, 1e9], 0) - optimal_quantity(PoissonMixture([40]), 4.0, 4.0)) <= 1
    assert newsvendors.best_response([0, 5.0], 0) > newsvendors.best_response([0, 1e9], 0)


def test_substitution_goes_to_who_has_stock():
    """If this fails, the direction is turned: only customers of the first firm try the other one."""
    newsvendors = CompetingNewsvendors([[10.0, 4.0]], [[0, 0.5], [0, 0]], 3.0, 1.0, 0.0)
    assert newsvendors.effective_demand([6.0, 1.0]).tolist() == [[10.0, 6.0]]
    found = newsvendors.equilibrium()
    assert found.quantities.tolist() == [10.0, 4.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"spill": [[0, 1.1], [0, 0]]}, "spill"),
        ({"spill": [[0.1, 0], [0, 0]]}, "spill"),
        ({"cost": 12.0}, "each must be above"),
        ({"demand": [[-1.0, 1.0]]}, "at least 0"),
        ({"demand": []}, "not empty"),
        ({"weights": [0.0]}, "more than 0"),
        ({"weights": [1.0, 1.0]}, "shapes"),
    ],
)
def test_numbers_that_have_no_meaning(change, said):
    """If this fails, a game without meaning is played."""
    settings = {"demand": [[1.0, 1.0]], "spill": np.zeros((2, 2)), "price": 9.0, "cost": 5.0, "salvage": 1.0}
    with pytest.raises(ValueError, match=said):
        CompetingNewsvendors(**{**settings, **change})


def test_too_few_rounds_are_no_equilibrium():
    """If this fails, quantities that still move are handed out as an equilibrium."""
    with pytest.raises(SolverError, match="still move"):
        game("unlike").equilibrium(most_rounds=1)


def test_three_firms_alike_stock_more_than_one_owner():
    """If this fails, competition of three firms does not settle, or stocks less together than their owner would.

    Lippman & McCardle 1997 and Netessine & Rudi 2003: where all are alike, competition never stocks less.
    """
    demand = np.random.default_rng(11).gamma(4.0, 10.0, (20_000, 3))
    spill = np.full((3, 3), 0.4) - 0.4 * np.eye(3)
    newsvendors = CompetingNewsvendors(demand, spill, 10.0, 6.0, 2.0)
    found, joint = newsvendors.equilibrium(), newsvendors.joint_optimum()
    assert found.epsilon <= 1e-9
    assert found.quantities.sum() > joint.quantities.sum()
    assert joint.profits.sum() > found.profits.sum()
    assert len(joint.peaks) == 6
