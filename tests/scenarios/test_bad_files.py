"""Every bad scenario states the complaints that it must give."""

from pathlib import Path

import pytest

from demandshift.scenarios.complaints import ScenarioError
from demandshift.scenarios.load import load

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.yaml"))


def directives(file: Path, word: str) -> list[str]:
    """Return what the comments on top of a file say after a word."""
    start = f"# {word}: "
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_bad_file_gives_the_complaints_that_it_states(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a mistake would be accepted, hidden by another, or named at the wrong place or in other words."""
    expected = directives(file, "expect")
    monkeypatch.chdir(BAD)
    with pytest.raises(ScenarioError) as caught:
        load(file.name, directives(file, "variant"), directives(file, "set"))
    *lines, end = str(caught.value).splitlines()
    assert lines == expected
    assert end == f"{len(expected)} problem{'' if len(expected) == 1 else 's'}; nothing was run."


def test_there_are_enough_bad_files() -> None:
    """Else a folder that moved would leave the test above without a case, and green."""
    assert len(FILES) >= 45
    assert all(directives(file, "expect") for file in FILES)


def test_the_base_of_the_bad_files_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else bad files could be complained of for a mistake in what they extend."""
    monkeypatch.chdir(BAD)
    assert load("base/shop.yaml").name == "shop"
