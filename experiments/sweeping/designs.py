"""Which points a sweep has: a full grid, or a design that fills the space with fewer.

A Latin hypercube has every key's range in as many equal parts as there are points and takes each once (McKay, Beckman &
Conover 1979). A Sobol sequence fills all ranges evenly together (Sobol 1967; scrambled as in Owen 1998). Both come from
`scipy.stats.qmc` with a fixed seed, so that the same command means the same points, whatever the customers' seed.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...models.problem import Floats
from ...scenarios.complaints import Complaints, Place, ScenarioError
from ...scenarios.scenario import Scenario
from ...simulator.run import ArgumentError
from .swept_keys import MOST_POINTS, Span, SweptKey

DESIGNS = ("grid", "latin", "sobol")
DESIGN_SEED = 1
"""Seed of the designs that are drawn; not the customers' seed."""

OWN = "own"
"""The design of points that the user lists."""

Values = tuple[Any, ...]


def check_design(design: str, points: int | None) -> None:
    """Refuse an unknown design, and a number of points where it has no meaning or is missing.

    Raises
    ------
    ArgumentError
        If there is something to refuse.
    """
    if design not in DESIGNS:
        raise ArgumentError(f"there is no design {design!r} (known: {', '.join(DESIGNS)})")
    if design == "grid":
        if points is not None:
            raise ArgumentError("points has a meaning only for the designs latin and sobol; a grid has all of its own")
        return
    if isinstance(points, bool) or not isinstance(points, int) or not 1 <= points <= MOST_POINTS:
        raise ArgumentError(
            f"a {design} design needs points, a whole number from 1 to {MOST_POINTS:,} (got {points!r})"
        )


def grid(keys: Sequence[SweptKey], origin: str, complaints: Complaints) -> list[Values]:
    """Return all combinations; the last key changes fastest."""
    place = Place(origin)
    lists: list[Values] = []
    for each in keys:
        if isinstance(each.values, Span):
            written = f"{each.values.low:g}:{each.values.high:g}"
            complaints.add(
                place, each.key, f"{written} needs a step in a grid, as in {written}:1, or design latin or sobol"
            )
        else:
            lists.append(each.values)
    size = math.prod(map(len, lists))
    if size > MOST_POINTS:
        complaints.add(place, "", f"the grid has {size:,} points; at most {MOST_POINTS:,} can be swept")
    return [] if complaints else list(itertools.product(*lists))


def filling(keys: Sequence[SweptKey], design: str, points: int, scenario: Scenario) -> list[Values]:
    """Return points that fill the space between the ends.

    Parameters
    ----------
    keys : sequence of SweptKey
        With a span, or with a list of values that are taken equally often.
    design : str
        `latin` or `sobol`.
    points : int
        How many.
    scenario : Scenario
        Knows which keys take whole numbers only; theirs stay whole, both ends included.
    """
    unit = _unit_points(design, len(keys), points)
    columns: list[list[Any]] = []
    for each, places in zip(keys, unit.T.tolist(), strict=True):
        match each.values:
            case Span(low, high) if takes_whole_numbers(scenario, each.key, each.values):
                columns.append([low + math.floor(place * (high - low + 1)) for place in places])
            case Span(low, high):
                columns.append([low + place * (high - low) for place in places])
            case values:
                columns.append([values[math.floor(place * len(values))] for place in places])
    return list(zip(*columns, strict=True))


def takes_whole_numbers(scenario: Scenario, key: str, span: Span) -> bool:
    """Tell whether a key takes whole numbers only: the language says so of a fraction between the two ends.

    Ends that are no whole numbers are left to the points, which are all checked.
    """
    if not (isinstance(span.low, int) and isinstance(span.high, int)):
        return False
    try:
        scenario.replace({key: span.low + 0.5})
    except ScenarioError as error:
        return any("must be a whole number" in complaint.message for complaint in error.complaints)
    return False


def _unit_points(design: str, keys: int, points: int) -> Floats:
    """Return points in the unit cube, shape (points, keys)."""
    # Heavy, and needed for nothing else: it stays off the path of a run.
    from scipy.stats import qmc

    if design == "latin":
        drawn = qmc.LatinHypercube(keys, rng=np.random.default_rng(DESIGN_SEED)).random(points)
    else:
        # The sequence is even at powers of two; what is asked for is its beginning.
        exponent = max(0, math.ceil(math.log2(points)))
        drawn = qmc.Sobol(keys, rng=np.random.default_rng(DESIGN_SEED)).random_base2(exponent)[:points]
    unit: Floats = np.asarray(drawn, dtype=np.float64)
    return unit
