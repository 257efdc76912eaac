"""Pictures and page of a sweep: each point where it belongs, failed ones left out, and names that are only data."""

import dataclasses

import pytest

import demandshift as ds
from demandshift.experiments.report.page import Picture, Table

PRICE, COST, RATE = "products.cola.price", "products.cola.cost", "segments.all.arrivals.rate"
SHOP = """
name: <b>shop</b>
horizon: 2
replications: 2
currency: EUR
firms: {"<b>corner</b>": {}}
products:
  cola: {firm: "<b>corner</b>", price: 3, cost: 1, stock: 20}
segments:
  all:
    arrivals: {kind: poisson, rate: 12}
    choice: {kind: logit, scale: 0.7, reservation_price: {cola: 3.2}}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> ds.Scenario:
    """Return a shop with an odd name."""
    file = tmp_path_factory.mktemp("shop") / "shop.yaml"
    file.write_text(SHOP, encoding="utf-8")
    return ds.load(file)


def test_one_key_is_a_line_with_a_band(shop: ds.Scenario):
    """If this fails, points are joined out of order, or the band is not the interval."""
    found = ds.sweep(shop, {PRICE: [3.0, 2.0, 4.0]})
    band, line = found.plot("profit").data
    table = found.table("profit").sort_values(PRICE)
    mean, half = table["<b>corner</b>"].tolist(), table["<b>corner</b>_half_width"].tolist()
    assert list(line.x) == [2.0, 3.0, 4.0]
    assert list(line.y) == mean
    assert list(band.x) == [2.0, 3.0, 4.0, 4.0, 3.0, 2.0]
    assert list(band.y) == [
        *(m + h for m, h in zip(mean, half, strict=True)),
        *(m - h for m, h in zip(mean[::-1], half[::-1], strict=True)),
    ]
    assert "(n = 2)" in line.text[0]


def test_a_failed_point_is_a_gap(shop: ds.Scenario):
    """If this fails, a line runs through a point that was never computed."""
    found = ds.sweep(shop, {PRICE: [2.0, 2.5, 3.0, 3.5]})
    holed = dataclasses.replace(found, figures=(found.figures[0], None, *found.figures[2:]))
    *bands, line = holed.plot("profit").data
    assert [list(band.x) for band in bands] == [[2.0, 2.0], [3.0, 3.5, 3.5, 3.0]]
    assert line.y[1] is None
    assert line.text[1].endswith("failed")


def test_two_keys_are_a_heat_map(shop: ds.Scenario):
    """If this fails, a field shows another point's figure."""
    found = ds.sweep(shop, {PRICE: [2.0, 3.0, 4.0], COST: [0.5, 1.5]})
    (heat,) = found.plot("fill_rate").data
    table = found.table("fill_rate").set_index([PRICE, COST])["<b>corner</b>"]
    assert list(heat.x) == ["2.0", "3.0", "4.0"]
    assert list(heat.y) == ["0.5", "1.5"]
    for row, cost in enumerate([0.5, 1.5]):
        for column, price in enumerate([2.0, 3.0, 4.0]):
            assert heat.z[row][column] == 100 * table[price, cost]


def test_three_keys_are_several_heat_maps_and_a_design_is_points(shop: ds.Scenario):
    """If this fails, a third key is left out of the picture, or scattered points pretend to be a grid."""
    three = ds.sweep(shop, {PRICE: [2.0, 3.0], COST: [0.5, 1.5], RATE: [10, 20]}).plot()
    assert len(three.data) == 2
    assert [note.text for note in three.layout.annotations] == [f"{RATE} = 10", f"{RATE} = 20"]
    scattered = ds.sweep(shop, {PRICE: "2:4", COST: "0.5:1.5"}, design="latin", points=5).plot()
    assert [len(trace.x) for trace in scattered.data] == [5, 5]
    assert [axis.title.text for axis in (scattered.layout.xaxis, scattered.layout.xaxis2)] == [PRICE, COST]


def test_values_that_are_words_are_points_with_bars(shop: ds.Scenario):
    """If this fails, words are joined by a line that means nothing."""
    (points,) = ds.sweep(shop, {"products.cola.stock": "5,unlimited"}).plot().data
    assert points.mode == "markers"
    assert set(points.x) == {"5", "unlimited"}
    assert all(width >= 0 for width in points.error_y.array)


def test_names_are_not_markup(shop: ds.Scenario):
    """If this fails, a firm's name can put bold type, or a link, into a picture."""
    figure = ds.sweep(shop, {PRICE: [2.0, 3.0]}).plot()
    assert "<b>" not in figure.to_json()
    assert figure.layout.title.text == "&lt;b&gt;shop&lt;/b&gt;: profit of &lt;b&gt;corner&lt;/b&gt;"


def test_the_page_has_what_people_look_at_first(shop: ds.Scenario):
    """If this fails, the report of a sweep lacks its pictures, its tables or its warning about the best of many."""
    found = ds.sweep(shop, {PRICE: [2.0, 3.0]})
    page = found.page()
    assert [part.title for part in page.parts if isinstance(part, Picture)] == [
        "Profit of <b>corner</b>", "Fill rate of <b>corner</b>",
    ]  # fmt: skip
    assert [part.title for part in page.parts if isinstance(part, Table)] == [
        "Profit at every point", "Fill rate at every point", "The points",
    ]  # fmt: skip
    best = found.table("profit")["<b>corner</b>"].idxmax()
    assert f"earned most at {PRICE} = {found.values[best][0]}" in page.lead
    assert "The best of many points flatters itself" in page.lead
    assert page.provenance == found.manifest


def test_unknown_figures_and_names_are_refused(shop: ds.Scenario):
    """If this fails, a slip draws an empty picture."""
    found = ds.sweep(shop, {PRICE: [2.0]}, figures=["profit"])
    with pytest.raises(ValueError, match="the sweep has no figure 'sales'"):
        found.plot("sales")
    with pytest.raises(ValueError, match="nothing named 'market' has the figure 'profit'"):
        found.plot("profit", "market")
