"""Differences, their p-values and verdicts, and what pairing is worth."""

import numpy as np
import pytest
from scipy import stats

from demandshift.experiments.comparison.differences import Verdict, differences, variance_ratio
from demandshift.simulator.measures import Measure, MeasureKey

PROFIT, FILL, LOST = (MeasureKey("firm", "shop", figure) for figure in ("profit", "fill_rate", "lost"))
BASE = np.array([4.0, 5.0, 9.0, 6.0])
MORE = np.array([5.0, 7.0, 12.0, 6.5])


def money(values):
    """Return a measure in money."""
    return Measure("money", np.array(values, dtype=float))


def share(tops, bottoms):
    """Return a rate."""
    return Measure("share", np.array(tops, dtype=float), np.array(bottoms, dtype=float))


def one(own, other, family=(PROFIT,)):
    """Return the difference of two measures of profit."""
    (found,) = differences({"base": {PROFIT: other}, "more": {PROFIT: own}}, "base", family)
    return found


def test_p_is_that_of_the_paired_t_test():
    """If this fails, a verdict is made by another test than the documented one."""
    found = one(money(MORE), money(BASE))
    expected = stats.ttest_rel(MORE, BASE)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-12)
    assert found.adjusted == pytest.approx(found.p)
    assert found.estimate.mean == pytest.approx(1.625)
    # Unpaired, these eight values say next to nothing.
    assert stats.ttest_ind(MORE, BASE).pvalue > 0.4


def test_p_of_a_rate_comes_from_its_interval():
    """If this fails, interval and verdict of a rate can contradict each other."""
    own, other = share([3, 2, 6, 5], [7, 7, 8, 7]), share([1, 2, 5, 4], [7, 7, 8, 7])
    found = one(own, other)
    error = found.estimate.half_width / stats.t.ppf(0.975, 3)
    assert found.p == pytest.approx(2 * stats.t.sf(found.estimate.mean / error, 3), rel=1e-12)
    assert (found.p < 0.05) == (found.estimate.mean > found.estimate.half_width)


def test_a_rate_of_a_handful_is_not_judged():
    """If this fails, a rate that a single replication has, with an interval of width 0, is called beyond doubt.

    2 of 3 in the first of ten replications, and nobody in the others, beside 40 to 60 of a hundred in each.
    """
    few = share([2, *[0] * 9], [3, *[0] * 9])
    many = share([40, 60, 45, 55, 50, 42, 58, 47, 53, 50], [100] * 10)
    assert few.estimate().half_width == 0
    for own, other in ((few, many), (many, few)):
        found = one(own, other)
        assert found.estimate.mean is not None
        assert (found.p, found.verdict) == (None, Verdict.NO_ANSWER)
    assert one(share([30, 50, 35, 45, 40, 32, 48, 37, 43, 40], [100] * 10), many).verdict is Verdict.BEYOND_DOUBT


def test_worlds_that_agree_in_every_replication_do_not_differ():
    """If this fails, no difference is a p-value of nought by nought, or the last digit of a sum becomes a finding."""
    found = one(money(BASE), money(BASE))
    assert (found.estimate.mean, found.estimate.half_width, found.p) == (0.0, 0.0, 1.0)
    assert found.verdict is Verdict.NONE
    rounding = one(money(BASE * (1 + 1e-15)), money(BASE))
    assert (rounding.estimate.mean, rounding.verdict) == (0.0, Verdict.NONE)
    rates = one(share([1, 2], [4, 4]), share([1, 2], [4, 4]))
    assert rates.verdict is Verdict.NONE
    other_bottoms = one(share([1, 2], [4, 4]), share([1, 2], [2, 2]))
    assert other_bottoms.estimate.mean == pytest.approx(-0.375)
    assert other_bottoms.verdict is not Verdict.NONE


def test_one_amount_in_every_replication_is_judged_by_signs():
    """If this fails, two replications that both happen to lose one customer less are beyond doubt.

    Student's t would be infinite. The sign test says 2 · ½ⁿ: 0.5 for two, 0.002 for ten.
    """
    two = one(money([4.0, 6.0]), money([5.0, 7.0]))
    assert (two.p, two.verdict) == (0.5, Verdict.OPEN)
    ten = one(money(np.arange(10) + 1.0), money(np.arange(10)))
    assert ten.p == pytest.approx(2 / 1024)
    assert ten.verdict is Verdict.BEYOND_DOUBT


@pytest.mark.parametrize(
    ("own", "other"),
    [
        (money([5.0]), money([4.0])),
        (money([4.0]), money([4.0])),
        (share([0, 0], [0, 0]), share([1, 2], [4, 4])),
        (share([0, 0], [0, 0]), share([0, 0], [0, 0])),
        (money([np.nan, 1.0]), money([np.nan, 1.0])),
    ],
    ids=["one replication", "one equal replication", "no rate in one", "no rate in both", "no money (R8)"],
)
def test_where_there_is_no_answer_there_is_no_verdict(own, other):
    """If this fails, one replication, or nothing divided by nothing, is taken for a finding (R17)."""
    found = one(own, other)
    assert found.verdict is Verdict.NO_ANSWER
    assert (found.p, found.adjusted) == (None, None)
    assert found.estimate.half_width is None


def test_the_family_is_what_was_named_and_not_what_came_out():
    """If this fails, the promise of Holm's method is for another set of differences than the stated one.

    Two variants and three figures are six members, although one figure is n/a and one is not there in one of them.
    """
    nothing = share([0] * 4, [0] * 4)
    base = {PROFIT: money(BASE), FILL: nothing, LOST: money(BASE)}
    measured = {
        "base": base,
        "more": {PROFIT: money(MORE), FILL: nothing, LOST: money(BASE[::-1])},
        "less": {PROFIT: money(2 * BASE - MORE), FILL: nothing},
    }
    found = {(each.variant, each.key): each for each in differences(measured, "base", (PROFIT, FILL, LOST))}
    assert set(found) == {("more", PROFIT), ("more", FILL), ("more", LOST), ("less", PROFIT), ("less", FILL)}
    first = found["more", PROFIT]
    assert first.p == pytest.approx(found["less", PROFIT].p)
    assert first.adjusted == pytest.approx(6 * first.p)
    alone = {(each.variant, each.key): each for each in differences(measured, "base", (LOST,))}
    assert alone["more", PROFIT].verdict is Verdict.NOT_JUDGED
    assert alone["more", PROFIT].adjusted is None
    assert alone["more", LOST].adjusted == pytest.approx(min(1.0, 2 * alone["more", LOST].p))


def test_the_variance_ratio_by_hand():
    """If this fails, the pages promise another gain than pairing has.

    Values 0, 2, 4 and 1, 2, 6: variances 4 and 7; differences −1, 0, −2 have variance 1. Ratio 11. Left out one by one:
    (2 + 8)/2 = 5, (8 + 12.5)/0.5 = 41, (2 + 0.5)/0.5 = 5.
    """
    found = variance_ratio(money([0, 2, 4]), money([1, 2, 6]))
    assert found.mean == pytest.approx(11)
    left_out = np.array([5.0, 41.0, 5.0])
    error = np.sqrt(2 / 3 * ((left_out - left_out.mean()) ** 2).sum())
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, 2) * error)


def test_the_variance_ratio_of_unrelated_worlds_is_one():
    """If this fails, pairing seems to be worth something where it is not. Within four standard errors."""
    generator = np.random.default_rng(4)
    left, right, weights = generator.normal(10, 1, 2000), generator.normal(10, 2, 2000), np.full(2000, 20.0)
    assert variance_ratio(money(left), money(right)).mean == pytest.approx(1, abs=4 * 2 / np.sqrt(2000))
    assert variance_ratio(share(left, weights), share(right, weights)).mean == pytest.approx(1, abs=0.18)


def test_there_is_no_variance_ratio_of_no_difference():
    """If this fails, a division by nought stands in a table."""
    assert variance_ratio(money(BASE), money(BASE)).mean is None
    assert variance_ratio(money(BASE + 1), money(BASE)).mean is None
    assert variance_ratio(share([0] * 4, [0] * 4), share([1] * 4, [2] * 4)).mean is None
    assert variance_ratio(money(BASE[:2]), money(MORE[:2])).mean is None
