"""What some tests need beyond Python: where it is missing they are skipped, unless it is required."""

import os

import pytest


def needed(name: str, found: bool, reason: str) -> None:
    """Skip the running test where something is missing; fail it where `DEMANDSHIFT_REQUIRE` names it.

    Parameters
    ----------
    name : str
        The word that stands for it in `DEMANDSHIFT_REQUIRE`, a list with commas.
    found : bool
        Whether it is there.
    reason : str
        What is missing.
    """
    if found:
        return
    required = [word.strip() for word in os.environ.get("DEMANDSHIFT_REQUIRE", "").split(",")]
    if name in required:
        pytest.fail(f"DEMANDSHIFT_REQUIRE names {name}: {reason}", pytrace=False)
    pytest.skip(reason)
