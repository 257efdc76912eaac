"""Every firm, product, offer and segment judged by itself, so that one bad part hides nothing about the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from .complaints import shown
from .marked import BROKEN, Marked
from .reporter import Reporter
from .schema.base import NOTHING
from .schema.firm import Firm, Offer, Product
from .schema.scenario import Head, ScenarioFile
from .schema.segment import Segment
from .wording import validated

__all__ = ["Pieces", "read_pieces"]

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The parts of a scenario by name; None for a part that is bad, whose name is known all the same."""

    head: Head | None
    firms: Mapping[str, Firm | None]
    products: Mapping[str, Product | None]
    offers: Mapping[str, Offer | None]
    segments: Mapping[str, Segment | None]
    unreadable: frozenset[str]
    """Maps of which not even the names are known; a name that is not in them is no mistake."""

    def assortment_is_known(self) -> bool:
        """Tell whether every product and offer is good, so that what is missing among them is truly missing."""
        good = None not in self.products.values() and None not in self.offers.values()
        return good and not self.unreadable & {"products", "offers"}


def read_pieces(report: Reporter) -> Pieces:
    """Judge the parts of a document and complain of all that is wrong in any of them."""
    document = report.document
    unreadable: set[str] = set()
    return Pieces(
        head=_head(report),
        firms=_map("firms", Firm, report, unreadable),
        products=_map("products", Product, report, unreadable),
        offers=_map("offers", Offer, report, unreadable) if document.child("offers") else {},
        segments=_map("segments", Segment, report, unreadable),
        unreadable=frozenset(unreadable),
    )


def _head(report: Reporter) -> Head | None:
    other = tuple(name for name in ScenarioFile.model_fields if name not in Head.model_fields)
    document = report.document
    entries = {key: value for key, value in document.entries() if key not in other}
    return validated(Head, Marked(entries, document.place), (), report.complaints, allowed=other)


def _map(part: str, expected: type[T], report: Reporter, unreadable: set[str]) -> dict[str, T | None]:
    node = report.document.child(part)
    if node is None or not isinstance(node.content, Mapping):
        unreadable.add(part)
        if node is None:
            report.add((part,), "is missing")
        elif node.content is not BROKEN:
            report.add((part,), f"must be a mapping of names, or the name of a table (got {shown(node.content)})")
        return {}
    if not node.content and part != "offers":
        report.add((part,), "needs at least 1 entry (got 0)")
        unreadable.add(part)
    pieces: dict[str, T | None] = {}
    for name, entry in node.content.items():
        _check_name(part, name, report)
        pieces[name] = None if entry.content is BROKEN else validated(expected, entry, (part, name), report.complaints)
    return pieces


def _check_name(part: str, name: str, report: Reporter) -> None:
    if not name or name.strip() != name or not name.isprintable():
        report.add((part, name), f"a name must be printable, without blanks at its ends (got {name!r})")
    if name == NOTHING and part in ("products", "offers"):
        report.add((part, name), f"{NOTHING!r} is the name of buying nothing (R6); choose another")
