"""Pools hand out each place once; tables count every key, however full they get."""

import operator
from collections import Counter
from random import Random

from demandshift.simulator.kernel import engine, pools, room


def test_a_place_belongs_to_one_at_a_time(kernel_of):
    """If this fails, two customers are written in one row."""
    pool = kernel_of().state.order_pool
    capacity = len(pool.free)
    taken = [pools.take(pool) for _ in range(capacity)]
    assert sorted(taken) == list(range(capacity))
    for place in (3, 7):
        pools.give_back(pool, place)
    assert {pools.take(pool), pools.take(pool)} == {3, 7}


def test_a_grown_pool_remembers_what_is_taken(kernel_of):
    """If this fails, a place is handed out twice after the pool grew, or lost for good."""
    state = kernel_of().state
    capacity = len(state.order_pool.free)
    taken = {pools.take(state.order_pool) for _ in range(capacity - 5)}
    grown = room.with_more_room(state)
    assert len(grown.orders) == 2 * len(state.orders) == 2 * capacity
    rest = {pools.take(grown.order_pool) for _ in range(capacity + 5)}
    assert taken | rest == set(range(2 * capacity))
    assert not taken & rest


def test_only_what_is_full_grows(kernel_of):
    """If this fails, a table of counts takes gigabytes of empty places along as it fills, or never gets its room."""
    parts = {
        "orders": lambda state: state.order_pool.left,
        "batches": lambda state: state.batch_pool.left,
        "visitors": lambda state: state.visitor_pool.left,
        "agenda.events": lambda state: state.agenda.pool.left,
    }
    for full, left in parts.items():
        state = kernel_of().state
        left(state)[0] = 0
        grown = room.with_more_room(state)
        for part in parts:
            length, before = (len(operator.attrgetter(part)(each)) for each in (grown, state))
            assert length == (2 if part == full else 1) * before, (full, part)
        for part in ("flows", "willing"):
            assert len(getattr(grown.books, part).rows) == len(getattr(state.books, part).rows), (full, part)
    for full in ("flows", "willing"):
        state = kernel_of().state
        table = getattr(state.books, full)
        table.length[0] = len(table.rows) // 2
        grown = room.with_more_room(state)
        assert len(getattr(grown.books, full).rows) == 2 * len(table.rows)
        assert len(grown.agenda.events) == len(state.agenda.events)
        assert len(grown.visitors) == len(state.visitors)


def test_every_key_is_counted(kernel_of):
    """If this fails, flows are booked under another flow's key, or forgotten when the table grows."""
    chance, expected = Random(1), Counter()
    state = kernel_of().state
    keys = [0, 1, 2**62 - 1, *(chance.randrange(2**62) for _ in range(100)), *range(1000, 1100)]
    for key in keys * 2 + keys[:50]:
        if 2 * int(state.books.willing.length[0]) >= len(state.books.willing.rows):
            state = room.with_more_room(state)
        pools.count_one(state.books.willing, key)
        expected[key] += 1
    table = state.books.willing
    keys, counts = engine._counted(table)
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == expected
    assert int(table.length[0]) == sum(key >= len(table.direct) for key in expected)
    assert 0 < len(table.direct) < len(expected), "some keys have a place of their own, and some have not"
