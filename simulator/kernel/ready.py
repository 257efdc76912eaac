"""Having the kernel's code ready: compiled once for each version of the program, and kept."""

import sys

import numba

from ..compiling import folder

_MARK = "ready"
"""Name of the file that says that everything is compiled."""


def make_ready() -> None:
    """Compile what is not yet compiled, and say so: it takes a while, but only once."""
    mark = folder() / _MARK
    if mark.exists() or numba.config.DISABLE_JIT:
        return
    # Who finds it compiled does not need the kernel here yet: a parent of many processes only looks.
    from . import entrances

    sys.stderr.write("demandshift: compiling the engine, once; this takes about half a minute …\n")
    sys.stderr.flush()
    for function, signature in entrances.SIGNATURES:
        function.compile(signature)
    mark.touch()
