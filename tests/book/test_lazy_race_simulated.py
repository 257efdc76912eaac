"""Whole scenarios with `draws: lazy` have the figures of `draws: full`, on other customers of the same kind (R14)."""

import math
import os

import pytest

import demandshift as ds
from demandshift.simulator.ledger import Cause, Outcome

pytestmark = [pytest.mark.no_cover, pytest.mark.slow]

SHORT = os.environ.get("DEMANDSHIFT_SHORT", "") not in ("", "0")
REPLICATIONS = 20 if SHORT else 50
FARTHEST = 4.5
"""Standard errors; of some 150 figures one is farther in one of a thousand runs, and the seeds are fixed."""

SCARCE = {
    "horizon": 14,
    "segments.regulars.waiting": None,
    "segments.regulars.arrivals.rate": 80,
    "segments.passers-by.arrivals.rate": 15,
    "firms.corner.ordering.cycle_service": 0.3,
    "products.market-cola.stock": 150,
}
"""The two shops, with much less on the shelf, so that every kind of customer is there in numbers."""

SHELF = """
name: forty offers of two shops, some kept back
horizon: 8
warm_up: 2
firms:
  own:
    ordering: {{kind: order_up_to, review_every: 1, level: 1}}
    supply: {{lead_time: 0.5}}
    availability: {{kind: protection_levels, levels: {{{levels}}}}}
  rival: {{}}
products:
{products}
segments:
  all:
    arrivals: {{kind: poisson, rate: 60}}
    choice: {{kind: logit, scale: 0.5, reservation_price: {{{worth}}}}}
    transfer_cost: {{substitutive: 0.15, competitive: 0.4}}
"""


def shelf():
    """Return a category of forty offers, as text: more than are drawn in full where the scenario does not say."""
    names = [f"p{number}" for number in range(40)]
    products = "\n".join(
        f"  {name}: {{firm: own, price: 2, cost: 1, stock: 2}}"
        if number % 4
        else f"  {name}: {{firm: rival, price: 2.25, stock: 6, window: {{opens: {number % 3}, closes: 7}}}}"
        for number, name in enumerate(names)
    )
    return SHELF.format(
        products=products,
        worth=", ".join(f"{name}: {1.0 + 0.05 * (number % 9)}" for number, name in enumerate(names)),
        levels=", ".join(f"{name}: 1" for number, name in enumerate(names) if number % 4 == 1),
    )


def estimates(run, frame, labels):
    """Return all figures of a frame that have a half-width, with their standard errors, by their labels."""
    rows = getattr(run.result, frame)
    found = {}
    for label in rows[rows["half_width"].notna()][labels].itertuples(index=False):
        where = label._asdict()
        figure = where.pop("figure", None) or where.pop("kind")
        found[tuple(label)] = run.shown(frame, figure, **where)
    return found


def compare(full, lazy, frames):
    """Return the largest distance of all figures, in standard errors, and how many were compared with some spread."""
    farthest, compared = 0.0, 0
    for frame, labels in frames.items():
        one, other = (estimates(run, frame, labels) for run in (full, lazy))
        assert one.keys() == other.keys()
        for label, figure in one.items():
            error = math.hypot(figure.error, other[label].error)
            if error > 0:
                farthest = max(farthest, abs(figure.value - other[label].value) / error)
                compared += 1
            else:
                assert figure.value == pytest.approx(other[label].value, rel=1e-12), label
    return farthest, compared


FRAMES = {
    "summary": ["firm", "figure"],
    "sales": ["offer", "figure"],
    "customers": ["segment", "figure"],
    "rates": ["firm", "kind"],
}


@pytest.fixture(scope="module")
def lazy_shops(simulate):
    """Run the scarce two shops, whose regulars race lazily."""
    return simulate(ds.load("two-shops", overrides=SCARCE | {"draws": "lazy"}), REPLICATIONS, seed=22)


def test_two_shops_have_the_same_figures(simulate, lazy_shops):
    """If this fails, `draws: lazy` changes what a scenario says: money, service, willingness, rates, whole books."""
    full = simulate(ds.load("two-shops", overrides=SCARCE), REPLICATIONS, seed=21)
    assert full.result.manifest["draws"] == {"regulars": "full"}
    assert lazy_shops.result.manifest["draws"] == {"regulars": "lazy"}
    farthest, compared = compare(full, lazy_shops, FRAMES)
    assert compared > 80
    assert farthest <= FARTHEST


def test_a_difference_would_be_seen(simulate, lazy_shops):
    """If this fails, the comparison above has no power: a dearer move within the shop passes it."""
    dearer = {"segments.regulars.transfer_cost.substitutive": 0.6}
    full = simulate(ds.load("two-shops", overrides=SCARCE | dearer), REPLICATIONS, seed=21)
    farthest, _ = compare(full, lazy_shops, FRAMES)
    assert farthest > FARTHEST


def test_a_large_set_has_the_same_figures_and_is_lazy_by_itself(load, simulate, mean_of):
    """If this fails, large categories are served by other customers, or refusals and windows by other rules."""
    text = shelf()
    full = simulate(load(text, draws="full"), REPLICATIONS, seed=31)
    lazy = simulate(load(text), REPLICATIONS, seed=32)
    assert (full.result.manifest["draws"], lazy.result.manifest["draws"]) == ({"all": "full"}, {"all": "lazy"})
    farthest, compared = compare(full, lazy, {frame: FRAMES[frame] for frame in ("summary", "customers", "rates")})
    assert compared > 40
    assert farthest <= FARTHEST
    for cause in (Cause.STOCKOUT, Cause.REFUSAL):
        for outcome in (Outcome.RECAPTURED, Outcome.DIVERTED, Outcome.LOST):
            one, other = (mean_of(run.flow(cause=cause, outcome=outcome)) for run in (full, lazy))
            assert one.value > 1
            assert abs(one.value - other.value) <= 4 * math.hypot(one.error, other.error)
