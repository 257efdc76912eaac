"""A scenario as the user holds it: checked, frozen and hashed."""

import dataclasses
import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from .assemble import Recipe
from .changes import read_changes
from .complaints import Complaints, ScenarioError
from .marked import Marked, jsonable
from .meaning import meaning
from .settled import Settled
from .writing import yaml_text

__all__ = ["Scenario"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """A loaded scenario. It never changes; `variant` and `replace` return others.

    Two scenarios are equal where they mean the same and their resolved documents are the same.

    Parameters
    ----------
    settled
        The scenario with nothing left to look up, which the simulator builds from.
    document
        The resolved document with the place of every value.
    recipe
        How it was made.
    """

    settled: Settled
    document: Marked
    recipe: Recipe

    @classmethod
    def made(cls, recipe: Recipe, complaints: Complaints) -> "Scenario":
        """Make a scenario by its recipe.

        Raises
        ------
        ScenarioError
            With the complaints so far and those that the making adds, if there are any.
        """
        made = recipe.make(complaints)
        if made is None or complaints:
            raise ScenarioError(complaints)
        document, settled = made
        return cls(settled, document, recipe)

    @property
    def name(self) -> str:
        """The scenario's name, as its file says."""
        return self.settled.head.name

    @property
    def description(self) -> str:
        """What it is about."""
        return self.settled.head.description

    @property
    def folder(self) -> Path:
        """The folder of its file, in which its tables lie."""
        return self.recipe.source.folders.home

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants that its file declares."""
        return tuple(self.recipe.source.variants)

    @property
    def applied(self) -> tuple[str, ...]:
        """What was put together, each over what stands before it: files, then variants, then overrides."""
        variants = (f"variant {name}" for name in self.recipe.variants)
        overrides = (
            f"{each.origin} {each.key}={json.dumps(jsonable(each.value), ensure_ascii=False)}"
            for each in self.recipe.overrides
        )
        return (*self.recipe.source.files, *variants, *overrides)

    @property
    def resolved(self) -> dict[str, object]:
        """The document with its tables put in place and all changes applied, as JSON knows it; a new one each time."""
        return cast("dict[str, object]", jsonable(self.document))

    @functools.cached_property
    def hash(self) -> str:
        """The SHA-256 of what the scenario means.

        Words do not count, nor how it is written: a table and the same rows in the file, or a setting of a firm and
        the same exception of each of its products, are one. The default seed and number of replications do not count
        either, since results are stored beside those that they had.
        """
        text = json.dumps(meaning(self.settled), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def variant(self, *names: str) -> "Scenario":
        """Return the scenario with declared variants applied beside those that are; overrides stay above them.

        Raises
        ------
        ScenarioError
            For an unknown variant, two that set one value, or what is wrong with the outcome.
        """
        complaints = Complaints()
        return self.made(self.recipe.with_variants(names, complaints), complaints)

    def replace(self, values: Mapping[str, object]) -> "Scenario":
        """Return the scenario with other values in place.

        Parameters
        ----------
        values
            By path, such as `{"products.cola.price": 1.5}`.

        Raises
        ------
        ScenarioError
            For a path that leads nowhere, two that set one value, or what is wrong with the outcome.
        """
        complaints = Complaints()
        return self.made(self.recipe.with_overrides(read_changes(values, "replace", complaints)), complaints)

    def to_yaml(self) -> str:
        """Return the resolved document as the text of a scenario file; recorded arrivals stay the name of a table."""
        return yaml_text(self.resolved)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return self.hash == other.hash and self.resolved == other.resolved

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return f"<Scenario {self.name!r} from {', '.join(self.applied)}>"
