"""What a sweep found: every figure at every point, and the points that failed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...scenarios.scenario import Scenario
from ..report.page import Page
from .designs import Values
from .point_figures import FIGURE_NAMES, FigureKey, PointFigures

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

SCHEMA_VERSION = 1
"""Version of the tables and of the JSON object."""

POINT = "point"
LABELS = ("level", "name", "figure", "unit")
LEVELS = ("firm", "offer", "product", "segment", "rate")


class FailedPoint(NamedTuple):
    """A point that has no figures."""

    number: int
    values: Values
    error: str
    """Kind of error and what it says."""
    traceback: str
    """Where in the program; empty where its process died."""


@dataclass(frozen=True)
class Sweep:
    """One scenario at many points, on the same customers at each (R14).

    Attributes
    ----------
    scenario : Scenario
        The base.
    seed : int
        The seed.
    replications : int
        How many of each point.
    keys : tuple of str
        What is swept, by path.
    design : str
        `grid`, `latin`, `sobol`, or `own` for points that were listed.
    values : tuple of tuples
        The values of the keys at each point.
    hashes : tuple of str
        The hash of each point's scenario.
    figures : tuple of PointFigures or None
        By point; None where it failed.
    failed : tuple of FailedPoint
        The points that failed.
    manifest : dict
        Where the figures come from: scenario, hash, seed, versions, store, time.
    alarms : tuple of str
        What a reader should know before trusting the figures.
    """

    scenario: Scenario
    seed: int
    replications: int
    keys: tuple[str, ...]
    design: str
    values: tuple[Values, ...]
    hashes: tuple[str, ...]
    figures: tuple[PointFigures | None, ...]
    failed: tuple[FailedPoint, ...]
    manifest: Mapping[str, Any]
    alarms: tuple[str, ...]

    @property
    def focal(self) -> tuple[str, ...]:
        """The firms that people look at first: the focal ones, or the first where none says so."""
        firms = self.scenario.settled.firms
        return tuple(name for name, firm in firms.items() if firm.focal) or tuple(firms)[:1]

    # Frames

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """One row a point and figure.

        Point, the swept keys, level, name, figure, unit, mean, half_width, n. A point that failed has no row here.
        """
        import pandas as pd

        there = [(place, figures) for place, figures in enumerate(self.figures) if figures is not None]
        counts = [len(figures.keys) for _, figures in there]
        places = np.repeat([place for place, _ in there], counts).astype(np.int64)
        columns: dict[str, Any] = {POINT: places + 1}
        for key, cells in zip(self.keys, self._columns, strict=True):
            columns[key] = pd.Series(cells).take(places).to_numpy()
        labels = {figures.keys: list(zip(*figures.keys, strict=True)) for _, figures in there}
        for place, label in enumerate(LABELS):
            columns[label] = [cell for _, figures in there for cell in labels[figures.keys][place]]
        columns["mean"] = _joined([figures.means for _, figures in there])
        columns["half_width"] = _joined([figures.half_widths for _, figures in there])
        columns["n"] = np.full(len(places), self.replications, dtype=np.int64)
        return pd.DataFrame(columns)

    @cached_property
    def points(self) -> "pd.DataFrame":
        """One row a point: point, the swept keys, scenario_hash, failed."""
        import pandas as pd

        frame = pd.DataFrame({POINT: range(1, len(self.values) + 1)})
        for key, cells in zip(self.keys, self._columns, strict=True):
            frame[key] = cells
        frame["scenario_hash"] = list(self.hashes)
        frame["failed"] = [figures is None for figures in self.figures]
        return frame

    @cached_property
    def failures(self) -> "pd.DataFrame":
        """One row for each point that failed: point, the swept keys, error."""
        import pandas as pd

        frame = pd.DataFrame({POINT: [each.number for each in self.failed]}, dtype="int64")
        for key, cells in zip(self.keys, self._columns, strict=True):
            frame[key] = [cells[each.number - 1] for each in self.failed]
        frame["error"] = [each.error for each in self.failed]
        return frame

    def table(self, figure: str, level: str | None = None) -> "pd.DataFrame":
        """Return one figure as a wide table, a row a point.

        The swept keys, then for each firm (offer, …) the mean under its name and `NAME_half_width`, and n. Points that
        failed are missing values.

        Parameters
        ----------
        figure : str
            Such as `profit`.
        level : str, optional
            `firm`, `offer`, `product`, `segment` or `rate`; without it, the first of these that has the figure.

        Raises
        ------
        ValueError
            If there is no such figure, or not at that level.
        """
        import pandas as pd

        there = [figures for figures in self.figures if figures is not None]
        known = {(key.level, key.figure): None for figures in there for key in figures.keys}
        levels = [each for each in LEVELS if (each, figure) in known]
        if not levels or (level is not None and level not in levels):
            at = "" if level is None else f" at the level {level!r}"
            names = ", ".join(dict.fromkeys(name for _, name in known)) or "none: all points failed"
            raise ValueError(f"the sweep has no figure {figure!r}{at} (known: {names})")
        wanted = levels[0] if level is None else level
        table = self.points.drop(columns=["scenario_hash", "failed"])
        names_there = {
            key.name: None for figures in there for key in figures.keys if (key.level, key.figure) == (wanted, figure)
        }
        by_point = [_of_names(figures, wanted, figure) for figures in self.figures]
        columns: dict[str, list[float]] = {}
        for name in names_there:
            columns[name] = [each.get(name, (np.nan, np.nan))[0] for each in by_point]
            columns[f"{name}_half_width"] = [each.get(name, (np.nan, np.nan))[1] for each in by_point]
        table = pd.concat([table, pd.DataFrame(columns)], axis=1)
        table["n"] = self.replications
        return table

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all tables by name."""
        return {"sweep": self.frame, "points": self.points, "failures": self.failures}

    # Out

    def as_dict(self) -> dict[str, Any]:
        """Return the sweep as one object of plain data, as `--json` prints it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "scenario": self.scenario.name,
            "seed": self.seed,
            "replications": self.replications,
            "design": self.design,
            "keys": list(self.keys),
            "alarms": list(self.alarms),
            "points": [
                {
                    "point": place + 1,
                    "values": dict(zip(self.keys, self.values[place], strict=True)),
                    "figures": None if figures is None else list(self._rows(figures)),
                }
                for place, figures in enumerate(self.figures)
            ],
            "failures": [
                {
                    "point": each.number,
                    "values": dict(zip(self.keys, each.values, strict=True)),
                    "error": each.error,
                    "traceback": each.traceback,
                }
                for each in self.failed
            ],
            "manifest": dict(self.manifest),
        }

    def page(self) -> Page:
        """Return the report."""
        from ..report.sweep_page import page_of_sweep

        return page_of_sweep(self)

    def plot(self, figure: str = "profit", name: str | None = None) -> "Figure":
        """Return one figure over the swept keys as a picture.

        Lines with bands for one key, a heat map for two of a grid, points by key for more.

        Parameters
        ----------
        figure : str
            Such as `profit`.
        name : str, optional
            Of which firm (offer, …); without it, the first focal firm, or the first that has the figure.

        Raises
        ------
        ValueError
            If there is no such figure or name.
        """
        from ..report.sweep_picture import picture_of_sweep

        return picture_of_sweep(self, figure, name)

    # Inner

    def _rows(self, figures: PointFigures) -> Iterator[dict[str, Any]]:
        for key, mean, half_width in zip(
            figures.keys, figures.means.tolist(), figures.half_widths.tolist(), strict=True
        ):
            yield {
                **key._asdict(),
                "mean": _or_none(mean),
                "half_width": _or_none(half_width),
                "n": self.replications,
            }

    @cached_property
    def _columns(self) -> list[list[Any]]:
        """The values of each key as a column of one kind: lists, and mixtures such as `unlimited`, are texts."""
        columns: list[list[Any]] = []
        for place in range(len(self.keys)):
            cells = [values[place] for values in self.values]
            is_plain = all(isinstance(cell, bool) for cell in cells) or all(
                isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells
            )
            columns.append(cells if is_plain else [_text(cell) for cell in cells])
        return columns


def _of_names(figures: PointFigures | None, level: str, figure: str) -> dict[str, tuple[float, float]]:
    """Return mean and half-width of one figure, by name."""
    if figures is None:
        return {}
    return {
        key.name: (float(figures.means[place]), float(figures.half_widths[place]))
        for place, key in enumerate(figures.keys)
        if (key.level, key.figure) == (level, figure)
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _joined(parts: list[Any]) -> Any:  # noqa: ANN401 - arrays of one kind
    return np.concatenate(parts) if parts else np.zeros(0)


__all__ = ["FIGURE_NAMES", "FailedPoint", "FigureKey", "Sweep"]
