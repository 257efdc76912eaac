"""The two ordering policies on what a firm can see."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.models.observation import Observation
from demandshift.models.replenishment.order_up_to import OrderUpTo, constant_levels
from demandshift.models.replenishment.reorder_point import ReorderPoint


def seen(on_hand, on_order, back_orders, now=0.0):
    """Return what a firm sees of its stock; the rest is empty."""
    nothing = [0] * len(on_hand)
    return Observation(
        now=now,
        products=[f"product {number}" for number in range(len(on_hand))],
        on_hand=on_hand,
        on_order=on_order,
        back_orders=back_orders,
        sold=nothing,
        out_of_stock=[0.0] * len(on_hand),
        offers=(),
        prices=(),
        public_prices={},
    )


def test_order_up_to_counts_what_is_on_the_way_and_what_is_owed():
    """If this fails, the firm orders the same units at every review until they arrive."""
    policy = OrderUpTo(constant_levels((10, 10, 10)))
    assert policy.quantities(seen((3, 3, 12), (0, 5, 0), (2, 0, 1))) == [9, 2, 0]


def test_levels_may_follow_the_time():
    """If this fails, a seasonal level is that of another moment or another product."""
    policy = OrderUpTo(lambda product, now: int(10 * now) + product)
    assert policy.quantities(seen((0, 0), (0, 0), (0, 0), now=2.0)) == [20, 21]


def test_reorder_point_orders_at_the_point_and_not_above():
    """If this fails, orders are placed one unit too late or too early."""
    policy = ReorderPoint((5, 5, 5), (4, 4, 4))
    assert policy.quantities(seen((6, 5, 0), (0, 0, 0), (0, 0, 4))) == [0, 4, 12]


@settings(deadline=None, derandomize=True)
@given(st.integers(-20, 40), st.integers(-10, 30), st.integers(1, 15))
def test_reorder_point_orders_the_smallest_multiple_that_lifts_the_position(position, point, quantity):
    """If this fails, a firm that starts far below its point stays there, or orders a batch too many."""
    policy = ReorderPoint((point,), (quantity,))
    state = seen((max(position, 0),), (0,), (max(-position, 0),))
    (ordered,) = policy.quantities(state)
    expected = 0
    if position <= point:
        while position + expected <= point:
            expected += quantity
    assert ordered == expected


@pytest.mark.parametrize(
    ("points", "quantities", "text"),
    [((1,), (1, 2), "one for each of the 1 reorder points"), ((1,), (0,), "must be at least 1")],
)
def test_wrong_parameters_are_refused(points, quantities, text):
    """If this fails, a policy can order nothing for ever."""
    with pytest.raises(ValueError, match=text):
        ReorderPoint(points, quantities)
