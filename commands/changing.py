"""The commands about a change of a scenario: `twin` and `explain`."""

from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from .outputs import AsWorkbook, OutDir, Outputs, ReportTo, TableFormat
from .support import (
    AsJson,
    Assignments,
    Jobs,
    NameOrFile,
    Seed,
    Variants,
    WrongArgumentError,
    asking,
    complaints,
    console,
    load_scenario,
    print_json,
    progress_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from ..experiments.explaining.found import Explanation
    from ..experiments.twins.found import Twin

    Found = TypeVar("Found", Explanation, Twin)

CHANGE = typer.Option(
    "--change",
    metavar="VARIANT|KEY=VALUE",
    help="What is changed: a variant of the scenario, or a value; may be given several times.",
)
Replications = Annotated[
    int | None,
    typer.Option(metavar="N", help="Replications of each scenario; without it, the scenario's own number."),
]


def twin_command(
    scenario: NameOrFile,
    change: Annotated[list[str], CHANGE],
    replications: Replications = None,
    seed: Seed = None,
    jobs: Jobs = 1,
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
        from ..experiments.report.twin_terminal import print_twin

        _deliver(found, outputs, print_twin, as_json=as_json)


def explain_command(
    scenario: NameOrFile,
    change: Annotated[list[str] | None, CHANGE] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="NAME_OR_FILE", help="Instead of --change: another scenario to compare with."),
    ] = None,
    figure: Annotated[
        str, typer.Option(metavar="NAME", help="Which figure's difference: of a firm, or of all customers.")
    ] = "profit",
    firm: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose figure; without it, the first focal firm's.")
    ] = None,
    orders: Annotated[
        int | None,
        typer.Option(metavar="N", help="With more than 8 changed keys: orders drawn in each replication (default 4)."),
    ] = None,
    replications: Replications = None,
    seed: Seed = None,
    jobs: Jobs = 1,
    assignments: Assignments = None,
    variants: Variants = None,
    out: OutDir = None,
    table_format: TableFormat = "csv",
    excel: AsWorkbook = False,
    report: ReportTo = None,
    as_json: AsJson = False,
) -> None:
    """Say key by key how two scenarios differ, and what each key carries of the difference in profit."""
    with complaints(as_json):
        if (not change) == (to is None):
            raise WrongArgumentError("explain needs either --change or --to: what the scenario is compared with")
        outputs = Outputs(out, table_format, excel, report)
        outputs.check()
        loaded = load_scenario(scenario, variants, assignments)
        other = change or [] if to is None else load_scenario(to, None, None)
        from ..experiments.explaining.running import explain

        with asking(), progress_of(as_json) as progress:
            found = explain(
                loaded,
                other,
                replications,
                seed,
                figure=figure,
                firm=firm,
                orders=orders,
                jobs=jobs,
                progress=progress,
            )
        from ..experiments.report.explanation_terminal import print_explanation

        _deliver(found, outputs, print_explanation, as_json=as_json)


def _deliver(found: "Found", outputs: Outputs, show: "Callable[[Found, Console], None]", *, as_json: bool) -> None:
    """Write what was asked for, and print what was found."""
    said = outputs.deliver(found)
    if as_json:
        print_json(found.as_dict())
    else:
        show(found, console())
        for sentence in said:
            typer.echo(sentence)
    for alarm in found.alarms:
        typer.echo(f"alarm: {alarm}", err=True)
