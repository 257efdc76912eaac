"""Keeping a solver's banner off standard output, where `--json` promises one object and nothing else.

From version 1.16 on HiGHS prints two lines when the first model of a process is made, before any option can be set. It
writes to the file descriptor, so redirecting `sys.stdout` does not help.
"""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STANDARD_OUTPUT = 1
"""The file descriptor, whatever Python calls its stream."""


@functools.cache
def make_once_unseen(make: Callable[[], object]) -> None:
    """Make a first object while nothing that it prints is seen; called again with the same maker, do nothing."""
    with _unseen():
        make()


@contextmanager
def _unseen() -> Iterator[None]:
    try:
        kept = os.dup(STANDARD_OUTPUT)
    except OSError:
        # There is no standard output, so nothing can be seen on it.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STANDARD_OUTPUT)
        yield
    finally:
        os.dup2(kept, STANDARD_OUTPUT)
        os.close(nowhere)
        os.close(kept)
