"""From what a planner types to the figures that are compared."""

import re

import pytest

import demandshift as ds
from demandshift.experiments.comparison.figure_names import (
    LARGE_IS_GOOD,
    SMALL_IS_GOOD,
    USUAL,
    figures_meant,
    words,
    written,
)
from demandshift.simulator.build.world import build_world
from demandshift.simulator.figures import FIGURE_BY_NAME, SEGMENT_COUNTS
from demandshift.simulator.measures import MeasureKey, is_rate, measure_keys, measures


@pytest.fixture(scope="module")
def known() -> tuple[MeasureKey, ...]:
    """Return the figures of a library scenario with two firms."""
    return measure_keys(build_world(ds.load("two-shops").settled).problem)


def test_the_figures_are_known_before_a_run():
    """If this fails, a misspelt figure is found after an hour of simulation, or a right one is refused."""
    result = ds.run(ds.load("two-shops").replace({"horizon": 8}), replications=1, seed=1)
    found = measures(result.reckoning)
    assert measure_keys(result.problem) == tuple(found)
    assert {key for key in found if is_rate(key)} == {key for key, each in found.items() if each.divisors is not None}


def test_names_mean_figures_of_firms_and_of_all_customers(known):
    """If this fails, a planner who asks for profit gets another firm's, or an offer's."""
    assert figures_meant(["profit", "competitive", "left"], known, ["corner"]) == (
        ("firm", "corner", "profit"),
        ("rate", "corner", "competitive"),
        ("segment", "(all)", "left"),
    )
    assert len(figures_meant(USUAL, known, ["corner", "market"])) == 2 * len(USUAL)
    assert figures_meant(["all"], known, []) == known
    assert figures_meant(["offer.cola.sales", 'segment."(all)".left', "profit", "profit"], known, ["market"]) == (
        ("offer", "cola", "sales"),
        ("segment", "(all)", "left"),
        ("firm", "market", "profit"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("profitt", "there is no figure 'profitt'; did you mean 'profit'?"),
        ("offer.cola", "a figure is LEVEL.NAME.FIGURE, such as offer.cola.sales (got 'offer.cola')"),
        ("ofer.cola.sales", "figure 'ofer.cola.sales': there is no level 'ofer'; did you mean 'offer'?"),
        ("offer.kola.sales", "figure 'offer.kola.sales': there is no offer 'kola'; did you mean 'cola'?"),
        ("firm.x.profit", "figure 'firm.x.profit': there is no firm 'x' (known: corner, market)"),
        ("offer.cola.sale", "figure 'offer.cola.sale': the offer 'cola' has no 'sale'; did you mean 'sales'?"),
        ("rate.corner.profit", "the rate 'corner' has no 'profit' (known: substitutive, competitive, strategic, "),
        ("offer..sales", "figure 'offer..sales' is not a path: a name is missing or needs double quotes at '.sales'"),
    ],
)
def test_a_figure_that_is_not_there_is_named_with_the_mend(known, text, message):
    """If this fails, a misspelt figure is left out without a word, or the complaint does not help."""
    with pytest.raises(ds.ComparisonError, match=re.escape(message)):
        figures_meant([text], known, ["corner"])


def test_no_figure_at_all_is_a_complaint(known):
    """If this fails, an empty comparison is printed."""
    with pytest.raises(ds.ComparisonError, match="no figure is named"):
        figures_meant([], known, ["corner"])


def test_figures_are_written_as_they_are_typed(known):
    """If this fails, what the manifest names cannot be typed again."""
    assert figures_meant([written(key) for key in known], known, []) == known
    assert written(MeasureKey("offer", "Cola 0.5 L", "sales")) == 'offer."Cola 0.5 L".sales'
    assert words(MeasureKey("rate", "corner", "strategic")) == "strategic transfer rate"
    assert words(MeasureKey("rate", "corner", "leaving_home")) == "leaving home"
    assert words(MeasureKey("firm", "corner", "fill_rate")) == "fill rate"


def test_what_is_better_is_said_of_figures_that_there_are():
    """If this fails, a figure that was renamed is coloured and selected by a name that nothing has."""
    assert not LARGE_IS_GOOD & SMALL_IS_GOOD
    assert {*FIGURE_BY_NAME, *SEGMENT_COUNTS} >= LARGE_IS_GOOD | SMALL_IS_GOOD
