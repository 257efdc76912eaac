"""Where the figures of two compared scenarios come from."""

import datetime
import time
from collections.abc import Sequence
from typing import Any

from ..scenarios.scenario import Scenario
from ..simulator.run import program_versions, races_of
from ..simulator.world import World
from .differences import Difference


class Stopwatch:
    """When work began, and how long it has taken."""

    def __init__(self) -> None:
        self._begun = datetime.datetime.now(datetime.UTC)
        self._started = time.perf_counter()

    def as_dict(self) -> dict[str, Any]:
        """Return the moment of the beginning and the seconds since then."""
        return {
            "begun": self._begun.isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - self._started, 3),
        }


def manifest_of_change(
    scenarios: tuple[Scenario, Scenario],
    worlds: tuple[World, World],
    keys: Sequence[Difference],
    stopwatch: Stopwatch,
    **more: object,
) -> dict[str, Any]:
    """Return the manifest of a comparison.

    Parameters
    ----------
    scenarios, worlds
        Without the change and with it.
    keys
        The change, key by key.
    stopwatch
        When it began.
    more
        What else there is to say: seed, replications, engine.
    """
    one, other = scenarios
    return {
        "scenario_hash": one.hash,
        "scenario_hash_with_change": other.hash,
        "resolved_scenario": one.resolved,
        "change": [each.as_dict() for each in keys],
        "applied": list(one.applied),
        "applied_with_change": list(other.applied),
        **more,
        "draws": races_of(worlds[0]),
        "draws_with_change": races_of(worlds[1]),
        "versions": dict(program_versions()),
        "time": stopwatch.as_dict(),
    }
