"""Keys that only make sense together, scenarios between two, and what an explanation says about itself."""

from collections.abc import Callable
from itertools import chain, combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import demandshift as ds
from demandshift.experiments.changes import changed
from demandshift.experiments.explaining.grouping import joined_parts, union
from demandshift.experiments.explaining.mixture import mixture_of
from demandshift.simulator.arguments import ArgumentError
from demandshift.simulator.run import RunCancelledError

BRIEF = {"horizon": 9, "replications": 2}


@pytest.fixture(scope="module")
def shops() -> ds.Scenario:
    """Return a brief scenario."""
    return ds.load("two-shops", overrides=BRIEF)


def needs(*pairs: tuple[int, int]) -> Callable[[int], bool]:
    """Return what is valid where the first key of each pair needs the second."""
    return lambda keys: all(not keys >> key & 1 or keys >> other & 1 for key, other in pairs)


@pytest.mark.parametrize(
    ("number", "valid", "parts"),
    [
        (3, needs(), [0b001, 0b010, 0b100]),
        (3, needs((2, 0)), [0b101, 0b010]),
        (3, needs((0, 1), (1, 0)), [0b011, 0b100]),
        (4, needs((0, 1), (1, 2)), [0b0111, 0b1000]),
        # The first needs both others; none of them needs the other.
        (3, needs((0, 1), (0, 2)), [0b111]),
        # Two that are valid alone and not together, unless the third is there: a rate, a weekly profile, a bound.
        (3, lambda keys: keys != 0b011, [0b101, 0b010]),
        (2, lambda keys: keys in (0b00, 0b11), [0b11]),
    ],
)
def test_keys_are_joined_that_need_each_other(number: int, valid, parts: list[int]) -> None:
    """If this fails, a scenario is run that is none, or keys share a part that could have had their own."""
    assert joined_parts(number, valid, 8) == parts


@settings(max_examples=60)
@given(st.integers(1, 5), st.data())
def test_every_union_of_parts_is_valid(number: int, data: st.DataObject) -> None:
    """If this fails, some scenario between the two does not load."""
    whole = 2**number - 1
    bad = data.draw(st.sets(st.integers(0, whole))) - {0, whole}
    parts = joined_parts(number, lambda keys: keys not in bad, 8)
    assert union(parts) == whole
    assert sum(part.bit_count() for part in parts) == number
    for some in chain.from_iterable(combinations(parts, size) for size in range(len(parts) + 1)):
        assert union(some) not in bad


def test_the_ends_of_a_mixture_are_the_scenarios(shops: ds.Scenario) -> None:
    """If this fails, the difference that is explained is another one than that of the two scenarios."""
    other = changed(
        shops,
        {
            "products.lemon": {"firm": "corner", "price": 1.5, "stock": 20},
            "segments.regulars.choice.reservation_price.lemon": 2.0,
            "firms.corner.service": {},
            "products.own-cola.holding_cost": 0.01,
        },
    )
    mixture, notes = mixture_of(shops, other)
    assert notes == ()
    assert mixture.scenario_with(0).hash == shops.hash
    assert mixture.scenario_with(mixture.everything).hash == other.hash
    back, _ = mixture_of(other, changed(other, shops))
    assert back.scenario_with(back.everything).resolved == shops.resolved, (
        "what is there in one only is taken out again"
    )


def test_keys_that_only_make_sense_together_share_a_part(shops: ds.Scenario) -> None:
    """If this fails, a new product cannot be explained, since what it is worth is an error without it."""
    change = {
        "products.lemon": {"firm": "corner", "price": 1.5, "stock": 20},
        "segments.regulars.choice.reservation_price.lemon": 2.0,
        "products.cola.price": 1.7,
    }
    told = ds.explain(shops, change)
    assert [part.keys for part in told.parts] == [
        ("products.cola.price",),
        ("products.lemon", "segments.regulars.choice.reservation_price.lemon"),
    ]
    assert told.notes == (
        "products.lemon + segments.regulars.choice.reservation_price.lemon: these keys only make sense together, and "
        "share one part.",
        "Shapley values over all orders of 2 parts: 4 scenarios were run.",
    )
    assert told.change["part"].tolist() == [told.parts[0].name, told.parts[1].name, told.parts[1].name]


def test_scenarios_that_mean_the_same_are_run_once(shops: ds.Scenario) -> None:
    """If this fails, a key that says what held anyway doubles the work."""
    seen: list[int] = []
    told = ds.explain(
        shops,
        {"products.cola.price": 1.7, "products.cola.salvage": 0.0},
        progress=lambda _done, planned: seen.append(planned),
    )
    assert told.manifest["scenarios_run"] == 2
    assert set(seen) == {2 * 2}
    assert told.parts[1].carries.mean == 0


def test_two_files(tmp_path: Path) -> None:
    """If this fails, `--to` compares other customers, or takes the table of one file for that of the other."""
    text = """
name: stall
horizon: 6
replications: 2
firms: {stall: {}}
products:
  tea: {firm: stall, price: 2, stock: 20}
  mate: {firm: stall, price: 2, stock: 20}
segments:
  all:
    arrivals: {kind: trace, file: visits.csv}
    choice: {kind: logit, scale: 0.5, reservation_price: {tea: 2.25, mate: 2.5}}
"""
    files = {}
    for name, times, price in (("one", "1\n2\n3\n", 2), ("same", "1\n2\n3\n", 1.5), ("two", "1\n4\n5\n5.5\n", 1.5)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "visits.csv").write_text("time\n" + times, encoding="utf-8")
        files[name] = folder / "stall.yaml"
        files[name].write_text(text.replace("price: 2,", f"price: {price},", 1), encoding="utf-8")
    one, same, two = (ds.load(files[name]) for name in ("one", "same", "two"))
    told = ds.explain(one, same)
    assert [part.keys for part in told.parts] == [("products.tea.price",)]
    assert told.difference == ds.explain(one, {"products.tea.price": 1.5}).difference
    with pytest.raises(ArgumentError, match="their recorded arrivals have one name and lie in two folders"):
        ds.explain(one, two)
    backwards = text.replace("  tea: {firm: stall, price: 2, stock: 20}\n", "").replace(
        "segments:\n", "  tea: {firm: stall, price: 1.5, stock: 20}\nsegments:\n"
    )
    files["same"].write_text(backwards, encoding="utf-8")
    other = ds.explain(one, ds.load(files["same"]))
    assert other.difference == told.difference
    assert other.notes[-1] == (
        "Names are declared in another order with the change, which decides ties alone (R8a); left out."
    )


def test_what_is_said_of_people_and_draws(shops: ds.Scenario) -> None:
    """If this fails, a reader takes differences for sharper than they are (R14)."""
    told = ds.explain(shops.replace({"draws": "lazy", "segments.regulars.waiting": None}), "promoted")
    assert told.notes[-1] == (
        "Drawn lazily: regulars. Other prices or offers meet coupled twins, not the same persons (R14); with draws: "
        "full intervals may be shorter."
    )
    told = ds.explain(shops, {"segments.passers-by.arrivals.rate": 80})
    assert told.notes[-1] == "Differences hold all the same; their intervals are longer than with the same people."
    assert "60 without, 80 with it" in told.notes[-2]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"figure": "profitt"}, "there is no figure 'profitt'; did you mean 'profit'?"),
        ({"firm": "corne"}, "there is no firm 'corne' in the scenario; did you mean 'corner'?"),
        ({"firm": "x"}, "there is no firm 'x' in the scenario (known: corner, market)"),
        (
            {"figure": "arrived", "firm": "corner"},
            "arrived is a figure of all customers, not of a firm; leave the firm out",
        ),
        (
            {"figure": "consumer_surplus"},
            "the figure is not a number where customers choose without prices (R8)",
        ),
        ({"orders": 3}, "orders has a meaning only with more than 8 parts; over these 1 all orders count"),
        ({"orders": 0}, "orders must be a whole number above 0 (got 0)"),
        ({"replications": 0}, "replications must be a whole number above 0 (got 0)"),
    ],
)
def test_arguments_out_of_bounds(shops: ds.Scenario, arguments, text: str) -> None:
    """If this fails, another figure is explained than was asked for, or the mend is missing."""
    with pytest.raises(ArgumentError) as caught:
        ds.explain(shops, "promoted", **arguments)
    assert str(caught.value) == text


def test_a_firm_that_leaves(shops: ds.Scenario) -> None:
    """If this fails, a figure that there is not with the change ends in a traceback."""
    alone = shops.replace(
        {
            "firms": {"market": {}},
            "products": {"market-cola": {"firm": "market", "price": 1.5, "stock": "unlimited"}},
            "segments": {
                "regulars": {
                    "arrivals": {"kind": "poisson", "rate": 9},
                    "choice": {"kind": "logit", "scale": 1, "reservation_price": {"market-cola": 2}},
                }
            },
        }
    )
    with pytest.raises(ArgumentError, match="there is no firm 'corner' with the change: it has no figure there"):
        ds.explain(shops, alone)


def test_cancelling(shops: ds.Scenario) -> None:
    """If this fails, a long explanation cannot be stopped."""
    with pytest.raises(RunCancelledError, match="cancelled after 2 of 4 replications"):
        ds.explain(shops, "promoted", cancel=lambda: True)


def test_many_keys(shops: ds.Scenario) -> None:
    """If this fails, nine keys cannot be explained, or their shares do not add up."""
    names = ("cola", "cola-zero", "own-cola")
    change = {f"products.{name}.{key}": value for name in names for key, value in (("price", 1.7), ("cost", 0.7))}
    change |= {"products.market-cola.price": 1.4, "firms.corner.ordering.cycle_service": 0.9}
    change |= {"products.cola.holding_cost": 0.01}
    told = ds.explain(shops, change, replications=2)
    assert (len(told.parts), told.orders) == (9, 4)
    assert told.values.sum(axis=0).mean() == pytest.approx(told.difference.mean)
    assert told.notes[0].startswith("With more than 8 parts orders are drawn: Shapley values are estimated from 4")
    assert told.manifest["orders"] == 4


def test_frames_page_and_picture(shops: ds.Scenario) -> None:
    """If this fails, a report leaves out a key, or a note that a reader needs."""
    told = ds.explain(shops, ["promoted", "lean"])
    plain = told.as_dict()
    assert len(plain["carried"]) == len(told.carried) == 2
    assert plain["figure"]["difference"] == told.difference.mean
    assert set(told.frames()) == {"carried", "total", "change"}
    page = told.page()
    assert page.title == "two-shops: what each change carries of profit of corner"
    assert page.alarms == told.cautions == ()
    assert told.notes[0] in page.parts[1].text
    bars = told.plot().data[0]
    assert list(bars.measure) == ["absolute", "relative", "relative", "total"]
    assert bars.x[0] + bars.x[1] + bars.x[2] == pytest.approx(bars.x[3])


def test_keys_that_need_each_other_among_many(shops: ds.Scenario) -> None:
    """If this fails, drawn orders run scenarios that do not load, or keys are joined without need."""
    names = ("cola", "cola-zero", "own-cola")
    change = {f"products.{name}.{key}": value for name in names for key, value in (("price", 1.7), ("cost", 0.7))}
    change |= {"products.market-cola.price": 1.4, "products.lemon": {"firm": "corner", "price": 1.5, "stock": 20}}
    change |= {"segments.regulars.choice.reservation_price.lemon": 2.0, "products.cola.holding_cost": 0.01}
    told = ds.explain(shops, change, replications=2, orders=1)
    assert len(told.parts) == 9
    assert [part.keys for part in told.parts if len(part.keys) > 1] == [
        ("products.lemon", "segments.regulars.choice.reservation_price.lemon")
    ]
    assert told.orders == 2, "orders come in pairs"
    del change["products.cola.holding_cost"]
    with pytest.raises(ArgumentError, match="over these 8 all orders count"):
        ds.explain(shops, change, replications=2, orders=4)


def test_customers_are_not_kept(shops: ds.Scenario) -> None:
    """If this fails, a reader looks for customers that `customers: keep` promised, and there are none (R18)."""
    keeps = shops.replace({"customers": "keep"})
    assert "not kept: `customers: keep` is for a run." in ds.explain(keeps, "promoted").notes[-1]
    assert "not kept: `customers: keep` is for a run." in ds.twin(keeps, "promoted").notes[0]
