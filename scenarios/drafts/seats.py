"""Draft of seats, rooms or tickets that are sold at two fares."""

from typing import TYPE_CHECKING

from .answers import Answers
from .common import head, logit, neat, rates, share_of, transfer_costs, unused, variants_line
from .lines import Block, Changes, Draft, Line, block

if TYPE_CHECKING:
    from ..marked import Plain

__all__ = ["seats"]

FLEX = 2.4
"""Price of the dearer fare, as a multiple of the cheaper one."""
RIVAL = 1.1
"""Price of the rival's seat, as a multiple of the cheaper fare."""
WEEK = (1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 1.1)
"""A week in which most look on Sundays; the mean is 1."""


def seats(answers: Answers) -> Draft:
    """Return seats at two fares, some of which are kept from the cheaper one."""
    cheap, dear = answers.products
    firm, seat = "operator", unused("seat", answers.products)
    rival = unused("rival-seat", (*answers.products, seat))
    kept = max(1, answers.stock // 3)
    late = share_of(answers.horizon, 0.8)
    firms = [
        Line(
            firm,
            block(
                Line("focal", True, "the study is about this firm"),
                Line(
                    "availability",
                    block(
                        Line("kind", "protection_levels", "some seats are kept for the dearer fare"),
                        Line("levels", {cheap: kept}, "seats that a sale at this fare must leave"),
                    ),
                    "which fares are held back for others",
                ),
            ),
        )
    ]
    products = [
        Line(
            seat,
            block(
                Line("firm", firm, "who sells it: one of the firms above"),
                Line("stock", answers.stock, "how many there are; no price here: only the fares below sell them"),
            ),
        )
    ]
    if answers.rival:
        firms.append(Line("rival", {}, "a firm like any other; it never runs out here"))
        taken: dict[str, Plain] = {"firm": "rival", "price": neat(RIVAL * answers.price), "stock": "unlimited"}
        products.append(Line(rival, taken, f"the rival's seat, and its price in {answers.currency}"))
    markdown: list[Plain] = [{"at": late, "factor": 0.8}]
    offers = (
        Line(
            cheap,
            block(
                Line("uses", seat, "what a sale takes one of"),
                Line("price", answers.price, f"{answers.currency} for one seat at this fare"),
                Line("pricing", {"kind": "scheduled", "changes": markdown}, "on which day, and what part of it is left")
                if answers.waiting
                else None,
            ),
        ),
        Line(dear, {"uses": seat, "price": neat(FLEX * answers.price)}, "the dearer fare on the same seats"),
    )
    variants: Changes = (
        ("first-come", {("firms", firm, "availability"): {"kind": "open"}}, "nothing is kept: whoever comes first"),
        ("timid", {("firms", firm, "availability", "levels", cheap): kept // 2}, "half as many seats are kept"),
    )
    return Draft(
        f"{answers.stock} seats, sold at two fares.",
        (
            *head(answers, "One stock of seats, two fares. All figures are first guesses, to be replaced by your own."),
            Line("firms", block(*firms), "Firms: who sells, and how. The names are yours to choose."),
            Line("products", block(*products), "Products: the seats themselves."),
            Line("offers", Block(offers), "Offers: ways of selling them."),
            _segments(answers, rival),
            variants_line(variants),
        ),
    )


def _segments(answers: Answers, rival: str) -> Line:
    waiting = Line(
        "waiting",
        block(
            Line("up_to", max(1, answers.horizon // 2), "the longest that they wait, in days"),
            Line("discount", 0.995, "what a day later is worth: 0.995 is 0.5 % less for each day"),
            Line("chance", 0.6, "how likely they think it that a seat is still there"),
        ),
        "how they wait for the cheaper fare to fall",
    )
    patient = waiting if answers.waiting else None
    if answers.segments == 1:
        lines = [Line("travellers", _segment(answers, rival, 1.0, (1.3, 1.9), patient))]
    else:
        lines = [
            Line("leisure", _segment(answers, rival, 0.75, (1.25, 1.4), patient)),
            Line("business", _segment(answers, rival, 0.25, (1.5, 3.2), None)),
        ]
    return Line("segments", block(*lines), "Segments: groups of customers, with their own wishes.")


def _segment(answers: Answers, rival: str, share: float, worth: tuple[float, float], waiting: Line | None) -> Block:
    worths: dict[str, Plain] = {
        fare: neat(multiple * answers.price) for fare, multiple in zip(answers.products, worth, strict=True)
    }
    if answers.rival:
        worths[rival] = neat(1.15 * answers.price)
    return block(
        rates(answers, share, list(WEEK), "customers"),
        logit(answers, 0.3, worths),
        transfer_costs(answers),
        waiting,
    )
