"""The two worlds of a twin, and what a reader should know about whether the same customers come to both."""

from dataclasses import dataclass

from ...scenarios.scenario import Scenario
from ...simulator.build.world import build_world
from ...simulator.world import World
from ..changes import Change, changed
from ..people import drawn_lazily, other_people


@dataclass(frozen=True)
class TwoWorlds:
    """A scenario without a change and with it, and what engines are given of each."""

    scenarios: tuple[Scenario, Scenario]
    worlds: tuple[World, World]
    set_to_full: tuple[str, ...]
    """Segments that would be drawn lazily, and are drawn in full here (R14)."""
    notes: tuple[str, ...]
    """What a reader should know."""


def two_worlds(scenario: Scenario, change: Change) -> TwoWorlds:
    """Return the worlds without a change and with it.

    Parameters
    ----------
    scenario : Scenario
        The world without the change.
    change : str, sequence of str, mapping or Scenario
        What is changed; see `demandshift.experiments.changes.changed`.

    Raises
    ------
    ScenarioError, ArgumentError
        As `changed` does.
    """
    one, other = scenario, changed(scenario, change)
    first, second = build_world(one.settled), build_world(other.settled)
    lazy = drawn_lazily(first, second)
    notes = []
    if "keep" in (one.settled.head.customers, other.settled.head.customers):
        notes.append("Customers are followed and counted here, and not kept: `customers: keep` is for a run.")
    if lazy:
        # In the lazy race a changed price meets a coupled twin; this question is about the same person (R11, R14).
        one, other = one.replace({"draws": "full"}), other.replace({"draws": "full"})
        first, second = build_world(one.settled), build_world(other.settled)
        which = f"segment{'s' if len(lazy) > 1 else ''} {', '.join(lazy)}"
        notes.append(
            f"Draws were set to full for {which}, which a run draws lazily, so that the same persons meet the change "
            "(R14); a run of the scenario as it stands meets others, of the same distribution."
        )
    others = other_people(first, second)
    if others:
        notes.extend(others)
        notes.append(
            "Who does not come, or does not count, in both worlds cannot be followed: such customers stand apart."
        )
    return TwoWorlds((one, other), (first, second), lazy, tuple(notes))
