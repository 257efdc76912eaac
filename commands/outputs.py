"""Where experiments put what they found: tables, a workbook, a report. Every command that runs something shares it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .support import FailedError, WrongArgumentError, command_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..experiments.report.page import Outcome

    Save = Callable[[Path, str], object]

OutDir = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Write all tables and where they come from here.")
]
TableFormat = Annotated[str, typer.Option("--format", metavar="csv|parquet", help="Format of the tables.")]
AsWorkbook = Annotated[bool, typer.Option("--excel", help="With --out: also all tables as one workbook.")]
ReportTo = Annotated[
    Path | None, typer.Option("--report", metavar="FILE.html", help="Write a report that any browser opens, offline.")
]


@dataclass(frozen=True)
class Outputs:
    """What the options above say."""

    out: Path | None = None
    table_format: str = "csv"
    excel: bool = False
    report: Path | None = None

    def check(self) -> None:
        """Refuse what cannot be written before anything is computed.

        Raises
        ------
        WrongArgumentError
            For a folder or file that cannot be written, or an unknown format.
        """
        from ..experiments.tables import check_folder, check_report

        if self.excel and self.out is None:
            raise WrongArgumentError("--excel writes a workbook beside the tables: say where with --out DIR")
        try:
            if self.out is not None:
                check_folder(self.out, self.table_format)
        except OSError as error:
            raise WrongArgumentError(f"--out {self.out}: cannot be written ({error.strerror or error})") from error
        except ValueError as error:
            raise WrongArgumentError(f"--format: {error}") from error
        try:
            if self.report is not None:
                check_report(self.report)
        except OSError as error:
            raise WrongArgumentError(
                f"--report {self.report}: cannot be written ({error.strerror or error})"
            ) from error
        except ValueError as error:
            raise WrongArgumentError(f"--report {self.report}: {error}") from error

    def deliver(self, outcome: "Outcome", save: "Save | None" = None, *, beside: tuple[str, ...] = ()) -> list[str]:
        """Write what was asked for and return a sentence for each place.

        Parameters
        ----------
        outcome
            What was found.
        save
            What writes the tables and the manifest, called with folder and format, where there is more to keep.
        beside
            What that is, in words.

        Raises
        ------
        FailedError
            If it cannot be written; what was written before stays.
        """
        said = []
        if self.out is not None:
            try:
                self._save(outcome, self.out, save)
            except OSError as error:
                raise FailedError(f"--out {self.out}: cannot be written ({error.strerror or error})") from error
            kinds = ["Tables", *beside, *(["workbook"] if self.excel else [])]
            said.append(f"{', '.join(kinds)} and manifest are in {self.out}.")
        if self.report is not None:
            from ..experiments.report.html import write_page

            try:
                write_page(outcome.page(), self.report, command=command_line())
            except OSError as error:
                raise FailedError(f"--report {self.report}: cannot be written ({error.strerror or error})") from error
            said.append(f"The report is in {self.report}.")
        return said

    def _save(self, outcome: "Outcome", out: Path, save: "Save | None") -> None:
        from ..experiments.tables import save_tables, save_workbook

        if save is None:
            save_tables(outcome, out, self.table_format, workbook=self.excel)
            return
        save(out, self.table_format)
        if self.excel:
            save_workbook(outcome.frames(), out)
