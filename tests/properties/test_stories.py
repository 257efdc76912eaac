"""Customers one by one are the same in both engines, and add up to the ledger (R12, R15)."""

from collections import Counter

import numpy as np
from drawn_scenarios import Drawn, scenarios, world_of
from hypothesis import given
from hypothesis import strategies as st

from demandshift.models.choice.protocols import AttemptChoice
from demandshift.simulator.engines import ENGINES, prepared
from demandshift.simulator.ledger import NOBODY, Head, Ledger, Outcome
from demandshift.simulator.stories import STORY
from demandshift.simulator.world import World


def told(engine: str, world: World, seed: int) -> tuple[Ledger, np.ndarray]:
    """Return the ledger of a replication and its customers' stories."""
    rows = [np.empty(0, dtype=STORY)]
    ledger = prepared(engine, world)(seed, 0, lambda stories: rows.append(np.array(stories)))
    return ledger, np.concatenate(rows)


@given(scenarios(busy=True), st.integers(0, 2**32 - 1))
def test_both_engines_tell_the_same_stories_which_add_up_to_the_ledger(drawn: Drawn, seed: int):
    """If this fails, somebody is missing from the log, or stands in it with what befell somebody else."""
    world = world_of(drawn.load())
    logs = []
    for engine in ENGINES:
        ledger, log = told(engine, world, seed)
        _check_counts(world, ledger, log)
        logs.append(log)
    for field in STORY.names:
        np.testing.assert_allclose(logs[0][field], logs[1][field], rtol=1e-9, atol=1e-9, err_msg=field)


def _check_counts(world: World, ledger: Ledger, log: np.ndarray) -> None:
    """Check heads, flows and consumer surplus against the log of the cohort."""
    assert sorted(log["number"].tolist()) == list(range(len(log)))
    assert np.all(np.diff(log["time"]) >= 0)
    assert np.all(log["first_visit"] <= log["time"])
    assert np.array_equal(np.isnan(log["price"]), log["destination"] == NOBODY)
    cohort = log[log["cohort"] == 1]
    assert np.all((log["cohort"] == 1) == (log["first_visit"] >= world.problem.warm_up))
    wanting = cohort[cohort["origin"] != NOBODY]
    flows = Counter(
        zip(*(wanting[name].tolist() for name in ("segment", "origin", "cause", "outcome", "destination")), strict=True)
    )
    assert flows == {tuple(key): count for *key, count in ledger.flows.tolist()}
    for segment, head in enumerate(ledger.heads.tolist()):
        mine = cohort[cohort["segment"] == segment]
        assert head[Head.ARRIVED] == len(mine)
        assert head[Head.NOT_INTERESTED] == np.count_nonzero(mine["origin"] == NOBODY)
        assert head[Head.BOUGHT] == np.count_nonzero(mine["destination"] != NOBODY)
        assert head[Head.WAITING] == np.count_nonzero(mine["outcome"] == Outcome.PENDING)
        if not isinstance(world.choices[segment], AttemptChoice):
            surplus = ledger.consumer_surplus[segment]
            np.testing.assert_allclose(mine["surplus"].sum(), surplus, rtol=1e-9, atol=1e-9)
