"""The pages that are looked at. A new kind of report is added in one line: its name, and what makes it."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go

import demandshift as ds
from demandshift.experiments.report.page import Cell, Headline, Page, Picture, Table
from demandshift.experiments.report.run_page import page_of_run
from demandshift.experiments.report.wording import as_text
from demandshift.experiments.reproduce.running import reproduce
from demandshift.scenarios.paths import format_path
from demandshift.scenarios.writing import yaml_text

HOSTILE = (
    "<img src=x onerror=\"window.hacked='image'\">",
    "</script><script>window.hacked='script'</script>",
    "<!--<script>",
    "<a href=\"javascript:window.hacked='link'\">won</a>",
    "%{x} <b>bold</b> &lt;i&gt; {{ 7 * 7 }} $x^2$",
    "<svg/onload=window.hacked='svg'>",
)
"""Names that would run as script, be swallowed as markup or be filled in, if anything took them for more than names."""

LONG_NAME = "Sparkling mineral water, still, low in sodium, returnable bottle, crate of twelve"


def run_of(name: str, replications: int, changes: dict[str, Any] | None = None) -> Page:
    """Return the page of a run of a library scenario."""
    return page_of_run(ds.run(ds.load(name).replace(changes or {}), replications, 1))


def hostile() -> Page:
    """Return the page of a run in which every name is hostile."""
    return page_of_run(ds.run(hostile_shop(), 3, 1))


def large() -> Page:
    """Return the page of a run of three firms with forty products, most of them with long names."""
    products = [f"{LONG_NAME} no. {place}" if place % 2 else f"p{place}" for place in range(40)]
    return page_of_run(ds.run(shop_of(products, ["Corner", "Market at the old station", "Web"]), 2, 1))


def quiet() -> Page:
    """Return the page of one replication in which nobody is turned away: no intervals, no flows, no rates."""
    return page_of_run(ds.run(shop_of(["tea"], ["one"], stock=10_000), 1, 1))


def plan() -> Page:
    """Return the page of a plan of orders and prices."""
    return ds.optimise(ds.load("fashion-markdown"), "joint", replications=3, scenarios=20).page()


def comparison() -> Page:
    """Return the page of a comparison with a selection of the best, of variants with hostile and long names."""
    shops = ds.load("two-shops").replace({"horizon": 35})
    less, more = (shops.replace({"firms.corner.ordering.cycle_service": service}) for service in (0.5, 0.99))
    variants = {"lean": "lean", HOSTILE[0]: less, HOSTILE[4]: more, LONG_NAME: "promoted"}
    figures = ["profit", "fill_rate", "substitutive", "firm.market.profit"]
    return ds.compare(shops, variants, replications=5, seed=1, figures=figures, best=True, indifference="1%").page()


def fares() -> Page:
    """Return the page of a plan of prices over time."""
    return ds.optimise(ds.load("two-fares"), "prices", replications=5).page()


def shop_of(products: list[str], firms: list[str], stock: int = 12) -> ds.Scenario:
    """Return a scenario with so many products, shared out among firms."""
    values: dict[str, Any] = {
        "name": "shop",
        "description": "A shop made for a test.",
        "horizon": 14,
        "currency": "EUR",
        "firms": {
            name: {"focal": place == 0, "ordering": {"kind": "order_up_to", "review_every": 7, "level": stock}}
            for place, name in enumerate(firms)
        },
        "products": {
            name: {"firm": firms[place % len(firms)], "price": 2.0 + 0.1 * (place % 5), "cost": 1.0, "stock": stock}
            for place, name in enumerate(products)
        },
        "segments": {
            "all": {
                "arrivals": {"kind": "poisson", "rate": 8.0 * len(products)},
                "choice": {
                    "kind": "logit",
                    "scale": 0.7,
                    "reservation_price": {name: 2.4 for name in products},
                },
            }
        },
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "shop.yaml")
        file.write_text(yaml_text(values), encoding="utf-8")
        return ds.load(file)


def kinds() -> Page:
    """Return a page made by hand with kinds of pictures and tables that no run has."""
    names = [as_text(name) for name in ("lean", "promoted", "<i>both</i>")]
    heat = go.Figure(go.Heatmap(x=[1.2, 1.4, 1.6], y=[0.8, 0.9], z=[[1.0, 2.0, 3.0], [2.0, 5.0, 1.0]]))
    lines = go.Figure([go.Scatter(x=[1, 2, 3], y=[3, 1, 2], name=name) for name in names])
    lines.update_layout(xaxis_title="price of cola", yaxis_title="profit (EUR)")
    bars = go.Figure(go.Waterfall(x=names, y=[10.0, -4.0, 2.0], measure=["absolute", "relative", "relative"]))
    frame = pd.DataFrame(
        {
            "variant": ["a", "b", "c", None],
            "unit": ["money", "share", "share", "money"],
            "mean": [1234.5, 0.25, -0.5, None],
            "half_width": [12.3, 0.01, None, None],
            "n": [10, 10, 1, 10],
            "verdict": [Cell("better", 2.0), Cell("worse", 1.0), Cell("–", None, missing=True), Cell("worse", 0.0)],
            "day": pd.to_datetime(["2026-01-02", "2026-01-01", None, "2026-01-03"]),
            "sure": [True, False, True, False],
        }
    )
    wide = pd.DataFrame({f"a column with a long name {place}": [place * 1234.5] for place in range(30)})
    return Page(
        title="Kinds",
        lead="First paragraph.\n\nSecond.",
        parts=(
            Picture("Heat", "A heat map.", heat),
            Picture("Lines", "Lines.", lines),
            Picture("Waterfall", "Bars.", bars),
            Table("Shown", "A table.", frame, shown=True),
            Table("Wide", "Thirty columns.", wide),
            Table("Empty", "No row.", frame.iloc[:0]),
        ),
        provenance={"scenario_hash": "0" * 64, "nothing": None, "versions": {"demandshift": "1"}},
        alarms=("An alarm.",),
        headlines=(Headline("Profit", "1,234,567.8 ± 12,345.6", "EUR, n = 10"), Headline("Short", "1")),
    )


def hostile_shop() -> ds.Scenario:
    """Return a scenario in which every name is hostile."""
    first, second, third, fourth, fifth, sixth = HOSTILE
    return shop_of([first, second, third, fourth], [fifth, sixth])


def dearer(shop: ds.Scenario) -> ds.Scenario:
    """Return a scenario with another price of its first product."""
    offer = shop.settled.offers[0]
    return shop.replace({format_path(("products", offer.name, "price")): offer.price + 0.5})


def compared(shop: ds.Scenario) -> Page:
    """Return the page of a comparison with another price, whose variant has a hostile name."""
    return ds.compare(shop, {HOSTILE[0]: dearer(shop)}, replications=3).page()


def reproduced() -> Page:
    """Return the page of two studies of published results."""
    return reproduce(["newsvendor-normal", "markov-chain"], short=True).page()


def tuned() -> Page:
    """Return the page of a short search over two keys."""
    over = {"products.red-dress.ordering.quantity": (60, 200), "products.blue-dress.ordering.quantity": (60, 200)}
    return ds.tune(ds.load("fashion-markdown"), over, budget=8, replications=4, finalists=3).page()


SHORT_TOWN = {"horizon": 28}
SERVICE = "firms.corner.ordering.cycle_service"


def swept(over: dict[str, list[float]]) -> Page:
    """Return the page of a sweep over some values."""
    return ds.sweep(ds.load("two-shops").replace(SHORT_TOWN), over, replications=3).page()


PAGES: dict[str, Callable[[], Page]] = {
    "two-shops": lambda: run_of("two-shops", 10),
    "fresh-shelf": lambda: run_of("fresh-shelf", 5, {"horizon": 336}),
    "hostile": hostile,
    "large": large,
    "quiet": quiet,
    "plan": plan,
    "fares": fares,
    "kinds": kinds,
    "long comparison": comparison,
    "comparison": lambda: ds.compare(
        ds.load("two-shops").replace(SHORT_TOWN), ["lean", "promoted"], replications=4, best=True, indifference=200
    ).page(),
    "hostile comparison": lambda: compared(hostile_shop()),
    "twin": lambda: ds.twin(ds.load("two-shops").replace(SHORT_TOWN), "promoted", replications=4).page(),
    "hostile twin": lambda: ds.twin(hostile_shop(), dearer(hostile_shop()), replications=3).page(),
    # Nobody moves: there are no flows to draw.
    "still twin": lambda: ds.twin(
        ds.load("two-shops").replace({"horizon": 9}), {"products.cola.cost": 0.5}, replications=1
    ).page(),
    "hostile explanation": lambda: ds.explain(hostile_shop(), dearer(hostile_shop()), replications=3).page(),
    "explanation": lambda: ds.explain(
        ds.load("two-shops").replace(SHORT_TOWN), ["promoted", "lean"], replications=4
    ).page(),
    "tuning": tuned,
    # Two keys make a heat map, one key lines with bands.
    "sweep of two keys": lambda: swept({"products.cola.price": [1.6, 1.8, 2.0], SERVICE: [0.8, 0.95]}),
    "sweep of one key": lambda: swept({"products.cola.price": [1.6, 1.8, 2.0]}),
    "studies": reproduced,
}
"""Every page by name."""
