"""Reports and pictures from Python: what `--report` does, for notebooks and scripts."""

from pathlib import Path
from typing import TYPE_CHECKING

from ...simulator.results import Result
from .html import write_page
from .page import Outcome
from .run_outcome import RunOutcome
from .run_page import pictures_of_run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def report(outcome: Result | Outcome, path: str | Path) -> Path:
    """Write what was found as a report that any browser opens, offline, and return the file.

    Parameters
    ----------
    outcome : Result or Outcome
        A run, or what an experiment found.
    path : str or Path
        Where to: a name that ends in `.html`. The folder is made if need be; a file that is there is replaced.

    Raises
    ------
    ValueError
        If the name ends otherwise.
    OSError
        If it cannot be written.
    """
    from ..tables import check_report

    file = Path(path)
    check_report(file)
    write_page((RunOutcome(outcome) if isinstance(outcome, Result) else outcome).page(), file)
    return file


def plot(result: Result, picture: str = "timeline") -> "Figure":
    """Return a picture of a run as a plotly figure, in the look of the reports.

    Parameters
    ----------
    result : Result
        A run.
    picture : str
        `money` (and service), `timeline` (stock, empty shelves and prices), `flow` (where demand went) or `rates`
        (transfer rates by kind).

    Raises
    ------
    ValueError
        For another name, and where there is nothing to see: without anybody turned away there is no flow.
    """
    from .look import dressed

    pictures = pictures_of_run(result)
    if picture not in PICTURES:
        raise ValueError(f"there is no picture {picture!r} of a run (known: {', '.join(PICTURES)})")
    if picture not in pictures:
        raise ValueError(f"there is no {picture} to see: {NOTHING_TO_SEE[picture]}")
    return dressed(pictures[picture])


PICTURES = ("money", "timeline", "flow", "rates")
NOTHING_TO_SEE = {
    "flow": "every customer bought at once what was wanted",
    "rates": "nobody was turned away who was willing to move, or moved by choice",
}
