"""World → what the kernel is told: concrete models become rows of arrays. What has no row is an error at load time."""

from collections.abc import Sequence
from math import inf, nan

import numpy as np

from ...models.choice.lazy_logit import LazyLogit
from ...models.choice.protocols import Choice
from ...models.demand.poisson import PoissonArrivals
from ...models.demand.trace import TraceArrivals
from ...models.distribution import Constant, Duration, Empirical, Exponential, Uniform
from ...models.problem import UNLIMITED_STOCK, Integers, Problem, Transfer
from ...models.replenishment.reorder_point import ReorderPoint
from ..kernel import facts
from ..kernel.by_reference import assembled
from ..kernel.facts import Inputs, Records
from ..prospects import announced_dates
from ..world import World
from .compiled_choices import MEND, ChoiceRows, Lotteries
from .compiled_choices import EngineError as EngineError
from .supply import SupplyTerms


def build_inputs(world: World) -> Inputs:
    """Return what the kernel is told about a world.

    Raises
    ------
    EngineError
        If something in it was made by hand and has no compiled twin.
    """
    return _Builder(world).inputs()


class _Builder:
    """Collects the ragged rows while it goes through a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._problem = world.problem
        self._durations: list[tuple[object, ...]] = []
        self._lotteries = Lotteries()
        self._choices = ChoiceRows(self._lotteries)
        self._stalls: list[tuple[int, int, int, int]] = []
        self._stall_positions: list[int] = []
        self._tree_rows = 0
        self._pieces: list[tuple[float, float]] = []
        self._trace: list[float] = []
        self._planned: list[float] = []

    def inputs(self) -> Inputs:
        problem = self._problem
        offers_of, offer_rows = _offers_of(problem)
        places_of, place_rows = _places_of(problem)
        dates, date_rows = _dates(problem)
        products = self._products(offer_rows)
        segments, considered = self._segments()
        offers = _offers(problem, date_rows, place_rows)
        uses = _records(
            facts.USE, zip(problem.offers.use_product.tolist(), problem.offers.use_units.tolist(), strict=True)
        )
        return assembled(
            Inputs,
            firms=_records(
                facts.FIRM,
                zip(
                    problem.firms.back_orders.tolist(),
                    problem.firms.promises.tolist(),
                    problem.firms.back_order_limit.tolist(),
                    strict=True,
                ),
            ),
            products=products,
            offers=offers,
            uses=uses,
            offers_of=offers_of,
            places_of=places_of,
            dates=dates,
            planned=np.array(self._planned, dtype=np.float64),
            durations=_records(facts.DURATION, self._durations),
            lengths=np.array(self._lotteries.values, dtype=np.float64),
            shares=np.array(self._lotteries.shares, dtype=np.float64),
            segments=segments,
            considered=considered,
            sole_products=offers.sole_product[considered.offer],
            stalls=_records(facts.STALL, self._stalls),
            stall_positions=np.array(self._stall_positions, dtype=np.int64),
            columns=np.array(self._choices.columns, dtype=np.int64),
            pairs=_records(facts.PAIR, self._choices.pairs),
            pieces=_records(facts.PIECE, self._pieces),
            trace=np.array(self._trace, dtype=np.float64),
            lists=_records(facts.LIST, self._choices.lists),
            ranked=np.array(self._choices.ranked, dtype=np.int64),
            worths=np.array(self._choices.worths, dtype=np.float64),
            rows=_records(facts.ROW, self._choices.rows),
            tastes=_records(facts.TASTE, self._choices.tastes),
            attributes=np.array(self._choices.attributes, dtype=np.float64),
        )

    # Products

    def _products(self, offer_rows: Sequence[tuple[int, int]]) -> Records:
        products = self._problem.products
        rows = _records(facts.PRODUCT, (), len(products.names))
        rows.firm = products.firm
        rows.unlimited = products.opening_stock == UNLIMITED_STOCK
        rows.opening_stock = np.where(rows.unlimited, 0, products.opening_stock)
        rows.unit_cost = products.unit_cost
        rows.net_disposal_cost = products.disposal_cost - products.salvage
        rows.lost_sale_penalty = products.lost_sale_penalty
        rows.back_order_penalty = products.back_order_penalty
        rows.shelf_life = products.shelf_life
        rows.replenishment = facts.NEVER_ORDERED
        rows.first_review, rows.review_every = inf, inf
        planned: list[list[float]] = [[] for _ in products.names]
        for order in self._world.planned_orders:
            planned[order.product].append(order.time)
        for product, supply in enumerate(self._world.supplies):
            row = rows[product]
            if not isinstance(supply, SupplyTerms):
                raise EngineError(f"the kernel does not know supply of kind {type(supply).__name__}; {MEND}")
            row.slot, row.order_cost = supply.slot, supply.order_cost
            row.pack, row.minimum = supply.pack, supply.minimum
            row.lead_time = self._duration(supply.lead_time, f"lead time of {products.names[product]!r}")
            row.offer_start, row.offer_stop = offer_rows[product]
            row.planned_start = len(self._planned)
            self._planned.extend(sorted(planned[product]))
            row.planned_stop = len(self._planned)
            if planned[product]:
                row.replenishment = facts.PLANNED
        for replenishment in self._world.replenishments:
            for position, product in enumerate(replenishment.products):
                row = rows[product]
                if replenishment.every is not None:
                    row.replenishment = facts.PERIODIC
                    row.first_review, row.review_every = replenishment.first, replenishment.every
                    continue
                policy = replenishment.policy
                if not isinstance(policy, ReorderPoint):
                    raise EngineError(
                        f"continuous review of {products.names[product]!r}: the kernel does not know policies of kind "
                        f"{type(policy).__name__}; {MEND}"
                    )
                row.replenishment = facts.CONTINUOUS
                row.reorder_point = policy.reorder_points[position]
                row.order_quantity = policy.order_quantities[position]
        return rows

    def _duration(self, duration: Duration, what: str) -> int:
        """Add a duration and return its row."""
        start, stop, beyond = 0, 0, -1
        low, high = nan, nan
        match duration:
            case Constant():
                kind, low = facts.CONSTANT, duration.value
            case Uniform():
                kind, low, high = facts.UNIFORM, duration.low, duration.high
            case Exponential():
                kind = facts.EXPONENTIAL
            case Empirical():
                kind = facts.EMPIRICAL
                values, lottery = duration.by_length
                start, stop, beyond = self._lotteries.add_values(values, lottery)
            case _:
                raise EngineError(
                    f"{what}: the kernel does not know durations of kind {type(duration).__name__}; {MEND}"
                )
        self._durations.append((kind, duration.mean, low, high, start, stop, beyond))
        return len(self._durations) - 1

    # Segments

    def _segments(self) -> tuple[Records, Records]:
        segments = self._problem.segments
        rows = _records(facts.SEGMENT, (), len(segments.names))
        rows.slot = segments.slot
        rows.place_start, rows.place_stop = segments.consider_start[:-1], segments.consider_start[1:]
        rows.home_firm = segments.home_firm
        rows.home_position = -1
        cost = segments.transfer_cost
        rows.substitutive_cost = cost[:, Transfer.SUBSTITUTIVE]
        rows.competitive_cost = cost[:, Transfer.COMPETITIVE]
        rows.strategic_cost = cost[:, Transfer.STRATEGIC]
        rows.waits = segments.waits
        rows.discount, rows.longest_wait = segments.discount, segments.longest_wait
        rows.believed_chance, rows.expected_delay = segments.believed_chance, segments.expected_delay
        rows.patience = facts.FOREVER
        rows.scale = nan

        offer = segments.consider_offer
        considered = _records(facts.PLACE, (), len(offer))
        considered.offer = offer
        considered.segment = np.repeat(np.arange(len(segments.names)), np.diff(segments.consider_start))
        considered.firm = self._problem.offers.firm[offer]
        for segment, name in enumerate(segments.names):
            row = rows[segment]
            places = considered[row.place_start : row.place_stop]
            self._stalls_of(row, places, self._world.choices[segment])
            if segments.home_offer[segment] >= 0:
                row.home_position = places.offer.tolist().index(segments.home_offer[segment])
            patience = self._world.patience[segment]
            if patience is not None:
                row.patience = self._duration(patience, f"patience of {name!r}")
            self._arrivals(row, segment, name)
            self._choices.add(row, places, self._world.choices[segment], name)
            at_ease = not row.waits and row.home_position < 0 and row.home_firm < 0
            row.plain = at_ease and row.choice in (facts.LOGIT, facts.LAZY_LOGIT)
        return rows, considered

    def _stalls_of(self, row: Records, places: Records, choice: Choice) -> None:
        """Add what a segment considers of each firm, in the order of the firms' first offers."""
        row.stall_start = len(self._stalls)
        firms = places.firm.tolist()
        for firm in dict.fromkeys(firms):
            positions = [position for position, other in enumerate(firms) if other == firm]
            start = len(self._stall_positions)
            places.stall[positions] = len(self._stalls)
            places.leaf[positions] = np.arange(len(positions))
            self._stall_positions.extend(positions)
            width = 1 << (len(positions) - 1).bit_length() if isinstance(choice, LazyLogit) else 0
            self._stalls.append((start, start + len(positions), self._tree_rows, width))
            self._tree_rows += 4 * width
        row.stall_stop = len(self._stalls)

    def _arrivals(self, row: Records, segment: int, name: str) -> None:
        arrivals, horizon = self._world.arrivals[segment], self._problem.horizon
        row.piece_start, row.trace_start = len(self._pieces), len(self._trace)
        match arrivals:
            case PoissonArrivals():
                row.arrivals, row.dominating_rate = facts.POISSON, arrivals.dominating_rate
                row.end = min(horizon, arrivals.intensity.end) if arrivals.dominating_rate > 0 else 0.0
                row.steady = list(arrivals.intensity.rates) == [arrivals.dominating_rate]
                self._pieces.extend(zip(arrivals.intensity.breaks[:-1], arrivals.intensity.rates, strict=True))
            case TraceArrivals():
                row.arrivals, row.end = facts.TRACE, horizon
                self._trace.extend(arrivals.recorded)
            case _:
                kind = type(arrivals).__name__
                raise EngineError(f"segment {name!r}: the kernel does not know arrivals of kind {kind}; {MEND}")
        row.piece_stop, row.trace_stop = len(self._pieces), len(self._trace)


def _records(kind: "np.dtype[np.void]", rows: object, length: int | None = None) -> Records:
    """Return a record array of some rows, or of so many zeros."""
    made = np.array(list(rows), dtype=kind) if length is None else np.zeros(length, dtype=kind)  # type: ignore[call-overload]
    return made.view(np.recarray)


def _offers(problem: Problem, date_rows: Sequence[tuple[int, int]], place_rows: Sequence[tuple[int, int]]) -> Records:
    offers = problem.offers
    rows = _records(facts.OFFER, (), len(offers.names))
    rows.firm, rows.price = offers.firm, offers.price
    rows.use_start, rows.use_stop = offers.use_start[:-1], offers.use_start[1:]
    rows.sole_product = -1
    alone = np.flatnonzero(np.diff(offers.use_start) == 1)
    use = offers.use_start[alone]
    simple = (offers.use_units[use] == 1) & (problem.products.opening_stock[offers.use_product[use]] != UNLIMITED_STOCK)
    rows.sole_product[alone[simple]] = offers.use_product[use[simple]]
    for offer in range(len(offers.names)):
        rows[offer].date_start, rows[offer].date_stop = date_rows[offer]
        rows[offer].first_place, rows[offer].last_place = place_rows[offer]
    return rows


def _ragged(rows: Sequence[Sequence[object]]) -> tuple[list[object], list[tuple[int, int]]]:
    """Return all values, row after row, and where each row starts and stops."""
    values: list[object] = []
    places: list[tuple[int, int]] = []
    for row in rows:
        places.append((len(values), len(values) + len(row)))
        values.extend(row)
    return values, places


def _offers_of(problem: Problem) -> tuple[Integers, list[tuple[int, int]]]:
    """Return the offers that use each product."""
    offers = problem.offers
    using: list[list[int]] = [[] for _ in problem.products.names]
    for offer in range(len(offers.names)):
        for row in range(offers.use_start[offer], offers.use_start[offer + 1]):
            using[offers.use_product[row]].append(offer)
    values, rows = _ragged(using)
    return np.array(values, dtype=np.int64), rows


def _places_of(problem: Problem) -> tuple[Integers, list[tuple[int, int]]]:
    """Return the places of each offer: the rows of what segments consider."""
    knowing: list[list[int]] = [[] for _ in problem.offers.names]
    for place, offer in enumerate(problem.segments.consider_offer.tolist()):
        knowing[offer].append(place)
    values, rows = _ragged(knowing)
    return np.array(values, dtype=np.int64), rows


def _dates(problem: Problem) -> tuple[Records, list[tuple[int, int]]]:
    """Return the announced dates of each offer."""
    dates = [
        [(date, nan if price is None else price) for date, price in announced_dates(problem, offer)]
        for offer in range(len(problem.offers.names))
    ]
    values, rows = _ragged(dates)
    return _records(facts.DATE, values), rows
