"""The command `optimise`."""

from pathlib import Path
from typing import Annotated

import typer

from .outputs import AsWorkbook, OutDir, Outputs, ReportTo, TableFormat
from .support import (
    AsJson,
    Assignments,
    FailedError,
    Jobs,
    NameOrFile,
    Variants,
    WrongArgumentError,
    complaints,
    console,
    load_scenario,
    print_json,
    progress_of,
)


def optimise_command(
    scenario: NameOrFile,
    what: Annotated[str, typer.Argument(metavar="orders|prices|joint", help="What to plan.")],
    firm: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose plan; without it, the first focal firm's.")
    ] = None,
    objective: Annotated[
        str, typer.Option(metavar="profit|revenue|welfare", help="What is to be large; for prices.")
    ] = "profit",
    scenarios: Annotated[
        int | None,
        typer.Option(metavar="N", help="Draws of demand: of a program of orders (200), of the bound of prices (20)."),
    ] = None,
    replications: Annotated[
        int | None, typer.Option(metavar="N", help="Replications that judge the plan; without it, the scenario's own.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the customers who judge the plan; without it, the scenario's own.")
    ] = None,
    time_limit: Annotated[float | None, typer.Option(metavar="S", help="Seconds for each program.")] = None,
    jobs: Jobs = 1,
    assignments: Assignments = None,
    variants: Variants = None,
    save: Annotated[
        Path | None, typer.Option(metavar="NEW.yaml", help="Write the scenario with the plan in place here.")
    ] = None,
    out: OutDir = None,
    table_format: TableFormat = "csv",
    excel: AsWorkbook = False,
    report: ReportTo = None,
    as_json: AsJson = False,
) -> None:
    """Plan a firm's orders, prices or both by linear programs, and judge the plan in the simulator."""
    with complaints(as_json):
        loaded = load_scenario(scenario, variants, assignments)
        if save is not None and save.suffix not in (".yaml", ".yml"):
            raise WrongArgumentError(f"--save {save}: a scenario file ends in .yaml")
        outputs = Outputs(out, table_format, excel, report)
        outputs.check()
        from ..experiments.planning.optimise import optimise
        from ..experiments.planning.planned import PlanningError
        from ..models.optimise.outcome import ProgramError
        from ..simulator.run import ArgumentError

        try:
            with progress_of(as_json) as progress:
                best = optimise(
                    loaded,
                    what,
                    firm=firm,
                    objective=objective,
                    scenarios=scenarios,
                    replications=replications,
                    seed=seed,
                    time_limit=time_limit,
                    jobs=jobs,
                    progress=progress,
                )
        except (PlanningError, ArgumentError) as error:
            raise WrongArgumentError(str(error)) from error
        except ProgramError as error:
            raise FailedError(str(error)) from error
        if save is not None:
            try:
                best.save(save)
            except OSError as error:
                raise FailedError(f"--save {save}: cannot be written ({error.strerror or error})") from error
        said = outputs.deliver(best)
        if as_json:
            print_json(best.as_dict())
            return
        from ..experiments.report.plan_terminal import print_plan

        print_plan(best, console())
        if save is not None:
            typer.echo(f"The scenario with the plan in place is in {save}.")
        for sentence in said:
            typer.echo(sentence)
