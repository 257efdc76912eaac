"""One instance as read-only arrays: what the engines and, later, the optimisers read.

Positions stand for names: firms f, products p, offers o, segments g, all in the order of declaration. Ragged lists are
stored row after row with an array of starts: row i is `values[start[i]:start[i + 1]]`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

UNLIMITED_STOCK = -1
"""Opening stock of a product that never runs out."""


class Transfer(IntEnum):
    """The ways in which demand moves (R9). Never renumber: ledgers are stored."""

    SUBSTITUTIVE = 0
    COMPETITIVE = 1
    STRATEGIC = 2
    FIRM = 3


@dataclass(frozen=True, slots=True)
class Products:
    """Stocks; each array has shape (products,)."""

    names: tuple[str, ...]
    firm: Integers
    unit_cost: Floats
    """Cost of a unit received, in money."""
    holding_cost: Floats
    """Cost of a unit on hand for one time unit, in money."""
    salvage: Floats
    """What an expired or left-over unit fetches, in money."""
    disposal_cost: Floats
    """Cost of getting rid of an expired unit, in money."""
    lost_sale_penalty: Floats
    """Cost of one lost customer, in money."""
    back_order_penalty: Floats
    """Cost of one waiting customer for one time unit, in money."""
    shelf_life: Floats
    """Time after delivery for which a unit may be sold, in time units; inf for ever."""
    opening_stock: Integers
    """Units on hand at the start, or `UNLIMITED_STOCK`."""
    closing_value: Floats
    """What one unit in stock is worth at the end of the warm-up and of the run, in money (R19)."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Ways of selling; arrays have shape (offers,), ragged ones a start array of shape (offers + 1,)."""

    names: tuple[str, ...]
    firm: Integers
    price: Floats
    """First price, in money."""
    use_start: Integers
    use_product: Integers
    """Products that a sale takes from."""
    use_units: Integers
    """Units of each."""
    window_start: Integers
    window_opens: Floats
    window_closes: Floats
    """Windows [opens, closes), in time units; a close at the horizon or later is inf."""
    change_start: Integers
    change_time: Floats
    """Scheduled price changes, in time units."""
    change_price: Floats
    """The price from then on, in money."""
    change_announced: Booleans
    """By offer: whether customers know of its changes beforehand (R13); shape (offers,)."""
    protection_start: Integers
    protection_time: Floats
    protection_level: Integers
    """Units of each stock that a sale must leave from that time on (R5)."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Customers; arrays have shape (segments,) unless they say otherwise."""

    names: tuple[str, ...]
    slot: Integers
    """Place of the segment in the base scenario: part of the key of its draws (R14)."""
    consider_start: Integers
    consider_offer: Integers
    """Offers considered, ragged."""
    transfer_cost: Floats
    """Cost of a move in money, shape (segments, 4), by `Transfer`."""
    home_offer: Integers
    """The home offer, or −1 (R7)."""
    home_firm: Integers
    """The home firm, or −1 (R7)."""
    waits: Booleans
    """Whether customers may wait (R10)."""
    discount: Floats
    """Worth today of surplus one time unit later."""
    longest_wait: Floats
    """From the first visit on, in time units."""
    believed_chance: Floats
    """Of finding the offer on coming back."""
    expected_delay: Floats
    """For a back-order without a promised date, in time units; nan where none is needed."""


@dataclass(frozen=True, slots=True)
class Firms:
    """Sellers; arrays have shape (firms,)."""

    names: tuple[str, ...]
    focal: Booleans
    back_orders: Booleans
    """Whether customers may be written down."""
    promises: Booleans
    """Whether a date of delivery is named."""
    back_order_limit: Integers
    """How many may be written down for one product; −1 for any number."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One instance. Arrays are made read-only when it is put together by `frozen_problem`."""

    horizon: float
    """End of the run, in time units (R1)."""
    warm_up: float
    """Start of what counts, in time units (R1)."""
    report_every: float
    """Length of one period of the timeline, in time units."""
    firms: Firms
    products: Products
    offers: Offers
    segments: Segments

    @property
    def periods(self) -> int:
        """Number of periods of the timeline; the last may be shorter."""
        return int(np.ceil(self.horizon / self.report_every - 1e-9))


def frozen_problem(problem: Problem) -> Problem:
    """Make every array of a problem read-only and return it."""
    for group in (problem.firms, problem.products, problem.offers, problem.segments):
        for each in fields(group):
            value = getattr(group, each.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
    return problem


def ragged(rows: Sequence[Sequence[float]]) -> tuple[Integers, Floats]:
    """Return starts, shape (rows + 1,), and values of lists of different lengths, row after row."""
    start = np.zeros(len(rows) + 1, dtype=np.int64)
    start[1:] = np.cumsum([len(row) for row in rows])
    return start, np.array([value for row in rows for value in row], dtype=np.float64)
