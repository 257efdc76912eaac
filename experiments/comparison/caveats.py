"""What a reader should know before trusting a comparison."""

from collections.abc import Iterator, Mapping, Sequence

from ...scenarios.scenario import Scenario
from ...simulator.measures import Measure, MeasureKey
from ...simulator.results import Result
from .figure_names import written

HEADS = ("time_unit", "horizon", "warm_up", "currency")
"""What makes sums of money and customers comparable where it is the same."""


def caveats(
    results: Mapping[str, Result],
    measured: Mapping[str, Mapping[MeasureKey, Measure]],
    against: str,
    family: Sequence[MeasureKey],
) -> tuple[str, ...]:
    """Return what a reader should know before trusting a comparison.

    Parameters
    ----------
    results : mapping of Result
        The runs, by name.
    measured : mapping of mapping of Measure
        Their figures.
    against : str
        Which one the others are compared with.
    family : sequence of MeasureKey
        The figures that are judged.
    """
    scenarios = {name: result.scenario for name, result in results.items()}
    return (
        *_own(results),
        *_unlike(scenarios, against),
        *_alike(results, against),
        *_missing(measured, against, family),
    )


def _own(results: Mapping[str, Result]) -> Iterator[str]:
    """Yield the alarms of the runs; what all say is said once."""
    said: dict[str, list[str]] = {}
    for name, result in results.items():
        for alarm in result.alarms:
            said.setdefault(alarm, []).append(name)
    for alarm, names in said.items():
        yield alarm if len(names) == len(results) else f"{', '.join(names)}: {alarm}"


def _unlike(scenarios: Mapping[str, Scenario], against: str) -> Iterator[str]:
    theirs = scenarios[against].settled.head
    for name, scenario in scenarios.items():
        own = scenario.settled.head
        differ = [word for word in HEADS if getattr(own, word) != getattr(theirs, word)]
        if differ:
            told = ", ".join(
                f"{word} {_shown(getattr(own, word))} and {_shown(getattr(theirs, word))}" for word in differ
            )
            yield f"{name} and {against} differ in {told}: their sums are not of the same kind"


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _alike(results: Mapping[str, Result], against: str) -> Iterator[str]:
    theirs = results[against].scenario
    for name, result in results.items():
        if name != against and result.scenario.hash == theirs.hash and not _by_hand(result, results[against]):
            yield f"{name} means the same as {against}: nothing that differs between them has an effect"


def _by_hand(*results: Result) -> bool:
    return any(names for result in results for names in result.manifest["made_by_hand"].values())


def _missing(
    measured: Mapping[str, Mapping[MeasureKey, Measure]], against: str, family: Sequence[MeasureKey]
) -> Iterator[str]:
    for name, own in measured.items():
        if name == against:
            continue
        for place, there, other in ((name, own, against), (against, measured[against], name)):
            missing = [written(key) for key in family if key not in there]
            if missing:
                yield f"{place} has no {', '.join(missing)}, so that there is no difference of it to {other}"
