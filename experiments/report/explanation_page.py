"""The report of an explanation: the difference, what each key carries of it, and the keys."""

from ..explaining.found import Explanation
from .page import Page, Table
from .waterfall_picture import picture_of_explanation
from .wording import number


def page_of_explanation(told: Explanation) -> Page:
    """Return the report of an explanation."""
    frames = told.frames()
    return Page(
        title=f"{told.scenarios[0].name}: what each change carries of {told.figure}",
        lead=lead_of_explanation(told),
        parts=(
            picture_of_explanation(told),
            Table(
                "What each change carries",
                "Carries: its share of the difference, whatever the order in which keys are changed (Shapley value); "
                "the shares add up to the difference. Alone: what changing it alone does. Last: what changing it "
                "does when all else is changed already. With the half-widths of their 95 % intervals. "
                + " ".join(told.how),
                frames["carried"],
                shown=True,
            ),
            Table(
                "The figure",
                "Without the change, with it, and the paired difference (R17).",
                frames["total"],
                shown=True,
            ),
            Table("The change, key by key", "Words carry nothing, and are in no part.", frames["change"], shown=True),
        ),
        provenance=told.manifest,
        alarms=(*told.alarms, *told.cautions),
    )


def lead_of_explanation(told: Explanation) -> str:
    """Return what was asked and what the answer is, in a few sentences."""
    n = told.replications
    percent = told.unit == "share"
    without, changed, difference = (
        number(each, percent=percent) for each in (told.without, told.changed, told.difference)
    )
    return (
        f"{told.figure[0].upper()}{told.figure[1:]}: {without} without the change, {changed} with it; the difference "
        f"is {difference}, paired over {n} replication{'' if n == 1 else 's'} with seed {told.seed}"
        + (" (means a replication ± half-width of the 95 % interval)." if n > 1 else "; with one there is no interval.")
    )
