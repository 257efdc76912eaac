"""What kind of move a change made of a customer: the words of the transfer matrix, across two worlds (R9, R11, R12)."""

from enum import IntEnum
from typing import Literal

import numpy as np

from ...models.problem import Integers
from ...simulator.ledger import Outcome
from .pairs import ABSENT, NOT_INTERESTED, PART

Of = Literal["demand", "purchases"]
"""What moved: what customers want, or what they buy in the end."""
OF: tuple[Of, ...] = ("demand", "purchases")

NOTHING = -1
"""Stands for no offer: wants nothing, or buys nothing."""
NOT_HERE = -2
"""Stands for no offer because the customer does not come in this world, or does not count in it."""


class Kind(IntEnum):
    """How a customer's demand, or purchase, differs between the worlds."""

    STAYED = 0
    """The same offer, or none, in both."""
    SUBSTITUTIVE = 1
    """Another offer of the same firm."""
    COMPETITIVE = 2
    """An offer of another firm."""
    STRATEGIC = 3
    """Bought at once in one world and later in the other, whatever and from whomever (R9)."""
    GAINED = 4
    """Wants nothing without the change, and something with it."""
    DETERRED = 5
    """Wants something without the change, and nothing with it."""
    REGAINED = 6
    """Buys with the change; without it wants something and goes without."""
    LOST = 7
    """Buys without the change; with it wants something and goes without."""
    PENDING = 8
    """Still waits at the end in one world, and not in the other."""
    CAME = 9
    """Comes, or counts, only with the change."""
    STAYED_AWAY = 10
    """Comes, or counts, only without the change."""


NET_KIND = {
    **{kind: kind.name.lower() for kind in (Kind.SUBSTITUTIVE, Kind.COMPETITIVE, Kind.STRATEGIC)},
    **dict.fromkeys((Kind.GAINED, Kind.DETERRED, Kind.REGAINED, Kind.LOST, Kind.PENDING), "nothing"),
    **dict.fromkeys((Kind.CAME, Kind.STAYED_AWAY), "absent"),
}
"""What moves both ways are called together, where one is set off against the other."""


def ends_and_kind(of: Of, moves: Integers, firms: tuple[Integers, Integers]) -> tuple[Integers, Integers, Integers]:
    """Return from where to where each row of a table of moves goes, and its kind.

    Parameters
    ----------
    of : "demand" or "purchases"
        Whether ends are what was wanted, the origin (R7), or what was bought.
    moves : array (rows, COLUMNS)
        See `demandshift.experiments.twins.pairs.Pair`.
    firms : arrays (offers + 1,)
        The firm of every offer without the change and with it; the last entry is nobody's.

    Returns
    -------
    Two arrays of offers, `NOTHING` or `NOT_HERE`, and an array of `Kind`, each of shape (rows,).
    """
    before, after = moves[:, 1 : 1 + PART].T, moves[:, 1 + PART : 1 + 2 * PART].T
    column = 0 if of == "demand" else 3
    start: Integers = np.where(before[2] == ABSENT, NOT_HERE, before[column])
    end: Integers = np.where(after[2] == ABSENT, NOT_HERE, after[column])
    kind = np.full(len(moves), int(Kind.COMPETITIVE), dtype=np.int64)
    # From the most general to the most particular: what stands later goes over what stands before.
    kind[firms[0][np.maximum(start, NOTHING)] == firms[1][np.maximum(end, NOTHING)]] = Kind.SUBSTITUTIVE
    kind[start == NOTHING] = Kind.GAINED
    kind[end == NOTHING] = Kind.DETERRED
    if of == "purchases":
        kind[(start == NOTHING) & (before[2] != NOT_INTERESTED)] = Kind.REGAINED
        kind[(end == NOTHING) & (after[2] != NOT_INTERESTED)] = Kind.LOST
    kind[start == end] = Kind.STAYED
    if of == "purchases":
        later = (before[2] == Outcome.POSTPONED) != (after[2] == Outcome.POSTPONED)
        kind[(start >= 0) & (end >= 0) & later] = Kind.STRATEGIC
        kind[(before[2] == Outcome.PENDING) != (after[2] == Outcome.PENDING)] = Kind.PENDING
    kind[end == NOT_HERE] = Kind.STAYED_AWAY
    kind[start == NOT_HERE] = Kind.CAME
    return start, end, kind
