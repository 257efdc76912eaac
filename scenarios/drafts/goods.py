"""Drafts of shops that sell goods: a shelf that is filled up every week, and a buy for a season."""

from typing import TYPE_CHECKING

from .answers import Answers
from .common import head, logit, neat, rates, share_of, transfer_costs, unused, variants_line
from .lines import Block, Changes, Draft, Line, block

if TYPE_CHECKING:
    from ..marked import Plain

__all__ = ["season", "shop"]

WORTH = (1.25, 1.2, 1.15)
"""What a product is worth to a customer of middling taste, as a multiple of its price, in turn."""
PRICES = (1.0, 1.1, 0.9)
"""Prices as multiples of the first one, in turn."""
WEEK = (0.9, 0.9, 0.9, 1.0, 1.1, 1.3, 0.9)
"""A week with a busy Saturday; the mean is 1."""
LESS = 0.85
"""What things are worth to the second group, in proportion to the first."""


def shop(answers: Answers) -> Draft:
    """Return a shop that fills up its shelf every week."""
    goods = _Goods(answers, "shop")
    horizon = answers.horizon
    firm = block(
        Line("focal", True, "the study is about this firm"),
        Line(
            "supply",
            block(
                Line("lead_time", 2, "days from an order to its delivery"),
                Line("pack", 1, "units in a pack; orders come in whole packs"),
            ),
            "what the supplier asks for",
        ),
        Line(
            "ordering",
            block(
                Line("kind", "order_up_to", "at each review, fill up to a level"),
                Line("review_every", 7, "days between two orders"),
                Line(
                    "cycle_service", 0.9, "chance that stock lasts until the next delivery; or write level: 80, units"
                ),
            ),
            "when and how much is ordered",
        ),
        Line(
            "service",
            block(
                Line("back_orders", {"promise": True}, "they may be written down, and are told when stock will come")
            ),
            "what is done for customers who find the shelf empty",
        )
        if answers.waiting
        else None,
    )
    first = answers.products[0]
    variants: Changes = (
        ("lean", {("firms", goods.firm, "ordering", "cycle_service"): 0.75}, "less stock: what does it cost?"),
        ("dearer", {("products", first, "price"): neat(1.1 * answers.price)}, "the first product for a tenth more"),
    )
    return Draft(
        f"A shop with {_number(answers.products)}, filled up every week.",
        (
            *head(
                answers,
                "A shelf that is filled up every week. All figures are first guesses, to be replaced by your own.",
                warm_up=14 if horizon >= 56 else 7 if horizon >= 28 else 0,
            ),
            goods.firms(firm),
            goods.products(
                {
                    "stock": (answers.stock, "units on the shelf at the start"),
                    "holding_cost": (
                        neat(0.001 * answers.price),
                        f"{answers.currency} for one unit in stock for one day",
                    ),
                }
            ),
            goods.segments(
                ("regulars", "bargain-hunters"),
                Line(
                    "waiting",
                    block(
                        Line("up_to", 7, "the longest that they wait, in days"),
                        Line("discount", 0.99, "what a day later is worth: 0.99 is 1 % less for each day"),
                    ),
                    "how they wait for a product that is gone",
                ),
            ),
            variants_line(variants),
        ),
    )


def season(answers: Answers) -> Draft:
    """Return goods that are bought once for a season and marked down near its end."""
    goods = _Goods(answers, "boutique")
    markdown = share_of(answers.horizon, 2 / 3)
    firm = block(
        Line("focal", True, "the study is about this firm"),
        Line(
            "ordering",
            block(
                Line("kind", "season_buy", "one order, on the shelf when the season begins"),
                Line("quantity", answers.stock, "units of each product; a product may name its own"),
            ),
            "how much is bought",
        ),
        Line(
            "pricing",
            block(
                Line("kind", "scheduled", "price changes fixed beforehand"),
                Line("changes", [{"at": markdown, "factor": 0.7}], "in which week, and what part of the price is left"),
                Line("announced", True, "whether customers know of it beforehand; only then can they wait for it"),
            ),
            "how prices move",
        ),
    )
    variants: Changes = (
        ("no-markdown", {("firms", goods.firm, "pricing"): {"kind": "fixed"}}, "the price stays what it is"),
        (
            "scarce",
            {("firms", goods.firm, "ordering", "quantity"): max(1, round(0.8 * answers.stock))},
            "a fifth less is bought",
        ),
    )
    return Draft(
        f"A season with {_number(answers.products)}, bought once and marked down near its end.",
        (
            *head(answers, "One order, one markdown. All figures are first guesses, to be replaced by your own."),
            goods.firms(firm),
            goods.products(
                {"salvage": (neat(0.3 * answers.cost), f"{answers.currency} for a unit that is left at the end")}
            ),
            goods.segments(
                ("shoppers", "bargain-hunters"),
                Line(
                    "waiting",
                    block(
                        Line("up_to", max(1, answers.horizon // 2), "the longest that they wait, in weeks"),
                        Line("discount", 0.98, "what a week later is worth: 0.98 is 2 % less for each week"),
                        Line("chance", 0.7, "how likely they think it that it is still there"),
                    ),
                    "how they wait for the markdown",
                ),
            ),
            variants_line(variants),
        ),
    )


class _Goods:
    """The parts in which goods differ only in numbers."""

    def __init__(self, answers: Answers, firm: str) -> None:
        self.answers = answers
        self.firm = firm
        self.rival = unused(f"rival-{answers.products[0]}", answers.products)

    def firms(self, own: Block) -> Line:
        """Return the firms: one's own, and perhaps a rival."""
        lines = [Line(self.firm, own)]
        if self.answers.rival:
            lines.append(Line("rival", {}, "a firm like any other; it never runs out here"))
        return Line("firms", block(*lines), "Firms: who sells, and how. The names are yours to choose.")

    def price(self, position: int) -> float:
        """Return the price of a product."""
        return self.answers.price if position == 0 else neat(PRICES[position % len(PRICES)] * self.answers.price)

    def products(self, more: "dict[str, tuple[Plain, str]]") -> Line:
        """Return the products: the first with a note on every line, the others on a line each."""
        answers = self.answers
        ratio = answers.cost / answers.price
        lines = []
        for position, name in enumerate(answers.products):
            price = self.price(position)
            cost = answers.cost if position == 0 else neat(ratio * price)
            notes: dict[str, tuple[Plain, str]] = {
                "firm": (self.firm, "who sells it: one of the firms above"),
                "price": (price, f"{answers.currency} that a customer pays for a unit"),
                "cost": (cost, f"{answers.currency} that a unit costs when it is received"),
                **more,
            }
            if position == 0:
                lines.append(Line(name, block(*(Line(key, value, note) for key, (value, note) in notes.items()))))
            else:
                values: dict[str, Plain] = {key: value for key, (value, _) in notes.items()}
                lines.append(Line(name, values, "the same settings on one line" if position == 1 else ""))
        if answers.rival:
            rival: dict[str, Plain] = {"firm": "rival", "price": neat(0.95 * answers.price), "stock": "unlimited"}
            lines.append(Line(self.rival, rival, "the rival's product"))
        return Line("products", block(*lines), "Products: what stands on the shelf.")

    def segments(self, names: tuple[str, str], waiting: Line) -> Line:
        """Return one or two groups of customers; where there are two, only the second waits."""
        answers = self.answers
        if answers.segments == 1:
            lines = [Line(names[0], self._segment(1.0, 1.0, waiting if answers.waiting else None))]
        else:
            lines = [
                Line(names[0], self._segment(0.7, 1.0, None)),
                Line(names[1], self._segment(0.3, LESS, waiting if answers.waiting else None)),
            ]
        return Line("segments", block(*lines), "Segments: groups of customers, with their own wishes.")

    def _segment(self, share: float, worth: float, waiting: Line | None) -> Block:
        answers = self.answers
        worths: dict[str, Plain] = {
            name: neat(worth * WORTH[position % len(WORTH)] * self.price(position))
            for position, name in enumerate(answers.products)
        }
        if answers.rival:
            worths[self.rival] = neat(worth * answers.price)
        return block(
            rates(answers, share, list(WEEK), "customers"),
            logit(answers, 0.25, worths),
            transfer_costs(answers),
            waiting,
        )


def _number(products: tuple[str, ...]) -> str:
    return "one product" if len(products) == 1 else f"{len(products)} products"
