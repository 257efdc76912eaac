"""Customers drawn beforehand are those that the models draw one by one; their favourites are what they like best."""

import numpy as np
import pytest

from demandshift.models.chance import Purpose
from demandshift.models.choice import ranking, substitution
from demandshift.simulator.draws import Draws
from demandshift.simulator.kernel import attempts, shelves, worths
from demandshift.simulator.kernel.blocks import NOTHING, UNDECIDED, find_favourites, refill
from demandshift.simulator.lazy_race import FAVOURITE_SLOT, cumulated, favourite_of

NO_WAITING = {"segments.all.waiting": None}


def block_of(kernel):
    """Return persons and times of the first segment's block."""
    length = int(kernel.state.segments[0].length)
    return kernel.state.blocks.persons[:length].tolist(), kernel.state.blocks.times[:length].tolist()


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize(
    "arrivals",
    [
        {"kind": "poisson", "rate": 9},
        {"kind": "poisson", "rate": 9, "dominating_rate": 30},
        {"kind": "poisson", "rate": 9, "weekly": [0, 2, 0, 0, 1, 0, 0]},
        {"kind": "trace", "file": "trace.csv"},
        {"kind": "poisson", "rate": 0},
    ],
    ids=["poisson", "thinned", "weekly", "trace", "nobody"],
)
def test_customers_come_when_the_models_say(opened, tmp_path, arrivals, size):
    """If this fails, customers are lost between two blocks, come twice, or at other times than in the loop (R14)."""
    (tmp_path / "trace.csv").write_text("time\n" + "".join(f"{time / 8}\n" for time in range(1, 70)))
    kernel = opened({"segments.all.arrivals": arrivals, "start": "2025-03-03"}, seed=3, block_size=size)
    world = kernel._calendar._world
    expected = list(world.arrivals[0].times(Draws(3, 0).segment(0), kernel.problem.horizon))
    came = []
    for _ in range(len(expected) + 2):
        came += zip(*block_of(kernel), strict=True)
        if not kernel.state.segments[0].length:
            break
        refill(kernel._inputs, kernel.state, 0)
    assert [person for person, _ in came] == [person for person, _ in expected]
    assert [time for _, time in came] == [time for _, time in expected]
    assert kernel.state.segments[0].next_time == np.inf


def liked_best(kernel, person):
    """Return the position of what a person likes best, as the model decides; −1 for nothing."""
    chance = Draws(3, 0).segment(0).person(person)
    worth = kernel._calendar._world.choices[0].reservation_prices(chance)
    offers = kernel.state.offers
    surplus = [
        value - offers.price[position] if offers.open[position] else -np.inf for position, value in enumerate(worth)
    ]
    return int(np.argmax(surplus)) if max(surplus) >= 0 else NOTHING


def test_favourites_are_what_customers_like_best(opened):
    """If this fails, the race without logarithms has another winner than the reservation prices."""
    kernel = opened(NO_WAITING, seed=3, block_size=64)
    state = kernel.state
    found = set()
    for change in ("nothing", "a price", "a window"):
        if change == "a price":
            shelves.set_price(kernel._inputs, state, 0, 1.0, 0.0)
        elif change == "a window":
            shelves.set_open(kernel._inputs, state, 0, False, 0.0)
        assert state.segments[0].stale
        find_favourites(kernel._inputs, state, 0)
        persons, _ = block_of(kernel)
        favourites = state.blocks.favourites[: len(persons)].tolist()
        assert favourites == [liked_best(kernel, person) for person in persons], change
        found |= set(favourites)
        assert (0 in favourites) == (change != "a window")
    assert found == {NOTHING, 0, 1, 2, 3}


def test_a_race_too_close_to_call_is_left_open(opened):
    """If this fails, ties go by the rounding of a product instead of the order of declaration (R8a)."""
    offers = {name: {"uses": "cola", "price": 1.75, "own_taste": False} for name in ("one", "other")}
    choice = {"kind": "logit", "scale": 0.5, "reservation_price": {"one": 2.5, "other": 2.5, "rival": 1}}
    kernel = opened(
        {**NO_WAITING, "offers": offers, "products.cola.price": None, "segments.all.choice": choice}, block_size=64
    )
    find_favourites(kernel._inputs, kernel.state, 0)
    persons, _ = block_of(kernel)
    favourites = kernel.state.blocks.favourites[: len(persons)].tolist()
    assert {NOTHING, UNDECIDED} <= set(favourites)
    assert not {1, 2} & set(favourites), "rival is the first, and nobody ties with it"


def test_lazy_favourites_are_drawn_by_shares(opened):
    """If this fails, the lazy race of the kernel names another favourite than that of the loop."""
    kernel = opened({**NO_WAITING, "draws": "lazy"}, seed=3, block_size=64)
    shelves.set_open(kernel._inputs, kernel.state, 1, False, 0.0)
    find_favourites(kernel._inputs, kernel.state, 0)
    choice = kernel._calendar._world.choices[0]
    is_open = kernel.state.offers.open
    weights = [
        weight if is_open[position] else 0.0
        for position, weight in enumerate(choice.weights(kernel.state.offers.price.tolist()))
    ]
    persons, _ = block_of(kernel)
    expected = [
        favourite_of(cumulated(weights), Draws(3, 0).segment(0).person(person).uniform(Purpose.RACE, FAVOURITE_SLOT))
        for person in persons
    ]
    favourites = kernel.state.blocks.favourites[: len(persons)].tolist()
    assert favourites == expected
    assert set(favourites) == {NOTHING, 0, 2, 3}


def test_the_kernel_and_the_models_draw_from_the_same_slots():
    """If this fails, the kernel's lists and first choices are those of another customer."""
    assert worths._LIST_SLOT == ranking.LIST_SLOT
    assert attempts._FAVOURITE_SLOT == substitution.FAVOURITE_SLOT
    # Both kinds are drawn with one slot by compiled code for lists without prices.
    assert ranking.LIST_SLOT == substitution.FAVOURITE_SLOT
