"""What a twin found: who moved because of a change, and what the change does to every figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...scenarios.scenario import Scenario
from ...simulator.measures import measures
from ...simulator.reckoning import Reckoning
from ...simulator.tally import Tally
from ..differences import Difference
from .reckoning import MovesReckoning, Row, columns_of

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from ..report.page import Page

SCHEMA_VERSION = 1
"""Version of the tables and of the JSON object; it changes when a column or key changes its meaning."""

_DID = ("wanted", "cause", "outcome", "bought")
COLUMNS = {
    "moves": (
        *(f"{part}_{world}" for world in ("without", "with") for part in _DID),
        *("demand_move", "purchases_move", "mean", "half_width", "n"),
    ),
    "flows": ("of", "from", "to", "kind", "mean", "half_width", "share", "share_half_width", "n"),
    "by_kind": ("of", "segment", "kind", "mean", "half_width", "n"),
    "rates": ("of", "level", "name", "kind", "to", "moved", "moved_half_width", "rate", "rate_half_width", "n"),
    "figures": (
        *("level", "name", "figure", "unit", "without", "without_half_width", "with", "with_half_width"),
        *("difference", "difference_half_width", "n"),
    ),
}
"""The columns of each frame."""

WORDS = (*(f"{part}_{world}" for world in ("without", "with") for part in _DID), "demand_move", "purchases_move")
WORDS = (*WORDS, "of", "from", "to", "kind", "segment", "level", "name", "figure", "unit")
"""Columns that hold words; all others hold numbers."""


@dataclass(frozen=True)
class Twin:
    """Both worlds of a change with the same customers, compared customer by customer.

    Every frame is tidy; figures come with half-width and number of replications (R17).

    Attributes
    ----------
    scenarios : tuple of Scenario
        What was run: without the change and with it.
    differences : tuple of Difference
        The change, key by key.
    seed : int
        The seed.
    notes : tuple of str
        What a reader should know about whether the same customers came.
    alarms : tuple of str
        What a reader should know before trusting the figures; empty if there is nothing.
    manifest : dict
        Where the figures come from: hashes, resolved scenarios, seed, versions, how each segment was drawn.
    """

    scenarios: tuple[Scenario, Scenario]
    differences: tuple[Difference, ...]
    seed: int
    notes: tuple[str, ...]
    alarms: tuple[str, ...]
    manifest: Mapping[str, Any]
    reckoning: MovesReckoning
    tallies: tuple[Tally, Tally]
    _known: dict[str, list[Row]] = field(default_factory=dict, repr=False, compare=False)
    """Rows that were asked for."""

    @property
    def replications(self) -> int:
        """Number of replications of each world."""
        return self.reckoning.n

    @cached_property
    def moves(self) -> "pd.DataFrame":
        """What customers did without the change and with it, in full.

        Wanted, cause, outcome and bought in each world, the kinds of move, and the mean number of customers with
        half_width and n. The rows of one state in one world add up to its row of that world's transfer matrix (R12).
        """
        return _frame("moves", self.rows("moves"))

    @cached_property
    def flows(self) -> "pd.DataFrame":
        """From where to where demand and purchases went: of, from, to, kind, mean, half_width, share, n.

        Those who stayed are among them; `share` is of all who wanted, or bought, `from` without the change.
        """
        return _frame("flows", self.rows("flows"))

    @cached_property
    def by_kind(self) -> "pd.DataFrame":
        """How many customers moved in which way: of, segment (or `(all)`), kind, mean, half_width, n."""
        return _frame("by_kind", self.rows("by_kind"))

    @cached_property
    def rates(self) -> "pd.DataFrame":
        """(d₀ − d₁)/d₀ of R11: of, level, name, kind, to, moved, rate, their half-widths, n.

        The row whose kind and to are `(all)` is the rate itself. The rows by kind, and those by where to, add up to
        it: moves both ways between two offers are set off against each other, so that a gain is negative.
        """
        return _frame("rates", self.rows("rates"))

    @cached_property
    def figures(self) -> "pd.DataFrame":
        """Every figure without the change and with it, and the paired difference (R17).

        Level, name, figure, unit; without, with, difference, each with its half-width; n.
        """
        return _frame("figures", self.rows("figures"))

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all frames by name, and the change itself."""
        import pandas as pd

        told = pd.DataFrame([each.as_dict() for each in self.differences], columns=["key", "without", "with", "in"])
        # A value may be a number, a text or a whole mapping; as text all of them fit one column.
        told = told.astype({"without": "str", "with": "str"})
        return {
            "rates": self.rates,
            "by_kind": self.by_kind,
            "flows": self.flows,
            "moves": self.moves,
            "figures": self.figures,
            "change": told,
        }

    def as_dict(self) -> dict[str, Any]:
        """Return everything as one object of plain data, as `--json` prints it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "scenario": self.scenarios[0].name,
            "change": [each.as_dict() for each in self.differences],
            "seed": self.seed,
            "replications": self.replications,
            "alarms": list(self.alarms),
            "notes": list(self.notes),
            **{name: [dict(row) for row in self.rows(name)] for name in COLUMNS},
            "manifest": dict(self.manifest),
        }

    def plot(self, of: str = "demand") -> "Figure":
        """Return where customers went as a picture of flows, a plotly figure.

        Parameters
        ----------
        of : str
            `demand`, what they wanted in each world, or `purchases`, what they bought in the end.

        Raises
        ------
        ValueError
            For anything else.
        """
        from ..report.moves_picture import picture_of_flows

        return picture_of_flows(self, of).figure

    def page(self) -> "Page":
        """Return the report."""
        from ..report.twin_page import page_of_twin

        return page_of_twin(self)

    def rows(self, name: str) -> Sequence[Row]:
        """Return the rows of a frame of `COLUMNS` as plain data, with None for what there is not."""
        if name not in self._known:
            make = self._figures if name == "figures" else getattr(self.reckoning, name)
            self._known[name] = list(make())
        return self._known[name]

    def _figures(self) -> Iterator[Row]:
        """Yield every figure of either world, and the difference where both have it."""
        worlds = self.reckoning.worlds
        one, other = (
            measures(Reckoning(world.problem, tally)) for world, tally in zip(worlds, self.tallies, strict=True)
        )
        for key in dict.fromkeys((*one, *other)):
            mine, theirs = one.get(key), other.get(key)
            both = mine is not None and theirs is not None
            yield {
                **key._asdict(),
                "unit": (one if mine is not None else other)[key].unit,
                **columns_of("without", None if mine is None else mine.estimate()),
                **columns_of("with", None if theirs is None else theirs.estimate()),
                **columns_of("difference", other[key].less(one[key]) if both else None),
                "n": self.replications,
            }


def _frame(name: str, rows: Sequence[Row]) -> "pd.DataFrame":
    """Return rows as a frame whose number columns are numbers (nan for null), also when there are no rows."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(COLUMNS[name]))
    return frame.astype({column: "float64" for column in COLUMNS[name] if column not in (*WORDS, "n")})
