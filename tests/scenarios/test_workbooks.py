"""Sheets of workbooks: what spreadsheets do with values is undone, and what cannot be meant is named by its cell."""

import datetime
import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest

from demandshift.scenarios import workbook_archive, workbooks
from demandshift.scenarios.complaints import ScenarioError
from demandshift.scenarios.load import load

PRODUCTS = [["name", "firm", "price", "cost", "stock"], ["cola", "corner", 2, 1, 20], ["rival", "market", 1.5, None, 4]]
REST = """\
segments:
  regulars: {choice: {reservation_price: {cola: 2.5, zero: 2.2, rival: 1.8}}}
"""


def write(folder, sheets: dict[str, list[list[object]]], name: str = "shop.xlsx", change=None) -> Path:
    """Write a workbook; `change` gets it before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if change is not None:
        change(book)
    book.save(folder.path / name)
    return folder.path / name


def products(folder, rows: list[list[object]], change=None, columns: list[str] | None = None) -> list[str]:
    """Return the complaints about a table of products in a sheet."""
    columns = columns or ["name", "firm", "price", "cost", "stock"]
    write(folder, {"Products": [columns, *rows]}, change=change)
    return folder.complaints("products: shop.xlsx#Products\n")


class TestValues:
    """What a cell means."""

    def test_a_sheet_says_what_yaml_would(self, folder) -> None:
        """Else whole numbers, days, truth, lists or blanks of a spreadsheet would be read as something else."""
        write(
            folder,
            {
                "Firms": [
                    [
                        "name",
                        "focal",
                        "ordering.kind",
                        "ordering.review_every",
                        "ordering.first_review",
                        "ordering.cycle_service",
                    ],
                    ["corner", True, "order_up_to", 7.0, datetime.datetime(2025, 3, 4), 0.5],
                    ["market", False],
                ],
                "Products": [
                    ["name", "firm", "price", "stock", "window.opens", "note"],
                    ["  cola\u00a0", "corner ", 1.8, 40.0, datetime.datetime(2025, 3, 4, 9, 30), "#N/A"],
                    [None, None],
                    ["zero", "corner", 1.75, 3, datetime.date(2025, 3, 5)],
                    ["rival", "market", 1.5, "unlimited", None, "theirs"],
                    [" ", ""],
                ],
                "Segments": [
                    ["name", "arrivals.kind", "arrivals.rate", "arrivals.weekly", "considers"],
                    ["regulars", "poisson", 0.05, "[1, 1, 1, 1, 1, 2, 0]", "[cola, zero]"],
                ],
            },
        )
        parts = "firms: shop.xlsx#Firms\nproducts: shop.xlsx#products\nsegments: shop.xlsx#Segments\n"
        written_out = """
firms:
  corner: {focal: true, ordering: {kind: order_up_to, review_every: 7, first_review: 2025-03-04, cycle_service: 0.5}}
  market: {focal: false}
products:
  cola: {firm: corner, price: 1.8, stock: 40, window: {opens: 2025-03-04T09:30:00}}
  zero: {firm: corner, price: 1.75, stock: 3, window: {opens: 2025-03-05}}
  rival: {firm: market, price: 1.5, stock: unlimited}
segments:
  regulars: {arrivals: {kind: poisson, rate: 0.05, weekly: [1, 1, 1, 1, 1, 2, 0]}, considers: [cola, zero]}
"""
        found = folder.load(parts)
        expected = folder.load(written_out)
        assert found.resolved == expected.resolved
        assert found.hash == expected.hash
        assert str(found.document.nearest(("products", "zero", "price")).place) == "shop.xlsx#Products:C4"

    def test_the_only_sheet_needs_no_name_and_hidden_ones_do_not_count(self, folder) -> None:
        """Else a workbook with one table, and lists of choices behind it, could not be named by its file alone."""
        hide = {"Products": PRODUCTS, "lists": [["a"]]}

        def change(book) -> None:
            book["lists"].sheet_state = "veryHidden"

        write(folder, hide, change=change)
        assert folder.load("products: shop.xlsx\n" + REST).settled.products[0].specification.stock == 20
        assert folder.complaints("products: shop.xlsx#Lists\n") == [
            "case.yaml:2: products: the sheet 'lists' is hidden; what is run should be seen: show it"
        ]

    def test_plans_substitution_and_recordings(self, folder) -> None:
        """Else only some of the places that take a table would take a sheet."""
        write(
            folder,
            {
                "Sheet1": [["time", "segment"], [1.5, "late"], [datetime.datetime(2025, 3, 4), "late"], [3, "early"]],
                "plan": [["at", "quantity", "product"], [3.0, 5.0, "cola"], [datetime.date(2025, 3, 4), 6, "zero"]],
                "shares": [["from", "to", "share", "note"], ["cola", "zero", 0.4, "x"], ["zero", "nothing", 0.1]],
            },
        )
        text = """
firms: {corner: {ordering: {kind: plan, orders: shop.xlsx#plan}}}
segments:
  recorded:
    arrivals: {kind: trace, file: "shop.xlsx#Sheet1", segment: late}
    choice:
      kind: substitution
      first_choice: {cola: 0.5, zero: 0.3, nothing: 0.2}
      substitution: {file: shop.xlsx#shares}
"""
        settled = folder.load(text).settled
        assert settled.products[0].order_times == (3.0,)
        assert settled.products[1].order_times == (1.0,)
        assert settled.segments[1].trace == (1.0, 1.5)
        assert settled.segments[1].choice.substitution[0] == (0.0, 0.4)

    def test_two_recordings_in_one_workbook_are_two(self, folder) -> None:
        """Else the second sheet of a workbook would come at the times of the first."""
        write(folder, {"a": [["time"], [1]], "b": [["time"], [2]]})
        choice = "choice: {kind: logit, scale: 1, reservation_price: {cola: 2}}"
        segments = "".join(
            f"  {name}: {{arrivals: {{kind: trace, file: 'shop.xlsx#{name}'}}, {choice}}}\n" for name in ("a", "b")
        )
        settled = folder.load("segments:\n" + segments).settled
        assert [segment.trace for segment in settled.segments[1:]] == [(1.0,), (2.0,)]

    def test_percentages_are_fractions(self, folder) -> None:
        """Else a service level of 95 % would be one of 95."""

        def change(book) -> None:
            book["f"]["D2"].number_format = "0%"

        write(
            folder,
            {
                "f": [
                    ["name", "ordering.kind", "ordering.review_every", "ordering.cycle_service"],
                    ["corner", "order_up_to", 7, 0.95],
                    ["market"],
                ]
            },
            change=change,
        )
        assert folder.load("firms: shop.xlsx\n").settled.firms["corner"].ordering.cycle_service == 0.95

    def test_the_last_value_of_a_formula_counts(self, folder) -> None:
        """Else a computed cell would be text, empty or zero."""
        path = write(folder, {"p": [*PRODUCTS, ["zero", "corner", "=C2", "=C2/2", 20]]})
        _edit(path, "xl/worksheets/sheet1.xml", b"<f>C2</f><v />", b"<f>C2</f><v>2.5</v>")
        assert folder.complaints("products: shop.xlsx\n" + REST) == [
            "shop.xlsx#p:D4: products.zero.cost: holds a formula without a value; "
            "open the workbook in a spreadsheet program and save it"
        ]
        _edit(path, "xl/worksheets/sheet1.xml", b"<f>C2/2</f><v />", b"<f>C2/2</f><v>1.25</v>")
        assert folder.load("products: shop.xlsx\n" + REST).settled.offers[1].price == 2.5
        # A formula that says "" says nothing.
        _edit(path, "xl/worksheets/sheet1.xml", b'<c r="D4"><f>', b'<c r="D4" t="str"><f>')
        _edit(path, "xl/worksheets/sheet1.xml", b"<v>1.25</v>", b"<v></v>")
        assert folder.load("products: shop.xlsx\n" + REST).settled.products[0].specification.cost == 1


def _edit(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Replace something in a part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


class TestBadCells:
    """Cells that cannot be meant."""

    def test_each_is_named_with_its_mend(self, folder) -> None:
        """Else a planner would have to guess which of many cells is wrong, or what to do about it."""
        rows = [
            ["cola", "corner", "1,80", 1, "20"],
            ["zero", 7, "95 %", "#REF!", 4],
            ["rival", "market", datetime.date(2025, 1, 5), datetime.time(9, 30), datetime.timedelta(hours=30)],
            [4711, "market", 1],
            ["late", "market", 1, True, 2.5, "hm"],
            ["cola", "corner", 1],
            [None, "corner", 1],
        ]
        assert products(folder, rows) == [
            "shop.xlsx#Products:C2: products.cola.price: must be a number (got '1,80'); "
            "decimals take a point, and thousands no mark",
            "shop.xlsx#Products:E2: products.cola.stock: must be a whole number, or unlimited (got '20'); "
            "the cell holds text: format it as a number and type it again",
            "shop.xlsx#Products:B3: products.zero.firm: must be text (got 7); "
            "format the cell as text and type it again",
            "shop.xlsx#Products:C3: products.zero.price: must be a number (got '95 %'); 95 % is written 0.95",
            "shop.xlsx#Products:D3: products.zero.cost: holds the error #REF!: mend its formula, or clear the cell",
            "shop.xlsx#Products:C4: products.rival.price: must be a number (got '2025-01-05'); "
            "the cell is formatted as a date: format it as a number and type it again",
            "shop.xlsx#Products:D4: products.rival.cost: is a time of day without a date (got 09:30)",
            "shop.xlsx#Products:E4: products.rival.stock: is a length of time (got 1 day, 6:00:00); "
            "write a number of time units",
            "shop.xlsx#Products:A5: name: must be text (got 4711); format the cell as text and type it again",
            "shop.xlsx#Products:D6: products.late.cost: must be a number (got true)",
            "shop.xlsx#Products:E6: products.late.stock: must be a whole number (got 2.5)",
            "shop.xlsx#Products:F6: stands in a column without a name; name it in row 1, or clear the cell",
            "shop.xlsx#Products:A7: name: 'cola' stands twice; the first is in row 2",
            "shop.xlsx#Products:A8: name: is empty",
        ]

    def test_a_date_that_no_calendar_has(self, folder) -> None:
        """Else a number that a format shows as a date of the year 12000 would be a traceback or a warning."""

        def change(book) -> None:
            book["Products"]["C2"].number_format = "yyyy-mm-dd"

        assert products(folder, [["cola", "corner", 9e9]], change) == [
            "shop.xlsx#Products:C2: products.cola.price: holds the error #VALUE!: mend its formula, or clear the cell"
        ]

    def test_merged_cells(self, folder) -> None:
        """Else a value that seems to stand beside three products would belong to the first alone."""

        def change(book) -> None:
            book["Products"].merge_cells("B2:B4")
            book["Products"].merge_cells("D3:E3")

        rows = [["cola", "corner", 1], ["zero", None, 1], ["rival", None, 1]]
        assert products(folder, rows, change) == [
            "shop.xlsx#Products:B2: is merged with others (B2:B4); "
            "unmerge them and write the value into each that it holds for",
            "shop.xlsx#Products:D3: is merged with others (D3:E3); "
            "unmerge them and write the value into each that it holds for",
        ]

    def test_columns(self, folder) -> None:
        """Else a misspelt column would be complained of in every row, and of all that is missing for it."""
        columns = [
            "name",
            "firm",
            "prise",
            "Stock",
            "ordering.levle",
            "uses",
            "ordering.orders.0.at",
            "firm",
            "price..x",
        ]
        assert products(folder, [["cola", "corner", 1, 2, 3, 4, 5]], columns=columns) == [
            "shop.xlsx#Products:H1: firm: is a duplicate column"
        ]
        columns = columns[:7]
        assert products(folder, [["cola", "corner", 1, 2, 3, 4, 5]] * 2, columns=columns) == [
            "shop.xlsx#Products:C1: prise: unknown column; did you mean 'price'?",
            "shop.xlsx#Products:D1: Stock: unknown column; did you mean 'stock'?",
            "shop.xlsx#Products:E1: ordering.levle: unknown column; did you mean 'ordering.level'?",
            "shop.xlsx#Products:F1: uses: unknown column",
            "shop.xlsx#Products:G1: ordering.orders.0.at: unknown column; "
            "a list stands in one cell of 'ordering.orders', as in [1, 2]",
            "shop.xlsx#Products:A3: name: 'cola' stands twice; the first is in row 2",
        ]

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([], "shop.xlsx#Products:1: is empty; a table begins with the names of its columns"),
            (
                [[], *PRODUCTS],
                "shop.xlsx#Products:1: has an empty first row; a table begins with the names of its columns",
            ),
            (
                [["My products"], *PRODUCTS],
                "shop.xlsx#Products:A1: My products: the first column must be called 'name'",
            ),
            ([["name", "#N/A"]], "shop.xlsx#Products:B1: holds the error #N/A: mend its formula, or clear the cell"),
        ],
    )
    def test_heads(self, folder, rows: list[list[object]], expected: str) -> None:
        """Else a title above the table, or a sheet without one, would be read as names of columns."""
        write(folder, {"Products": rows})
        assert folder.complaints("products: shop.xlsx\n") == [expected]

    def test_lists_that_do_not_close(self, folder) -> None:
        """Else a bracket too few would be text, or a traceback."""
        write(folder, {"s": [["name", "considers"], ["regulars", "[cola, zero"]]})
        [complaint] = folder.complaints("segments: shop.xlsx\n")
        assert complaint.startswith("shop.xlsx#s:B2: segments.regulars.considers: is not YAML: ")

    def test_a_column_that_is_wrong_throughout(self, folder) -> None:
        """Else a sheet of ten thousand bad rows would give ten thousand lines."""
        found = products(folder, [[number, "corner", 1] for number in range(100)])
        assert len(found) == 21
        assert found[-2] == "shop.xlsx#Products:21: is the last row that was read: 20 are bad already"


class TestReferences:
    """How a scenario names a sheet."""

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("shop.xlsx", "needs the name of a sheet, as in shop.xlsx#Products (found: Products, Notes)"),
            ("shop.xlsx#Product", "shop.xlsx has no sheet 'Product'; did you mean 'Products'?"),
            ("shop.xlsx#9", "shop.xlsx has no sheet '9' (found: Products, Notes)"),
            ("shops.xlsx#Products", "there is no file 'shops.xlsx' in its folder; did you mean 'shop.xlsx'?"),
            ("../shop.xlsx#Products", "must stay inside the scenario's folder (got '../shop.xlsx')"),
            (
                "shop.csv#Products",
                "must be a mapping, or the name of a .csv, .parquet or .xlsx file (got 'shop.csv#Products'); "
                "only a workbook (.xlsx) has sheets",
            ),
            (
                "shop.ods",
                "must be a mapping, or the name of a .csv, .parquet or .xlsx file (got 'shop.ods'); "
                "save the workbook as .xlsx",
            ),
        ],
    )
    def test_bad_names(self, folder, name: str, expected: str) -> None:
        """Else a misspelt sheet would be an empty table, or another one."""
        write(folder, {"Products": PRODUCTS, "Notes": [["x"]]})
        assert folder.complaints(f'products: "{name}"\n') == [f"case.yaml:2: products: {expected}"]

    def test_sheets_with_odd_names(self, folder) -> None:
        """Else a sheet whose name holds a number sign, a dot or blanks could not be used."""
        write(folder, {"Q#1 v2.csv": PRODUCTS, "x": [["y"]]})
        folder.load('products: "shop.xlsx#q#1 V2.csv "\n' + REST.replace("zero: 2.2, ", ""))


class TestFiles:
    """Workbooks that cannot be read at all."""

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b"name,firm\n", "cannot be read as a workbook: File is not a zip file"),
            (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
                "is protected by a password, or of the time before .xlsx; save it as .xlsx without one",
            ),
        ],
    )
    def test_no_workbook(self, folder, content: bytes, expected: str) -> None:
        """Else a file with the wrong ending, or a locked one, would end in a traceback."""
        folder.write("shop.xlsx", content)
        assert folder.complaints("products: shop.xlsx\n") == [f"shop.xlsx: {expected}"]

    def test_damaged_workbooks_give_complaints(self, folder) -> None:
        """Else a workbook that was cut, or overwritten in the middle, would end in a traceback."""
        good = write(folder, {"Products": PRODUCTS}).read_bytes()
        folder.write("case.yaml", "extends: shop.yaml\nproducts: broken.xlsx\n")
        read = bad = 0
        for seed in range(60):
            (folder.path / "broken.xlsx").write_bytes(_damaged(good, random.Random(seed)))
            try:
                load("case.yaml")
                read += 1
            except ScenarioError:
                bad += 1
        assert bad > 30
        assert read + bad == 60

    def test_workbooks_that_explode(self, folder, monkeypatch: pytest.MonkeyPatch) -> None:
        """Else a small file could fill the memory."""
        path = write(folder, {"Products": PRODUCTS})
        monkeypatch.setattr(workbooks, "MOST_SHEET_CELLS", 10)
        assert folder.complaints("products: shop.xlsx\n") == ["shop.xlsx#Products: has more than 10 cells"]
        monkeypatch.setattr(workbook_archive, "MOST_UNPACKED_BYTES", 1000)
        assert folder.complaints("products: shop.xlsx\n") == [
            "shop.xlsx: holds more than 1000 bytes once it is unpacked"
        ]
        monkeypatch.setattr(workbook_archive, "MOST_UNPACKED_BYTES", 10**9)
        _edit(path, "xl/workbook.xml", b"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook')
        assert folder.complaints("products: shop.xlsx\n") == [
            "shop.xlsx: cannot be read as a workbook: xl/workbook.xml defines words of its own"
        ]

    def test_strict_workbooks(self, folder) -> None:
        """Else a workbook in the strict form would seem to have no cells."""
        path = write(folder, {"Products": PRODUCTS})
        old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        _edit(path, "xl/workbook.xml", old, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        assert folder.complaints("products: shop.xlsx\n") == [
            "shop.xlsx: is a 'Strict Open XML' workbook; save it as an ordinary .xlsx workbook"
        ]

    def test_a_workbook_of_charts_alone(self, folder) -> None:
        """Else a workbook without cells would end in a traceback."""
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        book.create_chartsheet("chart")
        book.save(folder.path / "shop.xlsx")
        assert folder.complaints("products: shop.xlsx\n") == ["case.yaml:2: products: has no sheet to be seen"]


def _damaged(good: bytes, chance: random.Random) -> bytes:
    """Return a workbook with some bytes overwritten, or with a part that is cut, overwritten or missing."""
    if chance.random() < 0.3:
        content = bytearray(good)
        for _ in range(chance.randint(1, 9)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        return bytes(content)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(stream, "w") as target:
        victim = chance.choice(source.namelist())
        for name in source.namelist():
            part = bytearray(source.read(name))
            if name == victim:
                what, spot = chance.randrange(3), chance.randrange(len(part))
                if what == 0:
                    continue
                part[spot : None if what == 1 else spot + chance.randrange(1, 9)] = b"" if what == 1 else b"x<"
            target.writestr(name, bytes(part))
    return stream.getvalue()
