"""Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019), ch. 5: reorder point and order quantity.

Evidence level A: printed numbers, reproduced by independent code that agrees to 2.9e-10.
"""

import pytest

from demandshift.models.literature.reorder_point import (
    Costs,
    normal_cost,
    normal_reorder_point,
    poisson_cost,
    poisson_optimum,
)

AGREEMENT = 1e-9
YEARLY, DEVIATION, LEAD_TIME = 1300, 150, 1 / 12
EXAMPLE_5_1 = Costs(holding=0.225, back_order=7.5, order=8)
DURING_LEAD_TIME = (YEARLY * LEAD_TIME, DEVIATION * LEAD_TIME**0.5)

POISSON = [
    pytest.param(1.5, 2, Costs(20, 150, 100), (3, 5, 107.9235806331498), id="example 5.8"),
    pytest.param(12, 0.5, Costs(4, 28, 4), (6, 7, 28.241312842169155), id="problem 5.2"),
]


@pytest.mark.parametrize(
    ("point", "quantity", "cost"), [(126.8, 328.5, 78.07116250928294), (100, 250, 87.34647802817499)]
)
def test_cost_with_normal_demand(point, quantity, cost):
    """If this fails, the integral of cost over the position is wrong (example 5.1)."""
    assert normal_cost(YEARLY, *DURING_LEAD_TIME, EXAMPLE_5_1, point, quantity) == pytest.approx(cost, abs=AGREEMENT)


def test_best_point_for_a_quantity_with_normal_demand():
    """If this fails, g(r) = g(r + Q) is solved wrongly (example 5.1 at Q = 318).

    The printed 127.7880349 and an independent computation differ by 1.7e-6, which is the tolerance.
    """
    point = normal_reorder_point(*DURING_LEAD_TIME, EXAMPLE_5_1, 318)
    assert point == pytest.approx(127.7880348669655, abs=1.7e-6)
    best = normal_cost(YEARLY, *DURING_LEAD_TIME, EXAMPLE_5_1, point, 318)
    for other in (point - 0.01, point + 0.01):
        assert normal_cost(YEARLY, *DURING_LEAD_TIME, EXAMPLE_5_1, other, 318) > best


@pytest.mark.parametrize(("rate", "lead_time", "costs", "printed"), POISSON)
@pytest.mark.parametrize("method", ["Federgruen & Zheng", "search"])
def test_optimum_with_poisson_demand(method, rate, lead_time, costs, printed):
    """If this fails, the algorithm stops too early, or the position's range is off by one."""
    if method == "search":
        found = min(
            (poisson_cost(rate, lead_time, costs, point, quantity), point, quantity)
            for point in range(-3, 20)
            for quantity in range(1, 25)
        )
        cost, point, quantity = found
    else:
        best = poisson_optimum(rate, lead_time, costs)
        cost, point, quantity = best.cost, best.reorder_point, best.quantity
    assert (point, quantity) == printed[:2]
    assert cost == pytest.approx(printed[2], abs=AGREEMENT)
