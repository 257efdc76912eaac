"""Netessine & Rudi 2003, Operations Research 51(2), and Parlar 1988: two newsvendors whose customers try the other.

Evidence level C: closed-form conditions, confirmed on instances of our own by midpoint quadrature with 1500 × 1500
points and by searches over deviations; no printed numbers.
"""

import numpy as np
import pytest

from demandshift.models.literature.newsvendor import optimal_quantity
from demandshift.models.optimise.outcome import SolverError
from demandshift.models.optimise.stock_equilibrium import CompetingNewsvendors
from demandshift.models.replenishment.demand_over import PoissonMixture

POINTS = 300
CELL = 1 / POINTS
"""Chance between two points of one demand: no condition on the grid can be met more closely."""


def uniform(most):
    """Return midpoints of equally likely parts of U(0, most)."""
    return most * (np.arange(POINTS) + 0.5) / POINTS


def exponential(mean):
    """Return midpoints of equally likely parts of an exponential distribution."""
    return -mean * np.log(1 - (np.arange(POINTS) + 0.5) / POINTS)


def game(one, other, price, cost, salvage, spill):
    """Return the game of two independent demands, on the grid of their midpoints."""
    demand = np.stack(np.meshgrid(one, other, indexing="ij"), axis=-1).reshape(-1, 2)
    return CompetingNewsvendors(demand, [[0, spill[0]], [spill[1], 0]], price, cost, salvage)


CASES = {
    "alike": (
        lambda: game(uniform(100), uniform(100), [10, 10], [5, 5], [1, 1], (0.5, 0.5)),
        [59.63333333333334, 59.63333333333334],
        [157.5374204, 157.5374204],
        [51.788887267680174, 51.7888925887699],
        322.26466008587477,
        [5 / 9, 5 / 9],
    ),
    "unlike": (
        lambda: game(uniform(100), uniform(200), [15, 12], [8, 7], [2, 1], (0.9, 0.2)),
        [59.00666666666666, 98.46666666666667],
        [221.73434165333336, 261.5407028628149],
        [43.831706009901154, 96.94147282926207],
        496.26923947294625,
        [7 / 13, 5 / 11],
    ),
    "exponential": (
        lambda: game(exponential(30), exponential(20), [9, 9], [5, 5], [0.5, 0.5], (0.8, 0.8)),
        [24.743268691151453, 20.78800858072527],
        [46.509270245277186, 38.23589726208535],
        [20.72158108203789, 17.815702840537547],
        87.35275719072125,
        [4 / 8.5, 4 / 8.5],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_alone_and_under_one_owner(name):
    """If this fails, customers spill the wrong way, a fractile is wrong, or one owner earns less than two firms."""
    build, nash, nash_profits, central, central_profit, fractiles = CASES[name]
    newsvendors = build()
    found = newsvendors.equilibrium()
    assert found.quantities == pytest.approx(nash, rel=CELL)
    assert found.profits == pytest.approx(nash_profits, rel=2e-3)
    reached = (newsvendors.effective_demand(found.quantities) <= found.quantities).mean(axis=0)
    assert reached == pytest.approx(fractiles, abs=CELL)
    assert found.epsilon <= 1e-9
    assert f"{found.epsilon:.2g}" in str(found)
    joint = newsvendors.joint_optimum()
    assert joint.profits.sum() == pytest.approx(central_profit, rel=1e-3)
    assert joint.quantities == pytest.approx(central, rel=0.01)
    assert joint.profits.sum() > found.profits.sum()
    assert (joint.quantities <= found.quantities + 1e-9).any(), "Prop. 6(ii)"
    for firm in (0, 1):
        for quantity in np.linspace(0, 250, 26):
            moved = found.quantities.copy()
            moved[firm] = quantity
            assert newsvendors.profits(moved)[firm] <= found.profits[firm] + 1e-9


@pytest.mark.parametrize("name", CASES)
def test_slopes_of_the_joint_profit(name):
    """If this fails, an owner forgets what more stock at one firm takes from the sales of the other (eq. 8)."""
    newsvendors, at = CASES[name][0](), np.array([47.0, 71.3])
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
        CASES["unlike"][0]().equilibrium(most_rounds=1)


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
