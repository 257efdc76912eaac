"""The order of events: SimPy's environment with absolute times and the ranks of R2.

SimPy orders events by time, then by an integer priority, then by the order in which they were scheduled, and knows
delays only. Both are bent here in one place: an appointment is put at an absolute time (a delay would come back as now
+ (t − now), which need not be t), and its priority is (round, rank, order) packed into one integer. A round goes
through R2's list once. What an event causes at its own instant takes its place further down the list of the same round
(a delivery fills waiting customers) or, where the list is past that place, in the next round (a review whose order
arrives at once).
"""

from enum import IntEnum
from heapq import heappush

import simpy
from simpy.events import Event, EventPriority


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


_RANKS = 16
_BEFORE_ALL = -2
_ORDER_BITS = 40


def instant(time: float) -> float:
    """Return the representative of a calendar time: nine decimals of a time unit.

    Firms meet at times that are computed in different ways (the end of a shelf life k·h + n·h, a review (k + n)·h);
    without this they would differ in the last bit and R2 would never see them as simultaneous.
    """
    return round(time, 9)


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
        # + 2: SimPy's own urgent (0) and normal (1) events, the starts and ends of processes, come at once.
        priority = ((turn * _RANKS + rank + 2) << _ORDER_BITS) + order
        heappush(self._queue, (time, EventPriority(priority), next(self._eid), event))

    def step(self) -> None:
        """Process the next event, remembering its place among simultaneous ones."""
        if self._queue:
            time, priority = self._queue[0][0], int(self._queue[0][1])
            place = priority >> _ORDER_BITS
            if place:
                self._turn_time = time
                self._turn = (place // _RANKS, place % _RANKS - 2)
        super().step()
