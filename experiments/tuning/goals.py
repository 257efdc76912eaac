"""What a policy is tuned for and what it must keep to: figures of a run, read from words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np

from ...models.problem import Floats
from ...scenarios.complaints import did_you_mean
from ...scenarios.scenario import Scenario
from ...simulator.estimates import Estimate
from ...simulator.figures import FIGURE_BY_NAME, FIGURES, OFFER_COUNTS, PRODUCT_COUNTS, Figure, figure_parts
from ...simulator.measures import Measure
from ...simulator.results import Result

WELFARE = "welfare"
"""A firm's profit and what all customers gain, in money."""

MET_BEYOND_DOUBT, MET, NOT_MET = "met beyond doubt", "met", "not met"
"""What is said of a constraint: its whole interval keeps to it, its estimate does, or neither."""

_AIM = re.compile(r"\s*(?P<minus>[-−])?\s*(?P<figure>[^\s]+)(?:\s+of\s+(?P<name>.+?))?\s*")
_CONSTRAINT = re.compile(r"(?P<aim>.*?)(?P<sign>[<>=≤≥!]+)(?P<bound>.*)")
_AT_LEAST = {">=": True, "≥": True, "<=": False, "≤": False}


class TuningError(ValueError):
    """An argument of tuning is out of its bounds, or says nothing that can be tuned for."""


class NothingMeetsError(Exception):
    """Scenario and arguments are right, and yet no candidate keeps to what is asked for."""


@dataclass(frozen=True, slots=True)
class Aim:
    """One figure of a run."""

    figure: str
    level: str
    """`firm`, `offer` or `product`."""
    name: str
    unit: str
    label: str
    """As tables call it: the figure, and of what where that was said."""
    minimised: bool = False

    @property
    def sign(self) -> int:
        """1 where more is better, −1 where less is."""
        return -1 if self.minimised else 1

    def measure(self, result: Result) -> Measure:
        """Return the figure of a run, replication by replication.

        Raises
        ------
        TuningError
            For welfare, where the choice of some customers does not say what they gain in money.
        """
        reckoning, problem = result.reckoning, result.problem
        if self.figure == WELFARE:
            surplus = reckoning.surplus_by_replication()
            if np.isnan(surplus).any():
                raise TuningError("welfare: there are customers whose choice does not say what they gain in money")
            return Measure(self.unit, reckoning.by_replication("profit", self.name) + surplus)
        if self.level == "firm":
            counts = reckoning.counts_of_firm(problem.firms.names.index(self.name))
        elif self.level == "offer":
            counts = reckoning.counts_of_offer(problem.offers.names.index(self.name))
        else:
            counts = reckoning.counts_of_product(problem.products.names.index(self.name))
        parts = figure_parts(FIGURE_BY_NAME[self.figure], counts)
        assert parts is not None, "the level has the figure: that was looked at when the aim was read"
        return Measure(self.unit, *parts)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A bound that a figure must keep to."""

    aim: Aim
    at_least: bool
    bound: float

    def __str__(self) -> str:
        return f"{self.aim.label} {'>=' if self.at_least else '<='} {self.bound:g}"

    def excess(self, estimate: Estimate) -> float:
        """Return by how much an estimate misses the bound, relative to it; 0 or less where it keeps to it."""
        if estimate.mean is None:
            return inf
        beyond = self.bound - estimate.mean if self.at_least else estimate.mean - self.bound
        return beyond / (abs(self.bound) or 1.0)

    def verdict(self, estimate: Estimate) -> str:
        """Return what is to be said of an estimate with its interval."""
        if self.excess(estimate) > 0:
            return NOT_MET
        assert estimate.mean is not None, "what is not there misses every bound"
        if estimate.half_width is None:
            return MET
        worst = estimate.mean - estimate.half_width if self.at_least else estimate.mean + estimate.half_width
        return MET_BEYOND_DOUBT if (worst >= self.bound if self.at_least else worst <= self.bound) else MET


def read_objective(text: str, scenario: Scenario, firm: str) -> Aim:
    """Return what is to be large, or small with a minus sign before it.

    Parameters
    ----------
    text : str
        A figure of the firm, `welfare`, or `FIGURE of NAME` for another firm, an offer or a product.
    scenario : Scenario
        Whose figures they are.
    firm : str
        Whose figure is meant where no name is given.

    Raises
    ------
    TuningError
        If there is no such figure or name.
    """
    return _read_aim(text, scenario, firm, "objective")


def read_constraint(text: str, scenario: Scenario, firm: str) -> Constraint:
    """Return a constraint, such as `fill_rate >= 0.95` or `waste of cola <= 20`.

    Raises
    ------
    TuningError
        If it is none, or speaks of what is not there.
    """
    where = f"such that {text!r}"
    parts = _CONSTRAINT.fullmatch(text)
    if parts is None:
        raise TuningError(f"{where}: needs the form FIGURE >= NUMBER or FIGURE <= NUMBER")
    if parts["sign"] not in _AT_LEAST:
        raise TuningError(f"{where}: compare with >= or <= (got {parts['sign']!r})")
    aim = _read_aim(parts["aim"], scenario, firm, where)
    if aim.minimised:
        raise TuningError(f"{where}: a minus sign has a meaning only in the objective")
    return Constraint(aim, _AT_LEAST[parts["sign"]], _bound(parts["bound"].strip(), aim, where))


def read_constraints(texts: Iterable[str], scenario: Scenario, firm: str) -> tuple[Constraint, ...]:
    """Return all constraints; saying one twice is saying it once."""
    return tuple(dict.fromkeys(read_constraint(text, scenario, firm) for text in texts))


def _bound(text: str, aim: Aim, where: str) -> float:
    per_cent = text.endswith("%")
    try:
        bound = float(text.removesuffix("%"))
    except ValueError:
        raise TuningError(f"{where}: the bound must be a number (got {text!r})") from None
    if per_cent and aim.unit != "share":
        raise TuningError(f"{where}: {aim.label} is in {aim.unit}, of which there is no per cent")
    bound = bound / 100 if per_cent else bound
    if not abs(bound) < inf:
        raise TuningError(f"{where}: the bound must be a finite number (got {text!r})")
    if aim.unit == "share" and not 0 <= bound <= 1:
        raise TuningError(f"{where}: {aim.label} is a share, from 0 to 1 (got {text}); 95 % is 0.95")
    return bound


def _read_aim(text: str, scenario: Scenario, firm: str, where: str) -> Aim:
    parts = _AIM.fullmatch(text)
    if parts is None:
        raise TuningError(f"{where}: needs a figure, or FIGURE of NAME (got {text!r})")
    figure, name, minimised = parts["figure"], parts["name"], parts["minus"] is not None
    if name is not None and len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    if figure != WELFARE and figure not in FIGURE_BY_NAME:
        known = (*FIGURE_BY_NAME, WELFARE)
        suggestion = did_you_mean(figure, known) or f" (known: {', '.join(known)})"
        raise TuningError(f"{where}: there is no figure {figure!r}{suggestion}")
    unit = "money" if figure == WELFARE else FIGURE_BY_NAME[figure].unit
    if name is None:
        return Aim(figure, "firm", firm, unit, figure, minimised)
    return Aim(figure, _level(figure, name, scenario, where), name, unit, f"{figure} of {name}", minimised)


def _level(figure: str, name: str, scenario: Scenario, where: str) -> str:
    """Return whether a name is a firm's, an offer's or a product's that has the figure."""
    settled = scenario.settled
    names = {
        "firm": list(settled.firms),
        "offer": [offer.name for offer in settled.offers],
        "product": [product.name for product in settled.products],
    }
    everything = list(dict.fromkeys(each for known in names.values() for each in known))
    if name not in everything:
        suggestion = did_you_mean(name, everything) or f" (known: {', '.join(everything)})"
        raise TuningError(f"{where}: there is no firm, offer or product {name!r}{suggestion}")
    for level, known in names.items():
        if name in known and figure in _figures_of(level):
            return level
    own = [level for level, known in names.items() if name in known]
    figures = [each.name for each in FIGURES if any(each.name in _figures_of(level) for level in own)]
    what = " and ".join("an offer" if level == "offer" else f"a {level}" for level in own)
    raise TuningError(f"{where}: {name!r} is {what}, of which there is no {figure} (known: {', '.join(figures)})")


def _figures_of(level: str) -> tuple[str, ...]:
    """Return the names of the figures that a level has."""
    if level == "firm":
        return (*FIGURE_BY_NAME, WELFARE)
    counts = OFFER_COUNTS if level == "offer" else PRODUCT_COUNTS
    return tuple(figure.name for figure in FIGURES if _needs(figure) <= set(counts))


def _needs(figure: Figure) -> set[str]:
    return {*figure.plus, *figure.minus, *figure.per, *figure.per_minus}


def pseudo_values(measure: Measure) -> Floats:
    """Return one value a replication whose mean is the figure and whose spread is that of its estimate.

    For a sum they are its values. For a rate r = ΣN/ΣD they are r + (Nᵢ − r Dᵢ)/mean(D), the linearisation behind the
    delta-method interval (R17). Shape (replications,); nan where there is nothing to estimate.
    """
    if measure.divisors is None:
        return measure.values
    whole = float(np.mean(measure.divisors))
    if whole == 0:
        return np.full(len(measure.values), np.nan)
    rate = float(np.mean(measure.values)) / whole
    return rate + (measure.values - rate * measure.divisors) / whole
