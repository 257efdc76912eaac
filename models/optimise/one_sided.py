"""Rows with one bound each, as PuLP's constraints are, and what they and the columns are called in a file."""

import re

import numpy as np

from ..problem import Floats, Integers
from .program import ColumnFamily, Program, RowFamily

NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.]")
"""What a name in an `.lp` file had better not hold."""


def names_of(family: ColumnFamily | RowFamily) -> list[str]:
    """Return what columns or rows are called in a file: family and label."""
    return [NOT_IN_A_NAME.sub("_", f"{family.name}_{family.label(each)}") for each in range(family.count)]


def one_sided(lower: Floats, upper: Floats) -> tuple[Integers, Integers, Floats]:
    """Return row, sense (1 at least, 0 equal, −1 at most) and side of PuLP's constraints, which have one bound each."""
    positions = np.arange(len(lower))
    equal = lower == upper
    least, most = np.isfinite(lower) & ~equal, np.isfinite(upper) & ~equal
    row = np.concatenate([positions[equal], positions[least], positions[most]])
    sense = np.repeat([0, 1, -1], [equal.sum(), least.sum(), most.sum()])
    side = np.concatenate([lower[equal], lower[least], upper[most]])
    order = np.argsort(row, kind="stable")
    return row[order], sense[order], side[order]


def row_names(program: Program, origin: Integers, sense: Integers) -> list[str]:
    """Return names of the one-sided rows of `one_sided`; where a row became two, they end in `least` and `most`."""
    names = [name for family in program.row_families.values() for name in names_of(family)]
    twice = np.zeros(len(names), dtype=bool)
    twice[origin[1:][origin[1:] == origin[:-1]]] = True
    ending = {1: "_least", 0: "", -1: "_most"}
    return [
        names[row] + (ending[kind] if both else "")
        for row, kind, both in zip(origin.tolist(), sense.tolist(), twice[origin].tolist(), strict=True)
    ]


def complain_of_repeated(program: Program, what: str, names: list[str]) -> None:
    """Raise where a file could not tell two columns or rows apart."""
    if len(set(names)) < len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{program.name}: more than one {what} would be called '{repeated}'")
