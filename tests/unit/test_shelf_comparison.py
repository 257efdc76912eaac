"""The comparison of real and simulated shelf days, on days that were made up for the purpose."""

from pathlib import Path

import numpy as np
import pytest

import demandshift as ds
from demandshift.experiments.fits.fresh_retail import Excerpt, fit_excerpt
from demandshift.experiments.fits.fresh_shelf_days import fit_parts, main, replayed_stores, with_arrivals, with_segments
from demandshift.experiments.fits.shelf_comparison import (
    Comparison,
    compare_sell_outs,
    compare_units_by_hour,
    overall_uplift,
    uplift_standard_error,
)
from demandshift.experiments.fits.shelf_days import ShelfDays, sell_outs
from demandshift.experiments.fits.shelf_replay import PLENTY, own_days, replay_scenario, simulated_days

SKUS = ("296", "426", "631")
DAILY = np.array([1.0, 2, 3, 3, 2, 1, 1, 2, 2, 1])
"""Mean demand by hour in the made-up days: 18 a day, with a morning and an evening."""


def made_up_days(rng: np.random.Generator, stock: np.ndarray, factor: float | np.ndarray = 1.0) -> ShelfDays:
    """Days of independent Poisson demand in front of a given opening stock, shape (days, products)."""
    mean = np.multiply.outer(np.broadcast_to(factor, len(stock)), np.outer(DAILY, np.ones(stock.shape[1])))
    asked = np.cumsum(rng.poisson(mean), axis=1)
    left = np.maximum(stock[:, None, :] - asked, 0)
    before = np.concatenate([stock[:, None, :], left[:, :-1]], axis=1)
    return ShelfDays(6, np.zeros(len(stock), dtype=bool), before - left, before > 0, np.ones(stock.shape))


def scores(seed: int, factor: float = 1.0) -> np.ndarray:
    """Compare 40 days, made up, with 20 replicas: z of the hour of selling out and of units in the third hour."""
    rng = np.random.default_rng(seed)
    real = made_up_days(rng, rng.integers(10, 26, size=(40, 1)), factor)
    found = sell_outs(real, 6)
    replicas = [made_up_days(rng, np.where(found.sold_out, found.opening_stock, PLENTY)) for _ in range(20)]
    compared = compare_sell_outs(real, replicas, 6)
    return np.array([compared.hour.z[0], compared.units.z[2, 0]])


def test_a_true_model_has_standard_scores():
    """The comparison would be biased, as it is without the condition on selling out, or state wrong standard errors.

    Over 300 data sets, means have standard errors of 1/√300 = 0.06 and spreads of 1/√600 = 0.04; bounds are four.
    """
    z = np.array([scores(seed) for seed in range(300)])
    assert np.abs(z.mean(axis=0)).max() < 4 * 0.058
    assert np.abs(z.std(axis=0) - 1).max() < 4 * 0.041


def test_days_better_than_the_model_sell_out_early():
    """The comparison would not notice half as many customers again."""
    z = np.array([scores(seed, factor=1.5) for seed in range(20)])
    assert z[:, 0].mean() < -3


def test_a_comparison_by_hand():
    """Real days would have unequal weights, replicas that did not sell out count, or hours be confused."""
    stock = np.array([[2], [3]])
    replicas, real = [], None
    for sold in ([[2, 0, 0], [1, 1, 1]], [[0, 2, 0], [3, 0, 0]], [[1, 1, 0], [2, 0, 1]], [[1, 0, 0], [0, 3, 0]]):
        units = np.array(sold)[:, :, None]
        before = stock[:, None, :] - np.cumsum(units, axis=1) + units
        days = ShelfDays(8, np.zeros(2, dtype=bool), units, before > 0, np.ones((2, 1)))
        replicas.append(days)
        real = real or days
    compared = compare_sell_outs(real, replicas[1:], 8)
    # Day 0 sold out at 8, its replicas at 9 and 9 (the third did not). Day 1 only sold its last unit in the last hour,
    # after which nobody can see the empty shelf.
    assert compared.days.tolist() == [1]
    assert (compared.hour.real[0], compared.hour.simulated[0]) == (8, 9)
    assert compared.simulated_share[0] == pytest.approx(2 / 3)
    assert compared.units.real[:, 0].tolist() == [2, 0, 0]
    assert compared.units.simulated[:, 0].tolist() == [0.5, 1.5, 0]
    # Variance of (0, 1) is 0.5, times 1 + 1/2 for the two replicas.
    assert compared.units.standard_error[:, 0] == pytest.approx([0.75**0.5, 0.75**0.5, 0])

    every = compare_units_by_hour(real, replicas[1:])
    assert every.real.tolist() == [1.5, 0.5, 0.5, 2.5]
    assert every.simulated == pytest.approx([(2 + 5) / 6, (3 + 3) / 6, (0 + 1) / 6, (5 + 9) / 6])


def test_too_few_replicas_are_said():
    """A mean over no replica at all would be a figure."""
    real = made_up_days(np.random.default_rng(1), np.full((5, 1), 2))
    never = made_up_days(np.random.default_rng(2), np.full((5, 1), PLENTY))
    with pytest.raises(ValueError, match="product 0: no real day of which at least 2 replicas sold out"):
        compare_sell_outs(real, [never, never], 6)


def test_certain_figures_agree_or_do_not():
    """Two sides that can only be one figure would divide by 0."""
    certain = Comparison(np.array([0.0, 1, 0]), np.array([0.0, 0, 2]), np.zeros(3))
    assert certain.z.tolist() == [0, np.inf, -np.inf]


def test_uplift_and_its_standard_error():
    """Pairs would be averaged with equal weights, or the standard error not be the spread of the figure."""

    def one(seed: int) -> tuple[ShelfDays, np.ndarray]:
        rng = np.random.default_rng(seed)
        return made_up_days(rng, rng.integers(10, 26, size=(120, 2))), np.zeros(120, dtype=np.int64)

    samples = [one(seed) for seed in range(60)]
    figures = [overall_uplift(*sample) for sample in samples]
    errors = [uplift_standard_error(*sample, resamples=40, seed=1) for sample in samples[:10]]
    # Nobody moves in the made-up days. The spread of 60 figures has a relative standard error of 1/√120 = 0.09.
    assert abs(np.mean(figures) - 1) < 4 * np.std(figures) / np.sqrt(60)
    assert np.mean(errors) == pytest.approx(np.std(figures), rel=0.4)
    plenty = made_up_days(np.random.default_rng(1), np.full((3, 2), PLENTY))
    assert np.isnan(overall_uplift(plenty, np.zeros(3, dtype=np.int64)))


def small_excerpt() -> Excerpt:
    """Three days of one store: product 0 sells out on day 0, product 1 is away on day 1, product 2 comes late."""
    units = np.zeros((3, 16, 3), dtype=np.int64)
    in_stock = np.ones((3, 16, 3), dtype=bool)
    units[0, :2, 0], in_stock[0, 2:, 0] = 3, False
    in_stock[1, :, 1] = False
    in_stock[2, :2, 2] = False
    price = np.array([[0.8, 1, 1], [0.8, 1, 0.9], [0.7, 1, 0.9]])
    date = np.datetime64("2024-03-29") + np.arange(3)
    days = ShelfDays(6, ~np.is_busday(date), units, in_stock, price)
    return Excerpt(SKUS, np.full(3, 29), date, days)


def test_a_replay_has_the_days_prices_and_stocks():
    """Prices or deliveries would come on another day, or an unknown stock be taken for none."""
    settled = replay_scenario(ds.load("fresh-shelf"), small_excerpt(), stock_factor=2).settled
    orders = [
        list(zip(product.order_times, (order.quantity for order in product.ordering.orders), strict=True))
        for product in settled.products
    ]
    assert orders[0] == [(5.999, 12), (29.999, PLENTY), (53.999, PLENTY)]
    assert orders[1] == [(5.999, PLENTY), (53.999, PLENTY)]
    assert orders[2] == [(5.999, PLENTY), (29.999, PLENTY), (55.999, PLENTY)]
    assert [offer.price for offer in settled.offers] == [0.8, 1, 1]
    assert [offer.price_changes for offer in settled.offers] == [((48.0, 0.7),), (), ((24.0, 0.9),)]
    assert not any(offer.announced for offer in settled.offers if offer.price_changes)
    assert settled.head.horizon == 72
    assert str(settled.head.start)[:10] == "2024-03-29"


def test_replicas_have_the_form_of_the_data():
    """Hours would be shifted, stock be kept overnight, or flags be those of the end of an hour."""
    excerpt = small_excerpt()
    busy = ds.load("fresh-shelf").replace({"segments.shoppers.arrivals.rate": 30})
    replicas = simulated_days(replay_scenario(busy, excerpt), excerpt, replications=3, seed=4)
    for days in replicas:
        assert days.units.shape == (3, 16, 3)
        assert days.weekend.tolist() == [False, True, True]
        assert days.in_stock[0, 0].all()
        assert days.units[0, :, 0].sum() == 6
        assert not days.units[1, :, 1].any()
        assert not days.in_stock[1, :, 1].any()
        assert days.in_stock[2, :, 2].tolist() == [False] * 2 + [True] * 14
        assert not days.units[~days.in_stock].any()
    assert not np.array_equal(replicas[0].units, replicas[1].units)


def test_a_replay_needs_one_store_and_whole_days():
    """Days of two stores would follow each other as if they were one, or hours be taken for days."""
    days, scenario = small_excerpt(), ds.load("fresh-shelf")
    gap = Excerpt(SKUS, days.store, days.date + np.arange(3), days.days)
    two = Excerpt(SKUS, np.array([1, 1, 2]), days.date, days.days)
    for wrong in (gap, two):
        with pytest.raises(ValueError, match="one store, one after the other"):
            replay_scenario(scenario, wrong)
    with pytest.raises(ValueError, match=r"in hours \(got day\)"):
        replay_scenario(ds.load("two-shops"), days)


def test_own_days_are_those_of_the_scenario():
    """The scenario's own days would lose units, or weekends fall on other days."""
    scenario = ds.load("fresh-shelf").replace({"horizon": 168})
    (days,) = own_days(scenario, 6, replications=1, seed=1)
    sold = ds.run(scenario, replications=1, seed=1).summary.query("figure == 'units_sold'")["mean"].iloc[0]
    assert days.units.sum() == sold
    assert days.weekend.tolist() == [False] * 5 + [True] * 2
    assert days.price[3] == pytest.approx([0.827, 0.954, 0.962])
    without_start = {"start": None, "segments.shoppers.arrivals": {"kind": "poisson", "rate": 2}}
    with pytest.raises(ValueError, match="need a scenario with a start"):
        own_days(scenario.replace(without_start), 6, replications=1, seed=1)


def made_up_excerpt() -> Excerpt:
    """Two stores of 60 days whose customers like the first product much more from 16 o'clock on."""
    rng = np.random.default_rng(3)
    number, hours, products = 120, 16, 3
    price = rng.choice([0.7, 1.0], size=(number, products))
    weight = np.exp(1.5 - 2 * price)[:, None, :] * np.ones((1, hours, 1))
    weight[:, 10:, 0] *= 4
    left = rng.integers(3, 12, size=(number, products))
    units = np.zeros((number, hours, products), dtype=np.int64)
    in_stock = np.zeros((number, hours, products), dtype=bool)
    for day in range(number):
        for hour in range(hours):
            in_stock[day, hour] = left[day] > 0
            for _ in range(rng.poisson(3)):
                attraction = np.append(weight[day, hour] * (left[day] > 0), 1.0)
                taken = int(rng.choice(products + 1, p=attraction / attraction.sum()))
                if taken < products:
                    left[day, taken] -= 1
                    units[day, hour, taken] += 1
    date = np.tile(np.datetime64("2024-03-28") + np.arange(60), 2)
    return Excerpt(SKUS, np.repeat([29, 30], 60), date, ShelfDays(6, ~np.is_busday(date), units, in_stock, price))


def test_parts_of_the_day_have_segments_of_their_own():
    """A part would be given another's hours or store, or its log-likelihood not add to that of the whole."""
    excerpt = made_up_excerpt()
    (whole,) = fit_parts(excerpt)
    parts = fit_parts(excerpt, [16])
    assert whole.fit.log_likelihood == pytest.approx(fit_excerpt(excerpt, "linear").log_likelihood)
    assert sum(part.fit.log_likelihood for part in parts) > whole.fit.log_likelihood + 5
    assert parts[1].rates(30)[:, :16].sum() == 0
    assert (parts[1].rates(30)[:, 16:22] > 0).all()
    assert not np.array_equal(parts[1].rates(29), parts[1].rates(30))

    scenario = with_segments(ds.load("fresh-shelf"), parts, SKUS, 30)
    assert [segment.name for segment in scenario.settled.segments] == ["from-6", "from-16"]
    worth = scenario.settled.segments[1].choice.reservation_price
    assert worth == pytest.approx(tuple(parts[1].fit.reservation_price()))
    arrivals = scenario.resolved["segments"]["from-16"]["arrivals"]
    assert arrivals["rate"] * np.array(arrivals["hourly"]["weekend"]) == pytest.approx(parts[1].rates(30)[1])

    changed = with_arrivals(ds.load("fresh-shelf"), whole, 30)
    assert changed.settled.segments[0].choice == ds.load("fresh-shelf").settled.segments[0].choice
    assert changed.resolved["segments"]["shoppers"]["arrivals"]["rate"] == pytest.approx(
        (whole.rates(30).sum(axis=1) @ [5, 2]) / 168
    )


def test_stores_are_replayed_in_the_order_of_the_data():
    """Days of one store would stand beside simulated ones of another."""
    excerpt = made_up_excerpt()
    rate = {29: 0.0, 30: 2.0}
    (once,) = replayed_stores(
        excerpt,
        lambda store: ds.load("fresh-shelf").replace({"segments.shoppers.arrivals.rate": rate[store]}),
        replications=1,
        seed=1,
    )
    assert once.units[:60].sum() == 0
    assert (once.units[60:].sum(axis=(1, 2)) > 0).mean() > 0.9


def write_excerpt(path: Path, excerpt: Excerpt) -> Path:
    """Write an excerpt in the form of the data."""
    columns = [f"{what}_{sku}" for sku in SKUS for what in ("units", "out", "disc")]
    lines = [",".join(["store_id", "date", "hour", *columns, "holiday_flag"])]
    days = excerpt.days
    for day, (store, date) in enumerate(zip(excerpt.store, excerpt.date, strict=True)):
        for column, hour in enumerate(days.hours):
            of_products = [
                f"{days.units[day, column, k]},{int(not days.in_stock[day, column, k])},{days.price[day, k]}"
                for k in range(len(SKUS))
            ]
            lines.append(",".join([str(store), str(date), str(hour), *of_products, "0"]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("options", [[], ["--all-stores", "--parts", "16"]])
def test_script_prints_its_tables(tmp_path, capsys, options):
    """The command line would not run, or leave out a comparison."""
    main([str(write_excerpt(tmp_path / "days.csv", made_up_excerpt())), "--replications", "5", *options])
    printed = capsys.readouterr().out
    for title in ("Hour of selling out", "Units by hour on days that sold out, sku-631", "Units by hour, all days"):
        assert title in printed
    assert "| day |" in printed
    assert "bootstrap by day" in printed
    assert ("log-likelihood of the parts together" in printed) == bool(options)
