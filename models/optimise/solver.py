"""The only contact with PuLP and its solvers: a program goes in, its optimum or an error comes out.

PuLP builds the problem; HiGHS solves it, or CBC where HiGHS is not installed. A hundred thousand columns are as many
Python objects, so they are made by PuLP's constructors in bulk, with the garbage collector paused, and read by HiGHS in
whole arrays instead of a call for each (docs/decisions/0012-pulp-in-bulk.md has the figures). PuLP is imported when the
first program is solved: a simulation without programs never waits for it.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..problem import Floats, Integers
from .diagnosis import trouble
from .one_sided import complain_of_repeated, names_of, one_sided, row_names
from .outcome import Solution, SolverError, State, reduced_costs, solution_of
from .program import ColumnFamily, Program
from .quiet_highs import quiet_highs

if TYPE_CHECKING:
    import pulp

SolverName = Literal["highs", "cbc"]
Method = Literal["choose", "simplex", "ipm"]

GAP = 1e-6
"""Relative gap at which a program with whole numbers counts as solved."""


def available() -> tuple[SolverName, ...]:
    """Return the solvers that are installed, the preferred one first."""
    import pulp

    found: list[SolverName] = []
    if pulp.HiGHS(msg=False).available():
        found.append("highs")
    if _cbc_path() is not None:
        found.append("cbc")
    return tuple(found)


def solve(
    program: Program,
    *,
    time_limit: float | None = None,
    gap: float = GAP,
    solver: SolverName | None = None,
    method: Method = "choose",
    warm_start: Solution | None = None,
) -> Solution:
    """Return the optimum of a program.

    Parameters
    ----------
    program
        The program.
    time_limit
        Seconds that the solver may take; None for as long as it takes. The search for what is at fault may take as
        long again.
    gap
        Relative distance from its bound at which a program with whole numbers counts as solved.
    solver
        `highs` or `cbc`; None for the first that is installed. `Solution.solver` says which it was.
    method
        How HiGHS solves a program without whole numbers: `simplex`, `ipm` (interior point, then to a vertex), or its
        own choice. CBC pays no heed to it.
    warm_start
        Solution of a program with the same families, to start from. It saves time; among several optima it may lead to
        another one. CBC pays no heed to it.

    Raises
    ------
    InfeasibleError, UnboundedError
        When there is no optimum; they name the families at fault.
    OutOfTimeError
        When the time limit passes first; it carries the best point so far, if there is one.
    SolverError
        When the solver gives up, or none is installed.
    ValueError
        When the program has no columns, or `warm_start` belongs to another program.
    """
    if not program.column_count:
        raise ValueError(f"{program.name}: a program without columns")
    if solver is None:
        installed = available()
        if not installed:
            raise SolverError("no solver is installed: neither HiGHS (highspy) nor CBC")
        solver = installed[0]
    run = _by_highs if solver == "highs" else _by_cbc
    state, solution = run(program, time_limit, gap, method, warm_start)
    if state == "optimal" and solution is not None:
        return solution

    def attempt(other: Program) -> Solution | None:
        ended, found = run(other, time_limit, gap, method, None)
        return found if ended == "optimal" else None

    raise trouble(program, state, solution, attempt, time_limit)


def write(program: Program, path: Path | str, *, rows: Sequence[str] | None = None) -> None:
    """Write a program as a readable `.lp` file, its columns and rows called by family and label.

    Parameters
    ----------
    program
        The program.
    path
        The file.
    rows
        Only these families of rows, with the columns that they use and no objective; None for all of it.

    Raises
    ------
    ValueError
        When two columns or rows would have one name; a file cannot hold a character such as a blank or a minus, so
        labels that differ only in those are one.
    """
    import pulp

    built = _build(program, "label", rows)
    if rows is not None:
        built.problem.objective = pulp.LpAffineExpression()
    built.problem.writeLP(str(path), max_length=255)


@dataclass(frozen=True, slots=True)
class _Built:
    """PuLP's problem, and which row of the program each of its constraints comes from."""

    problem: "pulp.LpProblem"
    columns: "list[pulp.LpVariable]"
    row: Integers


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from searching, again and again, hundreds of thousands of objects that all live."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


Naming = Literal["none", "number", "label"]
"""What columns are called: HiGHS asks for no names and is not kept waiting for them, files of CBC want short ones."""


def _build(program: Program, naming: Naming, rows: Sequence[str] | None = None) -> _Built:
    import pulp

    with _collector_paused():
        problem = pulp.LpProblem(
            program.name.replace(" ", "_"), pulp.LpMaximize if program.maximise else pulp.LpMinimize
        )
        columns = []
        for family in program.column_families.values():
            category = pulp.LpInteger if family.integer else pulp.LpContinuous
            names = _column_names(family, naming)
            lowers, uppers = _finite_or_none(family.lower), _finite_or_none(family.upper)
            columns += [
                problem.add_variable(name, lower, upper, category)
                for name, lower, upper in zip(names, lowers, uppers, strict=True)
            ]
        objective = program.column_array("objective")
        used = np.flatnonzero(objective)
        problem.objective = pulp.LpAffineExpression(
            zip([columns[each] for each in used.tolist()], objective[used].tolist(), strict=True),
            constant=program.constant,
        )
        origin, sense, side = one_sided(program.row_array("lower"), program.row_array("upper"))
        names = row_names(program, origin, sense) if naming == "label" else [f"r{row}" for row in range(len(origin))]
        matrix = program.matrix()
        starts = matrix.start.tolist()
        members = [columns[each] for each in matrix.column.tolist()]
        coefficients = matrix.value.tolist()
        wanted = _wanted(program, origin, rows)
        if naming == "label":
            complain_of_repeated(program, "column", [column.name for column in columns])
            complain_of_repeated(program, "row", names)
        constraint, expression = pulp.LpConstraint, pulp.LpAffineExpression
        problem.extend(
            {
                name: constraint(
                    expression(
                        zip(
                            members[starts[row] : starts[row + 1]],
                            coefficients[starts[row] : starts[row + 1]],
                            strict=True,
                        )
                    ),
                    kind,
                    None,
                    bound,
                )
                for name, row, kind, bound, is_wanted in zip(
                    names, origin.tolist(), sense.tolist(), side.tolist(), wanted, strict=True
                )
                if is_wanted
            }
        )
    return _Built(problem, columns, origin)


def _column_names(family: ColumnFamily, naming: Naming) -> list[str]:
    if naming == "label":
        return names_of(family)
    if naming == "number":
        return [f"c{each}" for each in range(family.first, family.first + family.count)]
    return [""] * family.count


def _finite_or_none(bounds: Floats) -> list[float | None]:
    return [bound if finite else None for bound, finite in zip(bounds.tolist(), np.isfinite(bounds), strict=True)]


def _wanted(program: Program, origin: Integers, rows: Sequence[str] | None) -> list[bool]:
    families = program.row_families.values()
    inside = np.repeat(
        [rows is None or family.name in rows for family in families], [family.count for family in families]
    ).astype(bool)
    return list(inside[origin].tolist())


def _by_highs(
    program: Program, time_limit: float | None, gap: float, method: Method, warm_start: Solution | None
) -> tuple[State, Solution | None]:
    import highspy

    began = perf_counter()
    built = _build(program, "none")
    limits = {"time_limit": None if time_limit is None else float(time_limit), "mip_rel_gap": gap}
    highs = quiet_highs(highspy, {**limits, "parallel": "off", "solver": method})
    with _collector_paused():
        _hand_over(built, highs, highspy)
    if warm_start is not None:
        _start_from(program, highs, highspy, warm_start)
    ready = perf_counter()
    highs.run()
    ended = perf_counter()

    kinds = highspy.HighsModelStatus
    state: State = {
        kinds.kOptimal: "optimal",
        kinds.kInfeasible: "infeasible",
        kinds.kUnbounded: "unbounded",
        kinds.kUnboundedOrInfeasible: "either",
        kinds.kTimeLimit: "time",
    }.get(highs.getModelStatus(), "failed")  # type: ignore[assignment]
    found, info = highs.getSolution(), highs.getInfo()
    if state not in ("optimal", "time") or not found.value_valid:
        return state, None
    point = np.array(found.col_value)
    is_linear = state == "optimal" and not program.has_integers
    bound = None
    if program.has_integers:
        bound = info.mip_dual_bound
    elif state == "time":
        bound = np.inf if program.maximise else -np.inf
    solution = solution_of(
        program,
        point,
        row_duals=_by_row(program, built, found.row_dual) if is_linear else None,
        column_duals=np.array(found.col_dual) if is_linear else None,
        bound=bound,
        times=(ready - began, ended - ready),
        solver="highs",
        basis=highs.getBasis() if is_linear else None,
    )
    return state, solution


def _hand_over(built: _Built, highs: Any, highspy: Any) -> None:
    """Read PuLP's objects into arrays and pass them on at once.

    PuLP's own way, a call for every column and row, takes longer than the solver does.
    """
    problem, columns, constraints = built.problem, built.columns, built.problem.constraints()
    for position, column in enumerate(columns):
        column.index = position
    expressions = [constraint.expr for constraint in constraints]
    bounds = np.array([-constraint.constant for constraint in constraints])
    senses = np.array([constraint.sense for constraint in constraints], dtype=np.int64)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(columns), len(constraints)
    model.sense_ = highspy.ObjSense.kMaximize if problem.sense == -1 else highspy.ObjSense.kMinimize
    model.offset_ = problem.objective.constant
    cost = np.zeros(len(columns))
    cost[[column.index for column in problem.objective]] = list(problem.objective.values())
    model.col_cost_ = cost
    model.col_lower_ = np.array([-np.inf if column.lowBound is None else column.lowBound for column in columns])
    model.col_upper_ = np.array([np.inf if column.upBound is None else column.upBound for column in columns])
    model.row_lower_ = np.where(senses >= 0, bounds, -np.inf)
    model.row_upper_ = np.where(senses <= 0, bounds, np.inf)
    whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    if any(column.cat == "Integer" for column in columns):
        model.integrality_ = [whole if column.cat == "Integer" else real for column in columns]
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.concatenate([[0], np.cumsum([len(each) for each in expressions], dtype=np.int64)])
    matrix.index_ = np.fromiter((column.index for each in expressions for column in each), dtype=np.int64)
    matrix.value_ = np.fromiter(chain.from_iterable(each.values() for each in expressions), dtype=np.float64)
    if highs.passModel(model) == highspy.HighsStatus.kError:
        raise SolverError("HiGHS does not take the program")


def _start_from(program: Program, highs: Any, highspy: Any, start: Solution) -> None:
    sizes = {name: len(values) for name, values in start.values.items()}
    if sizes != {name: family.count for name, family in program.column_families.items()}:
        raise ValueError(f"{program.name}: warm_start: a solution of other families of columns")
    if start.basis is not None and not program.has_integers:
        if highs.setBasis(start.basis) == highspy.HighsStatus.kError:
            raise ValueError(f"{program.name}: warm_start: a solution of other families of rows")
    else:
        point = highspy.HighsSolution()
        point.col_value = np.concatenate(list(start.values.values())).tolist()
        highs.setSolution(point)


def _by_cbc(
    program: Program, time_limit: float | None, gap: float, method: Method, warm_start: Solution | None
) -> tuple[State, Solution | None]:
    import pulp

    del method, warm_start
    path = _cbc_path()
    if path is None:
        raise SolverError("CBC is not installed")
    began = perf_counter()
    built = _build(program, "number")
    ready = perf_counter()
    interface = pulp.COIN_CMD(path=path, msg=False, timeLimit=time_limit, gapRel=gap, threads=1)
    built.problem.solve(interface)
    ended = perf_counter()
    status, quality = built.problem.status, built.problem.sol_status
    if status == pulp.LpStatusOptimal:
        state: State = "optimal" if quality == pulp.LpSolutionOptimal else "time"
    else:
        state = {
            pulp.LpStatusInfeasible: "infeasible",
            pulp.LpStatusUnbounded: "unbounded",
            pulp.LpStatusNotSolved: "time" if time_limit is not None else "failed",
        }.get(status, "failed")
    if time_limit is not None and state != "optimal" and ended - ready >= time_limit:
        state = "time"  # CBC calls a program infeasible when it has no time to look
    if status != pulp.LpStatusOptimal:
        return state, None
    is_linear = not program.has_integers
    point = np.array([column.varValue or 0.0 for column in built.columns])
    duals = _by_row(program, built, [constraint.pi or 0.0 for constraint in built.problem.constraints()])
    side = 1 if program.maximise else -1
    bound = None
    if state == "time":
        bound = side * np.inf
    elif not is_linear:
        # PuLP does not pass CBC's bound on; what it may have left open is the gap that it was given.
        value = program.constant + float(program.column_array("objective") @ point)
        bound = value + side * gap * abs(value)
    solution = solution_of(
        program,
        point,
        row_duals=duals if is_linear else None,
        # CBC leaves reduced costs out where presolve settles everything.
        column_duals=reduced_costs(program, duals) if is_linear else None,
        bound=bound,
        times=(ready - began, ended - ready),
        solver="cbc",
    )
    return state, solution


def _by_row(program: Program, built: _Built, duals: Sequence[float]) -> Floats:
    """Return shadow prices of the program's rows: of two constraints made of one row, at most one binds."""
    result = np.zeros(program.row_count)
    np.add.at(result, built.row, np.array(duals))
    return result


def _cbc_path() -> str | None:
    """Return where CBC is: on the path, or in PuLP's own folder."""
    import pulp

    for path in ("cbc", pulp.PULP_CBC_CMD.pulp_cbc_path):
        if found := pulp.COIN_CMD(path=path, msg=False).available():
            return str(found)
    return None
