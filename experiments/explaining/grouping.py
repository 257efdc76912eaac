"""Which keys only make sense together: a new product and what it is worth, a kind of policy and its settings.

Parts are sets of keys, as whole numbers whose bits say which keys are in them. Parts are joined until every union of
parts is a valid scenario, or every one that is asked for.
"""

from collections.abc import Callable, Iterable
from itertools import combinations

Valid = Callable[[int], bool]
"""Tells whether a scenario with a set of changed keys is valid."""


def union(parts: Iterable[int]) -> int:
    """Return the union of sets."""
    whole = 0
    for part in parts:
        whole |= part
    return whole


def joined_parts(number: int, valid: Valid, most: int, joined: list[int] | None = None) -> list[int]:
    """Return parts of which every union is valid; where there are more than `most`, every one and every all but one.

    Parameters
    ----------
    number : int
        Number of keys; none of them and all of them are valid.
    valid : callable
        Tells which sets are.
    most : int
        Number of parts up to which all unions are looked at.
    joined : list of int, optional
        Parts that were joined already, to go on from.
    """
    parts = [1 << key for key in range(number)] if joined is None else joined
    while True:
        sizes = range(1, len(parts)) if len(parts) <= most else (1, len(parts) - 1)
        bad = next(
            (some for size in sizes for some in combinations(parts, size) if not valid(union(some))),
            None,
        )
        if bad is None:
            return parts
        parts = joined_for(parts, bad, valid)


def joined_for(parts: list[int], bad: Iterable[int], valid: Valid) -> list[int]:
    """Return fewer parts, after joining those that make an invalid union valid.

    Of what is missing as little is taken as will do, in the order of the keys; of what lacks it, the one part without
    which the rest is valid, if there is one.

    Parameters
    ----------
    parts : list of int
        All parts.
    bad : iterable of int
        Some of them whose union is invalid.
    valid : callable
        Tells which sets are valid.
    """
    needy = list(bad)
    missing = [part for part in parts if part not in needy]
    single = next((part for part in missing if valid(union([*needy, part]))), None)
    if single is not None:
        missing = [single]
    else:
        for part in list(missing):
            fewer = [each for each in missing if each != part]
            if valid(union([*needy, *fewer])):
                missing = fewer
    at_fault = next((part for part in needy if valid(union(each for each in needy if each != part))), None)
    together = [*(needy if at_fault is None else [at_fault]), *missing]
    rest = [part for part in parts if part not in together]
    # In the order of the keys, by the first key of each part.
    return sorted([*rest, union(together)], key=lambda part: part & -part)
