"""Customers with a home (R7): everything else bears its transfer cost from the start, to be had or not.

Then shares are the logit's at prices raised by the cost, the origin is the home, and who leaves it for something better
was not turned away.
"""

import math

import pytest

from demandshift.models.literature.plackett_luce import shares_without
from demandshift.simulator.ledger import Cause, Outcome

# Long statistics: counting branches would make them four times as long, and others count the same ones.
pytestmark = pytest.mark.no_cover

SCALE, SUBSTITUTIVE, COMPETITIVE = 0.6, 0.3, 0.5
UTILITY = {"x": 0.5, "y": 0.8, "z": 0.4}

SHOPS = f"""
name: a home and two others
horizon: 30
firms: {{own: {{}}, rival: {{}}}}
products:
  x: {{firm: own,   price: 1, stock: unlimited}}
  y: {{firm: own,   price: 2, stock: unlimited}}
  z: {{firm: rival, price: 3, stock: unlimited}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 16}}
    choice: {{kind: logit, scale: {SCALE}, reservation_price: {{x: 1.5, y: 2.8, z: 3.4}}}}
    home: x
    transfer_cost: {{substitutive: {SUBSTITUTIVE}, competitive: {COMPETITIVE}}}
"""
REPLICATIONS = 32


def weights(substitutive: float, competitive: float) -> dict[str, float]:
    """Return the logit's weights when y costs its move within the firm and z its move to the rival."""
    cost = {"x": 0.0, "y": substitutive, "z": competitive}
    return {name: math.exp((UTILITY[name] - cost[name]) / SCALE) for name in UTILITY}


def shares(substitutive: float, competitive: float) -> dict[str, float]:
    """Return the shares of those weights beside buying nothing."""
    found = weights(substitutive, competitive)
    return {name: weight / (1 + sum(found.values())) for name, weight in found.items()}


@pytest.fixture(scope="module")
def at_home(simulate):
    """Run customers with a home, all in stock."""
    return simulate(SHOPS, REPLICATIONS)


def test_who_leaves_home(at_home, ratio_of, agree):
    """If this fails, a home's customers pay their way only when the home is out, or twice, or the wrong way.

    x keeps 0.357 of all, y gets 0.357 and z 0.131. Free moves would leave x 0.254 and give z 0.215; costs paid twice
    0.454 and 0.073; costs of the two kinds exchanged would give y 0.269 and z 0.193.
    """
    came = at_home.segment("arrived", "all")
    truth = shares(SUBSTITUTIVE, COMPETITIVE)
    wrong = {
        "free": shares(0, 0),
        "twice": shares(2 * SUBSTITUTIVE, 2 * COMPETITIVE),
        "kinds exchanged": shares(COMPETITIVE, SUBSTITUTIVE),
    }
    for name, cause, outcome in (
        ("x", Cause.NONE, Outcome.SERVED),
        ("y", Cause.CHOICE, Outcome.RECAPTURED),
        ("z", Cause.CHOICE, Outcome.DIVERTED),
    ):
        mistakes = {mistake: found[name] for mistake, found in wrong.items() if abs(found[name] - truth[name]) > 0.02}
        assert mistakes
        agree(ratio_of(at_home.flow("x", cause, outcome, name), came), truth[name], mistakes)


def test_leaving_home_leaves_the_fill_rate_alone(at_home, ratio_of, agree):
    """If this fails, somebody who prefers another offer to a home on the shelf counts as badly served.

    All demand is the home's, the fill rate is 1, not the 0.42 of it who stayed; the rate of leaving has a name of its
    own.
    """
    truth = shares(SUBSTITUTIVE, COMPETITIVE)
    assert at_home.offer("demand", "y").sum() == at_home.offer("demand", "z").sum() == 0
    assert at_home.shown("sales", "fill_rate", offer="x").value == 1
    assert len(at_home.result.transfers) == 0
    interested = sum(truth.values())
    came = at_home.segment("arrived", "all")
    agree(ratio_of(at_home.offer("demand", "x"), came), interested, {"the favourite's": truth["x"]})
    left = (truth["y"] + truth["z"]) / interested
    agree(at_home.shown("rates", "leaving_home", firm="own"), left, {"of all": truth["y"] + truth["z"], "none": 0.0})
    surplus = SCALE * math.log(1 + sum(weights(SUBSTITUTIVE, COMPETITIVE).values()))
    unpaid = surplus + truth["y"] * SUBSTITUTIVE + truth["z"] * COMPETITIVE
    agree(ratio_of(at_home.segment("consumer_surplus", "all"), came), surplus, {"cost not taken off": unpaid})


def test_an_empty_home_turns_away_only_who_would_have_stayed(simulate, ratio_of, agree):
    """If this fails, customers who would have left anyway count as turned away by the empty shelf (R10).

    Turned away are those who like x best after costs, as many as stayed before; of them y gets what the logit gives to
    the rest. Were everybody turned away whose home is empty, it would be more than twice as many.
    """
    run = simulate(SHOPS, REPLICATIONS, overrides={"products.x.stock": 0})
    came = run.segment("arrived", "all")
    truth, found = shares(SUBSTITUTIVE, COMPETITIVE), weights(SUBSTITUTIVE, COMPETITIVE)
    away = run.flow("x", Cause.STOCKOUT)
    agree(ratio_of(away, came), truth["x"], {"all of the home": sum(truth.values())})
    agree(ratio_of(run.flow("x", Cause.CHOICE), came), truth["y"] + truth["z"], {"none": 0.0})
    rest = shares_without([1.0, *found.values()], [1])
    free = shares_without([1.0, *weights(0, 0).values()], [1])
    agree(ratio_of(run.flow("x", Cause.STOCKOUT, to="y"), away), rest[2], {"x among them": truth["y"]})
    agree(ratio_of(run.flow("x", Cause.STOCKOUT, to="z"), away), rest[3], {"free": free[3], "x among them": truth["z"]})
    assert run.shown("sales", "fill_rate", offer="x").value == 0


def test_a_home_firm_is_the_best_of_its_offers(simulate, ratio_of, agree):
    """If this fails, offers of a home firm cost their own customers something, or its first offer is the home.

    x and y are free, z costs 0.5. Among those interested x is the origin for w_x/(w_x + w_y) = 0.378 of them, whatever
    they then buy. With the cost within the firm y would lose, with z free there were more who leave.
    """
    run = simulate(SHOPS, REPLICATIONS, overrides={"segments.all.home": "own"})
    came = run.segment("arrived", "all")
    truth = shares(0, COMPETITIVE)
    within = shares(SUBSTITUTIVE, COMPETITIVE)
    agree(ratio_of(run.offer("sales", "y"), came), truth["y"], {"costs within": within["y"], "free": shares(0, 0)["y"]})
    agree(ratio_of(run.offer("sales", "z"), came), truth["z"], {"free": shares(0, 0)["z"]})
    own = weights(0, 0)
    of_x = own["x"] / (own["x"] + own["y"])
    interested = sum(truth.values())
    agree(ratio_of(run.offer("demand", "x"), came), of_x * interested, {"first": interested, "favourite": truth["x"]})
    assert run.offer("demand", "z").sum() == 0


def test_a_home_that_is_shut_is_no_home(simulate, ratio_of, agree):
    """If this fails, customers pay for leaving a home that is not even open.

    x opens only at the very end. Until then y and z are weighed freely and z gets 0.289 of all; with the cost of
    leaving x it were 0.204.
    """
    run = simulate(SHOPS, REPLICATIONS, overrides={"products.x.window": {"opens": 29.999}})
    came = run.segment("arrived", "all")
    free = shares_without([1.0, *weights(0, 0).values()], [1])
    paid = shares_without([1.0, *weights(SUBSTITUTIVE, COMPETITIVE).values()], [1])
    agree(ratio_of(run.offer("served", "y"), came), free[2], {"nobody": 0.0})
    agree(ratio_of(run.offer("served", "z"), came), free[3], {"paid": paid[3]})
