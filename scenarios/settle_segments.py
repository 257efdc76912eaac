"""Segments with their names turned into offers and firms, and the rules that bind their parts together."""

from .assortment import Assortment
from .complaints import did_you_mean
from .marked import Path
from .pieces import Pieces
from .reporter import Reporter
from .schema.arrivals import PoissonArrivals
from .schema.choice import RankingChoice, SubstitutionChoice
from .schema.segment import Segment
from .settle_arrivals import Recordings, check_profile
from .settle_choice import settle_choice
from .settled import Home, SettledSegment
from .times import Times

__all__ = ["settle_segments"]


def settle_segments(
    pieces: Pieces, assortment: Assortment, times: Times, recordings: Recordings, report: Reporter
) -> tuple[SettledSegment, ...]:
    """Return the segments that are good, in the order of declaration, and complain of the others."""
    settled: list[SettledSegment] = []
    for name, segment in pieces.segments.items():
        if segment is None:
            continue
        path: Path = ("segments", name)
        trace: tuple[float, ...] | None = None
        if isinstance(segment.arrivals, PoissonArrivals):
            check_profile(segment.arrivals, (*path, "arrivals"), times, report)
        else:
            trace = recordings.read(segment.arrivals, (*path, "arrivals"), times, report)
        _check_prices_are_known(segment, path, report)
        chosen = settle_choice(segment, path, assortment, report)
        if chosen is None:
            continue
        considers, choice = chosen
        home = _home(segment, path, considers, pieces, assortment, report)
        _check_delay_is_known(segment, path, considers, pieces, assortment, report)
        settled.append(SettledSegment(name, segment, considers, choice, home, trace))
    return tuple(settled)


def _has_prices(segment: Segment) -> bool:
    match segment.choice:
        case RankingChoice():
            return segment.choice.lists[0].reservation_price is not None
        case SubstitutionChoice():
            return False
        case _:
            return True


def _check_prices_are_known(segment: Segment, path: Path, report: Reporter) -> None:
    """Complain of what is counted in money where the choice knows no prices (R8)."""
    if _has_prices(segment):
        return
    message = "has no meaning for a choice without reservation prices"
    if segment.home is not None:
        report.add((*path, "home"), f"{message} (R8)")
    if segment.waiting is not None:
        report.add((*path, "waiting"), f"{message} (R8)")
    for kind, cost in segment.transfer_cost:
        if cost > 0:
            report.add((*path, "transfer_cost", kind), f"{message} (R8; got {cost:g})")


def _home(
    segment: Segment, path: Path, considers: tuple[str, ...], pieces: Pieces, assortment: Assortment, report: Reporter
) -> Home | None:
    name = segment.home
    if name is None:
        return None
    where: Path = (*path, "home")
    is_offer, is_firm = name in assortment.drafts, name in pieces.firms
    if is_offer and is_firm:
        report.add(where, f"{name!r} is both an offer and a firm; give one of them another name")
        return None
    if is_offer:
        if name not in considers:
            report.add(where, f"the segment does not consider {name!r}")
        return "offer", name
    if is_firm:
        if not any(assortment.drafts[offer].firm in (name, None) for offer in considers):
            report.add(where, f"the segment considers no offer of firm {name!r}")
        return "firm", name
    if assortment.is_whole and "firms" not in pieces.unreadable:
        known = [*assortment.drafts, *pieces.firms]
        report.add(where, f"unknown firm or offer {name!r}{did_you_mean(name, known)}")
    return None


def _check_delay_is_known(
    segment: Segment, path: Path, considers: tuple[str, ...], pieces: Pieces, assortment: Assortment, report: Reporter
) -> None:
    """Complain where customers may be written down without a date and do not say what delay they reckon with (R13)."""
    if segment.waiting is None or segment.waiting.expected_delay is not None:
        return
    for name in dict.fromkeys(assortment.drafts[offer].firm for offer in considers):
        firm = pieces.firms.get(name) if name is not None else None
        if firm is not None and firm.service.back_orders is not None and not firm.service.back_orders.promise:
            message = f"needs `expected_delay`: firm {name!r} writes customers down without promising a date (R13)"
            report.add((*path, "waiting"), message)
