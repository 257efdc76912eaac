"""Both engines, every scenario of the library and each of its variants."""

import pytest
from comparing import agreed_ledger

from demandshift.scenarios.library import library_names
from demandshift.scenarios.load import load
from demandshift.simulator.build.world import build_world

BRIEFLY = {"two-shops": {"horizon": 9}}
"""Long scenarios end earlier here."""
CASES = [(name, variant) for name in library_names() for variant in (None, *load(name).variants)]


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_engines_agree_about_the_library(name: str, variant: str | None):
    """If this fails, the figures of a scenario that users start from depend on the engine."""
    variants = [] if variant is None else [variant]
    world = build_world(load(name, variants=variants, overrides=BRIEFLY.get(name, {})).settled)
    for seed in (1, 20_231):
        for replication in (0, 5):
            assert agreed_ledger(world, seed, replication).heads[:, 0].sum() > 50
