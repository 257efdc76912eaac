"""Reading YAML 1.2: values, lines, and files that cannot be read at all."""

import os
from pathlib import Path

import pytest

from demandshift.scenarios import files
from demandshift.scenarios.complaints import Complaint, Complaints, Place, ScenarioError, did_you_mean, shown
from demandshift.scenarios.document import read_document
from demandshift.scenarios.load import load
from demandshift.scenarios.marked import jsonable, plain
from demandshift.scenarios.sources import source_text


def read(text: str) -> tuple[object, list[str]]:
    """Return the values of a document, and the complaints about it."""
    complaints = Complaints()
    document = read_document(text, "f.yaml", complaints)
    return (None if document is None else plain(document)), [str(each) for each in complaints]


def test_plain_words_mean_what_yaml_1_2_says() -> None:
    """Else the firm NO would be false, a date a date object, 012 octal or 1_000 a number, as in YAML 1.1."""
    values, complaints = read(
        "no: NO\nyes: yes\non: on\ndate: 2025-03-03\ntime: 12:30:00\nlong: 1_000\nten: 012\noctal: 0o17\nhex: 0x1F\n"
        "exponent: 1e3\npoint: .5\nend: 5.\nsign: +3\ntruth: True\nnothing: Null\nempty:\ntilde: ~\nquoted: '1'\n"
        "folded: >\n  1\n"
    )
    assert complaints == []
    assert values == {
        "no": "NO",
        "yes": "yes",
        "on": "on",
        "date": "2025-03-03",
        "time": "12:30:00",
        "long": "1_000",
        "ten": 12,
        "octal": 15,
        "hex": 31,
        "exponent": 1000.0,
        "point": 0.5,
        "end": 5.0,
        "sign": 3,
        "truth": True,
        "nothing": None,
        "empty": None,
        "tilde": None,
        "quoted": "1",
        "folded": "1\n",
    }
    assert [type(values[key]) for key in ("ten", "exponent", "truth")] == [int, float, bool]


def test_a_firm_may_be_called_no(tmp_path: Path) -> None:
    """Else a shop in Norway could not be written down, or would become false without a word."""
    file = tmp_path / "norway.yaml"
    text = """
        name: norway
        horizon: 5
        firms: {NO: {}}
        products: {"0123": {firm: NO, price: 1, stock: 2}}
        segments:
          all: {arrivals: {kind: poisson, rate: 1}, choice: {kind: logit, scale: 1, reservation_price: {"0123": 1}}}
    """
    file.write_text(text)
    settled = load(file).settled
    assert [offer.name for offer in settled.offers] == ["0123"]
    assert settled.offers[0].firm == "NO"


def test_lists_are_tuples_and_json_has_lists() -> None:
    """Else a loaded list could be changed, or the resolved document could not be written as JSON."""
    complaints = Complaints()
    document = read_document("a: [1, [2]]\n", "f.yaml", complaints)
    assert document is not None
    assert plain(document) == {"a": (1, (2,))}
    assert jsonable(document) == {"a": [1, [2]]}


def test_every_key_knows_its_line() -> None:
    """Else complaints would point at the wrong line."""
    document = read_document("a: 1\nb:\n  c: 2\n  d:\n    - 3\n    - e: 4\n", "f.yaml", Complaints())
    assert document is not None
    lines = {
        path: document.nearest(path).place.line
        for path in [("a",), ("b",), ("b", "c"), ("b", "d", 0), ("b", "d", 1), ("b", "d", 1, "e")]
    }
    assert list(lines.values()) == [1, 2, 3, 5, 6, 6]
    assert document.nearest(("b", "missing", "x")).place.line == 2


def test_an_alias_repeats_a_value_at_the_line_of_its_use() -> None:
    """Else a complaint about a repeated value would point at the wrong key."""
    document = read_document("a: &a {x: 1}\nb: *a\nc: &k text\nd: *k\n", "f.yaml", Complaints())
    assert document is not None
    assert plain(document) == {"a": {"x": 1}, "b": {"x": 1}, "c": "text", "d": "text"}
    assert document.nearest(("b",)).place.line == 2
    assert document.nearest(("b", "x")).place.line == 1


def test_an_anchored_key_can_be_repeated() -> None:
    """Else an anchor on a key, which YAML allows, would be unknown where it is used."""
    values, complaints = read("&name cola: 1\nfavourite: *name\n")
    assert complaints == []
    assert values == {"cola": 1, "favourite": "cola"}


@pytest.mark.parametrize("text", ["%YAML 1.2\n---\na: 1\n", "\ufeffa: 1\n", "---\na: 1\n...\n"])
def test_harmless_wrappings_are_accepted(text: str) -> None:
    """Else a file that says that it is YAML 1.2, or begins with a mark of its encoding, would be refused."""
    assert read(text) == ({"a": 1}, [])


def test_unknown_directive_of_an_incompatible_version_is_a_complaint() -> None:
    """Else a file of another YAML would be read as if it were 1.2, or end in a traceback."""
    values, complaints = read("%YAML 3.0\n---\na: 1\n")
    assert values is None
    assert complaints == ["f.yaml:1: is not YAML: found incompatible YAML document (version 1.* is required)"]


def test_a_scalar_that_is_broken_is_said_once(tmp_path: Path) -> None:
    """Else one bad number would be complained of twice, by the reader and by the schema."""
    file = tmp_path / "case.yaml"
    file.write_text("extends: two-shops\nhorizon: .inf\nproducts: {cola: !x {}}\nsegments: !y []\n")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert [complaint.key for complaint in caught.value.complaints] == ["horizon", "products.cola", "segments"]


class TestUnreadable:
    """Files that cannot even be read give one complaint and no traceback."""

    def complaint(self, file: os.PathLike[str] | str) -> str:
        """Return the only complaint about a file."""
        with pytest.raises(ScenarioError) as caught:
            load(file)
        assert len(caught.value.complaints) == 1
        return str(caught.value.complaints[0])

    def test_missing(self, tmp_path: Path) -> None:
        """Else a misspelt name would end in a traceback, or without the name that was meant."""
        (tmp_path / "shop.yaml").write_text("name: shop\n")
        assert self.complaint(tmp_path / "shap.yaml") == (
            f"{tmp_path}/shap.yaml: there is no file 'shap.yaml' in its folder; did you mean 'shop.yaml'?"
        )
        assert "there is no file" in self.complaint(tmp_path / "nowhere" / "shop.yaml")

    def test_directory(self, tmp_path: Path) -> None:
        """Else a folder that is no scenario would end in a traceback."""
        expected = "has no head: scenario.yaml or scenario.csv, with name and horizon, is missing"
        assert self.complaint(tmp_path) == f"{tmp_path}: {expected}"

    def test_impossible_name(self) -> None:
        """Else a name that no system allows would end in a traceback."""
        assert "cannot be read: embedded null byte" in self.complaint("a\0b.yaml")

    def test_not_utf_8(self, tmp_path: Path) -> None:
        """Else a file in another encoding would be read with wrong names, or end in a traceback."""
        file = tmp_path / "latin.yaml"
        file.write_bytes(b"name: shop\ndescription: caf\xe9\n")
        assert self.complaint(file) == f"{file}:2: is not UTF-8 text (byte 27 of 'latin.yaml', line 2)"

    def test_too_large(self, tmp_path: Path) -> None:
        """Else a file of any size would be read into memory."""
        file = tmp_path / "large.yaml"
        file.write_text("name: " + "x" * 1_000_000)
        assert self.complaint(file) == f"{file}: is larger than 1000000 bytes"

    def test_unknown_name(self) -> None:
        """Else a misspelt name of the library would not be mended."""
        assert self.complaint("two-shop") == (
            "two-shop: 'two-shop' is not a scenario of the library; did you mean 'two-shops'?"
        )
        assert "(known: " in self.complaint("zzz")

    def test_source_text_of_what_is_not_there(self, tmp_path: Path) -> None:
        """Else `show` would end in a traceback."""
        with pytest.raises(ScenarioError, match="is not a scenario of the library"):
            source_text("two-shop")
        with pytest.raises(ScenarioError, match="there is no file"):
            source_text(tmp_path / "none.yaml")


def test_source_text_is_the_file_as_it_stands() -> None:
    """Else `show` would print something else than what the library holds."""
    assert "name: two-shops\n" in source_text("two-shops")


def test_complaints_are_sorted_and_said_once() -> None:
    """Else the same complaint would be printed twice, or line 10 before line 9."""
    late, early = Complaint(Place("a.yaml", 10), "x", "is bad"), Complaint(Place("a.yaml", 9), "y", "is worse")
    error = ScenarioError([late, early, late, Complaint(Place("--set"), "", "needs a value")])
    assert str(error).splitlines() == [
        "--set: needs a value",
        "a.yaml:9: y: is worse",
        "a.yaml:10: x: is bad",
        "3 problems; nothing was run.",
    ]
    assert str(ScenarioError([late])).endswith("\n1 problem; nothing was run.")


def test_a_complaint_is_one_line_whatever_a_name_holds() -> None:
    """Else a name with a line break, or one that moves the cursor, could garble or forge the list of complaints."""
    complaint = Complaint(Place("a.yaml", 1), 'products."x\n\x1b[2J"', "is bad")
    assert str(complaint) == 'a.yaml:1: products."x\\n\\x1b[2J": is bad'


def test_values_are_shown_as_yaml_writes_them_and_not_at_length() -> None:
    """Else a complaint would say True for true, or repeat a whole file."""
    assert [shown(value) for value in (True, None, "a", 1.5, {}, ())] == [
        "true",
        "null",
        "'a'",
        "1.5",
        "a mapping",
        "a list",
    ]
    assert len(shown("x" * 10_000)) == 60


def test_suggestions_are_close_or_none() -> None:
    """Else a complaint would suggest a name that nobody meant, or overlook one in capital letters."""
    assert did_you_mean("horizn", ["horizon", "warm_up"]) == "; did you mean 'horizon'?"
    assert did_you_mean("USA", ["usa"]) == "; did you mean 'usa'?"
    assert did_you_mean("zebra", ["horizon", "warm_up"]) == ""


def test_the_limits_are_those_that_the_texts_name() -> None:
    """Else a file could be refused for a size that the documentation allows."""
    assert files.MOST_SCENARIO_BYTES == 1_000_000
    assert files.MOST_TABLE_BYTES == 100_000_000
