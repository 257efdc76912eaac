"""Checks that all choice models make of what they are asked."""

from collections.abc import Sequence


def check_lengths(considered: int, offered: Sequence[bool], prices: Sequence[float]) -> None:
    """Check that a question about shares names every considered offer once.

    Parameters
    ----------
    considered
        Number of offers that the segment considers.
    offered
        Which of them can be had.
    prices
        Their prices, in money.

    Raises
    ------
    ValueError
        When one of the lengths differs from the number of considered offers.
    """
    if len(offered) != considered or len(prices) != considered:
        raise ValueError(
            f"offered and prices must have one entry for each of the {considered} considered offers "
            f"(got {len(offered)} and {len(prices)})"
        )
