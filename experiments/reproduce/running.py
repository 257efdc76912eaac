"""Running studies, one after the other or several at once, and looking names up."""

import datetime
import difflib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ...simulator.run import program_versions
from .case import Case, all_cases
from .outcome import Reproduction, StudyOutcome
from .study import DATA, SEED, rows_not_yet, rows_of, study_of

SEEDS = 2**32
"""Seeds are below it."""

Progress = Callable[[int, int], None]
"""Called with the number of studies done and the number planned."""


class ArgumentError(ValueError):
    """An argument of a reproduction is wrong."""


def find_cases(names: Sequence[str]) -> tuple[Case, ...]:
    """Return cases by name, in the order of `all_cases`; all of them for no name.

    Raises
    ------
    ArgumentError
        If a name is unknown.
    """
    known = {case.name: case for case in all_cases()}
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ArgumentError(f"there is no study {name!r}{hint} (--list shows all)")
    return tuple(case for case in known.values() if not names or case.name in names)


def reason_not_to_run(case: Case) -> str:
    """Return why a case cannot be run here; empty where it can."""
    if case.not_yet:
        return case.not_yet
    if case.needs_data:
        folder = os.environ.get(DATA)
        if folder is None:
            return (
                f"its published instances are not part of the program; {DATA} names the folder in which they lie in "
                f"{case.needs_data}"
            )
        if not (Path(folder) / case.needs_data).is_dir():
            return f"there is no folder {case.needs_data} in {folder}, which {DATA} names"
    return ""


def reproduce(
    names: Sequence[str] = (),
    *,
    short: bool = False,
    seed: int = SEED,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Reproduction:
    """Find published results anew.

    Parameters
    ----------
    names : sequence of str
        Of studies; without any, all.
    short : bool
        Whether to simulate less and to leave out what takes long.
    seed : int
        Of the simulations, in [0, 2³²). It was fixed beforehand; with another, one simulated figure in some thousands
        is off by chance.
    jobs : int
        How many studies run at once; the figures do not depend on it.
    progress : callable, optional
        Called as `progress(done, planned)`.

    Raises
    ------
    ArgumentError
        If an argument is wrong.
    CaseError
        If the file of a case is wrong.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise ArgumentError(f"seed must be a whole number in [0, 2**32) (got {seed!r})")
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise ArgumentError(f"jobs must be a whole number above 0 (got {jobs!r})")
    begun, started = datetime.datetime.now(datetime.UTC), time.perf_counter()
    cases = find_cases(names)
    done = _several(cases, short, seed, jobs, progress) if jobs > 1 else _in_turn(cases, short, seed, progress)
    manifest = {
        "studies": [case.name for case in cases],
        "short": short,
        "seed": seed,
        "versions": dict(program_versions()),
        "time": {
            "begun": begun.isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - started, 3),
        },
    }
    return Reproduction(tuple(done), manifest)


def _in_turn(cases: Sequence[Case], short: bool, seed: int, progress: Progress | None) -> list[StudyOutcome]:
    done: list[StudyOutcome] = []
    for case in cases:
        done.append(_outcome(case, short, seed))
        if progress is not None:
            progress(len(done), len(cases))
    return done


def _several(cases: Sequence[Case], short: bool, seed: int, jobs: int, progress: Progress | None) -> list[StudyOutcome]:
    from joblib import Parallel, delayed

    done: list[StudyOutcome] = []
    tasks = (delayed(_outcome)(case, short, seed) for case in cases)
    for outcome in Parallel(n_jobs=jobs, batch_size=1, return_as="generator")(tasks):
        done.append(outcome)
        if progress is not None:
            progress(len(done), len(cases))
    return done


def _outcome(case: Case, short: bool, seed: int) -> StudyOutcome:
    reason = reason_not_to_run(case)
    if reason:
        return StudyOutcome(case, tuple(rows_not_yet(case, reason)), reason=reason)
    rows = tuple(rows_of(case, short=short, seed=seed))
    draw = study_of(case).picture
    return StudyOutcome(case, rows, None if draw is None else draw(case))
