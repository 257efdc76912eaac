"""One customer's decision as plain arithmetic: favourite, transfer costs, now or later (R7, R9, R10, R13, R8a).

Positions count the offers that the segment considers, in the order of declaration. A value of −inf stands for what is
not to be had. Both engines decide by these rules; here they are written to be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ..models.problem import Integers, Problem, Transfer

NOT_TO_BE_HAD = -inf


@dataclass(frozen=True, slots=True)
class SegmentView:
    """What the engine looks up about a segment, as plain lists."""

    segment: int
    offers: list[int]
    """The offers considered, in the order of declaration."""
    firms: list[int]
    """The firm of each."""
    substitutive_cost: float
    competitive_cost: float
    strategic_cost: float
    home_offer: int
    home_firm: int
    waits: bool
    discount: float
    longest_wait: float
    believed_chance: float
    expected_delay: float

    @classmethod
    def of(cls, problem: Problem, segment: int) -> "SegmentView":
        """Return the view of a segment of a problem."""
        segments = problem.segments
        row = slice(segments.consider_start[segment], segments.consider_start[segment + 1])
        considered: Integers = segments.consider_offer[row]
        cost = segments.transfer_cost[segment].tolist()
        return cls(
            segment=segment,
            offers=considered.tolist(),
            firms=problem.offers.firm[considered].tolist(),
            substitutive_cost=cost[Transfer.SUBSTITUTIVE],
            competitive_cost=cost[Transfer.COMPETITIVE],
            strategic_cost=cost[Transfer.STRATEGIC],
            home_offer=int(segments.home_offer[segment]),
            home_firm=int(segments.home_firm[segment]),
            waits=bool(segments.waits[segment]),
            discount=float(segments.discount[segment]),
            longest_wait=float(segments.longest_wait[segment]),
            believed_chance=float(segments.believed_chance[segment]),
            expected_delay=float(segments.expected_delay[segment]),
        )

    def kind(self, origin: int, other: int) -> Transfer:
        """Return the kind of a move between two considered offers, now (R9)."""
        return Transfer.SUBSTITUTIVE if self.firms[origin] == self.firms[other] else Transfer.COMPETITIVE

    def cost(self, origin: int, other: int) -> float:
        """Return what a move between two considered offers costs now, in money; nothing from an offer to itself."""
        if other == origin:
            return 0.0
        return self.substitutive_cost if self.firms[origin] == self.firms[other] else self.competitive_cost


def best(values: Sequence[float], preferred: int = -1) -> int:
    """Return the position of the largest value.

    Among equals `preferred`, then the first (R8a); −1 where all are −inf.
    """
    winner, largest = -1, NOT_TO_BE_HAD
    for position, value in enumerate(values):
        if value > largest:
            winner, largest = position, value
    return preferred if preferred >= 0 and winner >= 0 and values[preferred] == largest else winner


def origin_of(view: SegmentView, surplus: Sequence[float]) -> int:
    """Return the origin of a customer's demand (R7): the home, or else the favourite; −1 where no window is open.

    `surplus` is that of all offers in their window, to be had or not, and −inf for the others. A home that is shut, or
    a home firm with nothing open, is no home for the time being.
    """
    if view.home_offer >= 0:
        position = view.offers.index(view.home_offer)
        if surplus[position] > NOT_TO_BE_HAD:
            return position
    elif view.home_firm >= 0:
        own = [
            value if firm == view.home_firm else NOT_TO_BE_HAD for value, firm in zip(surplus, view.firms, strict=True)
        ]
        position = best(own)
        if position >= 0:
            return position
    return best(surplus)


def net_of_transfer(view: SegmentView, surplus: Sequence[float], origin: int) -> list[float]:
    """Return surplus less the transfer cost from the origin, by considered offer (R9)."""
    return [value - view.cost(origin, position) for position, value in enumerate(surplus)]


@dataclass(frozen=True, slots=True)
class Later:
    """The best that a customer could get later (R13)."""

    position: int
    """Position of the offer waited for."""
    value: float
    """What that is worth now, before the transfer cost, in money."""
    back_at: float
    """When the customer comes back, in time units; nan for a back-order, which brings the news itself."""

    @property
    def by_back_order(self) -> bool:
        """Whether the customer is written down rather than coming back on his own."""
        return self.back_at != self.back_at


NEVER = Later(-1, NOT_TO_BE_HAD, inf)
"""Nothing to wait for."""


def better_later(present: Later, candidate: Later, origin: int) -> Later:
    """Return the better of two prospects; among equals the origin's, then the one that was there first (R8a)."""
    if candidate.value > present.value:
        return candidate
    if candidate.value == present.value and candidate.position == origin != present.position:
        return candidate
    return present


def best_alternative(view: SegmentView, surplus: Sequence[float], origin: int, kind: Transfer) -> int:
    """Return the best alternative of a kind that beats buying nothing before its transfer cost (R10); −1 for none."""
    winner, largest = -1, NOT_TO_BE_HAD
    for position, value in enumerate(surplus):
        if position != origin and value >= 0 and value > largest and view.kind(origin, position) is kind:
            winner, largest = position, value
    return winner
