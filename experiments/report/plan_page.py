"""A plan as a report: what it is worth, what it says, and the tables behind it."""

from ..planning.optimisation import Optimisation
from .page import Headline, Page, Picture, Table
from .plan_picture import picture_of_plan, picture_of_worth
from .wording import number

HEADINGS = {"orders": "Orders", "prices": "Prices"}
PLANS = {**{kind: kind for kind in HEADINGS}, "joint": "orders and prices"}


def page_of_plan(best: Optimisation) -> Page:
    """Return the report of a plan.

    Parameters
    ----------
    best : Optimisation
        What `optimise` found.
    """
    n = f"n = {best.simulated.n}"
    duals = [
        Table("Shadow prices", "What one more unit of a resource adds to the program's value, in money.", best.duals)
    ]
    return Page(
        title=f"{best.scenario.name}: {PLANS[best.what]} of {best.firm}",
        lead=_lead(best),
        parts=(
            Picture("What the plan is worth", _text_of_worth(best), picture_of_worth(best)),
            Picture(
                "The plan",
                "An offer has no price where it is closed; orders stand at the time at which they are placed.",
                picture_of_plan(best),
            ),
            Table(
                "Worth",
                f"Money a replication: mean ± half-width of the 95 % interval ({n}); the program's own value is no "
                "estimate and has none.",
                best.worth,
                shown=True,
            ),
            *(Table(HEADINGS[kind], "The plan as the program made it.", frame) for kind, frame in best.plans.items()),
            *(duals if len(best.duals) else []),
        ),
        provenance=best.manifest,
        alarms=best.planned.notes,
        headlines=_headlines(best),
    )


def _lead(best: Optimisation) -> str:
    difference = best.difference
    mean, width = difference.mean or 0.0, difference.half_width
    if width is None:
        verdict = "With one replication nobody can say whether that is chance."
    elif abs(mean) <= width:
        verdict = "The interval of the difference holds nought: the plan is neither better nor worse beyond doubt."
    else:
        verdict = f"The plan is {'better' if mean > 0 else 'worse'} beyond doubt, as 95 % intervals go."
    return (
        f"A plan of {PLANS[best.what]} for {best.firm}, made by linear programs for {best.objective}, and judged in "
        "the simulator beside the present policy: on the same customers, none of whom were used to make it. "
        f"It brings {number(best.simulated)} instead of {number(best.present)}; the paired difference is "
        f"{number(difference)}. {verdict}"
    )


def _headlines(best: Optimisation) -> tuple[Headline, ...]:
    unit = f"{best.scenario.settled.head.currency} a replication, n = {best.simulated.n}"
    aim = best.objective.capitalize()
    shown = [
        Headline(f"{aim} under the plan", number(best.simulated), unit),
        Headline("Present policy", number(best.present), unit),
        Headline("Difference", number(best.difference), f"paired, n = {best.difference.n}"),
    ]
    if best.gap is not None and best.bound is not None:
        shown.append(
            Headline("Below the bound", f"{best.gap:.1f} %", f"of {best.bound.value:,.2f} ({best.bound.kind})")
        )
    return tuple(shown)


def _text_of_worth(best: Optimisation) -> str:
    text = (
        f"Filled points are simulated means a replication with their 95 % interval (n = {best.simulated.n}), open ones "
        "come from the program. The difference between plan and present policy is known better than either: both met "
        "the same customers."
    )
    if best.bound is not None:
        text += f" The bound holds if {'; '.join(best.bound.assumptions)}."
    return text
