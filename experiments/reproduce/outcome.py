"""What a reproduction found: a row for each figure, a table and perhaps a picture for each study, and a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from ..report.page import Page, Picture, Table
from .case import EVIDENCE, Case
from .study import Row
from .wording import COLUMNS, cells_of, number_text, ours_text

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1

Status = Literal["agrees", "OFF", "not yet", "needs data"]


@dataclass(frozen=True)
class StudyOutcome:
    """One case, and what was found."""

    case: Case
    rows: tuple[Row, ...]
    picture: Picture | None = None
    reason: str = ""
    """Why it was not run, if it was not."""

    @property
    def off(self) -> tuple[Row, ...]:
        """The figures that are off by more than they may be."""
        return tuple(row for row in self.rows if row.verdict == "OFF")

    @property
    def status(self) -> Status:
        """What became of it."""
        if self.reason:
            return "not yet" if self.case.not_yet else "needs data"
        return "OFF" if self.off else "agrees"

    def count(self, verdict: str) -> int:
        """Return how many figures have a verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    def summary(self) -> dict[str, Any]:
        """Return one row for the table of studies."""
        return {
            "study": self.case.name,
            "topic": self.case.topic,
            "status": self.status,
            "figures": len(self.rows),
            "agree": self.count("agrees"),
            "differ_as_known": self.count("differs, as known"),
            "off": len(self.off),
            "not_yet": self.count("not yet"),
            "evidence": self.case.evidence,
            "title": self.case.title,
            "source": self.case.source,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Reproduction:
    """What `reproduce` found."""

    studies: tuple[StudyOutcome, ...]
    manifest: Mapping[str, Any]
    """Seed, whether it was the short version, program versions, time taken."""

    @property
    def off(self) -> tuple[Row, ...]:
        """All figures that are off by more than they may be."""
        return tuple(row for study in self.studies for row in study.off)

    @property
    def agrees(self) -> bool:
        """Whether no figure is off."""
        return not self.off

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        run = sum(not study.reason for study in self.studies)
        figures = sum(len(study.rows) for study in self.studies if not study.reason)
        counts = {
            verdict: sum(study.count(verdict) for study in self.studies if not study.reason)
            for verdict in ("agrees", "differs, as known", "OFF", "not yet")
        }
        parts = [f"{counts['agrees']} agree", f"{counts['OFF']} off"]
        if counts["differs, as known"]:
            parts.insert(1, f"{counts['differs, as known']} off by a known difference")
        if counts["not yet"]:
            parts.append(f"{counts['not yet']} not yet")
        said = f"{run} {'study' if run == 1 else 'studies'}, {figures} figures: {', '.join(parts)}."
        left = len(self.studies) - run
        return f"{said} {left} more {'study' if left == 1 else 'studies'} could not be run." if left else said

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Return all tables: `figures`, a row for each; `studies`, a row for each."""
        import pandas as pd

        columns = [each.name for each in fields(Row)]
        rows = [row.as_dict() for study in self.studies for row in study.rows]
        figures = pd.DataFrame(rows, columns=columns)
        # Texts and numbers stand in one column; a table has one type in each.
        for column in ("published", "ours"):
            figures[column] = [None if value is None else _plain(value) for value in figures[column].tolist()]
        studies = pd.DataFrame([study.summary() for study in self.studies])
        return {"figures": figures.astype({"n": "Int64"}), "studies": studies}

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain data, as `--json` prints it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "agrees": self.agrees,
            "sentence": self.sentence(),
            "off": [f"{row.study}: {row.figure}" for row in self.off],
            "studies": [
                {**study.summary(), "claim": study.case.claim, "rows": [row.as_dict() for row in study.rows]}
                for study in self.studies
            ],
            "manifest": dict(self.manifest),
        }

    def page(self) -> Page:
        """Return the report: a section for each study, with its picture where there is one."""
        import pandas as pd

        studies = self.frames()["studies"].drop(columns=["topic", "source", "reason"])
        levels = "; ".join(f"{level}: {text}" for level, text in EVIDENCE.items())
        parts: list[Picture | Table] = [Table("All studies", f"Levels of evidence. {levels}.", studies, shown=True)]
        for study in self.studies:
            said = f"{study.case.claim} Source: {study.case.source}. Evidence: {study.case.evidence}."
            if study.reason:
                said = f"{said} Not run: {study.reason}."
            if study.picture is not None:
                parts.append(study.picture)
            own = pd.DataFrame([(*cells_of(row), row.note) for row in study.rows], columns=[*COLUMNS, "note"])
            parts.append(Table(study.case.title, said, own, shown=not study.reason))
        alarms = tuple(
            f"{row.study}: {row.figure} ({row.method}) is {ours_text(row)}, published {number_text(row.published)}"
            for row in self.off
        )
        lead = (
            f"{self.sentence()} Deviations are ours less the published figure; what is simulated may be off by four "
            "standard errors, everything else by what the printed digits or independent code allow."
        )
        return Page("Published results, reproduced", lead, tuple(parts), self.manifest, alarms)


def _plain(value: object) -> str:
    """Return a figure as text, a number with all digits that count."""
    return f"{value:.12g}" if isinstance(value, float) else str(value)
