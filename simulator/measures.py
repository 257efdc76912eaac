"""Figures replication by replication, so that two runs on the same customers can be compared pair by pair.

A mean is compared by the mean of its differences. A rate is a ratio of sums over replications (R17), so its difference
is a difference of two ratios, whose interval comes from the paired residuals of both (delta method).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..models.problem import Floats, Problem
from .estimates import Estimate, difference_of_ratios, mean_estimate, ratio_estimate
from .figures import FIGURE_BY_NAME, FIGURES, OFFER_COUNTS, PRODUCT_COUNTS, SEGMENT_COUNTS, figure_parts
from .reckoning import Reckoning, rate_parts
from .tally import Tally

EVERYTHING = "(all)"
"""Name of all firms, or all customers, together."""


class MeasureKey(NamedTuple):
    """What a measure is of."""

    level: str
    """`firm`, `offer`, `product`, `segment`, or `rate`: a transfer rate of a firm's origins (R10)."""
    name: str
    """Of the firm, offer, product or segment; `(all)` for all firms or all customers together."""
    figure: str


@dataclass(frozen=True, eq=False, slots=True)
class Measure:
    """One figure of one run, replication by replication."""

    unit: str
    values: Floats
    """What adds up to the figure, one value a replication; shape (replications,)."""
    divisors: Floats | None = None
    """For a rate, what divides their sum; shape (replications,)."""

    def estimate(self) -> Estimate:
        """Return the figure with its 95 % interval."""
        return mean_estimate(self.values) if self.divisors is None else ratio_estimate(self.values, self.divisors)

    def less(self, other: "Measure") -> Estimate:
        """Return this figure less the same of another run, replication by replication (R17).

        Parameters
        ----------
        other : Measure
            The same figure of another run with the same replications and seed.

        Raises
        ------
        ValueError
            If one has more replications than the other, or one is a rate and the other is not.
        """
        if len(self.values) != len(other.values):
            raise ValueError(f"pairs of {len(self.values)} and {len(other.values)} replications (R17)")
        if (self.divisors is None) != (other.divisors is None):
            raise ValueError("a rate has no difference from what is no rate")
        if self.divisors is None or other.divisors is None:
            return mean_estimate(self.values - other.values)
        return difference_of_ratios(self.values, self.divisors, other.values, other.divisors)


def measures(reckoning: Reckoning) -> dict[MeasureKey, Measure]:
    """Return every figure of a run, replication by replication, in the order in which results show them.

    Parameters
    ----------
    reckoning : Reckoning
        A run's, such as `Result.reckoning`.
    """
    return dict(_all(reckoning))


def measure_keys(problem: Problem) -> tuple[MeasureKey, ...]:
    """Return which figures a run will have, before there is one.

    Parameters
    ----------
    problem : Problem
        What is to be simulated.
    """
    blank = Tally(problem)
    blank.offers.append(np.zeros((len(problem.offers.names), len(OFFER_COUNTS))))
    blank.products.append(np.zeros((len(problem.products.names), len(PRODUCT_COUNTS))))
    blank.segments.append(np.zeros((len(problem.segments.names), len(SEGMENT_COUNTS))))
    return tuple(measures(Reckoning(problem, blank)))


def is_rate(key: MeasureKey) -> bool:
    """Return whether a figure is a ratio of sums over replications (R17)."""
    return key.level == "rate" or (key.figure in FIGURE_BY_NAME and bool(FIGURE_BY_NAME[key.figure].per))


def _all(reckoning: Reckoning) -> Iterator[tuple[MeasureKey, Measure]]:
    problem = reckoning.problem
    for level, names, counts_of in (
        ("firm", problem.firms.names, reckoning.counts_of_firm),
        ("offer", problem.offers.names, reckoning.counts_of_offer),
        ("product", problem.products.names, reckoning.counts_of_product),
    ):
        for place, name in enumerate(names):
            counts = counts_of(place)
            for figure in FIGURES:
                parts = figure_parts(figure, counts)
                if parts is not None:
                    yield MeasureKey(level, name, figure.name), Measure(figure.unit, *parts)
    total: dict[str, Floats] = {}
    for place, name in enumerate(problem.segments.names):
        for figure_name, values in reckoning.counts_of_segment(place).items():
            total[figure_name] = total[figure_name] + values if figure_name in total else values
            yield MeasureKey("segment", name, figure_name), Measure(_unit_of_segment(figure_name), values)
    for figure_name, values in total.items():
        yield MeasureKey("segment", EVERYTHING, figure_name), Measure(_unit_of_segment(figure_name), values)
    for firm_name in (EVERYTHING, *problem.firms.names):
        counts = reckoning.counts_of_origins(None if firm_name == EVERYTHING else firm_name)
        for rate, (top, bottom) in rate_parts(counts).items():
            yield MeasureKey("rate", firm_name, rate), Measure("share", top, bottom)


def _unit_of_segment(figure: str) -> str:
    return "money" if figure == "consumer_surplus" else "customers"
