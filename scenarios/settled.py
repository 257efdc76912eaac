"""A scenario with nothing left to look up: exceptions applied, names checked, dates turned into times, tables read.

This is what the simulator builds from. Everything here is frozen and in the order of declaration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .schema.distributions import Taste
from .schema.firm import Firm, Product
from .schema.ordering import Ordering, Supply
from .schema.scenario import Head
from .schema.segment import Segment


@dataclass(frozen=True, slots=True)
class SettledProduct:
    """A product with its firm's settings and its own exceptions put together."""

    name: str
    firm: str
    specification: Product
    supply: Supply
    ordering: Ordering
    """The policy in force; for a plan, only this product's orders. `none` for an unlimited stock."""
    order_times: tuple[float, ...] = ()
    """For a plan: when each of its orders is placed, in time units, in the order of `ordering.orders`."""
    first_review: float = 0.0
    """For a periodic review: when the first one takes place, in time units."""


@dataclass(frozen=True, slots=True)
class SettledOffer:
    """A way of selling, with windows and price changes in time units."""

    name: str
    firm: str
    uses: tuple[tuple[str, int], ...]
    """The products that a sale takes from, with the units of each."""
    price: float
    windows: tuple[tuple[float, float], ...]
    """When it is open, as (opens, closes) in time units, in order and apart; an end at the horizon or later is inf."""
    own_taste: bool
    price_changes: tuple[tuple[float, float], ...]
    """Scheduled changes as (time, new price), in order of time."""
    announced: bool
    """Whether customers know of the changes beforehand."""
    protection: tuple[tuple[float, int], ...]
    """Units of each stock that a sale must leave, as (from when on, level), in order of time; empty for none."""
    price_points: tuple[float, ...] = ()
    """Where a program sets the price: the points that it chooses from, in money, in rising order."""


@dataclass(frozen=True, slots=True)
class SettledLogit:
    """A logit over offers."""

    scale: float
    reservation_price: tuple[float, ...]
    """By considered offer, in money."""


@dataclass(frozen=True, slots=True)
class SettledNestedLogit:
    """A nested logit over offers."""

    scale: float
    reservation_price: tuple[float, ...]
    """By considered offer, in money."""
    nest: tuple[int, ...]
    """By considered offer, the number of its nest; who is in none has one of his own."""
    dissimilarity: tuple[float, ...]
    """By nest."""


@dataclass(frozen=True, slots=True)
class SettledMixedLogit:
    """A logit whose customers differ in what attributes are worth."""

    scale: float | Taste
    reservation_price: tuple[float, ...]
    """By considered offer, in money."""
    coefficients: tuple[float | Taste, ...]
    """By attribute, in money per unit."""
    attributes: tuple[tuple[float, ...], ...]
    """By considered offer and attribute."""


@dataclass(frozen=True, slots=True)
class SettledClasses:
    """Logits of latent classes."""

    shares: tuple[float, ...]
    scale: tuple[float, ...]
    """By class."""
    reservation_price: tuple[tuple[float, ...], ...]
    """By class and considered offer, in money; −inf for what a class never buys."""


@dataclass(frozen=True, slots=True)
class SettledVertical:
    """Offers of different quality."""

    quality: tuple[float, ...]
    """By considered offer."""
    taste: Taste


@dataclass(frozen=True, slots=True)
class SettledLocational:
    """Offers at different places."""

    reservation_price: tuple[float, ...]
    """By considered offer, in money."""
    location: tuple[float, ...]
    """By considered offer."""
    distance_cost: float
    customers: Taste
    circle: float | None


@dataclass(frozen=True, slots=True)
class SettledRanking:
    """Ranking lists; positions count considered offers."""

    shares: tuple[float, ...]
    orders: tuple[tuple[int, ...], ...] | None
    """By list, the positions of its offers, best first; None where lists carry prices."""
    reservation_price: tuple[tuple[float, ...], ...] | None
    """By list and considered offer, in money; −inf for an offer not on the list; None where lists carry orders."""


@dataclass(frozen=True, slots=True)
class SettledSubstitution:
    """First choices and substitution shares; positions count considered offers."""

    first_choice: tuple[float, ...]
    """By considered offer; what is missing to 1 wants nothing."""
    substitution: tuple[tuple[float, ...], ...]
    """By failed offer and substitute; what is missing to 1 in a row leaves."""
    attempts: int | None
    """None for no limit."""


SettledChoice = (
    SettledLogit
    | SettledNestedLogit
    | SettledMixedLogit
    | SettledClasses
    | SettledVertical
    | SettledLocational
    | SettledRanking
    | SettledSubstitution
)


Home = tuple[Literal["firm", "offer"], str]
"""Where a segment is at home: whether that is a firm or an offer, and its name (R7)."""


@dataclass(frozen=True, slots=True)
class SettledSegment:
    """A segment whose names have become positions."""

    name: str
    specification: Segment
    considers: tuple[str, ...]
    """Names of the offers that it considers, in the order of declaration of the offers."""
    choice: SettledChoice
    home: Home | None = None
    trace: tuple[float, ...] | None = None
    """For recorded arrivals: their times, in time units, sorted; only those in [0, horizon)."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The places of the base scenario, which are parts of the keys of draws (R14): names in base order, then additions.

    A name that a variant removed keeps its place, so that nobody else moves.
    """

    products: tuple[str, ...]
    offers: tuple[str, ...]
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A whole scenario, ready to be built."""

    head: Head
    firms: Mapping[str, Firm]
    products: tuple[SettledProduct, ...]
    offers: tuple[SettledOffer, ...]
    segments: tuple[SettledSegment, ...]
    slots: Slots
