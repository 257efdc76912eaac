"""Every fenced block of every page does what it says.

The info string says what a block is:

* `bash`: commands. Those of `demandshift` are run, with exit status 0, or the one named by `status=2`; a page's blocks
  share one temporary folder. Set-up commands are compared with the issue that asks for them, and other commands must be
  those that CI runs.
* `python`: executed; a page's blocks share one namespace.
* `yaml`: a whole scenario, which is loaded; with a name (`yaml my-shop.yaml`) it is kept for the blocks below.
* `yaml fragment of NAME`: a part of a scenario, loaded as a scenario that extends NAME.
* `csv NAME`: a table, kept for the blocks below. `json`: parsed.
* `text output`: what the block before prints. A line `…` stands for any lines, a `…` within a line for any text.
"""

import contextlib
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import demandshift
from demandshift.cli import app

SET_UP = (
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/demandshift run fresh-shelf",
    "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/python -m pytest",
)
"""The two commands that the README must give, to the letter; CI runs them."""

ONLY_FOR_PEOPLE = (
    ".venv/bin/pip install -e '.[dev]' --config-settings editable_mode=strict",
    ".venv/bin/pre-commit install",
    ".venv/bin/python docs/generate.py",
    ".ci/run",
)
"""Commands that change a contributor's own checkout, so that nothing runs them here."""


class Session:
    """The state that the blocks of one page share."""

    def __init__(self, page: Any, root: Path) -> None:
        self.page = page
        self.root = root
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.printed: str | None = None

    def run(self, block: Any) -> None:
        """Run one block."""
        kinds = {
            "bash": self.bash,
            "python": self.python,
            "yaml": self.yaml,
            "csv": self.csv,
            "json": self.json,
            "text": self.text,
        }
        where = f"{self.page.name}:{block.line}"
        assert block.language in kinds, f"{where}: nobody knows how to run a block {' '.join(block.info)!r}"
        try:
            kinds[block.language](block)
        except Exception as error:
            error.add_note(f"in the block at {where}")
            raise

    def bash(self, block: Any) -> None:
        """Run commands one by one."""
        status = next((int(word.removeprefix("status=")) for word in block.info if word.startswith("status=")), 0)
        printed = []
        for command in block.text.replace("\\\n", " ").splitlines():
            if not command.strip() or command.lstrip().startswith("#"):
                continue
            if command.startswith("demandshift"):
                printed.append(self.demandshift(command, status))
            else:
                self.known(command)
        self.printed = "\n".join(printed)

    def demandshift(self, command: str, status: int) -> str:
        """Run a command of ours in this process and return what it prints."""
        words = shlex.split(command, comments=True)
        target = words[words.index(">") + 1] if ">" in words else None
        arguments = words[1 : words.index(">")] if ">" in words else words[1:]
        done = CliRunner().invoke(app, arguments, prog_name="demandshift")
        assert done.exit_code == status, f"{command}\n{done.output}\n{done.exception!r}"
        if target is None:
            return done.output
        Path(target).write_text(done.stdout, encoding="utf-8")
        return done.stderr

    def known(self, command: str) -> None:
        """Check a command that is not ours: CI must run it, or the list above must say why nothing does."""
        ci = (self.root / ".ci" / "run").read_text(encoding="utf-8")
        runs = command in ci or any(command in set_up for set_up in SET_UP)
        assert runs or command in ONLY_FOR_PEOPLE, f"nothing runs {command!r}"

    def python(self, block: Any) -> None:
        """Execute a block in the page's namespace."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.text, f"{self.page.name}:{block.line}", "exec"), self.namespace)
        self.printed = printed.getvalue()

    def yaml(self, block: Any) -> None:
        """Load a scenario, or a fragment laid over one."""
        text, name = block.text, "scenario.yaml"
        if block.info[1:3] == ("fragment", "of"):
            text, name = f"extends: {block.info[3]}\n{text}", "fragment.yaml"
        elif len(block.info) > 1:
            name = block.info[1]
        Path(name).write_text(text + "\n", encoding="utf-8")
        demandshift.load(name)
        self.printed = None

    def csv(self, block: Any) -> None:
        """Keep a table."""
        Path(block.info[1]).write_text(block.text + "\n", encoding="utf-8")
        self.printed = None

    def json(self, block: Any) -> None:
        """Parse an object."""
        json.loads(block.text)
        self.printed = None

    def text(self, block: Any) -> None:
        """Compare with what the block before printed."""
        assert block.info == ("text", "output"), "a block of text must be the output of the block before"
        assert self.printed is not None, "there is no output to compare with"
        assert output_matches(self.printed, block.text), f"printed:\n{self.printed}\n\nthe page shows:\n{block.text}"
        self.printed = None


def output_matches(printed: str, shown: str) -> bool:
    """Return whether a page shows what was printed: blank lines and trailing blanks aside, `…` for what is left out."""
    lines = [line.strip() for line in shown.splitlines() if line.strip()]
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in lines
    )
    text = "".join(line.strip() + "\n" for line in printed.splitlines() if line.strip())
    return re.fullmatch(pattern, text) is not None


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a temporary folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")
    return tmp_path


@pytest.mark.usefixtures("elsewhere")
def test_blocks_run(page: Any, root: Path) -> None:
    """A failure means that a reader who copies a block of this page gets an error, or other figures than it shows."""
    session = Session(page, root)
    for block in page.blocks:
        session.run(block)


def test_readme_gives_the_two_commands(pages: dict[str, Any]) -> None:
    """A failure means that the first thing a newcomer copies is not one of the two commands that CI proves."""
    set_up = [block.text for block in pages["README.md"].blocks if block.language == "bash" and "venv" in block.text]
    assert set_up == list(SET_UP)


@pytest.mark.parametrize(
    ("shown", "matches"),
    [
        ("a 1\nb 2\nc 3", True),
        ("a 1\n…\nc 3", True),
        ("…\nc 3", True),
        ("a 1\n…", True),
        ("a …\nb 2\n\nc 3  ", True),
        ("a 1\nc 3", False),
        ("a 1\n…\nc 4", False),
        ("b 2\n…", False),
    ],
)
def test_shown_output_is_compared_line_by_line(shown: str, matches: bool) -> None:
    """A failure means that a page may show figures that nothing prints."""
    assert output_matches("a 1\n\n  b 2 \nc 3\n", shown) is matches
