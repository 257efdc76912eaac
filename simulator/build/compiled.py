"""World → what the kernel is told: concrete models become rows of arrays. What has no row is an error at load time."""

from collections.abc import Sequence
from math import exp, inf, nan

import numpy as np

from ...models.choice.latent_classes import LatentClasses
from ...models.choice.lazy_logit import LazyLogit
from ...models.choice.locational import Locational
from ...models.choice.logit import Logit
from ...models.choice.mixed_logit import MixedLogit
from ...models.choice.nested_logit import NestedLogit
from ...models.choice.protocols import Choice
from ...models.choice.ranking import PricedRanking, Ranking
from ...models.choice.substitution import Substitution
from ...models.choice.tastes import (
    EmpiricalTaste,
    ExponentialTaste,
    LognormalTaste,
    NormalTaste,
    Taste,
    UniformTaste,
)
from ...models.choice.vertical import Vertical
from ...models.demand.poisson import PoissonArrivals
from ...models.demand.trace import TraceArrivals
from ...models.distribution import Constant, Duration, Empirical, Exponential, Uniform
from ...models.lottery import Lottery
from ...models.problem import UNLIMITED_STOCK, Integers, Problem, Transfer
from ...models.replenishment.reorder_point import ReorderPoint
from ..kernel import facts
from ..kernel.by_reference import assembled
from ..kernel.facts import Inputs, Records
from ..prospects import announced_dates
from ..world import World
from .supply import SupplyTerms


class EngineError(ValueError):
    """The compiled engine cannot run a world that the readable one can."""


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
        self._lengths: list[float] = []
        self._shares: list[float] = []
        self._columns: list[int] = []
        self._pairs: list[tuple[int, int, int]] = []
        self._stalls: list[tuple[int, int, int]] = []
        self._stall_positions: list[int] = []
        self._pieces: list[tuple[float, float]] = []
        self._trace: list[float] = []
        self._lists: list[tuple[int, int]] = []
        self._ranked: list[int] = []
        self._worths: list[float] = []
        self._rows: list[tuple[int, int]] = []
        self._varied: list[tuple[object, ...]] = []
        self._attributes: list[float] = []
        self._planned: list[float] = []

    def inputs(self) -> Inputs:
        problem = self._problem
        offers_of, offer_rows = _offers_of(problem)
        places_of, place_rows = _places_of(problem)
        dates, date_rows = _dates(problem)
        products = self._products(offer_rows)
        segments, considered = self._segments()
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
            offers=_offers(problem, date_rows, place_rows),
            uses=uses,
            offers_of=offers_of,
            places_of=places_of,
            dates=dates,
            planned=np.array(self._planned, dtype=np.float64),
            durations=_records(facts.DURATION, self._durations),
            lengths=np.array(self._lengths, dtype=np.float64),
            shares=np.array(self._shares, dtype=np.float64),
            segments=segments,
            considered=considered,
            stalls=_records(facts.STALL, self._stalls),
            stall_positions=np.array(self._stall_positions, dtype=np.int64),
            columns=np.array(self._columns, dtype=np.int64),
            pairs=_records(facts.PAIR, self._pairs),
            pieces=_records(facts.PIECE, self._pieces),
            trace=np.array(self._trace, dtype=np.float64),
            lists=_records(facts.LIST, self._lists),
            ranked=np.array(self._ranked, dtype=np.int64),
            worths=np.array(self._worths, dtype=np.float64),
            rows=_records(facts.ROW, self._rows),
            tastes=_records(facts.TASTE, self._varied),
            attributes=np.array(self._attributes, dtype=np.float64),
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
                raise EngineError(f"the kernel does not know supply of kind {type(supply).__name__}; {_MEND}")
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
                        f"{type(policy).__name__}; {_MEND}"
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
                start, stop, beyond = self._values_with_shares(values, lottery)
            case _:
                raise EngineError(
                    f"{what}: the kernel does not know durations of kind {type(duration).__name__}; {_MEND}"
                )
        self._durations.append((kind, duration.mean, low, high, start, stop, beyond))
        return len(self._durations) - 1

    def _values_with_shares(self, values: Sequence[float], lottery: Lottery) -> tuple[int, int, int]:
        """Add values and the lottery among them; they lie in rows of their own array, at the places of their shares."""
        start, stop, beyond = self._lottery(lottery)
        self._lengths.extend([nan] * (start - len(self._lengths)))
        self._lengths.extend(values)
        return start, stop, beyond

    def _lottery(self, lottery: Lottery) -> tuple[int, int, int]:
        """Add a lottery and return where its cumulative shares start and stop, and who gets what is beyond them."""
        start = len(self._shares)
        self._shares.extend(lottery.cumulative)
        return start, len(self._shares), -1 if lottery.beyond is None else lottery.beyond

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
            self._stalls_of(row, places)
            if segments.home_offer[segment] >= 0:
                row.home_position = places.offer.tolist().index(segments.home_offer[segment])
            patience = self._world.patience[segment]
            if patience is not None:
                row.patience = self._duration(patience, f"patience of {name!r}")
            self._arrivals(row, segment, name)
            self._choice(row, places, self._world.choices[segment], name)
            at_ease = not row.waits and row.home_position < 0 and row.home_firm < 0
            row.plain = at_ease and row.choice in (facts.LOGIT, facts.LAZY_LOGIT)
        return rows, considered

    def _stalls_of(self, row: Records, places: Records) -> None:
        """Add what a segment considers of each firm, in the order of the firms' first offers."""
        row.stall_start = len(self._stalls)
        firms = places.firm.tolist()
        for firm in dict.fromkeys(firms):
            positions = [position for position, other in enumerate(firms) if other == firm]
            start = len(self._stall_positions)
            places.stall[positions] = len(self._stalls)
            self._stall_positions.extend(positions)
            self._stalls.append((row.place_start, start, start + len(positions)))
        row.stall_stop = len(self._stalls)

    def _arrivals(self, row: Records, segment: int, name: str) -> None:
        arrivals, horizon = self._world.arrivals[segment], self._problem.horizon
        row.piece_start, row.trace_start = len(self._pieces), len(self._trace)
        match arrivals:
            case PoissonArrivals():
                row.arrivals, row.dominating_rate = facts.POISSON, arrivals.dominating_rate
                row.end = min(horizon, arrivals.intensity.end) if arrivals.dominating_rate > 0 else 0.0
                self._pieces.extend(zip(arrivals.intensity.breaks[:-1], arrivals.intensity.rates, strict=True))
            case TraceArrivals():
                row.arrivals, row.end = facts.TRACE, horizon
                self._trace.extend(arrivals.recorded)
            case _:
                kind = type(arrivals).__name__
                raise EngineError(f"segment {name!r}: the kernel does not know arrivals of kind {kind}; {_MEND}")
        row.piece_stop, row.trace_stop = len(self._pieces), len(self._trace)

    def _choice(self, row: Records, places: Records, choice: Choice, name: str) -> None:
        row.column_start, row.pair_start = len(self._columns), len(self._pairs)
        row.list_start, row.row_start = len(self._lists), len(self._rows)
        row.attribute_start = len(self._attributes)
        row.attempts = facts.NO_LIMIT
        match choice:
            case Logit():
                row.choice, row.scale = facts.LOGIT, choice.scale
                places.reservation_price = choice.reservation_price
                places.column = self._tastes(choice.outside_slot, choice.taste_slots)
                row.substitutive_factor = _factor(row.substitutive_cost, choice.scale)
                row.competitive_factor = _factor(row.competitive_cost, choice.scale)
            case LazyLogit():
                row.choice, row.scale = facts.LAZY_LOGIT, choice.scale
                places.reservation_price = choice.reservation_price
                # Two uniforms: who the favourite is, and how the time is split.
                self._columns.extend((0, 1))
            case PricedRanking():
                row.choice = facts.PRICED_RANKING
                self._shares_of(row, choice.lottery)
                for worths in choice.reservation_price:
                    self._worths_of_list(worths)
            case Ranking():
                row.choice = facts.RANKING
                self._shares_of(row, choice.lottery)
                for order in choice.orders:
                    self._lists.append((len(self._ranked), len(self._ranked) + len(order)))
                    self._ranked.extend(order)
            case Substitution():
                row.choice = facts.SUBSTITUTION
                row.attempts = facts.NO_LIMIT if choice.attempts is None else choice.attempts
                self._shares_of(row, choice.first)
                for lottery in choice.rows:
                    start, _, beyond = self._lottery(lottery)
                    self._rows.append((start, beyond))
            case NestedLogit():
                row.choice, row.scale = facts.NESTED_LOGIT, choice.scale
                places.reservation_price, places.nest = choice.reservation_price, choice.nest
                places.column = self._tastes(choice.outside_slot, choice.taste_slots)
                self._attributes.extend(choice.dissimilarity)
            case MixedLogit():
                row.choice = facts.MIXED_LOGIT
                places.reservation_price = choice.reservation_price
                places.column = self._tastes(choice.outside_slot, choice.taste_slots)
                scale = choice.scale
                self._varies(row, NormalTaste(scale, 0.0) if isinstance(scale, float) else scale, *choice.coefficients)
                self._attributes.extend(value for values in choice.attributes for value in values)
            case LatentClasses():
                row.choice = facts.LATENT_CLASSES
                places.column = self._tastes(choice.classes[0].outside_slot, choice.classes[0].taste_slots)
                self._shares_of(row, choice.lottery)
                for logit in choice.classes:
                    self._worths_of_list(logit.reservation_price)
                    self._attributes.append(logit.scale)
            case Vertical():
                row.choice = facts.VERTICAL
                self._varies(row, choice.taste)
                self._attributes.extend(choice.quality)
            case Locational():
                row.choice, row.distance_cost = facts.LOCATIONAL, choice.distance_cost
                row.circle = inf if choice.length is None else choice.length
                places.reservation_price = choice.reservation_price
                self._varies(row, choice.customers)
                self._attributes.extend(choice.location)
            case _:
                raise EngineError(
                    f"segment {name!r}: a choice model made by hand runs in the readable engine only; {_MEND}"
                )
        row.column_stop, row.pair_stop = len(self._columns), len(self._pairs)

    def _worths_of_list(self, worths: Sequence[float]) -> None:
        self._lists.append((len(self._worths), len(self._worths) + len(worths)))
        self._worths.extend(worths)

    def _varies(self, row: Records, *tastes: Taste) -> None:
        """Add what varies between the customers of a segment, in the order of the places of its draws."""
        row.taste_start = len(self._varied)
        for taste in tastes:
            start, stop, beyond = 0, 0, -1
            match taste:
                case NormalTaste():
                    kind, first, second = facts.NORMAL_TASTE, taste.mean, taste.standard_deviation
                case LognormalTaste():
                    kind, first, second = facts.LOGNORMAL_TASTE, taste.median, taste.spread
                case UniformTaste():
                    kind, first, second = facts.UNIFORM_TASTE, taste.low, taste.high
                case ExponentialTaste():
                    kind, first, second = facts.EXPONENTIAL_TASTE, taste.mean, nan
                case EmpiricalTaste():
                    kind, first, second = facts.EMPIRICAL_TASTE, nan, nan
                    values, lottery = taste.in_order
                    start, stop, beyond = self._values_with_shares(values, lottery)
                case _:
                    raise EngineError(f"the kernel does not know tastes of kind {type(taste).__name__}; {_MEND}")
            self._varied.append((kind, first, second, start, stop, beyond))
        row.taste_stop = len(self._varied)

    def _shares_of(self, row: Records, lottery: Lottery) -> None:
        row.share_start, row.share_stop, row.share_beyond = self._lottery(lottery)

    def _tastes(self, outside: int, slots: Sequence[int]) -> list[int]:
        """Add the taste slots of a segment, each once, and the blocks that serve them; return each offer's column."""
        distinct = [outside, *dict.fromkeys(slots)]
        self._columns.extend(distinct)
        column_of = {slot: column for column, slot in enumerate(distinct)}
        for block in sorted({slot // 2 for slot in distinct}):
            self._pairs.append((block, column_of.get(2 * block, -1), column_of.get(2 * block + 1, -1)))
        return [column_of[slot] for slot in slots]


_MEND = "run it with engine='loop'"


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


def _factor(cost: float, scale: float) -> float:
    """Return by how much a transfer cost delays an offer in the race; inf where no number is large enough."""
    try:
        return exp(cost / scale)
    except OverflowError:
        return inf


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
