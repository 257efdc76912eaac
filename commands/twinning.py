"""The command `twin`."""

from typing import Annotated

import typer

from .outputs import AsWorkbook, OutDir, Outputs, ReportTo, TableFormat
from .support import (
    AsJson,
    Assignments,
    NameOrFile,
    Variants,
    asking,
    complaints,
    console,
    load_scenario,
    print_json,
    progress_of,
)

Changes = Annotated[
    list[str],
    typer.Option(
        "--change",
        metavar="VARIANT|KEY=VALUE",
        help="What is changed: a variant of the scenario, or a value; may be given several times.",
    ),
]


def twin_command(
    scenario: NameOrFile,
    change: Changes,
    replications: Annotated[
        int | None,
        typer.Option(metavar="N", help="Replications of each world; without it, the scenario's own number."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed; without it, the scenario's own.")] = None,
    jobs: Annotated[int, typer.Option(help="Number of processes; the figures do not depend on it.")] = 1,
    assignments: Assignments = None,
    variants: Variants = None,
    out: OutDir = None,
    table_format: TableFormat = "csv",
    excel: AsWorkbook = False,
    report: ReportTo = None,
    as_json: AsJson = False,
) -> None:
    """Follow every customer through a scenario without a change and with it: who moves from what to what."""
    with complaints(as_json):
        outputs = Outputs(out, table_format, excel, report)
        outputs.check()
        loaded = load_scenario(scenario, variants, assignments)
        from ..experiments.twins.running import twin

        with asking(), progress_of(as_json) as progress:
            found = twin(loaded, change, replications, seed, jobs=jobs, progress=progress)
        said = outputs.deliver(found)
        if as_json:
            print_json(found.as_dict())
        else:
            from ..experiments.report.twin_terminal import print_twin

            print_twin(found, console())
            for sentence in said:
                typer.echo(sentence)
        for alarm in found.alarms:
            typer.echo(f"alarm: {alarm}", err=True)
