"""What `kind: lp` says in a scenario, settled and built."""

from pathlib import Path
from typing import Any

import pytest

import demandshift as ds
from demandshift.models.control.lp_orders import OrdersByProgram
from demandshift.models.control.lp_prices import PricesByProgram
from demandshift.scenarios.schema.ordering import OrderUpTo, ProgramOrders
from demandshift.simulator.build.world import build_world
from demandshift.simulator.world import World

SHOP = Path(__file__).parent / "bad" / "base" / "shop.yaml"


def shop(**changes: Any) -> ds.Scenario:
    """Return the shop with some values replaced, by path with double underscores."""
    return ds.load(SHOP, overrides={path.replace("__", "."): value for path, value in changes.items()})


def pricing(world: World) -> PricesByProgram:
    """Return the only pricing policy of a world."""
    assert len(world.repricings) == 1
    policy = world.repricings[0].policy
    assert isinstance(policy, PricesByProgram)
    return policy


def test_price_points_come_from_points_ladder_or_the_only_price():
    """A failure means that a program looks at other prices than the scenario says, or moves one that is fixed."""
    scenario = shop(
        firms__corner__pricing={
            "kind": "lp",
            "replan_every": 2.5,
            "ladder": [1.5, 0.5, 1],
            "points": {"cola": [2.75, 1, 1]},
            "objective": "revenue",
            "time_limit": 20,
        },
        offers={"six": {"uses": {"zero": 6}, "price": 10, "pricing": {"kind": "fixed"}}},
    )
    points = {offer.name: offer.price_points for offer in scenario.settled.offers}
    assert points == {"cola": (1.0, 2.75), "zero": (1.0, 2.0, 3.0), "rival": (), "six": (10.0,)}
    world = build_world(scenario.settled)
    assert (world.repricings[0].firm, world.repricings[0].every, world.repricings[0].first) == (0, 2.5, 0.0)
    policy = pricing(world)
    assert policy.market.own_names == ("cola", "zero", "six")
    assert policy.ladders == ((1.0, 2.75), (1.0, 2.0, 3.0), (10.0,))
    assert (policy.review_every, policy.horizon, policy.time_limit, policy.objective) == (2.5, 10.0, 20.0, "revenue")
    assert policy.goods.use.tolist() == [[1, 0, 0], [0, 1, 6]]
    assert policy.goods.scarce == (False, False), "both are ordered time and again"


def test_what_must_last_is_scarce():
    """A failure means that a season's stock is priced as if more could be had, or an endless one as if it could not."""
    lp = {"kind": "lp", "replan_every": 2}
    plan = {"kind": "plan", "orders": [{"at": 4, "quantity": 10}, {"at": 6, "quantity": 5}]}
    world = build_world(
        shop(
            firms__corner__pricing=lp,
            firms__corner__supply={"pack": 4},
            products__cola__ordering={"kind": "season_buy", "quantity": 30},
            products__zero__ordering=plan,
        ).settled
    )
    goods = pricing(world).goods
    assert goods.scarce == (True, True)
    assert goods.to_come == ((4.0, 1, 12.0), (6.0, 1, 8.0)), "in whole packs (R3)"
    endless = build_world(shop(firms__market__pricing=lp).settled)
    assert pricing(endless).goods.scarce == (False,)


def test_a_firm_without_offers_is_not_priced():
    """A failure means that a program of nothing is solved, or that a scenario with such a firm does not build."""
    world = build_world(shop(firms__idle={"pricing": {"kind": "lp", "replan_every": 2}}).settled)
    assert list(world.repricings) == []


def test_ordering_programs_take_exceptions():
    """A failure means that products with the same settings are planned apart, or with others' settings."""
    scenario = shop(
        firms__corner__ordering={
            "kind": "lp",
            "replan_every": 2,
            "first_review": 1,
            "draws": 30,
            "seed": 5,
            "time_limit": 9,
        },
        products__third={"firm": "corner", "price": 3, "cost": 1, "stock": 5, "ordering": {"draws": 60}},
        products__fourth={"firm": "corner", "price": 3, "cost": 1, "stock": 5, "ordering": {"replan_every": 4}},
        products__fifth={
            "firm": "corner",
            "price": 3,
            "cost": 1,
            "stock": 5,
            "ordering": {"kind": "order_up_to", "review_every": 1, "level": 3},
        },
    )
    parts = {product.name: product.ordering for product in scenario.settled.products}
    assert isinstance(parts["fifth"], OrderUpTo)
    told = {name: (part.replan_every, part.draws) for name, part in parts.items() if isinstance(part, ProgramOrders)}
    assert told == {"cola": (2, 30), "zero": (2, 30), "third": (2, 60), "fourth": (4, 30)}
    world = build_world(scenario.settled)
    programs = [each for each in world.replenishments if isinstance(each.policy, OrdersByProgram)]
    names = world.problem.products.names
    assert [tuple(names[product] for product in each.products) for each in programs] == [
        ("cola", "zero"),
        ("third",),
        ("fourth",),
    ]
    assert [(each.every, each.first) for each in programs] == [(2, 1), (2, 1), (4, 1)]
    first = programs[0].policy
    assert isinstance(first, OrdersByProgram)
    assert (first.draws, first.seed, first.time_limit, first.review_every, first.horizon) == (30, 5, 9, 2, 10)
    assert first.products.names == ("cola", "zero")


def test_policies_by_hand_replace_programs():
    """A failure means that a firm's program and a policy made by hand both set its prices, or order its goods."""

    class Still:
        review_every = 5.0

        def prices(self, observation):
            return observation.prices

        def quantities(self, observation):
            return [0.0] * len(observation.products)

    lp = {"kind": "lp", "replan_every": 2}
    settled = shop(firms__corner__pricing=lp, firms__market__pricing=lp, firms__corner__ordering=lp).settled
    still = Still()
    world = build_world(settled, pricing={"corner": still}, ordering={"corner": still})
    assert [(each.firm, each.policy is still) for each in world.repricings] == [(1, False), (0, True)]
    assert [each.policy is still for each in world.replenishments] == [True]


def test_a_program_beside_unlimited_stock_orders_nothing():
    """A failure means that a firm whose shelves never empty cannot have an ordering program for its other products."""
    settled = shop(firms__market__ordering={"kind": "lp", "replan_every": 2}).settled
    assert not [each for each in build_world(settled).replenishments if isinstance(each.policy, OrdersByProgram)]


@pytest.mark.parametrize("kind", ["pricing", "ordering"])
def test_written_and_read_again(kind, tmp_path):
    """A failure means that a scenario with a program loses its settings when it is saved."""
    settings = {"kind": "lp", "replan_every": 2} | (
        {"points": {"cola": [1, 2.5]}} if kind == "pricing" else {"draws": 7}
    )
    scenario = shop(**{f"firms__corner__{kind}": settings})
    (tmp_path / "again.yaml").write_text(scenario.to_yaml(), encoding="utf-8")
    again = ds.load(tmp_path / "again.yaml")
    assert again.settled == scenario.settled
    assert again.hash == scenario.hash
