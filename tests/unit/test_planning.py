"""From a scenario to a plan, its bound and its worth: `ds.optimise` on shops small enough to check by hand."""

import copy
import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

import demandshift as ds
from demandshift.experiments.planning.planned import PlanningError
from demandshift.simulator.estimates import mean_estimate

LP = {"kind": "lp", "replan_every": 1.25}
SEASON: dict[str, Any] = {
    "name": "season",
    "horizon": 5,
    "replications": 12,
    "seed": 4,
    "firms": {"shop": {"ordering": {"kind": "season_buy", "quantity": 40}}, "idle": {}},
    "products": {
        "hat": {"firm": "shop", "price": 10, "cost": 4, "salvage": 1},
        "cap": {"firm": "shop", "price": 8, "cost": 3, "salvage": 1, "stock": 6},
    },
    "segments": {
        "all": {
            "arrivals": {"kind": "poisson", "rate": 16},
            "choice": {"kind": "logit", "scale": 2, "reservation_price": {"hat": 11, "cap": 9}},
        }
    },
}
RESTOCKED = {
    "firms.shop.ordering": {"kind": "order_up_to", "review_every": 1, "level": 12},
    "products.hat.stock": 20,
}
RIVAL = {
    "firms.other": {},
    "products.rival": {"firm": "other", "price": 9, "cost": 1, "stock": "unlimited"},
    "segments.all.choice.reservation_price.rival": 9,
}
WAITING = {"segments.all.waiting": {"beliefs": "announced", "up_to": 2, "discount": 0.9}}
KEYS = ["plan", "value", "bound", "gap", "simulated", "present", "difference"]


@pytest.fixture
def shop(tmp_path):
    """Return what makes the season's shop with values by dotted path put in place; None removes one."""

    def make(changes: dict[str, Any] | None = None) -> ds.Scenario:
        document = copy.deepcopy(SEASON)
        for path, value in (changes or {}).items():
            *parents, key = path.split(".")
            place = document
            for parent in parents:
                place = place.setdefault(parent, {})
            if value is None:
                del place[key]
            else:
                place[key] = copy.deepcopy(value)
        file = tmp_path / "shop.yaml"
        file.write_text(json.dumps(document), encoding="utf-8")
        return ds.load(file)

    return make


def profits(scenario: ds.Scenario, replications: int, seed: int) -> np.ndarray:
    """Return the shop's profit, one value a replication."""
    return ds.run(scenario, replications, seed).reckoning.by_replication("profit", "shop")


# What comes back


@pytest.mark.parametrize("what", ["orders", "prices", "joint"])
@pytest.mark.parametrize("changes", [{}, RESTOCKED], ids=["season", "restocked"])
def test_a_plan_is_judged_beside_the_present_policy(shop, what, changes, tmp_path):
    """A failure means that the figures shown are not those of the plan, or not on the same customers."""
    scenario = shop(changes)
    found = ds.optimise(scenario, what, replications=6, seed=8, scenarios=40)
    told = found.as_dict()
    json.dumps(told)
    assert [key for key in told if key in KEYS] == KEYS
    for key in ("simulated", "present", "difference"):
        assert list(told[key]) == ["mean", "half_width", "n"]
        assert told[key]["n"] == 6
    assert (told["what"], told["firm"], told["objective"], told["seed"]) == (what, "shop", "profit", 8)
    assert (told["scenario"], told["scenario_hash"]) == ("season", scenario.hash)
    assert found.plan.to_dict("records") == [pytest.approx(row, nan_ok=True) for row in found.plan.to_dict("records")]
    assert len(found.plan) == len(told["plan"]) > 0
    assert list(found.duals.columns) == ["resource", "shadow_price"]
    assert found.value == told["value"]

    present, planned = profits(scenario, 6, 8), profits(found.policy, 6, 8)
    assert found.present == mean_estimate(present)
    assert found.simulated == mean_estimate(planned)
    assert found.difference == mean_estimate(planned - present), "paired, not of two samples"

    found.save(tmp_path / "planned.yaml")
    again = ds.load(tmp_path / "planned.yaml")
    assert profits(again, 6, 8).tolist() == planned.tolist()
    assert scenario.hash == shop(changes).hash, "what was asked about stays as it was"


def test_replications_and_seed_are_the_scenarios_own_unless_told(shop):
    """A failure means that a plan is judged on other customers than a run of the scenario shows."""
    found = ds.optimise(shop(), "orders", scenarios=20)
    assert (found.simulated.n, found.seed) == (12, 4)


def test_progress_counts_both_simulations(shop):
    """A failure means that a bar runs backwards or past its end."""
    said: list[tuple[int, int]] = []
    ds.optimise(shop(), "orders", replications=3, scenarios=20, progress=lambda *each: said.append(each))
    assert said[-1] == (6, 6)
    assert said == sorted(said)
    assert {planned for _, planned in said} == {6}


def test_draws_of_the_plan_do_not_depend_on_the_customers_seed(shop):
    """A failure means that a plan knows who will come when it is judged."""
    one, other = (ds.optimise(shop(), "orders", replications=2, seed=seed) for seed in (1, 2))
    assert one.planned.rows == other.planned.rows
    assert one.present != other.present


# Right numbers


def test_one_product_before_the_season_is_the_newsvendor(shop):
    """A failure means that a season's demand, margin or salvage is another than the scenario's."""
    one = {
        "products.cap": None,
        "segments.all.choice": {"kind": "ranking", "lists": [{"share": 1, "reservation_price": {"hat": 12}}]},
    }
    found = ds.optimise(shop(one), "orders", replications=2, scenarios=4000)
    row = found.planned.rows[0]
    assert (row["product"], row["expected_demand"], row["mean_price"]) == ("hat", pytest.approx(80), 10)
    demand = stats.poisson(80)
    best = int(demand.ppf(6 / 9))
    error = (6 / 9 * 3 / 9 / 4000) ** 0.5 / demand.pmf(best)
    assert row["quantity"] == pytest.approx(best, abs=4 * error + 1)
    sales = sum(min(best, count) * demand.pmf(count) for count in range(200))
    assert found.value == pytest.approx(9 * sales - 3 * best, abs=4 * 9 * 80**0.5 / 4000**0.5)
    assert found.bound is not None
    assert found.bound.kind == "perfect information" or found.bound.half_width is not None


def test_units_there_already_are_not_bought_again(shop):
    """A failure means that opening stock is left out of a season's order, or its worth out of the profit (R19)."""
    fewer = ds.optimise(shop({"products.cap.stock": 15}), "orders", replications=2).planned.rows[1]["quantity"]
    more = ds.optimise(shop({"products.cap.stock": 6}), "orders", replications=2).planned.rows[1]["quantity"]
    assert more - fewer == 9


def test_revenue_is_what_customers_pay(shop):
    """A failure means that the program's revenue owes for stock, and cannot be compared with the simulated one."""
    found = ds.optimise(shop(), "prices", objective="revenue", replications=10)
    assert found.simulated.mean is not None
    assert found.value == pytest.approx(found.simulated.mean, rel=0.15)
    assert found.value > found.simulated.mean


def test_an_offer_with_a_fixed_price_of_its_own_keeps_it_in_the_plan(shop):
    """A failure means that the plan, its value and its bound are of prices that the policy never charges."""
    found = ds.optimise(shop({"products.cap.pricing": {"kind": "fixed"}}), "prices", replications=2)
    assert {row["price"] for row in found.planned.rows if row["offer"] == "cap"} <= {8, None}
    assert {row["price"] for row in found.planned.rows if row["offer"] == "hat"} != {10}


def test_a_plan_of_prices_says_whose_orders_do_not_follow_it(shop):
    """A failure means that prices are lowered, shelves run empty, and nobody was told why."""
    found = ds.optimise(shop(RESTOCKED), "prices", replications=2)
    assert any("ordered time and again (hat, cap) for never short" in note for note in found.planned.notes)


def test_the_plan_beats_a_poor_present_policy(shop):
    """A failure means that a plan is put into place wrongly: forty of each is far from what sells."""
    for what in ("orders", "prices", "joint"):
        found = ds.optimise(shop(), what, replications=60, seed=3)
        assert found.difference.mean is not None
        assert found.difference.mean - (found.difference.half_width or 0) > 0, what


def test_plans_turn_schedules_and_protection_off(shop):
    """A failure means that a schedule or a protection level is left beside the program, and wins over its prices."""
    markdown = {"kind": "scheduled", "changes": [{"at": 2, "factor": 0.5}]}
    scenario = shop(
        {
            "products.hat.pricing": markdown,
            "firms.shop.pricing": markdown,
            "firms.shop.availability": {"kind": "protection_levels", "levels": {"cap": 3}},
        }
    )
    found = ds.optimise(scenario, "prices", replications=2)
    settled = found.policy.settled
    assert all(not offer.price_changes and not offer.protection for offer in settled.offers)
    assert settled.firms["shop"].pricing.kind == "lp"
    assert "protection levels are lifted: prices alone decide what sells" in found.planned.notes


# Bounds


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        pytest.param("orders", {}, id="orders"),
        pytest.param("orders", {"products.hat.holding_cost": 1.0}, id="orders that cost to hold"),
        pytest.param("orders", {"products.cap": None, "segments.all.choice.reservation_price.cap": None}, id="one"),
        pytest.param("prices", {}, id="prices"),
        pytest.param("prices", RESTOCKED, id="prices with orders"),
        pytest.param("prices", {**RESTOCKED, "products.hat.stock": 70, "products.cap.stock": 70}, id="much in stock"),
        pytest.param("prices", {"products.hat.window": {"opens": 0.75}}, id="a window"),
        pytest.param(
            "prices",
            {
                "products.hat.ordering": {"kind": "plan", "orders": [{"at": 0, "quantity": 20}]},
                "products.hat.supply": {"pack": 12},
            },
            id="an order at the start",
        ),
        pytest.param("prices", RIVAL, id="prices beside a rival"),
        pytest.param("joint", {}, id="joint"),
        pytest.param("joint", {"firms.shop.ordering.quantity": 90}, id="joint, from too much"),
        pytest.param("joint", {"products.cap.ordering": {"kind": "none"}}, id="joint, with a stock that must last"),
    ],
)
def test_a_bound_lies_above_what_plans_earn(shop, what, changes):
    """A failure means that a bound is claimed which a policy beats: it forgets stock, or counts a cost twice."""
    scenario = shop(changes)
    found = ds.optimise(scenario, what, replications=50, seed=21)
    assert found.bound is not None, found.planned.notes
    assert not [note for note in found.planned.notes if "no bound" in note]
    for earned in (found.simulated, found.present):
        assert earned.mean is not None
        assert earned.half_width is not None
        assert found.bound.limit > earned.mean - 2 * earned.half_width
    assert found.bound.limit < 1.5 * max(found.simulated.mean, found.present.mean), "no power: a bound far above"
    assert found.gap == pytest.approx(100 * (found.bound.value - found.simulated.mean) / found.bound.value)
    assert found.as_dict()["bound_basis"]["assumptions"]
    assert found.as_dict()["bound"] == found.bound.value


REASONS = {
    "customers wait (all), which no bound here allows for": ("prices", WAITING),
    "a rival's offer (rival) may run out, and send its customers here": (
        "prices",
        {**RIVAL, "products.rival.stock": 9},
    ),
    "moving to a rival costs all more than staying, so that an empty shelf can pay": (
        "prices",
        {**RIVAL, "segments.all.transfer_cost": {"substitutive": 0.5, "competitive": 1}},
    ),
    "a rival (other) sets its prices by a program, and may react": ("prices", {**RIVAL, "firms.other.pricing": LP}),
    "a rival's price (rival) changes on a schedule, and the program takes the first one to stay": (
        "prices",
        {**RIVAL, "products.rival.pricing": {"kind": "scheduled", "changes": [{"at": 2, "price": 15}]}},
    ),
    "the program plans from the start, and figures count from the warm-up's end": ("prices", {"warm_up": 1}),
    "the price of hat changes on a schedule, and stock may be kept for a better one": (
        "orders",
        {"products.hat.pricing": {"kind": "scheduled", "changes": [{"at": 2, "price": 15}]}},
    ),
    "a program sets the prices too: plan both (joint)": ("orders", {"firms.shop.pricing": LP}),
    "some of the firm's offers share a stock, or take several, and one may be kept for the other": (
        "orders",
        {
            "offers.dear": {"uses": "hat", "price": 14},
            "segments.all.choice.reservation_price.dear": 13,
        },
    ),
    "a customer may try a third product, and the program lets him try one other": (
        "orders",
        {
            "products.bag": {"firm": "shop", "price": 9, "cost": 4},
            "segments.all.choice.reservation_price.bag": 9,
        },
    ),
    "a firm that orders time and again may meet any demand": ("orders", RESTOCKED),
}


@pytest.mark.parametrize("reason", REASONS)
def test_no_bound_is_claimed_without_ground(shop, reason):
    """A failure means that a bound is shown for a world in which a policy may beat it, or none without a word."""
    what, changes = REASONS[reason]
    found = ds.optimise(shop(changes), what, replications=2, scenarios=20)
    assert found.bound is None
    assert found.gap is None
    assert found.as_dict()["bound"] is None
    assert [note for note in found.planned.notes if "no bound" in note] == [f"no bound is claimed: {reason}"]


def test_other_aims_have_no_bound(shop):
    """A failure means that a bound on profit is shown beside revenue or welfare, or is missing without a word."""
    for aim in ("revenue", "welfare"):
        found = ds.optimise(shop(), "prices", objective=aim, replications=2)
        assert found.bound is None
        assert f"no bound is claimed: what is bounded is profit, not {aim}" in found.planned.notes


def test_aims_are_what_they_say(shop):
    """A failure means that a plan for revenue or welfare is judged by, or made for, something else."""
    scenario = shop(RESTOCKED)
    found = {
        aim: ds.optimise(scenario, "prices", objective=aim, replications=20) for aim in ("profit", "revenue", "welfare")
    }
    dearest = {aim: each.plan["price"].mean() for aim, each in found.items()}
    assert dearest["profit"] > dearest["revenue"] > 0
    assert dearest["profit"] > dearest["welfare"] > 0
    for aim in ("revenue", "welfare"):
        result = ds.run(found[aim].policy, 20)
        mine = result.reckoning.by_replication("revenue" if aim == "revenue" else "profit", "shop")
        if aim == "welfare":
            mine = mine + result.reckoning.surplus_by_replication()
        assert found[aim].simulated == mean_estimate(mine)
        assert found[aim].difference.mean > 0


# Wrong arguments


@pytest.mark.parametrize(
    ("what", "arguments", "text"),
    [
        ("order", {}, "what to optimise must be one of orders, prices, joint (got 'order')"),
        (
            "prices",
            {"objective": "sales"},
            "objective must be one of profit, revenue, welfare (got 'sales')",
        ),
        ("orders", {"objective": "revenue"}, "objective 'revenue' is for prices; what to order is planned for profit"),
        ("joint", {"objective": "welfare"}, "objective 'welfare' is for prices; what to order is planned for profit"),
        ("orders", {"scenarios": 1}, "scenarios must be a whole number above 1 (got 1)"),
        ("orders", {"scenarios": True}, "scenarios must be a whole number above 1 (got True)"),
        ("orders", {"scenarios": 20.0}, "scenarios must be a whole number above 1 (got 20.0)"),
        ("orders", {"time_limit": 0}, "time_limit must be above 0 (got 0)"),
        ("orders", {"time_limit": float("nan")}, "time_limit must be above 0 (got nan)"),
        ("orders", {"firm": "shopp"}, "there is no firm 'shopp' in the scenario (known: shop, idle)"),
        (
            "orders",
            {"firm": "idle"},
            "firm 'idle' orders nothing: give it an ordering, such as season_buy or order_up_to",
        ),
        ("prices", {"firm": "idle"}, "firm 'idle' sells nothing, so that there are no prices to plan"),
    ],
)
def test_wrong_arguments_are_named(shop, what, arguments, text):
    """A failure means that a wrong argument is taken for another, or complained of in other words."""
    with pytest.raises(PlanningError) as caught:
        ds.optimise(shop(), what, replications=2, **arguments)
    assert str(caught.value) == text


def test_a_firm_that_orders_in_two_ways_is_not_planned(shop):
    """A failure means that half of a firm's orders are planned, and the rest left as it is without a word."""
    scenario = shop({"products.cap.ordering": {"kind": "order_up_to", "review_every": 1, "level": 5}})
    with pytest.raises(PlanningError) as caught:
        ds.optimise(scenario, "orders", replications=2)
    assert str(caught.value) == (
        "firm 'shop' buys 'hat' once and orders 'cap' time and again; a program plans one or the other"
    )


@pytest.mark.parametrize("what", ["prices"])
def test_welfare_needs_customers_who_speak_of_money(shop, what):
    """A failure means that a welfare is made up for customers whose choice says nothing of money."""
    scenario = shop({"segments.all.choice": {"kind": "ranking", "lists": [{"share": 1, "order": ["hat", "cap"]}]}})
    with pytest.raises(PlanningError) as caught:
        ds.optimise(scenario, what, objective="welfare", replications=2)
    assert str(caught.value) == "welfare: there are customers whose choice does not say what they gain in money"


# In a run (R15)


@pytest.mark.parametrize(
    "changes",
    [
        {"firms.shop.pricing": LP},
        {**RESTOCKED, "firms.shop.ordering": {**LP, "draws": 20}},
        {**RESTOCKED, "firms.shop.ordering": {**LP, "draws": 20}, "firms.shop.pricing": LP},
    ],
    ids=["prices", "orders", "both"],
)
def test_runs_with_programs_do_not_depend_on_the_number_of_processes(shop, changes):
    """A failure means that a program remembers what it saw in another replication (R15)."""
    scenario = shop(changes)
    alone = profits(scenario, 6, 5)
    together = ds.run(scenario, 6, 5, jobs=2).reckoning.by_replication("profit", "shop")
    assert together.tolist() == alone.tolist()
    assert len(set(alone.tolist())) > 1
