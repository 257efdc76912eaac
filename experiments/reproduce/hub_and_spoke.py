"""Bounds of the 48 hub-and-spoke networks whose files their author published.

The files (`rm_<periods>_<spokes>_<load>_<ratio of fares>.txt`) cannot be part of the program; they are looked for in
the folder `rm_datasets` of the one that DEMANDSHIFT_DATA names.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...models.optimise.bounds import fluid_bound, perfect_information
from ...models.optimise.fluid import DemandCurves, fluid_plan
from ...models.problem import Floats
from ...simulator.estimates import Estimate
from .case import Case
from .study import DATA, Found, Study


class Network(NamedTuple):
    """Legs and itineraries, with the chance of a request for each itinerary in each period."""

    capacity: Floats
    """Seats of each leg. Shape (legs,)."""
    fares: Floats
    """In money. Shape (itineraries,)."""
    usage: Floats
    """Seats of a leg that an itinerary uses. Shape (legs, itineraries)."""
    chances: Floats
    """Shape (periods, itineraries)."""


def read_network(text: str) -> Network:
    """Return the network of a file: periods, legs, itineraries, and chances by period, each block with its length."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    periods, legs = int(lines[0]), int(lines[1])
    flights = {tuple(map(int, line.split()[:2])): float(line.split()[2]) for line in lines[2 : 2 + legs]}
    count = int(lines[2 + legs])
    rows = [line.split() for line in lines[3 + legs : 3 + legs + count]]
    position = {tuple(map(int, row[:3])): place for place, row in enumerate(rows)}
    usage = np.zeros((legs, count))
    for (start, end, _), place in position.items():
        # Between two spokes a journey changes at the hub, which has number 0.
        needed = {(start, end)} if 0 in (start, end) else {(start, 0), (0, end)}
        usage[:, place] = [flight in needed for flight in flights]
    chances = np.zeros((periods, count))
    for line in lines[3 + legs + count :]:
        period, rest = line.split("\t", 1)
        for start, end, kind, chance in re.findall(r"\[ (\d+) (\d+) (\d+) \]\s+(\S+)", rest):
            chances[int(period), position[int(start), int(end), int(kind)]] = float(chance)
    return Network(np.array(list(flights.values())), np.array([float(row[3]) for row in rows]), usage, chances)


def fluid_value(network: Network) -> float:
    """Return the value of the deterministic program, in money."""
    curves = DemandCurves.of(
        network.fares[:, None],
        network.chances.sum(axis=0)[:, None, None],
        usage=network.usage,
        capacity=network.capacity,
    )
    return fluid_bound(fluid_plan(curves)).value


def hindsight_value(network: Network, draws: int, seed: int) -> Estimate:
    """Return what perfect information is worth on drawn requests, in money."""
    rng = np.random.default_rng(seed)
    rest = np.maximum(1 - network.chances.sum(axis=1, keepdims=True), 0)
    drawn = np.zeros((draws, len(network.fares)))
    for chances in np.hstack([network.chances, rest]):
        drawn += rng.multinomial(1, chances / chances.sum(), size=draws)[:, :-1]
    bound = perfect_information(network.fares, network.usage, network.capacity, drawn)
    return Estimate(bound.value, bound.half_width, draws)


def _network(case: Case, name: str) -> Network:
    file = Path(os.environ[DATA]) / case.needs_data / f"rm_{name}.txt"
    return read_network(file.read_text(encoding="utf-8"))


def _compute(case: Case) -> Mapping[str, Found]:
    return {"deterministic program": [fluid_value(_network(case, name)) for name in case.parameters["instances"]]}


def _compute_long(case: Case) -> Mapping[str, Found]:
    draws, seed = case.parameters["draws"], case.parameters["seed"]
    return {
        f"perfect information, {name}": hindsight_value(_network(case, name), draws, seed)
        for name in case.parameters["randomised"]
    }


STUDY = Study(_compute, compute_long=_compute_long)
