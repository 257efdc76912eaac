"""What the drafts of all kinds of shop have in common: the head, the rival, what moving costs customers."""

from typing import TYPE_CHECKING

from ..paths import format_path
from .answers import Answers
from .lines import Block, Changes, Line, block

if TYPE_CHECKING:
    from ..marked import Plain

__all__ = ["UNITS", "head", "logit", "neat", "rates", "share_of", "transfer_costs", "unused", "variants_line"]

UNITS = {"shop": "day", "season": "week", "seats": "day"}
"""The time unit of each kind of shop."""


def neat(amount: float) -> float:
    """Return an amount with three significant digits, as one would write a price."""
    return float(f"{amount:.3g}")


def unused(name: str, taken: tuple[str, ...]) -> str:
    """Return a name that nothing bears yet."""
    while name in taken:
        name += "-2"
    return name


def share_of(horizon: int, share: float) -> int:
    """Return a moment some way into the run, a whole number of time units, neither at its start nor at its end."""
    return min(max(1, round(share * horizon)), horizon - 1)


def head(answers: Answers, description: str, *, warm_up: int = 0) -> tuple[Line, ...]:
    """Return the lines of the head."""
    unit = UNITS[answers.template]
    lines = [
        Line("name", answers.name, "what reports call this scenario"),
        Line("description", description, "for people; change it as you like"),
        Line("time_unit", unit, f"all times and rates below are in {unit}s"),
        Line("horizon", answers.horizon, f"how many {unit}s one run covers"),
        Line("currency", answers.currency, "what a unit of money is called"),
        Line("replications", 20, "how often a run is repeated with other customers; more make intervals narrower"),
    ]
    if answers.start is not None:
        lines.insert(2, Line("start", answers.start, "the first day; with it, times below may be dates too"))
    if warm_up:
        lines.insert(
            -2, Line("warm_up", warm_up, f"the first {unit}s are run but not counted, until stock has settled")
        )
    return tuple(lines)


def rates(answers: Answers, share: float, weekly: list[float], who: str) -> Line:
    """Return when a group of customers comes."""
    unit = UNITS[answers.template]
    has_week = answers.start is not None and unit == "day"
    return Line(
        "arrivals",
        block(
            Line("kind", "poisson", "they come one by one, independently of each other"),
            Line("rate", neat(share * answers.demand), f"{who} a {unit}, on average, buyers or not"),
            Line("weekly", list(weekly), "factors for the days of the week, Monday first") if has_week else None,
        ),
        "when they come",
    )


def logit(answers: Answers, spread: float, worths: "dict[str, Plain]") -> Line:
    """Return what customers want: `spread` is how far tastes do, as a part of the price; `worths` are by offer."""
    money = answers.currency
    return Line(
        "choice",
        block(
            Line("kind", "logit", "they take what leaves them most above its price, if anything does"),
            Line(
                "scale",
                neat(spread * answers.price),
                f"how far tastes spread, in {money}: the less, the more prices decide",
            ),
            Line("reservation_price", worths, f"what each is worth to a customer of middling taste, in {money}"),
        ),
        "what they want",
    )


def transfer_costs(answers: Answers) -> Line:
    """Return what a second choice costs customers."""
    price, money = answers.price, f"in {answers.currency}"
    return Line(
        "transfer_cost",
        block(
            Line("substitutive", neat(0.05 * price), f"to take another offer of the same firm, {money}"),
            Line("competitive", neat(0.15 * price), f"to go to the rival, {money}") if answers.rival else None,
            Line("strategic", neat(0.05 * price), f"to buy later, {money}, once") if answers.waiting else None,
        ),
        "what a second choice costs a customer: the higher, the fewer move",
    )


def variants_line(variants: Changes) -> Line:
    """Return the lines of variants."""
    lines = tuple(
        Line(name, {format_path(path): value for path, value in changes.items()}, note)
        for name, changes, note in variants
    )
    return Line("variants", Block(lines), "Variants: changes to be compared on the same customers, by name.")
