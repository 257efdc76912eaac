"""Tuning in a terminal: the answer first, then the values, the verdict and the race."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..tuning.outcome import Tuning
from ..tuning.sentences import answer, asked, certainty, gives_way, how, promise, shown
from ..tuning.tables import as_text, values_frame


def print_tuning(tuning: Tuning, console: Console) -> None:
    """Print what tuning found.

    Parameters
    ----------
    tuning
        What `tune` found.
    console
        Where to.
    """
    console.print(f"{tuning.scenario.name}: {asked(tuning)}")
    console.print(how(tuning))
    console.print(_values(tuning))
    left_out = gives_way(tuning)
    if left_out is not None:
        console.print(left_out)
    console.print(_verdict(tuning))
    console.print(answer(tuning))
    said = promise(tuning)
    if said is not None:
        console.print(said)
    console.print(_race(tuning))
    console.print(certainty(tuning))


def _values(tuning: Tuning) -> Table:
    table = Table(box=box.SIMPLE)
    for column in ("key", "present", "chosen", "range"):
        table.add_column(column, overflow="fold")
    for row in values_frame(tuning).astype(str).to_numpy().tolist():
        key, allowed, present, chosen = (Text(cell) for cell in row)
        table.add_row(key, present, chosen, allowed)
    return table


def _verdict(tuning: Tuning) -> Table:
    final = tuning.final
    table = Table(title=f"On fresh customers (n = {final.differences[0].n})", title_justify="left", box=box.SIMPLE)
    table.add_column("")
    for column in ("present", "chosen", "difference"):
        table.add_column(column, justify="right")
    table.add_column("")
    for place, aim in enumerate(tuning.goals.aims):
        said = ""
        if place:
            said = f"{tuning.goals.constraints[place - 1]}: {final.best.verdicts[place - 1]}"
        figures = (final.present.measures[place].estimate(), final.best.measures[place].estimate())
        cells = (shown(each, aim.unit) for each in (*figures, final.differences[place]))
        table.add_row(Text(aim.label), *cells, Text(said))
    return table


def _race(tuning: Tuning) -> Table:
    race, aim = tuning.race, tuning.goals.objective
    table = Table(title=f"The race (n = {race.replications})", title_justify="left", box=box.SIMPLE)
    table.add_column("candidate", justify="right")
    for axis in tuning.space.axes:
        table.add_column(Text(axis.key), justify="right", overflow="fold")
    table.add_column(Text(aim.label), justify="right")
    table.add_column("less the present", justify="right")
    table.add_column("")
    for place, runner in enumerate(race.runners):
        said = "chosen" if place == race.chosen else "" if runner.may_be_best else "not the best"
        if not runner.judged.is_allowed:
            said = "misses a constraint"
        table.add_row(
            "present" if runner.candidate.number == 0 else str(runner.candidate.number),
            *(Text(as_text(runner.candidate.settings[axis.key])) for axis in tuning.space.axes),
            shown(runner.judged.objective, aim.unit),
            "" if runner.candidate.number == 0 else shown(runner.ahead, aim.unit),
            said,
        )
    return table
