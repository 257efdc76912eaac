"""Small worlds in which every customer is written down: when he comes and what he wants."""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import demandshift as ds
from demandshift.models.chance import Chance, SegmentChance
from demandshift.models.choice.protocols import Shares
from demandshift.simulator.build.world import build_world
from demandshift.simulator.ledger import NOBODY, Cause, Ledger, Outcome
from demandshift.simulator.loop import Loop
from demandshift.simulator.world import World

Visit = tuple[float, Mapping[str, float] | Sequence[str]]
"""When a customer comes, and what each offer is worth to him; or, without prices, what he tries in turn."""


class Recorded:
    """Arrivals at given times: `Arrivals`."""

    def __init__(self, times: Sequence[float]) -> None:
        self._times = list(times)

    def expected(self, a: float, b: float) -> float:
        """Return the number of customers in (a, b]."""
        return float(bisect_right(self._times, b) - bisect_right(self._times, a))

    def times(self, chance: SegmentChance, horizon: float) -> Iterator[tuple[int, float]]:  # noqa: ARG002
        """Yield person and time."""
        yield from enumerate(self._times)


class Worths:
    """Given reservation prices, by person: `SurplusChoice`."""

    def __init__(self, worths: Sequence[Sequence[float]]) -> None:
        self._worths = worths

    def reservation_prices(self, chance: Chance) -> Sequence[float]:
        """Return the person's reservation prices."""
        return self._worths[chance._person]

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:  # noqa: ARG002
        """Return that nobody is expected to come: firms plan for nothing here."""
        return np.zeros(len(offered))


class Tries:
    """Given offers to try one after the other, by person: `AttemptChoice`."""

    def __init__(self, tries: Sequence[Sequence[int]], attempts: int | None) -> None:
        self._tries = tries
        self.attempts = attempts

    def favourite(self, chance: Chance) -> int | None:
        """Return what the person wants first."""
        mine = self._tries[chance._person]
        return mine[0] if mine else None

    def next_offer(self, chance: Chance, failed: int, attempt: int) -> int | None:
        """Return the next of the person's list; it must be asked in order."""
        mine = self._tries[chance._person]
        assert mine[attempt - 1] == failed, "the engine asks with another offer than the one that failed"
        return mine[attempt] if attempt < len(mine) else None

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:  # noqa: ARG002
        """Return that nobody is expected to come."""
        return np.zeros(len(offered))


@dataclass(frozen=True)
class Story:
    """One replication, told by names."""

    world: World
    ledger: Ledger

    @property
    def flows(self) -> list[tuple[str, str, str, str | None]]:
        """Origin, cause, outcome and destination of every customer, sorted."""
        offers = self.world.problem.offers.names
        return sorted(
            (
                offers[origin],
                Cause(cause).name,
                Outcome(outcome).name,
                None if destination == NOBODY else offers[destination],
            )
            for _, origin, cause, outcome, destination, number in self.ledger.flows.tolist()
            for _ in range(number)
        )

    @property
    def willing(self) -> list[tuple[str, int, str, int]]:
        """Origin, kind, alternative and number of those who were willing."""
        offers = self.world.problem.offers.names
        return [
            (offers[origin], kind, offers[alternative], number)
            for _, origin, kind, alternative, number in self.ledger.willing.tolist()
        ]

    def sold(self, offer: str) -> int:
        """Return the sales of an offer."""
        return int(self.ledger.sold[self.world.problem.offers.names.index(offer)])


Make = Callable[..., World]
Tell = Callable[..., Story]
Write = Callable[[dict[str, Any]], ds.Scenario]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what turns a document into a loaded scenario."""

    def make(document: dict[str, Any]) -> ds.Scenario:
        file = tmp_path / "written.yaml"
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return ds.load(file)

    return make


@pytest.fixture
def world(write: Write) -> Make:
    """Return what makes a world from the parts of a scenario and the customers of each segment."""

    def make(
        visits: Sequence[Visit] | Mapping[str, Sequence[Visit]] = (),
        *,
        products: Mapping[str, Any] | None = None,
        offers: Mapping[str, Any] | None = None,
        firms: Mapping[str, Any] | None = None,
        segments: Mapping[str, Any] | None = None,
        attempts: int | None = None,
        **head: Any,
    ) -> World:
        by_segment = visits if isinstance(visits, Mapping) else {"all": visits}
        document: dict[str, Any] = {
            "name": "written",
            "horizon": 10,
            "firms": {"corner": {}, **(firms or {})},
            "products": {
                name: {"firm": "corner", "price": 2.0, **each} for name, each in (products or {"cola": {}}).items()
            },
            "offers": dict(offers or {}),
            **head,
        }
        for name, product in document["products"].items():
            if product["price"] is None:
                del document["products"][name]["price"]
        sold = [name for name, product in document["products"].items() if "price" in product] + [*document["offers"]]
        with_prices = {
            name: all(isinstance(wishes, Mapping) for _, wishes in mine) for name, mine in by_segment.items()
        }
        document["segments"] = {
            name: {
                "arrivals": {"kind": "poisson", "rate": 0},
                "choice": {"kind": "logit", "scale": 1, "reservation_price": dict.fromkeys(sold, 1.0)}
                if with_prices[name]
                else {"kind": "ranking", "lists": [{"share": 1, "order": sold}]},
                **(segments or {}).get(name, {}),
            }
            for name in by_segment
        }
        built = build_world(write(document).settled)
        names, considered = built.problem.offers.names, built.problem.segments
        choices = []
        for (name, mine), (start, end) in zip(
            by_segment.items(), pairwise(considered.consider_start.tolist()), strict=True
        ):
            own = [names[offer] for offer in considered.consider_offer[start:end].tolist()]
            choices.append(
                Worths([[wishes.get(offer, -99.0) for offer in own] for _, wishes in mine])
                if with_prices[name]
                else Tries([[own.index(offer) for offer in wishes] for _, wishes in mine], attempts)
            )
        arrivals = [Recorded([time for time, _ in mine]) for mine in by_segment.values()]
        return replace(built, arrivals=arrivals, choices=choices)

    return make


@pytest.fixture
def tell(world: Make) -> Tell:
    """Return what makes a world and runs one replication of it."""

    def run(*args: Any, **kwargs: Any) -> Story:
        made = world(*args, **kwargs)
        return Story(made, Loop(made, 1, 0).run())

    return run
