"""Settled `kind: lp` → policies that decide by linear programs, with what their firms may assume."""

from collections.abc import Sequence

import numpy as np

from ...models.control.lp_orders import OrderedProducts, OrdersByProgram, Outlook
from ...models.control.lp_prices import Goods, PricesByProgram
from ...models.control.market import Market, OfferView
from ...models.observation import Observation
from ...models.problem import UNLIMITED_STOCK, Floats, Problem, Transfer
from ...scenarios.schema.ordering import OrderUpTo, ProgramOrders, ReorderPoint
from ...scenarios.schema.pricing import ProgramPrice
from ...scenarios.settled import Settled
from ..world import Replenishment, Repricing
from .groundwork import Groundwork


def build_market(ground: Groundwork, firm: int) -> Market:
    """Return what a firm assumes about its customers."""
    problem = ground.problem
    offers = [
        OfferView(offer.name, int(problem.offers.firm[position]), offer.windows)
        for position, offer in enumerate(ground.settled.offers)
    ]
    # With an offer for a home, every move's cost is a surcharge already.
    cost = np.where(problem.segments.home_offer >= 0, 0.0, problem.segments.transfer_cost[:, Transfer.SUBSTITUTIVE])
    return Market(ground.forecasts.wishes, offers, firm, cost.tolist())


# Prices


def build_repricings(ground: Groundwork) -> list[Repricing]:
    """Return the pricing policies of all firms whose prices a program sets."""
    return [
        Repricing(firm, policy, policy.review_every)
        for firm, (name, part) in enumerate(ground.settled.firms.items())
        if isinstance(part.pricing, ProgramPrice) and (policy := prices_by_program(ground, name)) is not None
    ]


def prices_by_program(ground: Groundwork, name: str) -> PricesByProgram | None:
    """Return the pricing policy of a firm; None where it has nothing to sell.

    Parameters
    ----------
    ground
        The scenario as models.
    name
        The firm, whose pricing is a program.
    """
    settled, problem = ground.settled, ground.problem
    firm = problem.firms.names.index(name)
    market = build_market(ground, firm)
    if not market.own:
        return None
    part = settled.firms[name].pricing
    assert isinstance(part, ProgramPrice), "only a program has price points"
    products = [product for product in range(len(problem.products.names)) if problem.products.firm[product] == firm]
    return PricesByProgram(
        market=market,
        goods=Goods(
            names=tuple(problem.products.names[product] for product in products),
            use=_use(problem, products, market.own),
            scarce=tuple(_must_last(settled, problem, product) for product in products),
            unit_cost=problem.products.unit_cost[products],
            left_value=problem.products.closing_value[products],
            to_come=tuple(
                (order.time, products.index(order.product), float(ground.units_of(order)))
                for order in ground.planned
                if order.product in products
            ),
        ),
        ladders=tuple(settled.offers[offer].price_points for offer in market.own),
        review_every=part.replan_every,
        horizon=problem.horizon,
        time_limit=part.time_limit,
        objective=part.objective,
    )


def _must_last(settled: Settled, problem: Problem, product: int) -> bool:
    """Return whether what there is of a product, and what is ordered beforehand, is all that there will be."""
    replenished = isinstance(settled.products[product].ordering, OrderUpTo | ReorderPoint | ProgramOrders)
    return bool(problem.products.opening_stock[product] != UNLIMITED_STOCK) and not replenished


def _use(problem: Problem, products: Sequence[int], offers: Sequence[int]) -> Floats:
    """Return the units of each product that a sale of each offer takes; shape (products, offers)."""
    use = np.zeros((len(products), len(offers)))
    for column, offer in enumerate(offers):
        for row in range(problem.offers.use_start[offer], problem.offers.use_start[offer + 1]):
            use[products.index(int(problem.offers.use_product[row])), column] = problem.offers.use_units[row]
    return use


# Orders


def build_program_orders(ground: Groundwork) -> list[Replenishment]:
    """Return the ordering policies of all firms that order by programs: one for products with the same settings."""
    groups: dict[tuple[int, ProgramOrders, float], list[int]] = {}
    for position, product in enumerate(ground.settled.products):
        if isinstance(product.ordering, ProgramOrders):
            key = (int(ground.problem.products.firm[position]), product.ordering, product.first_review)
            groups.setdefault(key, []).append(position)
    return [
        Replenishment(
            tuple(products),
            orders_by_program(ground, firm, products, part),
            every=part.replan_every,
            first=first,
        )
        for (firm, part, first), products in groups.items()
    ]


def orders_by_program(ground: Groundwork, firm: int, products: Sequence[int], part: ProgramOrders) -> OrdersByProgram:
    """Return the ordering policy of some products of a firm."""
    known = ground.problem.products
    return OrdersByProgram(
        products=OrderedProducts(
            names=tuple(known.names[product] for product in products),
            unit_cost=known.unit_cost[products],
            holding_cost=known.holding_cost[products],
            lost_sale_penalty=known.lost_sale_penalty[products],
            expired_worth=(known.salvage - known.disposal_cost)[products],
            closing_value=known.closing_value[products],
            shelf_life=known.shelf_life[products],
            lead_time=tuple(ground.supplies[product].lead_time for product in products),
        ),
        outlook=ProductOutlook(ground, firm, products).outlook(),
        review_every=part.replan_every,
        horizon=ground.problem.horizon,
        draws=part.draws,
        seed=part.seed,
        time_limit=part.time_limit,
    )


class ProductOutlook:
    """From offers, which customers choose, to products, which a firm orders."""

    def __init__(self, ground: Groundwork, firm: int, products: Sequence[int]) -> None:
        self._market = build_market(ground, firm)
        self._forecasts = ground.forecasts
        self._offers = ground.problem.offers
        self._follows_prices = isinstance(list(ground.settled.firms.values())[firm].pricing, ProgramPrice)
        whole = _use(ground.problem, range(len(ground.problem.products.names)), self._market.own)
        self._use = whole[list(products)]
        # What a sale earns belongs to the units that it takes, one like the other.
        self._per_unit = np.divide(1.0, whole.sum(axis=0))

    def at_the_start(self, own_prices: Floats | None = None) -> Observation:
        """Return what is public before anything has happened: first prices, or others of one's own; no stocks."""
        prices = {name: float(price) for name, price in zip(self._offers.names, self._offers.price, strict=True)}
        own = self._offers.price[list(self._market.own)] if own_prices is None else own_prices
        return Observation(0.0, (), (), (), (), (), (), self._market.own_names, own.tolist(), prices)

    def outlook(self) -> Outlook:
        """Return what a policy asks."""
        return Outlook(demand=self.demand, price=self.price, substitution=self.substitution)

    def demand(self, start: float, end: float, seen: Observation) -> Floats:
        """Return expected first choices in (start, end] of each product, in units."""
        units: Floats = self._use @ self._by_offer(start, end, seen)
        return units

    def _by_offer(self, start: float, end: float, seen: Observation) -> Floats:
        if self._follows_prices:
            # Prices to come are not known beforehand, not even to the firm; those of now are the best guess.
            shares = self._market.shares(self._market.open_at(seen.now), seen.public_prices, seen.prices)
            wanted: Floats = self._market.customers((start, end))[0] @ shares
            return wanted
        return self._forecasts.by_offer(start, end)[list(self._market.own)]

    def price(self, seen: Observation) -> Floats:
        """Return what a unit of each product earns: the mean over the offers that take it, by what each sells."""
        weight = self._use * np.maximum(self._by_offer(seen.now, seen.now + 1.0, seen), 1e-12)
        earned = weight @ (np.asarray(seen.prices, dtype=np.float64) * self._per_unit)
        mean: Floats = np.divide(earned, weight.sum(axis=1), out=np.zeros(len(weight)), where=weight.sum(axis=1) > 0)
        return mean

    def substitution(self, start: float, end: float, seen: Observation) -> Floats:
        """Return which share of those whose favourite product is missing take each other one."""
        market = self._market
        customers = market.customers((start, end))[0]
        between = market.substitution(customers, market.open_at(seen.now), seen.public_prices, seen.prices)
        weight = self._use * np.maximum(self._by_offer(start, end, seen), 1e-12)
        weight = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
        moved: Floats = weight @ between @ (self._use > 0).T
        np.fill_diagonal(moved, 0.0)
        shares: Floats = moved / np.maximum(moved.sum(axis=1, keepdims=True), 1.0)
        return shares
