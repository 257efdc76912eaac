"""Workbooks: numbers are numbers, dates are dates, and nothing that is data is a formula."""

import datetime
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.experiments import workbook
from demandshift.experiments.workbook import workbook_writer

FORMULAS = (
    "=1+1",
    '=HYPERLINK("https://example.org","won")',
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    "#N/A",
    "{=1}",
)
"""Names that a spreadsheet program would compute, if it were told nothing."""

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def written(tmp_path: Path, frames: dict[str, pd.DataFrame]) -> Path:
    """Write a workbook and return its file."""
    file = tmp_path / "tables.xlsx"
    workbook_writer(frames)(file)
    return file


def sheets(file: Path) -> list[ElementTree.Element]:
    """Return the sheets of a workbook as XML."""
    with zipfile.ZipFile(file) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        return [ElementTree.fromstring(archive.read(name)) for name in names]


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_can_start_a_formula(tmp_path: Path, name: str) -> None:
    """If this fails, opening the tables of somebody's scenario computes, or fetches, what a product's name says."""
    file = written(tmp_path, {name: pd.DataFrame({name: [name, "tea"], "units": [1, 2]})})
    (sheet,) = sheets(file)
    assert list(sheet.iter(f"{MAIN}f")) == []
    texts = [cell for cell in sheet.iter(f"{MAIN}c") if cell.find(f"{MAIN}is") is not None]
    assert {cell.get("t") for cell in texts} == {"inlineStr"}
    assert len(texts) == 4
    read = openpyxl.load_workbook(file).worksheets[0]
    assert read["A2"].data_type == "s"
    assert read["A2"].value.replace("\n", "\r") == name  # XML knows one kind of line end


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_text_like_a_formula_stays_text_when_somebody_edits_it(tmp_path: Path, name: str) -> None:
    """If this fails, to go into such a cell and leave it again makes a formula of it."""
    file = written(tmp_path, {"names": pd.DataFrame({"name": [name, "tea"]})})
    read = openpyxl.load_workbook(file).worksheets[0]
    assert read["A2"].quotePrefix
    assert not read["A3"].quotePrefix


def test_numbers_dates_and_what_is_missing_keep_their_kinds(tmp_path: Path) -> None:
    """If this fails, a planner cannot add up a column, or sees nan in place of an empty cell."""
    frame = pd.DataFrame(
        {
            "float": [1.5, float("nan"), float("inf")],
            "whole": np.array([3, 2**53, 2**60]),
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "truth": [True, False, True],
            "time": pd.to_datetime(["2026-03-01 13:30", None, "2026-03-02 00:00"]),
            "day": [datetime.date(2026, 3, 1), None, datetime.date(1890, 1, 1)],
            "text": ["tea", None, ""],
        }
    )
    rows = list(openpyxl.load_workbook(written(tmp_path, {"kinds": frame})).worksheets[0].values)
    assert rows[0] == tuple(frame.columns)
    time = datetime.datetime(2026, 3, 1, 13, 30)
    assert rows[1] == (1.5, 3, 1, True, time, datetime.datetime(2026, 3, 1), "tea")
    assert rows[2] == (None, 2**53, None, False, None, None, None)
    assert rows[3][:4] == ("inf", str(2**60), 3, True)
    assert rows[3][4:6] == (datetime.datetime(2026, 3, 2), "1890-01-01")


def test_times_with_a_zone_are_texts(tmp_path: Path) -> None:
    """If this fails, one time with a zone ends the workbook with an error: the format has no zones."""
    frame = pd.DataFrame({"time": pd.to_datetime(["2026-03-01 13:30"]).tz_localize("Europe/Berlin")})
    read = openpyxl.load_workbook(written(tmp_path, {"times": frame})).worksheets[0]
    assert read["A2"].value == "2026-03-01T13:30:00+01:00"


def test_the_heading_is_bold_and_stays_in_sight(tmp_path: Path) -> None:
    """If this fails, whoever scrolls down no longer knows what a column is."""
    read = openpyxl.load_workbook(written(tmp_path, {"sales": pd.DataFrame({"offer": ["tea"] * 9})})).worksheets[0]
    assert read.freeze_panes == "A2"
    assert read["A1"].font.bold
    assert not read["A2"].font.bold
    assert read.auto_filter.ref == "A1:A10"


def test_names_of_sheets_are_valid_and_their_own(tmp_path: Path) -> None:
    """If this fails, a spreadsheet program calls the file damaged, or one table hides another."""
    names = ["a" * 40, "a" * 50, "A" * 31, "sum[1]:*?/\\", "'quoted'", "History", "", "x\x00y", "transfers"]
    file = written(tmp_path, {name: pd.DataFrame({"n": [1]}) for name in names})
    titles = openpyxl.load_workbook(file).sheetnames
    assert len(titles) == len(names)
    assert len({title.lower() for title in titles}) == len(names)
    for title in titles:
        assert 0 < len(title) <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", title)
        assert not title.startswith("'")
        assert not title.endswith("'")
        assert title.lower() != "history"
    assert titles[-1] == "transfers"


def test_a_table_without_rows_has_its_heading(tmp_path: Path) -> None:
    """If this fails, a run without transfers has no workbook at all."""
    frame = pd.DataFrame({"kind": [], "n": []})
    assert list(openpyxl.load_workbook(written(tmp_path, {"transfers": frame})).worksheets[0].values) == [("kind", "n")]


def test_a_table_that_is_too_long_goes_on_in_another_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the rest of a long table is missing without a word, or the file is called damaged."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    book = openpyxl.load_workbook(written(tmp_path, {"sales": pd.DataFrame({"n": range(7)})}))
    assert book.sheetnames == ["sales", "sales (2)", "sales (3)"]
    assert [list(sheet.values) for sheet in book] == [
        [("n",), (0,), (1,), (2,)],
        [("n",), (3,), (4,), (5,)],
        [("n",), (6,)],
    ]


def test_what_no_workbook_can_hold_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a file is written that no program opens."""
    with pytest.raises(ValueError, match="a workbook needs at least one table"):
        workbook_writer({})
    monkeypatch.setattr(workbook, "MOST_COLUMNS", 2)
    with pytest.raises(ValueError, match="wide has 3 columns; a sheet holds 2"):
        written(tmp_path, {"wide": pd.DataFrame({"a": [1], "b": [1], "c": [1]})})


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=20) | st.sampled_from(FORMULAS), min_size=1, max_size=5), st.text(max_size=40))
def test_any_name_can_be_written_and_is_no_formula(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], title: str
) -> None:
    """If this fails, there is a name (a control character, half a surrogate pair) with which there is no workbook."""
    file = written(tmp_path_factory.mktemp("any"), {title: pd.DataFrame({"name": names})})
    (sheet,) = sheets(file)
    assert list(sheet.iter(f"{MAIN}f")) == []
    assert len(list(sheet.iter(f"{MAIN}row"))) == len(names) + 1


def test_a_text_that_looks_escaped_is_read_as_itself(tmp_path: Path) -> None:
    """If this fails, spreadsheet programs show the product `_x0041_` as A."""
    file = written(tmp_path, {"names": pd.DataFrame({"name": ["_x0041_", "snake_case", "_xyz_"]})})
    texts = [text.text for text in sheets(file)[0].iter(f"{MAIN}t")]
    assert texts == ["name", "_x005F_x0041_", "snake_case", "_xyz_"]
