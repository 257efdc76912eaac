"""Every page in a real browser: drawn, quiet, legible, within its window, and asking nobody for anything."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from looking import DESKTOP, PHONE, asked_for, look_at, open_all, said, wait_for
from page_makers import PAGES
from pictures import drawn, legends, texts

LEAST_SIZE = 12.0
"""Size of type in a table below which people give up, in CSS pixels."""
LEAST_SIZE_IN_PICTURES = 10.0

_OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"

_SMALL = """
return [...document.querySelectorAll('td, th, p, dd, dt, li, summary, pre')]
  .filter(each => each.textContent.trim() && each.getClientRects().length)
  .map(each => [each.textContent.slice(0, 40), parseFloat(getComputedStyle(each).fontSize)])
  .filter(([text, size]) => size < arguments[0]);
"""

_OUTSIDE = """
return [...document.querySelectorAll('main *')]
  .filter(each => !each.closest('.scroll, pre, .js-plotly-plot') && each.getClientRects().length)
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(each => each.outerHTML.slice(0, 120));
"""


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_drawn_quiet_and_legible(
    browser: Any, page_file: Callable[[str], Path], name: str, width: int
) -> None:
    """If this fails, a reader sees an empty picture, a cut label, a page wider than the screen, or print too small."""
    file = page_file(name)
    look_at(browser, file, width)
    assert asked_for(browser) == [file.as_uri()]
    pictures = drawn(browser)
    assert len(pictures) == len(browser.execute_script("return [...document.querySelectorAll('section.picture')]"))
    for picture in pictures:
        assert picture["marks"] > 0, picture
        assert picture["width"] > 0.8 * min(width, 1056) - 32, picture
        assert picture["height"] > 150, picture
    for text in texts(browser):
        assert min(text["left"], text["right"], text["top"], text["bottom"]) > -2, text
        assert text["size"] >= LEAST_SIZE_IN_PICTURES, text
    for legend in legends(browser):
        assert legend["bottom"] <= legend["plotted"] + 1, legend
        assert legend["right"] >= -1, legend
    open_all(browser)
    assert browser.execute_script(_OVERFLOW) <= 0
    assert browser.execute_script(_OUTSIDE) == []
    assert browser.execute_script(_SMALL, LEAST_SIZE) == []
    assert said(browser) == []


def test_a_table_is_sorted_by_a_click(browser: Any, page_file: Callable[[str], Path]) -> None:
    """If this fails, numbers are sorted as words, or what is missing comes first."""
    look_at(browser, page_file("kinds"))

    def column(place: int) -> list[str]:
        rows = "return [...document.querySelector('table').tBodies[0].rows]"
        return browser.execute_script(f"{rows}.map(row => row.cells[arguments[0]].textContent)", place)

    def click(place: int) -> None:
        browser.execute_script("document.querySelectorAll('table th button')[arguments[0]].click()", place)

    assert column(2) == ["1,234 ± 12", "25.0 ± 1.0 %", "-50 %", "–"]
    click(2)
    assert column(2) == ["-50 %", "25.0 ± 1.0 %", "1,234 ± 12", "–"]
    click(2)
    assert column(2) == ["1,234 ± 12", "25.0 ± 1.0 %", "-50 %", "–"]
    click(4)
    assert column(4) == ["worse", "worse", "better", "–"]
    click(5)
    assert column(5) == ["2026-01-01", "2026-01-02", "2026-01-03", "–"]
    headings = browser.execute_script(
        "return [...document.querySelectorAll('table:first-of-type th')].map(each => each.getAttribute('aria-sort'))"
    )
    assert headings[:7] == [None, None, None, None, None, "ascending", None]


def test_a_picture_offers_nothing_that_leaves_the_page(browser: Any, page_file: Callable[[str], Path]) -> None:
    """If this fails, a click sends somebody's figures to a server: plotly has a button for its makers' own."""
    look_at(browser, page_file("kinds"))
    titles = browser.execute_script(
        "return [...document.querySelectorAll('.modebar-btn')].map(each => each.dataset.title)"
    )
    assert set(titles) == {"Download plot as a PNG", "Zoom", "Pan", "Zoom in", "Zoom out", "Reset axes"}


def test_pictures_follow_the_width_of_the_window(browser: Any, page_file: Callable[[str], Path]) -> None:
    """If this fails, a page that was opened on a wide screen runs out of a narrow one when the window is made small."""
    look_at(browser, page_file("kinds"), DESKTOP)
    before = drawn(browser)[0]["width"]
    size = {"width": PHONE, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    wait_for(lambda: drawn(browser)[0]["width"] < PHONE)
    assert before > PHONE
    assert browser.execute_script(_OVERFLOW) <= 0
