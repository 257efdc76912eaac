"""Points from grids, designs, lists and frames; all of them checked before anything runs."""

import warnings

import numpy as np
import pandas as pd
import pytest

import demandshift as ds
from demandshift.experiments.sweeping.points import made_points, plan_of
from demandshift.simulator.run import ArgumentError

PRICE, STOCK = "products.plum.price", "products.plum.stock"


def test_a_grid_has_all_combinations_the_last_key_fastest(stall: ds.Scenario):
    """If this fails, combinations are missing, or stand in an order that nobody expects."""
    plan = plan_of({PRICE: [2.5, 3], STOCK: [1, 2]}, stall, "grid", None)
    assert plan.points == ((2.5, 1), (2.5, 2), (3, 1), (3, 2))
    points = made_points(plan, stall)
    assert [point.number for point in points] == [1, 2, 3, 4]
    assert [point.hash for point in points] == [
        stall.replace({PRICE: price, STOCK: stock}).hash for price, stock in plan.points
    ]


@pytest.mark.parametrize("design", ["latin", "sobol"])
def test_designs_fill_the_space_and_stay_the_same(stall: ds.Scenario, design: str):
    """If this fails, a range is left empty, whole numbers become fractions, or points differ each time."""
    over = {PRICE: "1:4", STOCK: "10:13", "firms.stall.ordering.review_every": [1, 2]}
    plan = plan_of(over, stall, design, 16)
    assert plan == plan_of(over, stall, design, 16)
    prices, stocks, reviews = (np.array(column) for column in zip(*plan.points, strict=True))
    # Each sixteenth of the range once (of a Sobol sequence too, at a power of two); each whole number, both ends
    # included, a quarter of the times; each value of a list half of them.
    assert sorted(np.floor((prices - 1) / 3 * 16).astype(int).tolist()) == list(range(16))
    assert {type(stock) for stock in (point[1] for point in plan.points)} == {int}
    assert np.bincount(stocks).tolist()[10:] == [4, 4, 4, 4]
    assert np.bincount(reviews).tolist()[1:] == [8, 8]
    made_points(plan, stall)


def test_a_sobol_design_is_the_beginning_of_a_longer_one(stall: ds.Scenario):
    """If this fails, more points are all other points, and a store is of no use for them; or a warning gets through."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        few = plan_of({PRICE: "1:4"}, stall, "sobol", 5).points
        assert plan_of({PRICE: "1:4"}, stall, "sobol", 13).points[:5] == few


def test_points_of_ones_own_may_be_a_list_or_a_frame(stall: ds.Scenario):
    """If this fails, who chose points himself gets others."""
    rows = [{PRICE: 2.5, STOCK: 4}, {PRICE: 3.0, STOCK: 2}]
    plan = plan_of(rows, stall, "grid", None)
    assert plan == plan_of(pd.DataFrame(rows), stall, "grid", None)
    assert (plan.keys, plan.points, plan.design) == ((PRICE, STOCK), ((2.5, 4), (3.0, 2)), "own")
    assert [type(value) for value in plan_of(pd.DataFrame(rows), stall, "grid", None).points[0]] == [float, int]


def test_everything_that_is_wrong_with_any_point_is_said_at_once(stall: ds.Scenario):
    """If this fails, a user mends one point after the other, or does not learn which one is meant."""
    plan = plan_of({PRICE: [2, -1], "firms.stall.ordering.leval": [3], STOCK: [1, 2]}, stall, "grid", None)
    with pytest.raises(ds.ScenarioError) as caught:
        made_points(plan, stall)
    assert str(caught.value).splitlines() == [
        "sweep: firms.stall.ordering.leval: unknown key; did you mean 'level'? (at all 4 points)",
        "sweep: products.plum.price: must be at least 0 (got -1) (at 2 points, first products.plum.price=-1, "
        "firms.stall.ordering.leval=3, products.plum.stock=1)",
        "2 problems; nothing was run.",
    ]


def test_one_wrong_point_is_named(stall: ds.Scenario):
    """If this fails, the one wrong row of a long list has to be searched for."""
    with pytest.raises(ds.ScenarioError) as caught:
        ds.sweep(stall, [{PRICE: 2}, {PRICE: "dear"}, {PRICE: 3}])
    assert str(caught.value).splitlines() == [
        "sweep: products.plum.price: must be a number (got 'dear') (at point 2: products.plum.price='dear')",
        "1 problem; nothing was run.",
    ]


@pytest.mark.parametrize(
    ("over", "arguments", "message"),
    [
        ({PRICE: "1:2"}, {}, r"price: 1:2 needs a step in a grid, as in 1:2:1, or design latin or sobol"),
        (
            {PRICE: "0:1:0.001", STOCK: range(1001)},
            {},
            r"the grid has 1,002,001 points; at most 1,000,000 can be swept",
        ),
        ([{PRICE: 1}, {STOCK: 1}], {}, r"point 2 has other keys than point 1; each point needs all of them"),
        ([{PRICE: float("nan")}], {}, r"products.plum.price: is empty at point 1"),
    ],
)
def test_what_is_swept_must_make_sense(stall: ds.Scenario, over, arguments, message: str):
    """If this fails, points are swept that nobody asked for."""
    with pytest.raises(ds.ScenarioError, match=message):
        ds.sweep(stall, over, **arguments)


@pytest.mark.parametrize(
    ("over", "arguments", "message"),
    [
        ({PRICE: "1:2"}, {"design": "sobel", "points": 3}, "there is no design 'sobel' (known: grid, latin, sobol)"),
        (
            {PRICE: [1]},
            {"points": 3},
            "points has a meaning only for the designs latin and sobol; a grid has all of its own",
        ),
        (
            {PRICE: "1:2"},
            {"design": "latin"},
            "a latin design needs points, a whole number from 1 to 1,000,000 (got None)",
        ),
        (
            [{PRICE: 1}],
            {"design": "latin", "points": 2},
            "the design latin chooses points between two ends; here all points are given",
        ),
        ([], {}, "a sweep needs at least one point (got none)"),
        ("price", {}, "what is swept must be a mapping of keys to values, a list of points, or a frame (got a str)"),
        ({PRICE: [1]}, {"replications": 0}, "replications must be a whole number above 0 (got 0)"),
        ({PRICE: [1]}, {"jobs": 1.5}, "jobs must be a whole number above 0 (got 1.5)"),
        ({PRICE: [1]}, {"seed": -1}, "seed must be a whole number in [0, 2**32) (got -1)"),
        ({PRICE: [1]}, {"backend": "dask:8786"}, "there is no backend 'dask:8786' (known: local, dask://HOST:PORT)"),
        (
            {PRICE: [1]},
            {"backend": "dask://here:8786", "jobs": 2},
            "jobs has a meaning only for the local backend; a cluster has its own workers",
        ),
        ({PRICE: [1]}, {"figures": ["prifit"]}, "there is no figure 'prifit'; did you mean 'profit'?"),
        ({PRICE: [1]}, {"figures": "profit"}, "figures must be a list of names (got 'profit')"),
    ],
)
def test_arguments_out_of_their_bounds_are_refused(stall: ds.Scenario, over, arguments, message: str):
    """If this fails, an argument is read and ignored, or a mistake is not explained."""
    with pytest.raises(ArgumentError) as caught:
        ds.sweep(stall, over, **arguments)
    assert str(caught.value) == message


def test_a_scenario_that_keeps_its_customers_is_refused(stall: ds.Scenario):
    """If this fails, customers that were to be kept are quietly lost."""
    with pytest.raises(ArgumentError, match="keeps its customers one by one, which a sweep does not"):
        ds.sweep(stall.replace({"customers": "keep"}), {PRICE: [1]})
