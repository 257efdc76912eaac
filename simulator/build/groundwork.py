"""What a world is built from, put together once: the problem, choice models, supplies, forecasts and fixed orders."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...models.choice.protocols import AttemptChoice, Choice, SurplusChoice
from ...models.problem import Problem
from ...scenarios.settled import Settled
from ..world import PlannedOrder, Replenishment
from .choice_by_hand import checked_choice
from .forecast import Forecasts
from .ordering import build_replenishments, looks_beyond
from .problem import build_problem
from .segments import build_choice, taste_slots
from .supply import SupplyTerms, build_supplies


@dataclass(frozen=True)
class Groundwork:
    """A scenario as models, before anybody decides by a program."""

    settled: Settled
    problem: Problem
    choices: list[Choice]
    """By segment."""
    supplies: list[SupplyTerms]
    """By product."""
    forecasts: Forecasts
    replenishments: list[Replenishment]
    planned: list[PlannedOrder]
    """Orders fixed beforehand."""
    season: list[PlannedOrder]
    """Quantities on the shelf when the run begins, paid like any order."""

    def units_of(self, order: PlannedOrder) -> int:
        """Return the whole units that come of an order fixed beforehand (R3)."""
        return self.supplies[order.product].order_units(order.units)


def lay_groundwork(settled: Settled, choices: Mapping[str, SurplusChoice | AttemptChoice] | None = None) -> Groundwork:
    """Return the groundwork of a scenario.

    Parameters
    ----------
    settled
        The scenario, with nothing left to look up.
    choices
        Choice models made by hand, by segment.

    Raises
    ------
    ValueError
        If a choice model made by hand does not fulfil its protocol.
    """
    problem = build_problem(settled)
    by_hand = choices or {}
    slots = taste_slots(settled)
    models: list[Choice] = [
        checked_choice(segment, by_hand[segment.name])
        if segment.name in by_hand
        else build_choice(segment, slots, settled.head.draws)
        for segment in settled.segments
    ]
    supplies = build_supplies(settled)
    forecasts = Forecasts(settled, problem, models, beyond=looks_beyond(settled, supplies))
    replenishments, planned, season = build_replenishments(settled, supplies, forecasts)
    return Groundwork(settled, problem, models, supplies, forecasts, replenishments, planned, season)
