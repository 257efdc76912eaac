"""Which files a scenario may read, and how: inside its own folder, of bounded size, as text or bytes."""

from dataclasses import dataclass
from pathlib import Path

from .complaints import Complaints, Place, did_you_mean

__all__ = ["MOST_SCENARIO_BYTES", "MOST_TABLE_BYTES", "Folders", "read_bytes", "read_text"]

MOST_SCENARIO_BYTES = 1_000_000
"""A scenario that is larger belongs into tables."""
MOST_TABLE_BYTES = 100_000_000
"""A table is read into memory as a whole."""


def read_bytes(path: Path, most: int, place: Place, key: str, complaints: Complaints) -> bytes | None:
    """Read a file of at most so many bytes; None, and a complaint, where that cannot be."""
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except FileNotFoundError:
        beside = [each.name for each in path.parent.glob(f"*{path.suffix}")] if path.parent.is_dir() else []
        complaints.add(place, key, f"there is no file {path.name!r} in its folder{did_you_mean(path.name, beside)}")
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        complaints.add(place, key, f"cannot be read: {reason}")
        return None
    if len(content) > most:
        complaints.add(place, key, f"is larger than {most} bytes")
        return None
    return content


def read_text(path: Path, most: int, place: Place, key: str, complaints: Complaints) -> str | None:
    """Read a UTF-8 file of at most so many bytes; None, and a complaint, where that cannot be."""
    content = read_bytes(path, most, place, key, complaints)
    if content is None:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        spot = place if key else Place(place.file, line)
        complaints.add(spot, key, f"is not UTF-8 text (byte {error.start} of {path.name!r}, line {line})")
        return None


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the files named in a document lie: beside the file that names them, or below.

    Parameters
    ----------
    home
        The folder of the scenario itself, which overrides refer to.
    by_file
        The folder of each file that the scenario is made of, by the name that places carry.
    """

    home: Path
    by_file: dict[str, Path]

    def find(self, name: str, place: Place, key: str, complaints: Complaints) -> Path | None:
        """Return the path of a named file; None, and a complaint, where it lies outside the folder.

        Links are followed first, so that none leads out.
        """
        folder = self.by_file.get(place.file, self.home)
        try:
            root = folder.resolve()
            path = (root / name).resolve()
        except (OSError, ValueError, RuntimeError):
            complaints.add(place, key, f"is not the name of a file (got {name!r})")
            return None
        if not path.is_relative_to(root):
            complaints.add(place, key, f"must stay inside the scenario's folder (got {name!r})")
            return None
        return path

    def shown(self, name: str, place: Place) -> str:
        """Return what complaints call a named file: as the file that names it is called, with the other name."""
        folder = self.by_file.get(place.file)
        return (Path(place.file).parent / name).as_posix() if folder is not None else name
