"""The two questions that a choice model answers: one customer's wishes, and expected shares.

There are three ways of stating wishes. A model answers in one of them, and the engine tells them apart by the methods.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ..chance import Chance

Shares = npt.NDArray[np.float64]


@runtime_checkable
class SurplusChoice(Protocol):
    """A model that gives every customer a reservation price for every offer that the segment considers (R6)."""

    def reservation_prices(self, chance: Chance) -> Sequence[float]:
        """Return one customer's reservation prices, in money, by considered offer; −inf for what is never wanted."""
        ...

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the expected share of customers whose best offer is each one, among those offered at these prices.

        Shape (considered offers,); what is missing to 1 buys nothing.
        """
        ...


@runtime_checkable
class AttemptChoice(Protocol):
    """A model that gives a favourite and, for each failed attempt, the next offer to try (R8)."""

    @property
    def attempts(self) -> int | None:
        """How many substitutes a customer tries after the favourite; None where there is no limit."""
        ...

    def favourite(self, chance: Chance) -> int | None:
        """Return the position among the considered offers of the one wanted first; None for buying nothing."""
        ...

    def next_offer(self, chance: Chance, failed: int, attempt: int) -> int | None:
        """Return the offer to try after `failed`, at attempt number `attempt` (1 for the first substitute), or None."""
        ...

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the expected share of customers who end with each offer when those not offered cannot be had."""
        ...


@runtime_checkable
class RaceChoice(Protocol):
    """A logit whose customers are told by weights alone: the engine runs their race as far as it needs to (R6).

    Alternative j arrives after an exponential time of rate w_j, buying nothing after one of rate 1, and a surplus is
    scale · log(time of nothing / time of j). Every offer has a taste noise of its own.
    """

    @property
    def scale(self) -> float:
        """Spread of tastes, in money."""
        ...

    def weights(self, prices: Sequence[float]) -> list[float]:
        """Return the rate of each considered offer at these prices; 0 for what is never wanted."""
        ...

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the expected share of customers whose best offer is each one, among those offered at these prices."""
        ...


@runtime_checkable
class MoneyChoice(Protocol):
    """A model whose customers' gain can be told in money."""

    def mean_surplus(self, offered: Sequence[bool], prices: Sequence[float]) -> float:
        """Return what the offers at these prices are worth to a customer on average, over buying nothing, in money."""
        ...


Choice = SurplusChoice | AttemptChoice | RaceChoice
"""What an engine can be given for a segment."""
