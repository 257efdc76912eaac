"""Choice models made by hand: what they answer is checked, so that a slip raises instead of bending figures (R18)."""

from collections.abc import Sequence
from math import inf, isnan

from ...models.chance import Chance
from ...models.choice.protocols import AttemptChoice, Shares, SurplusChoice
from ...scenarios.settled import SettledSegment


def checked_choice(segment: SettledSegment, choice: object) -> SurplusChoice | AttemptChoice:
    """Return a choice model made by hand, with its answers checked.

    Raises
    ------
    ValueError
        If the object fulfils neither protocol, or gives no reservation prices although the segment waits, has a home,
        or pays for transfers in money (R8).
    """
    considered = len(segment.considers)
    if isinstance(choice, SurplusChoice):
        return CheckedSurplusChoice(segment.name, considered, choice)
    if not isinstance(choice, AttemptChoice):
        raise ValueError(
            f"choice of segment {segment.name!r} needs reservation_prices(chance) and shares(offered, prices), "
            f"or attempts, favourite, next_offer and shares (got {type(choice).__name__})"
        )
    part = segment.specification
    cost = part.transfer_cost
    if part.waiting or segment.home or cost.substitutive or cost.competitive or cost.strategic:
        raise ValueError(
            f"choice of segment {segment.name!r} gives no reservation prices, so that "
            "its home, waiting and transfer costs have no meaning (R8)"
        )
    return CheckedAttemptChoice(segment.name, considered, choice)


class CheckedSurplusChoice:
    """A `SurplusChoice` whose answers are checked."""

    def __init__(self, segment: str, considered: int, choice: SurplusChoice) -> None:
        self._segment = segment
        self._considered = considered
        self._choice = choice

    def reservation_prices(self, chance: Chance) -> Sequence[float]:
        """Return one customer's reservation prices, in money, by considered offer."""
        prices = [float(price) for price in self._choice.reservation_prices(chance)]
        if len(prices) != self._considered:
            raise ValueError(
                f"choice of segment {self._segment!r} returned {len(prices)} reservation prices "
                f"for {self._considered} offers"
            )
        if any(isnan(price) or price == inf for price in prices):
            raise ValueError(f"choice of segment {self._segment!r} returned a price that is no number: {prices}")
        return prices

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the expected share of customers whose best offer is each one."""
        return self._choice.shares(offered, prices)


class CheckedAttemptChoice:
    """An `AttemptChoice` whose answers are checked."""

    def __init__(self, segment: str, considered: int, choice: AttemptChoice) -> None:
        self._segment = segment
        self._considered = considered
        self._choice = choice

    @property
    def attempts(self) -> int | None:
        """How many substitutes a customer tries; None where there is no limit."""
        return self._choice.attempts

    def favourite(self, chance: Chance) -> int | None:
        """Return the position of the offer wanted first; None for buying nothing."""
        return self._checked(self._choice.favourite(chance))

    def next_offer(self, chance: Chance, failed: int, attempt: int) -> int | None:
        """Return the offer to try after one that failed, or None."""
        return self._checked(self._choice.next_offer(chance, failed, attempt))

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the expected share of customers who end with each offer."""
        return self._choice.shares(offered, prices)

    def _checked(self, position: int | None) -> int | None:
        if position is not None and not 0 <= position < self._considered:
            raise ValueError(
                f"choice of segment {self._segment!r} named the offer at position {position} "
                f"of {self._considered} considered offers"
            )
        return position
