"""A linear or mixed-integer program as families of columns and rows, in arrays.

    minimise (or maximise)  constant + Σ_f objective_f · x_f
    subject to              lower_g ≤ Σ_f A_gf x_f ≤ upper_g    for every family of rows g
                            lower_f ≤ x_f ≤ upper_f             for every family of columns f, some of it whole numbers

A family is what a modeller has one word for: the orders, the budget, the balance of every product in every period. Its
members have positions and, for files and error messages, labels. Nothing here knows a solver; see `solver.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ..problem import Booleans, Floats, Integers


class Triplets(NamedTuple):
    """Coefficients of one family of columns in one family of rows; the three are broadcast against each other."""

    row: npt.ArrayLike
    """Position in the family of rows."""
    column: npt.ArrayLike
    """Position in the family of columns."""
    value: npt.ArrayLike
    """The coefficient; several at one place add up."""


Labels = Sequence[str] | Callable[[int], str]
"""What each member of a family is called: listed, or made from its position when somebody asks."""


class Coordinates(Protocol):
    """What `tocoo` returns."""

    row: npt.NDArray[Any]
    col: npt.NDArray[Any]
    data: npt.NDArray[Any]


@runtime_checkable
class Sparse(Protocol):
    """A sparse matrix of scipy, rows × columns."""

    shape: tuple[int, int]

    def tocoo(self) -> "Coordinates":
        """Return its coordinates."""
        ...


Block = Triplets | Sparse | npt.NDArray[Any]
"""A matrix of shape (rows, columns) of two families: as triplets, of `scipy.sparse`, or dense."""


@dataclass(frozen=True, slots=True)
class ColumnFamily:
    """Decisions of one kind; each array has shape (count,)."""

    name: str
    first: int
    """Position of its first column in the program."""
    lower: Floats
    upper: Floats
    objective: Floats
    integer: bool
    labels: Labels | None

    @property
    def count(self) -> int:
        """Number of columns."""
        return len(self.lower)

    @property
    def place(self) -> slice:
        """Where its columns stand in the program."""
        return slice(self.first, self.first + self.count)

    def label(self, position: int) -> str:
        """Return what one column is called: its label, or its position."""
        return _label(self.labels, position)


@dataclass(frozen=True, slots=True)
class RowFamily:
    """Constraints of one kind; bounds have shape (count,), coefficients are triplets."""

    name: str
    first: int
    """Position of its first row in the program."""
    lower: Floats
    upper: Floats
    row: Integers
    """Of each coefficient: the position in the family."""
    column: Integers
    """Of each coefficient: the position of the column in the program."""
    value: Floats
    labels: Labels | None
    definition: bool
    """Whether the rows say what a column is, rather than limit what may be done."""

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.lower)

    @property
    def place(self) -> slice:
        """Where its rows stand in the program."""
        return slice(self.first, self.first + self.count)

    def label(self, position: int) -> str:
        """Return what one row is called: its label, or its position."""
        return _label(self.labels, position)


class Matrix(NamedTuple):
    """Coefficients row after row: row i is `start[i]:start[i + 1]`, its columns increase and are distinct."""

    start: Integers
    column: Integers
    value: Floats


class Program:
    """A program that is put together family by family.

    Parameters
    ----------
    name
        What it is called in files and error messages.
    maximise
        Whether the objective is to be large.
    constant
        Added to the objective.

    Examples
    --------
    Two products, one budget; all in arrays:

    >>> from demandshift.models.optimise.solver import solve
    >>> program = Program("orders", maximise=True)
    >>> program.columns("order", 2, upper=[40, 60], objective=[3.0, 2.0], labels=["tea", "milk"])
    >>> program.rows("budget", 1, {"order": np.array([[2.0, 1.0]])}, upper=100)
    >>> best = solve(program)
    >>> best.values["order"].tolist(), best.duals["budget"].tolist()
    ([20.0, 60.0], [1.5])
    """

    def __init__(self, name: str, *, maximise: bool = False, constant: float = 0.0) -> None:
        self.name = name
        self.maximise = maximise
        self.constant = float(constant)
        self.column_families: dict[str, ColumnFamily] = {}
        self.row_families: dict[str, RowFamily] = {}

    @property
    def column_count(self) -> int:
        """Number of columns of all families."""
        return sum(family.count for family in self.column_families.values())

    @property
    def row_count(self) -> int:
        """Number of rows of all families."""
        return sum(family.count for family in self.row_families.values())

    @property
    def has_integers(self) -> bool:
        """Whether some columns must be whole numbers."""
        return any(family.integer and family.count for family in self.column_families.values())

    def columns(
        self,
        name: str,
        count: int,
        *,
        lower: npt.ArrayLike = 0.0,
        upper: npt.ArrayLike = np.inf,
        objective: npt.ArrayLike = 0.0,
        integer: bool = False,
        labels: Labels | None = None,
    ) -> None:
        """Add a family of columns.

        Parameters
        ----------
        name
            A new name.
        count
            How many.
        lower, upper
            Bounds; −inf and inf for none. A number, or shape (count,).
        objective
            Coefficients in the objective; a number, or shape (count,).
        integer
            Whether they must be whole numbers.
        labels
            What each is called.

        Raises
        ------
        ValueError
            When the name is taken, a shape does not fit, a number is nan, or a lower bound is above its upper one.
        """
        if name in self.column_families:
            raise ValueError(f"{self.name}: columns '{name}' are there already")
        where = f"{self.name}: columns '{name}'"
        low, up = _bounds(where, count, lower, upper, labels)
        worth = _vector(where, "objective", count, objective)
        if not np.isfinite(worth).all():
            raise ValueError(f"{where}: objective: must be finite")
        self.column_families[name] = ColumnFamily(name, self.column_count, low, up, worth, integer, _kept(labels))

    def rows(
        self,
        name: str,
        count: int,
        terms: Mapping[str, Block | Sequence[Block]],
        *,
        lower: npt.ArrayLike = -np.inf,
        upper: npt.ArrayLike = np.inf,
        labels: Labels | None = None,
        definition: bool = False,
    ) -> None:
        """Add a family of rows.

        Parameters
        ----------
        name
            A new name.
        count
            How many.
        terms
            By family of columns: the block of coefficients, or several, which add up.
        lower, upper
            Bounds on what the rows add up to; the same for an equation. A number, or shape (count,). A row without
            bounds is left out of what is solved; its shadow price is 0.
        labels
            What each is called.
        definition
            Whether the rows say what a column is (a balance of stock) rather than limit what may be done (a budget):
            the search for what makes a program infeasible looks for limits first.

        Raises
        ------
        ValueError
            When the name is taken, a family of columns is not there, a position is out of range, a shape does not fit,
            or a number is nan or a coefficient infinite.
        """
        if name in self.row_families:
            raise ValueError(f"{self.name}: rows '{name}' are there already")
        where = f"{self.name}: rows '{name}'"
        low, up = _bounds(where, count, lower, upper, labels)
        parts = []
        for family_name, blocks in terms.items():
            if family_name not in self.column_families:
                raise ValueError(f"{where}: there are no columns '{family_name}'")
            family = self.column_families[family_name]
            for block in _listed(blocks):
                row, column, value = _triplets(f"{where}, columns '{family_name}'", block, count, family.count)
                parts.append((row, column + family.first, value))
        rows, columns, values = (
            (np.concatenate(each) for each in zip(*parts, strict=True))
            if parts
            else (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
        )
        named = _kept(labels)
        self.row_families[name] = RowFamily(name, self.row_count, low, up, rows, columns, values, named, definition)

    def matrix(self) -> Matrix:
        """Return the coefficients of all rows, without zeros; several at one place are added."""
        families = self.row_families.values()
        rows, width = self.row_count, max(self.column_count, 1)
        if not families:
            return Matrix(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
        place = np.concatenate([(family.row + family.first) * width + family.column for family in families])
        value = np.concatenate([family.value for family in families])
        order = np.argsort(place, kind="stable")
        place, value = place[order], value[order]
        leads = np.ones(len(place), dtype=bool)
        leads[1:] = place[1:] != place[:-1]
        if not leads.all():
            value = np.add.reduceat(value, np.flatnonzero(leads))
            place = place[leads]
        place, value = place[value != 0], value[value != 0]
        start = np.searchsorted(place, np.arange(rows + 1) * width)
        return Matrix(start.astype(np.int64), place % width, value)

    def column_array(self, part: str) -> Floats:
        """Return `lower`, `upper` or `objective` of all columns, shape (columns,)."""
        return _joined([getattr(family, part) for family in self.column_families.values()])

    def row_array(self, part: str) -> Floats:
        """Return `lower` or `upper` of all rows, shape (rows,)."""
        return _joined([getattr(family, part) for family in self.row_families.values()])

    def integer_columns(self) -> Booleans:
        """Return which columns must be whole numbers, shape (columns,)."""
        return np.repeat(
            [family.integer for family in self.column_families.values()],
            [family.count for family in self.column_families.values()],
        ).astype(bool)


def _label(labels: Labels | None, position: int) -> str:
    if labels is None:
        return str(position)
    return labels(position) if callable(labels) else labels[position]


def _kept(labels: Labels | None) -> Labels | None:
    return labels if labels is None or callable(labels) else tuple(labels)


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)


def _vector(where: str, what: str, count: int, values: npt.ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in ((), (1,), (count,)):
        raise ValueError(f"{where}: {what}: shape {array.shape} does not fit {count} of them")
    if np.isnan(array).any():
        raise ValueError(f"{where}: {what}: must not be nan")
    result = np.broadcast_to(array, (count,)).copy()
    result.setflags(write=False)
    return result


def _bounds(
    where: str, count: int, lower: npt.ArrayLike, upper: npt.ArrayLike, labels: Labels | None
) -> tuple[Floats, Floats]:
    if labels is not None and not callable(labels) and len(labels) != count:
        raise ValueError(f"{where}: {len(labels)} labels for {count} of them")
    low, up = _vector(where, "lower", count, lower), _vector(where, "upper", count, upper)
    wrong = np.flatnonzero((low > up) | (low == np.inf) | (up == -np.inf))
    if wrong.size:
        first = int(wrong[0])
        raise ValueError(f"{where}: nothing lies between {low[first]:g} and {up[first]:g} ('{_label(labels, first)}')")
    return low, up


def _listed(blocks: Block | Sequence[Block]) -> Sequence[Block]:
    if isinstance(blocks, Triplets | np.ndarray | Sparse):
        return [blocks]
    return blocks


def _triplets(where: str, block: Block, rows: int, columns: int) -> tuple[Integers, Integers, Floats]:
    if isinstance(block, Triplets):
        row, column, value = np.broadcast_arrays(
            np.asarray(block.row, dtype=np.int64),
            np.asarray(block.column, dtype=np.int64),
            np.asarray(block.value, dtype=np.float64),
        )
        row, column, value = row.ravel(), column.ravel(), value.ravel()
    else:
        if block.shape != (rows, columns):
            raise ValueError(f"{where}: a block of shape {block.shape} where {(rows, columns)} is due")
        if isinstance(block, np.ndarray):
            row, column = np.nonzero(block)
            value = block[row, column].astype(np.float64)
        else:
            listed = block.tocoo()
            row, column, value = listed.row.astype(np.int64), listed.col.astype(np.int64), listed.data.astype(float)
    if not np.isfinite(value).all():
        raise ValueError(f"{where}: coefficients must be finite")
    for position, size, what in ((row, rows, "row"), (column, columns, "column")):
        if position.size and (position.min() < 0 or position.max() >= size):
            raise ValueError(f"{where}: {what} {int(position.max())} of {size} (or below 0)")
    return row, column, value
