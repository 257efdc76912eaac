"""What a run hands out: tidy frames of estimates, and where they came from."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..models.problem import Problem
from ..scenarios.scenario import Scenario
from ..scenarios.times import HOURS
from .ledger import KIND_OF_OUTCOME, NOBODY, Cause, Outcome
from .reckoning import Figures, Reckoning
from .tally import Tally
from .timeline import timeline_rows

if TYPE_CHECKING:
    import pandas as pd

    from .customer_files import KeptCustomers

SCHEMA_VERSION = 1
"""Version of the tables and of the JSON object; it changes when a column or key changes its meaning."""

ALL_FIRMS = "(all)"
"""Stands in the column `firm` for all firms together."""


@dataclass(frozen=True)
class Result:
    """What a run found; every frame is tidy: one figure a row, with its half-width and number of replications.

    Attributes
    ----------
    scenario : Scenario
        What was simulated.
    seed : int
        The seed.
    manifest : dict
        Where the figures come from: scenario hash, resolved scenario, what was applied to it, versions, engine, time.
    alarms : tuple of str
        What a reader should know before trusting the figures; empty if there is nothing.
    kept : KeptCustomers, optional
        The files of every customer, where the scenario says `customers: keep`; see `customer_log`.
    """

    scenario: Scenario
    seed: int
    manifest: Mapping[str, Any]
    alarms: tuple[str, ...]
    problem: Problem
    tally: Tally
    kept: "KeptCustomers | None" = None

    @property
    def replications(self) -> int:
        """Number of replications."""
        return self.tally.n

    @cached_property
    def reckoning(self) -> Reckoning:
        """The estimates behind the frames."""
        return Reckoning(self.problem, self.tally)

    # Frames

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """Money and service per firm: firm, figure, unit, mean, half_width, n."""
        return _frame(_figure_rows("firm", self.reckoning.of_firms()), ("firm", "figure", "unit"))

    @cached_property
    def sales(self) -> "pd.DataFrame":
        """Demand and sales per offer: offer, firm, figure, unit, mean, half_width, n; demand stands at the origin."""
        owners = self._owners(self.problem.offers.names, self.problem.offers.firm.tolist())
        return _frame(_figure_rows("offer", self.reckoning.of_offers(), owners), ("offer", "firm", "figure", "unit"))

    @cached_property
    def stock(self) -> "pd.DataFrame":
        """Movements, costs and service per product: product, firm, figure, unit, mean, half_width, n."""
        owners = self._owners(self.problem.products.names, self.problem.products.firm.tolist())
        return _frame(
            _figure_rows("product", self.reckoning.of_products(), owners), ("product", "firm", "figure", "unit")
        )

    @cached_property
    def customers(self) -> "pd.DataFrame":
        """What became of each segment's cohort: segment, figure, unit, mean, half_width, n."""
        rows = [
            {
                "segment": segment,
                "figure": figure,
                "unit": "money" if figure == "consumer_surplus" else "customers",
                **estimate.as_dict(),
            }
            for segment, figures in self.reckoning.of_segments().items()
            for figure, estimate in figures.items()
        ]
        return _frame(rows, ("segment", "figure", "unit"))

    @cached_property
    def transfers(self) -> "pd.DataFrame":
        """Moves of customers who were turned away: kind, from, to, willing and transferred with half-widths, n.

        `willing` counts customers at the alternative of the kind that they liked best, so that it adds up over `to` to
        the customers willing to make that kind of move (R10); `transferred` counts them where they bought.
        """
        rows = []
        for row in self.reckoning.transfers():
            willing, transferred = row["willing"], row["transferred"]
            rows.append(
                {
                    "kind": row["kind"],
                    "from": row["from"],
                    "to": row["to"],
                    "willing": willing.mean,
                    "willing_half_width": willing.half_width,
                    "transferred": transferred.mean,
                    "transferred_half_width": transferred.half_width,
                    "n": self.replications,
                }
            )
        columns = ("willing", "willing_half_width", "transferred", "transferred_half_width")
        return _frame(rows, ("kind", "from", "to"), columns)

    @cached_property
    def rates(self) -> "pd.DataFrame":
        """Transfer rates: firm (of the origin, or `(all)`), kind, mean, half_width, n.

        And the rates of moves by choice.
        """
        rows = [
            {"firm": label, "kind": kind, **estimate.as_dict()}
            for label, firm in ((ALL_FIRMS, None), *((name, name) for name in self.problem.firms.names))
            for kind, estimate in self.reckoning.rates(firm).items()
        ]
        return _frame(rows, ("firm", "kind"))

    @cached_property
    def matrix(self) -> "pd.DataFrame":
        """Return the transfer matrix (R12): from, cause, outcome, kind, to, mean number of customers, half_width, n.

        Its rows of one origin add up to the origin's demand, and its purchases of one offer to that offer's sales to
        the cohort.
        """
        names = self.problem.offers.names
        rows = []
        for (origin, cause, outcome, destination), estimate in self.reckoning.matrix():
            kind = KIND_OF_OUTCOME.get(Outcome(outcome))
            rows.append(
                {
                    "from": names[origin],
                    "cause": Cause(cause).name.lower(),
                    "outcome": Outcome(outcome).name.lower(),
                    "kind": None if kind is None else kind.name.lower(),
                    "to": None if destination == NOBODY else names[destination],
                    **estimate.as_dict(),
                }
            )
        return _frame(rows, ("from", "cause", "outcome", "kind", "to"))

    @cached_property
    def timeline(self) -> "pd.DataFrame":
        """What happened when: period, time, date, level, name, figure, unit, mean, half_width, n.

        `date` is there where the scenario has a start. All customers count, from time 0 on. `level` is product or
        offer; `stock` and `price` are averages over the period.
        """
        frame = _frame(timeline_rows(self.problem, self.tally), ("period", "time", "level", "name", "figure", "unit"))
        dates = self._dates(frame["time"].tolist())
        if dates is not None:
            frame.insert(2, "date", dates)
        return frame

    @cached_property
    def transfer_shares(self) -> "pd.DataFrame":
        """Demand-transfer shares as retailers exchange them: store, from, to, share, half_width, n.

        Of the customers turned away from `from`, the share who bought `to` at once. The store is the firm of `from`.
        The table can be read back as the `substitution` of a scenario.
        """
        rows = [
            {**row, "share": row["share"].mean, "half_width": row["share"].half_width, "n": row["share"].n}
            for row in self.reckoning.transfer_shares()
        ]
        return _frame(rows, ("store", "from", "to"), ("share", "half_width"))

    # Time

    @property
    def has_dates(self) -> bool:
        """Whether the scenario has a calendar: a start, and a time unit that is a part of it."""
        head = self.scenario.settled.head
        return head.start is not None and head.time_unit in HOURS

    def date_of(self, time: float) -> datetime.datetime:
        """Return a time as a date.

        Parameters
        ----------
        time : float
            In time units from the start.

        Raises
        ------
        ValueError
            If the scenario has no calendar.
        """
        head = self.scenario.settled.head
        hours = HOURS.get(head.time_unit)
        if head.start is None or hours is None:
            raise ValueError(
                f"{self.scenario.name!r} has no dates: it has no start, or its time unit is no part of a day"
            )
        return datetime.datetime.fromisoformat(head.start.isoformat()) + datetime.timedelta(hours=hours * time)

    # Customers one by one

    def customer_log(self, replication: int | None = None) -> "pd.DataFrame":
        """Return every customer in a row, where the scenario says `customers: keep`.

        Parameters
        ----------
        replication : int, optional
            Only the customers of one replication, counted from 0; all of them may be more than memory holds.

        Returns
        -------
        pandas.DataFrame
            In the order of replications and of last outcomes. Those who came in the warm-up and those who wanted
            nothing are in it, too; the cohort of the figures has `cohort` true. What there is not is missing.

        Raises
        ------
        ValueError
            If the scenario does not keep its customers, or there is no such replication.
        """
        if self.kept is None:
            raise ValueError(
                f"the customers of {self.scenario.name!r} were counted and not kept: run it with `customers: keep`, "
                'such as scenario.replace({"customers": "keep"})'
            )
        if replication is not None and replication not in range(self.replications):
            raise ValueError(f"replications are counted from 0 to {self.replications - 1} (got {replication!r})")
        return self.kept.frame(range(self.replications) if replication is None else [replication])

    # Out

    def as_dict(self) -> dict[str, Any]:
        """Return the run as one object of plain data, as `--json` prints it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replications": self.replications,
            "alarms": list(self.alarms),
            "summary": {
                firm: {figure.name: estimate.as_dict() for figure, estimate in figures}
                for firm, figures in self.reckoning.of_firms().items()
            },
            "customers": {figure: estimate.as_dict() for figure, estimate in self.reckoning.of_customers().items()},
            "transfers": [
                {**row, "willing": row["willing"].as_dict(), "transferred": row["transferred"].as_dict()}
                for row in self.reckoning.transfers()
            ],
            "rates": {kind: estimate.as_dict() for kind, estimate in self.reckoning.rates().items()},
            "rates_by_firm": {
                firm: {kind: estimate.as_dict() for kind, estimate in self.reckoning.rates(firm).items()}
                for firm in self.problem.firms.names
            },
            "manifest": dict(self.manifest),
        }

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all frames by name."""
        return {
            "summary": self.summary,
            "sales": self.sales,
            "stock": self.stock,
            "customers": self.customers,
            "transfers": self.transfers,
            "rates": self.rates,
            "matrix": self.matrix,
            "timeline": self.timeline,
            "transfer_shares": self.transfer_shares,
        }

    def save(self, directory: str | Path, table_format: str = "csv") -> list[Path]:
        """Write all frames, the resolved scenario and the manifest into a folder, and return the files.

        Customers that are kept are copied into its folder `customers`.

        Parameters
        ----------
        directory : str or Path
            Made if need be. Files of an earlier run are replaced one by one, each only when its successor is complete.
        table_format : str
            `csv` or `parquet`.

        Raises
        ------
        ValueError
            If the format is another.
        OSError
            If the folder cannot be written, or holds customers of an earlier run and this one kept none.
        """
        from .saving import save_result

        return save_result(self, Path(directory), table_format)

    # Inner

    def _owners(self, names: Sequence[str], firms: Sequence[int]) -> dict[str, str]:
        return {name: self.problem.firms.names[firm] for name, firm in zip(names, firms, strict=True)}

    def _dates(self, times: list[float]) -> list[datetime.datetime] | None:
        """Return times as dates, where the scenario has a calendar."""
        if not self.has_dates:
            return None
        return [self.date_of(time) for time in times]


def _figure_rows(
    level: str, items: Mapping[str, Figures], owners: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return the figures of firms, offers or products as rows, with the firm that each belongs to."""
    return [
        {
            level: name,
            **({} if owners is None else {"firm": owners[name]}),
            "figure": figure.name,
            "unit": figure.unit,
            **estimate.as_dict(),
        }
        for name, figures in items.items()
        for figure, estimate in figures
    ]


def _frame(
    rows: list[dict[str, Any]], labels: Sequence[str], values: Sequence[str] = ("mean", "half_width")
) -> "pd.DataFrame":
    """Return rows as a frame whose value columns are floats (nan for null), also when there are no rows."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=[*labels, *values, "n"])
    return frame.astype(dict.fromkeys(values, "float64"))
