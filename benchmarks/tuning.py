"""Which way of searching finds the better policy with the same number of candidates.

Policies whose figures are formulas stand in for the simulator, so that hundreds of searches take minutes: the level of
a newsvendor with and without a fill rate, three and six levels, two prices of a logit, a choice with a price, a level
and a moment. Printed is how far the best candidate of a search stays behind the best known one, in per cent of it: mean
and worst over seeds; 100 means that none kept the constraint. Ways: `search`, the program's own; `TPE`, Optuna's
sampler alone; `random`; `DE`, SciPy's differential evolution; `CMA`, Optuna's CMA-ES, if the package cmaes is there.

Run: python benchmarks/tuning.py [--seeds 10] [--budgets 30,100] [--json FILE]
"""

import argparse
import contextlib
import importlib.util
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import optuna
from scipy.optimize import differential_evolution

from demandshift.experiments.tuning.axes import Axis, Choices, Number, Space, Span, Steps
from demandshift.experiments.tuning.candidates import Candidate, Goals, Judged, best_first
from demandshift.experiments.tuning.goals import Aim, Constraint
from demandshift.experiments.tuning.search import _distribution, _tell, search
from demandshift.models.literature import newsvendor
from demandshift.models.replenishment.demand_over import PoissonMixture
from demandshift.simulator.measures import Measure

DEMAND = PoissonMixture([100])
PROFIT = [newsvendor.expected_profit(DEMAND, level, 9, 6, 3) for level in range(301)]
FILL = [newsvendor.fill_rate(DEMAND, level) for level in range(301)]


def _level(a: int) -> list[float]:
    return [PROFIT[a], FILL[a]]


def _three(a: int, b: int, c: int) -> list[float]:
    return [PROFIT[a] + 0.8 * PROFIT[b] + 0.6 * PROFIT[c] - 0.02 * (a - 100) * (b - 100), (FILL[a] + FILL[b]) / 2]


def _prices(a: float, b: float) -> list[float]:
    weights = np.exp((np.array([2.2, 2.0]) - (a, b)) / 0.35)
    return [float((np.array([a - 0.9, b - 0.8]) * weights).sum() / (1 + weights.sum()))]


def _mixed(kind: str, price: float, level: int, moment: float) -> list[float]:
    top, best_price, best_level, best_moment = {
        "a": (100, 1.5, 120, 0.5),
        "b": (103, 1.9, 80, 1.2),
        "c": (90, 1.2, 200, 2.0),
    }[kind]
    off = 40 * (price - best_price) ** 2 + 0.004 * (level - best_level) ** 2 + 5 * abs(moment - best_moment)
    return [top - off]


def _six(*levels: int) -> list[float]:
    best = (40, 120, 77, 160, 22, 99)
    off = sum((abs(level - top) / 30) ** 1.5 * 3 for level, top in zip(levels, best, strict=True))
    return [100 - off - 0.0005 * (levels[0] - 40) * (levels[1] - 120)]


LEVEL = Steps("a", 0, 1, 301)
PROBLEMS: dict[str, tuple[Callable[..., list[float]], tuple[Axis, ...], tuple[object, ...], float | None]] = {
    "one level": (_level, (LEVEL,), (60,), None),
    "one level, fill rate": (_level, (LEVEL,), (60,), 0.98),
    "three levels": (_three, tuple(Steps(key, 0, 1, 301) for key in "abc"), (60, 60, 60), None),
    "three levels, fill rate": (_three, tuple(Steps(key, 0, 1, 301) for key in "abc"), (60, 60, 60), 0.97),
    "two prices": (_prices, (Span("a", 0.9, 3), Span("b", 0.8, 3)), (2.0, 2.0), None),
    "choice and numbers": (
        _mixed,
        (Choices("k", ("a", "b", "c")), Span("p", 0.5, 3), LEVEL, Span("m", 0, 3)),
        ("a", 1.0, 50, 0.0),
        None,
    ),
    "six levels": (_six, tuple(Steps(key, 0, 1, 201) for key in "abcdef"), (100,) * 6, None),
}
Way = Callable[["Bench", int, int], Candidate]


class Bench:
    """Candidates of one problem."""

    def __init__(self, problem: str) -> None:
        self.figures, self.axes, present, bound = PROBLEMS[problem]
        fill = Aim("fill_rate", "firm", "f", "share", "fill_rate")
        constraints = () if bound is None else (Constraint(fill, True, bound),)
        self.goals = Goals(Aim("profit", "firm", "f", "money", "profit"), constraints)
        self.space = Space(SimpleNamespace(), self.axes, ())  # type: ignore[arg-type]
        self.number = 0
        self.present = self._candidate(present)

    def attempt(self, position: tuple[Number, ...]) -> Candidate:
        """Make and judge the candidate at a position."""
        return self._candidate(tuple(axis.value(place) for axis, place in zip(self.axes, position, strict=True)))

    def _candidate(self, values: tuple[object, ...]) -> Candidate:
        figures = self.figures(*values)[: 1 + len(self.goals.constraints)]
        judged = Judged(self.goals, tuple(Measure("", np.array([figure, figure])) for figure in figures))
        self.number += 1
        keys = [axis.key for axis in self.axes]
        return Candidate(self.number - 1, dict(zip(keys, values, strict=True)), None, judged)


def own(bench: Bench, budget: int, seed: int) -> Candidate:
    """Search as the program does."""
    return best_first([bench.present, *search(bench.space, bench.attempt, budget, seed, bench.present)])[0]


def by_sampler(make: Callable[[int], optuna.samplers.BaseSampler]) -> Way:
    """Return a search that takes every proposal of one of Optuna's samplers."""

    def way(bench: Bench, budget: int, seed: int) -> Candidate:
        study = optuna.create_study(sampler=make(seed), direction="maximize")
        found = [bench.present]
        for _ in range(budget):
            trial = study.ask({axis.key: _distribution(axis) for axis in bench.axes})
            found.append(bench.attempt(tuple(trial.params[axis.key] for axis in bench.axes)))
            _tell(study, trial, found[-1])
        return best_first(found)[0]

    return way


class _SpentError(Exception):
    pass


def by_evolution(bench: Bench, budget: int, seed: int) -> Candidate:
    """Search by differential evolution, with a penalty for what misses the constraint."""
    found = [bench.present]

    def worth(x: np.ndarray) -> float:
        if len(found) > budget:
            raise _SpentError
        pairs = zip(bench.axes, x, strict=True)
        found.append(bench.attempt(tuple(float(v) if isinstance(axis, Span) else round(v) for axis, v in pairs)))
        judged = found[-1].judged
        assert judged is not None
        return 1000 * sum(max(0.0, excess) for excess in judged.excesses) - (judged.score or 0.0)

    bounds = [(axis.low, axis.high) if isinstance(axis, Span) else (0, axis.size - 1) for axis in bench.axes]
    whole = [not isinstance(axis, Span) for axis in bench.axes]
    with contextlib.suppress(_SpentError):
        differential_evolution(
            worth,
            bounds,
            integrality=whole,
            popsize=5,
            rng=np.random.default_rng(seed),
            polish=False,
            init="sobol",
            tol=0,
        )
    return best_first(found)[0]


def best_known(problem: str) -> float:
    """Return the best score of three long searches."""
    scores = []
    for seed in range(3):
        judged = by_evolution(Bench(problem), 6000, 100 + seed).judged
        scores.append(judged.score if judged is not None and judged.is_allowed and judged.score else float("-inf"))
    return max(scores)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--budgets", default="30,100")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    ways: dict[str, Way] = {
        "search": own,
        "TPE": by_sampler(lambda seed: optuna.samplers.TPESampler(seed=seed)),
        "random": by_sampler(lambda seed: optuna.samplers.RandomSampler(seed=seed)),
        "DE": by_evolution,
    }
    if importlib.util.find_spec("cmaes"):
        ways["CMA"] = by_sampler(lambda seed: optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False))
    rows = []
    for problem in PROBLEMS:
        best = best_known(problem)
        for budget in map(int, given.budgets.split(",")):
            row: dict[str, object] = {"problem": problem, "budget": budget}
            for name, way in ways.items():
                behind = []
                for seed in range(given.seeds):
                    judged = way(Bench(problem), budget, seed).judged
                    assert judged is not None
                    score = judged.score if judged.is_allowed and judged.score is not None else 0.0
                    behind.append(100 * (best - score) / abs(best))
                row[name] = {"mean": float(np.mean(behind)), "worst": float(np.max(behind))}
            rows.append(row)
            shown = "  ".join(f"{name} {row[name]['mean']:6.2f} ({row[name]['worst']:6.2f})" for name in ways)  # type: ignore[index]
            print(f"{problem:24s} {budget:4d}  {shown}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
