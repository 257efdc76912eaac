"""The back-order queue: who is written down, when and at which price he is served, and who gives up (R2, R13)."""

import math

import numpy as np
import pytest
from scipy import special

from demandshift.simulator.ledger import Cause, Outcome

QUEUE = """
name: an empty shelf until a delivery at 4
horizon: 6
firms:
  shop:
    supply: {lead_time: 4}
    ordering: {kind: plan, orders: [{at: 0, quantity: 3, product: bike}]}
    service: {back_orders: {promise: false}}
products:
  bike:
    firm: shop
    price: 5
    back_order_penalty: 0.5
    pricing: {kind: scheduled, announced: false, changes: [{at: 1.5, price: 7}, {at: 3.5, price: 9}]}
segments:
  all:
    arrivals: {kind: trace, file: customers.csv}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {bike: 20}}]}
    waiting: {up_to: 10, expected_delay: 1}
"""
CUSTOMERS = {"customers.csv": "time\n1\n2\n3\n3.75\n4\n"}


def test_oldest_first_at_the_price_of_the_order(simulate):
    """If this fails, the line is served from its end, new customers go before it, or today's price is paid.

    Customers come at 1, 2, 3, 3.75 and 4, prices are 5, 7 from 1.5 and 9 from 3.5, three units come at 4. The first
    three pay 5 + 7 + 7 = 19. Youngest first would pay 7 + 7 + 9 = 23, the price of the delivery 27; if the customer who
    comes at the very moment of the delivery were served before the line, he would be served at once. The two
    others wait till the end at 6, all together 3 + 2 + 1 + 2.25 + 2 = 10.25 at 0.5 each.
    """
    run = simulate(QUEUE, 1, tables=CUSTOMERS)
    assert run.offer("revenue", "bike")[0] == 19
    assert run.flow("bike", Cause.STOCKOUT, Outcome.POSTPONED, "bike")[0] == 3
    assert run.flow("bike", Cause.STOCKOUT, Outcome.PENDING, "nobody")[0] == 2
    assert run.offer("served", "bike")[0] == 0
    assert run.segment("consumer_surplus", "all")[0] == 15 + 13 + 13
    assert run.product("penalties", "bike")[0] == pytest.approx(0.5 * 10.25)


def test_a_promise_knows_who_already_waits(simulate):
    """If this fails, more customers are promised the delivery than it has units, or a promise needs patience beyond it.

    Three units are expected at 4: the fourth and fifth customer can be promised nothing and leave for good. Who waits
    for at most 2.5 from his first visit at 1 does not take a promise for 4 either, so that the fourth gets the unit.
    """
    promise = {"firms.shop.service.back_orders.promise": True}
    run = simulate(QUEUE, 1, tables=CUSTOMERS, overrides=promise)
    assert run.flow("bike", Cause.STOCKOUT, Outcome.POSTPONED)[0] == 3
    assert run.flow("bike", Cause.STOCKOUT, Outcome.LOST)[0] == 2
    assert run.offer("revenue", "bike")[0] == 5 + 7 + 7
    run = simulate(QUEUE, 1, tables=CUSTOMERS, overrides=promise | {"segments.all.waiting.up_to": 2.5})
    assert run.flow("bike", Cause.STOCKOUT, Outcome.POSTPONED)[0] == 3
    assert run.offer("revenue", "bike")[0] == 7 + 7 + 9


def test_who_is_told_no_date_reckons_with_his_own(simulate):
    """If this fails, customers without a promise know the delivery, or wait longer than they can.

    They reckon with a delay of 1. Who may wait for 0.9 does not even begin. Who may wait for 2.5 begins, and the
    customer of 1 gives up at 3.5, so that those of 2, 3 and 3.75 are served; his place costs 2.5 of waiting.
    """
    run = simulate(QUEUE, 1, tables=CUSTOMERS, overrides={"segments.all.waiting.up_to": 0.9})
    assert run.flow("bike", Cause.STOCKOUT, Outcome.LOST)[0] == 4
    assert run.offer("served", "bike")[0] == 1
    assert run.product("penalties", "bike")[0] == 0
    run = simulate(QUEUE, 1, tables=CUSTOMERS, overrides={"segments.all.waiting.up_to": 2.5})
    assert run.flow("bike", Cause.STOCKOUT, Outcome.LOST)[0] == 1
    assert run.offer("revenue", "bike")[0] == 7 + 7 + 9
    # 2.5 of the one who gives up, 2 + 1 + 0.25 until the delivery, and 2 of the last from 4 to the end.
    assert run.product("penalties", "bike")[0] == pytest.approx(0.5 * (2.5 + 2 + 1 + 0.25 + 2))


ARRIVING = """
name: customers come by chance
horizon: 6
firms:
  shop:
    supply: {lead_time: 4}
    ordering: {kind: plan, orders: [{at: 0, quantity: 1000, product: bike}]}
    service: {back_orders: {promise: true}}
products:
  bike: {firm: shop, price: 5, back_order_penalty: 1}
segments:
  all:
    arrivals: {kind: poisson, rate: 30}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {bike: 20}}]}
    waiting: {up_to: 100}
"""
DELIVERY = 4.0


def test_who_loses_patience(simulate, ratio_of, agree):
    """If this fails, patience counts from another moment than the placing, or its mean is taken for its rate.

    Patience is exponential with mean 3; a customer who comes at t < 4 is served when it lasts for 4 − t, so of all that
    meet the empty shelf m/D·(1 − e^{−D/m}) = 0.552 are served. Patience that began at time 0 would leave e^{−D/m} =
    0.264, a rate of 3 0.083. Each waits min(patience, 4 − t), 1.343 on average, and is paid for; who gives up, too.
    """
    patience = {"segments.all.waiting.patience": {"kind": "exponential", "mean": 3}}
    run = simulate(ARRIVING, 40, overrides=patience)
    away = run.flow("bike", Cause.STOCKOUT)
    served = ratio_of(run.flow("bike", Cause.STOCKOUT, Outcome.POSTPONED), away)

    def lasting(mean: float) -> float:
        return mean / DELIVERY * -math.expm1(-DELIVERY / mean)

    agree(
        served, lasting(3), {"from time 0": math.exp(-DELIVERY / 3), "rate for mean": lasting(1 / 3), "for ever": 1.0}
    )
    agree(
        ratio_of(run.product("penalties", "bike"), away),
        3 * (1 - lasting(3)),
        {"all wait to the end": DELIVERY / 2, "only who is served": DELIVERY / 2 * lasting(3)},
    )
    assert (run.flow("bike", Cause.STOCKOUT, Outcome.LOST) == away - run.flow("bike", outcome=Outcome.POSTPONED)).all()


@pytest.mark.parametrize(
    ("patience", "share"),
    [
        (1.0, 0.25),
        ({"kind": "uniform", "low": 1, "high": 3}, 0.5),
        ({"kind": "empirical", "values": [1, 2], "shares": [0.2, 0.8]}, 0.45),
    ],
    ids=["constant", "uniform", "empirical"],
)
def test_other_kinds_of_patience(simulate, ratio_of, agree, patience, share):
    """If this fails, patience of a kind has another mean: with all of it below 4, the share served is E[patience]/4.

    Were it drawn anew at each moment, or counted from time 0, nobody with less than 4 would be served.
    """
    run = simulate(ARRIVING, 40, overrides={"segments.all.waiting.patience": patience})
    away = run.flow("bike", Cause.STOCKOUT)
    agree(
        ratio_of(run.flow("bike", Cause.STOCKOUT, Outcome.POSTPONED), away),
        share,
        {"from time 0": 0.0, "for ever": 1.0, "unweighted": 0.375},
    )


def test_the_line_has_room_for_so_many(simulate):
    """If this fails, the firm writes down one more or one less than its limit.

    In every replication min(3, N) of the N who meet the empty shelf are served later, and the others are lost.
    """
    overrides = {"firms.shop.service.back_orders.limit": 3, "segments.all.arrivals.rate": 1}
    run = simulate(ARRIVING, 60, overrides=overrides)
    away = run.flow("bike", Cause.STOCKOUT)
    assert (away == 3).any()
    assert (away > 4).any()
    assert (run.flow("bike", Cause.STOCKOUT, Outcome.POSTPONED) == np.minimum(3, away)).all()
    assert (run.flow("bike", Cause.STOCKOUT, Outcome.LOST) == np.maximum(0, away - 3)).all()
    # Whoever finds the line full is willing all the same (R10).
    rows = run.result.transfers
    assert rows["willing"].sum() == pytest.approx(away.mean())
    assert rows["transferred"].sum() == pytest.approx(np.minimum(3, away).mean())


def test_firms_promise_the_mean_lead_time(simulate, mean_of, agree):
    """If this fails, a firm tells its customers the lead time that chance has in store, or the longest.

    The delivery takes a uniform time L in (2, 6), expected at 4. Customers wait for at most half a time unit, so they
    are written down from 3.5 on and served when L comes in time: E|(max(3.5, L − 0.5), L)⁺| = 0.281 time units' worth
    of them. Did they know L, all of the last half unit would be served; had they been told 6, next to nobody.
    """
    overrides = {
        "horizon": 7,
        "firms.shop.supply.lead_time": {"kind": "uniform", "low": 2, "high": 6},
        "segments.all.waiting.up_to": 0.5,
        "segments.all.arrivals.rate": 5,
    }
    run = simulate(ARRIVING, 300, overrides=overrides)
    served = mean_of(run.flow("bike", Cause.STOCKOUT, Outcome.POSTPONED))
    truth = (0.125 + 2 * 0.5) / 4
    agree(served, 5 * truth, {"known": 5 * 0.5, "longest": 5 * 0.125 / 4})


COST, SCALE, WORTH = 0.8, 1.5, 4.0


def test_waiting_for_the_delivery_costs_once(simulate, ratio_of, agree):
    """If this fails, the strategic cost of a back-order is left out, or taken twice, or willing is counted after it.

    With a logit of one bike worth 4 at a price of 5, of those who are turned away all are willing to wait, and those
    with R − 5 > 0.8 do: L(5.8)/L(5) = 0.682 with the logistic's tail L. Paid twice 0.443; unpaid 1; for tastes drawn
    anew L(5.8) = 0.231.
    """
    overrides = {
        "segments.all.choice": {"kind": "logit", "scale": SCALE, "reservation_price": {"bike": WORTH}},
        "segments.all.transfer_cost": {"strategic": COST},
    }
    run = simulate(ARRIVING, 60, overrides=overrides)

    def wanting(price: float) -> float:
        return float(special.expit((WORTH - price) / SCALE))

    away = run.flow("bike", Cause.STOCKOUT)
    mistakes = {"twice": wanting(5 + 2 * COST) / wanting(5), "unpaid": 1.0, "anew": wanting(5 + COST)}
    truth = wanting(5 + COST) / wanting(5)
    agree(ratio_of(run.flow("bike", Cause.STOCKOUT, Outcome.POSTPONED), away), truth, mistakes)
    agree(run.shown("rates", "strategic", firm="shop"), truth, mistakes)
    assert run.result.transfers["willing"].sum() == pytest.approx(away.mean())
