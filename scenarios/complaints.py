"""What is said about a bad scenario: one line each, all of them at once, and nothing is run."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Complaint", "Complaints", "Place", "ScenarioError", "closest", "did_you_mean", "shown"]

CLOSE = 0.65
"""How alike a name must be to be suggested, as `difflib` measures it; at its usual 0.6, normal is close to uniform."""
LONGEST_SHOWN = 60
"""Characters of a value that a complaint repeats; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands.

    Parameters
    ----------
    file
        The file as the user named it, or `--set`, or `replace`.
    line
        The line, or the row of a table, counted from 1; None for the whole.
    column
        The letters of a column of a workbook's sheet; empty elsewhere.
    """

    file: str
    line: int | None = None
    column: str = ""

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.column}{self.line}"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong.

    Parameters
    ----------
    place
        The file and line to look at.
    key
        The path of the key in the scenario, or a column of a table; empty for the file as a whole.
    message
        What is wrong, what was found, and the mend where one can be named.
    """

    place: Place
    key: str
    message: str

    def __str__(self) -> str:
        line = ": ".join(part for part in (str(self.place), self.key, self.message) if part)
        # One line each, whatever stands in names and files.
        return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line)


class ScenarioError(Exception):
    """A scenario cannot be used; the text has one line for each complaint, by file and line.

    Parameters
    ----------
    complaints
        What is wrong; sorted here, and each said once.
    """

    complaints: tuple[Complaint, ...]

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(sorted(set(complaints), key=_order))
        super().__init__(self.complaints)

    def __str__(self) -> str:
        number = len(self.complaints)
        end = f"{number} problem{'' if number == 1 else 's'}; nothing was run."
        return "\n".join([*map(str, self.complaints), end])


def _order(complaint: Complaint) -> tuple[str, int, int, str, str, str]:
    place = complaint.place
    # Column AA comes after Z.
    return place.file, place.line or 0, len(place.column), place.column, complaint.key, complaint.message


class Complaints:
    """Collects complaints while the rest of a scenario is still being read."""

    def __init__(self) -> None:
        self._found: dict[Complaint, None] = {}
        self._keys: set[tuple[Place, str]] = set()

    def add(self, place: Place, key: str, message: str) -> None:
        """Note that something is wrong; the same complaint counts once."""
        self.extend([Complaint(place, key, message)])

    def extend(self, complaints: Iterable[Complaint]) -> None:
        """Note complaints that were collected elsewhere."""
        for complaint in complaints:
            self._found[complaint] = None
            self._keys.add((complaint.place, complaint.key))

    def has(self, place: Place, key: str) -> bool:
        """Tell whether something was said about a key already."""
        return (place, key) in self._keys

    def __contains__(self, complaint: Complaint) -> bool:
        return complaint in self._found

    def __iter__(self) -> Iterator[Complaint]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the known name closest to a misspelt one, or nothing where none is close."""
    close = closest(name, known)
    return "" if close is None else f"; did you mean {close!r}?"


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to a misspelt one; None where none is close."""
    candidates = list(known)
    close = difflib.get_close_matches(name, candidates, n=1, cutoff=CLOSE)
    if close:
        return close[0]
    by_small_letters = {candidate.casefold(): candidate for candidate in candidates}
    return by_small_letters.get(name.casefold())


def shown(value: object) -> str:
    """Return a value as a complaint repeats it: as YAML would write it, and not at length."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
