"""The pictures of the documentation: parts of pages as the browser draws them.

With DEMANDSHIFT_WRITE_PICTURES=1 they are written anew. Otherwise what they show is looked for on the same page: the
same elements, drawn; never the same pixels, which depend on a machine's fonts.
"""

import base64
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from looking import DESKTOP, PHONE, look_at
from palette_png import with_palette
from pictures import drawn

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LARGEST = 200_000
"""Bytes of a picture in the repository."""
MARGIN = 16
"""Around what is shown, in CSS pixels."""


class Shown(NamedTuple):
    """What a picture shows: of which page, how wide, from where to where."""

    page: str
    width: int
    first: str
    last: str
    """Selectors of the first and the last element."""


PICTURES = {
    "report.png": Shown("two-shops", DESKTOP, "header", "section.picture:nth-of-type(2)"),
    "flow.png": Shown("two-shops", DESKTOP, "section.picture:nth-of-type(3)", "section.picture:nth-of-type(4)"),
    "phone.png": Shown("two-shops", PHONE, "header", "section.picture:nth-of-type(1)"),
    "plan.png": Shown("fares", DESKTOP, "section.picture:nth-of-type(3)", "section.picture:nth-of-type(3)"),
}

_BOX = """
const [first, last] = [...arguments].map(each => document.querySelector(each).getBoundingClientRect());
return [first.top + window.scrollY, last.bottom + window.scrollY];
"""


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_the_docs_shows_what_the_page_shows(
    browser: Any, page_file: Callable[[str], Path], name: str
) -> None:
    """If this fails, the documentation shows what no report looks like any more."""
    shown = PICTURES[name]
    look_at(browser, page_file(shown.page), shown.width, height=6000)
    top, bottom = browser.execute_script(_BOX, shown.first, shown.last)
    assert bottom > top + 200
    assert all(picture["marks"] > 0 for picture in drawn(browser))
    file = FOLDER / name
    if os.environ.get("DEMANDSHIFT_WRITE_PICTURES"):
        clip = {
            "x": 0,
            "y": max(0, top - MARGIN),
            "width": shown.width,
            "height": bottom - top + 2 * MARGIN,
            "scale": 1,
        }
        taken = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip})
        FOLDER.mkdir(exist_ok=True)
        file.write_bytes(with_palette(base64.b64decode(taken["data"])))
    content = file.read_bytes()
    assert len(content) < LARGEST
    width, height = struct.unpack(">II", content[16:24])
    assert width == shown.width
    # Fonts differ from machine to machine, and with them where lines end.
    assert height == pytest.approx(bottom - top + 2 * MARGIN, rel=0.15)


def test_every_picture_in_the_docs_comes_from_here() -> None:
    """If this fails, a picture has no test that makes it, and will grow old."""
    assert {file.name for file in FOLDER.iterdir()} == set(PICTURES)
