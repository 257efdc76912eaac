"""Complaints about a document by path: the place is looked up, so that checks only say what is wrong with what."""

from dataclasses import dataclass

from .complaints import Complaints
from .marked import Marked, Path
from .paths import format_path

__all__ = ["Reporter"]


@dataclass(frozen=True, slots=True)
class Reporter:
    """Notes complaints about one document.

    Parameters
    ----------
    document
        The document, which knows the place of every path.
    complaints
        Where they are noted.
    """

    document: Marked
    complaints: Complaints

    def add(self, path: Path, message: str) -> None:
        """Complain of what stands at a path; where nothing stands there, of the deepest that does on the way."""
        self.complaints.add(self.document.nearest(path).place, format_path(path), message)
