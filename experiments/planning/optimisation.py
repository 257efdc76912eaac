"""A plan with what it is worth: the program's value, its bound, and what the simulator says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...models.optimise.bounds import Bound
from ...scenarios.scenario import Scenario
from ...simulator.estimates import Estimate
from .planned import Planned

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

    from ..report.page import Page

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Optimisation:
    """What `optimise` found."""

    scenario: Scenario
    """What was asked about."""
    what: str
    """`orders`, `prices` or `joint`."""
    firm: str
    objective: str
    planned: Planned
    policy: Scenario
    """The scenario with the plan in place, to run, compare or save."""
    simulated: Estimate
    """The objective under the plan, in the simulator, on customers who were not used to make it."""
    present: Estimate
    """The same under the scenario's present policy, on the same customers."""
    difference: Estimate
    """Paired: plan less present."""
    seed: int
    manifest: Mapping[str, Any]
    """Where the figures come from: scenario, what was asked, seed, replications, versions, time."""

    @property
    def plan(self) -> "pd.DataFrame":
        """The plan as a table."""
        import pandas as pd

        return pd.DataFrame(list(self.planned.rows))

    @property
    def duals(self) -> "pd.DataFrame":
        """Shadow prices: resource and what one more unit of it adds to the value, in money."""
        import pandas as pd

        return pd.DataFrame(list(self.planned.duals), columns=["resource", "shadow_price"])

    @property
    def value(self) -> float:
        """The program's value, in money."""
        return self.planned.value

    @property
    def bound(self) -> Bound | None:
        """What no policy can beat, with its assumptions; None where none is claimed."""
        return self.planned.bound

    @property
    def gap(self) -> float | None:
        """Distance of the simulated value from the bound, in per cent of the bound; None without a bound."""
        if self.bound is None or self.simulated.mean is None or self.bound.value <= 0:
            return None
        return 100 * (self.bound.value - self.simulated.mean) / self.bound.value

    def save(self, path: str | Path) -> None:
        """Write the scenario with the plan in place as a scenario file.

        Parameters
        ----------
        path
            Where to; a file that is there already is replaced.
        """
        Path(path).write_text(self.policy.to_yaml(), encoding="utf-8")

    def plot(self) -> "Figure":
        """Return the plan as a picture, a plotly figure: prices or stock over time, or quantities."""
        from ..report.plan_picture import picture_of_plan

        return picture_of_plan(self)

    def page(self) -> "Page":
        """Return the report: the plan as a picture, what it is worth, and the tables behind it."""
        from ..report.plan_page import page_of_plan

        return page_of_plan(self)

    @property
    def worth(self) -> "pd.DataFrame":
        """What the plan is worth: what, mean, half_width, n, in money; the program's value knows no chance."""
        import pandas as pd

        rows: list[tuple[str, float | None, float | None, int | None]] = [
            ("value of the program", self.value, None, None),
            *([] if self.bound is None else [("bound", self.bound.value, self.bound.half_width, self.bound.n)]),
            *(
                (name, estimate.mean, estimate.half_width, estimate.n)
                for name, estimate in (
                    ("simulated", self.simulated),
                    ("present policy", self.present),
                    ("difference", self.difference),
                )
            ),
        ]
        frame = pd.DataFrame(rows, columns=["what", "mean", "half_width", "n"])
        return frame.astype({"mean": "float64", "half_width": "float64", "n": "Int64"})

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all tables by name: `orders`, `prices` or both, `worth` and `duals`."""
        return {**self.plans, "worth": self.worth, "duals": self.duals}

    @property
    def plans(self) -> "dict[str, pd.DataFrame]":
        """The plan as tables with the columns of their own kind alone: `orders`, `prices`, or both."""
        import pandas as pd

        rows = [dict(row) for row in self.planned.rows]
        kinds = {"orders": [row for row in rows if "product" in row], "prices": [row for row in rows if "offer" in row]}
        return {kind: pd.DataFrame(own).drop(columns="plan", errors="ignore") for kind, own in kinds.items() if own}

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data, as `--json` prints it."""
        bound = self.bound
        return {
            "schema_version": SCHEMA_VERSION,
            "scenario": self.scenario.name,
            "scenario_hash": self.scenario.hash,
            "what": self.what,
            "firm": self.firm,
            "objective": self.objective,
            "seed": self.seed,
            "plan": [dict(row) for row in self.planned.rows],
            "value": self.value,
            "bound": None if bound is None else bound.value,
            "bound_basis": None
            if bound is None
            else {
                "kind": bound.kind,
                "half_width": bound.half_width,
                "n": bound.n,
                "assumptions": list(bound.assumptions),
            },
            "gap": self.gap,
            "simulated": self.simulated.as_dict(),
            "present": self.present.as_dict(),
            "difference": self.difference.as_dict(),
            "duals": [dict(row) for row in self.planned.duals],
            "notes": list(self.planned.notes),
            "seconds": dict(self.planned.seconds),
            "changes": dict(self.planned.changes),
        }
