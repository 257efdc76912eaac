"""What every kind of plan has in common: a table, a value, a bound, and how to put it into the scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...models.optimise.bounds import Bound
from ...models.problem import UNLIMITED_STOCK, Floats
from ...scenarios.schema.pricing import ProgramPrice
from ...simulator.build.groundwork import Groundwork


class PlanningError(ValueError):
    """A scenario, or an argument, for which the program that was asked for says nothing."""


@dataclass(frozen=True)
class Planned:
    """A plan for one firm of a scenario."""

    rows: tuple[Mapping[str, Any], ...]
    """The plan as a table."""
    value: float
    """The program's value, in the money of the simulated figure that it is judged by."""
    changes: Mapping[str, object]
    """What turns the scenario into the planned one, by path."""
    bound: Bound | None
    """What no policy can beat; None where none is claimed."""
    duals: tuple[Mapping[str, Any], ...] = ()
    """Shadow prices as a table."""
    notes: tuple[str, ...] = ()
    """What a reader should know: what the program leaves out, and why there is no bound."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Time for building and for solving."""


def why_no_bound(ground: Groundwork, firm: int) -> str | None:
    """Return why no bound is claimed for what a firm can earn; None where one is.

    A bound takes demand as given. It is not where customers wait, where a rival's shelf may be empty, or where the firm
    gains from its shelf being empty because moving to a rival costs more than staying.
    """
    problem = ground.problem
    segments = problem.segments
    if segments.waits.any():
        names = [name for name, waits in zip(segments.names, segments.waits, strict=True) if waits]
        return f"customers wait ({', '.join(names)}), which no bound here allows for"
    rivals = problem.offers.firm != firm
    considered = segments.consider_offer
    if not rivals[considered].any():
        return None
    for offer in sorted({int(each) for each in considered if rivals[each]}):
        row = slice(problem.offers.use_start[offer], problem.offers.use_start[offer + 1])
        if (problem.products.opening_stock[problem.offers.use_product[row]] != UNLIMITED_STOCK).any():
            return f"a rival's offer ({problem.offers.names[offer]}) may run out, and send its customers here"
        rival = problem.firms.names[problem.offers.firm[offer]]
        if isinstance(ground.settled.firms[rival].pricing, ProgramPrice):
            return f"a rival ({rival}) sets its prices by a program, and may react"
    for segment, name in enumerate(segments.names):
        substitutive, competitive = segments.transfer_cost[segment, :2]
        row = slice(segments.consider_start[segment], segments.consider_start[segment + 1])
        if rivals[considered[row]].any() and competitive > substitutive:
            return f"moving to a rival costs {name} more than staying, so that an empty shelf can pay"
    return None


def outlay(ground: Groundwork, products: "Floats | list[int]") -> float:
    """Return what the profit of a run without warm-up owes before anything is sold, in money.

    That is the value of the opening stock (R19), and what the orders cost that are fixed beforehand.
    """
    known = ground.problem.products
    total = 0.0
    for product in (int(each) for each in products):
        if known.opening_stock[product] != UNLIMITED_STOCK:
            total += float(known.opening_stock[product] * known.closing_value[product])
        for order in (*ground.planned, *ground.season):
            if order.product == product and (units := ground.units_of(order)):
                total += units * float(known.unit_cost[product]) + ground.supplies[product].order_cost
    return total
