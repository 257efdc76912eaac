"""Topaloglu 2009, Operations Research 57(3), Tables 2 and 3: bounds of 48 hub-and-spoke networks.

Evidence level A: printed values, reproduced by independent code on the instances, which are files of their author
(`rm_<periods>_<spokes>_<load>_<fare ratio>.txt`) and too large to stand here. Where they lie in the folder
`rm_datasets` of the real data, the study `hub-and-spoke` is run; the format is checked on a small file of our own.
"""

import os
from pathlib import Path

import pytest

from demandshift.experiments.reproduce.case import find_case
from demandshift.experiments.reproduce.hub_and_spoke import fluid_value, hindsight_value, read_network
from demandshift.experiments.reproduce.study import rows_of

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DEMANDSHIFT_DATA", REPOSITORY.parent / "shared" / "data"))

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
    network = read_network(SMALL)
    assert network.usage.tolist() == [[0, 1, 1], [1, 0, 0]]
    assert network.chances.tolist() == [[0.25, 0.75, 0], [0.5, 0.125, 0.375]]
    assert fluid_value(network) == pytest.approx(0.75 * 24 + 0.375 * 40 + 0.625 * 10)
    through = read_network(SMALL.replace("\n3\n", "\n4\n").replace("1 0 1 40.0\n", "1 0 1 40.0\n1 2 0 9.0\n"))
    assert through.usage[:, 3].tolist() == [1, 0], "a journey between spokes starts on the leg to the hub"


def test_perfect_information_of_the_small_file():
    """If this fails, requests are drawn with other chances than the file says, or a path earns more than it can.

    The one seat to the hub goes to a request at 40 in the second period (chance 0.375), else to one at 10 in either
    (0.625 less the 0.25 · 0.5 of nobody); the other leg has room for all at 24 (0.25 + 0.5): 15 + 5 + 18.
    """
    truth = 38.0
    found = hindsight_value(read_network(SMALL), 4000, 5)
    assert found.half_width is not None
    assert abs(found.mean - truth) <= 4 / 1.96 * found.half_width


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(
    not (DATA / "rm_datasets").is_dir(), reason=f"the published instances are not at {DATA / 'rm_datasets'}"
)
def test_the_published_bounds(monkeypatch):
    """If this fails, a bound is not the published one on its own instances."""
    monkeypatch.setenv("DEMANDSHIFT_DATA", str(DATA))
    rows = list(rows_of(find_case("hub-and-spoke")))
    assert len(rows) == 48 + 3 + 3
    assert [row for row in rows if row.verdict == "OFF"] == []
