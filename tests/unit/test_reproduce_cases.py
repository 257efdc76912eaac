"""The cases of published results: what each must state, and that each has its study, or says why it has none."""

from pathlib import Path

import pytest

from demandshift.experiments.reproduce import case as cases
from demandshift.experiments.reproduce import study as studies
from demandshift.experiments.reproduce.case import Case, CaseError, all_cases, find_case, read_case
from demandshift.experiments.reproduce.study import Study, study_of
from demandshift.simulator.estimates import Estimate

HOUSE = Path(__file__).resolve().parents[2] / "experiments" / "reproduce"
MACHINERY = {"__init__", "case", "study", "running", "outcome", "terminal", "wording"}
"""Modules that are no study."""

ALL = all_cases()
RUN = [each for each in ALL if not each.not_yet]


def test_every_study_has_a_case_and_every_case_a_study_or_a_reason():
    """If this fails, facts lie there that nobody checks, or a study has no source."""
    modules = {file.stem.replace("_", "-") for file in HOUSE.glob("*.py") if file.stem not in MACHINERY}
    assert modules == {each.name for each in RUN}
    assert {each.name for each in ALL} == {file.stem for file in (HOUSE / "cases").iterdir()}
    assert all(isinstance(study_of(each), Study) for each in RUN)


@pytest.mark.parametrize("case", ALL, ids=[each.name for each in ALL])
def test_every_case_states_its_source_and_its_bounds(case: Case):
    """If this fails, a figure has no year to its source, or its bound is none."""
    assert any(str(year) in case.source for year in range(1900, 2030))
    assert len(case.claim) > 30
    for what, figure in case.figures.items():
        numbers = [value for value in figure.values if isinstance(value, float)]
        if figure.only_simulated:
            assert figure.allowed is figure.relative is None
        elif numbers:
            # A bound near the figure itself would let anything pass.
            largest = max(map(abs, numbers))
            assert largest == 0 or max(map(figure.bound, numbers)) <= 0.05 * largest, what


GOOD = """
title: A small case
topic: stock
claim: Two and two are four, whatever anybody says.
source: Anybody 1901
evidence: A
figures: {sum: {printed: 4, allowed: 0}}
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("figures: {sum: {printed: 4, allowed: 0}}", "figures: {}"),
            "figures: Dictionary should have at least 1 item",
        ),
        (("source: Anybody 1901\n", ""), "source: Field required"),
        (("evidence: A", "evidence: E"), "evidence: Input should be 'A', 'B', 'C' or 'D'"),
        (("allowed: 0", "tolerance: 0"), "figures.sum.tolerance: Extra inputs are not permitted"),
        ((", allowed: 0", ""), "numbers need exactly one of allowed, relative"),
        (("allowed: 0", "allowed: 0, relative: 0.1"), "numbers need exactly one of allowed, relative"),
        (("printed: 4", "printed: 4, formula: 4"), "needs exactly one of printed, formula, recomputed"),
        (("printed: 4", "printed: four"), "a text is the same or another"),
        (("printed: 4", "printed: []"), "needs a value"),
        (("printed: 4", "printed: [4, four]"), "must be all numbers or all texts"),
        (("allowed: 0", "allowed: -1"), "greater than or equal to 0"),
        (("title", "name: other\ntitle"), "name: is that of the file; leave it out"),
        (("title: A small case", "title: [A"), "cases/small.yaml: cannot be read"),
    ],
)
def test_a_case_with_a_mistake_is_refused(tmp_path: Path, change: tuple[str, str], said: str):
    """If this fails, a slip in a case is read as something else."""
    file = tmp_path / "small.yaml"
    file.write_text(GOOD, encoding="utf-8")
    assert read_case(file).figure("sum").values == (4.0,)
    file.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(CaseError) as error:
        read_case(file)
    assert said in str(error.value)
    assert str(error.value).startswith("cases/small.yaml")


def test_a_list_is_no_case(tmp_path: Path):
    """If this fails, a file of another shape ends in a traceback."""
    file = tmp_path / "small.yaml"
    file.write_text("- 1\n", encoding="utf-8")
    with pytest.raises(CaseError, match="must be a mapping"):
        read_case(file)


def small(figure: str) -> Case:
    """Return a case with one figure."""
    text = GOOD.replace("{printed: 4, allowed: 0}", figure)
    return Case.model_validate({"name": "small", **cases.YAML(typ="safe", pure=True).load(text)})


def rows(monkeypatch: pytest.MonkeyPatch, figure: str, ours: studies.Found) -> list[studies.Row]:
    """Return the rows of a case whose study computes something."""
    monkeypatch.setattr(studies, "study_of", lambda _case: Study(lambda _case: {"sum": ours}))
    return list(studies.rows_of(small(figure)))


def test_verdicts(monkeypatch: pytest.MonkeyPatch):
    """If this fails, a deviation has the wrong sign, a bound is not kept, or a known difference hides a larger one."""
    (row,) = rows(monkeypatch, "{printed: 4, allowed: 0.5}", 4.5)
    assert (row.deviation, row.allowed, row.verdict) == (0.5, 0.5, "agrees")
    (row,) = rows(monkeypatch, "{printed: 4, relative: 0.1}", 3.5)
    assert (row.deviation, row.allowed, row.verdict) == (-0.5, 0.4, "OFF")
    known = "{printed: 4, allowed: 0.1, known_difference: {up_to: 0.5, reason: they round on the way}}"
    (row,) = rows(monkeypatch, known, 4.4)
    assert (row.verdict, row.note) == ("differs, as known", "they round on the way")
    (row,) = rows(monkeypatch, known, 4.6)
    assert (row.verdict, row.note) == ("OFF", "")
    assert [row.verdict for row in rows(monkeypatch, '{printed: "a b"}', "a b")] == ["agrees"]
    assert [row.verdict for row in rows(monkeypatch, '{printed: "a b"}', "a c")] == ["OFF"]
    assert [row.verdict for row in rows(monkeypatch, "{printed: 4, allowed: 1}", float("nan"))] == ["OFF"]
    both = rows(monkeypatch, "{printed: [4, 5], allowed: 0}", [4, 6])
    assert [(row.figure, row.verdict) for row in both] == [("sum (1)", "agrees"), ("sum (2)", "OFF")]
    with pytest.raises(ValueError, match="3 values of ours for 2 published ones"):
        rows(monkeypatch, "{printed: [4, 5], allowed: 0}", [4, 5, 6])


def test_what_is_simulated_may_be_off_by_four_standard_errors(monkeypatch: pytest.MonkeyPatch):
    """If this fails, the half-width of 95 % is taken for the standard error, or digits of the source are forgotten.

    With n = 41 the factor of Student's t is 2.0211, so that a half-width of 2.0211 is a standard error of 1: off by
    3.9 agrees, off by 4.1 does not, unless the figure itself is known to 0.2 only.
    """
    for mean, bound, verdict in ((7.9, 1e-9, "agrees"), (8.1, 1e-9, "OFF"), (8.1, 0.2, "agrees")):
        estimate = Estimate(mean, 2.0210753903062737, 41)
        (row,) = rows(monkeypatch, f"{{printed: 4, allowed: {bound}}}", estimate)
        assert (row.method, row.verdict, row.n) == ("simulated", verdict, 41)
        assert row.allowed == pytest.approx(4 + bound)


def test_a_figure_that_no_source_states_is_an_error(monkeypatch: pytest.MonkeyPatch):
    """If this fails, a study with a misspelt figure drops it silently."""
    monkeypatch.setattr(studies, "study_of", lambda _case: Study(lambda _case: {"sun": 4}))
    with pytest.raises(CaseError, match=r"cases/small.yaml: has no figure 'sun' \(known: sum\)"):
        list(studies.rows_of(small("{printed: 4, allowed: 0}")))


def test_short_simulates_less_but_never_fewer_than_forty(monkeypatch: pytest.MonkeyPatch):
    """If this fails, `--short` is parsed and ignored, or leaves so few replications that chance decides."""
    asked = []

    def run(_scenario: object, replications: int, _seed: int, **_options: object) -> object:
        asked.append(replications)
        raise ArithmeticError

    monkeypatch.setattr(studies, "run", run)
    simulation = study_of(find_case("two-fares")).simulate(find_case("two-fares"))[0]
    for short in (False, True):
        with pytest.raises(ArithmeticError):
            studies._estimates(simulation, short=short, seed=1)
    assert asked == [400, 100]
    with pytest.raises(ArithmeticError):
        studies._estimates(studies.Simulation(simulation.scenario, 50, {}), short=True, seed=1)
    assert asked[-1] == 40
