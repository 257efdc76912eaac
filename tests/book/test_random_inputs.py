"""Every random input has the mean, the variance and the support that the scenario says.

Arrivals, the logit's noise and the raw generator have files of their own; here are durations, lists and substitutes.
"""

import math

import numpy as np
import pytest

from demandshift.models.chance import Purpose
from demandshift.models.distribution import Constant, Empirical, Exponential, Uniform
from demandshift.simulator.draws import Draws
from demandshift.simulator.ledger import Cause, Outcome

# Long statistics: counting branches would make them four times as long, and others count the same ones.
pytestmark = pytest.mark.no_cover

VALUES, SHARES = (4.0, 1.0, 2.5), (0.2, 0.7, 0.1)
EMPIRICAL_MEAN = 1.75
EMPIRICAL_VARIANCE = 0.2 * 2.25**2 + 0.7 * 0.75**2 + 0.1 * 0.75**2

DURATIONS = [
    pytest.param(Constant(1.5), 1.5, 0.0, (1.5, 1.5), id="constant"),
    pytest.param(Uniform(1.0, 4.0), 2.5, 9 / 12, (1.0, 4.0), id="uniform"),
    pytest.param(Exponential(2.0), 2.0, 4.0, (0.0, math.inf), id="exponential"),
    pytest.param(Empirical(VALUES, SHARES), EMPIRICAL_MEAN, EMPIRICAL_VARIANCE, (1.0, 4.0), id="empirical"),
    pytest.param(Empirical(VALUES), 2.5, 1.5, (1.0, 4.0), id="unweighted"),
]
NUMBER = 20_000


@pytest.mark.parametrize("purpose", [Purpose.LEAD_TIME, Purpose.PATIENCE])
@pytest.mark.parametrize(("duration", "mean", "variance", "support"), DURATIONS)
def test_durations_as_drawn(duration, mean, variance, support, purpose):
    """If this fails, a duration has another mean, spread or range than the scenario says.

    An exponential's mean taken for its rate is 0.5, not 2; values sorted without their shares have mean 2.1, not 1.75.
    """
    assert duration.mean == pytest.approx(mean, rel=1e-12)
    orders = Draws(8, 0).segment(1)
    drawn = np.array([duration.draw(orders.person(number), purpose) for number in range(NUMBER)])
    assert support[0] <= drawn.min()
    assert drawn.max() <= support[1]
    assert abs(drawn.mean() - mean) <= 4 * math.sqrt(variance / NUMBER)
    fourth = float(np.mean((drawn - mean) ** 4))
    assert abs(np.mean((drawn - mean) ** 2) - variance) <= 4 * math.sqrt(max(0.0, fourth - variance**2) / NUMBER)
    if isinstance(duration, Empirical):
        assert set(drawn) == set(VALUES)
        for value, share in zip(VALUES, duration.shares or [1 / 3] * 3, strict=True):
            assert abs(np.mean(drawn == value) - share) < 4 * math.sqrt(share * (1 - share) / NUMBER)


PRODUCTS = ("constant", "uniform", "other", "exponential", "empirical")
ORDERS = ", ".join(f"{{at: 2, quantity: 1, product: {name}}}" for name in PRODUCTS)
LEAD_TIMES = f"""
name: one order of each product
horizon: 60
report_every: 60
firms: {{shop: {{ordering: {{kind: plan, orders: [{ORDERS}]}}}}}}
products:
  constant:    {{firm: shop, price: 1, supply: {{lead_time: 1.5}}}}
  uniform:     {{firm: shop, price: 1, supply: {{lead_time: {{kind: uniform, low: 1, high: 4}}}}}}
  other:       {{firm: shop, price: 1, supply: {{lead_time: {{kind: uniform, low: 1, high: 4}}}}}}
  exponential: {{firm: shop, price: 1, supply: {{lead_time: {{kind: exponential, mean: 2}}}}}}
  empirical:
    firm: shop
    price: 1
    supply: {{lead_time: {{kind: empirical, values: {list(VALUES)}, shares: {list(SHARES)}}}}}
segments:
  nobody:
    arrivals: {{kind: poisson, rate: 0}}
    choice: {{kind: ranking, lists: [{{share: 1, order: [{", ".join(PRODUCTS)}]}}]}}
"""


def test_lead_times_as_the_engine_draws_them(simulate, mean_of, agree):
    """If this fails, orders take another time than the supplier's, or two products' orders share their draw.

    One unit ordered at time 2 is on the shelf until 60, so that 58 − (unit · time on hand) is the lead time. Were it
    counted from time 0, or the order placed there, all would be off by 2. The two uniform ones must not move together.
    """
    replications = 500
    run = simulate(LEAD_TIMES, replications)
    taken = {name: 58 - run.product("stock_time", name) for name in PRODUCTS}
    assert taken["constant"] == pytest.approx([1.5] * replications, abs=1e-8)
    for name, mean, variance, (low, high) in (
        ("uniform", 2.5, 0.75, (1, 4)),
        ("other", 2.5, 0.75, (1, 4)),
        ("exponential", 2.0, 4.0, (0, 58)),
        ("empirical", EMPIRICAL_MEAN, EMPIRICAL_VARIANCE, (1, 4)),
    ):
        assert taken[name].min() >= low - 1e-8
        assert taken[name].max() <= high + 1e-8
        mistakes = {"from time 0": mean + 2, "unweighted": 2.1 if name == "empirical" else math.inf}
        agree(mean_of(taken[name]), mean, mistakes)
        agree(mean_of((taken[name] - mean) ** 2), variance, {"constant": 0.0})
    assert abs(np.corrcoef(taken["uniform"], taken["other"])[0, 1]) < 4 / math.sqrt(replications)
    assert abs(np.corrcoef(taken["uniform"], taken["empirical"])[0, 1]) < 4 / math.sqrt(replications)


LISTS = """
name: types of customers
horizon: 20
firms: {shop: {}}
products:
  a: {firm: shop, price: 1, stock: unlimited}
  b: {firm: shop, price: 1, stock: unlimited}
  c: {firm: shop, price: 1, stock: 0}
segments:
  all:
    arrivals: {kind: poisson, rate: 10}
    choice:
      kind: ranking
      lists:
        - {share: 0.15, order: [c, a]}
        - {share: 0.5, order: [b]}
        - {share: 0.25, order: [c]}
        - {share: 0.1, order: []}
"""


def test_lists_are_drawn_by_their_shares(simulate, ratio_of, agree):
    """If this fails, types of customers come in other shares, or somebody goes on to another type's list.

    Equally likely lists would be 0.25 each; a customer who drew a new list for the second attempt would take a for
    0.15·0.4 = 0.06 of all, not 0.15.
    """
    run = simulate(LISTS, 60)
    came = run.segment("arrived", "all")
    agree(ratio_of(run.offer("demand", "c"), came), 0.4, {"equally": 0.5})
    agree(ratio_of(run.flow("c", Cause.STOCKOUT, Outcome.RECAPTURED, "a"), came), 0.15, {"anew": 0.06, "equally": 0.25})
    agree(ratio_of(run.offer("served", "b"), came), 0.5, {"equally": 0.25})
    agree(ratio_of(run.offer("lost", "c"), came), 0.25, {"anew": 0.34})
    agree(ratio_of(run.segment("not_interested", "all"), came), 0.1, {"equally": 0.25})


ATTEMPTS = """
name: two empty shelves
horizon: 20
firms: {shop: {}}
products:
  a: {firm: shop, price: 1, stock: 0}
  b: {firm: shop, price: 1, stock: 0}
  c: {firm: shop, price: 1, stock: unlimited}
segments:
  all:
    arrivals: {kind: poisson, rate: 10}
    choice:
      kind: substitution
      first_choice: {a: 0.5, nothing: 0.5}
      substitution: {a: {b: 0.5, c: 0.1}, b: {c: 0.5}}
      attempts: 2
"""


def test_first_choice_and_every_attempt_have_draws_of_their_own(simulate, ratio_of, agree):
    """If this fails, an attempt uses the draw of the favourite or of another attempt again.

    0.5 want a; of them 0.1 go to c at once and 0.5·0.5 by way of b, in all 0.35. Were the second attempt decided by the
    first one's draw, all who came to b (U < 0.5) would go on to c: 0.6. Were the first attempt decided by the
    favourite's (U < 0.5), all would try b: 0.5 of them go on, 0.5 in all.
    """
    run = simulate(ATTEMPTS, 60)
    wanted = run.offer("demand", "a")
    agree(ratio_of(wanted, run.segment("arrived", "all")), 0.5, {"all": 1.0})
    bought = ratio_of(run.flow("a", Cause.STOCKOUT, Outcome.RECAPTURED, "c"), wanted)
    agree(bought, 0.35, {"attempts share": 0.6, "favourite's draw": 0.5, "one attempt": 0.1})
