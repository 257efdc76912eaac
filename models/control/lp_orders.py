"""Orders by a linear program over drawn demand, solved anew at each review with what the firm can then know.

At a review at time t, an order must last until the next one can arrive, at t + R + L. The two-stage program
`optimise.orders` decides how much to order of all products together, over draws of demand for (t, t + R + L], from the
inventory position, with substitution between the firm's own products. A unit that is left is worth what it would cost
to order it later, less the holding cost of a review period: the myopic policy, which is optimal for one product with
stationary demand (Veinott 1965, Management Science 12, 206-222) and takes substitution into account for several.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..distribution import Duration
from ..observation import Observation
from ..optimise.orders import OrderPlan, plan_orders
from ..optimise.outcome import ProgramError
from ..optimise.season import OrderQuestion, Season
from ..problem import Floats

LENGTHS = 64
"""Lead times that a distribution is cut into."""
NEGLIGIBLE = 1e-6
"""Share of its cost that a unit left over loses at least, so that buying more than anybody wants never ties."""


@dataclass(frozen=True)
class OrderedProducts:
    """What a firm knows of the products that it orders; arrays have shape (products,)."""

    names: tuple[str, ...]
    unit_cost: Floats
    """Money per unit."""
    holding_cost: Floats
    """Money per unit and time unit."""
    lost_sale_penalty: Floats
    """Money per lost customer."""
    expired_worth: Floats
    """What a unit that expires fetches, less the cost of getting rid of it, in money."""
    closing_value: Floats
    """What a unit is worth at the horizon, in money."""
    shelf_life: Floats
    """Time units; inf for ever."""
    lead_time: tuple[Duration, ...]


@dataclass(frozen=True)
class Outlook:
    """What a firm expects until its next order can arrive."""

    demand: Callable[[float, float, Observation], Floats]
    """Expected first choices in (a, b] of each product, in units, given what is public now; shape (products,)."""
    price: Callable[[Observation], Floats]
    """What a unit of each product earns now, in money; shape (products,)."""
    substitution: Callable[[float, float, Observation], Floats]
    """Share of those whose favourite is missing who take each other product; shape (products, products)."""


@dataclass
class OrdersByProgram:
    """An ordering policy: at each review, the first stage of a program over drawn demand.

    Where a program cannot be solved in time, nothing is ordered until the next review.
    """

    products: OrderedProducts
    outlook: Outlook
    review_every: float
    """Time between reviews, in time units (R)."""
    horizon: float
    """End of the run, in time units."""
    draws: int = 200
    seed: int = 0
    time_limit: float | None = None
    """Seconds for each program."""
    failures: list[str] = field(default_factory=list, compare=False)
    """What went wrong when a plan could not be made."""

    def quantities(self, observation: Observation) -> Sequence[float]:
        """Return how much to order of each of `observation.products`, in units."""
        try:
            return [float(units) for units in self.plan(observation).quantities]
        except ProgramError as error:
            self.failures.append(f"time {observation.now:g}: {error}")
            return [0.0] * len(observation.products)

    def plan(self, observation: Observation) -> OrderPlan:
        """Return the plan of a review.

        Raises
        ------
        ProgramError
            When the program cannot be solved.
        """
        return plan_orders(self.question(observation), time_limit=self.time_limit)

    def question(self, observation: Observation) -> OrderQuestion:
        """Return what the program is asked at a review."""
        known, now = self.products, observation.now
        position = np.array([observation.position(product) for product in range(len(known.names))], dtype=np.float64)
        # Who is written down already wants a unit for certain.
        demand = self._drawn(now, observation) + np.maximum(-position, 0.0)
        stock = np.maximum(position, 0.0)
        left = self.left_over_worth(now)
        season = Season(
            demand=demand,
            price=self.outlook.price(observation),
            unit_cost=known.unit_cost,
            salvage=np.maximum(left, 0.0),
            disposal_cost=np.maximum(-left, 0.0),
            lost_sale_penalty=known.lost_sale_penalty,
            opening_stock=stock,
            products=known.names,
        )
        shares = self.outlook.substitution(now, min(now + self.review_every, self.horizon), observation)
        return OrderQuestion(season, shares=shares, largest=demand.sum(axis=1).max())

    def left_over_worth(self, now: float) -> Floats:
        """Return what a unit is worth that is left when the next order arrives, in money; shape (products,)."""
        known, every = self.products, self.review_every
        until = np.array([now + every + lead_time.mean for lead_time in known.lead_time])
        # Of what is left then, the part that lasts another review period saves an order; the rest expires.
        lasts = np.clip((known.shelf_life - (until - now)) / every, 0.0, 1.0)
        later = lasts * (known.unit_cost - every * known.holding_cost) + (1 - lasts) * known.expired_worth
        worth = np.where(until >= self.horizon, known.closing_value, later)
        return np.minimum(worth, known.unit_cost * (1 - NEGLIGIBLE) - NEGLIGIBLE)

    def _drawn(self, now: float, observation: Observation) -> Floats:
        """Return draws of demand until the next order can arrive, in units; shape (draws, products)."""
        # The model's chance, not the customers': a plan must not know who will come.
        chance = np.random.Generator(np.random.Philox(key=[self.seed, round(now * 1e6)]))
        means = np.zeros((self.draws, len(self.products.names)))
        known: dict[float, Floats] = {}
        for product, lead_time in enumerate(self.products.lead_time):
            lengths, shares = lead_time.points(LENGTHS)
            drawn = chance.choice(np.asarray(lengths, dtype=np.float64), size=self.draws, p=shares)
            for draw, length in enumerate(drawn.tolist()):
                end = min(now + self.review_every + length, self.horizon)
                if end not in known:
                    known[end] = self.outlook.demand(now, end, observation) if end > now else np.zeros(means.shape[1])
                means[draw, product] = known[end][product]
        return chance.poisson(means).astype(np.float64)
