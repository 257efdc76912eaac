"""The order of events: SimPy's environment with absolute times and the ranks of R2.

SimPy orders events by time, then by an integer priority, then by the order in which they were scheduled, and knows
delays only. Both are bent here in one place: an appointment is put at an absolute time (a delay would come back as now
+ (t − now), which need not be t), and its priority is (round, rank, order) packed into one integer. A round goes
through R2's list once. What an event causes at its own instant takes its place further down the list of the same round
(a delivery fills waiting customers) or, where the list is past that place, in the next round (a review whose order
arrives at once).
"""

from collections.abc import Generator
from enum import IntEnum
from heapq import heappush
from math import inf

import simpy
from simpy.events import Event, EventPriority

Process = Generator[Event, object, None]


class Rank(IntEnum):
    """What happens first among simultaneous events (R2)."""

    BOOKS = -1
    """Close a period of the books; changes nothing in the world, so R2 need not name it."""
    OFFER = 0
    """Launch or withdraw an offer."""
    DELIVER = 1
    EXPIRE = 2
    PRICE = 3
    """Reprice, open or close."""
    FILL = 4
    """Fill waiting customers, oldest first."""
    RETURN = 5
    """Customers who come back, in the order in which they first came."""
    ARRIVE = 6
    """New customers."""
    REVIEW = 7
    """Stock review."""
    DEPART = 8
    """Departures, and the close of the season."""
    PAY = 9
    """Payments."""


RANKS = 16
"""Room for ranks in a round."""
_BEFORE_ALL = -2
ORDER_BITS = 40
"""Room for the order among events of one rank."""


def priority_of(turn: int, rank: int, order: int) -> int:
    """Return the one integer by which simultaneous events are sorted: by round, then rank, then order.

    SimPy's own urgent (0) and normal (1) events, the starts and ends of processes, come before all of them.
    """
    return ((turn * RANKS + rank + 2) << ORDER_BITS) + order


class Appointment(Event):
    """An event that takes place at a given time and rank."""

    def __init__(self, clock: "Clock", time: float, rank: Rank, order: int) -> None:
        super().__init__(clock)
        self._ok = True
        self._value = None
        clock.put(self, time, rank, order)


class Clock(simpy.Environment):
    """SimPy's environment with absolute appointments in the order of R2."""

    def __init__(self) -> None:
        super().__init__()
        self._turn_time = -1.0
        self._turn = (0, _BEFORE_ALL)

    def at(self, time: float, rank: Rank, order: int = 0) -> Appointment:
        """Return an event at an absolute time.

        Parameters
        ----------
        time : float
            When, in time units; not before now.
        rank : Rank
            Its place among simultaneous events.
        order : int
            Its place among simultaneous events of one rank, smaller first; then the order of scheduling decides.

        Raises
        ------
        ValueError
            If the time has passed.
        """
        return Appointment(self, time, rank, order)

    def put(self, event: Event, time: float, rank: Rank, order: int) -> None:
        """Put a triggered event into the queue at an absolute time, rank and order."""
        if time < self._now:
            raise ValueError(f"time {time} is before now ({self._now})")
        turn = 0
        if time == self._turn_time:
            current_turn, current_rank = self._turn
            turn = current_turn if rank > current_rank else current_turn + 1
        heappush(self._queue, (time, EventPriority(priority_of(turn, rank, order)), next(self._eid), event))

    @property
    def place(self) -> tuple[float, int, int]:
        """Time, round and rank of the event that is being processed."""
        return self._turn_time, *self._turn

    def next_place(self) -> tuple[float, int]:
        """Return time and priority of the next event; an infinite time where there is none."""
        if not self._queue:
            return inf, 0
        return self._queue[0][0], int(self._queue[0][1])

    def step(self) -> None:
        """Process the next event, remembering its place among simultaneous ones."""
        if self._queue:
            time, priority = self._queue[0][0], int(self._queue[0][1])
            place = priority >> ORDER_BITS
            if place:
                self._turn_time = time
                self._turn = (place // RANKS, place % RANKS - 2)
        super().step()
