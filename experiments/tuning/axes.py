"""What `tune` may change: the values that a key may take, checked before anything is run.

`key=low:high` is every number in between: whole ones where the scenario takes only whole ones there, which is found by
asking it; otherwise numbers that are rounded to a thousandth of the range or less. `key=low:high:step` is every step,
and `key=a,b,c` (or a list) is a choice.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from ...scenarios.changes import complain_of_conflicts, read_changes, read_settings
from ...scenarios.complaints import Complaints, Place, ScenarioError, shown
from ...scenarios.document import read_value
from ...scenarios.marked import BROKEN, Marked, Path, jsonable
from ...scenarios.paths import PathError, format_path, get, parse_path
from ...scenarios.scenario import Scenario
from ...scenarios.schema.ordering import OrderUpTo, ReorderPoint, SeasonBuy

ORIGIN = "--over"
"""What complaints call the place of a range."""

RESOLUTION = 1000
"""Into how many parts, at least, a range without a step is divided by the rounding of its numbers."""

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*:\s*({_NUMBER})\s*(?::\s*({_NUMBER})\s*)?")
_TARGETS: dict[str, tuple[str, ...]] = {
    get_args(policy.model_fields["kind"].annotation)[0]: policy.targets
    for policy in (OrderUpTo, ReorderPoint, SeasonBuy)
}
"""By kind of ordering, the keys of which exactly one is named."""

Number = int | float


@dataclass(frozen=True, slots=True)
class Steps:
    """Numbers in even steps, both ends among them; a position counts the steps from the low end."""

    key: str
    low: Number
    step: Number
    size: int
    whole: bool = False
    """Whether the steps are 1 because the scenario takes only whole numbers there."""

    @property
    def ends(self) -> tuple[object, ...]:
        """The lowest and the highest number."""
        return self.value(0), self.value(self.size - 1)

    def value(self, position: Number) -> Number:
        """Return the number at a position."""
        if isinstance(self.low, int) and isinstance(self.step, int):
            return self.low + self.step * int(position)
        return float(Decimal(str(self.low)) + Decimal(str(self.step)) * int(position))

    def position(self, value: object) -> Number | None:
        """Return where a value stands; None where it is none of these."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        steps = (Decimal(str(value)) - Decimal(str(self.low))) / Decimal(str(self.step))
        return int(steps) if steps == int(steps) and 0 <= steps < self.size else None

    def __str__(self) -> str:
        how = "whole numbers" if self.whole else f"steps of {self.step:g}"
        return f"{self.low:g} to {self.value(self.size - 1):g} in {how}"


@dataclass(frozen=True, slots=True)
class Span:
    """All numbers between two; a position is the number itself."""

    key: str
    low: float
    high: float
    size: None = None

    @property
    def ends(self) -> tuple[object, ...]:
        """The lowest and the highest number."""
        return self.low, self.high

    def value(self, position: Number) -> Number:
        """Return a number of so many digits as the range gives sense to."""
        digits = -math.floor(math.log10((self.high - self.low) / RESOLUTION))
        return min(self.high, max(self.low, round(float(position), digits)))

    def position(self, value: object) -> Number | None:
        """Return where a value stands; None where it is outside."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if self.low <= value <= self.high else None

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Choices:
    """Values to choose from; a position is a value's place in the list."""

    key: str
    options: tuple[object, ...]

    @property
    def ends(self) -> tuple[object, ...]:
        """Nothing: choices have no ends."""
        return ()

    @property
    def size(self) -> int:
        """Number of values."""
        return len(self.options)

    def value(self, position: Number) -> object:
        """Return the value at a place."""
        return self.options[int(position)]

    def position(self, value: object) -> Number | None:
        """Return where a value stands; None where it is none of these."""
        alike = (place for place, each in enumerate(self.options) if type(each) is type(value) and each == value)
        return next(alike, None)

    def __str__(self) -> str:
        return ", ".join(shown(each) for each in self.options)


Axis = Steps | Span | Choices
Over = Mapping[str, object]
"""By path: a text as on the command line, a tuple (low, high) or (low, high, step), or a list of choices."""


@dataclass(frozen=True)
class Space:
    """What may change, and how a scenario is made of it."""

    scenario: Scenario
    axes: tuple[Axis, ...]
    dropped: tuple[str, ...]
    """Keys that give way: exactly one of them and a key that may change is named, as a level or a service level."""

    @property
    def size(self) -> int | None:
        """Number of combinations; None where there is no end of them."""
        total = 1
        for axis in self.axes:
            if axis.size is None:
                return None
            total *= axis.size
        return total

    def values(self, position: Sequence[Number]) -> dict[str, object]:
        """Return what stands at a position, by key."""
        return {axis.key: axis.value(place) for axis, place in zip(self.axes, position, strict=True)}

    def made(self, values: Mapping[str, object]) -> Scenario:
        """Return the scenario with values in place.

        Raises
        ------
        ScenarioError
            Where they do not fit together.
        """
        return _made(self.scenario, {**dict.fromkeys(self.dropped), **values})

    def present(self) -> dict[str, object]:
        """Return what stands in the scenario now, by key; None where nothing does."""
        found = {axis.key: _at(self.scenario.document, parse_path(axis.key)) for axis in self.axes}
        return {key: None if node is None else jsonable(node) for key, node in found.items()}


def read_space(scenario: Scenario, over: Over | Iterable[str]) -> Space:
    """Return what may change, after a look at both ends of every range and at each choice.

    Parameters
    ----------
    scenario : Scenario
        The present scenario.
    over : mapping, or texts
        Texts as `key=low:high`, `key=low:high:step` or `key=a,b,c`; or a mapping as `Over` says.

    Raises
    ------
    ScenarioError
        With all that is wrong with keys, ranges and the scenarios at their ends.
    """
    complaints = Complaints()
    given = _given(over, complaints)
    if not given and not complaints:
        complaints.add(Place(ORIGIN), "", "nothing may change: name a key and its range, such as key=low:high")
    dropped = _dropped(scenario, [path for path, _ in given], complaints)
    axes = [_axis(scenario, format_path(path), value, dropped, complaints) for path, value in given]
    if complaints:
        raise ScenarioError(complaints)
    return Space(scenario, tuple(axis for axis in axes if axis is not None), dropped)


def _given(over: Over | Iterable[str], complaints: Complaints) -> list[tuple[Path, object]]:
    """Return each path with a tuple for a range, a list for choices, and anything else for what is neither."""
    found: list[tuple[Path, object]] = []
    if isinstance(over, Mapping):
        read = [(read_changes({text: None}, ORIGIN, complaints), value) for text, value in over.items()]
        complain_of_conflicts([change for changes, _ in read for change in changes], complaints)
        found = [(change.path, value) for changes, value in read for change in changes]
    else:
        settings = read_settings(over, ORIGIN, complaints)
        found = [(each.path, jsonable(each.value)) for each in settings if each.value.content is not BROKEN]
    return [(path, _of_text(value, complaints) if isinstance(value, str) else value) for path, value in found]


def _of_text(text: str, complaints: Complaints) -> object:
    """Return a tuple for a range, a list for choices, and the text where it is neither."""
    numbers = _RANGE.fullmatch(text)
    if numbers is not None:
        return tuple(_number(each) for each in numbers.groups() if each is not None)
    if "," not in text:
        return text
    options = read_value(f"[{text}]", Place(ORIGIN), "", complaints)
    return [] if options.content is BROKEN else jsonable(options)


def _number(text: str) -> Number:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _axis(scenario: Scenario, key: str, given: object, dropped: tuple[str, ...], complaints: Complaints) -> Axis | None:
    """Return the axis of one key; None after a complaint."""
    place = Place(ORIGIN)
    if isinstance(given, tuple) and len(given) in (2, 3):
        return _range(scenario, key, given, dropped, complaints)
    if not isinstance(given, list):
        forms = "low:high, low:high:step or choices a,b"
        complaints.add(place, key, f"needs a range or choices, as {forms} (got {shown(given)})")
        return None
    if len(given) < 2 or any(each in given[:at] for at, each in enumerate(given)):
        complaints.add(place, key, f"needs at least two different choices (got {_shown_list(given)})")
        return None
    good = [_fits(scenario, key, option, dropped, complaints) for option in given]
    return Choices(key, tuple(given)) if all(good) else None


def _range(
    scenario: Scenario, key: str, given: tuple[object, ...], dropped: tuple[str, ...], complaints: Complaints
) -> Axis | None:
    place = Place(ORIGIN)
    numbers = [each for each in given if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(numbers) < len(given) or not all(math.isfinite(each) for each in numbers):
        complaints.add(place, key, f"needs finite numbers as low, high and step (got {_shown_list(given)})")
        return None
    low, high, *steps = numbers
    if not low < high:
        complaints.add(place, key, f"low must be below high (got {low:g}:{high:g})")
        return None
    if not all([_fits(scenario, key, end, dropped, complaints) for end in (low, high)]):
        return None
    if steps:
        return _stepped(scenario, key, low, high, steps[0], dropped, complaints)
    if isinstance(low, int) and isinstance(high, int) and _takes_only_whole(scenario, key, low, dropped):
        return Steps(key, low, 1, high - low + 1, whole=True)
    return Span(key, float(low), float(high))


def _stepped(
    scenario: Scenario,
    key: str,
    low: Number,
    high: Number,
    step: Number,
    dropped: tuple[str, ...],
    complaints: Complaints,
) -> Axis | None:
    if not step > 0:
        complaints.add(Place(ORIGIN), key, f"the step must be greater than 0 (got {step:g})")
        return None
    count = (Decimal(str(high)) - Decimal(str(low))) / Decimal(str(step))
    if count != int(count):
        last = float(Decimal(str(low)) + int(count) * Decimal(str(step)))
        message = f"steps of {step:g} do not lead from {low:g} to {high:g} (the last one is {last:g})"
        complaints.add(Place(ORIGIN), key, message)
        return None
    axis = Steps(key, low, step, int(count) + 1)
    return axis if _fits(scenario, key, axis.value(1), dropped, complaints) else None


def _takes_only_whole(scenario: Scenario, key: str, low: int, dropped: tuple[str, ...]) -> bool:
    """Tell whether the scenario takes only whole numbers at a key, by asking it: it knows best what stands there."""
    found = Complaints()
    _fits(scenario, key, low + 0.5, dropped, found)
    return any("whole number" in complaint.message for complaint in found)


def _fits(scenario: Scenario, key: str, value: object, dropped: tuple[str, ...], complaints: Complaints) -> bool:
    """Tell whether a value makes a scenario with all else as it is; complain of what is wrong if not."""
    try:
        beside = [name for name in dropped if name.rpartition(".")[0] == key.rpartition(".")[0]]
        _made(scenario, {**dict.fromkeys(beside), key: value})
    except ScenarioError as error:
        complaints.extend(error.complaints)
        return False
    return True


def _made(scenario: Scenario, values: Mapping[str, object]) -> Scenario:
    complaints = Complaints()
    changes = read_changes(values, ORIGIN, complaints)
    recipe = scenario.recipe.with_overrides(changes)
    return Scenario.made(recipe, complaints)


def _dropped(scenario: Scenario, paths: Sequence[Path], complaints: Complaints) -> tuple[str, ...]:
    """Return the keys that give way to those that may change, such as a service level to a level.

    A policy of orders names exactly one way to say how much; a range over another one means that one.
    """
    found: dict[str, None] = {}
    for path in paths:
        rivals = _rivals(scenario.document, path)
        for other in paths:
            if other[:-1] == path[:-1] and other[-1] in rivals:
                message = f"cannot change together with {format_path(other)!r}: a policy names one of them"
                complaints.add(Place(ORIGIN), format_path(path), message)
        above = _at(scenario.document, path[:-1])
        for name in rivals:
            stands = None if above is None else above.child(name)
            if stands is not None and stands.content is not None:
                found[format_path((*path[:-1], name))] = None
    return tuple(found)


def _rivals(document: Marked, path: Path) -> tuple[str, ...]:
    """Return the keys beside a key of which a policy names exactly one."""
    kind = _at(document, (*path[:-1], "kind"))
    if kind is None and path[0] == "products":
        owner = _at(document, (*path[:2], "firm"))
        if owner is not None and isinstance(owner.content, str):
            kind = _at(document, ("firms", owner.content, "ordering", "kind"))
    targets = _TARGETS.get(str(kind.content), ()) if kind is not None else ()
    return tuple(name for name in targets if name != path[-1]) if path[-1] in targets else ()


def _at(document: Marked, path: Path) -> Marked | None:
    """Return what stands at a path whose positions in lists are text, or None."""
    try:
        return get(document, path)
    except PathError:
        return None


def _shown_list(values: Iterable[object]) -> str:
    """Return values as a complaint repeats them."""
    return ", ".join(shown(each) for each in values) or "none"
