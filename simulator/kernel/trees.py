"""Sums of weights that change one at a time: trees as in `demandshift.simulator.lazy_race`, in rows of a long array.

Entry n of a tree is the sum of entries 2n and 2n + 1; entry 1 is the sum of all. A tree of a width, a power of two, has
as many weights, in order, and takes twice as many rows from `start` on.
"""

from ...models.problem import Floats
from .. import lazy_race
from ..compiling import compiled, inlined
from .facts import Records

TO_BE_HAD, LACKING = lazy_race.TO_BE_HAD, lazy_race.LACKING


@inlined
def tree_of(stall: Records, half: int) -> int:
    """Return where the tree begins that has the weights of a firm's offers to be had, or of those lacking."""
    return stall.tree_start + 2 * half * stall.width


@compiled
def put_weight(trees: Floats, start: int, width: int, leaf: int, weight: float) -> None:
    """Change one weight, and the sums that it is part of. Modified in place."""
    node = width + leaf
    trees[start + node] = weight
    while node > 1:
        node //= 2
        trees[start + node] = trees[start + 2 * node] + trees[start + 2 * node + 1]


@inlined
def add_all(trees: Floats, start: int, width: int) -> None:
    """Work out all sums of a tree whose weights are there. Modified in place."""
    for node in range(width - 1, 0, -1):
        trees[start + node] = trees[start + 2 * node] + trees[start + 2 * node + 1]


@inlined
def sum_without(trees: Floats, start: int, width: int, leaf: int) -> float:
    """Return what the sum of all would be if one weight were 0: the same sums, of those that it is not part of."""
    node, total = width + leaf, 0.0
    while node > 1:
        total += trees[start + (node ^ 1)]
        node //= 2
    return total


@compiled
def leaf_at(trees: Floats, start: int, width: int, wanted: float) -> int:
    """Return which weight a part of their sum falls into; never one that is 0."""
    node = 1
    while node < width:
        node *= 2
        left = trees[start + node]
        # Without a branch: nobody can foretell it.
        beyond = (wanted >= left) & (trees[start + node + 1] > 0)
        wanted -= left if beyond else 0.0
        node += beyond
    return node - width
