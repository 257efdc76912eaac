"""What Python calls of the kernel: each entrance finds inputs and state by their references and passes on.

Arguments and effects are those of the functions that they name.
"""

from typing import Any

from numba.core import types

from ...models.problem import Integers
from ..compiling import entrance
from . import books, goods, pools, shelves, space
from . import serve as serving
from .by_reference import INTEGERS
from .facts import inputs_at
from .memory import counts_at, state_at


@entrance
def serve(inputs: Integers, state: Integers, until_time: float, until_priority: int) -> int:
    """Serve all customers before an event of the calendar; return why the kernel comes back."""
    return serving.serve(inputs_at(inputs), state_at(state), until_time, until_priority)


@entrance
def prepare(inputs: Integers, state: Integers) -> None:
    """Put the opening stock on the shelves and draw the first customers."""
    shelves.begin(inputs_at(inputs), state_at(state))
    serving.prepare(inputs_at(inputs), state_at(state))


@entrance
def has_room(state: Integers) -> bool:
    """Return whether every pool has room for whatever one customer or event can need."""
    return space.has_room(state_at(state))


@entrance
def close_books(inputs: Integers, state: Integers, horizon: float) -> None:
    """Settle everything at the end."""
    serving.close_books(inputs_at(inputs), state_at(state), horizon)


@entrance
def conclude_pending(inputs: Integers, state: Integers, waiting: Integers) -> None:
    """Book the visitors in the given rows as pending."""
    serving.conclude_pending(inputs_at(inputs), state_at(state), waiting)


@entrance
def settle_product(inputs: Integers, state: Integers, product: int, now: float) -> None:
    """Book the time since the last change of a product's stock."""
    shelves.settle_product(inputs_at(inputs), state_at(state), product, now)


@entrance
def settle_all(inputs: Integers, state: Integers, now: float) -> None:
    """Book all time up to now."""
    shelves.settle_all(inputs_at(inputs), state_at(state), now)


@entrance
def set_open(inputs: Integers, state: Integers, offer: int, is_open: bool, now: float) -> None:
    """Open or shut an offer's window."""
    shelves.set_open(inputs_at(inputs), state_at(state), offer, is_open, now)


@entrance
def set_price(inputs: Integers, state: Integers, offer: int, price: float, now: float) -> None:
    """Change the price of an offer."""
    shelves.set_price(inputs_at(inputs), state_at(state), offer, price, now)


@entrance
def set_protection(inputs: Integers, state: Integers, offer: int, level: int, now: float) -> None:
    """Change how many units of each stock a sale of an offer must leave."""
    shelves.set_protection(inputs_at(inputs), state_at(state), offer, level, now)


@entrance
def wrong_age(inputs: Integers, state: Integers) -> int:
    """Return the first product whose units on hand are not those of its batches; −1 where all are."""
    return shelves.wrong_age(inputs_at(inputs), state_at(state))


@entrance
def turn_page(inputs: Integers, state: Integers) -> None:
    """Write into the books what was noted of sales and time since the last page."""
    books.turn_page(inputs_at(inputs), state_at(state))


@entrance
def begin_stocks(inputs: Integers, state: Integers) -> None:
    """Let the opening stock age, and call for reviews where it is low already."""
    goods.begin_stocks(inputs_at(inputs), state_at(state))


@entrance
def order(inputs: Integers, state: Integers, product: int, units: int, now: float) -> None:
    """Order whole units."""
    goods.order(inputs_at(inputs), state_at(state), product, units, now)


@entrance
def season_buy(inputs: Integers, state: Integers, product: int, units: int, now: float) -> None:
    """Put on the shelf what was bought before the season."""
    goods.season_buy(inputs_at(inputs), state_at(state), product, units, now)


@entrance
def move_counts(old: Integers, new: Integers) -> None:
    """Count everything of one table in another, larger and empty one."""
    pools.move_counts(counts_at(old), counts_at(new))


_TABLES = (INTEGERS, INTEGERS)
SIGNATURES: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (serve, (*_TABLES, types.float64, types.int64)),
    (prepare, _TABLES),
    (has_room, (INTEGERS,)),
    (close_books, (*_TABLES, types.float64)),
    (conclude_pending, (*_TABLES, INTEGERS)),
    (settle_product, (*_TABLES, types.int64, types.float64)),
    (settle_all, (*_TABLES, types.float64)),
    (set_open, (*_TABLES, types.int64, types.boolean, types.float64)),
    (set_price, (*_TABLES, types.int64, types.float64, types.float64)),
    (set_protection, (*_TABLES, types.int64, types.int64, types.float64)),
    (wrong_age, _TABLES),
    (turn_page, _TABLES),
    (begin_stocks, _TABLES),
    (order, (*_TABLES, types.int64, types.int64, types.float64)),
    (season_buy, (*_TABLES, types.int64, types.int64, types.float64)),
    (move_counts, _TABLES),
)
"""Each entrance with the only types that it is ever called with."""
