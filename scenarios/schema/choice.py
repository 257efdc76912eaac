"""What customers want: the choice models of R6 and R8."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from .base import NUMBER_OR_UNLIMITED, NotNegative, Part, Positive, PositiveUnits, Share
from .distributions import NumberOrTaste, Taste

SHARES_TOLERANCE = 1e-9
"""How far from 1 a sum of shares may be, for rounding in decimal fractions."""


class LogitChoice(Part):
    """Multinomial logit with a linear price: surplus = reservation price + scale · Gumbel difference − price (R6)."""

    kind: Literal["logit"]
    scale: Positive
    """Spread of tastes s, in money; the price coefficient of a fitted logit is −1/s."""
    reservation_price: dict[str, float] = Field(min_length=1)
    """What each offer is worth to a customer of middling taste, in money.

    A product stands for all offers that use only it, unless an offer is named too.
    """


class RankingList(Part):
    """One type of customer: what is wanted first, second and so on."""

    share: Share
    """Share of the segment's customers; the lists' shares sum to 1."""
    order: tuple[str, ...] | None = None
    """Offers, best first; the customer buys the first that can be had, whatever it costs."""
    reservation_price: dict[str, float] | None = None
    """Instead of an order: what each offer is worth, in money; then prices decide the order (R8)."""

    @model_validator(mode="after")
    def _one_of_two(self) -> "RankingList":
        if (self.order is None) == (self.reservation_price is None):
            raise ValueError("needs exactly one of order, reservation_price")
        if self.order is not None and len(set(self.order)) != len(self.order):
            twice = next(name for name in self.order if self.order.count(name) > 1)
            raise ValueError(f"order names {twice!r} twice")
        return self


class RankingChoice(Part):
    """A finite number of customer types, each with its list."""

    kind: Literal["ranking"]
    lists: tuple[RankingList, ...] = Field(min_length=1)
    """The types; all with `order`, or all with `reservation_price`."""

    @field_validator("lists")
    @classmethod
    def _lists_fit(cls, lists: tuple[RankingList, ...]) -> tuple[RankingList, ...]:
        total = sum(each.share for each in lists)
        if abs(total - 1) > SHARES_TOLERANCE:
            raise ValueError(f"the shares of the lists must sum to 1 (got {total:.6g})")
        if len({each.order is None for each in lists}) > 1:
            raise ValueError("all lists need the same: order, or reservation_price")
        return lists


Attempts = Annotated[
    Annotated[PositiveUnits, Tag("number")] | Annotated[Literal["unlimited"], Tag("unlimited")],
    NUMBER_OR_UNLIMITED,
]
"""A number of attempts, or no end of them."""


class SubstitutionTable(Part):
    """Substitution shares in a table with columns `from`, `to`, `share` and perhaps `store`."""

    file: str
    """The table (CSV, Parquet, or a sheet of a workbook); shares are in [0, 1].

    Columns `half_width` and `n`, with which a result writes its transfer shares, may stay in it; they change nothing.
    """
    store: str | None = None
    """Take only the rows with this value in the column `store`."""


def _table_or_shares(value: object) -> str | None:
    if isinstance(value, SubstitutionTable):
        return "table"
    if isinstance(value, Mapping):
        return "table" if isinstance(value.get("file"), str) else "shares"
    return None


Substitution = Annotated[
    Annotated[dict[str, dict[str, Share]], Tag("shares")] | Annotated[SubstitutionTable, Tag("table")],
    Discriminator(_table_or_shares, custom_error_type="shape", custom_error_message="must be a mapping"),
]
"""Shares, or the table that holds them; a loaded scenario has the shares."""


class SubstitutionChoice(Part):
    """First choices and, for each failed attempt, shares of the next: given from outside, without prices (R8)."""

    kind: Literal["substitution"]
    first_choice: dict[str, Share] = Field(min_length=1)
    """Share of customers who want each offer first, and `nothing`; they sum to 1."""
    substitution: Substitution
    """From an offer that cannot be had, the share of customers who try each other one; the rest of the row leaves."""
    attempts: Attempts = 1
    """How many substitutes a customer tries; `unlimited` is the Markov chain."""

    @field_validator("first_choice")
    @classmethod
    def _sums(cls, first_choice: dict[str, float]) -> dict[str, float]:
        total = sum(first_choice.values())
        if abs(total - 1) > SHARES_TOLERANCE:
            raise ValueError(f"shares must sum to 1, with `nothing` for the rest (got {total:.6g})")
        return first_choice


class Nest(Part):
    """Offers that are closer substitutes for each other than for anything else."""

    offers: tuple[str, ...] = Field(min_length=1)
    """The offers; a product stands for all offers that use only it."""
    dissimilarity: Annotated[float, Field(gt=0, le=1)]
    """λ: at 1 the nest makes no difference, towards 0 its offers are all but the same to a customer."""


class NestedLogitChoice(Part):
    """A logit with nests: who finds the shelf empty turns to the same nest first (R6)."""

    kind: Literal["nested_logit"]
    scale: Positive
    """Spread of tastes s, in money."""
    reservation_price: dict[str, float] = Field(min_length=1)
    """What each offer is worth to a customer of middling taste, in money; products and offers as for `logit`."""
    nests: dict[str, Nest] = Field(min_length=1)
    """The nests, by names of your own; an offer in none of them stands alone."""


class MixedLogitChoice(Part):
    """A logit whose customers differ in what attributes are worth to them, and in how decided they are (R6)."""

    kind: Literal["mixed_logit"]
    scale: NumberOrTaste
    """Spread of tastes s, in money: a number above 0, or a `lognormal`, `uniform`, `exponential` or `empirical` one."""
    reservation_price: dict[str, float] = Field(min_length=1)
    """What each offer is worth but for its attributes, in money; products and offers as for `logit`."""
    coefficients: dict[str, NumberOrTaste] = Field(default_factory=dict)
    """By attribute of the products: what a unit of it is worth, in money, to all customers or varying between them."""


class LatentClass(Part):
    """One class of customers with a logit of its own."""

    share: Share
    """Share of the segment's customers; the classes' shares sum to 1."""
    scale: Positive
    """Spread of tastes s, in money."""
    reservation_price: dict[str, float] = Field(min_length=1)
    """What each offer is worth to a customer of middling taste, in money; what is not named is never bought."""


class LatentClassesChoice(Part):
    """A few classes of customers, each with its own logit; nobody is told who belongs to which (R6)."""

    kind: Literal["latent_classes"]
    classes: tuple[LatentClass, ...] = Field(min_length=1)
    """The classes."""

    @field_validator("classes")
    @classmethod
    def _sums(cls, classes: tuple[LatentClass, ...]) -> tuple[LatentClass, ...]:
        total = sum(each.share for each in classes)
        if abs(total - 1) > SHARES_TOLERANCE:
            raise ValueError(f"the shares of the classes must sum to 1 (got {total:.6g})")
        return classes


class VerticalChoice(Part):
    """All agree which offer is better, and differ in what quality is worth to them (R6)."""

    kind: Literal["vertical"]
    quality: dict[str, NotNegative] = Field(min_length=1)
    """Quality of each offer, in a unit of your own; a product stands for all offers that use only it."""
    taste: Taste
    """What a unit of quality is worth, in money, varying between customers."""


class LocationalChoice(Part):
    """Customers have a place on a line or a circle, and distance costs them (R6)."""

    kind: Literal["locational"]
    reservation_price: dict[str, float] = Field(min_length=1)
    """What each offer is worth to a customer who is just there, in money; products and offers as for `logit`."""
    location: dict[str, float] = Field(min_length=1)
    """Where each offer is; a product stands for all offers that use only it."""
    distance_cost: NotNegative
    """What a unit of distance takes off, in money."""
    customers: Taste
    """Where customers are."""
    circle: Positive | None = None
    """Length of the circle, from 0 round to it; without it, places lie on a line."""


Choice = Annotated[
    LogitChoice
    | NestedLogitChoice
    | MixedLogitChoice
    | LatentClassesChoice
    | VerticalChoice
    | LocationalChoice
    | RankingChoice
    | SubstitutionChoice,
    Field(discriminator="kind"),
]
