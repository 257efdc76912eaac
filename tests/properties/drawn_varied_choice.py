"""Choices of drawn scenarios whose customers differ in more than the noise of a logit (R6)."""

from typing import Any

from drawn_parts import moneys, shares
from hypothesis import strategies as st

TASTES = st.one_of(
    st.fixed_dictionaries({"kind": st.just("normal"), "mean": moneys(-8, 24), "standard_deviation": moneys(0, 8)}),
    st.fixed_dictionaries({"kind": st.just("lognormal"), "median": moneys(1, 16), "spread": moneys(0, 4)}),
    st.fixed_dictionaries({"kind": st.just("uniform"), "low": moneys(0, 8), "high": moneys(8, 24)}),
    st.fixed_dictionaries({"kind": st.just("exponential"), "mean": moneys(1, 16)}),
    st.fixed_dictionaries({"kind": st.just("empirical"), "values": st.lists(moneys(0, 16), min_size=1, max_size=4)}),
)
"""What varies between customers."""


def drawn_varied_choice(draw: Any, names: list[str], worths: st.SearchStrategy[dict[str, float]]) -> dict[str, Any]:
    """Return a choice of one of the kinds, over the named offers.

    Offers may sell one product and share their taste, so that a nest holds all of them.
    """
    kind = draw(st.sampled_from(["nested_logit", "latent_classes", "vertical", "locational", "mixed_logit"]))
    scale = draw(moneys(1, 16))
    if kind == "nested_logit":
        nest = {"offers": names, "dissimilarity": draw(st.sampled_from([0.125, 0.5, 0.875, 1.0]))}
        return {"kind": kind, "scale": scale, "reservation_price": draw(worths), "nests": {"all": nest}}
    if kind == "latent_classes":
        classes = [
            {"share": share, "scale": draw(moneys(1, 16)), "reservation_price": draw(worths)}
            for share in draw(shares(draw(st.integers(1, 3))))
        ]
        return {"kind": kind, "classes": classes}
    if kind == "vertical":
        return {"kind": kind, "quality": {name: draw(moneys(0, 24)) for name in names}, "taste": draw(TASTES)}
    if kind == "mixed_logit":
        spread = {"kind": "lognormal", "median": scale, "spread": 0.5}
        # No product has attributes of its own here: all have none of what is worth something.
        return {"kind": kind, "scale": spread, "reservation_price": draw(worths), "coefficients": {}}
    circle = draw(st.booleans())
    return {
        "kind": kind,
        "reservation_price": draw(worths),
        "location": {name: draw(st.sampled_from([0.0, 0.25, 0.5, 1.0])) for name in names},
        "distance_cost": draw(moneys(0, 24)),
        "customers": {"kind": "uniform", "low": 0.0, "high": 1.0} if circle else draw(TASTES),
        **({"circle": 1.0} if circle else {}),
    }
