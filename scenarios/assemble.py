"""From a source, variants and overrides to a settled scenario; and the check of all variants that a source declares.

Precedence: extends < file < variants < overrides. This module does the last two.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .changes import Change, applied, complain_of_conflicts
from .complaints import Complaint, Complaints, Place, did_you_mean
from .expand import expanded
from .marked import Marked
from .settle import settle
from .settled import Settled, Slots
from .sources import Source

__all__ = ["Recipe", "check_source"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a scenario is made; another is made by changing it.

    Parameters
    ----------
    source
        The base scenario.
    base
        Its places (R14); None for the base scenario itself.
    variants
        Names of the declared variants that are applied, in order.
    overrides
        What is changed after them, in order.
    """

    source: Source
    base: Slots | None
    variants: tuple[str, ...] = ()
    overrides: tuple[Change, ...] = ()

    def with_variants(self, names: Iterable[str], complaints: Complaints) -> "Recipe":
        """Return the recipe with more variants; complain of unknown ones, and where two set one value.

        Naming one twice is naming it once.
        """
        declared = self.source.variants
        known: dict[str, None] = dict.fromkeys(self.variants)
        for name in names:
            if name in declared:
                known[name] = None
                continue
            all_names = f" (known: {', '.join(declared)})" if declared else " (the scenario declares none)"
            suggestion = did_you_mean(name, declared) or all_names
            complaints.add(Place("--variant"), "", f"unknown variant {name!r}{suggestion}")
        complain_of_conflicts([change for name in known for change in declared[name]], complaints)
        return replace(self, variants=tuple(known))

    def with_overrides(self, overrides: Iterable[Change]) -> "Recipe":
        """Return the recipe with more overrides, applied after those that it has."""
        return replace(self, overrides=(*self.overrides, *overrides))

    def make(self, complaints: Complaints) -> tuple[Marked, Settled] | None:
        """Return the resolved document and the settled scenario; None after a complaint."""
        before = len(complaints)
        of_variants = (change for name in self.variants for change in self.source.variants[name])
        document = applied(self.source.document, (*of_variants, *self.overrides), complaints)
        document = expanded(document, self.source.folders, complaints)
        settled = settle(document, self.base, self.source.recordings, complaints)
        return None if settled is None or len(complaints) > before else (document, settled)


def check_source(source: Source, complaints: Complaints) -> tuple[Slots | None, frozenset[Complaint]]:
    """Judge the base scenario, and each declared variant alone.

    Returns
    -------
    The places of the base scenario, or None where it is bad; and all complaints, as they were before it was added to
    them in which variant they arise.
    """
    own = Complaints()
    made = Recipe(source, None).make(own)
    complaints.extend(own)
    base = None if made is None else made[1].slots
    seen = set(own)
    for name, changes in source.variants.items():
        found = Complaints()
        Recipe(source, base, (name,)).make(found)
        places = {each.place for change in changes for each in change.value.below()}
        for complaint in found:
            if complaint in own:
                continue
            seen.add(complaint)
            suffix = "" if complaint.place in places else f" (in variant {name!r})"
            complaints.extend([replace(complaint, message=complaint.message + suffix)])
    return base, frozenset(seen)
