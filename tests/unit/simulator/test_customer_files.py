"""Customers that a run keeps: what stands in the files, where they are, and when."""

import gc

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import demandshift as ds
from demandshift.simulator import customer_files, stories
from demandshift.simulator.build.world import build_world
from demandshift.simulator.customer_files import CustomerWriter, file_name
from demandshift.simulator.engines import ENGINES, prepared
from demandshift.simulator.kernel.engine import LOG_LENGTH
from demandshift.simulator.run import ArgumentError, RunCancelledError

SHOP = {
    "name": "kept",
    "horizon": 6,
    "warm_up": 1,
    "customers": "keep",
    "firms": {"shop": {}, "rival": {}},
    "products": {
        "cola": {"firm": "shop", "price": 2, "stock": 20},
        "lemonade": {"firm": "shop", "price": 2, "stock": 20},
        "tea": {"firm": "rival", "price": 1, "stock": 20},
    },
    "segments": {
        "priced": {
            "arrivals": {"kind": "poisson", "rate": 20},
            "choice": {
                "kind": "logit",
                "scale": 1,
                "reservation_price": {"cola": 2, "lemonade": 1.5, "tea": 1},
            },
            "transfer_cost": {"competitive": 0.5},
        },
        "listed": {
            "arrivals": {"kind": "poisson", "rate": 5},
            "choice": {"kind": "ranking", "lists": [{"share": 1, "order": ["cola", "tea"]}]},
        },
    },
}


@pytest.fixture
def shop(write):
    """Return the small shop, loaded, with changes to its document."""
    return lambda **changes: write({**SHOP, **changes})


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Check that two logs or tables agree, money to 1e-9."""
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-9)


def test_the_log_has_names_and_null_for_what_there_is_not(shop):
    """If this fails, a planner reads numbers of places, or a price where nothing was bought."""
    log = ds.run(shop(), replications=2).customer_log()
    columns = (
        "replication customer segment person first_visit cohort origin cause outcome destination time price surplus"
    )
    assert list(log.columns) == columns.split()
    assert set(log["replication"]) == {0, 1}
    assert set(log["segment"]) == {"priced", "listed"}
    assert {"served", "recaptured", "diverted", "lost", "not_interested"} == set(log["outcome"])
    nobody = log["outcome"] == "not_interested"
    assert log.loc[nobody, ["origin", "cause", "destination", "price"]].isna().all(axis=None)
    assert set(log.loc[~nobody, "cause"]) == {"none", "stockout"}
    assert (log["destination"].isna() == log["price"].isna()).all()
    assert set(log.loc[log["destination"] == "tea", "price"]) == {1.0}
    assert (log["surplus"].isna() == (log["segment"] == "listed")).all()
    assert (log["cohort"] == (log["first_visit"] >= 1)).all()


def test_the_log_adds_up_to_the_matrix(shop):
    """If this fails, the customers in the files are not those of the tables."""
    result = ds.run(shop(), replications=3)
    log = result.customer_log()
    wanting = log[log["cohort"] & log["origin"].notna()]
    keys = {"origin": "from", "cause": "cause", "outcome": "outcome", "destination": "to"}
    counts = wanting.groupby(list(keys), dropna=False).size() / 3
    expected = result.matrix.set_index(list(keys.values()))["mean"]
    assert len(counts) == len(expected)
    assert sorted(zip(map(str, counts.index), counts.round(9), strict=True)) == sorted(
        zip(map(str, expected.index), expected.round(9), strict=True)
    )


def test_engines_and_processes_keep_the_same_customers(shop):
    """If this fails, what is kept depends on the machine or on the engine (R15)."""
    logs = [
        ds.run(shop(), replications=3, engine=engine, jobs=jobs).customer_log()
        for engine, jobs in [*((engine, 1) for engine in ENGINES), (ENGINES[0], 2)]
    ]
    assert len(logs[0]) > 300
    same(logs[0], logs[1])
    pd.testing.assert_frame_equal(logs[0], logs[2])


def test_keeping_changes_no_figure_and_no_hash(shop):
    """If this fails, who looks at the customers gets another answer than who does not."""
    keeping, counting = shop(), shop(customers="counts")
    assert keeping.hash == counting.hash
    assert shop(horizon=7).hash != keeping.hash
    results = [ds.run(scenario, replications=2) for scenario in (keeping, counting)]
    for name, frame in results[0].frames().items():
        same(frame, results[1].frames()[name])


def test_one_replication_alone(shop):
    """If this fails, who cannot hold all customers in memory cannot read some of them."""
    result = ds.run(shop(), replications=2)
    whole, second = result.customer_log(), result.customer_log(1)
    same(second, whole[whole["replication"] == 1].reset_index(drop=True))
    with pytest.raises(ValueError, match=r"from 0 to 1 \(got 2\)"):
        result.customer_log(2)


def test_without_keep_there_is_no_log_and_the_mend_is_named(shop):
    """If this fails, an empty log is taken for a quiet shop (R18)."""
    scenario = shop(customers="counts")
    with pytest.raises(ValueError, match=r"counted and not kept: run it with `customers: keep`"):
        ds.run(scenario, replications=1).customer_log()
    with pytest.raises(ArgumentError, match=r"give it `customers: keep`"):
        ds.run(scenario, replications=1, customers_to="somewhere")


def test_files_say_what_they_are(shop, tmp_path):
    """If this fails, a file on its own cannot be told from that of another run or another version."""
    scenario = shop()
    folder = tmp_path / "deep" / "customers"
    result = ds.run(scenario, replications=2, seed=5, customers_to=folder)
    assert {file.name for file in folder.iterdir()} == {file_name(0), file_name(1)}
    assert list(folder.parent.iterdir()) == [folder]
    schema = pq.read_schema(folder / file_name(1))
    expected = {"schema_version": "1", "scenario_hash": scenario.hash, "seed": "5", "replication": "1"}
    assert {key.decode().removeprefix("demandshift."): value.decode() for key, value in schema.metadata.items()} == (
        expected
    )
    assert schema.field("origin").type == pa.dictionary(pa.int32(), pa.string())
    assert len(pd.read_parquet(folder)) == len(result.customer_log())


def test_an_earlier_run_is_replaced_only_by_a_whole_one(shop, tmp_path):
    """If this fails, a run that was stopped leaves customers of two runs side by side, or half a file."""
    folder = tmp_path / "out" / "customers"
    ds.run(shop(), replications=3, seed=1, customers_to=folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(RunCancelledError):
        ds.run(shop(), replications=3, seed=2, customers_to=folder, cancel=lambda: True)
    gc.collect()
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert list(folder.parent.iterdir()) == [folder]
    ds.run(shop(), replications=2, seed=2, customers_to=folder)
    assert {file.name for file in folder.iterdir()} == {file_name(0), file_name(1)}
    assert (folder / file_name(0)).read_bytes() != before[file_name(0)]


def test_a_replication_that_breaks_leaves_no_file(shop, tmp_path):
    """If this fails, half a replication is taken for a whole one."""
    world = build_world(shop().settled)
    writer = CustomerWriter(tmp_path, "hash", 1)

    def break_down() -> None:
        with writer.writing(world, 0) as take:
            prepared("loop", world)(1, 0, take)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_down()
    assert not (tmp_path / file_name(0)).exists()


def test_a_file_in_the_way_is_named_before_the_run(shop, tmp_path):
    """If this fails, a long run ends without a place for its customers."""
    (tmp_path / "customers").write_text("mine")
    with pytest.raises(NotADirectoryError):
        ds.run(shop(), 1, customers_to=tmp_path / "customers", progress=lambda *_: pytest.fail("it ran"))


def test_a_temporary_folder_lives_as_long_as_the_result(shop):
    """If this fails, the log is gone when it is asked for, or stays on the disk for ever."""
    result = ds.run(shop(), replications=1)
    folder = result.kept.folder
    assert (folder / file_name(0)).exists()
    del result
    gc.collect()
    assert not folder.exists()


def test_save_puts_the_customers_beside_the_tables(shop, tmp_path):
    """If this fails, the customers of a notebook's run are lost with it, or mixed with those of another."""
    for replications in (3, 2):
        result = ds.run(shop(), replications=replications)
        written = result.save(tmp_path)
        files = [tmp_path / "customers" / file_name(replication) for replication in range(replications)]
        assert written[-replications:] == files == sorted((tmp_path / "customers").iterdir())
        assert len(pd.read_parquet(tmp_path / "customers")) == len(result.customer_log())
    counted = ds.run(shop(customers="counts"), replications=2)
    with pytest.raises(FileExistsError, match=r"holds the customers of an earlier run"):
        counted.save(tmp_path)


@pytest.mark.parametrize(("engine", "most"), [("kernel", LOG_LENGTH), ("loop", stories.STORIES_AT_ONCE)])
def test_stories_are_handed_over_some_thousands_at_a_time(shop, engine, most):
    """If this fails, memory grows with the customers of a replication."""
    busy = shop(
        horizon=300, warm_up=0, products={name: {**each, "stock": 0} for name, each in SHOP["products"].items()}
    )
    sizes = []
    ledger = prepared(engine, build_world(busy.settled))(1, 0, lambda rows: sizes.append(len(rows)))
    assert sum(sizes) == ledger.heads[:, 0].sum() > 7000
    assert max(sizes) <= most


def test_the_writer_keeps_no_more_than_a_group_of_rows(shop, tmp_path, monkeypatch):
    """If this fails, memory grows with the customers of a replication, or rows change after they were handed over."""
    monkeypatch.setattr(customer_files, "ROWS_IN_GROUP", 250)
    rows = np.zeros(100, dtype=stories.STORY).view(np.recarray)
    with CustomerWriter(tmp_path, "hash", 1).writing(build_world(shop().settled), 0) as take:
        for number in range(10):
            rows.number[:] = number
            take(rows)
    with pq.ParquetFile(tmp_path / file_name(0)) as file:
        sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        customers = file.read().column("customer").to_pylist()
    assert sizes == [300, 300, 300, 100]
    assert customers == np.repeat(np.arange(10), 100).tolist()
