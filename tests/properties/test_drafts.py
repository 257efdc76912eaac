"""Whatever somebody answers, a draft loads, runs, and is one scenario in all three forms."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import demandshift as ds
from demandshift.scenarios.drafts.answers import AnswerError, complete
from demandshift.scenarios.drafts.drafting import FORMS, checked, draft_of, files_of

TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)
AMOUNTS = st.floats(0.01, 9999).map(lambda amount: f"{amount:.4g}")


def typed_names(names: list[str]) -> str:
    """Return names as somebody types them: with commas between, in quotes where they need them."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(names)
    return stream.getvalue()


@st.composite
def answers(draw: st.DrawFn) -> dict[str, str]:
    """Draw what somebody may type; some questions stay without an answer."""
    kind = draw(st.sampled_from(["shop", "season", "seats"]))
    names = st.lists(TEXTS.filter(lambda name: name != "nothing" and not name.isdecimal()), min_size=2, max_size=4)
    questions = {
        "name": TEXTS,
        "currency": TEXTS,
        "price": AMOUNTS,
        "demand": st.floats(0.05, 20).map(lambda rate: f"{rate:.3g}"),
        "horizon": st.integers(2, 30).map(str),
        "start": st.dates().map(lambda day: day.isoformat()) | st.just("none"),
        "stock": st.integers(1, 200).map(str),
        "segments": st.sampled_from(["1", "2"]),
        "rival": st.sampled_from(["yes", "no"]),
        "waiting": st.sampled_from(["yes", "no"]),
    }
    if kind != "seats":
        unique = names.filter(lambda each: len(set(each)) == len(each))
        questions["products"] = unique.map(typed_names) | st.integers(1, 5).map(str)
        questions["cost"] = AMOUNTS | st.just("0")
    given_ones = {key: draw(values) for key, values in questions.items() if draw(st.booleans())}
    return {"template": kind, "demand": "5", "horizon": "12", **given_ones}


@settings(max_examples=30)
@given(answers())
def test_a_draft_is_one_scenario_in_every_form(typed: dict[str, str]) -> None:
    """A failure means that some planner's answers give a file that does not load, or tables that say something else."""
    draft = draft_of(complete(typed))
    scenarios = [
        checked(files_of(draft, form, name), form) for form, name in zip(FORMS, ("a.yaml", "", "a.xlsx"), strict=True)
    ]
    assert len({scenario.hash for scenario in scenarios}) == 1
    assert scenarios[0].resolved == scenarios[1].resolved == scenarios[2].resolved
    with tempfile.TemporaryDirectory() as folder:
        # What was written reads back as the same text that is understood.
        file = Path(folder, "shown.yaml")
        file.write_text(scenarios[2].to_yaml(), encoding="utf-8")
        assert ds.load(file).hash == scenarios[0].hash
    result = ds.run(scenarios[0], replications=1, seed=1)
    assert result.manifest["scenario_hash"] == scenarios[0].hash


def test_answers_that_do_not_go_together_are_said_as_such() -> None:
    """A failure means that somebody would be told of a line in a temporary file, or find a file that does not load."""
    with pytest.raises(AnswerError) as caught:
        checked({"a.yaml": b"name: x\nhorizon: -1\nfirms: {a: {}}\nproducts: {}\nsegments: {}\n"}, "file")
    assert str(caught.value).splitlines()[:2] == [
        "these answers do not go together",
        "horizon: must be greater than 0 (got -1)",
    ]
