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
    on_hand=int,
    on_order=int,
    back_orders=int,
    sold=int,
    out_time=float,
    since=float,
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
    # Since the calendar last turned a page of the books, of those who bought their favourite at once: the part of their
    # surplus that needs no logarithm, and the product of what the rest is `scale` times the logarithm of
    page_surplus=float,
    page_surplus_factor=float,
)

STALL_STATE = record_type(
    # Whether a price, a window or a shelf has changed since the rest was worked out
    stale=int,
    # Offers to be had stand first in `menu`, those lacking behind them; offers without weight have no place
    to_be_had=int,
    lacking=int,
    weight_to_be_had=float,
    weight_lacking=float,
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


@by_reference(keys=INTEGERS, counts=INTEGERS, length=INTEGERS)
class Counts(NamedTuple):
    """How often each key occurred: a hash table with open addresses."""

    keys: Integers
    """−1 where there is none; shape (a power of 2,)."""
    counts: Integers
    length: Integers
    """How many keys there are; shape (1,)."""
    table: Integers
    address: int


@by_reference(
    times=FLOATS,
    persons=INTEGERS,
    tastes=FLOATS,
    favourites=INTEGERS,
    weights=FLOATS,
    cumulative=FLOATS,
    guide=INTEGERS,
    menu=INTEGERS,
    menu_cumulative=FLOATS,
    available=INTEGERS,
    low=INTEGERS,
    high=INTEGERS,
    best=FLOATS,
    second=FLOATS,
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
    weights: Floats
    """Of the lazy race, each offer's weight; of the full one, what its draw is multiplied with. Shape (considered,)."""
    cumulative: Floats
    """Of the lazy race: running sums of weights, with buying nothing's; shape (considered,)."""
    guide: Integers
    """Of the lazy race: where to begin to look for the favourite, by share of the weight; shape (considered,)."""
    menu: Integers
    """Of the lazy race: positions of each firm's offers, those to be had first; rows as in `stall_positions`."""
    menu_cumulative: Floats
    """Running sums of their weights, begun anew with those that are lacking."""
    available: Integers
    """Whether each offer can be had, by place; shape (considered,)."""
    low: Integers
    """Raw bits of a block, for a moment; shape (block size,)."""
    high: Integers
    best: Floats
    second: Floats
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
    """Random bits of the lazy race, by slot; shape (slots,)."""
    table: Integers
    address: int


@by_reference(
    moment=array_of(MOMENT),
    products=array_of(PRODUCT_STATE),
    offers=array_of(OFFER_STATE),
    segments=array_of(SEGMENT_STATE),
    stalls=array_of(STALL_STATE),
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
    stalls: Records
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
