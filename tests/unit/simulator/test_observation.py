"""A firm sees its own shelves and sales and public prices, and nothing else."""

import dataclasses
from dataclasses import replace

import pytest

from demandshift.models.observation import Observation
from demandshift.simulator.loop import Loop
from demandshift.simulator.world import Replenishment


class Watches:
    """An ordering policy that orders nothing and remembers what it saw."""

    def __init__(self) -> None:
        self.seen: list[Observation] = []

    def quantities(self, observation: Observation) -> list[int]:
        """Order nothing."""
        self.seen.append(observation)
        return [0] * len(observation.products)


@pytest.fixture
def seen(world):
    """Return what the corner shop sees in a world with a rival."""
    made = world(
        [(0.5, {"zero": 9.0}), (0.75, {"rival": 9.0}), (1.0, {"cola": 9.0})],
        firms={"market": {}},
        products={
            "cola": {"stock": 4},
            "rival": {"firm": "market", "price": 1.5, "stock": 7},
            "zero": {"stock": 1, "price": 3.0},
            "later": {"stock": 5, "price": 4.0, "window": {"opens": 5}},
        },
        offers={"rival card": {"uses": "rival", "price": 1.25, "window": {"opens": 0, "closes": 1}}},
    )
    policy = Watches()
    Loop(replace(made, replenishments=[Replenishment((2, 0), policy, 2.0)]), 1, 0).run()
    return policy.seen


def test_it_sees_its_own_products_in_the_order_in_which_it_decides_for_them(seen):
    """If this fails, quantities are ordered of another product than the one they were meant for."""
    assert seen[1].products == ["zero", "cola"]
    assert (seen[1].on_hand, seen[1].sold) == ([0, 3], [1, 1])
    assert seen[1].out_of_stock == [1.5, 0.0]


def test_times_without_stock_are_whole_when_they_are_seen(seen):
    """If this fails, a policy that corrects for lost sales sees the time since the last sale missing."""
    assert [each.out_of_stock[0] for each in seen] == [0.0, 1.5, 3.5, 5.5, 7.5]


def test_it_sees_its_own_offers_whether_open_or_not(seen):
    """If this fails, a pricing policy cannot price what it has not launched yet."""
    assert list(seen[0].offers) == ["cola", "zero", "later"]
    assert list(seen[0].prices) == [2.0, 3.0, 4.0]


def test_prices_of_others_are_seen_while_they_are_public(seen):
    """If this fails, a firm does not see its rival's price, or sees one that nobody can pay."""
    assert seen[0].public_prices == {"cola": 2.0, "rival": 1.5, "zero": 3.0, "rival card": 1.25}
    assert seen[1].public_prices == {"cola": 2.0, "rival": 1.5, "zero": 3.0}
    assert seen[4].public_prices == {"cola": 2.0, "rival": 1.5, "zero": 3.0, "later": 4.0}


def test_nothing_of_the_rival_but_its_prices_and_nothing_of_customers_is_seen(seen):
    """If this fails, policies can cheat: they know a rival's stock, or who was turned away."""
    fields = {field.name for field in dataclasses.fields(Observation)}
    assert fields == {
        *("now", "products", "on_hand", "on_order", "back_orders", "sold", "out_of_stock"),
        *("offers", "prices", "public_prices"),
    }
    for observation in seen:
        for field in fields - {"public_prices", "now"}:
            assert "rival" not in str(getattr(observation, field))
            assert len(getattr(observation, field)) in (2, 3)


def test_what_is_seen_is_a_copy(world):
    """If this fails, a policy can change the shelves by changing what it was shown."""

    class Meddles(Watches):
        def quantities(self, observation: Observation) -> list[int]:
            """Try to fill the shelf for nothing."""
            super().quantities(observation)
            observation.on_hand[0] = 99
            with pytest.raises(TypeError):
                observation.public_prices["cola"] = 0.0
            return [0]

    policy = Meddles()
    made = world([(1, {"cola": 9.0})])
    ledger = Loop(replace(made, replenishments=[Replenishment((0,), policy, 2.0)]), 1, 0).run()
    assert ledger.sold.tolist() == [0]
    assert policy.seen[1].on_hand == [99]
    assert ledger.stock.sum() == 0
