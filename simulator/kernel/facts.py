"""What the kernel is told once and never changes: one NamedTuple of arrays.

Things with several properties are rows of a record array, `inputs.products[product].shelf_life`, so that the type of
the inputs is the same for every scenario and nothing is compiled twice. Ragged lists are rows `start:stop` of a longer
array. Positions stand for names, as in `demandshift.models.problem`, which says what each property means; a *place* is
a row of `considered`: one offer as one segment considers it.
"""

from typing import Any, NamedTuple

import numpy as np

from ...models.problem import Floats, Integers
from .by_reference import FLOATS, INTEGERS, array_of, by_reference, reader

Records = Any
"""A record array: numpy's types know no fields."""


def record_type(**fields: type) -> "np.dtype[np.void]":
    """Return the type of a record of int (64 bits) and float (64 bits) fields."""
    return np.dtype([(name, np.int64 if kind is int else np.float64) for name, kind in fields.items()], align=True)


# Kinds of arrivals
POISSON, TRACE = 0, 1
# Kinds of choice
LOGIT, LAZY_LOGIT, PRICED_RANKING, RANKING, SUBSTITUTION = 0, 1, 2, 3, 4
# Those whose customers differ in more than the noise of a logit (`varied.py`)
NESTED_LOGIT, MIXED_LOGIT, LATENT_CLASSES, VERTICAL, LOCATIONAL = 5, 6, 7, 8, 9
FIRST_VARIED = NESTED_LOGIT
# How something varies between customers
NORMAL_TASTE, LOGNORMAL_TASTE, UNIFORM_TASTE, EXPONENTIAL_TASTE, EMPIRICAL_TASTE = 0, 1, 2, 3, 4
# Kinds of duration
FOREVER, CONSTANT, UNIFORM, EXPONENTIAL, EMPIRICAL = -1, 0, 1, 2, 3
# How a product is replenished, for customers who are promised a date
NEVER_ORDERED, CONTINUOUS, PERIODIC, PLANNED = 0, 1, 2, 3
NO_LIMIT = -1

FIRM = record_type(writes_down=int, promises=int, back_order_limit=int)

PRODUCT = record_type(
    firm=int,
    unlimited=int,
    opening_stock=int,
    unit_cost=float,
    net_disposal_cost=float,
    lost_sale_penalty=float,
    back_order_penalty=float,
    shelf_life=float,
    # Supply
    slot=int,
    order_cost=float,
    lead_time=int,  # row of `durations`
    # Replenishment
    replenishment=int,
    reorder_point=float,  # of continuous review
    order_quantity=int,
    pack=int,
    minimum=int,
    first_review=float,  # of periodic review
    review_every=float,
    planned_start=int,  # rows of `planned`
    planned_stop=int,
    # Offers that use it: rows of `offers_of`
    offer_start=int,
    offer_stop=int,
)

OFFER = record_type(
    firm=int,
    price=float,
    use_start=int,  # rows of `uses`
    use_stop=int,
    date_start=int,  # rows of `dates`
    date_stop=int,
    first_place=int,  # rows of `places_of`
    last_place=int,
    # The product of which a sale takes one unit and nothing else, if its stock is limited; −1 for all other offers
    sole_product=int,
)

USE = record_type(product=int, units=int)

DATE = record_type(time=float, price=float)
"""An announced date of an offer and the price from then on; nan for the price in force when somebody asks."""

DURATION = record_type(kind=int, average=float, low=float, high=float, start=int, stop=int, beyond=int)
"""Start and stop are rows of `lengths` (values) and `shares` (cumulative)."""

SEGMENT = record_type(
    slot=int,
    # Arrivals
    arrivals=int,
    dominating_rate=float,
    end=float,  # nobody comes from here on, in time units
    piece_start=int,  # rows of `pieces`
    piece_stop=int,
    trace_start=int,  # rows of `trace`
    trace_stop=int,
    # Choice
    choice=int,
    place_start=int,  # rows of `considered`
    place_stop=int,
    stall_start=int,  # rows of `stalls`
    stall_stop=int,
    scale=float,
    column_start=int,  # rows of `columns`; the first is buying nothing
    column_stop=int,
    pair_start=int,  # rows of `pairs`
    pair_stop=int,
    share_start=int,  # rows of `shares`: lists or first choices, cumulative
    share_stop=int,
    share_beyond=int,
    list_start=int,  # rows of `lists`
    row_start=int,  # rows of `rows`
    attempts=int,
    taste_start=int,  # rows of `tastes`: the spread and coefficients, what quality is worth, or where customers are
    taste_stop=int,
    attribute_start=int,  # rows of `attributes`, offer by offer; the spread of each class; by nest, its dissimilarity
    distance_cost=float,
    circle=float,  # inf for a line
    # Homes, moves and waiting
    home_position=int,
    home_firm=int,
    substitutive_cost=float,
    competitive_cost=float,
    substitutive_factor=float,  # by which a transfer cost multiplies a time in the race
    competitive_factor=float,
    strategic_cost=float,
    waits=int,
    discount=float,
    longest_wait=float,
    believed_chance=float,
    expected_delay=float,
    patience=int,  # row of `durations`, or FOREVER
    # Whether the favourite decides alone where it can be had: no home, no waiting
    plain=int,
)

PLACE = record_type(segment=int, offer=int, firm=int, reservation_price=float, column=int, stall=int, nest=int)

STALL = record_type(first_place=int, start=int, stop=int)
"""What a segment, whose places begin at the first one, considers of one firm: rows of `stall_positions`."""

PAIR = record_type(block=int, low=int, high=int)
"""One block of random words and the columns that its two halves serve, counted within the segment; −1 for none."""

PIECE = record_type(begins=float, rate=float)

LIST = record_type(start=int, stop=int)
"""Rows of `ranked` (orders) or `worths` (reservation prices)."""

TASTE = record_type(kind=int, first=float, second=float, start=int, stop=int, beyond=int)
"""Mean and standard deviation, median and spread, or low and high; start and stop as those of a duration."""

ROW = record_type(start=int, beyond=int)
"""Where a row of a substitution matrix begins in `shares`, cumulative; as long as the segment considers offers."""


@by_reference(
    firms=array_of(FIRM),
    products=array_of(PRODUCT),
    offers=array_of(OFFER),
    uses=array_of(USE),
    offers_of=INTEGERS,
    places_of=INTEGERS,
    dates=array_of(DATE),
    planned=FLOATS,
    durations=array_of(DURATION),
    lengths=FLOATS,
    shares=FLOATS,
    segments=array_of(SEGMENT),
    considered=array_of(PLACE),
    stalls=array_of(STALL),
    stall_positions=INTEGERS,
    columns=INTEGERS,
    pairs=array_of(PAIR),
    pieces=array_of(PIECE),
    trace=FLOATS,
    lists=array_of(LIST),
    ranked=INTEGERS,
    worths=FLOATS,
    rows=array_of(ROW),
    tastes=array_of(TASTE),
    attributes=FLOATS,
)
class Inputs(NamedTuple):
    """Everything that the kernel reads and never changes."""

    firms: Records
    products: Records
    offers: Records
    uses: Records
    offers_of: Integers
    places_of: Integers
    """Places of each offer."""
    dates: Records
    planned: Floats
    durations: Records
    lengths: Floats
    shares: Floats
    segments: Records
    considered: Records
    stalls: Records
    stall_positions: Integers
    """Positions among the segment's considered offers, firm by firm; shape (considered,)."""
    columns: Integers
    """Taste slots."""
    pairs: Records
    pieces: Records
    trace: Floats
    lists: Records
    ranked: Integers
    worths: Floats
    rows: Records
    tastes: Records
    attributes: Floats
    table: Integers
    """Where these arrays lie (`by_reference`)."""
    address: int


inputs_at = reader(Inputs)
"""Finds the inputs by their reference."""
