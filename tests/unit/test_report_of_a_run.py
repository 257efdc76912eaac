"""The report of a run and of a plan: what is on them agrees with the frames, and each figure has its interval."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import demandshift as ds
from demandshift.experiments.report.flow_picture import THE_REST, End, flows_of, picture_of_flows
from demandshift.experiments.report.page import Page, Picture, Table
from demandshift.experiments.report.run_outcome import RunOutcome
from demandshift.experiments.report.run_page import page_of_run
from demandshift.experiments.report.timeline_picture import picture_over_time
from demandshift.simulator.ledger import NOBODY, Outcome
from demandshift.simulator.results import Result

SHOPS = """
name: shops
horizon: 10
warm_up: 2
report_every: 4
start: 2026-03-02
currency: EUR
firms:
  corner: {focal: true, ordering: {kind: order_up_to, review_every: 7, level: 20}}
  market: {}
products:
  tea:    {firm: corner, price: 2, cost: 1, stock: 20}
  coffee: {firm: corner, price: 3, cost: 1, stock: 60}
  water:  {firm: market, price: 1, cost: 0.5, stock: unlimited}
segments:
  all:
    arrivals: {kind: poisson, rate: 12}
    choice: {kind: logit, scale: 0.8, reservation_price: {tea: 2.4, coffee: 3.2, water: 1.0}}
"""


@pytest.fixture(scope="module")
def load_shops(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ds.Scenario]:
    """Return what loads a small world, with other values by path."""
    file = tmp_path_factory.mktemp("shops") / "shops.yaml"
    file.write_text(SHOPS, encoding="utf-8")
    return lambda **_: ds.load(file)


@pytest.fixture(scope="module")
def result(load_shops: Callable[..., ds.Scenario]) -> Result:
    """Return five replications of it."""
    return ds.run(load_shops(), 5, 1)


@pytest.fixture(scope="module")
def page(result: Result) -> Page:
    """Return its report."""
    return page_of_run(result)


def pictures(page: Page) -> dict[str, Picture]:
    """Return the pictures of a page by title."""
    return {part.title: part for part in page.parts if isinstance(part, Picture)}


def tables(page: Page) -> dict[str, Table]:
    """Return the tables of a page by title."""
    return {part.title: part for part in page.parts if isinstance(part, Table)}


def test_the_page_has_what_people_look_at_first(page: Page, result: Result) -> None:
    """If this fails, a report begins with something else than profit and service, or says not what was run."""
    assert page.title == "shops"
    assert list(pictures(page)) == [
        "Money and service",
        "Stock and price over time",
        "Where demand went",
        "Transfer rates by kind",
    ]
    profit = result.summary.query("firm == 'corner' and figure == 'profit'").iloc[0]
    first = page.headlines[0]
    assert first.label == "Profit of corner"
    assert first.value.startswith(f"{profit['mean']:,.0f}"[:3])
    assert "±" in first.value
    assert first.note == "EUR a replication, n = 5"
    assert "5 replications of 10 days, of which a warm-up of 2 is not counted." in page.lead
    assert page.provenance["scenario_hash"] == result.scenario.hash
    assert [title for title, table in tables(page).items() if table.shown] == ["Money by firm", "Service by firm"]


def test_money_and_service_are_those_of_the_summary(page: Page, result: Result) -> None:
    """If this fails, bars and whiskers show other figures than the tables."""
    figure = pictures(page)["Money and service"].figure
    summary = result.summary.set_index(["firm", "figure"])
    bars = {trace.name: trace for trace in figure.data if trace.type == "bar"}
    assert set(bars) == {"corner", "market"}
    for firm, trace in bars.items():
        assert trace.x[0] == pytest.approx(summary.loc[(firm, "profit"), "mean"])
        assert trace.error_x.array[0] == pytest.approx(summary.loc[(firm, "profit"), "half_width"])
        assert trace.x[1] == pytest.approx(summary.loc[(firm, "revenue"), "mean"])
        assert "n = 5" in trace.hovertext[0]
    points = next(trace for trace in figure.data if trace.type == "scatter")
    assert points.x[0] == pytest.approx(100 * summary.loc[("corner", "fill_rate"), "mean"])
    assert points.error_x.array[0] == pytest.approx(100 * summary.loc[("corner", "fill_rate"), "half_width"])


def test_stock_over_time_is_that_of_the_timeline(page: Page, result: Result) -> None:
    """If this fails, the picture shows stock at wrong times, or empty shelves where there were goods.

    The last period is half as long as the others: its share is of two days, not of four.
    """
    figure = pictures(page)["Stock and price over time"].figure
    timeline = result.timeline
    tea = timeline.query("level == 'product' and name == 'tea'").set_index(["figure", "period"])
    line = next(trace for trace in figure.data if trace.name == "tea" and trace.hoverinfo == "text")
    assert list(line.y) == pytest.approx([*tea.loc["stock", "mean"], tea.loc[("stock", 2), "mean"]])
    assert [str(time)[:10] for time in line.x] == ["2026-03-02", "2026-03-06", "2026-03-10", "2026-03-12"]
    strips = next(trace for trace in figure.data if trace.type == "heatmap")
    names = list(figure.layout.yaxis2.ticktext)
    assert sorted(names) == ["coffee", "tea"]
    row = np.asarray(strips.z[names.index("tea")], dtype=float)
    assert row == pytest.approx(np.asarray(tea.loc["out_of_stock_time", "mean"]) / [4, 4, 2])
    assert row.max() > 0
    bands = [trace for trace in figure.data if trace.type == "scatter" and trace.fill == "tonexty"]
    assert bands
    upper = next(trace for trace in bands if trace.legendgroup == line.legendgroup)
    assert upper.y[0] == pytest.approx(tea.loc[("stock", 0), "mean"] + tea.loc[("stock", 0), "half_width"])


def test_a_product_that_never_runs_out_has_a_price_and_no_stock(page: Page) -> None:
    """If this fails, a rival with unlimited stock is drawn with none."""
    figure = pictures(page)["Stock and price over time"].figure
    water = [trace for trace in figure.data if trace.name == "water"]
    assert [trace.yaxis for trace in water] == ["y3"]
    assert set(water[0].y) == {1.0}


def test_flows_are_those_of_the_matrix_with_their_intervals(page: Page, result: Result) -> None:
    """If this fails, the Sankey diagram moves other people than the transfer matrix (R12)."""
    flows = flows_of(result)
    matrix = result.matrix.query("outcome != 'served'")
    assert sum(estimate.mean for estimate in flows.values()) == pytest.approx(matrix["mean"].sum())
    names = result.problem.offers.names
    row = matrix.query("`from` == 'tea' and to == 'coffee' and outcome == 'recaptured'").iloc[0]
    estimate = flows[names.index("tea"), Outcome.RECAPTURED, End(names.index("coffee"))]
    assert estimate.mean == pytest.approx(row["mean"])
    assert estimate.half_width == pytest.approx(row["half_width"])
    lost = matrix.query("`from` == 'tea' and outcome == 'lost'")["mean"].sum()
    assert flows[names.index("tea"), Outcome.LOST, End(NOBODY, Outcome.LOST)].mean == pytest.approx(lost)
    sankey = pictures(page)["Where demand went"].figure.data[0]
    assert sum(sankey.link.value) == pytest.approx(matrix["mean"].sum())


def test_many_offers_flow_together_and_none_is_lost(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, customers of small offers vanish from the picture, or the rest has an interval made of nothing."""
    before = flows_of(result)
    monkeypatch.setattr("demandshift.experiments.report.flow_picture.MOST_NAMES", 1)
    flows = flows_of(result)
    assert {origin for origin, _, _ in flows} <= {THE_REST, *(origin for origin, _, _ in before)}
    assert THE_REST in {origin for origin, _, _ in flows} | {end.offer for _, _, end in flows}
    total = sum(estimate.mean for estimate in before.values())
    assert sum(estimate.mean for estimate in flows.values()) == pytest.approx(total)
    assert all(estimate.half_width is not None for estimate in flows.values())
    labels = picture_of_flows(flows, result.problem.offers.names).data[0].node.label
    assert "all other offers" in labels


def test_rates_are_those_of_the_result(page: Page, result: Result) -> None:
    """If this fails, a rate is drawn at the wrong kind, or without its interval."""
    figure = pictures(page)["Transfer rates by kind"].figure
    rates = result.rates.set_index(["firm", "kind"])
    (trace,) = figure.data
    told = dict(zip([figure.layout.yaxis.ticktext[round(y)] for y in trace.y], trace.x, strict=True))
    assert told["substitutive"] == pytest.approx(100 * rates.loc[("(all)", "substitutive"), "mean"])
    assert trace.error_x.array[0] == pytest.approx(100 * rates.loc[("(all)", "substitutive"), "half_width"])


def test_one_replication_has_no_whisker_and_no_band(load_shops: Callable[..., ds.Scenario]) -> None:
    """If this fails, one replication seems to be known exactly."""
    page = page_of_run(ds.run(load_shops(), 1, 1))
    assert "With one replication no figure has an interval." in page.lead
    money = pictures(page)["Money and service"].figure
    assert not any(trace.error_x.visible for trace in money.data)
    over_time = pictures(page)["Stock and price over time"].figure
    assert not [trace for trace in over_time.data if trace.type == "scatter" and trace.fill == "tonexty"]
    assert all("±" not in headline.value for headline in page.headlines)


def test_where_nobody_is_turned_away_nothing_flows(load_shops: Callable[..., ds.Scenario]) -> None:
    """If this fails, a shop that is never out of stock has no report."""
    full = {"products.tea.stock": 1000, "products.coffee.stock": 1000}
    scenario = load_shops().replace(full)
    result = ds.run(scenario, 2, 1)
    assert list(pictures(page_of_run(result))) == ["Money and service", "Stock and price over time"]
    assert "Nobody was turned away." in page_of_run(result).lead
    with pytest.raises(ValueError, match="there is no flow to see: every customer bought at once what was wanted"):
        ds.plot(result, "flow")


def test_where_an_offer_is_closed_its_line_has_a_gap(tmp_path: Path) -> None:
    """If this fails, an offer that is gone keeps its price, through the gap or to the end of the run."""
    windows = "[{opens: 0, closes: 4}, {opens: 8, closes: 9}]"
    text = (
        SHOPS.replace("horizon: 10", "horizon: 20")
        + f"offers:\n  early: {{uses: coffee, price: 2.5, window: {windows}}}\n"
    )
    file = tmp_path / "early.yaml"
    file.write_text(text.replace("coffee: 3.2,", "coffee: 3.2, early: 3.2,"), encoding="utf-8")
    figure = picture_over_time(ds.run(ds.load(file), 2, 1))
    line = next(trace for trace in figure.data if trace.name == "early" and trace.hoverinfo == "text")
    days = ["2026-03-02", "2026-03-06", "2026-03-06", "2026-03-10", "2026-03-14"]
    assert [str(time)[:10] for time in line.x] == days
    assert list(line.y) == [2.5, 2.5, None, 2.5, 2.5]


def test_without_a_calendar_times_are_times(load_shops: Callable[..., ds.Scenario]) -> None:
    """If this fails, a scenario in periods without dates has no picture, or invented dates."""
    scenario = load_shops().replace({"time_unit": "period", "start": None})
    result = ds.run(scenario, 2, 1)
    figure = picture_over_time(result)
    line = next(trace for trace in figure.data if trace.name == "tea" and trace.hoverinfo == "text")
    assert list(line.x) == [0, 4, 8, 10]
    assert figure.layout.xaxis3.title.text == "time (periods)"
    with pytest.raises(ValueError, match="'shops' has no dates"):
        result.date_of(0.0)


@pytest.mark.parametrize("picture", ["money", "timeline", "flow", "rates"])
def test_pictures_from_python_are_those_of_the_report(result: Result, page: Page, picture: str) -> None:
    """If this fails, a notebook shows another picture than the report of the same run."""
    titles = dict(zip(["money", "timeline", "flow", "rates"], pictures(page), strict=True))
    shown = ds.plot(result, picture)
    assert shown.to_dict()["data"] == pictures(page)[titles[picture]].figure.to_dict()["data"]
    assert shown.layout.template.layout.colorway[0] == "#0072B2"


def test_an_unknown_picture_is_named_with_those_that_there_are(result: Result) -> None:
    """If this fails, a typing error in a notebook is a page of Python."""
    with pytest.raises(ValueError, match=r"no picture 'sales' of a run \(known: money, timeline, flow, rates\)"):
        ds.plot(result, "sales")


def test_a_report_from_python_takes_a_run_and_a_plan(result: Result, tmp_path: Path) -> None:
    """If this fails, what the command line writes cannot be had in a notebook."""
    file = ds.report(result, tmp_path / "run.html")
    assert "<title>shops</title>" in file.read_text(encoding="utf-8")
    best = ds.optimise(result.scenario.replace({"products.coffee.price": 2.8}), "prices", replications=2)
    assert "<title>shops: prices of corner</title>" in ds.report(best, tmp_path / "plan.htm").read_text(
        encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"a report's name ends in \.html"):
        ds.report(result, tmp_path / "run.pdf")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(IsADirectoryError):
        ds.report(result, tmp_path / "folder.html")


def test_a_run_is_an_outcome_like_any_other(result: Result) -> None:
    """If this fails, the report, the tables and the JSON of a run do not go the way of all experiments."""
    outcome = RunOutcome(result)
    assert outcome.manifest is result.manifest
    assert list(outcome.frames()) == list(result.frames())
    assert outcome.as_dict() == result.as_dict()
    assert outcome.page().title == "shops"


def test_a_plan_is_an_outcome_with_tables_of_their_own_columns(tmp_path: Path) -> None:
    """If this fails, the tables of a plan have holes, or its page tells something else than its figures."""
    season = SHOPS.replace("{kind: order_up_to, review_every: 7, level: 20}", "{kind: season_buy, quantity: 30}")
    file = tmp_path / "season.yaml"
    file.write_text(season.replace("warm_up: 2\n", "").replace(", stock: 20", "").replace(", stock: 60", ""), "utf-8")
    best = ds.optimise(ds.load(file), "joint", replications=3, scenarios=20)
    frames = best.frames()
    assert list(frames) == ["orders", "prices", "worth", "duals"]
    assert frames["orders"].columns[0] == "product"
    assert list(frames["prices"].columns)[:3] == ["from", "to", "offer"]
    worth = frames["worth"].set_index("what")
    assert worth.loc["simulated", "mean"] == best.simulated.mean
    assert worth.loc["difference", "half_width"] == best.difference.half_width
    assert worth.loc["value of the program", "mean"] == best.value
    assert np.isnan(worth.loc["value of the program", "half_width"])
    assert best.manifest["scenario_hash"] == best.scenario.hash
    assert best.manifest["optimise"]["what"] == "joint"
    assert best.manifest["replications"] == 3
    page = best.page()
    assert page.title == "shops: orders and prices of corner"
    assert page.alarms == best.planned.notes
    program, *_, simulated, present = pictures(page)["What the plan is worth"].figure.data
    assert program.x[0] == best.value
    assert program.error_x.array is None
    assert simulated.error_x.array[0] == best.simulated.half_width
    assert present.x[0] == best.present.mean
