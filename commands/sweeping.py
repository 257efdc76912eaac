"""The command `sweep`."""

from typing import TYPE_CHECKING, Annotated

import typer

from .outputs import AsWorkbook, OutDir, Outputs, ReportTo, TableFormat
from .support import (
    FAILED,
    AsJson,
    Assignments,
    FailedError,
    Jobs,
    NameOrFile,
    Seed,
    Variants,
    WrongArgumentError,
    complaints,
    console,
    load_scenario,
    print_json,
    progress_of,
)

if TYPE_CHECKING:
    from ..experiments.sweeping.outcome import Sweep
    from ..scenarios.scenario import Scenario

ORIGIN = "--grid"
"""What complaints about what is swept call its place."""

MOST_FAILURES = 5
"""Failed points that are named; files and --json have all."""

Grid = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUES",
        help="A key and its values: a list as in 0.8,0.9; a range start:stop:step, both ends included; or low:high for "
        "a design that chooses its own points. Given several times, every combination.",
    ),
]


def sweep_command(
    scenario: NameOrFile,
    grid: Grid = None,
    design: Annotated[
        str, typer.Option(metavar="grid|latin|sobol", help="All combinations, or points that fill the space.")
    ] = "grid",
    points: Annotated[int | None, typer.Option(metavar="N", help="Points of a latin or sobol design.")] = None,
    replications: Annotated[
        int | None, typer.Option(metavar="N", help="Replications of each point; without it, the scenario's own.")
    ] = None,
    seed: Seed = None,
    figure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this figure, such as profit; may be given several times."),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|URL",
            help="Keep every replication in this file or database, and go on where a stopped sweep was.",
        ),
    ] = None,
    jobs: Jobs = 1,
    backend: Annotated[
        str, typer.Option(metavar="local|dask://HOST:PORT", help="Who computes; the figures do not depend on it.")
    ] = "local",
    assignments: Assignments = None,
    variants: Variants = None,
    out: OutDir = None,
    table_format: TableFormat = "csv",
    excel: AsWorkbook = False,
    report: ReportTo = None,
    as_json: AsJson = False,
) -> None:
    """Simulate a scenario at many points: values of some of its keys, on the same customers at each."""
    with complaints(as_json):
        loaded = load_scenario(scenario, variants, assignments)
        outputs = Outputs(out, table_format, excel, report)
        outputs.check()
        found = _swept(
            loaded,
            grid or [],
            design,
            points,
            as_json=as_json,
            replications=replications,
            seed=seed,
            store=store,
            jobs=jobs,
            backend=backend,
            figures=figure,
        )
        said = outputs.deliver(found)
        if as_json:
            print_json(found.as_dict())
        else:
            from ..experiments.report.sweep_terminal import print_sweep

            print_sweep(found, figure or [], console())
            for sentence in said:
                typer.echo(sentence)
        for alarm in found.alarms:
            typer.echo(f"alarm: {alarm}", err=True)
        if found.failed:
            _complain_of_failures(found, kept=store is not None)
            raise typer.Exit(FAILED)


def _swept(
    scenario: "Scenario",
    grid: list[str],
    design: str,
    points: int | None,
    *,
    as_json: bool,
    replications: int | None,
    seed: int | None,
    store: str | None,
    jobs: int,
    backend: str,
    figures: list[str] | None,
) -> "Sweep":
    """Sweep a scenario, with what can go wrong in the words of the command line."""
    from ..experiments.store.address import AddressError, StoreError
    from ..experiments.sweeping.designs import check_design
    from ..experiments.sweeping.points import plan_of_keys
    from ..experiments.sweeping.sweeps import check_arguments, swept
    from ..experiments.sweeping.swept_keys import keys_of_texts
    from ..experiments.sweeping.workers import BackendError
    from ..scenarios.complaints import Complaints
    from ..simulator.run import ArgumentError

    try:
        check_arguments(scenario, replications, seed, jobs=jobs, backend=backend, figures=figures)
        check_design(design, points)
        found = Complaints()
        plan = plan_of_keys(keys_of_texts(grid, ORIGIN, found), scenario, design, points, ORIGIN, found)
        with progress_of(as_json) as progress:
            return swept(
                scenario,
                plan,
                replications=replications,
                seed=seed,
                store=store,
                jobs=jobs,
                backend=backend,
                figures=figures,
                progress=progress,
            )
    except ArgumentError as error:
        raise WrongArgumentError(str(error)) from error
    except AddressError as error:
        raise WrongArgumentError(f"--store: {error}") from error
    except (StoreError, BackendError) as error:
        raise FailedError(str(error)) from error
    except KeyboardInterrupt as interrupt:
        raise FailedError(str(interrupt) or "interrupted") from None


def _complain_of_failures(found: "Sweep", *, kept: bool) -> None:
    """Say which points failed and why; the others are there."""
    from ..experiments.sweeping.points import described

    for each in found.failed[:MOST_FAILURES]:
        typer.echo(f"point {each.number} ({described(found.keys, each.values)}): {each.error}", err=True)
    if len(found.failed) > MOST_FAILURES:
        typer.echo(f"… and {len(found.failed) - MOST_FAILURES} more", err=True)
    rest = (
        "what was computed is kept in the store, and the same command tries the failed points again"
        if kept
        else "the others are above"
    )
    typer.echo(f"demandshift: {len(found.failed)} of {len(found.values)} points failed; {rest}", err=True)
