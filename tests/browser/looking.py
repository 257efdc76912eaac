"""How the tests look at a page: at a width, with everything drawn, and with what it said and asked for."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DESKTOP, PHONE = 1280, 390
"""Widths at which pages are looked at, in CSS pixels."""
LONG = 30.0
"""Seconds after which a page that has not drawn its pictures never will."""


def look_at(browser: Any, file: Path, width: int = DESKTOP, height: int = 900) -> None:
    """Open a page in a window of that width, and wait until all of it is drawn."""
    browser.get_log("browser")
    browser.get_log("performance")
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(file.as_uri())
    wait_for(lambda: browser.execute_script("return document.readyState") == "complete")
    drawn = "return [...document.querySelectorAll('.plot')].every(each => each.querySelector('svg.main-svg'))"
    wait_for(lambda: browser.execute_script(drawn))


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + LONG
    while not what():
        if time.monotonic() > end:
            raise AssertionError("the page does not become what was waited for")
        time.sleep(0.05)


def open_all(browser: Any) -> None:
    """Open everything that is opened by a click."""
    browser.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def said(browser: Any) -> list[str]:
    """Return what the page has written into the console since it was opened."""
    return [entry["message"] for entry in browser.get_log("browser")]


def asked_for(browser: Any) -> list[str]:
    """Return the addresses that were asked for since the page was opened, without what is inside the page itself."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    addresses = [
        event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"
    ]
    return [address for address in addresses if not address.startswith(("data:", "blob:"))]
