"""What `import demandshift` offers, and what it costs to start."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import demandshift

HEAVY = ("numpy", "pandas", "numba", "scipy", "pydantic", "simpy", "pyarrow", "joblib")
"""Packages that take long to import; only what uses them may."""


def test_public_names_are_the_documented_ones(root: Path) -> None:
    """A failure means that something became public without a word, or that the page promises what is not there."""
    text = (root / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    documented = re.findall(r"^### `(\w+)", text, flags=re.MULTILINE)
    assert sorted(documented) == sorted(demandshift.__all__)


def test_every_public_name_can_be_had() -> None:
    """A failure means that a public name is listed, but its module does not define it."""
    for name in demandshift.__all__:
        assert getattr(demandshift, name) is not None
    assert dir(demandshift) == sorted(demandshift.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A failure means that a misspelt name of the package fails in some other way than Python's own."""
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        _ = demandshift.laod


def test_the_example_of_the_package_holds() -> None:
    """A failure means that the first example that a notebook user sees, `help(demandshift)`, is wrong."""
    outcome = doctest.testmod(demandshift)
    assert outcome.attempted > 0
    assert outcome.failed == 0


COMMAND_LINE = "import sys; sys.argv = {words!r}; from demandshift.cli import main; main()"


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import demandshift", ()),
        (COMMAND_LINE.format(words=["demandshift", "--help"]), ()),
        # The command line library takes pydantic by itself to read the arguments of a command, wherever it is there.
        (COMMAND_LINE.format(words=["demandshift", "run", "--help"]), ("pydantic",)),
    ],
    ids=["import", "help", "run-help"],
)
def test_nothing_heavy_is_imported_before_it_is_used(statement: str, allowed: tuple[str, ...]) -> None:
    """A failure means that `demandshift --help`, or an import in a notebook, waits for what it does not need."""
    program = f"""
import sys
try:
    {statement}
except SystemExit as stop:
    assert not stop.code, stop.code
print("loaded:", *sorted(name for name in {HEAVY!r} if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()[-1].removeprefix("loaded:").split()
    assert set(loaded) <= set(allowed)
