"""The folder of compiled code: where it is, that it changes with the sources, and that old ones go."""

import ast
import os
import shutil
import time
from pathlib import Path

import numba
import pytest

from demandshift.simulator import compiling

SIMULATOR = Path(compiling.__file__).resolve().parent
DECORATORS = {"compiled", "entrance", "inlined"}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """Return what finds the folder anew, below a root for this test alone."""
    monkeypatch.setenv(compiling.FOLDER_VARIABLE, str(tmp_path / "cache"))
    return compiling.folder.__wrapped__


def test_the_environment_names_the_place(folder, tmp_path):
    """If this fails, a user without a home folder cannot say where compiled code may go."""
    found = folder()
    assert found.parent == tmp_path / "cache"
    assert found.is_dir()
    assert folder() == found


def test_without_the_environment_it_is_the_users_own(monkeypatch, tmp_path):
    """If this fails, compiled code is kept in a place where users do not expect it."""
    monkeypatch.delenv(compiling.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(compiling.platformdirs, "user_cache_dir", lambda name, appauthor: str(tmp_path / name))  # noqa: ARG005
    assert compiling.folder.__wrapped__().parent == tmp_path / "demandshift"


def test_where_nothing_can_be_written_it_is_temporary(folder, monkeypatch, tmp_path):
    """If this fails, the program does not start for users with a full or foreign disk."""
    (tmp_path / "cache").write_text("a file where a folder should be")
    monkeypatch.setattr(compiling.tempfile, "tempdir", str(tmp_path))
    found = folder()
    assert found.is_dir()
    assert found.parent == tmp_path
    assert folder() != found


def test_code_that_nobody_used_for_long_is_removed(folder, tmp_path):
    """If this fails, every version leaves its code behind for ever, or what is in use is removed."""
    root = tmp_path / "cache"
    for name, days in (("compiled-old", 61), ("compiled-recent", 59), ("another", 400)):
        (root / name / "inside").mkdir(parents=True)
        used = time.time() - days * 24 * 3600
        os.utime(root / name, (used, used))
    found = folder()
    assert {each.name for each in root.iterdir()} == {"compiled-recent", "another", found.name}


def test_any_change_of_a_source_makes_another_folder(monkeypatch, tmp_path):
    """If this fails, old compiled code runs beside new sources."""
    package = tmp_path / "demandshift"
    for layer in ("simulator", "models"):
        shutil.copytree(SIMULATOR.parent / layer, package / layer, ignore=shutil.ignore_patterns("__pycache__"))
    before = compiling._hash_of_sources()
    monkeypatch.setattr(compiling, "__file__", str(package / "simulator" / "compiling.py"))
    assert compiling._hash_of_sources() == before
    hashes = {before}
    for name in ("simulator/kernel/serve.py", "simulator/philox.py", "simulator/ledger.py", "models/chance.py"):
        source = package / name
        source.write_text(source.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        hashes.add(compiling._hash_of_sources())
    assert len(hashes) == 5
    for name in compiling.NOT_COMPILED:
        source = package / name
        source.write_text(source.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert compiling._hash_of_sources() in hashes, "nothing in these files is compiled"


def imports_of(source):
    """Return the files of the package that a source imports names from, each with the names."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = source.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            if folder.with_suffix(".py").exists():
                yield folder.with_suffix(".py"), {each.name for each in node.names}
            else:
                for each in node.names:
                    yield (folder / each.name).with_suffix(".py"), {each.name}


def test_everything_that_compiled_code_is_made_of_counts():
    """If this fails, a changed constant or helper leaves old code in use: it is part of what was compiled."""
    counted = compiling.compiled_sources(SIMULATOR.parent)
    decorated = {
        source
        for source in SIMULATOR.rglob("*.py")
        if any(file.name == "compiling.py" and names & DECORATORS for file, names in imports_of(source))
    }
    assert len(decorated) > 10
    assert decorated <= counted
    needed = {file for source in decorated for file, _ in imports_of(source) if file.exists()}
    assert sorted(str(file.relative_to(SIMULATOR.parent)) for file in needed - counted) == []


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is kept in plain Python")
def test_other_programs_keep_their_own_folder():
    """If this fails, compiled functions of other programs in the process are written into this one's folder."""
    before = numba.config.CACHE_DIR

    @compiling.entrance
    def double(number: int) -> int:
        return 2 * number

    assert before == numba.config.CACHE_DIR
    assert double(21) == 42
    assert str(compiling.folder()) in str(double.stats.cache_path)
