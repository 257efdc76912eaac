"""The command `run`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .outputs import AsWorkbook, Outputs, ReportTo, TableFormat
from .support import (
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
    replications_of,
)

if TYPE_CHECKING:
    from ..scenarios.scenario import Scenario
    from ..simulator.results import Result
    from ..simulator.run import Progress


def run_command(
    scenario: NameOrFile,
    replications: Annotated[
        str | None,
        typer.Option(metavar="N|auto", help="How many replications; auto goes on until --precision is met."),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(help="For auto: half-width of the focal firms' profit, relative to it (default 0.01)."),
    ] = None,
    seed: Seed = None,
    jobs: Jobs = 1,
    engine: Annotated[
        str, typer.Option(help="The engine: kernel, compiled, or loop, readable; the figures do not depend on it.")
    ] = "kernel",
    assignments: Assignments = None,
    variants: Variants = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write tables, scenario, manifest and kept customers here.")
    ] = None,
    table_format: TableFormat = "csv",
    excel: AsWorkbook = False,
    report: ReportTo = None,
    as_json: AsJson = False,
) -> None:
    """Run a scenario and print what was earned and where demand went."""
    with complaints(as_json):
        loaded = load_scenario(scenario, variants, assignments)
        count = replications_of(replications)
        keeps = loaded.settled.head.customers == "keep"
        outputs = Outputs(out, table_format, excel, report)
        outputs.check()
        if out is not None:
            _check_destination(out, table_format, keeps_customers=keeps)
        elif keeps:
            raise WrongArgumentError(
                f"{loaded.name!r} keeps its customers: say where with --out DIR, or --set customers=counts"
            )
        customers_to = out / "customers" if out is not None and keeps else None
        with progress_of(as_json) as progress:
            result = _run(
                loaded,
                count,
                seed,
                precision=precision,
                jobs=jobs,
                engine=engine,
                customers_to=customers_to,
                progress=progress,
            )
        from ..experiments.report.run_outcome import RunOutcome

        said = outputs.deliver(RunOutcome(result), result.save, beside=("scenario", *(["customers"] if keeps else [])))
        if as_json:
            print_json(result.as_dict())
        else:
            from ..experiments.report.terminal import print_result

            print_result(result, console())
            for sentence in said:
                typer.echo(sentence)
        for alarm in result.alarms:
            typer.echo(f"alarm: {alarm}", err=True)


def _check_destination(out: Path, table_format: str, *, keeps_customers: bool) -> None:
    """Refuse a folder or format for results before anything is simulated."""
    from ..simulator.saving import check_destination

    try:
        check_destination(out, table_format, keeps_customers=keeps_customers)
    except OSError as error:
        raise WrongArgumentError(f"--out {out}: cannot be written ({error.strerror or error})") from error
    except ValueError as error:
        raise WrongArgumentError(f"--format: {error}") from error


def _run(
    scenario: "Scenario",
    replications: int | Literal["auto"] | None,
    seed: int | None,
    *,
    precision: float | None,
    jobs: int,
    engine: str,
    customers_to: Path | None,
    progress: "Progress | None",
) -> "Result":
    """Run a scenario, with what can go wrong in the words of the command line."""
    from ..simulator.ledger import InvariantError
    from ..simulator.run import ArgumentError, run

    try:
        return run(
            scenario,
            replications,
            seed,
            precision=precision,
            jobs=jobs,
            engine=engine,
            customers_to=customers_to,
            progress=progress,
        )
    except ArgumentError as error:
        raise WrongArgumentError(str(error)) from error
    except InvariantError as error:
        raise FailedError(f"{error}; this is a fault of the program, please report it with the scenario") from error
    except OSError as error:
        if customers_to is None:
            raise
        raise FailedError(f"customers cannot be written ({error.strerror or error})") from error
    except KeyboardInterrupt:
        raise FailedError("interrupted; nothing was written") from None
