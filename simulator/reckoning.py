"""From a tally to estimates: every figure, transfer and rate with its interval, before anybody makes a table of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..models.problem import Floats, Integers, Problem, Transfer
from .estimates import Estimate, mean_estimate, ratio_estimate
from .figures import FIGURE_BY_NAME, FIGURES, KINDS, OFFER_COUNTS, PRODUCT_COUNTS, SEGMENT_COUNTS, Figure, figure_parts
from .tally import Tally

RATES_BY_CHOICE = {"waiting_by_choice": "waited_by_choice", "leaving_home": "left_home"}
"""Rates of those whom nobody turned away, by the count that each is made of: shares of demand (R10)."""

Figures = list[tuple[Figure, Estimate]]
"""Figures of one firm, offer or product, in the order of `FIGURES`."""


@dataclass(frozen=True)
class Reckoning:
    """Estimates of everything that a tally holds."""

    problem: Problem
    tally: Tally

    def of_firms(self) -> dict[str, Figures]:
        """Return the figures of each firm."""
        return {name: _figures(self.counts_of_firm(firm)) for firm, name in enumerate(self.problem.firms.names)}

    def by_replication(self, figure: str, firm: str) -> Floats:
        """Return a firm's figure, one value a replication, for paired comparisons; shape (replications,).

        Raises
        ------
        ValueError
            For a figure that is a rate: rates are compared as ratios of sums.
        """
        parts = figure_parts(FIGURE_BY_NAME[figure], self.counts_of_firm(self.problem.firms.names.index(firm)))
        assert parts is not None, "a firm has every figure"
        values, divisor = parts
        if divisor is not None:
            raise ValueError(f"{figure} is a rate, which has no value of one replication")
        return values

    def surplus_by_replication(self) -> Floats:
        """Return the consumer surplus of all segments, one value a replication, in money; nan where one has none."""
        values = [self.counts_of_segment(segment) for segment in range(len(self.problem.segments.names))]
        total: Floats = np.sum([each["consumer_surplus"] for each in values], axis=0)
        return total

    def of_offers(self) -> dict[str, Figures]:
        """Return the figures of each offer; customers stand at their origin."""
        return {name: _figures(self.counts_of_offer(offer)) for offer, name in enumerate(self.problem.offers.names)}

    def of_products(self) -> dict[str, Figures]:
        """Return the figures of each product."""
        return {
            name: _figures(self.counts_of_product(product)) for product, name in enumerate(self.problem.products.names)
        }

    def of_segments(self) -> dict[str, dict[str, Estimate]]:
        """Return what became of each segment's cohort."""
        return {
            name: {figure: mean_estimate(values) for figure, values in self.counts_of_segment(segment).items()}
            for segment, name in enumerate(self.problem.segments.names)
        }

    def of_customers(self) -> dict[str, Estimate]:
        """Return what became of all customers together."""
        total: dict[str, Floats] = {}
        for segment in range(len(self.problem.segments.names)):
            for figure, values in self.counts_of_segment(segment).items():
                total[figure] = total[figure] + values if figure in total else values
        return {figure: mean_estimate(values) for figure, values in total.items()}

    def transfers(self) -> list[dict[str, Any]]:
        """Return the moves of customers who were turned away.

        Kind, from, to, and estimates of willing and transferred.
        """
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

    def transfer_shares(self) -> list[dict[str, Any]]:
        """Return of the customers turned away from each offer the share who bought each other one at once."""
        offers = self.problem.offers
        column = {name: index for index, name in enumerate(OFFER_COUNTS)}
        counts = self._offers
        away = counts[:, :, column["stockouts"]] + counts[:, :, column["refusals"]]
        rows = []
        for origin, kind, destination in sorted({key for moved in self.tally.moved for key in moved}):
            if kind != Transfer.STRATEGIC:
                moved = np.array(
                    [each.get((origin, kind, destination), 0) for each in self.tally.moved], dtype=np.float64
                )
                rows.append(
                    {
                        "store": self.problem.firms.names[int(offers.firm[origin])],
                        "from": offers.names[origin],
                        "to": offers.names[destination],
                        "share": ratio_estimate(moved, away[:, origin]),
                    }
                )
        return rows

    def matrix(self) -> list[tuple[tuple[int, ...], Estimate]]:
        """Return the cells of the transfer matrix by (origin, cause, outcome, destination) (R12)."""
        keys = {key for counts in self.tally.matrix for key in counts}
        return [(key, _mean_of(self.tally.matrix, key)) for key in sorted(keys)]

    def rates(self, firm: str | None = None) -> dict[str, Estimate]:
        """Return the transfer rates by kind (R10) and the rates by choice, for the origins of a firm or of all."""
        parts = rate_parts(self.counts_of_origins(firm))
        return {kind: ratio_estimate(top, bottom) for kind, (top, bottom) in parts.items()}

    # Counts, one value a replication

    @cached_property
    def _offers(self) -> Floats:
        return np.stack(self.tally.offers)

    @cached_property
    def _products(self) -> Floats:
        return np.stack(self.tally.products)

    @cached_property
    def _segments(self) -> Floats:
        return np.stack(self.tally.segments)

    def counts_of_firm(self, firm: int) -> dict[str, Floats]:
        """Return the counts of a firm's offers and products by name, shape (replications,) each."""
        offers = np.flatnonzero(self.problem.offers.firm == firm)
        products = np.flatnonzero(self.problem.products.firm == firm)
        of_products = self._products[:, products, :].sum(axis=1)
        return {**self._counts_of_offers(offers), **dict(zip(PRODUCT_COUNTS, of_products.T, strict=True))}

    def counts_of_offer(self, offer: int) -> dict[str, Floats]:
        """Return the counts of an offer by name, shape (replications,) each."""
        return self._counts_of_offers(np.array([offer]))

    def counts_of_product(self, product: int) -> dict[str, Floats]:
        """Return the counts of a product by name, shape (replications,) each."""
        return dict(zip(PRODUCT_COUNTS, self._products[:, product, :].T, strict=True))

    def counts_of_segment(self, segment: int) -> dict[str, Floats]:
        """Return the counts of a segment's cohort by name, shape (replications,) each."""
        return dict(zip(SEGMENT_COUNTS, self._segments[:, segment, :].T, strict=True))

    def counts_of_origins(self, firm: str | None) -> dict[str, Floats]:
        """Return the counts of customers whose origin is a firm's offer, or any offer; shape (replications,) each."""
        owners, names = self.problem.offers.firm.tolist(), self.problem.firms.names
        own = [offer for offer, owner in enumerate(owners) if firm is None or names[owner] == firm]
        return self._counts_of_offers(np.array(own, dtype=np.int64))

    def _counts_of_offers(self, offers: Integers) -> dict[str, Floats]:
        counts = self._offers[:, offers, :].sum(axis=1)
        return dict(zip(OFFER_COUNTS, counts.T, strict=True))


def rate_parts(counts: Mapping[str, Floats]) -> dict[str, tuple[Floats, Floats]]:
    """Return what each transfer rate (R10) and rate by choice is the ratio of, one value a replication.

    Parameters
    ----------
    counts : mapping of name to array (replications,)
        Those of `OFFER_COUNTS`, for the origins of which the rates are.
    """
    kinds = [kind.name.lower() for kind in KINDS]
    return {
        **{kind: (counts[f"moved_{kind}"], counts[f"willing_{kind}"]) for kind in kinds},
        **{name: (counts[count], counts["demand"]) for name, count in RATES_BY_CHOICE.items()},
    }


def _figures(counts: Mapping[str, Floats]) -> Figures:
    """Return the figures that can be made of some counts."""
    return [
        (figure, mean_estimate(parts[0]) if parts[1] is None else ratio_estimate(parts[0], parts[1]))
        for figure in FIGURES
        if (parts := figure_parts(figure, counts)) is not None
    ]


def _mean_of(counts: Sequence[Mapping[tuple[int, ...], int]], key: tuple[int, ...]) -> Estimate:
    """Return the mean of a sparse count over replications."""
    return mean_estimate(np.array([each.get(key, 0) for each in counts], dtype=np.float64))
