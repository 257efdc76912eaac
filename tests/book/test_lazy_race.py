"""The lazy race has exactly the distribution of the plain one, and both have the closed form's (R6, R7, R9, R10).

Evidence level A for the shares and the log-sum (McFadden 1974; Small & Rosen 1981). The joint distribution of favourite
and transfer follows from exponential times of arrival: given that favourite j arrives first, at time a, and that k is
bought, at the time z a after its transfer cost has multiplied it by f_k = e^{cost/s},

    P(favourite j, buys k with net surplus > s log m) = w_j (w_k / f_k) ∫_{f_k}^∞ dz / L_m(z)²,
    L_m(z) = W + Σ_groups w_g max(0, z/f_g − 1) + (m z − 1),

where W sums all weights, 1 for nothing included, and w_g those of the offers to be had whose transfer costs the same,
the favourite left out. The integral is over pieces on which L_m is a straight line.
"""

import inspect
import math
import os
import types
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from demandshift.models.choice.lazy_logit import LazyLogit
from demandshift.models.choice.logit import Logit
from demandshift.models.problem import Transfer
from demandshift.simulator import lazy_race
from demandshift.simulator.decision import (
    NOT_TO_BE_HAD,
    SegmentView,
    best,
    best_alternative,
    net_of_transfer,
    origin_of,
)
from demandshift.simulator.draws import Draws

# Long statistics: counting branches would make them several times as long, and unit tests count the same ones.
pytestmark = pytest.mark.no_cover

SHORT = os.environ.get("DEMANDSHIFT_SHORT", "") not in ("", "0")
CUSTOMERS = 20_000 if SHORT else 200_000
FOR_MISTAKES = 20_000
"""Few, so that what they show wrong, the full number shows all the more."""

FARTHEST = 4.5
"""Standard errors that a cell may be off: one of some 100 is farther in one of 1,500 runs, and seeds are fixed."""
SMALLEST_P = 1e-4

SCALE = 0.7
WORTH = (2.0, 1.6, 2.2, 3.0, 1.9, 2.1, 1.2, 0.9, -math.inf)
PRICES = (1.5, 1.2, 2.0, 1.0, 1.6, 1.4, 1.3, 0.8, 1.0)
FIRMS = [0, 0, 0, 0, 1, 1, 1, 0, 1]
OPEN = (True, True, True, False, True, True, True, True, True)
TO_BE_HAD = (False, True, True, False, True, False, True, False, True)
COSTS = [(0.2, 0.5), (0.6, 0.1), (0.0, 0.0)]
"""Substitutive and competitive, in money: dear rivals, near rivals, plain substitution."""

WEIGHTS = [
    weight if is_open else 0.0 for weight, is_open in zip(LazyLogit(WORTH, SCALE).weights(PRICES), OPEN, strict=True)
]
TOTAL = 1 + sum(WEIGHTS)
OFFERS = range(len(WORTH))
LOST, NOBODY = "lost", -1


def view_of(costs):
    """Return a segment at home nowhere whose customers do not wait."""
    return SegmentView(
        segment=0,
        offers=list(OFFERS),
        firms=FIRMS,
        substitutive_cost=costs[0],
        competitive_cost=costs[1],
        strategic_cost=0.0,
        home_offer=-1,
        home_firm=-1,
        waits=False,
        discount=1.0,
        longest_wait=0.0,
        believed_chance=1.0,
        expected_delay=math.nan,
    )


# The truth


def chance_to_buy(costs, favourite, bought, beyond=1.0):
    """Return P(this favourite, this purchase, net surplus above s log `beyond`) by the closed form above."""
    factors = [math.exp(cost / SCALE) for cost in costs]
    rates = [
        sum(
            WEIGHTS[k] for k in OFFERS if k != favourite and TO_BE_HAD[k] and (FIRMS[k] != FIRMS[favourite]) == is_rival
        )
        for is_rival in (False, True)
    ]

    def level(z):
        moved = sum(rate * max(0.0, z / factor - 1) for rate, factor in zip(rates, factors, strict=True))
        return TOTAL + moved + beyond * z - 1

    own = factors[FIRMS[bought] != FIRMS[favourite]]
    corners = sorted({own, *(factor for factor in factors if factor > own)})
    inner = sum((end - start) / (level(start) * level(end)) for start, end in pairwise(corners))
    last = corners[-1]
    tail = 1 / (level(last) * (sum(rate / factor for rate, factor in zip(rates, factors, strict=True)) + beyond))
    return WEIGHTS[favourite] * WEIGHTS[bought] / own * (inner + tail)


def true_cells(costs):
    """Return the probability of every (favourite, what was bought)."""
    cells = {(NOBODY, NOBODY): 1 / TOTAL}
    for favourite in OFFERS:
        if TO_BE_HAD[favourite]:
            cells[favourite, favourite] = WEIGHTS[favourite] / TOTAL
            continue
        for bought in OFFERS:
            if TO_BE_HAD[bought]:
                cells[favourite, bought] = chance_to_buy(costs, favourite, bought)
        moved = sum(chance for cell, chance in cells.items() if cell[0] == favourite)
        cells[favourite, NOBODY] = WEIGHTS[favourite] / TOTAL - moved
    return {cell: chance for cell, chance in cells.items() if chance > 0}


def true_willing():
    """Return the probability of every (favourite, kind, alternative) of who is turned away and willing."""
    cells = {}
    for favourite in OFFERS:
        for kind in (Transfer.SUBSTITUTIVE, Transfer.COMPETITIVE):
            rivals = kind is Transfer.COMPETITIVE
            members = [k for k in OFFERS if k != favourite and (FIRMS[k] != FIRMS[favourite]) == rivals]
            rate = sum(WEIGHTS[k] for k in members)
            for k in members:
                chance = WEIGHTS[favourite] / TOTAL * WEIGHTS[k] / (rate + 1)
                if not TO_BE_HAD[favourite] and chance > 0:
                    cells[favourite, kind, k] = chance
    return cells


def true_surplus(costs):
    """Return the mean consumer surplus of who was served at once, moved within the firm, and moved to a rival."""
    served = SCALE * TOTAL * math.log(TOTAL) / (TOTAL - 1)
    mean = {"served": served}
    pairs = [(i, k) for i in OFFERS for k in OFFERS if WEIGHTS[i] and not TO_BE_HAD[i] and TO_BE_HAD[k] and WEIGHTS[k]]
    for name, is_rival in (("recaptured", False), ("diverted", True)):
        chosen = [(i, k) for i, k in pairs if (FIRMS[i] != FIRMS[k]) == is_rival]

        def above(money, chosen=chosen):
            return sum(chance_to_buy(costs, i, k, math.exp(money / SCALE)) for i, k in chosen)

        area, _ = integrate.quad(above, 0, 60 * SCALE, limit=200)
        mean[name] = area / above(0.0)
    return mean


# The races


def lazily(module, costs, customers, seed=3):
    """Yield what becomes of customers in the lazy race, as a module tells it."""
    view = view_of(costs)
    draws = Draws(seed, 0).segment(0)
    for person in range(customers):
        yield module.run_race(view, SCALE, WEIGHTS, TO_BE_HAD, draws.person(person))


def plainly(costs, customers, seed=4):
    """Yield what becomes of customers with a draw for every offer, by the rules that the engine decides by."""
    view, model = view_of(costs), Logit(WORTH, SCALE, taste_slots=[offer + 1 for offer in OFFERS])
    draws = Draws(seed, 0).segment(0)
    for person in range(customers):
        worth = model.reservation_prices(draws.person(person))
        surplus = [worth[k] - PRICES[k] if OPEN[k] else NOT_TO_BE_HAD for k in OFFERS]
        favourite = origin_of(view, surplus)
        if surplus[favourite] < 0:
            yield lazy_race.Ending(NOBODY)
            continue
        net = net_of_transfer(view, surplus, favourite)
        within = [net[k] if TO_BE_HAD[k] else NOT_TO_BE_HAD for k in OFFERS]
        bought = best(within, preferred=favourite)
        bought = bought if within[bought] >= 0 else NOBODY
        willing = []
        for kind in (Transfer.SUBSTITUTIVE, Transfer.COMPETITIVE):
            alternative = best_alternative(view, surplus, favourite, kind)
            if alternative >= 0 and not TO_BE_HAD[favourite]:
                willing.append((kind, alternative))
        yield lazy_race.Ending(favourite, bought, within[bought] if bought >= 0 else 0.0, tuple(willing))


class Told:
    """Counts and consumer surplus of many customers."""

    def __init__(self, endings):
        self.cells, self.willing, self.number = Counter(), Counter(), 0
        self.surplus = {"served": [], "recaptured": [], "diverted": []}
        for ending in endings:
            self.number += 1
            self.cells[ending.favourite, ending.bought] += 1
            self.willing.update((ending.favourite, *each) for each in ending.willing)
            if ending.bought >= 0:
                self.surplus[self.outcome(ending)].append(ending.surplus)

    @staticmethod
    def outcome(ending):
        """Return the outcome of a purchase."""
        if ending.bought == ending.favourite:
            return "served"
        return "recaptured" if FIRMS[ending.bought] == FIRMS[ending.favourite] else "diverted"

    def farthest(self, truth, counts):
        """Return the largest distance of a count from its expectation, in standard errors; strange cells are far."""
        if set(counts) - set(truth):
            return math.inf
        return max(
            abs(counts[cell] - self.number * chance) / math.sqrt(self.number * chance * (1 - chance))
            for cell, chance in truth.items()
        )

    def p_value(self, truth):
        """Return the p-value of the chi-square test of all cells; rare ones are put together."""
        if set(self.cells) - set(truth):
            return 0.0
        pairs = [(self.cells[cell], self.number * chance) for cell, chance in truth.items()]
        common = [pair for pair in pairs if pair[1] >= 5]
        rare = np.sum([pair for pair in pairs if pair[1] < 5], axis=0)
        observed, expected = zip(*common, *([tuple(rare)] if np.size(rare) > 1 else []), strict=True)
        return float(stats.chisquare(observed, np.array(expected) * sum(observed) / sum(expected)).pvalue)

    def surplus_off(self, truth):
        """Return the largest distance of a mean consumer surplus from the truth, in its own standard errors."""
        return max(
            abs(np.mean(found) - truth[name]) / (np.std(found, ddof=1) / math.sqrt(len(found)))
            for name, found in self.surplus.items()
        )


def judged(told, costs):
    """Return whether customers pass: cells, willing, chi-square, consumer surplus."""
    cells = true_cells(costs)
    return {
        "cells": told.farthest(cells, told.cells) <= FARTHEST,
        "chi-square": told.p_value(cells) > SMALLEST_P,
        "willing": told.farthest(true_willing(), told.willing) <= FARTHEST,
        "surplus": told.surplus_off(true_surplus(costs)) <= 4,
    }


PASSES = dict.fromkeys(("cells", "chi-square", "willing", "surplus"), True)


def test_the_closed_form_adds_up():
    """If this fails, the truth itself is wrong: cells must sum to 1, and with free moves whoever is pleased buys."""
    for costs in COSTS:
        assert sum(true_cells(costs).values()) == pytest.approx(1, abs=1e-12)
    left = 1 + sum(WEIGHTS[k] for k in OFFERS if TO_BE_HAD[k])
    bought = Counter()
    for (_, offer), chance in true_cells((0.0, 0.0)).items():
        bought[offer] += chance
    for offer in OFFERS:
        if TO_BE_HAD[offer]:
            assert bought[offer] == pytest.approx(WEIGHTS[offer] / left, abs=1e-12), "plain substitution is the logit"
    dear = true_cells((50.0, 50.0))
    assert sum(chance for (i, k), chance in dear.items() if k not in (i, NOBODY)) < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("costs", COSTS, ids=["dear-rivals", "near-rivals", "free"])
def test_the_lazy_race_has_the_closed_form_s_distribution(costs):
    """If this fails, customers of large sets differ from those of small ones in what they want, take, lose or gain."""
    told = Told(lazily(lazy_race, costs, CUSTOMERS))
    assert judged(told, costs) == PASSES


@pytest.mark.slow
@pytest.mark.parametrize("costs", COSTS, ids=["dear-rivals", "near-rivals", "free"])
def test_the_plain_race_has_the_closed_form_s_distribution(costs):
    """If this fails, the closed form is not what the engine's rules mean, and the test above shows nothing."""
    assert judged(Told(plainly(costs, CUSTOMERS // 2)), costs) == PASSES


@pytest.mark.slow
def test_lazy_and_plain_customers_are_of_one_kind():
    """If this fails, the two races differ where the closed form is not asked: two samples, all cells at once."""
    lazy, plain = (Told(each) for each in (lazily(lazy_race, COSTS[0], CUSTOMERS, 8), plainly(COSTS[0], CUSTOMERS, 9)))
    for name in ("cells", "willing"):
        both = [getattr(told, name) for told in (lazy, plain)]
        common = [cell for cell in set(both[0]) | set(both[1]) if both[0][cell] + both[1][cell] >= 10]
        table = [[counts[cell] for cell in common] for counts in both]
        z = [(a - b) / math.sqrt(a + b) for a, b in zip(*table, strict=True)]
        assert max(map(abs, z)) <= FARTHEST
        assert stats.chi2_contingency(table).pvalue > SMALLEST_P
    for name in ("served", "recaptured", "diverted"):
        # The whole distribution of what customers gain, not its mean alone.
        assert stats.ks_2samp(lazy.surplus[name], plain.surplus[name]).pvalue > SMALLEST_P


@pytest.mark.parametrize(
    ("right", "wrong", "caught"),
    [
        ("arrives = favourite_at + chance", "arrives = chance", {"cells", "chi-square", "surplus"}),
        (
            "nothing_at = favourite_at + split * drawn_sum",
            "nothing_at = split * drawn_sum",
            {"cells", "chi-square"},
        ),
        ("and position != favourite", "", {"willing"}),
        ("(1.0 - split) * drawn_sum / total", "(1.0 - split) * drawn_sum", {"cells", "chi-square", "surplus"}),
        ("log(1.0 + total * split", "log(1.0 + split", {"surplus"}),
        ("log(1.0 + total * split", "log(total * split", {"surplus"}),
        ("SUM_SLOTS = (2, 3)", "SUM_SLOTS = (2, 2)", {"cells", "chi-square", "willing"}),
        ("/ group_weight\n", "\n", {"cells", "chi-square", "willing"}),
        ("sums = [1.0]", "sums = [0.5]", {"cells", "chi-square"}),
        ("OWNER_SLOT = 8", "OWNER_SLOT = 0", {"cells", "chi-square", "willing"}),
        (" - view.cost(favourite, owner)", "", {"cells", "chi-square", "surplus"}),
        ("surplus > bought_surplus or", "surplus < bought_surplus or", {"cells", "chi-square"}),
        ("for half in (TO_BE_HAD, LACKING):", "for half in (TO_BE_HAD,):", {"willing"}),
        ("if arrives < liked_at:", "if liked_best == NOBODY:", {"willing"}),
    ],
    ids=[
        "forgets-when-the-favourite-came",
        "nothing-from-the-start",
        "favourite-in-its-group",
        "favourite-as-slow-as-nothing",
        "surplus-without-weights",
        "surplus-without-one",
        "one-exponential-twice",
        "group-without-weight",
        "nothing-weighs-half",
        "owner-by-the-favourite-s-draw",
        "free-moves",
        "the-worse-of-two",
        "only-what-is-there",
        "there-before-missing",
    ],
)
def test_likely_mistakes_would_be_seen(right, wrong, caught):
    """If this fails, the tests above have no power: a wrong race passes them."""
    source = inspect.getsource(lazy_race)
    assert source.count(right) == 1, "the mistake is made in one place"
    mistaken = types.ModuleType("demandshift.simulator.mistaken_race")
    mistaken.__package__ = "demandshift.simulator"
    exec(compile(source.replace(right, wrong), "mistaken_race", "exec"), vars(mistaken))
    found = judged(Told(lazily(mistaken, COSTS[0], FOR_MISTAKES)), COSTS[0])
    assert {name for name, passes in found.items() if not passes} >= caught


@pytest.mark.slow
def test_the_mean_consumer_surplus_is_the_log_sum():
    """If this fails, the lazy race's money is not the logit's: with all to be had, s log W (Small & Rosen 1981)."""
    draws, view = Draws(5, 0).segment(0), view_of((0.0, 0.0))
    to_be_had = [True] * len(WEIGHTS)
    found = [lazy_race.run_race(view, SCALE, WEIGHTS, to_be_had, draws.person(i)).surplus for i in range(CUSTOMERS)]
    error = np.std(found, ddof=1) / math.sqrt(CUSTOMERS)
    assert abs(np.mean(found) - SCALE * math.log(TOTAL)) <= 4 * error
    assert error < 0.01 * SCALE * math.log(TOTAL)
