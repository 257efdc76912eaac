"""Whose figures an experiment is about."""

from ..scenarios.scenario import Scenario


def firm_of(scenario: Scenario, firm: str | None, error: type[ValueError]) -> str:
    """Return the firm that is meant: the one that is named, or the first focal one, or the first.

    Parameters
    ----------
    scenario : Scenario
        Whose firms they are.
    firm : str, optional
        The name that was given.
    error : type
        What is raised where there is no such firm.
    """
    firms = scenario.settled.firms
    if firm is None:
        return next((name for name, part in firms.items() if part.focal), next(iter(firms)))
    if firm not in firms:
        raise error(f"there is no firm {firm!r} in the scenario (known: {', '.join(firms)})")
    return firm
