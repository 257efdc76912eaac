"""Names are data: in a page nothing in them runs, opens, loads or formats, and every label reads to the letter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from looking import asked_for, look_at, open_all, said, wait_for
from page_makers import HOSTILE
from selenium.common.exceptions import NoAlertPresentException

PLACE_OF = """
const [plot, type, row] = arguments;
const place = document.querySelectorAll('.plot')[plot];
place.scrollIntoView({block: 'center'});
const trace = place._fullData.find(each => each.type === type);
const axis = id => place._fullLayout[id[0] + 'axis' + id.slice(1)];
const [x, y] = [axis(trace.xaxis), axis(trace.yaxis)];
const box = place.getBoundingClientRect();
const across = type === 'bar' ? 4 : 0.3 * x._length;
return [box.left + x._offset + across, box.top + y._offset + y.c2p(row)];
"""


def hovered(page: Any, plot: int, kind: str, row: int) -> str:
    """Return what shows when the pointer comes to a row of a picture."""
    x, y = page.execute_script(PLACE_OF, plot, kind, row)
    text = (
        "return [...document.querySelectorAll('.plot')[arguments[0]].querySelectorAll('.hoverlayer text')]"
        ".map(each => each.textContent).join(' ')"
    )
    for step in (3, 0):
        page.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x + step, "y": y})
    wait_for(lambda: page.execute_script(text, plot) != "")
    shown = page.execute_script(text, plot)
    page.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 1, "y": 1})
    wait_for(lambda: page.execute_script(text, plot) == "")
    return str(shown)


@pytest.fixture
def page(browser: Any, page_file: Callable[[str], Path]) -> Any:
    """Return the browser with the page of hostile names, all of it open."""
    look_at(browser, page_file("hostile"))
    open_all(browser)
    return browser


def count(page: Any, what: str) -> int:
    """Return how many elements of a kind the page has."""
    return page.execute_script("return document.querySelectorAll(arguments[0]).length", what)


def test_nothing_in_a_name_runs(page: Any, page_file: Callable[[str], Path]) -> None:
    """If this fails, whoever names a product runs a program in the browser of whoever reads the report."""
    for text in ("hover", "click"):
        page.execute_script(
            "document.querySelectorAll('.plot text').forEach(each => each.dispatchEvent(new MouseEvent(arguments[0])))",
            text,
        )
    assert page.execute_script("return window.hacked") is None
    with pytest.raises(NoAlertPresentException):
        _ = page.switch_to.alert
    assert said(page) == []
    assert asked_for(page) == [page_file("hostile").as_uri()]


def test_no_element_comes_from_a_name(page: Any) -> None:
    """If this fails, a name has become markup: an image, a link, a script, a frame, bold print."""
    assert count(page, "img, iframe, object, embed, form, input, link, base, audio, video") == 0
    assert count(page, "a[href], svg a") == 0
    assert count(page, "main b, main i, svg [onload]") == 0
    assert count(page, "script:not([type])") == 2
    assert count(page, "script[type='application/json']") == count(page, ".plot")
    assert count(page, "tspan[style*='font-weight: bold']") == 0


def test_every_name_reads_to_the_letter(page: Any) -> None:
    """If this fails, a planner finds other names in the report than in the scenario."""
    cells = page.execute_script("return [...document.querySelectorAll('td, th')].map(each => each.textContent)")
    for name in HOSTILE:
        assert name in cells
    labels = page.execute_script("return [...document.querySelectorAll('.plot text')].map(each => each.textContent)")
    for name in HOSTILE:
        assert (name if len(name) <= 28 else f"{name[:16]}…{name[-11:]}") in labels, name
    resolved = page.execute_script("return document.querySelector('.document pre').textContent")
    assert HOSTILE[2] in resolved


def test_hover_texts_read_to_the_letter(page: Any) -> None:
    """If this fails, a name under the pointer is filled in, cut, or taken for markup."""
    assert any(name in hovered(page, 0, "bar", -0.2) for name in HOSTILE[4:])
    shown = [hovered(page, 1, "heatmap", row) for row in range(4)]
    for name in HOSTILE[:4]:
        assert any(text.startswith(name) for text in shown), name


def test_the_page_itself_lets_nothing_foreign_run_or_load(page: Any) -> None:
    """If this fails, a name that slipped through every escape would run: the page has no second line of defence."""
    page.execute_script(
        """
        document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.hacked = 1">');
        const script = document.createElement('script');
        script.textContent = 'window.hacked = 2';
        document.body.append(script);
        const link = document.createElement('a');
        link.href = 'javascript:window.hacked = 3';
        document.body.append(link);
        link.click();
        fetch('https://example.org/').catch(() => { window.refused = true; });
        """
    )
    wait_for(lambda: page.execute_script("return window.refused === true"))
    assert page.execute_script("return window.hacked") is None
    assert any("Content Security Policy" in line for line in said(page))
