"""The report of a sweep."""

from typing import TYPE_CHECKING

from ...simulator.estimates import Estimate
from .page import Page, Picture, Table
from .sweep_picture import picture_of_sweep
from .wording import number

if TYPE_CHECKING:
    from ..sweeping.outcome import Sweep

FIRST = ("profit", "fill_rate")
"""What people look at first."""

MOST_PICTURES = 4


def page_of_sweep(sweep: "Sweep") -> Page:
    """Return the report of a sweep.

    Parameters
    ----------
    sweep : Sweep
        What was found.
    """
    keys = {key: None for figures in sweep.figures if figures is not None for key in figures.keys}
    names = list(dict.fromkeys(key.figure for key in keys if key.level == "firm" or key.figure not in FIRST))
    shown = [name for name in FIRST if name in names] or names[:MOST_PICTURES]
    firms = sweep.focal[:MOST_PICTURES]
    parts: list[Picture | Table] = []
    for figure in shown:
        at_firms = any(key.level == "firm" and key.figure == figure for key in keys)
        parts.extend(_picture(sweep, figure, firm) for firm in (firms if at_firms else (None,)))
    parts.extend(
        Table(
            f"{figure.replace('_', ' ').capitalize()} at every point",
            f"Means of {sweep.replications} replications, each with half the width of its 95 % interval.",
            sweep.table(figure),
            shown=place == 0 and len(sweep.values) <= 40,
        )
        for place, figure in enumerate(shown)
    )
    if sweep.failed:
        text = "These points could not be computed; the same sweep tries them again."
        parts.append(Table("Points that failed", text, sweep.failures, shown=True))
    parts.append(Table("The points", "The values at each point, and the hash of its scenario.", sweep.points))
    return Page(
        title=f"{sweep.scenario.name}: a sweep of {' and '.join(sweep.keys)}",
        lead=_lead(sweep, firms[0]),
        parts=tuple(parts),
        provenance=sweep.manifest,
        alarms=sweep.alarms,
    )


def _picture(sweep: "Sweep", figure: str, name: str | None) -> Picture:
    picture = picture_of_sweep(sweep, figure, name)
    title = f"{figure.replace('_', ' ').capitalize()}{'' if name is None else f' of {name}'}"
    how = {
        1: "The band is the 95 % interval of each point by itself.",
        2: "Each field is the mean at one pair of values; its interval is shown when you point at it.",
    }.get(len(sweep.keys), "Bars, or what is shown when you point at a field, are 95 % intervals of each point.")
    text = (
        f"Over {' and '.join(sweep.keys)}. {how} All points meet the same customers, so that their differences are "
        "better known than the intervals suggest."
    )
    return Picture(title, text, picture)


def _lead(sweep: "Sweep", firm: str) -> str:
    points = len(sweep.values)
    asked = (
        f"{points} points of {', '.join(sweep.keys)} ({sweep.design}), {sweep.replications} replications each, "
        f"seed {sweep.seed}."
    )
    failed = f" {len(sweep.failed)} of the points failed." if sweep.failed else ""
    best = _best(sweep, firm)
    return asked + failed + best


def _best(sweep: "Sweep", firm: str) -> str:
    """Return at which point a focal firm earned most."""
    has_profit = any(
        key.figure == "profit" and key.level == "firm" for figures in sweep.figures if figures for key in figures.keys
    )
    if not has_profit:
        return ""
    table = sweep.table("profit", "firm")
    columns = [str(column) for column in table.columns]
    name = firm if firm in columns else next(column for column in columns if f"{column}_half_width" in columns)
    place = int(table[name].fillna(-float("inf")).to_numpy().argmax())
    row = table.iloc[place]
    values = ", ".join(f"{key} = {row[key]}" for key in sweep.keys)
    half_width = row[f"{name}_half_width"]
    profit = Estimate(row[name], None if half_width != half_width else half_width, sweep.replications)
    return (
        f" {name} earned most at {values}: {number(profit)} (n = {sweep.replications}). The best of many points "
        "flatters itself; run it with another seed before you rely on it."
    )
