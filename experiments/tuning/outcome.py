"""What tuning found: the candidates, the race, the chosen policy, and its gain on customers who chose nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...scenarios.scenario import Scenario
from ...simulator.estimates import Estimate
from .axes import Space
from .candidates import Candidate, Goals, Judged

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from ..report.page import Page

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Runner:
    """A candidate in the race."""

    candidate: Candidate
    judged: Judged
    """On the customers of the race."""
    ahead: Estimate
    """Paired: its objective less the present one's, in the objective's own unit."""
    may_be_best: bool
    """Whether the race could not rule it out as the best of those that keep the constraints."""


@dataclass(frozen=True)
class Race:
    """The race between the best candidates of the search, on customers whom the search never met."""

    runners: tuple[Runner, ...]
    """The present policy first."""
    chosen: int
    """Position of the chosen one."""
    replications: int
    difference: float
    """The indifference zone: a difference of the objective that does not matter."""
    behind: float
    """With 95 % confidence, no runner that keeps the constraints is better than the chosen one by more."""


@dataclass(frozen=True)
class Final:
    """The chosen policy and the present one, on customers who were used neither in the search nor in the race."""

    best: Judged
    present: Judged
    differences: tuple[Estimate, ...]
    """Paired: best less present, for the objective and each constrained figure."""


@dataclass(frozen=True)
class Tuning:
    """What `tune` found."""

    scenario: Scenario
    """What was tuned; it is as it was."""
    firm: str
    space: Space
    goals: Goals
    candidates: tuple[Candidate, ...]
    """All that were tried; the first is the present scenario."""
    race: Race
    final: Final
    manifest: Mapping[str, Any]
    alarms: tuple[str, ...] = ()
    """What a reader should know before trusting the figures."""

    # What was chosen

    @property
    def chosen(self) -> Candidate:
        """The chosen candidate."""
        return self.race.runners[self.race.chosen].candidate

    @property
    def best(self) -> Scenario:
        """The scenario with the chosen values in place, to run, compare or save."""
        scenario = self.chosen.scenario
        assert scenario is not None, "what was chosen was simulated"
        return scenario

    @property
    def best_values(self) -> Mapping[str, object]:
        """The chosen values by key."""
        return self.chosen.settings

    @property
    def is_present(self) -> bool:
        """Whether the present policy was chosen."""
        return self.chosen.number == 0

    @property
    def gain(self) -> Estimate:
        """By how much the chosen policy is better than the present one, on customers who chose nothing."""
        return _signed(self.final.differences[0], self.goals.objective.sign)

    @property
    def is_beyond_doubt(self) -> bool:
        """Whether the whole interval of the gain is above 0."""
        gain = self.gain
        return gain.mean is not None and gain.half_width is not None and gain.mean - gain.half_width > 0

    @property
    def promised(self) -> float | None:
        """The gain that the search alone would have promised: flattered, since the luckiest candidate was picked."""
        present, chosen = self.candidates[0].judged, self.chosen.judged
        if present is None or chosen is None or present.score is None or chosen.score is None:
            return None
        return chosen.score - present.score

    # Out

    @property
    def trials(self) -> "pd.DataFrame":
        """Every candidate with its values and what the search made of it."""
        from .tables import trials_frame

        return trials_frame(self)

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all tables by name: trials, race, best and values."""
        from .tables import best_frame, race_frame, trials_frame, values_frame

        return {
            "trials": trials_frame(self),
            "race": race_frame(self),
            "best": best_frame(self),
            "values": values_frame(self),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data, as `--json` prints it."""
        from .tables import plain_data

        return {"schema_version": SCHEMA_VERSION, **plain_data(self)}

    def save(self, path: str | Path) -> None:
        """Write the scenario with the chosen values in place as a scenario file.

        Parameters
        ----------
        path
            Where to; a file that is there already is replaced.
        """
        Path(path).write_text(self.best.to_yaml(), encoding="utf-8")

    def plot(self) -> "Figure":
        """Return the search as a picture, a plotly figure: every candidate in the order in which it was tried."""
        from ..report.tuning_pictures import picture_of_search

        return picture_of_search(self)

    def page(self) -> "Page":
        """Return the report."""
        from ..report.tuning_page import page_of_tuning

        return page_of_tuning(self)


def _signed(estimate: Estimate, sign: int) -> Estimate:
    return Estimate(None if estimate.mean is None else sign * estimate.mean, estimate.half_width, estimate.n)
