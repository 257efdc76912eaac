"""What a policy is tuned for: figures and bounds in words, and what is refused."""

import numpy as np
import pytest

import demandshift as ds
from demandshift.experiments.tuning.candidates import Goals, Judge
from demandshift.experiments.tuning.goals import (
    MET,
    MET_BEYOND_DOUBT,
    NOT_MET,
    Aim,
    Constraint,
    pseudo_values,
    read_constraint,
    read_constraints,
    read_objective,
)
from demandshift.simulator.estimates import Estimate
from demandshift.simulator.measures import Measure, MeasureKey, measures


@pytest.mark.parametrize(
    ("text", "key", "minimised"),
    [
        ("profit", MeasureKey("firm", "stall", "profit"), False),
        ("-waste", MeasureKey("firm", "stall", "waste"), True),
        ("profit of rival", MeasureKey("firm", "rival", "profit"), False),
        ("fill_rate of plum", MeasureKey("offer", "plum", "fill_rate"), False),
        (' - holding_cost  of "pear" ', MeasureKey("product", "pear", "holding_cost"), True),
    ],
)
def test_words_mean_the_figure_that_results_show(stall, text, key, minimised):
    """If this fails, something is tuned that bears another figure's name, or another firm's."""
    aim = read_objective(text, stall, "stall")
    assert (aim.level, aim.name, aim.figure, aim.minimised) == (*key, minimised)
    result = ds.run(stall, 3, 2)
    mine, theirs = aim.measure(result), measures(result.reckoning)[key]
    assert mine.unit == theirs.unit == aim.unit
    np.testing.assert_array_equal(mine.values, theirs.values)
    assert (mine.divisors is None) == (theirs.divisors is None)


def test_welfare_is_profit_and_what_customers_gain(stall):
    """If this fails, welfare leaves out a segment, counts a rival's profit, or is profit alone."""
    result = ds.run(stall, 3, 2)
    known = measures(result.reckoning)
    expected = known[MeasureKey("firm", "stall", "profit")].values
    expected = expected + known[MeasureKey("segment", "all", "consumer_surplus")].values
    np.testing.assert_allclose(read_objective("welfare", stall, "stall").measure(result).values, expected)


def test_welfare_needs_customers_who_gain_money(stall):
    """If this fails, a scenario without prices in its choice is tuned for nan, and the first candidate wins."""
    exogenous = stall.replace(
        {"segments.all.choice": {"kind": "ranking", "lists": [{"share": 1, "order": ["plum", "pear"]}]}}
    )
    judge = Judge(Goals(read_objective("welfare", exogenous, "stall")), 1)
    with pytest.raises(ds.TuningError, match="welfare: there are customers whose choice does not say what they gain"):
        judge.judge(exogenous, 2, 1)


@pytest.mark.parametrize(
    ("text", "written", "at_least", "bound"),
    [
        ("fill_rate >= 0.95", "fill_rate >= 0.95", True, 0.95),
        ("fill_rate>=95%", "fill_rate >= 0.95", True, 0.95),
        ("fill_rate of plum ≥ 95 %", "fill_rate of plum >= 0.95", True, 0.95),
        ("waste <= 20", "waste <= 20", False, 20.0),
        ("profit >= -5e2", "profit >= -500", True, -500.0),
    ],
)
def test_constraints_are_read(stall, text, written, at_least, bound):
    """If this fails, per cent are taken for a hundredfold, or a bound from below for one from above."""
    constraint = read_constraint(text, stall, "stall")
    assert (str(constraint), constraint.at_least, constraint.bound) == (written, at_least, pytest.approx(bound))


def test_a_constraint_said_twice_is_one(stall):
    """If this fails, a repeated constraint counts double when candidates that miss it are ranked."""
    assert len(read_constraints(["waste <= 20", "waste<=20.0"], stall, "stall")) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fill_rat >= 0.9", "such that 'fill_rat >= 0.9': there is no figure 'fill_rat'; did you mean 'fill_rate'?"),
        ("fill_rate = 0.9", "such that 'fill_rate = 0.9': compare with >= or <= (got '=')"),
        ("fill_rate > 0.9", "such that 'fill_rate > 0.9': compare with >= or <= (got '>')"),
        ("fill_rate", "such that 'fill_rate': needs the form FIGURE >= NUMBER or FIGURE <= NUMBER"),
        (">= 3", "such that '>= 3': needs a figure, or FIGURE of NAME (got '')"),
        ("fill_rate >= high", "such that 'fill_rate >= high': the bound must be a number (got 'high')"),
        ("fill_rate >= 95", "fill_rate is a share, from 0 to 1 (got 95); 95 % is 0.95"),
        ("waste <= 5 %", "waste is in units, of which there is no per cent"),
        ("waste <= inf", "the bound must be a finite number (got 'inf')"),
        ("-waste <= 5", "a minus sign has a meaning only in the objective"),
        ("waste of plumm <= 5", "there is no firm, offer or product 'plumm'; did you mean 'plum'?"),
        ("profit of plum >= 5", "'plum' is an offer and a product, of which there is no profit (known: revenue, "),
        ("welfare of plum >= 5", "'plum' is an offer and a product, of which there is no welfare (known: "),
    ],
)
def test_what_is_no_constraint_is_said(stall, text, said):
    """If this fails, a wrong constraint passes, or the message does not say what to write instead."""
    with pytest.raises(ds.TuningError) as error:
        read_constraint(text, stall, "stall")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("mean", "half_width", "at_least", "verdict"),
    [
        (0.97, 0.01, True, MET_BEYOND_DOUBT),
        (0.97, 0.03, True, MET),
        (0.97, None, True, MET),
        (0.95, 0.0, True, MET_BEYOND_DOUBT),
        (0.94, 0.03, True, NOT_MET),
        (0.94, 0.005, False, MET_BEYOND_DOUBT),
        (0.94, 0.02, False, MET),
        (0.96, 0.02, False, NOT_MET),
        (None, None, True, NOT_MET),
    ],
)
def test_a_verdict_goes_by_the_whole_interval(mean, half_width, at_least, verdict):
    """If this fails, a fill rate of 95 ± 3 % is called met beyond doubt, or its wrong end is looked at."""
    constraint = Constraint(Aim("fill_rate", "firm", "f", "share", "fill_rate"), at_least, 0.95)
    assert constraint.verdict(Estimate(mean, half_width, 9)) == verdict


def test_pseudo_values_carry_the_interval_of_a_rate():
    """If this fails, a rate is raced with the spread of a mean of ratios, which is another figure.

    By hand: N = (1, 3), D = (2, 2) gives r = 1, residuals N − rD = (−1, 1), values 1/2·2 … that is (0.5, 1.5).
    """
    np.testing.assert_allclose(pseudo_values(Measure("share", np.array([1.0, 3]), np.array([2.0, 2]))), [0.5, 1.5])
    generator = np.random.default_rng(4)
    bottoms = generator.uniform(10, 50, 40)
    tops = bottoms * generator.uniform(0.6, 1, 40)
    measure = Measure("share", tops, bottoms)
    plain = Measure("share", pseudo_values(measure))
    assert plain.estimate().mean == pytest.approx(measure.estimate().mean)
    assert plain.estimate().half_width == pytest.approx(measure.estimate().half_width)
    other = Measure("share", tops * 0.9, bottoms + 1)
    difference = Measure("share", pseudo_values(measure) - pseudo_values(other)).estimate()
    assert difference.half_width == pytest.approx(measure.less(other).half_width)
    assert np.isnan(pseudo_values(Measure("share", np.zeros(2), np.zeros(2)))).all()
