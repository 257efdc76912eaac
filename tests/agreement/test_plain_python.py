"""A few days of several features at once: short enough for plain Python, where coverage of the kernel is counted."""

import pytest
from comparing import agreed_ledger, happened
from worlds import ATTRIBUTES, LOGIT, PRICED, RANKED, SHARES, VARIED, world_of

MARKDOWNS = {"kind": "scheduled", "announced": True, "changes": [{"at": 2, "factor": 0.75}, {"at": 4, "price": 1.25}]}
BRIEF = {"horizon": 6, "warm_up": 1, "segments.all.arrivals.rate": 14}
SCARCE = {f"products.{name}.stock": 3 for name in ("cola", "zero", "lemon")}
WAITING = {"up_to": 3, "discount": 0.9, "expected_delay": 0.5, "patience": {"kind": "uniform", "low": 0.5, "high": 4}}
OFFERS = {
    "pair": {"uses": ["cola", "zero"], "price": 3},
    "two": {"uses": {"cola": 2}, "price": 3.25, "window": {"opens": 1, "closes": 5}},
}
WORTHS = {**LOGIT["reservation_price"], "pair": 3.75, "two": 3.75}
CASES = {
    "customers who differ in more than noise": {
        **SCARCE,
        **ATTRIBUTES,
        "segments": {
            name: {
                "arrivals": {"kind": "poisson", "rate": 5},
                "choice": choice,
                "waiting": {"up_to": 2, "expected_delay": 0.25},
            }
            for name, choice in VARIED.items()
        },
        "firms.corner.service": {"back_orders": {"promise": True}},
        "firms.corner.supply": {"lead_time": 0.75},
    },
    "back-orders, patience, protection and shelf life": {
        **SCARCE,
        "offers": OFFERS,
        "segments.all.choice": {**LOGIT, "reservation_price": WORTHS},
        "segments.all.waiting": WAITING,
        "segments.all.transfer_cost": {"substitutive": 0.125, "competitive": 0.25, "strategic": 0.125},
        "firms.corner.service": {"back_orders": {"promise": True, "limit": 3}},
        "firms.corner.availability": {"kind": "protection_levels", "levels": {"two": 4, "zero": 1}},
        "products.cola.supply": {"lead_time": {"kind": "exponential", "mean": 1}},
        "products.lemon.shelf_life": 1,
        "products.rival.pricing": MARKDOWNS,
    },
    "homes, lists and announced prices": {
        **SCARCE,
        "segments.at-home": {
            "arrivals": {"kind": "poisson", "rate": 8},
            "choice": LOGIT,
            "home": "zero",
            "waiting": {"up_to": 2, "expected_delay": 0.25},
        },
        "segments.loyal": {"arrivals": {"kind": "poisson", "rate": 8}, "choice": PRICED, "home": "market"},
        "segments.all.choice": PRICED,
        "segments.all.waiting": WAITING,
        "products.zero.window": {"opens": 2},
        "products.rival.window": [{"closes": 2}, {"opens": 4}],
        "products.cola.pricing": MARKDOWNS,
        "firms.corner.service": {"back_orders": {"promise": False}},
        "firms.corner.supply": {"lead_time": 0.75},
    },
    "customers without prices": {
        **SCARCE,
        "segments.all.choice": RANKED,
        "segments.shares": {
            "arrivals": {"kind": "poisson", "rate": 12, "dominating_rate": 30},
            "choice": {**SHARES, "attempts": "unlimited"},
        },
        "segments.limited": {"arrivals": {"kind": "poisson", "rate": 12}, "choice": SHARES},
        "products.zero.window": {"opens": 3},
        "products.cola.window": {"closes": 4},
        "firms.corner.supply": {"lead_time": {"kind": "empirical", "values": [0, 2]}, "pack": 4, "minimum": 6},
    },
    "the full race of favourites": {
        **SCARCE,
        "firms.corner.pricing": {**MARKDOWNS, "announced": False},
        "products.lemon.stock": "unlimited",
        "products.rival.window": {"opens": 1, "closes": 5},
        "firms.corner.availability": {"kind": "protection_levels", "levels": {"zero": [{"at": 0, "level": 3}]}},
    },
    "the lazy race": {
        **SCARCE,
        "draws": "lazy",
        "firms.corner.pricing": {**MARKDOWNS, "announced": False},
        "products.rival.window": {"opens": 1, "closes": 5},
        "segments.all.transfer_cost": {"substitutive": 0.125, "competitive": 0.25},
    },
    "plans, season buys and a trace": {
        **SCARCE,
        "products.cola.ordering": None,
        "firms.corner.ordering": {
            "kind": "plan",
            "orders": [{"at": 1, "product": "cola", "quantity": 9}, {"at": 3, "product": "zero", "quantity": 9}],
        },
        "products.lemon.ordering": {"kind": "season_buy", "quantity": 9},
        "segments.all.arrivals": {"kind": "trace", "file": "trace.csv"},
        "segments.all.waiting": {"up_to": 1},
        "firms.corner.service": {"back_orders": {"promise": True}},
    },
    "many wait": {
        "products.cola.stock": 0,
        "products.zero.stock": 0,
        "products.cola.ordering": None,
        "firms.corner.ordering": {"kind": "order_up_to", "review_every": 4, "first_review": 4, "level": 20},
        "firms.corner.service": {"back_orders": {"promise": False}},
        "segments.all.arrivals.rate": 60,
        "segments.all.waiting": {"up_to": 9, "expected_delay": 0.25},
    },
}
TRACE = {"trace.csv": "time\n" + "".join(f"{time / 8}\n" for time in range(60))}


@pytest.mark.parametrize("name", CASES)
def test_engines_agree_in_plain_python_too(name: str):
    """If this fails, the kernel means something else compiled than as it reads, or coverage is counted of less."""
    changes = BRIEF | CASES[name]
    world = world_of(changes, TRACE)
    found = happened(agreed_ledger(world, 3)) + happened(agreed_ledger(world, 4, 1, block_size=3))
    assert {"outcome SERVED", "cause STOCKOUT"} <= set(found)
