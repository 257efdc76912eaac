"""What tuning found as tables and as plain data."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...simulator.estimates import Estimate
from .candidates import Candidate, Judged

if TYPE_CHECKING:
    import pandas as pd

    from .outcome import Tuning


def trials_frame(tuning: "Tuning") -> "pd.DataFrame":
    """Return every candidate: number, its values by key, objective and constrained figures, and whether it may be.

    A figure `x` has the columns `x`, `x_half_width` and `n`; they are those of the search, and flatter the best.
    """
    import pandas as pd

    columns: dict[str, Any] = {"candidate": [each.number for each in tuning.candidates]}
    for axis in tuning.space.axes:
        columns[axis.key] = _alike([each.settings[axis.key] for each in tuning.candidates])
    for place, label in enumerate(_labels(tuning)):
        estimates = [_estimate(each, place) for each in tuning.candidates]
        columns[label] = _floats(None if each is None else each.mean for each in estimates)
        columns[f"{label}_half_width"] = _floats(None if each is None else each.half_width for each in estimates)
    count = tuning.manifest["replications"]
    columns["n"] = [count if each.judged is not None else 0 for each in tuning.candidates]
    columns["keeps_constraints"] = [each.judged is not None and each.judged.is_allowed for each in tuning.candidates]
    in_race = {runner.candidate.number for runner in tuning.race.runners}
    columns["in_race"] = [each.number in in_race for each in tuning.candidates]
    columns["problem"] = pd.Series([each.problem for each in tuning.candidates], dtype="string")
    return pd.DataFrame(columns)


def race_frame(tuning: "Tuning") -> "pd.DataFrame":
    """Return the candidates in the race, on its customers: figures, what each is ahead of the present policy."""
    import pandas as pd

    runners = tuning.race.runners
    columns: dict[str, Any] = {"candidate": [each.candidate.number for each in runners]}
    for axis in tuning.space.axes:
        columns[axis.key] = _alike([each.candidate.settings[axis.key] for each in runners])
    for place, label in enumerate(_labels(tuning)):
        estimates = [each.judged.measures[place].estimate() for each in runners]
        columns[label] = _floats(each.mean for each in estimates)
        columns[f"{label}_half_width"] = _floats(each.half_width for each in estimates)
    columns["less_present"] = _floats(each.ahead.mean for each in runners)
    columns["less_present_half_width"] = _floats(each.ahead.half_width for each in runners)
    columns["n"] = tuning.race.replications
    columns["keeps_constraints"] = [each.judged.is_allowed for each in runners]
    columns["may_be_best"] = [each.may_be_best for each in runners]
    columns["chosen"] = [place == tuning.race.chosen for place in range(len(runners))]
    return pd.DataFrame(columns)


def best_frame(tuning: "Tuning") -> "pd.DataFrame":
    """Return the verdict: each figure of the chosen policy, of the present one, and their paired difference."""
    import pandas as pd

    final = tuning.final
    rows = []
    for place, label in enumerate(_labels(tuning)):
        best, present = final.best.measures[place].estimate(), final.present.measures[place].estimate()
        difference = final.differences[place]
        rows.append(
            {
                "figure": label,
                "unit": final.best.measures[place].unit,
                "role": "objective" if place == 0 else str(tuning.goals.constraints[place - 1]),
                "verdict": None if place == 0 else final.best.verdicts[place - 1],
                "best": best.mean,
                "best_half_width": best.half_width,
                "present": present.mean,
                "present_half_width": present.half_width,
                "difference": difference.mean,
                "difference_half_width": difference.half_width,
                "n": difference.n,
            }
        )
    frame = pd.DataFrame(rows)
    numbers = [f"{name}{end}" for name in ("best", "present", "difference") for end in ("", "_half_width")]
    return frame.astype({**dict.fromkeys(numbers, "float64"), "verdict": "string"})


def values_frame(tuning: "Tuning") -> "pd.DataFrame":
    """Return the keys that could change: the range, the present and the chosen value, as text."""
    import pandas as pd

    present, best = tuning.candidates[0].settings, tuning.best_values
    rows = [
        {"key": axis.key, "range": str(axis), "present": as_text(present[axis.key]), "best": as_text(best[axis.key])}
        for axis in tuning.space.axes
    ]
    return pd.DataFrame(rows, columns=["key", "range", "present", "best"])


def plain_data(tuning: "Tuning") -> dict[str, Any]:
    """Return everything as one object that JSON can hold."""
    final, race = tuning.final, tuning.race
    return {
        "scenario": tuning.scenario.name,
        "firm": tuning.firm,
        "objective": tuning.manifest["objective"],
        "constraints": list(tuning.manifest["constraints"]),
        "over": dict(tuning.manifest["over"]),
        "left_out": list(tuning.space.dropped),
        "present_values": dict(tuning.candidates[0].settings),
        "best_values": dict(tuning.best_values),
        "best_is_present": tuning.is_present,
        "gain": tuning.gain.as_dict(),
        "beyond_doubt": tuning.is_beyond_doubt,
        "promised_by_search": tuning.promised,
        "verdict": [
            {
                "figure": label,
                "best": final.best.measures[place].estimate().as_dict(),
                "present": final.present.measures[place].estimate().as_dict(),
                "difference": final.differences[place].as_dict(),
                **({} if place == 0 else _constraint_as_data(tuning, place - 1)),
            }
            for place, label in enumerate(_labels(tuning))
        ],
        "race": {
            "replications": race.replications,
            "difference": race.difference,
            "behind": race.behind,
            "chosen": race.runners[race.chosen].candidate.number,
            "runners": [
                {
                    "candidate": runner.candidate.number,
                    "values": dict(runner.candidate.settings),
                    **_figures(runner.judged),
                    "less_present": runner.ahead.as_dict(),
                    "may_be_best": runner.may_be_best,
                }
                for runner in race.runners
            ],
        },
        "trials": [
            {
                "candidate": each.number,
                "values": dict(each.settings),
                **({"problem": each.problem} if each.judged is None else _figures(each.judged)),
            }
            for each in tuning.candidates
        ],
        "alarms": list(tuning.alarms),
        "manifest": dict(tuning.manifest),
    }


def _constraint_as_data(tuning: "Tuning", place: int) -> dict[str, str]:
    return {"constraint": str(tuning.goals.constraints[place]), "verdict": tuning.final.best.verdicts[place]}


def _figures(judged: Judged) -> dict[str, Any]:
    labels = dict.fromkeys(aim.label for aim in judged.goals.aims)
    pairs = zip((aim.label for aim in judged.goals.aims), judged.measures, strict=True)
    found = {label: measure.estimate().as_dict() for label, measure in pairs}
    return {"figures": {label: found[label] for label in labels}, "keeps_constraints": judged.is_allowed}


def _labels(tuning: "Tuning") -> list[str]:
    """Return what the figures are called, the objective first; a figure may be under two constraints."""
    return [aim.label for aim in tuning.goals.aims]


def _estimate(candidate: Candidate, place: int) -> Estimate | None:
    return None if candidate.judged is None else candidate.judged.measures[place].estimate()


def _floats(values: Iterable[float | None]) -> "pd.Series[float]":
    import pandas as pd

    return pd.Series([float("nan") if value is None else value for value in values], dtype="float64")


def _alike(values: list[object]) -> "pd.Series[Any]":
    """Return values as a column of one type: numbers, or else text as JSON writes it (texts themselves as they are)."""
    import pandas as pd

    there = [value for value in values if value is not None]
    if all(isinstance(value, int) and not isinstance(value, bool) for value in there):
        return pd.Series(values, dtype="Int64")
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        return pd.Series(values, dtype="Float64")
    return pd.Series([None if value is None else as_text(value) for value in values], dtype="string")


def as_text(value: object) -> str:
    """Return a value of a key as tables show it."""
    if value is None:
        return "not set"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
