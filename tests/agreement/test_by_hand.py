"""Both engines, with policies and choice models that users write themselves."""

import pytest
from comparing import agreed_ledger, happened
from worlds import scenario_of, world_of

import demandshift as ds
from demandshift.simulator.build.compiled import EngineError

SCARCE = {"products.cola.stock": 2, "products.zero.stock": 2, "products.cola.ordering": None}


class Cautious:
    """Orders what was sold since it last looked, and more for who waits; all that a policy may see goes into it."""

    review_every = 0.75

    def quantities(self, observation):
        """Return units to order."""
        spare = zip(observation.on_hand, observation.on_order, observation.back_orders, strict=True)
        position = [on_hand + on_order - waiting for on_hand, on_order, waiting in spare]
        late = [int(4 * time) for time in observation.out_of_stock]
        busy = [sold % 3 for sold in observation.sold]
        return [max(0, 9 - have) + more + extra for have, more, extra in zip(position, late, busy, strict=True)]


class Undercutting:
    """Asks a little less than the dearest price that is public, and never below a price of its own."""

    review_every = 1.5

    def prices(self, observation):
        """Return new prices, in money."""
        dearest = max(observation.public_prices.values())
        return [max(1.25, min(dearest - 0.125, 2.0)) for _ in observation.prices]


class Wants:
    """A choice model: everybody wants the first offer most."""

    def reservation_prices(self, chance):  # noqa: ARG002
        """Return reservation prices, in money."""
        return [3.0, 2.5, 2.0, 1.75]

    def shares(self, offered, prices):  # noqa: ARG002
        """Return the expected share of each offer."""
        return [1.0, 0.0, 0.0, 0.0]


POLICIES = {"ordering": {"corner": Cautious()}, "pricing": {"market": Undercutting(), "corner": Undercutting()}}
WAITING = {
    "firms.corner.service": {"back_orders": {"promise": False}},
    "segments.all.waiting": {"up_to": 2, "expected_delay": 0.5},
}


@pytest.mark.parametrize("draws", ["full", "lazy"])
def test_engines_agree_about_policies_made_by_hand(draws: str):
    """If this fails, a policy sees other shelves in the compiled engine, or what it decides takes another effect."""
    changes = {**SCARCE, "draws": draws} | (WAITING if draws == "full" else {})
    ledger = agreed_ledger(world_of(changes, **POLICIES), 8)
    found = happened(ledger)
    assert {"outcome DIVERTED", "paid PURCHASES", "cause STOCKOUT"} <= set(found)
    assert found["outcome POSTPONED"] == (draws == "full")


def test_results_do_not_depend_on_the_engine():
    """If this fails, what users read depends on the engine, though the ledgers agree."""
    scenario = scenario_of({**SCARCE, **WAITING})
    kernel, loop = (ds.run(scenario, 4, seed=5, engine=engine, **POLICIES) for engine in ("kernel", "loop"))
    assert (kernel.manifest["engine"], loop.manifest["engine"]) == ("kernel", "loop")
    for name, frame in loop.frames().items():
        other = kernel.frames()[name]
        words = [column for column in frame.columns if frame[column].dtype.kind not in "fi"]
        numbers = [column for column in frame.columns if column not in words]
        assert frame[words].equals(other[words]), name
        assert other[numbers].to_numpy(float) == pytest.approx(
            frame[numbers].to_numpy(float), rel=1e-8, abs=1e-10, nan_ok=True
        ), name


def test_a_choice_model_made_by_hand_needs_the_readable_engine():
    """If this fails, a model that the compiled engine cannot call is ignored, or another engine is taken silently."""
    scenario, choices = scenario_of({}), {"all": Wants()}
    with pytest.raises(EngineError, match=r"segment 'all': a choice model made by hand .*; run it with engine='loop'"):
        ds.run(scenario, 1, choices=choices)
    result = ds.run(scenario, 1, engine="loop", choices=choices)
    assert result.manifest["made_by_hand"]["choices"] == ["all"]
    assert result.manifest["engine"] == "loop"
