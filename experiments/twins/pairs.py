"""One replication of both worlds, customer by customer, reduced to counts of who did what in each.

A customer is the same in both worlds where segment, person and the moment of the first visit are (R14). Nothing is
written down but the counts, and they are checked against both ledgers before anybody sees them (R12, R16).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...models.problem import Integers
from ...simulator.engines import Replicate, check_and_compile, prepared
from ...simulator.ledger import NOBODY, Cause, Head, InvariantError, Ledger, Outcome
from ...simulator.stories import STORY, Stories
from ...simulator.world import World

NOT_INTERESTED = len(Outcome)
"""Stands for the outcome of who wants nothing."""
ABSENT = len(Outcome) + 1
"""Stands for the outcome of who does not come in this world, or does not count in it."""

PART = 4
"""Columns of what a customer did in one world: origin, cause, outcome, destination."""
COLUMNS = 1 + 2 * PART + 1
"""Columns of a table of moves: segment, what he did without the change, what with it, number of customers."""

PERSON_BITS = 40
"""Bits of a key that are the person's; the others are the segment's."""


class Pair(NamedTuple):
    """What one replication of both worlds leaves."""

    ledgers: tuple[Ledger, Ledger]
    moves: Integers
    """Shape (rows, COLUMNS): the cohort's customers by segment and what they did in both worlds, sorted.

    Positions are those of `Names`. Who wants nothing has origin and destination −1, cause 0 and the outcome
    `NOT_INTERESTED`; who does not come, or does not count, the same with the outcome `ABSENT`.
    """


@dataclass(frozen=True, slots=True)
class Names:
    """The segments and offers of both worlds: those of the first in its order, then those of the second alone."""

    segments: tuple[str, ...]
    offers: tuple[str, ...]

    @classmethod
    def of(cls, first: World, second: World) -> "Names":
        """Return the names of two worlds."""
        one, other = first.problem, second.problem
        return cls(
            tuple(dict.fromkeys((*one.segments.names, *other.segments.names))),
            tuple(dict.fromkeys((*one.offers.names, *other.offers.names))),
        )

    def places(self, world: World) -> tuple[Integers, Integers]:
        """Return where the segments and offers of a world stand; an additional last offer is nobody."""
        segments = [self.segments.index(name) for name in world.problem.segments.names]
        offers = [self.offers.index(name) for name in world.problem.offers.names]
        return np.array(segments, dtype=np.int64), np.array([*offers, NOBODY], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class PairWork:
    """Pairs of replications of two worlds, for `demandshift.simulator.replications`."""

    engine: str
    worlds: tuple[World, World]
    seed: int

    def check(self) -> None:
        """Say what the engine cannot do, and compile it."""
        for world in self.worlds:
            check_and_compile(self.engine, world)

    def ready(self) -> Callable[[int], Pair]:
        """Return what makes a pair."""
        replicates = [prepared(self.engine, world) for world in self.worlds]
        names = Names.of(*self.worlds)

        def make(replication: int) -> Pair:
            ledgers, cohorts = [], []
            for world, replicate in zip(self.worlds, replicates, strict=True):
                ledger, stories = _told(replicate, self.seed, replication)
                ledgers.append(ledger)
                cohorts.append(_cohort(stories, *names.places(world)))
            moves = moves_of(*cohorts)
            for side, (world, ledger) in enumerate(zip(self.worlds, ledgers, strict=True)):
                check_moves(moves, side, ledger, *names.places(world))
            return Pair((ledgers[0], ledgers[1]), moves)

        return make

    def take_failures(self) -> list[str]:
        """Return what policies of either world could not do."""
        return [failure for world in self.worlds for failure in world.take_failures()]


class Cohort(NamedTuple):
    """The customers of one world that count, in the order of their keys."""

    key: Integers
    """Segment and person as one number."""
    first_visit: Any
    did: Integers
    """Shape (customers, PART)."""


def _told(replicate: Replicate, seed: int, replication: int) -> tuple[Ledger, Stories]:
    """Return a replication's ledger and the stories of its cohort."""
    gathered: list[Any] = [np.zeros(0, dtype=STORY)]

    def take(stories: Stories) -> None:
        # A selection is a copy: whoever told the stories uses the rows again.
        gathered.append(np.asarray(stories)[stories["cohort"] != 0])

    ledger = replicate(seed, replication, take)
    return ledger, np.concatenate(gathered)


def _cohort(stories: Stories, segments: Integers, offers: Integers) -> Cohort:
    """Return stories with the positions of both worlds; `segments` and `offers` say where each stands."""
    wanted_nothing = stories["origin"] == NOBODY
    did = np.stack(
        [
            offers[stories["origin"]],
            np.where(wanted_nothing, int(Cause.NONE), stories["cause"]),
            np.where(wanted_nothing, NOT_INTERESTED, stories["outcome"]),
            offers[stories["destination"]],
        ],
        axis=1,
    )
    key = (segments[stories["segment"]] << PERSON_BITS) | stories["person"]
    order = np.argsort(key)
    return Cohort(key[order], stories["first_visit"][order], did[order])


def moves_of(without: Cohort, changed: Cohort) -> Integers:
    """Return how many customers did what in both worlds; see `Pair.moves`.

    Raises
    ------
    InvariantError
        If a world has one person twice.
    """
    for cohort in (without, changed):
        if (np.diff(cohort.key) == 0).any():
            raise InvariantError("books: a person has two stories in one world (R12)")
    _, mine, theirs = np.intersect1d(without.key, changed.key, assume_unique=True, return_indices=True)
    # Who has the number of somebody who comes at another moment is somebody else.
    same = without.first_visit[mine] == changed.first_visit[theirs]
    mine, theirs = mine[same], theirs[same]
    only_mine = np.setdiff1d(np.arange(len(without.key)), mine, assume_unique=True)
    only_theirs = np.setdiff1d(np.arange(len(changed.key)), theirs, assume_unique=True)
    absent = np.array([NOBODY, Cause.NONE, ABSENT, NOBODY], dtype=np.int64)

    key = np.concatenate([without.key[mine], without.key[only_mine], changed.key[only_theirs]])
    before = np.concatenate(
        [without.did[mine], without.did[only_mine], np.broadcast_to(absent, (len(only_theirs), PART))]
    )
    after = np.concatenate(
        [changed.did[theirs], np.broadcast_to(absent, (len(only_mine), PART)), changed.did[only_theirs]]
    )
    return _counted(np.column_stack([key >> PERSON_BITS, before, after]))


def _counted(rows: Integers) -> Integers:
    """Return different rows, sorted, with the number of times that each is there at their end."""
    if not len(rows):
        return np.zeros((0, rows.shape[1] + 1), dtype=np.int64)
    order = np.lexsort(rows.T[::-1])
    rows = rows[order]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(rows, axis=0) != 0).any(axis=1)]))
    times = np.diff(np.concatenate([first, [len(rows)]]))
    return np.column_stack([rows[first], times])


def check_moves(moves: Integers, side: int, ledger: Ledger, segments: Integers, offers: Integers) -> None:
    """Check that the moves of one world are its transfer matrix and its head count, to the customer.

    Parameters
    ----------
    moves : array (rows, COLUMNS)
        Those of both worlds.
    side : int
        0 for the world without the change, 1 for the one with it.
    ledger : Ledger
        Its books.
    segments, offers : arrays
        Where its segments and offers stand, as `Names.places` says.

    Raises
    ------
    InvariantError
        If they differ.
    """
    first = 1 + side * PART
    did = np.column_stack([moves[:, 0], moves[:, first : first + PART]])
    interested = did[:, 3] < NOT_INTERESTED
    booked = _summed(np.column_stack([did[interested], moves[interested, -1]]))
    flows = ledger.flows.copy()
    flows[:, 0], flows[:, 1], flows[:, 4] = segments[flows[:, 0]], offers[flows[:, 1]], offers[flows[:, 4]]
    if not np.array_equal(booked, _summed(flows)):
        raise InvariantError("books: the customers of a twin are not those of the transfer matrix (R11, R12)")
    nothing = did[:, 3] == NOT_INTERESTED
    heads = np.bincount(did[nothing, 0], weights=moves[nothing, -1], minlength=int(segments.max()) + 1)
    if not np.array_equal(heads[segments], ledger.heads[:, Head.NOT_INTERESTED]):
        raise InvariantError("books: the customers of a twin who want nothing are not those of the ledger (R11, R16)")


def _summed(rows: Integers) -> Integers:
    """Return different rows without their last column, sorted, with the sums of the last."""
    if not len(rows):
        return rows
    rows = rows[np.lexsort(rows[:, :-1].T[::-1])]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(rows[:, :-1], axis=0) != 0).any(axis=1)]))
    return np.column_stack([rows[first, :-1], np.add.reduceat(rows[:, -1], first)])
