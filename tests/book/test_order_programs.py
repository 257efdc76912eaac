"""Published newsvendors and their substitution, by sample-average programs.

Demand that is listed or Poisson goes in whole, one draw for each size with its probability, so that the program has the
book's own optimum. Continuous demand goes in as the midpoints of N equal slices of probability: the program's quantity
is then one of these midpoints, off by at most the gap to the next; its cost is off by less, for it is flat there.
"""

import itertools

import numpy as np
import pytest
from scipy import stats

from demandshift.models.optimise.orders import plan_orders, value_of
from demandshift.models.optimise.season import OrderQuestion, Season
from demandshift.models.optimise.season_end import own_demand_first

SLICES = 2000


def mismatch(demand, weight, short: float, over: float) -> OrderQuestion:
    """Return a newsvendor that only pays for units short and left over: its profit is minus the book's cost."""
    return OrderQuestion(
        Season(
            demand=np.asarray(demand, dtype=float).reshape(-1, 1),
            price=np.zeros(1),
            unit_cost=np.zeros(1),
            salvage=np.zeros(1),
            holding_cost=over,
            lost_sale_penalty=short,
            weight=weight,
        )
    )


def poisson(mean: float) -> tuple[np.ndarray, np.ndarray]:
    """Return sizes and probabilities; what is left out has less than 1e-16 of it."""
    sizes = np.arange(int(mean + 12 * np.sqrt(mean) + 20))
    probabilities = stats.poisson.pmf(sizes, mean)
    return sizes, probabilities / probabilities.sum()


# Evidence A, printed to all digits of a double. The solver takes a gain of 1e-7 for none: in a draw so rare that
# meeting its demand gains less, demand may go unmet, and the cost is off by what that comes to.
LISTED = [
    pytest.param(*poisson(6), 4, 1, 8, 3.570106945770946, id="example 4.7 without its fixed cost"),
    pytest.param(*poisson(18), 270, 200, 19, 786.0884409351115, id="problem 4.7 b"),
    pytest.param(*poisson(90), 1.25, 0.08, 105, 1.5450188691551778, id="problem 4.8 a"),
    pytest.param(
        range(1, 9), np.array([0.25, 0.05, 0.1, 0.2, 0.15, 0.1, 0.1, 0.05]), 1e6, 5e5, 5, 1_225_000, id="problem 4.8 b"
    ),
]


@pytest.mark.parametrize(("sizes", "probabilities", "short", "over", "quantity", "cost"), LISTED)
def test_snyder_shen_listed_demand(sizes, probabilities, short, over, quantity, cost):
    """If this fails, the program does not find the newsvendor's quantity and cost (Snyder & Shen 2019, ch. 4)."""
    plan = plan_orders(mismatch(sizes, probabilities, short, over))
    assert plan.quantities[0] == pytest.approx(quantity, abs=1e-6)
    gain = (short + over) * probabilities
    unmet = float(np.minimum(gain, 1e-7) @ sizes)
    assert -plan.value == pytest.approx(cost, rel=1e-12, abs=unmet)


def test_snyder_shen_away_from_the_optimum():
    """If this fails, the cost of a quantity that was not chosen is wrong (example 4.7 at 5 units)."""
    sizes, probabilities = poisson(6)
    unmet = float(np.minimum(5 * probabilities, 1e-7) @ sizes)
    cost = -value_of(mismatch(sizes, probabilities, 4, 1), np.array([5.0])).value
    assert cost == pytest.approx(6.590296024616344, abs=unmet)


CONTINUOUS = [
    pytest.param(stats.norm(50, 8), 0.70, 0.18, 56.60395592743389, 1.997605193176645, id="example 4.3"),
    pytest.param(stats.norm(900, 60), 79, 43, 922.7214038234755, 2718.196781782411, id="problem 4.1"),
    pytest.param(
        stats.norm(250, 8 * np.sqrt(5)), 0.7, 0.18, 264.7668943741548, 4.466781004149578, id="example 4.4, L + R = 5"
    ),
    pytest.param(stats.lognorm(0.3, scale=np.exp(6)), 0.1765, 1, 295.6266448071368, 29.44254358213529, id="scmo 4.19"),
]


@pytest.mark.parametrize(("demand", "short", "over", "quantity", "cost"), CONTINUOUS)
def test_snyder_shen_continuous_demand(demand, short, over, quantity, cost):
    """If this fails, slices of a normal or lognormal demand do not lead to the book's quantity and cost."""
    slices = demand.ppf((np.arange(SLICES) + 0.5) / SLICES)
    plan = plan_orders(mismatch(slices, None, short, over))
    near = slices[np.searchsorted(slices, quantity) + np.array([-2, 1])]
    assert near[0] <= plan.quantities[0] <= near[1]
    # The slices move cost by about the mean gap between them times the cost of a unit.
    assert -plan.value == pytest.approx(cost, abs=(slices[-1] - slices[0]) / SLICES * (short + over))


def test_nahmias_newsstand():
    """If this fails, the newsstand is off (Nahmias, example 5.1; evidence B: printed 15.24, from a rounded quantile).

    The exact quantile gives 15.2201; the printed one differs by the rounding of z to two digits, 0.005 · 4.74.
    """
    slices = stats.norm(11.73, 4.74).ppf((np.arange(SLICES) + 0.5) / SLICES)
    season = Season(np.maximum(slices, 0).reshape(-1, 1), np.array([0.75]), np.array([0.25]), np.array([0.1]))
    plan = plan_orders(OrderQuestion(season))
    gap = np.diff(slices)[np.searchsorted(slices, 15.22)]
    assert plan.quantities[0] == pytest.approx(15.220137448362854, abs=2 * gap)
    assert plan.quantities[0] == pytest.approx(15.24, abs=0.005 * 4.74 + 2 * gap)


# Evidence C: conditions of the papers, numbers by quadrature with an error of about 1e-3; prices, costs, salvage,
# shares 1 to 2 and 2 to 1, demands, quantities and profit of one owner, quantities of independent newsvendors.
SIDE = 45
NETESSINE_RUDI = [
    pytest.param(
        (10, 10), (5, 5), (1, 1), (0.5, 0.5), (stats.uniform(0, 100), stats.uniform(0, 100)),
        (51.788887, 51.788893), 322.26466, (55.5556, 55.5556), id="symmetric",
    ),
    pytest.param(
        (15, 12), (8, 7), (2, 1), (0.9, 0.2), (stats.uniform(0, 100), stats.uniform(0, 200)),
        (43.831706, 96.941473), 496.26924, (53.8462, 90.9091), id="asymmetric",
    ),
    pytest.param(
        (9, 9), (5, 5), (0.5, 0.5), (0.8, 0.8), (stats.expon(0, 30), stats.expon(0, 20)),
        (20.721581, 17.815703), 87.352757, (19.0763, 12.7176), id="exponential",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("price", "cost", "salvage", "shares", "demands", "quantities", "profit", "apart"), NETESSINE_RUDI
)
def test_netessine_rudi_one_owner(price, cost, salvage, shares, demands, quantities, profit, apart):
    """If this fails, one owner of two products that substitute each other does not stock what eq. 8 asks for."""
    middles = (np.arange(SIDE) + 0.5) / SIDE
    sides = [demand.ppf(middles) for demand in demands]
    season = Season(
        np.array(list(itertools.product(*sides))), np.array(price, float), np.array(cost, float),
        np.array(salvage, float),
    )  # fmt: skip
    question = OrderQuestion(season, shares=np.array([[0.0, shares[0]], [shares[1], 0.0]]))
    plan = plan_orders(question)
    # A cell of the grid of demand is what the quantities can be off by; profit is flat at the optimum.
    cell = np.array([side[np.searchsorted(side, at)] - side[np.searchsorted(side, at) - 1]
                     for side, at in zip(sides, quantities, strict=True)])  # fmt: skip
    assert (np.abs(plan.quantities - quantities) <= cell).all()
    assert plan.value == pytest.approx(profit, rel=0.01)
    # Moving a customer earns less than serving him in all three, so that the program is no relaxation.
    assert season.weights @ own_demand_first(question, plan.quantities) == pytest.approx(plan.value, rel=1e-9)
    # One who knows of the moves earns more than one who does not.
    alone = season.weights @ own_demand_first(question, np.array(apart))
    assert alone < plan.value
