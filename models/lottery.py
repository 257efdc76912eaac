"""Shares that say which of several things somebody gets, and the draw that decides it."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

SUM_TOLERANCE = 1e-9
"""How far from 1 a sum of shares may be and still count as 1: shares are typed in decimals, sums are binary."""


def checked_shares(shares: Sequence[float], what: str) -> tuple[float, ...]:
    """Return shares as a tuple of floats, none negative and with a sum of at most 1.

    Parameters
    ----------
    shares
        The shares, each in [0, 1].
    what
        What they are shares of; it opens the text of an error.

    Raises
    ------
    ValueError
        When a share is negative or not a number, or when their sum is above 1.
    """
    checked = tuple(float(share) for share in shares)
    for share in checked:
        if not (math.isfinite(share) and share >= 0):
            raise ValueError(f"{what}: a share must be a number of at least 0 (got {share})")
    if sum(checked) > 1 + SUM_TOLERANCE:
        raise ValueError(f"{what}: shares must not sum to more than 1 (got {sum(checked):.9g})")
    return checked


class Lottery:
    """One thing of several by shares; what they lack to 1 is the share of none.

    Parameters
    ----------
    shares
        Share of each thing, in [0, 1]. A sum within 1e-9 of 1 counts as 1: then there is always a winner.
    what
        What they are shares of; it opens the text of an error.
    """

    def __init__(self, shares: Sequence[float], what: str = "shares") -> None:
        self.shares = checked_shares(shares, what)
        """Share of each thing."""
        self.cumulative = tuple(accumulate(self.shares))
        """Running sums of the shares, which a uniform draw is compared with."""
        self.beyond: int | None = None
        """Who wins with a draw above all sums; None for nobody."""
        if abs(sum(self.shares) - 1) <= SUM_TOLERANCE:
            # A draw above a sum that rounding left just short of 1 belongs to the last thing that anybody can get.
            self.beyond = max(position for position, share in enumerate(self.shares) if share > 0)

    @property
    def complete(self) -> bool:
        """Whether the shares sum to 1, so that somebody always gets something."""
        return self.beyond is not None

    def winner(self, uniform: float) -> int | None:
        """Return the position that a uniform draw in (0, 1) falls on, by inversion; None for none of them."""
        position = bisect_right(self.cumulative, uniform)
        return position if position < len(self.cumulative) else self.beyond
