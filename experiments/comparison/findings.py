"""What a comparison found: figures, paired differences, what is beyond doubt, and who is the best."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...simulator.measures import Measure, MeasureKey, measures
from ...simulator.results import Result
from .caveats import caveats
from .contenders import BASE
from .differences import DOUBT, Difference, differences, pairing
from .figure_names import written
from .race import Race

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from ..report.page import Page

SCHEMA_VERSION = 1
"""Version of the tables and of the JSON object; it changes when a column or key changes its meaning."""


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Variants or scenarios on the same customers; every frame is tidy, with half-widths and n.

    Attributes
    ----------
    results : mapping of Result
        The run of each, by name, in the order in which they are shown.
    against : str
        Which one the others are compared with.
    family : tuple of MeasureKey
        The figures that are shown first, and whose differences are judged together.
    race : Race, optional
        Who is the best, where that was asked for.
    precision : float, optional
        For `auto`, the relative half-width at which it stopped.
    """

    results: Mapping[str, Result]
    against: str
    family: tuple[MeasureKey, ...]
    race: Race | None
    precision: float | None
    remarks: tuple[str, ...]
    """What is to be said about the number of replications."""
    begun: datetime.datetime
    seconds: float

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.variants)} against {self.against}, n = {self.replications}>"

    @property
    def replications(self) -> int:
        """Number of replications of each, without those that the selection of the best made on top."""
        return self.results[self.against].replications

    @property
    def seed(self) -> int:
        """The seed of all."""
        return self.results[self.against].seed

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of those that are compared with `against`."""
        return tuple(name for name in self.results if name != self.against)

    @cached_property
    def measured(self) -> dict[str, dict[MeasureKey, Measure]]:
        """Every figure of each, replication by replication."""
        return {name: measures(result.reckoning) for name, result in self.results.items()}

    @cached_property
    def found(self) -> tuple[Difference, ...]:
        """Every difference, as an object; `differences` is the frame."""
        return tuple(differences(self.measured, self.against, self.family))

    @cached_property
    def judged(self) -> dict[tuple[str, MeasureKey], Difference]:
        """The differences of the family, by variant and figure."""
        family = set(self.family)
        return {(each.variant, each.key): each for each in self.found if each.key in family}

    @cached_property
    def told(self) -> tuple[MeasureKey, ...]:
        """The figures of the family that say anything for any of them, those of one firm or product together."""
        said = [
            key
            for key in self.family
            if any(own[key].estimate().mean not in (0, None) for own in self.measured.values() if key in own)
        ]
        whose = list(dict.fromkeys(key.name for key in said))
        return tuple(sorted(said, key=lambda key: whose.index(key.name)))

    @property
    def family_size(self) -> int:
        """How many differences are judged together: every figure of the family for every variant."""
        return len(self.family) * len(self.variants)

    @property
    def alarms(self) -> tuple[str, ...]:
        """What a reader should know before trusting the figures; empty if there is nothing."""
        return (*self.remarks, *caveats(self.results, self.measured, self.against, self.family))

    # Frames

    @cached_property
    def figures(self) -> "pd.DataFrame":
        """Every figure of each: variant, level, name, figure, unit, mean, half_width, n."""
        rows = [
            {"variant": variant, **key._asdict(), "unit": measure.unit, **measure.estimate().as_dict()}
            for variant, own in self.measured.items()
            for key, measure in own.items()
        ]
        return _frame(rows, ("variant", "level", "name", "figure", "unit"), ("mean", "half_width"), ("n",))

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """Every figure less that of `against`, on the same customers, and what is beyond doubt.

        Columns: variant, against, level, name, figure, unit, difference, half_width, n, p, p_adjusted, verdict. `p` is
        the p-value of no difference, `p_adjusted` Holm's over the family; outside of it there is none.
        """
        rows = [_row_of_difference(each, self.against) for each in self.found]
        labels = ("variant", "against", "level", "name", "figure", "unit")
        return _frame(rows, labels, ("difference", "half_width"), ("n",), ("p", "p_adjusted"), ("verdict",))

    @cached_property
    def pairing(self) -> "pd.DataFrame":
        """What the same customers are worth: variant, level, name, figure, variance_ratio, half_width, n.

        The ratio is that of the variances of a difference with unrelated and with the same customers: so many times as
        many replications unrelated ones would take for the same half-width.
        """
        rows = [
            {
                "variant": variant,
                **key._asdict(),
                "variance_ratio": ratio.mean,
                "half_width": ratio.half_width,
                "n": ratio.n,
            }
            for variant, key, ratio in pairing(self.measured, self.against, self.family)
        ]
        return _frame(rows, ("variant", "level", "name", "figure"), ("variance_ratio", "half_width"), ("n",))

    @cached_property
    def best(self) -> "pd.DataFrame | None":
        """Who took part in the selection of the best, the best first; None where nobody asked for the best.

        Columns: variant, place, replications, screened_out_by, mean, half_width, n. `mean` is the objective over the
        replications that the procedure looked at; it stopped because of them, so the fair estimates are in `figures`.
        """
        if self.race is None:
            return None
        labels = ("variant", "place", "replications", "screened_out_by")
        return _frame(self.race.rows(), labels, ("mean", "half_width"), ("n",))

    # Out

    @property
    def manifest(self) -> dict[str, Any]:
        """Where the figures come from: that of the base's run, and what is told of each of the others beside it."""
        first = self.results.get(BASE, self.results[self.against]).manifest
        manifests = {name: result.manifest for name, result in self.results.items()}
        return {
            **{key: value for key, value in first.items() if key not in ("resolved_scenario", "time")},
            "against": self.against,
            "family": [written(key) for key in self.family],
            "precision": self.precision,
            "compared": {
                name: {key: manifest[key] for key in ("scenario_hash", "applied", "made_by_hand")}
                for name, manifest in manifests.items()
            },
            "resolved_scenarios": {name: manifest["resolved_scenario"] for name, manifest in manifests.items()},
            "time": {"begun": self.begun.isoformat(timespec="seconds"), "seconds": round(self.seconds, 3)},
        }

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all frames by name."""
        found = {"figures": self.figures, "differences": self.differences, "pairing": self.pairing}
        return found if self.best is None else {**found, "best": self.best}

    def as_dict(self) -> dict[str, Any]:
        """Return everything as one object of plain data, as `--json` prints it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "scenario": self.results[self.against].scenario.name,
            "compared": list(self.results),
            "against": self.against,
            "seed": self.seed,
            "replications": self.replications,
            "alarms": list(self.alarms),
            "family": {
                "figures": [written(key) for key in self.family],
                "differences": self.family_size,
                "adjustment": "Holm",
                "beyond_doubt_below": DOUBT,
            },
            "figures": {
                name: [
                    {**key._asdict(), "unit": measure.unit, **measure.estimate().as_dict()}
                    for key, measure in own.items()
                ]
                for name, own in self.measured.items()
            },
            "differences": [_row_of_difference(each, self.against) for each in self.found],
            "pairing": [
                {"variant": variant, **key._asdict(), "variance_ratio": ratio.as_dict()}
                for variant, key, ratio in pairing(self.measured, self.against, self.family)
            ],
            "best": None if self.race is None else self.race.as_dict(),
            "manifest": self.manifest,
        }

    def plot(self) -> "Figure":
        """Return the differences of the family with their intervals as a plotly figure."""
        from ..report.comparison_pictures import picture_of_differences

        return picture_of_differences(self)

    def page(self) -> "Page":
        """Return the report."""
        from ..report.comparison_page import page_of_comparison

        return page_of_comparison(self)


def _row_of_difference(each: Difference, against: str) -> dict[str, Any]:
    return {
        "variant": each.variant,
        "against": against,
        **each.key._asdict(),
        "unit": each.unit,
        "difference": each.estimate.mean,
        "half_width": each.estimate.half_width,
        "n": each.estimate.n,
        "p": each.p,
        "p_adjusted": each.adjusted,
        "verdict": str(each.verdict),
    }


def _frame(rows: Sequence[Mapping[str, Any]], *columns: Sequence[str]) -> "pd.DataFrame":
    """Return rows as a frame; what is a number in any row is one in all, nan for null."""
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=[name for group in columns for name in group])
    numbers = ("mean", "difference", "half_width", "variance_ratio", "p", "p_adjusted")
    return frame.astype({name: "float64" for name in numbers if name in frame.columns})
