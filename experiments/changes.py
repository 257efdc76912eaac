"""A change of a scenario, in all the ways in which one can be asked about: the scenario without it and with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..scenarios.changes import Change as OneChange
from ..scenarios.changes import complain_of_conflicts, read_changes, read_settings
from ..scenarios.complaints import Complaints, Place, did_you_mean
from ..scenarios.paths import format_path
from ..scenarios.scenario import Scenario
from ..simulator.arguments import ArgumentError

Change = str | Sequence[str] | Mapping[str, object] | Scenario
"""A variant's name or `path=value`, or several of them; values by path; or another scenario."""

ORIGIN = "--change"
"""What complaints about a change call its place."""


def changed(scenario: Scenario, change: Change) -> Scenario:
    """Return a scenario with a change made, which goes over everything that was applied before.

    Its products, offers and segments have the places of the scenario without the change, so that the same customers
    come to both (R14).

    Parameters
    ----------
    scenario : Scenario
        What is changed; it stays as it is.
    change : str, sequence of str, mapping or Scenario
        What to change. Of words, names of variants come first, then settings `path=value`.

    Raises
    ------
    ScenarioError
        For an unknown variant, a path that leads nowhere, or what is wrong with the outcome.
    ArgumentError
        If there is no change, or it changes nothing that a run depends on.
    """
    complaints = Complaints()
    if isinstance(change, Scenario):
        recipe = replace(change.recipe, base=scenario.settled.slots)
    else:
        if isinstance(change, Mapping):
            changes = read_changes(change, ORIGIN, complaints)
        else:
            changes = _of_words(scenario, [change] if isinstance(change, str) else change, complaints)
        if not changes and not complaints:
            raise ArgumentError("there is no change: name a variant, or what to set")
        recipe = scenario.recipe.with_overrides(changes)
    other = Scenario.made(recipe, complaints)
    if other.hash == scenario.hash:
        raise ArgumentError("the change changes nothing that a run depends on: both worlds are the same")
    return other


def _of_words(scenario: Scenario, words: Sequence[str], complaints: Complaints) -> tuple[OneChange, ...]:
    """Return the changes of variants and settings."""
    declared = scenario.recipe.source.variants
    settings = [word for word in words if "=" in word and word not in declared]
    of_variants: list[OneChange] = []
    for name in dict.fromkeys(word for word in words if word not in settings):
        if name in declared:
            of_variants.extend(replace(each, key=format_path(each.path)) for each in declared[name])
            continue
        known = f"variants: {', '.join(declared)}" if declared else "the scenario declares no variants"
        close = did_you_mean(name, declared) or f" ({known}; a setting has the form path=value)"
        complaints.add(Place(ORIGIN), "", f"unknown variant {name!r}{close}")
    complain_of_conflicts(of_variants, complaints)
    return (*of_variants, *read_settings(settings, ORIGIN, complaints))
