"""The example in the help of every command works as it stands."""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from demandshift.cli import COMMANDS, app

pytestmark = pytest.mark.no_cover


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the file that some examples take to be there."""
    folder = tmp_path_factory.mktemp("examples")
    done = CliRunner().invoke(app, ["new", str(folder / "my-shop.yaml"), "--yes"])
    assert done.exit_code == 0, done.output
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_works(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure means that who copies the example out of `--help` meets an error."""
    monkeypatch.chdir(folder)
    _, example = COMMANDS[name]
    command, _, target = example.partition(" > ")
    words = shlex.split(command)
    assert words[:2] == ["demandshift", name]
    if name == "new":
        Path(words[2]).unlink()
    done = CliRunner().invoke(app, words[1:])
    assert done.exit_code == 0, done.output
    assert done.stdout.strip()
    assert not target or Path(target).suffix == ".json"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_its_example(name: str) -> None:
    """A failure means that a command's help leaves its reader without an example."""
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    # In one line however narrow the terminal is: it is there to be copied.
    assert f"Example: {COMMANDS[name][1]}" in [line.strip() for line in done.stdout.splitlines()]
