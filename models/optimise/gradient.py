"""How much to stock when customers substitute on the spot: ascent along sample-path gradients.

    maximise  F(x) = (1/N) Σ_n Π_n(x)   over   l ≤ x ≤ u,  a · x ≤ b,

with Π_n the relaxed profit of draw n (`sample_paths.py`, which holds the formulas of Mahajan & van Ryzin 2001). The
paper takes a step along the gradient of one fresh draw at a time; here N draws are kept and averaged, so that a step
can be checked: it is halved until the profit rises by what the gradient promises (Armijo's rule), and steps of a
product are as long as Newton's would be for a newsvendor with its demand.

Customers come in whole units, so F has kinks at whole numbers, where a gradient jumps. What is climbed is therefore F
with the stock of each draw shifted by its own half unit up or down at most, which moves the kinks apart.

F is not even quasi-concave in general, as the paper shows: the climb ends at a stationary point, which need not be
the best. So it starts from several points, among them the paper's two heuristics, and what is returned is never worse
on the draws than whichever of these points is in whole numbers and allowed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..problem import Floats, Integers
from .bounds import CONFIDENCE
from .limits import EXACT, Limits
from .sample_paths import SamplePaths, ShelfMoney, path_gradients, path_profits

CLOSE_ENOUGH = 0.1
"""Units that a Newton step may still move a product by, where a point counts as stationary."""
SUFFICIENT = 1e-4
"""Share of the rise that a gradient promises which a step must bring."""
SHORTEST = 2.0**-12
"""Share of a Newton step below which no shorter one is tried."""


@dataclass(frozen=True, slots=True)
class Climb:
    """One ascent, on the draws that it climbs; arrays have shape (products,)."""

    start: str
    """What it started from."""
    relaxed: Floats
    """Where it ended, in units."""
    gradient: Floats
    """There, in money per unit: the mean over draws, of the shifted stock; not 0 where a limit holds."""
    iterations: int
    stationary: bool
    """Whether a Newton step would move each product by at most `CLOSE_ENOUGH`; else no step gained or none was left."""
    quantities: Floats
    """Whole units: `relaxed` rounded, and moved by single units as long as that gains."""
    value: float
    """Mean profit of `quantities`, in money."""


@dataclass(frozen=True, slots=True)
class GradientPlan:
    """What to stock; arrays have shape (products,)."""

    quantities: Floats
    """Whole units."""
    value: float
    """Mean profit on fresh draws, in money."""
    half_width: float
    """Half of the 95 % interval of `value`."""
    draws: int
    """Fresh draws."""
    built_value: float
    """Mean profit on the draws that the plan was made from: too high on average, for it was chosen by them."""
    gradient: Floats
    """Where the best climb ended before rounding, in money per unit."""
    iterations: int
    """Of all climbs."""
    stationary: bool
    """Whether the best climb reached a stationary point."""
    best: Climb
    climbs: tuple[Climb, ...]
    """All of them."""


def plan_by_gradient(
    paths: SamplePaths,
    fresh: SamplePaths,
    money: ShelfMoney,
    *,
    limits: Limits | None = None,
    starts: Mapping[str, Floats] | None = None,
    iterations: int = 200,
    seed: int = 0,
) -> GradientPlan:
    """Return the best of several ascents, and what it earns on draws that it has not seen.

    Parameters
    ----------
    paths
        Draws that the plan is made from.
    fresh
        Other draws, independent of these: what the plan is worth.
    money
        What products earn and cost.
    limits
        What orders must keep to; None for nothing but 0.
    starts
        Points to start from besides those of `usual_starts`, by name, in units, shape (products,) each.
    iterations
        Steps of one ascent, at most.
    seed
        Seed of the shifts of stock, from 0.

    Raises
    ------
    ValueError
        When numbers make no sense; see `ShelfMoney.check` and `Limits.check`; or when nothing is lost on a unit left
        over, so that no order is too large.
    """
    limits = limits or Limits()
    money.check(paths.size)
    free = np.flatnonzero(money.each("left_over_worth", paths.size) == money.each("unit_cost", paths.size))
    if free.size:
        raise ValueError(f"left_over_worth: a unit of product {free[0]} left over must be worth less than it costs")
    limits.check(paths.size)
    if fresh.size != paths.size:
        raise ValueError(f"fresh: must have {paths.size} products (got {fresh.size})")
    if fresh.draws < 2:
        raise ValueError("fresh: needs two draws or more")
    if iterations < 1:
        raise ValueError(f"iterations: must be at least 1 (got {iterations})")
    points = usual_starts(paths, money)
    for name, point in (starts or {}).items():
        if np.shape(point) != (paths.size,) or not np.isfinite(point).all():
            raise ValueError(f"starts: '{name}' must be {paths.size} finite numbers")
        points[name] = np.asarray(point, dtype=float)
    climbs = tuple(
        climb(paths, money, limits, name, point, iterations=iterations, seed=seed) for name, point in points.items()
    )
    best = max(climbs, key=lambda each: each.value)
    earned = path_profits(fresh, money, best.quantities)
    quantile = float(special.stdtrit(fresh.draws - 1, (1 + CONFIDENCE) / 2))
    return GradientPlan(
        quantities=best.quantities,
        value=float(earned.mean()),
        half_width=quantile * float(earned.std(ddof=1)) / float(np.sqrt(fresh.draws)),
        draws=fresh.draws,
        built_value=best.value,
        gradient=best.gradient,
        iterations=sum(each.iterations for each in climbs),
        stationary=best.stationary,
        best=best,
        climbs=climbs,
    )


# Where to start


def usual_starts(paths: SamplePaths, money: ShelfMoney) -> dict[str, Floats]:
    """Return points to start from, by name, in units.

    `independent` and `pooled` are the heuristics that the paper compares with; `alone` stocks the one product that
    earns most without the others, and `nothing` none.
    """
    return {
        "independent": independent_newsvendors(paths, money),
        "pooled": pooled_newsvendor(paths, money),
        "alone": alone(paths, money),
        "nothing": np.zeros(paths.size),
    }


def independent_newsvendors(paths: SamplePaths, money: ShelfMoney) -> Floats:
    """Return orders that meet first choices as if nobody took anything else, in units, shape (products,)."""
    ratio = _critical_ratio(money, paths.size, np.eye(paths.size))
    return _ordered(paths, money, _quantiles(paths.wanted_first(), ratio))


def pooled_newsvendor(paths: SamplePaths, money: ShelfMoney) -> Floats:
    """Return orders as if all products were one, split by first choices, in units, shape (products,)."""
    first = paths.wanted_first()
    every = first.sum()
    share = first.sum(axis=0) / every if every else np.full(paths.size, 1 / paths.size)
    ratio = _critical_ratio(money, paths.size, share[np.newaxis, :])
    return _ordered(paths, money, share * _quantiles(first.sum(axis=1, keepdims=True), ratio))


def alone(paths: SamplePaths, money: ShelfMoney) -> Floats:
    """Return the order of the one product that earns most without the others, in units, shape (products,)."""
    takers = _quantiles(paths.wanted_at_all(), _critical_ratio(money, paths.size, np.eye(paths.size)))
    points = _ordered(paths, money, takers) * np.eye(paths.size)
    earned = [float(path_profits(paths, money, point).mean()) for point in points]
    chosen: Floats = points[int(np.argmax(earned))]
    return chosen


def _critical_ratio(money: ShelfMoney, size: int, weights: Floats) -> Floats:
    """Return (p − c + π) / (p − v + π) of averages of products, one for each row of weights; 0 where nothing pays."""
    price, cost, worth, penalty = (
        weights @ money.each(name, size) for name in ("price", "unit_cost", "left_over_worth", "lost_sale_penalty")
    )
    short, over = price - cost + penalty, cost - worth
    ratio: Floats = np.maximum(short, 0) / (np.maximum(short, 0) + over)
    return ratio


def _quantiles(demand: Floats, ratio: Floats) -> Floats:
    """Return the smallest quantities that meet demand in the share `ratio` of draws, shape of ratio."""
    ordered = np.sort(demand, axis=0)
    place = np.clip(np.ceil(ratio * len(demand) - EXACT).astype(int) - 1, 0, None)
    chosen: Floats = np.where(ratio > 0, np.take_along_axis(ordered, place[np.newaxis, :], axis=0)[0], 0.0)
    return chosen


def _ordered(paths: SamplePaths, money: ShelfMoney, stock: Floats) -> Floats:
    """Return what must be ordered to have a stock, in units."""
    missing: Floats = np.maximum(stock - money.each("opening_stock", paths.size), 0.0)
    return missing


# Up from there


def climb(
    paths: SamplePaths,
    money: ShelfMoney,
    limits: Limits,
    name: str,
    start: Floats,
    *,
    iterations: int = 200,
    seed: int = 0,
) -> Climb:
    """Return where one ascent leads; for the parameters see `plan_by_gradient`."""
    size = paths.size
    scale = _newton_scale(paths, money)
    # Half a unit to either side: the kinks of the draws, all at whole numbers, are then spread over the unit.
    chance = np.random.Generator(np.random.Philox(key=[seed, 0]))
    shifts = chance.random((paths.draws, size)) - 0.5
    at = limits.project(np.asarray(start, dtype=float), scale)
    value, slope = _shifted(paths, money, at, shifts)
    length, taken = 1.0, 0
    while True:
        newton = limits.project(at + scale * slope, scale) - at
        stationary = bool(np.abs(newton).max() <= CLOSE_ENOUGH)
        if stationary or taken == iterations:
            break
        taken += 1
        while length >= SHORTEST:
            there = limits.project(at + length * scale * slope, scale)
            reached, next_slope = _shifted(paths, money, there, shifts)
            if reached > value + SUFFICIENT * float(slope @ (there - at)):
                break
            length /= 2
        else:
            break
        at, value, slope = there, reached, next_slope
        length = min(1.0, 2 * length)
    quantities, earned = _whole(paths, money, limits, [at, start])
    return Climb(name, at, slope, taken, stationary, quantities, earned)


def _newton_scale(paths: SamplePaths, money: ShelfMoney) -> Floats:
    """Return units per money by which a newsvendor's Newton step is longer than its gradient, shape (products,).

    Its second derivative is (p − v + π) times the density of demand at the optimum, here taken to be that of a normal
    demand in its middle, 1 / (√(2π) σ). Whoever is nobody's favourite lives on the others' customers, and is given the
    spread of one customer.
    """
    price, worth, penalty = (money.each(name, paths.size) for name in ("price", "left_over_worth", "lost_sale_penalty"))
    spread = np.maximum(paths.wanted_first().std(axis=0), 1.0)
    # A product whose unit earns less than it leaves is not kept from moving by its own price.
    gain = np.maximum(price - worth + penalty, money.each("unit_cost", paths.size) - worth)
    scale: Floats = np.sqrt(2 * np.pi) * spread / gain
    return scale


def _shifted(paths: SamplePaths, money: ShelfMoney, at: Floats, shifts: Floats) -> tuple[float, Floats]:
    """Return mean profit and its gradient with orders shifted in each draw, though not below nothing."""
    moved = at + shifts
    profits, gradients = path_gradients(paths, money, np.maximum(moved, 0.0))
    slope: Floats = np.where(moved >= 0, gradients, 0.0).mean(axis=0)
    return float(profits.mean()), slope


# To whole numbers


def _whole(paths: SamplePaths, money: ShelfMoney, limits: Limits, points: list[Floats]) -> tuple[Floats, float]:
    """Return the best whole quantities near some points: rounded, and moved by single units as long as that gains."""
    rounded = [_rounded(point, limits) for point in points]
    values = [float(path_profits(paths, money, each).mean()) for each in rounded]
    chosen = int(np.argmax(values))
    at, value = rounded[chosen], values[chosen]
    moves = _single_moves(paths.size, limits)
    waiting = len(moves)
    position = 0
    # Round and round until no move has gained since the last one that did.
    while waiting:
        there = at + moves[position]
        if limits.allow(there):
            reached = float(path_profits(paths, money, there).mean())
            if reached > value + EXACT * max(1.0, abs(value)):
                at, value = there, reached
                waiting = len(moves) + 1
        # A move that gained is tried again first.
        if waiting <= len(moves):
            position = (position + 1) % len(moves)
        waiting -= 1
    return at, value


def _single_moves(size: int, limits: Limits) -> Integers:
    """Return one unit more or fewer of each product; where a resource binds them, exchanges of units too."""
    unit = np.eye(size, dtype=np.int64)
    moves = [unit, -unit]
    if limits.resource is not None:
        more, fewer = np.nonzero(~np.eye(size, dtype=bool))
        moves.append(unit[more] - unit[fewer])
    return np.concatenate(moves)


def _rounded(point: Floats, limits: Limits) -> Floats:
    """Return whole quantities near a point that are allowed: the nearest, or with a resource full those below."""
    low, high = limits.box(len(point))
    inside = limits.project(point, np.ones(len(point)))
    nearest: Floats = np.clip(np.round(inside), low, high)
    # Smallest orders are whole numbers, so that rounding down keeps to them.
    return nearest if limits.allow(nearest) else np.floor(inside)
