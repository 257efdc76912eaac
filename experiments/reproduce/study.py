"""A study: how this project finds the figures of a case, by its mathematics and, where it can, by its simulator.

What is computed must be as near as the case says. What is simulated must lie within four standard errors; seed and
numbers of replications are fixed beforehand, so that a copy that passes once passes always.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ...models.observation import PricingPolicy
from ...scenarios.load import load
from ...simulator.estimates import Estimate, mean_estimate, ratio_estimate, t_factor
from ...simulator.ledger import TURNED_AWAY
from ...simulator.results import Result
from ...simulator.run import run
from ..report.page import Picture
from .case import Case, PublishedFigure, Stated, Value

SEED = 1
"""Of every simulation, unless told otherwise."""

WIDTH = 4.0
"""Standard errors within which a simulated figure must lie; by chance one in some thousands is farther."""

SHORTER = 4
"""By how much a short reproduction has fewer replications."""

FEWEST = 40
"""Replications that are left at least: with fewer, the standard error itself is too little known for a bound by it."""

DATA = "DEMANDSHIFT_DATA"
"""The variable that names the folder of published instances that cannot be part of the program."""

Floats = npt.NDArray[np.float64]
Verdict = Literal["agrees", "differs, as known", "OFF", "not yet"]
Method = Literal["computed", "simulated", ""]
Found = Value | Estimate | Sequence[Value] | npt.NDArray[Any]


@dataclass(frozen=True)
class Runs:
    """The counts of a simulation, replication by replication; each array has the shape (replications,)."""

    result: Result

    def offer(self, count: str, name: str) -> Floats:
        """Return a count of an offer (`simulator.figures.OFFER_COUNTS`)."""
        return self.result.reckoning.counts_of_offer(self.result.problem.offers.names.index(name))[count]

    def product(self, count: str, name: str) -> Floats:
        """Return a count of a product (`simulator.figures.PRODUCT_COUNTS`)."""
        return self.result.reckoning.counts_of_product(self.result.problem.products.names.index(name))[count]

    def segment(self, count: str, name: str) -> Floats:
        """Return a count of a segment (`simulator.figures.SEGMENT_COUNTS`)."""
        return self.result.reckoning.counts_of_segment(self.result.problem.segments.names.index(name))[count]

    def moved(self, origin: str, destination: str) -> Floats:
        """Return who was turned away from an offer and bought another."""
        names = self.result.problem.offers.names
        ends = (names.index(origin), names.index(destination))
        return np.array(
            [
                sum(count for key, count in cells.items() if key[1] in TURNED_AWAY and key[::3] == ends)
                for cells in self.result.tally.matrix
            ],
            dtype=np.float64,
        )

    def turned_away(self, origin: str) -> Floats:
        """Return who was turned away from an offer."""
        return self.offer("stockouts", origin) + self.offer("refusals", origin)

    def fill_rate(self, name: str) -> Estimate:
        """Return the share of an offer's demand that was served at once."""
        return ratio_estimate(self.offer("served", name), self.offer("demand", name))

    def share(self, offer: str, segment: str, count: str = "demand") -> Estimate:
        """Return how many of a segment's customers an offer's demand, or another count of it, is."""
        return ratio_estimate(self.offer(count, offer), self.segment("arrived", segment))

    def revenue(self, *offers: str) -> Estimate:
        """Return the revenue of some offers together."""
        return mean_estimate(np.sum([self.offer("revenue", name) for name in offers], axis=0))


@dataclass(frozen=True)
class Simulation:
    """A scenario, how often to run it, and which figures of the case it finds."""

    scenario: str
    """The text of the file."""
    replications: int
    figures: Mapping[str, Callable[[Runs], Estimate]]
    """By what they are of; a figure with several values has its number, from 1, in brackets: `shares (2)`."""
    pricing: Mapping[str, PricingPolicy] = field(default_factory=dict)
    """Policies made by hand, by firm."""
    only_long: bool = False
    """Whether a short reproduction leaves it out."""


def no_simulations(_case: Case) -> Sequence[Simulation]:
    """Return nothing: for studies of what the simulator has no part in."""
    return ()


@dataclass(frozen=True)
class Study:
    """How the figures of a case are found."""

    compute: Callable[[Case], Mapping[str, Found]]
    """Figures by what they are of, from the models of the literature and the programs."""
    simulate: Callable[[Case], Sequence[Simulation]] = no_simulations
    compute_long: Callable[[Case], Mapping[str, Found]] | None = None
    """Figures that take long, which a short reproduction leaves out."""
    picture: Callable[[Case], Picture] | None = None
    """What shows the claim."""


@dataclass(frozen=True)
class Row:
    """One figure of a source beside ours."""

    study: str
    figure: str
    method: Method
    unit: str
    published: Value
    stated: Stated
    ours: Value | None
    half_width: float | None
    """Of the 95 % interval of what was simulated."""
    n: int | None
    """Replications of what was simulated."""
    deviation: float | None
    """Ours less the published one."""
    allowed: float | None
    verdict: Verdict
    evidence: str
    source: str
    note: str

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return asdict(self)


def study_of(case: Case) -> Study:
    """Return the study of a case that can be run."""
    study: Study = import_module(f".{case.name.replace('-', '_')}", __package__).STUDY
    return study


def rows_of(
    case: Case, *, short: bool = False, seed: int = SEED, computed: bool = True, simulated: bool = True
) -> Iterator[Row]:
    """Yield every figure of a case beside ours, in the order of the case.

    Parameters
    ----------
    case : Case
        What a source says; one that can be run.
    short : bool
        Whether to simulate less and to leave out what takes long.
    seed : int
        Of the simulations.
    computed, simulated : bool
        Which of the two to make.
    """
    study = study_of(case)
    ours: dict[str, Found] = dict(study.compute(case)) if computed else {}
    left_out: list[str] = []
    if computed and study.compute_long is not None and not short:
        ours.update(study.compute_long(case))
    estimates: dict[str, Estimate] = {}
    for simulation in study.simulate(case) if simulated else ():
        if short and simulation.only_long:
            left_out.extend(simulation.figures)
        else:
            estimates.update(_estimates(simulation, short=short, seed=seed))
    unknown = ({*ours} | {_whole(what) for what in (*estimates, *left_out)}) - {*case.figures}
    for what in sorted(unknown):
        case.figure(what)
    for what, figure in case.figures.items():
        if figure.not_yet:
            yield from _not_yet(case, what, figure, figure.not_yet)
        found = ours.get(what)
        if isinstance(found, Estimate):
            estimates[what] = found
        elif found is not None:
            yield from _computed(case, what, figure, found)
        yield from _simulated(case, what, figure, estimates)


def rows_not_yet(case: Case, reason: str) -> Iterator[Row]:
    """Yield every figure of a case that cannot be run."""
    for what, figure in case.figures.items():
        yield from _not_yet(case, what, figure, figure.not_yet or reason)


def _whole(label: str) -> str:
    """Return what a figure is of, without the number of its value."""
    return label.rsplit(" (", 1)[0] if label.endswith(")") and label[label.rfind("(") + 1 : -1].isdigit() else label


def _labels(what: str, figure: PublishedFigure) -> list[tuple[str, Value]]:
    values = figure.values
    if len(values) == 1:
        return [(what, values[0])]
    return [(f"{what} ({number})", value) for number, value in enumerate(values, start=1)]


def _row(case: Case, label: str, figure: PublishedFigure, published: Value, verdict: Verdict) -> Row:
    """Return a row that has nothing of ours yet."""
    known = figure.known_difference
    notes = [figure.note] if figure.note else []
    if verdict == "differs, as known" and known is not None:
        notes.append(known.reason)
    return Row(
        study=case.name,
        figure=label,
        method="",
        unit=figure.unit,
        published=published,
        stated=figure.stated,
        ours=None,
        half_width=None,
        n=None,
        deviation=None,
        allowed=None,
        verdict=verdict,
        evidence=figure.evidence or case.evidence,
        source=f"{case.source}, {figure.where}" if figure.where else case.source,
        note="; ".join(notes),
    )


def _not_yet(case: Case, what: str, figure: PublishedFigure, reason: str) -> Iterator[Row]:
    for label, published in _labels(what, figure):
        yield replace(_row(case, label, figure, published, "not yet"), note=reason)


def _computed(
    case: Case, what: str, figure: PublishedFigure, found: Value | Sequence[Value] | npt.NDArray[Any]
) -> Iterator[Row]:
    labels = _labels(what, figure)
    ours: list[Value] = [found] if isinstance(found, (str, int, float)) else list(found)
    if len(ours) != len(labels):
        raise ValueError(f"{case.name}: {what}: {len(ours)} values of ours for {len(labels)} published ones")
    for (label, published), value in zip(labels, ours, strict=True):
        if isinstance(published, str):
            row = _row(case, label, figure, published, "agrees" if value == published else "OFF")
            yield replace(row, method="computed", ours=str(value))
            continue
        deviation, allowed = float(value) - published, figure.bound(published)
        row = _row(case, label, figure, published, _verdict(deviation, allowed, figure))
        yield replace(row, method="computed", ours=float(value), deviation=deviation, allowed=allowed)


def _verdict(deviation: float, allowed: float, figure: PublishedFigure) -> Verdict:
    if abs(deviation) <= allowed:
        return "agrees"
    known = figure.known_difference
    return "differs, as known" if known is not None and abs(deviation) <= known.up_to else "OFF"


def _simulated(case: Case, what: str, figure: PublishedFigure, estimates: Mapping[str, Estimate]) -> Iterator[Row]:
    for label, published in _labels(what, figure):
        if label not in estimates:
            continue
        estimate = estimates[label]
        if estimate.mean is None or estimate.half_width is None or isinstance(published, str):
            raise ValueError(f"{case.name}: {label}: cannot be estimated by this simulation")
        deviation = estimate.mean - published
        # A printed figure is itself known to its digits only.
        known = 0.0 if figure.only_simulated else figure.bound(published)
        allowed = WIDTH * estimate.half_width / t_factor(estimate.n) + known
        row = _row(case, label, figure, published, "agrees" if abs(deviation) <= allowed else "OFF")
        yield replace(
            row,
            method="simulated",
            ours=estimate.mean,
            half_width=estimate.half_width,
            n=estimate.n,
            deviation=deviation,
            allowed=allowed,
        )


def _estimates(simulation: Simulation, *, short: bool, seed: int) -> dict[str, Estimate]:
    """Run a scenario and measure it."""
    shorter = max(FEWEST, simulation.replications // SHORTER)
    replications = min(shorter, simulation.replications) if short else simulation.replications
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "study.yaml"
        file.write_text(simulation.scenario, encoding="utf-8")
        result = run(load(file), replications, seed, pricing=simulation.pricing or None)
    runs = Runs(result)
    return {label: measure(runs) for label, measure in simulation.figures.items()}
