"""What a firm assumes about its customers: shares, gains and substitution, by hand and against drawn customers."""

from math import exp, inf, log

import numpy as np
import pytest

from demandshift.models.choice.logit import Logit
from demandshift.models.choice.ranking import PricedRanking, Ranking
from demandshift.models.control.market import Market, OfferView
from demandshift.models.demand.forecast import SegmentWishes
from demandshift.models.demand.intensity import Intensity
from demandshift.models.demand.poisson import PoissonArrivals

SCALE = 0.5
WORTH = (2.5, 2.25, 2.0, 2.25)
PRICES = (1.75, 1.5, 1.5)
RIVAL = 1.625
EVERYTHING = (True, True, True, True)
DRAWN = 400_000


def logit() -> Logit:
    """Return the tastes of the logit segment; position 9 is the slot of buying nothing."""
    return Logit(WORTH, SCALE, 9, taste_slots=range(4))


def wishes(choice, considers=(0, 1, 2, 3), rates=(10.0, 20.0), surcharges=None) -> SegmentWishes:
    """Return a segment whose customers come at one rate in [0, 5) and at another in [5, 10)."""
    return SegmentWishes(PoissonArrivals(Intensity((0.0, 5.0, 10.0), rates), max(rates)), choice, considers, surcharges)


def market(*segments: SegmentWishes, windows=((0.0, inf),), transfer_cost=None) -> Market:
    """Return the market of a firm that sells a, b and c beside its rival's d."""
    offers = [OfferView("a", 0), OfferView("b", 0, windows), OfferView("c", 0), OfferView("d", 1)]
    return Market(segments, offers, 0, transfer_cost)


def weights(extra=(0.0,) * 4) -> list[float]:
    """Return the weight of each offer in the logit, at its price and something on top."""
    prices = (*PRICES, RIVAL)
    return [exp((worth - price - more) / SCALE) for worth, price, more in zip(WORTH, prices, extra, strict=True)]


def test_customers_are_counted_between_edges():
    """A failure means that a plan expects a period's customers at another rate or of another period."""
    expected = [[20.0, 4.0], [10 * 3 + 20 * 1, 6 + 0.5], [80.0, 2.0]]
    two = market(wishes(logit()), wishes(logit(), rates=(2.0, 0.5)))
    assert two.customers([0, 2, 6, 10]) == pytest.approx(np.array(expected))
    assert two.customers([3.0]).shape == (0, 2)


def test_windows_are_looked_up_at_the_moment():
    """A failure means that an offer counts as open when it opens late, or at the moment at which it closes."""
    windowed = market(wishes(logit()), windows=((2.0, 4.0), (6.0, inf)))
    assert [windowed.open_at(moment)[1] for moment in (0.0, 2.0, 3.9, 4.0, 6.0)] == [False, True, True, False, True]
    assert windowed.moments(0.0, 10.0) == [2.0, 4.0, 6.0]
    assert windowed.moments(2.0, 6.0) == [4.0], "the ends of a plan are edges already"


@pytest.mark.parametrize(
    ("open_offers", "rivals", "own", "there"),
    [
        pytest.param(EVERYTHING, {"d": RIVAL}, PRICES, (0, 1, 2, 3), id="everything"),
        pytest.param((True, False, True, True), {"d": RIVAL}, PRICES, (0, 2, 3), id="a window is shut"),
        pytest.param(EVERYTHING, {"d": RIVAL}, (PRICES[0], inf, PRICES[2]), (0, 2, 3), id="closed by the plan"),
        pytest.param(EVERYTHING, {}, PRICES, (0, 1, 2), id="the rival shows no price"),
        pytest.param((True, True, True, False), {"d": RIVAL}, PRICES, (0, 1, 2), id="the rival's window is shut"),
        pytest.param((False,) * 4, {}, (inf,) * 3, (), id="nothing"),
    ],
)
def test_shares_and_surplus_count_only_what_is_for_sale(open_offers, rivals, own, there):
    """A failure means that closed offers win customers, or that those who would take them are lost with them."""
    known = market(wishes(logit()))
    weight = [value if offer in there else 0.0 for offer, value in enumerate(weights())]
    total = 1 + sum(weight)
    assert known.shares(open_offers, rivals, own)[0] == pytest.approx([each / total for each in weight[:3]])
    # The mean of the largest of Gumbel utilities is the log sum, less that of buying nothing (Small & Rosen 1981).
    assert known.surplus(open_offers, rivals, own)[0] == pytest.approx(SCALE * log(total))


def test_surcharges_bear_on_shares_and_surplus():
    """A failure means that customers with a home are thought to leave it as easily as others (R7)."""
    extra = (0.0, 0.25, 0.25, 0.5)
    known = market(wishes(logit(), surcharges=extra))
    weight = weights(extra)
    total = 1 + sum(weight)
    expected = [each / total for each in weight[:3]]
    assert known.shares(EVERYTHING, {"d": RIVAL}, PRICES)[0] == pytest.approx(expected)
    assert known.surplus(EVERYTHING, {"d": RIVAL}, PRICES)[0] == pytest.approx(SCALE * log(total))


def test_positions_of_what_a_segment_considers():
    """A failure means that shares are booked to the offers in the order in which a segment counts them."""
    known = market(wishes(Logit((2.0, 2.5), SCALE, 9, taste_slots=(2, 0)), considers=(2, 0)))
    weight = {2: exp((2.0 - PRICES[2]) / SCALE), 0: exp((2.5 - PRICES[0]) / SCALE)}
    total = 1 + sum(weight.values())
    expected = [weight[0] / total, 0.0, weight[2] / total]
    assert known.shares(EVERYTHING, {"d": RIVAL}, PRICES)[0] == pytest.approx(expected)


def test_surplus_of_priced_lists_by_hand():
    """A failure means that welfare counts customers who buy nothing as a loss, or forgets the best of their list."""
    lists = PricedRanking((0.5, 0.25, 0.25), ((3.0, 2.0, -inf, -inf), (1.0, 1.0, 1.0, -inf), (-inf, -inf, -inf, 2.0)))
    gained = market(wishes(lists)).surplus(EVERYTHING, {"d": RIVAL}, PRICES)[0]
    assert gained == pytest.approx(0.5 * (3.0 - 1.75) + 0.25 * 0 + 0.25 * (2.0 - 1.625))


def test_surplus_needs_money():
    """A failure means that a welfare plan is made of preferences without prices."""
    known = market(wishes(Ranking((1.0,), ((0, 1),))))
    with pytest.raises(ValueError, match=r"^welfare: there are customers whose choice does not say what they gain"):
        known.surplus(EVERYTHING, {}, PRICES)


def drawn_substitution(cost: float, rival_cost: float, surcharge=(0.0,) * 4) -> tuple[np.ndarray, np.ndarray]:
    """Return shares from favourite to alternative among drawn customers of the logit, and their standard errors."""
    gumbel = np.random.default_rng(7).gumbel(size=(DRAWN, 5))
    net = np.array(WORTH) + SCALE * (gumbel[:, :4] - gumbel[:, 4:]) - np.array([*PRICES, RIVAL]) - np.array(surcharge)
    favourite = np.where(net.max(axis=1) > 0, net.argmax(axis=1), -1)
    shares, errors = np.zeros((3, 3)), np.zeros((3, 3))
    for missing in range(3):
        mine = net[favourite == missing] - np.array([cost, cost, cost, rival_cost])
        mine[:, missing] = -inf
        taken = np.where(mine.max(axis=1) > 0, mine.argmax(axis=1), -1)
        for other in range(3):
            shares[missing, other] = np.mean(taken == other)
            errors[missing, other] = np.sqrt(shares[missing, other] * (1 - shares[missing, other]) / len(mine))
    return shares, errors


@pytest.mark.parametrize("cost", [0.0, 0.25, 0.75])
def test_substitution_is_that_of_drawn_customers(cost):
    """A failure means that a plan sends other customers to the shelf beside, or as if changing cost them nothing."""
    told = market(wishes(logit()), transfer_cost=[cost]).substitution([30.0], EVERYTHING, {"d": RIVAL}, PRICES)
    drawn, errors = drawn_substitution(cost, cost)
    assert (np.abs(told - drawn) <= 4 * errors + 1e-12).all(), (told - drawn) / np.maximum(errors, 1e-12)
    assert (told.diagonal() == 0).all()
    if cost:
        free, _ = drawn_substitution(0.0, 0.0)
        apart = ~np.eye(3, dtype=bool)
        assert (np.abs(told - free)[apart] > 8 * errors[apart]).all(), "no power: the cost makes no difference"


def test_substitution_of_a_home_firm_counts_the_way_to_a_rival_once():
    """A failure means that customers of a home bear the transfer cost to a rival twice, and so stay too often."""
    home = market(wishes(logit(), surcharges=(0.0, 0.0, 0.0, 0.6)), transfer_cost=[0.1])
    told = home.substitution([30.0], EVERYTHING, {"d": RIVAL}, PRICES)
    # The rival is dearer by 0.6 from the start, and no dearer when the favourite is missing.
    drawn, errors = drawn_substitution(0.1, 0.0, (0.0, 0.0, 0.0, 0.6))
    twice, _ = drawn_substitution(0.1, 0.1, (0.0, 0.0, 0.0, 0.6))
    apart = ~np.eye(3, dtype=bool)
    assert (np.abs(told - drawn) <= 4 * errors + 1e-12).all()
    assert (np.abs(told - twice)[apart] > np.abs(told - drawn)[apart]).all()


def test_substitution_of_a_dearer_move_to_a_rival_is_close():
    """A failure means that the stated approximation, one transfer cost for all moves, is farther off than a few %."""
    told = market(wishes(logit()), transfer_cost=[0.1]).substitution([30.0], EVERYTHING, {"d": RIVAL}, PRICES)
    drawn, _ = drawn_substitution(0.1, 0.6)
    apart = ~np.eye(3, dtype=bool)
    assert told[apart] == pytest.approx(drawn[apart], rel=0.25)
    assert (told[apart] < drawn[apart]).all(), "who would lose more by leaving stays more often than is thought"


def test_substitution_of_ranking_lists_by_hand():
    """A failure means that a list's second choice is taken for another's, or that customers stay who have none."""
    lists = Ranking((0.5, 0.25, 0.125, 0.125), ((0, 1), (0, 3, 2), (1, 0), (2,)))
    told = market(wishes(lists)).substitution([8.0], EVERYTHING, {"d": RIVAL}, PRICES)
    assert told == pytest.approx(np.array([[0, 0.5 / 0.75, 0], [1.0, 0, 0], [0, 0, 0]]))
    alone = market(wishes(lists)).substitution([8.0], EVERYTHING, {}, PRICES)
    assert alone[0] == pytest.approx([0, 0.5 / 0.75, 0.25 / 0.75]), "without the rival, the third choice"


def test_substitution_weighs_segments_by_their_customers():
    """A failure means that a few customers' second choice counts like that of many."""
    to_b, to_c = (wishes(Ranking((1.0,), ((0, other),))) for other in (1, 2))
    told = market(to_b, to_c).substitution([30.0, 10.0], EVERYTHING, {}, PRICES)
    assert told[0] == pytest.approx([0, 0.75, 0.25])
    assert told[1].tolist() == [0, 0, 0], "nobody wants b first"
