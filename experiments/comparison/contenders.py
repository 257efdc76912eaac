"""Who is compared: scenarios and runs by name."""

from collections.abc import Iterable, Mapping

from ...scenarios.complaints import Complaint, Complaints, Place, ScenarioError, did_you_mean
from ...scenarios.scenario import Scenario
from ...simulator.results import Result
from .figure_names import ComparisonError

BASE = "base"
"""Name of the scenario as it is given."""

TOGETHER = "+"
"""Stands between the names of variants that are applied together."""

Contender = Scenario | Result


def contenders(
    scenario: Contender, variants: Iterable[str] | Mapping[str, str | Contender] | None, against: str
) -> dict[str, Contender]:
    """Return what is compared by name, the one that the others are compared with first.

    Parameters
    ----------
    scenario : Scenario or Result
        The base.
    variants : iterable of str, or mapping, optional
        Names of variants that the scenario declares, `lean+promoted` for two together; or by a name of one's own such
        a name, another scenario, or a run. Without it, all variants that the scenario declares.
    against : str
        The name of the one that the others are compared with.

    Raises
    ------
    ComparisonError
        If names clash, if `against` is unknown, or if there is nothing to compare.
    ScenarioError
        For unknown variants, and for what is wrong with a scenario once variants are applied.
    """
    if isinstance(variants, str):
        raise ComparisonError(f"variants are a list of names (got the text {variants!r})")
    base = scenario.scenario if isinstance(scenario, Result) else scenario
    if variants is None:
        if not base.variants:
            raise ComparisonError(f"{base.name!r} declares no variants: say what it is to be compared with")
        variants = base.variants
    named: Mapping[str, str | Contender]
    named = variants if isinstance(variants, Mapping) else {name: name for name in variants if name != BASE}
    if BASE in named or (BASE in base.variants and BASE in variants):
        raise ComparisonError(f"{BASE!r} is the name of the scenario as it is: give the variant another name")
    complaints = Complaints()
    found: dict[str, Contender] = {BASE: scenario}
    for name, each in named.items():
        made = _variant(base, each, name, complaints) if isinstance(each, str) else each
        if made is not None:
            found[name] = made
    if complaints:
        raise ScenarioError(complaints)
    if against not in found and against in base.variants:
        found[against] = base.variant(against)
    if against not in found:
        hint = did_you_mean(against, (*found, *base.variants)) or f" (known: {', '.join(found)})"
        raise ComparisonError(f"against: there is no {against!r} to compare with{hint}")
    if len(found) < 2:
        raise ComparisonError(f"there is only {BASE!r} to compare; name a variant")
    kinds = {isinstance(each, Result) for each in found.values()}
    if len(kinds) > 1:
        raise ComparisonError("runs that are made are compared with runs, scenarios with scenarios (got both)")
    return {against: found[against], **found}


def _variant(base: Scenario, text: str, name: str, complaints: Complaints) -> Scenario | None:
    """Return a scenario with a variant, or several that are joined by `+`; None after a complaint."""
    parts = [text] if text in base.variants or TOGETHER not in text else text.split(TOGETHER)
    try:
        return base.variant(*parts)
    except ScenarioError as error:
        for complaint in error.complaints:
            where = "" if name == text else f" (for {name!r})"
            complaints.extend([_in_variants(complaint, where)])
        return None


def _in_variants(complaint: Complaint, where: str) -> Complaint:
    """Return a complaint about the name of a variant as one about `variants`, which is where it was typed."""
    place = Place("variants") if complaint.place == Place("--variant") else complaint.place
    return Complaint(place, complaint.key, complaint.message + where)
