"""What is said when a solver ends in another way than with an optimum, also where the reason cannot be found."""

import numpy as np
import pytest

from demandshift.models.optimise.diagnosis import trouble
from demandshift.models.optimise.outcome import InfeasibleError, OutOfTimeError, SolverError, UnboundedError
from demandshift.models.optimise.program import Program
from demandshift.models.optimise.solver import solve


def open_ended() -> Program:
    """Return a program without limit."""
    program = Program("orders", maximise=True)
    program.columns("order", 1, objective=1.0, labels=["tea"])
    program.rows("least", 1, {"order": np.ones((1, 1))}, lower=1)
    return program


def empty() -> Program:
    """Return a program that nothing keeps, made of definitions alone."""
    program = Program("orders")
    program.columns("order", 1)
    for name, at in (("one", 1.0), ("two", 2.0), ("three", 2.0)):
        program.rows(name, 1, {"order": np.ones((1, 1))}, lower=at, upper=at, definition=True)
    return program


def never(_: Program) -> None:
    """Find nothing."""


@pytest.mark.parametrize(
    ("program", "state", "attempt", "kind", "message"),
    [
        (open_ended(), "either", solve, UnboundedError, "is unbounded: no constraint holds 'order' (tea)"),
        (open_ended(), "infeasible", solve, InfeasibleError, "is infeasible, but only within the solver's tolerance"),
        (open_ended(), "unbounded", never, UnboundedError, "is unbounded, why could not be found out"),
        (open_ended(), "either", never, InfeasibleError, "is infeasible, why could not be found out"),
        (empty(), "infeasible", solve, InfeasibleError, "is infeasible: something must give way in 'one' (0 by 1)"),
        (empty(), "infeasible", never, InfeasibleError, "is infeasible, why could not be found out"),
    ],
)
def test_trouble_is_put_into_words(program, state, attempt, kind, message):
    """If this fails, an error says infeasible for unbounded, or names families though none was found."""
    error = trouble(program, state, None, attempt, None)
    assert type(error) is kind
    assert str(error) == f"program 'orders' {message}"


def test_time_and_failure_are_put_into_words():
    """If this fails, a lack of time hides that the program is infeasible, or a solver that gave up passes for one."""
    error = trouble(empty(), "time", None, solve, 2.0)
    assert isinstance(error, OutOfTimeError)
    assert error.incumbent is None
    assert str(error) == (
        "program 'orders' was not solved within 2 s: no feasible point was found; not kept: 'one' (0 by 1)"
    )
    failed = trouble(empty(), "failed", None, never, None)
    assert isinstance(failed, SolverError)
    assert str(failed) == "program 'orders': the solver gave up without an answer"


def test_definitions_give_way_only_where_limits_do_not_suffice():
    """If this fails, a planner is told to relax a balance of stock, which nobody can."""
    program = Program("orders")
    program.columns("order", 1)
    program.columns("stock", 1)
    program.rows("balance", 1, {"order": np.ones((1, 1)), "stock": -np.ones((1, 1))}, lower=0, upper=0, definition=True)
    program.rows("least", 1, {"stock": np.ones((1, 1))}, lower=9)
    program.rows("most", 1, {"order": np.full((1, 1), 3.0)}, upper=6)
    with pytest.raises(InfeasibleError) as failure:
        solve(program)
    # A unit of `most` is a third of a unit ordered: seven units of `least` are the least that can give way.
    assert str(failure.value) == "program 'orders' is infeasible: something must give way in 'least' (0 by 7)"
