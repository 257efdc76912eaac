"""In the middle of a run: lines, batches and orders are whole, and firms expect what the readable engine's do."""

import pytest

from demandshift.simulator.kernel import goods
from demandshift.simulator.kernel.line import most_uses
from demandshift.simulator.loop import Loop

PLANNED = {
    "firms.corner.ordering": {
        "kind": "plan",
        "orders": [{"at": 3, "product": "cola", "quantity": 9}, {"at": 6, "product": "zero", "quantity": 9}],
    }
}
MOMENTS = [0.5, 1.75, 3.125, 5.5, 7.75]


def chain(records, first, following):
    """Return places from the first on."""
    places = []
    while first >= 0:
        places.append(int(first))
        first = records[first][following]
        assert len(places) <= len(records), "the chain goes round in a circle"
    return places


@pytest.mark.parametrize("until", MOMENTS)
@pytest.mark.parametrize("changes", [{}, PLANNED], ids=["reviews", "plans"])
def test_lines_batches_and_orders_are_whole(opened, changes, until):
    """If this fails, customers, units or orders are lost from a list, or stand in the wrong order."""
    kernel = opened(changes, until)
    state, inputs = kernel.state, kernel._inputs
    for product, shelf in enumerate(state.products):
        batches = [state.batches[place] for place in chain(state.batches, shelf.first_batch, "following")]
        assert sum(batch.units for batch in batches) == shelf.counted >= shelf.on_hand
        expiries = [float(batch.expires) for batch in batches]
        assert expiries == sorted(set(expiries))
        orders = [state.orders[place] for place in chain(state.orders, shelf.first_order, "following")]
        assert sum(order.units for order in orders) == shelf.on_order
        assert [(order.expected, order.units) for order in orders] == sorted((o.expected, o.units) for o in orders)
        links = chain(state.links, shelf.first_in_line, "after")
        assert links[::-1] == chain(state.links, shelf.last_in_line, "before")
        assert len(links) == shelf.line_length
        waiting = [state.visitors[state.links[link].visitor] for link in links]
        assert all(visitor.in_line for visitor in waiting)
        assert all(link // most_uses(state) == state.links[link].visitor for link in links)
        placed = [float(visitor.placed) for visitor in waiting]
        assert placed == sorted(placed)
        units = 0
        for visitor in waiting:
            offer = inputs.considered[visitor.wanted].offer
            uses = inputs.uses[inputs.offers[offer].use_start : inputs.offers[offer].use_stop]
            units += sum(int(use.units) for use in uses if use.product == product)
        assert units == shelf.back_orders


def test_the_moments_show_something(opened):
    """If this fails, the test before it looks at empty lists."""
    states = [opened({}, until).state for until in MOMENTS]
    assert max(int(state.products.line_length.max()) for state in states) > 5
    assert any(int((state.products.line_length > 0).sum()) > 1 for state in states), "nobody waits for a pair"
    assert max(int(state.products.on_order.max()) for state in states) > 3
    assert max(int(state.products.on_hand.max()) for state in states) > 3


@pytest.mark.parametrize("until", MOMENTS)
@pytest.mark.parametrize("changes", [{}, PLANNED], ids=["reviews", "plans"])
def test_firms_expect_what_the_readable_engines_firms_do(opened, world_of, changes, until):
    """If this fails, customers are promised other dates, and wait or leave where they should not (R13)."""
    kernel = opened(changes, until)
    loop = Loop(world_of(changes), 1, 0)
    loop._calendar.start()
    loop._clock.process(loop._arrivals(0))
    loop._clock.run(until=until)
    expected = {}
    for product in range(len(kernel.problem.products.names)):
        for units in (1, 2, 5, 20):
            expected[product, units] = loop._goods.expected_supply(product, units)
            found = goods.expected_supply(kernel._inputs, kernel.state, product, units, until)
            assert found == expected[product, units], (product, units)
    assert len(set(expected.values())) > 1
