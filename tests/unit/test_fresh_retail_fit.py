"""The fit behind `fresh-shelf`: against published figures where the data are at hand, and against known truth."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from demandshift.experiments.fits.fresh_retail import (
    Excerpt,
    fit_excerpt,
    main,
    read_excerpt,
    store_figures,
    typical_store,
)
from demandshift.experiments.fits.shelf_days import ShelfDays, mean_units_by_hour, sell_outs, uplift
from demandshift.experiments.fits.stockout_logit import (
    ShelfHours,
    concentrated_log_likelihood,
    fit_stockout_logit,
    logit_shares,
)

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DEMANDSHIFT_DATA", REPOSITORY.parent / "shared" / "data"))
EXCERPT = DATA / "freshretail" / "cat103_12stores.csv.gz"


@pytest.fixture(scope="module")
def excerpt() -> Excerpt:
    """Read the real data, or skip and say where they were looked for."""
    if not EXCERPT.is_file():
        pytest.skip(f"no data at {EXCERPT}; set DEMANDSHIFT_DATA to the folder that holds freshretail/")
    return read_excerpt(EXCERPT)


@pytest.mark.data
def test_reference_fit_with_log_price(excerpt):
    """Another likelihood, another treatment of missing hours or of weekends would miss the reference figures."""
    fit = fit_excerpt(excerpt, "log")
    at_list_price = np.ones(3)
    assert fit.log_likelihood == pytest.approx(-33885.95, abs=0.005)
    assert fit.constants == pytest.approx([-1.279, -0.919, -1.024], abs=0.0006)
    assert fit.price_coefficient == pytest.approx(-2.270, abs=0.0006)
    assert fit.standard_errors[-1] == pytest.approx(0.078, abs=0.0006)
    assert fit.nothing_share(at_list_price) == pytest.approx(0.491, abs=0.0006)
    assert fit.recapture(at_list_price) == pytest.approx([0.431, 0.389, 0.404], abs=0.0006)


@pytest.mark.data
def test_scenario_states_what_was_fitted(excerpt):
    """A figure in fresh-shelf.yaml would not be the one that the script finds, or be of another store."""
    from ruamel.yaml import YAML

    path = REPOSITORY / "scenarios" / "library" / "fresh-shelf.yaml"
    written = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    fit = fit_excerpt(excerpt, "linear")
    figures = store_figures(excerpt, fit, typical_store(excerpt))
    shoppers = written["segments"]["shoppers"]
    assert figures.store == 29
    assert shoppers["choice"]["scale"] == pytest.approx(fit.scale(), abs=0.0006)
    assert list(shoppers["choice"]["reservation_price"].values()) == pytest.approx(fit.reservation_price(), abs=0.0006)
    assert shoppers["arrivals"]["rate"] == pytest.approx(figures.mean_rate, abs=0.0006)
    for kind, rates in (("weekday", figures.weekday_rate), ("weekend", figures.weekend_rate)):
        assert shoppers["arrivals"]["hourly"][kind] == pytest.approx(rates / figures.mean_rate, abs=0.0006)
    assert [each["price"] for each in written["products"].values()] == pytest.approx(figures.mean_price, abs=0.0006)
    assert [f"sku-{sku}" for sku in excerpt.skus] == list(written["products"])


@pytest.mark.data
@pytest.mark.usefixtures("excerpt")
def test_script_writes_its_figures(tmp_path, capsys):
    """The command line would not run, or its JSON not hold the fit, the store and the uplift."""
    target = tmp_path / "figures.json"
    main([str(EXCERPT), "--json", str(target)])
    figures = json.loads(target.read_text(encoding="utf-8"))
    assert figures["linear_price"]["scale"] == pytest.approx(0.350, abs=0.0006)
    assert figures["store"]["store"] == 29
    assert figures["sold_out_share"] == pytest.approx([0.484, 0.352, 0.435], abs=0.0006)
    assert np.array(figures["uplift"]["units"]).shape == (3, 3)
    assert "log_likelihood: -33885.95" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main([str(EXCERPT), "--store", "1"])
    assert "--store: 1 is not in the data" in capsys.readouterr().err


TRUE_COEFFICIENTS = np.array([1.6, 2.0, 1.2, -2.8])
"""Unequal constants, so that swapped products show; buying nothing takes 40 % or so, so that leaving it out shows."""


def synthetic_hours(seed: int, days: int = 3000) -> tuple[ShelfHours, np.ndarray]:
    """Simulate one store from TRUE_COEFFICIENTS, with shelves that empty because of what was sold.

    A product leaves the shelf at the end of the hour in which its sales of the day reach the quantity put out in the
    morning (that hour is still served in full), so that the likelihood is exact although busy days run out first.

    Parameters
    ----------
    seed : int
        Seed of the simulation.
    days : int
        Number of days, of which two in seven have the weekend's arrival rates.

    Returns
    -------
    hours : ShelfHours
        Sales; in hours in which a product is out, its units are nonsense that the fit must not read.
    arrival_rate : array of float, shape (16,)
        Customers per hour in each cell: eight hours of weekdays, then eight of weekends.
    """
    rng = np.random.default_rng(seed)
    arrival_rate = np.array([2.0, 5, 8, 6, 4, 6, 7, 3, 1, 6, 12, 9, 5, 6, 5, 2])
    day_cell = 8 * (np.arange(days) % 7 >= 5)
    price = rng.choice([0.75, 0.9, 1.0], size=(days, 3))
    attraction = np.exp(TRUE_COEFFICIENTS[:3] + TRUE_COEFFICIENTS[3] * price)
    quantity = rng.integers(4, 16, size=(days, 3))
    sold_so_far = np.zeros((days, 3))
    units = np.zeros((days, 8, 3))
    in_stock = np.zeros((days, 8, 3), dtype=bool)
    for hour in range(8):
        in_stock[:, hour] = sold_so_far < quantity
        weights = attraction * in_stock[:, hour]
        shares = weights / (1 + weights.sum(axis=1, keepdims=True))
        units[:, hour] = rng.poisson(arrival_rate[day_cell + hour][:, None] * shares)
        sold_so_far += units[:, hour]
    assert 0.2 < 1 - in_stock[:, -1].mean() < 0.7, "the data must have stockouts, and not only stockouts"
    hours = ShelfHours(
        units=np.where(in_stock, units, 99.0).reshape(-1, 3),
        in_stock=in_stock.reshape(-1, 3),
        price=np.repeat(price, 8, axis=0),
        cell=(day_cell[:, None] + np.arange(8)).reshape(-1),
        cells=16,
    )
    return hours, arrival_rate


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_known_parameters_are_recovered(seed):
    """The estimator would be biased by stockouts, read hours that are missing, or state wrong standard errors.

    All bounds are four standard errors, which a right estimator breaks once in 16,000 comparisons.
    """
    hours, arrival_rate = synthetic_hours(seed)
    fit = fit_stockout_logit(hours, "linear")
    assert (fit.standard_errors < 0.15).all(), "too few data to tell right from wrong"
    assert (np.abs(fit.coefficients - TRUE_COEFFICIENTS) < 4 * fit.standard_errors).all()
    scale_error, *price_errors = fit.standard_errors_of(lambda f: np.append(f.scale(), f.reservation_price()))
    assert abs(fit.scale() - 1 / 2.8) < 4 * scale_error
    assert (np.abs(fit.reservation_price() - TRUE_COEFFICIENTS[:3] / 2.8) < 4 * np.array(price_errors)).all()
    # The level of all rates moves with the share that buys nothing; beside that, each has its own Poisson error.
    nothing = fit.nothing_share(np.full(3, 0.9))
    relative_error = fit.standard_errors_of(lambda f: np.log1p(-f.nothing_share(np.full(3, 0.9))))[0]
    assert 0.2 < nothing < 0.6
    units = np.bincount(hours.cell, np.where(hours.in_stock, hours.units, 0).sum(axis=1))
    assert (np.abs(np.log(fit.arrival_rate / arrival_rate)) < 4 * np.hypot(relative_error, units**-0.5)).all()


def test_standard_errors_are_the_spread_of_estimates():
    """Standard errors would be too large or too small: over 200 data sets, z-scores have mean 0 and spread 1."""
    fits = [fit_stockout_logit(synthetic_hours(seed, days=150)[0], "linear") for seed in range(100, 300)]
    scores = np.array([(fit.coefficients - TRUE_COEFFICIENTS) / fit.standard_errors for fit in fits])
    # The spread of 200 normal z-scores has a standard error of 1/√(2·200) = 0.05; their mean one of 1/√200 = 0.07.
    assert np.abs(scores.std(axis=0) - 1).max() < 4 * 0.05
    assert np.abs(scores.mean(axis=0)).max() < 4 * 0.07


@pytest.mark.parametrize("price_form", ["linear", "log"])
def test_slope_is_the_derivative_of_the_likelihood(price_form):
    """The search would stop elsewhere than at the maximum, and the curvature be that of something else."""
    hours, _ = synthetic_hours(seed=5, days=60)
    point = np.array([0.3, -0.2, 0.1, -1.5])
    _, slope = concentrated_log_likelihood(point, hours, price_form)
    for k in range(4):
        step = 1e-5 * np.eye(4)[k]
        above, _ = concentrated_log_likelihood(point + step, hours, price_form)
        below, _ = concentrated_log_likelihood(point - step, hours, price_form)
        assert slope[k] == pytest.approx((above - below) / 2e-5, rel=1e-5, abs=1e-4)


def test_concentrated_likelihood_is_the_full_one_at_its_best_rates():
    """Rates would not be concentrated out but left at some other value, or a term be missing."""
    hours, _ = synthetic_hours(seed=6, days=60)
    fit = fit_stockout_logit(hours, "linear")
    mean = fit.arrival_rate[hours.cell][:, None] * logit_shares(fit.attraction(hours.price), hours.in_stock)

    def full(factor: float) -> float:
        seen = hours.in_stock
        return float((hours.units[seen] * np.log(factor * mean[seen])).sum() - (factor * mean[seen]).sum())

    assert full(1.0) == pytest.approx(fit.log_likelihood, rel=1e-12)
    assert full(1.0) > max(full(0.99), full(1.01))


def test_constant_prices_are_refused():
    """A price coefficient that no data speak of would be reported with a number."""
    hours, _ = synthetic_hours(seed=7, days=60)
    constant = ShelfHours(hours.units, hours.in_stock, np.ones_like(hours.price), hours.cell, hours.cells)
    with pytest.raises(RuntimeError, match="do not identify all coefficients"):
        fit_stockout_logit(constant, "linear")


def test_a_log_price_has_no_scale_in_money():
    """A figure in the wrong unit would find its way into a scenario."""
    hours, _ = synthetic_hours(seed=8, days=60)
    with pytest.raises(ValueError, match="only a linear price"):
        fit_stockout_logit(hours, "log").scale()


def test_hours_are_checked():
    """Prices of 0, cells that do not exist or arrays of different shapes would give a figure instead of an error."""
    ones, cell = np.ones((2, 1)), np.zeros(2, dtype=np.int64)
    there = ones.astype(bool)
    for arguments, message in [
        ((ones, there[:1], ones, cell, 1), "one shape"),
        ((ones, there, ones, cell[:1], 1), "one number an hour"),
        ((ones, there, ones, cell + 1, 1), "numbered 0 to 0"),
        ((ones, there, 0 * ones, cell, 1), "prices must be greater than 0"),
        ((-ones, there, ones, cell, 1), "units must not be negative"),
    ]:
        with pytest.raises(ValueError, match=message):
            ShelfHours(*arguments)


def example_days() -> ShelfDays:
    """Three days of five hours (6 to 10 o'clock) and two products, small enough to read off every answer."""
    stock = np.ones((3, 5, 2), dtype=bool)
    stock[0, 2:, 0] = False  # day 0: product 0 goes in the hour of 7 o'clock, for good
    stock[1, [2, 4], 0] = False  # day 1: product 0 is out at 8, back at 9 and out again: restocked
    stock[2, 0, 0] = False  # day 2: product 0 comes with the delivery at 7 …
    stock[2, 3:, 0] = False  # … and goes in the hour of 8 o'clock
    units = np.array(
        [
            [[1, 2], [3, 2], [0, 6], [5, 4], [0, 0]],  # 5 units in a flagged hour contradict the flag
            [[1, 0], [1, 2], [0, 3], [2, 2], [0, 7]],
            [[0, 2], [2, 4], [2, 4], [0, 3], [0, 1]],
        ]
    )
    return ShelfDays(6, np.zeros(3, dtype=bool), units, stock, np.ones((3, 2)))


def test_sell_outs_and_opening_stock():
    """A restocked day would count as sold out, or the day's sales be no opening stock."""
    found = sell_outs(example_days(), delivered_by=7)
    assert found.sold_out.tolist() == [[True, False], [False, False], [True, False]]
    assert found.last_hour[:, 0].tolist() == [7, -1, 8]
    assert found.opening_stock[:, 0].tolist() == [4, -1, 4]
    assert mean_units_by_hour(example_days(), found.sold_out)[:, 0].tolist() == [0.5, 2.5, 1.0, 0.0, 0.0]
    assert np.isnan(mean_units_by_hour(example_days(), found.sold_out)[:, 1]).all()
    assert mean_units_by_hour(example_days())[:, 1] == pytest.approx([4 / 3, 8 / 3, 13 / 3, 3, 8 / 3])


def test_uplift_compares_equal_hours():
    """The uplift would mix hours of the day, count hours with nothing to compare with, or swap rows and columns."""
    ratio, units = uplift(example_days(), np.zeros(3, dtype=np.int64))
    # Product 0 is out at 6 (day 2), 8 (days 0, 1), 9 (days 0, 2) and 10 (always, so nothing to compare with). With
    # everything in stock product 1 sells (2+0)/2 = 1 at 6 o'clock, 4 at 8 (day 2) and 2 at 9 (day 1):
    # 2+6+3+4+3 = 18 units against 1+4+4+2+2 = 13.
    assert units[0, 1] == 18
    assert ratio[0, 1] == pytest.approx(18 / 13)
    assert np.isnan(ratio[1, 0])
    assert units[1, 0] == 0


def write_excerpt(path: Path, rows: list[str]) -> Path:
    """Write a small excerpt of one product."""
    path.write_text("\n".join(["store_id,date,hour,units_7,out_7,disc_7,holiday_flag", *rows]) + "\n", encoding="utf-8")
    return path


def test_reading_turns_rows_into_days(tmp_path):
    """Rows in another order would end in other hours, or Saturday be a weekday."""
    rows = [
        "3,2024-05-04,7,2,1,0.9,1",
        "3,2024-05-04,6,5,0,0.9,1",
        "3,2024-05-03,6,1,0,1.0,0",
        "3,2024-05-03,7,0,0,1.0,0",
    ]
    excerpt = read_excerpt(write_excerpt(tmp_path / "days.csv", rows))
    assert excerpt.skus == ("7",)
    assert excerpt.days.weekend.tolist() == [False, True]
    assert excerpt.days.units[:, :, 0].tolist() == [[1, 0], [5, 2]]
    assert excerpt.days.in_stock[:, :, 0].tolist() == [[True, True], [True, False]]
    assert excerpt.days.price.tolist() == [[1.0], [0.9]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["3,2024-05-04,6,5,0,0.9,1", "3,2024-05-04,7,2,1,0.8,1"], "a price changes within a day"),
        (["3,2024-05-04,6,5,0,0.9,1", "3,2024-05-04,8,2,1,0.9,1"], "consecutive hours"),
        (["3,2024-05-04,6,5,0,0.9,1", "3,2024-05-04,7,2,1,0.9,1", "3,2024-05-05,6,2,1,0.9,1"], "each of the hours"),
    ],
)
def test_broken_data_are_refused(tmp_path, rows, message):
    """Data with gaps would be laid out as if they had none."""
    with pytest.raises(ValueError, match=message):
        read_excerpt(write_excerpt(tmp_path / "days.csv", rows))


def test_missing_columns_are_named(tmp_path):
    """A file of something else would fail somewhere deep inside."""
    path = tmp_path / "other.csv"
    path.write_text("store_id,date,hour,units_7\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"missing columns: \['disc_7', 'out_7'\]"):
        read_excerpt(path)
