"""Certificates on random programs: feasibility, equal objectives, complementary slackness, two solvers."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from demandshift.models.optimise.outcome import Solution
from demandshift.models.optimise.program import Program, Triplets
from demandshift.models.optimise.solver import available, solve

CLOSE = 1e-6


@dataclass(frozen=True)
class Drawn:
    """A program that has an optimum, with its parts as plain arrays."""

    matrix: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    column_lower: np.ndarray
    column_upper: np.ndarray
    objective: np.ndarray
    maximise: bool

    def program(self, shift: dict[int, float] | None = None) -> Program:
        """Return it in two families of columns and two of rows; `shift` is added to both bounds of rows by position."""
        move = np.zeros(len(self.lower))
        for row, by in (shift or {}).items():
            move[row] = by
        lower, upper = self.lower + move, self.upper + move
        program = Program("drawn", maximise=self.maximise, constant=3.5)
        half, cut = self.matrix.shape[1] // 2, len(lower) // 2
        for name, part in (("left", slice(0, half)), ("right", slice(half, None))):
            program.columns(
                name,
                len(self.objective[part]),
                lower=self.column_lower[part],
                upper=self.column_upper[part],
                objective=self.objective[part],
            )
        for name, part in (("top", slice(0, cut)), ("bottom", slice(cut, None))):
            block = self.matrix[part]
            row, column = np.nonzero(block[:, :half])
            terms = {"left": Triplets(row, column, block[row, column]), "right": block[:, half:]}
            program.rows(name, len(block), terms, lower=lower[part], upper=upper[part])
        return program


def joined(parts) -> np.ndarray:
    """Return what a solution gives by family as one array."""
    return np.concatenate(list(parts.values()))


@st.composite
def drawn_programs(draw: st.DrawFn) -> Drawn:
    """Draw a program that a known point keeps and whose columns are bounded, so that it has an optimum."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(2, 9))
    matrix = np.where(rng.random((rows, columns)) < 0.6, rng.integers(-4, 5, (rows, columns)), 0).astype(float)
    point = rng.integers(0, 6, columns).astype(float)
    room = rng.integers(0, 5, (2, rows)).astype(float)
    kind = rng.integers(0, 4, rows)
    reached = matrix @ point
    lower = np.where(kind == 0, -np.inf, reached - np.where(kind == 3, 0, room[0]))
    upper = np.where(kind == 1, np.inf, reached + np.where(kind == 3, 0, room[1]))
    return Drawn(
        matrix,
        lower,
        upper,
        column_lower=np.where(rng.random(columns) < 0.2, -2.0, 0.0),
        column_upper=point + rng.integers(0, 5, columns),
        objective=rng.integers(-5, 6, columns).astype(float),
        maximise=bool(rng.integers(0, 2)),
    )


def dual_objective(drawn: Drawn, solution: Solution) -> float:
    """Return what the bounds are worth at the shadow prices: each price is paid for the bound that it belongs to."""
    sign = -1.0 if drawn.maximise else 1.0
    total = 3.5
    for price, lower, upper in (
        (joined(solution.duals), drawn.lower, drawn.upper),
        (joined(solution.reduced_costs), drawn.column_lower, drawn.column_upper),
    ):
        holding = np.where(sign * price > 0, lower, upper)
        assert np.isfinite(holding[np.abs(price) > CLOSE]).all(), "a price on a bound that is not there"
        total += float((price * np.where(np.abs(price) > CLOSE, holding, 0)).sum())
    return total


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(drawn=drawn_programs())
def test_optimum_carries_its_certificate(drawn):
    """If this fails, an answer breaks a constraint, is not optimal, or its shadow prices are not what they claim."""
    solution = solve(drawn.program())
    point, prices, reduced = (joined(part) for part in (solution.values, solution.duals, solution.reduced_costs))
    reached = drawn.matrix @ point
    assert (reached >= drawn.lower - CLOSE).all()
    assert (reached <= drawn.upper + CLOSE).all()
    assert (point >= drawn.column_lower - CLOSE).all()
    assert (point <= drawn.column_upper + CLOSE).all()
    assert solution.objective == pytest.approx(3.5 + drawn.objective @ point, abs=CLOSE)
    assert solution.objective == solution.bound
    assert solution.gap == 0
    # Stationarity: what a column is worth is what its rows charge for it, and the rest is its reduced cost.
    assert drawn.objective - drawn.matrix.T @ prices == pytest.approx(reduced, abs=CLOSE)
    assert dual_objective(drawn, solution) == pytest.approx(solution.objective, abs=1e-5)
    # Complementary slackness: a price only where a bound holds.
    for price, at, lower, upper in (
        (prices, reached, drawn.lower, drawn.upper),
        (reduced, point, drawn.column_lower, drawn.column_upper),
    ):
        held = (np.abs(at - lower) <= CLOSE) | (np.abs(at - upper) <= CLOSE)
        assert (held | (np.abs(price) <= CLOSE)).all()


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(drawn=drawn_programs())
def test_optimum_is_what_scipy_finds(drawn):
    """If this fails, the program that is solved is not the one that was stated."""
    sign = -1.0 if drawn.maximise else 1.0
    bounded = [(drawn.matrix, drawn.upper), (-drawn.matrix, -drawn.lower)]
    kept = [(side[np.isfinite(bound)], bound[np.isfinite(bound)]) for side, bound in bounded]
    other = linprog(
        sign * drawn.objective,
        A_ub=np.vstack([side for side, _ in kept]),
        b_ub=np.concatenate([bound for _, bound in kept]),
        bounds=np.column_stack([drawn.column_lower, drawn.column_upper]),
    )
    assert solve(drawn.program()).objective == pytest.approx(3.5 + sign * other.fun, abs=1e-5)


@pytest.mark.skipif(available() != ("highs", "cbc"), reason="needs both solvers")
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(drawn=drawn_programs())
def test_cbc_agrees(drawn):
    """If this fails, who has no HiGHS gets other plans, or prices of the wrong sign."""
    cbc = solve(drawn.program(), solver="cbc")
    assert cbc.solver == "cbc"
    assert cbc.objective == pytest.approx(solve(drawn.program(), solver="highs").objective, abs=1e-5)
    assert dual_objective(drawn, cbc) == pytest.approx(cbc.objective, abs=1e-4)


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(drawn=drawn_programs(), data=st.data())
def test_shadow_prices_lie_between_the_one_sided_differences(drawn, data):
    """If this fails, a shadow price is not the derivative of the objective with respect to the right-hand side."""
    row = data.draw(st.integers(0, len(drawn.lower) - 1))
    step = 1e-3
    now = solve(drawn.program())
    price = float(joined(now.duals)[row])
    room = []
    for by in (-step, step):
        program = drawn.program({row: by})
        try:
            room.append((solve(program).objective - now.objective) / by)
        except RuntimeError:
            room.append(None)  # nothing is feasible on that side: the derivative there is infinite
    slopes = [each for each in room if each is not None]
    if len(slopes) == 2:
        assert min(slopes) - 1e-4 <= price <= max(slopes) + 1e-4
    # A program that maximises is concave in its bounds, one that minimises convex.
    elif room[0] is not None:
        assert price <= room[0] + 1e-4 if drawn.maximise else price >= room[0] - 1e-4
    elif room[1] is not None:
        assert price >= room[1] - 1e-4 if drawn.maximise else price <= room[1] + 1e-4
