"""The simulator and the shipped `fresh-shelf` against 90 real days of store 29, conditional on selling out.

Data: Dingdong, FreshRetailNet-50K, arXiv 2505.16319, CC BY 4.0 (an excerpt). The scenario is put into the place of the
store with the days' real prices and, where a product sold out, the day's real opening stock; see
`docs/explanation/fresh-shelf-against-real-days.md` for the figures and for what does not fit.

Bounds are three standard errors of the difference, which a right model breaks once in 370 comparisons; beside each
comparison stands a model that is wrong on purpose and must break the same bound.
"""

import os
from pathlib import Path

import numpy as np
import pytest

import demandshift as ds
from demandshift.experiments.fits.fresh_retail import DELIVERED_BY, Excerpt, read_excerpt
from demandshift.experiments.fits.fresh_shelf_days import comparable_days, fit_parts, replayed_stores, with_arrivals
from demandshift.experiments.fits.shelf_comparison import (
    compare_sell_outs,
    compare_units_by_hour,
    overall_uplift,
    uplift_standard_error,
)
from demandshift.experiments.fits.shelf_days import ShelfDays, sell_outs
from demandshift.experiments.fits.shelf_replay import own_days, replay_scenario, simulated_days

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DEMANDSHIFT_DATA", REPOSITORY.parent / "shared" / "data"))
EXCERPT = DATA / "freshretail" / "cat103_12stores.csv.gz"
SHORT = os.environ.get("DEMANDSHIFT_SHORT") == "1"
REPLICATIONS = 12 if SHORT else 30
"""Replicas of each real day: with 30 of them, the real days' own chance makes up nearly all of a standard error."""
WRONG_REPLICATIONS = 4 if SHORT else 6
BOUND = 3.0
SKU_296, SKU_426, SKU_631 = range(3)
NO_SUBSTITUTION = {"segments.shoppers.transfer_cost": {"substitutive": 1000}}

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def everywhere() -> Excerpt:
    """Read the real days of all stores, or skip and say where they were looked for."""
    if not EXCERPT.is_file():
        pytest.skip(f"no data at {EXCERPT}; set DEMANDSHIFT_DATA to the folder that holds freshretail/")
    return read_excerpt(EXCERPT)


@pytest.fixture(scope="module")
def store(everywhere) -> Excerpt:
    """Take the store whose arrivals the scenario has."""
    return everywhere.of_store(29)


@pytest.fixture(scope="module")
def scenario() -> ds.Scenario:
    """Load the scenario as it is shipped; all of its arrivals and choice parameters are those that the tests use."""
    return ds.load("fresh-shelf")


@pytest.fixture(scope="module")
def replicas(scenario, store) -> list[ShelfDays]:
    """Simulate the real days."""
    return simulated_days(replay_scenario(scenario, store), store, replications=REPLICATIONS, seed=1)


@pytest.fixture(scope="module")
def three_hours_late(scenario, store) -> list[ShelfDays]:
    """Simulate the real days with everybody coming three hours later."""
    hourly = scenario.resolved["segments"]["shoppers"]["arrivals"]["hourly"]
    late = {f"segments.shoppers.arrivals.hourly.{kind}": rates[-3:] + rates[:-3] for kind, rates in hourly.items()}
    wrong = replay_scenario(scenario, store).replace(late)
    return simulated_days(wrong, store, replications=WRONG_REPLICATIONS, seed=1)


def test_units_by_hour(store, replicas, three_hours_late):
    """Arrivals would come at other hours than in the scenario, or at another rate, or buy at another.

    The profile was fitted to these days, so that the simulator should hit it; real total 28.96 a day, simulated 29.74,
    standard error 0.51. Real days on which the unknown stock was just enough make the simulated total about 1 too large
    even for a true model (found with simulated days in the place of the real ones), well inside the bound of 1.53.
    """
    compared = compare_units_by_hour(store.days, replicas)
    assert compared.real[-1] == pytest.approx(28.96, abs=0.005)
    assert 0.4 < compared.standard_error[-1] < 0.6, "too few replicas to tell right from wrong"
    assert np.abs(compared.z).max() < BOUND
    assert np.abs(compare_units_by_hour(store.days, three_hours_late).z).max() > 2 * BOUND


def test_stock_limits_sales(scenario, store):
    """Shelves would not run empty: with twice the stock they seldom do, and the total must leave its bound."""
    wrong = simulated_days(
        replay_scenario(scenario, store, stock_factor=2), store, replications=WRONG_REPLICATIONS, seed=1
    )
    assert compare_units_by_hour(store.days, wrong).z[-1] < -BOUND


def test_hour_of_selling_out(store, replicas, three_hours_late):
    """Shelves would empty too early or too late in the day, given that they do.

    Two products are within the bound, 15.4 real against 15.1 and 14.2 against 14.6 with standard errors of 0.4. The
    third, 426, sells out an hour and a half earlier in the store (14.1 against 15.7): a misfit of the scenario that
    the docs explain. The bounds for it stand three standard errors around that, to notice when it grows or goes.
    """
    compared = compare_sell_outs(store.days, replicas, DELIVERED_BY)
    assert (compared.days >= 25).all()
    assert (compared.hour.standard_error < 0.5).all(), "too few days to tell right from wrong"
    assert np.abs(compared.hour.z[[SKU_296, SKU_631]]).max() < BOUND
    assert 0.4 < compared.hour.simulated[SKU_426] - compared.hour.real[SKU_426] < 2.9
    late = compare_sell_outs(store.days, three_hours_late, DELIVERED_BY)
    assert late.hour.z[SKU_631] < -BOUND
    assert late.hour.simulated[SKU_426] - late.hour.real[SKU_426] > 2.9


def test_units_by_hour_on_days_that_sold_out(store, replicas, three_hours_late):
    """A day that sells out would be built up in other hours than a real one.

    Totals are the opening stock on both sides. Which product is bought at which hour fits less well (see the docs), so
    that the bound holds for 631 in each hour and for the three products together.
    """

    def both(simulated: list[ShelfDays]) -> np.ndarray:
        units = compare_sell_outs(store.days, simulated, DELIVERED_BY).units
        # Hours after which nothing can be sold on such a day, 21 o'clock, are 0 on both sides.
        possible = units.standard_error.min(axis=1) > 0
        difference = (units.real - units.simulated)[possible].sum(axis=1)
        together = difference / np.sqrt((units.standard_error[possible] ** 2).sum(axis=1))
        assert units.real.sum(axis=0) == pytest.approx(units.simulated.sum(axis=0))
        return np.concatenate([units.z[possible, SKU_631], together])

    assert np.abs(both(replicas)).max() < BOUND
    assert np.abs(both(three_hours_late)).max() > BOUND


def test_uplift_while_one_is_out(scenario, everywhere, store, replicas):
    """Customers would not come over, or too many of them, when a product is out.

    In store 29 the others sell 1.16 times what they sell with everything in stock, standard error 0.09, simulated 1.20;
    no substitution at all would give 1.00, which one store cannot tell apart. All twelve stores can: 1.21 with a
    standard error of 0.03. Each is replayed with its own arrivals and the scenario's choice.
    """
    alone = [overall_uplift(replica, comparable_days(store)) for replica in replicas]
    of_store = overall_uplift(store.days, comparable_days(store))
    assert of_store == pytest.approx(1.163, abs=0.0006)
    assert abs(of_store - np.mean(alone)) < BOUND * np.std(alone, ddof=1) * np.sqrt(1 + 1 / len(alone))

    cell = comparable_days(everywhere)
    real = overall_uplift(everywhere.days, cell)
    # The simulated side has one replication, whose standard error is much like that of the real days.
    error = np.sqrt(2) * uplift_standard_error(everywhere.days, cell, resamples=60, seed=1)
    (day,) = fit_parts(everywhere)

    def simulated(changes: dict[str, object]) -> float:
        changed = scenario.replace(changes)
        (once,) = replayed_stores(
            everywhere, lambda number: with_arrivals(changed, day, number), replications=1, seed=1
        )
        return overall_uplift(once, cell)

    assert abs(real - simulated({})) < BOUND * error
    assert real - simulated(NO_SUBSTITUTION) > BOUND * error


def test_own_ordering_sells_out_as_often_as_the_store(scenario, store):
    """The scenario's target service would empty shelves on more or fewer days than real ones.

    The real shares are 47, 36 and 42 %; nothing is known of how the store orders, so that the shares of the products
    only have to lie between the least and the largest of the data's, 36 and 49 %.
    """
    real = sell_outs(store.days, DELIVERED_BY).sold_out.mean(axis=0)
    assert real == pytest.approx([0.467, 0.356, 0.422], abs=0.0006)
    own = own_days(scenario, store.days.first_hour, replications=8 if SHORT else 15, seed=1)
    out_by_21 = np.array([~days.in_stock[:, 21 - days.first_hour] for days in own]).mean(axis=(0, 1))
    assert ((out_by_21 > 0.36) & (out_by_21 < 0.49)).all()
