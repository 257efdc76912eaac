"""The kernel's own appointments: what customers cause, in the order of R2.

The twin of `demandshift.simulator.clock`, with the same rounds: what an event causes at its own instant takes its place
further down the list of the same round or, where the list is past that place, in the next one.
"""

from ..clock import ORDER_BITS, RANKS
from ..compiling import compiled, inlined
from .memory import Agenda, State
from .pools import give_back, take

# Kinds of events
DELIVER, EXPIRE, FILL, RETURN, REVIEW, GIVE_UP = 0, 1, 2, 3, 4, 5


@inlined
def begin(state: State, time: float, turn: int, rank: int) -> None:
    """Note which event is being processed. Modifies the moment in place."""
    moment = state.moment[0]
    moment.time = time
    moment.turn = turn
    moment.rank = rank


@compiled
def schedule(
    state: State, time: float, rank: int, order: int, kind: int, subject: int, detail: int, number: int
) -> None:
    """Put an event into the agenda, which is modified in place.

    Parameters
    ----------
    state : State
    time : float
        When, in time units; not before now.
    rank, order : int
        Its place among simultaneous events (R2), and among those of one rank.
    kind : int
        What happens.
    subject, detail, number : int
        To whom, and what the kind needs to know.
    """
    moment, agenda = state.moment[0], state.agenda
    turn = 0
    if time == moment.time:
        turn = moment.turn if rank > moment.rank else moment.turn + 1
    place = take(agenda.pool)
    event = agenda.events[place]
    event.time = time
    event.priority = ((turn * RANKS + rank + 2) << ORDER_BITS) + order
    event.sequence = agenda.sizes[1]
    event.kind = kind
    event.subject = subject
    event.detail = detail
    event.number = number
    agenda.sizes[1] += 1
    _rise(agenda, place)


@inlined
def next_place(agenda: Agenda) -> int:
    """Return the place of the earliest event; −1 where there is none."""
    return int(agenda.heap[0]) if agenda.sizes[0] > 0 else -1


@compiled
def remove_next(agenda: Agenda) -> None:
    """Take the earliest event out; its record stays readable until the next one is scheduled. Modified in place."""
    heap, sizes = agenda.heap, agenda.sizes
    give_back(agenda.pool, heap[0])
    sizes[0] -= 1
    length = sizes[0]
    if length == 0:
        return
    sinking = heap[length]
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= length:
            break
        if child + 1 < length and _earlier(agenda, heap[child + 1], heap[child]):
            child += 1
        if not _earlier(agenda, heap[child], sinking):
            break
        heap[hole] = heap[child]
        hole = child
    heap[hole] = sinking


@inlined
def _rise(agenda: Agenda, place: int) -> None:
    """Put an event at the end of the heap and let it rise to where it belongs."""
    heap, sizes = agenda.heap, agenda.sizes
    hole = sizes[0]
    sizes[0] += 1
    while hole > 0:
        parent = (hole - 1) // 2
        if not _earlier(agenda, place, heap[parent]):
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = place


@compiled
def _earlier(agenda: Agenda, one: int, other: int) -> bool:
    """Return whether one event comes before another: by time, priority, and who was scheduled first."""
    a, b = agenda.events[one], agenda.events[other]
    if a.time != b.time:
        return bool(a.time < b.time)
    if a.priority != b.priority:
        return bool(a.priority < b.priority)
    return bool(a.sequence < b.sequence)
