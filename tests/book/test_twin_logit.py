"""A rival's price cut under the multinomial logit, in closed form: shares before and after, and who moves.

With P the shares before and P' those after a cut of one price, Luce's axiom (Luce 1959) says that all others lose in
proportion: (P − P')/P is the same for each of them and for buying nothing. Customer by customer more holds: with tastes
unchanged, who moves moves to what became cheaper, and to nothing else.
"""

import math

import pytest

import demandshift as ds

SCALE = 0.5
WORTHS = {"red": 2.3, "white": 1.9, "rival": 2.0}
PRICES = {"red": 2.0, "white": 1.8, "rival": 2.1}
CUT = 1.7
TOWN = f"""
name: town
horizon: 10
warm_up: 1
firms: {{corner: {{focal: true}}, market: {{}}}}
products:
  red: {{firm: corner, price: {PRICES["red"]}, stock: unlimited}}
  white: {{firm: corner, price: {PRICES["white"]}, stock: unlimited}}
  rival: {{firm: market, price: {PRICES["rival"]}, stock: unlimited}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 120}}
    choice:
      kind: logit
      scale: {SCALE}
      reservation_price: {{red: {WORTHS["red"]}, white: {WORTHS["white"]}, rival: {WORTHS["rival"]}}}
variants:
  cut: {{products.rival.price: {CUT}}}
"""
REPLICATIONS = 30


def shares(prices: dict[str, float]) -> dict[str, float]:
    """Return the shares of the multinomial logit, `nothing` among them."""
    weights = {name: math.exp((WORTHS[name] - price) / SCALE) for name, price in prices.items()}
    whole = 1 + sum(weights.values())
    return {**{name: weight / whole for name, weight in weights.items()}, "nothing": 1 / whole}


BEFORE, AFTER = shares(PRICES), shares({**PRICES, "rival": CUT})


@pytest.fixture(scope="module", params=["full", "lazy"])
def cut(request: pytest.FixtureRequest, load) -> ds.Twin:
    """Return the twin of the cut; where the scenario is drawn lazily, the twin must not be (R14)."""
    return ds.twin(load(TOWN, draws=request.param), "cut", replications=REPLICATIONS, seed=4)


def measured(told: ds.Twin, name: str, **where: str):
    """Return a rate of demand with its standard error from the half-width that is shown."""
    from scipy import stats

    rows = told.rates[(told.rates["of"] == "demand") & (told.rates["name"] == name)]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, rows
    half_width = float(rows.iloc[0]["rate_half_width"]) / stats.t.ppf(0.975, REPLICATIONS - 1)
    return float(rows.iloc[0]["rate"]), half_width


@pytest.mark.parametrize("name", ["red", "white"])
def test_all_others_lose_in_proportion(cut: ds.Twin, agree, name: str) -> None:
    """If this fails, R11's rate is not (d₀ − d₁)/d₀, or the change draws on some offers more than the logit says."""
    from types import SimpleNamespace

    rate, error = measured(cut, name, kind="(all)", to="(all)")
    truth = (BEFORE[name] - AFTER[name]) / BEFORE[name]
    mistakes = {
        "over the demand with the change": (BEFORE[name] - AFTER[name]) / AFTER[name],
        "over all customers": BEFORE[name] - AFTER[name],
        "no effect": 0.0,
    }
    agree(SimpleNamespace(value=rate, error=error), truth, mistakes)
    assert truth == pytest.approx((BEFORE["nothing"] - AFTER["nothing"]) / BEFORE["nothing"]), "Luce's axiom"


def test_what_became_cheaper_gains(cut: ds.Twin, agree) -> None:
    """If this fails, a gain has the wrong sign or the wrong parts: from the other shop, and from nothing."""
    from types import SimpleNamespace

    whole = {"kind": "(all)", "to": "(all)"}
    parts = {
        "rival": (whole, (BEFORE["rival"] - AFTER["rival"]) / BEFORE["rival"]),
        "from red": ({"to": "red"}, (AFTER["red"] - BEFORE["red"]) / BEFORE["rival"]),
        "from white": ({"to": "white"}, (AFTER["white"] - BEFORE["white"]) / BEFORE["rival"]),
        "from nothing": ({"to": "(nothing)"}, (AFTER["nothing"] - BEFORE["nothing"]) / BEFORE["rival"]),
    }
    for where, truth in parts.values():
        rate, error = measured(cut, "rival", **where)
        agree(SimpleNamespace(value=rate, error=error), truth, {"sign": -truth})


def test_nobody_moves_anywhere_else(cut: ds.Twin) -> None:
    """If this fails, customers are not the same persons in both worlds: with their tastes nobody has another reason.

    A lazily drawn twin would show moves between the corner's own offers, and away from the rival.
    """
    flows = cut.flows[(cut.flows["of"] == "demand") & (cut.flows["kind"] != "stayed")]
    assert set(flows["to"]) == {"rival"}
    assert set(flows["from"]) == {"red", "white", "(nothing)"}
    assert set(cut.manifest["draws"].values()) == {"full"}
    assert set(cut.manifest["draws_with_change"].values()) == {"full"}


def test_a_lazily_drawn_scenario_is_drawn_in_full_and_says_so(load) -> None:
    """If this fails, a reader takes the twin's customers for those of a run that draws lazily (R14, R18)."""
    told = ds.twin(load(TOWN, draws="lazy"), "cut", replications=2)
    assert told.manifest["draws_set_to_full"] == ["all"]
    assert told.notes == (
        "Draws were set to full for segment all, which a run draws lazily, so that the same persons meet the change "
        "(R14); a run of the scenario as it stands meets others, of the same distribution.",
    )
    assert ds.twin(load(TOWN), "cut", replications=2).notes == ()
