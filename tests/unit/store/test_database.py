"""The store: rows are added once, damage is taken out, addresses keep their secrets, and trouble is said."""

import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest

from demandshift.experiments.store.address import AddressError, StoreError, address_of
from demandshift.experiments.store.blobs import Kept, encoded
from demandshift.experiments.store.database import ReplicationStore, Row
from demandshift.simulator.figures import OFFER_COUNTS, PRODUCT_COUNTS, SEGMENT_COUNTS
from demandshift.simulator.reduction import Contribution


def blob(replication: int, demand: float = 1.0) -> bytes:
    """Return a replication of one offer, product and segment."""
    offers = np.full((1, len(OFFER_COUNTS)), demand)
    contribution = Contribution(
        replication, offers, np.ones((1, len(PRODUCT_COUNTS))), np.ones((1, len(SEGMENT_COUNTS))), {(0, 0, 0, 0): 1}, {}
    )
    return encoded(Kept(contribution))


def store_at(file: Path, program: str = "p", seed: int = 1) -> ReplicationStore:
    """Open a store."""
    return ReplicationStore(file, program=program, seed=seed)


def numbers(store: ReplicationStore, scenario: str = "a", replications: int = 100) -> list[int]:
    """Return the numbers of the replications that are there."""
    return sorted(number for _, kept in store.read([scenario], replications) for number in kept)


def test_rows_stay_and_are_never_doubled(tmp_path: Path):
    """If this fails, what was computed is lost, or the second of two writers replaces or doubles the first's."""
    with store_at(tmp_path / "s.sqlite") as store:
        store.add([Row("a", 0, blob(0)), Row("a", 2, blob(2))])
        store.add([Row("a", 2, blob(2, demand=9.0)), Row("b", 0, blob(0))])
    with store_at(tmp_path / "s.sqlite") as store:
        assert numbers(store) == [0, 2]
        assert numbers(store, replications=2) == [0]
        found = dict(store.read(["a", "b", "c"], 10))
        assert set(found) == {"a", "b"}
        assert found["a"][2].contribution.offers[0, 0] == 1.0, "who was first stays"
    with store_at(tmp_path / "s.sqlite", seed=2) as store:
        assert numbers(store) == []
    with store_at(tmp_path / "s.sqlite", program="q") as store:
        assert numbers(store) == []


def test_damaged_rows_are_taken_out(tmp_path: Path):
    """If this fails, one bad sector ends every later sweep, or becomes a figure."""
    file = tmp_path / "s.sqlite"
    with store_at(file) as store:
        store.add([Row("a", 0, blob(0)), Row("a", 1, blob(1)), Row("a", 2, blob(7))])
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE demandshift_replications SET kept = substr(kept, 1, 40) WHERE replication = 1")
    connection.close()
    with store_at(file) as store:
        assert numbers(store) == [0], "the second is cut, the third says that it is another one"
        assert store.damaged == 2
        store.add([Row("a", 1, blob(1))])
        assert numbers(store) == [0, 1]


def test_many_scenarios_are_read_in_several_questions(tmp_path: Path):
    """If this fails, a large sweep asks for more at once than the database takes."""
    names = [f"{number:064x}" for number in range(501)]
    with store_at(tmp_path / "s.sqlite") as store:
        store.add([Row(name, 0, blob(0)) for name in names])
        assert [scenario for scenario, _ in store.read(names, 1)].sort() == names.sort()
        assert len(list(store.read(names, 1))) == 501


def test_many_may_open_and_write_at_once(tmp_path: Path):
    """If this fails, two sweeps that begin together stumble over each other's tables or locks."""
    file = tmp_path / "s.sqlite"
    trouble: list[BaseException] = []
    gate = threading.Barrier(8)

    def write(who: int) -> None:
        gate.wait()
        try:
            with store_at(file) as store:
                for first in range(0, 40, 4):
                    store.add([Row("a", number, blob(number)) for number in range(first, first + 5)])
                    store.add([Row(str(who), first, blob(first))])
        except StoreError as error:
            trouble.append(error)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    with store_at(file) as store:
        assert numbers(store) == list(range(41))
        assert all(len(numbers(store, str(who))) == 10 for who in range(8))


def test_a_store_of_another_version_is_left_alone(tmp_path: Path):
    """If this fails, an older program writes into tables that it does not understand."""
    file = tmp_path / "s.sqlite"
    store_at(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE demandshift_format SET version = 2")
    connection.close()
    with pytest.raises(StoreError) as caught:
        store_at(file)
    assert str(caught.value) == (
        f"the store {file} has tables of version 2, this program knows 1; take the program that wrote it, or another "
        "store"
    )


def test_a_file_that_is_no_store_is_said(tmp_path: Path):
    """If this fails, a wrong file name ends in a traceback, or the file is overwritten."""
    file = tmp_path / "sales.csv"
    file.write_text("product,sales\n" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match=r"the store .*sales.csv cannot be opened \(file is not a database\)"):
        store_at(file)
    assert file.read_text(encoding="utf-8").startswith("product,sales\n")


@pytest.mark.parametrize(
    ("store", "message"),
    [
        ("mysql://host/db", "there is no store of kind 'mysql' (known: a file, postgresql://…, sqlite:///file)"),
        ("sqlite://", "a store in memory keeps nothing: name a file"),
        ("nowhere/s.sqlite", "the folder nowhere of the store s.sqlite is not there"),
        ("/tmp", "the store /tmp is a folder; name a file, such as /tmp/sweep.sqlite"),
        (
            "postgresql://user:secret@host:port/db",
            "the address postgresql://… of the store cannot be read; it has the form "
            "postgresql://user:password@host:port/name",
        ),
    ],
)
def test_what_is_no_address_is_said(store: str, message: str):
    """If this fails, a wrong address ends in a traceback, or a password stands in the message."""
    with pytest.raises(AddressError) as caught:
        address_of(store)
    assert str(caught.value) == message


def test_passwords_are_never_shown():
    """If this fails, a password stands in messages, manifests and reports."""
    address = address_of("postgresql://anna:s3cret@db.example:5433/sweeps?sslpassword=0ther&connect_timeout=3")
    assert address.shown == "postgresql://anna@db.example:5433/sweeps"
    assert address.clean("for anna with s3cret and 0ther failed") == "for anna with *** and *** failed"


def test_a_database_that_does_not_answer_is_said():
    """If this fails, a lost database ends in a traceback, or with its password."""
    with pytest.raises(StoreError) as caught:
        ReplicationStore("postgresql://anna:s3cret@127.0.0.1:1/sweeps", program="p", seed=1)
    assert str(caught.value).startswith("the store postgresql://anna@127.0.0.1:1/sweeps cannot be opened (")
    assert "s3cret" not in str(caught.value)
