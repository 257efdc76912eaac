"""Scenarios drawn with the generator of the property tests, and what both engines make of them."""

import json
from collections import Counter
from random import Random

from busy_scenarios import scenarios
from comparing import agreed_ledger, happened

from demandshift.simulator.build.world import build_world

BLOCK_SIZES = (None, 1, 3, 64)
BUSY = scenarios(busy=True)

LEAST_SHARES = {
    "outcome SERVED": 0.6,
    "outcome LOST": 0.6,
    "outcome RECAPTURED": 0.2,
    "outcome DIVERTED": 0.1,
    "outcome POSTPONED": 0.15,
    "outcome PENDING": 0.03,
    "cause NONE": 0.6,
    "cause STOCKOUT": 0.5,
    "cause REFUSAL": 0.1,
    "cause CHOICE": 0.1,
    "willing 0": 0.3,
    "willing 1": 0.1,
    "willing 2": 0.1,
    "head NOT_INTERESTED": 0.5,
    "units OPENING": 0.5,
    "units RECEIVED": 0.6,
    "units WASTED": 0.3,
    "units CLOSING": 0.4,
    "paid PURCHASES": 0.4,
    "paid ORDERING": 0.25,
    "paid HOLDING": 0.4,
    "paid DISPOSAL": 0.2,
    "paid PENALTIES": 0.2,
    "a cycle in which somebody was turned away": 0.5,
    "a product out of stock for a while": 0.5,
    "an offer not to be had for a while": 0.5,
    "a sale to who came in the warm-up": 0.01,
    "customers without reservation prices": 0.2,
}
"""In what share of the drawn scenarios each thing must happen, so that they cannot become empty unnoticed."""
CUSTOMERS_EACH = 50
"""How many must come on average."""


def assert_engines_agree(numbers: range) -> None:
    """Run the drawn scenarios of these numbers in both engines."""
    found, customers = Counter[str](), 0
    for number in numbers:
        drawn = BUSY.sample(Random(number))
        world = build_world(drawn.load().settled)
        try:
            ledger = agreed_ledger(world, number, number % 3, BLOCK_SIZES[number % len(BLOCK_SIZES)])
        except AssertionError as difference:
            difference.add_note(f"drawn scenario {number}: {json.dumps(drawn.document)}\n{drawn.tables}")
            raise
        found.update(happened(ledger))
        customers += int(ledger.heads[:, 0].sum())
    rare = {what: found[what] for what, share in LEAST_SHARES.items() if found[what] < share * len(numbers)}
    assert not rare, f"of {len(numbers)} scenarios too few show: {rare}"
    assert customers > CUSTOMERS_EACH * len(numbers)
