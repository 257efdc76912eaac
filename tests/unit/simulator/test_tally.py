"""From ledgers to counts and a timeline: order is kept, and nothing is counted under a wrong name."""

from dataclasses import replace

import numpy as np
import pytest

from demandshift.simulator.figures import (
    FIGURE_BY_NAME,
    FIGURES,
    OFFER_COUNTS,
    PRODUCT_COUNTS,
    SEGMENT_COUNTS,
    figure_parts,
    offer_counts,
    product_counts,
    segment_counts,
)
from demandshift.simulator.reduction import reduced
from demandshift.simulator.tally import Tally
from demandshift.simulator.timeline import timeline_rows

WISHES = {"cola": 3.0, "zero": 2.5, "rival": 2.25}


@pytest.fixture
def story(tell):
    """Return a story with every cause and kind of outcome.

    The home shop has one cola and no zero; a rival has one unit. Some wait for a delivery at 6; one of these gives up,
    one is served, one waits for a second delivery that never comes.
    """
    waits = {"waiting": {"up_to": 9, "expected_delay": 1}}
    return tell(
        {
            "hasty": [
                (1.0, WISHES),
                (1.5, {"cola": 3.0}),
                (2.0, WISHES),
                (2.5, {"cola": 4.0, "lemon": 2.0}),
                (4.0, {"zero": 2.0}),
                (4.5, {}),
                (5.0, {"lemon": 3.0}),
            ],
            "patient": [(3.0, {"cola": 3.0}), (3.25, {"cola": 3.0}), (3.5, {"cola": 3.0})],
            "impatient": [(3.75, {"zero": 3.0})],
            "homely": [(5.5, {"cola": 2.0, "lemon": 9.0}), (5.75, {"cola": 1.0, "rival": 9.0})],
        },
        firms={
            "corner": {
                "service": {"back_orders": {"promise": False}},
                "availability": {
                    "kind": "protection_levels",
                    "levels": {"lemon": [{"at": 4.75, "level": 99}, {"at": 5.25, "level": 0}]},
                },
            },
            "market": {},
        },
        products={
            "cola": {
                "stock": 1,
                "cost": 0.5,
                "lost_sale_penalty": 0.25,
                "holding_cost": 0.125,
                "salvage": 0.375,
                "ordering": {"kind": "plan", "orders": [{"at": 6, "quantity": 2}]},
                "supply": {"order_cost": 3.0},
            },
            "zero": {"back_order_penalty": 1.0},
            "lemon": {"stock": 5, "shelf_life": 8, "disposal_cost": 0.5},
            "rival": {"firm": "market", "stock": 1},
        },
        segments={
            "patient": waits,
            "impatient": {"waiting": {**waits["waiting"], "patience": 1}},
            "homely": {"home": "cola", "transfer_cost": {"substitutive": 0.5}},
        },
    )


def named(names, row):
    """Return the counts that are not 0, by name."""
    return {name: value for name, value in zip(names, row.tolist(), strict=True) if value}


def test_the_counts_of_offers(story):
    """If this fails, an outcome stands under another's name, and every figure made of it is wrong."""
    cola, zero, lemon, rival = offer_counts(story.world.problem, story.ledger)
    assert named(OFFER_COUNTS, cola) == {
        "demand": 9,
        "served": 1,
        "recaptured": 2,
        "diverted": 1,
        "postponed": 2,
        "lost": 1,
        "gave_up": 1,
        "pending": 1,
        "stockouts": 6,
        "by_choice": 2,
        "sales": 3,
        "revenue": 6.0,
        "open_time": 10,
        "available_time": 1.0,
        "willing_substitutive": 2,
        "willing_competitive": 1,
        "willing_strategic": 3,
        "moved_substitutive": 1,
        "moved_competitive": 1,
        "moved_strategic": 2,
        "waited_by_choice": 1,
        "left_home": 1,
    }
    assert named(OFFER_COUNTS, zero) == {
        "demand": 2,
        "lost": 2,
        "stockouts": 2,
        "open_time": 10,
        "willing_strategic": 1,
    }
    assert named(OFFER_COUNTS, lemon) == {
        "demand": 1,
        "lost": 1,
        "refusals": 1,
        "sales": 2,
        "revenue": 4.0,
        "open_time": 10,
        "available_time": 8 - 0.5,
    }
    assert named(OFFER_COUNTS, rival)["sales"] == 1


def test_the_counts_of_products(story):
    """If this fails, a cost or a movement stands under another's name."""
    cola, zero, lemon, _ = product_counts(story.world.problem, story.ledger)
    assert named(PRODUCT_COUNTS, cola) == {
        "units_sold": 3,
        "units_received": 2,
        "opening_units": 1,
        "opening_value": 0.375,
        "purchases": 1.0,
        "ordering": 3.0,
        "holding": 0.125,
        "penalties": 0.25,
        "stock_time": 1.0,
        "out_time": 9.0,
        "cycles": 2,
        "full_cycles": 1,
    }
    assert named(PRODUCT_COUNTS, zero) == {"penalties": 1.0, "out_time": 10, "cycles": 1}
    assert named(PRODUCT_COUNTS, lemon) == {
        "units_sold": 2,
        "wasted": 3,
        "opening_units": 5,
        "disposal": 1.5,
        "stock_time": 2.5 * 5 + 3.0 * 4 + 2.5 * 3,
        "out_time": 2.0,
        "cycles": 1,
        "full_cycles": 1,
    }


def test_the_counts_of_segments(story):
    """If this fails, customers of one segment stand in another's row."""
    counts = segment_counts(story.ledger)
    assert named(SEGMENT_COUNTS, counts[0]) == {
        "arrived": 7,
        "not_interested": 1,
        "bought": 3,
        "left": 3,
        "consumer_surplus": 1.0 + 0.25 + 0.0,
    }
    assert counts[1].tolist()[:5] == [3, 0, 2, 0, 1]
    assert counts[2].tolist()[:5] == [1, 0, 0, 1, 0]
    assert counts[3].tolist() == [2, 0, 1, 1, 0, 9.0 - 2.0 - 0.5]


def figure(name, counts):
    """Return one figure of one replication."""
    top, below = figure_parts(FIGURE_BY_NAME[name], counts)
    return float(top[0]) if below is None else float(top[0]) / float(below[0])


def test_figures_are_put_together_as_the_rules_say(story):
    """If this fails, profit or a service level has another meaning than R19's."""
    problem, ledger = story.world.problem, story.ledger
    counts = {
        **{name: value[np.newaxis] for name, value in zip(OFFER_COUNTS, offer_counts(problem, ledger)[0], strict=True)},
        **{
            name: value[np.newaxis]
            for name, value in zip(PRODUCT_COUNTS, product_counts(problem, ledger)[0], strict=True)
        },
    }
    assert figure("profit", counts) == 6.0 - 1.0 - 3.0 - 0.125 - 0.25 - 0.375
    assert figure("fill_rate", counts) == 1 / (9 - 2)
    assert figure("in_stock_rate", counts) == 0.1
    assert figure("cycle_service", counts) == 0.5
    assert figure("turned_away", counts) == 6


def test_a_figure_that_a_level_does_not_have_is_left_out(story):
    """If this fails, an offer is given a profit although costs belong to products."""
    counts = dict(zip(OFFER_COUNTS, offer_counts(story.world.problem, story.ledger).T, strict=True))
    assert figure_parts(FIGURE_BY_NAME["profit"], counts) is None
    assert figure_parts(FIGURE_BY_NAME["cycle_service"], counts) is None
    assert figure_parts(FIGURE_BY_NAME["fill_rate"], counts) is not None


def test_every_figure_is_made_of_counts_that_exist():
    """If this fails, a figure is silently left out everywhere because a count was renamed."""
    known = {*OFFER_COUNTS, *PRODUCT_COUNTS}
    for each in FIGURES:
        assert {*each.plus, *each.minus, *each.per, *each.per_minus} <= known
        assert each.meaning
    assert len(FIGURE_BY_NAME) == len(FIGURES)


# The tally


def test_replications_are_added_in_their_order(story):
    """If this fails, sums depend on which worker was first (R15)."""
    tally = Tally(story.world.problem)
    with pytest.raises(ValueError, match=r"replication 0 comes next \(got 1\)"):
        tally.add(replace(story.ledger, replication=1))
    tally.add(story.ledger)
    assert tally.n == 1
    with pytest.raises(ValueError, match=r"replication 1 comes next \(got 0\)"):
        tally.add(story.ledger)


def test_moves_and_matrix_are_kept_by_replication(story):
    """If this fails, moves of those who left of their own choice count as transfers (R10)."""
    tally = Tally(story.world.problem)
    tally.add(story.ledger)
    cola, zero, lemon, rival = range(4)
    assert tally.moved == [{(cola, 0, lemon): 1, (cola, 1, rival): 1, (cola, 2, cola): 2}]
    assert tally.willing[0] == {
        (cola, 0, zero): 1,
        (cola, 0, lemon): 1,
        (cola, 1, rival): 1,
        (cola, 2, cola): 3,
        (zero, 2, zero): 1,
    }
    assert sum(tally.matrix[0].values()) == 12


def test_replications_that_never_differ_are_noticed(story):
    """If this fails, a run without chance gets intervals of width 0 and no alarm."""
    tally = Tally(story.world.problem)
    tally.add(story.ledger)
    assert not tally.without_variance()
    tally.add(replace(story.ledger, replication=1))
    assert tally.without_variance()
    surplus = story.ledger.consumer_surplus + 1.0
    tally.add(replace(story.ledger, replication=2, consumer_surplus=surplus))
    assert not tally.without_variance()


def test_surplus_that_does_not_exist_is_no_difference(story):
    """If this fails, nan ≠ nan hides that replications never differ."""
    tally = Tally(story.world.problem)
    for replication in (0, 1):
        tally.add(replace(story.ledger, replication=replication, consumer_surplus=np.full(4, np.nan)))
    assert tally.without_variance()


# The timeline


def rows_of(tally, problem, **wanted):
    """Return the timeline's rows that agree with all that is wanted."""
    return [row for row in timeline_rows(problem, tally) if all(row[key] == value for key, value in wanted.items())]


def test_the_timeline_tells_each_period(story):
    """If this fails, what happened in one period is told of another."""
    tally = Tally(story.world.problem)
    tally.add(story.ledger)
    problem = story.world.problem
    sold = rows_of(tally, problem, level="product", name="cola", figure="sold")
    assert [row["mean"] for row in sold] == [0, 1, 0, 0, 0, 0, 2, 0, 0, 0]
    assert [row["time"] for row in sold] == list(range(10))
    assert {(row["half_width"], row["n"], row["unit"]) for row in sold} == {(None, 1, "units")}
    demand = rows_of(tally, problem, level="offer", name="cola", figure="demand")
    assert [row["mean"] for row in demand] == [0, 2, 2, 3, 0, 2, 0, 0, 0, 0]
    away = rows_of(tally, problem, level="offer", name="cola", figure="turned_away")
    assert [row["mean"] for row in away] == [0, 1, 2, 3, 0, 0, 0, 0, 0, 0]
    wasted = rows_of(tally, problem, level="product", name="lemon", figure="wasted")
    assert [row["mean"] for row in wasted] == [0] * 8 + [3, 0]


def test_averages_over_a_period_that_is_cut_short(tell):
    """If this fails, the last period's stock is averaged over time that it does not have."""
    story = tell(
        [(2, {"cola": 3.0})], products={"cola": {"stock": 4, "window": {"opens": 1, "closes": 8}}}, report_every=4
    )
    problem = story.world.problem
    assert problem.periods == 3
    tally = Tally(problem)
    tally.add(story.ledger)
    stock = rows_of(tally, problem, figure="stock")
    assert [row["mean"] for row in stock] == [(2 * 4 + 2 * 3) / 4, 3.0, 3.0]
    price = rows_of(tally, problem, figure="price")
    assert [(row["period"], row["mean"]) for row in price] == [(0, 2.0), (1, 2.0)], "shut offers have no price"


def test_the_timelines_interval_is_that_of_the_replications(story):
    """If this fails, sums of squares are taken of sums."""
    tally = Tally(story.world.problem)
    tally.add(story.ledger)
    quiet = replace(story.ledger, replication=1, timeline_offers=np.zeros_like(story.ledger.timeline_offers))
    tally.add(quiet)
    (row,) = rows_of(tally, story.world.problem, name="cola", figure="demand", period=3)
    assert row["mean"] == 1.5
    assert row["half_width"] == pytest.approx(12.706204736 * (4.5 / 2) ** 0.5)


def test_contributions_are_ledgers_without_a_timeline(story):
    """If this fails, figures rebuilt from what is kept differ from a run's, or a timeline of nothing is shown."""
    problem = story.world.problem
    whole, rebuilt = Tally(problem), Tally(problem)
    for number in range(3):
        ledger = replace(story.ledger, replication=number)
        whole.add(ledger)
        rebuilt.add_contribution(reduced(problem, ledger))
    for name in ("offers", "products", "segments"):
        for mine, theirs in zip(getattr(whole, name), getattr(rebuilt, name), strict=True):
            assert mine.tobytes() == theirs.tobytes()
    assert (whole.matrix, whole.willing, whole.moved) == (rebuilt.matrix, rebuilt.willing, rebuilt.moved)
    assert timeline_rows(problem, whole)
    with pytest.raises(ValueError, match="made of contributions, which have no timeline"):
        timeline_rows(problem, rebuilt)
    with pytest.raises(ValueError, match="replication 3 comes next"):
        rebuilt.add_contribution(reduced(problem, story.ledger))
    with pytest.raises(ValueError, match="a ledger cannot follow contributions"):
        rebuilt.add(replace(story.ledger, replication=3))
    with pytest.raises(ValueError, match="a contribution cannot follow ledgers"):
        whole.add_contribution(reduced(problem, replace(story.ledger, replication=3)))
