"""Substitution shares given from outside: their direction, number of attempts, tables, and what comes out again.

Sources: Kök & Fisher 2007 (one attempt), Blanchet, Gallego & Goyal 2016, sect. 4.1 (the Markov chain that is a logit).
"""

import math

import numpy as np
import pytest

import demandshift as ds
from demandshift.models.literature.plackett_luce import shares_without
from demandshift.simulator.ledger import Cause, Outcome

# Long statistics: counting branches would make them four times as long, and others count the same ones.
pytestmark = pytest.mark.no_cover

REPLICATIONS = 40

ONE_WAY = """
name: a one-way street
horizon: 30
firms: {shop: {}}
products:
  a: {firm: shop, price: 1, stock: unlimited}
  b: {firm: shop, price: 1, stock: unlimited}
segments:
  all:
    arrivals: {kind: poisson, rate: 10}
    choice:
      kind: substitution
      first_choice: {a: 0.3, b: 0.5, nothing: 0.2}
      substitution: {a: {b: 0.7}}
"""


def test_substitution_goes_one_way(simulate, ratio_of, agree):
    """If this fails, rows and columns of the matrix are exchanged: `a: {b: 0.7}` means from a to b.

    With a out, b sells 0.5 + 0.7·0.3 = 0.71 of all; turned round, 0.5. With b out, a sells 0.3; turned round, 0.65.
    """
    run = simulate(ONE_WAY, REPLICATIONS, overrides={"products.a.stock": 0})
    came = run.segment("arrived", "all")
    agree(ratio_of(run.offer("sales", "b"), came), 0.71, {"turned round": 0.5, "everybody": 0.8})
    agree(ratio_of(run.flow("a", Cause.STOCKOUT, Outcome.RECAPTURED, "b"), run.offer("demand", "a")), 0.7, {"none": 0})
    run = simulate(ONE_WAY, REPLICATIONS, overrides={"products.b.stock": 0})
    came = run.segment("arrived", "all")
    agree(ratio_of(run.offer("sales", "a"), came), 0.3, {"turned round": 0.65})
    assert run.flow("b", to="a").sum() == 0
    assert (run.flow("b", Cause.STOCKOUT, Outcome.LOST) == run.offer("demand", "b")).all()


NAMES = ("a", "b", "c", "d")
WEIGHTS = {"a": 1.6, "b": 0.4, "c": 1.0, "d": 0.2}
TOTAL = 1 + sum(WEIGHTS.values())
FIRST = {name: weight / TOTAL for name, weight in WEIGHTS.items()} | {"nothing": 1 / TOTAL}
CHAIN = {one: {other: WEIGHTS[other] / (TOTAL - WEIGHTS[one]) for other in NAMES if other != one} for one in NAMES}


def category(kind: str) -> str:
    """Return a scenario with four offers whose customers choose by a logit, or by the chain that is the same logit."""
    logit = {name: math.log(weight) + 1 for name, weight in WEIGHTS.items()}
    choice = (
        f"{{kind: logit, scale: 1, reservation_price: {logit}}}"
        if kind == "logit"
        else f"{{kind: substitution, first_choice: {FIRST}, substitution: {CHAIN}, attempts: {kind}}}"
    )
    return f"""
name: four offers by {kind}
horizon: 30
firms: {{shop: {{}}}}
products:
  a: {{firm: shop, price: 1, stock: unlimited}}
  b: {{firm: shop, price: 1, stock: unlimited}}
  c: {{firm: shop, price: 1, stock: unlimited}}
  d: {{firm: shop, price: 1, stock: unlimited}}
segments:
  all:
    arrivals: {{kind: poisson, rate: 12}}
    choice: {choice}
"""


def shares_after_one_attempt(out: tuple[str, ...]) -> dict[str, float]:
    """Return the share of customers who end with each offer when those out of stock send them on once only."""
    return {
        name: 0.0 if name in out else FIRST[name] + sum(FIRST[gone] * CHAIN[gone][name] for gone in out)
        for name in NAMES
    }


@pytest.mark.parametrize("out", [("a",), ("a", "c")], ids=["one out", "two out"])
@pytest.mark.parametrize("kind", ["logit", "unlimited"])
def test_the_chain_is_the_logit_that_it_stands_for(simulate, ratio_of, agree, kind, out):
    """If this fails, attempts without limit do not go on until something is to be had or the customer leaves.

    The theorem: w_j/(1 + Σ of what is left). With a out, b, d and c take 0.154, 0.385 and 0.077; with a and c out, b
    and d take 0.250 and 0.125, where one attempt would leave 0.203 and 0.101. The logit is simulated beside the chain.
    """
    overrides = {f"products.{name}.stock": 0 for name in out}
    run = simulate(category(kind), REPLICATIONS, overrides=overrides)
    came = run.segment("arrived", "all")
    expected = shares_without([1.0, *WEIGHTS.values()], [1 + NAMES.index(name) for name in out])[1:]
    once = shares_after_one_attempt(out)
    for name, share in zip(NAMES, expected, strict=True):
        mistakes = {"nobody moves": FIRST[name]} | ({"one attempt": once[name]} if len(out) == 2 else {})
        agree(ratio_of(run.offer("sales", name), came), share, {} if name in out else mistakes)


def test_one_attempt_of_kok_and_fisher(simulate, ratio_of, agree):
    """If this fails, somebody who finds the substitute out too tries again although one attempt is all.

    With a and c out, b sells its own share and what comes from a and c directly: 0.203, d 0.101; without a limit 0.250
    and 0.125. Two attempts are between the two and equal to neither.
    """
    out = ("a", "c")
    overrides = {f"products.{name}.stock": 0 for name in out}
    once = shares_after_one_attempt(out)
    without = shares_without([1.0, *WEIGHTS.values()], [1, 3])[1:]
    run = simulate(category("1"), REPLICATIONS, overrides=overrides)
    came = run.segment("arrived", "all")
    for name in ("b", "d"):
        mistakes = {"no limit": without[NAMES.index(name)], "nobody moves": FIRST[name]}
        agree(ratio_of(run.offer("sales", name), came), once[name], mistakes)

    run = simulate(category("2"), REPLICATIONS, overrides=overrides)
    sold = ratio_of(run.offer("sales", "b"), run.segment("arrived", "all"))
    twice = once["b"] + sum(
        FIRST[one] * CHAIN[one][other] * CHAIN[other]["b"] for one, other in (("a", "c"), ("c", "a"))
    )
    agree(sold, twice, {"once": once["b"]})


def test_what_is_shut_is_no_attempt(simulate, ratio_of, agree):
    """If this fails, a customer wastes the one attempt on an offer that is not even for sale (R8).

    Wanted a is out; of those, half would try b, which is shut, and go on from there to c. Counted as an attempt, b
    would leave c with 0.2 of them; passed over, 0.2 + 0.5·0.6 = 0.5.
    """
    text = """
    name: one out, one shut
    horizon: 30
    firms: {shop: {}}
    products:
      a: {firm: shop, price: 1, stock: 0}
      b: {firm: shop, price: 1, stock: unlimited, window: {opens: 29.99}}
      c: {firm: shop, price: 1, stock: unlimited}
    segments:
      all:
        arrivals: {kind: poisson, rate: 10}
        choice:
          kind: substitution
          first_choice: {a: 1}
          substitution: {a: {b: 0.5, c: 0.2}, b: {c: 0.6}}
    """
    run = simulate(text, REPLICATIONS)
    agree(ratio_of(run.offer("sales", "c"), run.offer("demand", "a")), 0.5, {"an attempt": 0.2, "not passed over": 0.7})


TABLE = """
store,from,to,share
shop,a,b,0.5
shop,a,c,0.2
shop,b,a,0.1
shop,b,c,0.6
elsewhere,a,b,0.9
"""
INLINE = {"a": {"b": 0.5, "c": 0.2}, "b": {"a": 0.1, "c": 0.6}}
IN_TURN = """
name: a is out first, then b
horizon: 40
firms: {shop: {}}
products:
  a: {firm: shop, price: 1, ordering: {kind: plan, orders: [{at: 20, quantity: 1000}]}}
  b: {firm: shop, price: 1, stock: 1000, shelf_life: 20}
  c: {firm: shop, price: 1, stock: unlimited}
segments:
  all:
    arrivals: {kind: poisson, rate: 12}
    choice:
      kind: substitution
      first_choice: {a: 0.45, b: 0.45, nothing: 0.1}
      substitution: {file: shares.csv, store: shop}
"""


def test_a_table_of_shares_says_the_same_as_the_file(load, simulate):
    """If this fails, shares read from a table differ from the same shares in the scenario, or another store's count."""
    from_table = load(IN_TURN, {"shares.csv": TABLE})
    inline = from_table.replace({"segments.all.choice.substitution": INLINE})
    assert from_table.hash == inline.hash
    one, two = simulate(from_table, 3), simulate(inline, 3)
    assert one.result.matrix.equals(two.result.matrix)
    other = load(IN_TURN.replace("store: shop", "store: elsewhere"), {"shares.csv": TABLE})
    assert other.hash != inline.hash
    assert simulate(other, 3).flow("a", to="b").sum() > one.flow("a", to="b").sum()


def test_simulated_transfer_shares_are_the_ones_put_in(simulate, load, tmp_path):
    """If this fails, transfer percentages cannot be exchanged: what goes out differs from what went in, or is turned.

    One product at a time is out, so nobody's substitute fails and the simulated shares are those of the table within 4
    standard errors (from a to b 0.5, from b to a 0.1). They can be written and read back as a scenario.
    """
    run = simulate(IN_TURN, REPLICATIONS, tables={"shares.csv": TABLE})
    frame = run.result.transfer_shares
    assert list(frame.columns[:4]) == ["store", "from", "to", "share"]
    assert set(frame["store"]) == {"shop"}
    found = {(row["from"], row["to"]): row["share"] for _, row in frame.iterrows()}
    assert set(found) == {("a", "b"), ("a", "c"), ("b", "a"), ("b", "c")}
    for (one, other), share in found.items():
        away = run.flow(one, Cause.STOCKOUT)
        moved = run.flow(one, Cause.STOCKOUT, Outcome.RECAPTURED, other)
        rate = moved.sum() / away.sum()
        error = math.sqrt(float(np.sum((moved - rate * away) ** 2)) / len(away) / (len(away) - 1)) / away.mean()
        assert share == pytest.approx(rate, rel=1e-12)
        assert abs(share - INLINE[one][other]) < 4 * error
        turned = INLINE.get(other, {}).get(one, 0.0)
        assert abs(share - turned) > 4 * error, "the direction matters"

    run.result.save(tmp_path)
    written = (tmp_path / "transfer_shares.csv").read_text(encoding="utf-8")
    again = load(IN_TURN, {"shares.csv": written})
    substitution = again.resolved["segments"]["all"]["choice"]["substitution"]
    assert {(one, other): share for one, row in substitution.items() for other, share in row.items()} == found


def test_retailers_columns_beside_the_shares_are_refused(load):
    """If this fails, a column of a table is read past without a word (R18)."""
    with pytest.raises(ds.ScenarioError, match="half_widht"):
        load(IN_TURN, {"shares.csv": TABLE.replace("share\n", "share,half_widht\n").replace("0.5\n", "0.5,1\n")})
