"""Making the kernel's memory, and more of it."""

import numpy as np

from ...models.problem import Problem
from .. import lazy_race
from ..books import Books
from ..stories import STORY
from . import entrances, memory
from .by_reference import assembled, changed, reference
from .facts import Inputs, Records
from .memory import Agenda, Blocks, BookArrays, Counts, Pool, Scratch, State

FIRST_CAPACITY = 64
"""Places in a pool at the start of a replication; pools double when they need to."""
MOST_DRAWN = 2**17
"""Draws that all blocks hold together, about, so that they stay near the processor."""
LARGEST_BLOCK, SMALLEST_BLOCK = 256, 64


def block_size_for(inputs: Inputs) -> int:
    """Return how many customers of each segment to draw beforehand: more where there are fewer segments and offers."""
    columns = len(inputs.columns) + 4 * len(inputs.segments)
    size = LARGEST_BLOCK
    while size > SMALLEST_BLOCK and size * columns > MOST_DRAWN:
        size //= 2
    return size


def make_state(
    problem: Problem,
    inputs: Inputs,
    books: Books,
    moment: Records,
    seed: int,
    replication: int,
    block_size: int,
    log_length: int,
) -> State:
    """Return the memory of one replication that has not begun.

    Parameters
    ----------
    problem, inputs
        What is simulated.
    books : Books
        Whose arrays the kernel writes.
    moment : record array
        The one row that it shares with them.
    seed, replication : int
        The key of all draws (R14).
    block_size : int
        Customers of each segment that are drawn at once.
    log_length : int
        Customers' stories to keep before they are handed over; 0 to keep none.
    """
    products, offers, segments = len(inputs.products), len(inputs.offers), len(inputs.segments)
    now = moment[0]
    now.time = -1.0
    now.rank = -2
    now.oversold = now.overcrowded = -1
    now.warm_up = problem.warm_up
    now.seed, now.replication, now.block_size = seed, replication, block_size

    shelf = _records(memory.PRODUCT_STATE, products)
    for name in ("first_batch", "last_batch", "first_order", "first_in_line", "last_in_line"):
        shelf[name] = -1
    on_sale = _records(memory.OFFER_STATE, offers)
    on_sale.price = inputs.offers.price
    on_sale.reason = 1
    ahead = _records(memory.SEGMENT_STATE, segments)
    ahead.piece = inputs.segments.piece_start
    ahead.page_surplus_factor = 1.0
    stalls = _records(memory.STALL_STATE, len(inputs.stalls))
    stalls.stale = 1

    capacity = FIRST_CAPACITY
    most_uses = max(1, int((inputs.offers.use_stop - inputs.offers.use_start).max(initial=0)))
    longest = int((inputs.segments.place_stop - inputs.segments.place_start).max(initial=1))
    batch_capacity = capacity + 2 * products
    # A power of two, as hash tables want it
    table = 4 * max(capacity, 1 << len(inputs.considered).bit_length())
    return assembled(
        State,
        moment=moment,
        products=shelf,
        offers=on_sale,
        segments=ahead,
        stalls=stalls,
        queue=np.zeros(segments, dtype=np.int64),
        agenda=assembled(
            Agenda,
            events=_records(memory.EVENT, capacity + 2 * products),
            pool=_pool(capacity + 2 * products),
            heap=np.zeros(capacity + 2 * products, dtype=np.int64),
            sizes=np.zeros(2, dtype=np.int64),
        ),
        batches=_records(memory.BATCH, batch_capacity),
        batch_pool=_pool(batch_capacity),
        orders=_records(memory.ORDER, capacity + products),
        order_pool=_pool(capacity + products),
        visitors=_records(memory.VISITOR, capacity),
        # The first row is whoever is at the shelf.
        visitor_pool=_pool(capacity, taken=1),
        links=_records(memory.LINK, capacity * most_uses),
        blocks=assembled(
            Blocks,
            times=np.zeros(segments * block_size),
            persons=np.zeros(segments * block_size, dtype=np.int64),
            tastes=np.zeros(len(inputs.columns) * block_size),
            favourites=np.zeros(segments * block_size, dtype=np.int64),
            weights=np.zeros(len(inputs.considered)),
            cumulative=np.zeros(len(inputs.considered)),
            guide=np.zeros(len(inputs.considered), dtype=np.int64),
            menu=np.zeros(len(inputs.considered), dtype=np.int64),
            menu_cumulative=np.zeros(len(inputs.considered)),
            available=np.zeros(len(inputs.considered), dtype=np.int64),
            low=np.zeros(block_size, dtype=np.int64),
            high=np.zeros(block_size, dtype=np.int64),
            best=np.zeros(block_size),
            second=np.zeros(block_size),
        ),
        books=assembled(
            BookArrays,
            heads=books.heads,
            consumer_surplus=books.consumer_surplus,
            stock=books.stock,
            stock_time=books.stock_time,
            cycles=books.cycles,
            offer_time=books.offer_time,
            sold=books.sold,
            sold_to_earlier=books.sold_to_earlier,
            product_money=books.product_money,
            offer_money=books.offer_money,
            cash=books.cash,
            timeline_products=books.timeline_products,
            timeline_offers=books.timeline_offers,
            served=np.zeros(len(inputs.considered), dtype=np.int64),
            flows=_counts(table),
            willing=_counts(table),
            log=_records(STORY, log_length),
        ),
        scratch=assembled(
            Scratch,
            worth=np.zeros(longest),
            again=np.zeros(longest),
            surplus=np.zeros(longest),
            in_window=np.zeros(longest),
            marks=np.zeros(longest, dtype=np.int64),
            words=np.zeros(lazy_race.SLOTS, dtype=np.int64),
        ),
    )


def with_more_room(state: State) -> State:
    """Return the same memory with twice the room where the fewest places are left; what it knows is carried over.

    Whoever needs more than one thing to grow asks again. If all grew with the fullest, a table of counts that keeps
    filling with an assortment would take many times its own size along in places that nobody needs.
    """
    books = state.books
    # Whoever waits may be concluded by a delivery, in a flow that is new.
    waiting = len(state.visitors) - int(state.visitor_pool.left[0])
    grow = {
        _with_more_appointments: int(state.agenda.pool.left[0]),
        _with_more_batches: int(state.batch_pool.left[0]),
        _with_more_orders: int(state.order_pool.left[0]),
        _with_more_visitors: int(state.visitor_pool.left[0]),
        _with_more_flows: _places_left(books.flows) - waiting,
        _with_more_willing: _places_left(books.willing),
    }
    return min(grow, key=grow.__getitem__)(state)


def _with_more_appointments(state: State) -> State:
    agenda = state.agenda
    pool = _grown_pool(agenda.pool)
    return changed(state, agenda=changed(agenda, events=_grown(agenda.events), pool=pool, heap=_grown(agenda.heap)))


def _with_more_batches(state: State) -> State:
    pool = _grown_pool(state.batch_pool)
    return changed(state, batches=_grown(state.batches), batch_pool=pool)


def _with_more_orders(state: State) -> State:
    pool = _grown_pool(state.order_pool)
    return changed(state, orders=_grown(state.orders), order_pool=pool)


def _with_more_visitors(state: State) -> State:
    pool = _grown_pool(state.visitor_pool)
    return changed(state, visitors=_grown(state.visitors), visitor_pool=pool, links=_grown(state.links))


def _with_more_flows(state: State) -> State:
    return changed(state, books=changed(state.books, flows=_grown_counts(state.books.flows)))


def _with_more_willing(state: State) -> State:
    return changed(state, books=changed(state.books, willing=_grown_counts(state.books.willing)))


def with_longer_log(state: State) -> State:
    """Return the same memory with room for twice as many stories, none of which is waiting to be handed over."""
    log = _records(STORY, 2 * len(state.books.log))
    return changed(state, books=changed(state.books, log=log))


def _records(kind: "np.dtype[np.void]", length: int) -> Records:
    return np.zeros(length, dtype=kind).view(np.recarray)


def _pool(capacity: int, taken: int = 0) -> Pool:
    """Return a pool whose first places are handed out first, without those that are taken for good."""
    free = np.zeros(capacity, dtype=np.int64)
    free[: capacity - taken] = np.arange(capacity - 1, taken - 1, -1)
    return assembled(Pool, free=free, left=np.array([capacity - taken], dtype=np.int64))


def _places_left(counts: Counts) -> int:
    """Return how many keys more a table takes; half of its places stay empty, so that keys are found at once."""
    return len(counts.keys) // 2 - int(counts.length[0])


def _counts(capacity: int) -> Counts:
    return assembled(
        Counts,
        keys=np.full(capacity, -1, dtype=np.int64),
        counts=np.zeros(capacity, dtype=np.int64),
        length=np.zeros(1, dtype=np.int64),
    )


def _grown(array: Records) -> Records:
    longer = np.zeros(2 * len(array), dtype=array.dtype)
    longer[: len(array)] = array
    return longer.view(type(array))


def _grown_pool(pool: Pool) -> Pool:
    left, capacity = int(pool.left[0]), len(pool.free)
    free = np.zeros(2 * capacity, dtype=np.int64)
    free[:left] = pool.free[:left]
    free[left : left + capacity] = np.arange(2 * capacity - 1, capacity - 1, -1)
    return assembled(Pool, free=free, left=np.array([left + capacity], dtype=np.int64))


def _grown_counts(counts: Counts) -> Counts:
    larger = _counts(2 * len(counts.keys))
    entrances.move_counts(reference(counts), reference(larger))
    return larger
