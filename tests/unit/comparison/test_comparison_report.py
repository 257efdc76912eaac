"""A comparison as pictures, page and words."""

import plotly.graph_objects as go
import pytest

import demandshift as ds
from demandshift.experiments.report.comparison_pictures import picture_of_figures, picture_of_race
from demandshift.experiments.report.comparison_wording import signed, what_is_beyond_doubt
from demandshift.experiments.report.wording import as_text
from demandshift.simulator.estimates import Estimate
from demandshift.simulator.measures import MeasureKey


@pytest.fixture(scope="module")
def comparison(stall) -> ds.Comparison:
    """Return a comparison with a selection of the best."""
    odd = "<b>30</b> & %{x}"
    variants = {odd: stall.replace({"firms.stall.ordering.level": 30}), "more": "more", "same": "same"}
    return ds.compare(stall, variants, replications=8, seed=1, best=True, indifference=5)


def test_the_picture_shows_the_differences_that_the_frame_has(comparison):
    """If this fails, the picture tells another story than the table."""
    figure = comparison.plot()
    titles = [each.text for each in figure.layout.annotations]
    assert titles[:4] == ["Profit", "Revenue", "Units sold", "Fill rate"]
    rows = comparison.differences.query("name == 'stall' and figure == 'fill_rate'")
    trace = figure.data[titles.index("Fill rate")]
    assert list(trace.x) == pytest.approx((100 * rows["difference"]).tolist())
    assert list(trace.error_x.array) == pytest.approx((100 * rows["half_width"]).tolist())
    # Hollow where it may be chance, or is nothing.
    hollow = [colour == "#FFFFFF" for colour in trace.marker.color]
    assert hollow == [verdict != "beyond doubt" for verdict in rows["verdict"]]


def test_better_and_worse_have_their_colours(comparison):
    """If this fails, a loss is shown in the colour of a gain."""
    figure = comparison.plot()
    titles = [each.text for each in figure.layout.annotations]
    profit, waste = (figure.data[titles.index(title)] for title in ("Profit", "Waste"))
    assert profit.x[0] < 0 < waste.x[0]
    assert profit.marker.line.color[0] == waste.marker.line.color[0] == "#D55E00"


def test_names_are_data_in_pictures(comparison):
    """If this fails, a variant's name is read as markup or as a template."""
    for figure in (comparison.plot(), picture_of_figures(comparison), picture_of_race(comparison.race)):
        of_odd = [text for text in figure.data[0].hovertext if "30" in text]
        assert of_odd
        assert all(as_text("<b>30</b> & %{x}") in text for text in of_odd)
        assert as_text("<b>30</b> & %{x}") in figure.layout.yaxis.ticktext


def test_the_page_begins_with_the_answer(comparison):
    """If this fails, a reader of the report has to look for what was found."""
    page = comparison.page()
    assert page.title == "stall: <b>30</b> & %{x}, more and same against base"
    assert "27 differences that are judged together" in page.lead
    assert "The best is base or same. With a chance of 95 % or more this is the best of the 4" in page.lead
    assert [headline.label for headline in page.headlines] == [
        "<b>30</b> & %{x}: profit",
        "more: profit",
        "same: profit",
    ]
    assert page.headlines[2].value == "none"
    assert page.headlines[0].note == "EUR against base, beyond doubt, n = 8"
    assert [part.title for part in page.parts] == [
        *("Differences to base", "Each figure", "How the best was selected"),
        *("Differences to base", "Each figure", "How the best was selected"),
        *("What the same customers are worth", "All differences", "All figures"),
    ]
    assert all(isinstance(part.figure, go.Figure) for part in page.parts[:3])
    table = page.parts[3].frame
    assert [cell.text for cell in table["same"]] == ["none"] * len(table)
    assert page.alarms == ("same means the same as base: nothing that differs between them has an effect",)
    assert page.provenance == comparison.manifest


def test_a_comparison_in_which_nothing_is_told_still_has_a_page(stall):
    """If this fails, a figure that is nought everywhere ends in a traceback."""
    found = ds.compare(stall, ["more"], replications=1, seed=1, figures=["strategic"])
    assert found.told == ()
    assert len(found.page().parts) == 7
    assert found.plot().data == ()
    assert repr(found) == "<Comparison of more against base, n = 1>"


def test_figures_of_several_firms_stand_together_with_their_names(stall):
    """If this fails, profit of one firm cannot be told from that of the other."""
    found = ds.compare(stall, ["more"], replications=2, seed=1, figures=["profit", "firm.rival.profit", "revenue"])
    assert found.told == (
        MeasureKey("firm", "stall", "profit"),
        MeasureKey("firm", "stall", "revenue"),
        MeasureKey("firm", "rival", "profit"),
    )
    titles = [each.text for each in found.plot().layout.annotations]
    assert titles == ["stall<br>Profit", "stall<br>Revenue", "rival<br>Profit"]


@pytest.mark.parametrize(
    ("estimate", "share", "text"),
    [
        (Estimate(12.3, 4.5, 9), False, "+12.3 ± 4.5"),
        (Estimate(-12.3, 4.5, 9), False, "-12.3 ± 4.5"),
        (Estimate(0.0123, 0.0045, 9), True, "+1.23 ± 0.45 pp"),
        (Estimate(-0.5, None, 1), True, "-50 pp"),
        (Estimate(None, None, 9), True, "n/a"),
        (Estimate(0.0, 1.0, 9), False, "0.0 ± 1.0"),
    ],
)
def test_differences_have_a_sign_and_their_unit(estimate, share, text):
    """If this fails, a fall of one percentage point is read as one per cent, or as a rise."""
    assert signed(estimate, share=share) == text


def test_what_is_beyond_doubt_is_said_with_its_family(stall):
    """If this fails, a mark has no meaning that could be checked."""
    one = ds.compare(stall, ["more"], replications=2, seed=1, figures=["profit"])
    assert what_is_beyond_doubt(one).startswith("* beyond doubt: of the one difference that is judged the chance that")
