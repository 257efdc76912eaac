"""The command `reproduce`."""

from typing import Annotated

import typer

from .outputs import AsWorkbook, OutDir, Outputs, ReportTo, TableFormat
from .support import FAILED, AsJson, FailedError, WrongArgumentError, complaints, console, print_json, progress_of


def reproduce_command(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME…]", help="Studies; without any, all of them.")
    ] = None,
    short: Annotated[
        bool, typer.Option("--short", help="Simulate less and leave out what takes long: under a minute.")
    ] = False,
    only_list: Annotated[
        bool, typer.Option("--list", help="Show all studies, and why some cannot be run; run nothing.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="Seed of what is simulated; without it, the one fixed beforehand.")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Studies at once; the figures do not depend on it.")] = 1,
    out: OutDir = None,
    table_format: TableFormat = "csv",
    excel: AsWorkbook = False,
    report: ReportTo = None,
    as_json: AsJson = False,
) -> None:
    """Find published results anew, ours beside theirs; exit status 1 if one is off by more than it may be."""
    with complaints(as_json):
        outputs = Outputs(out, table_format, excel, report)
        outputs.check()
        from ..experiments.reproduce.case import CaseError
        from ..experiments.reproduce.running import ArgumentError, reproduce
        from ..experiments.reproduce.study import SEED

        try:
            if only_list:
                _list(names or [], as_json)
                return
            with progress_of(as_json, "studies") as progress:
                found = reproduce(
                    names or (), short=short, seed=SEED if seed is None else seed, jobs=jobs, progress=progress
                )
        except ArgumentError as error:
            raise WrongArgumentError(str(error)) from error
        except CaseError as error:
            raise FailedError(f"{error}; this is a fault of the program") from error
        said = outputs.deliver(found)
        if as_json:
            print_json(found.as_dict())
        else:
            from ..experiments.reproduce.terminal import print_reproduction

            print_reproduction(found, console())
            for sentence in said:
                typer.echo(sentence)
        if not found.agrees:
            raise typer.Exit(FAILED)


def _list(names: list[str], as_json: bool) -> None:
    """Show studies, each in a line."""
    from ..experiments.reproduce.running import find_cases, reason_not_to_run
    from ..experiments.reproduce.terminal import list_line

    cases = find_cases(names)
    if as_json:
        studies = [
            {
                "name": case.name,
                "topic": case.topic,
                "title": case.title,
                "claim": case.claim,
                "source": case.source,
                "evidence": case.evidence,
                "not_run_because": reason_not_to_run(case) or None,
            }
            for case in cases
        ]
        print_json({"schema_version": 1, "studies": studies})
        return
    width = max(len(case.name) for case in cases)
    for case in cases:
        typer.echo(list_line(case, width))
