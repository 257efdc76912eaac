"""A case: what a source says, in figures that can be checked, with how far a figure may be off and why.

Facts stand in `cases/<name>.yaml`; the study that finds the same figures with this project stands in the module of
that name. A case that cannot be run yet says why in `not_yet`, and has no module.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FOLDER = Path(__file__).parent / "cases"
"""Where the cases are."""

Evidence = Literal["A", "B", "C", "D"]
EVIDENCE: dict[Evidence, str] = {
    "A": "printed numbers, found in a publication or in files that quote it",
    "B": "printed numbers, recalled and borne out by independent code to several digits",
    "C": "a published formula or theorem, confirmed by brute force on instances of our own; no printed numbers",
    "D": "recomputed by independent code only",
}
"""What the levels of evidence mean."""

Stated = Literal["printed", "formula", "recomputed"]
STATED: tuple[Stated, ...] = ("printed", "formula", "recomputed")
"""How a figure is known: printed in the source; what its formula gives; recomputed by independent code."""

Value = float | str
Values = Value | tuple[Value, ...]


class CaseError(ValueError):
    """A file of a case is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KnownDifference(_Part):
    """A difference beyond what the digits allow, and where it comes from; it does not count as off."""

    up_to: float = Field(gt=0)
    """How large it is known to be."""
    reason: str = Field(min_length=10)
    """The likely reason."""


class PublishedFigure(_Part):
    """One figure of a source, or several of one kind in a row; exactly one of `printed`, `formula`, `recomputed`."""

    printed: Values | None = None
    """As printed in the source."""
    formula: Values | None = None
    """What a formula or theorem of the source gives, evaluated by independent code."""
    recomputed: Values | None = None
    """What independent code found where the source prints nothing."""
    unit: str = ""
    allowed: float | None = Field(default=None, ge=0)
    """How far ours may be off: half a unit of the last printed digit, or the agreement of independent codes."""
    relative: float | None = Field(default=None, gt=0)
    """The same, relative to the figure."""
    known_difference: KnownDifference | None = None
    where: str = ""
    """Table, example or equation, where it is not that of the case."""
    evidence: Evidence | None = None
    """Where it is not that of the case."""
    note: str = ""
    """What a reader should know of it."""
    not_yet: str = ""
    """Why it cannot be found yet."""
    only_simulated: bool = False
    """Whether nothing but the simulator finds it, so that chance decides how far it may be off."""

    @model_validator(mode="after")
    def _fits(self) -> "PublishedFigure":
        if sum(getattr(self, kind) is not None for kind in STATED) != 1:
            raise ValueError("needs exactly one of printed, formula, recomputed")
        numbers = [isinstance(value, float) for value in self.values]
        if not numbers:
            raise ValueError("needs a value")
        bounds = (self.allowed is not None) + (self.relative is not None)
        if all(numbers) and not self.only_simulated and bounds != 1:
            raise ValueError("numbers need exactly one of allowed, relative")
        if not any(numbers) and bounds:
            raise ValueError("a text is the same or another; it has no allowed, relative")
        if any(numbers) != all(numbers):
            raise ValueError("must be all numbers or all texts")
        return self

    @property
    def stated(self) -> Stated:
        """How the figure is known."""
        return next(kind for kind in STATED if getattr(self, kind) is not None)

    @property
    def values(self) -> tuple[Value, ...]:
        """The value, or the values in their order."""
        value = getattr(self, self.stated)
        return value if isinstance(value, tuple) else (value,)

    def bound(self, value: float) -> float:
        """Return how far ours may be from one of the values."""
        if self.relative is not None:
            return self.relative * abs(value)
        assert self.allowed is not None, "numbers have a bound"
        return self.allowed


class Case(_Part):
    """What one source says."""

    name: str
    """That of the file, and with underscores that of the module."""
    title: str
    topic: Literal["stock", "fares", "choice", "prices", "waiting", "diffusion"]
    claim: str
    """What is shown, in one or two sentences."""
    source: str
    evidence: Evidence
    parameters: dict[str, Any] = {}
    figures: dict[str, PublishedFigure] = Field(min_length=1)
    """By what they are of."""
    not_yet: str = ""
    """Why nothing of it can be run yet."""
    needs_data: str = ""
    """The folder below DEMANDSHIFT_DATA with the published instances, where these cannot be part of the program."""

    def figure(self, what: str) -> PublishedFigure:
        """Return a figure.

        Raises
        ------
        CaseError
            If the case does not have it.
        """
        if what not in self.figures:
            raise CaseError(f"cases/{self.name}.yaml: has no figure {what!r} (known: {', '.join(self.figures)})")
        return self.figures[what]


def read_case(file: Path) -> Case:
    """Read and check the file of a case.

    Raises
    ------
    CaseError
        With everything that is wrong with it.
    """
    place = f"cases/{file.name}"
    reader = YAML(typ="safe", pure=True)
    try:
        content = reader.load(file.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise CaseError(f"{place}: cannot be read ({error})") from error
    if not isinstance(content, dict):
        raise CaseError(f"{place}: must be a mapping of keys to values")
    if "name" in content:
        raise CaseError(f"{place}: name: is that of the file; leave it out")
    try:
        return Case.model_validate({"name": file.stem, **content})
    except ValidationError as error:
        said = [f"{place}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise CaseError("\n".join(said)) from error


TOPICS = ("stock", "fares", "choice", "prices", "waiting", "diffusion")
"""In the order in which cases are shown."""


def case_names() -> tuple[str, ...]:
    """Return the names of all cases, by topic."""
    return tuple(each.name for each in all_cases())


def all_cases() -> tuple[Case, ...]:
    """Return all cases, by topic, those that can be run first."""
    return _cases_in(FOLDER)


def find_case(name: str) -> Case:
    """Return a case by its name.

    Raises
    ------
    KeyError
        If there is none.
    """
    return {each.name: each for each in all_cases()}[name]


@cache
def _cases_in(folder: Path) -> tuple[Case, ...]:
    return tuple(sorted(_read_all(folder), key=lambda case: (TOPICS.index(case.topic), bool(case.not_yet), case.name)))


def _read_all(folder: Path) -> Iterator[Case]:
    for file in sorted(folder.glob("*.yaml")):
        yield read_case(file)
