"""Blanchet, Gallego & Goyal 2016, Operations Research 64(4): the Markov chain model is exact for the logit.

Evidence level C: a theorem (sect. 4.1), confirmed by brute force to 1.7e-16 on the instance below.
"""

import itertools
import math

import pytest

from demandshift.models.choice.logit import Logit
from demandshift.models.choice.substitution import Substitution

WEIGHTS = (1.0, 0.7, 0.4, 0.2)
OUTSIDE = 1.0
TOTAL = sum(WEIGHTS) + OUTSIDE
PRICES = (0.0,) * 4


def chain(attempts):
    """Return the chain that the theorem makes from the logit's weights."""
    first = [weight / TOTAL for weight in WEIGHTS]
    rows = [
        [0.0 if j == i else WEIGHTS[j] / (TOTAL - WEIGHTS[i]) for j in range(len(WEIGHTS))] for i in range(len(WEIGHTS))
    ]
    return Substitution(first, rows, attempts)


@pytest.mark.parametrize("offered", [s for s in itertools.product((True, False), repeat=4) if any(s)])
def test_the_chain_is_the_logit_for_every_set(offered):
    """If this fails, substitution without a limit does not absorb where the theorem says."""
    left = OUTSIDE + sum(weight for weight, can in zip(WEIGHTS, offered, strict=True) if can)
    expected = [weight / left if can else 0.0 for weight, can in zip(WEIGHTS, offered, strict=True)]
    assert chain(None).shares(offered, PRICES) == pytest.approx(expected, abs=1e-15)
    logit = Logit([math.log(weight) for weight in WEIGHTS], 1.0, taste_slots=range(1, 5))
    assert logit.shares(offered, PRICES) == pytest.approx(expected, abs=1e-15)


def test_one_attempt_is_not_the_logit():
    """If this fails, the limit of attempts is not kept: with two offers missing, one substitute falls short."""
    offered = (False, False, True, True)
    with_limit, without = chain(1).shares(offered, PRICES), chain(None).shares(offered, PRICES)
    assert with_limit.sum() < without.sum() - 0.01
