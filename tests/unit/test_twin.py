"""The counting of moves, what a twin says of other people, its frames and pictures."""

import numpy as np
import pytest

import demandshift as ds
from demandshift.experiments.report.moves_picture import picture_of_flows
from demandshift.experiments.twins.kinds import Kind, ends_and_kind
from demandshift.experiments.twins.pairs import ABSENT, NOT_INTERESTED, Cohort, check_moves, moves_of
from demandshift.experiments.twins.reckoning import OUTCOMES
from demandshift.experiments.twins.sums import sums_by
from demandshift.simulator.arguments import ArgumentError
from demandshift.simulator.build.world import build_world
from demandshift.simulator.ledger import Cause, InvariantError, Outcome
from demandshift.simulator.loop import Loop
from demandshift.simulator.run import RunCancelledError

NO = (-1, Cause.NONE, NOT_INTERESTED, -1)
AWAY = (-1, Cause.NONE, ABSENT, -1)
BRIEF = {"horizon": 9}


def buys(offer: int) -> tuple[int, int, int, int]:
    """Return what a customer did who wanted and bought an offer."""
    return offer, Cause.NONE, Outcome.SERVED, offer


def cohort(*customers: tuple[int, float, tuple[int, int, int, int]]) -> Cohort:
    """Return customers given as key, first visit and what they did."""
    keys, visits, did = zip(*customers, strict=True)
    return Cohort(np.array(keys), np.array(visits), np.array(did, dtype=np.int64))


def test_customers_are_matched_one_by_one() -> None:
    """If this fails, two persons are taken for one, or one for two."""
    without = cohort((0, 0.5, buys(0)), (1, 1.0, buys(0)), (3, 2.0, NO), (5, 3.0, buys(1)))
    changed = cohort((0, 0.5, buys(1)), (2, 1.5, NO), (3, 2.25, buys(0)), (5, 3.0, buys(1)))
    assert moves_of(without, changed).tolist() == [
        [0, *NO, *AWAY, 1],
        [0, *AWAY, *NO, 1],
        [0, *AWAY, *buys(0), 1],
        [0, *buys(0), *AWAY, 1],
        [0, *buys(0), *buys(1), 1],
        [0, *buys(1), *buys(1), 1],
    ]


def test_nobody_has_two_stories() -> None:
    """If this fails, a customer who stands twice in a log is paired with whoever comes next."""
    with pytest.raises(InvariantError, match="a person has two stories"):
        moves_of(cohort((1, 1.0, NO), (1, 2.0, NO)), cohort((1, 1.0, NO)))


def test_moves_are_checked_against_the_books() -> None:
    """If this fails, a twin that lost a customer still prints plausible figures (R16)."""
    world = build_world(ds.load("two-shops", overrides=BRIEF).settled)
    ledger = Loop(world, 1, 0).run()
    places = np.arange(2), np.array([0, 1, 2, 3, -1])
    segment, origin, cause, outcome, destination, count = ledger.flows.T
    nothing = [[place, *NO, heads[1]] for place, heads in enumerate(ledger.heads.tolist())]
    before = [*map(list, zip(segment, origin, cause, outcome, destination, count, strict=True)), *nothing]
    moves = np.array([[*row[:5], *AWAY, row[5]] for row in before], dtype=np.int64)
    check_moves(moves, 0, ledger, *places)
    for row, text in ((0, "not those of the transfer matrix"), (len(moves) - 2, "who want nothing")):
        wrong = moves.copy()
        wrong[row, -1] += 1
        with pytest.raises(InvariantError, match=text):
            check_moves(wrong, 0, ledger, *places)


LATER = (0, Cause.CHOICE, Outcome.POSTPONED, 0)
GAVE_UP = (0, Cause.STOCKOUT, Outcome.LOST, -1)
WAITS = (0, Cause.STOCKOUT, Outcome.PENDING, -1)
MOVED_ON = (0, Cause.STOCKOUT, Outcome.DIVERTED, 2)


@pytest.mark.parametrize(
    ("without", "changed", "demand", "purchases"),
    [
        (buys(0), buys(0), Kind.STAYED, Kind.STAYED),
        (buys(0), buys(1), Kind.SUBSTITUTIVE, Kind.SUBSTITUTIVE),
        (buys(0), buys(2), Kind.COMPETITIVE, Kind.COMPETITIVE),
        (buys(0), MOVED_ON, Kind.STAYED, Kind.COMPETITIVE),
        (MOVED_ON, buys(2), Kind.COMPETITIVE, Kind.STAYED),
        (buys(0), LATER, Kind.STAYED, Kind.STRATEGIC),
        (LATER, buys(2), Kind.COMPETITIVE, Kind.STRATEGIC),
        (LATER, LATER, Kind.STAYED, Kind.STAYED),
        (NO, buys(0), Kind.GAINED, Kind.GAINED),
        (NO, GAVE_UP, Kind.GAINED, Kind.STAYED),
        (NO, NO, Kind.STAYED, Kind.STAYED),
        (buys(0), NO, Kind.DETERRED, Kind.DETERRED),
        (GAVE_UP, buys(0), Kind.STAYED, Kind.REGAINED),
        (buys(0), GAVE_UP, Kind.STAYED, Kind.LOST),
        (buys(0), WAITS, Kind.STAYED, Kind.PENDING),
        (WAITS, GAVE_UP, Kind.STAYED, Kind.PENDING),
        (WAITS, WAITS, Kind.STAYED, Kind.STAYED),
        (AWAY, buys(0), Kind.CAME, Kind.CAME),
        (AWAY, WAITS, Kind.CAME, Kind.CAME),
        (buys(0), AWAY, Kind.STAYED_AWAY, Kind.STAYED_AWAY),
        (NO, AWAY, Kind.STAYED_AWAY, Kind.STAYED_AWAY),
    ],
)
def test_kinds_of_moves(without, changed, demand: Kind, purchases: Kind) -> None:
    """If this fails, a move is called by another's name: offers 0 and 1 are one firm's, offer 2 is a rival's."""
    firms = np.array([0, 0, 1, -1])
    moves = np.array([[0, *without, *changed, 1]], dtype=np.int64)
    assert ends_and_kind("demand", moves, (firms, firms))[2].tolist() == [demand]
    assert ends_and_kind("purchases", moves, (firms, firms))[2].tolist() == [purchases]


def test_an_offer_that_goes_to_another_firm() -> None:
    """If this fails, firms of one world are used for the other."""
    before, after = np.array([0, 0, 1, -1]), np.array([0, 1, 1, -1])
    moves = np.array([[0, *buys(0), *buys(1), 1]], dtype=np.int64)
    assert ends_and_kind("demand", moves, (before, after))[2].tolist() == [Kind.COMPETITIVE]


def test_sums_keep_replications_apart() -> None:
    """If this fails, counts of one key are put into another replication, and every interval is wrong."""
    sums = sums_by(np.array([[1], [0], [1], [1]]), np.array([0, 2, 2, 2]), np.array([5, 1, 2, 4]), 3)
    assert sums.keys.tolist() == [[0], [1]]
    assert sums.of(0).tolist() == [0, 0, 1]
    assert sums.of(1).tolist() == [5, 0, 6]
    (_, first), (_, second) = sums.estimates()
    assert (first.mean, second.mean) == (pytest.approx(1 / 3), pytest.approx(11 / 3))
    spread = np.std([5, 0, 6], ddof=1) / np.sqrt(3)
    assert second.half_width == pytest.approx(4.302652729911275 * spread), "Student's t with 2 degrees of freedom"


def test_another_rate_of_arrival_keeps_people_where_the_dominating_rate_is_one() -> None:
    """If this fails, customers whom thinning keeps are not recognised, or strangers are taken for them (R14)."""
    base = ds.load("two-shops", overrides=BRIEF)
    stranger = ds.twin(base, {"segments.passers-by.arrivals.rate": 80}, replications=2)
    assert stranger.notes[0] == (
        "Segment passers-by: other people come with the change, since their candidates come at another rate (60 "
        "without, 80 with it); the same people come where both worlds say dominating_rate: 80 (R14)."
    )
    kinds = stranger.by_kind[(stranger.by_kind["segment"] == "passers-by") & (stranger.by_kind["of"] == "demand")]
    assert set(kinds["kind"]) == {"came", "stayed_away"}
    thinned = base.replace({"segments.passers-by.arrivals.dominating_rate": 80})
    told = ds.twin(thinned, {"segments.passers-by.arrivals.rate": 80}, replications=2)
    kinds = told.by_kind[(told.by_kind["segment"] == "passers-by") & (told.by_kind["of"] == "demand")]
    assert set(kinds["kind"]) == {"came", "stayed"}, "who comes without the change comes with it"
    assert told.notes == ()


def test_frames_and_plain_data_say_the_same() -> None:
    """If this fails, `--json` and the tables tell different things."""
    told = ds.twin(ds.load("two-shops", overrides=BRIEF), "promoted", replications=2)
    plain = told.as_dict()
    frames = told.frames()
    assert set(frames) == {"rates", "by_kind", "flows", "moves", "figures", "change"}
    for name, frame in frames.items():
        assert len(frame) == len(plain[name]) > 0
        assert set(frame.columns) == set(plain[name][0])
    assert plain["replications"] == plain["manifest"]["replications"] == 2
    assert frames["change"].to_numpy().tolist() == [["products.market-cola.price", "1.55", "1.29", "both"]]
    assert set(OUTCOMES.values()) >= set(frames["moves"]["outcome_with"])


def test_a_page_has_pictures_and_notes() -> None:
    """If this fails, a report leaves out what a reader must know, or draws nothing."""
    told = ds.twin(ds.load("two-shops", overrides=BRIEF), "promoted", replications=2)
    page = told.page()
    assert len([part for part in page.parts if hasattr(part, "figure")]) == 3
    assert page.alarms == (*told.alarms, *told.notes)
    assert "2 replications of 9 days after a warm-up of 7, seed 1" in page.lead
    assert told.plot("purchases").data[0].type == "sankey"
    with pytest.raises(ValueError, match="there are flows of demand and of purchases \\(got 'sales'\\)"):
        told.plot("sales")


def crowd(number: int) -> ds.Scenario:
    """Return a scenario with so many offers, whose names are markup."""
    base = ds.load("two-shops", overrides=BRIEF)
    names = [f"<b>{each}</b> & more" for each in range(number)]
    return base.replace(
        {
            "products": {each: {"firm": "corner", "price": 2, "stock": "unlimited"} for each in names},
            "segments": {
                "all": {
                    "arrivals": {"kind": "poisson", "rate": 400},
                    "choice": {"kind": "logit", "scale": 1, "reservation_price": dict.fromkeys(names, 2.0)},
                }
            },
        }
    )


def test_a_picture_of_many_offers_joins_the_small_flows_and_says_so() -> None:
    """If this fails, thirty offers make a picture that nobody can read, or one that hides that it is not whole."""
    picture = picture_of_flows(ds.twin(crowd(30), {'products."<b>3</b> & more".price': 1}, replications=2), "demand")
    sankey = picture.figure.data[0]
    assert len(sankey.node.label) <= 26
    assert "(other)" in sankey.node.label
    assert "small flows are drawn together, as (other)." in picture.text
    assert "&lt;b&gt;3&lt;/b&gt; &amp; more" in sankey.node.label, "names are no markup"


def test_arguments_out_of_bounds_and_cancelling() -> None:
    """If this fails, a twin runs something else than was asked for."""
    base = ds.load("two-shops", overrides=BRIEF)
    for arguments, text in (
        ({"replications": 0}, "replications must be a whole number above 0 (got 0)"),
        ({"replications": True}, "replications must be a whole number above 0 (got True)"),
        ({"seed": -1}, "seed must be a whole number in [0, 2**32) (got -1)"),
        ({"jobs": 0}, "jobs must be a whole number above 0 (got 0)"),
        ({"engine": "steam"}, "there is no engine 'steam' (known: kernel, loop)"),
    ):
        with pytest.raises(ArgumentError) as caught:
            ds.twin(base, "promoted", **arguments)
        assert str(caught.value) == text
    seen: list[tuple[int, int]] = []
    with pytest.raises(RunCancelledError, match="cancelled after 2 of 4 replications"):
        ds.twin(
            base,
            "promoted",
            replications=4,
            progress=lambda done, planned: seen.append((done, planned)),
            cancel=lambda: len(seen) == 2,
        )
    assert seen == [(1, 4), (2, 4)]
