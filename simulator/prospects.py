"""What customers can look forward to: announced prices, windows that open, and back-orders (R13)."""

from collections.abc import Sequence

from ..models.problem import Problem
from .decision import NEVER, Later, SegmentView, better_later
from .goods import Goods
from .state import Reason, Shelves
from .waiting_line import WaitingLine


class Prospects:
    """The later purchases that are open to a customer, given what firms have announced."""

    def __init__(self, problem: Problem, shelves: Shelves, line: WaitingLine, goods: Goods) -> None:
        self._shelves = shelves
        self._line = line
        self._goods = goods
        self._writes_down: list[bool] = problem.firms.back_orders.tolist()
        self._promises: list[bool] = problem.firms.promises.tolist()
        self._dates = [announced_dates(problem, offer) for offer in range(len(problem.offers.names))]

    def best(
        self,
        view: SegmentView,
        worth: Sequence[float],
        origin: int,
        first_visit: float,
        now: float,
        *,
        full_lines: bool = False,
    ) -> Later:
        """Return the best prospect before its transfer cost, or `NEVER`.

        Parameters
        ----------
        view : SegmentView
            The customer's segment.
        worth : sequence of float
            The customer's reservation prices, in money, by considered offer.
        origin : int
            Position of the origin, which wins ties (R8a); −1 for none.
        first_visit, now : float
            When the customer first came, and the time, in time units.
        full_lines : bool
            Whether to count back-orders for which the firm's waiting line has no room: who would take one is willing,
            whether or not it can be had (R10).
        """
        prospect = NEVER
        if not view.waits:
            return prospect
        latest = first_visit + view.longest_wait
        for position, offer in enumerate(view.offers):
            for date, announced in self._dates[offer]:
                if now < date <= latest:
                    price = self._shelves.price[offer] if announced is None else announced
                    gain = view.discount ** (date - now) * view.believed_chance * max(0.0, worth[position] - price)
                    prospect = better_later(prospect, Later(position, gain, date), origin)
            delay = self._back_order_delay(view, position, latest, now, full_lines)
            if delay is not None:
                gain = view.discount**delay * max(0.0, worth[position] - self._shelves.price[offer])
                prospect = better_later(prospect, Later(position, gain, float("nan")), origin)
        return prospect if prospect.value > 0 else NEVER

    def _back_order_delay(
        self, view: SegmentView, position: int, latest: float, now: float, full_lines: bool
    ) -> float | None:
        """Return the delay that a customer reckons with if written down; None where that is not to be had."""
        shelves, offer, firm = self._shelves, view.offers[position], view.firms[position]
        if not self._writes_down[firm] or shelves.reason[offer] is not Reason.STOCKOUT:
            return None
        if not full_lines and not self._line.has_room(offer):
            return None
        if not self._promises[firm]:
            return view.expected_delay if now + view.expected_delay <= latest else None
        promised = max(
            self._goods.expected_supply(product, units)
            for product, units in shelves.uses[offer]
            if not shelves.unlimited[product] and shelves.on_hand[product] < units
        )
        return promised - now if promised <= latest else None


def announced_dates(problem: Problem, offer: int) -> list[tuple[float, float | None]]:
    """Return the dates at which something about an offer changes that is known beforehand, with the price from then on.

    None stands for the price in force when somebody asks: firms that do not announce their changes leave customers
    with that.
    """
    offers = problem.offers
    row = slice(offers.change_start[offer], offers.change_start[offer + 1])
    announced = bool(offers.change_announced[offer])
    changes = list(zip(offers.change_time[row].tolist(), offers.change_price[row].tolist(), strict=True))
    row = slice(offers.window_start[offer], offers.window_start[offer + 1])
    windows = list(zip(offers.window_opens[row].tolist(), offers.window_closes[row].tolist(), strict=True))

    def price_at(date: float) -> float | None:
        if not announced:
            return None
        price = float(offers.price[offer])
        for time, changed in changes:
            if time <= date:
                price = changed
        return price

    dates = {opens for opens, _ in windows if opens > 0}
    if announced:
        dates.update(time for time, _ in changes if any(opens <= time < closes for opens, closes in windows))
    return [(date, price_at(date)) for date in sorted(dates)]
