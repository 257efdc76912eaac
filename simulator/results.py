"""What a run hands out: tidy frames of estimates, and where they came from."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..models.problem import Floats, Problem, Transfer
from ..scenarios.scenario import Scenario
from .build.segments import HOURS_PER_TIME_UNIT
from .estimates import Estimate, mean_estimate, ratio_estimate
from .figures import FIGURES, KINDS, OFFER_COUNTS, PRODUCT_COUNTS, SEGMENT_COUNTS, figure_parts
from .ledger import KIND_OF_OUTCOME, NOBODY, Cause, Outcome
from .tally import Tally
from .timeline import timeline_rows

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1
"""Version of the tables and of the JSON object; it changes when a column or key changes its meaning."""

ALL_FIRMS = "all"
"""Stands in the column `firm` for all firms together."""

RATES_BY_CHOICE = {"waiting_by_choice": "waited_by_choice", "leaving_home": "left_home"}
"""Rates of those whom nobody turned away, by the count that each is made of: shares of demand (R10)."""


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
    """

    scenario: Scenario
    seed: int
    manifest: Mapping[str, Any]
    alarms: tuple[str, ...]
    problem: Problem
    tally: Tally

    @property
    def replications(self) -> int:
        """Number of replications."""
        return self.tally.n

    # Frames

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """Money and service per firm: firm, figure, unit, mean, half_width, n."""
        rows = [
            {"firm": firm, "figure": figure, "unit": unit, **estimate.as_dict()}
            for firm, figures in self.estimates_by_firm().items()
            for figure, unit, estimate in figures
        ]
        return _frame(rows, ("firm", "figure", "unit"))

    @cached_property
    def sales(self) -> "pd.DataFrame":
        """Demand and sales per offer: offer, firm, figure, unit, mean, half_width, n.

        Customers stand at their origin.
        """
        offers = self.problem.offers
        counts = np.stack(self.tally.offers)
        return self._by_item("offer", offers.names, offers.firm.tolist(), counts, OFFER_COUNTS)

    @cached_property
    def stock(self) -> "pd.DataFrame":
        """Movements, costs and service per product: product, firm, figure, unit, mean, half_width, n."""
        products = self.problem.products
        counts = np.stack(self.tally.products)
        return self._by_item("product", products.names, products.firm.tolist(), counts, PRODUCT_COUNTS)

    @cached_property
    def customers(self) -> "pd.DataFrame":
        """What became of each segment's cohort: segment, figure, unit, mean, half_width, n."""
        rows = []
        for segment, name in enumerate(self.problem.segments.names):
            for figure, values in self._segment_values(segment).items():
                unit = "money" if figure == "consumer_surplus" else "customers"
                rows.append({"segment": name, "figure": figure, "unit": unit, **mean_estimate(values).as_dict()})
        return _frame(rows, ("segment", "figure", "unit"))

    @cached_property
    def transfers(self) -> "pd.DataFrame":
        """Moves of customers who were turned away: kind, from, to, willing and transferred with half-widths, n.

        `willing` counts customers at the alternative of the kind that they liked best, so that it adds up over `to` to
        the customers willing to make that kind of move (R10); `transferred` counts them where they bought.
        """
        rows = []
        for row in self.transfer_rows():
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
        """Transfer rates: firm (of the origin, or `all`), kind, mean, half_width, n.

        And the rates of moves by choice.
        """
        rows = [
            {"firm": firm, "kind": kind, **estimate.as_dict()}
            for firm in (ALL_FIRMS, *self.problem.firms.names)
            for kind, estimate in self.rates_of(firm).items()
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
        for (origin, cause, outcome, destination), estimate in self.matrix_rows():
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
        offers = self.problem.offers
        column = {name: index for index, name in enumerate(OFFER_COUNTS)}
        counts = np.stack(self.tally.offers)
        away = counts[:, :, column["stockouts"]] + counts[:, :, column["refusals"]]
        rows = []
        for origin, kind, destination in sorted({key for moved in self.tally.moved for key in moved}):
            if kind == Transfer.STRATEGIC:
                continue
            moved = np.array([each.get((origin, kind, destination), 0) for each in self.tally.moved], dtype=np.float64)
            share = ratio_estimate(moved, away[:, origin])
            rows.append(
                {
                    "store": self.problem.firms.names[int(offers.firm[origin])],
                    "from": offers.names[origin],
                    "to": offers.names[destination],
                    "share": share.mean,
                    "half_width": share.half_width,
                    "n": share.n,
                }
            )
        return _frame(rows, ("store", "from", "to"), ("share", "half_width"))

    # Estimates

    def estimates_by_firm(self) -> dict[str, list[tuple[str, str, Estimate]]]:
        """Return for each firm its figures as (name, unit, estimate), in the order of `FIGURES`."""
        result: dict[str, list[tuple[str, str, Estimate]]] = {}
        for firm, name in enumerate(self.problem.firms.names):
            counts = self._firm_values(firm)
            result[name] = [
                (figure.name, figure.unit, _estimate(parts))
                for figure in FIGURES
                if (parts := figure_parts(figure, counts)) is not None
            ]
        return result

    def transfer_rows(self) -> list[dict[str, Any]]:
        """Return the rows of `transfers` with estimates in place of numbers."""
        names = self.problem.offers.names
        keys = {key for counts in (*self.tally.moved, *self.tally.willing) for key in counts}
        return [
            {
                "kind": Transfer(kind).name.lower(),
                "from": names[origin],
                "to": names[destination],
                "willing": _mean_of(self.tally.willing, (origin, kind, destination)),
                "transferred": _mean_of(self.tally.moved, (origin, kind, destination)),
            }
            for origin, kind, destination in sorted(keys, key=lambda key: (key[1], key[0], key[2]))
        ]

    def matrix_rows(self) -> list[tuple[tuple[int, ...], Estimate]]:
        """Return the cells of the transfer matrix by (origin, cause, outcome, destination)."""
        keys = {key for counts in self.tally.matrix for key in counts}
        return [(key, _mean_of(self.tally.matrix, key)) for key in sorted(keys)]

    def rates_of(self, firm: str = ALL_FIRMS) -> dict[str, Estimate]:
        """Return the transfer rates by kind (R10) and the rates by choice, for the origins of a firm or of all."""
        offers = self.problem.offers
        own = [
            offer
            for offer, owner in enumerate(offers.firm.tolist())
            if firm == ALL_FIRMS or self.problem.firms.names[owner] == firm
        ]
        counts = np.stack(self.tally.offers)[:, own, :].sum(axis=1)
        values = dict(zip(OFFER_COUNTS, counts.T, strict=True))
        rates = {
            kind.name.lower(): ratio_estimate(
                values[f"moved_{kind.name.lower()}"], values[f"willing_{kind.name.lower()}"]
            )
            for kind in KINDS
        }
        for name, count in RATES_BY_CHOICE.items():
            rates[name] = ratio_estimate(values[count], values["demand"])
        return rates

    def customer_estimates(self) -> dict[str, Estimate]:
        """Return what became of all customers together."""
        total: dict[str, Floats] = {}
        for segment in range(len(self.problem.segments.names)):
            for figure, values in self._segment_values(segment).items():
                total[figure] = total[figure] + values if figure in total else values
        return {figure: mean_estimate(values) for figure, values in total.items()}

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
                firm: {figure: estimate.as_dict() for figure, _, estimate in figures}
                for firm, figures in self.estimates_by_firm().items()
            },
            "customers": {figure: estimate.as_dict() for figure, estimate in self.customer_estimates().items()},
            "transfers": [
                {**row, "willing": row["willing"].as_dict(), "transferred": row["transferred"].as_dict()}
                for row in self.transfer_rows()
            ],
            "rates": {kind: estimate.as_dict() for kind, estimate in self.rates_of().items()},
            "rates_by_firm": {
                firm: {kind: estimate.as_dict() for kind, estimate in self.rates_of(firm).items()}
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
            If the folder cannot be written.
        """
        from .saving import save_result

        return save_result(self, Path(directory), table_format)

    # Inner

    def _dates(self, times: list[float]) -> list[datetime.datetime] | None:
        """Return times as dates, where the scenario has a calendar."""
        head = self.scenario.settled.head
        hours = HOURS_PER_TIME_UNIT.get(head.time_unit)
        if head.start is None or hours is None:
            return None
        begin = datetime.datetime.fromisoformat(head.start.isoformat())
        return [begin + datetime.timedelta(hours=hours * time) for time in times]

    def _by_item(
        self, level: str, names: Sequence[str], firms: Sequence[int], counts: Floats, columns: Sequence[str]
    ) -> "pd.DataFrame":
        rows = []
        for item, name in enumerate(names):
            values = dict(zip(columns, counts[:, item, :].T, strict=True))
            for figure in FIGURES:
                parts = figure_parts(figure, values)
                if parts is not None:
                    rows.append(
                        {
                            level: name,
                            "firm": self.problem.firms.names[firms[item]],
                            "figure": figure.name,
                            "unit": figure.unit,
                            **_estimate(parts).as_dict(),
                        }
                    )
        return _frame(rows, (level, "firm", "figure", "unit"))

    def _firm_values(self, firm: int) -> dict[str, Floats]:
        offers = np.flatnonzero(self.problem.offers.firm == firm)
        products = np.flatnonzero(self.problem.products.firm == firm)
        of_offers = np.stack(self.tally.offers)[:, offers, :].sum(axis=1)
        of_products = np.stack(self.tally.products)[:, products, :].sum(axis=1)
        return {
            **dict(zip(OFFER_COUNTS, of_offers.T, strict=True)),
            **dict(zip(PRODUCT_COUNTS, of_products.T, strict=True)),
        }

    def _segment_values(self, segment: int) -> dict[str, Floats]:
        values = np.stack(self.tally.segments)[:, segment, :]
        return dict(zip(SEGMENT_COUNTS, values.T, strict=True))


def _estimate(parts: tuple[Floats, Floats | None]) -> Estimate:
    top, below = parts
    return mean_estimate(top) if below is None else ratio_estimate(top, below)


def _mean_of(counts: Sequence[Mapping[tuple[int, ...], int]], key: tuple[int, ...]) -> Estimate:
    """Return the mean of a sparse count over replications."""
    return mean_estimate(np.array([each.get(key, 0) for each in counts], dtype=np.float64))


def _frame(
    rows: list[dict[str, Any]], labels: Sequence[str], values: Sequence[str] = ("mean", "half_width")
) -> "pd.DataFrame":
    """Return rows as a frame whose value columns are floats (nan for null), also when there are no rows."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=[*labels, *values, "n"])
    return frame.astype(dict.fromkeys(values, "float64"))
