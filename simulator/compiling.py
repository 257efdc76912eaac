"""Compiled functions, and the folder that keeps them.

Numba keeps compiled code on disk and looks at the file of a function to see whether it has changed, but not at those of
the functions that it calls. So the folder's name is a hash of all sources that are ever compiled: any change of any of
them begins a new folder, and two versions of the program never meet in one.
"""

import hashlib
import inspect
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
import platformdirs

Function = TypeVar("Function", bound=Callable[..., Any])

_NUMBERS: dict[Any, Any] = {
    int: numba.types.int64,
    float: numba.types.float64,
    bool: numba.types.boolean,
    np.uint64: numba.types.uint64,
}

COMPILED_SOURCES = (
    "simulator/compiling.py",
    "simulator/instants.py",
    "simulator/philox.py",
    "simulator/kernel/*.py",
    # What they take constants from, which are compiled into them.
    "simulator/clock.py",
    "simulator/lazy_race.py",
    "simulator/ledger.py",
    "simulator/state.py",
    "simulator/stories.py",
    "models/chance.py",
    "models/problem.py",
    "models/demand/poisson.py",
)
"""Where compiled functions, and the numbers in them, stand in the package."""

NOT_COMPILED = ("simulator/kernel/engine.py", "simulator/kernel/ready.py", "simulator/kernel/room.py")
"""Beside them, and left alone by compiled code: a change there need not compile anything anew."""

FOLDER_VARIABLE = "DEMANDSHIFT_CACHE"
"""Environment variable that names another folder for compiled code."""

FORGOTTEN_AFTER = 60 * 24 * 3600.0
"""Seconds after which code of other versions that nobody used is removed."""


def entrance(function: Function) -> Function:
    """Compile a function that Python calls, on first use, and keep the code on disk with all that it calls."""
    return _compiled(function, cache=True, no_cfunc_wrapper=True)


def compiled(function: Function) -> Function:
    """Compile a function that compiled code calls; it is kept on disk with its callers, not by itself."""
    return _compiled(function, no_cfunc_wrapper=True)


def inlined(function: Function) -> Function:
    """Compile into the text of every caller: only then does the compiler see that a loop can do several at a time."""
    return _compiled(function, inline="always", no_cfunc_wrapper=True)


def _compiled(function: Function, **options: Any) -> Function:
    config: Any = numba.config
    before = config.CACHE_DIR
    # Numba settles on a folder when it decorates; other programs' functions in this process keep theirs.
    config.CACHE_DIR = str(folder())
    try:
        dispatcher = numba.njit(nogil=True, error_model="numpy", **options)(function)
    finally:
        config.CACHE_DIR = before
    if dispatcher is not function:
        _compile_once(dispatcher, function)
    return cast("Function", dispatcher)


def _compile_once(dispatcher: Any, function: Callable[..., Any]) -> None:
    """Let calls from compiled code take the numbers that are annotated, so that a function is compiled once.

    Numba would compile it anew for every literal that is passed to it, and for a truth value in place of an integer.
    """
    kinds = [_NUMBERS.get(function.__annotations__.get(name)) for name in inspect.signature(function).parameters]
    template_for = dispatcher.get_call_template

    def get_call_template(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        assert not keywords, f"{function.__name__}: compiled code passes arguments by place"
        taken = (kind or numba.types.unliteral(given) for kind, given in zip(kinds, arguments, strict=True))
        return template_for(tuple(taken), keywords)

    dispatcher.get_call_template = get_call_template


@cache
def folder() -> Path:
    """Return the folder that keeps the compiled code of these sources; made where it is not there.

    Where no folder can be written, code is kept in a temporary one, and compiled anew by the next process.
    """
    root = Path(os.environ.get(FOLDER_VARIABLE) or platformdirs.user_cache_dir("demandshift", appauthor=False))
    mine = root / f"compiled-{_hash_of_sources()}"
    try:
        mine.mkdir(parents=True, exist_ok=True)
        os.utime(mine)
        with tempfile.TemporaryFile(dir=mine):
            pass
    except OSError:
        return Path(tempfile.mkdtemp(prefix="demandshift-compiled-"))
    _forget_old(root, mine)
    return mine


def compiled_sources(package: Path) -> set[Path]:
    """Return the files of a package that hold compiled functions and the numbers in them."""
    files = {file for pattern in COMPILED_SOURCES for file in package.glob(pattern)}
    return files - {package / file for file in NOT_COMPILED}


def _hash_of_sources() -> str:
    """Return a hash of all sources that hold compiled functions."""
    digest = hashlib.sha256()
    for source in sorted(compiled_sources(Path(__file__).parents[1])):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _forget_old(root: Path, mine: Path) -> None:
    """Remove the code of versions that nobody has used for long."""
    oldest = time.time() - FORGOTTEN_AFTER
    for other in root.glob("compiled-*"):
        if other != mine and other.stat().st_mtime < oldest:
            shutil.rmtree(other, ignore_errors=True)
