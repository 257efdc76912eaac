"""Customers taking what is left, one after another, and what one more unit at the start would have changed: compiled.

The compiled functions stand in this file alone and call nothing outside it, and they take all numbers as arguments.
So numba's own way of keeping code suffices, which looks at the file of a function: nothing that is compiled into it
can change elsewhere. (The simulator's `compiling` module, which looks at many files, lies above this layer.)
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from ..problem import Floats, Integers

Preferences = npt.NDArray[np.int32]
"""Products in a customer's order, shape (customers, depth); −1 ends a list that is shorter."""

Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function) -> Function:
    """Compile on first use, and keep the code on disk."""
    try:
        dispatcher = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:
        # Numba says so where it finds no folder that can be written: then every process compiles for itself.
        dispatcher = numba.njit(nogil=True, error_model="numpy")(function)
    return cast("Function", dispatcher)


@_compiled
def _serve(wishes: Preferences, left: Floats) -> tuple[int, float]:
    """Let one customer take one unit in all, of what is left, in his order; `left` is modified in place.

    Returns the place in his list where he had enough, or that of its end, and what he went without. A product of which
    exactly as much is left as he lacks satisfies him: that makes the gradient the one for a little more of everything.
    """
    lacking = 1.0
    for place in range(len(wishes)):
        product = wishes[place]
        if product < 0:
            return place, lacking
        if left[product] >= lacking:
            left[product] -= lacking
            return place, 0.0
        lacking -= left[product]
        left[product] = 0.0
    return len(wishes), lacking


@_compiled
def sell(
    preferences: Preferences,
    start: Integers,
    stock: Floats,
    price: Floats,
    worth: Floats,
    penalty: Floats,
    money: Floats,
    sold: Floats,
) -> None:
    """Go through the customers of each draw.

    Parameters
    ----------
    preferences
        Shape (customers, depth).
    start
        First customer of each draw, and their number at the end. Shape (draws + 1,).
    stock
        Units at the start. Shape (draws, products), or (1, products) for the same in all draws.
    price, worth, penalty
        Money per unit sold, per unit left over, and per customer who leaves with nothing, by his favourite. Shape
        (products,).
    money
        Revenue and worth of what is left, less penalties. Shape (draws,). Modified in place.
    sold
        Units. Shape (draws, products). Modified in place.
    """
    for draw in range(len(start) - 1):
        opening = stock[draw % len(stock)]
        left = opening.copy()
        lost = 0.0
        for customer in range(start[draw], start[draw + 1]):
            wishes = preferences[customer]
            if wishes[0] >= 0:
                _, lacking = _serve(wishes, left)
                lost += penalty[wishes[0]] * lacking
        total = -lost
        for product in range(len(price)):
            sold[draw, product] = opening[product] - left[product]
            total += price[product] * sold[draw, product] + worth[product] * left[product]
        money[draw] = total


@_compiled
def differentiate(
    preferences: Preferences,
    start: Integers,
    stock: Floats,
    price: Floats,
    worth: Floats,
    penalty: Floats,
    money: Floats,
    gradient: Floats,
) -> None:
    """Go through the customers of each draw, and then back.

    Parameters
    ----------
    preferences, start, stock, price, worth, penalty, money
        See `sell`.
    gradient
        Derivative of `money` by the stock at the start. Shape (draws, products). Modified in place.
    """
    most = 0
    for draw in range(len(start) - 1):
        most = max(most, start[draw + 1] - start[draw])
    places = np.empty(most, dtype=np.int64)
    depth = preferences.shape[1]
    for draw in range(len(start) - 1):
        first = start[draw]
        opening = stock[draw % len(stock)]
        left = opening.copy()
        lost = 0.0
        for customer in range(first, start[draw + 1]):
            wishes = preferences[customer]
            place, lacking = _serve(wishes, left)
            places[customer - first] = place
            if wishes[0] >= 0:
                lost += penalty[wishes[0]] * lacking
        total = -lost
        for product in range(len(price)):
            total += price[product] * (opening[product] - left[product]) + worth[product] * left[product]
        money[draw] = total

        # What one more unit of each product is worth to those who are still to come: after the last, what is left over.
        value = gradient[draw]
        value[:] = worth
        for customer in range(start[draw + 1] - 1, first - 1, -1):
            wishes = preferences[customer]
            place = places[customer - first]
            if place == 0:
                continue  # He had enough of his favourite, of which more is passed on; or he wants nothing.
            if place < depth and wishes[place] >= 0:
                # More of what he emptied leaves as much more of what he took in the end.
                last = wishes[place]
                instead = value[last] - price[last]
            else:
                instead = penalty[wishes[0]]
            for emptied in range(place):
                product = wishes[emptied]
                value[product] = price[product] + instead
