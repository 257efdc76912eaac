"""How a firm orders: from whom and how fast (supply), when and how much (ordering)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from .base import Moment, Money, NotNegative, Part, Positive, PositiveUnits, ServiceLevel, Units
from .distributions import Constant, NumberOrDuration


class Supply(Part):
    """What the supplier asks for."""

    lead_time: NumberOrDuration = Constant(value=0.0)
    """From order to delivery, in time units: a number, or a distribution. Orders are independent and may cross."""
    pack: PositiveUnits = 1
    """Orders come in whole packs of so many units; an order is rounded up to them (R3)."""
    minimum: Units = 0
    """The smallest order, in units; a smaller one is raised to it."""
    order_cost: Money = 0.0
    """Fixed cost of one order of one product, in money."""


class TrueModel(Part):
    """The firm knows the true model: demand for a product as first choice, with all in stock, at announced prices."""

    kind: Literal["true_model"] = "true_model"


class NormalForecast(Part):
    """The firm believes that demand is normal, with a mean and a variance that grow in proportion to time."""

    kind: Literal["normal"]
    mean: NotNegative
    """Mean demand in one time unit, in units."""
    standard_deviation: NotNegative
    """Standard deviation of demand in one time unit, in units."""


Forecast = Annotated[TrueModel | NormalForecast, Field(discriminator="kind")]


def _exactly_one(part: Part, names: tuple[str, ...]) -> None:
    given = [name for name in names if getattr(part, name) is not None]
    if len(given) != 1:
        found = " and ".join(given) if given else "none"
        raise ValueError(f"needs exactly one of {', '.join(names)} (got {found})")


class NoOrdering(Part):
    """Nothing is ordered; what stands in `stock` is all that there is."""

    kind: Literal["none"] = "none"


class OrderUpTo(Part):
    """Periodic review (R, S): at each review, order what brings stock on hand and on order up to the level."""

    targets: ClassVar[tuple[str, ...]] = ("level", "cycle_service", "fill_rate")
    """Ways to say how much; exactly one is named, and an exception that names one drops the firm's."""

    kind: Literal["order_up_to"]
    review_every: Positive
    """Time between reviews, in time units (R)."""
    first_review: Moment = 0.0
    """When the first review takes place."""
    level: Units | None = None
    """The level S, in units."""
    cycle_service: ServiceLevel | None = None
    """Chance that demand over review period and lead time is met; turned into a level at each review (R19)."""
    fill_rate: ServiceLevel | None = None
    """Share of demand met from the shelf; turned into a level at each review (R19)."""
    forecast: Forecast = TrueModel()
    """What the firm assumes about demand when a service level is turned into a level."""

    @model_validator(mode="after")
    def _one_target(self) -> "OrderUpTo":
        _exactly_one(self, self.targets)
        return self


class ReorderPoint(Part):
    """Continuous review (s, Q): as soon as stock on hand and on order is at or below s, order Q, again if need be."""

    targets: ClassVar[tuple[str, ...]] = ("reorder_point", "cycle_service", "fill_rate")
    """Ways to say how much; exactly one is named, and an exception that names one drops the firm's."""

    kind: Literal["reorder_point"]
    quantity: PositiveUnits
    """The order quantity Q, in units."""
    reorder_point: int | None = None
    """The reorder point s, in units."""
    cycle_service: ServiceLevel | None = None
    """Chance that demand over the lead time is met; turned into a reorder point at the start (R19)."""
    fill_rate: ServiceLevel | None = None
    """Share of demand met from the shelf; turned into a reorder point at the start (R19)."""
    forecast: Forecast = TrueModel()
    """What the firm assumes about demand when a service level is turned into a reorder point."""

    @model_validator(mode="after")
    def _one_target(self) -> "ReorderPoint":
        _exactly_one(self, self.targets)
        return self


class SeasonBuy(Part):
    """One order before the season, on the shelf when it begins."""

    targets: ClassVar[tuple[str, ...]] = ("quantity", "cycle_service", "fill_rate")
    """Ways to say how much; exactly one is named, and an exception that names one drops the firm's."""

    kind: Literal["season_buy"]
    quantity: Units | None = None
    """The quantity, in units."""
    cycle_service: ServiceLevel | None = None
    """Chance that the season's demand is met; turned into a quantity (R19)."""
    fill_rate: ServiceLevel | None = None
    """Share of the season's demand met from the shelf; turned into a quantity (R19)."""
    forecast: Forecast = TrueModel()
    """What the firm assumes about demand when a service level is turned into a quantity."""

    @model_validator(mode="after")
    def _one_target(self) -> "SeasonBuy":
        _exactly_one(self, self.targets)
        return self


class PlannedOrder(Part):
    """One order of a plan."""

    at: Moment
    """When it is ordered; it arrives a lead time later."""
    quantity: PositiveUnits
    """How much, in units."""
    product: str | None = None
    """Which product; needed where the plan stands at a firm."""


class Plan(Part):
    """Orders fixed beforehand."""

    kind: Literal["plan"]
    orders: tuple[PlannedOrder, ...]
    """The orders, or a table (`orders: plan.csv`) with columns `at`, `quantity` and, at a firm, `product`."""


class ProgramOrders(Part):
    """A linear program over drawn demand decides how much to order, and is solved anew at each review."""

    kind: Literal["lp"]
    replan_every: Positive
    """Time between reviews, in time units; each makes a new plan."""
    first_review: Moment = 0.0
    """When the first review takes place."""
    draws: PositiveUnits = 200
    """How many draws of demand the program looks at."""
    seed: Units = 0
    """Seed of these draws, which have nothing to do with the customers who come."""
    time_limit: Positive | None = None
    """Seconds for each program; where they do not suffice, nothing is ordered until the next review."""


Ordering = Annotated[
    NoOrdering | OrderUpTo | ReorderPoint | SeasonBuy | Plan | ProgramOrders, Field(discriminator="kind")
]


class OrderingException(Part):
    """Single values that a product sets otherwise than its firm; the rest of the firm's policy is kept."""

    review_every: Positive | None = None
    """Time between reviews, in time units."""
    first_review: Moment | None = None
    """When the first review takes place."""
    level: Units | None = None
    """The level S, in units."""
    reorder_point: int | None = None
    """The reorder point s, in units."""
    quantity: Units | None = None
    """The order quantity, in units."""
    cycle_service: ServiceLevel | None = None
    """Chance that demand is met until the next delivery can arrive."""
    fill_rate: ServiceLevel | None = None
    """Share of demand met from the shelf."""
    forecast: Forecast | None = None
    """What the firm assumes about demand."""
    orders: tuple[PlannedOrder, ...] | None = None
    """The orders of a plan."""
    replan_every: Positive | None = None
    """Time between reviews of a program, in time units."""
    draws: PositiveUnits | None = None
    """How many draws of demand a program looks at."""


def _whole_or_single(value: object) -> str | None:
    if isinstance(value, Mapping):
        return "whole" if "kind" in value else "single"
    if isinstance(value, Part):
        return "single" if isinstance(value, OrderingException) else "whole"
    return None


ProductOrdering = Annotated[
    Annotated[Ordering, Tag("whole")] | Annotated[OrderingException, Tag("single")],
    Discriminator(_whole_or_single, custom_error_type="shape", custom_error_message="must be a mapping"),
]
"""What a product does otherwise than its firm: a whole policy with its `kind`, or single values without one."""
