"""The compiled engine: SimPy keeps the firms' calendar, compiled code serves the customers between its events.

It leaves the same ledger as `demandshift.simulator.loop` (R15). The classes here show the kernel's arrays to the
calendar as the shelves, goods and books that it knows.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...models.choice.protocols import AttemptChoice
from ...models.problem import Integers, Problem
from ..books import Books
from ..calendar import Calendar
from ..clock import Clock
from ..ledger import Account, Cause, InvariantError, Ledger, Outcome
from ..observation import Observer
from ..stories import TakeLog
from ..world import World
from . import entrances, serve
from .books import CAUSES, FIRST_CAUSE, OUTCOMES
from .by_reference import reference
from .facts import Inputs
from .memory import MOMENT, Counts, State
from .room import block_size_for, make_state, with_longer_log, with_more_room

LOG_LENGTH = 8192
"""Stories that are kept before they are handed over."""


class Kernel:
    """One replication of a world.

    Parameters
    ----------
    world : World
        What to simulate.
    inputs : Inputs
        The same for the kernel (`demandshift.simulator.build.compiled`).
    seed, replication : int
        The key of all draws (R14).
    block_size : int, optional
        Customers of each segment that are drawn at once; the ledger does not depend on it.
    take_log : callable, optional
        Is given every customer's story, some thousands at a time, in the order of their last outcomes.
    """

    def __init__(
        self,
        world: World,
        inputs: Inputs,
        seed: int,
        replication: int,
        *,
        block_size: int | None = None,
        take_log: TakeLog | None = None,
    ) -> None:
        problem = world.problem
        self.problem = problem
        """What is simulated."""
        self._inputs = inputs
        self._take_log = take_log
        self._books = KernelBooks(problem, replication)
        for segment, choice in enumerate(world.choices):
            if isinstance(choice, AttemptChoice):
                self._books.consumer_surplus[segment] = np.nan
        size = block_size_for(inputs) if block_size is None else block_size
        length = 0 if take_log is None else LOG_LENGTH
        self._state = make_state(problem, inputs, self._books, self._books.moment, seed, replication, size, length)
        self.tables: tuple[Any, Any] = (reference(inputs), reference(self._state))
        """What stands for inputs and state when compiled code is called."""
        self._books.attach(lambda: entrances.turn_page(*self.tables))
        self.state.moment[0].reviews_before = len(world.replenishments)
        self.clock = Clock()
        self._due = self._books.moment.view(np.ndarray)["due"]
        self._shelves = KernelShelves(self)
        observer = Observer(problem, self._shelves)
        self._calendar = Calendar(world, self.clock, self._shelves, self._books, KernelGoods(self), observer)

    @property
    def state(self) -> State:
        """Everything that changes."""
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        self._state = state
        self.tables = (self.tables[0], reference(state))

    def run(self) -> Ledger:
        """Run the replication and return its checked ledger."""
        inputs, clock, horizon = self._inputs, self.clock, self.problem.horizon
        entrances.prepare(*self.tables)
        self._calendar.start()
        while True:
            time, priority = clock.next_place()
            if time >= horizon:
                break
            self._serve_until(time, priority)
            clock.step()
        self._serve_until(horizon, 0)
        self._conclude_pending()
        entrances.close_books(*self.tables, horizon)
        entrances.turn_page(*self.tables)
        self._hand_over_log()
        self._books.take_counts(inputs, self.state)
        costs = self.problem.products.holding_cost
        for product in np.flatnonzero(costs).tolist():
            cost = float(costs[product]) * float(self._books.stock_time[product, 0])
            self._books.pay_for(product, Account.HOLDING, -cost, horizon)
        return self._books.close(self.state.products.on_hand.tolist())

    def give_place(self) -> None:
        """Tell the kernel which event of the calendar is being processed, so that what it causes comes after it."""
        moment = self.state.moment[0]
        moment.time, moment.turn, moment.rank = self.clock.place
        # What the event causes may be due at once.
        self._due[0] = moment.time

    def make_room(self) -> None:
        """Make sure that the kernel has room for whatever one event can need."""
        while not entrances.has_room(self.tables[1]):
            self.state = with_more_room(self.state)

    def _serve_until(self, time: float, priority: int) -> None:
        """Serve all customers before an event of the calendar."""
        if time < self._due[0]:
            return
        while True:
            status = entrances.serve(*self.tables, float(time), priority)
            if status == serve.NEEDS_ROOM:
                self.state = with_more_room(self.state)
            elif status == serve.LOG_IS_FULL:
                if self.state.moment[0].log_length == 0:
                    # More wait than the log has rows, and a delivery may serve them all.
                    self.state = with_longer_log(self.state)
                self._hand_over_log()
            elif status == serve.TROUBLE:
                self._raise_trouble()
            else:
                return

    def _raise_trouble(self) -> None:
        """Say what the kernel found to be impossible."""
        moment = self.state.moment[0]
        if moment.oversold >= 0:
            name = self.problem.products.names[moment.oversold]
            raise InvariantError(f"shelves: more units of {name!r} were sold than were on hand (R16)")
        name = self.problem.segments.names[moment.overcrowded]
        raise ValueError(f"a replication has room for 2**32 persons in a segment; {name!r} has more")

    def _conclude_pending(self) -> None:
        """Book who still waits, in the order in which they first came."""
        visitors, pool = self.state.visitors, self.state.visitor_pool
        waiting = np.ones(len(visitors), dtype=bool)
        waiting[0] = False
        waiting[pool.free[: pool.left[0]]] = False
        places = np.flatnonzero(waiting)
        places = places[np.argsort(visitors.number[places])]
        self.make_room()
        self.state.moment[0].time = self.problem.horizon
        for first in range(0, len(places), LOG_LENGTH // 2):
            self._hand_over_log()
            entrances.conclude_pending(*self.tables, places[first : first + LOG_LENGTH // 2])

    def _hand_over_log(self) -> None:
        """Give away the stories kept so far."""
        if self._take_log is None or self.state.moment[0].log_length == 0:
            return
        moment = self.state.moment[0]
        self._take_log(self.state.books.log[: moment.log_length])
        moment.log_length = 0


class KernelShelves:
    """The kernel's shelves, as the calendar and policies see them."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        products, offers = kernel.state.products, kernel.state.offers
        # Columns of the kernel's records, which stay where they are while pools grow.
        self.on_hand: Sequence[int] = products.on_hand
        self.on_order: Sequence[int] = products.on_order
        self.back_orders: Sequence[int] = products.back_orders
        self.sold: Sequence[int] = products.sold
        self.out_time: Sequence[float] = products.out_time
        self.price: Sequence[float] = offers.price
        self.open: Sequence[bool] = offers.open

    @property
    def tariff(self) -> int:
        """How often a price or a window has changed."""
        return int(self._kernel.state.moment[0].tariff)

    def settle_product(self, product: int, now: float) -> None:
        """Book the time since the last change, so that times without stock are whole."""
        entrances.settle_product(*self._kernel.tables, product, now)

    def settle_all(self, now: float) -> None:
        """Book all time up to now."""
        entrances.settle_all(*self._kernel.tables, now)

    def set_open(self, offer: int, is_open: bool, now: float) -> None:
        """Open or shut an offer's window."""
        entrances.set_open(*self._kernel.tables, offer, is_open, now)

    def set_price(self, offer: int, price: float, now: float) -> None:
        """Change the price of an offer."""
        entrances.set_price(*self._kernel.tables, offer, price, now)

    def set_protection(self, offer: int, level: int, now: float) -> None:
        """Change how many units of each stock a sale of the offer must leave."""
        entrances.set_protection(*self._kernel.tables, offer, level, now)

    def check(self) -> None:
        """Check that the ages on the shelf add up to what is on hand (R16).

        Raises
        ------
        InvariantError
            If they do not.
        """
        kernel = self._kernel
        product = entrances.wrong_age(*kernel.tables)
        if product >= 0:
            name, batches = kernel.problem.products.names[product], kernel.state.batches
            by_age, place = 0, kernel.state.products[product].first_batch
            while place >= 0:
                by_age, place = by_age + batches[place].units, batches[place].following
            raise InvariantError(
                f"shelves: {self.on_hand[product]} units of {name!r} on hand, but {by_age} by age (R16)"
            )


class KernelGoods:
    """The kernel's goods under way, as the calendar sees them."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def start(self) -> None:
        """Let the opening stock age, and order where it is low already."""
        kernel = self._kernel
        kernel.make_room()
        kernel.state.moment[0].time = 0.0
        kernel.state.moment[0].rank = -2
        entrances.begin_stocks(*kernel.tables)

    def order(self, product: int, units: int) -> None:
        """Order whole units now."""
        kernel = self._kernel
        kernel.make_room()
        kernel.give_place()
        entrances.order(*kernel.tables, product, units, float(kernel.clock.now))

    def season_buy(self, product: int, units: int) -> None:
        """Put on the shelf now what was bought before the season."""
        kernel = self._kernel
        kernel.make_room()
        kernel.give_place()
        entrances.season_buy(*kernel.tables, product, units, float(kernel.clock.now))


class KernelBooks(Books):
    """Books whose arrays the kernel writes, and whose marks of time it reads."""

    def __init__(self, problem: Problem, replication: int) -> None:
        self.moment = np.zeros(1, dtype=MOMENT).view(np.recarray)
        """The kernel's moment, one row."""
        # A column is found once: NumPy takes longer to find a field of a record than the kernel for some customers.
        columns = self.moment.view(np.ndarray)
        self._counting, self._period = columns["counting"], columns["period"]
        self._turn_page: Callable[[], None] = lambda: None
        super().__init__(problem, replication)
        self._flow_rows: Integers = np.zeros((0, 6), dtype=np.int64)
        self._willing_rows: Integers = np.zeros((0, 5), dtype=np.int64)

    @property
    def counting(self) -> bool:
        """Whether the warm-up is over."""
        return bool(self._counting[0])

    @counting.setter
    def counting(self, value: bool) -> None:
        self._turn_page()
        self._counting[0] = value

    @property
    def period(self) -> int:
        """The timeline's current period."""
        return int(self._period[0])

    @period.setter
    def period(self, value: int) -> None:
        self._turn_page()
        self._period[0] = value

    def attach(self, turn_page: Callable[[], None]) -> None:
        """Let the kernel write what it noted since the last page, before the page is turned."""
        self._turn_page = turn_page

    def take_counts(self, inputs: Inputs, state: State) -> None:
        """Take over the kernel's counts of customers, to be read by what their keys stand for."""
        places = inputs.considered
        served = np.flatnonzero(state.books.served)
        keys, counts = _counted(state.books.flows)
        rest, destination = np.divmod(keys, len(inputs.offers) + 1)
        way, place = np.divmod(rest, len(places))
        cause, outcome = np.divmod(way, OUTCOMES)
        cause = (cause + FIRST_CAUSE) % CAUSES
        moved = np.column_stack((places.segment[place], places.offer[place], cause, outcome, destination - 1, counts))
        origin = places.offer[served]
        at_once = np.column_stack(
            (
                places.segment[served],
                origin,
                np.full(len(served), int(Cause.NONE)),
                np.full(len(served), int(Outcome.SERVED)),
                origin,
                state.books.served[served],
            )
        )
        self._flow_rows = _sorted_rows(np.concatenate((at_once, moved)))
        keys, counts = _counted(state.books.willing)
        rest, alternative = np.divmod(keys, len(inputs.offers))
        kind, place = np.divmod(rest, len(places))
        self._willing_rows = _sorted_rows(
            np.column_stack((places.segment[place], places.offer[place], kind, alternative, counts))
        )

    def flow_rows(self) -> Integers:
        """Return the flows as the ledger has them: sorted keys, the number of customers last."""
        return self._flow_rows

    def willing_rows(self) -> Integers:
        """Return who was willing, as the ledger has it: sorted keys, the number of customers last."""
        return self._willing_rows


def _counted(counts: Counts) -> tuple[Integers, Integers]:
    """Return keys and how often each occurred."""
    known, direct = counts.rows[np.flatnonzero(counts.rows.view(np.ndarray)["count"])], np.flatnonzero(counts.direct)
    return (
        np.concatenate((direct, known["key_and_one"] - 1)),
        np.concatenate((counts.direct[direct], known["count"])),
    )


def _sorted_rows(rows: Integers) -> Integers:
    """Return rows sorted by their keys, the first column first; the count at the end is no key."""
    # One number for each key, in the same order: sorting by one column after the other takes many times as long.
    place, places = np.zeros(len(rows), dtype=np.int64), 1
    for column in rows[:, :-1].T:
        lowest = int(column.min(initial=0))
        width = int(column.max(initial=0)) - lowest + 1
        place, places = place * width + (column - lowest), places * width
    return rows[np.argsort(place) if places < 2**63 else np.lexsort(rows[:, -2::-1].T)]
