"""A comparison as a report: differences, each figure, who is the best, and what the same customers are worth."""

from collections.abc import Callable

import pandas as pd

from ...simulator.measures import MeasureKey
from ..comparison.differences import Verdict
from ..comparison.figure_names import words
from ..comparison.findings import Comparison
from .comparison_pictures import MOST_PANELS, picture_of_differences, picture_of_figures, picture_of_race
from .comparison_wording import (
    BEYOND_DOUBT,
    difference_in_words,
    what_is_beyond_doubt,
    what_was_done,
    who_is_compared,
)
from .page import Cell, Headline, Page, Picture, Table
from .wording import number

MOST_HEADLINES = 4
"""Differences in large type."""


def page_of_comparison(comparison: Comparison) -> Page:
    """Return the report of a comparison.

    Parameters
    ----------
    comparison : Comparison
        What was found.
    """
    return Page(
        title=f"{comparison.results[comparison.against].scenario.name}: {who_is_compared(comparison)}",
        lead=_lead(comparison),
        parts=(*_pictures(comparison), *_tables(comparison)),
        provenance=comparison.manifest,
        alarms=comparison.alarms,
        headlines=_headlines(comparison),
    )


def _n(comparison: Comparison) -> str:
    return f"n = {comparison.replications}"


def _lead(comparison: Comparison) -> str:
    counts = {verdict: 0 for verdict in Verdict}
    for difference in comparison.judged.values():
        counts[difference.verdict] += 1
    sure = counts[Verdict.BEYOND_DOUBT]
    told = f"Of {comparison.family_size} differences that are judged together {sure} are beyond doubt."
    parts = [what_was_done(comparison)]
    if comparison.replications > 1:
        parts.append(f"{told} {what_is_beyond_doubt(comparison)}")
    if comparison.race is not None:
        race = comparison.race
        who = "Nobody is selected." if race.chosen is None else f"The best is {' or '.join((race.chosen, *race.ties))}."
        parts.append(f"{who} {race.guarantee}" + (f" Indifference zone: {race.note}." if race.note else ""))
    return "\n\n".join(parts)


def _headlines(comparison: Comparison) -> tuple[Headline, ...]:
    """Return the differences in the first figure of the family."""
    key = comparison.family[0]
    several = len(dict.fromkeys(each.name for each in comparison.family)) > 1
    shown = []
    for name in comparison.variants[:MOST_HEADLINES]:
        difference = comparison.judged.get((name, key))
        if difference is not None:
            currency = comparison.results[name].scenario.settled.head.currency
            unit = {"money": f"{currency} ", "share": ""}.get(difference.unit, f"{difference.unit} ")
            whose = f" of {key.name}" if several else ""
            note = f"{unit}against {comparison.against}, {difference.verdict}, {_n(comparison)}"
            shown.append(Headline(f"{name}: {words(key)}{whose}", difference_in_words(difference), note))
    return tuple(shown)


def _pictures(comparison: Comparison) -> list[Picture]:
    n = _n(comparison)
    rest = f" The first {MOST_PANELS} figures; tables have all." if len(comparison.told) > MOST_PANELS else ""
    whiskers = f"whiskers are 95 % intervals ({n})" if comparison.replications > 1 else "there is no interval (n = 1)"
    pictures = [
        Picture(
            f"Differences to {comparison.against}",
            f"On the same customers, {whiskers}. Filled: beyond doubt, blue where better and red where worse, black "
            f"where that depends on who asks. Hollow: it may be chance.{rest}",
            picture_of_differences(comparison),
        ),
        Picture(
            "Each figure",
            f"Means a replication, {whiskers}; {comparison.against} in grey. Intervals that overlap say nothing about "
            f"a difference: all met the same customers.{rest}",
            picture_of_figures(comparison),
        ),
    ]
    if comparison.race is not None:
        pictures.append(
            Picture(
                "How the best was selected",
                "Replications of each that the procedure looked at before it was screened out (grey), selected (blue), "
                "or the end.",
                picture_of_race(comparison.race),
            )
        )
    return pictures


def _tables(comparison: Comparison) -> list[Table]:
    n = _n(comparison)
    tables = [
        Table(
            f"Differences to {comparison.against}",
            f"Mean ± half-width of the 95 % interval ({n}); pp: percentage points. {what_is_beyond_doubt(comparison)}",
            _by_variant(comparison, comparison.variants, lambda name, key: _difference(comparison, name, key)),
            True,
        ),
        Table(
            "Each figure",
            f"Mean a replication ± half-width of the 95 % interval ({n}).",
            _by_variant(comparison, tuple(comparison.results), lambda name, key: _figure(comparison, name, key)),
            True,
        ),
        Table(
            "What the same customers are worth",
            "How many times as many replications unrelated customers would take for the same half-width of a "
            f"difference ({n}).",
            comparison.pairing,
        ),
        Table(
            "All differences",
            "Every figure that both have; p-values are adjusted in the family.",
            comparison.differences,
        ),
        Table("All figures", f"Means a replication ({n}).", comparison.figures),
    ]
    if comparison.best is not None:
        text = "The mean is that of the replications that the procedure looked at, which it stopped because of."
        tables.insert(2, Table("How the best was selected", text, comparison.best, True))
    return tables


def _by_variant(
    comparison: Comparison, names: tuple[str, ...], cell: Callable[[str, MeasureKey], Cell]
) -> pd.DataFrame:
    """Return the figures of the family as rows and variants as columns."""
    keys = comparison.told
    columns: dict[str, list[object]] = {"of": [key.name for key in keys], "figure": [words(key) for key in keys]}
    frame = pd.DataFrame(columns)
    for name in names:
        # Names are the planner's own: one may be that of a column.
        frame.insert(len(frame.columns), name, [cell(name, key) for key in keys], allow_duplicates=True)
    return frame


def _difference(comparison: Comparison, name: str, key: MeasureKey) -> Cell:
    found = comparison.judged.get((name, key))
    if found is None:
        return Cell("–", None, missing=True)
    mark = f" {BEYOND_DOUBT}" if found.verdict is Verdict.BEYOND_DOUBT else ""
    return Cell(f"{difference_in_words(found)}{mark}", found.estimate.mean, missing=found.estimate.mean is None)


def _figure(comparison: Comparison, name: str, key: MeasureKey) -> Cell:
    measure = comparison.measured[name].get(key)
    if measure is None:
        return Cell("–", None, missing=True)
    estimate = measure.estimate()
    return Cell(number(estimate, percent=measure.unit == "share"), estimate.mean, missing=estimate.mean is None)
