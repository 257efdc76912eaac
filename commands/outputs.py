"""Where experiments put what they found: tables, a workbook, a report. Every command that runs something shares it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .support import FailedError, WrongArgumentError

if TYPE_CHECKING:
    from ..experiments.report.page import Outcome

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

    def deliver(self, outcome: "Outcome") -> list[str]:
        """Write what was asked for and return a sentence for each place.

        Raises
        ------
        FailedError
            If it cannot be written; what was written before stays.
        """
        said = []
        try:
            if self.out is not None:
                from ..experiments.tables import save_tables

                save_tables(outcome, self.out, self.table_format, workbook=self.excel)
                said.append(f"Tables{', workbook' if self.excel else ''} and manifest are in {self.out}.")
            if self.report is not None:
                from ..experiments.report.html import write_page

                write_page(outcome.page(), self.report)
                said.append(f"The report is in {self.report}.")
        except OSError as error:
            place = error.filename or self.report or self.out
            raise FailedError(f"{place}: cannot be written ({error.strerror or error})") from error
        return said
