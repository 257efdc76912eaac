"""A product with its firm's settings and its own exceptions put together."""

from dataclasses import dataclass

from .complaints import did_you_mean
from .marked import Marked, Path
from .pieces import Pieces
from .reporter import Reporter
from .schema.base import UNLIMITED
from .schema.firm import Firm, Product
from .schema.ordering import (
    NoOrdering,
    Ordering,
    OrderingException,
    OrderUpTo,
    Plan,
    PlannedOrder,
    ProgramOrders,
    ReorderPoint,
    SeasonBuy,
    Supply,
)
from .settled import SettledProduct
from .times import Times
from .wording import validated

__all__ = ["settle_products"]

_POLICIES: dict[str, type[NoOrdering | OrderUpTo | ReorderPoint | SeasonBuy | Plan | ProgramOrders]] = {
    "none": NoOrdering,
    "order_up_to": OrderUpTo,
    "reorder_point": ReorderPoint,
    "season_buy": SeasonBuy,
    "lp": ProgramOrders,
    "plan": Plan,
}


def settle_products(pieces: Pieces, times: Times, report: Reporter) -> tuple[SettledProduct, ...]:
    """Return the products that are good, in the order of declaration, and complain of the others."""
    for name, firm in pieces.firms.items():
        if firm is not None and isinstance(firm.ordering, Plan):
            _check_plan_of_firm(name, firm.ordering, pieces, report)
    settled = (
        _Settling(name, product, times, report).settle(pieces)
        for name, product in pieces.products.items()
        if product is not None
    )
    return tuple(product for product in settled if product is not None)


@dataclass(frozen=True, slots=True)
class _Settling:
    """One product on its way."""

    name: str
    product: Product
    times: Times
    report: Reporter

    def settle(self, pieces: Pieces) -> SettledProduct | None:
        firm = pieces.firms.get(self.product.firm)
        if firm is None:
            if self.product.firm not in pieces.firms and "firms" not in pieces.unreadable:
                suggestion = did_you_mean(self.product.firm, pieces.firms)
                self.report.add((*self._path, "firm"), f"unknown firm {self.product.firm!r}{suggestion}")
            return None
        supply = self._supply(firm)
        ordering = self._ordering(firm)
        if supply is None or ordering is None:
            return None
        first_review: float | None = 0.0
        order_times: tuple[float, ...] = ()
        if isinstance(ordering, OrderUpTo | ProgramOrders):
            where = self._whence("first_review")
            first_review = self.times.within(ordering.first_review, where, self.report)
        if isinstance(ordering, Plan):
            ordering, order_times = self._plan(ordering)
        return SettledProduct(
            name=self.name,
            firm=self.product.firm,
            specification=self.product,
            supply=supply,
            ordering=ordering,
            order_times=order_times,
            first_review=first_review or 0.0,
        )

    @property
    def _path(self) -> Path:
        return ("products", self.name)

    @property
    def _exception(self) -> Marked | None:
        return None if self.product.ordering is None else self.report.document.at((*self._path, "ordering"))

    def _supply(self, firm: Firm) -> Supply | None:
        own = self.report.document.at((*self._path, "supply"))
        if self.product.supply is None or own is None:
            return firm.supply
        settings = self.report.document.at(("firms", self.product.firm, "supply"))
        laid_over = _laid_over(settings, own, dropped=())
        return validated(Supply, laid_over, (*self._path, "supply"), self.report.complaints)

    def _ordering(self, firm: Firm) -> Ordering | None:
        own, exception = self.product.ordering, self._exception
        if self.product.stock == UNLIMITED:
            if own is not None:
                self.report.add((*self._path, "ordering"), "an unlimited stock orders nothing; leave one of them out")
            return NoOrdering()
        if own is None or exception is None:
            return firm.ordering
        if not isinstance(own, OrderingException):
            return own
        policy = _POLICIES[firm.ordering.kind]
        strange = [key for key, value in exception.entries() if key not in policy.model_fields]
        for key in strange:
            self.report.add(
                (*self._path, "ordering", key),
                f"has no meaning for the ordering of firm {self.product.firm!r}, which is {firm.ordering.kind!r}; "
                "name a `kind` to replace it",
            )
        if strange:
            return None
        targets: tuple[str, ...] = getattr(policy, "targets", ())
        names_target = any(key in targets and value.content is not None for key, value in exception.entries())
        settings = self.report.document.at(("firms", self.product.firm, "ordering"))
        laid_over = _laid_over(settings, exception, dropped=targets if names_target else ())
        return validated(policy, laid_over, (*self._path, "ordering"), self.report.complaints)

    def _whence(self, key: str) -> Path:
        """Return where a value of the ordering stands: at the product, or else at its firm."""
        exception = self._exception
        if exception is not None and (exception.child(key) is not None or exception.child("kind") is not None):
            return (*self._path, "ordering", key)
        return ("firms", self.product.firm, "ordering", key)

    def _plan(self, plan: Plan) -> tuple[Plan, tuple[float, ...]]:
        """Return this product's orders in the order of time, with their times."""
        where = self._whence("orders")
        is_own = where[0] == "products"
        dated: list[tuple[float, PlannedOrder]] = []
        for position, order in enumerate(plan.orders):
            if is_own and order.product not in (None, self.name):
                message = f"a plan at product {self.name!r} orders nothing else (got {order.product!r})"
                self.report.add((*where, position, "product"), message)
            if not is_own and order.product != self.name:
                continue
            time = self.times.within(order.at, (*where, position, "at"), self.report)
            if time is not None:
                dated.append((time, order))
        dated.sort(key=lambda each: each[0])
        return plan.model_copy(update={"orders": tuple(order for _, order in dated)}), tuple(time for time, _ in dated)


def _laid_over(settings: Marked | None, exception: Marked, dropped: tuple[str, ...]) -> Marked:
    """Return a firm's settings with a product's exceptions over them; a null there means: as the firm."""
    below = dict(settings.entries()) if settings is not None else {}
    kept = {key: value for key, value in below.items() if key not in dropped}
    named = {key: value for key, value in exception.entries() if value.content is not None}
    return Marked({**kept, **named}, exception.place)


def _check_plan_of_firm(firm: str, plan: Plan, pieces: Pieces, report: Reporter) -> None:
    for position, order in enumerate(plan.orders):
        path = ("firms", firm, "ordering", "orders", position)
        if order.product is None:
            report.add((*path, "product"), "is missing: a plan at a firm says what it orders")
            continue
        problem = _cannot_order(firm, order.product, pieces)
        if problem:
            report.add((*path, "product"), problem)


def _cannot_order(firm: str, name: str, pieces: Pieces) -> str | None:
    if name not in pieces.products:
        known = "products" not in pieces.unreadable
        return f"unknown product {name!r}{did_you_mean(name, pieces.products)}" if known else None
    product = pieces.products[name]
    if product is None:
        return None
    if product.firm != firm:
        return f"product {name!r} is of firm {product.firm!r}"
    if product.stock == UNLIMITED:
        return f"product {name!r} has an unlimited stock and orders nothing"
    own = product.ordering
    if own is not None and (not isinstance(own, OrderingException) or own.orders is not None):
        return f"product {name!r} has an ordering of its own"
    return None
