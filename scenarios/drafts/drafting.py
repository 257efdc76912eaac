"""From answers to files that are known to load."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ..complaints import ScenarioError
from ..load import load
from ..scenario import Scenario
from .answers import AnswerError, Answers
from .as_tables import folder_of_tables, workbook
from .commented import commented_yaml
from .goods import season, shop
from .lines import Draft
from .seats import seats

__all__ = ["FORMS", "checked", "draft_of", "files_of"]

_KINDS: Mapping[str, Callable[[Answers], Draft]] = {"shop": shop, "season": season, "seats": seats}

FORMS = ("file", "folder", "workbook")
"""How a draft can be written: as a commented YAML file, as a folder of tables, or as a workbook."""

ADVICE = "Every line says what it is; change the numbers to your own, and run it again."


def draft_of(answers: Answers) -> Draft:
    """Return the draft of a scenario."""
    return _KINDS[answers.template](answers)


def files_of(draft: Draft, form: str, name: str) -> dict[str, bytes]:
    """Return the files of a draft, by name.

    Parameters
    ----------
    draft
        What is to be written.
    form
        One of `FORMS`.
    name
        The name of the file or workbook; a folder's files have names of their own.
    """
    if form == "folder":
        return folder_of_tables(draft)
    return {name: workbook(draft) if form == "workbook" else commented_yaml(draft, ADVICE).encode("utf-8")}


def checked(files: Mapping[str, bytes], form: str) -> Scenario:
    """Load files before they are written where somebody wants them.

    Raises
    ------
    AnswerError
        Where answers do not go together: with what is wrong, a line for each.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        try:
            return load(Path(folder) if form == "folder" else Path(folder) / next(iter(files)))
        except ScenarioError as error:
            said = "\n".join(f"{each.key}: {each.message}" for each in error.complaints)
            raise AnswerError(f"these answers do not go together\n{said}") from error
