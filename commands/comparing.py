"""The command `compare`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .outputs import AsWorkbook, OutDir, Outputs, ReportTo, TableFormat
from .support import (
    AsJson,
    Assignments,
    FailedError,
    Jobs,
    NameOrFile,
    WrongArgumentError,
    complaints,
    console,
    load_scenario,
    print_json,
    progress_of,
    replications_of,
)

if TYPE_CHECKING:
    from ..experiments.comparison.findings import Comparison
    from ..scenarios.scenario import Scenario


def compare_command(
    scenario: NameOrFile,
    variants: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B,…", help="Variants to compare, A+B for two together; without it, all that it declares."
        ),
    ] = None,
    against: Annotated[
        str, typer.Option(metavar="NAME", help="What the others are compared with: base is the scenario as it is.")
    ] = "base",
    replications: Annotated[
        str | None,
        typer.Option(metavar="N|auto", help="How many of each; auto goes on until --precision is met."),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            help="For auto: half-width of the differences in the focal firms' profit, relative to the profit that they "
            "are compared with (default 0.01)."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all; without it, the scenario's own.")] = None,
    figures: Annotated[
        list[str] | None,
        typer.Option(
            "--figure",
            metavar="FIGURE",
            help="A figure to compare in place of the usual ones: profit, or offer.cola.sales; all for all. May be "
            "given several times.",
        ),
    ] = None,
    firm: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose figures; without it, those of the focal firms.")
    ] = None,
    best: Annotated[bool, typer.Option("--best", help="Select the best by the procedure of Kim and Nelson.")] = False,
    objective: Annotated[
        str | None, typer.Option(metavar="FIGURE", help="With --best: what it is the best in (default profit).")
    ] = None,
    goal: Annotated[
        str | None,
        typer.Option(metavar="largest|smallest", help="With --best: without it, as the objective suggests."),
    ] = None,
    indifference: Annotated[
        str | None,
        typer.Option(metavar="X|P%", help="With --best: the smallest difference that would matter, such as 50, or 1%."),
    ] = None,
    confidence: Annotated[
        float | None, typer.Option(help="With --best: chance of selecting the best (default 0.95).")
    ] = None,
    first_stage: Annotated[
        int | None, typer.Option(metavar="N", help="With --best: replications before anybody is screened (default 20).")
    ] = None,
    at_most: Annotated[
        int | None,
        typer.Option(metavar="N", help="With --best: replications of each at which it is given up (10,000)."),
    ] = None,
    jobs: Jobs = 1,
    engine: Annotated[
        str, typer.Option(help="The engine: kernel or loop; the figures do not depend on it.")
    ] = "kernel",
    assignments: Assignments = None,
    out: OutDir = None,
    table_format: TableFormat = "csv",
    excel: AsWorkbook = False,
    report: ReportTo = None,
    as_json: AsJson = False,
) -> None:
    """Compare variants of a scenario on the same customers: figures, differences, what is beyond doubt, who is best."""
    with complaints(as_json):
        outputs = Outputs(out, table_format, excel, report)
        loaded = load_scenario(scenario, None, assignments)
        count = replications_of(replications)
        outputs.check()
        settings: dict[str, Any] = {
            "against": against,
            "replications": count,
            "precision": precision,
            "seed": seed,
            "firm": firm,
            "best": best,
            "objective": objective,
            "goal": goal,
            "indifference": indifference,
            "confidence": confidence,
            "first_stage": first_stage,
            "at_most": at_most,
            "jobs": jobs,
            "engine": engine,
        }
        if figures:
            settings["figures"] = figures
        comparison = _compare(loaded, _names(variants, loaded.variants), settings, as_json)
        said = outputs.deliver(comparison)
        if as_json:
            print_json(comparison.as_dict())
        else:
            from ..experiments.report.comparison_terminal import print_comparison

            print_comparison(comparison, console())
            for sentence in said:
                typer.echo(sentence)
        for alarm in comparison.alarms:
            typer.echo(f"alarm: {alarm}", err=True)


def _names(texts: list[str] | None, declared: tuple[str, ...]) -> list[str] | None:
    """Return the names of variants; a text that is one whole name is not taken apart at its commas."""
    if texts is None:
        return None
    names = [name for text in texts for name in ([text] if text in declared else text.split(","))]
    return [stripped for name in names if (stripped := name.strip())]


def _compare(scenario: "Scenario", variants: list[str] | None, settings: dict[str, Any], as_json: bool) -> "Comparison":
    """Compare, with what can go wrong in the words of the command line."""
    from ..experiments.comparison.comparing import compare
    from ..experiments.comparison.figure_names import ComparisonError
    from ..simulator.build.compiled import EngineError
    from ..simulator.ledger import InvariantError
    from ..simulator.run import ArgumentError

    try:
        with progress_of(as_json) as progress:
            return compare(scenario, variants, progress=progress, **settings)
    except (ComparisonError, ArgumentError, EngineError) as error:
        raise WrongArgumentError(_told(error)) from error
    except InvariantError as error:
        text = f"{_told(error)}; this is a fault of the program, please report it with the scenario"
        raise FailedError(text) from error
    except KeyboardInterrupt:
        raise FailedError("interrupted; nothing was written") from None


def _told(error: Exception) -> str:
    """Return what an error says, with the notes that say whose it is."""
    return " ".join([str(error), *(f"({note})" for note in getattr(error, "__notes__", ()))])
