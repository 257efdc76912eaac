"""Twins are the same whichever engine runs both worlds, and however many processes do (R15)."""

from random import Random

import pytest
from busy_scenarios import scenarios

import demandshift as ds

BUSY = scenarios(busy=True)
EXAMPLES = 25


def told(scenario: ds.Scenario, change: dict[str, object], **arguments) -> dict:
    """Return everything that a twin tells, but when and how it was made."""
    found = ds.twin(scenario, change, replications=2, seed=3, **arguments).as_dict()
    for name in ("time", "engine"):
        del found["manifest"][name]
    # Money and times may differ in the last digits (R15); customers may not.
    del found["figures"]
    return found


def test_both_engines_follow_the_same_customers():
    """If this fails, who moved because of a change depends on the engine, or the changes move too few to tell."""
    moved = 0.0
    for number in range(EXAMPLES):
        drawn = BUSY.sample(Random(number))
        name, product = next(iter(drawn.document["products"].items()))
        change = {f"products.{name}.stock": 2 if product["stock"] == "unlimited" else product["stock"] + 2}
        scenario = drawn.load()
        one, other = (told(scenario, change, engine=engine) for engine in ("kernel", "loop"))
        assert one == other, number
        moved += sum(row["mean"] for row in one["by_kind"] if row["kind"] not in ("stayed", "came", "stayed_away"))
    assert moved > 5 * EXAMPLES


@pytest.mark.parametrize("draws", ["full", "lazy"])
def test_the_number_of_processes_changes_nothing(draws: str):
    """If this fails, a twin depends on the machine."""
    scenario = ds.load("two-shops", overrides={"horizon": 9, "segments.regulars.waiting": None, "draws": draws})
    one, two = (ds.twin(scenario, "promoted", replications=5, seed=3, jobs=jobs).as_dict() for jobs in (1, 2))
    for each in (one, two):
        del each["manifest"]["time"]
    assert one == two
