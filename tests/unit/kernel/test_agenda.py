"""The kernel's appointments come in the order of R2, as those of the readable engine's clock do."""

from random import Random

import pytest

from demandshift.simulator.clock import ORDER_BITS, RANKS, Clock, Rank
from demandshift.simulator.kernel import agenda

CAUSED = (Rank.DELIVER, Rank.EXPIRE, Rank.FILL, Rank.RETURN, Rank.REVIEW, Rank.DEPART)


def consequences(number):
    """Return what event causes what: delay, rank and order of each event that it brings about, always the same."""
    chance = Random(number)
    if number > 400:
        return []
    return [
        (chance.choice([0.0, 0.0, 0.25, 0.5]), chance.choice(CAUSED), chance.randrange(3))
        for _ in range(chance.choice([0, 1, 1, 2]))
    ]


def story_of_the_clock(beginnings):
    """Return in which order the readable engine's clock lets events happen."""
    clock, told, numbers = Clock(), [], iter(range(10_000))

    def happen(time, rank, order):
        number = next(numbers)
        event = clock.at(time, rank, order)

        def callback(_event):
            told.append((clock.now, number))
            for delay, next_rank, next_order in consequences(number):
                happen(clock.now + delay, next_rank, next_order)

        event.callbacks.append(callback)

    for beginning in beginnings:
        happen(*beginning)
    clock.run(until=50)
    return told


def story_of_the_kernel(state, beginnings):
    """Return in which order the kernel's agenda does."""
    told, numbers = [], iter(range(10_000))

    def schedule(time, rank, order):
        agenda.schedule(state, float(time), int(rank), int(order), agenda.FILL, 0, 0, next(numbers))

    state.moment[0].time = -1.0
    for beginning in beginnings:
        schedule(*beginning)
    while agenda.next_place(state.agenda) >= 0:
        event = state.agenda.events[agenda.next_place(state.agenda)]
        time, priority, number = float(event.time), int(event.priority), int(event.number)
        agenda.remove_next(state.agenda)
        among = priority >> ORDER_BITS
        moment = state.moment[0]
        moment.time, moment.turn, moment.rank = time, among // RANKS, among % RANKS - 2
        told.append((time, number))
        for consequence in consequences(number):
            schedule(time + consequence[0], *consequence[1:])
    return told


@pytest.mark.parametrize("seed", range(5))
def test_events_happen_as_with_the_readable_engines_clock(kernel_of, seed):
    """If this fails, the kernel has simultaneous events in another order than R2, or a round begins too early."""
    chance = Random(seed)
    beginnings = [(chance.randrange(8) / 4, chance.choice(CAUSED), chance.randrange(3)) for _ in range(30)]
    state = kernel_of().state
    told = story_of_the_kernel(state, beginnings)
    assert told == story_of_the_clock(beginnings)
    assert len(told) > len(beginnings)


def test_what_happened_leaves_its_place(kernel_of):
    """If this fails, the agenda runs full of events that have long happened."""
    state = kernel_of().state
    places = int(state.agenda.pool.left[0])
    for round_number in range(3 * places):
        agenda.schedule(state, float(round_number), int(Rank.FILL), 0, agenda.FILL, 0, 0, 0)
        agenda.remove_next(state.agenda)
    assert int(state.agenda.pool.left[0]) == places
    assert agenda.next_place(state.agenda) == -1
