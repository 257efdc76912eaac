"""Ranking lists: a finite number of customer types, each with what it wants first, second and so on.

The share of list l is given from outside (the nonparametric choice model of Farias, Jagabathula & Shah 2013).
A customer draws a list and buys

* with `Ranking`, the first offer of the list that can be had, whatever it costs: an `AttemptChoice` (R8);
* with `PricedRanking`, the offer of the greatest surplus R_lj − p_j if that is at least 0: a `SurplusChoice`, since
  prices decide the order (R8). Ties go to buying over nothing, then to the order of declaration (R8a).
"""

import math
from collections.abc import Sequence

import numpy as np

from ..chance import Chance, Purpose
from ..lottery import Lottery
from .inputs import check_lengths
from .protocols import Shares

LIST_SLOT = 0
"""Slot of the draw that decides a customer's list."""


def _lists(shares: Sequence[float], number: int) -> Lottery:
    """Return the draw of a list, after checking that every list has a share and that they sum to 1."""
    if len(shares) != number:
        raise ValueError(f"shares: needs one for each list (got {len(shares)} for {number})")
    lottery = Lottery(shares, "shares of lists")
    if not lottery.complete:
        raise ValueError(f"shares of lists: must sum to 1 (got {sum(shares):.9g})")
    return lottery


def _drawn_list(lottery: Lottery, chance: Chance) -> int:
    """Return the list of one customer."""
    drawn = lottery.winner(chance.uniform(Purpose.TYPE, LIST_SLOT))
    assert drawn is not None, "lists whose shares sum to 1 always have a winner"
    return drawn


class PricedRanking:
    """Lists of reservation prices: a `SurplusChoice`.

    Parameters
    ----------
    shares
        Share of customers with each list; they sum to 1.
    reservation_price
        By list and considered offer, what the offer is worth, in money; −inf where the list does not name it.

    Raises
    ------
    ValueError
        When shares and lists do not fit, lists differ in length, or a reservation price is no number or +inf.
    """

    def __init__(self, shares: Sequence[float], reservation_price: Sequence[Sequence[float]]) -> None:
        self.lottery = _lists(shares, len(reservation_price))
        """The draw of a list."""
        self._considered = len(reservation_price[0])
        for worths in reservation_price:
            if len(worths) != self._considered:
                raise ValueError(
                    f"reservation_price: every list needs one for each considered offer (got {len(worths)} and "
                    f"{self._considered})"
                )
            for worth in worths:
                if math.isnan(worth) or worth == math.inf:
                    raise ValueError(f"reservation_price: must be a number or −inf (got {worth})")
        self.reservation_price = tuple(tuple(float(worth) for worth in worths) for worths in reservation_price)
        """By list and considered offer, in money."""

    def reservation_prices(self, chance: Chance) -> Sequence[float]:
        """Return the reservation prices of one customer's list, in money, by considered offer."""
        return self.reservation_price[_drawn_list(self.lottery, chance)]

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the share of customers whose best offer is each one; what is missing to 1 buys nothing.

        Parameters
        ----------
        offered
            Which of the considered offers can be had. Shape (considered offers,).
        prices
            Their prices, in money. Shape (considered offers,).
        """
        check_lengths(self._considered, offered, prices)
        result = np.zeros(self._considered)
        for share, worths in zip(self.lottery.shares, self.reservation_price, strict=True):
            best: int | None = None
            best_surplus = 0.0
            for position, worth in enumerate(worths):
                surplus = worth - prices[position]
                # R8a: at a surplus of 0 the customer buys; of two equal offers the first declared wins.
                if offered[position] and (surplus > best_surplus or (best is None and surplus == 0.0)):
                    best, best_surplus = position, surplus
            if best is not None:
                result[best] += share
        return result

    def mean_surplus(self, offered: Sequence[bool], prices: Sequence[float]) -> float:
        """Return what the offers are worth to a customer on average, over buying nothing, in money.

        Arguments as those of `shares`.
        """
        check_lengths(self._considered, offered, prices)
        return sum(
            share
            * max([0.0, *(worth - price for worth, price, there in zip(worths, prices, offered, strict=True) if there)])
            for share, worths in zip(self.lottery.shares, self.reservation_price, strict=True)
        )


class Ranking:
    """Lists in order, without prices: an `AttemptChoice` that goes down its list to the end.

    Parameters
    ----------
    shares
        Share of customers with each list; they sum to 1.
    orders
        By list, positions of considered offers, best first. An empty list wants nothing.

    Raises
    ------
    ValueError
        When shares and lists do not fit, or a list names an offer twice or a negative position.
    """

    def __init__(self, shares: Sequence[float], orders: Sequence[Sequence[int]]) -> None:
        self.lottery = _lists(shares, len(orders))
        """The draw of a list."""
        for order in orders:
            if len(set(order)) != len(order):
                raise ValueError(f"orders: a list must not name an offer twice (got {list(order)})")
            if any(position < 0 for position in order):
                raise ValueError(f"orders: positions must be at least 0 (got {list(order)})")
        self.orders = tuple(tuple(order) for order in orders)
        """By list, positions of considered offers, best first."""
        self._following: tuple[dict[int, int | None], ...] = tuple(
            dict(zip(order, [*order[1:], None], strict=False))
            for order in self.orders  # nothing follows in an empty one
        )

    @property
    def attempts(self) -> None:
        """There is no limit but the end of the list."""
        return

    def favourite(self, chance: Chance) -> int | None:
        """Return the first offer of one customer's list; None for a list that wants nothing."""
        order = self.orders[_drawn_list(self.lottery, chance)]
        return order[0] if order else None

    def next_offer(self, chance: Chance, failed: int, attempt: int) -> int | None:  # noqa: ARG002 (the list knows)
        """Return the offer after `failed` on the same customer's list; None at its end.

        Raises
        ------
        ValueError
            When the list does not name `failed`: then there is no place to go on from.
        """
        following = self._following[_drawn_list(self.lottery, chance)]
        if failed not in following:
            raise ValueError(f"failed: this customer's list does not name the offer at position {failed}")
        return following[failed]

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the share of customers who end with each offer; what is missing to 1 buys nothing.

        Parameters
        ----------
        offered
            Which of the considered offers can be had. Shape (considered offers,).
        prices
            Not looked at: the lists are without prices. Shape (considered offers,).
        """
        check_lengths(len(offered), offered, prices)
        result = np.zeros(len(offered))
        for share, order in zip(self.lottery.shares, self.orders, strict=True):
            bought = next((position for position in order if offered[position]), None)
            if bought is not None:
                result[bought] += share
        return result
