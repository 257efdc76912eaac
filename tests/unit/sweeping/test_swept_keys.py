"""What is swept, as texts and as values: ranges in decimal, lists, spans, and what cannot be read."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demandshift.experiments.sweeping.swept_keys import Span, keys_of_mapping, keys_of_texts
from demandshift.scenarios.complaints import Complaints


def values_of(text: str):
    """Return what a text means for a key."""
    complaints = Complaints()
    keys = keys_of_texts([f"products.cola.price={text}"], "--grid", complaints)
    assert not complaints, list(complaints)
    return keys[0].values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.2:1.5:0.1", (1.2, 1.3, 1.4, 1.5)),
        ("1:2:0.3", (1.0, 1.3, 1.6, 1.9)),
        ("50:150:50", (50, 100, 150)),
        ("3:1:-1", (3, 2, 1)),
        ("0.8,0.9,0.95", (0.8, 0.9, 0.95)),
        ("1,2:4:1,9", (1, 2, 3, 4, 9)),
        ("1e-1:3e-1:1e-1", (0.1, 0.2, 0.3)),
        ("100, unlimited", (100, "unlimited")),
        ('"1:2:1","a,b"', ("1:2:1", "a,b")),
        ("[1, 2],[3]", ([1, 2], [3])),
        ("true,null", (True, None)),
        ("-1", (-1,)),
        ("5:5:1", (5,)),
    ],
)
def test_texts_mean_values(text: str, values: tuple):
    """If this fails, a sweep runs other values than those that the command line names."""
    found = values_of(text)
    assert found == values
    assert [type(each) for each in found] == [type(each) for each in values]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.integers(-500, 500), step=st.integers(1, 50), count=st.integers(0, 40), digits=st.integers(0, 4))
def test_ranges_are_the_numbers_that_one_writes(start: int, step: int, count: int, digits: int):
    """If this fails, repeated sums creep in: 1.3000000000000003 where 1.3 is meant, or a missing end."""
    scale = Decimal(10) ** -digits
    written = [str((start + place * step) * scale) for place in range(count + 1)]
    found = values_of(f"{written[0]}:{written[-1]}:{step * scale}")
    assert list(found) == [float(each) for each in written]


def test_a_span_has_two_ends():
    """If this fails, a design that chooses its own points gets another range."""
    assert values_of("50:300") == Span(50, 300)
    assert values_of("1.5:2") == Span(1.5, 2.0)


def test_python_gives_lists_arrays_and_texts():
    """If this fails, a notebook's arrays arrive as something that no scenario takes, or keys lose their quotes."""
    complaints = Complaints()
    over = {
        "products.cola.price": np.array([1.5, 2.0]),
        "products.cola.stock": np.arange(3),
        'products."Cola 0.5 L".cost': "1:2:1",
    }
    keys = keys_of_mapping(over, "sweep", complaints)
    assert not complaints
    assert [(each.key, each.values) for each in keys] == [
        ("products.cola.price", (1.5, 2.0)),
        ("products.cola.stock", (0, 1, 2)),
        ('products."Cola 0.5 L".cost', (1, 2)),
    ]
    assert {type(value) for each in keys for value in each.values} == {float, int}


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["price"], "--grid: needs the form key=values (got 'price')"),
        ([], "--grid: nothing is swept; name a key and its values, as in products.cola.price=1.2:2.4:0.1"),
        (["a=1:2:0"], "--grid: a: never gets from 1 to 2 in steps of 0 (got 1:2:0)"),
        (["a=1:2:-1"], "--grid: a: never gets from 1 to 2 in steps of -1 (got 1:2:-1)"),
        (["a=0:1:0.0000001"], "--grid: a: has more than 1,000,000 values (got 0:1:0.0000001)"),
        (["a=2:1"], "--grid: a: must go from low to high (got 2:1)"),
        (["a=1:2,5"], "--grid: a: 1:2 has no step, as in 1:2:1"),
        (["a=1,,2"], "--grid: a: has an empty place or an open bracket between its commas (got '1,,2')"),
        (["a="], "--grid: a: has an empty place or an open bracket between its commas (got '')"),
        (["a=1", "a=2"], "--grid: a: is swept twice; give all its values at once"),
        (["a..b=1"], "--grid: a..b: is not a path: a name is missing or needs double quotes at '.b'"),
        (
            ["replications=1,2"],
            "--grid: replications: no figure of a replication depends on it, so it cannot be swept; "
            "it is an argument of the sweep",
        ),
        (["name=a,b"], "--grid: name: no figure of a replication depends on it, so it cannot be swept"),
    ],
)
def test_what_cannot_be_read_is_said(texts: list[str], message: str):
    """If this fails, a slip of the pen runs as something else, or is not explained."""
    complaints = Complaints()
    keys_of_texts(texts, "--grid", complaints)
    assert [str(each) for each in complaints] == [message]


def test_python_values_that_are_none_are_said():
    """If this fails, a single number or an empty list is swept as if it were something."""
    complaints = Complaints()
    keys_of_mapping({"a": 3, "b": [], 4: [1]}, "sweep", complaints)
    assert [str(each) for each in complaints] == [
        "sweep: a: needs a list of values, or a text such as '1.2:2.4:0.1' (got 3)",
        "sweep: b: has no values",
        "sweep: 4: is not a path (got 4)",
    ]
