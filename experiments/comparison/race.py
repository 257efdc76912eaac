"""Who is the best of several policies: what is wanted, who is selected, and what that is worth."""

from dataclasses import dataclass
from typing import Any, Literal

from ...simulator.estimates import Estimate
from ...simulator.measures import MeasureKey, is_rate
from .figure_names import LARGE_IS_GOOD, SMALL_IS_GOOD, ComparisonError, words, written
from .selection import eta

Goal = Literal["largest", "smallest"]
GOALS: tuple[Goal, ...] = ("largest", "smallest")

CONFIDENCE = 0.95
"""The chance of a correct selection, unless told otherwise."""
FIRST_STAGE = 20
"""Replications of the first stage, unless told otherwise: fewer make the procedure long, since it trusts them less."""
AT_MOST = 10_000
"""Replications of each at which the procedure is given up, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be selected, and how surely."""

    objective: MeasureKey
    goal: Goal
    indifference: str
    """As it was stated."""
    confidence: float
    first_stage: int
    at_most: int


def what_is_wanted(
    objective: MeasureKey,
    *,
    worlds: int,
    goal: str | None,
    indifference: float | str | None,
    confidence: float | None,
    first_stage: int | None,
    at_most: int | None,
) -> Wanted:
    """Return what is to be selected, checked.

    Parameters
    ----------
    objective : MeasureKey
        What is to be large or small.
    worlds : int
        How many take part.
    goal : str, optional
        `largest` or `smallest`; without it, as the figure suggests.
    indifference : float or str
        The smallest difference that is worth knowing: in the objective's unit, or with a `%` relative to it.
    confidence : float, optional
        The chance of a correct selection.
    first_stage, at_most : int, optional
        Replications of the first stage, and of each at which the procedure is given up.

    Raises
    ------
    ComparisonError
        If one is out of its bounds.
    """
    if is_rate(objective):
        raise ComparisonError(
            f"objective {written(objective)}: {words(objective)} is a rate, a ratio of sums over replications, and the "
            "procedure needs a figure that has a value in each replication, such as profit, lost or units_sold"
        )
    first = FIRST_STAGE if first_stage is None else first_stage
    most = AT_MOST if at_most is None else at_most
    sure = CONFIDENCE if confidence is None else confidence
    for name, value in (("first_stage", first), ("at_most", most)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 2:
            raise ComparisonError(f"{name} must be a whole number above 1 (got {value!r})")
    if most < first:
        raise ComparisonError(f"at_most must not be below first_stage, {first} (got {most})")
    try:
        eta(worlds, first, sure)
    except ValueError as error:
        raise ComparisonError(str(error)) from error
    if indifference is None:
        raise ComparisonError(
            "the best is selected for a stated indifference zone: say which difference would not matter to you, as an "
            "indifference of 50, say, or of 1%"
        )
    zone_of(str(indifference), 1.0)
    return Wanted(objective, _goal(objective, goal), str(indifference).strip(), sure, first, most)


def zone_of(stated: str, whole: float) -> float:
    """Return a stated indifference zone as a number: `50`, or `1%` of the whole.

    Raises
    ------
    ComparisonError
        If it is no number above 0.
    """
    text = stated.strip()
    number = text.removesuffix("%").strip()
    try:
        value = float(number)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ComparisonError(f"indifference must be a number above 0, or one with a % sign (got {stated!r})")
    return value / 100 * abs(whole) if text.endswith("%") else value


def _goal(objective: MeasureKey, goal: str | None) -> Goal:
    for each in GOALS:
        if goal == each:
            return each
    if goal is not None:
        raise ComparisonError(f"goal must be one of {', '.join(GOALS)} (got {goal!r})")
    if objective.figure in LARGE_IS_GOOD:
        return "largest"
    if objective.figure in SMALL_IS_GOOD:
        return "smallest"
    raise ComparisonError(f"say whether the best {written(objective)} is the largest or the smallest one, with goal")


@dataclass(frozen=True, slots=True)
class Leg:
    """How far one of them came."""

    variant: str
    replications: int
    """How many the procedure looked at."""
    behind: str | None
    """The one that it fell behind, at that number; None if it was in to the end."""
    estimate: Estimate
    """The objective over these replications. The procedure stopped because of them, so this is no fair estimate."""


@dataclass(frozen=True, slots=True)
class Race:
    """Who is the best, and what that is worth."""

    wanted: Wanted
    unit: str
    """Unit of the objective; for money, the scenario's currency."""
    indifference: float
    """The smallest difference that is worth knowing, δ, in the objective's unit."""
    chosen: str | None
    """The best; None if the replications did not suffice."""
    ties: tuple[str, ...]
    """Others that were equal to it in everything that was looked at."""
    legs: tuple[Leg, ...]
    h_squared: float
    """The constant h² of the procedure."""
    note: str
    """How the indifference zone was found, where it was not stated in the objective's unit; else empty."""

    @property
    def objective_in_words(self) -> str:
        """The objective, such as `profit of corner`."""
        key = self.wanted.objective
        return f"{words(key)} of {key.name}"

    @property
    def guarantee(self) -> str:
        """What may be relied on, in words."""
        count, wanted = len(self.legs), self.wanted
        sure = f"{100 * wanted.confidence:g} %"
        zone = f"{self.indifference:,.6g} {self.unit}"
        proviso = (
            f"if the {self.objective_in_words}, replication by replication, is about normal, and if the best is at "
            f"least {zone} {'above' if wanted.goal == 'largest' else 'below'} every other one"
        )
        source = "procedure KN, Kim and Nelson 2001, valid on the same customers"
        if self.chosen is None:
            left = ", ".join(leg.variant for leg in self.legs if leg.behind is None)
            return (
                f"Undecided after {wanted.at_most} replications: {left} are still in. With a chance of {sure} or more "
                f"the best of the {count} is among them, {proviso} ({source})."
            )
        return (
            f"With a chance of {sure} or more this is the best of the {count}, {proviso} ({source}). Where others come "
            f"closer to the best than that, one of them may stand here."
        )

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each that took part, the best first."""
        order = sorted(
            self.legs, key=lambda leg: (leg.variant != self.chosen, leg.behind is not None, -leg.replications)
        )
        return [
            {
                "variant": leg.variant,
                "place": "best" if leg.variant == self.chosen else "equal" if leg.variant in self.ties else None,
                "replications": leg.replications,
                "screened_out_by": leg.behind,
                **leg.estimate.as_dict(),
            }
            for leg in order
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        wanted = self.wanted
        return {
            "chosen": self.chosen,
            "equal_to_it": list(self.ties),
            "objective": written(wanted.objective),
            "goal": wanted.goal,
            "unit": self.unit,
            "indifference": self.indifference,
            "indifference_as_stated": wanted.indifference,
            "confidence": wanted.confidence,
            "first_stage": wanted.first_stage,
            "at_most": wanted.at_most,
            "h_squared": self.h_squared,
            "procedure": "KN (Kim and Nelson 2001), c = 1",
            "guarantee": self.guarantee,
            "note": self.note,
            "contenders": self.rows(),
        }
