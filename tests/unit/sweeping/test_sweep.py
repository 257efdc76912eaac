"""Sweeps: the same figures as single runs to the bit, whatever is stored, whoever computes, and whatever fails."""

import math
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import demandshift as ds
from demandshift.experiments.sweeping import conductor, sweeps, work
from demandshift.experiments.sweeping.workers import Workers
from demandshift.simulator.measures import measures

PRICE, LEVEL = "products.plum.price", "firms.stall.ordering.level"
OVER = {PRICE: [2.5, 3.0, 3.5], LEVEL: [10, 20]}


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether two frames are the same to the bit."""
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    return True


class Told(Workers):
    """Workers that do their tasks at once, in this process; each task is told to `before`, which may fail it."""

    def __init__(self, before=None, count: int = 1) -> None:
        self.count_of_all, self.before = count, before
        self.stopped: list[bool] = []
        self.tasks: list[Sequence[work.Share]] = []

    @property
    def count(self) -> int:
        """As many as one likes."""
        return self.count_of_all

    def submit(self, task: Any, *arguments: Any) -> "Future[Any]":
        """Do a task at once."""
        future: Future[Any] = Future()
        shares: Sequence[work.Share] = arguments[1]
        self.tasks.append(shares)
        error = None if self.before is None else self.before(shares)
        if error is None:
            future.set_result(task(*arguments))
        else:
            future.set_exception(error)
        return future

    def was_killed(self, error: BaseException) -> bool:
        """Tell whether a worker died."""
        return isinstance(error, BrokenExecutor)

    def stop(self, *, at_once: bool) -> None:
        """Note that they are let go."""
        self.stopped.append(at_once)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch):
    """Return what puts workers of a test in place of the real ones."""

    def place(workers: Told) -> Told:
        monkeypatch.setattr(sweeps, "workers_of", lambda backend, jobs: workers)  # noqa: ARG005
        return workers

    return place


def test_every_point_has_the_figures_of_a_run_of_its_own(stall: ds.Scenario):
    """If this fails, a sweep and a run of the same scenario tell different stories, or a row is another point's."""
    found = ds.sweep(stall, OVER, replications=4, seed=7)
    assert len(found.values) == 6
    assert list(found.frame.columns) == [
        "point", PRICE, LEVEL, "level", "name", "figure", "unit", "mean", "half_width", "n",
    ]  # fmt: skip
    for number, (price, level) in enumerate(found.values, start=1):
        alone = measures(ds.run(stall.replace({PRICE: price, LEVEL: level}), 4, 7).reckoning)
        mine = found.frame[found.frame["point"] == number]
        assert set(mine[PRICE]) == {price}
        assert set(mine[LEVEL]) == {level}
        assert set(mine["n"]) == {4}
        assert list(zip(mine["level"], mine["name"], mine["figure"], strict=True)) == [tuple(key) for key in alone]
        for row, measure in zip(mine.itertuples(), alone.values(), strict=True):
            estimate = measure.estimate()
            assert row.unit == measure.unit
            assert row.mean == estimate.mean or (math.isnan(row.mean) and estimate.mean is None)
            assert row.half_width == estimate.half_width or (math.isnan(row.half_width) and estimate.half_width is None)


def test_processes_and_the_store_change_nothing(stall: ds.Scenario, tmp_path: Path):
    """If this fails, the figures depend on the number of processes, or come back from the store as others (R15)."""
    bare = ds.sweep(stall, OVER, replications=5, seed=3)
    store = tmp_path / "sweep.sqlite"
    two = ds.sweep(stall, OVER, replications=5, seed=3, jobs=2, store=store)
    again = ds.sweep(stall, OVER, replications=5, seed=3, store=store)
    assert (two.manifest["computed"], two.manifest["taken_from_store"]) == (30, 0)
    assert (again.manifest["computed"], again.manifest["taken_from_store"]) == (0, 30)
    assert same(two.frame, bare.frame)
    assert same(again.frame, bare.frame)


def test_more_replications_extend_what_is_there(stall: ds.Scenario, tmp_path: Path):
    """If this fails, single replications are computed twice, or fewer than asked for are taken."""
    store = tmp_path / "sweep.sqlite"
    ds.sweep(stall, OVER, replications=2, store=store)
    more = ds.sweep(stall, {PRICE: [3.0, 3.5, 4.0], LEVEL: [20]}, replications=5, store=store)
    # 3.0 and 3.5 at level 20 are there with 2 replications each; 4.0 is new.
    assert (more.manifest["computed"], more.manifest["taken_from_store"]) == (3 + 3 + 5, 4)
    assert same(more.frame, ds.sweep(stall, {PRICE: [3.0, 3.5, 4.0], LEVEL: [20]}, replications=5).frame)
    fewer = ds.sweep(stall, {PRICE: [3.0, 3.5, 4.0], LEVEL: [20]}, replications=3, store=store)
    assert (fewer.manifest["computed"], fewer.manifest["taken_from_store"]) == (0, 9)
    assert same(fewer.frame, ds.sweep(stall, {PRICE: [3.0, 3.5, 4.0], LEVEL: [20]}, replications=3).frame)


def test_another_seed_or_program_is_computed_again(stall: ds.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """If this fails, figures of other customers, or of an older version, pass for the present ones."""
    store = tmp_path / "sweep.sqlite"
    ds.sweep(stall, {PRICE: [3.0]}, seed=1, store=store)
    other = ds.sweep(stall, {PRICE: [3.0]}, seed=2, store=store)
    assert other.manifest["computed"] == 3
    for module in (sweeps, work, conductor):
        monkeypatch.setattr(module, "program_version", lambda: "another", raising=False)
    monkeypatch.setattr(conductor, "check_program", lambda program: None)  # noqa: ARG005
    later = ds.sweep(stall, {PRICE: [3.0]}, seed=1, store=store)
    assert later.manifest["computed"] == 3


def test_a_point_that_fails_is_recorded_and_the_others_go_on(stall: ds.Scenario, tmp_path: Path, told):
    """If this fails, one bad point costs all the others, or is not said, or is never tried again."""
    bad = stall.replace({PRICE: 3.0, LEVEL: 10}).hash

    def before(shares: Sequence[work.Share]) -> Exception | None:
        return ds.InvariantError("books: they differ") if any(share.hash == bad for share in shares) else None

    store = tmp_path / "sweep.sqlite"
    workers = told(Told(before))
    steps: list[tuple[int, int]] = []
    found = ds.sweep(
        stall, OVER, replications=5, seed=3, store=store, progress=lambda done, planned: steps.append((done, planned))
    )
    assert [(number, values, error) for number, values, error, _ in found.failed] == [
        (3, (3.0, 10), "InvariantError: books: they differ")
    ]
    assert found.figures[2] is None
    assert set(found.frame["point"]) == {1, 2, 4, 5, 6}
    assert found.failures.to_dict("records") == [
        {"point": 3, PRICE: 3.0, LEVEL: 10, "error": "InvariantError: books: they differ"}
    ]
    assert found.manifest["failed"] == 1
    assert steps[-1] == (30, 30), "the bar ends where the work does"
    assert workers.stopped == [False]
    assert found.table("profit")["stall"].isna().tolist() == [False, False, True, False, False, False]

    told(Told())
    again = ds.sweep(stall, OVER, replications=5, seed=3, store=store)
    assert again.failed == ()
    assert again.manifest["computed"] == 5
    assert same(again.frame, ds.sweep(stall, OVER, replications=5, seed=3).frame)


def test_the_store_knows_failures_until_they_are_mended(stall: ds.Scenario, tmp_path: Path, told):
    """If this fails, who looks into a team's store does not see what failed there, or sees what was mended."""
    from demandshift.experiments.store.database import ReplicationStore
    from demandshift.experiments.store.program import program_version

    told(Told(lambda shares: ZeroDivisionError("by nothing")))  # noqa: ARG005
    found = ds.sweep(stall, {PRICE: [3.0]}, seed=3, store=tmp_path / "s.sqlite")
    with ReplicationStore(tmp_path / "s.sqlite", program=program_version(), seed=3) as store:
        (noted,) = store.failures().items()
    assert noted[0] == found.hashes[0]
    assert noted[1].endswith("ZeroDivisionError: by nothing\n")
    told(Told())
    ds.sweep(stall, {PRICE: [3.0]}, seed=3, store=tmp_path / "s.sqlite")
    with ReplicationStore(tmp_path / "s.sqlite", program=program_version(), seed=3) as store:
        assert store.failures() == {}


def test_a_worker_that_dies_is_not_held_against_its_task(stall: ds.Scenario, told):
    """If this fails, a worker that is killed by chance ends the sweep, or leaves a hole in it."""
    deaths = iter([True, False, False, True])
    workers = told(Told(lambda shares: BrokenExecutor() if next(deaths, False) else None, count=2))  # noqa: ARG005
    found = ds.sweep(stall, OVER, replications=5, seed=3)
    assert found.failed == ()
    assert same(found.frame, ds.sweep(stall, OVER, replications=5, seed=3).frame)
    assert len(workers.tasks) > 4


def test_a_point_that_kills_its_workers_fails_alone(stall: ds.Scenario, told):
    """If this fails, a point that needs more memory than there is ends the sweep, or takes innocent ones with it."""
    bad = stall.replace({PRICE: 3.0, LEVEL: 10}).hash
    told(Told(lambda shares: BrokenExecutor() if any(each.hash == bad for each in shares) else None, count=2))
    found = ds.sweep(stall, OVER, replications=5, seed=3)
    assert [each.number for each in found.failed] == [3]
    assert "its process died 3 times, the last time with no other at work" in found.failed[0].error


def test_cancel_says_what_is_safe(stall: ds.Scenario, tmp_path: Path, told):
    """If this fails, who stops a sweep does not learn how to go on, or loses what was finished."""
    workers = told(Told())
    asked = iter(range(100))
    with pytest.raises(ds.RunCancelledError) as caught:
        ds.sweep(stall, OVER, replications=20, store=tmp_path / "s.sqlite", cancel=lambda: next(asked) >= 3)
    words = str(caught.value)
    finished = int(words.split("; ")[1].split()[0])
    assert words == (
        f"cancelled; {finished} of 6 points are finished and safe in {tmp_path / 's.sqlite'}; "
        "the same sweep goes on from there"
    )
    assert workers.stopped == [True]
    rest = ds.sweep(stall, OVER, replications=20, store=tmp_path / "s.sqlite")
    assert rest.manifest["taken_from_store"] >= 20 * finished
    assert rest.manifest["taken_from_store"] + rest.manifest["computed"] == 120


def test_ctrl_c_says_what_is_safe(stall: ds.Scenario, told):
    """If this fails, Ctrl-C ends with a traceback, or claims that something is kept where there is no store."""
    calls = iter(range(100))

    def before(shares: Sequence[work.Share]) -> None:  # noqa: ARG001
        if next(calls) == 3:
            raise KeyboardInterrupt

    workers = told(Told(before))
    with pytest.raises(KeyboardInterrupt, match=r"interrupted; \d of 6 points were finished; without a store nothing"):
        ds.sweep(stall, OVER, replications=20)
    assert workers.stopped == [True]


def test_workers_of_another_version_are_refused(stall: ds.Scenario, monkeypatch: pytest.MonkeyPatch):
    """If this fails, a cluster with last month's program mixes its figures into ours."""
    monkeypatch.setattr(work, "program_version", lambda: "older")
    with pytest.raises(ds.BackendError, match="a worker has another version of demandshift, of its dependencies"):
        ds.sweep(stall, {PRICE: [3.0]})


def test_figures_can_be_chosen(stall: ds.Scenario):
    """If this fails, a sweep of many points carries tables that nobody asked for, or not those asked for."""
    found = ds.sweep(stall, OVER, replications=2, figures=["profit", "fill_rate", "bought", "competitive"])
    assert set(found.frame["figure"]) == {"profit", "fill_rate", "bought", "competitive"}
    every = ds.sweep(stall, OVER, replications=2)
    mine = every.frame[every.frame["figure"].isin(["profit", "fill_rate", "bought", "competitive"])]
    assert same(found.frame, mine.reset_index(drop=True))


def test_the_table_is_wide(stall: ds.Scenario):
    """If this fails, the convenient table shows a figure without its interval, or at another point."""
    found = ds.sweep(stall, OVER, replications=4)
    table = found.table("profit")
    assert list(table.columns) == ["point", PRICE, LEVEL, "stall", "stall_half_width", "rival", "rival_half_width", "n"]
    tidy = found.frame.set_index(["point", "level", "name", "figure"])
    assert table.loc[4, "stall"] == tidy.loc[(5, "firm", "stall", "profit"), "mean"]
    assert table.loc[4, "stall_half_width"] == tidy.loc[(5, "firm", "stall", "profit"), "half_width"]
    assert found.table("sales", "offer").columns[3] == "plum"
    assert found.table("bought").columns[3] == "all"
    with pytest.raises(ValueError, match="the sweep has no figure 'profit' at the level 'offer'"):
        found.table("profit", "offer")
    with pytest.raises(ValueError, match=r"the sweep has no figure 'gain' \(known: profit, revenue"):
        found.table("gain")


def test_values_of_several_kinds_become_text_in_tables(stall: ds.Scenario, tmp_path: Path):
    """If this fails, a column of numbers and words cannot be written as Parquet."""
    found = ds.sweep(stall, {"products.plum.stock": "10,unlimited"}, replications=1)
    assert found.points["products.plum.stock"].tolist() == ["10", "unlimited"]
    found.frame.to_parquet(tmp_path / "sweep.parquet")
    assert found.frame["half_width"].isna().all(), "one replication has no interval (R17)"
    assert found.as_dict()["points"][0]["values"] == {"products.plum.stock": 10}


def test_alarms_name_points_without_customers_and_keys_without_effect(stall: ds.Scenario):
    """If this fails, a width of 0 is trusted, or two equal rows are taken for a finding."""
    rate = ds.sweep(stall, {"segments.all.arrivals.rate": [0, 40]}, replications=2)
    assert rate.alarms[0].startswith(
        "at 1 of 2 points, first at point 1 (segments.all.arrivals.rate=0), all replications agree in every figure"
    )
    same_twice = ds.sweep(stall, {PRICE: [3, 3.0]}, replications=2)
    assert same_twice.alarms == ("2 points mean the same as another one: a key that was swept has no effect there",)
    assert same_twice.manifest["computed"] == 2


def test_the_outcome_is_plain_data(stall: ds.Scenario):
    """If this fails, a program that reads `--json` finds another shape than the one promised."""
    import json

    found = ds.sweep(stall, {PRICE: [3.0]}, replications=2)
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert list(told) == [
        "schema_version", "scenario", "seed", "replications", "design", "keys", "alarms", "points", "failures",
        "manifest",
    ]  # fmt: skip
    first = told["points"][0]["figures"][0]
    assert (first["level"], first["name"], first["figure"], first["unit"], first["n"]) == (
        "firm", "stall", "profit", "money", 2,
    )  # fmt: skip
    assert set(found.frames()) == {"sweep", "points", "failures"}
    assert found.manifest["program"] == told["manifest"]["program"]


def test_a_sweep_leaves_the_processes_of_runs_alone() -> None:
    """If this fails, a run in several processes fails in a session in which there was a sweep."""
    town = ds.load("two-shops").replace({"horizon": 9})
    keys = {"products.cola.price": [1.7, 1.8]}
    first = ds.run(town, replications=3, seed=1, jobs=2).as_dict()["summary"]
    swept = [ds.sweep(town, keys, replications=3, seed=1, jobs=2).table("profit") for _ in range(2)]
    assert ds.run(town, replications=3, seed=1, jobs=2).as_dict()["summary"] == first
    assert swept[0].equals(swept[1])
