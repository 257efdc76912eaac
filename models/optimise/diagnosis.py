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

Solve = Callable[[Program], Solution]


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


def infeasible_families(program: Program, solve: Solve) -> tuple[Fault, ...]:
    """Return what must give way, by least total slack: limits if they suffice, else definitions too."""
    if any(not row.definition for row in program.row_families.values()):
        try:
            return faults_of(program, solve(elastic(program, definitions=False)))
        except InfeasibleError:
            pass  # the definitions contradict each other, or the bounds of columns
    return faults_of(program, solve(elastic(program, definitions=True)))


def unbounded_families(program: Program, solve: Solve) -> dict[str, str]:
    """Return the families of columns along which the objective improves for ever, each with one of its labels."""
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
    direction = solve(ray).values
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
    program: Program, state: State, stopped: Solution | None, again: Solve, time_limit: float | None
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
    again
        What solves the programs that find the fault, by the same solver.
    time_limit
        Seconds that were given.
    """
    name = f"program '{program.name}'"
    try:
        if state in ("infeasible", "either"):
            faults = infeasible_families(program, again)
            if faults:
                said = "; ".join(str(each) for each in faults)
                return InfeasibleError(f"{name} is infeasible: something must give way in {said}", faults)
            if state == "infeasible":
                return InfeasibleError(f"{name} is infeasible, but only within the solver's tolerance", ())
        if state in ("unbounded", "either"):
            families = unbounded_families(program, again)
            said = ", ".join(f"'{family}' ({label})" for family, label in families.items())
            return UnboundedError(f"{name} is unbounded: no constraint holds {said}", tuple(families))
    except OutOfTimeError:
        return InfeasibleError(f"{name} is infeasible or unbounded; there was no time to find out why", ())
    if state == "time":
        return _out_of_time(program, name, stopped, time_limit)
    return SolverError(f"{name}: the solver gave up without an answer")


def _out_of_time(program: Program, name: str, stopped: Solution | None, time_limit: float | None) -> OutOfTimeError:
    said = f"{name} was not solved within {time_limit:g} s"
    if stopped is None:
        return OutOfTimeError(f"{said}: no feasible point was found", None, ())
    faults: tuple[Fault, ...] = broken(program, np.concatenate(list(stopped.values.values())))
    if faults:
        kept = "; ".join(str(each) for each in faults)
        return OutOfTimeError(f"{said}: no feasible point was found; not kept yet: {kept}", None, faults)
    return OutOfTimeError(
        f"{said}: best so far {stopped.objective:.6g}, and none can be better than {stopped.bound:.6g}", stopped, ()
    )
