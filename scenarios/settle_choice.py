"""Choice models whose names have become positions of considered offers (R6, R8)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .assortment import Assortment
from .complaints import did_you_mean
from .marked import Path
from .reporter import Reporter
from .schema.base import NOTHING, UNLIMITED
from .schema.choice import (
    SHARES_TOLERANCE,
    LatentClassesChoice,
    LocationalChoice,
    LogitChoice,
    MixedLogitChoice,
    NestedLogitChoice,
    RankingChoice,
    SubstitutionChoice,
    SubstitutionTable,
    VerticalChoice,
)
from .schema.distributions import EmpiricalTaste, NormalTaste, Taste, UniformTaste
from .schema.segment import Segment
from .settled import (
    SettledChoice,
    SettledClasses,
    SettledLocational,
    SettledLogit,
    SettledMixedLogit,
    SettledNestedLogit,
    SettledRanking,
    SettledSubstitution,
    SettledVertical,
)

__all__ = ["settle_choice"]


def settle_choice(
    segment: Segment, path: Path, assortment: Assortment, report: Reporter
) -> tuple[tuple[str, ...], SettledChoice] | None:
    """Return the considered offers in the order of declaration, and the choice over their positions.

    Parameters
    ----------
    segment
        The segment.
    path
        Where it stands.
    assortment
        What is for sale.
    report
        Where problems are noted.

    Returns
    -------
    None after a complaint.
    """
    settling = _Settling(segment, path, assortment, report, len(report.complaints))
    match segment.choice:
        case LogitChoice():
            return settling.logit(segment.choice)
        case NestedLogitChoice():
            return settling.nested_logit(segment.choice)
        case MixedLogitChoice():
            return settling.mixed_logit(segment.choice)
        case LatentClassesChoice():
            return settling.latent_classes(segment.choice)
        case VerticalChoice():
            return settling.vertical(segment.choice)
        case LocationalChoice():
            return settling.locational(segment.choice)
        case RankingChoice():
            return settling.ranking(segment.choice)
        case SubstitutionChoice():
            return settling.substitution(segment.choice)


@dataclass(frozen=True, slots=True)
class _Settling:
    """One segment's choice on its way."""

    segment: Segment
    path: Path
    assortment: Assortment
    report: Reporter
    complaints_before: int

    def logit(self, choice: LogitChoice) -> tuple[tuple[str, ...], SettledLogit] | None:
        prices = self._spread(choice.reservation_price, (*self.path, "choice", "reservation_price"))
        considers = self._considered(set(prices))
        if considers is None:
            return None
        return considers, SettledLogit(choice.scale, tuple(prices[name] for name in considers))

    def nested_logit(self, choice: NestedLogitChoice) -> tuple[tuple[str, ...], SettledNestedLogit] | None:
        prices = self._spread(choice.reservation_price, (*self.path, "choice", "reservation_price"))
        considers = self._considered(set(prices))
        nests: dict[str, str] = {}
        for name, nest in choice.nests.items():
            for position, member in enumerate(nest.offers):
                where: Path = (*self.path, "choice", "nests", name, "offers", position)
                for offer in self.assortment.all_of(member, where, self.report):
                    if offer not in prices:
                        self.report.add(where, f"{offer!r} has no reservation price here")
                    elif nests.get(offer, name) != name:
                        self.report.add(where, f"{offer!r} is in nest {nests[offer]!r} already")
                    nests.setdefault(offer, name)
        if considers is None:
            return None
        # Offers of one product that share their taste belong together: whoever stands alone brings the others along.
        alone = {name: nests.get(name, self._taste_of(name)) for name in considers}
        self._check_shared_tastes(considers, alone)
        order = list(dict.fromkeys([*choice.nests, *alone.values()]))
        dissimilarity = tuple(choice.nests[name].dissimilarity if name in choice.nests else 1.0 for name in order)
        numbers = tuple(order.index(alone[name]) for name in considers)
        return considers, SettledNestedLogit(
            choice.scale, tuple(prices[name] for name in considers), numbers, dissimilarity
        )

    def _taste_of(self, offer: str) -> str:
        """Return what stands for the taste of an offer that is in no nest: no name of a nest begins with a blank."""
        return f" {self.assortment.drafts[offer].only_product or offer}"

    def _check_shared_tastes(self, considers: tuple[str, ...], nests: Mapping[str, str]) -> None:
        """Complain where offers of one product are in different nests, though they share one taste (R6)."""
        first: dict[str, str] = {}
        for offer in considers:
            draft = self.assortment.drafts[offer]
            if draft.only_product is None or draft.own_taste:
                continue
            other = first.setdefault(draft.only_product, offer)
            if nests[other] != nests[offer]:
                message = f"{other!r} and {offer!r} sell one product and share their taste: put both into one nest"
                self.report.add((*self.path, "choice", "nests"), message)

    def mixed_logit(self, choice: MixedLogitChoice) -> tuple[tuple[str, ...], SettledMixedLogit] | None:
        prices = self._spread(choice.reservation_price, (*self.path, "choice", "reservation_price"))
        considers = self._considered(set(prices))
        self._check_scale(choice.scale)
        if considers is None:
            return None
        rows = [tuple(self._attribute(offer, name) for name in choice.coefficients) for offer in considers]
        worths = tuple(prices[name] for name in considers)
        return considers, SettledMixedLogit(choice.scale, worths, tuple(choice.coefficients.values()), tuple(rows))

    def _check_scale(self, scale: float | Taste) -> None:
        where: Path = (*self.path, "choice", "scale")
        message = "must be above 0 for every customer"
        match scale:
            case NormalTaste():
                self.report.add(where, f"{message}: a normal may be below; take a lognormal")
            case UniformTaste(low=low) if low <= 0:
                self.report.add((*where, "low"), f"{message} (got {low:g})")
            case EmpiricalTaste(values=values) if min(values) <= 0:
                self.report.add((*where, "values"), f"{message} (got {min(values):g})")
            case float() | int() if scale <= 0:
                self.report.add(where, f"must be greater than 0 (got {scale:g})")

    def _attribute(self, offer: str, name: str) -> float:
        attributes = self.assortment.drafts[offer].attributes
        if attributes is None:
            return 0.0
        if name not in attributes:
            known = f"it has {', '.join(attributes)}" if attributes else "it has none"
            message = f"offer {offer!r} has no attribute {name!r} ({known})"
            self.report.add((*self.path, "choice", "coefficients", name), message)
        return attributes.get(name, 0.0)

    def latent_classes(self, choice: LatentClassesChoice) -> tuple[tuple[str, ...], SettledClasses] | None:
        prices = [
            self._spread(each.reservation_price, (*self.path, "choice", "classes", position, "reservation_price"))
            for position, each in enumerate(choice.classes)
        ]
        considers = self._considered({name for each in prices for name in each})
        if considers is None:
            return None
        return considers, SettledClasses(
            tuple(each.share for each in choice.classes),
            tuple(each.scale for each in choice.classes),
            tuple(tuple(each.get(name, -math.inf) for name in considers) for each in prices),
        )

    def vertical(self, choice: VerticalChoice) -> tuple[tuple[str, ...], SettledVertical] | None:
        quality = self._spread(choice.quality, (*self.path, "choice", "quality"))
        considers = self._considered(set(quality))
        if considers is None:
            return None
        return considers, SettledVertical(tuple(quality[name] for name in considers), choice.taste)

    def locational(self, choice: LocationalChoice) -> tuple[tuple[str, ...], SettledLocational] | None:
        prices = self._spread(choice.reservation_price, (*self.path, "choice", "reservation_price"))
        places = self._spread(choice.location, (*self.path, "choice", "location"))
        for known, other, key in ((prices, places, "location"), (places, prices, "reservation_price")):
            missing = [name for name in known if name not in other]
            if missing:
                self.report.add((*self.path, "choice", key), f"says nothing of {', '.join(missing)}")
        self._check_circle(choice, places)
        considers = self._considered(set(prices) & set(places))
        if considers is None:
            return None
        return considers, SettledLocational(
            tuple(prices[name] for name in considers),
            tuple(places[name] for name in considers),
            choice.distance_cost,
            choice.customers,
            choice.circle,
        )

    def _check_circle(self, choice: LocationalChoice, places: Mapping[str, float]) -> None:
        """Complain of what does not lie on the circle."""
        if choice.circle is None:
            return
        for name, place in places.items():
            if not 0 <= place <= choice.circle:
                message = f"must lie between 0 and the length of the circle, {choice.circle:g} (got {place:g})"
                self.report.add((*self.path, "choice", "location", name), message)
        match choice.customers:
            case UniformTaste(low=low, high=high):
                inside = low >= 0 and high <= choice.circle
            case EmpiricalTaste(values=values):
                inside = min(values) >= 0 and max(values) <= choice.circle
            case _:
                inside = False
        if not inside:
            message = (
                f"must lie between 0 and the length of the circle, {choice.circle:g}: take a uniform or empirical one"
            )
            self.report.add((*self.path, "choice", "customers"), message)

    def ranking(self, choice: RankingChoice) -> tuple[tuple[str, ...], SettledRanking] | None:
        shares = tuple(each.share for each in choice.lists)
        orders: list[tuple[str, ...]] = []
        prices: list[dict[str, float]] = []
        for position, each in enumerate(choice.lists):
            where: Path = (*self.path, "choice", "lists", position)
            if each.order is not None:
                orders.append(self._order(each.order, (*where, "order")))
            else:
                prices.append(self._spread(each.reservation_price or {}, (*where, "reservation_price")))
        considers = self._considered({name for each in (*orders, *prices) for name in each})
        if considers is None:
            return None
        place = {name: position for position, name in enumerate(considers)}
        if orders:
            positions = tuple(tuple(place[name] for name in order if name in place) for order in orders)
            return considers, SettledRanking(shares, positions, None)
        worths = tuple(tuple(each.get(name, -math.inf) for name in considers) for each in prices)
        return considers, SettledRanking(shares, None, worths)

    def substitution(self, choice: SubstitutionChoice) -> tuple[tuple[str, ...], SettledSubstitution] | None:
        if isinstance(choice.substitution, SubstitutionTable):
            raise TypeError("tables are put in place before a choice is settled")
        where: Path = (*self.path, "choice", "first_choice")
        first = self._shares(choice.first_choice, where)
        rows: dict[str, dict[str, float]] = {}
        for name, row in choice.substitution.items():
            failed_path: Path = (*self.path, "choice", "substitution", name)
            if self._is_nothing(name, failed_path, "is never out of stock"):
                continue
            failed = self._one(name, failed_path, rows)
            shares = self._row(failed, row, failed_path)
            if failed is not None:
                rows[failed] = shares
        named = {*first, *rows, *(name for row in rows.values() for name in row)} - {NOTHING}
        considers = self._considered(named)
        if considers is None:
            return None
        wanted = {name for shares in (first, *rows.values()) for name, share in shares.items() if share > 0}
        outside = self.assortment.in_order(wanted - set(considers))
        if outside:
            left_out = ", ".join(outside)
            message = f"leaves out offers to which the choice gives shares ({left_out}); give those to others first"
            self.report.add((*self.path, "considers"), message)
        matrix = tuple(tuple(rows.get(failed, {}).get(name, 0.0) for name in considers) for failed in considers)
        attempts = None if choice.attempts == UNLIMITED else choice.attempts
        if attempts is None:
            self._check_ends(considers, matrix)
        return considers, SettledSubstitution(tuple(first.get(name, 0.0) for name in considers), matrix, attempts)

    def _considered(self, named: set[str]) -> tuple[str, ...] | None:
        """Return what the segment considers of the offers that its choice names, in the order of declaration."""
        considered = named
        if self.segment.considers is not None:
            considered = set()
            for position, name in enumerate(self.segment.considers):
                considered |= self._restriction(name, named, (*self.path, "considers", position))
        elif not named and self.assortment.is_whole and len(self.report.complaints) == self.complaints_before:
            self.report.add((*self.path, "choice"), "considers nothing: it names no offer")
        return self.assortment.in_order(considered) if considered else None

    def _restriction(self, name: str, named: set[str], path: Path) -> set[str]:
        offers = {name} if name in self.assortment.drafts else set(self.assortment.all_of(name, path, self.report))
        if offers and not offers & named and self.assortment.is_whole:
            self.report.add(path, f"{name!r} is not in the choice{did_you_mean(name, named)}")
        return offers & named

    def _spread(self, values: Mapping[str, float], path: Path) -> dict[str, float]:
        """Return values by offer; a product's goes to all offers that use only it, an offer's own name goes before."""
        by_offer: dict[str, float] = {}
        for name, value in values.items():
            if self._is_nothing(name, (*path, name), "is worth 0 (R6)"):
                continue
            for offer in self.assortment.all_of(name, (*path, name), self.report):
                by_offer.setdefault(offer, value)
        by_offer.update({name: value for name, value in values.items() if name in self.assortment.drafts})
        return by_offer

    def _order(self, names: tuple[str, ...], path: Path) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for position, name in enumerate(names):
            where: Path = (*path, position)
            if self._is_nothing(name, where, "is what follows the last of a list"):
                continue
            offer = self._one(name, where, found)
            if offer is not None:
                found[offer] = None
        return tuple(found)

    def _shares(self, values: Mapping[str, float], path: Path) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, share in values.items():
            offer = NOTHING if name == NOTHING else self._one(name, (*path, name), found)
            if offer is not None:
                found[offer] = share
        return found

    def _row(self, failed: str | None, row: Mapping[str, float], path: Path) -> dict[str, float]:
        total = math.fsum(row.values())
        if total > 1 + SHARES_TOLERANCE:
            self.report.add(path, f"shares must not sum to more than 1 (got {total:.6g})")
        shares = self._shares(row, path)
        if failed in shares:
            self.report.add(path, "an offer is no substitute for itself")
        return shares

    def _one(self, name: str, path: Path, taken: Mapping[str, object]) -> str | None:
        offer = self.assortment.one_of(name, path, self.report)
        if offer is not None and offer in taken:
            self.report.add(path, f"offer {offer!r} is named twice")
            return None
        return offer

    def _is_nothing(self, name: str, path: Path, message: str) -> bool:
        if name == NOTHING:
            self.report.add(path, f"buying nothing {message}; leave it out")
        return name == NOTHING

    def _check_ends(self, considers: tuple[str, ...], matrix: tuple[tuple[float, ...], ...]) -> None:
        """Complain where customers without a limit of attempts would go in circles for ever on empty shelves."""
        leaving = {row for row, shares in enumerate(matrix) if math.fsum(shares) < 1 - SHARES_TOLERANCE}
        while True:
            more = {
                row
                for row, shares in enumerate(matrix)
                if row not in leaving and any(share > 0 and column in leaving for column, share in enumerate(shares))
            }
            if not more:
                break
            leaving |= more
        caught = [name for row, name in enumerate(considers) if row not in leaving]
        if caught:
            self.report.add(
                (*self.path, "choice", "attempts"),
                "without a limit, customers must be able to leave from every offer "
                f"(they never could from: {', '.join(caught)})",
            )
