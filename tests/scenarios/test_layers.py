"""extends < file < variants < overrides: who wins, in which order, and what is recorded."""

import datetime
import re

import numpy as np
import pytest

from demandshift.scenarios.changes import read_settings
from demandshift.scenarios.complaints import Complaints, Place, ScenarioError
from demandshift.scenarios.load import load
from demandshift.scenarios.marked import jsonable


class TestPrecedence:
    """Each layer goes over those before it."""

    @pytest.mark.parametrize(
        ("text", "variants", "overrides", "price"),
        [
            ("", [], {}, 2.0),
            ("products: {cola: {price: 3}}\n", [], {}, 3.0),
            ("products: {cola: {price: 3}}\nvariants: {v: {products.cola.price: 4}}\n", [], {}, 3.0),
            ("products: {cola: {price: 3}}\nvariants: {v: {products.cola.price: 4}}\n", ["v"], {}, 4.0),
            ("variants: {v: {products.cola.price: 4}}\n", "v", {"products.cola.price": 5}, 5.0),
            ("variants: {v: {products.cola.price: 4}}\n", ["v"], ["products.cola.price=6"], 6.0),
        ],
    )
    def test_the_highest_layer_wins(self, folder, text, variants, overrides, price) -> None:
        """Else an override on the command line could lose against the file, or a file against what it extends."""
        assert folder.load(text, variants, overrides).settled.offers[0].price == price

    def test_each_value_keeps_the_place_of_its_layer(self, folder) -> None:
        """Else a complaint would send the reader to a file that says something else."""
        folder.write("middle.yaml", "extends: shop.yaml\nhorizon: 20\nproducts:\n  zero: {price: 3}\n")
        folder.write("top.yaml", "extends: middle.yaml\nproducts:\n  cola: {stock: 5}\nvariants:\n  v: {warm_up: 2}\n")
        document = load("top.yaml", "v", {"seed": 3}).document
        places = {
            key: document.nearest(tuple(key.split("."))).place
            for key in ("name", "horizon", "products.cola.stock", "products.cola.price", "products.zero.price")
        }
        assert places == {
            "name": Place("shop.yaml", 1),
            "horizon": Place("middle.yaml", 2),
            "products.cola.stock": Place("top.yaml", 3),
            "products.cola.price": Place("shop.yaml", 10),
            "products.zero.price": Place("middle.yaml", 4),
        }
        assert document.nearest(("warm_up",)).place == Place("top.yaml", 5)
        assert document.nearest(("seed",)).place == Place("--set")

    def test_the_order_of_application_is_recorded(self, folder) -> None:
        """Else nobody could tell from a result what it was run with."""
        folder.write("middle.yaml", "extends: shop.yaml\nvariants: {a: {horizon: 20}, b: {seed: 2}}\n")
        scenario = load("middle.yaml", ["b", "a"], {"warm_up": 1})
        scenario = scenario.replace({"products.cola.price": 1.5}).variant("b")
        assert scenario.applied == (
            "shop.yaml",
            "middle.yaml",
            "variant b",
            "variant a",
            "--set warm_up=1",
            "replace products.cola.price=1.5",
        )

    def test_order_of_calls_does_not_matter_across_layers(self, folder) -> None:
        """Else a variant applied after an override would take it back."""
        text = "variants: {v: {products.cola.price: 4}}\n"
        scenario = folder.load(text)
        assert scenario.replace({"products.cola.price": 5}).variant("v") == scenario.variant("v").replace(
            {"products.cola.price": 5}
        )
        assert scenario.replace({"products.cola.price": 5}).variant("v").settled.offers[0].price == 5

    def test_a_later_replace_goes_over_an_earlier_one(self, folder) -> None:
        """Else a sweep that goes on from its last point would stand still."""
        scenario = folder.load("").replace({"products.cola.price": 5}).replace({"products.cola.price": 6})
        assert scenario.settled.offers[0].price == 6


class TestExtends:
    """A scenario may start from another one."""

    def test_a_name_of_the_library(self, folder) -> None:
        """Else the library could not be built upon."""
        folder.write("mine.yaml", "extends: two-shops\nname: mine\nproducts:\n  cola: {price: 1.75}\n")
        scenario = load("mine.yaml")
        assert scenario.name == "mine"
        assert scenario.settled.offers[0].price == 1.75
        assert scenario.variants == ("lean", "promoted", "lp")
        assert scenario.applied == ("<library>/two-shops.yaml", "mine.yaml")

    def test_variants_are_inherited_and_merged(self, folder) -> None:
        """Else extending a scenario would lose its variants."""
        folder.write("base.yaml", "extends: shop.yaml\nvariants: {a: {horizon: 20}, b: {horizon: 30}}\n")
        folder.write("top.yaml", "extends: base.yaml\nvariants: {b: {horizon: 40}, c: {horizon: 50}}\n")
        scenario = load("top.yaml")
        horizons = [scenario.variant(name).settled.head.horizon for name in scenario.variants]
        assert scenario.variants == ("a", "b", "c")
        assert horizons == [20, 40, 50]

    def test_tables_belong_to_the_file_that_names_them(self, folder) -> None:
        """Else a scenario in a folder of its own could not be extended from outside it."""
        folder.write("sub/products.csv", "name,firm,price,stock\ncola,corner,7,5\nzero,corner,8,5\nrival,market,9,5\n")
        shop = (folder.path / "shop.yaml").read_text()
        folder.write("sub/base.yaml", re.sub(r"products:\n(  .*\n)+segments", "products: products.csv\nsegments", shop))
        folder.write("top.yaml", "extends: sub/base.yaml\nproducts:\n  cola: {price: 6}\n")
        assert [offer.price for offer in load("top.yaml").settled.offers] == [6, 8, 9]
        folder.write("sub/products.csv", "name,firm,price\ncola,corner,-7\n")
        with pytest.raises(
            ScenarioError, match=re.escape("sub/products.csv:2: products.cola.price: must be at least 0")
        ):
            load("sub/base.yaml")

    def test_a_bad_parent_is_complained_of_in_its_own_file(self, folder) -> None:
        """Else the reader would look for the mistake in the wrong file."""
        folder.write("base.yaml", "extends: shop.yaml\nhorizon: -1\n")
        folder.write("top.yaml", "extends: base.yaml\nwarm_up: -1\n")
        with pytest.raises(ScenarioError) as caught:
            load("top.yaml")
        assert [str(each.place) for each in caught.value.complaints] == ["base.yaml:2", "top.yaml:2"]

    def test_a_parent_that_is_no_yaml(self, folder) -> None:
        """Else a child of a broken file would be judged without it, and be complained of for all that is missing."""
        folder.write("base.yaml", "name: [\n")
        assert folder.complaints("extends: base.yaml\n", extends=False) == [
            "base.yaml:2: is not YAML: expected the node content, but found '<stream end>'"
        ]

    def test_a_broken_extends_is_said_once(self, folder) -> None:
        """Else what is said of the file's other keys would be lost or doubled."""
        assert folder.complaints("extends: !x shop\nhorizn: 1\n", extends=False)[0] == (
            "case.yaml:1: extends: tags have no meaning in a scenario (got !x)"
        )


class TestVariants:
    """A variant replaces the values that it names."""

    def test_it_replaces_the_whole_value(self, folder) -> None:
        """Else the old policy's values would be mixed with the new one's."""
        text = "variants: {v: {firms.corner.ordering: {kind: reorder_point, quantity: 5, reorder_point: 3}}}\n"
        ordering = folder.load(text, "v").settled.products[0].ordering
        assert (ordering.kind, ordering.quantity, ordering.reorder_point) == ("reorder_point", 5, 3)

    def test_it_may_append_a_key(self, folder) -> None:
        """Else a variant could not introduce a product or name an optional setting."""
        text = """
variants:
  v:
    warm_up: 2
    products.new: {firm: corner, price: 1, stock: 3}
    segments.regulars.choice.reservation_price.new: 2
"""
        scenario = folder.load(text, "v")
        assert scenario.settled.head.warm_up == 2
        assert scenario.settled.segments[0].considers == ("cola", "zero", "rival", "new")

    def test_two_variants_that_set_different_values_go_together(self, folder) -> None:
        """Else variants could not be combined at all."""
        text = "variants: {a: {products.cola.price: 1}, b: {products.zero.price: 1, products.cola.stock: 1}}\n"
        settled = folder.load(text, ["a", "b"]).settled
        assert [offer.price for offer in settled.offers] == [1, 1, 1.5]

    def test_two_variants_that_set_one_value_do_not(self, folder) -> None:
        """Else the order on the command line would silently decide which of them counts."""
        text = "variants: {a: {products.cola.price: 1}, b: {products.cola: {firm: corner, price: 3}}}\n"
        message = (
            "case.yaml:2: variants.b.\"products.cola\": sets what 'products.cola.price' of variant 'a' sets; "
            "they cannot be applied together"
        )
        assert folder.complaints(text, ["a", "b"]) == [message]
        with pytest.raises(ScenarioError, match="they cannot be applied together"):
            folder.load(text, "a").variant("b")

    def test_naming_one_twice_is_naming_it_once(self, folder) -> None:
        """Else a variant would be in conflict with itself."""
        text = "variants: {a: {products.cola.price: 1}}\n"
        assert folder.load(text, ["a", "a"]).variant("a").applied == ("shop.yaml", "case.yaml", "variant a")

    def test_each_declared_variant_is_checked_alone_and_named(self, folder) -> None:
        """Else a bad variant would be found only by whoever applies it, or be blamed on the file's other lines."""
        text = """report_every: 4
variants:
  good: {horizon: 20}
  short: {horizon: 3}
  free: {products.cola.price: -1}
"""
        assert folder.complaints(text) == [
            "case.yaml:2: report_every: must be at most the horizon, 3 (got 4) (in variant 'short')",
            "case.yaml:6: products.cola.price: must be at least 0 (got -1)",
        ]

    def test_applying_a_bad_variant_says_the_same_once(self, folder) -> None:
        """Else the complaint would come twice, once for the check and once for the application."""
        text = "report_every: 4\nvariants:\n  short: {horizon: 3}\n"
        assert folder.complaints(text, "short") == [
            "case.yaml:2: report_every: must be at most the horizon, 3 (got 4) (in variant 'short')"
        ]

    def test_a_mistake_of_the_file_is_not_repeated_for_its_variants(self, folder) -> None:
        """Else ten variants would make eleven complaints of one mistake."""
        text = "warm_up: -1\nvariants: {a: {products.cola.price: 1}, b: {products.cola.price: 2}}\n"
        assert folder.complaints(text, "a") == ["case.yaml:2: warm_up: must be at least 0 (got -1)"]

    def test_an_unknown_variant_of_a_loaded_scenario(self, folder) -> None:
        """Else a misspelt variant would be no variant."""
        scenario = folder.load("variants: {lean: {seed: 2}}\n")
        with pytest.raises(ScenarioError, match="unknown variant 'lien'; did you mean 'lean'"):
            scenario.variant("lien")


class TestOverrides:
    """`--set` and `replace`."""

    @pytest.mark.parametrize(
        ("setting", "path", "value"),
        [
            ("horizon=20", ("horizon",), 20),
            (" horizon = 20 ", ("horizon",), 20),
            ("description=a: b = c", ("description",), {"a": "b = c"}),
            ('description="a: b"', ("description",), "a: b"),
            ("products.cola.ordering={level: 80}", ("products", "cola", "ordering"), {"level": 80}),
            ('products."a=b".price=2', ("products", "a=b", "price"), 2),
            ("start=2025-03-04", ("start",), "2025-03-04"),
            ("warm_up=", ("warm_up",), None),
        ],
    )
    def test_values_are_read_as_yaml(self, setting, path, value) -> None:
        """Else the same words would mean one thing in a file and another on the command line."""
        complaints = Complaints()
        [change] = read_settings([setting], "--set", complaints)
        assert not complaints
        assert change.path == path
        assert jsonable(change.value) == value

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (np.float64(1.5), 1.5),
            (np.int64(2), 2),
            (np.float32(0.5), 0.5),
            (3, 3),
        ],
    )
    def test_numbers_of_numpy_are_numbers(self, folder, value, written) -> None:
        """Else a sweep over a NumPy range would be refused, or could not be written as JSON."""
        resolved = folder.load("").replace({"products.cola.price": value}).resolved
        assert resolved["products"]["cola"]["price"] == written
        assert type(resolved["products"]["cola"]["price"]) is type(written)

    def test_dates_and_nested_values_of_python(self, folder) -> None:
        """Else Python's own values would have to be written as text."""
        scenario = folder.load("").replace(
            {
                "start": datetime.date(2025, 3, 4),
                "firms.corner.pricing": {
                    "kind": "scheduled",
                    "changes": [{"at": datetime.datetime(2025, 3, 5, 12), "price": 1}],
                },
                "firms.corner.focal": True,
                "products.cola.shelf_life": None,
            }
        )
        assert scenario.settled.offers[0].price_changes == ((1.5, 1.0),)
        assert scenario.settled.firms["corner"].focal is True

    @pytest.mark.parametrize(
        ("values", "complaint"),
        [
            ({"horizn": 1}, "replace: horizn: unknown key; did you mean 'horizon'?"),
            ({"products.cola.price": -1}, "replace: products.cola.price: must be at least 0 (got -1)"),
            (
                {"products.colla.price": 1},
                "replace: products.colla.price: products has no 'colla'; did you mean 'cola'?",
            ),
            ({"horizon": float("inf")}, "replace: horizon: must be a finite number (got inf)"),
            ({"horizon": 1e60}, "replace: horizon: is too large a number"),
            ({"seed": 2**70}, "replace: seed: is too large a number"),
            ({"name": "\ud800"}, "replace: name: is not text: it holds half a character"),
            ({"name": {1, 2}}, "replace: name: cannot stand in a scenario (got a set)"),
            ({"products.cola": {1: 2}}, "replace: products.cola: has a key that is not text (got 1)"),
            ({"variants": {}}, "replace: variants: 'variants' cannot be changed from here"),
            ({3: 4}, "replace: 3: is not a path (got 3)"),
            (
                {"products.cola.firm": "korner"},
                "replace: products.cola.firm: unknown firm 'korner'; did you mean 'corner'?",
            ),
        ],
    )
    def test_bad_values_are_complaints(self, folder, values, complaint) -> None:
        """Else a slip in Python would give a traceback, or a scenario that no file could say."""
        with pytest.raises(ScenarioError) as caught:
            folder.load("").replace(values)
        assert str(caught.value).splitlines()[:-1] == [complaint]

    def test_a_value_that_holds_itself(self, folder) -> None:
        """Else the program would go round in circles until it breaks."""
        circle: list[object] = []
        circle.append(circle)
        with pytest.raises(ScenarioError, match="is nested deeper than 40 levels"):
            folder.load("").replace({"name": circle})

    def test_two_that_set_one_value(self, folder) -> None:
        """Else one of the two would be lost without a word."""
        with pytest.raises(ScenarioError, match=r"sets what 'products\.cola' sets"):
            folder.load("").replace({"products.cola": {"firm": "corner", "price": 1}, 'products."cola".price': 2})

    def test_all_that_is_wrong_with_file_and_overrides_at_once(self, folder) -> None:
        """Else mistakes would come to light one run after the other."""
        assert folder.complaints("warm_up: -1\n", "lean", {"horizn": 1}) == [
            "--set: horizn: unknown key; did you mean 'horizon'?",
            "--variant: unknown variant 'lean' (the scenario declares none)",
            "case.yaml:2: warm_up: must be at least 0 (got -1)",
        ]


class TestSlots:
    """The places of offers, products and segments in the keys of draws (R14)."""

    def test_the_base_gives_the_order(self, folder) -> None:
        """Else draws would depend on something else than the order of declaration."""
        text = """
products:
  seat: {firm: corner, stock: 5}
  last: {firm: corner, price: 1}
offers:
  saver: {uses: seat, price: 1}
"""
        slots = folder.load(text).settled.slots
        assert slots.products == ("cola", "zero", "rival", "seat", "last")
        assert slots.offers == ("cola", "zero", "rival", "last", "saver")
        assert slots.segments == ("regulars",)

    def test_what_is_added_is_appended(self, folder) -> None:
        """Else a new product would give the customers of all others new tastes."""
        text = """
offers:
  pair: {uses: [cola, zero], price: 3}
variants:
  wide:
    products.new: {firm: corner, price: 1}
    segments.more: {arrivals: {kind: poisson, rate: 1}, choice: {kind: logit, scale: 1, reservation_price: {new: 1}}}
"""
        scenario = folder.load(text, "wide").replace({"products.newer": {"firm": "corner", "price": 1}})
        slots = scenario.settled.slots
        assert slots.offers == ("cola", "zero", "rival", "pair", "new", "newer")
        assert slots.products == ("cola", "zero", "rival", "new", "newer")
        assert slots.segments == ("regulars", "more")
        assert [offer.name for offer in scenario.settled.offers] == ["cola", "zero", "rival", "new", "newer", "pair"]

    def test_what_is_removed_keeps_its_place(self, folder) -> None:
        """Else taking a product away would give the customers of all others new tastes."""
        products = {"zero": {"firm": "corner", "price": 1}, "rival": {"firm": "market", "price": 1}}
        scenario = folder.load("").replace(
            {"products": products, "segments.regulars.choice.reservation_price": {"zero": 1, "rival": 1}}
        )
        assert scenario.settled.slots.offers == ("cola", "zero", "rival")
        assert [offer.name for offer in scenario.settled.offers] == ["zero", "rival"]
