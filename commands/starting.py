"""The command `new`."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .support import AsJson, FailedError, WrongArgumentError, complaints, print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..scenarios.drafts.answers import Answers, Question

YAML = (".yaml", ".yml")
WORKBOOK = ".xlsx"


def new_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to write: NAME.yaml; NAME.xlsx for a workbook.")],
    template: Annotated[
        str | None, typer.Option(metavar="shop|season|seats", help="The kind of shop; without it, shop.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the scenario is called; without it, as the file.")
    ] = None,
    products: Annotated[
        str | None, typer.Option(metavar="N|NAMES", help="How many products, or their names with commas between.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What a unit of money is called; without it, EUR.")
    ] = None,
    price: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Price of the first product, or of the cheaper fare.")
    ] = None,
    cost: Annotated[str | None, typer.Option(metavar="AMOUNT", help="What a unit of the first product costs.")] = None,
    demand: Annotated[
        str | None, typer.Option(metavar="N", help="Customers who come in a day (season: in a week), buyers or not.")
    ] = None,
    horizon: Annotated[str | None, typer.Option(metavar="N", help="Days to simulate (season: weeks).")] = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day, such as 2026-03-02; without it, no calendar.")
    ] = None,
    stock: Annotated[
        str | None,
        typer.Option(metavar="N", help="Units of each product at the start or for the season; number of seats."),
    ] = None,
    segments: Annotated[str | None, typer.Option(metavar="1|2", help="Groups of customers.")] = None,
    rival: Annotated[bool | None, typer.Option("--rival/--no-rival", help="Whether somebody else sells too.")] = None,
    waiting: Annotated[bool | None, typer.Option("--waiting/--no-waiting", help="Whether customers may wait.")] = None,
    tables: Annotated[bool, typer.Option("--tables", help="Write a folder FILE with CSV tables.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; defaults hold for what is not given.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a scenario of your own, commented and ready to run; in a terminal it asks for what is not given."""
    with complaints(as_json):
        form = _form(file, tables=tables)
        _check_place(file, form, force=force)
        given = {
            "template": template,
            "name": name,
            "products": products,
            "currency": currency,
            "price": price,
            "cost": cost,
            "demand": demand,
            "horizon": horizon,
            "start": start,
            "stock": stock,
            "segments": segments,
            "rival": None if rival is None else str(rival),
            "waiting": None if waiting is None else str(waiting),
        }
        typed = {key: value for key, value in given.items() if value is not None}
        answers = _answers(typed, file, asks=is_conversation() and not yes and not as_json)
        _write(answers, file, form, as_json=as_json)


def is_conversation() -> bool:
    """Tell whether somebody sits there who can be asked."""
    return sys.stdin.isatty()


def _form(file: Path, *, tables: bool) -> str:
    suffix = file.suffix.lower()
    if suffix == WORKBOOK:
        return "workbook"
    if tables:
        if suffix in YAML:
            raise WrongArgumentError(f"{file}: --tables writes a folder, or a workbook NAME.xlsx, not a {suffix} file")
        return "folder"
    if suffix not in YAML:
        mend = "a folder of tables is written with --tables, a workbook's name ends in .xlsx"
        raise WrongArgumentError(f"{file}: the name of a scenario file ends in .yaml; {mend}")
    return "file"


def _check_place(file: Path, form: str, *, force: bool) -> None:
    """Refuse a place that cannot be written before anybody is asked anything."""
    folder = file if form == "folder" else file.parent
    if form == "folder":
        if file.exists() and not file.is_dir():
            raise WrongArgumentError(f"{file}: is a file; the tables need a folder")
        if file.is_dir() and any(file.iterdir()) and not force:
            raise WrongArgumentError(f"{file}: is there already; --force replaces the scenario in it")
    elif file.is_dir():
        raise WrongArgumentError(f"{file}: is a folder")
    elif file.exists() and not force:
        raise WrongArgumentError(f"{file}: is there already; --force replaces it")
    from ..simulator.saving import check_writable

    if form != "folder" and not folder.exists():
        raise WrongArgumentError(f"{file}: there is no folder {str(folder)!r}")
    try:
        check_writable(folder)
    except OSError as error:
        raise WrongArgumentError(f"{file}: cannot be written ({error.strerror or error})") from error


def _answers(typed: dict[str, str], file: Path, *, asks: bool) -> "Answers":
    from ..scenarios.drafts.answers import AnswerError, complete

    if asks:
        typer.echo("A few questions; Enter takes what stands in brackets.\n")
    called = file.stem.strip() if file.stem.isprintable() else ""
    try:
        return complete(typed, called, _ask if asks else None)
    except AnswerError as error:
        raise WrongArgumentError(str(error)) from error


def _ask(question: "Question", words: str, default: str) -> object:
    from ..scenarios.drafts.answers import AnswerError

    def read(text: str) -> object:
        try:
            return question.read(text)
        except AnswerError as error:
            raise typer.BadParameter(str(error)) from error

    return typer.prompt(words, default=default, value_proc=read)


def _write(answers: "Answers", file: Path, form: str, *, as_json: bool) -> None:
    from ..scenarios.drafts.answers import AnswerError
    from ..scenarios.drafts.drafting import checked, draft_of, files_of
    from ..simulator.saving import write_whole

    draft = draft_of(answers)
    files = files_of(draft, form, file.name)
    try:
        scenario = checked(files, form)
    except AnswerError as error:
        raise WrongArgumentError(str(error)) from error
    folder = file if form == "folder" else file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if form == "folder":
            _clear(folder, set(files))
        for name, content in files.items():
            write_whole(folder / name, _writer(content))
    except OSError as error:
        raise FailedError(f"{error.filename or file}: cannot be written ({error.strerror or error})") from error
    # A folder is told from a name of the library by its slash.
    place = f"{file}/" if form == "folder" else str(file) if len(file.parts) > 1 or file.suffix else f"./{file}"
    if as_json:
        written = [str(folder / name) for name in files]
        print_json(
            {
                "schema_version": 1,
                "scenario": scenario.name,
                "scenario_hash": scenario.hash,
                "place": place,
                "files": written,
            }
        )
        return
    shown = shlex.quote(place)
    typer.echo(f"Wrote {place}: {draft.title}\n\nNext:")
    typer.echo(f"  demandshift run {shown}")
    typer.echo(f"  demandshift run {shown} --variant {scenario.variants[0]}")
    typer.echo(f"  demandshift validate {shown}")
    told = "Every line of the file says what it is" if form == "file" else "The table _about says what every column is"
    typer.echo(f"\n{told}; put your own numbers in place, and validate after every change.")


def _writer(content: bytes) -> "Callable[[Path], None]":
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def _clear(folder: Path, wanted: set[str]) -> None:
    """Take away the tables of another scenario, which would otherwise be read as parts of this one."""
    from ..scenarios.bundles import HEAD, PARTS
    from ..scenarios.schema.base import is_table

    for old in folder.iterdir():
        is_part = old.stem.strip().casefold() in (*PARTS, HEAD)
        if old.name not in wanted and is_part and (is_table(old.name) or old.suffix.lower() in YAML):
            old.unlink()
