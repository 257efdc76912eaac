"""Parts of drawn scenarios: amounts, times, firms and products, and how they order and price."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

START = datetime.datetime(2025, 2, 27)
"""A Thursday, so that a few days see a weekend and a change of month."""
HOURS = {"hour": 1, "day": 24, "week": 168}


def moneys(low: int = 0, high: int = 32) -> st.SearchStrategy[float]:
    """Return amounts of money, given in eighths."""
    return st.integers(low, high).map(lambda eighths: eighths / 8)


def times(low: float, high: float) -> st.SearchStrategy[float]:
    """Return times on the grid of quarters, both ends included."""
    return st.integers(int(low * 4), int(high * 4)).map(lambda quarters: quarters / 4)


def shares(parts: int, of: int = 16) -> st.SearchStrategy[list[float]]:
    """Return so many shares that add up to 1, in sixteenths."""
    cuts = st.lists(st.integers(0, of), min_size=parts - 1, max_size=parts - 1).map(sorted)
    return cuts.map(lambda inner: [(b - a) / of for a, b in zip([0, *inner], [*inner, of], strict=True)])


DURATIONS = st.one_of(
    times(0, 3),
    st.builds(lambda low, more: {"kind": "uniform", "low": low, "high": low + more}, times(0, 2), times(0, 2)),
    st.builds(lambda mean: {"kind": "exponential", "mean": mean}, times(0.25, 2)),
    st.builds(lambda values: {"kind": "empirical", "values": values}, st.lists(times(0, 3), min_size=1, max_size=3)),
    st.builds(
        lambda one, other: {"kind": "empirical", "values": [one, other], "shares": [0.25, 0.75]},
        times(0, 2),
        times(0, 4),
    ),
)
SERVICE_LEVELS = st.sampled_from([0.5, 0.8, 0.95])
FORECASTS = st.one_of(
    st.just({"kind": "true_model"}),
    st.builds(
        lambda mean, spread: {"kind": "normal", "mean": mean, "standard_deviation": spread},
        st.integers(0, 8),
        st.integers(0, 3),
    ),
)


@dataclass(frozen=True)
class Frame:
    """What the parts of one scenario have to know of each other while they are drawn."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    horizon: float
    time_unit: str
    has_start: bool
    one_season: bool
    """Whether nothing is ordered, expires, is controlled or waited for, and every sale takes one unit of one stock."""
    lazy: bool = False
    """Whether the scenario says `draws: lazy`."""
    busy: bool = False
    """Whether so many come, and so few units are there, that rare things happen."""

    def rather(self, what: bool) -> bool:
        """Return either truth value; where it is busy, mostly the given one."""
        return bool(self.draw(st.sampled_from([what, what, what, not what] if self.busy else [False, True])))

    def maybe(self, what: st.SearchStrategy[Any] | Callable[[], Any], entries: dict[str, Any], key: str) -> None:
        """Put a value under a key, or leave the key out."""
        if self.draw(st.booleans()):
            entries[key] = self.draw(what) if isinstance(what, st.SearchStrategy) else what()

    def moment(self, time: float) -> float | str:
        """Return a time as it is, or as a date where there is a calendar."""
        if not self.has_start or self.draw(st.booleans()):
            return time
        return (START + datetime.timedelta(hours=HOURS[self.time_unit] * time)).isoformat()

    def rising(self, most: int, latest: float) -> list[float]:
        """Return one or more different times in order, none after the latest."""
        return sorted(self.draw(st.lists(times(0, latest), min_size=1, max_size=most, unique=True)))

    def windows(self) -> Any:
        """Return one window, or two that do not touch."""
        ends = self.rising(4, self.horizon - 0.25)
        if len(ends) < 4 or self.draw(st.booleans()):
            window = {"opens": self.moment(ends[0])}
            if len(ends) > 1:
                window["closes"] = self.moment(ends[-1])
            return window
        return [
            {"opens": self.moment(ends[0]), "closes": self.moment(ends[1])},
            {"opens": self.moment(ends[2]), "closes": self.moment(self.draw(st.sampled_from([ends[3], self.horizon])))},
        ]

    def pricing(self) -> dict[str, Any]:
        """Return a pricing of either kind."""
        if self.draw(st.booleans()):
            return {"kind": "fixed"}
        changes = []
        for time in self.rising(3, self.horizon - 0.25):
            new = {"price": self.draw(moneys())} if self.draw(st.booleans()) else {"factor": self.draw(moneys(0, 12))}
            changes.append({"at": self.moment(time), **new})
        return {"kind": "scheduled", "changes": changes, "announced": self.draw(st.booleans())}

    def supply(self) -> dict[str, Any]:
        """Return what a supplier asks for."""
        supply: dict[str, Any] = {}
        self.maybe(DURATIONS, supply, "lead_time")
        self.maybe(st.integers(1, 6), supply, "pack")
        self.maybe(st.integers(0, 8), supply, "minimum")
        self.maybe(moneys(), supply, "order_cost")
        return supply

    def orders(self) -> list[dict[str, Any]]:
        """Return the orders of a plan."""
        return [
            {"at": self.moment(time), "quantity": self.draw(st.integers(1, 9))}
            for time in self.rising(3, self.horizon - 0.25)
        ]

    def ordering(self) -> dict[str, Any]:
        """Return an ordering of any kind, for a firm or a product."""
        kind = self.draw(st.sampled_from(["none", "order_up_to", "order_up_to", "reorder_point", "season_buy", "plan"]))
        policy: dict[str, Any] = {"kind": kind}
        if kind == "plan":
            return {**policy, "orders": self.orders()}
        if kind == "none":
            return policy
        if kind == "order_up_to":
            policy["review_every"] = self.draw(times(0.25, 3))
            self.maybe(times(0, self.horizon - 0.25).map(self.moment), policy, "first_review")
        if kind == "reorder_point":
            policy["quantity"] = self.draw(st.integers(1, 9))
        return {**policy, **self.target(kind)}

    def target(self, kind: str) -> dict[str, Any]:
        """Return how much to order: a level, or a service level with a forecast."""
        level = {"order_up_to": "level", "reorder_point": "reorder_point", "season_buy": "quantity"}[kind]
        target = self.draw(st.sampled_from([level, "cycle_service", "fill_rate"]))
        if target == level:
            return {level: self.draw(st.integers(-2 if level == "reorder_point" else 0, 14))}
        return {target: self.draw(SERVICE_LEVELS), "forecast": self.draw(FORECASTS)}

    def exception(self, of_firm: dict[str, Any]) -> dict[str, Any] | None:
        """Return what a product does otherwise than its firm; None for nothing."""
        kind = of_firm["kind"]
        if kind in ("none", "plan") or self.draw(st.booleans()):
            return self.ordering()
        exception = self.target(kind)
        if kind == "order_up_to":
            self.maybe(times(0.25, 3), exception, "review_every")
        return exception

    def firm(self) -> dict[str, Any]:
        """Return a firm without its availability control."""
        firm: dict[str, Any] = {"focal": self.draw(st.booleans())}
        self.maybe(self.pricing, firm, "pricing")
        if self.one_season:
            return firm
        firm["ordering"] = self.ordering()
        if firm["ordering"]["kind"] == "plan":
            # What it orders is drawn when its products are known.
            firm["ordering"]["orders"] = []
        self.maybe(self.supply, firm, "supply")
        if self.rather(True):
            back_orders: dict[str, Any] = {"promise": self.draw(st.booleans())}
            self.maybe(st.integers(0, 3), back_orders, "limit")
            firm["service"] = {"back_orders": back_orders}
        return firm

    def product(self, firm_name: str, firm: dict[str, Any]) -> dict[str, Any]:
        """Return a product without its price."""
        product: dict[str, Any] = {"firm": firm_name, "stock": self.draw(st.integers(0, 6 if self.busy else 15))}
        for key in ("cost", "holding_cost", "salvage", "disposal_cost", "lost_sale_penalty", "back_order_penalty"):
            self.maybe(moneys(0, 16), product, key)
        if self.one_season:
            return product
        if self.draw(st.integers(0, 5)) == 0:
            return {**product, "stock": "unlimited"}
        self.maybe(times(0.25, 4), product, "shelf_life")
        self.maybe(self.supply, product, "supply")
        if self.draw(st.booleans()):
            product["ordering"] = self.exception(firm["ordering"])
        return product


def used(offer: dict[str, Any]) -> list[str]:
    """Return the products that an offer uses."""
    return [offer["uses"]] if isinstance(offer["uses"], str) else list(offer["uses"])
