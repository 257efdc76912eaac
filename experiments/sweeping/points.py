"""The points of a sweep as scenarios: all are made and checked before anything runs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...scenarios.changes import read_changes
from ...scenarios.complaints import Complaint, Complaints, Place, ScenarioError, shown
from ...scenarios.scenario import Scenario
from ...scenarios.settled import Settled
from ...simulator.run import ArgumentError
from .designs import OWN, Values, check_design, filling, grid
from .swept_keys import MOST_POINTS, SweptKey, as_plain, checked_key, keys_of_mapping

if TYPE_CHECKING:
    import pandas as pd

ORIGIN = "sweep"
"""What complaints about a sweep call its place."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which points are asked for; nothing is known of them yet."""

    keys: tuple[str, ...]
    points: tuple[Values, ...]
    design: str
    origin: str = ORIGIN


@dataclass(frozen=True, slots=True)
class Point:
    """One point: a scenario that is right."""

    number: int
    """Counted from 1."""
    values: Values
    settled: Settled
    hash: str


def plan_of(over: object, scenario: Scenario, design: str, points: int | None) -> Plan:
    """Return the points that Python asks for.

    Parameters
    ----------
    over : mapping of key to values, sequence of mappings, or pandas.DataFrame
        What is swept: the values of each key, or the points themselves.
    scenario : Scenario
        The base.
    design, points
        For a mapping: how its values are combined, and into how many points.

    Raises
    ------
    ArgumentError
        If it is something else, or if design and points do not fit.
    ScenarioError
        If keys or values cannot be read.
    """
    check_design(design, points)
    complaints = Complaints()
    if isinstance(over, Mapping):
        return plan_of_keys(keys_of_mapping(over, ORIGIN, complaints), scenario, design, points, ORIGIN, complaints)
    rows = _rows(over)
    if design != "grid":
        raise ArgumentError(f"the design {design} chooses points between two ends; here all points are given")
    if not rows:
        raise ArgumentError("a sweep needs at least one point (got none)")
    if len(rows) > MOST_POINTS:
        raise ArgumentError(f"at most {MOST_POINTS:,} points can be swept (got {len(rows):,})")
    place = Place(ORIGIN)
    keys = [checked_key(key, place, complaints) for key in rows[0]]
    for number, row in enumerate(rows, start=1):
        if row.keys() != rows[0].keys():
            complaints.add(place, "", f"point {number} has other keys than point 1; each point needs all of them")
        for key, value in row.items():
            if value is None or value != value:  # an empty cell of a frame is nan
                complaints.add(place, str(key), f"is empty at point {number}")
    if complaints:
        raise ScenarioError(complaints)
    points_given = tuple(tuple(as_plain(row[key]) for key in rows[0]) for row in rows)
    return Plan(tuple(key for key in keys if key is not None), points_given, OWN)


def plan_of_keys(
    keys: Sequence[SweptKey], scenario: Scenario, design: str, points: int | None, origin: str, complaints: Complaints
) -> Plan:
    """Return the points of a design.

    Raises
    ------
    ScenarioError
        With the complaints so far and those that it adds, if there are any.
    """
    if complaints:
        raise ScenarioError(complaints)
    names = tuple(each.key for each in keys)
    if design == "grid":
        combined = grid(keys, origin, complaints)
        if complaints:
            raise ScenarioError(complaints)
        return Plan(names, tuple(combined), design, origin)
    assert points is not None, "check_design was asked"
    return Plan(names, tuple(filling(keys, design, points, scenario)), design, origin)


def made_points(plan: Plan, scenario: Scenario) -> tuple[Point, ...]:
    """Return the points as scenarios.

    Raises
    ------
    ScenarioError
        With everything that is wrong at any of them; each complaint is said once and names its first point.
    """
    points: list[Point] = []
    wrong: dict[Complaint, list[int]] = defaultdict(list)
    for number, values in enumerate(plan.points, start=1):
        complaints = Complaints()
        changes = read_changes(dict(zip(plan.keys, values, strict=True)), plan.origin, complaints)
        try:
            made = Scenario.made(scenario.recipe.with_overrides(changes), complaints)
        except ScenarioError as error:
            for complaint in error.complaints:
                wrong[complaint].append(number)
        else:
            points.append(Point(number, values, made.settled, made.hash))
    if wrong:
        raise ScenarioError(_with_points(plan, complaint, numbers) for complaint, numbers in wrong.items())
    return tuple(points)


def described(keys: Sequence[str], values: Values) -> str:
    """Return a point's values as a message names them."""
    return ", ".join(f"{key}={shown(value)}" for key, value in zip(keys, values, strict=True))


def _with_points(plan: Plan, complaint: Complaint, numbers: Sequence[int]) -> Complaint:
    if len(numbers) == len(plan.points) > 1:
        where = f"at all {len(numbers)} points"
    else:
        first = described(plan.keys, plan.points[numbers[0] - 1])
        where = f"at point {numbers[0]}: {first}" if len(numbers) == 1 else f"at {len(numbers)} points, first {first}"
    return Complaint(complaint.place, complaint.key, f"{complaint.message} ({where})")


def _rows(over: Any) -> list[dict[object, Any]]:  # noqa: ANN401 - whatever a user hands in
    """Return points that were given one by one."""
    if hasattr(over, "to_dict") and hasattr(over, "columns"):
        frame: pd.DataFrame = over
        if not frame.columns.is_unique:
            raise ArgumentError("a frame of points needs columns with different names")
        return [dict(row) for row in frame.to_dict("records")]
    if isinstance(over, str) or not isinstance(over, Sequence) or not all(isinstance(row, Mapping) for row in over):
        raise ArgumentError(
            "what is swept must be a mapping of keys to values, a list of points, or a frame "
            f"(got a {type(over).__name__})"
        )
    return [dict(row) for row in over]
