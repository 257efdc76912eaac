"""A shop for tests of the kernel; they run compiled and, with NUMBA_DISABLE_JIT=1, as plain Python."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import demandshift as ds
from demandshift.simulator.build.compiled import build_inputs
from demandshift.simulator.build.world import build_world
from demandshift.simulator.kernel import entrances
from demandshift.simulator.kernel.engine import Kernel
from demandshift.simulator.world import World

SHOP: dict[str, Any] = {
    "name": "shop",
    "horizon": 8,
    "firms": {
        "corner": {
            "ordering": {"kind": "order_up_to", "review_every": 3, "first_review": 2, "level": 12},
            "service": {"back_orders": {"promise": False}},
        },
        "market": {
            "ordering": {"kind": "reorder_point", "reorder_point": 6, "quantity": 3},
            "supply": {"lead_time": {"kind": "uniform", "low": 0.5, "high": 2}},
        },
    },
    "products": {
        "cola": {"firm": "corner", "price": 1.75, "cost": 1, "stock": 4, "supply": {"lead_time": 0.5}},
        "zero": {"firm": "corner", "price": 1.5, "cost": 1, "stock": 3, "shelf_life": 5},
        "rival": {"firm": "market", "price": 1.75, "cost": 1, "stock": 5, "shelf_life": 2.5},
    },
    "offers": {"pair": {"uses": {"cola": 2, "zero": 1}, "price": 4}},
    "segments": {
        "all": {
            "arrivals": {"kind": "poisson", "rate": 9},
            "choice": {
                "kind": "logit",
                "scale": 0.5,
                "reservation_price": {"cola": 2.5, "zero": 2, "rival": 2.25, "pair": 4.5},
            },
            "waiting": {"up_to": 4, "expected_delay": 0.25},
        }
    },
}

MakeWorld = Callable[..., World]
MakeKernel = Callable[..., Kernel]


@pytest.fixture
def world_of(tmp_path: Path) -> MakeWorld:
    """Return what makes a world of the shop with some values, by dotted path, put in place or removed (None)."""

    def make(changes: dict[str, Any] | None = None) -> World:
        document = copy.deepcopy(SHOP)
        for path, value in (changes or {}).items():
            *parents, key = path.split(".")
            place = document
            for parent in parents:
                place = place[parent]
            if value is None:
                del place[key]
            else:
                place[key] = value
        file = tmp_path / "shop.yaml"
        file.write_text(json.dumps(document), encoding="utf-8")
        return build_world(ds.load(file).settled)

    return make


@pytest.fixture
def kernel_of(world_of: MakeWorld) -> MakeKernel:
    """Return what makes a kernel of the shop with some changes, before its first event."""

    def make(changes: dict[str, Any] | None = None, seed: int = 1, **options: Any) -> Kernel:
        world = world_of(changes)
        return Kernel(world, build_inputs(world), seed, 0, **options)

    return make


@pytest.fixture
def opened(kernel_of: MakeKernel) -> MakeKernel:
    """Return what makes a kernel and stops it in the middle of a run; else when its shops have opened."""

    def make(changes: dict[str, Any] | None = None, until: float = 2.0**-30, **options: Any) -> Kernel:
        kernel = kernel_of(changes, **options)
        entrances.prepare(*kernel.tables)
        kernel._calendar.start()
        while kernel.clock.next_place()[0] < until:
            kernel._serve_until(*kernel.clock.next_place())
            kernel.clock.step()
        kernel._serve_until(until, 0)
        return kernel

    return make
