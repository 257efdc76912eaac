"""What an engine is given: a problem, and the models and policies that move it, known by their protocols only."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

from ..models.choice.protocols import Choice
from ..models.demand.protocols import Arrivals
from ..models.distribution import Duration
from ..models.observation import OrderingPolicy, PricingPolicy
from ..models.problem import Problem


class Supply(Protocol):
    """What the supplier of one product asks for."""

    @property
    def slot(self) -> int:
        """The product's place in the base scenario: part of the key of its lead times (R14)."""
        ...

    @property
    def lead_time(self) -> Duration:
        """From order to delivery."""
        ...

    @property
    def order_cost(self) -> float:
        """Fixed cost of one order, in money."""
        ...

    def order_units(self, wanted: float) -> int:
        """Return the whole units to order when `wanted` units are needed; 0 for none (R3)."""
        ...


@dataclass(frozen=True, slots=True)
class Replenishment:
    """A policy, the products that it orders, and when it is asked."""

    products: tuple[int, ...]
    policy: OrderingPolicy
    every: float | None
    """Time between reviews, in time units; None for continuous review, after every fall of the position."""
    first: float = 0.0
    """When the first periodic review takes place."""
    triggers: tuple[float, ...] = ()
    """For continuous review, by product: the policy is asked when the position is at or below it. Empty for always."""

    def trigger(self, product: int) -> float:
        """Return the position at which the policy wants to be asked about a product, in units."""
        return self.triggers[self.products.index(product)] if self.triggers else inf


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """An order fixed beforehand."""

    time: float
    product: int
    units: float


@dataclass(frozen=True, slots=True)
class Repricing:
    """A pricing policy of a firm and when it is asked."""

    firm: int
    policy: PricingPolicy
    every: float
    first: float = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """Everything that an engine needs for any replication; picklable where the policies are."""

    problem: Problem
    arrivals: Sequence[Arrivals]
    """By segment."""
    choices: Sequence[Choice]
    """By segment."""
    patience: Sequence[Duration | None]
    """By segment: how long somebody stays on a back-order; None for as long as he may wait."""
    supplies: Sequence[Supply]
    """By product."""
    replenishments: Sequence[Replenishment] = ()
    planned_orders: Sequence[PlannedOrder] = ()
    season_buys: Sequence[PlannedOrder] = ()
    """Quantities on the shelf when the run begins, paid like any order."""
    repricings: Sequence[Repricing] = ()

    def take_failures(self) -> list[str]:
        """Return what policies say that they could not do since they were asked last (their `failures`)."""
        told: list[str] = []
        policies = [*(each.policy for each in self.replenishments), *(each.policy for each in self.repricings)]
        for policy in policies:
            failures = getattr(policy, "failures", None)
            if isinstance(failures, list):
                told.extend(failures)
                failures.clear()
        return told
