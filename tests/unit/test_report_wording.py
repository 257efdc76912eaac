"""Figures and names as reports write them."""

import pytest

from demandshift.experiments.report.wording import as_label, as_text, decimals_of, number
from demandshift.simulator.estimates import Estimate


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("&lt;", "&amp;lt;"),
        ('<a href="javascript:x">y</a>', '&lt;a href="javascript:x"&gt;y&lt;/a&gt;'),
        ("%{x}", "&#37;{x}"),
        ("100 %", "100 %"),
        (7, "7"),
    ],
)
def test_a_name_is_plain_text_for_plotly(name: object, text: str) -> None:
    """If this fails, a name is bold, a link, or filled in with a figure, in some picture."""
    assert as_text(name) == text


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    """If this fails, two sizes of one product read the same in a picture, or a tag is cut and so becomes another."""
    assert as_label("Sparkling mineral water, crate of twelve", 20) == "Sparkling m…f twelve"
    assert len(as_label("x" * 100)) == 28
    assert as_label("x" * 28) == "x" * 28
    assert as_label("<" * 50, 4) == "&lt;…&lt;&lt;"


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([], 0),
        ([0.0], 0),
        ([1.0, 20.0], 0),
        ([1.5, 20.0], 1),
        ([1.25], 2),
        ([1 / 3], 4),
        ([1234.567], 2),
        ([0.00012345], 6),
        ([float("inf"), float("nan"), 2.5], 1),
    ],
)
def test_plain_numbers_have_sensible_decimals(values: list[float], decimals: int) -> None:
    """If this fails, a column shows sixteen digits, or hides what its rows differ in."""
    assert decimals_of(values) == decimals


@pytest.mark.parametrize(
    ("estimate", "percent", "text"),
    [
        (Estimate(1234.56, 7.89, 10), False, "1,234.6 ± 7.9"),
        (Estimate(0.123, 0.0456, 10), True, "12.3 ± 4.6 %"),
        (Estimate(-0.001, 0.2, 10), False, "0.00 ± 0.20"),
        (Estimate(5.0, 0.0, 10), False, "5 ± 0"),
        (Estimate(5.5, None, 1), False, "5.50"),
        (Estimate(None, None, 1), False, "n/a"),
    ],
)
def test_an_estimate_has_the_digits_that_its_interval_gives_sense_to(
    estimate: Estimate, percent: bool, text: str
) -> None:
    """If this fails, a figure claims digits that are chance, or stands without its half-width (R17)."""
    assert number(estimate, percent=percent) == text
