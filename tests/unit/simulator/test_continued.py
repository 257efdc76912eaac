"""Runs that go on: the same replications as a run in one piece."""

import pytest

import demandshift as ds
from demandshift.simulator.continued import ContinuedRun
from demandshift.simulator.run import RunCancelledError


@pytest.fixture(scope="module")
def shops() -> ds.Scenario:
    """Return a short library scenario."""
    return ds.load("two-shops").replace({"horizon": 10})


def test_portions_make_the_run_that_one_piece_makes(shops):
    """If this fails, replications are repeated, skipped or changed between portions (R14, R15)."""
    run = ContinuedRun(shops, 3)
    run.go_on(2)
    first = run.result()
    before = first.timeline.copy()
    run.go_on(5)
    run.go_on(4)
    assert run.replications == 5
    whole = ds.run(shops, replications=5, seed=3)
    for name, frame in run.result().frames().items():
        assert frame.equals(whole.frames()[name]), name
    manifest = run.result().manifest
    for key in ("scenario_hash", "seed", "replications", "engine", "draws", "made_by_hand", "versions", "applied"):
        assert manifest[key] == whole.manifest[key]
    # What was handed out stays as it was.
    assert first.replications == 2
    assert first.summary.equals(ds.run(shops, replications=2, seed=3).summary)
    del first.__dict__["timeline"]
    assert first.timeline.equals(before)


def test_progress_and_cancelling(shops):
    """If this fails, a long comparison shows nothing, or cannot be stopped."""
    seen = []
    ContinuedRun(shops, 3).go_on(3, progress=seen.append)
    assert seen == [1, 2, 3]
    with pytest.raises(RunCancelledError, match="cancelled after 1 of 3 replications"):
        ContinuedRun(shops, 3).go_on(3, cancel=lambda: True)
