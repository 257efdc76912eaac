"""The readable engine: one SimPy process a customer, the book of rules in code.

The compiled kernel must leave the same ledger; where the two could be written differently, this one is written to be
read.
"""

from collections.abc import Callable, Sequence
from math import nan
from typing import TYPE_CHECKING

from ..models.chance import Purpose
from ..models.choice.protocols import AttemptChoice, RaceChoice, SurplusChoice
from ..models.problem import Transfer
from .books import Books
from .calendar import Calendar
from .clock import Clock, Process, Rank
from .decision import NEVER, NOT_TO_BE_HAD, Later, SegmentView, best, best_alternative, net_of_transfer, origin_of
from .draws import Draws
from .goods import Goods
from .lazy_race import run_race
from .ledger import NOBODY, TURNED_AWAY, Account, Cause, Head, Ledger, Outcome
from .observation import Observer
from .prospects import Prospects
from .state import Reason, Shelves
from .stories import StoryTeller, TakeLog
from .visitor import Visitor
from .waiting_line import WaitingLine
from .world import World

if TYPE_CHECKING:
    from simpy.events import Event


class Loop:
    """One replication of a world; `take_log`, where given, is handed every customer's story."""

    def __init__(self, world: World, seed: int, replication: int, *, take_log: TakeLog | None = None) -> None:
        problem = world.problem
        self._world = world
        self._problem = problem
        self._draws = Draws(seed, replication)
        self._clock = Clock()
        self._books = Books(problem, replication)
        self._shelves = Shelves(problem, self._books)
        self._line = WaitingLine(problem, self._shelves, self._books)
        observer = Observer(problem, self._shelves)
        self._goods = Goods(world, self._clock, self._shelves, self._books, self._line, self._draws, observer)
        self._calendar = Calendar(world, self._clock, self._shelves, self._books, self._goods, observer)
        self._prospects = Prospects(problem, self._shelves, self._line, self._goods)
        self._views = [SegmentView.of(problem, segment) for segment in range(len(problem.segments.names))]
        for segment, choice in enumerate(world.choices):
            if isinstance(choice, AttemptChoice):
                self._books.consumer_surplus[segment] = nan
        self._stories = StoryTeller(take_log)
        self._came = 0
        self._waiting: dict[int, Visitor] = {}
        """Visitors who neither bought nor left yet."""

    def run(self) -> Ledger:
        """Run the replication and return its checked ledger."""
        self._calendar.start()
        for segment in range(len(self._views)):
            self._clock.process(self._arrivals(segment))
        horizon = self._problem.horizon
        self._clock.run(until=horizon)
        for visitor in list(self._waiting.values()):
            self._conclude(visitor, Outcome.PENDING)
        self._stories.hand_over()
        self._line.close(horizon)
        self._shelves.close(horizon)
        self._charge_holding()
        return self._books.close(self._shelves.on_hand)

    def _charge_holding(self) -> None:
        for product, cost in enumerate(self._problem.products.holding_cost.tolist()):
            unit_time = float(self._books.stock_time[product, 0])
            self._books.pay_for(product, Account.HOLDING, -cost * unit_time, self._problem.horizon)

    def _arrivals(self, segment: int) -> Process:
        """Let the customers of a segment walk in."""
        view = self._views[segment]
        choice = self._world.choices[segment]
        tell: Callable[[Visitor], Process]
        if isinstance(choice, SurplusChoice):
            surplus_choice = choice

            def tell(visitor: Visitor) -> Process:
                return self._visit(visitor, surplus_choice)
        elif isinstance(choice, RaceChoice):
            race_choice = choice

            def tell(visitor: Visitor) -> Process:
                return self._race(visitor, race_choice)
        else:
            attempt_choice = choice

            def tell(visitor: Visitor) -> Process:
                return self._try_in_turn(visitor, attempt_choice)

        draws = self._draws.segment(int(self._problem.segments.slot[segment]))
        instant = -1.0
        for person, time in self._world.arrivals[segment].times(draws, self._problem.horizon):
            if time != instant:
                # Whoever comes at the same instant comes in the same round (R2): nobody's arrival causes another's.
                yield self._clock.at(time, Rank.ARRIVE, segment)
                instant = time
            visitor = Visitor(view, self._came, person, draws.person(person), time, self._books.counting)
            self._came += 1
            if visitor.cohort:
                self._books.heads[segment, Head.ARRIVED] += 1
            self._clock.process(tell(visitor))

    # Customers with reservation prices (R6, R7, R9, R13)

    def _visit(self, visitor: Visitor, choice: SurplusChoice) -> Process:
        """Tell one customer's story."""
        view, now = visitor.view, self._clock.now
        worth = choice.reservation_prices(visitor.chance)
        surplus = self._surplus(view, worth)
        visitor.origin = origin_of(view, surplus)
        later = self._prospects.best(view, worth, visitor.origin, now, now)
        waiting_value = later.value - view.strategic_cost
        if visitor.origin < 0:
            in_window = to_be_had = surplus
        else:
            in_window = net_of_transfer(view, surplus, visitor.origin)
            to_be_had = self._available(view, in_window)
        if max(in_window) < 0 and waiting_value <= 0:
            self._not_interested(visitor)
            return

        chosen = best(to_be_had, preferred=visitor.origin)
        chosen_value = to_be_had[chosen] if chosen >= 0 else NOT_TO_BE_HAD
        if max(in_window) < 0:
            # Nothing pleases today, a later price would: demand for what he waits for, and nobody turned him away (R7).
            visitor.origin, visitor.cause = later.position, Cause.CHOICE
        elif chosen != visitor.origin or chosen_value < max(0.0, waiting_value):
            visitor.cause = self._cause(visitor, surplus, max(chosen_value, waiting_value, 0.0))
        turned_away = visitor.cause in TURNED_AWAY
        self._books.ask(view.offers[visitor.origin], turned_away)
        if turned_away:
            self._note_turned_away(visitor)
            if visitor.cohort:
                self._note_willing(visitor, worth, surplus)

        if chosen_value >= max(0.0, waiting_value):
            offer = view.offers[chosen]
            price = self._sell(visitor, offer)
            cost = view.cost(visitor.origin, chosen)
            self._conclude(visitor, self._outcome_now(visitor, chosen), offer, price, worth[chosen] - price - cost)
        elif waiting_value > 0:
            yield from self._wait(visitor, worth, later)
        else:
            self._lose(visitor)

    def _surplus(self, view: SegmentView, worth: Sequence[float]) -> list[float]:
        """Return reservation price less price of all offers in their window, −inf for the others."""
        price, is_open = self._shelves.price, self._shelves.open
        return [
            value - price[offer] if is_open[offer] else NOT_TO_BE_HAD
            for value, offer in zip(worth, view.offers, strict=True)
        ]

    def _available(self, view: SegmentView, values: list[float]) -> list[float]:
        """Return the values of what can be had, −inf for the rest."""
        reason = self._shelves.reason
        return [
            value if reason[offer] is Reason.AVAILABLE else NOT_TO_BE_HAD
            for value, offer in zip(values, view.offers, strict=True)
        ]

    def _cause(self, visitor: Visitor, surplus: list[float], otherwise: float) -> Cause:
        """Say why the customer does not simply buy the origin.

        Turned away is who would have bought it at once, had it been there: it beats nothing and whatever he does
        instead (R8a gives ties to the origin). Everybody else moves of his own choice.
        """
        reason = self._shelves.reason[visitor.view.offers[visitor.origin]]
        if reason is Reason.AVAILABLE or surplus[visitor.origin] < otherwise:
            return Cause.CHOICE
        return _CAUSE_OF_REASON[reason]

    def _note_turned_away(self, visitor: Visitor) -> None:
        """Remember on the shelf that somebody was turned away for lack of it."""
        if visitor.cause is Cause.STOCKOUT:
            self._note_lacking(visitor.view.offers[visitor.origin])

    def _note_lacking(self, offer: int) -> None:
        shelves = self._shelves
        for product, units in shelves.uses[offer]:
            if not shelves.unlimited[product] and shelves.on_hand[product] < units:
                shelves.turned_away[product] = True

    def _note_willing(self, visitor: Visitor, worth: Sequence[float], surplus: list[float]) -> None:
        """Book the kinds of transfer that the customer was willing to make before their cost (R10)."""
        view = visitor.view
        for kind in (Transfer.SUBSTITUTIVE, Transfer.COMPETITIVE):
            alternative = best_alternative(view, surplus, visitor.origin, kind)
            if alternative >= 0:
                self._willing(visitor, kind, alternative)
        now = self._clock.now
        wished = self._prospects.best(view, worth, visitor.origin, now, now, full_lines=True)
        if wished is not NEVER:
            self._willing(visitor, Transfer.STRATEGIC, wished.position)

    def _willing(self, visitor: Visitor, kind: Transfer, alternative: int) -> None:
        view = visitor.view
        self._books.note_willing(view.segment, view.offers[visitor.origin], kind, view.offers[alternative])

    def _wait(self, visitor: Visitor, worth: Sequence[float], later: Later) -> Process:
        """Wait for a date or on a back-order, as often as it is worth it; the strategic cost is paid once (R13)."""
        view, clock = visitor.view, self._clock
        self._waiting[visitor.number] = visitor
        while True:
            if later.by_back_order:
                yield from self._wait_in_line(visitor, worth, later)
                return
            yield clock.at(later.back_at, Rank.RETURN, visitor.number)
            surplus = self._surplus(view, worth)
            to_be_had = self._available(view, surplus)
            chosen = best(to_be_had, preferred=visitor.origin)
            value = to_be_had[chosen] if chosen >= 0 else NOT_TO_BE_HAD
            later = self._prospects.best(view, worth, visitor.origin, visitor.first_visit, clock.now)
            if value >= max(0.0, later.value):
                offer = view.offers[chosen]
                price = self._sell(visitor, offer)
                self._conclude(visitor, Outcome.POSTPONED, offer, price, value - view.strategic_cost)
                return
            wanted = best(surplus, preferred=visitor.origin)
            if wanted >= 0 and surplus[wanted] >= 0 and self._shelves.reason[view.offers[wanted]] is Reason.STOCKOUT:
                self._note_lacking(view.offers[wanted])
            if later is NEVER:
                self._lose(visitor)
                return

    def _wait_in_line(self, visitor: Visitor, worth: Sequence[float], later: Later) -> Process:
        """Wait on a back-order until it is filled or patience ends."""
        view, clock, now = visitor.view, self._clock, self._clock.now
        offer = view.offers[later.position]
        filled: Event = clock.event()
        back_order = self._line.place(offer, visitor.number, visitor.cohort, now, filled)
        for product, _ in self._shelves.uses[offer]:
            self._goods.position_fell(product)
        patience = self._world.patience[view.segment]
        gives_up = visitor.first_visit + view.longest_wait
        if patience is not None:
            gives_up = min(gives_up, now + patience.draw(visitor.chance, Purpose.PATIENCE))
        yield filled | clock.at(gives_up, Rank.DEPART, visitor.number)
        if filled.triggered:
            value = worth[later.position] - back_order.price - view.strategic_cost
            self._conclude(visitor, Outcome.POSTPONED, offer, back_order.price, value)
        else:
            self._line.leave(back_order, clock.now)
            self._lose(visitor)

    # Customers of a logit whose race is run only as far as it is needed (R6, R7, R9, R10)

    def _race(self, visitor: Visitor, choice: RaceChoice) -> Process:
        """Tell the story of a customer of the lazy race."""
        view, shelves = visitor.view, self._shelves
        weights = choice.weights([shelves.price[offer] for offer in view.offers])
        in_window = [weight if shelves.open[offer] else 0.0 for weight, offer in zip(weights, view.offers, strict=True)]
        to_be_had = [shelves.reason[offer] is Reason.AVAILABLE for offer in view.offers]
        ending = run_race(view, choice.scale, in_window, to_be_had, visitor.chance)
        visitor.origin = ending.favourite
        if visitor.origin < 0:
            self._not_interested(visitor)
            return
        turned_away = not to_be_had[visitor.origin]
        self._books.ask(view.offers[visitor.origin], turned_away)
        if turned_away:
            visitor.cause = _CAUSE_OF_REASON[shelves.reason[view.offers[visitor.origin]]]
            self._note_turned_away(visitor)
            if visitor.cohort:
                for kind, alternative in ending.willing:
                    self._willing(visitor, kind, alternative)
        if ending.bought < 0:
            self._lose(visitor)
            return
        offer = view.offers[ending.bought]
        price = self._sell(visitor, offer)
        self._conclude(visitor, self._outcome_now(visitor, ending.bought), offer, price, ending.surplus)
        yield from ()

    # Customers without reservation prices (R8)

    def _try_in_turn(self, visitor: Visitor, choice: AttemptChoice) -> Process:
        """Tell the story of a customer who tries one offer after the other."""
        view, shelves = visitor.view, self._shelves
        passed: set[int] = set()
        wanted, draw = self._first_open(visitor, choice, choice.favourite(visitor.chance), 0, passed)
        if wanted is None:
            self._not_interested(visitor)
            return
        visitor.origin = wanted
        reason = shelves.reason[view.offers[wanted]]
        if reason is Reason.AVAILABLE:
            self._books.ask(view.offers[wanted], turned_away=False)
            price = self._sell(visitor, view.offers[wanted])
            self._conclude(visitor, Outcome.SERVED, view.offers[wanted], price)
            return
        visitor.cause = _CAUSE_OF_REASON[reason]
        self._books.ask(view.offers[visitor.origin], turned_away=True)
        self._note_turned_away(visitor)

        # All attempts are gone through, past a success too: willing counts what he would take, to be had or not (R10).
        bought = -1
        willing: dict[Transfer, int] = {}
        attempt = 0
        while choice.attempts is None or attempt < choice.attempts:
            draw += 1
            tried = choice.next_offer(visitor.chance, wanted, draw)
            wanted, draw = self._first_open(visitor, choice, tried, draw, passed)
            if wanted is None:
                break
            attempt += 1
            if wanted != visitor.origin:
                willing.setdefault(view.kind(visitor.origin, wanted), wanted)
                if bought < 0 and shelves.reason[view.offers[wanted]] is Reason.AVAILABLE:
                    bought = wanted
        if visitor.cohort:
            for kind, alternative in willing.items():
                self._willing(visitor, kind, alternative)
        if bought < 0:
            self._lose(visitor)
            return
        price = self._sell(visitor, view.offers[bought])
        self._conclude(visitor, self._outcome_now(visitor, bought), view.offers[bought], price)
        yield from ()

    def _first_open(
        self, visitor: Visitor, choice: AttemptChoice, wanted: int | None, draw: int, passed: set[int]
    ) -> tuple[int | None, int]:
        """Pass over what is shut, which is no attempt (R8), and return the next offer and the number of the last draw.

        Where attempts are limited, shares may lead in a circle for ever; whoever comes to a shut offer for the second
        time (`passed`, added to in place) looks no further. Without a limit the way out is checked at load time.
        """
        while wanted is not None and not self._shelves.open[visitor.view.offers[wanted]]:
            if choice.attempts is not None and wanted in passed:
                return None, draw
            passed.add(wanted)
            draw += 1
            wanted = choice.next_offer(visitor.chance, wanted, draw)
        return wanted, draw

    # Outcomes

    def _outcome_now(self, visitor: Visitor, chosen: int) -> Outcome:
        """Return the outcome of buying now (R12)."""
        if chosen == visitor.origin:
            return Outcome.SERVED
        kind = visitor.view.kind(visitor.origin, chosen)
        return Outcome.RECAPTURED if kind is Transfer.SUBSTITUTIVE else Outcome.DIVERTED

    def _sell(self, visitor: Visitor, offer: int) -> float:
        """Hand over one unit now, at the price in force, which is returned."""
        price = self._shelves.price[offer]
        self._shelves.sell(offer, price, visitor.number, visitor.cohort, self._clock.now)
        for product, _ in self._shelves.uses[offer]:
            self._goods.position_fell(product)
        return price

    def _not_interested(self, visitor: Visitor) -> None:
        if visitor.cohort:
            self._books.heads[visitor.view.segment, Head.NOT_INTERESTED] += 1
        self._stories.tell(visitor, NOBODY, Outcome.LOST, NOBODY, self._clock.now, nan, 0.0)

    def _lose(self, visitor: Visitor) -> None:
        """Let a customer leave for good; firms pay for those whom they turned away."""
        if visitor.cause in TURNED_AWAY:
            penalty = self._problem.products.lost_sale_penalty
            for product, _ in self._shelves.uses[visitor.view.offers[visitor.origin]]:
                self._books.pay_for(product, Account.PENALTIES, -float(penalty[product]), self._clock.now)
        self._conclude(visitor, Outcome.LOST)

    def _conclude(
        self,
        visitor: Visitor,
        outcome: Outcome,
        destination: int = NOBODY,
        price: float = nan,
        surplus: float = 0.0,
    ) -> None:
        """Book the last outcome of a customer."""
        self._waiting.pop(visitor.number, None)
        view = visitor.view
        origin = view.offers[visitor.origin]
        if visitor.cohort:
            self._books.conclude(view.segment, origin, visitor.cause, outcome, destination)
            self._books.consumer_surplus[view.segment] += surplus
        self._stories.tell(visitor, origin, outcome, destination, self._clock.now, price, surplus)


_CAUSE_OF_REASON = {Reason.STOCKOUT: Cause.STOCKOUT, Reason.REFUSAL: Cause.REFUSAL}
