"""Second choices of the logit: Luce's choice axiom and the rankings that go with it.

With weights w_j = e^{(r_j − p_j)/s} and w_0 = 1 for buying nothing, a customer's first choice is j with probability
w_j / Σ w, and, of what is left after i, the next is j with w_j / (Σ w − w_i) (Luce 1959; Plackett 1975). So the
customers of an offer that runs out go to the others, and to buying nothing, in proportion to the weights: the
independence of irrelevant alternatives.

Weights run over all alternatives, buying nothing among them.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def _checked(weights: Sequence[float]) -> Array:
    array = np.array(weights, dtype=np.float64)
    if array.ndim != 1 or len(array) < 2:
        raise ValueError(f"weights: needs at least two alternatives (got {array.size})")
    if not (np.isfinite(array).all() and (array > 0).all()):
        raise ValueError("weights: must be numbers above 0")
    return array


def ranking_probability(weights: Sequence[float], ranking: Sequence[int]) -> float:
    """Return the probability that the best alternatives are these, in this order.

    Parameters
    ----------
    weights
        Weight of each alternative, above 0.
    ranking
        Positions of alternatives, best first, each at most once; it may stop anywhere.

    Examples
    --------
    >>> ranking_probability([1.0, 2.0, 1.0], [1, 0])
    0.25
    """
    array = _checked(weights)
    if len(set(ranking)) != len(ranking):
        raise ValueError(f"ranking: names an alternative twice (got {list(ranking)})")
    left = [float(weight) for weight in array]
    probability = 1.0
    for position in ranking:
        probability *= float(array[position]) / math.fsum(left)
        left[position] = 0.0
    return probability


def second_choices(weights: Sequence[float]) -> Array:
    """Return the probabilities that j is next best for those whose best is i.

    Parameters
    ----------
    weights
        Weight of each alternative, above 0.

    Returns
    -------
    Array
        Shape (alternatives, alternatives): row i, column j; the diagonal is 0 and rows sum to 1.

    Examples
    --------
    >>> second_choices([1.0, 2.0, 1.0]).round(3).tolist()
    [[0.0, 0.667, 0.333], [0.5, 0.0, 0.5], [0.333, 0.667, 0.0]]
    """
    array = _checked(weights)
    result = np.tile(array, (len(array), 1))
    np.fill_diagonal(result, 0.0)
    result /= result.sum(axis=1, keepdims=True)
    return result


def shares_without(weights: Sequence[float], missing: Sequence[int]) -> Array:
    """Return the shares after some alternatives are missing: the weights of the rest, scaled to 1.

    Parameters
    ----------
    weights
        Weight of each alternative, above 0.
    missing
        Positions of alternatives that cannot be had; not all of them.

    Examples
    --------
    >>> shares_without([1.0, 2.0, 1.0], [1]).tolist()
    [0.5, 0.0, 0.5]
    """
    array = _checked(weights)
    array[list(missing)] = 0.0
    if not array.any():
        raise ValueError("missing: something must be left, if only buying nothing")
    array /= array.sum()
    return array
