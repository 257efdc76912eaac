"""The one place where wanted quantities become orders (R3)."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.models.replenishment.rounding import order_units


@pytest.mark.parametrize(
    ("wanted", "pack", "minimum", "ordered"),
    [
        (0, 6, 10, 0),
        (-2.5, 1, 3, 0),
        (1e-10, 6, 0, 0),
        (3 + 1e-10, 1, 0, 3),
        (3 + 1e-8, 1, 0, 4),
        (3 - 1e-10, 1, 0, 3),
        (0.2, 1, 0, 1),
        (6, 6, 0, 6),
        (7, 6, 0, 12),
        (2, 6, 10, 12),
        (2, 1, 10, 10),
        (13, 1, 10, 13),
    ],
)
def test_orders_are_whole_packs_of_at_least_the_minimum(wanted, pack, minimum, ordered):
    """If this fails, noise of a computation orders a pack too many, or an order breaks the supplier's terms."""
    assert order_units(wanted, pack, minimum) == ordered


@settings(deadline=None, derandomize=True)
@given(st.floats(-1e6, 1e6), st.integers(1, 50), st.integers(0, 200))
def test_an_order_is_the_smallest_that_the_terms_allow(wanted, pack, minimum):
    """If this fails, rounding orders less than was wanted or more than it must."""
    ordered = order_units(wanted, pack, minimum)
    assert ordered % pack == 0
    if ordered == 0:
        assert wanted <= 1e-9
    else:
        assert ordered >= minimum
        assert ordered >= wanted - 1e-9
        assert ordered - pack < max(minimum, wanted)


@pytest.mark.parametrize(
    ("wanted", "pack", "minimum", "text"),
    [(math.nan, 1, 0, "wanted"), (math.inf, 1, 0, "wanted"), (1, 0, 0, "pack"), (1, 1, -1, "minimum")],
)
def test_wrong_terms_are_refused(wanted, pack, minimum, text):
    """If this fails, an order without meaning is placed."""
    with pytest.raises(ValueError, match=f"{text}: must be"):
        order_units(wanted, pack, minimum)
