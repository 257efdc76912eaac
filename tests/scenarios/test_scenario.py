"""What a user holds: frozen, hashed, comparable, and writable as a file again."""

import dataclasses
import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.scenarios.complaints import Complaints
from demandshift.scenarios.document import read_document
from demandshift.scenarios.json_schema import json_schema
from demandshift.scenarios.library import library, library_file, library_names
from demandshift.scenarios.load import load
from demandshift.scenarios.marked import jsonable
from demandshift.scenarios.writing import yaml_text


class TestLibrary:
    """The scenarios that come with the program."""

    def test_two_shops_and_its_variants(self) -> None:
        """Else the example that the documentation explains would say something else."""
        scenario = load("two-shops")
        assert scenario.variants == ("lean", "promoted", "lp")
        services = [each.ordering.cycle_service for each in scenario.variant("lean").settled.products[:2]]
        assert services == [0.8, 0.8]
        own = scenario.settled.products[2].ordering
        assert (own.level, own.cycle_service, own.review_every) == (80, None, 7)
        assert scenario.variant("promoted").settled.offers[3].price == 1.29
        assert scenario.settled.offers[3].price == 1.55

    @pytest.mark.parametrize("name", library_names())
    def test_every_scenario_loads_with_its_variants(self, name: str) -> None:
        """Else the program would ship a scenario that nobody can run."""
        scenario = load(name)
        assert scenario.name == name
        for variant in scenario.variants:
            assert scenario.variant(variant).hash != scenario.hash

    def test_descriptions(self) -> None:
        """Else `list` would show names without a word, or another scenario's words."""
        entries = dict(library())
        assert tuple(entries) == library_names()
        assert entries["two-shops"] == "A corner shop's cola shelf, and the supermarket across the street."
        assert all(entries.values())

    def test_a_name_that_is_not_there(self) -> None:
        """Else a name with a slash could reach files outside the library."""
        assert library_file("../two-shops") is None
        assert library_file("nothing") is None

    def test_a_library_file_without_a_description(self, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Else one unfinished file would hide the whole list."""
        (tmp_path / "plain.yaml").write_text("name: plain\n")
        monkeypatch.setattr("demandshift.scenarios.library.library_folder", lambda: tmp_path)
        assert library() == [("plain", "")]
        (tmp_path / "broken.yaml").write_text("name: [\n")
        with pytest.raises(Exception, match="is not YAML"):
            library()


class TestFrozen:
    """Nothing about a scenario changes."""

    def test_attributes(self, folder) -> None:
        """Else a run could change what it was given."""
        scenario = folder.load("description: Words.\n")
        assert (scenario.name, scenario.description, scenario.variants) == ("shop", "Words.", ())
        assert scenario.folder.resolve() == folder.path.resolve()
        with pytest.raises(dataclasses.FrozenInstanceError):
            scenario.settled = None
        with pytest.raises(dataclasses.FrozenInstanceError):
            scenario.settled.offers[0].price = 3

    def test_resolved_is_a_new_one_each_time_and_json(self, folder) -> None:
        """Else whoever changes the dict that they got would change the scenario."""
        scenario = folder.load("")
        resolved = scenario.resolved
        assert json.loads(json.dumps(resolved)) == resolved
        resolved["products"]["cola"]["price"] = 99
        resolved["segments"].clear()
        assert scenario.resolved["products"]["cola"]["price"] == 2.0
        assert scenario.resolved["segments"]

    def test_resolved_has_no_more_to_apply(self, folder) -> None:
        """Else a manifest would leave open what was run."""
        resolved = folder.load("variants: {v: {horizon: 20}}\n", "v").resolved
        assert resolved["horizon"] == 20
        assert "variants" not in resolved
        assert "extends" not in resolved

    def test_replace_leaves_the_original_alone(self, folder) -> None:
        """Else a sweep would change its own base."""
        scenario = folder.load("")
        before = scenario.hash
        assert scenario.replace({"products.cola.price": 3}).settled.offers[0].price == 3
        assert scenario.settled.offers[0].price == 2
        assert scenario.hash == before

    def test_a_scenario_can_be_pickled(self, folder) -> None:
        """Else it could not be sent to a worker, or would be another one when it arrives."""
        scenario = folder.load("variants: {v: {horizon: 20}}\n", "v", {"seed": 3})
        copy = pickle.loads(pickle.dumps(scenario))
        assert copy == scenario
        assert copy.hash == scenario.hash
        assert copy.applied == scenario.applied
        assert copy.replace({"horizon": 30}) == scenario.replace({"horizon": 30})

    def test_it_says_what_it_is(self, folder) -> None:
        """Else a list of scenarios in a notebook would be pages long."""
        assert repr(folder.load("")) == "<Scenario 'shop' from shop.yaml, case.yaml>"


class TestHash:
    """Equal for what is to be simulated alike, and only for that."""

    def test_it_is_the_same_in_every_process(self) -> None:
        """Else stored results would never be found again."""
        import subprocess
        import sys

        code = "from demandshift.scenarios.load import load; print(load('two-shops').hash)"
        seen = {
            subprocess.run(
                [sys.executable, "-c", code],
                check=True,
                capture_output=True,
                text=True,
                env={"PYTHONHASHSEED": seed, "PATH": ""},
            ).stdout.strip()
            for seed in ("1", "2")
        }
        assert seen == {load("two-shops").hash}
        assert len(seen.pop()) == 64

    @pytest.mark.parametrize(
        "text",
        [
            "name: other\ndescription: Other words.\ncurrency: EUR\n",
            "seed: 7\nreplications: 3\n",
            "warm_up: 0\nhorizon: 10.0\n",
            "firms: {corner: {focal: false}}\n",
            "variants: {v: {horizon: 20}}\n",
        ],
    )
    def test_words_and_defaults_do_not_count(self, folder, text) -> None:
        """Else results would be computed again although nothing about them has changed."""
        assert folder.load(text).hash == folder.load("").hash

    @pytest.mark.parametrize(
        "text",
        [
            "horizon: 11\n",
            "valuation: cost\n",
            "start: 2025-03-04\n",
            "products: {cola: {price: 2.01}}\n",
            "products: {cola: {stock: 21}}\n",
            "products: {cola: {lost_sale_penalty: 1}}\n",
            "products: {more: {firm: corner, price: 1}}\n",
            "firms: {market: {focal: true}}\n",
            "firms: {corner: {service: {back_orders: {}}}}\n",
            "firms: {corner: {supply: {lead_time: 1}}}\n",
            "segments: {regulars: {transfer_cost: {competitive: 0.1}}}\n",
            "segments: {regulars: {arrivals: {rate: 11}}}\n",
            "segments: {regulars: {home: zero}}\n",
        ],
    )
    def test_everything_else_counts(self, folder, text) -> None:
        """Else a stored result would be given for another scenario."""
        assert folder.load(text).hash != folder.load("").hash
        assert folder.load(text) != folder.load("")

    def test_names_count_as_labels_of_figures(self, folder) -> None:
        """Else figures would be handed out under names that the scenario does not have."""
        shop = (folder.path / "shop.yaml").read_text()
        assert folder.load(shop.replace("rival:", "other:"), extends=False).hash != load("shop.yaml").hash

    def test_the_order_of_offers_counts_that_of_firms_and_keys_does_not(self, folder) -> None:
        """Else ties (R8a) and draws (R14) could differ under one hash, or a reordered file would be a new scenario."""
        shop = (folder.path / "shop.yaml").read_text()
        lines = shop.splitlines(keepends=True)
        cola = next(line for line in lines if line.startswith("  cola:"))
        zero = next(line for line in lines if line.startswith("  zero:"))
        swapped = shop.replace(cola + zero, zero + cola)
        assert folder.load(swapped, extends=False).hash != load("shop.yaml").hash
        keys = shop.replace(
            "{firm: corner, price: 2.00, cost: 1.00, stock: 20}", "{stock: 20, price: 2, cost: 1, firm: corner}"
        )
        keys = keys.replace("{cola: 2.5, zero: 2.2, rival: 1.8}", "{rival: 1.8, zero: 2.2, cola: 2.5}")
        assert keys != shop
        assert folder.load(keys, extends=False).hash == load("shop.yaml").hash
        focal = shop.replace("  market: {}\n", "").replace("firms:\n", "firms:\n  market: {}\n")
        assert folder.load(focal, extends=False).hash != load("shop.yaml").hash  # the first firm is the focal one
        third = "  third: {}\n"
        one = shop.replace("  market: {}\n", "  market: {}\n" + third)
        other = shop.replace("  market: {}\n", third + "  market: {}\n")
        assert folder.load(one, extends=False).hash == folder.load(other, extends=False).hash

    def test_recorded_times_count_and_where_they_lie_does_not(self, folder) -> None:
        """Else moving a table would make a new scenario, or changing one would not."""
        text = "segments: {regulars: {arrivals: {kind: trace, file: %s}}}\n"
        folder.write("a.csv", "time\n1\n2\n")
        folder.write("b.csv", "time\n2\n1.0\n50\n")
        folder.write("c.csv", "time\n1\n2.5\n")
        first, second, third = (folder.load(text % name) for name in ("a.csv", "b.csv", "c.csv"))
        assert first.hash == second.hash
        assert first.hash != third.hash
        assert first != second  # their documents differ

    def test_slots_count(self, folder) -> None:
        """Else two scenarios that draw otherwise would share their results."""
        base = folder.load("")
        appended = base.replace({"products.zzz": {"firm": "corner", "price": 1}})
        inside = folder.load(
            "offers: {pair: {uses: [cola, zero], price: 3}}\nproducts: {zzz: {firm: corner, price: 1}}\n"
        )
        late = folder.load("offers: {pair: {uses: [cola, zero], price: 3}}\n").replace(
            {"products.zzz": {"firm": "corner", "price": 1}}
        )
        assert appended.settled.slots.offers[-1] == "zzz"
        assert inside.settled.offers == late.settled.offers
        assert inside.hash != late.hash

    def test_equality_is_by_content(self, folder) -> None:
        """Else the same file loaded twice would be two keys of a dict."""
        assert folder.load("") == folder.load("")
        assert len({folder.load(""), folder.load(""), folder.load("horizon: 20\n")}) == 2
        assert folder.load("") != folder.load("seed: 7\n")
        assert folder.load("") != "shop"


class TestYaml:
    """A scenario can be written as a file again."""

    @pytest.mark.parametrize("name", library_names())
    def test_the_file_that_is_written_means_the_same(self, tmp_path, name: str) -> None:
        """Else the scenario that is saved beside results would not give them again."""
        scenario = load(name)
        file = tmp_path / "copy.yaml"
        file.write_text(scenario.to_yaml(), encoding="utf-8")
        assert load(file) == scenario
        assert load(file).hash == scenario.hash

    @pytest.mark.parametrize(
        "text", [".inf", "9" * 500, "1e999", "<<", "2025-03-03", "0x1F", "no", "", " x ", "\x85", "# no"]
    )
    def test_words_that_would_mean_something_are_quoted(self, text: str) -> None:
        """Else a product called 007 would come back as seven, or its file could not be read."""
        complaints = Complaints()
        document = read_document(yaml_text({text: [text]}), "f.yaml", complaints)
        assert not list(complaints)
        assert document is not None
        assert jsonable(document) == {text: [text]}

    @pytest.mark.parametrize("count", [1, 3, 40])
    def test_names_with_spaces_read_back_however_many_there_are(self, count: int) -> None:
        """Else the scenario saved for a shop with many products of several words would not be YAML."""
        prices = {f"cola zero, crate of {place} 'returnable' bottles": 2.4 for place in range(count)}
        values = {"reservation_price": prices, "order": list(prices), "nested": [{"order": list(prices)}]}
        complaints = Complaints()
        document = read_document(yaml_text(values), "f.yaml", complaints)
        assert not list(complaints)
        assert document is not None
        assert jsonable(document) == values

    @settings(deadline=None, max_examples=40)
    @given(
        st.dictionaries(
            st.text(max_size=8),
            st.recursive(
                st.none()
                | st.booleans()
                | st.integers(-(2**62), 2**62)
                | st.floats(-1e49, 1e49)
                | st.text(max_size=12),
                lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
                max_leaves=6,
            ),
            min_size=1,
        )
    )
    def test_any_values_read_back(self, values: dict[str, object]) -> None:
        """Else text that looks like a number, a date or a word of YAML would come back as something else."""
        complaints = Complaints()
        document = read_document(yaml_text(values), "f.yaml", complaints)
        assert not list(complaints)
        assert document is not None
        assert jsonable(document) == values
        assert list(jsonable(document)) == list(values)


class TestJsonSchema:
    """The schema for editors."""

    def test_every_reference_leads_somewhere(self) -> None:
        """Else an editor would refuse the schema."""
        schema = json_schema()
        text = json.dumps(schema)
        references = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
        assert references
        assert references <= {f"#/$defs/{name}" for name in schema["$defs"]}

    def test_maps_may_be_tables(self) -> None:
        """Else an editor would mark a table as a mistake."""
        schema = json_schema()
        for part in ("firms", "products", "offers", "segments"):
            kinds = [each.get("type") for each in schema["else"]["properties"][part]["anyOf"]]
            assert kinds == ["object", "string"]
            assert schema["else"]["properties"][part]["description"]
        orders = schema["$defs"]["Plan"]["properties"]["orders"]["anyOf"]
        assert [each.get("type") for each in orders] == ["array", "string"]

    def test_kind_is_required_wherever_there_is_one(self) -> None:
        """Else an editor would accept a part that the program refuses."""
        definitions = json_schema()["$defs"]
        with_kind = [
            part
            for name, part in definitions.items()
            if "kind" in part["properties"] and not name.startswith("Partial")
        ]
        assert len(with_kind) > 10
        assert all("kind" in part["required"] for part in with_kind)

    def test_a_file_that_extends_another_need_only_say_what_differs(self) -> None:
        """Else an editor would mark every short file as incomplete."""
        schema = json_schema()
        assert schema["if"] == {"required": ["extends"]}
        assert '"required"' not in json.dumps(schema["then"])
        assert "horizon" in schema["else"]["required"]
        partial = [part for name, part in schema["$defs"].items() if name.startswith("Partial")]
        assert partial
        assert not any("required" in part for part in partial)

    def test_every_key_is_explained(self) -> None:
        """Else the reference that is made from the schema would have holes."""
        schema = json_schema()
        parts = [schema["else"], *schema["$defs"].values()]
        bare = [
            f"{part['title']}.{key}"
            for part in parts
            for key, value in part["properties"].items()
            if key != "kind" and not value.get("description")
        ]
        assert bare == []
