"""The way from two scenarios to what each changed key carries of a figure's difference."""

from collections.abc import Callable, Mapping

from ...scenarios.scenario import Scenario
from ...simulator.arguments import check_count, check_engine, check_seed
from ...simulator.build.world import build_world
from ...simulator.engines import ENGINES
from ...simulator.estimates import mean_estimate
from ...simulator.measures import Measure
from ...simulator.run import Progress, RunCancelledError, alarms_of_failures
from ..changes import Change, changed
from ..differences import differences
from ..people import drawn_lazily, other_people
from ..provenance import Stopwatch, manifest_of_change
from .found import Explanation, Part
from .mixture import mixture_of
from .sharing import MOST_EXACT, Meanings, Shared, shared_out
from .worths import is_rate, key_of, worths_of


def explain(
    scenario: Scenario,
    change: Change,
    replications: int | None = None,
    seed: int | None = None,
    *,
    figure: str = "profit",
    firm: str | None = None,
    orders: int | None = None,
    jobs: int = 1,
    engine: str = ENGINES[0],
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Explanation:
    """Say what each key of a change carries of the difference that it makes, on the same customers.

    A key's share is its Shapley value: the mean, over all orders in which the keys could be changed one after the
    other, of what changing it adds. Shares add up to the difference in every replication. Keys that only make sense
    together share one part.

    Parameters
    ----------
    scenario : Scenario
        Without the change; it stays as it is.
    change : str, sequence of str, mapping or Scenario
        A variant's name or `path=value`, or several of them; values by path; or another scenario.
    replications : int, optional
        How many replications of every scenario between the two; without it, the scenario's own number.
    seed : int, optional
        The seed; without it, the scenario's own.
    figure : str
        Which figure: one of a firm, such as `profit`, or of all customers, such as `consumer_surplus`.
    firm : str, optional
        Whose; without it, the first focal firm's.
    orders : int, optional
        With more than 8 parts: how many orders are drawn in each replication, in pairs of an order and its reverse; 4
        unless told otherwise. The intervals include what this leaves open.
    jobs : int
        Number of processes. The result does not depend on it.
    engine : str
        `kernel` or `loop`, as for a run.
    progress : callable, optional
        Called as `progress(done, planned)` with replications of all scenarios between the two.
    cancel : callable, optional
        Asked now and then whether to stop.

    Returns
    -------
    Explanation

    Raises
    ------
    ScenarioError
        If the change cannot be made.
    ArgumentError
        If an argument is out of its bounds, or the change changes nothing.
    InvariantError
        If the books of a replication contradict each other (R16).
    RunCancelledError
        If `cancel` said so.
    """
    head = scenario.settled.head
    count = check_count("replications", head.replications if replications is None else replications)
    seed = check_seed(head.seed if seed is None else seed)
    check_count("jobs", jobs)
    check_engine(engine)
    if orders is not None:
        check_count("orders", orders)
    stopwatch = Stopwatch()
    other = changed(scenario, change)
    first, last = build_world(scenario.settled), build_world(other.settled)
    key = key_of(first, last, figure, firm)
    mixture, notes = mixture_of(scenario, other)
    failures: list[str] = []

    def stop(done: int, planned: int) -> None:
        if cancel is not None and cancel():
            raise RunCancelledError(f"cancelled after {done} of {planned} replications")

    def evaluate(wanted: Mapping[int, tuple[int, ...]]) -> dict[int, Measure]:
        return worths_of(
            mixture,
            wanted,
            key,
            engine=engine,
            seed=seed,
            jobs=jobs,
            failures=failures,
            progress=progress,
            stop=stop,
        )

    rate = key.figure if is_rate(key) else None
    shared = shared_out(Meanings(mixture), evaluate, count, seed, orders, rate)
    parts = tuple(
        Part(
            tuple(one.key for place, one in enumerate(mixture.keys) if part >> place & 1),
            *(mean_estimate(values) for values in (shared.values[number], shared.alone[number], shared.last[number])),
        )
        for number, part in enumerate(shared.parts)
    )
    keys = differences(scenario, other)
    manifest = manifest_of_change(
        (scenario, other),
        (first, last),
        keys,
        stopwatch,
        figure=key._asdict(),
        seed=seed,
        replications=count,
        orders=shared.orders,
        scenarios_run=shared.scenarios,
        engine=engine,
    )
    before, after = shared.ends
    return Explanation(
        scenarios=(scenario, other),
        differences=keys,
        parts=parts,
        key=key,
        unit=shared.unit,
        without=mean_estimate(before),
        changed=mean_estimate(after),
        difference=mean_estimate(after - before),
        values=shared.values,
        orders=shared.orders,
        seed=seed,
        how=(*_how(parts, shared, keeps=head.customers == "keep"), *notes),
        cautions=tuple(_about_people(drawn_lazily(first, last), other_people(first, last))),
        alarms=alarms_of_failures(failures),
        manifest=manifest,
    )


def _how(parts: tuple[Part, ...], shared: Shared, *, keeps: bool) -> list[str]:
    """Return how the difference was shared out."""
    notes = [
        f"{part.name}: these keys only make sense together, and share one part." for part in parts if len(part.keys) > 1
    ]
    if shared.orders is None:
        notes.append(
            f"Shapley values over all orders of {len(parts)} part{'' if len(parts) == 1 else 's'}: "
            f"{shared.scenarios} scenarios were run."
        )
    else:
        notes.append(
            f"With more than {MOST_EXACT} parts orders are drawn: Shapley values are estimated from {shared.orders} "
            "orders in each replication, others in each; the intervals include what that leaves open."
        )
    if keeps:
        notes.append("Customers are counted here, and not kept: `customers: keep` is for a run.")
    return notes


def _about_people(lazy: tuple[str, ...], others: list[str]) -> list[str]:
    """Return how well the same customers came to both ends."""
    notes = list(others)
    if lazy:
        notes.append(
            f"Drawn lazily: {', '.join(lazy)}. Other prices or offers meet coupled twins, not the same persons (R14); "
            "with draws: full intervals may be shorter."
        )
    if others:
        notes.append("Differences hold all the same; their intervals are longer than with the same people.")
    return notes
