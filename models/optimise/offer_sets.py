"""Oracles: which set of offers is best, given what each sale would cost elsewhere.

An *item* is a product at a price point; of one product at most one item is offered. Item j sells for a margin p_j and
takes units worth m_j (its opportunity cost). Per customer (or per unit of time) a set S sells q_j(S) and is worth

    R(S) = Σ_j p_j q_j(S),    and an oracle finds    max_S  R(S) − Σ_j m_j q_j(S).

* `LogitSets`: one logit. With r = p − m the best ratio Σ v_j r_j / (v0 + Σ v_j) is the root R of
  Σ_products max(0, max_k v_jk (r_jk − R)) = v0 R. The left side is convex, piecewise linear and falls with R, so
  Newton's steps from R = 0 end at the root itself. Without price points the set holds just the offers with r_j > R:
  revenue-ordered (Talluri & van Ryzin 2004, Prop. 6), the first few when sorted.
* `LatentClassSets`: segments l with rates λ_l, each a logit. In general NP-hard (Bront, Méndez-Díaz & Vulcano 2009);
  a local search proposes, and a mixed-integer program decides (see `LatentClassSets.exact_program`).
* `ListedSets`: every set listed with its sales, for any model of choice with few items.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..problem import Floats, Integers
from .program import Program, Triplets
from .solver import solve

MOST_SETS = 200_000
"""Sets beyond which a list is too long."""


@dataclass(frozen=True)
class OfferSet:
    """What is offered together, per customer or unit of time."""

    items: tuple[int, ...]
    """Positions of the items, increasing."""
    value: float
    """R(S), in money."""
    sales: Floats
    """q(S), in units. Shape (items,)."""

    def net(self, opportunity: Floats) -> float:
        """Return the value less what the sales would be worth elsewhere; `opportunity` has shape (items,)."""
        return self.value - float(self.sales @ opportunity)


class OfferSets(Protocol):
    """A choice model that can name its best offer set."""

    def good(self, opportunity: Floats) -> OfferSet:
        """Return a set that is good, quickly; it need not be the best. `opportunity`: m, shape (items,)."""
        ...

    def best(self, opportunity: Floats) -> tuple[OfferSet, float]:
        """Return the best set, and what no set can beat net of the opportunity cost. `opportunity`: m, (items,)."""
        ...


class LogitSets:
    """Offer sets under one logit.

    Parameters
    ----------
    margins
        Price of each item less its cost (p), in money. Shape (items,).
    weights
        Attraction (v), 0 or more. Shape (items,).
    outside
        Attraction of buying nothing (v0), above 0.
    products
        Product of each item; None where each is a product of its own. Shape (items,).

    Raises
    ------
    ValueError
        When a length does not fit, or a number has no meaning.
    """

    def __init__(
        self,
        margins: npt.ArrayLike,
        weights: npt.ArrayLike,
        outside: float = 1.0,
        products: npt.ArrayLike | None = None,
    ) -> None:
        self._margins, self._weights, _, self._products = _checked(
            margins, np.asarray(weights, dtype=np.float64)[None], [outside], products
        )
        self._outside = float(outside)

    def good(self, opportunity: Floats) -> OfferSet:
        """Return the best set."""
        return self.best(opportunity)[0]

    def best(self, opportunity: Floats) -> tuple[OfferSet, float]:
        """Return the best set, and its net value."""
        weights = self._weights[0]
        chosen = best_of_logit(self._margins - opportunity, weights, self._outside, self._products)
        found = _set_of(chosen, self._margins, self._weights, np.array([self._outside]), np.ones(1))
        return found, found.net(opportunity)


class LatentClassSets:
    """Offer sets under segments that each choose by a logit.

    Parameters
    ----------
    margins
        Price of each item less its cost (p), in money. Shape (items,).
    weights
        Attraction for each segment (v), 0 for what it does not consider. Shape (segments, items).
    outside
        Attraction of buying nothing (v0), above 0. Shape (segments,).
    rates
        Customers of each segment (λ). Shape (segments,).
    products
        Product of each item; None where each is a product of its own. Shape (items,).

    Raises
    ------
    ValueError
        When a length does not fit, or a number has no meaning.
    """

    def __init__(
        self,
        margins: npt.ArrayLike,
        weights: npt.ArrayLike,
        outside: npt.ArrayLike,
        rates: npt.ArrayLike,
        products: npt.ArrayLike | None = None,
    ) -> None:
        self._margins, self._weights, self._outside, self._products = _checked(margins, weights, outside, products)
        self._rates = np.broadcast_to(np.asarray(rates, dtype=np.float64), self._outside.shape).copy()
        if not (np.isfinite(self._rates) & (self._rates >= 0)).all():
            raise ValueError("rates: must be at least 0")
        considered = np.zeros((len(self._outside), int(self._products.max(initial=-1)) + 1), dtype=bool)
        for segment, item in zip(*np.nonzero(self._weights * self._rates[:, None]), strict=True):
            considered[segment, self._products[item]] = True
        self.disjoint = bool((considered.sum(axis=0) <= 1).all())
        """Whether no two segments consider the same product."""

    def good(self, opportunity: Floats) -> OfferSet:
        """Return a set that no change of one product improves (greedy adding, as Bront et al. 2009, and exchange)."""
        if self.disjoint:
            return self._by_segment(opportunity)
        net = self._margins - opportunity
        chosen = np.full(int(self._products.max(initial=-1)) + 1, -1)
        worth = self._weights * net
        top, bottom, value = np.zeros(len(self._rates)), self._outside.copy(), 0.0
        while True:
            there = chosen[self._products]
            gone = there >= 0
            out_top = np.where(gone, worth[:, there], 0.0)
            out_bottom = np.where(gone, self._weights[:, there], 0.0)
            # A move replaces what stands of the product by the item, or takes it away.
            entered = self._rates @ ((top[:, None] - out_top + worth) / (bottom[:, None] - out_bottom + self._weights))
            left = self._rates @ ((top[:, None] - out_top) / (bottom[:, None] - out_bottom))
            moves = np.concatenate([entered, left])
            move = int(np.argmax(moves))
            if moves[move] <= value + 1e-12 * max(abs(value), 1e-300):
                break
            item, taken_away = move % len(net), move >= len(net)
            product = self._products[item]
            chosen[product] = -1 if taken_away else item
            offered = chosen[chosen >= 0]
            top, bottom = worth[:, offered].sum(axis=1), self._outside + self._weights[:, offered].sum(axis=1)
            value = float(self._rates @ (top / bottom))
        return self._set(chosen[chosen >= 0])

    def best(self, opportunity: Floats) -> tuple[OfferSet, float]:
        """Return the best set, and what no set can beat: its own net value, within the solver's gap."""
        if self.disjoint:
            found = self._by_segment(opportunity)
            return found, found.net(opportunity)
        return self._exact(opportunity)

    def _by_segment(self, opportunity: Floats) -> OfferSet:
        net = self._margins - opportunity
        parts = [
            best_of_logit(net, weights, outside, self._products)
            for weights, outside, rate in zip(self._weights, self._outside, self._rates, strict=True)
            if rate > 0
        ]
        return self._set(np.concatenate([np.zeros(0, dtype=np.int64), *parts]))

    def _exact(self, opportunity: Floats) -> tuple[OfferSet, float]:
        """Solve the fractional program over sets as a mixed-integer one.

        With y_j ∈ {0, 1} what is offered, w_l = 1/(v0_l + Σ_j v_lj y_j) and z_lj = w_l y_j:

            maximise  Σ_l λ_l Σ_j v_lj (p_j − m_j) z_lj
            unit      v0_l w_l + Σ_j v_lj z_lj = 1
            offered   z_lj ≤ y_j / (v0_l + v_lj),   z_lj ≥ w_l − (1 − y_j) / v0_l
            scale     Σ_k z_ljk ≤ w_l,              Σ_k y_jk ≤ 1    over the items of a product

        (Bront, Méndez-Díaz & Vulcano 2009, with the upper limits of Méndez-Díaz et al. 2014.)
        """
        program, items = self.exact_program(opportunity)
        solution = solve(program, gap=1e-9)
        found = self._set(items[solution.values["offered"] > 0.5])
        return found, max(found.net(opportunity), solution.bound)

    def exact_program(self, opportunity: Floats) -> tuple[Program, Integers]:
        """Return the program that `best` solves, and the items that its columns `offered` stand for."""
        net = self._margins - opportunity
        items = np.flatnonzero((self._weights * self._rates[:, None]).any(axis=0))
        segments = np.arange(len(self._rates))
        program = Program("best offer set", maximise=True)
        segment, place = np.nonzero(self._weights[:, items])
        item = items[place]
        weight, outside = self._weights[segment, item], self._outside[segment]
        every = np.arange(len(item))
        program.columns("offered", len(items), upper=1.0, integer=True, labels=[f"j{each}" for each in items])
        program.columns("unit", len(segments), labels=[f"l{each}" for each in segments])
        names = [f"l{g}_j{j}" for g, j in zip(segment, item, strict=True)]
        program.columns("part", len(every), objective=self._rates[segment] * weight * net[item], labels=names)
        program.rows(
            "unit",
            len(segments),
            {"unit": Triplets(segments, segments, self._outside), "part": Triplets(segment, every, weight)},
            lower=1.0,
            upper=1.0,
            definition=True,
        )
        own = Triplets(every, every, 1.0)
        program.rows(
            "offered at most",
            len(every),
            {"part": own, "offered": Triplets(every, place, -1.0 / (outside + weight))},
            upper=0.0,
            labels=names,
        )
        program.rows(
            "offered at least",
            len(every),
            {
                "part": own,
                "unit": Triplets(every, segment, -1.0),
                "offered": Triplets(every, place, -1.0 / outside),
            },
            lower=-1.0 / outside,
            labels=names,
        )
        count = int(self._products.max()) + 1
        program.rows(
            "scale",
            len(segments) * count,
            {
                "part": Triplets(segment * count + self._products[item], every, 1.0),
                "unit": Triplets(np.arange(len(segments) * count), np.repeat(segments, count), -1.0),
            },
            upper=0.0,
        )
        program.rows(
            "one price",
            count,
            {"offered": Triplets(self._products[items], np.arange(len(items)), 1.0)},
            upper=1.0,
        )
        return program, items

    def _set(self, chosen: Integers) -> OfferSet:
        return _set_of(chosen, self._margins, self._weights, self._outside, self._rates)


class ListedSets:
    """Offer sets with their sales, one by one.

    Parameters
    ----------
    items
        What each set holds.
    sales
        What it sells, per customer or unit of time. Shape (sets, items).
    values
        What it is worth, in money: the margin of the sales, or whatever is to be large. Shape (sets,).

    Raises
    ------
    ValueError
        When lengths differ.
    """

    def __init__(self, items: Sequence[Sequence[int]], sales: npt.ArrayLike, values: npt.ArrayLike) -> None:
        self.items = tuple(tuple(sorted(each)) for each in items)
        """What each set holds."""
        self.sales = np.array(sales, dtype=np.float64)
        """Shape (sets, items)."""
        self.values = np.array(values, dtype=np.float64)
        """Shape (sets,)."""
        if self.sales.ndim != 2 or self.values.shape != (len(self.items),) or len(self.sales) != len(self.items):
            raise ValueError(f"sales, values: shapes {self.sales.shape}, {self.values.shape}; {len(self.items)} sets")

    def good(self, opportunity: Floats) -> OfferSet:
        """Return the best set."""
        return self.best(opportunity)[0]

    def best(self, opportunity: Floats) -> tuple[OfferSet, float]:
        """Return the best set, of equals the first, and its net value."""
        net = self.values - self.sales @ opportunity
        first = int(np.argmax(net))
        return OfferSet(self.items[first], float(self.values[first]), self.sales[first]), float(net[first])


def every_set(
    sales: Callable[[tuple[int, ...]], npt.ArrayLike],
    products: Sequence[int],
    margins: npt.ArrayLike,
    *,
    value: Callable[[tuple[int, ...]], float] | None = None,
) -> ListedSets:
    """Return all sets that hold at most one item of a product, the empty one first.

    Parameters
    ----------
    sales
        What a set sells, per customer or unit of time, shape (items,); for instance a model's `shares`.
    products
        Product of each item.
    margins
        Price of each item less its cost, in money. Shape (items,).
    value
        What a set is worth, in money; None for the margin of its sales.

    Raises
    ------
    ValueError
        When there are more than `MOST_SETS` sets.
    """
    by_product = [[None, *(i for i, owner in enumerate(products) if owner == each)] for each in sorted(set(products))]
    count = int(np.prod([float(len(choices)) for choices in by_product]))
    if count > MOST_SETS:
        raise ValueError(f"products: {count} sets of offers are too many to list (at most {MOST_SETS})")
    sets = [tuple(sorted(i for i in each if i is not None)) for each in itertools.product(*by_product)]
    sold = np.array([np.asarray(sales(each), dtype=np.float64) for each in sets])
    worth = sold @ np.asarray(margins, dtype=np.float64) if value is None else [value(each) for each in sets]
    return ListedSets(sets, sold, worth)


def best_of_logit(net: Floats, weights: Floats, outside: float, products: Integers) -> Integers:
    """Return the items of the best set under one logit, increasing.

    Parameters
    ----------
    net
        Margin less opportunity cost (r). Shape (items,).
    weights
        Attraction (v). Shape (items,).
    outside
        Attraction of buying nothing (v0).
    products
        Product of each item; at most one of a product is taken.
    """
    ratio, chosen = 0.0, np.zeros(0, dtype=np.int64)
    while True:
        gain = weights * (net - ratio)
        order = np.lexsort((gain, products))
        last = np.ones(len(order), dtype=bool)
        last[:-1] = products[order][1:] != products[order][:-1]
        candidates = order[last]
        candidates = np.sort(candidates[gain[candidates] > 0])
        following = float(weights[candidates] @ net[candidates]) / (outside + float(weights[candidates].sum()))
        if following <= ratio:
            return chosen
        ratio, chosen = following, candidates


def _set_of(chosen: Integers, margins: Floats, weights: Floats, outside: Floats, rates: Floats) -> OfferSet:
    offered = np.zeros(weights.shape[1], dtype=bool)
    offered[chosen] = True
    attraction = weights * offered
    sales = rates @ (attraction / (outside + attraction.sum(axis=1))[:, None])
    return OfferSet(tuple(np.flatnonzero(offered).tolist()), float(sales @ margins), sales)


def _checked(
    margins: npt.ArrayLike, weights: npt.ArrayLike, outside: npt.ArrayLike, products: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats, Integers]:
    margin, weight = np.array(margins, dtype=np.float64), np.array(weights, dtype=np.float64)
    without = np.array(outside, dtype=np.float64)
    owner = np.arange(len(margin)) if products is None else np.array(products, dtype=np.int64)
    if margin.ndim != 1 or weight.shape != (len(without), len(margin)) or owner.shape != margin.shape:
        raise ValueError(
            f"margins, weights, outside, products: shapes {margin.shape}, {weight.shape}, {without.shape}, "
            f"{owner.shape} do not fit each other"
        )
    if not np.isfinite(margin).all():
        raise ValueError("margins: must be finite")
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise ValueError("weights: must be at least 0")
    if not (np.isfinite(without) & (without > 0)).all():
        raise ValueError("outside: must be above 0")
    if owner.size and owner.min() < 0:
        raise ValueError("products: must be positions")
    return margin, weight, without, owner
