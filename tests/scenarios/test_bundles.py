"""A folder of tables, or a workbook, is a scenario like any other."""

import csv
import datetime
import io
from pathlib import Path

import openpyxl
import pyarrow
import pyarrow.parquet as parquet
import pytest

from demandshift.scenarios.complaints import ScenarioError
from demandshift.scenarios.load import load
from demandshift.scenarios.sources import source_text

TABLES = {
    "scenario.csv": "key,value,note\nname,tables,\nstart,2025-03-03,a Monday\nhorizon,10,days\n",
    "firms.csv": "name,focal,supply.lead_time\ncorner,true,2\nmarket,,\n",
    "products.csv": "name,firm,price,stock,note\ncola,corner,2,20,ours\nseat,corner,,5,\nrival,market,1.5,unlimited,\n",
    "offers.csv": 'name,uses,price\nsaver,seat,3\nflex,"[seat]",4\n',
    "segments.csv": "name,arrivals.kind,arrivals.rate,choice.kind,choice.scale,choice.reservation_price.cola,"
    "choice.reservation_price.saver\nregulars,poisson,3,logit,0.5,2.5,3.5\n",
    "variants.csv": "variant,path,value\ndear,products.cola.price,3\ndear,offers.saver.price,4\n"
    'plan,firms.corner.ordering,"{kind: plan, orders: orders.csv}"\n',
    "orders.csv": "at,quantity,product\n2,7,cola\n",
}
YAML = """\
name: tables
start: 2025-03-03
horizon: 10
firms: {corner: {focal: true, supply: {lead_time: 2}}, market: {}}
products:
  cola: {firm: corner, price: 2, stock: 20}
  seat: {firm: corner, stock: 5}
  rival: {firm: market, price: 1.5, stock: unlimited}
offers: {saver: {uses: seat, price: 3}, flex: {uses: [seat], price: 4}}
segments:
  regulars:
    arrivals: {kind: poisson, rate: 3}
    choice: {kind: logit, scale: 0.5, reservation_price: {cola: 2.5, saver: 3.5}}
variants:
  dear: {products.cola.price: 3, offers.saver.price: 4}
  plan: {firms.corner.ordering: {kind: plan, orders: [{at: 2, quantity: 7, product: cola}]}}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder `shop` with a good scenario in tables, in a working directory of its own."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "shop"
    place.mkdir()
    for name, text in TABLES.items():
        (place / name).write_text(text, encoding="utf-8")
    (tmp_path / "same.yaml").write_text(YAML, encoding="utf-8")
    return place


def complaints(name: str) -> list[str]:
    """Return the complaints about a scenario, without the line that counts them."""
    with pytest.raises(ScenarioError) as caught:
        load(name)
    return str(caught.value).splitlines()[:-1]


def as_workbook(shop: Path, change=None) -> None:
    """Write the tables of a folder as `shop.xlsx`, with a sheet for each."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for file in sorted(shop.glob("*.csv")):
        sheet = book.create_sheet(file.stem.title())
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"))):
            sheet.append([_typed(cell) for cell in row])
    if change is not None:
        change(book)
    book.save("shop.xlsx")


def _typed(cell: str) -> object:
    if cell == "true":
        return True
    if cell == "2025-03-03":
        return datetime.datetime(2025, 3, 3)
    if cell.replace(".", "").isdigit():
        return float(cell)
    return cell.replace("orders.csv", "shop.xlsx#Orders") or None


class TestGood:
    """Scenarios that are what their YAML would be."""

    @pytest.mark.parametrize("name", ["shop/", "shop.xlsx"])
    @pytest.mark.parametrize("variants", [(), ("dear",), ("plan",)])
    def test_it_says_what_yaml_would(self, shop, name: str, variants: tuple[str, ...]) -> None:
        """Else a scenario in tables would be another one, or lose its variants, offers or dates."""
        as_workbook(shop)
        found, expected = load(name, variants), load("same.yaml", variants)
        assert found.resolved == expected.resolved
        assert found.hash == expected.hash
        assert found.variants == expected.variants
        assert found.applied[0] == name

    def test_a_path_is_a_folder_too(self, shop) -> None:
        """Else Python users could not hand in a folder without a slash."""
        assert load(shop).hash == load("same.yaml").hash
        assert load(shop).folder == shop

    @pytest.mark.usefixtures("shop")
    def test_overrides_look_for_tables_in_the_folder(self) -> None:
        """Else a plan beside the tables could not be named by an override."""
        scenario = load("shop/", overrides=['firms.corner.ordering={kind: plan, orders: "orders.csv"}'])
        assert scenario.settled.products[0].order_times == (2.0,)

    def test_the_head_may_be_yaml_and_hold_parts(self, shop) -> None:
        """Else firms and segments, which are deep, would have to be flattened for the sake of a table of products."""
        (shop / "scenario.csv").unlink()
        (shop / "segments.csv").unlink()
        text = YAML[: YAML.index("firms")] + YAML[YAML.index("segments") : YAML.index("variants")]
        (shop / "scenario.yaml").write_text(text, encoding="utf-8")
        assert load("shop/").hash == load("same.yaml").hash

    def test_formats_may_be_mixed(self, shop) -> None:
        """Else an exported Parquet table, or one sheet of a planner's, would have to be turned into CSV first."""
        (shop / "firms.csv").unlink()
        table = pyarrow.table({"name": ["corner", "market"], "focal": [True, None], "supply.lead_time": [2.0, None]})
        parquet.write_table(table, shop / "firms.parquet")
        (shop / "offers.csv").unlink()
        book = openpyxl.Workbook()
        for row in (["name", "uses", "price"], ["saver", "seat", 3], ["flex", "[seat]", 4]):
            book.active.append(row)
        book.save(shop / "Offers.xlsx")
        (shop / "products.csv").rename(shop / "Products.CSV")
        assert load("shop/").hash == load("same.yaml").hash

    @pytest.mark.parametrize("parent", ["shop/", "shop.xlsx"])
    def test_another_scenario_may_extend_it(self, shop, parent: str) -> None:
        """Else tables could not be the ground of a study whose changes stand in YAML."""
        as_workbook(shop)
        Path("case.yaml").write_text(
            f"extends: {parent}\nname: case\nproducts: {{cola: {{price: 3}}}}\n", encoding="utf-8"
        )
        assert load("case.yaml").settled.offers[0].price == 3
        assert load("case.yaml").applied == (parent.rstrip("/"), "case.yaml")

    def test_it_may_extend_another_one(self, shop) -> None:
        """Else only what differs could not be kept in a table."""
        for name in TABLES:
            (shop / name).unlink()
        (shop / "base.yaml").write_text(YAML, encoding="utf-8")
        (shop / "scenario.csv").write_text("key,value\nextends,base.yaml\nname,other\n", encoding="utf-8")
        (shop / "products.csv").write_text("name,price\ncola,2.5\n", encoding="utf-8")
        assert load("shop/").settled.offers[0].price == 2.5
        assert load("shop/").applied == ("shop/base.yaml", "shop/")

    def test_keys_of_the_head_may_be_paths_and_texts_stay_texts(self, shop) -> None:
        """Else a small scenario could not stand in one table, or a shop called 0815 would lose its zero."""
        (shop / "firms.csv").unlink()
        head = "key,value\nname,0815\ncurrency,true\nhorizon,10\nfirms.corner.focal,true\n"
        head += "firms.corner.supply.lead_time,2\n"
        (shop / "scenario.csv").write_text(head + "firms.market,{}\n", encoding="utf-8")
        scenario = load("shop/")
        assert scenario.name == "0815"
        assert scenario.settled.head.currency == "true"
        assert scenario.settled.firms["corner"].supply.lead_time == 2

    def test_notes_and_what_editors_leave_are_not_read(self, shop) -> None:
        """Else a lock file of a spreadsheet program, or a sheet of notes, would be a complaint."""
        for name in ("_products old.csv", "~$offers.xlsx", ".firms.csv", "stocktaking 2024.csv", "readme.txt"):
            (shop / name).write_text("anything", encoding="utf-8")
        assert load("shop/").hash == load("same.yaml").hash

    @pytest.mark.parametrize("name", ["shop/", "shop.xlsx"])
    def test_it_is_shown_as_yaml_that_reads_back(self, shop, name: str) -> None:
        """Else nobody could see what tables say, or turn them into a file."""
        as_workbook(shop)
        Path("shown.yaml").write_text(
            source_text(name).replace("shop.xlsx#Orders", "shop/orders.csv"), encoding="utf-8"
        )
        Path("orders.csv").write_text(TABLES["orders.csv"], encoding="utf-8")
        assert load("shown.yaml", "plan").hash == load("same.yaml", "plan").hash


class TestBad:
    """Folders and workbooks that are no scenario."""

    @pytest.mark.usefixtures("shop")
    def test_names_alone_are_the_librarys(self) -> None:
        """Else a folder that happens to bear a library name would be run in its place."""
        assert complaints("shop") == ["shop: is a folder here; write 'shop/', names alone are the library's"]

    def test_no_head(self, shop) -> None:
        """Else somebody who ran the wrong folder would be told of keys, not of the folder."""
        (shop / "scenario.csv").unlink()
        assert complaints("shop/") == [
            "shop: has no head: scenario.yaml or scenario.csv, with name and horizon, is missing"
        ]
        as_workbook(shop)
        assert complaints("shop.xlsx") == [
            "shop.xlsx: has no head: the sheet 'scenario', with name and horizon, is missing"
        ]

    @pytest.mark.usefixtures("shop")
    def test_no_such_folder(self) -> None:
        """Else a misspelt folder would end in a traceback."""
        assert complaints("shpo/") == ["shpo/: there is no file 'shpo' in its folder; did you mean 'shop'?"]

    def test_missing_parts(self, shop) -> None:
        """Else a table that was forgotten would be named by a line that nobody wrote."""
        (shop / "segments.csv").unlink()
        (shop / "firms.csv").unlink()
        assert complaints("shop/")[:2] == ["shop: firms: is missing", "shop: segments: is missing"]

    def test_misspelt_tables(self, shop) -> None:
        """Else offers in a file called `ofers.csv` would silently be left out."""
        (shop / "offers.csv").rename(shop / "ofers.csv")
        (shop / "firms.csv").rename(shop / "Firm.csv")
        mend = "? (a name that begins with _ is left alone)"
        assert complaints("shop/") == [
            f"shop/Firm.csv: is no part of a scenario; did you mean 'firms'{mend}",
            f"shop/ofers.csv: is no part of a scenario; did you mean 'offers'{mend}",
        ]
        as_workbook(shop)
        assert complaints("shop.xlsx") == [
            f"shop.xlsx#Firm: is no part of a scenario; did you mean 'firms'{mend}",
            f"shop.xlsx#Ofers: is no part of a scenario; did you mean 'offers'{mend}",
        ]

    def test_two_for_one_part(self, shop) -> None:
        """Else one of two tables of products would be taken, and nobody knows which."""
        (shop / "Products.csv").write_text(TABLES["products.csv"], encoding="utf-8")
        (shop / "scenario.yaml").write_text("name: x\n", encoding="utf-8")
        (shop / "firms.yaml").write_text("corner: {}\n", encoding="utf-8")
        assert complaints("shop/") == [
            "shop/firms.yaml: is not read; a part is a table, or stands in scenario.yaml",
            "shop/products.csv: stands for products as Products.csv does; keep one of them",
            "shop/scenario.yaml: stands for scenario as scenario.csv does; keep one of them",
        ]

    def test_a_part_in_the_head_too(self, shop) -> None:
        """Else the head or the table would silently win."""
        (shop / "scenario.csv").write_text(TABLES["scenario.csv"] + "products,orders.csv,\n", encoding="utf-8")
        assert complaints("shop/") == ["shop/scenario.csv:5: products: stands in products.csv too; keep one of them"]

    def test_hidden_sheets(self, shop) -> None:
        """Else something would be run that nobody sees, or silently not be run."""

        def change(book) -> None:
            book["Products"].sheet_state = "hidden"
            book["Orders"].sheet_state = "hidden"

        as_workbook(shop, change)
        assert complaints("shop.xlsx") == [
            "shop.xlsx#Products: is hidden; show it, or let its name begin with _ so that it is left alone"
        ]

    def test_bad_rows_of_the_head_and_of_variants(self, shop) -> None:
        """Else a misspelt setting would be named without its row, or be complained of twice."""
        (shop / "scenario.csv").write_text(
            "key,value\nname,\nhorizn,10\nstart,3.3.2025\nwarm..up,1\ntime_unit,dya\nwarm_up,1\nwarm_up,2\n,5\n"
            "firms.corner.focal,true\n",
            encoding="utf-8",
        )
        assert complaints("shop/") == [
            "shop: name: is missing",
            "shop/scenario.csv:3: horizn: unknown key; did you mean 'horizon'?",
            "shop/scenario.csv:4: start: must be a date such as 2025-03-03 or 2025-03-03T09:00 (got '3.3.2025')",
            "shop/scenario.csv:5: warm..up: is not a path: a name is missing or needs double quotes at '.up'",
            "shop/scenario.csv:6: time_unit: "
            "must be 'hour', 'day', 'week' or 'period' (got 'dya'); did you mean 'day'?",
            "shop/scenario.csv:8: warm_up: sets what row 7 sets",
            "shop/scenario.csv:9: key: is empty",
            "shop/scenario.csv:10: firms: stands in firms.csv too; keep one of them",
        ]
        (shop / "scenario.csv").write_text("key,valeu\nname,x\n", encoding="utf-8")
        assert complaints("shop/") == [
            "shop/scenario.csv:1: valeu: unknown column; did you mean 'value'?",
            "shop/scenario.csv:1: value: column is missing (found: key, valeu)",
        ]
        (shop / "scenario.csv").write_text(TABLES["scenario.csv"], encoding="utf-8")
        (shop / "variants.csv").write_text(
            "variant,path,value\ndear,products.cola.price,\ndear,products.cla.price,3\n,products.cola.price,3\n"
            "dear,products.cola.price,3\ndear,products.cola.price,4\nother,products.cola.price,-1\n",
            encoding="utf-8",
        )
        assert complaints("shop/") == [
            "shop/variants.csv:2: value: is empty",
            "shop/variants.csv:3: variants.dear.\"products.cla.price\": products has no 'cla'; did you mean 'cola'?",
            "shop/variants.csv:4: variant: is empty",
            "shop/variants.csv:6: path: 'products.cola.price' stands twice in 'dear'; the first is in row 5",
            "shop/variants.csv:7: products.cola.price: must be at least 0 (got -1)",
        ]

    def test_links_do_not_lead_out(self, shop, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Else a folder from elsewhere could have any file of whoever runs it read and repeated."""
        outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
        outside.write_text("name: secret\n", encoding="utf-8")
        (shop / "scenario.csv").unlink()
        (shop / "scenario.yaml").symlink_to(outside)
        assert complaints("shop/") == [
            "shop/scenario.yaml: must stay inside the scenario's folder (got 'scenario.yaml')"
        ]

    def test_circles(self, shop) -> None:
        """Else a folder that extends itself would be read for ever."""
        (shop / "scenario.csv").write_text("key,value\nextends,./\n", encoding="utf-8")
        assert complaints("shop/") == ["shop/scenario.csv:2: extends: goes in a circle: shop/ → shop/"] or complaints(
            "shop/"
        )
