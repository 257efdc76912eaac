"""Competing newsvendors: quantities of firms whose customers try elsewhere once, alone and under one owner.

Firm i has Q_i units for its own demand D_i; of what it cannot serve, a share α_ij tries firm j, once. Own demand first,
then what spills over:

    D_i^s = D_i + Σ_j α_ji (D_j − Q_j)⁺,    Π_i(Q) = E[p_i min(Q_i, D_i^s) + s_i (Q_i − D_i^s)⁺ − c_i Q_i].

D_i^s does not depend on Q_i, so a firm's best response is the newsvendor's quantile of it, and in equilibrium

    P(D_i^s ≤ Q_i) = (p_i − c_i) / (p_i − s_i)    for all i at once

(Parlar 1988; Lippman & McCardle 1997; Netessine & Rudi 2003, eq. 10). One owner maximises the sum, whose slopes are

    ∂ΣΠ/∂Q_i = (p_i − c_i) − (p_i − s_i) P(D_i^s ≤ Q_i) − Σ_j α_ij (p_j − s_j) P(D_i > Q_i, D_j^s < Q_j)

(Netessine & Rudi 2003, eq. 8). The sum is not concave in general: it is climbed from several starts, and no peak that
is found is proved to be the highest.

Demand is a list of points with weights: draws, or a grid. All expectations are over these points, and so is ε. Shares
apply to quantities, not to whole customers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from ..problem import Floats
from .outcome import SolverError


@dataclass(frozen=True)
class StockEquilibrium:
    """Quantities from which no firm gains more than ε by moving alone."""

    quantities: Floats
    """In units. Shape (firms,)."""
    profits: Floats
    """Of each firm, in money. Shape (firms,)."""
    gains: Floats
    """What each firm would gain by its best response, in money. Shape (firms,)."""
    rounds: int
    """How often every firm moved."""

    @property
    def epsilon(self) -> float:
        """Return the most that a firm could gain by moving alone, in money."""
        return float(self.gains.max())

    def __str__(self) -> str:
        quantities = ", ".join(f"{each:.6g}" for each in self.quantities)
        return f"quantities {quantities}: no firm gains more than {self.epsilon:.2g} by moving alone"


@dataclass(frozen=True)
class JointOptimum:
    """What one owner of all firms would stock, as far as several starts tell."""

    quantities: Floats
    """In units. Shape (firms,)."""
    profits: Floats
    """Of each firm, in money. Shape (firms,)."""
    peaks: tuple[tuple[Floats, float], ...]
    """Where each start led: quantities, and the joint profit in money."""


class CompetingNewsvendors:
    """The game of one instance.

    Parameters
    ----------
    demand
        Points of the joint demand, in units. Shape (points, firms).
    spill
        Share of the unmet demand of each firm (rows) that tries each other one (α); rows sum to at most 1, the diagonal
        is 0. Shape (firms, firms).
    price, cost, salvage
        Of a unit, in money; price above cost above salvage. Shape (firms,).
    weights
        Probability of each point; None for alike. Shape (points,).

    Raises
    ------
    ValueError
        When shapes do not fit or a number has no meaning.
    """

    def __init__(
        self,
        demand: npt.ArrayLike,
        spill: npt.ArrayLike,
        price: npt.ArrayLike,
        cost: npt.ArrayLike,
        salvage: npt.ArrayLike,
        weights: npt.ArrayLike | None = None,
    ) -> None:
        self._demand = np.array(demand, dtype=np.float64)
        if self._demand.ndim != 2 or not self._demand.size:
            raise ValueError(f"demand: shape (points, firms), not empty (got {self._demand.shape})")
        points, firms = self._demand.shape
        self._spill = np.array(spill, dtype=np.float64)
        self._price, self._cost, self._salvage = (
            np.broadcast_to(np.asarray(each, dtype=np.float64), (firms,)) for each in (price, cost, salvage)
        )
        chance = np.ones(points) if weights is None else np.array(weights, dtype=np.float64)
        if self._spill.shape != (firms, firms) or chance.shape != (points,):
            raise ValueError(f"spill, weights: shapes {self._spill.shape}, {chance.shape} for {points} × {firms}")
        if not (np.isfinite(self._demand) & (self._demand >= 0)).all() or not (chance >= 0).all():
            raise ValueError("demand, weights: must be at least 0")
        if not chance.sum() > 0:
            raise ValueError("weights: must sum to more than 0")
        if np.diag(self._spill).any() or (self._spill < 0).any() or (self._spill.sum(axis=1) > 1 + 1e-12).any():
            raise ValueError("spill: shares of 0 or more, 0 on the diagonal, that sum to at most 1 in each row")
        if not ((self._price > self._cost) & (self._cost > self._salvage)).all():
            raise ValueError("price, cost, salvage: each must be above the next")
        self._chance = chance / chance.sum()
        self._fractile = (self._price - self._cost) / (self._price - self._salvage)

    def effective_demand(self, quantities: npt.ArrayLike) -> Floats:
        """Return own demand and what spills over (D^s), shape (points, firms); `quantities` has shape (firms,)."""
        unmet = np.maximum(self._demand - np.asarray(quantities, dtype=np.float64), 0.0)
        return np.asarray(self._demand + unmet @ self._spill, dtype=np.float64)

    def profits(self, quantities: npt.ArrayLike) -> Floats:
        """Return each firm's expected profit, in money, shape (firms,); `quantities` has shape (firms,)."""
        stock = np.asarray(quantities, dtype=np.float64)
        sold = self._chance @ np.minimum(stock, self.effective_demand(stock))
        return np.asarray((self._price - self._salvage) * sold - (self._cost - self._salvage) * stock)

    def joint_slopes(self, quantities: npt.ArrayLike) -> Floats:
        """Return the slopes of the joint profit, in money per unit, shape (firms,)."""
        stock = np.asarray(quantities, dtype=np.float64)
        left_over = self.effective_demand(stock) < stock
        short = (self._demand > stock) * self._chance[:, None]
        lost_elsewhere = (short.T @ left_over) * self._spill * (self._price - self._salvage)
        own = (self._price - self._cost) - (self._price - self._salvage) * (self._chance @ left_over)
        return np.asarray(own - lost_elsewhere.sum(axis=1), dtype=np.float64)

    def best_response(self, quantities: npt.ArrayLike, firm: int) -> float:
        """Return what a firm stocks if the others stock so much: exact for the points, in units."""
        values = self.effective_demand(quantities)[:, firm]
        order = np.argsort(values, kind="stable")
        reached = np.cumsum(self._chance[order])
        place = int(np.searchsorted(reached, self._fractile[firm] * (1 - 1e-12)))
        return float(values[order[min(place, len(values) - 1)]])

    def equilibrium(self, *, tolerance: float = 1e-9, most_rounds: int = 1000) -> StockEquilibrium:
        """Return quantities from which no firm gains by moving alone, with what it would gain.

        Firms move in turn, from the newsvendor's quantities without spill. A best response falls as others stock more
        by less than they do, where shares sum to less than 1 (Netessine & Rudi 2003, Prop. 1).

        Parameters
        ----------
        tolerance
            Largest move in a round, as a share of the largest demand, at which to stop.
        most_rounds
            Rounds after which to give up.

        Raises
        ------
        SolverError
            When quantities still move after all rounds.
        """
        firms, largest = self._demand.shape[1], float(self._demand.max())
        stock = np.array([self.best_response(np.full(firms, np.inf), firm) for firm in range(firms)])
        for rounds in range(1, most_rounds + 1):
            before = stock.copy()
            for firm in range(firms):
                stock[firm] = self.best_response(stock, firm)
            if np.abs(stock - before).max() <= tolerance * largest:
                here, gains = self.profits(stock), np.zeros(firms)
                for firm in range(firms):
                    moved = stock.copy()
                    moved[firm] = self.best_response(stock, firm)
                    gains[firm] = max(float(self.profits(moved)[firm] - here[firm]), 0.0)
                return StockEquilibrium(stock, here, gains, rounds)
        raise SolverError(f"stock equilibrium: quantities still move after {most_rounds} rounds")

    def joint_optimum(self, *, starts: Sequence[npt.ArrayLike] | None = None) -> JointOptimum:
        """Return the best quantities of one owner, climbed from several starts.

        Parameters
        ----------
        starts
            Where to start, each of shape (firms,); None for the newsvendor's quantities without spill, half and one and
            a half times as much, and each firm alone.
        """
        firms, largest = self._demand.shape[1], float(self._demand.max())
        alone = np.array([self.best_response(np.full(firms, np.inf), firm) for firm in range(firms)])
        if starts is None:
            singles = [np.where(np.arange(firms) == firm, 2 * alone, 0.0) for firm in range(firms)]
            starts = [alone, 0.5 * alone, 1.5 * alone, *singles]
        peaks = []
        for start in starts:
            found = optimize.minimize(
                lambda stock: -float(self.profits(stock).sum()),
                np.asarray(start, dtype=np.float64),
                jac=lambda stock: -self.joint_slopes(stock),
                method="L-BFGS-B",
                bounds=[(0.0, 2 * largest * firms)] * firms,
            )
            peaks.append((np.asarray(found.x, dtype=np.float64), -float(found.fun)))
        best = max(peaks, key=lambda peak: peak[1])[0]
        return JointOptimum(best, self.profits(best), tuple(peaks))
