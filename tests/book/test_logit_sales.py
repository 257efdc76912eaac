"""Sales of the multinomial logit: all in stock, with one offer out, with transfer costs, and second choices.

Sources: McFadden 1974 (shares and the log-sum of consumer surplus); Luce 1959 and Plackett 1975 (what is chosen next).
"""

import math
from itertools import pairwise

import numpy as np
import pytest

from demandshift.models.literature.plackett_luce import second_choices
from demandshift.simulator.ledger import Cause, Outcome

# Long statistics: counting branches would make them four times as long, and others count the same ones.
pytestmark = pytest.mark.no_cover

SCALE = 0.6
WORTH = {"x": 2.0, "y": 3.0, "z": 1.0}
PRICE = {"x": 1.5, "y": 2.2, "z": 1.3}
UTILITY = {name: WORTH[name] - PRICE[name] for name in WORTH}
WEIGHT = {name: math.exp(UTILITY[name] / SCALE) for name in WORTH}
TOTAL = 1 + sum(WEIGHT.values())

SHOPS = f"""
name: three offers of two firms
horizon: 100
firms: {{own: {{}}, rival: {{}}}}
products:
  x: {{firm: own,   price: {PRICE["x"]}, stock: unlimited}}
  y: {{firm: own,   price: {PRICE["y"]}, stock: unlimited}}
  z: {{firm: rival, price: {PRICE["z"]}, stock: unlimited}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 15}}
    choice: {{kind: logit, scale: {SCALE}, reservation_price: {{x: {WORTH["x"]}, y: {WORTH["y"]}, z: {WORTH["z"]}}}}}
"""
REPLICATIONS = 20


@pytest.fixture(scope="module")
def all_in_stock(simulate):
    """Everything on the shelf."""
    return simulate(SHOPS, REPLICATIONS)


@pytest.fixture(scope="module")
def tastes():
    """Draw a million customers' utilities by NumPy: x, y, z and nothing; shape (customers, 4)."""
    noise = np.random.default_rng(99).gumbel(scale=SCALE, size=(1_000_000, 4))
    return noise + np.array([*UTILITY.values(), 0.0])


@pytest.mark.parametrize("name", ["x", "y", "z"])
def test_shares_with_all_in_stock(all_in_stock, tastes, ratio_of, agree, name):
    """If this fails, customers do not choose by the logit.

    Truth: x 0.299, y 0.493, z 0.079. With the scale inverted (e^{us}) 0.281, 0.337, 0.174; without buying nothing
    0.343, 0.566, 0.091; with prices left out 0.153, 0.812, 0.029; with noise of the wrong sign (a Gumbel turned over)
    0.319, 0.555, 0.035.
    """
    sold = ratio_of(all_in_stock.offer("served", name), all_in_stock.segment("arrived", "all"))
    inverted = {each: math.exp(utility * SCALE) for each, utility in UTILITY.items()}
    unpriced = {each: math.exp(worth / SCALE) for each, worth in WORTH.items()}
    noise = tastes - np.array([*UTILITY.values(), 0.0])
    turned_over = np.argmax(np.array([*UTILITY.values(), 0.0]) - noise, axis=1)
    agree(
        sold,
        WEIGHT[name] / TOTAL,
        {
            "scale inverted": inverted[name] / (1 + sum(inverted.values())),
            "buying nothing left out": WEIGHT[name] / (TOTAL - 1),
            "prices left out": unpriced[name] / (1 + sum(unpriced.values())),
            "noise of the wrong sign": float(np.mean(turned_over == list(UTILITY).index(name))),
        },
    )


def test_who_is_not_interested(all_in_stock, ratio_of, agree):
    """If this fails, buying nothing is not worth 0 with a noise of its own.

    Truth 1/W = 0.130; were buying nothing without noise, P(all u_j + s·G_j < 0) = e^{−Σw} = 0.001.
    """
    idle = ratio_of(all_in_stock.segment("not_interested", "all"), all_in_stock.segment("arrived", "all"))
    agree(idle, 1 / TOTAL, {"no noise on buying nothing": math.exp(1 - TOTAL)})


def test_consumer_surplus_is_the_log_sum(all_in_stock, ratio_of, agree):
    """If this fails, consumer surplus is not reservation price less price of what was bought.

    Truth s·log W = 1.225 a customer; without the scale 2.041; of buyers only, 1.408; with Euler's constant 1.571.
    """
    surplus = ratio_of(all_in_stock.segment("consumer_surplus", "all"), all_in_stock.segment("arrived", "all"))
    truth = SCALE * math.log(TOTAL)
    mistakes = {
        "scale left out": math.log(TOTAL),
        "buyers only": truth / (1 - 1 / TOTAL),
        "noise of buying nothing left out": truth + SCALE * np.euler_gamma,
    }
    agree(surplus, truth, mistakes)


RUNS_OUT = {"products.x.stock": 160}
"""About 450 customers want x in one replication: it runs out in the first half."""


def test_diversion_in_proportion_when_one_runs_out(simulate, ratio_of, agree):
    """If this fails, without transfer costs demand that meets an empty shelf does not move as the logit says.

    Of those turned away from x, y gets w_y/(W − w_x) = 0.703, z 0.112, nobody 0.185. If nobody could leave, y would get
    0.862; if tastes were drawn anew with x among them, 0.493; if nobody moved, 0.
    """
    run = simulate(SHOPS, REPLICATIONS, overrides=RUNS_OUT)
    away = run.flow("x", Cause.STOCKOUT)
    assert run.product("units_sold", "x").max() == 160
    left = TOTAL - WEIGHT["x"]
    for name, outcome in (("y", Outcome.RECAPTURED), ("z", Outcome.DIVERTED)):
        agree(
            ratio_of(run.flow("x", Cause.STOCKOUT, outcome, name), away),
            WEIGHT[name] / left,
            {
                "nobody leaves": WEIGHT[name] / (WEIGHT["y"] + WEIGHT["z"]),
                "drawn anew": WEIGHT[name] / TOTAL,
                "nobody moves": 0.0,
            },
        )
    agree(ratio_of(run.flow("x", Cause.STOCKOUT, Outcome.LOST), away), 1 / left, {"drawn anew": 1 / TOTAL, "all": 1.0})
    # Whoever wanted y or z still buys it: proportional diversion adds to their sales and takes nothing away.
    for name in ("y", "z"):
        assert (run.flow(name) == run.flow(name, Cause.NONE, Outcome.SERVED, name)).all()


SUBSTITUTIVE, COMPETITIVE = 0.25, 0.7
COSTS = {
    "products.x.stock": 0,
    "segments.all.transfer_cost": {"substitutive": SUBSTITUTIVE, "competitive": COMPETITIVE},
}


@pytest.fixture(scope="module")
def with_costs(simulate):
    """Run with moves that cost something, away from an empty shelf."""
    return simulate(SHOPS, REPLICATIONS, overrides=COSTS)


def test_transfer_costs_hold_back_the_right_moves(with_costs, tastes, ratio_of, agree):
    """If this fails, a transfer cost is left out, paid twice, or taken from the wrong kind of move.

    Checked against a million customers drawn by NumPy: 0.650 to y, 0.028 to z. Without costs 0.703 and 0.113; with
    costs twice 0.530 and 0.005; with kinds exchanged 0.334 and 0.173. Tastes drawn anew once x is missing would be a
    logit with weights w_j e^{−τ/s}: 0.678 and 0.051. But who likes x best likes the others less, and fewer pay the way
    to them.
    """
    run = with_costs
    away = run.flow("x", Cause.STOCKOUT)
    favourite = tastes[np.argmax(tastes, axis=1) == 0]

    def moved(substitutive: float, competitive: float) -> np.ndarray:
        """Return the shares of y, z and nothing among those whose favourite is x."""
        net = favourite[:, 1:] - [substitutive, competitive, 0.0]
        return np.bincount(np.argmax(net, axis=1), minlength=3) / len(net)

    truth = moved(SUBSTITUTIVE, COMPETITIVE)
    anew = np.array([WEIGHT["y"] * math.exp(-SUBSTITUTIVE / SCALE), WEIGHT["z"] * math.exp(-COMPETITIVE / SCALE), 1.0])
    wrong = {
        "costs left out": moved(0, 0),
        "costs paid twice": moved(2 * SUBSTITUTIVE, 2 * COMPETITIVE),
        "kinds exchanged": moved(COMPETITIVE, SUBSTITUTIVE),
        "tastes drawn anew": anew / anew.sum(),
    }
    for position, (to, outcome) in enumerate(
        [("y", Outcome.RECAPTURED), ("z", Outcome.DIVERTED), ("nobody", Outcome.LOST)]
    ):
        share = truth[position]
        agree(
            ratio_of(run.flow("x", Cause.STOCKOUT, outcome, to), away),
            share,
            {name: shares[position] for name, shares in wrong.items()},
            truth_error=math.sqrt(share * (1 - share) / len(favourite)),
        )


def test_willing_is_counted_before_the_cost_and_for_each_kind(with_costs, tastes, agree):
    """If this fails, the transfer rate divides by something else than those who would move were it free (R10).

    Of those turned away from x, y beats nothing for w_y/(1 + w_y) = 0.791 whatever z is worth. If only the best
    alternative counted it were 0.703; after the cost 0.650, and the rate 1. The rates are 0.821 and 0.074.
    """
    run = with_costs
    favourite = tastes[np.argmax(tastes, axis=1) == 0]
    net = favourite[:, 1:] - [SUBSTITUTIVE, COMPETITIVE, 0.0]
    moved = np.bincount(np.argmax(net, axis=1), minlength=3) / len(net)
    away = run.flow("x", Cause.STOCKOUT).sum()
    for position, (kind, name) in enumerate([("substitutive", "y"), ("competitive", "z")]):
        willing = WEIGHT[name] / (1 + WEIGHT[name])
        rows = run.result.transfers
        row = rows[(rows["kind"] == kind) & (rows["from"] == "x") & (rows["to"] == name)].iloc[0]
        counted = row["willing"] * REPLICATIONS / away
        assert abs(counted - willing) < 4 * math.sqrt(willing * (1 - willing) / away)
        assert abs(counted - WEIGHT[name] / (TOTAL - WEIGHT["x"])) > 0.05, "not the best alternative only"
        rate = moved[position] / willing
        agree(
            run.shown("rates", kind, firm="own"),
            rate,
            {"after the cost": 1.0, "of all turned away": moved[position]},
            truth_error=rate * math.sqrt((1 - moved[position]) / (moved[position] * len(favourite))),
        )


LUCE_WEIGHTS = {"a": 0.5, "b": 1.0, "c": 2.0, "d": 4.0}
LUCE = f"""
name: four offers, one of which is out
horizon: 100
firms: {{shop: {{}}}}
products:
  a: {{firm: shop, price: 1, stock: unlimited}}
  b: {{firm: shop, price: 2, stock: unlimited}}
  c: {{firm: shop, price: 3, stock: unlimited}}
  d: {{firm: shop, price: 4, stock: unlimited}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 8}}
    choice:
      kind: logit
      scale: 1
      reservation_price: {{{", ".join(f"{n}: {k + math.log(w)}" for k, (n, w) in enumerate(LUCE_WEIGHTS.items(), 1))}}}
"""


def test_second_choices_are_plackett_luce(simulate, ratio_of, agree):
    """If this fails, what customers take when their favourite is out does not follow Luce's axiom.

    Each of four offers is out in turn: 12 cells of origin × destination and 4 of customers who leave, against w_j/(W −
    w_i). If the favourite told nothing of the rest, they were w_j/W (from d to c 0.235, not 0.444); if all that is left
    were equally likely, 0.25; if the matrix were turned, w_i/(W − w_j).
    """
    names = list(LUCE_WEIGHTS)
    expected = second_choices([1.0, *LUCE_WEIGHTS.values()])
    total = 1 + sum(LUCE_WEIGHTS.values())
    unlike = 0
    for out, favourite in enumerate(names):
        run = simulate(LUCE, 12, overrides={f"products.{favourite}.stock": 0})
        away = run.flow(favourite, Cause.STOCKOUT)
        agree(ratio_of(away, run.segment("arrived", "all")), LUCE_WEIGHTS[favourite] / total)
        for position, to in enumerate(["nobody", *names]):
            if to == favourite:
                assert run.flow(favourite, to=to).sum() == 0
                continue
            cell = ratio_of(run.flow(favourite, Cause.STOCKOUT, to=to), away)
            agree(cell, expected[out + 1, position])
            weight = 1.0 if to == "nobody" else LUCE_WEIGHTS[to]
            for wrong in (weight / total, 0.25, LUCE_WEIGHTS[favourite] / (total - weight)):
                unlike += abs(cell.value - wrong) > 4 * cell.error
    assert unlike >= 36, "three mistakes in sixteen cells: most of them must be told apart"


def test_the_matrix_agrees_with_the_ledgers_margins(simulate):
    """If this fails, a customer is counted at two destinations, or sales and transfers tell different stories (R12)."""
    run = simulate(SHOPS, 4, overrides=RUNS_OUT)
    for name in WORTH:
        assert (run.flow(origin=name) == run.offer("demand", name)).all()
        assert (run.flow(to=name) == run.offer("sales", name)).all()
    cumulative = [run.offer(count, "x") for count in ("served", "recaptured", "diverted", "lost")]
    assert (sum(cumulative) == run.offer("demand", "x")).all()
    assert all((one > 0).all() and (two > 0).all() for one, two in pairwise(cumulative))
