"""From the shelves to what a firm may see of them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from ..models.observation import Observation
from ..models.problem import Problem


class VisibleShelves(Protocol):
    """What an observer reads of the shelves, by position; both engines' shelves have it."""

    @property
    def on_hand(self) -> Sequence[int]:
        """Units on hand."""
        ...

    @property
    def on_order(self) -> Sequence[int]:
        """Units ordered and not yet delivered."""
        ...

    @property
    def back_orders(self) -> Sequence[int]:
        """Units that customers wait for."""
        ...

    @property
    def sold(self) -> Sequence[int]:
        """Units sold since the start."""
        ...

    @property
    def out_time(self) -> Sequence[float]:
        """Time without a unit since the start, in time units."""
        ...

    @property
    def price(self) -> Sequence[float]:
        """Price in force of each offer, in money."""
        ...

    @property
    def open(self) -> Sequence[bool]:
        """Whether each offer is in its window."""
        ...

    @property
    def tariff(self) -> int:
        """How often a price or a window has changed."""
        ...

    def settle_product(self, product: int, now: float) -> None:
        """Book the time since the last change, so that times without stock are whole."""
        ...


class Observer:
    """Shows firms what they may see.

    What is public is put together once and shown to all, until a price or a window changes: a shop with thousands of
    offers reviews thousands of products at one instant.
    """

    def __init__(self, problem: Problem, shelves: VisibleShelves) -> None:
        self._problem = problem
        self._shelves = shelves
        owners = problem.offers.firm.tolist()
        self._own_offers = [
            [offer for offer, owner in enumerate(owners) if owner == firm] for firm in range(len(problem.firms.names))
        ]
        self._own_products = [
            [product for product, owner in enumerate(problem.products.firm.tolist()) if owner == firm]
            for firm in range(len(problem.firms.names))
        ]
        self._own_names = [tuple(problem.offers.names[offer] for offer in own) for own in self._own_offers]
        self._tariff = -1
        self._public: Mapping[str, float] = {}
        self._own_prices: list[tuple[float, ...]] = []

    def own_offers(self, firm: int) -> Sequence[int]:
        """Return the offers of a firm."""
        return self._own_offers[firm]

    def own_products(self, firm: int) -> Sequence[int]:
        """Return the products of a firm."""
        return self._own_products[firm]

    def observe(self, firm: int, products: Sequence[int], now: float) -> Observation:
        """Return a firm's view of some of its products and all of its offers.

        Parameters
        ----------
        firm : int
            Whose view it is.
        products : sequence of int
            The products that it decides for.
        now : float
            The time, in time units.
        """
        shelves, names = self._shelves, self._problem.products.names
        for product in products:
            shelves.settle_product(product, now)
        if shelves.tariff != self._tariff:
            self._read_prices()
        return Observation(
            now=now,
            products=[names[product] for product in products],
            on_hand=[int(shelves.on_hand[product]) for product in products],
            on_order=[int(shelves.on_order[product]) for product in products],
            back_orders=[int(shelves.back_orders[product]) for product in products],
            sold=[int(shelves.sold[product]) for product in products],
            out_of_stock=[float(shelves.out_time[product]) for product in products],
            offers=self._own_names[firm],
            prices=self._own_prices[firm],
            public_prices=self._public,
        )

    def _read_prices(self) -> None:
        shelves = self._shelves
        self._tariff = shelves.tariff
        prices = [float(price) for price in shelves.price]
        self._public = MappingProxyType(
            {name: prices[offer] for offer, name in enumerate(self._problem.offers.names) if shelves.open[offer]}
        )
        self._own_prices = [tuple(prices[offer] for offer in own) for own in self._own_offers]
