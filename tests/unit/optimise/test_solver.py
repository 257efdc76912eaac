"""What goes into a program, what comes out of it, and what is said when nothing can."""

import dataclasses
import gc
import itertools

import numpy as np
import pytest
from scipy import sparse

from demandshift.models.optimise.outcome import Fault, InfeasibleError, OutOfTimeError, SolverError, UnboundedError
from demandshift.models.optimise.program import Program, Triplets
from demandshift.models.optimise.solver import available, solve, write

SOLVERS = [
    pytest.param(name, marks=pytest.mark.skipif(name not in available(), reason=f"{name} is not installed"))
    for name in ("highs", "cbc")
]


def shop(**budget: float) -> Program:
    """Return two products that share a budget."""
    program = Program("orders", maximise=True, constant=5)
    program.columns("order", 2, upper=[40, 60], objective=[3.0, 2.0], labels=["tea", "milk 1 L"])
    program.rows("budget", 1, {"order": np.array([[2.0, 1.0]])}, labels=["all"], **(budget or {"upper": 100.0}))
    return program


def packs(number: int, seed: int = 3) -> Program:
    """Return a knapsack with several limits: hard for its size."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(50, 150, (5, number)).astype(float)
    program = Program("packs", maximise=True)
    program.columns("take", number, upper=1, objective=weights.mean(axis=0) + rng.random(number), integer=True)
    program.rows("room", 5, {"take": weights}, upper=0.4 * weights.sum(axis=1))
    return program


@pytest.mark.parametrize("solver", SOLVERS)
def test_optimum_by_hand(solver):
    """If this fails, values, prices or the constant are not those of a program solved on paper."""
    best = solve(shop(), solver=solver)
    assert best.values["order"].tolist() == pytest.approx([20, 60])
    assert best.objective == pytest.approx(5 + 60 + 120)
    assert best.duals["budget"].tolist() == pytest.approx([1.5])
    assert best.reduced_costs["order"].tolist() == pytest.approx([0, 0.5])
    assert best.solver == solver
    assert best.build_seconds > 0
    assert best.solve_seconds > 0


@pytest.mark.parametrize("solver", SOLVERS)
def test_row_with_two_bounds(solver):
    """If this fails, one of two bounds of a row is lost, or its price is booked on the wrong row."""
    program = Program("between")
    program.columns("level", 2, lower=-np.inf, objective=[1.0, -1.0])
    program.rows("range", 2, {"level": sparse.eye_array(2)}, lower=[-3, -4], upper=[7, 8])
    program.rows("free", 1, {"level": np.ones((1, 2))})
    best = solve(program, solver=solver)
    assert best.values["level"].tolist() == pytest.approx([-3, 8])
    assert best.duals["range"].tolist() == pytest.approx([1, -1])
    assert best.duals["free"].tolist() == [0]


def test_coefficients_at_one_place_add_up():
    """If this fails, the second of two blocks for one family overwrites the first."""
    program = Program("adds", maximise=True)
    program.columns("make", 2, objective=1.0)
    blocks = [np.eye(2), Triplets([0, 0, 1], [0, 0, 1], 1.0), sparse.csr_array([[0.0, 4.0], [0.0, 0.0]])]
    program.rows("hours", 2, {"make": blocks}, upper=[12.0, 6.0])
    matrix = program.matrix()
    assert matrix.start.tolist() == [0, 2, 3]
    assert matrix.column.tolist() == [0, 1, 1]
    assert matrix.value.tolist() == [3, 4, 2]
    assert solve(program).values["make"].tolist() == pytest.approx([4, 0])


@pytest.mark.parametrize("solver", SOLVERS)
def test_whole_numbers_match_a_search(solver):
    """If this fails, a program with whole numbers is not solved to its optimum, or claims a bound below it."""
    worth, room = np.array([5.0, 4.0, 3.0, 7.0]), np.array([[4.0, 3.0, 2.0, 5.9]])
    program = Program("packs", maximise=True)
    program.columns("take", 4, upper=2, objective=worth, integer=True)
    program.rows("room", 1, {"take": room}, upper=10)
    best = solve(program, solver=solver)
    points = [np.array(each) for each in itertools.product(range(3), repeat=4) if (room @ np.array(each))[0] <= 10]
    assert best.objective == pytest.approx(max(float(worth @ each) for each in points))
    assert best.bound >= best.objective
    assert best.gap <= 1e-5
    assert np.array_equal(best.values["take"], np.round(best.values["take"]))
    assert best.duals == {}
    assert best.reduced_costs == {}


@pytest.mark.parametrize("solver", SOLVERS)
def test_infeasible_program_names_what_must_give_way(solver):
    """If this fails, a planner learns that there is no plan, but not which rule to relax and by how much."""
    program = Program("orders")
    program.columns("order", 3, objective=1.0)
    program.columns("stock", 3)
    program.rows("balance", 3, {"order": np.eye(3), "stock": -np.eye(3)}, lower=0, upper=0, definition=True)
    program.rows("service", 3, {"stock": 2 * np.eye(3)}, lower=[20, 30, 40], labels=["tea", "milk", "jam"])
    program.rows("supplier", 3, {"order": np.eye(3)}, upper=[100, 12, 15])
    with pytest.raises(InfeasibleError) as failure:
        solve(program, solver=solver)
    assert str(failure.value) == (
        "program 'orders' is infeasible: something must give way in 'supplier' (2 by 5, 1 by 3)"
    )
    assert failure.value.faults == (Fault("supplier", (("2", pytest.approx(5)), ("1", pytest.approx(3)))),)


def test_contradicting_definitions_are_named():
    """If this fails, a program whose definitions contradict each other is blamed on nothing."""
    program = Program("stock")
    program.columns("level", 1)
    program.rows("opening", 1, {"level": np.ones((1, 1))}, lower=4, upper=4, definition=True)
    program.rows("closing", 1, {"level": np.ones((1, 1))}, lower=9, upper=9, definition=True)
    program.rows("limit", 1, {"level": np.ones((1, 1))}, upper=100)
    with pytest.raises(InfeasibleError, match=r"'(opening|closing)' \(0 by 5\)"):
        solve(program)


def test_long_lists_of_faults_are_cut():
    """If this fails, an error message lists a row for every product and week."""
    program = Program("orders")
    program.columns("order", 5, upper=range(5))
    program.rows("least", 5, {"order": np.eye(5)}, lower=10)
    with pytest.raises(InfeasibleError) as failure:
        solve(program)
    expected = "program 'orders' is infeasible: something must give way in 'least' (0 by 10, 1 by 9, 2 by 8 and 2 more)"
    assert str(failure.value) == expected


@pytest.mark.parametrize("solver", SOLVERS)
def test_unbounded_program_names_what_nothing_holds(solver):
    """If this fails, a forgotten limit is not told from a wrong one."""
    program = Program("orders", maximise=True)
    program.columns("price", 1, upper=9, objective=1.0)
    program.columns("order", 2, objective=[-1.0, 2.0], labels=["tea", "milk"])
    program.rows("least", 2, {"order": np.eye(2)}, lower=1)
    with pytest.raises(UnboundedError) as failure:
        solve(program, solver=solver)
    assert str(failure.value) == "program 'orders' is unbounded: no constraint holds 'order' (milk)"
    assert failure.value.families == ("order",)


def test_out_of_time_carries_the_best_so_far():
    """If this fails, the work of a run that was cut short is thrown away, or it passes for an optimum."""
    program = packs(60)
    with pytest.raises(OutOfTimeError) as failure:
        solve(program, time_limit=0.3)
    best = failure.value.incumbent
    assert best is not None
    assert str(failure.value) == (
        f"program 'packs' was not solved within 0.3 s: best so far {best.objective:.6g}, "
        f"none can be better than {best.bound:.6g}"
    )
    assert best.bound > best.objective
    room = program.row_families["room"]
    reached = np.bincount(room.row, weights=room.value * best.values["take"][room.column])
    assert (reached <= room.upper + 1e-6).all()


@pytest.mark.parametrize("solver", SOLVERS)
def test_out_of_time_without_any_point(solver):
    """If this fails, a solver without time to begin is taken at its word that nothing is feasible."""
    with pytest.raises(OutOfTimeError) as failure:
        solve(packs(60), solver=solver, time_limit=0.0)
    assert failure.value.incumbent is None
    assert str(failure.value) == "program 'packs' was not solved within 0 s: no feasible point was found"


def test_rows_that_time_left_broken_are_named():
    """If this fails, a program that ran out of time on the way to a feasible point does not say what was in the way."""
    if "cbc" not in available():
        pytest.skip("only CBC hands out a point that is not feasible")
    rng = np.random.default_rng(3)
    program = Program("cover")
    program.columns("order", 4000, objective=rng.random(4000))
    demand = Triplets(np.repeat(np.arange(3000), 12), rng.integers(0, 4000, 36000), rng.random(36000))
    program.rows("need", 3000, {"order": demand}, lower=1)
    with pytest.raises(OutOfTimeError, match=r"no feasible point was found; not kept: 'need' \(") as failure:
        solve(program, solver="cbc", time_limit=1e-4)
    assert failure.value.faults[0].family == "need"


def test_the_same_twice():
    """If this fails, the same program has another answer the next time, though both may be optimal."""
    first, second = (solve(packs(14)) for _ in range(2))
    assert np.array_equal(first.values["take"], second.values["take"])
    assert first.objective == second.objective
    tie = Program("tie", maximise=True)
    tie.columns("order", 30, objective=1.0)
    tie.rows("budget", 1, {"order": np.ones((1, 30))}, upper=7)
    assert solve(tie).values["order"].tolist() == solve(tie).values["order"].tolist()


@pytest.mark.parametrize("solver", SOLVERS)
def test_nothing_is_printed(solver, capfd):
    """If this fails, a run that re-solves a program every day fills the terminal."""
    solve(shop(), solver=solver)
    with pytest.raises(InfeasibleError):
        solve(shop(lower=500.0), solver=solver)
    assert capfd.readouterr() == ("", "")


def test_warm_start():
    """If this fails, a warm start changes the optimum, or is lost on the solver."""
    rng = np.random.default_rng(5)
    need = Triplets(np.repeat(np.arange(150), 8), rng.integers(0, 200, 1200), rng.random(1200))
    cost = rng.random(200)
    programs = []
    for by in (1.0, 1.05):
        program = Program("cover")
        program.columns("order", 200, objective=cost)
        program.rows("need", 150, {"order": need}, lower=by)
        programs.append(program)
    first = solve(programs[0])
    warm, cold = solve(programs[1], warm_start=first), solve(programs[1])
    assert warm.objective == pytest.approx(cold.objective, rel=1e-9)
    from_point = solve(programs[1], warm_start=dataclasses.replace(first, basis=None))
    assert from_point.objective == pytest.approx(cold.objective, rel=1e-9)
    programs[0].rows("also", 1, {"order": np.ones((1, 200))}, lower=1)
    with pytest.raises(ValueError, match="warm_start: a solution of other families of rows"):
        solve(programs[0], warm_start=first)
    with pytest.raises(ValueError, match="warm_start: a solution of other families of columns"):
        solve(shop(), warm_start=first)


def test_warm_start_with_whole_numbers():
    """If this fails, a program with whole numbers cannot begin with the last plan."""
    best = solve(packs(14))
    assert solve(packs(14), warm_start=best).objective == pytest.approx(best.objective)


def test_the_collector_runs_again():
    """If this fails, building a program leaves garbage collection off for the rest of the process."""
    assert gc.isenabled()
    solve(shop())
    assert gc.isenabled()


def test_file_is_readable(tmp_path):
    """If this fails, a written program cannot be read by a person, or says something else than what is solved."""
    write(shop(lower=10.0, upper=100.0), tmp_path / "shop.lp")
    assert (tmp_path / "shop.lp").read_text(encoding="utf-8") == (
        "\\* orders *\\\n"
        "Maximize\n"
        "OBJ: 2 order_milk_1_L + 3 order_tea\n"
        "Subject To\n"
        "budget_all_least: order_milk_1_L + 2 order_tea >= 10\n"
        "budget_all_most: order_milk_1_L + 2 order_tea <= 100\n"
        "Bounds\n"
        " order_milk_1_L <= 60\n"
        " order_tea <= 40\n"
        "End\n"
    )


def test_file_of_one_family(tmp_path):
    """If this fails, a family of constraints cannot be shown by itself."""
    program = shop()
    program.columns("shelf", 1)
    program.rows("space", 1, {"shelf": np.ones((1, 1))}, upper=4)
    write(program, tmp_path / "space.lp", rows=["space"])
    text = (tmp_path / "space.lp").read_text(encoding="utf-8")
    assert "space_0: shelf_0 <= 4" in text
    assert "order" not in text.removeprefix("\\* orders *\\\n")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a b", "a-b"], "orders: more than one column would be called 'order_a_b'"),
    ],
)
def test_names_that_a_file_cannot_tell_apart(tmp_path, labels, message):
    """If this fails, two products are one in a written program."""
    program = Program("orders")
    program.columns("order", 2, labels=labels)
    with pytest.raises(ValueError, match=message):
        write(program, tmp_path / "x.lp")


WRONG = {
    "columns 'order' are there already": lambda p: p.columns("order", 1),
    "rows 'budget' are there already": lambda p: p.rows("budget", 1, {}),
    "rows 'r': there are no columns 'ordr'": lambda p: p.rows("r", 1, {"ordr": np.ones((1, 1))}),
    "a block of shape (1, 3) where (1, 2) is due": lambda p: p.rows("r", 1, {"order": np.ones((1, 3))}),
    "row 1 of 1 (or below 0)": lambda p: p.rows("r", 1, {"order": Triplets(1, 0, 1.0)}),
    "column -1 of 2 (or below 0)": lambda p: p.rows("r", 1, {"order": Triplets(0, -1, 1.0)}),
    "coefficients must be finite": lambda p: p.rows("r", 1, {"order": Triplets(0, 0, np.inf)}),
    "lower: must not be nan": lambda p: p.rows("r", 1, {}, lower=np.nan),
    "upper: shape (3,) does not fit 2 of them": lambda p: p.columns("c", 2, upper=[1, 2, 3]),
    "objective: must be finite": lambda p: p.columns("c", 2, objective=np.inf),
    "1 labels for 2 of them": lambda p: p.columns("c", 2, labels=["a"]),
    "nothing lies between 3 and 2 ('b')": lambda p: p.columns("c", 2, lower=3, upper=[5, 2], labels=["a", "b"]),
    "nothing lies between inf and inf ('0')": lambda p: p.rows("c", 1, {}, lower=np.inf),
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_input_is_named(message):
    """If this fails, a slip in an array becomes a wrong plan, or an error that names no family."""
    with pytest.raises(ValueError) as failure:  # noqa: PT011 the text is compared in full
        WRONG[message](shop())
    assert message in str(failure.value)
    assert str(failure.value).startswith("orders: ")


def test_program_without_columns():
    """If this fails, an empty program is handed to a solver."""
    with pytest.raises(ValueError, match="orders: a program without columns"):
        solve(Program("orders"))


def test_no_solver_at_all(monkeypatch):
    """If this fails, a machine without solvers gets a riddle instead of an error."""
    monkeypatch.setattr("demandshift.models.optimise.solver.available", lambda: ())
    with pytest.raises(SolverError, match="no solver is installed"):
        solve(shop())
    monkeypatch.setattr("demandshift.models.optimise.solver._cbc_path", lambda: None)
    with pytest.raises(SolverError, match="CBC is not installed"):
        solve(shop(), solver="cbc")


def test_cbc_where_highs_is_not_installed(monkeypatch):
    """If this fails, a machine without HiGHS has no programs, though CBC is there."""
    if "cbc" not in available():
        pytest.skip("CBC is not installed")
    import pulp

    monkeypatch.setattr(pulp.HiGHS, "available", lambda _: False)
    assert available() == ("cbc",)
    assert solve(shop()).solver == "cbc"
