"""The books of any scenario add up, checked without the engine's own check (R12, R16)."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from drawn_scenarios import Drawn, ledgers_of, scenarios, world_of
from hypothesis import given
from hypothesis import strategies as st

import demandshift as ds
from demandshift.models.problem import Transfer
from demandshift.simulator.ledger import (
    NOBODY,
    Account,
    Cause,
    Head,
    Ledger,
    Movement,
    OfferColumn,
    Outcome,
    ProductColumn,
)
from demandshift.simulator.world import World

# Written out here on purpose: the engine's own tables are what is to be checked.
BUYING = (Outcome.SERVED, Outcome.RECAPTURED, Outcome.DIVERTED, Outcome.POSTPONED)
TURNED_AWAY = (Cause.STOCKOUT, Cause.REFUSAL)
KINDS = {
    Outcome.RECAPTURED: Transfer.SUBSTITUTIVE,
    Outcome.DIVERTED: Transfer.COMPETITIVE,
    Outcome.POSTPONED: Transfer.STRATEGIC,
}


@given(scenarios())
def test_the_books_of_any_scenario_add_up(drawn: Drawn):
    """If this fails, units, customers, money or moves are counted twice, or not at all."""
    world = world_of(drawn.load())
    for ledger in ledgers_of(world):
        _check_units(world, ledger)
        _check_heads(ledger)
        _check_outcomes(world, ledger)
        _check_payments(world, ledger)
        _check_willing(world, ledger)


def _check_units(world: World, ledger: Ledger) -> None:
    """Check that every unit that came is on the shelf, sold or wasted (R16)."""
    problem = world.problem
    uses = [Counter() for _ in problem.offers.names]
    for offer, (start, end) in enumerate(pairwise(problem.offers.use_start.tolist())):
        for use in range(start, end):
            uses[offer][int(problem.offers.use_product[use])] += int(problem.offers.use_units[use])
    for product, row in enumerate(ledger.stock.tolist()):
        opening, received, returned, sold, wasted, closing = row
        assert min(row) >= 0
        assert opening + received + returned == closing + sold + wasted
        assert sold == sum(int(ledger.sold[offer]) * uses[offer][product] for offer in range(len(uses)))
        if problem.products.opening_stock[product] < 0:
            assert (opening, closing, received) == (0, 0, sold)


def _check_heads(ledger: Ledger) -> None:
    """Check that every customer is where the outcome says (R16)."""
    by_segment = Counter[tuple[int, str]]()
    for segment, _, _, outcome, _, number in ledger.flows.tolist():
        state = "bought" if outcome in BUYING else "waits" if outcome == Outcome.PENDING else "left"
        by_segment[segment, state] += number
    for segment, head in enumerate(ledger.heads.tolist()):
        assert head[Head.BOUGHT] == by_segment[segment, "bought"]
        assert head[Head.WAITING] == by_segment[segment, "waits"]
        assert head[Head.LEFT] == by_segment[segment, "left"]
        assert head[Head.ARRIVED] == sum(head) - head[Head.ARRIVED]


def _check_outcomes(world: World, ledger: Ledger) -> None:
    """Check that origin, cause, outcome and destination of every customer fit each other (R12)."""
    firm = world.problem.offers.firm
    for segment, origin, cause, outcome, destination, number in ledger.flows.tolist():
        start, end = world.problem.segments.consider_start[segment : segment + 2]
        considered = world.problem.segments.consider_offer[start:end].tolist()
        assert number > 0
        assert origin in considered
        assert (destination in considered) == (outcome in BUYING)
        assert (destination == NOBODY) == (outcome not in BUYING)
        assert (cause == Cause.NONE) == (outcome == Outcome.SERVED)
        if outcome == Outcome.SERVED:
            assert destination == origin
        if outcome == Outcome.RECAPTURED:
            assert destination != origin
            assert firm[origin] == firm[destination]
        if outcome == Outcome.DIVERTED:
            assert firm[origin] != firm[destination]


def _check_payments(world: World, ledger: Ledger) -> None:
    """Check that every payment is explained by units, orders or sales (R16)."""
    products = world.problem.products
    for product in range(len(products.names)):
        received, wasted = ledger.stock[product, [Movement.RECEIVED, Movement.WASTED]].tolist()
        account = ledger.product_money[:, product]
        assert account[Account.SALES] == 0
        assert account[Account.PURCHASES] == -received * products.unit_cost[product]
        net_cost = products.disposal_cost[product] - products.salvage[product]
        assert account[Account.DISPOSAL] == -wasted * net_cost
        held = ledger.stock_time[product, 0] * products.holding_cost[product]
        assert account[Account.HOLDING] == pytest.approx(-held)
        assert account[Account.PENALTIES] <= 0
        orders = -account[Account.ORDERING]
        assert orders == 0 or orders % world.supplies[product].order_cost == 0
    sales = ledger.offer_money[Account.SALES]
    assert (ledger.offer_money.sum(axis=0) == sales).all()
    assert (sales[ledger.sold == 0] == 0).all()


def _check_willing(world: World, ledger: Ledger) -> None:
    """Check that nobody moved who was not willing, and nobody was willing who was not turned away (R10)."""
    firm = world.problem.offers.firm
    moved, willing, away = Counter(), Counter(), Counter()
    for segment, origin, cause, outcome, _, number in ledger.flows.tolist():
        if cause in TURNED_AWAY:
            away[segment, origin] += number
            if outcome in KINDS:
                moved[segment, origin, KINDS[outcome]] += number
    for segment, origin, kind, alternative, number in ledger.willing.tolist():
        willing[segment, origin, kind] += number
        assert kind == Transfer.STRATEGIC or (firm[origin] == firm[alternative]) == (kind == Transfer.SUBSTITUTIVE)
        assert kind == Transfer.STRATEGIC or alternative != origin
    assert all(number <= willing[key] for key, number in moved.items())
    assert all(number <= away[segment, origin] for (segment, origin, _), number in willing.items())


@given(scenarios(), st.integers(0, 2**32 - 1))
def test_the_tables_of_a_result_agree(drawn: Drawn, seed: int):
    """If this fails, two tables of one run contradict each other, or a rate above 1 is printed (R12)."""
    scenario = drawn.load()
    result = ds.run(scenario, replications=2, seed=seed)
    _check_margins(result)
    _check_fates(result)
    _check_bounds(result)
    _check_profit(result, ledgers_of(world_of(scenario), seed))


def _check_margins(result: ds.Result) -> None:
    """Check that the margins of the transfer matrix are the books' demand and sales exactly (R12)."""
    offers = result.sales.set_index(["offer", "figure"])["mean"]
    sold = result.matrix[result.matrix["to"].notna()]
    for offer in result.problem.offers.names:
        figures = offers[offer]
        assert result.matrix.loc[result.matrix["from"] == offer, "mean"].sum() == figures["demand"]
        to_cohort = figures["sales"] - figures["sales_to_earlier_customers"]
        assert sold.loc[sold["to"] == offer, "mean"].sum() == to_cohort


def _check_fates(result: ds.Result) -> None:
    """Check that the outcomes of an origin sum to its demand (R12)."""
    fates = ["served", "recaptured", "diverted", "postponed", "lost", "gave_up", "pending"]
    for frame, level in ((result.sales, "offer"), (result.summary, "firm")):
        table = frame.pivot_table(index=level, columns="figure", values="mean", dropna=False)
        assert (table[fates].sum(axis="columns") == table["demand"]).all()
        assert (table["turned_away"] == table["stockouts"] + table["refusals"]).all()


def _check_bounds(result: ds.Result) -> None:
    """Check that shares lie in [0, 1], and counts are not negative."""
    for frame in (result.summary, result.sales, result.stock):
        shares = frame.loc[frame["unit"] == "share", "mean"].dropna()
        assert ((shares >= 0) & (shares <= 1 + 1e-12)).all()
        counts = frame.loc[frame["unit"].isin(["customers", "units", "cycles"]), "mean"]
        assert (counts >= 0).all()
    rates = result.rates["mean"].dropna()
    assert ((rates >= 0) & (rates <= 1)).all()


def _check_profit(result: ds.Result, ledgers: list[Ledger]) -> None:
    """Check that profit is all payments and the change in the value of stock (R19)."""
    problem = result.problem
    told = result.summary.set_index(["firm", "figure"])["mean"]
    for firm, name in enumerate(problem.firms.names):
        own = problem.products.firm == firm
        profits = []
        for ledger in ledgers:
            payments = ledger.offer_money[:, problem.offers.firm == firm].sum() + ledger.product_money[:, own].sum()
            change = ledger.stock[own, Movement.CLOSING] - ledger.stock[own, Movement.OPENING]
            profits.append(payments + (change * problem.products.closing_value[own]).sum())
        assert told[name, "profit"] == pytest.approx(np.mean(profits), abs=1e-7)


@given(scenarios())
def test_the_timeline_adds_up_to_the_books(drawn: Drawn):
    """If this fails, what happened in the periods is not what happened in the run (R1)."""
    world = world_of(drawn.changed(lambda document: document.pop("warm_up", None)).load())
    for ledger in ledgers_of(world):
        products = ledger.timeline_products.sum(axis=0)
        offers = ledger.timeline_offers.sum(axis=0)
        assert (products[:, ProductColumn.SOLD] == ledger.stock[:, Movement.SOLD]).all()
        assert (products[:, ProductColumn.WASTED] == ledger.stock[:, Movement.WASTED]).all()
        assert (products[:, ProductColumn.RECEIVED] == ledger.stock[:, Movement.RECEIVED]).all()
        assert np.allclose(products[:, ProductColumn.ON_HAND_TIME], ledger.stock_time[:, 0])
        assert np.allclose(products[:, ProductColumn.OUT_TIME], ledger.stock_time[:, 1])
        assert (ledger.stock_time[:, 1] <= world.problem.horizon + 1e-9).all()
        assert (offers[:, OfferColumn.SOLD] == ledger.sold).all()
        assert (offers[:, OfferColumn.REVENUE] == ledger.offer_money[Account.SALES]).all()
        assert np.allclose(offers[:, OfferColumn.OPEN_TIME], ledger.offer_time[:, 0])
        assert (ledger.offer_time[:, 1] <= ledger.offer_time[:, 0] + 1e-9).all()
        away = np.isin(ledger.flows[:, 2], TURNED_AWAY)
        for column, rows in ((OfferColumn.DEMAND, ledger.flows), (OfferColumn.TURNED_AWAY, ledger.flows[away])):
            assert (offers[:, column] == np.bincount(rows[:, 1], weights=rows[:, 5], minlength=len(offers))).all()
