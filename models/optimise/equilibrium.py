"""Price competition: best responses until no firm gains by moving, with the certificate that none does.

Firms f sell the products j ∈ J_f at prices p_j and costs c_j to customers of segments l, λ_l of them, who choose by
logits:

    Π_f(p) = Σ_l λ_l Σ_{j∈J_f} (p_j − c_j) e^{(r_lj − p_j)/s_l} / (v0 + Σ_k e^{(r_lk − p_k)/s_l}).

One segment: a firm's best response is one margin s/(1 − Σ own shares) for all its products, in closed form
(`models/literature/logit_pricing.py`); prices are strategic complements, and where each firm has one product the
equilibrium is unique (Caplin & Nalebuff 1991; Anderson, de Palma & Thisse 1992, ch. 7; for several products Nocke &
Schutz 2018). So best responses find it, and what each firm would still gain by its best response is exact.

Several segments: profits have more than one peak, and there may be no equilibrium in pure prices. There the firms
choose from ladders of prices, a finite game in which every deviation is tried. Best responses then end at an
equilibrium, or go round in a cycle, which is handed back; an equilibrium on the ladder is one among the prices of the
ladder and no others.

An ε-equilibrium is a set of prices from which no firm gains more than ε by moving alone; ε is part of every answer.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..literature.logit_pricing import best_margin
from ..problem import Floats
from .outcome import SolverError

MOST_STRATEGIES = 100_000
"""Price combinations of one firm beyond which not all are tried."""


@dataclass(frozen=True)
class PriceEquilibrium:
    """Prices from which no firm gains more than ε by moving alone."""

    prices: Floats
    """In money. Shape (products,)."""
    profits: Floats
    """Of each firm, per customer, in money. Shape (firms,)."""
    gains: Floats
    """What each firm would gain by its best response, in money. Shape (firms,)."""
    rounds: int
    """How often every firm moved."""

    @property
    def epsilon(self) -> float:
        """Return the most that a firm could gain by moving alone, in money."""
        return float(self.gains.max())

    def __str__(self) -> str:
        prices = ", ".join(f"{price:.6g}" for price in self.prices)
        return f"prices {prices}: no firm gains more than {self.epsilon:.2g} by moving alone"


@dataclass(frozen=True)
class GameOutcome:
    """Where best responses on ladders lead: an equilibrium, or a cycle."""

    choices: tuple[tuple[int, ...], ...]
    """Strategies of all firms: the last one alone, or all of the cycle in order."""
    profits: Floats
    """Shape (states, firms)."""
    gains: Floats
    """What each firm would gain by its best response, in money. Shape (states, firms)."""
    rounds: int
    """How often every firm had the chance to move."""

    @property
    def is_equilibrium(self) -> bool:
        """Return whether it is an equilibrium, not a cycle."""
        return len(self.choices) == 1

    @property
    def epsilon(self) -> float:
        """Return the most that a firm could gain by moving alone; in a cycle, at its calmest state."""
        return float(self.gains.max(axis=1).min())

    def __str__(self) -> str:
        if self.is_equilibrium:
            return f"strategies {self.choices[0]}: no firm gains more than {self.epsilon:.2g} by moving alone"
        path = " → ".join(map(str, (*self.choices, self.choices[0])))
        return (
            f"no equilibrium was found: best responses go round {path}; in each of them a firm gains {self.epsilon:.2g}"
        )


def logit_equilibrium(
    worth: npt.ArrayLike,
    cost: npt.ArrayLike,
    firm: npt.ArrayLike,
    scale: float,
    *,
    outside: float = 1.0,
    tolerance: float = 1e-10,
    most_rounds: int = 10_000,
) -> PriceEquilibrium:
    """Return the equilibrium of firms whose customers choose by one logit.

    Parameters
    ----------
    worth
        What each product is worth to a customer of middling taste (r), in money. Shape (products,).
    cost
        Unit cost of each product (c), in money. Shape (products,).
    firm
        Whose each product is, counted from 0. Shape (products,).
    scale
        Spread of tastes (s), in money.
    outside
        Weight of buying nothing (v0); 0 where everybody buys, which takes two firms or more.
    tolerance
        Largest move of a margin in a round, as a share of the scale, at which to stop. Profits are flat at a best
        response: ε is then of the order of the square of the move.
    most_rounds
        Rounds after which to give up.

    Returns
    -------
    PriceEquilibrium
        With ε, which is exact: a best response is known in closed form.

    Raises
    ------
    ValueError
        When shapes do not fit, a number has no meaning, or one firm alone has customers who must buy.
    SolverError
        When margins still move after all rounds.
    """
    value, unit_cost = np.asarray(worth, dtype=np.float64), np.asarray(cost, dtype=np.float64)
    owner = np.asarray(firm, dtype=np.int64)
    if value.ndim != 1 or unit_cost.shape != value.shape or owner.shape != value.shape or not value.size:
        raise ValueError("worth, cost, firm: must be of one length, and not empty")
    firms = int(owner.max()) + 1
    if set(owner.tolist()) != set(range(firms)):
        raise ValueError("firm: each number from 0 on needs a product")
    if outside < 0 or (outside == 0 and firms == 1):
        raise ValueError(f"outside: must be at least 0, and above it for one firm alone (got {outside})")
    own = [owner == each for each in range(firms)]
    # Weights are measured from the best offer at cost, so that none overflows.
    top = max(float((value - unit_cost).max()), 0.0)
    nothing = outside * np.exp(-top / scale)
    margins = np.full(firms, float(scale))

    def rivals_weight(which: int) -> float:
        rest = ~own[which]
        surplus = value[rest] - unit_cost[rest] - margins[owner[rest]] - top
        return float(nothing + np.exp(surplus / scale).sum())

    def profit(which: int, others: float) -> float:
        weight = float(np.exp((value[own[which]] - unit_cost[own[which]] - margins[which] - top) / scale).sum())
        return float(margins[which]) * weight / (others + weight)

    for rounds in range(1, most_rounds + 1):
        before = margins.copy()
        for which in range(firms):
            margins[which] = best_margin(value[own[which]] - top, unit_cost[own[which]], scale, rivals_weight(which))[0]
        others = [rivals_weight(which) for which in range(firms)]
        profits = np.array([profit(which, others[which]) for which in range(firms)])
        best = [best_margin(value[own[f]] - top, unit_cost[own[f]], scale, others[f]).profit for f in range(firms)]
        gains = np.maximum(np.array(best) - profits, 0.0)
        if np.abs(margins - before).max() <= tolerance * scale:
            return PriceEquilibrium(unit_cost + margins[owner], profits, gains, rounds)
    raise SolverError(
        f"price equilibrium: after {most_rounds} rounds a firm still gains {gains.max():.3g} by moving alone"
    )


def mixture_profits(
    worth: npt.ArrayLike,
    cost: npt.ArrayLike,
    firm: npt.ArrayLike,
    scale: npt.ArrayLike,
    rates: npt.ArrayLike,
    *,
    outside: npt.ArrayLike = 1.0,
) -> Callable[[Floats], Floats]:
    """Return what gives each firm's profit at given prices, for customers of several segments.

    Parameters
    ----------
    worth
        What each product is worth to each segment (r), in money. Shape (segments, products).
    cost
        Unit cost of each product, in money. Shape (products,).
    firm
        Whose each product is, counted from 0. Shape (products,).
    scale
        Spread of tastes of each segment, in money. Shape (segments,).
    rates
        Customers of each segment (λ). Shape (segments,).
    outside
        Weight of buying nothing. A number, or shape (segments,).
    """
    value, unit_cost = np.asarray(worth, dtype=np.float64), np.asarray(cost, dtype=np.float64)
    owner, spread = np.asarray(firm, dtype=np.int64), np.asarray(scale, dtype=np.float64)[:, None]
    count = np.asarray(rates, dtype=np.float64)
    nothing = np.broadcast_to(np.asarray(outside, dtype=np.float64), count.shape)
    firms = int(owner.max()) + 1

    def profits(prices: Floats) -> Floats:
        surplus = value - prices
        top = np.maximum(surplus.max(axis=1, keepdims=True), 0.0)
        weight = np.exp((surplus - top) / spread)
        share = weight / (nothing * np.exp(-top[:, 0] / spread[:, 0]) + weight.sum(axis=1))[:, None]
        earned = np.bincount(owner, weights=(count @ share) * (prices - unit_cost), minlength=firms)
        return np.asarray(earned, dtype=np.float64)

    return profits


def ladder_equilibrium(
    profits: Callable[[Floats], Floats],
    ladders: Sequence[npt.ArrayLike],
    firm: npt.ArrayLike,
    *,
    start: Sequence[int] | None = None,
    most_rounds: int = 1000,
) -> tuple[GameOutcome, Floats]:
    """Return where best responses lead when firms choose from ladders of prices.

    Parameters
    ----------
    profits
        Each firm's profit at the prices of all products; for instance of `mixture_profits`, or of a simulation with
        stock limits.
    ladders
        Prices that each product may have, in money.
    firm
        Whose each product is, counted from 0. Shape (products,).
    start
        Position on its ladder at which each product starts; None for the dearest.
    most_rounds
        Rounds after which to give up.

    Returns
    -------
    outcome : GameOutcome
        An equilibrium, or a cycle; `choices` are positions on the ladders, by product.
    prices : Floats
        The prices of each state, in money. Shape (states, products).

    Raises
    ------
    ValueError
        When lengths do not fit, or a firm has more than `MOST_STRATEGIES` combinations.
    SolverError
        When neither is found within the rounds.
    """
    owner = np.asarray(firm, dtype=np.int64)
    steps = [np.asarray(ladder, dtype=np.float64) for ladder in ladders]
    if owner.shape != (len(steps),):
        raise ValueError(f"ladders, firm: {len(steps)} ladders for firms of shape {owner.shape}")
    own = [np.flatnonzero(owner == each) for each in range(int(owner.max()) + 1)]
    for which, products in enumerate(own):
        count = np.prod([float(len(steps[product])) for product in products])
        if count > MOST_STRATEGIES:
            raise ValueError(
                f"ladders: firm {which} has {count:.0f} combinations (at most {MOST_STRATEGIES} are tried)"
            )

    def at(state: Sequence[int]) -> Floats:
        return np.array([ladder[position] for ladder, position in zip(steps, state, strict=True)])

    def response(state: tuple[int, ...], which: int) -> tuple[tuple[int, ...], float]:
        """Return the state after a firm's best response, and its gain; of equals it stays, or takes the first."""
        best, now = state, float(profits(at(state))[which])
        most = now
        for positions in itertools.product(*(range(len(steps[product])) for product in own[which])):
            moved = list(state)
            for product, position in zip(own[which].tolist(), positions, strict=True):
                moved[product] = position
            earned = float(profits(at(moved))[which])
            if earned > most + 1e-12 * max(abs(most), 1.0):
                best, most = tuple(moved), earned
        return best, most - now

    state = tuple(int(np.argmax(ladder)) for ladder in steps) if start is None else tuple(start)
    outcome = respond_in_turn(state, len(own), response, lambda each: profits(at(each)), most_rounds)
    return outcome, np.array([at(each) for each in outcome.choices])


def respond_in_turn(
    state: tuple[int, ...],
    firms: int,
    response: Callable[[tuple[int, ...], int], tuple[tuple[int, ...], float]],
    profits_of: Callable[[tuple[int, ...]], Floats],
    most_rounds: int,
) -> GameOutcome:
    """Let firms move in turn until nobody does, or a round begins where an earlier one began.

    Parameters
    ----------
    state
        Strategies of all firms at the start.
    firms
        How many there are.
    response
        The state after a firm's best response to a state, and what the firm gains by it; the same state where it
        gains nothing.
    profits_of
        Profits of all firms in a state. Shape (firms,).
    most_rounds
        Rounds after which to give up.

    Raises
    ------
    SolverError
        When neither an equilibrium nor a cycle is found within the rounds.
    """
    begun: dict[tuple[int, ...], int] = {}
    visited: list[tuple[int, ...]] = []
    for rounds in range(most_rounds):
        if state in begun:
            cycle = tuple(dict.fromkeys(visited[begun[state] :]))
            gains = np.array([[response(each, which)[1] for which in range(firms)] for each in cycle])
            return GameOutcome(cycle, np.array([profits_of(each) for each in cycle]), gains, rounds)
        begun[state] = len(visited)
        before = state
        for which in range(firms):
            visited.append(state)
            state, _ = response(state, which)
        if state == before:
            gains = np.array([[response(state, which)[1] for which in range(firms)]])
            return GameOutcome((state,), profits_of(state)[None, :], gains, rounds + 1)
    raise SolverError(f"price game: neither an equilibrium nor a cycle within {most_rounds} rounds")
