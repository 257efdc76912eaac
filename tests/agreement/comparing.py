"""Whether both engines leave the same ledger, and if not, where and by how much (R15)."""

from collections import Counter
from dataclasses import fields

import numpy as np

from demandshift.simulator.build.compiled import build_inputs
from demandshift.simulator.kernel.engine import Kernel
from demandshift.simulator.kernel.ready import make_ready
from demandshift.simulator.ledger import Account, Cause, Head, Ledger, Movement, Outcome
from demandshift.simulator.loop import Loop
from demandshift.simulator.world import World

RELATIVE = 1e-9
"""By how much money and times may differ (R15): the engines may add up and take logarithms in another order."""
OF_THE_LARGEST = 1e-12
"""The same as a share of the largest entry of an array: a sum of such entries may come to next to nothing."""
SHOWN = 5
"""Differing entries that are told of each array."""


def differences(one: Ledger, other: Ledger, *, to_the_bit: bool = False) -> list[str]:
    """Return a line for each array in which two ledgers differ: which, where, and by how much.

    Whole numbers must be equal. Other numbers must agree to `RELATIVE`, or to the bit where that is asked for.
    """
    told = []
    for each in fields(Ledger):
        mine, theirs = np.asarray(getattr(one, each.name)), np.asarray(getattr(other, each.name))
        if mine.shape != theirs.shape:
            told.append(f"{each.name}: {len(mine)} rows {mine.tolist()}, not {len(theirs)} {theirs.tolist()}")
            continue
        if to_the_bit or mine.dtype.kind == "i":
            same = (mine == theirs) | ((mine != mine) & (theirs != theirs))
        else:
            floor = OF_THE_LARGEST * np.nanmax(np.abs(mine), initial=0.0)
            same = np.isclose(mine, theirs, rtol=RELATIVE, atol=floor, equal_nan=True)
        places = np.argwhere(~same)
        if len(places):
            shown = ", ".join(
                f"{place.tolist()}: {mine[tuple(place)]!r}, not {theirs[tuple(place)]!r}" for place in places[:SHOWN]
            )
            told.append(f"{each.name} differs in {len(places)} of {mine.size} places, as {shown}")
    return told


def kernel_ledger(world: World, seed: int, replication: int, block_size: int | None = None) -> Ledger:
    """Return what the compiled engine leaves."""
    make_ready()
    return Kernel(world, build_inputs(world), seed, replication, block_size=block_size).run()


def agreed_ledger(world: World, seed: int, replication: int = 0, block_size: int | None = None) -> Ledger:
    """Run one replication in both engines and return the ledger of the readable one.

    Raises
    ------
    AssertionError
        If they differ.
    """
    expected = Loop(world, seed, replication).run()
    told = differences(expected, kernel_ledger(world, seed, replication, block_size))
    assert not told, f"seed {seed}, replication {replication}: the kernel's ledger differs\n" + "\n".join(told)
    return expected


def happened(ledger: Ledger) -> Counter[str]:
    """Return what happened in a replication, each thing once."""
    found = Counter[str]()
    found.update(f"outcome {Outcome(outcome).name}" for outcome in set(ledger.flows[:, 3].tolist()))
    found.update(f"cause {Cause(cause).name}" for cause in set(ledger.flows[:, 2].tolist()))
    found.update(f"willing {kind}" for kind in set(ledger.willing[:, 2].tolist()))
    found.update(f"head {head.name}" for head in Head if ledger.heads[:, head].any())
    found.update(f"units {movement.name}" for movement in Movement if ledger.stock[:, movement].any())
    found.update(
        f"paid {account.name}"
        for account in Account
        if ledger.product_money[account].any() or ledger.offer_money[account].any()
    )
    found["a cycle in which somebody was turned away"] += bool((ledger.cycles[:, 0] > ledger.cycles[:, 1]).any())
    found["a product out of stock for a while"] += bool(ledger.stock_time[:, 1].any())
    found["an offer not to be had for a while"] += bool((ledger.offer_time[:, 0] > ledger.offer_time[:, 1]).any())
    found["a sale to who came in the warm-up"] += bool(ledger.sold_to_earlier.any())
    found["customers without reservation prices"] += bool(np.isnan(ledger.consumer_surplus).any())
    return +found
