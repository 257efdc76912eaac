"""The choice-based linear program: for how long to offer which set, by column generation.

Phases f of D_f customers (or time) each, with sets S that are worth R_f(S) and sell q_fj(S) of item j per customer:

    maximise  Σ_f Σ_S R_f(S) h_f(S)
    stock     Σ_f Σ_S Σ_j A_ij q_fj(S) h_f(S) ≤ c_i     every resource
    time      Σ_S h_f(S) ≤ D_f                          every phase
    h ≥ 0

(Gallego, Iyengar, Phillips & Dubey 2004; Liu & van Ryzin 2008, CDLP). With few sets in the program, prices μ_i of the
resources and σ_f of time, an oracle (`offer_sets.py`) finds the set with the largest R_f(S) − Σ_ij μ_i A_ij q_fj(S);
where that exceeds σ_f the set comes in. When it exceeds σ_f by e_f ≥ 0 at most, μ and σ + e are feasible for the dual:
no mixture of sets, and by Jensen's inequality no policy, earns more than Σ_i μ_i c_i + Σ_f (σ_f + e_f) D_f. That is
the certificate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..problem import Floats, Integers
from .ladder import LadderMarket
from .offer_sets import LatentClassSets, OfferSet, OfferSets, every_set
from .outcome import Solution
from .price_plan import PricePlan, margin_of
from .program import Program
from .solver import solve

TOLERANCE = 1e-9
"""Reduced cost, as a share of the value, at which no further set is looked for."""


@dataclass(frozen=True)
class ChoicePlan:
    """Sets of offers over time, with a certificate."""

    times: tuple[tuple[tuple[OfferSet, float], ...], ...]
    """For each phase: sets that are offered, each with its share of the phase; what is missing to 1, nothing is."""
    value: float
    """What the plan earns, in money."""
    bound: float
    """What no policy can beat; above the value only by what the last search left open."""
    bid_prices: Floats
    """What one more unit of each resource would add, in money. Shape (resources,)."""
    time_prices: Floats
    """What one more customer in each phase would add, in money. Shape (phases,)."""
    rounds: int
    """How often the program was solved."""
    solution: Solution
    """The last program's solution."""


def choice_based_plan(
    phases: Sequence[tuple[OfferSets, float]],
    usage: npt.ArrayLike,
    capacity: npt.ArrayLike,
    *,
    time_limit: float | None = None,
) -> ChoicePlan:
    """Return the sets that earn most, in expectation and with divisible stocks.

    Parameters
    ----------
    phases
        Of each phase: its oracle, and how many customers come (or how long it lasts, where the oracle counts by time).
    usage
        Units of each resource that a sale of each item uses (A). Shape (resources, items).
    capacity
        Units of each resource (c); inf without limit. Shape (resources,).
    time_limit
        Seconds that the solver may take for one program.

    Raises
    ------
    ValueError
        When shapes do not fit, or there is no phase.
    ProgramError
        When a program has no optimum (R18).
    """
    using, units = np.asarray(usage, dtype=np.float64), np.asarray(capacity, dtype=np.float64)
    if using.ndim != 2 or units.shape != using.shape[:1]:
        raise ValueError(f"usage, capacity: shapes {using.shape} and {units.shape} do not fit each other")
    if not phases:
        raise ValueError("phases: needs at least one")
    durations = np.array([duration for _, duration in phases])
    none = np.zeros(using.shape[1])
    # Without resources in the way a phase offers what is best at no opportunity cost; nothing at all must be possible.
    sets = [[OfferSet((), 0.0, none), oracle.good(none)] for oracle, _ in phases]
    for listed in sets:
        if not listed[1].items:
            listed.pop()
    rounds = 0
    while True:
        rounds += 1
        solution = solve(restricted_program(sets, durations, using, units), time_limit=time_limit)
        bids, times = np.maximum(solution.duals["stock"], 0.0), np.maximum(solution.duals["time"], 0.0)
        opportunity = bids @ using
        tolerance = TOLERANCE * max(abs(solution.objective), 1e-300) / max(float(durations.sum()), 1e-300)
        entered, excess = _price_out(phases, sets, opportunity, times, tolerance)
        if not entered:
            break
    held = np.where(bids > 0, bids * np.where(np.isfinite(units), units, 0.0), 0.0).sum()
    share = solution.values["time"] / np.repeat(np.where(durations > 0, durations, 1.0), [len(each) for each in sets])
    ends = np.cumsum([len(each) for each in sets])
    return ChoicePlan(
        times=tuple(
            tuple(
                (each, float(part))
                for each, part in zip(listed, share[end - len(listed) : end], strict=True)
                if each.items and part > TOLERANCE
            )
            for listed, end in zip(sets, ends, strict=True)
        ),
        value=solution.objective,
        bound=float(held + (times + excess) @ durations),
        bid_prices=bids,
        time_prices=times,
        rounds=rounds,
        solution=solution,
    )


def _price_out(
    phases: Sequence[tuple[OfferSets, float]],
    sets: list[list[OfferSet]],
    opportunity: Floats,
    times: Floats,
    tolerance: float,
) -> tuple[bool, Floats]:
    """Add sets that improve the program (in place): good ones if there are any, else the best.

    Returns whether one came in, and if none did by how much the best exceeds the price of time, shape (phases,).
    """
    before = sum(len(listed) for listed in sets)
    for (oracle, duration), listed, price in zip(phases, sets, times, strict=True):
        found = oracle.good(opportunity)
        if duration > 0 and found.net(opportunity) > price + tolerance:
            _enter(listed, found)
    excess = np.zeros(len(phases))
    if sum(len(listed) for listed in sets) == before:
        for phase, ((oracle, duration), listed, price) in enumerate(zip(phases, sets, times, strict=True)):
            if duration > 0:
                found, limit = oracle.best(opportunity)
                excess[phase] = max(limit - price, 0.0)
                if found.net(opportunity) > price + tolerance:
                    _enter(listed, found)
    return sum(len(listed) for listed in sets) > before, excess


def _enter(listed: list[OfferSet], found: OfferSet) -> None:
    # A set that is there already prices out by no more than the solver's tolerance.
    if all(each.items != found.items for each in listed):
        listed.append(found)


def restricted_program(
    sets: Sequence[Sequence[OfferSet]], durations: npt.ArrayLike, usage: Floats, capacity: Floats
) -> Program:
    """Return the program over these sets alone.

    Parameters
    ----------
    sets
        Of each phase.
    durations
        Customers, or time, of each phase (D).
    usage
        Shape (resources, items).
    capacity
        Shape (resources,).
    """
    program = Program("choice-based", maximise=True)
    listed = [each for phase in sets for each in phase]
    phase = np.repeat(np.arange(len(sets)), [len(each) for each in sets])
    labels = [f"f{f}_" + ("_".join(map(str, each.items)) or "none") for f, each in zip(phase, listed, strict=True)]
    program.columns("time", len(listed), objective=[each.value for each in listed], labels=labels)
    used = usage @ np.array([each.sales for each in listed]).T
    program.rows("stock", len(capacity), {"time": used}, upper=capacity, labels=[f"i{i}" for i in range(len(capacity))])
    belongs = (phase == np.arange(len(sets))[:, None]).astype(np.float64)
    program.rows(
        "time", len(sets), {"time": belongs}, upper=durations, labels=[f"f{each}" for each in range(len(sets))]
    )
    return program


def choice_based_prices(
    market: LadderMarket, *, welfare_scale: npt.ArrayLike | None = None, time_limit: float | None = None
) -> tuple[PricePlan, ChoicePlan]:
    """Return the prices over time that earn most in a market of price points, one price for all segments.

    Exact for segments that share products too, and slower there than the sales-based program: each search for a set
    is a mixed-integer program. Periods with the same customers, more or fewer, are one phase.

    Parameters
    ----------
    market
        The market.
    welfare_scale
        Spread of tastes of each segment, in money: then what is made large is welfare, margins plus consumer surplus,
        s log(1 + Σ v/v0) for each customer of a logit (Small & Rosen 1981). All sets are listed for it, so products
        must be few. Surplus is counted from what customers have without the firm, and rivals' profits are not counted.
        None for margins alone. A number, or shape (segments,).
    time_limit
        Seconds that the solver may take for one program.

    Returns
    -------
    prices : PricePlan
        Its `value` is the margin, whatever was made large.
    sets : ChoicePlan
        Its `value` is what was made large.

    Raises
    ------
    ValueError
        When there are too many sets to list.
    ProgramError
        When a program has no optimum (R18).
    """
    product, point = np.nonzero((market.weights > 0).any(axis=(0, 3)))
    come = market.arrivals.sum(axis=0)
    mix = market.arrivals / np.where(come > 0, come, 1.0)
    kinds: dict[bytes, list[int]] = {}
    for period in range(market.periods):
        parts = (market.weights[:, :, :, period], market.outside[:, period], mix[:, period].round(12))
        kinds.setdefault(b"".join(np.ascontiguousarray(part).tobytes() for part in parts), []).append(period)
    phases: list[tuple[OfferSets, float]] = []
    for periods in kinds.values():
        oracle = _oracle(market, periods[0], mix[:, periods[0]], product, point, welfare_scale)
        phases.append((oracle, float(come[periods].sum())))
    plan = choice_based_plan(phases, market.usage[:, product], market.capacity, time_limit=time_limit)
    shares, sales = np.zeros(market.weights.shape[1:]), np.zeros(market.weights.shape)
    for periods, offered in zip(kinds.values(), plan.times, strict=True):
        for each, share in offered:
            places = product[list(each.items)], point[list(each.items)]
            for period in periods:
                shares[(*places, period)] += share
                attraction = market.weights[(slice(None), *places, period)]
                part = attraction / (market.outside[:, period] + attraction.sum(axis=1))[:, None]
                sales[(slice(None), *places, period)] += share * market.arrivals[:, period][:, None] * part
    prices = PricePlan(
        market=market,
        time_shares=shares,
        sales=sales,
        value=margin_of(market, sales),
        bid_prices=plan.bid_prices,
        exact=True,
        solution=plan.solution,
    )
    return prices, plan


def _oracle(
    market: LadderMarket,
    period: int,
    mix: Floats,
    product: Integers,
    point: Integers,
    welfare_scale: npt.ArrayLike | None,
) -> OfferSets:
    """Return the oracle of one period, per customer; `mix` is the share of each segment."""
    margins, outside = market.margins[product, point], market.outside[:, period]
    weights = market.weights[:, product, point, period]
    if welfare_scale is None:
        return LatentClassSets(margins, weights, outside, mix, product)
    scale = np.broadcast_to(np.asarray(welfare_scale, dtype=np.float64), mix.shape)

    def sales(items: tuple[int, ...]) -> Floats:
        offered = weights * np.isin(np.arange(len(product)), items)
        return np.asarray(mix @ (offered / (outside + offered.sum(axis=1))[:, None]), dtype=np.float64)

    def welfare(items: tuple[int, ...]) -> float:
        surplus = scale * np.log1p(weights[:, list(items)].sum(axis=1) / outside)
        return float(sales(items) @ margins + mix @ surplus)

    return every_set(sales, product.tolist(), margins, value=welfare)
