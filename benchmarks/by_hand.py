"""The yardstick: what a good simulation engineer would write by hand with SimPy and NumPy for one kind of shop.

One arrival process; random numbers in blocks, by compiled code, with the keys of the engines' draws; NumPy over the
offers for each customer; plain lists and local variables where they are faster; (s, Q) with a SimPy process for each
delivery. It knows nothing else: one segment, one constant rate, one price for each offer, nobody waits. It keeps no
books but sales, losses and transfers, and these must be those of the engines to the unit.

The favourite is argmin(E_j / w_j) with E standard exponential and w_j = e^{(r_j − p_j)/s}, 1 for buying nothing: the
logit's argmax without logarithms. A transfer cost c multiplies a time by e^{c/s}; what is not to be had takes for ever.
The lazy race (`demandshift.simulator.lazy_race`) draws the favourite by shares, and more only for who is turned away.

Blocks hold what does not depend on the shelves or on who was served before; a visit is decided when it takes place.
"""

from bisect import bisect_right
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
import simpy
from blocks import PERSONS, Blocks

from demandshift.models.chance import Purpose
from demandshift.models.demand.poisson import GAP_SLOT
from demandshift.simulator.draws import Draws
from demandshift.simulator.lazy_race import FAVOURITE_SLOT, GROUP_SLOT, OWNER_SLOT, SPLIT_SLOT, SUM_SLOTS

if TYPE_CHECKING:
    from shops import Shop

Process = Generator[simpy.Event, object, None]
Floats = npt.NDArray[np.float64]

RACE_TIMES = (*SUM_SLOTS, GROUP_SLOT, GROUP_SLOT + 2)
RACE_SHARES = (FAVOURITE_SLOT, SPLIT_SLOT, OWNER_SLOT, OWNER_SLOT + 2)
"""Slots of the lazy race. All but the first are for who is turned away: in blocks they cost less than one by one. The
odd groups are what cannot be had, which changes no sale."""
DECIMALS = 9
"""Of a time unit, to which firms' appointments are rounded (R2)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the customers of a run."""

    sold: tuple[int, ...]
    """Sales, by offer."""
    lost: tuple[int, ...]
    """Customers turned away who bought nothing, by the offer that they wanted."""
    recaptured: int
    """Customers turned away who bought another offer of the same firm."""
    diverted: int
    """Customers turned away who bought from the other firm."""


class FullRace:
    """One replication of a shop. Positions count from 1: position 0 is buying nothing."""

    GONE: ClassVar[float] = inf
    """What the race time of something is multiplied with that cannot be had."""

    def __init__(self, shop: "Shop", seed: int, replication: int) -> None:
        self._shop = shop
        self._key = (seed, replication, 0)
        self._draws = Draws(seed, replication)
        self._environment = simpy.Environment()
        positions = len(shop.names) + 1
        self._on_hand = [0, *shop.stock]
        self._quantity = [0, *shop.quantities]
        self._until_order = [0, *(stock - point for stock, point in zip(shop.stock, shop.reorder_points, strict=True))]
        """Units that the inventory position may fall before an order is due."""
        self._orders = [0] * positions
        self._shelf = np.ones(positions)
        """1 for what can be had, and for buying nothing; `GONE` for the rest."""
        self._pace = np.exp((np.array([0.0, *shop.worth]) - np.array([0.0, *shop.prices])) / shop.scale)
        """w, 1 for buying nothing."""
        costs = np.array([shop.substitutive_cost, shop.competitive_cost])
        self._stretch: list[float] = np.exp(costs / shop.scale).tolist()
        """By what a transfer cost stretches a time, by kind."""
        self._sold = [0] * positions
        self._lost = [0] * positions
        self._recaptured = 0
        self._diverted = 0

    def run(self) -> Tally:
        """Run the replication."""
        self._environment.process(self._arrivals())
        self._environment.run(until=self._shop.horizon)
        return Tally(tuple(self._sold[1:]), tuple(self._lost[1:]), self._recaptured, self._diverted)

    def _visits(self) -> Iterator[tuple[list[float], Floats]]:
        """Yield blocks of gaps between arrivals, shape (persons,), and of race times, shape (persons, positions)."""
        gaps = Blocks(*self._key, Purpose.ARRIVAL, exponential=[GAP_SLOT])
        tastes = Blocks(*self._key, Purpose.TASTE, exponential=range(len(self._pace)))
        stretch = 1 / self._pace
        times = np.empty((PERSONS, len(self._pace)))
        for first in range(0, 2**32, PERSONS):
            np.multiply(tastes.draw(first).T, stretch, out=times)
            yield (gaps.draw(first)[0] / self._shop.rate).tolist(), times

    def _factors(self) -> list[Floats]:
        """Return, by favourite, by what transfer costs stretch the times of all positions."""
        shop, (substitutive, competitive) = self._shop, self._stretch
        rows = [np.ones(len(shop.names) + 1)]
        for favourite, firm in enumerate(shop.firms, start=1):
            row = np.array([1.0, *(substitutive if other == firm else competitive for other in shop.firms)])
            row[favourite] = 1.0
            rows.append(row)
        return rows

    def _arrivals(self) -> Process:
        """Let the customers come, one after the other, and serve each at once."""
        timeout, on_hand, until_order = self._environment.timeout, self._on_hand, self._until_order
        sold, lost, shelf, gone, factors = self._sold, self._lost, self._shelf, self.GONE, self._factors()
        firms = ("", *self._shop.firms)
        for gaps, times in self._visits():
            for gap, race in zip(gaps, times, strict=True):
                yield timeout(gap)
                chosen = int(race.argmin())
                if not chosen:
                    continue
                if not on_hand[chosen]:
                    favourite = chosen
                    chosen = int((race * factors[favourite] * shelf).argmin())
                    if not chosen:
                        lost[favourite] += 1
                        continue
                    if firms[chosen] == firms[favourite]:
                        self._recaptured += 1
                    else:
                        self._diverted += 1
                sold[chosen] += 1
                on_hand[chosen] -= 1
                if not on_hand[chosen]:
                    shelf[chosen] = gone
                until_order[chosen] -= 1
                if not until_order[chosen]:
                    self._order(chosen)

    # The sale stands in the loop of both races: a call for each customer would cost a tenth of the time.

    def _order(self, product: int) -> None:
        """Order Q units, which lifts the position by as much."""
        self._until_order[product] += self._quantity[product]
        self._environment.process(self._delivery(product, self._orders[product]))
        self._orders[product] += 1

    def _delivery(self, product: int, number: int) -> Process:
        """Bring an order after its lead time."""
        share = self._draws.segment(product - 1).person(number).uniform(Purpose.LEAD_TIME, 0)
        low, high = self._shop.lead_time
        now = self._environment.now
        yield self._environment.timeout(round(now + low + (high - low) * share, DECIMALS) - now)
        self._on_hand[product] += self._quantity[product]
        self._shelf[product] = 1.0


class LazyRace(FullRace):
    """The same, drawing only what a customer needs."""

    GONE: ClassVar[float] = 0.0
    """What the weight of something is multiplied with that cannot be had."""

    def __init__(self, shop: "Shop", seed: int, replication: int) -> None:
        super().__init__(shop, seed, replication)
        firms = np.array(["", *shop.firms])
        self._alternatives: list[Floats] = []
        """By favourite, the weights of its alternatives and 0 for all else; shape (kinds, positions) each."""
        for favourite, firm in enumerate(firms):
            rows = np.where([firms == firm, firms != firm], self._pace, 0.0)
            rows[:, [0, favourite]] = 0.0
            self._alternatives.append(rows)

    def _arrivals(self) -> Process:
        """Let the customers come, one after the other, and serve each at once."""
        timeout, on_hand, until_order = self._environment.timeout, self._on_hand, self._until_order
        sold, lost, shelf, gone = self._sold, self._lost, self._shelf, self.GONE
        firms = ("", *self._shop.firms)
        rate, cumulative = self._shop.rate, list(accumulate(self._pace.tolist()))
        total = cumulative[-1]
        gap_blocks = Blocks(*self._key, Purpose.ARRIVAL, exponential=[GAP_SLOT])
        race_blocks = Blocks(*self._key, Purpose.RACE, exponential=RACE_TIMES, uniform=RACE_SHARES)
        for first in range(0, 2**32, PERSONS):
            gaps, draws = gap_blocks.draw(first)[0] / rate, race_blocks.draw(first)
            visits = zip(gaps.tolist(), (draws[FAVOURITE_SLOT] * total).tolist(), strict=True)
            for number, (gap, share) in enumerate(visits):
                yield timeout(gap)
                chosen = bisect_right(cumulative, share)
                if not chosen:
                    continue
                if not on_hand[chosen]:
                    favourite = chosen
                    chosen = self._second_choice(favourite, total, draws[:, number])
                    if not chosen:
                        lost[favourite] += 1
                        continue
                    if firms[chosen] == firms[favourite]:
                        self._recaptured += 1
                    else:
                        self._diverted += 1
                sold[chosen] += 1
                on_hand[chosen] -= 1
                if not on_hand[chosen]:
                    shelf[chosen] = gone
                until_order[chosen] -= 1
                if not until_order[chosen]:
                    self._order(chosen)

    def _second_choice(self, favourite: int, total: float, draws: Floats) -> int:
        """Return what somebody buys whose favourite is gone, from the draws of the lazy race by increasing slot."""
        _, split, first, second, *rest = draws.tolist()
        group_times, owners = rest[:2], rest[2:]
        favourite_at = (1.0 - split) * (first + second) / total
        best, best_time = 0, favourite_at + split * (first + second)
        to_be_had = (self._alternatives[favourite] * self._shelf).cumsum(axis=1)
        for row, weight, stretch, time, owner in zip(
            to_be_had, to_be_had[:, -1].tolist(), self._stretch, group_times, owners, strict=True
        ):
            if weight > 0:
                arrives = (favourite_at + time / weight) * stretch
                if arrives <= best_time:
                    best, best_time = int(row.searchsorted(owner * weight, "right")), arrives
        return best
