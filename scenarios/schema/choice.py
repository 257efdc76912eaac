"""What customers want: the choice models of R6 and R8."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from .base import NUMBER_OR_UNLIMITED, Part, Positive, PositiveUnits, Share

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


Choice = Annotated[LogitChoice | RankingChoice | SubstitutionChoice, Field(discriminator="kind")]
