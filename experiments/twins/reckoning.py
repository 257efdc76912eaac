"""From tables of moves to estimates: who moved from what to what, and how much of an offer's demand that is (R11)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...models.problem import Floats, Integers
from ...simulator.estimates import Estimate, mean_estimate, ratio_estimate
from ...simulator.ledger import NOBODY, Cause, Outcome
from ...simulator.measures import EVERYTHING
from ...simulator.world import World
from .kinds import NET_KIND, NOT_HERE, NOTHING, OF, Kind, Of, ends_and_kind
from .pairs import ABSENT, COLUMNS, NOT_INTERESTED, Names
from .sums import Sums, sums_by

LABELS = {NOTHING: "(nothing)", NOT_HERE: "(not here)"}
"""What stands for an offer where there is none."""

OUTCOMES = {
    **{int(outcome): outcome.name.lower() for outcome in Outcome},
    NOT_INTERESTED: "not_interested",
    ABSENT: "not_here",
}
"""Outcomes in words (R12)."""

Row = dict[str, Any]


def columns_of(name: str, estimate: Estimate | None) -> Row:
    """Return an estimate as the two columns of a row; nothing is known where there is none."""
    if estimate is None:
        return {name: None, f"{name}_half_width": None}
    return {name: estimate.mean, f"{name}_half_width": estimate.half_width}


@dataclass(frozen=True)
class MovesReckoning:
    """Estimates of everything that tables of moves hold, as rows of plain data.

    Parameters
    ----------
    worlds
        Without the change and with it.
    tables
        The moves of each replication (`Pair.moves`).
    """

    worlds: tuple[World, World]
    tables: Sequence[Integers]

    @property
    def n(self) -> int:
        """Number of replications."""
        return len(self.tables)

    @cached_property
    def names(self) -> Names:
        """The offers and segments of both worlds."""
        return Names.of(*self.worlds)

    @cached_property
    def firm_names(self) -> tuple[str, ...]:
        """The firms of both worlds."""
        one, other = (world.problem.firms.names for world in self.worlds)
        return tuple(dict.fromkeys((*one, *other)))

    @cached_property
    def firms(self) -> tuple[Integers, Integers]:
        """The firm of every offer without the change and with it; −1 where it is not there, and for nobody."""
        return self._firms_in(self.worlds[0]), self._firms_in(self.worlds[1])

    def _firms_in(self, world: World) -> Integers:
        place = np.array([self.firm_names.index(name) for name in world.problem.firms.names], dtype=np.int64)
        firms = np.full(len(self.names.offers) + 1, NOBODY, dtype=np.int64)
        firms[self.names.places(world)[1][:-1]] = place[world.problem.offers.firm]
        return firms

    @cached_property
    def _rows(self) -> Integers:
        # Tables are kept in 32 bits; the first one here makes whole numbers of them whose squares fit.
        return np.concatenate([np.zeros((0, COLUMNS), dtype=np.int64), *self.tables])

    @cached_property
    def _replication(self) -> Integers:
        return np.repeat(np.arange(self.n), [len(table) for table in self.tables])

    def _sums(self, *columns: Integers) -> Sums:
        return sums_by(np.column_stack(columns), self._replication, self._rows[:, -1], self.n)

    @cached_property
    def _ends(self) -> dict[Of, tuple[Integers, Integers, Integers]]:
        return {of: ends_and_kind(of, self._rows, self.firms) for of in OF}

    def customers(self) -> Estimate:
        """Return how many customers come to either world."""
        return mean_estimate(np.array([table[:, -1].sum() for table in self.tables], dtype=np.float64))

    def flow_values(self, of: Of) -> dict[tuple[str, str, Kind], Floats]:
        """Return from where to where demand, or purchases, went, and how, one value a replication.

        Who stayed is among them.
        """
        sums = self._sums(*self._ends[of])
        return {
            (self.offer(start), self.offer(end), Kind(kind)): sums.of(place)
            for place, (start, end, kind) in enumerate(sums.keys.tolist())
        }

    def moved(self, of: Of) -> Estimate:
        """Return how many customers want, or buy, something else with the change, or come in one world only."""
        stays = self._ends[of][2] == Kind.STAYED
        values = np.bincount(self._replication, np.where(stays, 0, self._rows[:, -1]), minlength=self.n)
        return mean_estimate(values.astype(np.float64))

    # Rows

    def moves(self) -> Iterator[Row]:
        """Yield what customers did without the change and with it, in full, with the kinds of move."""
        kinds = [self._ends[of][2] for of in OF]
        for key, estimate in self._sums(*self._rows[:, 1:-1].T, *kinds).estimates():
            without, changed = self._did(key[:4], "without"), self._did(key[4:8], "with")
            told = {f"{of}_move": Kind(kind).name.lower() for of, kind in zip(OF, key[8:], strict=True)}
            yield {**without, **changed, **told, **estimate.as_dict()}

    def _did(self, part: Sequence[int], world: str) -> Row:
        origin, cause, outcome, destination = part
        wants_nothing = outcome in (NOT_INTERESTED, ABSENT)
        return {
            f"wanted_{world}": None if wants_nothing else self.names.offers[origin],
            f"cause_{world}": None if wants_nothing else Cause(cause).name.lower(),
            f"outcome_{world}": OUTCOMES[outcome],
            f"bought_{world}": None if destination == NOBODY else self.names.offers[destination],
        }

    def flows(self) -> Iterator[Row]:
        """Yield from where to where demand, and purchases, went, those who stayed among them.

        `share` is of all who wanted, or bought, `from` without the change.
        """
        for of in OF:
            sums = self._sums(*self._ends[of])
            wholes = self._wholes(sums, 0)
            for place, ((start, end, kind), estimate) in enumerate(sums.estimates()):
                share = ratio_estimate(sums.of(place), wholes[start]) if start >= 0 else None
                yield {
                    "of": of,
                    "from": self.offer(start),
                    "to": self.offer(end),
                    "kind": Kind(kind).name.lower(),
                    **estimate.as_dict(),
                    **columns_of("share", share),
                }

    def offer(self, place: int) -> str:
        """Return the name of an offer, or what stands for none."""
        return LABELS[place] if place < 0 else self.names.offers[place]

    def by_kind(self) -> Iterator[Row]:
        """Yield how many customers moved in each way, by segment and for all together."""
        for of in OF:
            for segment, column in ((EVERYTHING, np.zeros_like(self._rows[:, 0])), (None, self._rows[:, 0])):
                for (place, kind), estimate in self._sums(column, self._ends[of][2]).estimates():
                    name = segment or self.names.segments[place]
                    yield {"of": of, "segment": name, "kind": Kind(kind).name.lower(), **estimate.as_dict()}

    def rates(self) -> Iterator[Row]:
        """Yield (d₀ − d₁)/d₀ of every offer, every firm and all together, then by kind and by where to (R11).

        Moves both ways between two offers are set off against each other, so that the rows by kind, and those by where
        to, add up to the whole.
        """
        for of in OF:
            start, end, kind = self._ends[of]
            levels: tuple[tuple[str, Integers, Integers, Callable[[int], str], int], ...] = (
                ("offer", start, end, self.offer, len(self.names.offers)),
                ("firm", _at(self.firms[0], start), _at(self.firms[1], end), self._firm, len(self.firm_names)),
                ("all", np.minimum(start, 0), np.minimum(end, 0), _everything, 1),
            )
            for level, origin, destination, name_of, number in levels:
                sums = self._sums(origin, destination, kind)
                rows: dict[int, list[int]] = defaultdict(list)
                for row, ends in enumerate(sums.keys[:, :2].tolist()):
                    for place in set(ends):
                        rows[place].append(row)
                for place in range(number):
                    for told in self._rates_of(sums, rows[place], place, name_of):
                        yield {"of": of, "level": level, "name": name_of(place), **told, "n": self.n}

    def _firm(self, place: int) -> str:
        return LABELS[place] if place < 0 else self.firm_names[place]

    def _rates_of(self, sums: Sums, rows: list[int], place: int, name_of: Callable[[int], str]) -> Iterator[Row]:
        """Yield the rates of one offer, or of one firm; `rows` are those of the sums that begin or end there."""
        wanted = np.zeros(self.n)
        net: dict[tuple[str, int], Floats] = defaultdict(lambda: np.zeros(self.n))
        for row in rows:
            start, end, kind = sums.keys[row].tolist()
            values = sums.of(row)
            if start == place:
                wanted += values
            if start != end:
                net[NET_KIND[Kind(kind)], end if start == place else start] += values if start == place else -values
        kinds = list(dict.fromkeys(NET_KIND.values()))
        parts: dict[tuple[str, str], Floats] = {(EVERYTHING, EVERYTHING): sum(net.values(), start=np.zeros(self.n))}
        for kind_name in kinds:
            inner = {other: values for (kind, other), values in sorted(net.items()) if kind == kind_name}
            if inner:
                parts[kind_name, EVERYTHING] = sum(inner.values(), start=np.zeros(self.n))
                parts.update({(kind_name, name_of(other)): values for other, values in inner.items()})
        for (kind_name, other), values in parts.items():
            yield {
                "kind": kind_name,
                "to": other,
                **columns_of("moved", mean_estimate(values)),
                **columns_of("rate", ratio_estimate(values, wanted)),
            }

    def _wholes(self, sums: Sums, column: int) -> dict[int, Floats]:
        """Return the counts of all keys with the same entry in a column, by that entry."""
        wholes: dict[int, Floats] = defaultdict(lambda: np.zeros(self.n))
        for row, key in enumerate(sums.keys[:, column].tolist()):
            wholes[key] += sums.of(row)
        return wholes


def _at(firms: Integers, offers: Integers) -> Integers:
    """Return the firm of each offer; what stands for no offer stands for no firm."""
    return np.where(offers >= 0, firms[np.maximum(offers, 0)], offers)


def _everything(place: int) -> str:
    return LABELS[place] if place < 0 else EVERYTHING
