"""Every family of constraints is what a file says that people can read.

A file is called like its family, with _ for a blank, and lies in the folder of its program; `objective.lp` holds the
objective and the bounds. Its comments say what is expected and why, the rest is what the program must write, to the
letter. A new family without a file fails.
"""

import importlib.util
from pathlib import Path

import pytest

from demandshift.models.optimise.program import Program
from demandshift.models.optimise.solver import write

HERE = Path(__file__).parent


def _small():
    """Return the module beside this file: with importlib, test folders are not on the path."""
    specification = importlib.util.spec_from_file_location("small", HERE / "small.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


SMALL = _small()
FAMILIES = [(folder, family) for folder, program in SMALL.PROGRAMS.items() for family in program.row_families]


def file_of(family: str) -> str:
    """Return the name of a family's file."""
    return f"{family.replace(' ', '_')}.lp"


def without_comments(text: str) -> str:
    """Return a file without the lines that begin with a backslash."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("\\"))


def objective_of(program: Program, path: Path) -> None:
    """Write a program without its constraints."""
    whole = path.with_name("whole.lp")
    write(program, whole)
    text = whole.read_text(encoding="utf-8")
    middle, bounds = text.index("Subject To"), text.index("Bounds")
    path.write_text(text[:middle] + text[bounds:], encoding="utf-8")


@pytest.mark.parametrize(("folder", "family"), FAMILIES)
def test_family_is_what_its_file_says(folder, family, tmp_path):
    """If this fails, a constraint has another coefficient, side or direction than people read in its file."""
    write(SMALL.PROGRAMS[folder], tmp_path / "family.lp", rows=[family])
    expected = (HERE / folder / file_of(family)).read_text(encoding="utf-8")
    assert "\\ " in expected, "a file says in words what is expected"
    assert without_comments((tmp_path / "family.lp").read_text(encoding="utf-8")) == without_comments(expected)


@pytest.mark.parametrize("folder", SMALL.OBJECTIVES)
def test_objective_is_what_its_file_says(folder, tmp_path):
    """If this fails, money or a bound of a column is another than people read in the file."""
    objective_of(SMALL.OBJECTIVES[folder], tmp_path / "objective.lp")
    expected = (HERE / folder / "objective.lp").read_text(encoding="utf-8")
    assert without_comments((tmp_path / "objective.lp").read_text(encoding="utf-8")) == without_comments(expected)


def test_no_file_without_a_family():
    """If this fails, a file that nothing is compared with pretends to say what holds."""
    known = {(folder, file_of(family)) for folder, family in FAMILIES}
    known |= {(folder, "objective.lp") for folder in SMALL.OBJECTIVES}
    mine = {(file.parent.name, file.name) for folder in SMALL.PROGRAMS for file in (HERE / folder).glob("*.lp")}
    assert mine == known
