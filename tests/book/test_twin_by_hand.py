"""Twins that fit on paper: recorded customers with known wishes, followed through both worlds (R11)."""

import pytest

import demandshift as ds

STALLS = """
name: stalls
horizon: 5
warm_up: 0.5
replications: 2
firms: {old: {focal: true}, new: {}}
products:
  plum: {firm: old, price: 2, cost: 1, stock: 2}
  pear: {firm: new, price: 2, stock: unlimited}
segments:
  keen:
    arrivals: {kind: trace, file: visits.csv, segment: keen}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {plum: 4, pear: 1}}]}
  wavering:
    arrivals: {kind: trace, file: visits.csv, segment: wavering}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {plum: 3, pear: 2.5}}]}
  thrifty:
    arrivals: {kind: trace, file: visits.csv, segment: thrifty}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {pear: 1.5}}]}
variants:
  cheap: {products.pear.price: 1.25}
"""
VISITS = """
time,segment
0.25,wavering
1,wavering
2,keen
3,wavering
4,thrifty
"""
# Without the change: the wavering one of the warm-up and that of time 1 take both plums; the keen one at 2 finds none
# and leaves; the wavering one at 3 finds none and crosses the street; the thrifty one wants nothing. With it, all
# wavering ones want a pear, the keen one gets his plum, and the thrifty one buys a pear.


@pytest.fixture(scope="module")
def stalls(load) -> ds.Twin:
    """Return the twin of a rival's price cut."""
    return ds.twin(load(STALLS, {"visits.csv": VISITS}), "cheap")


def row(frame, **where):
    """Return the one row of a frame in which columns have given values."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0]


def test_every_customer_is_followed(stalls: ds.Twin) -> None:
    """If this fails, somebody is lost or given another's story on the way from one world to the other."""
    columns = ["wanted_without", "outcome_without", "bought_without", "wanted_with", "outcome_with", "bought_with"]
    told = stalls.moves.fillna("-")[[*columns, "demand_move", "purchases_move", "mean"]]
    assert sorted(map(tuple, told.to_numpy().tolist())) == [
        ("-", "not_interested", "-", "pear", "served", "pear", "gained", "gained", 1.0),
        ("plum", "diverted", "pear", "pear", "served", "pear", "competitive", "stayed", 1.0),
        ("plum", "lost", "-", "plum", "served", "plum", "stayed", "regained", 1.0),
        ("plum", "served", "plum", "pear", "served", "pear", "competitive", "competitive", 1.0),
    ], "the customer of the warm-up is not in the cohort (R1)"


def test_the_rate_is_what_the_rule_says(stalls: ds.Twin) -> None:
    """If this fails, R11's rate has another numerator or denominator: demand is 3 without the change, 1 with it."""
    whole = row(stalls.rates, of="demand", level="offer", name="plum", kind="(all)", to="(all)")
    assert whole["moved"] == 2
    assert whole["rate"] == pytest.approx(2 / 3)
    assert whole["rate_half_width"] == 0
    assert whole["n"] == 2
    assert row(stalls.rates, of="demand", level="offer", name="plum", to="pear")["rate"] == pytest.approx(2 / 3)
    pear = row(stalls.rates, of="demand", level="offer", name="pear", kind="(all)", to="(all)")
    assert pear["moved"] == -3
    assert pear["rate"] != pear["rate"], "0/0 is no number (R17)"
    everybody = row(stalls.rates, of="demand", level="all", kind="(all)", to="(all)")
    assert everybody["rate"] == pytest.approx(-1 / 3), "the thrifty one is new demand; the others moved"


def test_purchases_are_told_apart_from_demand(stalls: ds.Twin) -> None:
    """If this fails, who was diverted by an empty shelf counts as moved by the rival's price, or the reverse."""
    kinds = stalls.by_kind[(stalls.by_kind["of"] == "purchases") & (stalls.by_kind["segment"] == "(all)")]
    assert dict(zip(kinds["kind"], kinds["mean"], strict=True)) == {
        "stayed": 1,
        "competitive": 1,
        "gained": 1,
        "regained": 1,
    }
    plum = row(stalls.rates, of="purchases", level="offer", name="plum", kind="(all)", to="(all)")
    assert (plum["moved"], plum["rate"]) == (0, 0), "one plum to the cohort in either world"


def test_figures_are_paired(stalls: ds.Twin) -> None:
    """If this fails, the difference of a figure is not that with the change less that without it."""
    revenue = row(stalls.figures, level="firm", name="new", figure="revenue")
    assert (revenue["without"], revenue["with"], revenue["difference"]) == (2.0, 3 * 1.25, 1.75)


def test_moves_in_time(load) -> None:
    """If this fails, who waits for an announced price because of the change does not count as moved in time (R9)."""
    kiosk = """
    name: kiosk
    horizon: 5
    replications: 1
    firms: {kiosk: {}}
    products: {ice: {firm: kiosk, price: 2.5, stock: unlimited}}
    segments:
      patient:
        arrivals: {kind: trace, file: visits.csv, segment: patient}
        choice: {kind: ranking, lists: [{share: 1, reservation_price: {ice: 3}}]}
        waiting: {up_to: 5}
      hasty:
        arrivals: {kind: trace, file: visits.csv, segment: hasty}
        choice: {kind: ranking, lists: [{share: 1, reservation_price: {ice: 3}}]}
    """
    scenario = load(kiosk, {"visits.csv": "time,segment\n1,patient\n2,hasty\n4,patient\n"})
    sale = {"products.ice.pricing": {"kind": "scheduled", "announced": True, "changes": [{"at": 3, "price": 1}]}}
    told = ds.twin(scenario, sale)
    moved = told.by_kind[(told.by_kind["of"] == "purchases") & (told.by_kind["segment"] == "(all)")]
    assert dict(zip(moved["kind"], moved["mean"], strict=True)) == {"stayed": 2, "strategic": 1}
    demand = told.by_kind[(told.by_kind["of"] == "demand") & (told.by_kind["segment"] == "(all)")]
    assert dict(zip(demand["kind"], demand["mean"], strict=True)) == {"stayed": 3}, "all want an ice in both worlds"
    assert told.moves["half_width"].isna().all(), "with one replication there is no half-width (R17)"


def test_who_comes_in_one_world_only(load) -> None:
    """If this fails, a customer who does not exist without the change is paired with somebody else."""
    scenario = load(STALLS, {"visits.csv": VISITS, "more.csv": VISITS.replace("2,keen", "2,keen\n2.5,keen")})
    told = ds.twin(scenario, {"segments.keen.arrivals.file": "more.csv", "products.plum.stock": 9})
    came = told.moves[told.moves["demand_move"] == "came"]
    assert came[["outcome_without", "wanted_with", "bought_with", "mean"]].to_numpy().tolist() == [
        ["not_here", "plum", "plum", 1.0]
    ]
    assert told.notes[0] == "Segment keen: the recorded arrivals are others with the change."
    earlier = load(STALLS, {"visits.csv": VISITS, "less.csv": VISITS.replace("2,keen", "1.5,keen")})
    other = ds.twin(earlier, {"segments.keen.arrivals.file": "less.csv"})
    kinds = other.by_kind[other.by_kind["segment"] == "keen"]
    # The first of either table has the number 0, and is another person: the moment is another.
    assert set(kinds["kind"]) == {"came", "stayed_away"}
