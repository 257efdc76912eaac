"""What an explanation found: the difference between two scenarios key by key, and what each carries of a figure's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...models.problem import Floats
from ...scenarios.scenario import Scenario
from ...simulator.estimates import Estimate
from ...simulator.measures import MeasureKey
from ..differences import Difference

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from ..report.page import Page

SCHEMA_VERSION = 1
"""Version of the tables and of the JSON object; it changes when a column or key changes its meaning."""

ESTIMATES = ("carries", "alone", "last")
"""What is said of every part, each with its half-width."""


@dataclass(frozen=True)
class Part:
    """One changed key, or several that only make sense together."""

    keys: tuple[str, ...]
    carries: Estimate
    """Its Shapley value: its share of the difference, whatever the order in which keys are changed."""
    alone: Estimate
    """What changing it alone does."""
    last: Estimate
    """What changing it does when everything else is changed already."""

    @property
    def name(self) -> str:
        """The keys in one text."""
        return " + ".join(self.keys)

    @property
    def short_name(self) -> str:
        """The keys in a text for pictures."""
        more = len(self.keys) - 1
        return self.keys[0] + (f" and {more} more" if more else "")


@dataclass(frozen=True)
class Explanation:
    """What each changed key carries of the difference of a figure between two scenarios, on the same customers.

    Attributes
    ----------
    scenarios : tuple of Scenario
        Without the change and with it.
    differences : tuple of Difference
        The change, key by key, words among them.
    parts : tuple of Part
        Keys with what they carry; the shares add up to the difference in every replication.
    key : MeasureKey
        Which figure of whom.
    unit : str
        Its unit.
    without, changed, difference : Estimate
        The figure without the change, with it, and the paired difference.
    values : array (parts, replications)
        What each part carries in each replication.
    orders : int or None
        Random orders in each replication that the shares are the means over; None where all orders count.
    """

    scenarios: tuple[Scenario, Scenario]
    differences: tuple[Difference, ...]
    parts: tuple[Part, ...]
    key: MeasureKey
    unit: str
    without: Estimate
    changed: Estimate
    difference: Estimate
    values: Floats
    orders: int | None
    seed: int
    how: tuple[str, ...]
    """How the difference was shared out."""
    cautions: tuple[str, ...]
    """What a reader should know about whether the same customers came."""
    alarms: tuple[str, ...]
    manifest: Mapping[str, Any]

    @property
    def replications(self) -> int:
        """Number of replications of each scenario."""
        return self.difference.n

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know: how the difference was shared out, and whether the same customers came."""
        return (*self.how, *self.cautions)

    @property
    def figure(self) -> str:
        """The figure in words: whose, and which."""
        whose = f" of {self.key.name}" if self.key.level == "firm" else " of all customers"
        return self.key.figure.replace("_", " ") + whose

    @property
    def carried(self) -> "pd.DataFrame":
        """What each part carries: part, carries, alone, last, each with its half-width, and n."""
        import pandas as pd

        columns = [name for each in ESTIMATES for name in (each, f"{each}_half_width")]
        frame = pd.DataFrame(list(self._carried()), columns=["part", *columns, "n"])
        return frame.astype(dict.fromkeys(columns, "float64"))

    @property
    def total(self) -> "pd.DataFrame":
        """The figure: level, name, figure, unit; without, with, difference, each with its half-width; n."""
        import pandas as pd

        return pd.DataFrame([self._total()])

    @property
    def change(self) -> "pd.DataFrame":
        """The keys that differ: key, without, with, in (which scenario has it), part (none for words)."""
        import pandas as pd

        frame = pd.DataFrame(list(self._change()), columns=["key", "without", "with", "in", "part"])
        # A value may be a number, a text or a whole mapping; as text all of them fit one column.
        return frame.astype({"without": "str", "with": "str"})

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all frames by name."""
        return {"carried": self.carried, "total": self.total, "change": self.change}

    def as_dict(self) -> dict[str, Any]:
        """Return everything as one object of plain data, as `--json` prints it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "scenario": self.scenarios[0].name,
            "change": list(self._change()),
            "figure": self._total(),
            "carried": list(self._carried()),
            "orders": self.orders,
            "seed": self.seed,
            "replications": self.replications,
            "notes": list(self.notes),
            "alarms": list(self.alarms),
            "manifest": dict(self.manifest),
        }

    def plot(self) -> "Figure":
        """Return what each part carries as a waterfall, a plotly figure."""
        from ..report.waterfall_picture import picture_of_explanation

        return picture_of_explanation(self).figure

    def page(self) -> "Page":
        """Return the report."""
        from ..report.explanation_page import page_of_explanation

        return page_of_explanation(self)

    def _carried(self) -> Iterator[dict[str, Any]]:
        for part in self.parts:
            row: dict[str, Any] = {"part": part.name}
            for name in ESTIMATES:
                estimate: Estimate = getattr(part, name)
                row |= {name: estimate.mean, f"{name}_half_width": estimate.half_width}
            yield {**row, "n": self.replications}

    def _total(self) -> dict[str, Any]:
        row: dict[str, Any] = {**self.key._asdict(), "unit": self.unit}
        told = {"without": self.without, "with": self.changed, "difference": self.difference}
        for name, estimate in told.items():
            row |= {name: estimate.mean, f"{name}_half_width": estimate.half_width}
        return {**row, "n": self.replications}

    def _change(self) -> Iterator[dict[str, Any]]:
        part_of = {key: part.name for part in self.parts for key in part.keys}
        for each in self.differences:
            yield {**each.as_dict(), "part": part_of.get(each.key)}
