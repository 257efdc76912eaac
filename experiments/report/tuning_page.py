"""Tuning as a report."""

from ..tuning.outcome import Tuning
from ..tuning.sentences import answer, asked, certainty, gives_way, how, promise
from .page import Page, Picture, Table
from .tuning_pictures import picture_of_keys, picture_of_race, picture_of_search


def page_of_tuning(tuning: Tuning) -> Page:
    """Return the report of a tuning: the answer, three pictures, and the tables behind them."""
    frames = tuning.frames()
    lead = " ".join(part for part in (f"Asked for: {asked(tuning)}.", answer(tuning), promise(tuning)) if part)
    flattered = "Bars are 95 % intervals on the customers of the search, which flatter the best candidates."
    pictures = [
        Picture(
            "The search",
            f"Every candidate in the order in which it was tried; all met the same customers. {flattered}",
            picture_of_search(tuning),
        ),
        Picture(
            "What the values do",
            f"The same candidates against each value that could change. {flattered}",
            picture_of_keys(tuning),
        ),
    ]
    if len(tuning.race.runners) > 1:
        text = "Paired differences from the present policy, with 95 % intervals, on customers new to the search."
        pictures.append(Picture("The race", f"{text} {certainty(tuning)}", picture_of_race(tuning)))
    return Page(
        title=f"{tuning.scenario.name}: tuned",
        lead=" ".join(part for part in (lead, how(tuning), gives_way(tuning)) if part),
        parts=(
            Table("Values", "What could change, as it is and as it was chosen.", frames["values"], shown=True),
            Table(
                "Verdict",
                "The chosen and the present policy on customers who were used neither in the search nor in the race, "
                "and their paired difference, with half-widths of 95 % intervals.",
                frames["best"],
                shown=True,
            ),
            *pictures,
            Table("The race", "The best candidates of the search and the present policy.", frames["race"]),
            Table("All candidates", "On the customers of the search.", frames["trials"]),
        ),
        provenance=tuning.manifest,
        alarms=tuning.alarms,
    )
