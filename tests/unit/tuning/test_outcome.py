"""What tuning hands out: one answer every time, from fresh customers, in frames, JSON, files, pictures and words."""

import json

import pandas as pd
import pytest

import demandshift as ds
from demandshift.experiments.report.page import Outcome, Picture, Table
from demandshift.experiments.tables import save_tables

QUANTITY, PRICE = "firms.stall.ordering.quantity", "products.plum.price"
KEEP = ["fill_rate >= 0.8"]


@pytest.fixture(scope="module")
def tuned(tmp_path_factory) -> ds.Tuning:
    """Return a small tuning of two keys under a constraint."""
    from .conftest import STALL

    file = tmp_path_factory.mktemp("tuned") / "stall.yaml"
    file.write_text(STALL, encoding="utf-8")
    over = {QUANTITY: (5, 50), PRICE: [2.5, 3, 3.5]}
    return ds.tune(ds.load(file), over, constraints=KEEP, budget=12, finalists=2, difference=5)


def test_the_same_arguments_give_the_same_answer_for_any_number_of_processes(tuned):
    """If this fails, the answer depends on the machine's cores or on chance that is in no seed (R15)."""
    again = ds.tune(
        tuned.scenario,
        [f"{QUANTITY}=5:50", f"{PRICE}=2.5,3,3.5"],
        constraints=KEEP,
        budget=12,
        finalists=2,
        difference=5,
        jobs=2,
    )
    for name, frame in tuned.frames().items():
        pd.testing.assert_frame_equal(frame, again.frames()[name])


def test_the_three_stages_meet_different_customers_and_anybody_can_meet_them_again(tuned):
    """If this fails, customers who chose a candidate judge it, or the reported figure cannot be had by `run`."""
    told = tuned.manifest
    seeds = [told["seed"], *told["race"]["seeds"], told["verdict"]["seed"]]
    assert len(set(seeds)) == 4
    profit = {}
    for name, scenario in (("best", tuned.best), ("present", tuned.scenario)):
        result = ds.run(scenario, told["verdict"]["replications"], told["verdict"]["seed"])
        profit[name] = result.reckoning.by_replication("profit", "stall")
    assert (profit["best"] - profit["present"]).mean() == pytest.approx(tuned.gain.mean)
    chosen = tuned.race.runners[tuned.race.chosen]
    first = ds.run(tuned.best, told["race"]["first_stage"], told["race"]["seeds"][0]).reckoning
    raced = chosen.judged.measures[0].values  # noqa: PD011
    assert first.by_replication("profit", "stall").tolist() == raced[: told["race"]["first_stage"]].tolist()
    if told["race"]["replications"] > told["race"]["first_stage"]:
        rest = ds.run(tuned.best, told["race"]["replications"] - told["race"]["first_stage"], told["race"]["seeds"][1])
        assert (
            rest.reckoning.by_replication("profit", "stall").tolist() == raced[told["race"]["first_stage"] :].tolist()
        )


def test_the_present_policy_is_candidate_0_and_in_the_race(tuned):
    """If this fails, a policy may be recommended that is worse than what is there."""
    trials, race = tuned.frames()["trials"], tuned.frames()["race"]
    assert trials["candidate"].tolist() == list(range(13))
    assert trials.loc[0, QUANTITY] == 30
    assert trials.loc[0, PRICE] == 3
    assert race["candidate"].tolist()[0] == 0
    assert race.loc[0, "less_present"] == 0
    assert race["chosen"].sum() == 1
    assert set(race["candidate"]) == set(trials.loc[trials["in_race"], "candidate"])
    assert not trials.duplicated([QUANTITY, PRICE]).any()


def test_frames_fit_into_files(tuned, tmp_path):
    """If this fails, a table of mixed values cannot be written as Parquet, or a figure lacks half-width or n (R17)."""
    outcome: Outcome = tuned
    for table_format in ("csv", "parquet"):
        files = save_tables(outcome, tmp_path / table_format, table_format)
        assert {file.stem for file in files} == {"trials", "race", "best", "values", "manifest"}
    best = pd.read_parquet(tmp_path / "parquet" / "best.parquet")
    assert best["figure"].tolist() == ["profit", "fill_rate"]
    assert best["role"].tolist() == ["objective", "fill_rate >= 0.8"]
    assert best["n"].tolist() == [40, 40]
    assert best["difference"].iloc[0] == pytest.approx((best["best"] - best["present"]).iloc[0])


def test_json_holds_it_all(tuned):
    """If this fails, a program that reads the answer finds another shape, or nan, which is no JSON."""
    told = json.loads(json.dumps(tuned.as_dict(), allow_nan=False))
    assert told["schema_version"] == 1
    assert told["best_values"] == dict(tuned.best_values)
    assert told["gain"] == tuned.gain.as_dict()
    assert len(told["trials"]) == 13
    assert told["verdict"][1]["constraint"] == "fill_rate >= 0.8"
    assert told["verdict"][1]["verdict"] in ("met beyond doubt", "met", "not met")
    assert told["race"]["chosen"] == tuned.chosen.number
    assert told["manifest"]["scenario_hash"] == tuned.scenario.hash


def test_the_saved_scenario_is_the_best_one(tuned, tmp_path):
    """If this fails, what was judged and what is saved are two things."""
    tuned.save(tmp_path / "best.yaml")
    assert ds.load(tmp_path / "best.yaml").hash == tuned.best.hash
    assert tuned.best.replace({QUANTITY: 30, PRICE: 3}).hash == tuned.scenario.hash


def test_the_page_has_the_answer_first_and_every_table(tuned):
    """If this fails, a reader of the report must look for what was found, or cannot check it."""
    page = tuned.page()
    assert page.lead.startswith("Asked for: most profit of stall, such that fill_rate >= 0.8.")
    assert [part.title for part in page.parts if isinstance(part, Table)] == [
        "Values",
        "Verdict",
        "The race",
        "All candidates",
    ]
    pictures = [part for part in page.parts if isinstance(part, Picture)]
    assert [picture.title for picture in pictures] == ["The search", "What the values do", "The race"]
    drawn = sum(len(trace.x) for trace in pictures[0].figure.data if trace.mode == "markers")
    assert drawn == 13, "every candidate is drawn once"
    assert tuned.plot().to_dict()["data"] == pictures[0].figure.to_dict()["data"]


def test_invalid_combinations_are_kept_with_what_is_wrong(stall):
    """If this fails, candidates vanish without a word, or their alarm does not say what to look at."""
    over = {"products.plum.window": [{"opens": 0, "closes": 2}, {"opens": 2, "closes": 4}], "horizon": [1.5, 4]}
    found = ds.tune(stall, over, budget=8, replications=2, finalists=1, difference=100)
    bad = [each for each in found.candidates if each.problem is not None]
    assert bad
    assert "window" in bad[0].problem
    assert any(f"{bad[0].problem}" in alarm for alarm in found.alarms)
    trials = found.trials
    assert trials.loc[trials["problem"].notna(), "n"].eq(0).all()
    assert json.dumps(found.as_dict(), allow_nan=False)
    assert len(found.page().parts) >= 6


def test_names_are_no_markup_in_pictures(stall):
    """If this fails, a product's name is drawn as a link or in bold, or vanishes from an axis."""
    wild = stall.replace({"currency": "<b>EUR</b>", "products.plum.window": {"opens": 0}})
    found = ds.tune(wild, {PRICE: [2, 4]}, replications=2, finalists=1, difference=50)
    for part in found.page().parts:
        if isinstance(part, Picture):
            assert "<b>" not in part.figure.to_json()
            assert "&lt;b&gt;EUR" in part.figure.to_json()


def test_a_choice_at_the_end_of_a_range_is_pointed_out(stall):
    """If this fails, a user does not learn that the range was too narrow."""
    found = ds.tune(
        stall, {PRICE: (1, 1.4, 0.2)}, budget=3, replications=2, finalists=3, objective="-revenue", difference=50
    )
    assert found.best_values == {PRICE: 1}
    assert f"{PRICE} stands at the end of its range: a wider one may hold something better" in found.alarms


def test_nothing_better_than_the_present_policy_is_said_so(stall):
    """If this fails, a change is recommended that gains nothing."""
    found = ds.tune(stall, {PRICE: (9, 11, 1)}, budget=3, replications=4, finalists=2, difference=10)
    assert found.is_present
    assert found.best is found.scenario
    assert found.gain.as_dict() == {"mean": 0.0, "half_width": 0.0, "n": 40}
    assert not found.is_beyond_doubt
    assert "The present policy was chosen" in found.page().lead


def test_customers_are_not_kept_for_candidates(stall):
    """If this fails, every candidate writes all its customers to the disk."""
    keeping = stall.replace({"customers": "keep"})
    arguments = {"budget": 2, "replications": 2, "finalists": 1, "difference": 50.0}
    kept, counted = (ds.tune(each, {PRICE: [2, 4]}, **arguments) for each in (keeping, stall))
    assert kept.gain == counted.gain
    assert kept.best.settled.head.customers == "keep"


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"budget": 0}, ds.TuningError, "budget must be a whole number above 0 (got 0)"),
        ({"finalists": True}, ds.TuningError, "finalists must be a whole number above 0 (got True)"),
        ({"difference": 0}, ds.TuningError, "difference must be a number above 0 (got 0)"),
        ({"firm": "stahl"}, ds.TuningError, "there is no firm 'stahl' in the scenario (known: stall, rival)"),
        ({"objective": "proft"}, ds.TuningError, "objective: there is no figure 'proft'; did you mean 'profit'?"),
        ({"replications": 1}, ValueError, "replications must be a whole number above 1: an interval needs two (got 1)"),
        ({"seed": -1}, ValueError, "seed must be a whole number in [0, 2**32) (got -1)"),
        ({"jobs": 0}, ValueError, "jobs must be a whole number above 0 (got 0)"),
        (
            {"constraints": ["waste of pear >= 1"], "replications": 2},
            ds.NothingMeetsError,
            "none of 3 candidates keeps waste of pear >= 1; the nearest has waste of pear 0 (the present policy)",
        ),
        (
            {"objective": "fill_rate of fig", "replications": 2},
            ds.NothingMeetsError,
            "fill_rate of fig of the present policy cannot be estimated (0/0), so that nothing can be better",
        ),
    ],
)
def test_what_cannot_be_tuned_is_said(stall, arguments, error, said):
    """If this fails, a wrong argument gives a wrong answer, or a traceback that names nothing."""
    without_figs = stall.replace({"products.fig.window": {"opens": 3.9999999}}) if "of fig" in said else stall
    with pytest.raises(error) as raised:
        ds.tune(without_figs, {PRICE: [2, 4]}, **arguments)
    assert said in str(raised.value)


def test_progress_reaches_its_end(stall):
    """If this fails, the bar stands still, runs backwards or ends before the work does."""
    said = []
    ds.tune(
        stall,
        {PRICE: [2, 4]},
        replications=3,
        finalists=2,
        difference=20,
        progress=lambda done, planned: said.append((done, planned)),
    )
    done = [each for each, _ in said]
    assert done == sorted(done)
    assert said[-1][0] == said[-1][1]
    assert all(each <= planned for each, planned in said)
