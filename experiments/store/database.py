"""The store of replications: a SQLite file, or a PostgreSQL database that a team shares.

A row is one replication, under the hash of its scenario, the version of the program, its seed and its number. Rows are
only ever added: who finds one there already leaves it, for it holds the same. So any number of sweeps may write at
once, and a row is either there whole or not at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, InterfaceError, SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateTable

from .address import Address, StoreError, address_of
from .blobs import DamagedBlobError, Kept, decoded

STORE_VERSION = 1
"""Version of the tables."""

BUSY_SECONDS = 120.0
"""How long one writer waits for the others."""

HASHES_AT_ONCE = 200
"""Scenarios that one question to the database is about."""

_LOCK = 7_304_502_216
"""Number of the lock under which tables are made: a whole number that no other program is likely to use."""

_TABLES = MetaData()
_FORMAT = Table("demandshift_format", _TABLES, Column("version", Integer, primary_key=True, autoincrement=False))
_KEYS = ("scenario", "program", "seed")
"""By what replications of one world are known."""


def _key_columns() -> "list[Column[Any]]":
    return [
        Column("scenario", String(64), primary_key=True),
        Column("program", String(32), primary_key=True),
        Column("seed", BigInteger, primary_key=True, autoincrement=False),
    ]


_REPLICATIONS = Table(
    "demandshift_replications",
    _TABLES,
    *_key_columns(),
    Column("replication", Integer, primary_key=True, autoincrement=False),
    Column("kept", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_FAILURES = Table(
    "demandshift_failures", _TABLES, *_key_columns(), Column("error", Text, nullable=False), sqlite_with_rowid=False
)


class Row(NamedTuple):
    """One replication to be kept."""

    scenario: str
    """The scenario's hash."""
    replication: int
    kept: bytes
    """As `blobs.encoded` makes it."""


class ReplicationStore:
    """An open store, for one program and one seed; use it in a `with` block.

    Only the process that conducts a sweep writes to it: one writer needs no locks between workers, workers need no way
    to the database, and what is shown as finished is what has been committed.

    Parameters
    ----------
    store : str or Path
        A file or the address of a database.
    program : str
        The version of the program.
    seed : int
        The seed.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """

    def __init__(self, store: str | Path, *, program: str, seed: int) -> None:
        self._address = address_of(store)
        self._own = {"program": program, "seed": seed}
        self._is_sqlite = self._address.url.get_backend_name() == "sqlite"
        self._engine = _engine(self._address, is_sqlite=self._is_sqlite)
        self.damaged = 0
        """How many rows were found to be damaged, and taken out to be computed again."""
        try:
            with self._asking("opened") as connection:
                self._make_tables(connection)
        except StoreError:
            self._engine.dispose()
            raise

    @property
    def shown(self) -> str:
        """The address without its password."""
        return self._address.shown

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store; what was added is in it."""
        self._engine.dispose()

    def read(self, scenarios: Sequence[str], replications: int) -> Iterator[tuple[str, dict[int, Kept]]]:
        """Yield what is kept of scenarios, by the number of the replication.

        Parameters
        ----------
        scenarios : sequence of str
            Their hashes.
        replications : int
            Only those with smaller numbers.

        Raises
        ------
        StoreError
            If it cannot be read.
        """
        column = _REPLICATIONS.c
        for first in range(0, len(scenarios), HASHES_AT_ONCE):
            some = scenarios[first : first + HASHES_AT_ONCE]
            question = select(column.scenario, column.replication, column.kept).where(
                column.scenario.in_(some),
                column.program == self._own["program"],
                column.seed == self._own["seed"],
                column.replication < replications,
            )
            with self._asking("read") as connection:
                rows = connection.execute(question).all()
            found: dict[str, dict[int, Kept]] = {}
            damaged = []
            for scenario, replication, blob in rows:
                try:
                    kept = decoded(bytes(blob))
                    if kept.contribution.replication != replication:
                        raise DamagedBlobError(f"is replication {kept.contribution.replication}")
                    found.setdefault(scenario, {})[replication] = kept
                except DamagedBlobError:
                    damaged.append((scenario, replication))
            self._take_out(damaged)
            yield from found.items()

    def add(self, rows: Iterable[Row], failures: Mapping[str, str] | None = None) -> None:
        """Add replications in one transaction; those that are there already stay.

        Parameters
        ----------
        rows : iterable of Row
            What was computed.
        failures : mapping of str to str, optional
            By scenario hash, why nothing could be computed; what was noted for it before is replaced.

        Raises
        ------
        StoreError
            If it cannot be written; then none of them is added.
        """
        of_dialect = sqlite if self._is_sqlite else postgresql
        new = [{**self._own, **row._asdict()} for row in rows]
        failed = [{**self._own, "scenario": scenario, "error": error} for scenario, error in (failures or {}).items()]
        with self._asking("written") as connection:
            if new:
                connection.execute(of_dialect.insert(_REPLICATIONS).on_conflict_do_nothing(), new)
                self._forget(connection, {row["scenario"] for row in new})
            if failed:
                note = of_dialect.insert(_FAILURES)
                connection.execute(
                    note.on_conflict_do_update(index_elements=_KEYS, set_={"error": note.excluded.error}), failed
                )

    def failures(self) -> dict[str, str]:
        """Return the failures that are noted, by the scenario's hash.

        Raises
        ------
        StoreError
            If it cannot be read.
        """
        column = _FAILURES.c
        question = select(column.scenario, column.error).where(
            column.program == self._own["program"], column.seed == self._own["seed"]
        )
        with self._asking("read") as connection:
            return {scenario: error for scenario, error in connection.execute(question)}

    # Inner

    def _forget(self, connection: Connection, scenarios: Iterable[str]) -> None:
        """Take away the failures of scenarios that could be computed after all."""
        column = _FAILURES.c
        own = (column.program == self._own["program"], column.seed == self._own["seed"])
        connection.execute(delete(_FAILURES).where(column.scenario.in_(list(scenarios)), *own))

    def _take_out(self, damaged: Sequence[tuple[str, int]]) -> None:
        if not damaged:
            return
        column = _REPLICATIONS.c
        self.damaged += len(damaged)
        with self._asking("written") as connection:
            connection.execute(
                delete(_REPLICATIONS).where(
                    tuple_(column.scenario, column.replication).in_(damaged),
                    column.program == self._own["program"],
                    column.seed == self._own["seed"],
                )
            )

    def _make_tables(self, connection: Connection) -> None:
        if not self._is_sqlite:
            # Two who make one table at once would stumble over each other's.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        for table in _TABLES.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
        of_dialect = sqlite if self._is_sqlite else postgresql
        versions = connection.execute(select(_FORMAT.c.version)).scalars().all()
        if not versions:
            connection.execute(of_dialect.insert(_FORMAT).on_conflict_do_nothing(), [{"version": STORE_VERSION}])
        elif versions != [STORE_VERSION]:
            found = ", ".join(map(str, versions))
            raise StoreError(
                f"the store {self.shown} has tables of version {found}, this program knows {STORE_VERSION}; "
                "take the program that wrote it, or another store"
            )

    @contextmanager
    def _asking(self, what: str) -> Iterator[Connection]:
        """Open a transaction, with what goes wrong in words that a user can act on."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"the store {self.shown} cannot be {what} ({self._reason(error)})") from None

    def _reason(self, error: SQLAlchemyError) -> str:
        """Return the database's own words, on one line and without a password."""
        said = str(error.orig) if isinstance(error, DatabaseError | InterfaceError) else str(error)
        return self._address.clean(" ".join(said.split()))


def _engine(address: Address, *, is_sqlite: bool) -> Engine:
    # One connection, of one process: the one that conducts the sweep.
    arguments: dict[str, Any] = {"timeout": BUSY_SECONDS} if is_sqlite else {"connect_timeout": 30}
    try:
        engine = create_engine(address.url, poolclass=StaticPool, connect_args=arguments)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"the store {address.shown} needs the package {error.name}: pip install 'demandshift[postgres]'"
        ) from error
    if is_sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - whatever the driver calls a connection
    """Readers do not wait for a writer, and what is committed survives a loss of power."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(1000 * BUSY_SECONDS)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()
