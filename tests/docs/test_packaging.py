"""The wheel holds the package, the whole package, and nothing but the package."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

NOT_IN_THE_WHEEL = ("tests", "docs", "benchmarks", "build", "dist", "setup.py")
"""What stands in the root and is no part of the package, beside hidden files."""


def modules_of(tree: Path) -> set[str]:
    """Return the package's modules in a tree, as paths from its root."""
    inside = (file.relative_to(tree) for file in tree.rglob("*.py"))
    return {
        file.as_posix()
        for file in inside
        if file.parts[0] not in NOT_IN_THE_WHEEL and not file.parts[0].startswith(".")
    }


@pytest.fixture(scope="module")
def tree(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository with a module in `build/lib` that was deleted from the tree."""
    copy = tmp_path_factory.mktemp("packaging") / "demandshift-1"

    def unwanted(folder: str, names: list[str]) -> set[str]:
        made = {"build", "dist", "demandshift.egg-info"} if Path(folder) == root else set()
        return {name for name in names if name.startswith(".") or name == "__pycache__" or name in made}

    shutil.copytree(root, copy, ignore=unwanted)
    stale = copy / "build" / "lib" / "demandshift" / "deleted_long_ago.py"
    stale.parent.mkdir(parents=True)
    stale.write_text('"""A module of an earlier build."""\n', encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the names of the files in a wheel built from the copy, without asking any server for anything."""
    target = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(target)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, str(tree)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("demandshift-*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_the_wheel_has_every_module_of_the_tree_and_no_other(wheel: set[str], root: Path) -> None:
    """A failure means that a folder is missing for whoever installs the package, or that a deleted module is back."""
    packed = {name.removeprefix("demandshift/") for name in wheel if name.endswith(".py")}
    assert packed == modules_of(root)


def test_the_wheel_has_the_library_and_the_type_marker(wheel: set[str], root: Path) -> None:
    """A failure means that `demandshift list` is empty, or that type checkers ignore the package, once installed."""
    library = {f"demandshift/scenarios/library/{file.name}" for file in (root / "scenarios" / "library").iterdir()}
    assert library
    assert {*library, "demandshift/py.typed"} <= wheel


def test_the_wheel_has_what_reports_are_made_from(wheel: set[str], root: Path) -> None:
    """A failure means that no report can be written once the package is installed."""
    template = {
        f"demandshift/experiments/report/template/{file.name}"
        for file in (root / "experiments" / "report" / "template").iterdir()
    }
    assert len(template) == 3
    assert template <= wheel


def test_the_wheel_has_the_cases_of_published_results(wheel: set[str], root: Path) -> None:
    """A failure means that `demandshift reproduce` finds no study, once installed."""
    cases = {
        f"demandshift/experiments/reproduce/cases/{file.name}"
        for file in (root / "experiments" / "reproduce" / "cases").iterdir()
    }
    assert cases
    assert cases <= wheel


def test_the_wheel_has_nothing_else(wheel: set[str]) -> None:
    """A failure means that tests, pages or settings land in somebody's site-packages."""
    outside = {name for name in wheel if not name.startswith(("demandshift/", "demandshift-0.1.0.dist-info/"))}
    strange = {name for name in wheel if name.startswith(("demandshift/tests", "demandshift/docs", "demandshift/."))}
    assert outside | strange == set()
