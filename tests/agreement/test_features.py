"""Both engines, one feature of the language after the other, with so many customers that rare things happen."""

from typing import Any

import pytest
from comparing import agreed_ledger, differences, happened, kernel_ledger
from worlds import ATTRIBUTES, LOGIT, PRICED, RANKED, SHARES, VARIED, world_of

from demandshift.simulator.loop import Loop

WAITS = {"up_to": 3, "discount": 0.9, "expected_delay": 0.5}
MARKDOWNS = {
    "kind": "scheduled",
    "announced": True,
    "changes": [{"at": 3, "factor": 0.75}, {"at": 6, "price": 1.25}, {"at": 9, "factor": 1.125}],
}
BACK_ORDERS = {"firms.corner.service": {"back_orders": {"promise": True}}, "segments.all.waiting": WAITS}
SCARCE = {f"products.{name}.stock": 3 for name in ("cola", "zero", "lemon")}
RARELY = {"firms.corner.ordering": {"kind": "order_up_to", "review_every": 3, "first_review": 1, "level": 25}}
SEVERAL_KINDS = {
    name: {"arrivals": {"kind": "poisson", "rate": 12}, "choice": choice}
    for name, choice in (("logit", LOGIT), ("priced", PRICED), ("ranked", RANKED), ("shares", SHARES))
}
BUNDLES = {
    "offers.pair": {"uses": ["cola", "zero"], "price": 3},
    "offers.six": {"uses": {"cola": 3, "lemon": 2}, "price": 6.5},
    "offers.late": {"uses": "cola", "price": 2.25, "own_taste": False, "window": {"opens": 4, "closes": 9}},
    "segments.all.choice": {
        **LOGIT,
        "reservation_price": {**LOGIT["reservation_price"], "pair": 3.75, "six": 7, "late": 2.5},
    },
}
STEPS = [{"at": 0, "level": 6}, {"at": 5, "level": 3}, {"at": 8, "level": 0}]
PRICES_BY_PROGRAM = {"kind": "lp", "replan_every": 2.5, "ladder": [0.75, 1, 1.25, 2]}
ORDERS_BY_PROGRAM = {"kind": "lp", "replan_every": 2, "first_review": 0.5, "draws": 20}
EVERYBODY = "time,segment\n" + "".join(
    f"{quarter / 4},{name}\n" for quarter in range(44) for name in ("b", "a", "b", "a", "c")
)

Expected = tuple[str, ...]
POSTPONED: Expected = ("outcome POSTPONED", "willing 2")

CASES: dict[str, tuple[dict[str, Any], Expected]] = {
    "the town as it is": ({}, ("outcome RECAPTURED", "outcome DIVERTED", "outcome LOST", "cause STOCKOUT")),
    "every kind of choice": ({"segments": SEVERAL_KINDS}, ("customers without reservation prices", "willing 1")),
    "waiting for announced prices": (
        {"products.cola.pricing": MARKDOWNS, "products.rival.pricing": MARKDOWNS, "segments.all.waiting": WAITS},
        (*POSTPONED, "cause CHOICE"),
    ),
    "waiting for a window": (
        {"products.cola.window": [{"opens": 4, "closes": 6}, {"opens": 8}], "segments.all.waiting": WAITS},
        POSTPONED,
    ),
    "waiting with lists": (
        {"segments.all.choice": PRICED, "products.cola.pricing": MARKDOWNS, "segments.all.waiting": WAITS},
        POSTPONED,
    ),
    "back-orders with a promise": ({**BACK_ORDERS, **RARELY, **SCARCE}, (*POSTPONED, "outcome LOST")),
    "back-orders at the end": (
        {**BACK_ORDERS, **SCARCE, "horizon": 3, "warm_up": 0, "firms.corner.supply": {"lead_time": 2}},
        ("outcome PENDING",),
    ),
    "back-orders without a promise": (
        {**BACK_ORDERS, **RARELY, **SCARCE, "firms.corner.service": {"back_orders": {"promise": False, "limit": 4}}},
        POSTPONED,
    ),
    "a full line": (
        {**BACK_ORDERS, **RARELY, **SCARCE, "firms.corner.service.back_orders.limit": 1},
        (*POSTPONED, "outcome LOST"),
    ),
    "patience": (
        {
            **BACK_ORDERS,
            **RARELY,
            **SCARCE,
            "segments.all.waiting.patience": {"kind": "exponential", "mean": 0.5},
            "products.cola.back_order_penalty": 0.375,
            "firms.corner.supply": {"lead_time": {"kind": "uniform", "low": 0.25, "high": 2}},
        },
        (*POSTPONED, "outcome LOST", "paid PENALTIES"),
    ),
    "orders for those who wait": (
        {
            "products.cola.ordering": None,
            **BACK_ORDERS,
            **SCARCE,
            "firms.corner.ordering": {"kind": "reorder_point", "reorder_point": -2, "quantity": 4},
        },
        POSTPONED,
    ),
    "back-orders of bundles": ({**BUNDLES, **BACK_ORDERS, **SCARCE, **RARELY}, POSTPONED),
    "what moving costs": (
        {**BACK_ORDERS, "segments.all.transfer_cost": {"substitutive": 0.125, "competitive": 0.25, "strategic": 0.125}},
        ("outcome RECAPTURED", "outcome DIVERTED"),
    ),
    "a home": (
        {"segments.all.home": "zero", "segments.all.transfer_cost": {"substitutive": 0.25}, **SCARCE},
        ("cause CHOICE", "outcome RECAPTURED"),
    ),
    "a home that is shut": (
        {"segments.all.home": "zero", "products.zero.window": {"opens": 3, "closes": 7}, **BACK_ORDERS},
        ("cause CHOICE",),
    ),
    "a firm for a home": (
        {"segments.all.home": "market", "products.rival.window": {"opens": 1, "closes": 9}},
        ("cause CHOICE", "outcome DIVERTED"),
    ),
    "shelf life": (
        {"products.cola.shelf_life": 1.5, "products.lemon.shelf_life": 2, "products.zero.shelf_life": 0.25},
        ("units WASTED", "paid DISPOSAL"),
    ),
    "shelf life and back-orders": ({**BACK_ORDERS, **RARELY, "products.cola.shelf_life": 1}, ("units WASTED",)),
    "shared stocks and bundles": ({**BUNDLES, **SCARCE}, ("outcome RECAPTURED", "cause STOCKOUT")),
    "protection": (
        {**BUNDLES, "firms.corner.availability": {"kind": "protection_levels", "levels": {"late": 5, "cola": STEPS}}},
        ("cause REFUSAL",),
    ),
    "protection and waiting": (
        {
            **BACK_ORDERS,
            "products.cola.pricing": MARKDOWNS,
            "firms.corner.availability": {"kind": "protection_levels", "levels": {"cola": STEPS}},
        },
        ("cause REFUSAL", *POSTPONED),
    ),
    "lists without prices": (
        {"segments.all.choice": RANKED, "products.cola.window": {"opens": 2, "closes": 7}, **SCARCE},
        ("outcome RECAPTURED", "outcome DIVERTED"),
    ),
    "two attempts": ({"segments.all.choice": SHARES, **SCARCE}, ("outcome RECAPTURED", "outcome LOST")),
    "attempts past what is shut": (
        {"segments.all.choice": SHARES, "products.zero.window": {"opens": 5}, "products.cola.window": {"closes": 5}},
        ("outcome DIVERTED",),
    ),
    "attempts without a limit": (
        {"segments.all.choice": {**SHARES, "attempts": "unlimited"}, **SCARCE, "products.lemon.window": {"opens": 6}},
        ("outcome RECAPTURED", "outcome DIVERTED", "outcome LOST"),
    ),
    "the lazy race": (
        {"draws": "lazy", **SCARCE, "products.rival.window": [{"opens": 1, "closes": 5}, {"opens": 7}]},
        ("outcome RECAPTURED", "outcome DIVERTED", "outcome LOST", "willing 0", "willing 1"),
    ),
    "the lazy race and prices": (
        {
            "draws": "lazy",
            "firms.corner.pricing": {**MARKDOWNS, "announced": False},
            "segments.all.transfer_cost": {"substitutive": 0.25, "competitive": 0.5},
        },
        ("outcome RECAPTURED", "outcome LOST"),
    ),
    "prices of favourites": (
        {
            "firms.corner.pricing": {**MARKDOWNS, "announced": False},
            "products.rival.window": [{"opens": 1, "closes": 5}, {"opens": 7}],
        },
        ("outcome DIVERTED",),
    ),
    "orders that come at once": (
        {
            "products.cola.ordering": None,
            "firms.corner.ordering": {"kind": "reorder_point", "reorder_point": 0, "quantity": 1},
            "firms.corner.supply": {"lead_time": 0},
        },
        ("units RECEIVED",),
    ),
    "small orders": (
        {
            "firms.market.ordering": {"kind": "reorder_point", "reorder_point": 9, "quantity": 1},
            "firms.market.supply": {"lead_time": {"kind": "uniform", "low": 0, "high": 2}, "order_cost": 0.5},
        },
        ("paid ORDERING",),
    ),
    "minimum and packs": (
        {
            "products.cola.ordering": None,
            "firms.corner.ordering": {"kind": "reorder_point", "reorder_point": 4, "quantity": 2},
            "firms.corner.supply": {"lead_time": 0.5, "minimum": 5, "pack": 4},
        },
        ("units RECEIVED",),
    ),
    "plans and season buys": (
        {
            "products.cola.ordering": None,
            "firms.corner.ordering": {
                "kind": "plan",
                "orders": [
                    {"at": 1, "product": "cola", "quantity": 20},
                    {"at": 1, "product": "zero", "quantity": 9},
                    {"at": 6, "product": "cola", "quantity": 30},
                ],
            },
            "products.lemon.ordering": {"kind": "season_buy", "quantity": 25},
            **BACK_ORDERS,
        },
        POSTPONED,
    ),
    "periods that do not divide the horizon": (
        {
            **BACK_ORDERS,
            "report_every": 0.75,
            "warm_up": 2.5,
            "horizon": 10.25,
            "firms.corner.supply": {"lead_time": 0.75},
        },
        ("a sale to who came in the warm-up",),
    ),
    "ties": (
        {
            "segments.all.choice": {
                "kind": "ranking",
                "lists": [{"share": 1, "reservation_price": {"cola": 2, "zero": 2, "lemon": 1.75, "rival": 1.875}}],
            },
            **BACK_ORDERS,
            "segments.all.waiting.discount": 1,
            "products.zero.pricing": MARKDOWNS,
        },
        ("outcome RECAPTURED", "cause CHOICE"),
    ),
    "prices by a program": ({"firms.corner.pricing": PRICES_BY_PROGRAM, **SCARCE}, ("outcome RECAPTURED", "willing 1")),
    "prices by a program for a season": (
        {
            **{f"products.{name}.ordering": {"kind": "season_buy", "quantity": 60} for name in ("cola", "zero")},
            "products.lemon.ordering": {"kind": "plan", "orders": [{"at": 2.5, "quantity": 30}]},
            "firms.corner.pricing": {**PRICES_BY_PROGRAM, "points": {"lemon": [1, 1.5, 2.5]}, "objective": "welfare"},
            "products.zero.window": {"opens": 1, "closes": 9.5},
        },
        ("outcome DIVERTED", "cause STOCKOUT"),
    ),
    "orders by a program": (
        {
            "products.cola.ordering": {"replan_every": 3},
            "firms.corner.ordering": ORDERS_BY_PROGRAM,
            "firms.corner.supply": {"lead_time": {"kind": "uniform", "low": 0.25, "high": 2}, "pack": 2},
            "products.lemon.shelf_life": 2,
            **BACK_ORDERS,
        },
        ("units RECEIVED", *POSTPONED),
    ),
    "prices and orders by programs": (
        {
            "products.cola.ordering": None,
            "firms.corner.ordering": ORDERS_BY_PROGRAM,
            "firms.corner.pricing": PRICES_BY_PROGRAM,
            "firms.market.pricing": {**PRICES_BY_PROGRAM, "replan_every": 4},
            **SCARCE,
        },
        ("units RECEIVED", "outcome DIVERTED"),
    ),
    "one taste for all offers of a stock": (
        {
            "offers": {
                "first": {"uses": "cola", "price": 1.75},
                "second": {"uses": "cola", "price": 1.75},
                "third": {"uses": "cola", "price": 1.75, "own_taste": True},
            },
            "products.cola.price": None,
            "segments.all.choice": {
                **LOGIT,
                "reservation_price": {"first": 2.5, "second": 2.5, "third": 2.5, "rival": 2},
            },
            "firms.corner.availability": {"kind": "protection_levels", "levels": {"first": 3}},
        },
        ("outcome SERVED",),
    ),
}
for _kind, _duration in {
    "constant": 1.5,
    "uniform": {"kind": "uniform", "low": 0.5, "high": 3},
    "exponential": {"kind": "exponential", "mean": 1.25},
    "empirical": {"kind": "empirical", "values": [0.25, 1, 3]},
    "empirical with shares": {"kind": "empirical", "values": [0, 2.5], "shares": [0.75, 0.25]},
}.items():
    CASES[f"lead times and patience, {_kind}"] = (
        {
            **BACK_ORDERS,
            **SCARCE,
            "firms.corner.supply": {"lead_time": _duration},
            "firms.market.supply": {"lead_time": _duration, "pack": 3},
            "segments.all.waiting.patience": _duration,
        },
        POSTPONED,
    )
for _kind, _choice in VARIED.items():
    CASES[_kind] = (
        {**ATTRIBUTES, "segments.all.choice": _choice, **SCARCE},
        ("outcome RECAPTURED", "outcome DIVERTED"),
    )
    CASES[f"{_kind}, and waiting"] = (
        {
            **ATTRIBUTES,
            **BACK_ORDERS,
            **SCARCE,
            "segments.all.choice": _choice,
            "products.zero.pricing": MARKDOWNS,
            "segments.all.transfer_cost": {"substitutive": 0.125, "competitive": 0.25, "strategic": 0.125},
        },
        (*POSTPONED, "outcome LOST"),
    )


@pytest.mark.parametrize("name", CASES)
def test_engines_agree_about_a_feature(name: str):
    """If this fails, the compiled engine has a feature otherwise than the rules, or the case does not show it."""
    changes, expected = CASES[name]
    world = world_of(changes)
    found = happened(agreed_ledger(world, 3)) + happened(agreed_ledger(world, 4, 1, block_size=5))
    assert not [what for what in expected if not found[what]], f"did not happen, of {sorted(found)}"


SELLING = {
    **{f"products.{name}": {"firm": "corner", "stock": "unlimited"} for name in ("cola", "zero", "lemon", "rival")},
    "firms": {"corner": {}},
    "segments.all.arrivals.rate": 300,
}


@pytest.mark.parametrize(
    ("prices", "scale", "worths"),
    [
        pytest.param([1.75, 1.75, 1.5, 1.625], 0.001, [2.4915, 2.4912, 2.2413, 2.3661], id="a thousandth"),
        pytest.param([3e8, 3e8, 2e8, 2e8], 1e-7, [3e8, 3e8, 2e8, 2e8], id="hundreds of millions"),
        pytest.param([3e8 + 0.3, 3e8, 2e8, 2e8], 1e5, [3e8, 3e8 + 0.7, 2e8, 2e8], id="millions and large spreads"),
    ],
)
def test_engines_agree_where_tastes_differ_little(prices, scale, worths):
    """If this fails, favourites that the race without logarithms names are lost to rounding: it has too few digits.

    The surplus itself has hardly a digit where money is that large, in either engine; everything else must agree.
    """
    names = ("cola", "zero", "lemon", "rival")
    changes = SELLING | {f"products.{name}.price": price for name, price in zip(names, prices, strict=True)}
    choice = {**LOGIT, "scale": scale, "reservation_price": dict(zip(names, worths, strict=True))}
    world = world_of({**changes, "segments.all.choice": choice})
    ledger = Loop(world, 1, 0).run()
    told = differences(ledger, kernel_ledger(world, 1, 0))
    assert not [line for line in told if not line.startswith("consumer_surplus")]
    assert ledger.sold.min() > 100


def test_engines_agree_about_simultaneous_customers():
    """If this fails, customers of different segments who come at one instant come in another order (R2)."""
    trace = {"kind": "trace", "file": "trace.csv"}
    segments = {
        name: {"arrivals": {**trace, "segment": name}, "choice": choice, **more}
        for name, choice, more in (("b", PRICED, {"waiting": WAITS}), ("a", LOGIT, {}), ("c", RANKED, {}))
    }
    changes = {**BACK_ORDERS, **SCARCE, "segments": segments, "products.cola.pricing": MARKDOWNS}
    del changes["segments.all.waiting"]
    world = world_of(changes, {"trace.csv": EVERYBODY})
    ledger = agreed_ledger(world, 1)
    assert ledger.heads[:, 0].tolist() == [72, 72, 36], "two of five, one of five of 36 quarters after the warm-up"
    assert happened(ledger)["outcome POSTPONED"]
