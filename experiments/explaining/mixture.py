"""Scenarios between two: some of the keys that differ have their value with the change, the others that without it.

A set of keys is a whole number whose bits say which keys are in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...scenarios.complaints import Complaints, ScenarioError
from ...scenarios.files import Folders
from ...scenarios.marked import Marked, Path
from ...scenarios.paths import put
from ...scenarios.scenario import Scenario
from ...scenarios.settle import settle
from ...scenarios.settle_arrivals import Recordings
from ...simulator.arguments import ArgumentError
from ..differences import Difference, differences


@dataclass(frozen=True)
class Mixture:
    """All scenarios between two."""

    scenario: Scenario
    """The one without the change."""
    keys: tuple[Difference, ...]
    """The keys that differ and count."""
    recordings: Recordings
    """Recorded arrivals that either scenario names."""

    @property
    def everything(self) -> int:
        """The set of all keys."""
        return (1 << len(self.keys)) - 1

    def scenario_with(self, keys: int) -> Scenario:
        """Return the scenario in which a set of keys has the values with the change.

        Its products, offers and segments have the places of the scenario without the change (R14).

        Raises
        ------
        ScenarioError
            Where this is no valid scenario.
        """
        document = self.scenario.document
        for place, key in enumerate(self.keys):
            if keys >> place & 1:
                new = key.changed
                document = taken_out(document, key.path) if new is None else put(document, key.path, new)
        complaints = Complaints()
        settled = settle(document, self.scenario.settled.slots, self.recordings, complaints)
        if settled is None:
            raise ScenarioError(complaints)
        return Scenario(settled, document, self.scenario.recipe)


def mixture_of(scenario: Scenario, other: Scenario) -> tuple[Mixture, tuple[str, ...]]:
    """Return all scenarios between two, and what a reader should know.

    Parameters
    ----------
    scenario, other : Scenario
        Without the change and with it, both on the places of the first.

    Raises
    ------
    ArgumentError
        If the keys do not make the one of the other: both name a table of recorded arrivals alike that is not the same.
    """
    ours, theirs = scenario.recipe.source.folders, other.recipe.source.folders
    folders = Folders(ours.home, {**theirs.by_file, **ours.by_file})
    keys = tuple(each for each in differences(scenario, other) if each.counts)
    mixture = Mixture(scenario, keys, Recordings(folders))
    made = mixture.scenario_with(mixture.everything)
    if made.hash == other.hash:
        return mixture, ()
    ordered = _in_order_of(scenario, other)
    if made.hash != ordered.hash:
        raise ArgumentError(
            "the two scenarios differ in what no key says: their recorded arrivals have one name and lie in two "
            "folders; give one of the tables another name"
        )
    return mixture, ("Names are declared in another order with the change, which decides ties alone (R8a); left out.",)


def taken_out(document: Marked, path: Path) -> Marked:
    """Return a document without the key at a path."""
    head, *rest = path
    content = document.content
    assert isinstance(content, Mapping), "what is taken out is a key of a mapping"
    if rest:
        return Marked({**content, str(head): taken_out(content[str(head)], tuple(rest))}, document.place)
    return Marked({key: value for key, value in content.items() if key != head}, document.place)


def _in_order_of(scenario: Scenario, other: Scenario) -> Scenario:
    """Return the other scenario with its names in the order of the first, new ones after them."""
    document = _ordered(other.document, scenario.document)
    complaints = Complaints()
    recordings = other.recipe.source.recordings
    settled = settle(document, scenario.settled.slots, recordings, complaints)
    if settled is None:
        raise ScenarioError(complaints)
    return replace(other, settled=settled, document=document)


def _ordered(node: Marked, like: Marked | None) -> Marked:
    content = node.content
    if not isinstance(content, Mapping):
        return node
    known = like.content if like is not None and isinstance(like.content, Mapping) else {}
    keys = [*(key for key in known if key in content), *(key for key in content if key not in known)]
    return Marked({key: _ordered(content[key], known.get(key)) for key in keys}, node.place)
