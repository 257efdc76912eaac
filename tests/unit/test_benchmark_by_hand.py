"""The yardstick of the benchmark of engines: a fast program that did something else would be no yardstick."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from demandshift.simulator.ledger import TURNED_AWAY, Outcome
from demandshift.simulator.loop import Loop

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SEED = 5
CUSTOMERS = 1500
RATE = 60.0
"""Customers per day: with few customers a day a short run reaches the days on which shelves are empty."""


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return the program as a script finds it: its neighbours are on the path, and forgotten afterwards."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    known = set(sys.modules)
    yield importlib.import_module("by_hand")
    for name in set(sys.modules) - known:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == BENCHMARKS:
            del sys.modules[name]


@pytest.mark.parametrize(("program", "draws"), [("FullRace", "full"), ("LazyRace", "lazy")])
@pytest.mark.parametrize("offers", [4, 10])
def test_same_sales_losses_and_transfers_as_loop(by_hand: ModuleType, program: str, draws: str, offers: int) -> None:
    """If it failed, benchmarks would compare the engine with a program that simulates another shop."""
    shops = importlib.import_module("shops")
    shop = shops.make_shop(offers, CUSTOMERS, rate=RATE, draws=draws)
    ledger = Loop(shops.world_of(shops.shop_document(shop)), SEED, 0).run()
    tally = getattr(by_hand, program)(shop, SEED, 0).run()

    flows = ledger.flows[np.isin(ledger.flows[:, 2], TURNED_AWAY)]
    lost = flows[flows[:, 3] == Outcome.LOST]
    assert tally.sold == tuple(ledger.sold)
    assert tally.lost == tuple(np.bincount(lost[:, 1], weights=lost[:, 5], minlength=offers))
    assert tally.recaptured == flows[flows[:, 3] == Outcome.RECAPTURED, 5].sum()
    assert tally.diverted == flows[flows[:, 3] == Outcome.DIVERTED, 5].sum()
    assert min(sum(tally.lost), tally.recaptured, tally.diverted) > 0, "the run must show all that it compares"


@pytest.mark.parametrize("program", ["FullRace", "LazyRace"])
def test_a_tenth_is_turned_away(by_hand: ModuleType, program: str) -> None:
    """If it failed, the benchmark would measure a shop whose shelves are nearly always full, or nearly always empty."""
    shops = importlib.import_module("shops")
    tally = getattr(by_hand, program)(shops.make_shop(10, 20_000, rate=500.0), SEED, 0).run()
    turned_away = sum(tally.lost) + tally.recaptured + tally.diverted
    assert 0.05 < turned_away / (sum(tally.sold) + sum(tally.lost)) < 0.15
