"""The lazy race: a logit customer's whole decision without a draw for every offer (R6, R7, R9, R10).

In the logit each alternative arrives after an exponential time of its own rate, and the first to arrive is liked best.
Such times have no memory. So the favourite can be drawn by shares; if it can be had, one more uniform gives its
surplus. For who is turned away at time A, the others start anew at A, so that all offers that count alike can be drawn
as one group, whose first arrival names its owner by shares. The distribution is exactly that of the full race
(docs/explanation/lazy-race.md). It holds for customers without a home who do not wait.

Both engines do this arithmetic, with scalars, in this order (R15).
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ..models.chance import Chance, Purpose
from ..models.problem import Transfer
from .decision import SegmentView

FAVOURITE_SLOT = 0
"""Uniform: who the favourite is."""
SPLIT_SLOT = 1
"""Uniform: how the sum of two exponentials, up to the favourite and from there to nothing, is split between them."""
SUM_SLOTS = (2, 3)
"""Exponentials: their sum is the one that is split."""
GROUP_SLOT = 4
"""Exponential of a group's first arrival; the group's number is added."""
OWNER_SLOT = 8
"""Uniform that names the owner of a group; the group's number is added."""

SLOTS = 12
"""How many slots there are."""

TO_BE_HAD, LACKING = 0, 1
"""The two halves of each kind; a group's number is 2 · kind + half."""
KINDS = (Transfer.SUBSTITUTIVE, Transfer.COMPETITIVE)
NOBODY = -1
"""Stands for no offer."""

Stall = tuple[list[int], list[float]]
"""What is considered of one firm, and the tree of the weights of those offers that belong to a group."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a customer; positions count the considered offers."""

    favourite: int
    """`NOBODY` for a customer who is not interested."""
    bought: int = NOBODY
    surplus: float = 0.0
    """Of what was bought, less its transfer cost, in money."""
    willing: tuple[tuple[Transfer, int], ...] = ()
    """For who was turned away: the kinds of transfer that he was willing to make, each with its best alternative."""


def run_race(
    view: SegmentView, scale: float, weights: Sequence[float], to_be_had: Sequence[bool], chance: Chance
) -> Ending:
    """Return what becomes of one customer.

    Parameters
    ----------
    view : SegmentView
        The customer's segment: firms of the considered offers and what moving costs.
    scale : float
        Spread of tastes, in money.
    weights : sequence of float
        Rate of arrival of each considered offer, 0 for one whose window is shut; buying nothing has rate 1.
    to_be_had : sequence of bool
        Which offers can be had.
    chance : Chance
        The customer's draws.
    """
    cumulative = cumulated(weights)
    favourite = favourite_of(cumulative, chance.uniform(Purpose.RACE, FAVOURITE_SLOT))
    if favourite == NOBODY:
        return Ending(NOBODY)
    total = cumulative[-1]
    split = chance.uniform(Purpose.RACE, SPLIT_SLOT)
    if to_be_had[favourite]:
        return Ending(favourite, favourite, scale * math.log(1.0 + total * split / (1.0 - split)))
    return _turned_away(view, scale, weights, to_be_had, favourite, total, split, chance)


def cumulated(weights: Sequence[float]) -> list[float]:
    """Return the running sums of all weights, buying nothing first; shape (considered offers + 1,)."""
    sums = [1.0]
    for weight in weights:
        sums.append(sums[-1] + weight)
    return sums


def favourite_of(cumulative: Sequence[float], uniform: float) -> int:
    """Return the offer into whose share of all weights a uniform falls; `NOBODY` for buying nothing.

    An offer without weight has no share, and none is named for it. A uniform is at most 1 − 2⁻⁵³, for which the rounded
    product is still below the total, so that there is always somebody to name.
    """
    return bisect_right(cumulative, uniform * cumulative[-1]) - 1


def _turned_away(
    view: SegmentView,
    scale: float,
    weights: Sequence[float],
    to_be_had: Sequence[bool],
    favourite: int,
    total: float,
    split: float,
    chance: Chance,
) -> Ending:
    """Return what becomes of a customer whose favourite cannot be had."""
    drawn_sum = chance.exponential(Purpose.RACE, SUM_SLOTS[0]) + chance.exponential(Purpose.RACE, SUM_SLOTS[1])
    favourite_at = (1.0 - split) * drawn_sum / total
    nothing_at = favourite_at + split * drawn_sum

    groups = [group for kind in KINDS for group in _halves(view, kind, favourite, weights, to_be_had)]

    willing: list[tuple[Transfer, int]] = []
    bought, bought_surplus = NOBODY, 0.0
    for kind in KINDS:
        liked_best, liked_at = NOBODY, math.inf
        for half in (TO_BE_HAD, LACKING):
            group = 2 * kind + half
            if not groups[group]:
                continue
            group_weight = _total(groups[group])
            arrives = favourite_at + chance.exponential(Purpose.RACE, GROUP_SLOT + group) / group_weight
            if arrives > nothing_at:
                continue
            owner = _owner(groups[group], chance.uniform(Purpose.RACE, OWNER_SLOT + group) * group_weight)
            if arrives < liked_at:
                liked_best, liked_at = owner, arrives
            if half == TO_BE_HAD:
                surplus = scale * math.log(nothing_at / arrives) - view.cost(favourite, owner)
                # Ties: buying before nothing, then the order of declaration (R8a).
                if surplus >= 0 and (
                    bought == NOBODY or surplus > bought_surplus or (surplus == bought_surplus and owner < bought)
                ):
                    bought, bought_surplus = owner, surplus
        if liked_best != NOBODY:
            willing.append((kind, liked_best))
    return Ending(favourite, bought, bought_surplus, tuple(willing))


def _halves(
    view: SegmentView, kind: Transfer, favourite: int, weights: Sequence[float], to_be_had: Sequence[bool]
) -> tuple[list[Stall], list[Stall]]:
    """Return the alternatives of one kind to a favourite, firm by firm: those to be had, and those that are lacking."""
    halves: tuple[list[Stall], list[Stall]] = ([], [])
    for firm in dict.fromkeys(view.firms):
        if (firm == view.firms[favourite]) != (kind == Transfer.SUBSTITUTIVE):
            continue
        for half, stalls in enumerate(halves):
            positions = [position for position, owner in enumerate(view.firms) if owner == firm]
            members = [
                weights[position] if to_be_had[position] == (half == TO_BE_HAD) and position != favourite else 0.0
                for position in positions
            ]
            if any(members):
                stalls.append((positions, _tree_of(members)))
    return halves


def _tree_of(weights: Sequence[float]) -> list[float]:
    """Return the sums of weights two by two, of those two by two, and so on.

    Entry n is the sum of entries 2n and 2n + 1, so that entry 1 is the sum of all, and the last entries are the weights
    in their order. Compiled code adds in the same order, and only what has changed.
    """
    width = 1
    while width < len(weights):
        width *= 2
    tree = [*[0.0] * width, *weights, *[0.0] * (width - len(weights))]
    for node in range(width - 1, 0, -1):
        tree[node] = tree[2 * node] + tree[2 * node + 1]
    return tree


def _total(stalls: Sequence[Stall]) -> float:
    """Return the weight of all, added in order: `sum` would add more exactly than compiled code does."""
    total = 0.0
    for _, tree in stalls:
        total += tree[1]
    return total


def _owner(stalls: Sequence[Stall], wanted: float) -> int:
    """Return the offer into whose share a part of their weight falls: firm by firm, then offer by offer."""
    for positions, tree in stalls:
        if wanted < tree[1]:
            return positions[_leaf(tree, wanted)]
        wanted -= tree[1]
    # What rounding leaves belongs to the last that has a weight.
    positions, tree = stalls[-1]
    return positions[_leaf(tree, math.inf)]


def _leaf(tree: Sequence[float], wanted: float) -> int:
    """Return which of a tree's weights a part of their sum falls into; never one that is 0."""
    width, node = len(tree) // 2, 1
    while node < width:
        node *= 2
        if wanted >= tree[node] and tree[node + 1] > 0:
            wanted -= tree[node]
            node += 1
    return node - width
