"""Settled ordering → policies and when they are asked: the only place that knows every kind of ordering policy."""

from ...models.distribution import Constant
from ...models.replenishment.order_up_to import OrderUpTo, constant_levels
from ...models.replenishment.reorder_point import ReorderPoint
from ...models.replenishment.targets import (
    level_for_cycle_service,
    level_for_fill_rate,
    reorder_point_for_fill_rate,
)
from ...scenarios.schema import ordering as parts
from ...scenarios.settled import Settled, SettledProduct
from ..world import PlannedOrder, Replenishment
from .forecast import Forecasts
from .supply import SupplyTerms


class LevelForService:
    """The order-up-to level of one product at any review, from its service level; each time is worked out once."""

    def __init__(self, product: int, part: parts.OrderUpTo, supply: SupplyTerms, forecasts: Forecasts) -> None:
        self._product = product
        self._part = part
        self._supply = supply
        self._forecasts = forecasts
        self._known: dict[float, int] = {}

    def __call__(self, _product: int, now: float) -> int:
        """Return the level at a time, in units."""
        if now not in self._known:
            self._known[now] = self._level(now)
        return self._known[now]

    def _level(self, now: float) -> int:
        part, lead_time = self._part, self._supply.lead_time
        until_next = self._forecasts.over(self._product, part.forecast, now, part.review_every, lead_time)
        if part.cycle_service is not None:
            return level_for_cycle_service(until_next, part.cycle_service)
        assert part.fill_rate is not None, "the schema asks for exactly one target"
        until_arrival = self._forecasts.over(self._product, part.forecast, now, 0.0, lead_time)
        return level_for_fill_rate(until_next, until_arrival, part.fill_rate)


def build_replenishments(
    settled: Settled, supplies: list[SupplyTerms], forecasts: Forecasts
) -> tuple[list[Replenishment], list[PlannedOrder], list[PlannedOrder]]:
    """Return the policies of all products, the planned orders, and the season buys."""
    replenishments: list[Replenishment] = []
    planned: list[PlannedOrder] = []
    season: list[PlannedOrder] = []
    for position, product in enumerate(settled.products):
        part, supply = product.ordering, supplies[position]
        match part:
            case parts.OrderUpTo():
                replenishments.append(_periodic(position, product, part, supply, forecasts))
            case parts.ReorderPoint():
                replenishments.append(_continuous(position, part, supply, forecasts))
            case parts.SeasonBuy():
                units = _season_quantity(position, part, settled.head.horizon, forecasts)
                season.append(PlannedOrder(0.0, position, units))
            case parts.Plan():
                planned.extend(
                    PlannedOrder(time, position, order.quantity)
                    for time, order in zip(product.order_times, part.orders, strict=True)
                )
            case parts.NoOrdering() | parts.ProgramOrders():
                # Programs look at several products together (`programs`).
                pass
    return replenishments, planned, season


def _periodic(
    position: int, product: SettledProduct, part: parts.OrderUpTo, supply: SupplyTerms, forecasts: Forecasts
) -> Replenishment:
    if part.level is not None:
        policy = OrderUpTo(constant_levels([part.level]))
    else:
        policy = OrderUpTo(LevelForService(position, part, supply, forecasts))
    return Replenishment((position,), policy, every=part.review_every, first=product.first_review)


def _continuous(position: int, part: parts.ReorderPoint, supply: SupplyTerms, forecasts: Forecasts) -> Replenishment:
    if part.reorder_point is not None:
        point = part.reorder_point
    else:
        demand = forecasts.over_average(position, part.forecast, supply.lead_time)
        if part.cycle_service is not None:
            point = level_for_cycle_service(demand, part.cycle_service)
        else:
            assert part.fill_rate is not None, "the schema asks for exactly one target"
            point = reorder_point_for_fill_rate(demand, part.quantity, part.fill_rate)
    policy = ReorderPoint([point], [part.quantity])
    return Replenishment((position,), policy, every=None, triggers=(float(point),))


def _season_quantity(position: int, part: parts.SeasonBuy, horizon: float, forecasts: Forecasts) -> int:
    if part.quantity is not None:
        return part.quantity
    demand = forecasts.over(position, part.forecast, 0.0, horizon, Constant(0.0))
    if part.cycle_service is not None:
        return level_for_cycle_service(demand, part.cycle_service)
    assert part.fill_rate is not None, "the schema asks for exactly one target"
    return level_for_fill_rate(demand, None, part.fill_rate)


def looks_beyond(settled: Settled, supplies: list[SupplyTerms]) -> float:
    """Return how far past the horizon the last review may have to look, in time units."""
    furthest = 0.0
    for product, supply in zip(settled.products, supplies, strict=True):
        if isinstance(product.ordering, parts.OrderUpTo):
            longest = max(float(length) for length in supply.lead_time.points(128)[0])
            furthest = max(furthest, product.ordering.review_every + longest)
    return furthest
