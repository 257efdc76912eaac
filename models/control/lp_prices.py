"""Prices by a linear program that is solved anew from time to time with what the firm can then know.

At each planning time the fluid program over price vectors (`optimise.price_vectors`) is solved for the rest of the
horizon, with the stock on hand and on order and the public prices of the moment, and the first period's prices are set:
re-solving, or rolling horizon. Source: Gallego & van Ryzin (1994), Management Science 40, 999-1020, for the fluid;
Jasin & Kumar (2012), Mathematics of Operations Research 37, 313-345, for what re-solving adds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from ..observation import Observation
from ..optimise.outcome import ProgramError
from ..optimise.price_vectors import PricePlan, PriceProblem, PriceVector, plan_prices
from ..problem import Floats
from .market import Market

Objective = Literal["profit", "revenue", "welfare"]

MOST_PERIODS = 40
"""Periods of one program at most; where more planning times lie ahead, several of them share a period."""


@dataclass(frozen=True)
class Goods:
    """Stocks that a firm prices."""

    names: tuple[str, ...]
    use: Floats
    """Units of each stock that a sale takes; shape (stocks, own offers)."""
    scarce: tuple[bool, ...]
    """Whether what is there must last; otherwise more can be had at `unit_cost`, which every sale then costs."""
    unit_cost: Floats
    """Cost of a unit, in money; shape (stocks,)."""
    left_value: Floats
    """What a unit left at the end fetches, in money; shape (stocks,)."""
    to_come: tuple[tuple[float, int, float], ...] = ()
    """Orders fixed beforehand, as (time, position of the stock, units)."""

    def planned_from(self, now: float) -> Floats:
        """Return the units of each stock that are still to be ordered by plan; shape (stocks,).

        Prices are set before orders are placed at the same instant (R2), so that one that is due now is still to come.
        """
        units = np.zeros(len(self.names))
        for time, position, ordered in self.to_come:
            if time >= now:
                units[position] += ordered
        return units


@dataclass
class PricesByProgram:
    """A pricing policy: plans prices for the rest of the horizon every so often, and sets the first.

    Where a program cannot be solved in time, the plan before it stays in force.
    """

    market: Market
    goods: Goods
    ladders: tuple[tuple[float, ...], ...]
    """Price points of each own offer, in money."""
    review_every: float
    """Time between plans, in time units."""
    horizon: float
    """End of what is planned for, in time units."""
    time_limit: float | None = None
    """Seconds for each linear program."""
    objective: Objective = "profit"
    """What the plan is to make large: the firm's profit, its revenue, or profit and what customers gain."""
    failures: list[str] = field(default_factory=list, compare=False)
    """What went wrong when a plan could not be made."""

    def prices(self, observation: Observation) -> Sequence[float]:
        """Return the price of each of `observation.offers`, in money."""
        # Units that customers wait for are sold already, so that the inventory position is what there is to sell.
        position = {name: observation.position(place) for place, name in enumerate(observation.products)}
        units = [float(position.get(name, 0)) for name in self.goods.names]
        try:
            plan = self.plan(observation.now, units, observation.public_prices)
        except ProgramError as error:
            self.failures.append(f"time {observation.now:g}: {error}")
            return observation.prices
        return plan.prices(0)

    def plan(self, now: float, units: Sequence[float], public_prices: Mapping[str, float]) -> PricePlan:
        """Return the plan for the rest of the horizon.

        Parameters
        ----------
        now
            When it begins, in time units.
        units
            Units that each stock has then, less those that customers wait for.
        public_prices
            Prices in force by name of the offer, in money.

        Raises
        ------
        ProgramError
            When the program cannot be solved.
        """
        return plan_prices(self.problem(now, units, public_prices), time_limit=self.time_limit)

    def problem(
        self,
        now: float,
        units: Sequence[float],
        public_prices: Mapping[str, float],
        *,
        unit_cost: Floats | None = None,
        most_bought: Floats | None = None,
    ) -> PriceProblem:
        """Return the problem of the rest of the horizon; units can be bought first where `most_bought` says so."""
        edges = self.edges(now)
        market, goods = self.market, self.goods
        terms: list[tuple[bool, ...]] = []
        kind = []
        for begin, end in pairwise(edges):
            open_offers = market.open_at((begin + end) / 2)
            if open_offers not in terms:
                terms.append(open_offers)
            kind.append(terms.index(open_offers))

        def shares(which: int, vector: PriceVector) -> Floats:
            return market.shares(terms[which], public_prices, vector)

        def gained(which: int, vector: PriceVector) -> Floats:
            return market.surplus(terms[which], public_prices, vector)

        bought = unit_cost is not None
        scarce = np.array(goods.scarce) | bought
        return PriceProblem(
            customers=market.customers(edges),
            kind=np.array(kind, dtype=np.int64),
            shares=shares,
            ladders=self.ladders,
            cost=goods.use.T @ np.where(scarce | (self.objective == "revenue"), 0.0, goods.unit_cost),
            use=goods.use,
            stock=np.where(
                scarce, np.maximum(np.asarray(units, dtype=np.float64) + goods.planned_from(now), 0.0), np.inf
            ),
            left_value=goods.left_value * (self.objective != "revenue"),
            unit_cost=np.zeros(len(goods.names)) if unit_cost is None else unit_cost,
            most_bought=np.zeros(len(goods.names)) if most_bought is None else most_bought,
            worth_to_customers=gained if self.objective == "welfare" else None,
        )

    def edges(self, now: float) -> list[float]:
        """Return where the periods of a plan that is made now begin, and the end, in time units.

        Within a period the same offers are open throughout.
        """
        left = self.horizon - now
        steps = max(1, int(np.ceil(left / self.review_every - 1e-9)))
        # The first period is the one that is acted upon, and keeps its length.
        each = max(1, -(-(steps - 1) // (MOST_PERIODS - 1)))
        inner = [now + self.review_every * number for number in (1, *range(1 + each, steps, each)) if number < steps]
        return sorted({now, *inner, *self.market.moments(now, self.horizon), self.horizon})
