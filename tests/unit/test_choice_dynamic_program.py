"""The exact dynamic program of choice: small states by hand, and inputs without meaning."""

import numpy as np
import pytest

from demandshift.models.literature.choice_dynamic_program import solve_choice_program


def test_two_periods_by_hand():
    """If this fails, the last seat is not kept for the dear fare of tomorrow.

    One seat, fares 100 (chance 0.5) and 40 (chance 0.5), both open or the dear one alone. With one period to go both:
    70. With two: both give 70 at once, the dear one alone 0.5 · 100 + 0.5 · 70 = 85.
    """
    sales = [[0.0, 0.0], [0.5, 0.5], [0.5, 0.0]]
    solved = solve_choice_program(sales, [100.0, 40.0], [[1, 1]], [1], 2)
    assert solved.value[:, 1].tolist() == [0.0, 70.0, 85.0]
    assert solved.value[:, 0].tolist() == [0.0, 0.0, 0.0]
    assert solved.best_set[:, 1].tolist() == [1, 2]
    assert solved.best_set[:, 0].tolist() == [0, 0]


def test_a_sale_may_use_two_units():
    """If this fails, a product that needs two units is sold from one."""
    solved = solve_choice_program([[0.0], [1.0]], [10.0], [[2]], [3], 5)
    assert solved.value[5].tolist() == [0.0, 0.0, 10.0, 10.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sales": [[0.0, 0.0], [0.7, 0.7]]}, "sum to 1"),
        ({"sales": [[0.5, 0.5]]}, "must sell nothing"),
        ({"prices": [1.0]}, "do not fit"),
        ({"capacity": [-1]}, "at least 0"),
        ({"capacity": [3_000_000]}, "states"),
    ],
)
def test_numbers_that_have_no_meaning(change, said):
    """If this fails, chances above 1 or shapes that do not fit give a value."""
    settings = {"sales": np.array([[0.0, 0.0], [0.5, 0.5]]), "prices": [1.0, 2.0], "usage": [[1, 1]], "capacity": [2]}
    with pytest.raises(ValueError, match=said):
        solve_choice_program(**{**settings, **change}, periods=1)
