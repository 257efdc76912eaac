"""A dozen customers on paper: every account of R19, the warm-up's border, and the cohort of R1."""

import pytest

from demandshift.simulator.ledger import Cause, Outcome

DAIRY = """
name: a dozen customers
horizon: 10
warm_up: 4
firms:
  dairy:
    supply: {lead_time: 2, order_cost: 1}
    ordering: {kind: plan, orders: [{at: 3, quantity: 2, product: milk}, {at: 6, quantity: 3, product: milk}]}
products:
  milk:
    firm: dairy
    price: 5
    cost: 2
    stock: 5
    holding_cost: 0.1
    salvage: 0.5
    disposal_cost: 0.2
    lost_sale_penalty: 0.3
    shelf_life: 6
    pricing: {kind: scheduled, changes: [{at: 7, price: 4}]}
segments:
  all:
    arrivals: {kind: trace, file: customers.csv}
    choice: {kind: ranking, lists: [{share: 1, order: [milk]}]}
"""
CUSTOMERS = {"customers.csv": "time\n1\n2\n4\n4.5\n6.5\n7.5\n7.6\n7.9\n8\n9\n10\n11\n"}


@pytest.mark.parametrize(
    ("valuation", "opening", "closing", "profit"), [("salvage", 1.5, 0.5, 13.75), ("cost", 6, 2, 10.75)]
)
def test_profit_of_a_dozen_customers(simulate, valuation, opening, closing, profit):
    """If this fails, an account begins at 0 instead of at the warm-up, or a term of R19's profit has the wrong sign.

    On paper (stock after each event in brackets; 5 units at time 0 live until 6):

    * before 4, not counted: sold at 1 [4] and 2 [3]; ordered at 3, so that this order's fixed cost is not counted;
    * 4 [3]: the warm-up ends before anything else, 3 units in stock worth 1.5 (or 6 at cost);
      then the customer of 4 buys at 5 [2], the one of 4.5 at 5 [1];
    * 5: 2 units arrive and cost 4 [3]; 6: 1 old unit expires, costs 0.2, fetches 0.5 [2]; an order, fixed cost 1;
    * 6.5: sold at 5 [1]; from 7 on the price is 4; 7.5: sold at 4 [0]; 7.6 and 7.9: lost, 0.3 each;
    * 8: 3 units arrive and cost 6 [3] before the customer of 8 buys at 4 [2]; 9: sold at 4 [1];
    * 10 is the end: the last unit is worth 0.5 (or 2); the customers of 10 and 11 come too late.

    Holding: 0.5·2 + 0.5·1 + 1·3 + 0.5·2 + 1·1 + 0.5·0 + 1·2 + 1·1 = 9.5 unit · time at 0.1. So profit is
    27 − 10 − 1 − 0.95 + 0.3 − 0.6 − 1.5 + 0.5 = 13.75, and 3 less at cost.
    """
    run = simulate(DAIRY, 1, tables=CUSTOMERS, overrides={"valuation": valuation})
    summary = run.result.as_dict()["summary"]["dairy"]
    expected = {
        "revenue": 27,
        "purchase_cost": 10,
        "ordering_cost": 1,
        "holding_cost": 0.95,
        "disposal_cost": -0.3,
        "penalties": 0.6,
        "opening_value": opening,
        "closing_value": closing,
        "profit": profit,
        "units_sold": 6,
        "units_received": 5,
        "waste": 1,
        "demand": 8,
        "served": 6,
        "lost": 2,
        "fill_rate": 0.75,
        "stock_time": 9.5,
        "in_stock_rate": 1 - 0.5 / 6,
        "cycle_service": 2 / 3,
        "sales_to_earlier_customers": 0,
    }
    found = {name: summary[name]["mean"] for name in expected}
    assert found == pytest.approx(expected, rel=1e-12)
    assert all(summary[name]["half_width"] is None for name in expected), "one replication has no interval (R17)"
    assert run.segment("arrived", "all")[0] == 8


def test_the_timeline_counts_everybody(simulate):
    """If this fails, the timeline leaves out the warm-up, or books what happens at a border in the period before."""
    run = simulate(DAIRY, 1, tables=CUSTOMERS)
    timeline = run.result.timeline.set_index(["name", "figure", "period"])["mean"]

    def row(figure: str) -> list[float]:
        return [timeline["milk", figure, period] for period in range(10)]

    assert row("sold") == [0, 1, 1, 0, 2, 0, 1, 1, 1, 1]
    assert row("demand") == [0, 1, 1, 0, 2, 0, 1, 3, 1, 1]
    assert row("turned_away") == [0, 0, 0, 0, 0, 0, 0, 2, 0, 0]
    assert row("received") == [0, 0, 0, 0, 0, 2, 0, 0, 3, 0]
    assert row("wasted") == [0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
    assert row("revenue") == [0, 5, 5, 0, 10, 0, 5, 4, 4, 4]
    assert row("price") == [5] * 7 + [4] * 3
    assert row("stock") == pytest.approx([5, 4, 3, 3, 1.5, 3, 1.5, 0.5, 2, 1])
    assert row("out_of_stock_time") == pytest.approx([0] * 7 + [0.5, 0, 0])


LATE = """
name: a customer of the warm-up is served after it
horizon: 8
warm_up: 4
firms:
  dairy:
    supply: {lead_time: 5}
    ordering: {kind: plan, orders: [{at: 0, quantity: 2, product: milk}]}
    service: {back_orders: {promise: true}}
products:
  milk: {firm: dairy, price: 5, cost: 2, back_order_penalty: 0.25, lost_sale_penalty: 9}
  bread: {firm: dairy, price: 3, cost: 2.5, stock: unlimited}
segments:
  early:
    arrivals: {kind: trace, file: customers.csv, segment: early}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {milk: 7}}]}
    waiting: {up_to: 10}
  bakers:
    arrivals: {kind: trace, file: customers.csv, segment: bakers}
    choice: {kind: ranking, lists: [{share: 1, order: [bread]}]}
"""
EARLY = {"customers.csv": "time,segment\n3,early\n4.5,early\n3.5,bakers\n6,bakers\n7,bakers\n7,early\n"}


def test_cohort_and_event_are_reconciled(simulate):
    """If this fails, a sale counts when its customer came, or a customer counts when the sale took place (R1).

    Milk arrives at 5 and goes to the customers of 3 (before the warm-up ends) and 4.5: two sales and 10 of revenue from
    4 on, but one customer of the cohort, and a line that says so. Waiting costs from 4 to 5 and from 4.5 to 5: 0.375;
    the customer of 7 has nothing to wait for and is lost, 9. Bread is bought as it is sold: 2·(3 − 2.5), its sale at
    3.5 not counted. Profit 10 − 4 + 1 − 9.375 = −2.375.
    """
    run = simulate(LATE, 1, tables=EARLY)
    summary = {name: figure["mean"] for name, figure in run.result.as_dict()["summary"]["dairy"].items()}
    assert run.segment("arrived", "early")[0] == 2
    assert run.flow("milk", Cause.STOCKOUT, Outcome.POSTPONED, "milk")[0] == 1
    assert run.flow("milk", Cause.STOCKOUT, Outcome.LOST, "nobody")[0] == 1
    assert run.offer("sales", "milk")[0] == 2
    assert run.offer("sales_to_earlier", "milk")[0] == 1
    assert summary["sales_to_earlier_customers"] == 1
    assert summary["revenue"] == 16
    assert summary["purchase_cost"] == 2 * 2 + 2 * 2.5
    assert summary["penalties"] == pytest.approx(9.375)
    assert summary["profit"] == pytest.approx(-2.375)
    assert run.segment("consumer_surplus", "early")[0] == 2
    assert (run.product("units_received", "bread") == 2).all()
