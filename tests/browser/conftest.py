"""A real browser for pages: headless Chromium, without any network, driven by the driver that came with it."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_HERE = Path(__file__).parent


def _load(file: Path) -> ModuleType:
    """Make a module known by its name: with importlib, test folders are not on the path."""
    specification = importlib.util.spec_from_file_location(file.stem, file)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[file.stem] = module
    specification.loader.exec_module(module)
    return module


_needed = _load(_HERE.parent / "needed.py")
for _name in ("looking", "pictures", "palette_png", "page_makers"):
    _load(_HERE / f"{_name}.py")

CHROMIUM, DRIVER = "chromium", "chromedriver"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    # No name is found and no address reached: what a page asks for outside its file fails.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a browser window; skip, or fail where a browser is required, if there is no browser."""
    programs = {name: shutil.which(name) for name in (CHROMIUM, DRIVER)}
    missing = [name for name, place in programs.items() if place is None]
    reason = f"{' and '.join(missing)} missing: on Debian, apt-get install chromium chromium-driver"
    _needed.needed("browser", not missing, reason)
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.selenium_manager import SeleniumManager

    options = Options()
    options.binary_location = str(programs[CHROMIUM])
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("selenium looks for a driver in the network; it is told where one is")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SeleniumManager, "binary_paths", refuse)
        patch.setenv("SE_OFFLINE", "true")
        patch.setenv("SE_AVOID_STATS", "true")
        patch.setenv("no_proxy", "localhost,127.0.0.1")
        driver = Chrome(options=options, service=Service(executable_path=str(programs[DRIVER])))
        try:
            yield driver
        finally:
            driver.quit()


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what writes the page of a maker, once, and returns its file."""
    from page_makers import PAGES

    from demandshift.experiments.report.html import write_page

    folder = tmp_path_factory.mktemp("pages")

    def write(name: str) -> Path:
        file = folder / f"{name}.html"
        if not file.exists():
            write_page(PAGES[name](), file, command=f"demandshift run {name}")
        return file

    return write
