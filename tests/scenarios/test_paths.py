"""The language of paths, and the scalars of tables and overrides."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demandshift.scenarios.complaints import Complaints, Place
from demandshift.scenarios.marked import BROKEN, Marked, from_python, jsonable, merged
from demandshift.scenarios.paths import PathError, format_path, get, parse_path, put
from demandshift.scenarios.scalars import read_scalar

PLACE = Place("f.yaml", 1)


def marked(value: object) -> Marked:
    """Return a value as part of a document."""
    complaints = Complaints()
    node = from_python(value, PLACE, "", complaints)
    assert not complaints
    return node


DOCUMENT = marked({"products": {"Cola 0.5 L": {"price": 2}}, "lists": [{"share": 0.4}, {"share": 0.6}], "empty": []})


@given(st.lists(st.text(min_size=1), min_size=1, max_size=6))
def test_a_formatted_path_reads_back(parts: list[str]) -> None:
    """Else a complaint would name a path that means another key when it is copied into a variant."""
    assert parse_path(format_path(tuple(parts))) == tuple(parts)


@given(st.text(alphabet=string.ascii_letters + '."\\ =[0', max_size=12))
def test_any_text_is_a_path_or_a_path_error(text: str) -> None:
    """Else an odd override would end in a traceback, or would be read as something that it does not say."""
    try:
        path = parse_path(text)
    except PathError:
        return
    assert all(isinstance(part, str) for part in path)
    assert parse_path(format_path(path)) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("horizon", ("horizon",)),
        ('products."Cola 0.5 L".price', ("products", "Cola 0.5 L", "price")),
        (r'a."say \"hi\" \\".b', ("a", r'say "hi" \ '.strip(), "b")),
        ("segments.a.choice.lists.0.share", ("segments", "a", "choice", "lists", "0", "share")),
        ("продукты.кола", ("продукты", "кола")),
        ('""', ("",)),
    ],
)
def test_paths_as_a_planner_writes_them(text: str, path: tuple[str, ...]) -> None:
    """Else odd names could not be reached by variants and overrides."""
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a b", '"a', '"a"b', "a.b[0]", ".".join("a" * 41)])
def test_what_is_not_a_path_says_so(text: str) -> None:
    """Else a slip would be taken for a strange name and set something new."""
    with pytest.raises(PathError, match="is not a path"):
        parse_path(text)


def test_get_follows_names_and_positions() -> None:
    """Else an override could reach another value than it names."""
    assert get(DOCUMENT, parse_path('products."Cola 0.5 L".price')).content == 2
    assert get(DOCUMENT, parse_path("lists.1.share")).content == 0.6
    assert get(DOCUMENT, ("lists", 0, "share")).content == 0.4
    assert get(DOCUMENT, ()) is DOCUMENT


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("product", "the scenario has no 'product'; did you mean 'products'?"),
        ("products.cola", "products has no 'cola'"),
        ("lists.2", "lists is a list with positions 0 to 1 (got '2')"),
        ("lists.01", "lists is a list with positions 0 to 1 (got '01')"),
        ("lists.share", "lists is a list with positions 0 to 1 (got 'share')"),
        ("empty.0", "empty is a list with no positions: it is empty (got '0')"),
        ("lists.0.share.x", "lists.0.share has no parts, so there is no 'x' in it"),
    ],
)
def test_a_path_that_leads_nowhere_says_where_it_ends(path: str, message: str) -> None:
    """Else a misspelt path would be silent, or would not say which part of it is wrong."""
    with pytest.raises(PathError) as caught:
        get(DOCUMENT, parse_path(path))
    assert str(caught.value) == message
    if path not in ("product", "products.cola"):
        with pytest.raises(PathError) as caught:
            put(DOCUMENT, parse_path(path), marked(1))
        assert str(caught.value) == message


def test_put_replaces_and_appends_and_leaves_the_old_document_alone() -> None:
    """Else a variant would change the scenario that it is a variant of."""
    before = jsonable(DOCUMENT)
    changed = put(DOCUMENT, parse_path("lists.1.share"), marked(0.7))
    changed = put(changed, parse_path("products.new"), marked({"price": 3}))
    changed = put(changed, parse_path("lists.0"), marked("gone"))
    assert jsonable(DOCUMENT) == before
    assert jsonable(changed) == {
        "products": {"Cola 0.5 L": {"price": 2}, "new": {"price": 3}},
        "lists": ["gone", {"share": 0.7}],
        "empty": [],
    }


def test_nothing_is_put_below_what_could_not_be_read() -> None:
    """Else one bad value would bring a second complaint about every variant that changes a part of it."""
    broken = Marked({"products": Marked(BROKEN, PLACE)}, PLACE)
    assert put(broken, ("products", "cola", "price"), marked(1)) == broken


class TestMerging:
    """What `extends` does to what is below."""

    def merge(self, below: object, above: object) -> object:
        """Return one value laid over another."""
        return jsonable(merged(marked(below), marked(above)))

    def test_mappings_merge_by_key(self) -> None:
        """Else a file that extends another would have to repeat it."""
        assert self.merge({"a": {"x": 1, "y": 2}, "b": 3}, {"c": 4, "a": {"y": 5, "z": 6}}) == {
            "a": {"x": 1, "y": 5, "z": 6},
            "b": 3,
            "c": 4,
        }

    def test_another_kind_replaces_the_whole(self) -> None:
        """Else keys of the old kind would be left over as unknown keys of the new one."""
        below = {"ordering": {"kind": "order_up_to", "review_every": 7, "level": 5}}
        assert self.merge(below, {"ordering": {"kind": "none"}}) == {"ordering": {"kind": "none"}}
        assert self.merge({"ordering": {}}, {"ordering": {"kind": "none"}}) == {"ordering": {"kind": "none"}}

    def test_the_same_kind_and_none_merge(self) -> None:
        """Else changing one value of a policy would drop the others."""
        below = {"ordering": {"kind": "order_up_to", "review_every": 7}}
        assert self.merge(below, {"ordering": {"kind": "order_up_to", "level": 5}}) == {
            "ordering": {"kind": "order_up_to", "review_every": 7, "level": 5}
        }
        assert self.merge(below, {"ordering": {"level": 5}})["ordering"]["review_every"] == 7

    def test_a_product_called_kind_is_not_a_kind(self) -> None:
        """Else an unlucky name would throw away all other products."""
        assert self.merge({"kind": {"price": 1}, "b": 1}, {"kind": {"price": 2}}) == {"kind": {"price": 2}, "b": 1}

    def test_lists_and_scalars_are_replaced(self) -> None:
        """Else the lists of a ranking would be mixed up with those that they replace."""
        assert self.merge({"a": [1, 2], "b": {"x": 1}}, {"a": [3], "b": 2}) == {"a": [3], "b": 2}

    def test_what_could_not_be_read_stays_unread(self) -> None:
        """Else a bad part below would look as if it were only incomplete, and bring complaints of its own."""
        below = Marked({"a": Marked(BROKEN, PLACE)}, PLACE)
        assert merged(below, marked({"a": {"x": 1}})).nearest(("a",)).content is BROKEN


numbers = st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(-1e50, 1e50)


@given(numbers)
def test_a_number_reads_back_as_itself(number: float) -> None:
    """Else a number written by Python would come back as another one, or as text."""
    value = read_scalar(repr(number))
    assert value == number
    assert type(value) is type(number)
