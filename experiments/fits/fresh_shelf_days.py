"""The scenario `fresh-shelf` against the real days that it was fitted to: tables, real beside simulated.

    python -m demandshift.experiments.fits.fresh_shelf_days cat103_12stores.csv.gz

By default store 29, whose arrivals the scenario has, is replayed with the scenario as it stands. `--all-stores`
replays each store with its own fitted arrivals and the scenario's choice; `--parts` cuts the day into parts whose
customers are segments of their own, each with a logit fitted to its hours alone.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...scenarios.load import load
from ...scenarios.scenario import Scenario
from .fresh_retail import DELIVERED_BY, Excerpt, fit_excerpt, read_excerpt
from .shelf_comparison import (
    Comparison,
    compare_sell_outs,
    compare_units_by_hour,
    overall_uplift,
    uplift_standard_error,
)
from .shelf_days import ShelfDays
from .shelf_replay import product_names, replay_scenario, simulated_days
from .stockout_logit import StockoutLogit

__all__ = ["DayPart", "comparable_days", "fit_parts", "main", "replayed_stores", "with_arrivals", "with_segments"]

SCENARIO_STORE = 29
"""The store whose arrivals and prices `fresh-shelf` has."""
BOOTSTRAP_SAMPLES = 200


@dataclass(frozen=True)
class DayPart:
    """Some hours of the day, and what was fitted to them alone.

    Attributes
    ----------
    hours : array of int
        The hours of the day.
    stores : array of int
        Numbers of the stores, sorted.
    fit : StockoutLogit
        Arrivals by store, hour and weekend, and one logit, of linear price.
    """

    hours: NDArray[np.int64]
    stores: NDArray[np.int64]
    fit: StockoutLogit

    def rates(self, store: int) -> NDArray[np.float64]:
        """Return the customers per hour of one store, shape (2, 24): weekday, then weekend; 0 outside the part."""
        fitted = self.fit.arrival_rate.reshape(self.stores.size, 2, self.hours.size)
        rates = np.zeros((2, 24))
        rates[:, self.hours] = fitted[int(np.searchsorted(self.stores, store))]
        return rates


def fit_parts(excerpt: Excerpt, starts: Sequence[int] = ()) -> list[DayPart]:
    """Fit each part of the day by itself.

    The likelihood falls apart into factors of the parts, so that the sum of their log-likelihoods compares with
    that of the whole day.

    Parameters
    ----------
    excerpt : Excerpt
        The data of all stores.
    starts : sequence of int
        Hours at which a new part begins; without any, the day is one part.

    Returns
    -------
    list of DayPart
    """
    days = excerpt.days
    bounds = [0, *(start - days.first_hour for start in sorted(starts)), days.hours.size]
    parts = []
    for first, end in pairwise(bounds):
        part = ShelfDays(
            days.first_hour + first, days.weekend, days.units[:, first:end], days.in_stock[:, first:end], days.price
        )
        fit = fit_excerpt(Excerpt(excerpt.skus, excerpt.store, excerpt.date, part), "linear")
        parts.append(DayPart(part.hours, np.unique(excerpt.store), fit))
    return parts


def with_arrivals(scenario: Scenario, part: DayPart, store: int) -> Scenario:
    """Give the scenario's one segment the arrivals of a store; what it chooses stays."""
    (segment,) = scenario.settled.segments
    return scenario.replace({f"segments.{segment.name}.arrivals": _arrivals(part.rates(store))})


def with_segments(scenario: Scenario, parts: Sequence[DayPart], skus: Sequence[str], store: int) -> Scenario:
    """Give the scenario one segment for each part of the day, with what was fitted to its hours, at one store."""
    segments: dict[str, object] = {}
    for part in parts:
        worth = dict(zip((f"sku-{sku}" for sku in skus), part.fit.reservation_price().tolist(), strict=True))
        choice = {"kind": "logit", "scale": part.fit.scale(), "reservation_price": worth}
        segments[f"from-{part.hours[0]}"] = {"arrivals": _arrivals(part.rates(store)), "choice": choice}
    return scenario.replace({"segments": segments})


def _arrivals(rates: NDArray[np.float64]) -> dict[str, object]:
    """Arrivals for a scenario file from customers per hour, shape (2, 24)."""
    mean = float((5 * rates[0].sum() + 2 * rates[1].sum()) / 168)
    hourly = {"weekday": (rates[0] / mean).tolist(), "weekend": (rates[1] / mean).tolist()}
    return {"kind": "poisson", "rate": mean, "hourly": hourly}


def replayed_stores(
    excerpt: Excerpt, scenario_of: Callable[[int], Scenario], *, replications: int, seed: int
) -> list[ShelfDays]:
    """Replay every store of the data.

    Parameters
    ----------
    excerpt : Excerpt
        The data, sorted by store.
    scenario_of : function of a store's number
        Gives its scenario, not yet put into the place of its days.
    replications : int
        How often every day is simulated.
    seed : int
        Seed of all replications.

    Returns
    -------
    list of ShelfDays
        One element a replication, days in the order of the data.
    """
    parts = [excerpt.of_store(int(store)) for store in np.unique(excerpt.store)]
    by_store = [
        simulated_days(
            replay_scenario(scenario_of(int(part.store[0])), part), part, replications=replications, seed=seed
        )
        for part in parts
    ]
    days = excerpt.days
    return [
        ShelfDays(
            days.first_hour,
            days.weekend,
            np.concatenate([store.units for store in stores]),
            np.concatenate([store.in_stock for store in stores]),
            days.price,
        )
        for stores in zip(*by_store, strict=True)
    ]


def comparable_days(excerpt: Excerpt) -> NDArray[np.int64]:
    """Numbers of groups of days whose hours are comparable: a store's weekdays, a store's weekends."""
    return 2 * excerpt.store + excerpt.days.weekend


def main(arguments: Sequence[str] | None = None) -> None:
    """Replay and print the tables.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command line; without it, the one that the script was called with.
    """
    parser = argparse.ArgumentParser(
        prog="fresh_shelf_days", description="Compare the scenario fresh-shelf with the real days behind it."
    )
    parser.add_argument("path", type=Path, help="the excerpt of FreshRetailNet-50K: a CSV file, plain or gzipped")
    parser.add_argument("--replications", type=int, default=60, help="how often each day is simulated (60)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulation (1)")
    parser.add_argument("--all-stores", action="store_true", help="replay all stores, not only the scenario's own")
    parser.add_argument(
        "--parts", type=int, nargs="*", metavar="HOUR", help="fit anew, with a segment of its own from each HOUR on"
    )
    options = parser.parse_args(arguments)

    everywhere = read_excerpt(options.path)
    scenario = load("fresh-shelf")
    parts = fit_parts(everywhere, options.parts or ())
    chosen = everywhere if options.all_stores else everywhere.of_store(SCENARIO_STORE)

    def scenario_of(store: int) -> Scenario:
        if options.parts is not None:
            return with_segments(scenario, parts, everywhere.skus, store)
        return scenario if store == SCENARIO_STORE else with_arrivals(scenario, parts[0], store)

    replicas = replayed_stores(chosen, scenario_of, replications=options.replications, seed=options.seed)
    if options.parts is not None:
        print(f"log-likelihood of the parts together: {sum(part.fit.log_likelihood for part in parts):.2f}\n")
    print("\n".join(_report(chosen, replicas)))


def _report(excerpt: Excerpt, replicas: Sequence[ShelfDays]) -> list[str]:
    """Lay the three comparisons out as tables."""
    days, names = excerpt.days, product_names(excerpt)
    sell_outs = compare_sell_outs(days, replicas, DELIVERED_BY)
    hours = [str(hour) for hour in days.hours]
    lines = ["Hour of selling out", *_table(names, sell_outs.hour)]
    for name, number, left_out, share in zip(
        names, sell_outs.days, sell_outs.left_out, sell_outs.simulated_share, strict=True
    ):
        lines.append(f"{name}: {number} days, {left_out} left out; {share:.2f} of their replicas sold out")
    for k, name in enumerate(names):
        of_product = Comparison(
            sell_outs.units.real[:, k], sell_outs.units.simulated[:, k], sell_outs.units.standard_error[:, k]
        )
        lines += ["", f"Units by hour on days that sold out, {name}", *_table(hours, of_product)]
    lines += ["", "Units by hour, all days and products"]
    lines += _table([*hours, "day"], compare_units_by_hour(days, replicas))

    cell = comparable_days(excerpt)
    uplifts = np.array([overall_uplift(replica, cell) for replica in replicas])
    error = uplift_standard_error(days, cell, resamples=BOOTSTRAP_SAMPLES, seed=1)
    lines += ["", "Uplift of the remaining products while exactly one is out"]
    lines.append(f"real {overall_uplift(days, cell):.3f} (standard error {error:.3f}, bootstrap by day)")
    lines.append(f"simulated {uplifts.mean():.3f} (of one replication: standard deviation {uplifts.std(ddof=1):.3f})")
    return lines


def _table(rows: Sequence[str], comparison: Comparison) -> list[str]:
    """Rows of a Markdown table: name, real, simulated, standard error of the difference, z."""
    lines = ["| | real | simulated | s.e. | z |", "|---|---|---|---|---|"]
    for k, row in enumerate(rows):
        real, simulated = comparison.real[k], comparison.simulated[k]
        lines.append(
            f"| {row} | {real:.2f} | {simulated:.2f} | {comparison.standard_error[k]:.2f} | {comparison.z[k]:+.1f} |"
        )
    return lines


if __name__ == "__main__":
    main()
