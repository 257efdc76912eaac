"""The shop that the benchmark of the engines measures, of any size: as numbers, as a scenario, and as a world."""

import csv
import json
import math
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import demandshift as ds
from demandshift.scenarios.schema.scenario import Head
from demandshift.simulator.build.world import build_world
from demandshift.simulator.world import World

Document = dict[str, Any]

DAYS_OF_COVER = 1.6
"""Reorder points, in days of demand; with lead times from one to three days that leaves a tenth of it unserved."""

HAS_LAZY_DRAWS = "draws" in Head.model_fields
"""Whether the scenario language knows the lazy race."""


def world_of(document: Document) -> World:
    """Return the world of a scenario document; its products go through a table, as thousands of them do in practice."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "products.csv"
        rows = [{"name": name, **_cells(product)} for name, product in document["products"].items()]
        with table.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)
        file = Path(folder) / "scenario.yaml"
        file.write_text(json.dumps({**document, "products": table.name}), encoding="utf-8")
        return build_world(ds.load(file).settled)


def _cells(product: Document, prefix: str = "") -> Document:
    """Return the values of a product by their paths."""
    cells: Document = {}
    for key, value in product.items():
        cells |= _cells(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return cells


def until(world: World, horizon: float) -> World:
    """Return the same world with an earlier end."""
    return replace(world, problem=replace(world.problem, horizon=min(horizon, world.problem.horizon)))


@dataclass(frozen=True)
class Shop:
    """A focal firm and a rival, one segment that considers all they have, and (s, Q) for each product."""

    names: tuple[str, ...]
    firms: tuple[str, ...]
    prices: tuple[float, ...]
    worth: tuple[float, ...]
    """What each offer is worth to a customer of middling taste, in money."""
    scale: float
    rate: float
    """Customers per day."""
    horizon: float
    stock: tuple[int, ...]
    reorder_points: tuple[int, ...]
    quantities: tuple[int, ...]
    lead_time: tuple[float, float] = (1.0, 3.0)
    """Shortest and longest, in days; all between equally likely."""
    substitutive_cost: float = 0.1
    competitive_cost: float = 0.4
    draws: str = "full"
    """Whether customers have a taste for every offer (`full`), or only as far as they need one (`lazy`)."""


def make_shop(offers: int, customers: int, *, rate: float = 2000.0, draws: str = "full") -> Shop:
    """Return a shop in which about a tenth of the interested customers meet an empty shelf.

    Whatever the number of offers, four fifths of the customers would buy something if all were there.
    """
    focal = round(0.7 * offers)
    scale = 0.5
    prices = tuple(1.0 + 0.25 * (number % 5) for number in range(offers))
    appeal = [0.3 * math.sin(number) for number in range(offers)]
    # Σ e^{(r − p)/s} = 4
    level = scale * math.log(4 / sum(math.exp(each / scale) for each in appeal))
    worth = tuple(round(price + level + each, 6) for price, each in zip(prices, appeal, strict=True))
    daily = [rate * math.exp((level + each) / scale) / 5 for each in appeal]
    points = tuple(max(1, round(DAYS_OF_COVER * each)) for each in daily)
    quantities = tuple(max(2, math.ceil(5 * each)) for each in daily)
    return Shop(
        names=tuple(f"p{number}" for number in range(offers)),
        firms=tuple("shop" if number < focal else "rival" for number in range(offers)),
        prices=prices,
        worth=worth,
        scale=scale,
        rate=rate,
        horizon=customers / rate,
        # As in the long run, when some shelves have just been filled and others will be soon
        stock=tuple(
            point + 1 + (quantity - 1) * (number % 7) // 7
            for number, (point, quantity) in enumerate(zip(points, quantities, strict=True))
        ),
        reorder_points=points,
        quantities=quantities,
        draws=draws,
    )


def shop_document(shop: Shop, categories: int = 1) -> Document:
    """Return the scenario of a shop, or of one with several such categories and a segment of customers for each."""
    low, high = shop.lead_time
    supply = {"lead_time": {"kind": "uniform", "low": low, "high": high}}
    products: Document = {}
    segments: Document = {}
    costs = {"substitutive": shop.substitutive_cost, "competitive": shop.competitive_cost}
    for category in range(categories):
        prefix = f"c{category}-" if categories > 1 else ""
        for offer, name in enumerate(shop.names):
            products[prefix + name] = {
                "firm": shop.firms[offer],
                "price": shop.prices[offer],
                "cost": 0.5 * shop.prices[offer],
                "stock": shop.stock[offer],
                "ordering": {
                    "kind": "reorder_point",
                    "reorder_point": shop.reorder_points[offer],
                    "quantity": shop.quantities[offer],
                },
            }
        worth = {prefix + name: value for name, value in zip(shop.names, shop.worth, strict=True)}
        segments[f"customers {category}"] = {
            "arrivals": {"kind": "poisson", "rate": shop.rate},
            "choice": {"kind": "logit", "scale": shop.scale, "reservation_price": worth},
            "transfer_cost": dict(costs),
        }
    document: Document = {
        "name": "shop",
        "horizon": shop.horizon,
        "firms": {"shop": {"focal": True, "supply": supply}, "rival": {"supply": dict(supply)}},
        "products": products,
        "segments": segments,
    }
    if HAS_LAZY_DRAWS:
        document["draws"] = shop.draws
    return document
