"""Having the kernel's code ready: compiled once for each version of the program, and kept."""

import sys
from typing import Any

from numba.core import types

from ..compiling import folder
from . import goods, pools, serve, shelves
from .by_reference import INTEGERS, type_of
from .facts import Inputs
from .memory import Counts, State

_MARK = "ready"
"""Name of the file that says that everything is compiled."""


def entrances() -> list[tuple[Any, tuple[Any, ...]]]:
    """Return what Python calls of the kernel, each with the only types that it is ever called with."""
    both = (type_of(Inputs), type_of(State))
    integer, number, truth = types.int64, types.float64, types.boolean
    return [
        (serve.serve, (*both, number, integer)),
        (serve.prepare, both),
        (serve.has_room, (type_of(State),)),
        (serve.close_books, (*both, number)),
        (serve.conclude_pending, (*both, INTEGERS)),
        (shelves.begin, both),
        (shelves.settle_product, (*both, integer, number)),
        (shelves.settle_all, (*both, number)),
        (shelves.set_open, (*both, integer, truth, number)),
        (shelves.set_price, (*both, integer, number, number)),
        (shelves.set_protection, (*both, integer, integer, number)),
        (shelves.units_by_age, (*both, INTEGERS)),
        (goods.begin_stocks, both),
        (goods.order, (*both, integer, integer, number)),
        (goods.season_buy, (*both, integer, integer, number)),
        (pools.move_counts, (type_of(Counts), type_of(Counts))),
    ]


def make_ready() -> None:
    """Compile what is not yet compiled, and say so: it takes a while, but only once."""
    mark = folder() / _MARK
    if mark.exists() or not hasattr(serve.serve, "compile"):
        return
    sys.stderr.write("demandshift: compiling the engine, once; this takes about half a minute …\n")
    sys.stderr.flush()
    for function, signature in entrances():
        function.compile(signature)
    mark.touch()
