"""A change in all the ways in which one can be asked about, and the keys in which scenarios differ."""

from pathlib import Path

import pytest

import demandshift as ds
from demandshift.experiments.changes import changed
from demandshift.experiments.differences import differences
from demandshift.simulator.arguments import ArgumentError

SHOP = """
name: shop
horizon: 6
firms:
  corner: {ordering: {kind: order_up_to, review_every: 2, level: 30}}
  market: {}
products:
  cola: {firm: corner, price: 2, cost: 1, stock: 20}
  zero: {firm: corner, price: 2, cost: 1, stock: 20}
  rival: {firm: market, price: 1.75, stock: unlimited}
segments:
  all:
    arrivals: {kind: poisson, rate: 40}
    choice: {kind: logit, scale: 0.5, reservation_price: {cola: 2.5, zero: 2.25, rival: 2}}
variants:
  cut: {products.rival.price: 1.25}
  lean: {firms.corner.ordering.level: 12}
  cheap: {products.rival.price: 1.5}
"""


@pytest.fixture
def shop(tmp_path: Path) -> ds.Scenario:
    """Return a small scenario with variants."""
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP, encoding="utf-8")
    return ds.load(file)


def test_a_variant_a_setting_and_a_mapping_say_the_same(shop: ds.Scenario) -> None:
    """If this fails, it matters for the answer in which words a change is asked about."""
    variant = shop.variant("cut")
    for change in ("cut", "products.rival.price=1.25", {"products.rival.price": 1.25}, ["cut"], variant):
        assert changed(shop, change).hash == variant.hash


def test_several_changes_go_together_and_settings_over_variants(shop: ds.Scenario) -> None:
    """If this fails, a change that was asked for is left out."""
    both = changed(shop, ["lean", "cut", "products.rival.price=1.5"])
    assert both.hash == shop.variant("cheap", "lean").hash
    assert both.applied[1:] == (
        "variant 'lean' firms.corner.ordering.level=12",
        "variant 'cut' products.rival.price=1.25",
        "--change products.rival.price=1.5",
    )


def test_a_change_goes_over_what_was_applied(shop: ds.Scenario) -> None:
    """If this fails, `--set` in front of a change takes the change away, and the twin shows no effect."""
    dear = shop.replace({"products.rival.price": 3})
    assert changed(dear, "cut").hash == shop.variant("cut").hash
    assert changed(shop.variant("cheap"), "cut").hash == shop.variant("cut").hash


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("cutt", "--change: unknown variant 'cutt'; did you mean 'cut'?"),
        (
            "discount",
            "--change: unknown variant 'discount' (variants: cut, lean, cheap; a setting has the form path=value)",
        ),
        ("products.cola.prize=1", "--change: products.cola.prize: unknown key; did you mean 'price'?"),
        ({"products.cole.price": 1}, "--change: products.cole.price: products has no 'cole'; did you mean 'cola'?"),
        (
            ["cut", "cheap"],
            "shop.yaml:18: products.rival.price: sets what 'products.rival.price' of variant 'cut' sets; "
            "they cannot be applied together",
        ),
    ],
)
def test_what_is_wrong_with_a_change_is_said(shop: ds.Scenario, change, text: str) -> None:
    """If this fails, a mistyped change is answered by another question's answer, or by no mend."""
    with pytest.raises(ds.ScenarioError) as caught:
        changed(shop, change)
    lines = str(caught.value).splitlines()
    assert lines[0].endswith(text)
    assert lines[1] == "1 problem; nothing was run."


@pytest.mark.parametrize("change", [{}, [], {"products.cola.price": 2}, {"description": "another"}, {"seed": 5}])
def test_no_change_is_an_error(shop: ds.Scenario, change) -> None:
    """If this fails, a twin of two equal worlds is shown as the effect of a change."""
    with pytest.raises(ArgumentError, match=r"there is no change|the change changes nothing"):
        changed(shop, change)


def test_another_file_has_the_places_of_the_first(shop: ds.Scenario, tmp_path: Path) -> None:
    """If this fails, two files that declare products in another order have other customers (R14)."""
    lines = SHOP.replace("price: 1.75", "price: 1.25").splitlines()
    first = next(number for number, line in enumerate(lines) if "cola: {firm" in line)
    lines[first], lines[first + 2] = lines[first + 2], lines[first]
    file = tmp_path / "other.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    other = ds.load(file)
    assert other.settled.slots.offers == ("rival", "zero", "cola")
    one, two = (ds.twin(shop, change, replications=2, seed=1) for change in ("cut", other))
    assert sorted(map(str, one.rows("moves"))) == sorted(map(str, two.rows("moves")))
    assert two.notes == ()


def test_keys_that_differ(shop: ds.Scenario) -> None:
    """If this fails, the difference of two scenarios misses a key, or takes one apart that is a whole."""
    other = shop.replace(
        {
            "products.rival.price": 1.5,
            "products.lemon": {"firm": "corner", "price": 1, "stock": 3},
            "firms.corner.ordering": {"kind": "reorder_point", "reorder_point": 4, "quantity": 6},
            "firms.market.focal": True,
            "segments.all.choice.reservation_price.lemon": 1.5,
            "description": "with lemonade",
        }
    )
    told = {
        each.key: (each.as_dict()["without"], each.as_dict()["with"], each.as_dict()["in"])
        for each in differences(shop, other)
    }
    old = {"kind": "order_up_to", "review_every": 2, "level": 30}
    assert told == {
        "firms.corner.ordering": (old, {"kind": "reorder_point", "reorder_point": 4, "quantity": 6}, "both"),
        "firms.market.focal": (None, True, "with"),
        "products.rival.price": (1.75, 1.5, "both"),
        "products.lemon": (None, {"firm": "corner", "price": 1, "stock": 3}, "with"),
        "segments.all.choice.reservation_price.lemon": (None, 1.5, "with"),
        "description": (None, "with lemonade", "with"),
    }
    assert [each.key for each in differences(shop, other) if not each.counts] == ["description"]
    assert {each.as_dict()["in"] for each in differences(other, shop)} == {"both", "without"}
    assert differences(shop, shop) == ()
