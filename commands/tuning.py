"""The command `tune`."""

from pathlib import Path
from typing import Annotated

import typer

from .outputs import AsWorkbook, OutDir, Outputs, ReportTo, TableFormat
from .support import (
    AsJson,
    Assignments,
    FailedError,
    NameOrFile,
    Variants,
    WrongArgumentError,
    complaints,
    console,
    load_scenario,
    print_json,
    progress_of,
)


def tune_command(
    scenario: NameOrFile,
    over: Annotated[
        list[str],
        typer.Option(
            metavar="KEY=LOW:HIGH",
            help="A value that may change, and its range; also KEY=LOW:HIGH:STEP, or choices, KEY=A,B,C. "
            "May be given several times.",
        ),
    ],
    objective: Annotated[
        str,
        typer.Option(
            metavar="FIGURE", help="What is to be large: a figure of the firm, or welfare; -FIGURE is to be small."
        ),
    ] = "profit",
    such_that: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONSTRAINT", help='What must hold, such as "fill_rate >= 0.95"; may be given several times.'
        ),
    ] = None,
    firm: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose figures; without it, the first focal firm's.")
    ] = None,
    budget: Annotated[int, typer.Option(metavar="N", help="Candidates that the search simulates.")] = 100,
    finalists: Annotated[
        int, typer.Option(metavar="N", help="How many of them race against the present policy on fresh customers.")
    ] = 5,
    difference: Annotated[
        float | None,
        typer.Option(
            metavar="D",
            help="What difference of the objective does not matter; without it, 1 % of the present policy's figure.",
        ),
    ] = None,
    replications: Annotated[
        int | None, typer.Option(metavar="N", help="Replications of a candidate; without it, the scenario's own.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the search and its customers; without it, the scenario's own.")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Number of processes; the answer does not depend on it.")] = 1,
    assignments: Assignments = None,
    variants: Variants = None,
    save: Annotated[
        Path | None, typer.Option(metavar="NEW.yaml", help="Write the scenario with the chosen values here.")
    ] = None,
    out: OutDir = None,
    table_format: TableFormat = "csv",
    excel: AsWorkbook = False,
    report: ReportTo = None,
    as_json: AsJson = False,
) -> None:
    """Search for the best values of a policy, and measure their gain on customers who did not choose them."""
    with complaints(as_json):
        loaded = load_scenario(scenario, variants, assignments)
        if save is not None and save.suffix not in (".yaml", ".yml"):
            raise WrongArgumentError(f"--save {save}: a scenario file ends in .yaml")
        if save is not None and not save.parent.is_dir():
            raise WrongArgumentError(f"--save {save}: there is no folder {save.parent}")
        outputs = Outputs(out, table_format, excel, report)
        outputs.check()
        from ..experiments.tuning.goals import NothingMeetsError, TuningError
        from ..experiments.tuning.procedure import tune
        from ..simulator.run import ArgumentError

        try:
            with progress_of(as_json) as progress:
                tuning = tune(
                    loaded,
                    over,
                    objective=objective,
                    constraints=such_that or [],
                    firm=firm,
                    budget=budget,
                    finalists=finalists,
                    difference=difference,
                    replications=replications,
                    seed=seed,
                    jobs=jobs,
                    progress=progress,
                )
        except (TuningError, ArgumentError) as error:
            raise WrongArgumentError(str(error)) from error
        except NothingMeetsError as error:
            raise FailedError(str(error)) from error
        if save is not None:
            try:
                tuning.save(save)
            except OSError as error:
                raise FailedError(f"--save {save}: cannot be written ({error.strerror or error})") from error
        said = outputs.deliver(tuning)
        if as_json:
            print_json(tuning.as_dict())
            return
        from ..experiments.report.tuning_terminal import print_tuning

        print_tuning(tuning, console())
        if save is not None:
            typer.echo(f"The scenario with the chosen values is in {save}.")
        for sentence in said:
            typer.echo(sentence)
        for alarm in tuning.alarms:
            typer.echo(f"alarm: {alarm}", err=True)
