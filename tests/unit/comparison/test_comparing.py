"""Scenarios on the same customers: who is compared, how often, what comes out."""

import re

import numpy as np
import pandas as pd
import pytest

import demandshift as ds
from demandshift.experiments.comparison import replicating
from demandshift.simulator.measures import MeasureKey, measures
from demandshift.simulator.run import ArgumentError, RunCancelledError

PROFIT = MeasureKey("firm", "stall", "profit")


@pytest.fixture(scope="module")
def comparison(stall):
    """Return a comparison of three variants with the base."""
    return ds.compare(stall, ["more", "much", "same"], replications=12, seed=5)


# What comes out


def test_every_one_is_the_run_that_it_would_be_alone(stall, comparison):
    """If this fails, a comparison shows other figures than `run` does for the same scenario and seed."""
    for name in ("base", "more", "much", "same"):
        alone = ds.run(stall if name == "base" else stall.variant(name), replications=12, seed=5)
        assert comparison.results[name].summary.equals(alone.summary)
        shown = comparison.figures.query("variant == @name and level == 'firm'")
        assert shown["mean"].tolist() == pytest.approx(alone.summary["mean"].tolist(), nan_ok=True)


def test_differences_are_paired_by_replication(stall, comparison):
    """If this fails, the interval of a difference is that of unrelated runs."""
    pair = (stall.variant("more"), stall)
    runs = [measures(ds.run(each, replications=12, seed=5).reckoning)[PROFIT] for each in pair]
    values = runs[0].values - runs[1].values  # noqa: PD011
    row = comparison.differences.query("variant == 'more' and name == 'stall' and figure == 'profit'").iloc[0]
    assert row["difference"] == pytest.approx(values.mean())
    assert row["half_width"] == pytest.approx(2.200985 * values.std(ddof=1) / np.sqrt(12), rel=1e-6)
    assert (row["n"], row["against"], row["unit"]) == (12, "base", "money")


def test_the_same_policy_makes_no_difference(comparison):
    """If this fails, a variant without effect is called open, or a finding."""
    of_same = comparison.differences.query("variant == 'same' and verdict != 'n/a'")
    assert set(of_same["verdict"]) == {"no difference"}
    assert (of_same["difference"] == 0).all()
    assert comparison.alarms == ("same means the same as base: nothing that differs between them has an effect",)


def test_a_much_larger_order_is_beyond_doubt(comparison):
    """If this fails, verdicts say nothing: 40 rolls for 19 who want one waste hundreds in a week."""
    found = comparison.judged
    for figure in ("profit", "waste"):
        assert found["much", MeasureKey("firm", "stall", figure)].verdict == "beyond doubt"
    assert found["much", PROFIT].estimate.mean < -40
    assert comparison.family_size == 3 * 9


def test_frames_are_tidy_and_say_what_they_hold(comparison):
    """If this fails, a notebook that reads the frames breaks without a word in the changelog."""
    assert {name: list(frame.columns) for name, frame in comparison.frames().items()} == {
        "figures": ["variant", "level", "name", "figure", "unit", "mean", "half_width", "n"],
        "differences": [
            *("variant", "against", "level", "name", "figure", "unit"),
            *("difference", "half_width", "n", "p", "p_adjusted", "verdict"),
        ],
        "pairing": ["variant", "level", "name", "figure", "variance_ratio", "half_width", "n"],
    }
    assert comparison.best is None
    assert comparison.figures["variant"].unique().tolist() == ["base", "more", "much", "same"]
    told = comparison.as_dict()
    assert len(told["differences"]) == len(comparison.differences)
    assert told["family"]["differences"] == 27
    assert told["best"] is None
    assert told["manifest"]["compared"]["more"]["scenario_hash"] == comparison.results["more"].scenario.hash
    assert told["manifest"]["resolved_scenarios"]["more"]["firms"]["stall"]["ordering"]["level"] == 24


def test_pairing_is_worth_something_for_a_small_change(comparison):
    """If this fails, variants do not meet the same customers: a change of two rolls a day would drown in luck."""
    ratio = comparison.pairing.query("variant == 'more' and figure == 'revenue'").iloc[0]
    assert ratio["variance_ratio"] > 2
    assert comparison.pairing.query("variant == 'same'")["variance_ratio"].isna().all()


# Who is compared


def test_without_names_all_variants_are_compared(stall):
    """If this fails, a variant is forgotten without a word."""
    found = ds.compare(stall, replications=2, seed=1, figures=["profit"])
    assert tuple(found.results) == ("base", *stall.variants)


def test_another_one_can_be_compared_with(stall):
    """If this fails, differences have the wrong sign or the wrong partner."""
    there = ds.compare(stall, ["more"], replications=4, seed=1)
    back = ds.compare(stall, ["base"], against="more", replications=4, seed=1)
    assert tuple(back.results) == ("more", "base")
    assert back.judged["base", PROFIT].estimate.mean == pytest.approx(-there.judged["more", PROFIT].estimate.mean)
    assert back.judged["base", PROFIT].p == pytest.approx(there.judged["more", PROFIT].p)


def test_variants_can_be_applied_together_and_named_twice(stall):
    """If this fails, two changes cannot be judged together, or one named twice counts twice."""
    found = ds.compare(stall, ["more+cheap", "more", "more"], replications=2, seed=1)
    assert tuple(found.results) == ("base", "more+cheap", "more")
    assert found.results["more+cheap"].scenario == stall.variant("more", "cheap")


def test_scenarios_and_runs_can_be_compared_by_names_of_ones_own(stall):
    """If this fails, policies made by hand, which are runs, cannot be compared with others."""
    other = stall.replace({"firms.stall.ordering.level": 30})
    found = ds.compare(stall, {"thirty": other, "two more": "more"}, replications=3, seed=2)
    assert tuple(found.results) == ("base", "thirty", "two more")
    runs = {"thirty": ds.run(other, replications=3, seed=2), "two more": ds.run(stall.variant("more"), 3, 2)}
    of_runs = ds.compare(ds.run(stall, replications=3, seed=2), runs)
    assert of_runs.differences.equals(found.differences)


def test_a_figure_that_only_one_has_makes_an_alarm_and_no_difference(stall):
    """If this fails, a new product is compared with nothing, or left out without a word."""
    found = ds.compare(stall, ["wider"], replications=3, seed=1, figures=["profit", "offer.cake.sales"])
    assert not found.differences["name"].eq("cake").any()
    assert found.figures.query("name == 'cake' and figure == 'sales'")["variant"].tolist() == ["wider"]
    assert found.alarms == ("base has no offer.cake.sales, so that there is no difference of it to wider",)
    assert found.family_size == 2


def test_sums_over_other_times_make_an_alarm(stall):
    """If this fails, eight days are called better than seven."""
    (alarm,) = ds.compare(stall, ["longer"], replications=2, seed=1).alarms
    assert alarm == "longer and base differ in horizon 8 and 7: their sums are not of the same kind"


@pytest.mark.parametrize(
    ("variants", "arguments", "text"),
    [
        (["base"], {}, "there is only 'base' to compare; name a variant"),
        ("more", {}, "variants are a list of names (got the text 'more')"),
        ({"base": "more"}, {}, "'base' is the name of the scenario as it is: give the variant another name"),
        (["more"], {"against": "mor"}, "against: there is no 'mor' to compare with; did you mean 'more'?"),
        (["more"], {"figures": "profit"}, "figures are a list of names (got the text 'profit')"),
        (["more"], {"firm": "stal"}, "figure 'profit': there is no firm 'stal'; did you mean 'stall'?"),
        (["more"], {"goal": "largest"}, "goal has a meaning only where the best is selected"),
        (["more"], {"indifference": 5}, "indifference has a meaning only where the best is selected"),
        (["more"], {"best": True}, "the best is selected for a stated indifference zone"),
        (["more"], {"best": True, "indifference": 0}, "indifference must be a number above 0, or one with a % sign"),
        (["more"], {"best": True, "indifference": "x%"}, "indifference must be a number above 0"),
        (["more"], {"best": True, "indifference": 1, "objective": "fill_rate"}, "fill rate is a rate, a ratio of sums"),
        (["more"], {"best": True, "indifference": 1, "objective": "strategic"}, "is a rate, a ratio of sums"),
        (["more"], {"best": True, "indifference": 1, "objective": "all"}, "one figure is the objective"),
        (["more"], {"best": True, "indifference": 1, "objective": "x"}, "objective: there is no figure 'x'"),
        (["wider"], {"best": True, "indifference": 1, "objective": "offer.cake.sales"}, "there is no offer 'cake'"),
        (
            ["more"],
            {"best": True, "indifference": 1, "objective": "stock_time"},
            "say whether the best firm.stall.stock",
        ),
        (
            ["more"],
            {"best": True, "indifference": 1, "goal": "big"},
            "goal must be one of largest, smallest (got 'big')",
        ),
        (["more"], {"best": True, "indifference": 1, "first_stage": 1}, "first_stage must be a whole number above 1"),
        (
            ["more"],
            {"best": True, "indifference": 1, "at_most": 5},
            "at_most must not be below first_stage, 20 (got 5)",
        ),
        (["more"], {"best": True, "indifference": 1, "confidence": 0.4}, "lies between 1/2 and 1 (got 0.4)"),
    ],
)
def test_what_cannot_be_compared_is_named(stall, variants, arguments, text):
    """If this fails, a wrong argument is taken for another one, or is ignored (R18)."""
    with pytest.raises(ds.ComparisonError, match=re.escape(text)):
        ds.compare(stall, variants, replications=2, **arguments)


def test_unknown_variants_are_named_all_at_once(stall):
    """If this fails, a planner corrects one name after the other."""
    with pytest.raises(ds.ScenarioError) as caught:
        ds.compare(stall, {"a": "mor", "mucho": "mucho", "both": "more+same"}, replications=2)
    first, *others = str(caught.value).splitlines()
    assert 'variants.same."firms.stall.ordering.level": sets what ' in first
    assert first.endswith("of variant 'more' sets; they cannot be applied together (for 'both')")
    assert others == [
        "variants: unknown variant 'mor'; did you mean 'more'? (for 'a')",
        "variants: unknown variant 'mucho'; did you mean 'much'?",
        "3 problems; nothing was run.",
    ]


def test_runs_must_be_pairs(stall):
    """If this fails, replications of other customers are subtracted from each other."""
    base, other = ds.run(stall, replications=2, seed=1), ds.run(stall, replications=3, seed=2)
    text = "with one seed ('base' has 2 with seed 1, 'other' has 3 with seed 2)"
    with pytest.raises(ds.ComparisonError, match=re.escape(text)):
        ds.compare(base, {"other": other})
    with pytest.raises(ds.ComparisonError, match="runs that are made are compared with runs"):
        ds.compare(base, {"other": stall})
    with pytest.raises(ds.ComparisonError, match="seed has no meaning for runs that are made"):
        ds.compare(base, {"other": base}, seed=1)


def test_a_scenario_that_keeps_customers_is_refused_with_the_mend(stall):
    """If this fails, customers that a scenario says are kept vanish without a word."""
    with pytest.raises(ds.ComparisonError, match=r"'base' keeps its customers, .* give it `customers: counts`"):
        ds.compare(stall.replace({"customers": "keep"}), ["more"])


def test_a_scenario_without_variants_says_so(write):
    """If this fails, there is an empty table."""
    alone = write(
        "name: alone\nhorizon: 1\nfirms: {a: {}}\nproducts: {p: {firm: a, price: 1, stock: 3}}\n"
        "segments: {s: {arrivals: {kind: poisson, rate: 2}, "
        "choice: {kind: ranking, lists: [{share: 1, order: [p]}]}}}\n"
    )
    with pytest.raises(ds.ComparisonError, match="'alone' declares no variants: say what it is to be compared with"):
        ds.compare(alone)


def test_a_failure_says_whose_it_is(stall, monkeypatch):
    """If this fails, of ten variants nobody knows which one is at fault."""

    def fail(*_arguments, **_):
        raise ds.InvariantError("the books are wrong")

    monkeypatch.setattr("demandshift.simulator.continued.ContinuedRun.go_on", fail)
    with pytest.raises(ds.InvariantError) as caught:
        ds.compare(stall, ["more"], replications=2)
    assert caught.value.__notes__ == ["in 'base'"]


# How often


def test_one_replication_has_figures_and_no_verdicts(stall):
    """If this fails, a single replication is taken for knowledge (R17)."""
    found = ds.compare(stall, ["much"], replications=1, seed=1)
    assert found.differences["half_width"].isna().all()
    assert set(found.differences["verdict"]) == {"n/a"}
    assert found.judged["much", PROFIT].estimate.mean < 0


def test_auto_stops_when_differences_are_known_well_enough(stall):
    """If this fails, auto stops too early, or goes by the profits, which take many more replications."""
    found = ds.compare(stall, ["more"], replications="auto", precision=0.01, seed=1)
    whole = found.measured["base"][PROFIT].estimate()
    assert found.judged["more", PROFIT].estimate.half_width <= 0.01 * whole.mean
    assert 20 < found.replications < ds.run(stall, "auto", seed=1, precision=0.02).replications
    assert found.precision == 0.01
    assert found.alarms == ()
    fixed = ds.compare(stall, ["more"], replications=found.replications, seed=1)
    assert fixed.differences.equals(found.differences)


def test_auto_says_when_it_gave_up(stall, monkeypatch):
    """If this fails, a precision that was never met is taken for met."""
    monkeypatch.setattr(replicating, "MOST_REPLICATIONS", 25)
    found = ds.compare(stall, ["more"], replications="auto", precision=0.0001, seed=1)
    assert found.replications == 25
    (alarm,) = found.alarms
    assert re.fullmatch(
        r"the difference of more to base in the profit of stall is known to ±\S+ after 25 replications, the most that "
        r"auto makes; 0\.0001 of the profit of base was asked for",
        alarm,
    )


def test_auto_is_done_at_once_where_nothing_differs(stall):
    """If this fails, the same policy twice is simulated 10,000 times."""
    assert ds.compare(stall, ["same"], replications="auto", seed=1).replications == 20


def test_bad_numbers_are_those_of_a_run(stall):
    """If this fails, compare takes what run refuses."""
    for arguments in ({"replications": 0}, {"jobs": 0}, {"seed": -1}, {"precision": 0.1}, {"engine": "steam"}):
        with pytest.raises(ArgumentError):
            ds.compare(stall, ["more"], **arguments)


def test_progress_is_over_all_and_cancelling_stops(stall):
    """If this fails, the bar jumps back with every variant, or a notebook cannot stop a comparison."""
    seen = []
    ds.compare(stall, ["more"], replications=3, seed=1, progress=lambda done, planned: seen.append((done, planned)))
    assert seen == [(done, 6) for done in range(1, 7)]
    with pytest.raises(RunCancelledError):
        ds.compare(stall, ["more"], replications=3, seed=1, cancel=lambda: True)


def test_figures_do_not_depend_on_processes_or_engine(stall):
    """If this fails, a comparison differs from machine to machine (R15)."""
    one = ds.compare(stall, ["more"], replications=6, seed=1, best=True, indifference=3)
    two = ds.compare(stall, ["more"], replications=6, seed=1, best=True, indifference=3, jobs=2)
    for name, frame in one.frames().items():
        pd.testing.assert_frame_equal(frame, two.frames()[name], check_exact=True)
    readable = ds.compare(stall, ["more"], replications=2, seed=1, engine="loop")
    compiled = ds.compare(stall, ["more"], replications=2, seed=1)
    # Sums of money are made in another order.
    columns = ["variant", "level", "name", "figure", "difference", "verdict"]
    pd.testing.assert_frame_equal(readable.differences[columns], compiled.differences[columns], rtol=1e-9, atol=1e-9)


# The best


def test_the_best_of_a_real_scenario(stall):
    """If this fails, the race in the simulator is not the procedure on its values: nobody checks the one by the other.

    What every one earned in each replication comes from runs of its own; the selection looks at it in one piece.
    """
    from demandshift.experiments.comparison.selection import Selection

    variants = ["more", "much", "cheap"]
    found = ds.compare(
        stall, variants, replications=2, seed=3, best=True, indifference=1.5, confidence=0.9, first_stage=5
    )
    race = found.race
    longest = max(leg.replications for leg in race.legs)
    scenarios = [stall, *(stall.variant(name) for name in variants)]
    earned = [measures(ds.run(each, longest, 3).reckoning)[PROFIT] for each in scenarios]
    values = np.column_stack([each.values for each in earned])  # noqa: PD011
    by_hand = Selection(4, 1.5, confidence=0.9, first_stage=5)
    by_hand.see(values)
    assert by_hand.done
    assert race.chosen == ["base", *variants][by_hand.best[0]]
    behind = {leg.variant: (leg.behind, leg.replications) for leg in race.legs if leg.behind is not None}
    names = ["base", *variants]
    assert behind == {names[who]: (names[each.by], each.after) for who, each in by_hand.gone.items()}
    assert race.h_squared == by_hand.h_squared
    assert longest > 5
    assert found.replications == 2
    assert found.best["variant"].iloc[0] == race.chosen
    assert race.guarantee.startswith(
        "With a chance of 90 % or more this is the best of the 4, if the profit of stall, replication by replication, "
        "is about normal, and if the best is at least 1.5 EUR above every other one (procedure KN, Kim and Nelson 2001"
    )


def test_the_smallest_is_the_best_where_that_is_better(stall):
    """If this fails, the shop that loses most customers is called the best."""
    arguments = {"replications": 2, "seed": 3, "best": True, "objective": "lost", "indifference": 1}
    assert ds.compare(stall, ["more", "much"], **arguments).race.chosen == "much"
    assert ds.compare(stall, ["more", "much"], goal="largest", **arguments).race.chosen == "base"


def test_equals_are_named_together(stall):
    """If this fails, one of two equal policies is called the better one, or the race never ends."""
    race = ds.compare(stall, ["same", "much"], replications=2, seed=3, best=True, indifference=5).race
    assert (race.chosen, race.ties) == ("base", ("same",))
    assert [row["place"] for row in race.rows()] == ["best", "equal", None]


def test_an_indifference_in_per_cent_is_of_other_customers(stall):
    """If this fails, the zone depends on the values that it is to judge, and the guarantee is void."""
    race = ds.compare(stall, ["much"], replications=2, seed=3, best=True, indifference="2%", first_stage=10).race
    pilot = measures(ds.run(stall, replications=10, seed=4).reckoning)[PROFIT].estimate()
    assert race.indifference == pytest.approx(0.02 * pilot.mean)
    assert race.note.startswith("2% of ")
    assert race.note.endswith("the mean of 10 replications with customers who have no part in the race")


def test_a_race_that_is_given_up_selects_nobody_and_says_so(stall):
    """If this fails, the leader at the end of the patience is called the best with a guarantee that nobody gives."""
    found = ds.compare(stall, ["more", "much"], replications=2, best=True, indifference=0.3, at_most=25, seed=1)
    assert found.race.chosen is None
    (alarm,) = found.alarms
    assert alarm.startswith("Undecided after 25 replications: base, more are still in. With a chance of 95 % or more ")
    assert found.as_dict()["best"]["chosen"] is None
