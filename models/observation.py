"""What a firm can see when it decides, and the decisions that it may be asked for (design.

Policies see an `Observation`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Observation:
    """A firm's view at one moment: its own stock and orders, its own sales as stockouts censored them, public prices.

    Sequences run over the products (or offers) that the policy decides for, in the order of declaration.
    """

    now: float
    """The time, in time units from the start."""
    products: Sequence[str]
    """Names of the products that the policy orders; for a pricing policy, of all of the firm's."""
    on_hand: Sequence[int]
    """Units on hand, by product."""
    on_order: Sequence[int]
    """Units ordered and not yet delivered, by product."""
    back_orders: Sequence[int]
    """Units that customers wait for, by product."""
    sold: Sequence[int]
    """Units sold since the start, by product, whoever bought them."""
    out_of_stock: Sequence[float]
    """Time without a unit on hand since the start, in time units, by product."""
    offers: Sequence[str]
    """Names of the firm's own offers."""
    prices: Sequence[float]
    """Prices in force of the firm's own offers, in money."""
    public_prices: Mapping[str, float]
    """Prices in force of all offers that are in their window, by name, in money."""

    def position(self, product: int) -> int:
        """Return the inventory position: on hand plus on order less back-orders, in units."""
        return self.on_hand[product] + self.on_order[product] - self.back_orders[product]


class OrderingPolicy(Protocol):
    """Decides how much to order of each product that it is asked about."""

    def quantities(self, observation: Observation) -> Sequence[float]:
        """Return the quantity to order of each of `observation.products`, in units; 0 for none.

        Packs, minimum and rounding are applied afterwards, in one place (R3).
        """
        ...


class PricingPolicy(Protocol):
    """Decides the prices of a firm's own offers."""

    def prices(self, observation: Observation) -> Sequence[float]:
        """Return the price of each of `observation.offers`, in money."""
        ...
