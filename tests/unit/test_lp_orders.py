"""Orders by a program over drawn demand: what a review asks, what comes of it by hand, and what happens in trouble."""

from math import inf

import numpy as np
import pytest
from scipy import stats

from demandshift.models.control import lp_orders
from demandshift.models.control.lp_orders import OrderedProducts, OrdersByProgram, Outlook
from demandshift.models.distribution import Constant, Empirical
from demandshift.models.observation import Observation
from demandshift.models.optimise.outcome import ProgramError

PRICE, COST, HOLDING, EVERY, LEAD = 10.0, 4.0, 0.5, 2.0, 1.0
HORIZON = 40.0


def products(number: int = 1, **known) -> OrderedProducts:
    """Return what is known of some products that are all alike, but for what is said."""
    settings = {
        "unit_cost": COST,
        "holding_cost": HOLDING,
        "lost_sale_penalty": 0.0,
        "expired_worth": -1.0,
        "closing_value": 1.0,
        "shelf_life": inf,
    } | {key: value for key, value in known.items() if key != "lead_time"}
    arrays = {key: np.full(number, value, dtype=float) for key, value in settings.items()}
    lead_time = known.get("lead_time", Constant(LEAD))
    return OrderedProducts(tuple("abc"[:number]), lead_time=(lead_time,) * number, **arrays)


def outlook(rates=(20.0,), price: float = PRICE, shares=None) -> Outlook:
    """Return an outlook of demand at constant rates."""
    number = len(rates)
    return Outlook(
        demand=lambda start, end, _: np.array(rates) * (end - start),
        price=lambda _: np.full(number, price),
        substitution=lambda *_: np.zeros((number, number)) if shares is None else np.array(shares),
    )


def policy(known=None, expects=None, **settings) -> OrdersByProgram:
    """Return a policy that is asked every two time units."""
    more = {"draws": 400, "seed": 3, **settings}
    return OrdersByProgram(known or products(), expects or outlook(), EVERY, HORIZON, **more)


def seen(now: float, on_hand, on_order=None, back_orders=None) -> Observation:
    """Return what the firm sees of its products."""
    number = len(on_hand)
    none = (0,) * number
    return Observation(
        now, tuple("abc"[:number]), on_hand, on_order or none, back_orders or none, none, (0.0,) * number, (), (), {}
    )


def fractile(under: float, over: float, mean: float) -> int:
    """Return the smallest quantity that Poisson demand stays within with the newsvendor's critical chance."""
    return int(stats.poisson.ppf(under / (under + over), mean))


def near(mean: float, chance: float, draws: int) -> float:
    """Return four standard errors of a sample quantile of Poisson demand, in units (normal approximation)."""
    density = stats.norm.pdf(stats.norm.ppf(chance)) / mean**0.5
    return 4 * (chance * (1 - chance) / draws) ** 0.5 / density + 1


@pytest.mark.parametrize(("price", "holding"), [(10.0, 0.5), (4.5, 0.5), (10.0, 1.75)])
def test_one_product_is_ordered_up_to_the_newsvendor_fractile(price, holding):
    """A failure means that demand over another time is looked at, or a unit left is worth another amount.

    What is left saves its cost at the next review but was held for a review period: it costs h·R = 2h, and one that is
    missing p − c. Demand is looked at over review period and lead time, 3 time units, with a mean of 60.
    """
    draws = 4000
    known = products(holding_cost=holding)
    position = policy(known, outlook(price=price), draws=draws).quantities(seen(4.0, (10,), (5,)))[0] + 15
    under, over = price - COST, EVERY * holding
    assert position == pytest.approx(fractile(under, over, 60), abs=near(60, under / (under + over), draws))
    for mistaken in (20 * EVERY, 20 * LEAD):
        assert abs(position - fractile(under, over, mistaken)) > near(60, 0.5, draws), "no power"


def test_a_lost_customer_costs_the_penalty():
    """A failure means that a shop that must not disappoint anybody stocks as if it might."""
    price, penalty = 4.5, 9.0
    known = products(lost_sale_penalty=penalty, holding_cost=1.0)
    position = policy(known, outlook(price=price), draws=4000).quantities(seen(4.0, (0,)))[0]
    under, over = price - COST + penalty, EVERY * 1.0
    assert position == pytest.approx(fractile(under, over, 60), abs=near(60, under / (under + over), 4000))
    assert position - fractile(price - COST, over, 60) > 10, "no power"


def test_stock_on_hand_and_on_order_is_counted_once():
    """A failure means that what is on its way is ordered again, or what customers wait for is left out."""
    asked = policy()
    level = asked.quantities(seen(4.0, (0,)))[0]
    assert asked.quantities(seen(4.0, (7,), (11,)))[0] == pytest.approx(level - 18)
    assert asked.quantities(seen(4.0, (200,)))[0] == 0.0


def test_those_who_wait_are_ordered_for():
    """A failure means that written-down customers are left waiting, or taken for chance demand.

    They come on top of what is ordered up to, one for one, beside stock that is on its way already.
    """
    asked = policy()
    level = asked.quantities(seen(4.0, (0,)))[0]
    assert asked.quantities(seen(4.0, (0,), None, (25,)))[0] == pytest.approx(level + 25)
    assert asked.quantities(seen(4.0, (0,), (30,), (25,)))[0] == pytest.approx(level - 5)
    nobody = policy(expects=outlook((0.0,)))
    assert nobody.quantities(seen(4.0, (0,), None, (25,)))[0] == pytest.approx(25), "for certain, not on average"


def test_nobodys_wish_is_not_ordered():
    """A failure means that a product without demand, or one that sells below its cost, is bought all the same."""
    assert policy(expects=outlook((0.0,))).quantities(seen(4.0, (0,)))[0] == 0.0
    assert policy(expects=outlook(price=COST - 0.5)).quantities(seen(4.0, (0,)))[0] == 0.0
    two = policy(products(2), outlook((20.0, 0.0))).quantities(seen(4.0, (0, 0)))
    assert two[0] > 50
    assert two[1] == 0.0
    free = policy(products(unit_cost=0.0, holding_cost=0.0, closing_value=0.0)).quantities(seen(4.0, (0,)))[0]
    assert free <= 60 + 6 * 60**0.5, "what costs nothing is still not bought beyond what anybody may want"


@pytest.mark.parametrize(
    ("now", "shelf_life", "expected"),
    [
        pytest.param(4.0, inf, COST - EVERY * HOLDING, id="it saves an order"),
        pytest.param(4.0, LEAD + 2 * EVERY, COST - EVERY * HOLDING, id="it lasts just until the review after"),
        pytest.param(4.0, LEAD + 1.5 * EVERY, (COST - EVERY * HOLDING) / 2 - 0.5, id="half of it expires"),
        pytest.param(4.0, LEAD + EVERY, -1.0, id="it expires when the next order comes"),
        pytest.param(4.0, 0.5, -1.0, id="it expires before"),
        pytest.param(HORIZON - EVERY - LEAD - 0.5, inf, COST - EVERY * HOLDING, id="one more order can come"),
        pytest.param(HORIZON - EVERY - LEAD, inf, 1.0, id="the next order would come at the end"),
        pytest.param(HORIZON - 0.5, inf, 1.0, id="just before the end"),
    ],
)
def test_worth_of_what_is_left(now, shelf_life, expected):
    """A failure means that perishables are ordered as if they kept, or that the last orders fill a closed shop."""
    assert policy(products(shelf_life=shelf_life)).left_over_worth(now)[0] == pytest.approx(expected, rel=1e-5)


def test_what_is_left_is_never_worth_what_it_costs():
    """A failure means that a free unit, or one whose holding costs nothing, is ordered without limit."""
    assert policy(products(holding_cost=0.0)).left_over_worth(4.0)[0] < COST
    assert policy(products(unit_cost=0.0, holding_cost=0.0)).left_over_worth(4.0)[0] < 0


def test_the_last_orders_are_small():
    """A failure means that demand after the end of the run is ordered for, or that what arrives too late is."""
    ordered = policy().quantities(seen(HORIZON - 1.0, (0,)))[0]
    under, over = PRICE - COST, COST - 1.0
    assert ordered == pytest.approx(fractile(under, over, 20), abs=near(20, under / (under + over), 400))


def test_substitution_between_shelves_is_taken_into_account():
    """A failure means that products are planned one by one: the one whose customers take the other is ordered less.

    The first one's customers all take the second, which earns the same and costs less to have left.
    """
    known = OrderedProducts(
        ("a", "b"),
        unit_cost=np.array([4.0, 4.0]),
        holding_cost=np.array([1.5, 0.25]),
        lost_sale_penalty=np.zeros(2),
        expired_worth=np.zeros(2),
        closing_value=np.zeros(2),
        shelf_life=np.full(2, inf),
        lead_time=(Constant(LEAD), Constant(LEAD)),
    )
    apart = policy(known, outlook((20.0, 20.0))).quantities(seen(4.0, (0, 0)))
    moving = policy(known, outlook((20.0, 20.0), shares=[[0, 1.0], [0, 0]])).quantities(seen(4.0, (0, 0)))
    turned = policy(known, outlook((20.0, 20.0), shares=[[0, 0], [1.0, 0]])).quantities(seen(4.0, (0, 0)))
    assert moving[0] < apart[0] - 3
    assert moving[1] > apart[1] + 3
    assert turned[0] >= moving[0] + 3, "the other way round, the first one's customers have nowhere to go"


def test_lead_times_that_vary_widen_demand():
    """A failure means that a distribution of lead times is taken for its mean."""
    steady = policy(products(lead_time=Constant(2.0)), draws=4000)
    varying = policy(products(lead_time=Empirical((0.0, 4.0))), draws=4000)
    drawn = {name: each.question(seen(4.0, (0,))).season.demand[:, 0] for name, each in (("s", steady), ("v", varying))}
    # Demand over R + L with L = 0 or 4: Poisson 40 or 120, so that its variance is 80 + 40².
    for name, variance in (("s", 80.0), ("v", 80.0 + 40.0**2)):
        assert drawn[name].mean() == pytest.approx(80, abs=4 * (variance / 4000) ** 0.5)
        assert drawn[name].var() == pytest.approx(variance, rel=0.1)


def test_draws_belong_to_the_seed_and_the_moment_alone():
    """A failure means that a plan knows who will come, depends on plans before it (R15), or repeats its draws."""
    first = policy()
    at_four = first.question(seen(4.0, (0,))).season.demand
    assert not np.array_equal(first.question(seen(6.0, (0,))).season.demand, at_four)
    assert np.array_equal(first.question(seen(4.0, (99,))).season.demand, at_four), "whatever is in stock"
    assert np.array_equal(policy().question(seen(4.0, (0,))).season.demand, at_four), "whatever was asked before"
    assert not np.array_equal(policy(seed=4).question(seen(4.0, (0,))).season.demand, at_four)
    assert list(first.quantities(seen(4.0, (0,)))) == list(policy().quantities(seen(4.0, (0,))))


def test_a_plan_that_fails_orders_nothing_and_is_told(monkeypatch):
    """A failure means that a run stops, or orders by a plan that is none, without a word (R18)."""
    asked = policy(products(2), outlook((20.0, 10.0)))

    def fails(*_arguments: object, **_settings: object) -> None:
        raise ProgramError("orders: no time")

    with monkeypatch.context() as patched:
        patched.setattr(lp_orders, "plan_orders", fails)
        assert list(asked.quantities(seen(4.0, (0, 0)))) == [0.0, 0.0]
    assert asked.failures == ["time 4: orders: no time"]
    assert min(asked.quantities(seen(6.0, (0, 0)))) > 0
    assert len(asked.failures) == 1


def test_no_time_at_all_is_such_a_failure():
    """A failure means that the time limit is not handed to the solver."""
    tight = policy(products(2), outlook((20.0, 10.0)), time_limit=1e-9)
    assert list(tight.quantities(seen(4.0, (0, 0)))) == [0.0, 0.0]
    assert len(tight.failures) == 1
