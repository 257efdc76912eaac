"""Replications of several scenarios, as many as a comparison needs of each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import ceil

from ...scenarios.scenario import Scenario
from ...simulator.continued import ContinuedRun
from ...simulator.estimates import Estimate
from ...simulator.ledger import InvariantError
from ...simulator.measures import MeasureKey, measures
from ...simulator.run import MOST_REPLICATIONS, SAFETY, Asked

Progress = Callable[[int, int], None]
"""Called with the number of replications done and the number planned, of all together."""


class Field:
    """The runs of all that are compared.

    Parameters
    ----------
    scenarios : mapping of Scenario
        Who is compared, by name.
    seed : int
        The seed of all: the same customers walk into every one (R14).
    jobs : int
        Number of processes.
    engine : str
        The engine.
    progress : callable, optional
        Called as `progress(done, planned)`, over all.
    cancel : callable, optional
        Asked between replications whether to stop.
    """

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        seed: int,
        *,
        jobs: int,
        engine: str,
        progress: Progress | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> None:
        self.runs: dict[str, ContinuedRun] = {}
        for name, scenario in scenarios.items():
            with naming(name):
                self.runs[name] = ContinuedRun(scenario, seed, jobs=jobs, engine=engine)
        self._planned = dict.fromkeys(scenarios, 0)
        self._progress, self._cancel = progress, cancel

    def make(self, until: Mapping[str, int]) -> None:
        """Make replications of some until there are so many of each.

        Raises
        ------
        InvariantError
            If the books of a replication contradict each other (R16); a note says whose.
        RunCancelledError
            If `cancel` said so.
        """
        for name, count in until.items():
            self._planned[name] = max(self._planned[name], count)
        for name, count in until.items():
            with naming(name):
                self.runs[name].go_on(count, progress=self._tell, cancel=self._cancel)

    def _tell(self, _made: int) -> None:
        if self._progress is not None:
            self._progress(sum(run.replications for run in self.runs.values()), sum(self._planned.values()))


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Note on an error whose it is."""
    try:
        yield
    except (InvariantError, ValueError) as error:
        error.add_note(f"in {name!r}")
        raise


def replicate(field: Field, asked: Asked, against: str) -> tuple[str, ...]:
    """Make the replications that are asked for, as many of each, and return what is to be said about their number.

    Parameters
    ----------
    field : Field
        Who is compared.
    asked : Asked
        The number; or the precision at which `auto` stops: the largest half-width of a difference in profit of a focal
        firm, relative to the profit that it is compared with.
    against : str
        Which one the others are compared with.
    """
    target = asked.first
    while True:
        field.make(dict.fromkeys(field.runs, target))
        if asked.precision is None:
            return ()
        precise = _precision(field, against)
        needed = _needed(precise, asked.precision)
        if needed <= target:
            return ()
        if target >= MOST_REPLICATIONS:
            return tuple(_missed(precise, asked.precision, against))
        target = min(MOST_REPLICATIONS, needed)


def _precision(field: Field, against: str) -> dict[tuple[str, str], tuple[Estimate, float]]:
    """Return by variant and focal firm the difference in profit, and the profit that it is compared with."""
    found = {name: measures(run.result().reckoning) for name, run in field.runs.items()}
    firms = field.runs[against].problem.firms
    focal = [name for name, is_focal in zip(firms.names, firms.focal.tolist(), strict=True) if is_focal]
    precise = {}
    for name, own in found.items():
        for firm in focal:
            key = MeasureKey("firm", firm, "profit")
            if name != against and key in own:
                whole = found[against][key].estimate().mean
                assert whole is not None, "profit is a sum, not a rate"
                precise[name, firm] = own[key].less(found[against][key]), abs(whole)
    return precise


def _needed(precise: Mapping[tuple[str, str], tuple[Estimate, float]], precision: float) -> int:
    """Return how many replications are needed, as far as the present ones can tell."""
    needed = 0
    for difference, whole in precise.values():
        assert difference.half_width is not None, "auto makes more than one replication"
        if difference.half_width > precision * whole:
            if whole == 0:
                return MOST_REPLICATIONS
            more = ceil(SAFETY * difference.n * (difference.half_width / (precision * whole)) ** 2)
            # At most tenfold at once: an early guess from a few replications can be far off.
            needed = max(needed, min(more, 10 * difference.n))
    return needed


def _missed(precise: Mapping[tuple[str, str], tuple[Estimate, float]], precision: float, against: str) -> Iterator[str]:
    for (name, firm), (difference, whole) in precise.items():
        if difference.half_width is not None and difference.half_width > precision * whole:
            yield (
                f"the difference of {name} to {against} in the profit of {firm} is known to "
                f"±{difference.half_width:.4g} after {difference.n} replications, the most that auto makes; "
                f"{precision:g} of the profit of {against} was asked for"
            )
