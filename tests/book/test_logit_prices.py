"""Prices under the logit: the monopolist's one margin, revenue-ordered sets, and the equilibrium of firms.

Evidence level C: closed forms and theorems, confirmed by brute force on instances of our own; no printed numbers.
"""

import itertools
import math

import numpy as np
import pytest

from demandshift.models.literature.logit_pricing import best_margin
from demandshift.models.optimise.equilibrium import ladder_equilibrium, logit_equilibrium, mixture_profits
from demandshift.models.optimise.offer_sets import LatentClassSets, LogitSets, every_set
from demandshift.models.optimise.outcome import SolverError

MONOPOLIES = [
    ([1.0, 0.5, 0.0], [0.0, 0.0, 0.0], 1.0, 1.8466901465354468, 0.8466901465354468),
    ([10.0, 9.0, 7.0], [4.0, 4.0, 3.0], 1.5, 5.421057455779728, 3.921057455779728),
    ([2.0] * 4, [1.0] * 4, 0.5, 1.3995203765859463, 0.8995203765859463),
]


@pytest.mark.parametrize(("worth", "cost", "scale", "markup", "profit"), MONOPOLIES)
def test_monopoly_markup(worth, cost, scale, markup, profit):
    """If this fails, the Lambert function has a wrong argument (Anderson, de Palma & Thisse 1992; Li & Huh 2011)."""
    best = best_margin(worth, cost, scale)
    assert best.margin == pytest.approx(markup, rel=1e-14)
    assert best.profit == pytest.approx(profit, rel=1e-14)
    shares = np.exp((np.array(worth) - np.array(cost) - markup) / scale)
    shares /= 1 + shares.sum()
    assert best.margin == pytest.approx(scale / (1 - shares.sum()), rel=1e-12)
    alone = logit_equilibrium(worth, cost, [0] * len(worth), scale)
    assert alone.prices == pytest.approx(np.array(cost) + markup, rel=1e-12)
    assert alone.profits == pytest.approx([profit], rel=1e-12)


SYMMETRIC = [
    (2, 1.0, 1.0, 0.0, 3.0),
    (3, 0.5, 2.0, 0.0, 2.75),
    (5, 2.0, 0.0, 0.0, 2.5),
    (2, 1.0, 1.0, 1.0, 2.8917066401224907),
    (3, 0.5, 2.0, math.e, 2.746308421447048),
]


@pytest.mark.parametrize(("firms", "scale", "cost", "outside", "price"), SYMMETRIC)
def test_bertrand_equilibrium(firms, scale, cost, outside, price):
    """If this fails, a best response is not one, or the iteration stops too early.

    Anderson, de Palma & Thisse 1992, ch. 7, quality 5: p = c + s n/(n − 1) where everybody buys, p = c + s/(1 − share)
    else. An outside option of utility 0.5 at scale 0.5 has a weight of e.
    """
    found = logit_equilibrium([5.0] * firms, [cost] * firms, range(firms), scale, outside=outside)
    assert found.prices == pytest.approx([price] * firms, rel=3e-8)
    assert found.epsilon <= 1e-10 * scale
    assert f"{found.epsilon:.2g}" in str(found)
    if not outside:
        assert found.prices == pytest.approx([cost + scale * firms / (firms - 1)] * firms, rel=1e-8)
        assert found.profits == pytest.approx([scale / (firms - 1)] * firms, rel=1e-8)


def test_one_margin_for_each_firm():
    """If this fails, a firm with several products prices each as if the others were not its own."""
    worth, cost, firm = np.array([5.0, 4.0, 6.0, 3.0]), np.array([1.0, 2.0, 3.0, 0.5]), np.array([0, 0, 1, 1])
    found = logit_equilibrium(worth, cost, firm, 1.3)
    weights = np.exp((worth - found.prices) / 1.3)
    shares = weights / (1 + weights.sum())
    for each in (0, 1):
        margin = 1.3 / (1 - shares[firm == each].sum())
        assert (found.prices - cost)[firm == each] == pytest.approx([margin] * 2, rel=1e-8)
    profits = mixture_profits([worth], cost, firm, [1.3], [1.0])
    assert profits(found.prices) == pytest.approx(found.profits)
    rng = np.random.default_rng(3)
    for each in (0, 1):
        for _ in range(300):
            moved = found.prices + np.where(firm == each, rng.normal(0, 1, 4), 0.0)
            assert profits(moved)[each] <= found.profits[each] + found.epsilon + 1e-12


def test_ladders_come_near_the_equilibrium():
    """If this fails, the game on ladders is another game than the one in real prices."""
    worth, cost, firm = [5.0, 4.5], [1.0, 1.0], [0, 1]
    exact = logit_equilibrium(worth, cost, firm, 1.0)
    ladder = np.round(np.arange(1.0, 5.0, 0.05), 2)
    found, prices = ladder_equilibrium(mixture_profits([worth], cost, firm, [1.0], [1.0]), [ladder, ladder], firm)
    assert found.is_equilibrium
    assert found.epsilon == 0
    assert prices[0] == pytest.approx(exact.prices, abs=0.05)


def test_a_mixture_without_equilibrium_reports_its_cycle():
    """If this fails, the last prices of a cycle are handed out as an equilibrium.

    Two firms alike; each has buyers who look at nothing else, and compete for bargain hunters (Varian 1980: no
    equilibrium in pure prices). Undercutting pays until the loyal alone pay more, and the dear price is back.
    """
    never = -1000.0
    worth = [[10.0, never], [never, 10.0], [10.0, 10.0]]
    ladder = np.arange(2.0, 10.0, 0.5)
    profits = mixture_profits(worth, [0.0, 0.0], [0, 1], [0.1, 0.1, 0.05], [2.0, 2.0, 3.0])
    found, prices = ladder_equilibrium(profits, [ladder, ladder], [0, 1])
    assert not found.is_equilibrium
    assert found.epsilon > 0.1
    assert "go round" in str(found)
    assert len(prices) == len(found.choices) > 2
    for state, here, gains in zip(prices, found.profits, found.gains, strict=True):
        best = [max(profits(np.where(np.arange(2) == f, p, state))[f] for p in ladder) for f in (0, 1)]
        assert np.maximum(np.array(best) - here, 0) == pytest.approx(gains, abs=1e-9)
    everywhere = [np.array(state) for state in itertools.product(ladder, repeat=2)]
    assert all(
        any(profits(np.where(np.arange(2) == f, p, s))[f] > profits(s)[f] + 1e-9 for f in (0, 1) for p in ladder)
        for s in everywhere
    ), "the ladder has an equilibrium"


def test_what_has_no_equilibrium_price():
    """If this fails, customers who must buy from one firm have a price, or too few rounds pass for an answer."""
    with pytest.raises(ValueError, match="one firm alone"):
        logit_equilibrium([1.0], [0.0], [0], 1.0, outside=0.0)
    with pytest.raises(ValueError, match="needs a product"):
        logit_equilibrium([1.0], [0.0], [1], 1.0)
    with pytest.raises(ValueError, match="one length"):
        logit_equilibrium([1.0], [0.0, 1.0], [0], 1.0)
    with pytest.raises(SolverError, match="still gains"):
        logit_equilibrium([5.0, 4.0], [0.0, 0.0], [0, 1], 1.0, most_rounds=1, tolerance=1e-14)
    with pytest.raises(ValueError, match="combinations"):
        ladder_equilibrium(lambda prices: prices, [range(1000)] * 2, [0, 0])
    with pytest.raises(ValueError, match="above 0"):
        best_margin([1.0], [0.0], 1.0, outside=0.0)


@pytest.mark.parametrize("seed", range(5))
def test_revenue_ordered_sets(seed):
    """If this fails, sixty random logits have a better set than the first few in order of price.

    Talluri & van Ryzin 2004, Management Science 50(1), Prop. 6.
    """
    rng = np.random.default_rng(seed)
    for _ in range(60):
        prices, weights = rng.uniform(1, 10, 6), rng.uniform(0.1, 3, 6)
        listed = every_set(logit_sales(weights), range(6), prices)
        best, value = listed.best(np.zeros(6))
        found, limit = LogitSets(prices, weights).best(np.zeros(6))
        assert found.value == pytest.approx(value, rel=1e-12) == limit
        dearest = np.argsort(-prices)[: len(best.items)]
        assert set(best.items) == set(dearest.tolist()) == set(found.items)


def logit_sales(weights):
    """Return what a set sells under one logit."""

    def sales(items):
        offered = weights * np.isin(np.arange(len(weights)), items)
        return offered / (1 + offered.sum())

    return sales


def test_popular_sets():
    """If this fails, equal margins and a cost for each product call for a set that is not of the most popular ones.

    van Ryzin & Mahajan 1999, Theorem 1, on sixty random instances; all sets are tried.
    """
    rng = np.random.default_rng(8)
    for _ in range(60):
        weights, cost = np.sort(rng.uniform(0.1, 2, 6))[::-1], rng.uniform(0.005, 0.08)
        listed = every_set(
            logit_sales(weights),
            range(6),
            np.ones(6),
            value=lambda items, w=weights, c=cost: w[list(items)].sum() / (1 + w[list(items)].sum()) - c * len(items),
        )
        best, _ = listed.best(np.zeros(6))
        assert best.items == tuple(range(len(best.items)))


@pytest.mark.parametrize(
    ("most", "items", "revenue"),
    [
        (1, (3,), 3.774193548387097),
        (2, (1, 3), 4.235294117647059),
        (3, (0, 1, 2), 4.476190476190476),
        (4, (0, 1, 2, 3), 4.493150684931507),
    ],
)
def test_limited_sets(most, items, revenue):
    """If this fails, sets with a limit are thought to be revenue-ordered: alone, the cheap offer wins.

    Rusmevichientong, Shen & Shmoys 2010, the example with prices 9.5, 9, 7, 4.5.
    """
    prices = np.array([9.5, 9.0, 7.0, 4.5])
    listed = every_set(logit_sales(np.array([0.2, 0.6, 0.3, 5.2])), range(4), prices)
    allowed = [place for place, each in enumerate(listed.items) if len(each) <= most]
    best = max(allowed, key=lambda place: listed.values[place])
    assert listed.items[best] == items
    assert listed.values[best] == pytest.approx(revenue, rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_latent_classes_against_all_sets(seed):
    """If this fails, the mixed-integer program misses the best set, or the search for a good one claims too much."""
    rng = np.random.default_rng(seed)
    products = [0, 0, 1, 1, 2, 2, 3]
    margins, opportunity = rng.uniform(1, 10, 7), rng.uniform(0, 3, 7)
    weights = rng.uniform(0.1, 3, (3, 7)) * (rng.random((3, 7)) < 0.6)
    outside, rates = rng.uniform(0.5, 2, 3), rng.uniform(0.1, 1, 3)

    def sales(items):
        offered = weights * np.isin(np.arange(7), items)
        return rates @ (offered / (outside + offered.sum(axis=1))[:, None])

    _, best = every_set(sales, products, margins).best(opportunity)
    oracle = LatentClassSets(margins, weights, outside, rates, products)
    found, limit = oracle.best(opportunity)
    assert found.net(opportunity) == pytest.approx(best, rel=1e-7)
    assert limit >= best - 1e-7
    assert limit == pytest.approx(best, rel=1e-6)
    assert oracle.good(opportunity).net(opportunity) <= best + 1e-9
    assert found.sales == pytest.approx(sales(found.items))
