"""Settled segments → arrivals, choice models and patience."""

from typing import Literal

from ...models.choice.latent_classes import LatentClasses
from ...models.choice.lazy_logit import LARGEST_EXPONENT, LazyLogit
from ...models.choice.locational import Locational
from ...models.choice.logit import Logit
from ...models.choice.mixed_logit import MixedLogit
from ...models.choice.nested_logit import NestedLogit
from ...models.choice.protocols import Choice
from ...models.choice.ranking import PricedRanking, Ranking
from ...models.choice.substitution import Substitution
from ...models.choice.vertical import Vertical
from ...models.demand.intensity import Intensity, profile_intensity
from ...models.demand.poisson import PoissonArrivals
from ...models.demand.protocols import Arrivals, ExpectedArrivals
from ...models.demand.trace import TraceArrivals
from ...models.distribution import Duration
from ...scenarios.schema.arrivals import PoissonArrivals as PoissonPart
from ...scenarios.schema.arrivals import WeekdayWeekend
from ...scenarios.schema.scenario import Head
from ...scenarios.settled import (
    Settled,
    SettledClasses,
    SettledLocational,
    SettledLogit,
    SettledMixedLogit,
    SettledNestedLogit,
    SettledRanking,
    SettledSegment,
    SettledSubstitution,
    SettledVertical,
)
from ...scenarios.times import HOURS
from .durations import build_duration
from .tastes import build_taste

OUTSIDE_SLOT = 0
"""Taste slot of buying nothing; the offer at position k of the base scenario has slot k + 1."""

LARGEST_FULL_RACE = 30
"""Offers that a segment of a logit may consider and still be drawn in full where the scenario does not say (R14)."""


def build_arrivals(segment: SettledSegment, head: Head) -> Arrivals:
    """Return when the customers of a segment come."""
    part = segment.specification.arrivals
    if isinstance(part, PoissonPart):
        return PoissonArrivals(_intensity(part, head, head.horizon), part.dominating_rate)
    return _recorded(segment)


def build_expected_arrivals(segment: SettledSegment, head: Head, beyond: float) -> ExpectedArrivals:
    """Return how many customers of a segment are expected, up to some time units beyond the horizon.

    A dominating rate need not hold beyond the horizon, and nobody is drawn here: it stays out.
    """
    part = segment.specification.arrivals
    if isinstance(part, PoissonPart):
        return PoissonArrivals(_intensity(part, head, head.horizon + beyond))
    return _recorded(segment)


def _recorded(segment: SettledSegment) -> TraceArrivals:
    assert segment.trace is not None, "settling a scenario reads its traces"
    return TraceArrivals(segment.trace)


def _intensity(part: PoissonPart, head: Head, end: float) -> Intensity:
    """Return the rate of arrival on [0, end), with all profiles applied."""
    hourly: tuple[float, ...] | None
    weekend: tuple[float, ...] | None = None
    if isinstance(part.hourly, WeekdayWeekend):
        hourly, weekend = part.hourly.weekday, part.hourly.weekend
    else:
        hourly = part.hourly
    return profile_intensity(
        part.rate,
        end,
        start=head.start,
        hours_per_time_unit=HOURS.get(head.time_unit),
        hourly=hourly,
        weekend_hourly=weekend,
        weekly=part.weekly,
        seasonal=part.seasonal,
    )


def taste_slots(settled: Settled) -> dict[str, int]:
    """Return the taste slot of every offer, by name.

    Offers that sell one and the same product, and nothing else, share the slot of the first of them (R6); one with a
    taste of its own, or with several stocks, has its own.
    """
    place = {name: position + 1 + OUTSIDE_SLOT for position, name in enumerate(settled.slots.offers)}
    shared: dict[str, int] = {}
    slots: dict[str, int] = {}
    for offer in sorted(settled.offers, key=lambda each: place[each.name]):
        slots[offer.name] = place[offer.name]
        if len(offer.uses) == 1 and not offer.own_taste:
            slots[offer.name] = shared.setdefault(offer.uses[0][0], place[offer.name])
    return slots


def build_choice(segment: SettledSegment, slots: dict[str, int], draws: Literal["full", "lazy"] | None) -> Choice:
    """Return the choice model of a segment.

    Parameters
    ----------
    segment : SettledSegment
        The segment.
    slots : dict
        The taste slot of every offer, by name.
    draws : "full" or "lazy", optional
        What the scenario says of it; without it the number of considered offers decides.
    """
    tastes = [slots[name] for name in segment.considers]
    match segment.choice:
        case SettledLogit() as choice:
            wanted = draws == "lazy" or (draws is None and len(tastes) > LARGEST_FULL_RACE)
            if wanted and _can_race_lazily(segment, choice, tastes):
                return LazyLogit(choice.reservation_price, choice.scale)
            return Logit(choice.reservation_price, choice.scale, OUTSIDE_SLOT, taste_slots=tastes)
        case SettledNestedLogit() as choice:
            return NestedLogit(
                choice.reservation_price,
                choice.scale,
                choice.nest,
                choice.dissimilarity,
                OUTSIDE_SLOT,
                taste_slots=tastes,
            )
        case SettledMixedLogit() as choice:
            scale = choice.scale if isinstance(choice.scale, float | int) else build_taste(choice.scale)
            coefficients = [build_taste(each) for each in choice.coefficients]
            return MixedLogit(
                choice.reservation_price, scale, coefficients, choice.attributes, OUTSIDE_SLOT, taste_slots=tastes
            )
        case SettledClasses() as choice:
            pairs = zip(choice.reservation_price, choice.scale, strict=True)
            classes = [Logit(worth, scale, OUTSIDE_SLOT, taste_slots=tastes) for worth, scale in pairs]
            return LatentClasses(choice.shares, classes)
        case SettledVertical() as choice:
            return Vertical(choice.quality, build_taste(choice.taste))
        case SettledLocational() as choice:
            return Locational(
                choice.reservation_price,
                choice.location,
                choice.distance_cost,
                build_taste(choice.customers),
                choice.circle,
            )
        case SettledRanking() as choice:
            if choice.reservation_price is not None:
                return PricedRanking(choice.shares, choice.reservation_price)
            assert choice.orders is not None, "a ranking has orders or prices"
            return Ranking(choice.shares, choice.orders)
        case SettledSubstitution() as choice:
            return Substitution(choice.first_choice, choice.substitution, choice.attempts)


def _can_race_lazily(segment: SettledSegment, choice: SettledLogit, tastes: list[int]) -> bool:
    """Return whether the lazy race has the full race's distribution for a segment, and room for its weights.

    Who waits or has a home compares more than one price or place with the same tastes; offers that share a taste do not
    arrive independently. Prices are never below 0, so that what an offer is worth bounds its weight.
    """
    return (
        segment.specification.waiting is None
        and segment.home is None
        and len(set(tastes)) == len(tastes)
        and max(choice.reservation_price) <= LARGEST_EXPONENT * choice.scale
    )


def build_patience(segment: SettledSegment) -> Duration | None:
    """Return how long customers stay on a back-order; None for as long as they may wait."""
    waiting = segment.specification.waiting
    if waiting is None or waiting.patience is None:
        return None
    return build_duration(waiting.patience)
