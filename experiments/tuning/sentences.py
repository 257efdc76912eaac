"""What tuning found, in words: the same in the terminal and on the page."""

from typing import TYPE_CHECKING

from ...simulator.estimates import Estimate
from ..report.wording import number

if TYPE_CHECKING:
    from .outcome import Tuning


def asked(tuning: "Tuning") -> str:
    """Return what was asked for."""
    goal = tuning.goals.objective
    what = f"{'least' if goal.minimised else 'most'} {goal.label} of {tuning.firm}" if goal.name == tuning.firm else ""
    what = what or f"{'least' if goal.minimised else 'most'} {goal.label}"
    kept = " and ".join(str(constraint) for constraint in tuning.goals.constraints)
    return what + (f", such that {kept}" if kept else "")


def how(tuning: "Tuning") -> str:
    """Return on whom the candidates were tried."""
    search, race, verdict = tuning.manifest["replications"], tuning.race, tuning.manifest["verdict"]
    tried = sum(each.judged is not None for each in tuning.candidates)
    return (
        f"{tried} candidates, the present policy among them, on {search} replications each (seed "
        f"{tuning.manifest['seed']}); {len(race.runners)} of them in the race, on {race.replications} fresh ones; the "
        f"chosen and the present policy judged on {verdict['replications']} that were used for neither (seed "
        f"{verdict['seed']})."
    )


def gives_way(tuning: "Tuning") -> str | None:
    """Return which keys the candidates leave out; None where they leave out nothing."""
    if not tuning.space.dropped:
        return None
    keys = ", ".join(tuning.space.dropped)
    return f"The candidates leave out {keys}: a policy names one of it and what changes here."


def answer(tuning: "Tuning") -> str:
    """Return what the chosen policy gains, and whether that is beyond doubt."""
    goal, gain = tuning.goals.objective, tuning.gain
    if tuning.is_present:
        return "The present policy was chosen: no candidate was better in the race."
    is_less = (gain.mean or 0.0) * goal.sign < 0
    worth = in_words(Estimate(abs(gain.mean or 0.0), gain.half_width, gain.n), tuning)
    way = "less" if is_less else "more"
    what = f"The chosen policy makes {worth} {way} {goal.label} than the present one (n = {gain.n})"
    misses = [
        str(constraint)
        for constraint, excess in zip(tuning.goals.constraints, tuning.final.present.excesses, strict=True)
        if excess > 0
    ]
    if tuning.is_beyond_doubt:
        return f"{what}, beyond doubt: that is the figure to go by."
    if misses:
        return f"The present policy does not keep {' and '.join(misses)}; the chosen one does. {what}."
    return f"{what}. That is not beyond doubt: no candidate is known to be better than the present policy."


def promise(tuning: "Tuning") -> str | None:
    """Return what the search alone would have said; None where there is nothing to say."""
    if tuning.promised is None or tuning.is_present:
        return None
    promised = Estimate(tuning.promised, None, tuning.manifest["replications"])
    return (
        f"The search alone would have promised {in_words(promised, tuning)}; it picked the "
        "luckiest candidate by its own customers, so that this is no estimate."
    )


def certainty(tuning: "Tuning") -> str:
    """Return the guarantee of the race."""
    race = tuning.race
    among = "the others in the race that keep the constraints" if tuning.goals.constraints else "the others in the race"
    behind, zone = (in_words(Estimate(each, None, 0), tuning) for each in (race.behind, race.difference))
    return (
        f"With 95 % confidence the chosen policy is at most {behind} behind the best of {among} (Clark & Yang's "
        f"procedure, for an indifference zone of {zone})."
    )


def in_words(estimate: Estimate, tuning: "Tuning") -> str:
    """Return an amount of the objective with its unit."""
    unit = tuning.goals.objective.unit
    if unit == "money":
        unit = tuning.scenario.settled.head.currency
    text = shown(estimate, unit)
    return text if unit == "share" else f"{text} {unit}"


def shown(estimate: Estimate, unit: str) -> str:
    """Return an estimate as text, shares in per cent."""
    return number(estimate, percent=unit == "share")
