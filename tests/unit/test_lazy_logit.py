"""The logit of the lazy race: weights, and where they end."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demandshift.models.choice.lazy_logit import LARGEST_EXPONENT, LazyLogit
from demandshift.models.choice.logit import Logit
from demandshift.models.choice.protocols import AttemptChoice, RaceChoice, SurplusChoice
from demandshift.models.choice.substitution import Substitution

WORTH = (2.2, 2.05, 1.35, 1.7)
PRICES = (1.8, 1.8, 1.2, 1.55)
SCALE = 0.45


def test_weights_are_exponential_in_surplus():
    """If this fails, customers of the lazy race have another logit than those of the full one."""
    found = LazyLogit(WORTH, SCALE).weights(PRICES)
    assert found == [math.exp((r - p) / SCALE) for r, p in zip(WORTH, PRICES, strict=True)]


def test_shares_are_weights_over_their_sum():
    """If this fails, firms that forecast by shares plan for other customers than those who come."""
    offered = (True, False, True, True)
    model = LazyLogit(WORTH, SCALE)
    weights = [weight if there else 0.0 for weight, there in zip(model.weights(PRICES), offered, strict=True)]
    expected = [weight / (1 + sum(weights)) for weight in weights]
    assert model.shares(offered, PRICES).tolist() == pytest.approx(expected, rel=1e-12)
    assert model.shares(offered, PRICES).tolist() == (
        Logit(WORTH, SCALE, taste_slots=(1, 2, 3, 4)).shares(offered, PRICES).tolist()
    )


def test_what_nobody_wants_has_no_weight():
    """If this fails, an offer worth −inf, or a thousand scales less than nothing, stops a run or is sold."""
    assert LazyLogit((-math.inf, -1000.0, 1.0), 1.0).weights((0.0, 0.0, 1.0)) == [0.0, 0.0, 1.0]


def test_a_weight_beyond_all_bounds_names_its_offer():
    """If this fails, an overflow surfaces as a riddle, or a weight is cut off and shares are wrong without a word."""
    model = LazyLogit((1.0, LARGEST_EXPONENT + 2.0), 1.0)
    assert model.weights((0.0, 2.0))[1] == math.exp(LARGEST_EXPONENT)
    with pytest.raises(ValueError, match=r"considered offer 1 is worth 601 scales more than its price"):
        model.weights((0.0, 1.0))
    with pytest.raises(ValueError, match="considered offer 0 is worth 1e\\+300 scales"):
        LazyLogit((1e300,), 1.0).weights((0.0,))


def test_every_offer_has_a_price():
    """If this fails, an offer too few is priced and the others move up."""
    with pytest.raises(ValueError, match="zip"):
        LazyLogit(WORTH, SCALE).weights(PRICES[:3])


@pytest.mark.parametrize(
    ("worth", "scale", "complaint"),
    [
        ((1.0,), 0.0, "scale: must be a number above 0"),
        ((math.inf,), 1.0, "reservation_price: must be a number or −inf"),
        ((math.nan,), 1.0, "reservation_price: must be a number or −inf"),
    ],
)
def test_bad_parameters(worth, scale, complaint):
    """If this fails, a model that means nothing is built."""
    with pytest.raises(ValueError, match=complaint):
        LazyLogit(worth, scale)


def test_the_engine_tells_the_three_kinds_of_choice_apart():
    """If this fails, a customer is served by the rules of another kind of model."""
    models = (Logit(WORTH, SCALE, taste_slots=range(1, 5)), Substitution((0.5, 0.5), ((0, 1), (1, 0)), 1))
    for model, kind in zip((*models, LazyLogit(WORTH, SCALE)), (SurplusChoice, AttemptChoice, RaceChoice), strict=True):
        assert [each for each in (SurplusChoice, AttemptChoice, RaceChoice) if isinstance(model, each)] == [kind]


@given(
    st.floats(0.01, 100),
    st.lists(st.tuples(st.floats(-50, 50), st.floats(0, 50)), min_size=1, max_size=6),
    st.floats(0.125, 8),
)
def test_weights_do_not_know_the_currency(scale, offers, factor):
    """If this fails, cents instead of euros change who buys."""
    worth, prices = zip(*offers, strict=True)
    if any((r - p) / scale > LARGEST_EXPONENT for r, p in offers):
        return
    dear = LazyLogit([r * factor for r in worth], scale * factor).weights([p * factor for p in prices])
    assert dear == pytest.approx(LazyLogit(worth, scale).weights(prices), rel=1e-9)
