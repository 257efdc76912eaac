"""What the kernel changes while a replication runs: NamedTuples of arrays, all modified in place.

Every group ends with the table of where its arrays lie (`by_reference`).

What grows with the run (appointments, batches, waiting customers, distinct flows) lives in pools. A pool that is nearly
full makes the kernel come back before it goes on, and its caller, who alone can make arrays, doubles it.
"""

from typing import NamedTuple

from ...models.problem import Floats, Integers
from ..stories import STORY
from .by_reference import FLOATS, INTEGERS, array_of, by_reference, reader
from .facts import Records, record_type

MOMENT = record_type(
    # The event that is being processed: what it causes is placed after it (R2)
    time=float,
    turn=int,
    rank=int,
    # Set by the calendar
    counting=int,
    period=int,
    # Set by the kernel
    came=int,
    tariff=int,
    oversold=int,  # a product of which more was sold than was there, or −1
    overcrowded=int,  # a segment that ran out of numbers for persons, or −1
    log_length=int,
    due=float,  # nothing happens in the kernel before this time
    # Of the run
    warm_up=float,
    seed=int,
    replication=int,
    block_size=int,
    reviews_before=int,  # the order of the first continuous review among simultaneous ones
)

PRODUCT_STATE = record_type(
    # What a quiet sale looks at and changes stands together
    on_hand=int,
    quiet=int,  # sales that leave at least so many units cause nothing: no offer lacks it, no review is called for
    since=float,
    sale_time=float,  # of quiet sales since then, how long after it they took place, in all
    counted=int,  # units on hand, had there been no quiet sales since then
    on_order=int,
    back_orders=int,
    sold=int,
    out_time=float,
    cycle_since=float,
    turned_away=int,
    review_due=int,
    orders_placed=int,
    alert=int,  # at this many units on hand or more, no offer lacks the product
    first_batch=int,
    last_batch=int,
    first_order=int,
    first_in_line=int,
    last_in_line=int,
    line_length=int,
    # Since the calendar last turned a page of the books
    page_sold=int,
    page_on_hand_time=float,
    page_out_time=float,
)

OFFER_STATE = record_type(
    price=float,
    open=int,
    protection=int,
    reason=int,
    since=float,
    # Since the calendar last turned a page of the books
    page_demand=int,
    page_turned_away=int,
    page_sold=int,
    page_to_earlier=int,
    page_revenue=float,
)

SEGMENT_STATE = record_type(
    next_time=float,
    # The block of customers drawn beforehand
    at=int,
    length=int,
    # Where drawing goes on
    candidate=int,
    candidate_time=float,
    piece=int,
    # Whether a price or window has changed since favourites were worked out
    stale=int,
    # Of the full race: times whose ratio is at most this are too close to be told apart without logarithms
    close=float,
    # Of the lazy race: total weight of what is in its window and of buying nothing
    weight=float,
    # Since the calendar last turned a page of the books, of those who bought their favourite at once: their surplus,
    # but for the logarithm, times `scale`, of a product of gains
    page_surplus=float,
    page_gain=float,
)

EVENT = record_type(time=float, priority=int, sequence=int, kind=int, subject=int, detail=int, number=int)

BATCH = record_type(expires=float, units=int, following=int)

ORDER = record_type(expected=float, units=int, following=int)

VISITOR = record_type(
    number=int,
    segment=int,
    person=int,
    first_visit=float,
    cohort=int,
    origin=int,  # position among the considered offers, as `wanted`
    cause=int,
    # On a back-order
    in_line=int,
    wanted=int,
    price=float,
    placed=float,
)

LINK = record_type(before=int, after=int, visitor=int)
"""A place in the line for one product; visitor v stands in lines with links v · most uses, v · most uses + 1, …"""


@by_reference(free=INTEGERS, left=INTEGERS)
class Pool(NamedTuple):
    """Places that are taken and given back."""

    free: Integers
    """Numbers of free places, a stack; shape (capacity,)."""
    left: Integers
    """How many of them there are; shape (1,)."""
    table: Integers
    address: int


@by_reference(events=array_of(EVENT), pool=Pool, heap=INTEGERS, sizes=INTEGERS)
class Agenda(NamedTuple):
    """What customers have caused and has not happened yet, in the order of R2."""

    events: Records
    """Shape (capacity,)."""
    pool: Pool
    heap: Integers
    """Places of events, as a binary heap; shape (capacity,)."""
    sizes: Integers
    """Length of the heap, and how many events were ever placed; shape (2,)."""
    table: Integers
    address: int


COUNT = record_type(
    key_and_one=int,  # 0 where there is no key
    count=int,
)


@by_reference(direct=INTEGERS, rows=array_of(COUNT), length=INTEGERS)
class Counts(NamedTuple):
    """How often each key occurred: the smallest keys at their own place, the others in a hash table."""

    direct: Integers
    """How often each of the smallest keys occurred."""
    rows: Records
    """The hash table, with open addresses; shape (a power of 2,)."""
    length: Integers
    """How many keys there are in the hash table; shape (1,)."""
    table: Integers
    address: int


@by_reference(
    times=FLOATS,
    persons=INTEGERS,
    tastes=FLOATS,
    favourites=INTEGERS,
    gains=FLOATS,
    weights=FLOATS,
    borders=FLOATS,
    guide=INTEGERS,
    trees=FLOATS,
    available=INTEGERS,
    low=INTEGERS,
    high=INTEGERS,
    best=FLOATS,
    second=FLOATS,
    late=array_of(int, 2),
)
class Blocks(NamedTuple):
    """Customers drawn beforehand, `block_size` for each segment."""

    times: Floats
    """When they come, in time units; shape (segments · block size,)."""
    persons: Integers
    tastes: Floats
    """Standard exponential draws, column after column of each segment; shape (columns · block size,)."""
    favourites: Integers
    """Position of the favourite among the considered offers, or one of `NOTHING` and `UNDECIDED`."""
    gains: Floats
    """How much later buying nothing arrives than the favourite, as a ratio; shape as `times`."""
    weights: Floats
    """Of the lazy race, each offer's weight; of the full one, what its draw is multiplied with. Shape (considered,)."""
    borders: Floats
    """Of the lazy race: where shares of all weight end, of each segment buying nothing's first; shape (considered +
    segments,)."""
    guide: Integers
    """Of the lazy race: where to look for the favourite, by share of the weight; shape (`CELLS` · considered,)."""
    trees: Floats
    """Of the lazy race: weights of each firm's offers, two trees of sums for each stall (`trees`)."""
    available: Integers
    """Whether each offer can be had, by place; shape (considered,)."""
    low: Integers
    """Raw bits of a block, for a moment; shape (block size,)."""
    high: Integers
    best: Floats
    second: Floats
    late: Integers
    """Draws that take further words, noted for a moment; shape (`LATE_ROWS`, 4 · block size)."""
    table: Integers
    address: int


@by_reference(
    heads=array_of(int, 2),
    consumer_surplus=FLOATS,
    stock=array_of(int, 2),
    stock_time=array_of(float, 2),
    cycles=array_of(int, 2),
    offer_time=array_of(float, 2),
    sold=INTEGERS,
    sold_to_earlier=INTEGERS,
    product_money=array_of(float, 2),
    offer_money=array_of(float, 2),
    cash=FLOATS,
    timeline_products=array_of(float, 3),
    timeline_offers=array_of(float, 3),
    served=INTEGERS,
    page_served=INTEGERS,
    flows=Counts,
    willing=Counts,
    log=array_of(STORY),
)
class BookArrays(NamedTuple):
    """Arrays of `demandshift.simulator.books.Books`, and counts that become its tables.

    What every sale touches stands in the records of its product and offer until a page of the books is turned.
    """

    heads: Integers
    consumer_surplus: Floats
    stock: Integers
    stock_time: Floats
    cycles: Integers
    offer_time: Floats
    sold: Integers
    sold_to_earlier: Integers
    product_money: Floats
    offer_money: Floats
    cash: Floats
    timeline_products: Floats
    timeline_offers: Floats
    served: Integers
    """The cohort's customers who bought their origin at once; shape (considered,)."""
    page_served: Integers
    """Quiet sales since the calendar last turned a page, or the price changed, by place; shape (considered,)."""
    flows: Counts
    willing: Counts
    log: Records
    """Rows of `STORY` not yet handed over; empty where nobody asked for them."""
    table: Integers
    address: int


@by_reference(worth=FLOATS, again=FLOATS, surplus=FLOATS, in_window=FLOATS, marks=INTEGERS, words=INTEGERS)
class Scratch(NamedTuple):
    """One customer's numbers, for a moment: by considered offer, of shape (longest consideration set,), and words."""

    worth: Floats
    again: Floats
    """Reservation prices of somebody else than the current visitor."""
    surplus: Floats
    in_window: Floats
    marks: Integers
    words: Integers
    """Random bits of the lazy race, by block, those of even slots first; shape (2 · blocks,)."""
    table: Integers
    address: int


@by_reference(
    moment=array_of(MOMENT),
    products=array_of(PRODUCT_STATE),
    offers=array_of(OFFER_STATE),
    segments=array_of(SEGMENT_STATE),
    queue=INTEGERS,
    agenda=Agenda,
    batches=array_of(BATCH),
    batch_pool=Pool,
    orders=array_of(ORDER),
    order_pool=Pool,
    visitors=array_of(VISITOR),
    visitor_pool=Pool,
    links=array_of(LINK),
    blocks=Blocks,
    books=BookArrays,
    scratch=Scratch,
)
class State(NamedTuple):
    """Everything that changes while a replication runs."""

    moment: Records
    """One row."""
    products: Records
    offers: Records
    segments: Records
    queue: Integers
    """Segments by the time of their next customer, as a binary heap; shape (segments,)."""
    agenda: Agenda
    batches: Records
    batch_pool: Pool
    orders: Records
    order_pool: Pool
    visitors: Records
    """Customers who neither bought nor left yet; the first row is whoever is at the shelf. Shape (capacity,)."""
    visitor_pool: Pool
    links: Records
    blocks: Blocks
    books: BookArrays
    scratch: Scratch
    table: Integers
    address: int


state_at = reader(State)
"""Finds the state by its reference."""
counts_at = reader(Counts)
"""Finds a table of counts by its reference."""
