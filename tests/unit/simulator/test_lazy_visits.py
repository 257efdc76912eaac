"""Customers of the lazy race leave the same books as those of the full race who want the same (R12, R16).

Wishes are so far apart that chance decides nothing: each offer is wanted 10⁵⁰ times as much as the next.
"""

from dataclasses import fields, replace

import numpy as np
import pytest

from demandshift.simulator.ledger import Cause, Outcome
from demandshift.simulator.loop import Loop

ORDER = {"cola": 150.0, "zero": 100.0, "cherry": 60.0, "rival": 30.0}
"""What offers are worth, in money; a scale of 1."""
VISITS = [(0.25 * number, ORDER) for number in range(1, 38)]


class Racing:
    """The same wishes as weights: `RaceChoice`."""

    scale = 1.0

    def __init__(self, worths):
        self._worths = worths

    def weights(self, prices):
        """Return the weights of what the offers are worth."""
        return [float(np.exp(worth - price)) for worth, price in zip(self._worths, prices, strict=True)]

    def shares(self, offered, prices):  # noqa: ARG002
        """Return that nobody is expected to come."""
        return np.zeros(len(offered))


PRODUCTS = {
    "cola": {"stock": 3, "lost_sale_penalty": 2.0, "cost": 1.0},
    "zero": {"stock": 4, "cost": 1.0},
    "cherry": {"stock": 2, "cost": 1.0},
    "rival": {"firm": "market", "stock": 5, "cost": 1.0},
}
CASES = {
    "until all is sold": {},
    "with a warm-up": {"warm_up": 1.5},
    "with orders": {
        "firms": {
            "corner": {
                "ordering": {"kind": "reorder_point", "reorder_point": 1, "quantity": 2},
                "supply": {"lead_time": 1.125, "order_cost": 3},
            },
            "market": {},
        }
    },
    "with units kept back": {
        "firms": {
            "corner": {"availability": {"kind": "protection_levels", "levels": {"cola": 2, "zero": 1}}},
            "market": {},
        }
    },
    "with windows": {
        "products": {
            **PRODUCTS,
            "cola": {**PRODUCTS["cola"], "window": {"opens": 2, "closes": 5}},
            "rival": {**PRODUCTS["rival"], "window": {"opens": 1}},
        }
    },
    "where moving is too dear": {"segments": {"all": {"transfer_cost": {"substitutive": 500, "competitive": 500}}}},
    "where only rivals are near": {"segments": {"all": {"transfer_cost": {"substitutive": 500}}}},
    "with nothing on offer": {
        "products": {name: {**each, "window": {"opens": 9.9}} for name, each in PRODUCTS.items()},
    },
}


@pytest.fixture
def both(world):
    """Return what runs the same customers in both races: two stories' ledgers and the world."""

    def run(**parts):
        made = world(VISITS, **{"firms": {"market": {}}, "products": PRODUCTS, **parts})
        lazily = replace(made, choices=[Racing(list(ORDER.values()))])
        return Loop(made, 1, 0).run(), Loop(lazily, 1, 0).run()

    return run


@pytest.mark.parametrize("parts", CASES.values(), ids=CASES)
def test_both_races_leave_the_same_books(both, parts):
    """If this fails, a sale, a loss, a penalty, a willingness or a stockout is booked otherwise in the lazy race."""
    full, lazy = both(**parts)
    for each in fields(full):
        if each.name != "consumer_surplus":
            assert np.array_equal(getattr(full, each.name), getattr(lazy, each.name)), each.name
    assert np.isfinite(lazy.consumer_surplus).all()


def test_the_books_above_hold_every_kind_of_customer(both):
    """If this fails, the test above compares books in which nothing happens."""
    seen = set()
    for parts in CASES.values():
        _, lazy = both(**parts)
        seen |= {(Cause(cause), Outcome(outcome)) for _, _, cause, outcome, _, _ in lazy.flows.tolist()}
    moves = {Outcome.RECAPTURED, Outcome.DIVERTED, Outcome.LOST}
    wanted = {(cause, move) for cause in (Cause.STOCKOUT, Cause.REFUSAL) for move in moves - {Outcome.LOST}}
    assert seen >= wanted | {(Cause.NONE, Outcome.SERVED), (Cause.STOCKOUT, Outcome.LOST)}


def test_consumer_surplus_is_net_of_moving(both):
    """If this fails, moving is free in the lazy race's books, or surplus is counted where nothing is bought."""
    cheap, dear = (
        both(segments={"all": {"transfer_cost": {"substitutive": cost}}})[1].consumer_surplus[0] for cost in (0, 0.5)
    )
    assert cheap - dear == pytest.approx(0.5 * 6), "four zeros and two cherries were bought instead of colas"
