"""What a draft is made from: questions with their defaults, and how an answer is read."""

import csv
import datetime
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..complaints import did_you_mean
from ..scalars import ScalarError, read_scalar
from ..schema.base import NOTHING

__all__ = ["QUESTIONS", "AnswerError", "Answers", "Question", "complete"]

MOST_PRODUCTS = 500
LONGEST_HORIZON = 3650
MOST_UNITS = 10_000_000
LARGEST_AMOUNT = 1e9


class AnswerError(ValueError):
    """An answer cannot be used; the text says what is due and what was found."""


@dataclass(frozen=True, slots=True)
class Answers:
    """All that a draft needs to know.

    Parameters
    ----------
    template
        The kind of shop: `shop`, `season` or `seats`.
    name
        What the scenario is called.
    products
        What is sold, by name; of `seats`, the two fares.
    price
        Price of the first product or of the cheaper fare, in money.
    cost
        What a unit of it costs, in money; 0 for seats.
    stock
        Units of each product at the start, or bought for the season; the number of seats.
    demand
        Customers who come in one time unit, buyers or not.
    horizon
        Length of a run, in time units.
    start
        Date at which it begins, as ISO text; None for no calendar.
    currency
        What a unit of money is called.
    segments
        How many groups of customers there are: 1 or 2.
    rival
        Whether somebody else sells too.
    waiting
        Whether customers may wait.
    """

    template: str
    name: str
    products: tuple[str, ...]
    price: float
    cost: float
    stock: int
    demand: float
    horizon: int
    start: str | None
    currency: str
    segments: int
    rival: bool
    waiting: bool


Known = Mapping[str, object]
"""Answers so far, by question."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Parameters
    ----------
    key
        Which answer, and the name of its option.
    asks
        The question in words, by kind of shop; the kinds without one are not asked.
    default
        What holds where nobody answers, from the answers before; as a person would type it.
    read
        Turns what a person typed into the answer.
    """

    key: str
    asks: Mapping[str, str]
    default: Callable[[Known], str]
    read: Callable[[str], object]


def complete(
    given: Mapping[str, str], called: str = "", ask: Callable[[Question, str, str], object] | None = None
) -> Answers:
    """Return all answers: those given, and for the others what is asked, or else the default.

    Parameters
    ----------
    given
        What was typed, by question.
    called
        What the scenario is called unless told otherwise; without it, after its kind.
    ask
        Asks a person: gets the question, its words and its default, and returns the answer as `Question.read` does.

    Raises
    ------
    AnswerError
        With everything that is wrong with what was given, a line for each.
    """
    known: dict[str, object] = {}
    problems: list[str] = []
    for question in QUESTIONS:
        words = question.asks.get(str(known.get("template", "")), question.asks.get(""))
        typed = given.get(question.key)
        default = called if question.key == "name" and called else None
        if words is None and typed is not None:
            kinds = " and ".join(kind for kind in question.asks)
            problems.append(f"--{question.key} belongs to {kinds}, not to {known['template']}")
        default = default or question.default(known)
        try:
            if words is not None and typed is None and ask is not None and not problems:
                known[question.key] = ask(question, words, default)
            else:
                known[question.key] = question.read(default if typed is None else typed)
        except AnswerError as problem:
            problems.append(f"--{question.key}: {problem}")
            if question.key == "template":
                break  # every default depends on it
            known[question.key] = question.read(question.default(known))
    if problems:
        raise AnswerError("\n".join(problems))
    return Answers(**known)  # type: ignore[arg-type]


def _template(text: str) -> str:
    kind = text.strip().casefold()
    if kind not in KINDS:
        suggestion = did_you_mean(kind, KINDS)
        raise AnswerError(f"there is no kind {text!r}{suggestion} (known: {', '.join(KINDS)})")
    return kind


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise AnswerError("must not be empty")
    if not words.isprintable():
        raise AnswerError(f"must be text on one line (got {text!r})")
    return words


def _names(text: str) -> tuple[str, ...]:
    """Read a number of products, or their names with commas between; a name with a comma in it stands in quotes."""
    number = _number_of(text)
    if isinstance(number, int):
        if not 1 <= number <= MOST_PRODUCTS:
            raise AnswerError(f"must be from 1 to {MOST_PRODUCTS} (got {number})")
        return tuple(f"product-{position}" for position in range(1, number + 1))
    try:
        [names] = csv.reader([text.strip()], skipinitialspace=True, strict=True)
    except (csv.Error, ValueError):
        raise AnswerError(f"must be a number, or names with commas between (got {text!r})") from None
    read = tuple(_words(name) for name in names)
    if NOTHING in read:
        raise AnswerError(f"{NOTHING!r} is the name of buying nothing (R6); choose another")
    twice = next((name for name in read if read.count(name) > 1), None)
    if twice is not None:
        raise AnswerError(f"names {twice!r} twice")
    if len(read) > MOST_PRODUCTS:
        raise AnswerError(f"must be at most {MOST_PRODUCTS} names (got {len(read)})")
    return read


def _number_of(text: str) -> object:
    try:
        return read_scalar(text.strip())
    except ScalarError:
        return None


def _amount(*, above_zero: bool) -> Callable[[str], float]:
    def read(text: str) -> float:
        number = _number_of(text)
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        if not is_number or not (number > 0 if above_zero else number >= 0) or number > LARGEST_AMOUNT:  # type: ignore[operator]
            least = "above 0" if above_zero else "of at least 0"
            raise AnswerError(f"must be a number {least}, with a decimal point (got {text!r})")
        return float(number)  # type: ignore[arg-type]

    return read


def _count(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = _number_of(text)
        if not isinstance(number, int) or isinstance(number, bool) or not low <= number <= high:
            raise AnswerError(f"must be a whole number from {low} to {high} (got {text!r})")
        return number

    return read


def _date(text: str) -> str | None:
    words = text.strip()
    if words.casefold() in ("", "none"):
        return None
    try:
        return datetime.date.fromisoformat(words).isoformat()
    except ValueError:
        raise AnswerError(f"must be a date such as 2026-03-02, or none (got {text!r})") from None


def _truth(text: str) -> bool:
    truth = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}.get(text.strip().casefold())
    if truth is None:
        raise AnswerError(f"must be yes or no (got {text!r})")
    return truth


def _stock(known: Known) -> str:
    demand, horizon = float(str(known["demand"])), float(str(known["horizon"]))
    match known["template"]:
        case "seats":
            units = 0.6 * demand * horizon
        case "season":
            units = 0.7 * demand * horizon / _number_of_products(known)
        case _:
            units = 8 * demand / _number_of_products(known)
    return str(min(max(1, math.ceil(units)), MOST_UNITS))


def _number_of_products(known: Known) -> int:
    products = known["products"]
    return len(products) if isinstance(products, tuple) else 1


def _by_kind(**defaults: str) -> Callable[[Known], str]:
    return lambda known: defaults[str(known["template"])]


def _always(text: str) -> Callable[[Known], str]:
    return lambda _: text


def _half_the_price(known: Known) -> str:
    return f"{0.5 * float(str(known['price'])):.3g}"


KINDS = {
    "shop": "a shelf that is filled up every week",
    "season": "goods bought once for a season, marked down near its end",
    "seats": "seats (or rooms, or tickets) sold at two fares",
}
"""The kinds of shop, and what each is."""

_ALL = ""
QUESTIONS = (
    Question(
        "template",
        {_ALL: "\n".join([*(f"  {kind:<8}{what}" for kind, what in KINDS.items()), "What kind of shop?"])},
        _always("shop"),
        _template,
    ),
    Question("name", {_ALL: "What is the scenario called?"}, lambda known: f"my-{known['template']}", _words),
    Question(
        "products",
        {kind: "How many products? (or their names, with commas between)" for kind in ("shop", "season")},
        _by_kind(shop="3", season="2", seats="saver, flex"),
        _names,
    ),
    Question("currency", {_ALL: "What is a unit of money called?"}, _always("EUR"), _words),
    Question(
        "price",
        {_ALL: "Price of the first product", "seats": "Price of the cheaper fare"},
        _by_kind(shop="2.5", season="60", seats="99"),
        _amount(above_zero=True),
    ),
    Question(
        "cost",
        {kind: "What a unit of it costs you" for kind in ("shop", "season")},
        lambda known: "0" if known["template"] == "seats" else _half_the_price(known),
        _amount(above_zero=False),
    ),
    Question(
        "demand",
        {_ALL: "Customers who come in a day, buyers or not", "season": "Customers who come in a week, buyers or not"},
        _by_kind(shop="120", season="25", seats="3"),
        _amount(above_zero=True),
    ),
    Question(
        "horizon",
        {_ALL: "How many days to simulate?", "season": "How many weeks does the season last?"},
        _by_kind(shop="91", season="12", seats="60"),
        _count(2, LONGEST_HORIZON),
    ),
    Question("start", {_ALL: "First day, such as 2026-03-02 (none: no calendar)"}, _always("none"), _date),
    Question(
        "stock",
        {
            "shop": "Units of each product on the shelf at the start",
            "season": "Units of each product bought for the season",
            "seats": "How many seats?",
        },
        _stock,
        _count(1, MOST_UNITS),
    ),
    Question("segments", {_ALL: "One group of customers, or two?"}, _always("1"), _count(1, 2)),
    Question("rival", {_ALL: "Is there a rival across the street? (yes or no)"}, _always("no"), _truth),
    Question("waiting", {_ALL: "May customers wait? (yes or no)"}, _always("no"), _truth),
)
"""What is asked, in this order."""
