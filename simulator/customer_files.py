"""Every customer of a run in a row, in Parquet files: one for each replication, written while it runs.

Memory does not grow with the customers: an engine hands over some thousands of stories at a time, and they go to the
file. Files are written in a folder beside the one that they are for, and moved there when the whole run is complete.
"""

import errno
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..models.choice.protocols import AttemptChoice
from .ledger import NOBODY, Cause, Outcome
from .stories import Stories, TakeLog
from .world import World

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1
"""Version of the columns; it changes when one changes its meaning. It stands in every file's metadata."""

METADATA = ("schema_version", "scenario_hash", "seed", "replication")
"""What every file says of itself, under names that begin with `demandshift.`."""

NOT_INTERESTED = "not_interested"
"""The outcome of who wanted nothing, which the ledger counts by heads only."""

ROWS_IN_GROUP = 2**16
"""Rows of a file that are compressed together: what memory holds at most, in stories."""

_FILES = "replication-*.parquet"


def file_name(replication: int) -> str:
    """Return the name of the file of one replication."""
    return f"replication-{replication:05}.parquet"


def files_in(folder: Path) -> list[Path]:
    """Return the files of replications in a folder, in their order; none where there is no folder."""
    return sorted(folder.glob(_FILES))


@dataclass(frozen=True, slots=True)
class CustomerWriter:
    """Writes the customers of replications into a folder; picklable, so that each process writes its own."""

    folder: Path
    scenario_hash: str
    seed: int

    @contextmanager
    def writing(self, world: World, replication: int) -> Iterator[TakeLog]:
        """Open the file of a replication and give what takes its stories; it gets its name when it is complete."""
        import pyarrow.parquet

        schema = self._schema(replication)
        path = self.folder / file_name(replication)
        beside = path.with_suffix(".part")
        gathered: list[Any] = []

        with pyarrow.parquet.ParquetWriter(beside, schema) as writer:

            def write() -> None:
                writer.write_table(pyarrow.Table.from_batches(gathered, schema))
                gathered.clear()

            def take(stories: Stories) -> None:
                gathered.append(_batch(stories, world, replication, schema))
                if sum(map(len, gathered)) >= ROWS_IN_GROUP:
                    write()

            yield take
            if gathered:
                write()
        beside.replace(path)

    def _schema(self, replication: int) -> Any:  # noqa: ANN401 (pyarrow has no types)
        import pyarrow as pa

        text = pa.dictionary(pa.int32(), pa.string())
        types = {
            "replication": pa.int32(),
            "customer": pa.int64(),
            "segment": text,
            "person": pa.int64(),
            "first_visit": pa.float64(),
            "cohort": pa.bool_(),
            "origin": text,
            "cause": text,
            "outcome": text,
            "destination": text,
            "time": pa.float64(),
            "price": pa.float64(),
            "surplus": pa.float64(),
        }
        values = (str(SCHEMA_VERSION), self.scenario_hash, str(self.seed), str(replication))
        metadata = {f"demandshift.{name}": value for name, value in zip(METADATA, values, strict=True)}
        return pa.schema(types.items(), metadata=metadata)


def _batch(stories: Stories, world: World, replication: int, schema: Any) -> Any:  # noqa: ANN401 (pyarrow, as above)
    """Return stories as a batch of columns; nothing in it is shared with their rows, which are overwritten."""
    import pyarrow as pa

    # Contiguous copies: whoever told the stories uses the rows again.
    column = {name: np.array(stories[name]) for name in stories.dtype.names}
    offers, segments = world.problem.offers.names, world.problem.segments.names
    wanted_nothing = column["origin"] == NOBODY
    causes = [cause.name.lower() for cause in Cause]
    outcomes = [*(outcome.name.lower() for outcome in Outcome), NOT_INTERESTED]
    # Without prices there is no surplus, rather than none at all.
    without_prices = np.array([isinstance(choice, AttemptChoice) for choice in world.choices])

    def words(numbers: Any, names: Sequence[str], missing: Any = None) -> Any:  # noqa: ANN401
        indices = pa.array(numbers.astype(np.int32), mask=missing)
        return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))

    columns = {
        "replication": pa.array(np.full(len(stories), replication, dtype=np.int32)),
        "customer": pa.array(column["number"]),
        "segment": words(column["segment"], segments),
        "person": pa.array(column["person"]),
        "first_visit": pa.array(column["first_visit"]),
        "cohort": pa.array(column["cohort"] != 0),
        "origin": words(column["origin"], offers, wanted_nothing),
        "cause": words(column["cause"], causes, wanted_nothing),
        "outcome": words(np.where(wanted_nothing, len(Outcome), column["outcome"]), outcomes),
        "destination": words(column["destination"], offers, column["destination"] == NOBODY),
        "time": pa.array(column["time"]),
        "price": pa.array(column["price"], mask=np.isnan(column["price"])),
        "surplus": pa.array(column["surplus"], mask=without_prices[column["segment"]]),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


class KeptCustomers:
    """The customers that a run keeps: in a folder of the caller's, or in one that lives as long as this object.

    Parameters
    ----------
    wanted : Path, optional
        The folder that the files are for; without it they stay in a temporary one.

    Raises
    ------
    OSError
        If the folder cannot be made or written.
    """

    def __init__(self, wanted: Path | None) -> None:
        self._wanted = wanted
        near = None
        if wanted is not None:
            if wanted.exists() and not wanted.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "is a file, no folder", str(wanted))
            near = wanted.parent
            while not near.exists():
                near = near.parent
        self.folder = Path(tempfile.mkdtemp(prefix=".customers-", dir=near))
        """Where the files are."""
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def complete(self) -> None:
        """Move the files to where they are wanted, in place of those of an earlier run there: the run is complete."""
        if self._wanted is not None:
            _move_files(self.folder, self._wanted)
            self.folder.rmdir()
            self.folder = self._wanted

    def frame(self, replications: Sequence[int]) -> "pd.DataFrame":
        """Return the customers of some replications, in the order of their last outcomes."""
        import pyarrow as pa
        import pyarrow.parquet

        tables = []
        for replication in replications:
            with pyarrow.parquet.ParquetFile(self.folder / file_name(replication)) as file:
                table = file.read()
            plain = [pa.string() if pa.types.is_dictionary(field.type) else field.type for field in table.schema]
            tables.append(table.cast(pa.schema(zip(table.schema.names, plain, strict=True))))
        frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
        return frame

    def copy_to(self, folder: Path) -> list[Path]:
        """Copy the files into a folder, in place of those of an earlier run there, and return them."""
        if folder.resolve() != self.folder.resolve():
            with tempfile.TemporaryDirectory(prefix=".customers-", dir=folder.parent) as near:
                for file in files_in(self.folder):
                    shutil.copy(file, near)
                _move_files(Path(near), folder)
        return files_in(folder)


def _move_files(source: Path, folder: Path) -> None:
    """Move files of replications into a folder, and take away those of an earlier run of more replications."""
    folder.mkdir(parents=True, exist_ok=True)
    moved = {Path(shutil.move(file, folder / file.name)) for file in files_in(source)}
    for file in files_in(folder):
        if file not in moved:
            file.unlink()
