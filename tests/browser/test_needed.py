"""What is missing is skipped with its reason, and required where it is said to be."""

import pytest
from needed import needed


def test_what_is_there_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a test is skipped although everything that it needs is there."""
    monkeypatch.setenv("DEMANDSHIFT_REQUIRE", "browser")
    needed("browser", True, "never said")


@pytest.mark.parametrize("required", ["", "postgres", "browsers"])
def test_what_is_missing_is_skipped_with_its_reason(monkeypatch: pytest.MonkeyPatch, required: str) -> None:
    """If this fails, the suite is red on a machine without a browser, or says not why a test was not run."""
    monkeypatch.setenv("DEMANDSHIFT_REQUIRE", required)
    with pytest.raises(pytest.skip.Exception, match="no browser here"):
        needed("browser", False, "no browser here")


@pytest.mark.parametrize("required", ["browser", "postgres, browser", "browser,postgres"])
def test_what_is_required_and_missing_fails(monkeypatch: pytest.MonkeyPatch, required: str) -> None:
    """If this fails, CI is green although nobody has looked at a page."""
    monkeypatch.setenv("DEMANDSHIFT_REQUIRE", required)
    with pytest.raises(pytest.fail.Exception, match="DEMANDSHIFT_REQUIRE names browser: no browser here"):
        needed("browser", False, "no browser here")
