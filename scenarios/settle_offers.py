"""Offers with their firm, stocks, windows, prices and protection levels (R4, R5)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .assortment import Assortment, Draft
from .complaints import did_you_mean
from .marked import Path
from .pieces import Pieces
from .reporter import Reporter
from .schema.firm import Firm, Offer, Product, Window, Windows
from .schema.pricing import Pricing, ProgramPrice, ProtectionLevels, ProtectionStep, ScheduledPrice
from .settled import SettledOffer
from .times import Times

__all__ = ["draft_offers", "settle_offers"]


def draft_offers(pieces: Pieces, report: Reporter) -> Assortment:
    """Name all offers, with what they use and whose they are; complain where that cannot be."""
    drafts: dict[str, Draft] = {}
    for name, product in pieces.products.items():
        if product is None or product.price is not None:
            firm = product.firm if product is not None else None
            attributes = None if product is None else product.attributes or {}
            drafts[name] = Draft(name, ("products", name), ((name, 1),), firm, attributes)
    for name, offer in pieces.offers.items():
        draft = _draft(name, offer, pieces, report)
        if name in drafts and pieces.products[name] is not None:
            message = f"product {name!r} has an offer of this name already, by its price; take one of them out"
            report.add(draft.path, message)
        elif name in pieces.products and draft.uses is not None and draft.only_product != name:
            report.add(draft.path, f"bears the name of a product, but does not sell product {name!r} alone")
        else:
            drafts[name] = draft
    assortment = Assortment(drafts, frozenset(pieces.products), pieces.assortment_is_known())
    if assortment.is_whole:
        _complain_of_unsold_products(pieces, assortment, report)
    return assortment


def _draft(name: str, offer: Offer | None, pieces: Pieces, report: Reporter) -> Draft:
    path: Path = ("offers", name)
    if offer is None:
        return Draft(name, path, None, None, None)
    uses: dict[str, int] = {}
    for where, product, units in _used(offer, (*path, "uses")):
        if product in uses:
            report.add(where, f"product {product!r} is named twice; write {{{product}: 2}} for two units of it")
        elif product in pieces.products:
            uses[product] = units
        elif "products" not in pieces.unreadable:
            report.add(where, f"unknown product {product!r}{did_you_mean(product, pieces.products)}")
    named = [pieces.products[product] for product in uses]
    good = [product for product in named if product is not None]
    firms = dict.fromkeys(product.firm for product in good)
    if len(firms) > 1:
        report.add((*path, "uses"), f"all products of an offer must be of one firm (got {', '.join(firms)})")
    is_certain = len(firms) == 1 and len(good) == len(named)
    inherited = (good[0].attributes or {}) if len(uses) == 1 and good else {}
    attributes = {**inherited, **(offer.attributes or {})} if is_certain else None
    firm = next(iter(firms)) if is_certain else None
    return Draft(name, path, tuple(uses.items()) or None, firm, attributes, offer.own_taste)


def _used(offer: Offer, path: Path) -> list[tuple[Path, str, int]]:
    """Return the products that an offer uses, each with its place and units."""
    match offer.uses:
        case str():
            return [(path, offer.uses, 1)]
        case Mapping():
            return [((*path, product), product, units) for product, units in offer.uses.items()]
        case _:
            return [((*path, position), product, 1) for position, product in enumerate(offer.uses)]


def _complain_of_unsold_products(pieces: Pieces, assortment: Assortment, report: Reporter) -> None:
    sold = {product for draft in assortment.drafts.values() for product, _ in draft.uses or ()}
    for name, product in pieces.products.items():
        if name not in sold:
            report.add(("products", name), "is not for sale: it needs a price, or an offer that uses it (R4)")
        if product is not None and product.price is None and product.window is not None:
            report.add(("products", name, "window"), "needs `price`: without it the product has no offer of its own")


def settle_offers(pieces: Pieces, assortment: Assortment, times: Times, report: Reporter) -> tuple[SettledOffer, ...]:
    """Return the offers that are good, in the order of declaration, and complain of the others."""
    protection = _Protection(pieces, assortment, times, report).by_offer()
    settled: list[SettledOffer] = []
    _complain_of_points(pieces, assortment, report)
    for name, draft in assortment.drafts.items():
        terms = _terms(draft, pieces)
        firm = pieces.firms.get(draft.firm) if draft.firm is not None else None
        if terms is None or firm is None or draft.firm is None or draft.uses is None:
            continue
        pricing, where = _pricing_in_force(draft, terms, firm, pieces)
        settled.append(
            SettledOffer(
                name=name,
                firm=draft.firm,
                uses=draft.uses,
                price=terms.price,
                windows=_windows(terms.window, (*draft.path, "window"), times, report),
                own_taste=terms.own_taste,
                price_changes=_price_changes(pricing, terms.price, where, times, report),
                announced=not isinstance(pricing, ScheduledPrice) or pricing.announced,
                protection=protection.get(name, ()),
                price_points=_price_points(pricing, name, terms.price, firm, where, report),
            )
        )
    return tuple(settled)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What product and offer say alike about a sale."""

    price: float
    window: Windows | None
    own_taste: bool
    pricing: Pricing | None


def _terms(draft: Draft, pieces: Pieces) -> _Terms | None:
    part = pieces.products.get(draft.name) if draft.path[0] == "products" else pieces.offers[draft.name]
    match part:
        case Product(price=float(price)):
            return _Terms(price, part.window, own_taste=False, pricing=part.pricing)
        case Offer():
            return _Terms(part.price, part.window, part.own_taste, part.pricing)
        case _:
            return None


def _pricing_in_force(draft: Draft, terms: _Terms, firm: Firm, pieces: Pieces) -> tuple[Pricing, Path]:
    """Return the offer's own pricing, or that of the only product that it uses, or its firm's; and where it stands."""
    if terms.pricing is not None:
        return terms.pricing, (*draft.path, "pricing")
    product = pieces.products.get(draft.only_product) if draft.only_product is not None else None
    if product is not None and product.pricing is not None:
        return product.pricing, ("products", str(draft.only_product), "pricing")
    return firm.pricing, ("firms", str(draft.firm), "pricing")


def _windows(windows: Windows | None, path: Path, times: Times, report: Reporter) -> tuple[tuple[float, float], ...]:
    if windows is None:
        return ((0.0, math.inf),)
    several = isinstance(windows, tuple)
    settled: list[tuple[float, float]] = []
    for position, window in enumerate(windows if isinstance(windows, tuple) else (windows,)):
        here: Path = (*path, position) if several else path
        opens = times.within(window.opens, (*here, "opens"), report)
        closes = _closing_time(window, here, times, report)
        if opens is None or closes is None:
            continue
        if closes <= opens:
            report.add((*here, "closes"), f"must be later than opens (got {opens:g} to {closes:g})")
        elif settled and opens <= settled[-1][1]:
            message = "must be later than the end of the window before; join windows that touch"
            report.add((*here, "opens"), f"{message} (got {opens:g} after {settled[-1][1]:g})")
        else:
            settled.append((opens, closes))
    return tuple(settled)


def _closing_time(window: Window, path: Path, times: Times, report: Reporter) -> float | None:
    if window.closes is None:
        return math.inf
    closes = times.within(window.closes, (*path, "closes"), report, end=True)
    at_the_end = times.head is not None and closes == times.head.horizon
    return math.inf if at_the_end else closes


def _price_points(
    pricing: Pricing, name: str, price: float, firm: Firm, path: Path, report: Reporter
) -> tuple[float, ...]:
    """Return the price points of an offer whose firm has its prices set by a program; one that is fixed has one."""
    if isinstance(pricing, ProgramPrice):
        if path[0] != "firms":
            report.add((*path, "kind"), "a program sets all prices of a firm together: name it at the firm")
        points = pricing.points.get(name, tuple(price * factor for factor in pricing.ladder))
        return tuple(sorted(set(points)))
    if not isinstance(firm.pricing, ProgramPrice):
        return ()
    if isinstance(pricing, ScheduledPrice):
        report.add((*path, "kind"), "a schedule cannot stand beside the program that sets the firm's other prices")
    return (price,)


def _complain_of_points(pieces: Pieces, assortment: Assortment, report: Reporter) -> None:
    """Complain of price points for what a firm does not sell."""
    for firm_name, firm in pieces.firms.items():
        if firm is None or not isinstance(firm.pricing, ProgramPrice):
            continue
        own = [draft.name for draft in assortment.drafts.values() if draft.firm in (None, firm_name)]
        for offer in firm.pricing.points:
            if assortment.is_whole and offer not in own:
                path: Path = ("firms", firm_name, "pricing", "points", offer)
                report.add(path, f"firm {firm_name!r} has no offer {offer!r}{did_you_mean(offer, own)}")


def _price_changes(
    pricing: Pricing, price: float, path: Path, times: Times, report: Reporter
) -> tuple[tuple[float, float], ...]:
    if not isinstance(pricing, ScheduledPrice):
        return ()
    changes: list[tuple[float, float]] = []
    for position, change in enumerate(pricing.changes):
        where: Path = (*path, "changes", position, "at")
        time = times.within(change.at, where, report)
        if time is None:
            continue
        if changes and time <= changes[-1][0]:
            report.add(where, f"must be later than the change before (got {time:g} after {changes[-1][0]:g})")
            continue
        new = change.price if change.price is not None else price * (change.factor or 0.0)
        changes.append((time, new))
    return tuple(changes)


@dataclass(frozen=True, slots=True)
class _Protection:
    """The protection levels of all firms."""

    pieces: Pieces
    assortment: Assortment
    times: Times
    report: Reporter

    def by_offer(self) -> dict[str, tuple[tuple[float, int], ...]]:
        """Return each offer's levels as (from when on, units), in the order of time."""
        settled: dict[str, tuple[tuple[float, int], ...]] = {}
        for name, firm in self.pieces.firms.items():
            if firm is None or not isinstance(firm.availability, ProtectionLevels):
                continue
            for offer, levels in firm.availability.levels.items():
                path: Path = ("firms", name, "availability", "levels", offer)
                self._check_offer(offer, name, path)
                settled[offer] = ((0.0, levels),) if isinstance(levels, int) else self._steps(levels, path)
        return settled

    def _check_offer(self, offer: str, firm: str, path: Path) -> None:
        draft = self.assortment.drafts.get(offer)
        if draft is None:
            if self.assortment.is_whole:
                own = [each.name for each in self.assortment.drafts.values() if each.firm == firm]
                self.report.add(path, f"unknown offer {offer!r}{did_you_mean(offer, own)}")
        elif draft.firm not in (None, firm):
            self.report.add(path, f"offer {offer!r} is of firm {draft.firm!r}")

    def _steps(self, levels: tuple[ProtectionStep, ...], path: Path) -> tuple[tuple[float, int], ...]:
        steps: list[tuple[float, int]] = []
        for position, step in enumerate(levels):
            where: Path = (*path, position, "at")
            time = self.times.within(step.at, where, self.report)
            if time is None:
                continue
            if steps and time <= steps[-1][0]:
                self.report.add(where, f"must be later than the step before (got {time:g} after {steps[-1][0]:g})")
                continue
            steps.append((time, step.level))
        return tuple(steps)
