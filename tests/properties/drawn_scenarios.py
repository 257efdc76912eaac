"""Whole valid scenarios, drawn by Hypothesis: every feature of the schema, in small.

Times are multiples of a quarter of a time unit and money of an eighth, so that events fall on one instant, surpluses
tie, and sums of money are exact.
"""

import copy
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from drawn_parts import START, Frame, moneys, times, used
from drawn_segments import drawn_segment
from hypothesis import strategies as st

import demandshift as ds
from demandshift.simulator.build.world import build_world
from demandshift.simulator.ledger import Ledger
from demandshift.simulator.loop import Loop
from demandshift.simulator.world import World


@dataclass(frozen=True)
class Drawn:
    """A scenario as a document, with the tables that it names."""

    document: dict[str, Any]
    tables: dict[str, str] = field(default_factory=dict)

    def load(self, variants=(), overrides=()) -> ds.Scenario:
        """Return the loaded scenario; the document is written as JSON, which is YAML too."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in self.tables.items():
                Path(folder, name).write_text(text, encoding="utf-8")
            file = Path(folder, "drawn.yaml")
            file.write_text(json.dumps(self.document, ensure_ascii=False), encoding="utf-8")
            return ds.load(file, variants=variants, overrides=overrides)

    def changed(self, change: Callable[[dict[str, Any]], None]) -> "Drawn":
        """Return a copy whose document went through a change in place."""
        document = copy.deepcopy(self.document)
        change(document)
        return Drawn(document, self.tables)


def renamed(value: object, names: dict[str, str]) -> object:
    """Return a document with names replaced wherever they stand."""
    match value:
        case dict():
            return {names.get(key, key): renamed(each, names) for key, each in value.items()}
        case list():
            return [renamed(each, names) for each in value]
        case str():
            return names.get(value, value)
        case _:
            return value


def world_of(scenario: ds.Scenario) -> World:
    """Return what the engine is given."""
    return build_world(scenario.settled)


def ledgers_of(world: World, seed: int = 7, replications: int = 2) -> list[Ledger]:
    """Return the ledgers of the first replications."""
    return [Loop(world, seed, replication).run() for replication in range(replications)]


def same_ledgers(one: Ledger, other: Ledger) -> bool:
    """Return whether two ledgers agree in every number."""
    return all(
        np.array_equal(getattr(one, each.name), getattr(other, each.name), equal_nan=True)
        if isinstance(getattr(one, each.name), np.ndarray)
        else getattr(one, each.name) == getattr(other, each.name)
        for each in fields(Ledger)
    )


@st.composite
def scenarios(draw, *, one_season: bool = False, islands: bool = False, busy: bool = False) -> Drawn:
    """Draw a scenario.

    Parameters
    ----------
    one_season : bool
        Whether to leave out all that the theorem about one more unit excludes; see `Frame`.
    islands : bool
        Whether products with an even and with an odd number have nothing to do with each other, but through firms:
        no offer uses both, and no segment considers both.
    busy : bool
        Whether so many come, and so few units are there, that rare things happen.
    """
    time_unit = draw(st.sampled_from(["day", "day", "hour", "week", "period"]))
    # In the lazy race a unit more on the shelf may change what somebody else likes second best.
    draws = None if one_season else draw(st.sampled_from([None, "lazy", "full", "lazy"]))
    frame = Frame(
        draw,
        horizon=draw(st.sampled_from([3.0, 4.0, 6.5, 8.0])),
        time_unit=time_unit,
        has_start=time_unit != "period" and draw(st.booleans()),
        one_season=one_season,
        lazy=draws == "lazy",
        busy=busy,
    )
    firms = {f"firm{number}": frame.firm() for number in range(draw(st.integers(1, 3)))}
    products = {}
    for number in range(draw(st.integers(2 if islands else 1, 5))):
        owner = draw(st.sampled_from(sorted(firms)))
        products[f"product{number}"] = frame.product(owner, firms[owner])
    _complete_plans(frame, firms, products)
    offers = _offers(frame, products, islands)
    sold_alone = _price_products(frame, products, offers)
    everything = [*sold_alone, *offers]
    if not one_season:
        _protect(frame, firms, products, offers, everything)

    tables: dict[str, str] = {}
    considered = _by_island(everything, products, offers) if islands else [everything] * draw(st.integers(1, 3))
    windows = any("window" in each for each in (*products.values(), *offers.values()))
    segments = {
        f"segment{number}": drawn_segment(frame, names, number, products, offers, tables, windows)
        for number, names in enumerate(considered)
    }
    document: dict[str, Any] = {
        "name": "drawn",
        "time_unit": time_unit,
        "horizon": frame.horizon,
        "report_every": draw(st.sampled_from([0.75, 1.0, 2.0, frame.horizon])),
        "valuation": draw(st.sampled_from(["salvage", "cost"])),
        "firms": firms,
        "products": products,
        "segments": segments,
    }
    if frame.has_start:
        document["start"] = START.date().isoformat()
    frame.maybe(times(0, frame.horizon / 2), document, "warm_up")
    if draws is not None:
        document["draws"] = draws
    if offers:
        document["offers"] = offers
    return Drawn(document, tables)


def _complete_plans(frame: Frame, firms: dict[str, Any], products: dict[str, Any]) -> None:
    """Let plans of firms order what has no ordering of its own."""
    for firm_name, firm in firms.items():
        if firm.get("ordering", {}).get("kind") != "plan":
            continue
        planned = [
            name
            for name, product in products.items()
            if product["firm"] == firm_name and product["stock"] != "unlimited" and "ordering" not in product
        ]
        if planned:
            orders = [{**order, "product": frame.draw(st.sampled_from(planned))} for order in frame.orders()]
            firm["ordering"]["orders"] = orders


def _offers(frame: Frame, products: dict[str, Any], islands: bool) -> dict[str, Any]:
    """Draw ways of selling beside those that products have by themselves."""
    draw = frame.draw
    offers: dict[str, Any] = {}
    for number in range(draw(st.integers(0, 3))):
        first = draw(st.sampled_from(sorted(products)))
        mates = [
            name
            for name, product in products.items()
            if product["firm"] == products[first]["firm"] and not (islands and _island(name) != _island(first))
        ]
        uses: Any = first
        if not frame.one_season and draw(st.booleans()):
            several = draw(st.lists(st.sampled_from(mates), min_size=1, max_size=2, unique=True))
            uses = several if draw(st.booleans()) else {name: draw(st.integers(1, 2)) for name in several}
        offer: dict[str, Any] = {"uses": uses, "price": draw(moneys())}
        frame.maybe(frame.windows, offer, "window")
        frame.maybe(st.booleans(), offer, "own_taste")
        frame.maybe(frame.pricing, offer, "pricing")
        offers[f"offer{number}"] = offer
    return offers


def _price_products(frame: Frame, products: dict[str, Any], offers: dict[str, Any]) -> list[str]:
    """Give prices to products, at least to those that no offer sells; return who has one."""
    taken = {name for offer in offers.values() for name in used(offer)}
    priced = []
    for name, product in products.items():
        if name in taken and frame.draw(st.booleans()):
            continue
        product["price"] = frame.draw(moneys())
        frame.maybe(frame.windows, product, "window")
        frame.maybe(frame.pricing, product, "pricing")
        priced.append(name)
    return priced


def _island(name: str) -> int:
    return int(name.removeprefix("product")) % 2


def _by_island(everything: list[str], products: dict[str, Any], offers: dict[str, Any]) -> list[list[str]]:
    """Return the offers of the even and of the odd products."""
    sides: list[list[str]] = [[], []]
    for name in everything:
        sides[_island(name if name in products else used(offers[name])[0])].append(name)
    return sides


def _protect(
    frame: Frame, firms: dict[str, Any], products: dict[str, Any], offers: dict[str, Any], everything: list[str]
) -> None:
    """Give some firms protection levels for some of their offers."""
    draw = frame.draw
    for firm_name, firm in firms.items():
        own = [
            name
            for name in everything
            if (products[name] if name in products else products[used(offers[name])[0]])["firm"] == firm_name
        ]
        if not own or draw(st.booleans()):
            continue
        levels: dict[str, Any] = {}
        for name in draw(st.lists(st.sampled_from(own), min_size=1, max_size=2, unique=True)):
            if draw(st.booleans()):
                levels[name] = draw(st.integers(0, 6))
            else:
                moments = frame.rising(3, frame.horizon - 0.25)
                levels[name] = [{"at": frame.moment(time), "level": draw(st.integers(0, 6))} for time in moments]
        firm["availability"] = {"kind": "protection_levels", "levels": levels}
