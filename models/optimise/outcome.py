"""What comes of solving a program: a solution, or an error that says what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..problem import Floats
from .program import Program


@dataclass(frozen=True)
class Solution:
    """An optimum, or with `OutOfTimeError` the best that was found.

    Shadow prices and reduced costs are derivatives of the objective as it was stated, whether it is minimised or
    maximised: `duals` with respect to the bound that holds a row, `reduced_costs` with respect to the bound that holds
    a column. They are empty for a program with whole numbers and for one that was not solved to the end.
    """

    objective: float
    """Value, with the program's constant."""
    values: Mapping[str, Floats]
    """By family of columns, shape (count,)."""
    duals: Mapping[str, Floats]
    """By family of rows, shape (count,)."""
    reduced_costs: Mapping[str, Floats]
    """By family of columns, shape (count,)."""
    bound: float
    """What no feasible point can beat; the objective itself for a linear program."""
    build_seconds: float
    """Time until the solver had the program."""
    solve_seconds: float
    solver: str
    """`highs` or `cbc`."""
    basis: object | None = field(default=None, repr=False, compare=False)
    """The solver's own record of where it ended, for `warm_start`; HiGHS and programs without whole numbers only."""

    @property
    def gap(self) -> float:
        """Distance from the bound as a share of the objective; 0 where they meet."""
        distance = abs(self.bound - self.objective)
        return distance / max(abs(self.objective), 1e-10) if distance else 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A family of rows that cannot be kept together with the others."""

    family: str
    rows: tuple[tuple[str, float], ...]
    """Label of each row that gives way, and by how much, the largest first."""

    def __str__(self) -> str:
        shown = ", ".join(f"{label} by {amount:.6g}" for label, amount in self.rows[:3])
        rest = len(self.rows) - 3
        return f"'{self.family}' ({shown}{f' and {rest} more' if rest > 0 else ''})"


State = Literal["optimal", "infeasible", "unbounded", "either", "time", "failed"]
"""How a solver ended; `either` is infeasible or unbounded, whichever."""


class ProgramError(RuntimeError):
    """A program that has no optimum to hand out (R18)."""


class InfeasibleError(ProgramError):
    """No point keeps all constraints.

    Attributes
    ----------
    faults : tuple of Fault
        Families of rows which must give way, by as little as possible in sum, for the others to hold.
    """

    def __init__(self, message: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(message)
        self.faults = faults


class UnboundedError(ProgramError):
    """The objective has no limit.

    Attributes
    ----------
    families : tuple of str
        Families of columns that no constraint holds.
    """

    def __init__(self, message: str, families: tuple[str, ...]) -> None:
        super().__init__(message)
        self.families = families


class OutOfTimeError(ProgramError):
    """The time limit passed first.

    Attributes
    ----------
    incumbent : Solution or None
        The best feasible point so far, with its bound.
    faults : tuple of Fault
        Where there is none: families of rows that must give way, or that were not kept yet.
    """

    def __init__(self, message: str, incumbent: Solution | None, faults: tuple[Fault, ...]) -> None:
        super().__init__(message)
        self.incumbent = incumbent
        self.faults = faults


class SolverError(ProgramError):
    """The solver gave up, or no solver is installed."""


def solution_of(
    program: Program,
    point: Floats,
    *,
    row_duals: Floats | None,
    column_duals: Floats | None,
    bound: float | None,
    times: tuple[float, float],
    solver: str,
    basis: object | None = None,
) -> Solution:
    """Return the solution at a point, cut into families.

    Parameters
    ----------
    program
        The program.
    point
        Values of all columns, shape (columns,); whole numbers are rounded in place.
    row_duals, column_duals
        Shadow prices of all rows and reduced costs of all columns, or None where there are none.
    bound
        What no feasible point can beat; None for the objective itself.
    times
        Seconds for building and for solving.
    solver
        Which it was.
    basis
        The solver's own record of where it ended.
    """
    point += 0.0  # turns −0 into 0
    point[program.integer_columns()] = np.round(point[program.integer_columns()]) + 0.0
    columns, rows = program.column_families, program.row_families
    objective = program.constant + float(program.column_array("objective") @ point)
    return Solution(
        objective=objective,
        values={name: point[family.place] for name, family in columns.items()},
        duals={} if row_duals is None else {name: row_duals[family.place] for name, family in rows.items()},
        reduced_costs={}
        if column_duals is None
        else {name: column_duals[family.place] for name, family in columns.items()},
        bound=objective if bound is None else float(bound),
        build_seconds=times[0],
        solve_seconds=times[1],
        solver=solver,
        basis=basis,
    )


def reduced_costs(program: Program, duals: Floats) -> Floats:
    """Return what a column is worth beyond what its rows charge for it, shape (columns,)."""
    matrix = program.matrix()
    charged = np.repeat(duals, np.diff(matrix.start)) * matrix.value
    return program.column_array("objective") - np.bincount(matrix.column, charged, minlength=program.column_count)
