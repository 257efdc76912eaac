"""The Shapley value: a fair share of a total for each part, whatever the order in which parts come.

A game gives every set S of k parts a worth v(S), here one for each replication. The Shapley value of part i is

    φᵢ = Σ over S without i of |S|! (k − |S| − 1)! / k! · (v(S ∪ i) − v(S)),

the mean over all k! orders of what i adds to the parts before it (Shapley 1953). It is the only share that adds up to
v(all) − v(none), treats parts alike that add alike, gives nothing to a part that never adds anything, and is additive
over games. The mean over random orders estimates it without bias (Castro, Gómez & Tejada 2009).

Sets are whole numbers whose bits say which parts are in them.
"""

from collections.abc import Mapping, Sequence
from math import factorial

import numpy as np

from ...models.problem import Floats


def shapley_values(worths: Mapping[int, Floats], number: int) -> Floats:
    """Return the Shapley value of every part.

    Parameters
    ----------
    worths : mapping of int to array (replications,)
        The worth of every set of parts, 2^number of them.
    number : int
        Number of parts, k.

    Returns
    -------
    array (parts, replications)

    Examples
    --------
    Shapley's glove game: one left glove and two right ones; a pair is worth 1.

    >>> worth = lambda gloves: np.array([float(gloves & 1 and gloves > 1)])
    >>> shapley_values({gloves: worth(gloves) for gloves in range(8)}, 3).ravel().round(4).tolist()
    [0.6667, 0.1667, 0.1667]
    """
    weights = [factorial(size) * factorial(number - size - 1) / factorial(number) for size in range(number)]
    values = np.zeros((number, len(worths[0])))
    for some in range(2**number):
        for part in range(number):
            if not some >> part & 1:
                values[part] += weights[some.bit_count()] * (worths[some | 1 << part] - worths[some])
    return values


def values_along_orders(worth: Mapping[int, float], orders: Sequence[Sequence[int]], number: int) -> Floats:
    """Return what every part adds to those before it, on average over some orders.

    Parameters
    ----------
    worth : mapping of int to number
        The worth of every set that begins one of the orders, the empty one and the whole among them.
    orders : sequence of sequence of int
        Orders of all parts.
    number : int
        Number of parts.

    Returns
    -------
    array (parts,)
    """
    values = np.zeros(number)
    for order in orders:
        before = 0
        for part in order:
            after = before | 1 << part
            values[part] += worth[after] - worth[before]
            before = after
    return values / len(orders)


def drawn_orders(number: int, pairs: int, key: Sequence[int]) -> list[list[int]]:
    """Return random orders of parts in pairs: each is followed by its reverse, which varies less than another one.

    Parameters
    ----------
    number : int
        Number of parts.
    pairs : int
        Number of pairs.
    key : sequence of int
        What the orders are a function of.
    """
    generator = np.random.default_rng(list(key))
    orders: list[list[int]] = []
    for _ in range(pairs):
        order = generator.permutation(number).tolist()
        orders += [order, order[::-1]]
    return orders
