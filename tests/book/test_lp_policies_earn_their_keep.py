"""Policies by linear programs against simple ones that were tuned as a planner would, on the library's scenarios.

The simple policy is the best of a grid on the customers of one seed; both are judged on those of another, by the paired
difference of profit. Programs get no tuning. What they may do that the simple policies may not is said at each test.
"""

import os
from collections.abc import Iterable, Mapping
from itertools import product

import pytest

import demandshift as ds
from demandshift.models.problem import Floats
from demandshift.simulator.estimates import Estimate, mean_estimate

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

SHORT = os.environ.get("DEMANDSHIFT_SHORT", "") not in ("", "0")
TUNING, JUDGING = 101, 202
"""Seeds."""

Changes = Mapping[str, object]


def profit(scenario: ds.Scenario, firm: str, replications: int, seed: int) -> Floats:
    """Return a firm's profit, one value a replication, in money."""
    return ds.run(scenario, replications, seed).reckoning.by_replication("profit", firm)


def tuned(scenario: ds.Scenario, firm: str, grid: Iterable[Changes], replications: int) -> ds.Scenario:
    """Return the scenario with the changes of the grid that earn most on the customers for tuning."""
    candidates = [scenario.replace(dict(changes)) for changes in grid]
    return max(candidates, key=lambda each: float(profit(each, firm, replications, TUNING).mean()))


def advantage(program: ds.Scenario, simple: ds.Scenario, firm: str, replications: int) -> Estimate:
    """Return what the program earns more than the simple policy, paired, on the customers for judging."""
    return mean_estimate(profit(program, firm, replications, JUDGING) - profit(simple, firm, replications, JUDGING))


def above_zero(difference: Estimate) -> bool:
    """Return whether the 95 % interval lies above zero."""
    assert difference.mean is not None
    assert difference.half_width is not None
    return difference.mean - difference.half_width > 0


def test_orders_of_two_shops():
    """A failure means that orders by a program earn no more than order-up-to levels at the best cycle service.

    Both look at the same demand and review every week. The program knows margins and holding costs, and that whoever
    finds a shelf empty may take the cola beside it; a level for one product does not.
    """
    scenario = ds.load("two-shops")
    grid = [
        {"firms.corner.ordering.cycle_service": service, **own}
        for service, own in product((0.8, 0.9, 0.95, 0.98, 0.99), ({}, {"products.own-cola.ordering": None}))
    ]
    simple = tuned(scenario, "corner", grid, 3 if SHORT else 10)
    program = scenario.replace(
        {"firms.corner.ordering": {"kind": "lp", "replan_every": 7}, "products.own-cola.ordering": None}
    )
    assert above_zero(advantage(program, simple, "corner", 4 if SHORT else 12))


def test_prices_of_two_fares():
    """A failure means that prices by a program earn no more than two fixed fares with the best protection level.

    The program moves the fares week by week, from a saver fare that fills the seats to one that nobody buys.
    """
    scenario = ds.load("two-fares")
    path = "firms.airline.availability.levels.saver"
    simple = tuned(scenario, "airline", [{path: level} for level in range(15, 60, 4)], 15 if SHORT else 60)
    program = scenario.replace(
        {
            "firms.airline.availability": {"kind": "open"},
            # A saver fare of three times its price is as good as closed; with a third on top at most, nothing is won.
            "firms.airline.pricing": {"kind": "lp", "replan_every": 7, "ladder": [0.8, 1, 1.2, 1.5, 2, 3]},
        }
    )
    assert above_zero(advantage(program, simple, "airline", 10 if SHORT else 40))


def test_two_fares_stay_below_their_bound():
    """A failure means that the bound shown beside a plan of fares is one that the plan beats."""
    scenario = ds.load("two-fares", overrides={"firms.airline.pricing": {"kind": "lp", "replan_every": 7}})
    found = ds.optimise(scenario, "prices", replications=10 if SHORT else 40, seed=JUDGING)
    assert found.bound is not None
    assert found.simulated.mean is not None
    assert found.simulated.half_width is not None
    assert found.simulated.mean - found.simulated.half_width < found.bound.limit
    assert found.simulated.mean / found.bound.value > 0.8, "a bound that says nothing"


def test_quantities_and_prices_of_a_fashion_season():
    """A failure means that the joint plan earns no more than the best quantities, date and depth of one markdown.

    The program sees neither waiting nor that its prices are unannounced. It may set other prices from the first day on.
    """
    scenario = ds.load("fashion-markdown")
    pricings = [{"kind": "fixed"}] + [
        {"kind": "scheduled", "changes": [{"at": at, "factor": factor}]}
        for at, factor in product((6, 8, 10), (0.75, 0.9))
    ]
    quantities = product((80, 90, 100, 110), (80, 90, 100, 110))
    grid = [
        {
            "products.red-dress.ordering.quantity": red,
            "products.blue-dress.ordering.quantity": blue,
            "firms.boutique.pricing": pricing,
        }
        for (red, blue), pricing in product(quantities, pricings)
    ]
    simple = tuned(scenario, "boutique", grid, 5 if SHORT else 40)
    ladder = [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.3]
    priced = scenario.replace({"firms.boutique.pricing": {"kind": "lp", "replan_every": 1, "ladder": ladder}})
    program = ds.optimise(priced, "joint", replications=2, seed=TUNING).policy
    difference = advantage(program, simple, "boutique", 20 if SHORT else 150)
    if SHORT:
        # So few seasons cannot show a gain of a per cent, only that there is no loss of one.
        assert difference.mean is not None
        assert difference.half_width is not None
        assert difference.mean + difference.half_width > 0
    else:
        assert above_zero(difference)
