"""Two offers of one product share their taste noise (R6): two fares on a seat are one journey, not two.

With one noise a customer worth R_seat takes the cheaper fare as long as it is to be had, and of those who want it the
share that the dearer one would please is P(R ≥ p_flex | R ≥ p_saver) = L(p_flex)/L(p_saver) with L(p) = w/(1 + w),
w = e^{(r − p)/s}. With a noise of each offer's own both fares sell side by side, as in the logit of two products.
"""

import math

import pytest

from demandshift.simulator.ledger import Cause, Outcome

# Long statistics: counting branches would make them four times as long, and others count the same ones.
pytestmark = pytest.mark.no_cover

WORTH, SCALE = 2.4, 0.8
PRICE = {"saver": 2.0, "flex": 3.0}
WEIGHT = {name: math.exp((WORTH - price) / SCALE) for name, price in PRICE.items()}

FARES = f"""
name: two fares on one seat
horizon: 100
firms: {{line: {{}}}}
products: {{seat: {{firm: line, stock: 100000}}}}
offers:
  saver: {{uses: seat, price: {PRICE["saver"]}}}
  flex:  {{uses: seat, price: {PRICE["flex"]}}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 8}}
    choice: {{kind: logit, scale: {SCALE}, reservation_price: {{seat: {WORTH}}}}}
"""
OWN = {"offers.flex.own_taste": True}
REFUSED = {"firms.line.availability": {"kind": "protection_levels", "levels": {"saver": 100000}}}


def likes(name: str) -> float:
    """Return the share of customers whom an offer pleases if there is no other."""
    return WEIGHT[name] / (1 + WEIGHT[name])


def test_nobody_pays_more_for_the_same_seat(simulate, ratio_of, agree):
    """If this fails, two fares count as two journeys: the dearer sells, and fares draw customers from nowhere.

    Together 0.622 of the customers buy, all of them the saver; with a noise of each fare's own it were 0.680, a quarter
    of it flex.
    """
    run = simulate(FARES, 10)
    assert run.offer("demand", "flex").sum() == 0
    apart = sum(WEIGHT.values()) / (1 + sum(WEIGHT.values()))
    agree(ratio_of(run.offer("served", "saver"), run.segment("arrived", "all")), likes("saver"), {"own tastes": apart})


def test_a_taste_of_its_own_makes_two_products(simulate, ratio_of, agree):
    """If this fails, `own_taste: true` is not looked at: the saver would sell 0.622 and flex nothing.

    With two noises the saver sells 0.528 and flex 0.152.
    """
    run = simulate(FARES, 10, overrides=OWN)
    for name, shared in (("saver", likes("saver")), ("flex", 0.0)):
        sold = ratio_of(run.offer("served", name), run.segment("arrived", "all"))
        agree(sold, WEIGHT[name] / (1 + sum(WEIGHT.values())), {"shared": shared})


@pytest.mark.parametrize("own", [False, True], ids=["shared", "own"])
def test_who_buys_up_when_the_cheap_fare_is_refused(simulate, ratio_of, agree, own):
    """If this fails, buying up is not of those who think most of the seat.

    Of those refused the saver, L(flex)/L(saver) = 0.515 buy flex when the noise is shared (they are the ones with the
    greatest R), but only w/(1 + w) = 0.321 when flex has its own. Either is the other's likely mistake.
    """
    run = simulate(FARES, 10, overrides=REFUSED | (OWN if own else {}))
    away = run.flow("saver", Cause.REFUSAL)
    assert run.offer("stockouts", "saver").sum() == 0
    bought = ratio_of(run.flow("saver", Cause.REFUSAL, Outcome.RECAPTURED, "flex"), away)
    shared = likes("flex") / likes("saver")
    agree(bought, likes("flex") if own else shared, {"the other": shared if own else likes("flex")})


def test_an_offer_on_several_stocks_has_a_taste_of_its_own(simulate, ratio_of, agree):
    """If this fails, a bundle shares the noise of one of its parts, and only the better of the two would sell.

    Seat and bundle, each worth 0.4 more than it costs, sell 0.384 each; with one noise the seat, declared first, had
    0.622.
    """
    bundled = {
        "products.meal": {"firm": "line", "stock": 100000},
        "offers": {"seat only": {"uses": "seat", "price": 2.0}, "bundle": {"uses": ["seat", "meal"], "price": 2.0}},
        "segments.all.choice.reservation_price": {"seat": WORTH, "bundle": WORTH},
    }
    run = simulate(FARES, 10, overrides=bundled)
    for name in ("seat only", "bundle"):
        sold = ratio_of(run.offer("served", name), run.segment("arrived", "all"))
        agree(sold, WEIGHT["saver"] / (1 + 2 * WEIGHT["saver"]), {"shared": likes("saver"), "crowded out": 0.0})
    assert (run.product("units_sold", "seat") == run.offer("sales", "seat only") + run.offer("sales", "bundle")).all()
