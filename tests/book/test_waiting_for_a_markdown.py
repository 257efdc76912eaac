"""Customers who wait for an announced lower price: who waits, for which date, and what it costs them (R13).

A customer worth R waits at t for the price p' announced for w when discount^(w−t) · chance · max(0, R − p') − cost is
greater than max(0, R − p). All figures below are that inequality solved by hand.
"""

import math

import pytest
from scipy import integrate, special

from demandshift.simulator.ledger import Cause, Outcome

DISCOUNT, CHANCE, COST = 0.8, 0.9, 1.0

MARKDOWN = f"""
name: everybody is worth 11
horizon: 6
firms: {{shop: {{}}}}
products:
  coat:
    firm: shop
    price: 10
    stock: unlimited
    pricing: {{kind: scheduled, changes: [{{at: 5, price: 6}}]}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 30}}
    choice: {{kind: ranking, lists: [{{share: 1, reservation_price: {{coat: 11}}}}]}}
    transfer_cost: {{strategic: {COST}}}
    waiting: {{discount: {DISCOUNT}, chance: {CHANCE}, up_to: 10}}
"""
REPLICATIONS = 40


def longest(gain: float) -> float:
    """Return how long before the markdown a wait is worth it, when 0.8^length · gain must exceed 1; at most 5."""
    return min(5.0, math.log(1 / gain) / math.log(DISCOUNT)) if gain > 1 else 0.0


WAITS = longest(CHANCE * 5 / (1 + COST))


@pytest.fixture(scope="module")
def marked_down(simulate):
    """Run the markdown."""
    return simulate(MARKDOWN, REPLICATIONS)


def test_who_waits(marked_down, ratio_of, agree):
    """If this fails, the cost of waiting is paid twice or never, or discount or chance are not looked at.

    Who comes within 3.63 time units of the markdown waits, 0.606 of all. With the cost paid twice 1.82 (0.303), unpaid
    all 5 (0.833); without the chance 4.11 (0.684); without the discount, or with the cost discounted too, all 5.
    """
    run = marked_down
    waited = ratio_of(run.flow("coat", Cause.CHOICE, Outcome.POSTPONED, "coat"), run.segment("arrived", "all"))
    mistakes = {
        "paid twice": longest(CHANCE * 5 / (1 + 2 * COST)) / 6,
        "unpaid, or without discount": 5 / 6,
        "without chance": longest(5 / (1 + COST)) / 6,
    }
    agree(waited, WAITS / 6, mistakes)
    agree(run.shown("rates", "waiting_by_choice", firm="shop"), WAITS / 6, mistakes)
    # Who waits of his own choice is not turned away: the fill rate is 1 and nothing was transferred.
    assert run.flow("coat", Cause.STOCKOUT).sum() == 0
    assert run.shown("summary", "fill_rate", firm="shop").value == 1
    assert len(run.result.transfers) == 0


def test_waiting_costs_once(marked_down, ratio_of, agree):
    """If this fails, who comes back pays the cost of waiting again, or the old price.

    Consumer surplus: 4 for those who wait (11 − 6 − 1), 1 for those who buy at 10, 5 for those who come after the
    markdown: 3.48 on average. With the cost again 2.88; without it 4.09; at the old price 1.06.
    """
    run = marked_down
    came = run.segment("arrived", "all")
    truth = (WAITS * 4 + (5 - WAITS) * 1 + 1 * 5) / 6
    mistakes = {"again": truth - WAITS / 6, "free": truth + WAITS / 6, "old price": truth - 4 * WAITS / 6}
    agree(ratio_of(run.segment("consumer_surplus", "all"), came), truth, mistakes)
    revenue = (10 * (5 - WAITS) + 6 * (WAITS + 1)) / 6
    agree(ratio_of(run.offer("revenue", "coat"), came), revenue, {"old price": (10 * 5 + 6) / 6})


def test_an_unannounced_markdown_is_not_waited_for(simulate):
    """If this fails, customers know what nobody told them."""
    pricing = {"kind": "scheduled", "changes": [{"at": 5, "price": 6}], "announced": False}
    run = simulate(MARKDOWN, 2, overrides={"products.coat.pricing": pricing})
    assert (run.flow("coat", Cause.NONE, Outcome.SERVED) == run.segment("arrived", "all")).all()


TWO_DATES = """
name: two markdowns
horizon: 12
firms: {shop: {}}
products:
  coat:
    firm: shop
    price: 10
    stock: unlimited
    pricing: {kind: scheduled, changes: [{at: 4, price: 8}, {at: 9, price: 5}]}
segments:
  all:
    arrivals: {kind: trace, file: customers.csv}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {coat: 12}}]}
    waiting: {discount: 0.9, up_to: 20}
"""


@pytest.mark.parametrize(
    ("waiting", "sold_in"),
    [
        pytest.param({"discount": 0.9, "up_to": 20}, {9: 4}, id="patient"),
        pytest.param({"discount": 0.8, "up_to": 20}, {0: 1, 4: 2, 6: 1}, id="hasty"),
        pytest.param({"discount": 0.9, "up_to": 3}, {0: 1, 4: 2, 9: 1}, id="short of time"),
        pytest.param({"discount": 0.9, "up_to": 2.9}, {0: 1, 1: 1, 4: 1, 6: 1}, id="just too short"),
    ],
)
def test_which_date_is_waited_for(simulate, waiting, sold_in):
    """If this fails, the wrong one of two dates is chosen, or `up_to` counts from another moment.

    Customers worth 12 come at 0.5, 1, 3.5 and 6; prices are 10, 8 from 4 and 5 from 9. With 0.9 a day the last date
    wins at any time (at 1: 2 now, 0.9³·4 = 2.92 at 4, 0.9⁸·7 = 3.01 at 9). With 0.8 the first wins from 1 on (0.8³·4 =
    2.05; at 0.5 only 1.83, so that he buys at once), and at 6 it is 4 now against 0.8³·7 = 3.58. Who waits for at most
    3 from 0.5 sees no date and buys, from 1 sees just the one at 4, from 6 just the one at 9 (0.9³·7 = 5.10 against 4
    now); one tenth less, and the customers of 1 and 6 buy at once.
    """
    tables = {"customers.csv": "time\n0.5\n1\n3.5\n6\n"}
    run = simulate(TWO_DATES, 1, tables=tables, overrides={"segments.all.waiting": waiting})
    timeline = run.result.timeline
    sales = timeline[(timeline["level"] == "offer") & (timeline["figure"] == "sales") & (timeline["mean"] > 0)]
    assert dict(zip(sales["period"], sales["mean"], strict=True)) == sold_in
    prices = {0: 10, 1: 10, 4: 8, 6: 8, 9: 5}
    assert run.offer("revenue", "coat")[0] == sum(prices[period] * sold for period, sold in sold_in.items())


WORTH, SCALE = 8.0, 2.0
LOGIT = f"""
name: tastes differ
horizon: 6
firms: {{shop: {{}}}}
products:
  coat:
    firm: shop
    price: 10
    stock: unlimited
    pricing: {{kind: scheduled, changes: [{{at: 5, price: 7}}]}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 50}}
    choice: {{kind: logit, scale: {SCALE}, reservation_price: {{coat: {WORTH}}}}}
    transfer_cost: {{strategic: 0.4}}
    waiting: {{discount: 0.85, up_to: 10}}
"""


def wanting(price: float) -> float:
    """Return the share of customers worth at least a price: the logistic's tail."""
    return float(special.expit((WORTH - price) / SCALE))


def waiting_share(cost: float, discount: float) -> float:
    """Return the share of all who wait: with d = discount^(5 − t), those with 7 + c/d < R < (10 − 7d − c)/(1 − d)."""

    def at(length: float) -> float:
        d = discount**length
        low, high = 7 + cost / d, math.inf if d == 1 else (10 - 7 * d - cost) / (1 - d)
        return max(0.0, wanting(low) - wanting(high)) if high > 10 else 0.0

    return integrate.quad(at, 0, 5)[0] / 6


def test_who_waits_among_logit_customers(simulate, ratio_of, agree):
    """If this fails, a customer's reservation price is not the same now and later, or the bounds of waiting are wrong.

    0.418 of all wait, those of middling taste. With the cost paid twice 0.334, unpaid 0.493, without discount 0.479,
    with a discount that counts from the start whenever they come 0.203.
    """
    run = simulate(LOGIT, REPLICATIONS)
    came = run.segment("arrived", "all")
    truth = waiting_share(0.4, 0.85)
    mistakes = {
        "paid twice": waiting_share(0.8, 0.85),
        "unpaid": waiting_share(0.0, 0.85),
        "without discount": waiting_share(0.4, 1.0),
        "discounted from the start": 5 / 6 * (wanting(7 + 0.4 / 0.85**5) - wanting(10)),
    }
    agree(ratio_of(run.flow("coat", Cause.CHOICE, Outcome.POSTPONED), came), truth, mistakes)
    # Whoever wants it neither now nor for 7 + c/d later is not interested; the others all buy in the end.
    pleased = integrate.quad(lambda length: max(wanting(7 + 0.4 / 0.85**length), wanting(10)), 0, 5)[0] + wanting(7)
    agree(ratio_of(run.segment("not_interested", "all"), came), 1 - pleased / 6, {"today's price": 1 - wanting(10)})
    assert run.segment("left", "all").sum() == 0


def test_an_opening_can_be_waited_for(simulate, ratio_of, agree):
    """If this fails, customers do not know when a window opens, or compare with a price at which nothing is sold.

    A coat worth 11 at 6 that opens at 5: who comes within log(1/5)/log 0.8 = 7.2 waits when it costs 1 to wait, so all
    do; at a cost of 3 those within 2.29, that is 0.458 of those before 5. The others are not interested.
    """
    overrides = {
        "products.coat": {"firm": "shop", "price": 6, "stock": "unlimited", "window": {"opens": 5}},
        "segments.all.waiting": {"discount": DISCOUNT, "up_to": 10},
    }
    run = simulate(MARKDOWN, REPLICATIONS, overrides=overrides)
    assert run.segment("not_interested", "all").sum() == 0
    run = simulate(MARKDOWN, REPLICATIONS, overrides=overrides | {"segments.all.transfer_cost.strategic": 3})
    waited = ratio_of(run.flow("coat", Cause.CHOICE, Outcome.POSTPONED), run.segment("arrived", "all"))
    agree(waited, math.log(3 / 5) / math.log(DISCOUNT) / 6, {"all": 5 / 6, "none": 0.0})
