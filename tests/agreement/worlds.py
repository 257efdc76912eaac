"""A small town of two shops, to which each test adds what it is about."""

import copy
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import demandshift as ds
from demandshift.simulator.build.world import build_world
from demandshift.simulator.world import World

LOGIT = {
    "kind": "logit",
    "scale": 0.5,
    "reservation_price": {"cola": 2.5, "zero": 2.25, "lemon": 2.0, "rival": 2.25},
}
PRICED = {
    "kind": "ranking",
    "lists": [
        {"share": 0.5, "reservation_price": {"cola": 3, "zero": 3, "rival": 2.5}},
        {"share": 0.25, "reservation_price": {"zero": 2.5, "lemon": 2.5}},
        {"share": 0.25, "reservation_price": {"rival": 2.5, "cola": 2.5, "lemon": 1}},
    ],
}
RANKED = {
    "kind": "ranking",
    "lists": [{"share": 0.5, "order": ["cola", "zero", "rival"]}, {"share": 0.5, "order": ["lemon", "rival", "cola"]}],
}
SHARES = {
    "kind": "substitution",
    "first_choice": {"cola": 0.375, "zero": 0.25, "lemon": 0.125, "rival": 0.125, "nothing": 0.125},
    "substitution": {
        "cola": {"zero": 0.5, "rival": 0.25},
        "zero": {"cola": 0.5, "lemon": 0.25},
        "lemon": {"rival": 0.5, "cola": 0.25},
        "rival": {"cola": 0.875},
    },
    "attempts": 2,
}
WORTHS = LOGIT["reservation_price"]
VARIED: dict[str, dict[str, Any]] = {
    "nested logit": {
        "kind": "nested_logit",
        "scale": 0.5,
        "reservation_price": WORTHS,
        "nests": {
            "colas": {"offers": ["cola", "zero"], "dissimilarity": 0.375},
            "sours": {"offers": ["lemon", "rival"], "dissimilarity": 0.75},
        },
    },
    "mixed logit": {
        "kind": "mixed_logit",
        "scale": {"kind": "lognormal", "median": 0.5, "spread": 0.5},
        "reservation_price": {"cola": 2, "zero": 2.25, "lemon": 2, "rival": 2.25},
        "coefficients": {
            "sugar": {"kind": "normal", "mean": 0.0625, "standard_deviation": 0.125},
            "fruit": {"kind": "empirical", "values": [-0.5, 0.25, 1], "shares": [0.25, 0.5, 0.25]},
            "bubbles": 0.125,
        },
    },
    "latent classes": {
        "kind": "latent_classes",
        "classes": [
            {"share": 0.375, "scale": 0.25, "reservation_price": {"cola": 2.5, "zero": 2}},
            {"share": 0.625, "scale": 0.75, "reservation_price": {**WORTHS, "lemon": 2.5}},
        ],
    },
    "vertical": {
        "kind": "vertical",
        "quality": {"cola": 1.5, "zero": 1.25, "lemon": 1, "rival": 1.375},
        "taste": {"kind": "exponential", "mean": 1.5},
    },
    "a circle": {
        "kind": "locational",
        "reservation_price": WORTHS,
        "location": {"cola": 0.0625, "zero": 0.25, "lemon": 0.625, "rival": 0.875},
        "distance_cost": 2,
        "customers": {"kind": "uniform", "low": 0, "high": 1},
        "circle": 1,
    },
    "a line": {
        "kind": "locational",
        "reservation_price": WORTHS,
        "location": {"cola": 0, "zero": 0.25, "lemon": 0.5, "rival": 1},
        "distance_cost": 1.5,
        "customers": {"kind": "normal", "mean": 0.5, "standard_deviation": 0.5},
    },
}
"""Choices whose customers differ in more than the noise of a logit."""
ATTRIBUTES = {
    f"products.{name}.attributes": {"sugar": sugar, "fruit": fruit, "bubbles": 2}
    for name, sugar, fruit in (("cola", 4, 0), ("zero", 0, 0.25), ("lemon", 2, 1), ("rival", 4, 0.125))
}
TOWN: dict[str, Any] = {
    "name": "town",
    "horizon": 12,
    "warm_up": 2,
    "firms": {
        "corner": {"focal": True, "ordering": {"kind": "order_up_to", "review_every": 2, "level": 30}},
        "market": {"ordering": {"kind": "reorder_point", "reorder_point": 3, "quantity": 7}},
    },
    "products": {
        "cola": {
            "firm": "corner",
            "price": 1.75,
            "cost": 0.875,
            "stock": 12,
            "holding_cost": 0.125,
            "ordering": {"level": 12},
        },
        "zero": {"firm": "corner", "price": 1.75, "cost": 0.75, "stock": 9, "lost_sale_penalty": 0.25},
        "lemon": {"firm": "corner", "price": 1.5, "cost": 0.5, "stock": 5, "salvage": 0.25, "disposal_cost": 0.5},
        "rival": {"firm": "market", "price": 1.625, "cost": 1, "stock": 6, "supply": {"lead_time": 1}},
    },
    "segments": {"all": {"arrivals": {"kind": "poisson", "rate": 30}, "choice": LOGIT}},
}


def scenario_of(changes: Mapping[str, Any], tables: Mapping[str, str] | None = None) -> ds.Scenario:
    """Return the town with some values, named by dotted paths, put in place one after the other, or removed (None)."""
    document = copy.deepcopy(TOWN)
    for path, value in changes.items():
        *parents, key = path.split(".")
        place = document
        for parent in parents:
            place = place.setdefault(parent, {})
        if value is None:
            del place[key]
        else:
            place[key] = copy.deepcopy(value)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (tables or {}).items():
            Path(folder, name).write_text(text, encoding="utf-8")
        file = Path(folder, "town.yaml")
        file.write_text(json.dumps(document), encoding="utf-8")
        return ds.load(file)


def world_of(changes: Mapping[str, Any], tables: Mapping[str, str] | None = None, **by_hand: Any) -> World:
    """Return what the engines are given of the town with some changes."""
    return build_world(scenario_of(changes, tables).settled, **by_hand)
