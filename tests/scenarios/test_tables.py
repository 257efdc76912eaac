"""Tables beside a scenario: CSV and Parquet say the same as the file itself would."""

import datetime
import os
import sys

import pyarrow
import pyarrow.parquet as parquet
import pytest

from demandshift.scenarios import tables

PRODUCTS = """\
name,firm,price,cost,stock,ordering.level,"ordering.first_review",shelf_life
apple, corner ,1.20,0.50,10,5,2025-03-04,
"pear, ripe",corner,1.50,,unlimited,,,2.5

0123,market,1e0,.5,0x10,,,
"""


def write_parquet(folder, name: str, columns: dict[str, object]) -> None:
    """Write a Parquet table of these columns."""
    path = folder.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.table(columns), path)


class TestMaps:
    """Tables of firms, products, offers and segments."""

    def test_a_table_says_what_the_file_would(self, folder) -> None:
        """Else cells would be typed otherwise than YAML, empty cells would count, or paths in headers would not."""
        folder.write("products.csv", PRODUCTS)
        text = "segments: {regulars: {choice: {reservation_price: {cola: 1}}}}\n"
        with_table = folder.load("products: products.csv\n" + text)
        written_out = folder.load(
            """
products:
  apple: {firm: corner, price: 1.20, cost: 0.50, stock: 10, ordering: {level: 5, first_review: 2025-03-04}}
  "pear, ripe": {firm: corner, price: 1.50, stock: unlimited, shelf_life: 2.5}
  "0123": {firm: market, price: 1.0, cost: 0.5, stock: 16}
"""
            + text
        )
        assert with_table == written_out
        assert with_table.hash == written_out.hash
        assert with_table.settled.products[3].first_review == 1.0
        assert with_table.document.nearest(("products", "pear, ripe", "price")).place.line == 3
        assert with_table.document.nearest(("products", "0123", "price")).place.line == 5

    def test_parquet_says_what_csv_does(self, folder) -> None:
        """Else a planner who exports Parquet would get another scenario, or a complaint about nulls."""
        write_parquet(
            folder,
            "products.parquet",
            {
                "name": ["apple", "pear"],
                "firm": pyarrow.array(["corner", "market"]).dictionary_encode(),
                "price": [1.2, 1.5],
                "stock": pyarrow.array([10, None], pyarrow.int32()),
                "ordering.level": pyarrow.array([5, None]),
                "ordering.first_review": pyarrow.array(
                    [datetime.datetime(2025, 3, 4, 12), None], pyarrow.timestamp("ns")
                ),
                "window.opens": [datetime.date(2025, 3, 4), None],
            },
        )
        folder.write(
            "products.csv",
            "name,firm,price,stock,ordering.level,ordering.first_review,window.opens\n"
            "apple,corner,1.2,10,5,2025-03-04T12:00:00,2025-03-04\npear,market,1.5,,,,\n",
        )
        assert folder.load("products: products.parquet\n") == folder.load("products: products.csv\n")
        assert "pandas" not in _modules_after("import demandshift.scenarios.load")

    def test_what_spreadsheet_programs_write_as_csv(self, folder) -> None:
        """Else the mark at the beginning would be part of `name`, and empty rows and columns be complained of."""
        folder.write(
            "products.csv",
            "\ufeffname,firm,price,stock,note,,\r\ncola,corner,2.00,20,ours,,\r\nzero,corner,2.00,20,,,\r\n"
            "rival,market,1.50,unlimited,,,\r\n,,,,,,\r\n \r\n",
        )
        found = folder.load("products: products.csv\n")
        assert found.settled.products[1].specification.stock == 20
        assert [offer.price for offer in found.settled.offers] == [2, 2, 1.5]

    def test_lists_mappings_and_text_in_quotes_stand_in_one_cell(self, folder) -> None:
        """Else profiles, offers of several products and price changes could not stand in a table."""
        folder.write(
            "offers.csv",
            'name,uses,price,pricing\npair,"[cola, zero]",3,\n'
            'six,"{cola: 6}",9,"{kind: scheduled, changes: [{at: 2, price: 8}]}"\none,"""cola""",1,\n',
        )
        text = "offers: offers.csv\nproducts: {cola: {price: 2, stock: 4}}\n"
        offers = {offer.name: offer for offer in folder.load(text).settled.offers}
        assert offers["pair"].uses == (("cola", 1), ("zero", 1))
        assert offers["six"].uses == (("cola", 6),)
        assert offers["one"].uses == (("cola", 1),)

    def test_names_of_digits_stay_names(self, folder) -> None:
        """Else a shop called 0815 would be one called 815, or a complaint that nobody could mend in a CSV file."""
        folder.write("firms.csv", "name,focal\n0815,true\n")
        folder.write("products.csv", "name,firm,price\ncola,0815,1\n")
        choice = "choice: {kind: logit, scale: 1, reservation_price: {cola: 1}}"
        text = f"segments: {{s: {{arrivals: {{kind: poisson, rate: 1}}, {choice}}}}}"
        head = "name: digits\nhorizon: 2\nfirms: firms.csv\nproducts: products.csv\n"
        assert folder.load(head + text, extends=False).settled.products[0].firm == "0815"

    def test_variants_reach_into_tables(self, folder) -> None:
        """Else a scenario with a table could not be varied."""
        folder.write("products.csv", "name,firm,price\ncola,corner,1\nzero,corner,1\nrival,market,1\n")
        text = "products: products.csv\nvariants: {v: {products.cola.price: 3, products.zero.stock: 4}}\n"
        settled = folder.load(text, "v").settled
        assert settled.offers[0].price == 3
        assert settled.products[1].specification.stock == 4

    def test_all_four_maps_may_be_tables(self, folder) -> None:
        """Else long lists of firms, offers or segments would have to be typed."""
        folder.write("firms.csv", "name,supply.lead_time\nalone,3\n")
        folder.write("products.csv", "name,firm,stock\nseat,alone,5\n")
        folder.write("offers.csv", "name,uses,price\nsaver,seat,99\nflex,seat,240\n")
        folder.write(
            "segments.csv",
            "name,arrivals.kind,arrivals.rate,choice.kind,choice.scale,choice.reservation_price.saver\n"
            "early,poisson,2,logit,20,120\n",
        )
        head = "name: tables\nhorizon: 10\n"
        maps = "".join(f"{name}: {name}.csv\n" for name in ("firms", "products", "offers", "segments"))
        settled = folder.load(head + maps, extends=False).settled
        assert settled.products[0].supply.lead_time == 3
        assert [offer.uses for offer in settled.offers] == [(("seat", 1),), (("seat", 1),)]
        assert settled.segments[0].considers == ("saver",)

    def test_a_table_without_rows_is_an_empty_map(self, folder) -> None:
        """Else a table that lost its rows would pass for a scenario without products."""
        folder.write("products.csv", "name,firm\n")
        text = "name: none\nhorizon: 1\nfirms: {corner: {}}\nproducts: products.csv\nsegments: {}\n"
        assert folder.complaints(text, extends=False) == [
            "case.yaml:4: products: needs at least 1 entry (got 0)",
            "case.yaml:5: segments: needs at least 1 entry (got 0)",
        ]

    def test_a_bad_table_is_no_reason_to_complain_of_names(self, folder) -> None:
        """Else one missing file would bring a complaint about every offer that a segment considers."""
        folder.write("case.yaml", "")
        assert folder.complaints(
            "products: none.csv\noffers: {pair: {uses: [cola, zero], price: 3}}\n"
            "firms: {corner: {ordering: {kind: plan, orders: [{at: 1, quantity: 1, product: x}]}}}\n"
            "segments: {regulars: {home: cola, considers: [cola]}}\nvariants: {v: {products.cola.price: 3}}\n"
        ) == ["case.yaml:2: products: there is no file 'none.csv' in its folder"]
        assert folder.complaints("firms: none.csv\nsegments: {regulars: {home: corner}}\n") == [
            "case.yaml:2: firms: there is no file 'none.csv' in its folder"
        ]


def _modules_after(statement: str) -> list[str]:
    """Return the names of modules that a fresh Python has after a statement."""
    import subprocess

    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.split()


def test_loading_imports_nothing_heavy() -> None:
    """Else `validate` would wait for Parquet, frames and compilers that it does not need."""
    modules = _modules_after("from demandshift.scenarios.load import load; load('two-shops')")
    assert not {"pyarrow", "openpyxl", "pandas", "numba", "scipy", "simpy"} & set(modules)


class TestPlans:
    """Orders of a plan in a table."""

    def test_at_a_firm(self, folder) -> None:
        """Else a plan in a table would order other than one in the file, or for the wrong product."""
        folder.write("plan.csv", "at,quantity,product\n3,5,cola\n2025-03-04,6,zero\n1,7,cola\n")
        products = folder.load("firms: {corner: {ordering: {kind: plan, orders: plan.csv}}}\n").settled.products
        assert products[0].order_times == (1.0, 3.0)
        assert [order.quantity for order in products[0].ordering.orders] == [7, 5]
        assert products[1].order_times == (1.0,)
        assert products[2].ordering.kind == "none"

    def test_at_a_product_and_in_a_variant(self, folder) -> None:
        """Else a variant could not bring a plan, or would look for it in another folder."""
        folder.write("sub/plan.csv", "at,quantity\n0,5\n")
        text = "variants: {v: {products.cola.ordering: {kind: plan, orders: sub/plan.csv}}}\n"
        assert folder.load(text, "v").settled.products[0].order_times == (0.0,)
        scenario = folder.load("").replace({"products.cola.ordering": {"kind": "plan", "orders": "sub/plan.csv"}})
        assert scenario.settled.products[0].order_times == (0.0,)
        assert scenario.resolved["products"]["cola"]["ordering"]["orders"] == [{"at": 0, "quantity": 5}]

    def test_bad_cells_of_parquet(self, folder) -> None:
        """Else a value that a table may hold and a scenario may not would end in a traceback."""
        write_parquet(
            folder,
            "plan.parquet",
            {
                "at": [1.0, float("nan"), 2.0],
                "quantity": pyarrow.array([[1], [2], [3]]),
                "product": [True, False, True],
            },
        )
        text = "firms: {corner: {ordering: {kind: plan, orders: plan.parquet}}}\n"
        assert folder.complaints(text) == [
            "plan.parquet:1: firms.corner.ordering.orders.0.quantity: must be a whole number (got a list)",
            "plan.parquet:1: product: must be text (got True)",
            "plan.parquet:2: at: must be a finite number (got nan)",
            "plan.parquet:2: firms.corner.ordering.orders.1.quantity: must be a whole number (got a list)",
            "plan.parquet:2: product: must be text (got False)",
            "plan.parquet:3: firms.corner.ordering.orders.2.quantity: must be a whole number (got a list)",
            "plan.parquet:3: product: must be text (got True)",
        ]


SUBSTITUTION = """
segments:
  movers:
    arrivals: {kind: poisson, rate: 1}
    choice: {kind: substitution, first_choice: {cola: 0.5, zero: 0.3, nothing: 0.2}, substitution: %s}
"""


class TestSubstitution:
    """Demand-transfer shares as retailers' systems exchange them."""

    def test_a_table_says_what_the_file_would(self, folder) -> None:
        """Else shares read from a table would move demand elsewhere than shares in the file."""
        folder.write("shares.csv", "from,to,share\ncola,zero,0.4\ncola,nothing,0.1\nzero,cola,0.25\ncola,rival,0.5\n")
        table = folder.load(SUBSTITUTION % "{file: shares.csv}")
        inline = folder.load(SUBSTITUTION % "{cola: {zero: 0.4, nothing: 0.1, rival: 0.5}, zero: {cola: 0.25}}")
        assert table == inline
        choice = table.settled.segments[1].choice
        assert table.settled.segments[1].considers == ("cola", "zero", "rival")
        assert choice.first_choice == (0.5, 0.3, 0.0)
        assert choice.substitution == ((0.0, 0.4, 0.5), (0.25, 0.0, 0.0), (0.0, 0.0, 0.0))

    def test_one_store_of_several(self, folder) -> None:
        """Else the shares of all stores would be mixed."""
        folder.write("shares.csv", "store,from,to,share\n7,cola,zero,0.4\n8,cola,zero,0.3\n")
        choice = folder.load(SUBSTITUTION % '{file: shares.csv, store: "8"}').settled.segments[1].choice
        assert choice.substitution[0] == (0.0, 0.3)
        write_parquet(
            folder,
            "shares.parquet",
            {"store": [7, 8], "from": ["cola", "cola"], "to": ["zero", "zero"], "share": [0.4, 0.3]},
        )
        scenario = folder.load(SUBSTITUTION % '{file: shares.parquet, store: "8"}')
        assert scenario.settled.segments[1].choice.substitution[0] == (0.0, 0.3)


TRACE = """
segments:
  recorded:
    arrivals: {kind: trace, file: %s}
    choice: {kind: logit, scale: 1, reservation_price: {cola: 2}}
"""


class TestTraces:
    """Recorded arrivals."""

    def test_times_are_sorted_and_those_after_the_end_left_out(self, folder) -> None:
        """Else customers would come out of order, or after the run is over."""
        folder.write("trace.csv", "time\n5\n2025-03-04T12:00\n0\n10\n9.75\n11\n5\n")
        scenario = folder.load(TRACE % "trace.csv")
        assert scenario.settled.segments[1].trace == (0.0, 1.5, 5.0, 5.0, 9.75)
        assert scenario.replace({"horizon": 20}).settled.segments[1].trace == (0.0, 1.5, 5.0, 5.0, 9.75, 10.0, 11.0)
        assert scenario.replace({"start": "2025-03-04"}).settled.segments[1].trace[:2] == (0.0, 0.5)

    def test_the_table_is_read_once(self, folder) -> None:
        """Else a file that changes during a sweep would change the scenario under its own hash."""
        folder.write("trace.csv", "time\n5\n")
        scenario = folder.load(TRACE % "trace.csv")
        folder.write("trace.csv", "time\n6\n")
        assert scenario.replace({"products.cola.price": 3}).settled.segments[1].trace == (5.0,)

    def test_one_segment_of_several(self, folder) -> None:
        """Else all segments would come at the times of all."""
        folder.write("trace.csv", "segment,time\nearly,1\nlate,8\nearly,2\n")
        assert folder.load(TRACE % "trace.csv, segment: early").settled.segments[1].trace == (1.0, 2.0)

    def test_parquet_with_dates(self, folder) -> None:
        """Else a till's export with moments in it could not be used."""
        moments = [datetime.datetime(2025, 3, 3, 6), datetime.datetime(2025, 3, 4)]
        write_parquet(folder, "trace.parquet", {"time": pyarrow.array(moments, pyarrow.timestamp("ms"))})
        assert folder.load(TRACE % "trace.parquet").settled.segments[1].trace == (0.25, 1.0)

    def test_dates_with_a_zone_and_without_a_start(self, folder) -> None:
        """Else an hour could be lost between two clocks, or a date be counted from nowhere."""
        zone = pyarrow.timestamp("us", "UTC")
        write_parquet(folder, "zone.parquet", {"time": pyarrow.array([datetime.datetime(2025, 3, 4)], zone)})
        assert folder.complaints(TRACE % "zone.parquet") == [
            "zone.parquet:1: time: must be a date or a local time without a time zone (got '2025-03-04T00:00:00+00:00')"
        ]
        folder.write("trace.csv", "time\n2025-03-04\ntrue\n")
        assert folder.complaints("start: ~\n" + TRACE % "trace.csv") == [
            "trace.csv:2: time: a date needs `start` (got 2025-03-04)",
            "trace.csv:3: time: must be a date such as 2025-03-03 or 2025-03-03T09:00 (got true)",
        ]

    def test_nobody_at_all(self, folder) -> None:
        """Else an empty recording would be an error, though a shop may have had no visitors."""
        folder.write("trace.csv", "time\n")
        assert folder.load(TRACE % "trace.csv").settled.segments[1].trace == ()

    def test_nothing_is_said_of_times_where_the_head_is_bad(self, folder) -> None:
        """Else a missing horizon would bring complaints about every recording."""
        folder.write("trace.csv", "time\nsoon\n")
        assert folder.complaints("horizon: -1\n" + TRACE % "trace.csv") == [
            "case.yaml:2: horizon: must be greater than 0 (got -1)"
        ]


class TestFilesOfTables:
    """Tables that cannot be read at all."""

    def test_links_do_not_lead_out(self, folder, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Else a scenario from elsewhere could read any file of whoever runs it."""
        outside = tmp_path_factory.mktemp("outside")
        (outside / "secret.csv").write_text("name,firm\n")
        (folder.path / "secret.csv").symlink_to(outside / "secret.csv")
        (folder.path / "sub").symlink_to(outside)
        for name in ("secret.csv", "sub/secret.csv"):
            assert folder.complaints(f"products: {name}\n") == [
                f"case.yaml:2: products: must stay inside the scenario's folder (got '{name}')"
            ]

    def test_links_inside_the_folder_are_followed(self, folder) -> None:
        """Else a folder that shares its tables by links could not be used."""
        folder.write("real.csv", "name,firm,price\ncola,corner,3\nzero,corner,3\nrival,market,3\n")
        (folder.path / "link.csv").symlink_to(folder.path / "real.csv")
        assert folder.load("products: link.csv\n").settled.offers[0].price == 3

    @pytest.mark.parametrize("name", ["loop.csv", "a\\0b.csv"])
    def test_impossible_names(self, folder, name) -> None:
        """Else a link to itself, or a name that no system allows, would end in a traceback."""
        (folder.path / "loop.csv").symlink_to(folder.path / "loop.csv")
        [complaint] = folder.complaints(f'products: "{name}"\n')
        assert complaint.startswith("case.yaml:2: products: ")
        assert "is not the name of a file" in complaint or "cannot be read" in complaint

    def test_not_utf_8(self, folder) -> None:
        """Else names in another encoding would be garbled, or end in a traceback."""
        folder.write("products.csv", b"name,firm\ncaf\xe9,corner\n")
        assert folder.complaints("products: products.csv\n") == [
            "case.yaml:2: products: is not UTF-8 text (byte 13 of 'products.csv', line 2)"
        ]

    def test_too_large(self, folder, monkeypatch: pytest.MonkeyPatch) -> None:
        """Else a table of any size would be read into memory."""
        folder.write("products.csv", "name,firm\n" + "x" * 100)
        monkeypatch.setattr(tables, "MOST_TABLE_BYTES", 50)
        assert folder.complaints("products: products.csv\n") == ["case.yaml:2: products: is larger than 50 bytes"]

    def test_no_parquet(self, folder) -> None:
        """Else a file with the wrong ending would end in a traceback."""
        folder.write("products.parquet", "name,firm\n")
        [complaint] = folder.complaints("products: products.parquet\n")
        assert complaint.startswith("products.parquet: cannot be read as Parquet: ")
        assert folder.complaints("products: product.parquet\n") == [
            "case.yaml:2: products: there is no file 'product.parquet' in its folder; did you mean 'products.parquet'?"
        ]

    def test_damaged_parquet(self, folder) -> None:
        """Else a file that was cut or overwritten in the middle would end in a traceback, or in wrong figures."""
        write_parquet(folder, "products.parquet", {"name": [f"p{n}" * 9 for n in range(999)], "firm": ["corner"] * 999})
        path = folder.path / "products.parquet"
        content = path.read_bytes()
        path.write_bytes(content[:40] + b"\xff" * 600 + content[640:])
        [complaint] = folder.complaints("products: products.parquet\n")
        assert "cannot be read as Parquet: " in complaint

    def test_parquet_that_explodes(self, folder, monkeypatch: pytest.MonkeyPatch) -> None:
        """Else a small file could fill the memory."""
        write_parquet(folder, "products.parquet", {"name": ["a", "b"], "firm": ["corner", "corner"]})
        monkeypatch.setattr(tables, "MOST_PARQUET_CELLS", 3)
        assert folder.complaints("products: products.parquet\n") == ["products.parquet: has more than 3 cells"]

    def test_parquet_without_columns(self, folder) -> None:
        """Else a table of nothing would end in a traceback."""
        write_parquet(folder, "products.parquet", {})
        assert folder.complaints("products: products.parquet\n") == ["products.parquet: has no columns"]

    def test_parquet_with_a_nameless_column(self, folder) -> None:
        """Else a table with a bad header would be read column by column, whatever comes."""
        write_parquet(folder, "products.parquet", {"name": ["a"], "": ["corner"]})
        assert folder.complaints("products: products.parquet\n") == ["products.parquet:1: column 2 has no name"]

    def test_csv_that_breaks_in_its_header(self, folder) -> None:
        """Else an unclosed quote in the first line would end in a traceback."""
        folder.write("products.csv", 'name,"firm\n')
        assert folder.complaints("products: products.csv\n") == [
            "products.csv:1: is not CSV: unexpected end of data",
        ]

    def test_bad_paths_as_columns(self, folder) -> None:
        """Else a header that is no path would set something strange."""
        folder.write("products.csv", "name,firm,price..x,0\ncola,corner,1,2\n")
        assert folder.complaints("products: products.csv\n") == [
            "products.csv:1: 0: unknown column",
            "products.csv:1: price..x: is not a path: a name is missing or needs double quotes at '.x'",
        ]

    def test_a_header_over_two_lines(self, folder) -> None:
        """Else rows after a quoted line break would be named by the wrong line."""
        folder.write("products.csv", 'name,firm,"price"\n"two\nlines",corner,1\nlast,corner,-1\n')
        assert folder.complaints("products: products.csv\n")[-1] == (
            "products.csv:4: products.last.price: must be at least 0 (got -1)"
        )

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_no_permission(self, folder) -> None:
        """Else a file that may not be read would end in a traceback."""
        folder.write("products.csv", "name,firm\n").chmod(0)
        assert folder.complaints("products: products.csv\n") == [
            "case.yaml:2: products: cannot be read: Permission denied"
        ]
