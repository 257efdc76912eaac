"""What a run hands out: tidy frames, plain data, files (R17)."""

import datetime
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import demandshift as ds
from demandshift.simulator import saving
from demandshift.simulator.figures import FIGURES

COLUMNS = {
    "summary": ["firm", "figure", "unit", "mean", "half_width", "n"],
    "sales": ["offer", "firm", "figure", "unit", "mean", "half_width", "n"],
    "stock": ["product", "firm", "figure", "unit", "mean", "half_width", "n"],
    "customers": ["segment", "figure", "unit", "mean", "half_width", "n"],
    "transfers": [
        *("kind", "from", "to", "willing", "willing_half_width", "transferred", "transferred_half_width", "n"),
    ],
    "rates": ["firm", "kind", "mean", "half_width", "n"],
    "matrix": ["from", "cause", "outcome", "kind", "to", "mean", "half_width", "n"],
    "timeline": ["period", "time", "level", "name", "figure", "unit", "mean", "half_width", "n"],
    "transfer_shares": ["store", "from", "to", "share", "half_width", "n"],
}
"""The columns that the docs name."""

SHOP = {
    "name": "small shop",
    "horizon": 5,
    "firms": {"corner": {}, "market": {}},
    "products": {
        "cola": {"firm": "corner", "price": 2, "cost": 1, "stock": 4},
        "zero": {"firm": "corner", "price": 2, "cost": 1, "stock": 40},
        "rival": {"firm": "market", "price": 2, "stock": "unlimited"},
    },
    "segments": {
        "all": {
            "arrivals": {"kind": "poisson", "rate": 6},
            "choice": {
                "kind": "logit",
                "scale": 0.5,
                "reservation_price": {"cola": 3, "zero": 2.25, "rival": 2.125},
            },
        }
    },
}


@pytest.fixture
def shop(write):
    """Return what makes a result of the small shop, with changes to its document."""

    def make(replications=3, **changes):
        return ds.run(write({**SHOP, **changes}), replications=replications, seed=2)

    return make


# Frames


@pytest.mark.parametrize("n", [1, 3])
def test_frames_have_the_columns_that_the_docs_name(shop, n):
    """If this fails, notebooks break that name a column."""
    frames = shop(n).frames()
    assert {name: list(frame.columns) for name, frame in frames.items()} == COLUMNS
    for name, frame in frames.items():
        assert len(frame), name
        assert (frame["n"] == n).all()
        values = [column for column in frame.columns if column.startswith(("mean", "half", "will", "trans", "share"))]
        assert all(frame[column].dtype == np.float64 for column in values)


def test_frames_of_nothing_have_their_columns_too(shop):
    """If this fails, a quiet run has tables without columns, or columns of another type."""
    quiet = shop(products={name: {**each, "stock": "unlimited"} for name, each in SHOP["products"].items()})
    for name in ("transfers", "transfer_shares"):
        frame = getattr(quiet, name)
        assert list(frame.columns) == COLUMNS[name]
        assert len(frame) == 0
        assert frame[COLUMNS[name][3]].dtype == np.float64


def test_one_replication_has_no_half_widths(shop):
    """If this fails, a single run pretends to be certain (R17)."""
    alone = shop(1)
    for name, frame in alone.frames().items():
        widths = frame[[column for column in frame.columns if "half_width" in column]]
        assert widths.isna().all(axis=None), name
    assert alone.as_dict()["summary"]["corner"]["profit"]["half_width"] is None


def test_every_figure_of_a_firm_is_there_with_its_unit(shop):
    """If this fails, a figure is missing from the table, or in another unit than documented."""
    summary = shop().summary
    own = summary[summary["firm"] == "corner"]
    assert list(zip(own["figure"], own["unit"], strict=True)) == [(each.name, each.unit) for each in FIGURES]


def test_what_does_not_exist_is_nan_in_frames_and_null_in_json(shop):
    """If this fails, JSON is no JSON, or a rate of nothing is 0."""
    order = {"kind": "ranking", "lists": [{"share": 1, "order": ["zero"]}]}
    segments = {"all": {"arrivals": SHOP["segments"]["all"]["arrivals"], "choice": order}}
    result = shop(segments=segments)
    surplus = result.customers.set_index("figure").loc["consumer_surplus"]
    assert np.isnan(surplus["mean"])
    told = json.loads(json.dumps(result.as_dict(), allow_nan=False))
    assert told["customers"]["consumer_surplus"] == {"mean": None, "half_width": None, "n": 3}
    assert told["rates"]["competitive"] == {"mean": None, "half_width": None, "n": 3}
    assert told["summary"]["market"]["cycle_service"]["mean"] is None


def test_the_json_object_has_the_keys_of_the_docs(shop):
    """If this fails, programs that read the JSON break."""
    told = json.loads(json.dumps(shop().as_dict(), allow_nan=False))
    assert list(told) == [
        *("schema_version", "scenario", "seed", "replications", "alarms", "summary", "customers"),
        *("transfers", "rates", "rates_by_firm", "manifest"),
    ]
    assert (told["schema_version"], told["scenario"], told["seed"], told["replications"]) == (1, "small shop", 2, 3)
    assert set(told["summary"]) == {"corner", "market"}
    assert {"profit", "revenue", "units_sold", "fill_rate", "lost", "waste"} <= set(told["summary"]["corner"])
    assert set(told["summary"]["corner"]["profit"]) == {"mean", "half_width", "n"}
    assert {"arrived", "not_interested", "bought", "left", "waiting"} <= set(told["customers"])
    assert all(set(row) == {"kind", "from", "to", "willing", "transferred"} for row in told["transfers"])
    assert set(told["rates"]) == {
        *("substitutive", "competitive", "strategic"),
        *("waiting_by_choice", "leaving_home"),
    }
    assert set(told["rates_by_firm"]) == {"corner", "market"}
    manifest = told["manifest"]
    assert {"scenario_hash", "resolved_scenario", "versions", "engine", "time", "seed", "replications"} <= set(manifest)
    assert {"demandshift", "python", "simpy", "numpy", "scipy", "numba", "pandas"} == set(manifest["versions"])


def test_rates_of_all_firms_are_of_all_origins(shop):
    """If this fails, the rate of all is the mean of the firms' rates."""
    result = shop()
    transfers = result.transfers.groupby("kind")[["willing", "transferred"]].sum()
    rates = result.rates.set_index(["firm", "kind"])["mean"]
    for kind, row in transfers.iterrows():
        assert rates["(all)", kind] == pytest.approx(row["transferred"] / row["willing"])
    assert np.isnan(rates["market", "substitutive"])


def test_transfer_shares_are_of_those_turned_away(shop):
    """If this fails, the table that retailers exchange has other shares than they mean."""
    result = shop()
    away = result.sales.set_index(["offer", "figure"])["mean"]["cola", "turned_away"]
    moved = result.transfers.set_index(["from", "to"])["transferred"]
    assert len(result.transfer_shares) == 2
    for row in result.transfer_shares.to_dict("records"):
        assert row["share"] == pytest.approx(moved[row["from"], row["to"]] / away)
        assert (row["store"], row["n"]) == ("corner", 3)


def test_waiting_is_no_transfer_share(shop):
    """If this fails, customers who came back later are told as having taken a substitute."""
    result = shop(
        firms={
            "corner": {
                "service": {"back_orders": {}},
                "ordering": {"kind": "order_up_to", "review_every": 1, "level": 4},
            },
            "market": {},
        },
        segments={"all": {**SHOP["segments"]["all"], "waiting": {"up_to": 3}}},
    )
    assert "strategic" in set(result.transfers["kind"])
    assert set(result.transfer_shares["to"]) <= {"zero", "rival"}


@pytest.mark.parametrize(("unit", "hours"), [("hour", 1), ("day", 24), ("week", 168)])
def test_the_timeline_has_dates_where_there_is_a_calendar(shop, unit, hours):
    """If this fails, periods are told at a wrong date."""
    timeline = shop(start="2025-03-03T06:00", time_unit=unit, report_every=2).timeline
    assert list(timeline.columns)[:3] == ["period", "time", "date"]
    first = datetime.datetime(2025, 3, 3, 6)
    expected = [first + datetime.timedelta(hours=hours * time) for time in timeline["time"]]
    assert timeline["date"].tolist() == [pd.Timestamp(date) for date in expected]
    assert sorted(timeline["time"].unique()) == [0, 2, 4]


def test_without_a_calendar_there_are_no_dates(shop):
    """If this fails, a run of periods is given dates out of nothing."""
    assert "date" not in shop().timeline.columns
    assert "date" not in shop(time_unit="period").timeline.columns


def test_a_result_does_not_change_what_it_was_made_from(shop):
    """If this fails, looking at a result changes it."""
    result = shop()
    before = result.as_dict()
    result.as_dict()["summary"].clear()
    result.frames()
    assert result.as_dict() == before


# Files


@pytest.mark.parametrize("table_format", ["csv", "parquet"])
def test_all_tables_the_scenario_and_the_manifest_are_written(shop, tmp_path, table_format):
    """If this fails, a table is missing from the folder, or differs from the frame."""
    result = shop()
    folder = tmp_path / "a folder" / "with spaces"
    files = result.save(folder, table_format)
    names = {f"{name}.{table_format}" for name in COLUMNS} | {"scenario.yaml", "manifest.json"}
    assert {file.name for file in files} == names == {file.name for file in folder.iterdir()}
    read = pd.read_csv if table_format == "csv" else pd.read_parquet
    for name, frame in result.frames().items():
        stored = read(folder / f"{name}.{table_format}")
        if len(frame):
            pd.testing.assert_frame_equal(stored, frame, check_dtype=False)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario_hash"] == result.scenario.hash
    assert ds.load(folder / "scenario.yaml") == result.scenario
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o644"}


def test_an_unknown_format_is_refused(shop, tmp_path):
    """If this fails, a typo in the format writes files that nobody asked for."""
    with pytest.raises(ValueError, match=r"there is no table format 'xlsx' \(known: csv, parquet\)"):
        shop().save(tmp_path / "out", "xlsx")
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder(shop, tmp_path):
    """If this fails, results are lost because their folder is a file."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OSError, match="out"):
        shop().save(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    """If this fails, a run is made whose results cannot be kept."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            saving.check_destination(tmp_path, "csv", keeps_customers=False)
    finally:
        tmp_path.chmod(0o700)


def test_checking_a_folder_makes_nothing(tmp_path):
    """If this fails, a run that is refused leaves a folder, or test files, behind."""
    saving.check_destination(tmp_path / "deep" / "new", "csv", keeps_customers=False)
    saving.check_destination(tmp_path, "parquet", keeps_customers=True)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(shop, tmp_path, monkeypatch):
    """If this fails, a full disk leaves half a table under its name, or rubbish beside it."""
    result = shop()
    result.save(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def fails(_frame: pd.DataFrame, path: Path, **_: object) -> None:
        Path(path).write_text("half a tab")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", fails)
    with pytest.raises(OSError, match="No space left"):
        shop(4).save(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_saving_again_replaces_every_file(shop, tmp_path):
    """If this fails, tables of two runs stand side by side as if they were one."""
    shop(2).save(tmp_path)
    shop(4).save(tmp_path)
    assert set(pd.read_csv(tmp_path / "summary.csv")["n"]) == {4}
    assert json.loads((tmp_path / "manifest.json").read_text())["replications"] == 4
