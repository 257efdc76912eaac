"""From a document to a settled scenario: every part judged, then everything that binds parts together."""

from .assortment import Assortment
from .complaints import Complaints
from .marked import Marked
from .pieces import Pieces, read_pieces
from .reporter import Reporter
from .schema.scenario import Head
from .settle_arrivals import Recordings
from .settle_offers import draft_offers, settle_offers
from .settle_products import settle_products
from .settle_segments import settle_segments
from .settled import Settled, Slots
from .times import HOURS, Times

__all__ = ["settle"]

MOST_PERIODS = 100_000
"""Periods of a timeline: every one is a row for each product and offer."""


def settle(document: Marked, base: Slots | None, recordings: Recordings, complaints: Complaints) -> Settled | None:
    """Judge a whole document and put it together.

    Parameters
    ----------
    document
        The document, with its tables put in place and its variants and overrides applied.
    base
        The places of the base scenario (R14); None where the document is itself the base.
    recordings
        Recorded arrivals.
    complaints
        Where problems are noted.

    Returns
    -------
    The settled scenario, or None after a complaint.
    """
    own = Complaints()
    report = Reporter(document, own)
    pieces = read_pieces(report)
    times = Times(pieces.head)
    if pieces.head is not None:
        _check_head(pieces.head, report)
    products = settle_products(pieces, times, report)
    assortment = draft_offers(pieces, report)
    offers = settle_offers(pieces, assortment, times, report)
    segments = settle_segments(pieces, assortment, times, recordings, report)
    complaints.extend(own)
    if own or pieces.head is None:
        return None
    firms = {name: firm for name, firm in pieces.firms.items() if firm is not None}
    return Settled(pieces.head, firms, products, offers, segments, _slots(pieces, assortment, base))


def _check_head(head: Head, report: Reporter) -> None:
    if head.warm_up >= head.horizon:
        report.add(("warm_up",), f"must be less than the horizon, {head.horizon:g} (got {head.warm_up:g})")
    if head.report_every > head.horizon:
        report.add(("report_every",), f"must be at most the horizon, {head.horizon:g} (got {head.report_every:g})")
    if head.horizon > MOST_PERIODS * head.report_every:
        report.add(
            ("report_every",),
            f"gives more than {MOST_PERIODS} periods over a horizon of {head.horizon:g} (got {head.report_every:g})",
        )
    if head.start is not None and head.time_unit not in HOURS:
        report.add(("start",), f"has no meaning for the time_unit {head.time_unit!r}, which has no calendar")


def _slots(pieces: Pieces, assortment: Assortment, base: Slots | None) -> Slots:
    """Return the base scenario's names in its order, then those that are new."""
    known = base or Slots((), (), ())
    return Slots(
        products=tuple(dict.fromkeys((*known.products, *pieces.products))),
        offers=tuple(dict.fromkeys((*known.offers, *assortment.drafts))),
        segments=tuple(dict.fromkeys((*known.segments, *pieces.segments))),
    )
