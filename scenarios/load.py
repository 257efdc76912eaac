"""Loading a scenario. Precedence: extends < file < variants < overrides."""

import os
from collections.abc import Iterable, Mapping

from .assemble import Recipe, check_source
from .changes import read_changes, read_settings
from .complaints import Complaints, ScenarioError
from .scenario import Scenario
from .sources import read_source

__all__ = ["load"]

OVERRIDES = "--set"
"""What complaints about an override call its place."""


def load(
    name_or_file: str | os.PathLike[str],
    variants: str | Iterable[str] = (),
    overrides: Mapping[str, object] | Iterable[str] = (),
) -> Scenario:
    """Load a scenario; each of these goes over those before it: extends < file < variants < overrides.

    Parameters
    ----------
    name_or_file
        A scenario of the library, or a file; a text with a suffix or a slash names a file.
    variants
        Names of declared variants, in the order in which they are applied.
    overrides
        Values by path, or texts `path=value` with the value in YAML.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the file, with each of the variants that it declares, and with the
        variants and overrides asked for.

    Examples
    --------
    >>> load("two-shops", variants=["promoted"], overrides={"horizon": 28}).settled.offers[-1].price
    1.29
    """
    complaints = Complaints()
    source = read_source(name_or_file, complaints)
    if source is None:
        raise ScenarioError(complaints)
    base, seen = check_source(source, complaints)
    recipe = Recipe(source, base)
    recipe = recipe.with_variants([variants] if isinstance(variants, str) else variants, complaints)
    if isinstance(overrides, Mapping):
        recipe = recipe.with_overrides(read_changes(overrides, OVERRIDES, complaints))
    else:
        recipe = recipe.with_overrides(read_settings(overrides, OVERRIDES, complaints))
    found = Complaints()
    made = recipe.make(found)
    complaints.extend(complaint for complaint in found if complaint not in seen)
    if made is None or complaints:
        raise ScenarioError(complaints)
    document, settled = made
    return Scenario(settled, document, recipe)
