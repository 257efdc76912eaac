"""What the kernel does for speed changes no figure: blocks, pools that grow, processes, and code compiled once."""

import numba
import pytest
from comparing import agreed_ledger, differences, kernel_ledger
from worlds import LOGIT, PRICED, RANKED, SHARES, scenario_of, world_of

import demandshift as ds
from demandshift.simulator.build.compiled import build_inputs
from demandshift.simulator.kernel.engine import Kernel
from demandshift.simulator.kernel.entrances import SIGNATURES
from demandshift.simulator.kernel.room import FIRST_CAPACITY

EVERY_KIND = {
    **{
        f"segments.{name}": {"arrivals": {"kind": "poisson", "rate": 8}, "choice": choice}
        for name, choice in (("priced", PRICED), ("ranked", RANKED), ("shares", SHARES))
    },
    "segments.waiting": {
        "arrivals": {"kind": "poisson", "rate": 8, "dominating_rate": 20},
        "choice": LOGIT,
        "waiting": {"up_to": 3},
    },
    "firms.corner.service": {"back_orders": {"promise": True}},
    "products.cola.pricing": {"kind": "scheduled", "announced": True, "changes": [{"at": 5.125, "factor": 0.75}]},
}
MANY_WAIT = {
    "products.cola.stock": 0,
    "products.zero.stock": 0,
    "products.cola.ordering": None,
    "firms.corner.ordering": {"kind": "order_up_to", "review_every": 6, "first_review": 5, "level": 40},
    "firms.corner.service": {"back_orders": {"promise": False}},
    "segments.all.waiting": {"up_to": 9, "expected_delay": 0.25},
}
"""Some two hundred customers wait until the firm orders for the first time."""
MANY_BATCHES = {
    "firms.market.ordering": {"kind": "reorder_point", "reorder_point": 400, "quantity": 1},
    "firms.market.supply": {"lead_time": {"kind": "uniform", "low": 2, "high": 4}},
    "products.rival.shelf_life": 6,
    "segments.all.arrivals": {"kind": "poisson", "rate": 150},
}
"""One order a unit, and as many batches on the shelf: some hundred."""
MANY_ORDERS = {
    **MANY_BATCHES,
    "products.rival.supply": {"lead_time": {"kind": "uniform", "low": 11, "high": 12}},
    "products.rival.stock": 150,
    "products.rival.shelf_life": 12,
}
"""One order a unit, and most of them on their way at one time."""
MANY_OFFERS = 60


def many_flows():
    """Return changes with so many ways to go that the table of flows must grow: every offer to every other."""
    worths = {f"offer{number}": 2.5 for number in range(MANY_OFFERS)}
    products = {
        name: {"firm": "corner", "price": 1.5, "cost": 1, "stock": 40, "ordering": {"kind": "none"}} for name in worths
    }
    return {
        "products": {**products, "rival": {"firm": "market", "price": 1.5, "stock": 4}},
        "segments.all.choice": {**LOGIT, "reservation_price": {**worths, "rival": 2.5}},
        "segments.all.arrivals.rate": 250,
    }


@pytest.mark.parametrize("draws", ["full", "lazy"])
def test_blocks_of_any_size_leave_the_same_ledger(draws: str):
    """If this fails, draws or favourites depend on how many customers are drawn at once (R14)."""
    world = world_of({**EVERY_KIND, "draws": draws})
    expected = kernel_ledger(world, 6, 0)
    for size in (1, 2, 7, 64, 256):
        told = differences(expected, kernel_ledger(world, 6, 0, size), to_the_bit=True)
        assert not told, (size, told)
    agreed_ledger(world, 6, block_size=2)


def test_the_number_of_processes_changes_nothing():
    """If this fails, the compiled engine's figures depend on the machine."""
    scenario = scenario_of(EVERY_KIND)
    one, two = (ds.run(scenario, 5, seed=3, jobs=jobs, engine="kernel") for jobs in (1, 2))
    for name, frame in one.frames().items():
        assert frame.equals(two.frames()[name]), name


@pytest.mark.parametrize(
    ("changes", "pools"),
    [
        pytest.param(MANY_WAIT, ["visitors"], id="customers"),
        pytest.param(MANY_BATCHES, ["batches"], id="batches"),
        pytest.param(MANY_ORDERS, ["orders"], id="orders"),
        pytest.param({**MANY_WAIT, **MANY_ORDERS}, ["visitors", "orders"], id="customers and orders"),
    ],
)
def test_pools_grow_unnoticed(changes, pools):
    """If this fails, a long line or many orders are forgotten, or written over, when memory runs out."""
    world = world_of(changes)
    agreed_ledger(world, 2)
    kernel = Kernel(world, build_inputs(world), 2, 0)
    kernel.run()
    for pool in pools:
        assert len(getattr(kernel.state, pool)) > FIRST_CAPACITY + 2 * len(world.problem.products.names), pool


def test_tables_of_flows_grow_unnoticed():
    """If this fails, rare moves are forgotten in scenarios with many offers."""
    world = world_of(many_flows())
    ledger = agreed_ledger(world, 2)
    assert len(ledger.flows) > 4 * FIRST_CAPACITY
    assert len(ledger.willing) > 4 * FIRST_CAPACITY


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled in plain Python")
def test_nothing_is_compiled_twice():
    """If this fails, another scenario costs half a minute of compilation."""
    others = {
        "firms.corner.availability": {"kind": "protection_levels", "levels": {"zero": 2}},
        "products.lemon.ordering": {"kind": "season_buy", "quantity": 9},
        "draws": "lazy",
    }
    for changes in ({}, EVERY_KIND, MANY_WAIT, many_flows(), others, {"segments.all.choice": SHARES}):
        kernel_ledger(world_of({"horizon": 6} | changes), 1, 0)
    counts = {f"{each.__module__}.{each.__name__}": len(each.signatures) for each, _ in SIGNATURES}
    assert set(counts.values()) == {1}, counts
