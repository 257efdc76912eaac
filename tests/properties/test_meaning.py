"""What must not move a figure: names, the unit of money, and what nobody wants."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from drawn_scenarios import Drawn, ledgers_of, renamed, scenarios, world_of
from hypothesis import assume, given
from hypothesis import strategies as st

import demandshift as ds
from demandshift.simulator.ledger import Ledger

TABLES = ("summary", "sales", "stock", "customers", "transfers", "rates", "matrix", "timeline", "transfer_shares")


def pairs(one: Drawn, other: Drawn) -> Iterator[tuple[Ledger, Ledger]]:
    """Return the ledgers of the same replications of two scenarios."""
    return zip(ledgers_of(world_of(one.load())), ledgers_of(world_of(other.load())), strict=True)


ODD_NAMES = ("Cola 0.5 L", "[bold]x[/]", ":smile:", "no", "1e3", "été", "a.b", "null", "~", "- x", "#", "x: y")


@given(scenarios(), st.permutations(ODD_NAMES))
def test_new_names_change_nothing_but_names(drawn: Drawn, odd: list[str]):
    """If this fails, something depends on a name or on the order of the alphabet, not on the order of declaration."""
    document = drawn.document
    parts = ("firms", "products", "offers", "segments")
    olds = [name for part in parts for name in document.get(part, {})]
    names = {old: f"{odd[place % len(odd)]} {len(olds) - place}" for place, old in enumerate(olds)}
    tables = {file: _renamed_rows(text, names) for file, text in drawn.tables.items()}
    other = Drawn(renamed(document, names), tables)

    before = ds.run(drawn.load(), replications=2, seed=3)
    assert set(TABLES) == set(before.frames())
    after = ds.run(other.load(), replications=2, seed=3)
    for table in TABLES:
        expected = getattr(before, table).replace(names)
        pd.testing.assert_frame_equal(getattr(after, table), expected, check_exact=True)


def _renamed_rows(text: str, names: dict[str, str]) -> str:
    rows = [[names.get(cell, cell) for cell in line.split(",")] for line in text.splitlines()]
    return "".join(",".join(row) + "\n" for row in rows)


MONEY = {
    *("price", "reservation_price", "scale", "cost", "order_cost", "holding_cost", "salvage", "disposal_cost"),
    *("lost_sale_penalty", "back_order_penalty", "substitutive", "competitive", "strategic"),
    *("coefficients", "distance_cost", "taste"),
}
"""Keys of amounts of money, or of mappings to them."""
NOT_MONEY = {"spread", "shares"}
"""Keys inside of these that have no unit."""


def _in_other_money(value: object, factor: float, is_money: bool = False) -> object:
    match value:
        case dict():
            return {
                key: _in_other_money(each, factor, (is_money or key in MONEY) and key not in NOT_MONEY)
                for key, each in value.items()
            }
        case list():
            return [_in_other_money(each, factor, is_money) for each in value]
        case float() | int() if is_money:
            return value * factor
        case _:
            return value


@given(scenarios(), st.sampled_from([0.25, 4.0, 1024.0]))
def test_another_unit_of_money_scales_money_and_moves_no_customer(drawn: Drawn, factor: float):
    """If this fails, an amount of money is compared with a bare number, or a payment is not scaled."""
    other = Drawn(_in_other_money(drawn.document, factor), drawn.tables)
    for before, after in pairs(drawn, other):
        _assert_same_counts(before, after)
        for name in ("product_money", "offer_money", "consumer_surplus"):
            assert np.array_equal(getattr(before, name) * factor, getattr(after, name), equal_nan=True)
    told, scaled = (ds.run(each.load(), replications=2, seed=7) for each in (drawn, other))
    for table in ("summary", "sales", "stock", "customers"):
        old, new = getattr(told, table), getattr(scaled, table)
        by = np.where(old["unit"] == "money", factor, 1.0)
        for column in ("mean", "half_width"):
            assert np.array_equal(old[column] * by, new[column], equal_nan=True)


def _assert_same_counts(before: Ledger, after: Ledger) -> None:
    for name in ("heads", "flows", "willing", "stock", "stock_time", "cycles", "offer_time", "sold", "sold_to_earlier"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name


@given(scenarios(), st.booleans())
def test_what_nobody_wants_moves_no_figure_of_the_others(drawn: Drawn, on_a_shelf_of_its_own: bool):
    """If this fails, an addition to the assortment moves customers who do not want it, or their draws (R14)."""
    before = drawn.load()

    def add(document: dict) -> None:
        changes: dict = {"firms.newcomer": {}, "products.unwanted": {"firm": "newcomer", "price": 0.5, "stock": 3}}
        sold_as = "unwanted"
        if not on_a_shelf_of_its_own:
            # A further offer of a product that is there already; it has a taste of its own in half of the cases (R6),
            # and in all where customers race lazily, which those who know two offers of one taste do not.
            product = next(iter(document["products"]))
            own_taste = len(document["products"]) % 2 > 0 or document.get("draws") == "lazy"
            changes = {"offers.unwanted": {"uses": product, "price": 0.5, "own_taste": own_taste}}
            if "offers" not in document:
                changes = {"offers": {"unwanted": changes["offers.unwanted"]}}
        for name, segment in document["segments"].items():
            choice, path = segment["choice"], f"segments.{name}.choice"
            changes |= _never_wanted(choice, path, sold_as)
            if choice["kind"] == "ranking" and any("reservation_price" in each for each in choice["lists"]):
                # A product stands for all its offers in such a list, unless they are named too.
                changes[f"{path}.lists"] = [
                    {**each, "reservation_price": {**each["reservation_price"], sold_as: -1000.0}}
                    for each in choice["lists"]
                ]
            if choice["kind"] != "ranking" and "considers" in segment:
                changes[f"segments.{name}.considers"] = [*segment["considers"], sold_as]
        document["variants"] = {"longer": changes}

    if not on_a_shelf_of_its_own:
        # A product stands for all offers that use only it; here every offer is named for itself.
        first = next(iter(drawn.document["products"]))
        named = {name for segment in drawn.document["segments"].values() for name in _named(segment)}
        assume(first not in named or "price" in drawn.document["products"][first])
    longer = drawn.changed(add).load(variants=["longer"])
    old, new = ds.run(before, replications=2, seed=5), ds.run(longer, replications=2, seed=5)
    for table in TABLES:
        labels = {"offer", "product", "firm", "from", "to", "name"} & set(getattr(old, table).columns)
        frame = getattr(new, table)
        for label in labels:
            frame = frame[~frame[label].isin(["unwanted", "newcomer"])]
        expected = getattr(old, table)
        if table == "summary" and not on_a_shelf_of_its_own:
            # The firm has one offer more, which was on the shelf at times of its own.
            frame, expected = (each[each["figure"] != "in_stock_rate"] for each in (frame, expected))
        pd.testing.assert_frame_equal(frame.reset_index(drop=True), expected.reset_index(drop=True), check_exact=True)
    offers = new.sales.set_index(["offer", "figure"])["mean"]["unwanted"]
    assert offers[["demand", "sales", "turned_away"]].eq(0).all()


def _never_wanted(choice: dict, path: str, name: str) -> dict:
    """Return the changes by which a choice without lists knows an offer that nobody wants."""
    match choice["kind"]:
        case "ranking":
            return {}
        case "substitution":
            return {f"{path}.first_choice.{name}": 0.0}
        case "vertical":
            return {f"{path}.quality.{name}": 0.0}
        case "latent_classes":
            classes = [
                {**each, "reservation_price": {**each["reservation_price"], name: -1000.0 * each["scale"]}}
                for each in choice["classes"]
            ]
            return {f"{path}.classes": classes}
        case "locational":
            return {f"{path}.reservation_price.{name}": -1000.0, f"{path}.location.{name}": 0.0}
        case "nested_logit":
            # Another offer of one product shares its taste and so its nest.
            members = [*choice["nests"]["all"]["offers"], name]
            return {f"{path}.reservation_price.{name}": -1000.0 * choice["scale"], f"{path}.nests.all.offers": members}
        case "mixed_logit":
            return {f"{path}.reservation_price.{name}": -1000.0 * choice["scale"]["median"]}
        case _:
            return {f"{path}.reservation_price.{name}": -1000.0 * choice["scale"]}


def _named(segment: dict) -> set[str]:
    choice = segment["choice"]
    match choice["kind"]:
        case "vertical":
            return set(choice["quality"])
        case "latent_classes":
            return {name for each in choice["classes"] for name in each["reservation_price"]}
        case "substitution":
            return set(choice["first_choice"]) - {"nothing"}
        case kind if kind != "ranking":
            return set(choice["reservation_price"])
        case _:
            return {name for each in choice["lists"] for name in each.get("order", each.get("reservation_price", ()))}


@given(scenarios())
def test_who_values_nothing_buys_nothing(drawn: Drawn):
    """If this fails, customers buy what is worth a hundred spreads of taste less than nothing to them."""

    def despise(document: dict) -> None:
        for segment in document["segments"].values():
            names = _named(segment)
            segment["choice"] = {
                "kind": "logit",
                "scale": 0.5,
                "reservation_price": dict.fromkeys(sorted(names), -50.0),
            }

    for ledger in ledgers_of(world_of(drawn.changed(despise).load())):
        assert not ledger.sold.any()
        assert not ledger.willing.size
        assert (ledger.heads[:, 0] == ledger.heads[:, 1]).all()


@given(scenarios())
def test_what_nobody_considers_never_sells(drawn: Drawn):
    """If this fails, customers buy what they do not know of."""
    world = world_of(drawn.load())
    considered = set(world.problem.segments.consider_offer.tolist())
    unknown = [offer for offer in range(len(world.problem.offers.names)) if offer not in considered]
    for ledger in ledgers_of(world):
        assert not ledger.sold[unknown].any()
        assert not set(ledger.flows[:, [1, 4]].ravel().tolist()) & set(unknown)
        assert not set(ledger.willing[:, [1, 3]].ravel().tolist()) & set(unknown)


@given(scenarios(one_season=True), st.data())
def test_one_more_unit_never_lowers_the_sales_of_a_season(drawn: Drawn, data: st.DataObject):
    """If this fails, a unit more on the shelf loses a sale on the same customers, which substitution cannot do.

    Total sales only: the product that customers would have moved to may well sell less (Mahajan & van Ryzin 2001).
    """
    product = data.draw(st.sampled_from(sorted(drawn.document["products"])))

    def add_one(document: dict) -> None:
        document["products"][product]["stock"] += 1

    for before, after in pairs(drawn, drawn.changed(add_one)):
        assert 0 <= int(after.sold.sum()) - int(before.sold.sum()) <= 1
        assert np.array_equal(before.heads[:, :2], after.heads[:, :2])


@given(scenarios(islands=True), st.data())
def test_what_happens_on_one_shelf_leaves_the_customers_of_another_alone(drawn: Drawn, data: st.DataObject):
    """If this fails, a price, a window, a unit or a newcomer moves customers who do not consider it (R14)."""
    product = data.draw(st.sampled_from(["product0", "product1"]))
    segment = 1 - int(product[-1])
    change = data.draw(st.sampled_from(["price", "window", "stock", "arrivals"]))

    def disturb(document: dict) -> None:
        changed = document["products"][product]
        if change == "stock":
            changed["stock"] = 4 if changed["stock"] == "unlimited" else changed["stock"] + 3
        elif change == "arrivals":
            document["segments"][f"segment{1 - segment}"]["arrivals"] = {"kind": "poisson", "rate": 3}
        elif "price" in changed and change == "price":
            changed["price"] += 0.625
        elif "price" in changed:
            changed["window"] = {"opens": 0.5, "closes": 0.75}

    mine = np.array([segment])
    for before, after in pairs(drawn, drawn.changed(disturb)):
        for name in ("flows", "willing"):
            old, new = (getattr(each, name) for each in (before, after))
            assert np.array_equal(old[old[:, 0] == segment], new[new[:, 0] == segment])
        assert np.array_equal(before.heads[mine], after.heads[mine])
        assert np.array_equal(before.consumer_surplus[mine], after.consumer_surplus[mine], equal_nan=True)
