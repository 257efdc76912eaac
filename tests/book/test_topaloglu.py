"""Topaloglu 2009, Operations Research 57(3), Tables 2 and 3: bounds of 48 hub-and-spoke networks.

Evidence level A: printed values, reproduced by independent code on the instances, which are files of their author
(`rm_<periods>_<spokes>_<load>_<fare ratio>.txt`) and too large to stand here. Where they lie in the folder
`rm_datasets` of the real data, all 48 values are checked; the format is checked on a small file of our own.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from demandshift.models.optimise.bounds import fluid_bound, perfect_information
from demandshift.models.optimise.fluid import DemandCurves, fluid_plan

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DEMANDSHIFT_DATA", REPOSITORY.parent / "shared" / "data")) / "rm_datasets"

PRINTED = {
    "200_4_1.0_4.0": (21531, 21531.0),
    "200_4_1.0_8.0": (34571, 34571.0),
    "200_4_1.2_4.0": (19882, 19882.4),
    "200_4_1.2_8.0": (32922, 32922.3),
    "200_4_1.6_4.0": (17530, 17529.8),
    "200_4_1.6_8.0": (30570, 30569.8),
    "200_5_1.0_4.0": (22144, 22144.0),
    "200_5_1.0_8.0": (35387, 35386.5),
    "200_5_1.2_4.0": (21263, 21263.4),
    "200_5_1.2_8.0": (34495, 34495.1),
    "200_5_1.6_4.0": (18870, 18869.6),
    "200_5_1.6_8.0": (32081, 32081.4),
    "200_6_1.0_4.0": (22300, 22300.1),
    "200_6_1.0_8.0": (35544, 35543.9),
    "200_6_1.2_4.0": (20932, 20932.0),
    "200_6_1.2_8.0": (34172, 34171.8),
    "200_6_1.6_4.0": (18592, 18592.3),
    "200_6_1.6_8.0": (31824, 31824.4),
    "200_8_1.0_4.0": (20052, 20052.5),
    "200_8_1.0_8.0": (31835, 31834.6),
    "200_8_1.2_4.0": (18952, 18951.6),
    "200_8_1.2_8.0": (30727, 30727.4),
    "200_8_1.6_4.0": (16833, 16832.6),
    "200_8_1.6_8.0": (28608, 28608.4),
    "600_4_1.0_4.0": (32409, 32408.6),
    "600_4_1.0_8.0": (52086, 52086.4),
    "600_4_1.2_4.0": (29852, 29851.6),
    "600_4_1.2_8.0": (49529, 49529.3),
    "600_4_1.6_4.0": (26324, 26323.6),
    "600_4_1.6_8.0": (46001, 46001.4),
    "600_5_1.0_4.0": (33299, 33298.7),
    "600_5_1.0_8.0": (53285, 53284.7),
    "600_5_1.2_4.0": (31943, 31942.6),
    "600_5_1.2_8.0": (51904, 51904.0),
    "600_5_1.6_4.0": (28343, 28343.1),
    "600_5_1.6_8.0": (48283, 48282.7),
    "600_6_1.0_4.0": (26873, 26873.2),
    "600_6_1.0_8.0": (42865, 42865.2),
    "600_6_1.2_4.0": (25184, 25184.0),
    "600_6_1.2_8.0": (41166, 41166.2),
    "600_6_1.6_4.0": (22274, 22274.3),
    "600_6_1.6_8.0": (38252, 38252.0),
    "600_8_1.0_4.0": (24167, 24166.5),
    "600_8_1.0_8.0": (38395, 38395.1),
    "600_8_1.2_4.0": (22755, 22755.4),
    "600_8_1.2_8.0": (36976, 36976.4),
    "600_8_1.6_4.0": (20228, 20228.4),
    "600_8_1.6_8.0": (34449, 34449.4),
}
"""By instance: what is printed, and what was recomputed."""

RANDOMISED = {"200_4_1.0_4.0": (20904, 19), "200_4_1.6_8.0": (30494, 40), "200_8_1.2_4.0": (18378, 18)}
"""Printed means of perfect information, each with its half-width."""


class Network(NamedTuple):
    """Legs and itineraries, with the chance of a request for each itinerary in each period."""

    capacity: np.ndarray
    fares: np.ndarray
    usage: np.ndarray
    chances: np.ndarray


def read(text):
    """Return the network of a file."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    periods, legs = int(lines[0]), int(lines[1])
    flights = {tuple(map(int, line.split()[:2])): float(line.split()[2]) for line in lines[2 : 2 + legs]}
    count = int(lines[2 + legs])
    rows = [line.split() for line in lines[3 + legs : 3 + legs + count]]
    position = {tuple(map(int, row[:3])): place for place, row in enumerate(rows)}
    usage = np.zeros((legs, count))
    for (start, end, _), place in position.items():
        for leg, flight in enumerate(flights):
            usage[leg, place] = flight == (start, end) or (0 not in (start, end) and flight in ((start, 0), (0, end)))
    chances = np.zeros((periods, count))
    for line in lines[3 + legs + count :]:
        period, rest = line.split("\t", 1)
        for start, end, kind, chance in re.findall(r"\[ (\d+) (\d+) (\d+) \]\s+(\S+)", rest):
            chances[int(period), position[int(start), int(end), int(kind)]] = float(chance)
    return Network(np.array(list(flights.values())), np.array([float(row[3]) for row in rows]), usage, chances)


def fluid_value(network):
    """Return the value of the deterministic linear program."""
    curves = DemandCurves.of(
        network.fares[:, None],
        network.chances.sum(axis=0)[:, None, None],
        usage=network.usage,
        capacity=network.capacity,
    )
    return fluid_bound(fluid_plan(curves)).value


SMALL = """# number of time periods
2

# flights - from to capacity
# first line is number of flights
2
1 0 1
0 1 5

# itineraries - from to class fare
# first line is number of itineraries
3
0 1 0 24.0
1 0 0 10.0
1 0 1 40.0

# probabilities - time period itinerary probability
0\t[ 0 1 0 ]\t0.25\t[ 1 0 0 ]\t0.75\t[ 1 0 1 ]\t0.0\t
1\t[ 0 1 0 ]\t5.0E-1\t[ 1 0 0 ]\t0.125\t[ 1 0 1 ]\t0.375\t
"""


def test_the_format():
    """If this fails, files are read with legs or itineraries in wrong places."""
    network = read(SMALL)
    assert network.usage.tolist() == [[0, 1, 1], [1, 0, 0]]
    assert network.chances.tolist() == [[0.25, 0.75, 0], [0.5, 0.125, 0.375]]
    assert fluid_value(network) == pytest.approx(0.75 * 24 + 0.375 * 40 + 0.625 * 10)
    through = read(SMALL.replace("\n3\n", "\n4\n").replace("1 0 1 40.0\n", "1 0 1 40.0\n1 2 0 9.0\n"))
    assert through.usage[:, 3].tolist() == [1, 0], "a journey between spokes starts on the leg to the hub"


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason=f"the published instances are not at {DATA}")
@pytest.mark.parametrize("name", PRINTED)
def test_deterministic_program(name):
    """If this fails, the fluid program is not the published one on its own instances (printed to a unit)."""
    printed, recomputed = PRINTED[name]
    value = fluid_value(read((DATA / f"rm_{name}.txt").read_text(encoding="utf-8")))
    assert value == pytest.approx(recomputed, abs=0.05)
    assert value == pytest.approx(printed, abs=0.51)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason=f"the published instances are not at {DATA}")
@pytest.mark.parametrize("name", RANDOMISED)
def test_randomised_program(name):
    """If this fails, perfect information on drawn requests is worth another amount than printed."""
    network = read((DATA / f"rm_{name}.txt").read_text(encoding="utf-8"))
    rng = np.random.default_rng(2009)
    rest = np.maximum(1 - network.chances.sum(axis=1, keepdims=True), 0)
    drawn = np.zeros((2000, len(network.fares)))
    for chances in np.hstack([network.chances, rest]):
        drawn += rng.multinomial(1, chances / chances.sum(), size=len(drawn))[:, :-1]
    bound = perfect_information(network.fares, network.usage, network.capacity, drawn)
    printed, half_width = RANDOMISED[name]
    # Half-widths of 95 % each are 1.96 standard errors; four of their sum.
    assert bound.value == pytest.approx(printed, abs=4 / 1.96 * np.hypot(bound.half_width, half_width))
