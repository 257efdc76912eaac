"""What may change: which numbers a range holds, what is refused before anything is run, and what gives way to what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import demandshift as ds
from demandshift.experiments.tuning.axes import Choices, Span, Steps, read_space

QUANTITY, PRICE = "firms.stall.ordering.quantity", "products.plum.price"


def values_of(axis: Steps | Choices) -> list[object]:
    """Return all values of an axis."""
    return [axis.value(position) for position in range(axis.size)]


def test_a_range_of_units_is_whole_and_one_of_money_is_not(stall):
    """If this fails, half a unit is tried, or a price only in whole euros: both ranges are written alike."""
    units, money = read_space(stall, [f"{QUANTITY}=5:8", f"{PRICE}=2:4"]).axes
    assert isinstance(units, Steps)
    assert values_of(units) == [5, 6, 7, 8]
    assert all(isinstance(value, int) for value in values_of(units))
    assert isinstance(money, Span)
    assert money.value(2.71828) == 2.718
    assert (str(units), str(money)) == ("5 to 8 in whole numbers", "2 to 4")


def test_steps_hold_both_ends_and_decimals_as_they_are_written(stall):
    """If this fails, 1.2 + 2 × 0.1 is tried, shown and saved as 1.4000000000000001, or an end is left out."""
    (axis,) = read_space(stall, [f"{PRICE}=1.2:1.6:0.1"]).axes
    assert values_of(axis) == [1.2, 1.3, 1.4, 1.5, 1.6]
    (axis,) = read_space(stall, [f"{QUANTITY}=10:40:15"]).axes
    assert values_of(axis) == [10, 25, 40]


def test_choices_are_read_as_values_of_a_scenario(stall):
    """If this fails, `true`, numbers and texts of a list become something else than `--set` would make of them."""
    (axis,) = read_space(stall, ["products.plum.stock=0,12,unlimited"]).axes
    assert values_of(axis) == [0, 12, "unlimited"]
    (axis,) = read_space(stall, ["products.pear.ordering=[{kind: none}, {quantity: 3}]"]).axes
    assert values_of(axis) == [{"kind": "none"}, {"quantity": 3}]


def test_python_says_the_same_with_tuples_and_lists(stall):
    """If this fails, notebooks and the command line search different spaces for the same words."""
    words = read_space(stall, [f"{QUANTITY}=5:50", f"{PRICE}=2:4:0.5", "products.pear.price=1,2"])
    spoken = read_space(stall, {QUANTITY: (5, 50), PRICE: (2, 4, 0.5), "products.pear.price": [1, 2]})
    mixed = read_space(stall, {QUANTITY: "5:50", PRICE: "2:4:0.5", "products.pear.price": "1,2"})
    assert words.axes == spoken.axes == mixed.axes


def test_the_size_counts_combinations(stall):
    """If this fails, a space is searched through that is too large, or a small one is not searched whole."""
    assert read_space(stall, {QUANTITY: (1, 10), "products.pear.price": [1, 2, 3]}).size == 30
    assert read_space(stall, {QUANTITY: (1, 10), PRICE: (2, 4)}).size is None


def test_a_level_takes_the_place_of_a_service_level():
    """If this fails, a level cannot be tuned where a service level stands, or the present policy changes."""
    shops = ds.load("two-shops")
    space = read_space(shops, {"firms.corner.ordering.level": (50, 300)})
    assert space.dropped == ("firms.corner.ordering.cycle_service",)
    made = space.made({"firms.corner.ordering.level": 77})
    cola = next(product for product in made.settled.products if product.name == "cola")
    assert (cola.ordering.level, cola.ordering.cycle_service) == (77, None)
    assert space.present() == {"firms.corner.ordering.level": None}
    assert shops.settled.products[0].ordering.cycle_service == 0.95


def test_an_exception_of_a_product_gives_way_too():
    """If this fails, a product's own level stands beside the service level that is tuned, and no candidate is valid."""
    shops = ds.load("two-shops")
    space = read_space(shops, {"products.own-cola.ordering.fill_rate": (0.8, 0.99)})
    assert space.dropped == ("products.own-cola.ordering.level",)
    own = next(
        product
        for product in space.made({"products.own-cola.ordering.fill_rate": 0.9}).settled.products
        if product.name == "own-cola"
    )
    assert (own.ordering.level, own.ordering.fill_rate) == (None, 0.9)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"firms.stall.ordring.quantity": (5, 50)}, "firms.stall has no 'ordring'; did you mean 'ordering'?"),
        ({"products.plum.prize": (1, 2)}, "products.plum.prize: unknown key; did you mean 'price'?"),
        ({PRICE: (-1, 5)}, "must be at least 0 (got -1)"),
        ({QUANTITY: (5.5, 20)}, "must be a whole number (got 5.5)"),
        ({QUANTITY: (5, 20, 0.5)}, "must be a whole number (got 5.5)"),
        ({PRICE: (3, 2)}, "low must be below high (got 3:2)"),
        ({PRICE: (2, 3, 0)}, "the step must be greater than 0 (got 0)"),
        ({PRICE: (1, 5, 0.3)}, "steps of 0.3 do not lead from 1 to 5 (the last one is 4.9)"),
        ({PRICE: (1, "dear")}, "needs finite numbers as low, high and step (got 1, 'dear')"),
        ({PRICE: (1, float("inf"))}, "needs finite numbers as low, high and step (got 1, inf)"),
        ({PRICE: 3}, "needs a range or choices, as low:high, low:high:step or choices a,b (got 3)"),
        ({PRICE: [3]}, "needs at least two different choices (got 3)"),
        ({PRICE: [3, 3]}, "needs at least two different choices (got 3, 3)"),
        ({PRICE: [3, "x"]}, "must be a number (got 'x')"),
        ({}, "nothing may change: name a key and its range, such as key=low:high"),
        ([f"{PRICE}=1:2", f"{PRICE}=2:3"], "sets what 'products.plum.price' sets; they cannot be applied together"),
        (["plum"], "needs the form path=value (got 'plum')"),
        ({"variants.a": (1, 2)}, "'variants' cannot be changed from here"),
        (
            {QUANTITY: (1, 2), "firms.stall.ordering.fill_rate": (0.5, 0.9)},
            "cannot change together with 'firms.stall.ordering.quantity': a policy names one of them",
        ),
    ],
)
def test_what_makes_no_scenario_is_said_beforehand(stall, over, said):
    """If this fails, hours are spent on a search whose key or range is wrong, or the message names no mend."""
    with pytest.raises(ds.ScenarioError) as error:
        read_space(stall, over)
    assert said in str(error.value)
    assert all(complaint.place.file == "--over" for complaint in error.value.complaints)


@given(
    low=st.integers(-50, 50),
    size=st.integers(2, 400),
    step=st.sampled_from([1, 2, 0.1, 0.25, 0.05, 3]),
    at=st.integers(0, 399),
)
def test_a_position_and_its_value_are_one(low, size, step, at):
    """If this fails, the present value is taken for another one, or for none, and is simulated twice."""
    axis = Steps("key", low, step, size)
    place = at % size
    assert axis.position(axis.value(place)) == place
    assert axis.position(axis.value(size - 1) + step) is None
    assert axis.position("12") is None


@given(low=st.floats(-1e6, 1e6), width=st.floats(1e-6, 1e9), share=st.floats(0, 1))
def test_numbers_of_a_range_stay_inside_and_near(low, width, share):
    """If this fails, rounding leads out of the range, or is coarser than the thousandth part that is promised."""
    axis = Span("key", low, low + width)
    if axis.high - axis.low <= 0:
        return
    position = axis.low + share * (axis.high - axis.low)
    value = axis.value(position)
    assert axis.low <= value <= axis.high
    assert abs(value - position) <= (axis.high - axis.low) / 1000 + 1e-9 * abs(position)
