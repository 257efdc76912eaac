"""Whether the same people come to two worlds (R14): in sentences, with the mend where there is one."""

from ..models.choice.lazy_logit import LazyLogit
from ..models.demand.poisson import PoissonArrivals
from ..models.demand.protocols import Arrivals
from ..models.demand.trace import TraceArrivals
from ..simulator.world import World


def drawn_lazily(*worlds: World) -> tuple[str, ...]:
    """Return the segments that are drawn lazily in one of the worlds, by name (R14)."""
    return tuple(
        dict.fromkeys(
            name
            for world in worlds
            for name, choice in zip(world.problem.segments.names, world.choices, strict=True)
            if isinstance(choice, LazyLogit)
        )
    )


def other_people(first: World, second: World) -> list[str]:
    """Return a sentence for each reason why not the same people come to a world without a change and one with it."""
    notes = []
    if (first.problem.warm_up, first.problem.horizon) != (second.problem.warm_up, second.problem.horizon):
        notes.append("The time that counts is another one with the change (R1).")
    ours, theirs = (dict(zip(each.problem.segments.names, each.arrivals, strict=True)) for each in (first, second))
    for name in dict.fromkeys((*ours, *theirs)):
        if name in ours and name in theirs:
            difference = _difference(ours[name], theirs[name])
        else:
            difference = f"it is there only {'without' if name in ours else 'with'} the change."
        if difference is not None:
            notes.append(f"Segment {name}: {difference}")
    return notes


def _difference(one: Arrivals, other: Arrivals) -> str | None:
    if isinstance(one, PoissonArrivals) and isinstance(other, PoissonArrivals):
        if one.dominating_rate == other.dominating_rate:
            return None
        return (
            "other people come with the change, since their candidates come at another rate "
            f"({one.dominating_rate:.9g} without, {other.dominating_rate:.9g} with it); the same people come where "
            f"both worlds say dominating_rate: {max(one.dominating_rate, other.dominating_rate):.15g} (R14)."
        )
    if isinstance(one, TraceArrivals) and isinstance(other, TraceArrivals):
        return None if one.recorded == other.recorded else "the recorded arrivals are others with the change."
    return "arrivals are of another kind with the change."
