"""Why a program has no optimum: which families of rows must give way, which families of columns nothing holds.

Infeasible: every row gets slack, and the sum of slack is made as small as possible (an elastic program; Brown & Graves
1975; Chinneck 2008, ch. 6). Rows that define a column get slack only where limits alone cannot mend it. Unbounded: a
direction in which all constraints stay kept and the objective improves, with components between −1 and 1.
"""

from collections.abc import Callable

import numpy as np

from ..problem import Floats
from .outcome import (
    Fault,
    InfeasibleError,
    OutOfTimeError,
    ProgramError,
    Solution,
    SolverError,
    State,
    UnboundedError,
)
from .program import Block, Program, RowFamily, Triplets

TOLERANCE = 1e-7
"""Slack that a solver may leave though a row is kept, as a share of the row's size."""

Attempt = Callable[[Program], Solution | None]
"""What solves the programs that find a fault; None where that fails too."""


def elastic(program: Program, *, definitions: bool) -> Program:
    """Return the program in which rows may give way, at one unit of cost for each unit.

    Parameters
    ----------
    program
        The program.
    definitions
        Whether rows that define a column may give way too.
    """
    eased = Program(f"{program.name}, eased")
    for column in program.column_families.values():
        eased.columns(column.name, column.count, lower=column.lower, upper=column.upper, integer=column.integer)
    for row in program.row_families.values():
        terms = _terms(program, row)
        if definitions or not row.definition:
            members = np.arange(row.count)
            for name, bound, sign in ((f"{row.name}: more", row.lower, 1.0), (f"{row.name}: less", row.upper, -1.0)):
                eased.columns(name, row.count, upper=np.where(np.isfinite(bound), np.inf, 0.0), objective=1.0)
                terms[name] = [Triplets(members, members, sign)]
        eased.rows(row.name, row.count, terms, lower=row.lower, upper=row.upper)
    return eased


def faults_of(program: Program, eased: Solution) -> tuple[Fault, ...]:
    """Return the families whose rows gave way in a solution of the elastic program."""
    found = []
    for row in program.row_families.values():
        if f"{row.name}: more" in eased.values:
            slack = eased.values[f"{row.name}: more"] + eased.values[f"{row.name}: less"]
            found.append(_fault(row, slack))
    return tuple(each for each in found if each.rows)


def broken(program: Program, point: Floats) -> tuple[Fault, ...]:
    """Return the families whose rows a point breaks; `point` has shape (columns,)."""
    found = []
    for row in program.row_families.values():
        reached = np.bincount(row.row, weights=row.value * point[row.column], minlength=row.count)
        found.append(_fault(row, np.maximum(row.lower - reached, 0) + np.maximum(reached - row.upper, 0)))
    return tuple(each for each in found if each.rows)


def infeasible_families(program: Program, attempt: Attempt) -> tuple[Fault, ...] | None:
    """Return what must give way, by least total slack: limits if they suffice, else definitions too; None: unknown."""
    eased = None
    if any(not row.definition for row in program.row_families.values()):
        eased = attempt(elastic(program, definitions=False))
    if eased is None:
        eased = attempt(elastic(program, definitions=True))
    return None if eased is None else faults_of(program, eased)


def unbounded_families(program: Program, attempt: Attempt) -> dict[str, str] | None:
    """Return the families of columns along which the objective improves for ever, each with a label; None: unknown."""
    ray = Program(f"{program.name}, directions", maximise=program.maximise)
    for column in program.column_families.values():
        ray.columns(
            column.name,
            column.count,
            lower=np.where(np.isfinite(column.lower), 0.0, -1.0),
            upper=np.where(np.isfinite(column.upper), 0.0, 1.0),
            objective=column.objective,
        )
    for row in program.row_families.values():
        ray.rows(
            row.name,
            row.count,
            _terms(program, row),
            lower=np.where(np.isfinite(row.lower), 0.0, -np.inf),
            upper=np.where(np.isfinite(row.upper), 0.0, np.inf),
        )
    along = attempt(ray)
    if along is None:
        return None
    direction = along.values
    return {
        column.name: column.label(int(np.argmax(np.abs(direction[column.name]))))
        for column in program.column_families.values()
        if column.count and np.abs(direction[column.name]).max() > TOLERANCE
    }


def _terms(program: Program, row: RowFamily) -> dict[str, list[Block]]:
    terms: dict[str, list[Block]] = {}
    for column in program.column_families.values():
        inside = (row.column >= column.first) & (row.column < column.first + column.count)
        if inside.any():
            terms[column.name] = [Triplets(row.row[inside], row.column[inside] - column.first, row.value[inside])]
    return terms


def _fault(row: RowFamily, slack: Floats) -> Fault:
    size = np.maximum(np.where(np.isfinite(row.lower), np.abs(row.lower), 0), 1)
    size = np.maximum(size, np.where(np.isfinite(row.upper), np.abs(row.upper), 0))
    given_way = np.flatnonzero(slack > 10 * TOLERANCE * size)
    order = given_way[np.argsort(-slack[given_way], kind="stable")]
    return Fault(row.name, tuple((row.label(int(each)), float(slack[each])) for each in order))


def trouble(
    program: Program, state: State, stopped: Solution | None, attempt: Attempt, time_limit: float | None
) -> ProgramError:
    """Return the error for a program that was not solved, with the families at fault.

    Parameters
    ----------
    program
        The program.
    state
        How the solver ended.
    stopped
        Where it was when it ran out of time, feasible or not.
    attempt
        What solves the programs that find the fault, by the same solver.
    time_limit
        Seconds that were given.
    """
    name = f"program '{program.name}'"
    if state == "time":
        return _out_of_time(program, name, stopped, attempt, time_limit)
    if state in ("infeasible", "either"):
        faults = infeasible_families(program, attempt)
        if faults:
            said = "; ".join(str(each) for each in faults)
            return InfeasibleError(f"{name} is infeasible: something must give way in {said}", faults)
        if state == "infeasible" or faults is None:
            why = "why could not be found out" if faults is None else "but only within the solver's tolerance"
            return InfeasibleError(f"{name} is infeasible, {why}", ())
    if state in ("unbounded", "either"):
        families = unbounded_families(program, attempt)
        if families:
            said = ", ".join(f"'{family}' ({label})" for family, label in families.items())
            return UnboundedError(f"{name} is unbounded: no constraint holds {said}", tuple(families))
        return UnboundedError(f"{name} is unbounded, why could not be found out", ())
    return SolverError(f"{name}: the solver gave up without an answer")


def _out_of_time(
    program: Program, name: str, stopped: Solution | None, attempt: Attempt, time_limit: float | None
) -> OutOfTimeError:
    said = f"{name} was not solved within {time_limit:g} s: "
    faults: tuple[Fault, ...] | None = None
    if stopped is not None:
        faults = broken(program, np.concatenate(list(stopped.values.values())))
        if not faults:
            bound = (
                f"none can be better than {stopped.bound:.6g}" if np.isfinite(stopped.bound) else "no bound is known"
            )
            return OutOfTimeError(f"{said}best so far {stopped.objective:.6g}, {bound}", stopped, ())
    faults = infeasible_families(program, attempt) or faults
    if not faults:
        return OutOfTimeError(f"{said}no feasible point was found", None, ())
    return OutOfTimeError(
        f"{said}no feasible point was found; not kept: {'; '.join(str(each) for each in faults)}", None, faults
    )
