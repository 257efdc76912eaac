"""A run as what every experiment hands out: the simulator, which makes runs, knows of no reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...simulator.results import Result
from .page import Page

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RunOutcome:
    """An `Outcome` made of a run."""

    result: Result

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Where the figures come from."""
        return self.result.manifest

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all tables by name, tidy."""
        return self.result.frames()

    def as_dict(self) -> dict[str, Any]:
        """Return everything as one object of plain data, as `--json` prints it."""
        return self.result.as_dict()

    def page(self) -> Page:
        """Return the report."""
        from .run_page import page_of_run

        return page_of_run(self.result)
