"""demandshift: where demand goes when a shelf is empty.

>>> import demandshift as ds
>>> scenario = ds.load("two-shops").replace({"horizon": 14})
>>> result = ds.run(scenario, replications=2, seed=1)
>>> sorted(result.summary["firm"].unique())
['corner', 'market']
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .experiments.comparison.comparing import compare as compare
    from .experiments.comparison.figure_names import ComparisonError as ComparisonError
    from .experiments.comparison.findings import Comparison as Comparison
    from .experiments.explaining.found import Explanation as Explanation
    from .experiments.explaining.running import explain as explain
    from .experiments.planning.optimisation import Optimisation as Optimisation
    from .experiments.planning.optimise import optimise as optimise
    from .experiments.planning.planned import PlanningError as PlanningError
    from .experiments.report.publishing import plot as plot
    from .experiments.report.publishing import report as report
    from .experiments.store.address import StoreError as StoreError
    from .experiments.sweeping.outcome import Sweep as Sweep
    from .experiments.sweeping.sweeps import sweep as sweep
    from .experiments.sweeping.workers import BackendError as BackendError
    from .experiments.tuning.goals import NothingMeetsError as NothingMeetsError
    from .experiments.tuning.goals import TuningError as TuningError
    from .experiments.tuning.outcome import Tuning as Tuning
    from .experiments.tuning.procedure import tune as tune
    from .experiments.twins.found import Twin as Twin
    from .experiments.twins.running import twin as twin
    from .models.optimise.outcome import ProgramError as ProgramError
    from .scenarios.complaints import ScenarioError as ScenarioError
    from .scenarios.library import library as library
    from .scenarios.load import load as load
    from .scenarios.scenario import Scenario as Scenario
    from .simulator.ledger import InvariantError as InvariantError
    from .simulator.results import Result as Result
    from .simulator.run import RunCancelledError as RunCancelledError
    from .simulator.run import run as run

# Names are fetched when they are first asked for: `demandshift --help` must not wait for numba and pandas.
_HOME = {
    "BackendError": "experiments.sweeping.workers",
    "Comparison": "experiments.comparison.findings",
    "ComparisonError": "experiments.comparison.figure_names",
    "Explanation": "experiments.explaining.found",
    "InvariantError": "simulator.ledger",
    "NothingMeetsError": "experiments.tuning.goals",
    "Optimisation": "experiments.planning.optimisation",
    "PlanningError": "experiments.planning.planned",
    "ProgramError": "models.optimise.outcome",
    "Result": "simulator.results",
    "RunCancelledError": "simulator.run",
    "Scenario": "scenarios.scenario",
    "ScenarioError": "scenarios.complaints",
    "StoreError": "experiments.store.address",
    "Sweep": "experiments.sweeping.outcome",
    "Tuning": "experiments.tuning.outcome",
    "TuningError": "experiments.tuning.goals",
    "Twin": "experiments.twins.found",
    "compare": "experiments.comparison.comparing",
    "explain": "experiments.explaining.running",
    "library": "scenarios.library",
    "load": "scenarios.load",
    "optimise": "experiments.planning.optimise",
    "plot": "experiments.report.publishing",
    "report": "experiments.report.publishing",
    "run": "simulator.run",
    "sweep": "experiments.sweeping.sweeps",
    "tune": "experiments.tuning.procedure",
    "twin": "experiments.twins.running",
}

__all__ = [
    "BackendError",
    "Comparison",
    "ComparisonError",
    "Explanation",
    "InvariantError",
    "NothingMeetsError",
    "Optimisation",
    "PlanningError",
    "ProgramError",
    "Result",
    "RunCancelledError",
    "Scenario",
    "ScenarioError",
    "StoreError",
    "Sweep",
    "Tuning",
    "TuningError",
    "Twin",
    "__version__",
    "compare",
    "explain",
    "library",
    "load",
    "optimise",
    "plot",
    "report",
    "run",
    "sweep",
    "tune",
    "twin",
]


def __getattr__(name: str) -> object:
    """Fetch a public name from the module that defines it."""
    import importlib

    if name == "__version__":
        from importlib.metadata import version

        return version("demandshift")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
