"""What a report is made of: pictures and tables in the order in which people look at them, and where they came from.

Every experiment describes its report as a `Page`; `write_page` makes one HTML file of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure


@dataclass(frozen=True)
class Headline:
    """A figure that people look at first."""

    label: str
    """What it is, in a few words."""
    value: str
    """The figure with its half-width, as `wording.number` writes it."""
    note: str = ""
    """Its unit, its number of replications, what it is compared with."""


@dataclass(frozen=True)
class Cell:
    """A figure in a table whose text is chosen by who makes the table, such as a mean with its half-width."""

    text: str
    value: float | None
    """What the table is sorted by; None where it is sorted by its text."""
    missing: bool = False
    """Whether there is nothing to show, and the text says so; it is sorted last."""


@dataclass(frozen=True)
class Picture:
    """A picture with what there is to see in it."""

    title: str
    text: str
    """One or two sentences: what is shown, in which unit, and how to read bands and bars. Plain text."""
    figure: "Figure"


@dataclass(frozen=True)
class Table:
    """A table with what its figures are."""

    title: str
    text: str
    """One or two sentences. Plain text."""
    frame: "pd.DataFrame"
    """A column `half_width` or `…_half_width` is shown with the column that it belongs to, as mean ± half-width;
    where a column `unit` says share, in per cent. A `Cell` is shown as it says."""
    shown: bool = False
    """Whether it is seen at once, or opened by a click."""


@dataclass(frozen=True)
class Page:
    """A report."""

    title: str
    lead: str
    """What was asked and what the answer is, in a few sentences. Plain text."""
    parts: tuple[Picture | Table, ...]
    provenance: Mapping[str, Any]
    """The manifest: scenario, hash, seed, versions."""
    alarms: tuple[str, ...] = ()
    """What a reader should know before trusting the figures."""
    headlines: tuple[Headline, ...] = ()
    """The few figures that are the answer, in large type above everything else."""


class Outcome(Protocol):
    """What every experiment hands out, so that each can be printed as JSON, kept as tables and shown as a page."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Where the figures come from: scenario hash, seed, replications, versions."""
        ...

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all tables by name, tidy."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """Return everything as one object of plain data, as `--json` prints it."""
        ...

    def page(self) -> Page:
        """Return the report."""
        ...
