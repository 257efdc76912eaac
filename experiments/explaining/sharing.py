"""A difference shared out among the parts of a change: over all orders, or over drawn ones where there are too many."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from ...models.problem import Floats
from ...scenarios.complaints import ScenarioError
from ...simulator.arguments import ArgumentError
from ...simulator.measures import Measure
from .grouping import joined_for, joined_parts, union
from .mixture import Mixture
from .shapley_values import drawn_orders, shapley_values, values_along_orders
from .worths import worth_of

MOST_EXACT = 8
"""Parts up to which all orders count: 2⁸ scenarios are run. With more, orders are drawn."""
ORDERS = 4
"""Orders drawn in each replication unless told otherwise."""
STREAM = 0x5A
"""Sets the draws of orders apart from others of the same seed."""

Evaluate = Callable[[Mapping[int, tuple[int, ...]]], dict[int, Measure]]
"""Returns the figure for sets of changed keys, each for some replications."""


class Meanings:
    """Which sets of changed keys are valid scenarios, and which of them mean the same."""

    def __init__(self, mixture: Mixture) -> None:
        self.number = len(mixture.keys)
        self._mixture = mixture
        self._known: dict[int, str | None] = {}
        self._first: dict[str, int] = {}

    def valid(self, keys: int) -> bool:
        """Return whether a set of changed keys is a valid scenario."""
        return self._hash(keys) is not None

    def same_as(self, keys: int) -> int:
        """Return the first set asked about that means the same, so that it is run once."""
        found = self._hash(keys)
        assert found is not None, "only valid scenarios are run"
        return self._first.setdefault(found, keys)

    def _hash(self, keys: int) -> str | None:
        if keys not in self._known:
            try:
                self._known[keys] = self._mixture.scenario_with(keys).hash
            except ScenarioError:
                self._known[keys] = None
        return self._known[keys]


@dataclass(frozen=True)
class Shared:
    """The difference shared out among parts."""

    parts: list[int]
    values: Floats
    alone: Floats
    last: Floats
    ends: tuple[Floats, Floats]
    unit: str
    orders: int | None
    scenarios: int


def shared_out(
    meanings: Meanings, evaluate: Evaluate, count: int, seed: int, orders: int | None, rate: str | None
) -> Shared:
    """Return the difference shared out: over all orders for a few parts, over drawn ones for many.

    Parameters
    ----------
    meanings : Meanings
        Which sets of keys are valid, and which mean the same.
    evaluate : callable
        Returns the figure for sets of keys.
    count, seed : int
        Number of replications, and the seed of the drawn orders.
    orders : int, optional
        How many orders to draw in each replication.
    rate : str, optional
        The figure's name where it is a rate.

    Raises
    ------
    ArgumentError
        If orders are asked for where all count, or a rate where orders are drawn, or the figure is not a number.
    """
    everybody = tuple(range(count))
    parts = joined_parts(meanings.number, meanings.valid, MOST_EXACT)
    while len(parts) > MOST_EXACT:
        if rate is not None:
            raise ArgumentError(
                f"{rate} is a rate, which has no value of one replication; with more than {MOST_EXACT} parts (here "
                f"{len(parts)}) the difference is shared out replication by replication: explain the change in steps "
                "of fewer keys"
            )
        pairs = ceil((ORDERS if orders is None else orders) / 2)
        drawn = [drawn_orders(len(parts), pairs, (seed, replication, STREAM)) for replication in everybody]
        bad = next((some for each in drawn for order in each if (some := _bad(order, parts, meanings.valid))), None)
        if bad is None:
            return _over_drawn_orders(meanings, evaluate, parts, drawn)
        parts = joined_for(parts, bad, meanings.valid)
    if orders is not None:
        raise ArgumentError(
            f"orders has a meaning only with more than {MOST_EXACT} parts; over these {len(parts)} all orders count"
        )
    return _over_all_orders(
        meanings, evaluate, joined_parts(meanings.number, meanings.valid, MOST_EXACT, parts), everybody
    )


def _bad(order: list[int], parts: list[int], valid: Callable[[int], bool]) -> list[int]:
    """Return the first parts of an order that together are no valid scenario; none where all its beginnings are."""
    for length in range(1, len(order)):
        some = [parts[part] for part in order[:length]]
        if not valid(union(some)):
            return some
    return []


def _over_all_orders(meanings: Meanings, evaluate: Evaluate, parts: list[int], replications: tuple[int, ...]) -> Shared:
    number = len(parts)
    sets = {some: union(part for place, part in enumerate(parts) if some >> place & 1) for some in range(2**number)}
    run = {some: meanings.same_as(keys) for some, keys in sets.items()}
    measures = evaluate(dict.fromkeys(run.values(), replications))
    known = {keys: worth_of(measure) for keys, measure in measures.items()}
    worths = {some: known[keys] for some, keys in run.items()}
    whole = 2**number - 1
    return Shared(
        parts=parts,
        values=shapley_values(worths, number),
        alone=np.stack([worths[1 << part] - worths[0] for part in range(number)]),
        last=np.stack([worths[whole] - worths[whole & ~(1 << part)] for part in range(number)]),
        ends=(worths[0], worths[whole]),
        unit=measures[run[0]].unit,
        orders=None,
        scenarios=len(known),
    )


def _over_drawn_orders(
    meanings: Meanings, evaluate: Evaluate, parts: list[int], drawn: list[list[list[int]]]
) -> Shared:
    number, count = len(parts), len(drawn)
    whole = 2**number - 1
    singles = [1 << part for part in range(number)]

    def run(some: int) -> int:
        return meanings.same_as(union(part for place, part in enumerate(parts) if some >> place & 1))

    wanted: dict[int, set[int]] = {}
    for some in (0, whole, *singles, *(whole ^ single for single in singles)):
        wanted.setdefault(run(some), set()).update(range(count))
    for replication, orders in enumerate(drawn):
        for some in _begun(orders):
            wanted.setdefault(run(some), set()).add(replication)
    measures = evaluate({keys: tuple(sorted(replications)) for keys, replications in wanted.items()})
    worths = {keys: np.full(count, np.nan) for keys in measures}
    for keys, measure in measures.items():
        worths[keys][sorted(wanted[keys])] = worth_of(measure)
    shares = []
    for replication, orders in enumerate(drawn):
        worth = {some: float(worths[run(some)][replication]) for some in _begun(orders)}
        shares.append(values_along_orders(worth, orders, number))
    none, everything = worths[run(0)], worths[run(whole)]
    return Shared(
        parts=parts,
        values=np.stack(shares, axis=1),
        alone=np.stack([worths[run(single)] - none for single in singles]),
        last=np.stack([everything - worths[run(whole ^ single)] for single in singles]),
        ends=(none, everything),
        unit=measures[run(0)].unit,
        orders=len(drawn[0]),
        scenarios=len(worths),
    )


def _begun(orders: list[list[int]]) -> list[int]:
    """Return the sets of parts with which some orders begin, the empty one and the whole among them."""
    sets = dict.fromkeys([0])
    for order in orders:
        some = 0
        for part in order:
            some |= 1 << part
            sets[some] = None
    return list(sets)
