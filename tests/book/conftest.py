"""What the theory tests share: scenarios written in the test, their replications one by one, and agreement.

A simulated figure agrees with a formula when they differ by at most four standard errors, and a test has power when
the figure is farther than that from what the likely mistakes would give. Both are checked by `agree`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from scipy import stats

import demandshift as ds
from demandshift.simulator.build.world import build_world
from demandshift.simulator.figures import OFFER_COUNTS, PRODUCT_COUNTS, SEGMENT_COUNTS
from demandshift.simulator.ledger import NOBODY, Cause, Ledger, Outcome
from demandshift.simulator.loop import Loop
from demandshift.simulator.results import Result
from demandshift.simulator.world import World

WIDTH = 4.0
"""Standard errors within which a figure must lie, and outside which every mistake must."""


@dataclass(frozen=True)
class Measured:
    """A figure with its standard error, from independent replications."""

    value: float
    error: float


def mean_of(values: np.ndarray) -> Measured:
    """Return the mean of one value a replication."""
    return Measured(float(np.mean(values)), float(np.std(values, ddof=1) / math.sqrt(len(values))))


def ratio_of(tops: np.ndarray, bottoms: np.ndarray) -> Measured:
    """Return a ratio of sums over replications, its error by the jackknife, where the project uses the delta method."""
    left_out = (tops.sum() - tops) / (bottoms.sum() - bottoms)
    n = len(tops)
    error = math.sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))
    return Measured(float(tops.sum() / bottoms.sum()), error)


def agree(
    measured: Measured, truth: float, mistakes: Mapping[str, float] | None = None, truth_error: float = 0.0
) -> None:
    """Check that a figure is the truth within four standard errors, and that it is none of the mistakes.

    Parameters
    ----------
    measured
        What was simulated.
    truth
        What it should be.
    mistakes
        What it would be, by the name of the likely mistake.
    truth_error
        Standard error of the truth, where that was simulated too, independently of the project.
    """
    tolerance = WIDTH * math.hypot(measured.error, truth_error) + 1e-9 * abs(truth)
    said = f"{measured.value:.6g} ± {tolerance:.3g}"
    assert abs(measured.value - truth) <= tolerance, f"should be {truth:.6g}, is {said}"
    for name, wrong in (mistakes or {}).items():
        assert abs(measured.value - wrong) > tolerance, f"no power: {said} could as well be {wrong:.6g} ({name})"


@dataclass(frozen=True)
class Simulated:
    """A run, with its counts replication by replication as arrays of shape (replications,)."""

    result: Result

    def offer(self, count: str, name: str) -> np.ndarray:
        """Return a count of an offer."""
        position = self.result.problem.offers.names.index(name)
        return np.array([each[position, OFFER_COUNTS.index(count)] for each in self.result.tally.offers])

    def product(self, count: str, name: str) -> np.ndarray:
        """Return a count of a product."""
        position = self.result.problem.products.names.index(name)
        return np.array([each[position, PRODUCT_COUNTS.index(count)] for each in self.result.tally.products])

    def segment(self, count: str, name: str) -> np.ndarray:
        """Return a count of a segment."""
        position = self.result.problem.segments.names.index(name)
        return np.array([each[position, SEGMENT_COUNTS.index(count)] for each in self.result.tally.segments])

    def flow(
        self,
        origin: str | None = None,
        cause: Cause | None = None,
        outcome: Outcome | None = None,
        to: str | None = None,
    ) -> np.ndarray:
        """Return customers of the transfer matrix; None sums over all, and `nobody` is no destination."""
        names = self.result.problem.offers.names
        destination = None if to is None else NOBODY if to == "nobody" else names.index(to)
        wanted = (None if origin is None else names.index(origin), cause, outcome, destination)
        return np.array(
            [
                sum(
                    count
                    for key, count in cells.items()
                    if all(want is None or want == part for want, part in zip(wanted, key, strict=True))
                )
                for cells in self.result.tally.matrix
            ],
            dtype=float,
        )

    def shown(self, frame: str, figure: str, **where: str) -> Measured:
        """Return a figure as a frame of the result shows it, its error from the half-width that stands there."""
        rows = getattr(self.result, frame)
        column = "kind" if frame == "rates" else "figure"
        for name, value in {column: figure, **where}.items():
            rows = rows[rows[name] == value]
        assert len(rows) == 1, f"{figure} of {where} stands {len(rows)} times in {frame}"
        row = rows.iloc[0]
        return Measured(float(row["mean"]), float(row["half_width"] / stats.t.ppf(0.975, row["n"] - 1)))


Simulate = Callable[..., Simulated]


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ds.Scenario]:
    """Return what loads a scenario from its text, with the tables that lie beside it, by file name."""

    def from_text(text: str, tables: Mapping[str, str] | None = None, **overrides: Any) -> ds.Scenario:
        folder = tmp_path_factory.mktemp("scenario")
        for name, table in (tables or {}).items():
            (folder / name).write_text(dedent(table).lstrip(), encoding="utf-8")
        file = folder / "scenario.yaml"
        file.write_text(dedent(text), encoding="utf-8")
        return ds.load(file, overrides=overrides)

    return from_text


@pytest.fixture(scope="session")
def simulate(load: Callable[..., ds.Scenario]) -> Simulate:
    """Return what loads and runs a scenario: text (or scenario), replications, seed, tables, overrides by path."""

    def run(
        text: str | ds.Scenario,
        replications: int,
        *,
        seed: int = 1,
        tables: Mapping[str, str] | None = None,
        overrides: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Simulated:
        scenario = load(text, tables) if isinstance(text, str) else text
        if overrides:
            scenario = scenario.replace(overrides)
        return Simulated(ds.run(scenario, replications=replications, seed=seed, **arguments))

    return run


@pytest.fixture(scope="session")
def ledgers(load: Callable[..., ds.Scenario]) -> Callable[..., list[Ledger]]:
    """Return what runs a scenario and hands out the ledger of every replication; `change` may alter the world."""

    def run(
        text: str,
        replications: int,
        *,
        seed: int = 1,
        change: Callable[[World], World] = lambda world: world,
        **overrides: Any,
    ) -> list[Ledger]:
        world = change(build_world(load(text, **overrides).settled))
        return [Loop(world, seed, replication).run() for replication in range(replications)]

    return run


@pytest.fixture(name="agree")
def fixture_agree() -> Callable[..., None]:
    """Return the check of agreement and power."""
    return agree


@pytest.fixture(name="mean_of")
def fixture_mean_of() -> Callable[..., Measured]:
    """Return the mean of one value a replication, with its standard error."""
    return mean_of


@pytest.fixture(name="ratio_of")
def fixture_ratio_of() -> Callable[..., Measured]:
    """Return the ratio of sums over replications, with its standard error."""
    return ratio_of
