"""Shapley values that fit on paper: games of the literature, and a shop with ten recorded customers."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import demandshift as ds
from demandshift.experiments.explaining import sharing
from demandshift.experiments.explaining.shapley_values import drawn_orders, shapley_values, values_along_orders

KIOSK = """
name: kiosk
horizon: 11
replications: 2
firms: {kiosk: {}, rival: {}}
products:
  tea: {firm: kiosk, price: 2, stock: 5}
  mate: {firm: kiosk, price: 2, stock: 5}
  cocoa: {firm: rival, price: 9, stock: 5}
segments:
  fond:
    arrivals: {kind: trace, file: visits.csv, segment: fond}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {tea: 3}}]}
  careful:
    arrivals: {kind: trace, file: visits.csv, segment: careful}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {tea: 2.25}}]}
  others:
    arrivals: {kind: trace, file: visits.csv, segment: fond}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {mate: 3}}]}
"""
VISITS = "time,segment\n" + "".join(
    f"{time},{'careful' if time in (2, 4, 6, 8) else 'fond'}\n" for time in range(1, 11)
)
DEARER, MORE = {"products.tea.price": 2.5}, {"products.tea.stock": 8}
# Six fond ones would pay 3 for a tea, four careful ones 2.25. Units that the shop has cost nothing here, so profit from
# tea is: 5 · 2 = 10; dearer 5 · 2.5 = 12.5; with more 8 · 2 = 16; with both only the fond ones buy, 6 · 2.5 = 15. The
# six others take five mates for 10 in any case.


@pytest.fixture(scope="module")
def kiosk(load) -> ds.Scenario:
    """Return the shop."""
    return load(KIOSK, {"visits.csv": VISITS})


def shares(told: ds.Explanation, column: str = "carries") -> dict[str, float]:
    """Return what each part carries."""
    return dict(zip(told.carried["part"], told.carried[column], strict=True))


def test_two_keys_on_paper(kiosk: ds.Scenario) -> None:
    """If this fails, shares are not the mean over both orders: (2.5 − 1)/2 for the price, (6 + 2.5)/2 for the stock."""
    told = ds.explain(kiosk, {**DEARER, **MORE})
    assert shares(told) == {"products.tea.price": 0.75, "products.tea.stock": 4.25}
    assert shares(told, "alone") == {"products.tea.price": 2.5, "products.tea.stock": 6}
    assert shares(told, "last") == {"products.tea.price": -1, "products.tea.stock": 2.5}
    assert (told.without.mean, told.changed.mean, told.difference.mean) == (20, 25, 5)
    assert told.carried["carries_half_width"].tolist() == [0, 0]
    assert told.orders is None


def test_a_key_without_effect_carries_nothing(kiosk: ds.Scenario) -> None:
    """If this fails, a key that never changes the figure takes a share of it (dummy)."""
    told = ds.explain(kiosk, {**DEARER, **MORE, "products.cocoa.price": 8, "description": "dear cocoa"})
    assert shares(told) == {"products.tea.price": 0.75, "products.tea.stock": 4.25, "products.cocoa.price": 0}
    change = told.change.set_index("key")["part"]
    assert change["description"] is None or change["description"] != change["description"], "words are in no part"


def test_keys_that_do_the_same_carry_the_same(kiosk: ds.Scenario) -> None:
    """If this fails, the order in which keys stand in the file decides about their shares (symmetry)."""
    same = kiosk.replace({"segments.careful.choice.lists": [{"share": 1, "reservation_price": {"tea": 1}}]})
    told = ds.explain(same, {"products.tea.stock": 6, "products.mate.stock": 6})
    assert shares(told) == {"products.tea.stock": 2, "products.mate.stock": 2}


def test_other_figures_and_firms(kiosk: ds.Scenario) -> None:
    """If this fails, the figure that is explained is not the one that was asked for."""
    sold = ds.explain(kiosk, {**DEARER, **MORE}, figure="units_sold")
    assert shares(sold) == {"products.tea.price": -1, "products.tea.stock": 2}, "5, 5, 8 and 6 teas"
    rate = ds.explain(kiosk, {**DEARER, **MORE}, figure="fill_rate")
    # Served of demand, with the mates: 10/16, 10/12, 13/16, 11/12.
    assert shares(rate)["products.tea.price"] == pytest.approx((10 / 12 - 10 / 16 + 11 / 12 - 13 / 16) / 2)
    assert sum(shares(rate).values()) == pytest.approx(11 / 12 - 10 / 16)
    surplus = ds.explain(kiosk, DEARER, figure="consumer_surplus")
    # At 2: times 1, 3, 5 gain 1, times 2, 4 gain 0.25. At 2.5: the first five fond ones gain 0.5.
    assert shares(surplus) == {"products.tea.price": 2.5 - 3.5}
    rival = ds.explain(kiosk, DEARER, firm="rival")
    assert shares(rival) == {"products.tea.price": 0}


def test_drawn_orders_estimate_what_all_orders_give(kiosk: ds.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, many keys are shared out otherwise than few, or the interval leaves out the chance of orders."""
    change = {**DEARER, **MORE, "products.mate.price": 2.5, "products.mate.stock": 6}
    exact = ds.explain(kiosk, change)
    monkeypatch.setattr(sharing, "MOST_EXACT", 3)
    drawn = ds.explain(kiosk, change, replications=40, orders=2)
    assert drawn.orders == 2
    for one, other in zip(exact.parts, drawn.parts, strict=True):
        assert one.keys == other.keys
        assert one.alone.mean == other.alone.mean
        assert one.last.mean == other.last.mean
        assert other.carries.mean == pytest.approx(one.carries.mean, abs=2 * (other.carries.half_width or 0) + 1e-9)
    assert drawn.values.sum(axis=0) == pytest.approx(np.full(40, exact.difference.mean))
    price = next(part for part in ds.explain(kiosk, change, replications=40, orders=2).parts)
    assert price.carries.mean == drawn.parts[0].carries.mean, "orders are a function of seed and replication (R15)"
    with pytest.raises(ValueError, match="fill_rate is a rate, which has no value of one replication"):
        ds.explain(kiosk, change, figure="fill_rate")


@pytest.mark.parametrize(("jobs", "engine"), [(2, "kernel"), (1, "loop")])
def test_shares_add_up_in_every_replication(jobs: int, engine: str) -> None:
    """If this fails, shares do not add up to the difference that two runs show, or depend on who computes (R15)."""
    scenario = ds.load("two-shops", overrides={"horizon": 10})
    told = ds.explain(scenario, ["promoted", "lean", "products.cola.cost=0.8"], replications=4, seed=3)
    profit = [
        ds.run(each, replications=4, seed=3).reckoning.by_replication("profit", "corner") for each in told.scenarios
    ]
    assert told.values.sum(axis=0) == pytest.approx(profit[1] - profit[0], rel=1e-12)
    assert told.without.mean == pytest.approx(profit[0].mean())
    other = ds.explain(
        scenario, ["promoted", "lean", "products.cola.cost=0.8"], replications=4, seed=3, jobs=jobs, engine=engine
    )
    assert other.values == pytest.approx(told.values, rel=1e-9)


def test_airport_game() -> None:
    """If this fails, the weights are wrong. Littlechild & Owen (1973): a runway's cost, shared by those who need it.

    Three planes need runways that cost 12, 20 and 33: the first 12 is shared by three, the next 8 by two, the last 13
    is the largest plane's.
    """
    costs = (12.0, 20.0, 33.0)
    worths = {
        some: np.array([max((cost for plane, cost in enumerate(costs) if some >> plane & 1), default=0.0)])
        for some in range(8)
    }
    assert shapley_values(worths, 3).ravel() == pytest.approx([4, 4 + 4, 4 + 4 + 13])


GAMES = st.integers(1, 4).flatmap(
    lambda number: st.tuples(st.just(number), st.lists(st.integers(-50, 50), min_size=2**number, max_size=2**number))
)


@given(GAMES)
def test_the_mean_over_all_orders(game: tuple[int, list[int]]) -> None:
    """If this fails, the formula over sets and the mean over orders are two things."""
    number, worth = game
    worths = {some: np.array([float(each)]) for some, each in enumerate(worth)}
    values = shapley_values(worths, number).ravel()
    orders = list(permutations(range(number)))
    assert values == pytest.approx(values_along_orders(dict(enumerate(map(float, worth))), orders, number), abs=1e-9)
    assert values.sum() == pytest.approx(worth[-1] - worth[0], abs=1e-9)


def test_orders_come_in_pairs() -> None:
    """If this fails, drawn orders are not orders, or the same in every replication."""
    one, other = (drawn_orders(6, 2, (1, replication)) for replication in (0, 1))
    assert [sorted(order) for order in one] == [list(range(6))] * 4
    assert one[1] == one[0][::-1]
    assert one[3] == one[2][::-1]
    assert one != other
